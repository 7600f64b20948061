//! Personal data, as admins erase it.

use serde_json::{Value, json};
use ticketgate::token::hex_digest;

use crate::support::tables::{everything, lines};
use crate::support::{Client, Partner, TestApp, audited};

const EMAIL: &str = "Ka.Yan@Example.org";
const CUSTOMERS: &str = "SELECT coalesce(customer_type, '-') || ' ' || coalesce(customer_name, '-') || ' ' || \
     coalesce(customer_email, '-') || ' ' || coalesce(customer_phone, '-') AS value \
     FROM tickets ORDER BY ticket_code";
const WHOLE: &str = "child Chow Ka-yan Ka.Yan@Example.org +85290123456";
const BLANK: &str = "child - - -";

fn ticket(partner: &Partner, email: &str) -> String {
    let order = json!({
        "product_id": 106, "quantity": 1,
        "customer_info": {"type": "child", "name": "Chow Ka-yan", "email": email,
                          "phone": "+85290123456"}
    });
    partner.order(&order).expect(201).text_at("/tickets/0/ticket_code")
}

/// The audit log's lines on erasures.
fn erasures(admin: &Client) -> Vec<Value> {
    audited(admin, "action=privacy.erase")
}

fn line(subject: &str, erased: usize) -> Value {
    json!(["operator:anna", "privacy.erase", subject, null, {"tickets_erased": erased}])
}

#[test]
fn a_tickets_customer_is_erased_and_its_ledger_stays() {
    let app = TestApp::closed();
    let partner = app.new_partner("acme", "");
    let (code, other) = (ticket(&partner, EMAIL), ticket(&partner, EMAIL));
    let token = partner.token(&code);
    let gate = app.terminal("GATE-1", "cheung-chau");
    gate.scan(&token, "ferry").expect(200);
    let before = everything(&mut app.session());
    let admin = app.operator("anna", "admin");
    let erase = |code: &str| {
        admin.post("/admin/privacy/erase", &json!({"ticket_code": code})).expect(200).body
    };
    assert_eq!(erase(&code), json!({"tickets_erased": 1}));
    assert_eq!(erase(&code), json!({"tickets_erased": 0}));
    assert_eq!(lines(&mut app.session(), CUSTOMERS), [BLANK, WHOLE]);
    assert_eq!(everything(&mut app.session()), before);
    assert_eq!(
        gate.look(&token).expect(200).body["ticket_info"]["customer_info"],
        json!({"type": "child", "name": null, "email": null, "phone": null})
    );
    gate.scan(&token, "gift").expect(200);
    erase(&other);
    assert_eq!(erasures(&admin), [line(&code, 1), line(&code, 0), line(&other, 1)]);
}

#[test]
fn every_ticket_of_an_address_is_erased_whoever_sold_it() {
    let app = TestApp::closed();
    let (one, two) = (app.new_partner("one", ""), app.new_partner("two", ""));
    ticket(&one, EMAIL);
    ticket(&two, "KA.YAN@EXAMPLE.ORG");
    ticket(&two, "other@example.org");
    one.ticket();
    let before = everything(&mut app.session());
    let admin = app.operator("anna", "admin");
    let erase =
        |email: &str| admin.post("/admin/privacy/erase", &json!({"email": email})).expect(200).body;
    assert_eq!(erase("ka.yan@example.ORG"), json!({"tickets_erased": 2}));
    assert_eq!(erase("ka.yan@example.org"), json!({"tickets_erased": 0}));
    let other = "child Chow Ka-yan other@example.org +85290123456";
    assert_eq!(lines(&mut app.session(), CUSTOMERS), [BLANK, BLANK, other, "- - - -"]);
    assert_eq!(everything(&mut app.session()), before);
    let digest = hex_digest(b"ka.yan@example.org");
    let subject = format!("sha256:{}", digest.split_at(16).0);
    assert_eq!(erasures(&admin), [line(&subject, 2), line(&subject, 0)]);
}

#[test]
fn what_is_not_clear_is_refused_and_erases_nothing() {
    let app = TestApp::closed();
    let code = ticket(&app.new_partner("acme", ""), EMAIL);
    let admin = app.operator("anna", "admin");
    for (body, field, problem) in [
        (json!({}), "ticket_code", "is required, or else email"),
        (
            json!({"ticket_code": code, "email": EMAIL}),
            "email",
            "must be left out where ticket_code is given",
        ),
        (json!({"email": " "}), "email", "must not be empty"),
        (json!({"email": "e".repeat(201)}), "email", "must be at most 200 characters, not 201"),
    ] {
        let reply = admin.post("/admin/privacy/erase", &body).expect(400);
        assert_eq!(reply.body["errors"], json!([{"field": field, "problem": problem}]));
    }
    let reply = admin.post("/admin/privacy/erase", &json!({"ticket_code": "票"})).expect(400);
    assert_eq!(reply.field(), "ticket_code");
    let unknown = json!({"ticket_code": "OTA-CP-20261121-999999"});
    let reply = admin.post("/admin/privacy/erase", &unknown);
    assert_eq!(reply.verdict(), (404, "TICKET_NOT_FOUND"));
    let supervisor = app.operator("sam", "supervisor");
    let reply = supervisor.post("/admin/privacy/erase", &json!({"ticket_code": code}));
    assert_eq!(reply.verdict(), (403, "INSUFFICIENT_PERMISSIONS"));
    assert_eq!(lines(&mut app.session(), CUSTOMERS), [WHOLE]);
    assert_eq!(erasures(&admin), [Value::Null; 0]);
}
