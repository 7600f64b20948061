//! Every reason for which a scan is refused, in the order in which they are checked.

use chrono::TimeDelta;
use serde_json::{Value, json};
use ticketgate::kernel::{Jti, TicketCode};
use ticketgate::token::Claims;

use super::places::close;
use crate::support::tables::{assert_invariants, run};
use crate::support::{Gate, TestApp, masked};

const TIMES: &[&str] = &["/ts", "/performance_metrics/response_time_ms"];

/// The same QR code, but good for this much longer.
fn prolonged(app: &TestApp, token: &str, by: TimeDelta) -> String {
    let claims = app.tokens().open(token).unwrap().claims;
    app.seal(&Claims { expires_at: claims.expires_at.plus(by), ..claims })
}

/// A well-made token for a ticket that was never sold.
fn token_of_no_ticket(app: &TestApp, like: &str) -> String {
    let claims = app.tokens().open(like).unwrap().claims;
    let ticket_code = TicketCode::parse("OTA-CP-20261121-999999").unwrap();
    app.seal(&Claims { jti: Jti::random(), ticket_code, ..claims })
}

/// One attempt and the one reason that it must be refused for.
struct Case<'c> {
    token: &'c str,
    function: &'c str,
    venue: Option<&'c str>,
    reason: &'c str,
}

#[track_caller]
fn refused(gate: &Gate, case: &Case<'_>) -> Value {
    let more = case.venue.map_or_else(|| json!({}), |venue| json!({"venue_code": venue}));
    let reply = gate.scan_with(case.token, case.function, &more);
    assert_eq!(reply.verdict(), (422, case.reason), "{}", reply.text);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    reply.body
}

/// The reasons in the ledger of a ticket, oldest first.
fn recorded_reasons(gate: &Gate, code: &str) -> Vec<String> {
    let mut events = gate.history(code);
    events.reverse();
    events.retain(|event| event["result"] == "reject");
    events.iter().map(|event| event["reason"].as_str().unwrap().to_owned()).collect()
}

/// A ticket whose first code took the ferry and was superseded, whose second took the gift, and both have expired.
fn worn_out_ticket(app: &TestApp) -> (String, String, String) {
    let (partner, gate) = (app.partner(), app.gate());
    let code = partner.ticket();
    let issue = |minutes: i64| {
        let body = json!({"image": "none", "expiry_minutes": minutes});
        partner.client.post(&format!("/qr/{code}"), &body).expect(200).text_at("/encrypted_data")
    };
    let first = issue(1);
    gate.scan(&first, "ferry").expect(200);
    let second = issue(1);
    gate.scan(&second, "gift").expect(200);
    app.clock.advance(TimeDelta::minutes(1));
    (code, first, second)
}

#[test]
fn the_first_check_that_fails_gives_the_reason() {
    let app = TestApp::demo();
    close(&app, "playground-cc");
    let gate = app.gate();
    let (code, first, second) = worn_out_ticket(&app);
    let ghost = token_of_no_ticket(&app, &first);
    run(&mut app.session(), "UPDATE tickets SET status = 'CANCELLED'");
    let forged = first.replace(':', "");
    let case = |token, function, venue, reason| Case { token, function, venue, reason };
    // Each of these fails its own check and every check below it that it can.
    let unrecorded = [
        case(&forged, "spa", Some("nowhere"), "QR_DECRYPTION_FAILED"),
        case(&ghost, "spa", Some("nowhere"), "TICKET_NOT_FOUND"),
    ];
    let recorded = [
        case(&first, "spa", Some("nowhere"), "VENUE_NOT_FOUND"),
        case(&first, "spa", Some("playground-cc"), "VENUE_NOT_FOUND"),
        case(&first, "spa", Some("central-pier"), "WRONG_VENUE_FUNCTION"),
        case(&first, "spa", None, "WRONG_FUNCTION"),
        case(&first, "ferry", Some("central-pier"), "ALREADY_REDEEMED"),
        case(&first, "gift", None, "QR_SUPERSEDED"),
        case(&second, "ferry", None, "QR_EXPIRED"),
    ];
    for case in unrecorded.iter().chain(&recorded) {
        refused(&gate, case);
    }
    let expected: Vec<_> = recorded.iter().map(|case| case.reason).collect();
    assert_eq!(recorded_reasons(&gate, &code), expected);
    assert_invariants(&mut app.session());
}

#[test]
fn the_checks_of_the_ticket_come_in_their_order_and_before_what_remains() {
    let app = TestApp::demo();
    let gate = app.gate();
    let (code, _, second) = worn_out_ticket(&app);
    let token = prolonged(&app, &second, TimeDelta::days(1));
    let (past, future) = ("'2026-11-20 00:00:00'", "'2027-01-01 00:00:00'");
    // Status, not good before, not good after; nothing of the ferry remains on any of them.
    let cases = [
        ("PRE_GENERATED", future, past, "TICKET_NOT_ACTIVATED"),
        ("CANCELLED", future, past, "TICKET_CANCELLED"),
        ("EXPIRED", future, "NULL", "TICKET_EXPIRED"),
        ("ACTIVE", future, past, "TICKET_EXPIRED"),
        ("REFUND_LOCKED", future, past, "TICKET_EXPIRED"),
        ("REFUND_LOCKED", future, "NULL", "TICKET_NOT_YET_VALID"),
        ("ACTIVE", future, "NULL", "TICKET_NOT_YET_VALID"),
        ("REFUND_LOCKED", past, future, "TICKET_REFUND_LOCKED"),
        ("ACTIVE", past, future, "NO_REMAINING"),
    ];
    for (status, from, until, reason) in cases {
        let change = format!(
            "UPDATE tickets SET status = '{status}', valid_from = {from}, valid_until = {until}"
        );
        run(&mut app.session(), &change);
        refused(&gate, &Case { token: &token, function: "ferry", venue: None, reason });
    }
    assert_eq!(recorded_reasons(&gate, &code), cases.map(|(_, _, _, reason)| reason));
    assert_invariants(&mut app.session());
}

