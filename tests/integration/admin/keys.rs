//! API keys over REST: made, listed, changed, rotated and revoked by admins, each change on record.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::partners::all_permissions;
use super::problem;
use crate::support::{Client, Partner, Reply, TestApp, audited, masked};

const NOT_FOUND: (u16, &str, &str) = (
    404,
    "KEY_NOT_FOUND",
    "failed to find this API key: name it by its prefix, the part between tg_live_ and its secret",
);

fn text(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("{pointer} in {value}")).to_owned()
}

/// A partner, by an admin's hand: its first key as it is told.
fn new_partner(admin: &Client, code: &str) -> Value {
    admin.post("/admin/partners", &json!({"partner_code": code})).expect(201).body
}

fn new_key(admin: &Client, body: &Value) -> Value {
    admin.post("/admin/keys", body).expect(201).body
}

fn with_key(app: &TestApp, made: &Value) -> Client {
    app.client().with("X-API-Key", &text(made, "/api_key"))
}

/// What the audit log says of a change to a key.
fn line(action: &str, before: &Value, after: &Value) -> Value {
    json!(["operator:anna", action, after["key_prefix"], before, after])
}

fn path_of(made: &Value) -> String {
    format!("/admin/keys/{}", text(made, "/key/key_prefix"))
}

/// What a key that is good for reading, and no key, is told.
fn reads(client: &Client) -> bool {
    match client.get("/ota/tickets").verdict() {
        (200, "") => true,
        verdict => {
            assert_eq!(verdict, (401, "INVALID_API_KEY"));
            false
        }
    }
}

fn order(client: &Client) -> Reply {
    client.post("/ota/tickets/bulk-generate", &json!({"product_id": 106, "quantity": 1}))
}

#[test]
fn a_further_key_is_told_whole_and_may_what_it_was_given() {
    let (app, admin) = TestApp::closed().with_admin();
    new_partner(&admin, "acme");
    let made = new_key(
        &admin,
        &json!({"partner_code": "acme", "permissions": ["tickets:read"], "key_name": "Report",
            "expires_at": "2026-11-21"}),
    );
    let key = json!({"key_prefix": "*", "partner_code": "acme", "key_name": "Report",
        "permissions": ["tickets:read"], "created_at": "2026-11-21T02:00:00.000Z",
        "expires_at": "2026-11-21T15:59:59.999Z", "revoked_at": null, "last_used_at": null});
    let expected = json!({"api_key": "*", "key": key});
    assert_eq!(masked(&made, &["/api_key", "/key/key_prefix"]), expected);
    let line = line("key.create", &Value::Null, &made["key"]);
    assert_eq!(audited(&admin, "action=key.create").last(), Some(&line));
    let client = with_key(&app, &made);
    assert!(reads(&client));
    assert_eq!(order(&client).verdict(), (403, "INSUFFICIENT_PERMISSIONS"));
    let all = new_key(&admin, &json!({"partner_code": "acme"}));
    assert_eq!(
        (&all["key"]["permissions"], &all["key"]["expires_at"]),
        (&json!(all_permissions()), &Value::Null)
    );
    // It was accepted a moment ago and is remembered, and yet it ends when it ends.
    app.clock.advance(TimeDelta::hours(14) - TimeDelta::milliseconds(2));
    assert!(reads(&client));
    app.clock.advance(TimeDelta::milliseconds(1));
    assert!(!reads(&client));
}

#[test]
fn a_further_key_sees_what_is_its_partners_and_nothing_else() {
    let (app, admin) = TestApp::closed().with_admin();
    let (acme, zeta) = (new_partner(&admin, "acme"), new_partner(&admin, "zeta"));
    let code = Partner { client: with_key(&app, &acme) }.ticket();
    let further = |partner| {
        let made = new_key(&admin, &json!({"partner_code": partner}));
        Partner { client: with_key(&app, &made) }
    };
    assert_eq!(further("acme").issue(&code).status, 200);
    let foreign = further("zeta");
    assert_eq!(foreign.issue(&code).verdict(), (404, "TICKET_NOT_FOUND"));
    assert_eq!(foreign.client.get("/ota/tickets").expect(200).body["total_count"], 0);
    drop(zeta);
}

