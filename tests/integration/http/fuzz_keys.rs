//! Partners and keys, administered with odd values.

use serde_json::json;

use super::fuzz::{Oddities, REQUESTS, assert_answered, odd_text, percent_encoded};
use crate::support::TestApp;

#[test]
fn administration_of_partners_and_keys_with_odd_values_is_answered() {
    let app = TestApp::closed();
    let admin = app.operator("anna", "admin");
    let mut odd = Oddities::new(6);
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
        for code in ["acme", other.as_str()] {
            let path = format!("/admin/partners/{code}");
            assert_answered(&admin.patch(&path, &body), &body.to_string());
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
