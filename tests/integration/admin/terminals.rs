//! Terminals, as admins set them up.

use serde_json::{Value, json};

use super::with;
use crate::support::test_app::START;
use crate::support::{TestApp, audited, masked};

/// A terminal without a key, with some fields of its own.
fn terminal(id: &str, venue: &str, functions: &Value) -> Value {
    json!({
        "terminal_device_id": id, "venue_code": venue, "functions": functions, "is_active": true,
        "created_at": START, "paired_at": null, "last_seen_at": null, "revoked_at": null
    })
}

#[test]
fn a_terminal_is_made_listed_changed_and_revoked() {
    let (app, admin) = TestApp::closed().with_admin();
    let order = json!({"terminal_device_id": "GATE 1/東", "venue_code": "cheung-chau",
        "functions": ["gift", "ferry"]});
    let made = admin.post("/admin/terminals", &order).expect(201);
    let first = terminal("GATE 1/東", "cheung-chau", &json!(["gift", "ferry"]));
    let code = json!({"pairing_code": "*", "pairing_qr": "*",
        "expires_at": "2026-11-21T02:10:00.000Z"});
    assert_eq!(masked(&made.body, &["/pairing_code", "/pairing_qr"]), with(first.clone(), &code));
    let other = json!({"terminal_device_id": "A-1", "venue_code": "central-pier"});
    admin.post("/admin/terminals", &other).expect(201);
    let list = |query: &str| admin.get(&format!("/admin/terminals{query}")).expect(200).body;
    let second = terminal("A-1", "central-pier", &json!(null));
    assert_eq!(
        list(""),
        json!({"items": [second, first], "total": 2, "page": 1, "page_size": 50,
            "has_more": false})
    );
    assert_eq!(
        list("?limit=1&page=2"),
        json!({"items": [first], "total": 2, "page": 2, "page_size": 1, "has_more": false})
    );
    let path = "/admin/terminals/GATE%201%2F%E6%9D%B1";
    let all = with(first.clone(), &json!({"functions": null}));
    let change = |body: Value| admin.patch(path, &body).expect(200).body;
    assert_eq!(change(json!({"functions": null})), all);
    assert_eq!(change(json!({})), all);
    assert_eq!(change(json!({"venue_code": "cheung-chau", "functions": null})), all);
    let moved = with(all.clone(), &json!({"venue_code": "gift-shop-central"}));
    assert_eq!(change(json!({"venue_code": "gift-shop-central"})), moved);
    let gifts = with(moved.clone(), &json!({"functions": ["gift"]}));
    assert_eq!(change(json!({"functions": ["gift"]})), gifts);
    app.clock.advance(chrono::TimeDelta::minutes(1));
    let revoked =
        with(gifts.clone(), &json!({"is_active": false, "revoked_at": "2026-11-21T02:01:00.000Z"}));
    let revoke = || admin.post_nothing(&format!("{path}/revoke")).expect(200).body;
    assert_eq!(revoke(), revoked);
    app.clock.advance(chrono::TimeDelta::minutes(1));
    assert_eq!(revoke(), revoked, "and it stays revoked since then");
    assert_eq!(list("")["items"][1], revoked);
    assert_eq!(
        audited(&admin, "subject=GATE%201%2F%E6%9D%B1"),
        [
            json!(["operator:anna", "terminal.create", "GATE 1/東", null, first]),
            json!(["operator:anna", "terminal.offer", "GATE 1/東", null, {"expires_at": "2026-11-21T02:10:00.000Z"}]),
            json!(["operator:anna", "terminal.change", "GATE 1/東", first, all]),
            json!(["operator:anna", "terminal.change", "GATE 1/東", all, moved]),
            json!(["operator:anna", "terminal.change", "GATE 1/東", moved, gifts]),
            json!(["operator:anna", "terminal.revoke", "GATE 1/東", gifts, revoked]),
        ]
    );
}

