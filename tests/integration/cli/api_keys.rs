//! `partner`, `api-key` and `audit`: the same changes as over REST, by command.

use serde_json::{Value, json};

use crate::support::process::{command, command_line, failure, run, run_json};
use crate::support::{Site, masked};

const TIMES: [&str; 2] = ["/created_at", "/revoked_at"];

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn partner(name: Option<&str>, is_active: bool) -> Value {
    json!({"partner_code": "acme", "partner_name": name, "is_active": is_active,
        "created_at": "*", "rate_limits": {}})
}

fn all() -> Vec<&'static str> {
    "tickets:generate tickets:read tickets:activate tickets:cancel qr:issue webhooks:manage reports:read"
        .split(' ')
        .collect()
}

#[test]
fn a_partner_is_renamed_disabled_and_enabled() {
    let site = Site::new();
    let steps: [(&[&str], Value); 3] = [
        (&["change", "acme", "--name", "Acme 旅行"], partner(Some("Acme 旅行"), true)),
        (&["disable", "acme"], partner(Some("Acme 旅行"), false)),
        (&["enable", "acme"], partner(Some("Acme 旅行"), true)),
    ];
    for (arguments, expected) in steps {
        let shown = run_json(&site.database, &[&["partner"], arguments].concat());
        assert_eq!(masked(&shown, &TIMES), expected, "{arguments:?}");
        let list = run_json(&site.database, &["partner", "list"]);
        assert_eq!(list, json!([shown]), "{arguments:?}");
    }
    let named = ["partner", "create", "zeta", "--name", "Zeta"];
    let made = run_json(&site.database, &named);
    assert_eq!(masked(&made, &["/api_key"]), json!({"partner_code": "zeta", "api_key": "*"}));
    assert_eq!(run_json(&site.database, &["partner", "list"])[1]["partner_name"], "Zeta");
}

#[test]
fn a_key_is_made_changed_rotated_and_revoked() {
    let site = Site::new();
    let api_key =
        |arguments: &[&str]| run_json(&site.database, &[&["api-key"], arguments].concat());
    let made = api_key(&[
        "create",
        "acme",
        "--permissions",
        "qr:issue,tickets:read",
        "--name",
        "Shop",
        "--expires",
        "2999-12-31",
    ]);
    let mut shown = json!({"key_prefix": made["key_prefix"], "partner_code": "acme",
        "key_name": "Shop", "permissions": ["tickets:read", "qr:issue"], "created_at": "*",
        "expires_at": "2999-12-31T23:59:59.999Z", "revoked_at": null, "last_used_at": null});
    let mut expected = shown.clone();
    expected["api_key"] = json!("*");
    assert_eq!(masked(&made, &["/api_key", "/created_at"]), expected);
    let prefix = text(&made["key_prefix"]);
    assert!(text(&made["api_key"]).starts_with(&format!("tg_live_{prefix}_")));

    let changed = api_key(&[
        "change",
        &prefix,
        "--name",
        "Till",
        "--permissions",
        "tickets:read",
        "--expires",
        "never",
    ]);
    shown["key_name"] = json!("Till");
    shown["permissions"] = json!(["tickets:read"]);
    shown["expires_at"] = Value::Null;
    assert_eq!(masked(&changed, &TIMES), shown);

    let rotated = api_key(&["rotate", &prefix, "--overlap-minutes", "0"]);
    let mut expected = shown.clone();
    for name in ["api_key", "key_prefix", "replaced_ends_at"] {
        expected[name] = json!("*");
    }
    expected["replaced_prefix"] = json!(prefix);
    let parts = ["/api_key", "/key_prefix", "/replaced_ends_at", "/created_at"];
    assert_eq!(masked(&rotated, &parts), expected);

    let next = text(&rotated["key_prefix"]);
    let revoked = api_key(&["revoke", &next]);
    shown["key_prefix"] = json!(next);
    shown["revoked_at"] = json!("*");
    assert_eq!(masked(&revoked, &TIMES), shown);
    let listed = api_key(&["list", "acme"]);
    let first = listed.as_array().unwrap().len();
    assert_eq!((first, api_key(&["list"])), (3, listed));
    assert_eq!(api_key(&["list", "zeta"]), json!([]));

    let server = site.serve();
    for made in [&made, &rotated] {
        let client = server.client().with("X-API-Key", &text(&made["api_key"]));
        assert_eq!(client.get("/ota/tickets").verdict(), (401, "INVALID_API_KEY"));
    }
}

