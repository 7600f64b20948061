//! `POST /qr/decrypt`: what a scanned text holds, read as often as wanted.

use chrono::TimeDelta;
use serde_json::{Value, json};
use ticketgate::kernel::Timestamp;
use ticketgate::token::KeyRing;

use crate::support::tables::everything;
use crate::support::test_app::START;
use crate::support::{Reply, TestApp, masked};

fn sold(app: &TestApp) -> String {
    let order = json!({"product_id": 106, "quantity": 1, "batch_id": "B-1",
        "customer_info": {"type": "adult", "name": "张三 🎫"}});
    app.partner().order(&order).expect(201).text_at("/tickets/0/ticket_code")
}

/// What a look at a fresh ticket says.
fn fresh_look(code: &str, issued: &Reply) -> Value {
    let one = |code: &str, name: &str| {
        json!({"function_code": code, "function_name": name,
               "remaining_uses": 1, "total_uses": 1, "redeemable": true})
    };
    json!({
        "jti": issued.body["jti"],
        "ticket_code": code,
        "version": 1,
        "issued_at": "2026-11-21T02:00:00.000Z",
        "expires_at": "2026-11-22T02:00:00.000Z",
        "is_expired": false,
        "is_superseded": false,
        "remaining_seconds": 86400,
        "ticket_info": {
            "ticket_type": "OTA",
            "status": "ACTIVE",
            "customer_info": {"type": "adult", "name": "张三 🎫", "email": null, "phone": null},
            "entitlements": [one("ferry", "Ferry Ride"), one("gift", "Souvenir Gift"),
                             one("tokens", "Playground Tokens")],
            "product_info": {"id": 106, "name": "Cruise Premium"},
            "product_id": 106,
            "batch_id": "B-1",
            "partner_id": "test_partner",
            "order_id": null
        }
    })
}

#[test]
fn a_look_tells_all_and_changes_nothing() {
    let app = TestApp::demo();
    let code = sold(&app);
    let issued = app.partner().issue(&code).expect(200);
    let token = issued.text_at("/encrypted_data");
    let before = everything(&mut app.session());
    let terminal = app.terminal("GATE-1", "cheung-chau");
    for gate in [app.gate(), terminal] {
        for _ in 0..3 {
            assert_eq!(gate.look(&token).expect(200).body, fresh_look(&code, &issued));
        }
    }
    let body = json!({"encrypted_data": token});
    let own = app.partner().client.post("/qr/decrypt", &body).expect(200);
    assert_eq!(own.body, fresh_look(&code, &issued));
    assert_eq!(everything(&mut app.session()), before);
}

#[test]
fn a_text_may_come_as_scanners_and_keyboards_send_it() {
    let app = TestApp::demo();
    let code = sold(&app);
    let issued = app.partner().issue(&code).expect(200);
    let token = issued.text_at("/encrypted_data");
    let texts = [
        token.to_lowercase(),
        format!("{token}\r\n"),
        format!(" \t{token}\n"),
        token.replace(':', "\u{FF1A}"),
        format!("\u{3000}{}\r", token.to_lowercase().replacen(':', "\u{FF1A}", 2)),
    ];
    for text in texts {
        assert_eq!(app.gate().look(&text).expect(200).body, fresh_look(&code, &issued), "{text:?}");
    }
}

#[test]
fn expired_and_superseded_codes_can_be_read_too() {
    let app = TestApp::demo();
    let code = sold(&app);
    let old = app.partner().issue(&code).expect(200);
    app.clock.advance(TimeDelta::hours(24) - TimeDelta::milliseconds(1));
    let look = app.gate().look(&old.text_at("/encrypted_data")).expect(200).body;
    assert_eq!((&look["is_expired"], &look["remaining_seconds"]), (&json!(false), &json!(1)));
    app.clock.advance(TimeDelta::milliseconds(1));
    let look = app.gate().look(&old.text_at("/encrypted_data")).expect(200).body;
    assert_eq!((&look["is_expired"], &look["remaining_seconds"]), (&json!(true), &json!(0)));
    assert_eq!(look["is_superseded"], false);
    app.clock.advance(TimeDelta::hours(1));
    app.partner().issue(&code).expect(200);
    let look = app.gate().look(&old.text_at("/encrypted_data")).expect(200).body;
    assert_eq!(
        (&look["is_expired"], &look["is_superseded"], &look["issued_at"], &look["jti"]),
        (&json!(true), &json!(true), &json!("2026-11-21T02:00:00.000Z"), &old.body["jti"])
    );
}

