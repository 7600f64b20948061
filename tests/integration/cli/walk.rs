//! From an empty folder to a redeemed ticket, for real, as an owner does it.

use serde_json::json;

use crate::support::process::{eventually, run_json};
use crate::support::tables::assert_invariants;
use crate::support::{Reply, ServerProcess, Site};

/// The whole way of one ticket up to its redemption; gives its token.
fn redeem_one(site: &Site, server: &ServerProcess) -> String {
    let partner = site.partner(server);
    let reply = partner.order(&json!({"product_id": 106, "quantity": 1})).expect(201);
    let code = reply.text_at("/tickets/0/ticket_code");
    let token = partner.token(&code);
    let gate = site.gate(server);
    let seen = gate.look(&token).expect(200);
    assert_eq!(seen.text_at("/ticket_code"), code);
    assert_eq!(seen.text_at("/ticket_info/status"), "ACTIVE");
    let scanned = gate.scan(&token, "ferry").expect(200);
    assert_eq!(scanned.text_at("/ticket_status"), "partially_redeemed");
    assert_eq!(scanned.text_at("/venue_info/venue_code"), "pier");
    assert_eq!(scanned.text_at("/venue_info/terminal_device"), "GATE-1");
    token
}

#[test]
fn from_an_empty_folder_to_a_redeemed_ticket_that_stays_redeemed_after_a_restart() {
    let site = Site::new();
    let server = site.serve();
    assert_eq!(server.client().get("/readyz").expect(200).body, json!({"status": "ready"}));
    let token = redeem_one(&site, &server);
    server.signal("TERM");
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(0), "{log}");

    let server = site.serve();
    let gate = site.gate(&server);
    let again = gate.scan(&token, "ferry");
    assert_eq!(again.verdict(), (422, "ALREADY_REDEEMED"));
    let left = gate.look(&token).expect(200);
    assert_eq!(
        left.body["ticket_info"]["entitlements"],
        json!([
            {"function_code": "ferry", "function_name": "ferry", "remaining_uses": 0,
             "total_uses": 1, "redeemable": false, "reason": "ALREADY_REDEEMED"},
            {"function_code": "gift", "function_name": "gift", "remaining_uses": 1,
             "total_uses": 1, "redeemable": true}
        ])
    );
    assert_eq!(gate.scan(&token, "gift").expect(200).text_at("/ticket_status"), "USED");
    assert_invariants(&mut site.database.session());
}

#[test]
fn in_production_nobody_is_let_in_without_credentials() {
    let site = Site::new();
    let server = site.serve();
    let nobody = server.client();
    let order = json!({"product_id": 106, "quantity": 1});
    let verdicts = [
        nobody.post("/ota/tickets/bulk-generate", &order),
        nobody.with("X-API-Key", "ota_test_key_12345").post("/ota/tickets/bulk-generate", &order),
        nobody.post("/venue/scan", &json!({})),
        nobody.with("X-Terminal-Key", "terminal_test_key_12345").post("/venue/scan", &json!({})),
        nobody.get("/venue"),
        nobody.post("/qr/decrypt", &json!({})),
    ];
    let verdicts: Vec<_> = verdicts.iter().map(Reply::verdict).collect();
    assert_eq!(
        verdicts,
        [
            (401, "API_KEY_REQUIRED"),
            (401, "INVALID_API_KEY"),
            (401, "CREDENTIALS_REQUIRED"),
            (401, "INVALID_TERMINAL_KEY"),
            (401, "CREDENTIALS_REQUIRED"),
            (401, "CREDENTIALS_REQUIRED"),
        ]
    );
}

#[test]
fn a_closed_venue_redeems_nothing_until_it_is_open_again() {
    let site = Site::new();
    let server = site.serve();
    let token = site.partner(&server).token(&site.partner(&server).ticket());
    let gate = site.gate(&server);
    let redeemable = || {
        let seen = gate.look(&token).expect(200).body["ticket_info"]["entitlements"][0].clone();
        seen["redeemable"].as_bool().unwrap()
    };
    assert!(redeemable());
    let change = |what| run_json(&site.database, &["venue", what, "pier"])["is_active"].clone();
    assert_eq!(change("close"), false);
    eventually("closing", || (!redeemable()).then_some(()));
    assert_eq!(gate.scan(&token, "ferry").verdict(), (422, "VENUE_NOT_FOUND"));
    assert_eq!(change("open"), true);
    drop(server);
    site.gate(&site.serve()).scan(&token, "ferry").expect(200);
}
