//! The unique index has the last word: with the decision's own check for repetitions off, it alone holds.

use ticketgate::access::{Asker, Principal, ScanPermit, judge};
use ticketgate::db::Session;
use ticketgate::kernel::{FunctionCode, Timestamp};
use ticketgate::redemption::{
    Attempt, Outcome, Refused, Scan, ScanDetails, TicketState, VenueFinding, Verdict, decide,
    redeem_deciding,
};

use crate::support::TestApp;
use crate::support::tables::{assert_invariants, lines, run};

/// The real decision, blind to what was redeemed with the code before.
fn decide_blindly(state: Option<&TicketState>, attempt: &Attempt, now: Timestamp) -> Outcome {
    let blind = state.map(|state| TicketState { redeemed: Vec::new(), ..state.clone() });
    decide(blind.as_ref(), attempt, now)
}

/// Scans the tokens of a ticket that has three of them, without the check for repetitions.
fn scan_blindly(app: &TestApp, session: &mut Session, token: &str, device: &str) -> Verdict {
    let permit =
        judge::<ScanPermit>(&Asker::new(Some(Principal::DemoVisitor), None, "test")).unwrap();
    let attempt = Attempt {
        claims: app.tokens().open(token).unwrap().claims,
        function_code: FunctionCode::parse("tokens").unwrap(),
        venue: VenueFinding::NotGiven,
    };
    let details = ScanDetails { terminal_device_id: device.to_owned(), ..ScanDetails::default() };
    let scan = Scan::new(&permit, attempt, details);
    let now = Timestamp::parse("2026-11-21T02:00:00Z").unwrap();
    session.write(|tx| redeem_deciding(tx, &[scan], now, decide_blindly)).unwrap().remove(0)
}

/// Number, result, uses left of the ticket's events, in order.
fn ledger(session: &mut Session) -> Vec<String> {
    lines(
        session,
        "SELECT ticket_seq || ' ' || result || ' ' || coalesce(reason, '-') || ' ' \
         || remaining_uses_after AS value FROM redemption_events ORDER BY ticket_seq",
    )
}

fn uses_left(session: &mut Session) -> Vec<String> {
    let sql = "SELECT cast(remaining_uses AS text) AS value FROM entitlements WHERE function_code = 'tokens'";
    lines(session, sql)
}

#[test]
fn the_index_alone_refuses_a_second_success() {
    let app = TestApp::demo();
    let mut session = app.session();
    let code = app.partner().generate_of(108, 1).remove(0);
    let token = app.partner().token(&code);
    let first = scan_blindly(&app, &mut session, &token, "GATE-1");
    assert!(matches!(first, Verdict::Redeemed(_)), "{first:?}");
    let second = scan_blindly(&app, &mut session, &token, "GATE-2");
    let Verdict::Refused(Refused { reason, ticket_code, first_redemption, is_replay }) = second
    else {
        panic!("a second success: {second:?}");
    };
    assert_eq!((reason.code(), is_replay), ("ALREADY_REDEEMED", false));
    assert_eq!(ticket_code.unwrap().as_str(), code);
    let first_redemption = first_redemption.unwrap();
    assert_eq!(first_redemption.terminal_device_id.as_deref(), Some("GATE-1"));
    assert_eq!(first_redemption.redeemed_at.to_string(), "2026-11-21T02:00:00.000Z");
    assert_eq!(ledger(&mut session), ["1 success - 2", "2 reject ALREADY_REDEEMED 2"]);
    assert_eq!(uses_left(&mut session), ["2"]);
    assert_invariants(&mut session);
}

#[test]
fn without_the_index_and_the_check_there_would_be_two() {
    let app = TestApp::demo();
    let mut session = app.session();
    let code = app.partner().generate_of(108, 1).remove(0);
    let token = app.partner().token(&code);
    run(&mut session, "DROP INDEX redemption_events_once");
    for device in ["GATE-1", "GATE-2"] {
        let verdict = scan_blindly(&app, &mut session, &token, device);
        assert!(matches!(verdict, Verdict::Redeemed(_)), "{verdict:?}");
    }
    assert_eq!(ledger(&mut session), ["1 success - 2", "2 success - 1"]);
    assert_eq!(uses_left(&mut session), ["1"]);
}

#[test]
fn a_batch_with_a_repetition_in_it_redeems_the_others() {
    let app = TestApp::demo();
    let mut session = app.session();
    let tokens: Vec<String> =
        app.partner().generate_of(108, 3).iter().map(|code| app.partner().token(code)).collect();
    scan_blindly(&app, &mut session, &tokens[1], "GATE-1");
    let permit =
        judge::<ScanPermit>(&Asker::new(Some(Principal::DemoVisitor), None, "test")).unwrap();
    let scan = |token: &String| {
        let attempt = Attempt {
            claims: app.tokens().open(token).unwrap().claims,
            function_code: FunctionCode::parse("tokens").unwrap(),
            venue: VenueFinding::NotGiven,
        };
        Scan::new(&permit, attempt, ScanDetails::default())
    };
    let scans: Vec<Scan> = tokens.iter().map(scan).collect();
    let now = Timestamp::parse("2026-11-21T02:00:00Z").unwrap();
    let verdicts = session.write(|tx| redeem_deciding(tx, &scans, now, decide_blindly)).unwrap();
    let succeeded: Vec<bool> =
        verdicts.iter().map(|verdict| matches!(verdict, Verdict::Redeemed(_))).collect();
    assert_eq!(succeeded, [true, false, true]);
    assert_eq!(uses_left(&mut session), ["2", "2", "2"]);
    assert_invariants(&mut session);
}
