//! `GET /qr/{code}`: the current code again, to the letter.

use chrono::TimeDelta;
use serde_json::json;
use ticketgate::kernel::Timestamp;
use ticketgate::token::KeyRing;

use crate::support::tables::everything;
use crate::support::test_app::START;
use crate::support::{TestApp, masked};

#[test]
fn there_is_none_before_the_first() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let reply = app.partner().client.get(&format!("/qr/{code}"));
    let text = format!(
        "failed to find a QR code of ticket {code}: none has been issued yet, POST to this address issues one"
    );
    assert_eq!(
        (reply.status, masked(&reply.body, &["/request_id"])),
        (
            404,
            json!({"type": "urn:ticketgate:problem:qr-not-issued", "title": "Not Found",
               "status": 404, "detail": text, "error": "QR_NOT_ISSUED", "message": text,
               "request_id": "*"})
        )
    );
}

#[test]
fn it_is_the_same_to_the_letter_in_every_picture() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    for image in ["png", "svg", "none"] {
        let issued = app.partner().client.post(&format!("/qr/{code}"), &json!({"image": image}));
        let before = everything(&mut app.session());
        for _ in 0..2 {
            let again = app.partner().client.get(&format!("/qr/{code}?image={image}")).expect(200);
            assert_eq!(again.text, issued.text);
        }
        assert_eq!(everything(&mut app.session()), before);
    }
    let plain = app.partner().client.get(&format!("/qr/{code}")).expect(200);
    let png = app.partner().client.get(&format!("/qr/{code}?image=png")).expect(200);
    assert_eq!(plain.text, png.text);
}

#[test]
fn its_seconds_run_down_to_nothing() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let issued = app.partner().issue(&code).expect(200);
    let path = format!("/qr/{code}?image=none");
    for (span, left) in [(1_500, 86_399), (86_397_500, 1), (1_000, 0), (86_400_000, 0)] {
        app.clock.advance(TimeDelta::milliseconds(span));
        let mut expected = issued.body.clone();
        expected["valid_for_seconds"] = json!(left);
        assert_eq!(app.partner().client.get(&path).expect(200).body, expected);
    }
}

#[test]
fn an_unknown_picture_is_refused_by_name() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    app.partner().issue(&code).expect(200);
    for image in ["jpeg", "PNG", "", "%00"] {
        let reply = app.partner().client.get(&format!("/qr/{code}?image={image}"));
        let errors = json!([{"field": "image", "problem": "must be one of png, svg, none"}]);
        assert_eq!((reply.verdict(), &reply.body["errors"]), ((400, "INVALID_REQUEST"), &errors));
    }
}

#[test]
fn a_code_whose_key_was_retired_counts_as_not_issued() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let token = app.partner().token(&code);
    app.gate().look(&token).expect(200);
    app.tokens().replace_ring(KeyRing::generate(Timestamp::parse(START).unwrap()).unwrap());
    let path = format!("/qr/{code}");
    assert_eq!(app.partner().client.get(&path).verdict(), (404, "QR_NOT_ISSUED"));
    assert_eq!(app.gate().look(&token).verdict(), (400, "QR_DECRYPTION_FAILED"));
    assert_eq!(app.gate().scan(&token, "ferry").verdict(), (422, "QR_DECRYPTION_FAILED"));
    // A new one is sealed with the new key.
    let token = app.partner().token(&code);
    assert_eq!(app.partner().client.get(&path).expect(200).text_at("/encrypted_data"), token);
    app.gate().scan(&token, "ferry").expect(200);
}