#[test]
fn a_table_shows_a_new_keys_text_once_and_a_list_never() {
    let site = Site::new();
    let output =
        |arguments: &[&str]| String::from_utf8(run(&site.database, arguments).stdout).unwrap();
    let made = output(&["api-key", "create", "acme", "--name", "Shop"]);
    let line = made.lines().find(|line| line.starts_with("api_key")).unwrap();
    let api_key = line.split_whitespace().nth(1).unwrap();
    let server = site.serve();
    server.client().with("X-API-Key", api_key).get("/ota/tickets").expect(200);
    let secret = api_key.rsplit('_').next().unwrap();
    for arguments in [&["api-key", "list"][..], &["audit", "list"]] {
        let table = output(arguments);
        assert!(table.contains("Shop") && !table.contains(secret), "{table}");
    }
}

#[test]
fn the_audit_log_is_read_newest_first_and_filtered() {
    let site = Site::new();
    run_json(&site.database, &["partner", "change", "acme", "--name", "Acme"]);
    let list = |filter: &[&str]| run_json(&site.database, &[&["audit", "list"], filter].concat());
    let line = |action: &str, subject: &Value, before: Value, after: Value| {
        json!({"audit_id": "*", "at": "*", "principal": command_line(), "action": action,
            "subject": subject, "request_id": "-", "before": before, "after": after})
    };
    let hidden = ["/audit_id", "/at", "/before/created_at", "/after/created_at"];
    let shown = |filter: &[&str]| -> Vec<Value> {
        list(filter).as_array().unwrap().iter().map(|line| masked(line, &hidden)).collect()
    };
    let key = json!({"key_prefix": "*", "partner_code": "acme", "key_name": null,
        "permissions": all(), "created_at": "*", "expires_at": null, "revoked_at": null,
        "last_used_at": null});
    let acme = json!("acme");
    let create = line("partner.create", &acme, Value::Null, partner(None, true));
    let change = line("partner.change", &acme, partner(None, true), partner(Some("Acme"), true));
    assert_eq!(shown(&["--subject", "acme"]), [change.clone(), create.clone()]);
    assert_eq!(shown(&["--action", "partner.create", "--principal", &command_line()]), [create]);
    assert_eq!(shown(&["--subject", "acme", "--limit", "1"]), [change]);
    assert_eq!(shown(&["--principal", "operator:anna"]), Vec::<Value>::new());
    let made = shown(&["--action", "key.create"]).remove(0);
    let expected = line("key.create", &made["subject"], Value::Null, key);
    assert_eq!(masked(&made, &["/after/key_prefix"]), expected);
}

#[test]
fn what_makes_no_sense_is_refused_with_a_sentence_and_nothing_changes() {
    let site = Site::new();
    let list = || run_json(&site.database, &["api-key", "list"]);
    let before = list();
    let prefix = text(&before[0]["key_prefix"]);
    let not_found = "find this API key: name it by its prefix";
    let cases: [(&[&str], &str); 12] = [
        (&["partner", "disable", "nobody"], "find partner nobody: there is none"),
        (&["partner", "change", "acme", "--name", ""], "the name \"\": it must not be empty"),
        (&["partner", "enable", "a b"], "the partner's code \"a b\": it must be 1 to 64"),
        (&["api-key", "create", "nobody"], "find partner nobody: there is none"),
        (&["api-key", "create", "acme", "--permissions", ","], "must name at least one of tickets"),
        (
            &["api-key", "create", "acme", "--expires", "2020-01-01"],
            "when the key ends \"2020-01-01\": it must be in the future",
        ),
        (&["api-key", "change", &prefix, "--expires", "soon"], "it must be a time such as"),
        (&["api-key", "change", &prefix, "--permissions", "all"], "read permission all: known are"),
        (&["api-key", "rotate", &prefix, "--overlap-minutes=-1"], "from 0 to 129600 (90 days)"),
        (&["api-key", "rotate", "nothing"], not_found),
        (&["api-key", "revoke", "tg_live_a_b"], not_found),
        (&["api-key", "list", "a b"], "the partner's code \"a b\""),
    ];
    for (arguments, part) in cases {
        let sentence = failure(command(&site.database, arguments));
        assert!(sentence.starts_with("ticketgate: failed to "), "{sentence}");
        assert!(sentence.contains(part), "{arguments:?}: {sentence}");
    }
    assert_eq!(list(), before);
    run_json(&site.database, &["api-key", "revoke", &prefix]);
    for arguments in [&["rotate", &prefix][..], &["change", &prefix, "--name", "x"]] {
        let sentence = failure(command(&site.database, &[&["api-key"], arguments].concat()));
        let text = format!("failed to change API key {prefix}: it is revoked; create another");
        assert_eq!(sentence, format!("ticketgate: {text}"));
    }
}
