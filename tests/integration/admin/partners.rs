//! Partners over REST: made, listed, renamed, disabled and enabled by admins, each change on record.

use serde_json::{Value, json};
use ticketgate::access::Permission;

use super::problem;
use crate::support::test_app::START;
use crate::support::{Client, TestApp, audited, masked};

/// The names of all permissions.
pub(super) fn all_permissions() -> [&'static str; 7] {
    Permission::ALL.map(Permission::name)
}

fn partner(code: &str, name: Option<&str>, is_active: bool) -> Value {
    json!({"partner_code": code, "partner_name": name, "is_active": is_active,
        "created_at": START, "rate_limits": {}})
}

/// Whether a key is taken at all: every permission lets its holder see the venues.
fn opens(app: &TestApp, api_key: &str) -> bool {
    let reply = app.client().with("X-API-Key", api_key).get("/venue");
    match reply.verdict() {
        (200, "") => true,
        verdict => {
            assert_eq!(verdict, (401, "INVALID_API_KEY"));
            false
        }
    }
}

fn make(admin: &Client, body: &Value) -> Value {
    admin.post("/admin/partners", body).expect(201).body
}

#[test]
fn a_new_partner_is_told_whole_and_its_key_is_good_at_once() {
    let (app, admin) = TestApp::closed().with_admin();
    let made = make(&admin, &json!({"partner_code": "acme", "partner_name": "Acme 旅行"}));
    let key = json!({"key_prefix": "*", "partner_code": "acme", "key_name": null,
        "permissions": all_permissions(), "created_at": START, "expires_at": null,
        "revoked_at": null, "last_used_at": null});
    let expected = json!({"partner_code": "acme", "partner_name": "Acme 旅行", "is_active": true,
        "created_at": "2026-11-21T02:00:00.000Z", "api_key": "*", "key": key});
    assert_eq!(masked(&made, &["/api_key", "/key/key_prefix"]), expected);
    let api_key = made["api_key"].as_str().unwrap();
    let prefix = made["key"]["key_prefix"].as_str().unwrap();
    let secret = api_key.strip_prefix(&format!("tg_live_{prefix}_")).unwrap();
    assert_eq!(secret.len(), 52, "256 bits in base32");
    assert!(opens(&app, api_key));
    let line = |action: &str, subject: &str, after: Value| {
        json!(["operator:anna", action, subject, null, after])
    };
    assert_eq!(
        audited(&admin, "principal=operator:anna"),
        [
            line("partner.create", "acme", partner("acme", Some("Acme 旅行"), true)),
            line("key.create", prefix, made["key"].clone()),
        ]
    );
    assert!(!admin.get("/admin/audit").text.contains(secret));
    let again = admin.post("/admin/partners", &json!({"partner_code": "acme"}));
    assert_eq!(
        problem(&again),
        (409, "PARTNER_EXISTS", "failed to create partner acme: there is one already")
    );
    assert_eq!(audited(&admin, "principal=operator:anna").len(), 2);
}

#[test]
fn a_partners_first_key_may_what_it_was_given() {
    let (app, admin) = TestApp::closed().with_admin();
    let names = ["qr:issue", "tickets:read", "qr:issue"];
    let made = make(&admin, &json!({"partner_code": "reader", "permissions": names}));
    assert_eq!(made["key"]["permissions"], json!(["tickets:read", "qr:issue"]));
    let client = app.client().with("X-API-Key", made["api_key"].as_str().unwrap());
    assert_eq!(client.get("/ota/tickets").expect(200).body["total_count"], 0);
    let order =
        client.post("/ota/tickets/bulk-generate", &json!({"product_id": 106, "quantity": 1}));
    assert_eq!(order.verdict(), (403, "INSUFFICIENT_PERMISSIONS"));
}

#[test]
fn partners_are_listed_by_code_in_pages() {
    let (_app, admin) = TestApp::closed().with_admin();
    for code in ["zeta", "acme"] {
        make(&admin, &json!({"partner_code": code}));
    }
    let list = |query: &str| admin.get(&format!("/admin/partners{query}")).expect(200).body;
    let all = ["acme", "test_partner", "zeta"].map(|code| partner(code, None, true));
    assert_eq!(
        list(""),
        json!({"items": all, "total": 3, "page": 1, "page_size": 50, "has_more": false})
    );
    assert_eq!(
        list("?limit=2&page=1"),
        json!({"items": all[..2], "total": 3, "page": 1, "page_size": 2, "has_more": true})
    );
    assert_eq!(admin.get("/admin/partners?page=0").expect(400).field(), "page");
}