#[test]
fn a_new_pairing_code_is_shown_as_text_and_picture() {
    let (app, admin) = TestApp::closed().with_admin();
    let order = json!({"terminal_device_id": "GATE-1", "venue_code": "central-pier"});
    admin.post("/admin/terminals", &order).expect(201);
    app.clock.advance(chrono::TimeDelta::minutes(5));
    let made = admin.post_nothing("/admin/terminals/GATE-1/pairing-code").expect(201);
    let code = made.text_at("/pairing_code");
    let groups: Vec<&str> = code.split('-').collect();
    assert!(groups.len() == 3 && groups.iter().all(|group| group.len() == 4), "{code}");
    assert_eq!(
        masked(&made.body, &["/pairing_code", "/pairing_qr"]),
        json!({"pairing_code": "*", "pairing_qr": "*", "expires_at": "2026-11-21T02:15:00.000Z"})
    );
    assert_eq!(crate::qr::image::text_of_png(&made.text_at("/pairing_qr")), code);
}

#[test]
fn what_cannot_be_set_up_is_refused_and_named() {
    let (_app, admin) = TestApp::closed().with_admin();
    let order = json!({"terminal_device_id": "GATE-1", "venue_code": "cheung-chau",
        "functions": ["tokens"]});
    admin.post("/admin/terminals", &order).expect(201);
    let before = admin.get("/admin/terminals").expect(200).body;
    let make = |more: Value| {
        let order = json!({"terminal_device_id": "GATE-2", "venue_code": "central-pier"});
        admin.post("/admin/terminals", &with(order, &more))
    };
    let change = |body: Value| admin.patch("/admin/terminals/GATE-1", &body);
    let bad = [
        (make(json!({"terminal_device_id": ""})), "terminal_device_id"),
        (make(json!({"terminal_device_id": "x".repeat(101)})), "terminal_device_id"),
        (make(json!({"terminal_device_id": 7})), "terminal_device_id"),
        (make(json!({"venue_code": "cen tral"})), "venue_code"),
        (make(json!({"functions": []})), "functions"),
        (make(json!({"functions": ["ferry", "fer ry"]})), "functions[1]"),
        (make(json!({"functions": ["ferry", "ferry"]})), "functions[1]"),
        (make(json!({"functions": ["ferry", "gift"]})), "functions"),
        (make(json!({"functions": "ferry"})), "functions"),
        (change(json!({"functions": []})), "functions"),
        (change(json!({"functions": ["gift", "spa"]})), "functions"),
        (change(json!({"venue_code": "central-pier"})), "functions"),
        (change(json!({"venue_code": 5})), "venue_code"),
        (change(json!({"venue_code": null})), "venue_code"),
        (change(json!({"function": ["gift"]})), "function"),
        (admin.get("/admin/terminals?page=0"), "page"),
    ];
    for (reply, field) in bad {
        assert_eq!(reply.verdict(), (400, "INVALID_REQUEST"), "{}", reply.text);
        assert_eq!(reply.field(), field, "{}", reply.text);
    }
    let nowhere = json!({"venue_code": "nowhere"});
    let nobody = "/admin/terminals/GATE-9";
    let refused = [
        (make(nowhere.clone()), 404, "VENUE_NOT_FOUND"),
        (change(nowhere), 404, "VENUE_NOT_FOUND"),
        (make(json!({"terminal_device_id": "GATE-1"})), 409, "TERMINAL_EXISTS"),
        (admin.patch(nobody, &json!({})), 404, "TERMINAL_NOT_FOUND"),
        (admin.post_nothing(&format!("{nobody}/revoke")), 404, "TERMINAL_NOT_FOUND"),
        (admin.post_nothing(&format!("{nobody}/pairing-code")), 404, "TERMINAL_NOT_FOUND"),
    ];
    for (reply, status, code) in refused {
        assert_eq!(reply.verdict(), (status, code), "{}", reply.text);
    }
    assert_eq!(admin.get("/admin/terminals").expect(200).body, before);
    assert_eq!(audited(&admin, "subject=GATE-2"), [Value::Null; 0]);
}
