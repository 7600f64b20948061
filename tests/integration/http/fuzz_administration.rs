//! Administration with odd values, and the log-ins of those who administer.

use serde_json::json;

use super::fuzz::{Oddities, REQUESTS, assert_answered, odd_text, percent_encoded};
use crate::support::test_app::PASSWORD;
use crate::support::{Reply, TestApp};

#[test]
fn products_venues_and_terminals_of_odd_values_are_answered() {
    let (_app, admin) = TestApp::closed().with_admin();
    let mut odd = Oddities::new(11);
    let function = json!({"function_code": "ferry", "function_name": "Ferry", "uses": 1});
    let price = json!({"customer_type": "adult", "price": "1.00", "currency": "HKD"});
    let product = json!({
        "product_code": "XX", "product_name": "X", "functions": [function], "prices": [price],
        "product_id": 7, "is_active": true
    });
    let venue = json!({
        "venue_code": "kiosk", "venue_name": "Kiosk", "venue_type": "shop", "timezone": "UTC",
        "supported_functions": ["ferry"], "is_active": true
    });
    let terminal = json!({
        "terminal_device_id": "T-1", "venue_code": "central-pier", "functions": ["ferry"]
    });
    for _ in 0..REQUESTS {
        let other = format!("x{}", percent_encoded(&odd.next(&odd_text())));
        for (path, id, good) in [
            ("products", "107", &product),
            ("venues", "kiosk", &venue),
            ("terminals", "T-1", &terminal),
        ] {
            let mut body = odd.body(good);
            if path == "products" && odd.next(&proptest::bool::ANY) {
                body["functions"] = json!([odd.body(&function)]);
                body["prices"] = json!([odd.body(&price)]);
            }
            let path = format!("/admin/{path}");
            assert_answered(&admin.post(&path, &body), &body.to_string());
            for id in [id, &other] {
                let path = format!("{path}/{id}");
                assert_answered(&admin.patch(&path, &body), &format!("{path} {body}"));
            }
        }
        for action in ["revoke", "pairing-code"] {
            let path = format!("/admin/terminals/{other}/{action}");
            assert_answered(&admin.post_nothing(&path), &path);
        }
    }
    for odd in ["%00", "a%00b", "%FF", "%F0%9F%8E%AB", "..", "%2F"] {
        for path in ["products", "venues", "terminals"] {
            let path = format!("/admin/{path}/x{odd}");
            assert_eq!(admin.patch(&path, &json!({})).status, 404, "{path}");
        }
        let path = format!("/admin/terminals/x{odd}/revoke");
        assert_eq!(admin.post_nothing(&path).status, 404, "{path}");
    }
}

#[test]
fn partners_and_keys_of_odd_values_are_answered() {
    let (_app, admin) = TestApp::closed().with_admin();
    let mut odd = Oddities::new(12);
    let made = admin.post("/admin/partners", &json!({"partner_code": "acme"})).expect(201);
    let key = made.text_at("/key/key_prefix");
    for _ in 0..REQUESTS {
        let other = format!("x{}", percent_encoded(&odd.next(&odd_text())));
        let permissions = json!(["tickets:read"]);
        let new = json!({"partner_code": "acme", "partner_name": "Acme", "key_name": "Shop",
            "permissions": permissions, "expires_at": "2027-01-01"});
        for path in ["/admin/partners", "/admin/keys"] {
            let body = odd.body(&new);
            assert_answered(&admin.post(path, &body), &body.to_string());
            let query = odd.query(&["page", "limit", "partner_code"]);
            assert_answered(&admin.get(&format!("{path}?{query}")), &query);
        }
        let body = odd.body(&json!({"partner_name": "Acme", "is_active": true}));
        let limits = odd.body(&json!({"scan": "5/s", "read": "1/min:3", "issue": "off",
            "enter": null}));
        for code in ["acme", other.as_str()] {
            let path = format!("/admin/partners/{code}");
            assert_answered(&admin.patch(&path, &body), &body.to_string());
            let path = format!("{path}/rate-limits");
            assert_answered(&admin.patch(&path, &limits), &limits.to_string());
        }
        let body = odd.body(&json!({"key_name": "Shop", "permissions": permissions,
            "expires_at": "2027-01-01", "overlap_minutes": 5}));
        for prefix in [key.as_str(), other.as_str()] {
            let path = format!("/admin/keys/{prefix}");
            assert_answered(&admin.patch(&path, &body), &body.to_string());
            assert_answered(&admin.post(&format!("{path}/rotate"), &body), &body.to_string());
        }
        assert_answered(&admin.post(&format!("/admin/keys/{other}/revoke"), &body), &other);
    }
    for list in ["/admin/partners?limit=500", "/admin/keys?limit=500", "/admin/audit?limit=500"] {
        admin.get(list).expect(200);
    }
}

