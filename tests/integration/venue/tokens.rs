//! What a scanner may read: our tokens however they are typed, and everything that is not one of them.

use data_encoding::BASE32HEX_NOPAD;
use serde_json::json;

use crate::support::tables::everything;
use crate::support::{TestApp, masked};

const TIMES: &[&str] = &["/ts", "/performance_metrics/response_time_ms"];
const DIGITS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

/// The character whose five bits differ from this one's in one place, counted from the lowest.
fn flipped(character: char, bit: usize) -> char {
    let value = DIGITS.find(character).unwrap();
    DIGITS.chars().nth(value ^ (1 << bit)).unwrap()
}

/// A token with one character of one of its parts changed.
fn with_character(token: &str, part: usize, at: usize, change: impl Fn(char) -> char) -> String {
    let mut parts: Vec<Vec<char>> = token.split(':').map(|part| part.chars().collect()).collect();
    parts[part][at] = change(parts[part][at]);
    parts.iter().map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join(":")
}

#[test]
fn a_flipped_bit_in_any_part_keeps_a_token_shut() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let token = app.partner().token(&code);
    let before = everything(&mut app.session());
    let part_lengths: Vec<usize> = token.split(':').map(str::len).collect();
    for (part, length) in part_lengths.into_iter().enumerate() {
        let unused_bits = (length * 5) % 8;
        for (at, bit) in
            [0, length / 2, length - 1].into_iter().flat_map(|at| (0..5).map(move |bit| (at, bit)))
        {
            let broken = with_character(&token, part, at, |character| flipped(character, bit));
            let is_misshapen = at == length - 1 && bit < unused_bits;
            let is_signature = part == 3 && !is_misshapen;
            let reason = if is_signature { "QR_SIGNATURE_INVALID" } else { "QR_DECRYPTION_FAILED" };
            let reply = app.gate().scan(&broken, "ferry");
            assert_eq!(reply.verdict(), (422, reason), "part {part}, character {at}, bit {bit}");
        }
    }
    assert_eq!(everything(&mut app.session()), before);
    app.gate().scan(&token, "ferry").expect(200);
}

#[test]
fn parts_of_two_tokens_do_not_make_a_third() {
    let app = TestApp::demo();
    let tokens = app.partner().tokens(2);
    let [one, two] = [&tokens[0], &tokens[1]].map(|token| token.split(':').collect::<Vec<_>>());
    let before = everything(&mut app.session());
    for swapped in 1..15_usize {
        let parts =
            (0..4).map(|part| if swapped & (1 << part) == 0 { one[part] } else { two[part] });
        let mixed = parts.collect::<Vec<_>>().join(":");
        let only_the_signature = swapped == 0b1000 || swapped == 0b0111;
        let reason =
            if only_the_signature { "QR_SIGNATURE_INVALID" } else { "QR_DECRYPTION_FAILED" };
        assert_eq!(app.gate().scan(&mixed, "ferry").verdict(), (422, reason), "{swapped:04b}");
    }
    let reversed: Vec<&str> = one.iter().rev().copied().collect();
    let reply = app.gate().scan(&reversed.join(":"), "ferry");
    assert_eq!(reply.verdict(), (422, "QR_DECRYPTION_FAILED"));
    assert_eq!(everything(&mut app.session()), before);
}

#[test]
fn a_token_opens_however_a_scanner_types_it() {
    let app = TestApp::demo();
    for change in [
        |token: &str| token.to_lowercase(),
        |token: &str| format!("{token}\n"),
        |token: &str| format!("  {token}\r\n"),
        |token: &str| token.replace(':', "\u{FF1A}"),
        |token: &str| format!("\t{}\n", token.to_lowercase().replace(':', "\u{FF1A}")),
    ] {
        let code = app.partner().ticket();
        let typed = change(&app.partner().token(&code));
        let reply = app.gate().scan(&typed, "ferry").expect(200);
        assert_eq!(reply.body["ticket_code"], json!(code), "{typed:?}");
        // It is the same code, not another one.
        let again = app.gate().scan(&app.tokens().open(&typed).map(|_| typed).unwrap(), "ferry");
        assert_eq!(again.verdict(), (422, "ALREADY_REDEEMED"));
    }
}

#[test]
fn what_is_no_token_is_refused_counted_and_not_stored() {
    let app = TestApp::demo();
    let token = app.partner().token(&app.partner().ticket());
    let before = everything(&mut app.session());
    let first_part = token.split(':').next().unwrap();
    let junk = [
        String::new(),
        " ".to_owned(),
        ":::".to_owned(),
        "\u{0}\u{1}\u{7f}\u{0}".to_owned(),
        "票🎫".to_owned(),
        "https://example.com/ticket?id=1".to_owned(),
        first_part.to_owned(),
        token.chars().take(token.len() - 1).collect(),
        format!("{token}0"),
        format!("{token}:{first_part}"),
        format!("{token}{token}"),
        token.replacen(':', " ", 1),
        token.replacen(':', "=:", 1),
        "A".repeat(15 * 1024),
        ":".repeat(15 * 1024),
        BASE32HEX_NOPAD.encode(&[0; 1024]),
    ];
    let expected = json!({
        "result": "reject", "reason": "QR_DECRYPTION_FAILED",
        "message": "failed to read the QR code: it is damaged, incomplete or not one of ours",
        "performance_metrics": {"response_time_ms": "*", "fraud_checks_passed": false}, "ts": "*"
    });
    for text in &junk {
        let reply = app.gate().scan(text, "ferry");
        assert_eq!(reply.status, 422, "{}", reply.text);
        assert_eq!(masked(&reply.body, TIMES), expected);
    }
    assert_eq!(everything(&mut app.session()), before);
    let metrics = app.client().get("/metrics").expect(200).text;
    let line = format!("ticketgate_scans_total{{outcome=\"QR_DECRYPTION_FAILED\"}} {}", junk.len());
    assert!(metrics.lines().any(|found| found == line), "{metrics}");
}

#[test]
fn a_body_of_a_megabyte_is_not_read() {
    let app = TestApp::demo();
    let body = app.gate().body(&"A".repeat(1024 * 1024), "ferry", &json!({})).to_string();
    let reply = app.client().post_raw("/venue/scan", "application/json", body.as_bytes());
    assert_eq!(reply.status, 413);
    let text = "the body must be at most 16384 bytes";
    assert_eq!(
        masked(&reply.body, &["/request_id"]),
        json!({
            "type": "urn:ticketgate:problem:payload-too-large", "title": "Payload Too Large",
            "status": 413, "detail": text, "error": "PAYLOAD_TOO_LARGE", "message": text,
            "request_id": "*"
        })
    );
}
