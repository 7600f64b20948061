//! `POST /qr/{code}`: a new code, how long it is good, and who may have none.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::tables::run;
use crate::support::{Reply, TestApp, masked};

const RANDOM: &[&str] = &["/jti", "/encrypted_data", "/qr_image", "/request_id"];

fn post(app: &TestApp, code: &str, body: &Value) -> Reply {
    app.partner().client.post(&format!("/qr/{code}"), body)
}

#[test]
fn a_new_code_says_what_it_is_and_how_long_it_is_good() {
    let app = TestApp::demo();
    app.clock.advance(TimeDelta::milliseconds(250));
    let code = app.partner().ticket();
    let reply = post(&app, &code, &json!({"expiry_minutes": 60, "image": "none"})).expect(200);
    assert_eq!(
        masked(&reply.body, RANDOM),
        json!({
            "success": true,
            "jti": "*",
            "ticket_code": code,
            "encrypted_data": "*",
            "qr_image": null,
            "issued_at": "2026-11-21T02:00:00.000Z",
            "expires_at": "2026-11-21T03:00:00.000Z",
            "valid_for_seconds": 3600
        })
    );
    let opened = app.tokens().open(&reply.text_at("/encrypted_data")).unwrap().claims;
    assert_eq!(opened.jti.to_string(), reply.text_at("/jti"));
    assert_eq!(opened.ticket_code.as_str(), code);
    assert_eq!(opened.expires_at.to_string(), "2026-11-21T03:00:00.000Z");
}

#[test]
fn all_of_the_body_may_be_left_out() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let client = app.partner().client;
    let path = format!("/qr/{code}");
    let defaults = json!({
        "success": true, "jti": "*", "ticket_code": code, "encrypted_data": "*", "qr_image": "*",
        "issued_at": "2026-11-21T02:00:00.000Z", "expires_at": "2026-11-22T02:00:00.000Z",
        "valid_for_seconds": 86400
    });
    let replies = [
        client.post_nothing(&path),
        client.post_raw(&path, "text/plain", b""),
        client.post(&path, &json!({})),
        client.post(&path, &json!({"expiry_minutes": null, "image": null})),
        client.post(&path, &json!({"expiry_minutes": 1440, "image": "png", "colour": "red"})),
    ];
    for reply in replies {
        let reply = reply.expect(200);
        assert_eq!(masked(&reply.body, RANDOM), defaults);
        assert!(reply.text_at("/qr_image").starts_with("data:image/png;base64,"));
    }
}

#[test]
fn an_expiry_is_a_whole_number_of_minutes_up_to_a_year() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    for (minutes, expires_at) in
        [(1, "2026-11-21T02:01:00.000Z"), (525_600, "2027-11-21T02:00:00.000Z")]
    {
        let reply = post(&app, &code, &json!({"expiry_minutes": minutes, "image": "none"}));
        assert_eq!(reply.expect(200).text_at("/expires_at"), expires_at);
    }
    let before = app.partner().client.get(&format!("/qr/{code}?image=none")).text;
    let out_of_range = "must be from 1 to 525600";
    let cases = [
        (json!(0), out_of_range),
        (json!(-1), out_of_range),
        (json!(525_601), out_of_range),
        (json!(i64::MAX), out_of_range),
        (json!(i64::MIN), out_of_range),
        (json!(1.5), "is not valid: invalid type: floating point `1.5`, expected a whole number"),
        (json!("60"), "is not valid: invalid type: string \"60\", expected a whole number"),
        (json!([60]), "is not valid: invalid type: sequence, expected a whole number"),
        (json!(false), "is not valid: invalid type: boolean `false`, expected a whole number"),
    ];
    for (minutes, problem) in cases {
        let reply = post(&app, &code, &json!({"expiry_minutes": minutes}));
        let errors = json!([{"field": "expiry_minutes", "problem": problem}]);
        assert_eq!((reply.verdict(), &reply.body["errors"]), ((400, "INVALID_REQUEST"), &errors));
    }
    for image in [json!("jpeg"), json!("PNG"), json!(""), json!(1)] {
        let reply = post(&app, &code, &json!({"image": image}));
        assert_eq!((reply.verdict(), reply.field()), ((400, "INVALID_REQUEST"), "image"));
    }
    // None of these superseded the code.
    assert_eq!(app.partner().client.get(&format!("/qr/{code}?image=none")).text, before);
}

#[test]
fn a_body_that_is_no_json_is_refused() {
    let app = TestApp::demo();
    let path = format!("/qr/{}", app.partner().ticket());
    let send = |kind: &str, body: &[u8]| app.partner().client.post_raw(&path, kind, body);
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/xml", "json"] {
        let reply = send(kind, b"{\"image\":\"none\"}");
        assert_eq!(reply.verdict(), (415, "UNSUPPORTED_MEDIA_TYPE"), "{kind}");
    }
    for kind in ["application/json", "Application/JSON; charset=utf-8", "application/json;"] {
        send(kind, b"{\"image\":\"none\"}").expect(200);
        assert_eq!(send(kind, b"{").verdict(), (400, "INVALID_REQUEST"));
    }
}