#[test]
fn a_partner_is_renamed_and_disabled() {
    let (app, admin) = TestApp::closed().with_admin();
    let api_key = make(&admin, &json!({"partner_code": "acme"}))["api_key"].clone();
    let api_key = api_key.as_str().unwrap();
    let change = |body: Value| admin.patch("/admin/partners/acme", &body).expect(200).body;
    let states = [
        (json!({"partner_name": "Acme"}), partner("acme", Some("Acme"), true)),
        (json!({"is_active": false}), partner("acme", Some("Acme"), false)),
        (json!({"partner_name": null}), partner("acme", None, false)),
        (json!({"is_active": true, "partner_name": "A"}), partner("acme", Some("A"), true)),
    ];
    let mut before = partner("acme", None, true);
    for (body, after) in states {
        assert_eq!(change(body.clone()), after, "{body}");
        let expected = json!(["operator:anna", "partner.change", "acme", before, after]);
        assert_eq!(audited(&admin, "subject=acme").last(), Some(&expected), "{body}");
        // The key is asked once in each state: one that was accepted is remembered for a moment.
        if after["is_active"] == json!(false) {
            assert!(!opens(&app, api_key), "{body}");
        }
        before = after;
    }
    assert!(opens(&app, api_key));
    let lines = audited(&admin, "subject=acme").len();
    assert_eq!(change(json!({})), before);
    assert_eq!(change(json!({"is_active": true})), before);
    assert_eq!(audited(&admin, "subject=acme").len(), lines, "nothing was changed");
}

#[test]
fn a_partner_that_is_not_there_is_not_found() {
    let (_app, admin) = TestApp::closed().with_admin();
    for (path, code) in [("nobody", "nobody"), ("%00", "\0"), ("%E7%A5%A8", "票")] {
        let reply = admin.patch(&format!("/admin/partners/{path}"), &json!({"is_active": false}));
        let text = format!("failed to find partner {code}: there is none");
        assert_eq!(problem(&reply), (404, "PARTNER_NOT_FOUND", text.as_str()));
    }
    assert_eq!(audited(&admin, "action=partner.change"), [Value::Null; 0]);
}

#[test]
fn a_bad_body_is_told_by_its_fields_and_changes_nothing() {
    let (_app, admin) = TestApp::closed().with_admin();
    let known = all_permissions().join(", ");
    let cases = [
        (json!({}), "partner_code", "is required".to_owned()),
        (
            json!({"partner_code": "a b"}),
            "partner_code",
            "must be 1 to 64 letters, digits, hyphens, underscores and full stops".to_owned(),
        ),
        (
            json!({"partner_code": "x", "partner_name": "n".repeat(201)}),
            "partner_name",
            "must be at most 200 characters, not 201".to_owned(),
        ),
        (
            json!({"partner_code": "x", "permissions": ["tickets:read", "all"]}),
            "permissions",
            format!("must be some of {known}, not \"all\""),
        ),
        (
            json!({"partner_code": "x", "permissions": []}),
            "permissions",
            format!("must hold at least one of {known}"),
        ),
    ];
    for (body, field, text) in cases {
        let reply = admin.post("/admin/partners", &body).expect(400);
        assert_eq!(reply.body["errors"], json!([{"field": field, "problem": text}]), "{body}");
    }
    let reply = admin.post("/admin/partners", &json!({"partner_code": "x", "permissions": "all"}));
    assert_eq!(reply.expect(400).field(), "permissions");
    let list = admin.get("/admin/partners").expect(200).body;
    for (body, field) in [
        (json!({"is_active": null}), "is_active"),
        (json!({"is_active": "no"}), "is_active"),
        (json!({"partner_name": ""}), "partner_name"),
        (json!({"partner_name": "a\nb"}), "partner_name"),
        (json!({"partner_nam": "A"}), "partner_nam"),
    ] {
        let reply = admin.patch("/admin/partners/test_partner", &body).expect(400);
        assert_eq!(reply.field(), field, "{body}");
    }
    assert_eq!(admin.get("/admin/partners").expect(200).body, list);
}

#[test]
fn only_admins_administer_partners_and_keys() {
    let app = TestApp::closed();
    let steward = app.operator("stu", "steward");
    let supervisor = app.operator("sam", "supervisor");
    let partner = app.new_partner("acme", "").client;
    let terminal = app.terminal("GATE-1", "central-pier").client;
    for client in [&steward, &supervisor, &partner, &terminal] {
        for reply in [
            client.post("/admin/partners", &json!({"partner_code": "x"})),
            client.get("/admin/partners"),
            client.patch("/admin/partners/acme", &json!({"is_active": false})),
            client.post("/admin/keys", &json!({"partner_code": "acme"})),
            client.get("/admin/keys"),
            client.patch("/admin/keys/x", &json!({})),
            client.post_nothing("/admin/keys/x/rotate"),
            client.post_nothing("/admin/keys/x/revoke"),
        ] {
            assert_eq!(reply.verdict(), (403, "INSUFFICIENT_PERMISSIONS"));
        }
    }
    let nobody = app.client().get("/admin/keys");
    assert_eq!(nobody.verdict(), (401, "CREDENTIALS_REQUIRED"));
}
