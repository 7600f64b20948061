//! `GET /venue`: where things are redeemed.

use serde_json::{Value, json};

use super::places::close;
use crate::support::{TestApp, masked};

fn venue(id: i64, code: &str, name: &str, kind: &str, functions: &[&str]) -> Value {
    json!({
        "venue_id": id, "venue_code": code, "venue_name": name, "venue_type": kind,
        "supported_functions": functions, "is_active": true
    })
}

fn all() -> Vec<Value> {
    vec![
        venue(1, "central-pier", "Central Pier", "pier", &["ferry"]),
        venue(2, "cheung-chau", "Cheung Chau", "island", &["ferry", "gift", "tokens"]),
        venue(3, "gift-shop-central", "Gift Shop Central", "shop", &["gift"]),
        venue(4, "playground-cc", "Cheung Chau Playground", "playground", &["tokens"]),
    ]
}

#[test]
fn venues_are_listed_by_number() {
    let app = TestApp::demo();
    let reply = app.client().get("/venue").expect(200);
    assert_eq!(reply.body, json!({"venues": all()}));
    for client in [app.partner().client, app.terminal("PIER-1", "central-pier").client] {
        assert_eq!(client.get("/venue").expect(200).body, reply.body);
    }
}

#[test]
fn closed_venues_are_listed_only_where_they_are_asked_for() {
    let app = TestApp::demo();
    close(&app, "cheung-chau");
    let mut with_closed = all();
    with_closed[1]["is_active"] = json!(false);
    let mut open = with_closed.clone();
    open.remove(1);
    let list = |path: &str| app.client().get(path).expect(200).body["venues"].clone();
    assert_eq!(list("/venue"), json!(open));
    assert_eq!(list("/venue?include_inactive=false"), json!(open));
    assert_eq!(list("/venue?include_inactive=true"), json!(with_closed));
}

#[test]
fn include_inactive_is_true_or_false() {
    let app = TestApp::demo();
    for value in ["", "1", "yes", "TRUE", "%00"] {
        let reply = app.client().get(&format!("/venue?include_inactive={value}"));
        let text = "include_inactive must be true or false";
        assert_eq!(
            masked(&reply.body, &["/request_id"]),
            json!({
                "type": "urn:ticketgate:problem:invalid-request", "title": "Bad Request",
                "status": 400, "detail": text, "error": "INVALID_REQUEST", "message": text,
                "request_id": "*",
                "errors": [{"field": "include_inactive", "problem": "must be true or false"}]
            })
        );
    }
}