#[test]
fn a_partner_reads_codes_of_its_own_tickets_only() {
    let app = TestApp::demo();
    let token = app.partner().token(&sold(&app));
    let other = app.new_partner("other_partner", "").client;
    let reply = other.post("/qr/decrypt", &json!({"encrypted_data": token}));
    assert_eq!(
        (reply.status, masked(&reply.body, &["/request_id"])),
        (
            404,
            json!({"type": "urn:ticketgate:problem:ticket-not-found", "title": "Not Found",
               "status": 404, "detail": "failed to find the ticket of this QR code",
               "error": "TICKET_NOT_FOUND", "message": "failed to find the ticket of this QR code",
               "request_id": "*"})
        )
    );
}

#[test]
fn a_code_of_a_ticket_that_is_not_here_is_unknown() {
    let here = TestApp::demo();
    let there = TestApp::demo();
    let ring = KeyRing::generate(Timestamp::parse(START).unwrap()).unwrap();
    here.tokens().replace_ring(ring.clone());
    there.tokens().replace_ring(ring);
    let token = there.partner().token(&there.partner().ticket());
    assert_eq!(here.gate().look(&token).verdict(), (404, "TICKET_NOT_FOUND"));
    assert_eq!(here.gate().scan(&token, "ferry").verdict(), (422, "TICKET_NOT_FOUND"));
}

#[test]
fn what_does_not_open_is_a_bad_request() {
    let app = TestApp::demo();
    let token = app.partner().token(&sold(&app));
    let parts: Vec<&str> = token.split(':').collect();
    let signature_of_another = app.partner().token(&app.partner().ticket());
    let (_, signature) = signature_of_another.rsplit_once(':').unwrap();
    let forged = format!("{}:{}:{}:{signature}", parts[0], parts[1], parts[2]);
    let broken = "failed to read the QR code: it is damaged, incomplete or not one of ours";
    let untrusted = "failed to trust the QR code: its signature is not ours";
    let (cut_off, _) = token.split_at(token.len() - 1);
    let long = "A".repeat(15 * 1024);
    let cases = [
        ("", "QR_DECRYPTION_FAILED", broken),
        ("hello", "QR_DECRYPTION_FAILED", broken),
        ("\u{0}\u{1}\u{2}", "QR_DECRYPTION_FAILED", broken),
        ("🎫:🎫:🎫:🎫", "QR_DECRYPTION_FAILED", broken),
        (&long, "QR_DECRYPTION_FAILED", broken),
        (cut_off, "QR_DECRYPTION_FAILED", broken),
        (&forged, "QR_SIGNATURE_INVALID", untrusted),
    ];
    for (text, code, detail) in cases {
        let reply = app.gate().look(text);
        let kind =
            format!("urn:ticketgate:problem:{}", code.to_ascii_lowercase().replace('_', "-"));
        assert_eq!(
            (reply.status, masked(&reply.body, &["/request_id"])),
            (
                400,
                json!({"type": kind, "title": "Bad Request", "status": 400, "detail": detail,
                   "error": code, "message": detail, "request_id": "*"})
            )
        );
    }
}

#[test]
fn a_body_that_makes_no_sense_is_refused_by_name() {
    let app = TestApp::demo();
    let token = app.partner().token(&sold(&app));
    let cases = [
        (json!({}), "encrypted_data"),
        (json!({"encrypted_data": null}), "encrypted_data"),
        (json!({"encrypted_data": 5}), "encrypted_data"),
        (json!({"encrypted_data": [token]}), "encrypted_data"),
        (json!({"encrypted_data": token, "venue_code": ""}), "venue_code"),
        (json!({"encrypted_data": token, "venue_code": "central pier"}), "venue_code"),
        (json!({"encrypted_data": token, "venue_code": "\u{0}"}), "venue_code"),
        (json!({"encrypted_data": token, "venue_code": 7}), "venue_code"),
    ];
    for (body, field) in cases {
        let reply = app.client().post("/qr/decrypt", &body);
        assert_eq!((reply.verdict(), reply.field()), ((400, "INVALID_REQUEST"), field), "{body}");
    }
}

#[test]
fn a_terminal_looks_at_its_own_venue() {
    let app = TestApp::demo();
    let token = app.partner().token(&sold(&app));
    let terminal = app.terminal("GATE-1", "gift-shop-central").client;
    let elsewhere = json!({"encrypted_data": token, "venue_code": "central-pier"});
    let reply = terminal.post("/qr/decrypt", &elsewhere);
    assert_eq!(reply.verdict(), (403, "TERMINAL_VENUE_MISMATCH"));
    let redeemable = |body: &Value| {
        let look = terminal.post("/qr/decrypt", body).expect(200).body;
        let all = look["ticket_info"]["entitlements"].as_array().unwrap().clone();
        all.iter().map(|one| one["redeemable"].as_bool().unwrap()).collect::<Vec<_>>()
    };
    let named = json!({"encrypted_data": token, "venue_code": "gift-shop-central"});
    for body in [named, json!({"encrypted_data": token})] {
        assert_eq!(redeemable(&body), [false, true, false]);
    }
}
