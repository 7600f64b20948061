//! Venues, as admins make and change them, and what they redeem from then on.

use serde_json::{Value, json};

use super::{REVISION, with};
use crate::support::tables::number;
use crate::support::{TestApp, audited, within_a_second};

#[test]
fn a_venue_is_made_listed_and_changed() {
    let (app, admin) = TestApp::closed().with_admin();
    let order = json!({"venue_code": "spa-1", "venue_name": "水療 Spa",
        "supported_functions": ["spa", "gift"]});
    let first = json!({
        "venue_id": 5, "venue_code": "spa-1", "venue_name": "水療 Spa", "venue_type": "venue",
        "timezone": "Asia/Hong_Kong", "supported_functions": ["gift", "spa"], "is_active": true
    });
    assert_eq!(admin.post("/admin/venues", &order).expect(201).body, first);
    let whole = json!({"venue_code": "kiosk", "venue_name": "Kiosk", "venue_type": "shop",
        "timezone": "Europe/Vienna", "supported_functions": ["gift"]});
    let kiosk = with(whole.clone(), &json!({"venue_id": 6, "is_active": true}));
    assert_eq!(admin.post("/admin/venues", &whole).expect(201).body, kiosk);
    let change = |body: Value| admin.patch("/admin/venues/spa-1", &body).expect(200).body;
    let changes_one = json!({"venue_name": "Spa", "venue_type": "spa", "timezone": "UTC"});
    let renamed = with(first.clone(), &changes_one);
    assert_eq!(change(changes_one), renamed);
    let functions = json!({"supported_functions": ["spa", "ferry"]});
    let smaller = with(renamed.clone(), &json!({"supported_functions": ["ferry", "spa"]}));
    assert_eq!(change(functions.clone()), smaller);
    let revision = || number(&mut app.session(), REVISION);
    let before = revision();
    assert_eq!(change(json!({})), smaller);
    assert_eq!(change(functions), smaller);
    assert_eq!(revision(), before, "nothing was changed");
    let closed = with(smaller.clone(), &json!({"is_active": false}));
    assert_eq!(change(json!({"is_active": false})), closed);
    assert_eq!(revision(), before + 1);
    let list = |query: &str| admin.get(&format!("/admin/venues{query}")).expect(200).body;
    assert_eq!(
        list("?page=3&limit=2"),
        json!({"items": [closed, kiosk], "total": 6, "page": 3, "page_size": 2, "has_more": false})
    );
    assert_eq!(list("")["items"][0]["venue_code"], "central-pier");
    assert_eq!(
        audited(&admin, "subject=spa-1"),
        [
            json!(["operator:anna", "venue.create", "spa-1", null, first]),
            json!(["operator:anna", "venue.change", "spa-1", first, renamed]),
            json!(["operator:anna", "venue.change", "spa-1", renamed, smaller]),
            json!(["operator:anna", "venue.change", "spa-1", smaller, closed]),
        ]
    );
}

#[test]
fn a_venue_redeems_what_it_was_changed_to() {
    let (app, admin) = TestApp::closed().with_admin();
    let partner = app.new_partner("acme", "");
    let gate = app.terminal("GATE-1", "central-pier");
    let reason = |function: &str| {
        let token = partner.token(&partner.ticket());
        gate.scan(&token, function).code().to_owned()
    };
    let change = |body: Value| admin.patch("/admin/venues/central-pier", &body).expect(200);
    assert_eq!(reason("gift"), "WRONG_VENUE_FUNCTION");
    change(json!({"supported_functions": ["gift"]}));
    within_a_second("the change of the venue", || reason("gift").is_empty().then_some(()));
    assert_eq!(reason("ferry"), "WRONG_VENUE_FUNCTION");
    change(json!({"is_active": false}));
    within_a_second("the end of the venue", || (reason("gift") == "VENUE_NOT_FOUND").then_some(()));
    change(json!({"is_active": true}));
    within_a_second("the return of the venue", || reason("gift").is_empty().then_some(()));
}

#[test]
fn what_is_wrong_with_a_venue_is_refused_and_named() {
    let (_app, admin) = TestApp::closed().with_admin();
    let before = admin.get("/admin/venues").expect(200).body;
    let make = |more: Value| {
        let order = json!({"venue_code": "kiosk", "venue_name": "Kiosk",
            "supported_functions": ["gift"]});
        admin.post("/admin/venues", &with(order, &more))
    };
    let change = |body: Value| admin.patch("/admin/venues/central-pier", &body);
    let bad = [
        (make(json!({"venue_code": "a b"})), "venue_code"),
        (make(json!({"venue_name": ""})), "venue_name"),
        (make(json!({"venue_name": "x".repeat(201)})), "venue_name"),
        (make(json!({"venue_type": "x".repeat(101)})), "venue_type"),
        (make(json!({"timezone": "Mars/Base"})), "timezone"),
        (make(json!({"supported_functions": []})), "supported_functions"),
        (make(json!({"supported_functions": ["gift", "g g"]})), "supported_functions[1]"),
        (make(json!({"supported_functions": ["gift", "gift"]})), "supported_functions[1]"),
        (make(json!({"supported_functions": null})), "supported_functions"),
        (change(json!({"venue_name": "\n"})), "venue_name"),
        (change(json!({"timezone": "here"})), "timezone"),
        (change(json!({"supported_functions": []})), "supported_functions"),
        (change(json!({"is_active": 1})), "is_active"),
        (change(json!({"venue_name": null})), "venue_name"),
        (change(json!({"venue_type": null})), "venue_type"),
        (change(json!({"timezone": null})), "timezone"),
        (change(json!({"supported_functions": null})), "supported_functions"),
        (change(json!({"is_active": null})), "is_active"),
        (change(json!({"functions": ["gift"]})), "functions"),
        (admin.get("/admin/venues?page=x"), "page"),
    ];
    for (reply, field) in bad {
        assert_eq!(reply.verdict(), (400, "INVALID_REQUEST"), "{}", reply.text);
        assert_eq!(reply.field(), field, "{}", reply.text);
    }
    let refused = [
        (make(json!({"venue_code": "central-pier"})), 409, "VENUE_EXISTS"),
        (admin.patch("/admin/venues/nowhere", &json!({})), 404, "VENUE_NOT_FOUND"),
        (admin.patch("/admin/venues/no%20where", &json!({})), 404, "VENUE_NOT_FOUND"),
    ];
    for (reply, status, code) in refused {
        assert_eq!(reply.verdict(), (status, code), "{}", reply.text);
    }
    assert_eq!(admin.get("/admin/venues").expect(200).body, before);
}