#[test]
fn keys_are_listed_without_their_secrets() {
    let (app, admin) = TestApp::closed().with_admin();
    let zeta = new_partner(&admin, "zeta");
    let acme = new_partner(&admin, "acme");
    app.clock.advance(TimeDelta::minutes(1));
    let second = new_key(&admin, &json!({"partner_code": "acme"}));
    let list = |query: &str| admin.get(&format!("/admin/keys{query}")).expect(200);
    let all = [&acme["key"], &second["key"], &zeta["key"]];
    let whole = list("");
    assert_eq!(
        whole.body,
        json!({"items": all, "total": 3, "page": 1, "page_size": 50, "has_more": false})
    );
    for made in [&acme, &second, &zeta] {
        let secret = text(made, "/api_key");
        assert!(!whole.text.contains(secret.rsplit('_').next().unwrap()));
    }
    assert_eq!(
        list("?partner_code=acme&limit=1&page=2").body,
        json!({"items": all[1..2], "total": 2, "page": 2, "page_size": 1, "has_more": false})
    );
    assert_eq!(list("?partner_code=nobody").body["items"], json!([]));
    assert_eq!(admin.get("/admin/keys?partner_code=a%20b").expect(400).field(), "partner_code");
}

#[test]
fn a_key_is_changed_field_by_field() {
    let (app, admin) = TestApp::closed().with_admin();
    let made = new_partner(&admin, "acme");
    let mut key = made["key"].clone();
    let steps = [
        (json!({"key_name": "Shop"}), "key_name", json!("Shop")),
        (json!({"permissions": ["qr:issue"]}), "permissions", json!(["qr:issue"])),
        (
            json!({"expires_at": "2026-12-01T08:00:00+08:00"}),
            "expires_at",
            json!("2026-12-01T00:00:00.000Z"),
        ),
        (json!({"expires_at": null}), "expires_at", Value::Null),
        (json!({"key_name": null}), "key_name", Value::Null),
    ];
    for (body, field, value) in steps {
        let before = key.clone();
        key[field] = value;
        assert_eq!(admin.patch(&path_of(&made), &body).expect(200).body, key, "{body}");
        let line = line("key.change", &before, &key);
        assert_eq!(audited(&admin, "action=key.change").last(), Some(&line), "{body}");
    }
    assert_eq!(admin.patch(&path_of(&made), &json!({})).expect(200).body, key);
    assert_eq!(audited(&admin, "action=key.change").len(), 5, "nothing was changed");
    let client = with_key(&app, &made);
    assert_eq!(order(&client).verdict(), (403, "INSUFFICIENT_PERMISSIONS"));
    assert_eq!(client.get("/qr/OTA-CP-20261121-000001").verdict(), (404, "TICKET_NOT_FOUND"));
}

#[test]
fn a_rotated_key_goes_on_until_its_overlap_ends() {
    let (app, admin) = TestApp::closed().with_admin();
    new_partner(&admin, "acme");
    let old = new_key(
        &admin,
        &json!({"partner_code": "acme", "permissions": ["tickets:read"], "key_name": "Report"}),
    );
    let rotated = admin.post(&format!("{}/rotate", path_of(&old)), &json!({"overlap_minutes": 90}));
    let rotated = rotated.expect(201).body;
    let mut replaced = old["key"].clone();
    replaced["expires_at"] = json!("2026-11-21T03:30:00.000Z");
    let mut key = old["key"].clone();
    key["key_prefix"] = json!("*");
    let expected = json!({"api_key": "*", "key": key, "replaced": replaced});
    assert_eq!(masked(&rotated, &["/api_key", "/key/key_prefix"]), expected);
    assert_ne!(rotated["key"]["key_prefix"], old["key"]["key_prefix"]);
    let done = audited(&admin, "principal=operator:anna");
    assert_eq!(
        done[done.len() - 2..],
        [
            line("key.rotate", &old["key"], &replaced),
            line("key.create", &Value::Null, &rotated["key"]),
        ]
    );
    let (before, after) = (with_key(&app, &old), with_key(&app, &rotated));
    assert!(reads(&before) && reads(&after));
    app.clock.advance(TimeDelta::minutes(90) - TimeDelta::milliseconds(1));
    assert!(reads(&before) && reads(&after));
    app.clock.advance(TimeDelta::milliseconds(1));
    assert!(!reads(&before) && reads(&after));
    assert_eq!(order(&after).verdict(), (403, "INSUFFICIENT_PERMISSIONS"));
}

