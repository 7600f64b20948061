//! A partner never learns that another partner's ticket exists: the same answers as for one that does not.

use serde_json::{Value, json};
use ticketgate::kernel::{Jti, TicketCode};
use ticketgate::token::Claims;

use crate::support::tables::everything;
use crate::support::{Client, Reply, TestApp, masked, problem_body};

const NOWHERE: &str = "OTA-CP-20261121-999999";

/// Codes that no ticket has, well shaped and not.
const UNKNOWN: &[&str] =
    &[NOWHERE, "X", "ota-cp-20261121-000001", "%00", "%20", "%E7%A5%A8", "1'--", "decrypt%2Fx"];

/// An answer without what every answer has of its own.
fn told(reply: &Reply) -> (u16, Value) {
    (reply.status, masked(&reply.body, &["/request_id"]))
}

fn not_found(text: &str) -> (u16, Value) {
    (404, problem_body(404, "Not Found", "TICKET_NOT_FOUND", text))
}

/// Everything that can be asked about a ticket by its code.
fn about(client: &Client, code: &str) -> [(u16, Value); 4] {
    [
        client.post(&format!("/qr/{code}"), &json!({"image": "none"})),
        client.post_nothing(&format!("/qr/{code}")),
        client.get(&format!("/qr/{code}?image=none")),
        client.get(&format!("/qr/{code}/info")),
    ]
    .each_ref()
    .map(told)
}

#[test]
fn a_foreign_ticket_is_as_unknown_as_one_that_does_not_exist() {
    let app = TestApp::closed();
    let (owner, other) = (app.new_partner("owner", ""), app.new_partner("other", ""));
    let with_code = owner.ticket();
    owner.token(&with_code);
    let without_code = owner.ticket();
    let before = everything(&mut app.session());
    let expected = not_found("failed to find this ticket");
    for code in [with_code.as_str(), without_code.as_str()].iter().chain(UNKNOWN) {
        for (number, answer) in about(&other.client, code).into_iter().enumerate() {
            assert_eq!(answer, expected, "request {number} about {code}");
        }
    }
    assert_eq!(everything(&mut app.session()), before);
}

#[test]
fn a_foreign_qr_code_shows_nothing() {
    let app = TestApp::closed();
    let (owner, other) = (app.new_partner("owner", ""), app.new_partner("other", ""));
    let token = owner.token(&owner.ticket());
    let claims = app.tokens().open(&token).unwrap().claims;
    let ticket_code = TicketCode::parse(NOWHERE).unwrap();
    let nowhere = Claims { jti: Jti::random(), ticket_code, ..claims };
    let of_nothing = app.seal(&nowhere);
    let expected = not_found("failed to find the ticket of this QR code");
    for token in [&token, &of_nothing] {
        for venue in [json!(null), json!("cheung-chau"), json!("nowhere")] {
            let body = json!({"encrypted_data": token, "venue_code": venue});
            assert_eq!(told(&other.client.post("/qr/decrypt", &body)), expected);
        }
    }
    owner.client.post("/qr/decrypt", &json!({"encrypted_data": token})).expect(200);
}

#[test]
fn a_foreign_batch_is_neither_listed_nor_in_the_way() {
    let app = TestApp::closed();
    let (owner, other) = (app.new_partner("owner", ""), app.new_partner("other", ""));
    let order = json!({"product_id": 106, "quantity": 2, "batch_id": "SUMMER"});
    owner.order(&order).expect(201);
    let listed = |query: &str| other.client.get(&format!("/ota/tickets{query}")).expect(200).body;
    assert_eq!(listed("?batch_id=SUMMER"), listed("?batch_id=WINTER"));
    assert_eq!(listed("")["total_count"], 0);
    // The same name with another body is no conflict: it is another partner's batch.
    let order = json!({"product_id": 107, "quantity": 1, "batch_id": "SUMMER"});
    let mine = other.order(&order).expect(201).text_at("/tickets/0/ticket_code");
    let list = listed("?batch_id=SUMMER");
    assert_eq!(
        (&list["total_count"], &list["tickets"][0]["ticket_code"]),
        (&json!(1), &json!(mine))
    );
    let repeated = owner.order(&json!({"product_id": 106, "quantity": 2, "batch_id": "SUMMER"}));
    assert_eq!(repeated.expect(200).body["tickets"].as_array().unwrap().len(), 2);
}

#[test]
fn foreign_events_are_not_shown() {
    let app = TestApp::closed();
    let (owner, other) = (app.new_partner("owner", ""), app.new_partner("other", ""));
    let issued = owner.issue(&owner.ticket()).expect(200);
    let gate = app.terminal("GATE-1", "cheung-chau");
    let redemption = gate.scan(&issued.text_at("/encrypted_data"), "ferry").expect(200);
    let (code, jti) = (issued.text_at("/ticket_code"), issued.text_at("/jti"));
    let events = |client: &Client, query: &str| {
        client.get(&format!("/venue/analytics/redemptions?{query}")).expect(200).body
    };
    let none = json!({"items": [], "total": 0, "page": 1, "page_size": 50, "has_more": false});
    for query in [
        "",
        "terminal_device_id=GATE-1",
        "result=success",
        &format!("jti={jti}"),
        &format!("ticket_code={code}"),
        &format!("ticket_code={NOWHERE}"),
    ] {
        assert_eq!(events(&other.client, query), none, "{query}");
    }
    assert_eq!(
        events(&owner.client, "")["items"][0]["redemption_id"],
        redemption.body["redemption_id"]
    );
}