#[test]
fn a_code_is_never_good_past_its_tickets_validity() {
    let app = TestApp::demo();
    let order =
        json!({"product_id": 106, "quantity": 1, "valid_until": "2026-11-21T02:30:00.700Z"});
    let code = app.partner().order(&order).expect(201).text_at("/tickets/0/ticket_code");
    let reply = app.partner().issue(&code).expect(200);
    assert_eq!(reply.text_at("/expires_at"), "2026-11-21T02:30:00.000Z");
    assert_eq!(reply.body["valid_for_seconds"], 1800);
    let short = post(&app, &code, &json!({"expiry_minutes": 5, "image": "none"})).expect(200);
    assert_eq!(short.text_at("/expires_at"), "2026-11-21T02:05:00.000Z");
    app.clock.advance(TimeDelta::minutes(30));
    let over = app.partner().issue(&code);
    assert_eq!(
        (over.status, masked(&over.body, RANDOM)),
        (
            409,
            json!({"type": "urn:ticketgate:problem:ticket-not-active", "title": "Conflict",
               "status": 409, "error": "TICKET_NOT_ACTIVE", "request_id": "*",
               "detail": "failed to issue a QR code: the ticket's validity has ended",
               "message": "failed to issue a QR code: the ticket's validity has ended"})
        )
    );
    // The one that was issued can still be had.
    app.partner().client.get(&format!("/qr/{code}")).expect(200);
}

#[test]
fn only_tickets_that_may_be_redeemed_some_day_get_a_code() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    for status in ["PRE_GENERATED", "ACTIVE", "USED", "CANCELLED", "EXPIRED", "REFUND_LOCKED"] {
        run(&mut app.session(), &format!("UPDATE tickets SET status = '{status}'"));
        let reply = app.partner().issue(&code);
        if matches!(status, "PRE_GENERATED" | "ACTIVE") {
            assert_eq!(reply.status, 200, "{status}");
            continue;
        }
        let text = format!(
            "failed to issue a QR code: the ticket is {status}, and only a PRE_GENERATED or ACTIVE one may have a new one"
        );
        assert_eq!((reply.verdict(), reply.text_at("/detail")), ((409, "TICKET_NOT_ACTIVE"), text));
    }
}

#[test]
fn a_used_ticket_gets_no_new_code() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let token = app.partner().token(&code);
    for function in ["ferry", "gift", "tokens"] {
        app.gate().scan(&token, function).expect(200);
    }
    assert_eq!(app.partner().issue(&code).verdict(), (409, "TICKET_NOT_ACTIVE"));
}

#[test]
fn a_new_code_supersedes_the_older_one() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let [old, new] = [(); 2].map(|()| app.partner().token(&code));
    assert_eq!(app.gate().look(&old).expect(200).body["is_superseded"], true);
    assert_eq!(app.gate().look(&new).expect(200).body["is_superseded"], false);
    assert_eq!(app.gate().scan(&old, "ferry").verdict(), (422, "QR_SUPERSEDED"));
    app.gate().scan(&new, "ferry").expect(200);
}

#[test]
fn codes_issued_at_once_leave_one_that_counts() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let tokens: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| app.partner().token(&code))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let current = app.partner().client.get(&format!("/qr/{code}?image=none"));
    let current = current.expect(200).text_at("/encrypted_data");
    assert!(tokens.contains(&current));
    for token in &tokens {
        let is_superseded = app.gate().look(token).expect(200).body["is_superseded"].clone();
        assert_eq!(is_superseded, *token != current);
    }
}

#[test]
fn a_code_that_no_ticket_has_is_unknown_however_it_is_shaped() {
    let app = TestApp::demo();
    let foreign = app.new_partner("other_partner", "").ticket();
    let not_found = json!({
        "type": "urn:ticketgate:problem:ticket-not-found", "title": "Not Found", "status": 404,
        "detail": "failed to find this ticket", "error": "TICKET_NOT_FOUND",
        "message": "failed to find this ticket", "request_id": "*"
    });
    let long = "A".repeat(300);
    let codes = [
        "OTA-CP-19990101-000001",
        "ota-cp-20261121-000001",
        "%F0%9F%8E%AB",
        &long,
        "%00",
        "OTA%2FCP",
        "%2e%2e",
        "%252F",
        "a%20b",
        "%27%3B--",
        "null",
        "-",
        "%EF%BC%A1",
        foreign.as_str(),
    ];
    for code in codes {
        let client = app.partner().client;
        let replies = [
            client.post(&format!("/qr/{code}"), &json!({})),
            client.get(&format!("/qr/{code}")),
            client.get(&format!("/qr/{code}/info")),
        ];
        for reply in replies {
            assert_eq!(
                (reply.status, masked(&reply.body, RANDOM)),
                (404, not_found.clone()),
                "{code}"
            );
        }
    }
}