#[test]
fn every_refusal_says_what_is_wrong_in_words() {
    let app = TestApp::demo();
    let gate = app.gate();
    let (code, first, second) = worn_out_ticket(&app);
    let longer = prolonged(&app, &second, TimeDelta::days(1));
    let ghost = token_of_no_ticket(&app, &longer);
    let case = |token, function, venue, reason| Case { token, function, venue, reason };
    let nowhere = Some("nowhere");
    let [yes, no] = [true, false];
    let cases = [
        (
            case(&longer, "ferry", nowhere, "VENUE_NOT_FOUND"),
            yes,
            "there is no such venue, or it is closed",
        ),
        (
            case(&longer, "gift", Some("central-pier"), "WRONG_VENUE_FUNCTION"),
            yes,
            "this venue or terminal does not redeem this function",
        ),
        (
            case(&longer, "spa", None, "WRONG_FUNCTION"),
            yes,
            "the ticket does not include this function",
        ),
        (
            case(&first, "tokens", None, "QR_SUPERSEDED"),
            no,
            "a newer QR code has taken the place of this one",
        ),
        (
            case(&second, "ferry", None, "QR_EXPIRED"),
            yes,
            "this QR code has expired; the ticket may have a newer one",
        ),
        (
            case(&longer, "ferry", None, "NO_REMAINING"),
            yes,
            "no use of this function remains on the ticket",
        ),
    ];
    for (case, fraud_checks_passed, message) in cases {
        let expected = json!({
            "result": "reject", "reason": case.reason, "message": message, "ticket_code": code,
            "performance_metrics": {"response_time_ms": "*", "fraud_checks_passed": fraud_checks_passed},
            "ts": "*"
        });
        assert_eq!(masked(&refused(&gate, &case), TIMES), expected);
    }
    let unknown = refused(&gate, &case(&ghost, "ferry", None, "TICKET_NOT_FOUND"));
    let expected = json!({
        "result": "reject", "reason": "TICKET_NOT_FOUND", "message": "there is no such ticket",
        "performance_metrics": {"response_time_ms": "*", "fraud_checks_passed": true}, "ts": "*"
    });
    assert_eq!(masked(&unknown, TIMES), expected);
}

#[test]
fn every_status_that_stops_a_scan_says_so_in_words() {
    let app = TestApp::demo();
    let code = app.partner().ticket();
    let token = app.partner().token(&code);
    let cases = [
        (
            "status = 'PRE_GENERATED'",
            "TICKET_NOT_ACTIVATED",
            "the ticket has not been activated yet",
        ),
        ("status = 'CANCELLED'", "TICKET_CANCELLED", "the ticket has been cancelled"),
        ("status = 'EXPIRED'", "TICKET_EXPIRED", "the ticket's validity has ended"),
        (
            "status = 'REFUND_LOCKED'",
            "TICKET_REFUND_LOCKED",
            "the ticket is held while a refund is decided",
        ),
        (
            "status = 'ACTIVE', valid_until = '2026-11-20 00:00:00'",
            "TICKET_EXPIRED",
            "the ticket's validity has ended",
        ),
        (
            "valid_until = NULL, valid_from = '2027-01-01 00:00:00'",
            "TICKET_NOT_YET_VALID",
            "the ticket's validity has not begun yet",
        ),
    ];
    for (change, reason, message) in cases {
        run(&mut app.session(), &format!("UPDATE tickets SET {change}"));
        let body =
            refused(&app.gate(), &Case { token: &token, function: "ferry", venue: None, reason });
        let expected = json!({
            "result": "reject", "reason": reason, "message": message, "ticket_code": code,
            "performance_metrics": {"response_time_ms": "*", "fraud_checks_passed": true}, "ts": "*"
        });
        assert_eq!(masked(&body, TIMES), expected);
    }
    run(&mut app.session(), "UPDATE tickets SET valid_from = NULL");
    app.gate().scan(&token, "ferry").expect(200);
}

#[test]
fn a_refusal_is_recorded_whole() {
    let app = TestApp::demo();
    let issued = {
        let code = app.partner().ticket();
        app.partner().issue(&code)
    };
    let (code, jti) = (issued.text_at("/ticket_code"), issued.text_at("/jti"));
    let more = json!({"venue_code": "gift-shop-central", "scan_id": "s-1", "scanned_at": "2026-11-21T09:59:58.5+08:00"});
    let reply = app.gate().scan_with(&issued.text_at("/encrypted_data"), "ferry", &more);
    assert_eq!(reply.verdict(), (422, "WRONG_VENUE_FUNCTION"));
    let history = app.gate().history(&code);
    assert_eq!(history.len(), 1);
    assert_eq!(
        masked(&history[0], &["/redemption_id"]),
        json!({
            "redemption_id": "*", "ticket_code": code, "ticket_seq": 1,
            "partner_id": "test_partner", "function_code": "ferry", "jti": jti,
            "result": "reject", "reason": "WRONG_VENUE_FUNCTION",
            "venue_code": "gift-shop-central", "terminal_device_id": "TERMINAL-CP-001",
            "principal": "demo-visitor", "operator": null, "scan_id": "s-1", "offline": false,
            "scanned_at": "2026-11-21T01:59:58.500Z", "redeemed_at": "2026-11-21T02:00:00.000Z",
            "remaining_uses_after": 1, "reversed_at": null, "reverses": null
        })
    );
}