#[test]
fn operators_of_odd_values_are_answered() {
    let (app, admin) = TestApp::closed().with_admin();
    app.new_operator("bob", "steward");
    let mut odd = Oddities::new(13);
    let good = json!({"username": "carl", "display_name": "Carl", "role": "steward",
        "password": PASSWORD, "is_active": true});
    for _ in 0..REQUESTS {
        let other = format!("x{}", percent_encoded(&odd.next(&odd_text())));
        let body = odd.body(&good);
        assert_answered(&admin.post("/admin/operators", &body), &body.to_string());
        for username in ["bob", other.as_str()] {
            let path = format!("/admin/operators/{username}");
            assert_answered(&admin.patch(&path, &body), &format!("{path} {body}"));
        }
        let query = odd.query(&["page", "limit", "x"]);
        assert_answered(&admin.get(&format!("/admin/operators?{query}")), &query);
    }
    admin.get("/admin/operators?limit=500").expect(200);
}

#[test]
fn erasures_and_looks_at_the_audit_log_of_odd_values_are_answered() {
    let (app, admin) = TestApp::closed().with_admin();
    let code = app.new_partner("acme", "").ticket();
    let mut odd = Oddities::new(14);
    let names = ["principal", "action", "subject", "from", "to", "page", "limit"];
    for _ in 0..REQUESTS {
        for good in [json!({"ticket_code": code}), json!({"email": "a@example.org"})] {
            let mut body = odd.body(&good);
            if odd.next(&proptest::bool::ANY) {
                body["email"] = json!(odd.next(&odd_text()));
            }
            assert_answered(&admin.post("/admin/privacy/erase", &body), &body.to_string());
        }
        let query = odd.query(&names);
        assert_answered(&admin.get(&format!("/admin/audit?{query}")), &query);
    }
    // One odd value at a time gets past the others.
    for name in names {
        for value in ["%00", "a%00b", "%FF", "", "%F0%9F%8E%AB", "9223372036854775807"] {
            let path = format!("/admin/audit?{name}={value}");
            assert_answered(&admin.get(&path), &path);
        }
    }
    admin.get("/admin/audit?limit=500").expect(200);
}

/// An answer to somebody who proves with a password who they are.
#[track_caller]
fn assert_answered_or_not_believed(reply: &Reply, what: &str) {
    if !matches!(reply.verdict(), (204, _) | (401, "INVALID_LOGIN") | (429, "LOGIN_LOCKED")) {
        assert_answered(reply, what);
    }
}

#[test]
fn log_ins_and_passwords_of_odd_values_are_answered() {
    let app = TestApp::closed();
    let mut odd = Oddities::new(15);
    let mut session = app.operator("bob", "steward");
    for number in 0..REQUESTS {
        let body = odd.body(&json!({"username": "bob", "password": PASSWORD}));
        let reply = app.client().post("/operators/login", &body);
        assert_answered_or_not_believed(&reply, &body.to_string());
        let body = odd
            .body(&json!({"current_password": PASSWORD, "new_password": "a password of the fuzz"}));
        let reply = session.post("/operators/password", &body);
        assert_answered_or_not_believed(&reply, &body.to_string());
        // Whose password was changed, or whose name is locked, would from now on get the same answer to everything.
        if !matches!(reply.status, 400 | 401) {
            session = app.operator(&format!("bob-{number}"), "steward");
        }
    }
}