#[test]
fn an_overlap_is_a_day_unless_said_otherwise_and_never_prolongs_a_key() {
    let (app, admin) = TestApp::closed().with_admin();
    new_partner(&admin, "acme");
    let rotate = |made: &Value, body: Option<Value>| {
        let path = format!("{}/rotate", path_of(made));
        let reply = match body {
            Some(body) => admin.post(&path, &body),
            None => admin.post_nothing(&path),
        };
        reply.expect(201).body
    };
    let key = || new_key(&admin, &json!({"partner_code": "acme"}));
    let at_once = key();
    let rotated = rotate(&at_once, Some(json!({"overlap_minutes": 0, "expires_at": "2027-01-01"})));
    assert_eq!(rotated["replaced"]["expires_at"], "2026-11-21T02:00:00.000Z");
    assert_eq!(rotated["key"]["expires_at"], "2027-01-01T15:59:59.999Z");
    assert!(!reads(&with_key(&app, &at_once)) && reads(&with_key(&app, &rotated)));
    let a_day = rotate(&key(), None);
    assert_eq!(a_day["replaced"]["expires_at"], "2026-11-22T02:00:00.000Z");
    let longest = rotate(&key(), Some(json!({"overlap_minutes": 129_600})));
    assert_eq!(longest["replaced"]["expires_at"], "2027-02-19T02:00:00.000Z");
    let short =
        new_key(&admin, &json!({"partner_code": "acme", "expires_at": "2026-11-21T02:01:00Z"}));
    let rotated = rotate(&short, None);
    assert_eq!(rotated["replaced"]["expires_at"], "2026-11-21T02:01:00.000Z");
    assert_eq!(rotated["key"]["expires_at"], Value::Null);
    // An answer may be lost and the key rotated again: the next one is as good.
    let again = rotate(&short, None);
    assert_eq!(again["key"]["expires_at"], Value::Null);
}

#[test]
fn a_revoked_key_is_over_for_good() {
    let (app, admin) = TestApp::closed().with_admin();
    let made = new_partner(&admin, "acme");
    let path = path_of(&made);
    app.clock.advance(TimeDelta::seconds(1));
    let mut key = made["key"].clone();
    key["revoked_at"] = json!("2026-11-21T02:00:01.000Z");
    let revoke = || admin.post_nothing(&format!("{path}/revoke")).expect(200).body;
    assert_eq!(revoke(), key);
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(revoke(), key, "it was revoked when it was first revoked");
    assert_eq!(audited(&admin, "action=key.revoke"), [line("key.revoke", &made["key"], &key)]);
    assert!(!reads(&with_key(&app, &made)));
    let text = format!(
        "failed to change API key {}: it is revoked; create another",
        key["key_prefix"].as_str().unwrap()
    );
    let refused = (409, "KEY_REVOKED", text.as_str());
    assert_eq!(problem(&admin.patch(&path, &json!({"key_name": "x"}))), refused);
    assert_eq!(problem(&admin.post_nothing(&format!("{path}/rotate"))), refused);
    assert_eq!(admin.get("/admin/keys").expect(200).body["items"], json!([key]));
}

#[test]
fn a_key_that_is_not_there_is_not_found() {
    let (_app, admin) = TestApp::closed().with_admin();
    let made = new_partner(&admin, "acme");
    let whole = text(&made, "/api_key");
    for prefix in ["nothing", "%00", "%E7%A5%A8", "a_b", whole.as_str()] {
        let path = format!("/admin/keys/{prefix}");
        assert_eq!(problem(&admin.patch(&path, &json!({"key_name": "x"}))), NOT_FOUND);
        assert_eq!(problem(&admin.post_nothing(&format!("{path}/rotate"))), NOT_FOUND);
        assert_eq!(problem(&admin.post_nothing(&format!("{path}/revoke"))), NOT_FOUND);
    }
    let unknown = admin.post("/admin/keys", &json!({"partner_code": "nobody"}));
    let none = "failed to find partner nobody: there is none";
    assert_eq!(problem(&unknown), (404, "PARTNER_NOT_FOUND", none));
    assert_eq!(admin.get("/admin/keys").expect(200).body["items"], json!([made["key"]]));
}

#[test]
fn a_bad_body_is_told_by_its_fields_and_changes_nothing() {
    let (_app, admin) = TestApp::closed().with_admin();
    let made = new_partner(&admin, "acme");
    let post = |more: Value| {
        let mut body = json!({"partner_code": "acme"});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        admin.post("/admin/keys", &body).expect(400)
    };
    let path = path_of(&made);
    let change = |body: Value| admin.patch(&path, &body).expect(400);
    let rotate = |body: Value| admin.post(&format!("{path}/rotate"), &body).expect(400);
    let moment = "must be a time such as 2026-11-21T08:00:00Z or a date such as 2026-11-21";
    let unknown = format!("must be some of {}, not \"all\"", all_permissions().join(", "));
    let minutes = "must be from 0 to 129600 (90 days)";
    let null = "must not be null; leave it out to keep it as it is";
    let cases = [
        (post(json!({"expires_at": "soon"})), "expires_at", moment),
        (post(json!({"expires_at": "2026-11-20"})), "expires_at", "must be in the future"),
        (post(json!({"permissions": ["all"]})), "permissions", &unknown),
        (post(json!({"key_name": " "})), "key_name", "must not be empty"),
        (
            change(json!({"expires_at": "2026-11-21T02:00:00Z"})),
            "expires_at",
            "must be in the future",
        ),
        (change(json!({"permissions": ["all"]})), "permissions", &unknown),
        (change(json!({"permissions": null})), "permissions", null),
        (rotate(json!({"overlap_minutes": -1})), "overlap_minutes", minutes),
        (rotate(json!({"overlap_minutes": 129_601})), "overlap_minutes", minutes),
        (rotate(json!({"expires_at": "2026-11-20"})), "expires_at", "must be in the future"),
    ];
    for (reply, field, text) in cases {
        assert_eq!(reply.body["errors"], json!([{"field": field, "problem": text}]));
    }
    assert_eq!(rotate(json!({"overlap_minutes": 1.5})).field(), "overlap_minutes");
    assert_eq!(change(json!({"expires": null})).field(), "expires");
    assert_eq!(admin.get("/admin/keys").expect(200).body["items"], json!([made["key"]]));
}

#[test]
fn changes_at_once_lose_nothing_and_are_on_record_one_after_the_other() {
    let (_app, admin) = TestApp::closed().with_admin();
    let made = new_partner(&admin, "acme");
    let path = path_of(&made);
    let change = |number: usize| {
        let body = match number % 3 {
            0 => json!({"key_name": format!("name {number}")}),
            1 => json!({"expires_at": format!("2027-01-{number:02}T00:00:00Z")}),
            _ => json!({"permissions": [all_permissions()[number % 7]]}),
        };
        admin.clone().patch(&path, &body).expect(200);
    };
    let change = &change;
    std::thread::scope(|scope| {
        (1..=18).for_each(|number| drop(scope.spawn(move || change(number))));
    });
    let lines = audited(&admin, "action=key.change");
    assert_eq!(lines.len(), 18);
    let mut key = made["key"].clone();
    for change in lines {
        assert_eq!(change, line("key.change", &key, &change[4]));
        key = change[4].clone();
    }
    assert_eq!(admin.get("/admin/keys").expect(200).body["items"], json!([key]));
}
