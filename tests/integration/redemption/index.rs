//! The unique index has the last word: with the decision's own check for repetitions off, it alone holds. The ledger is
//! not asked about a ticket that has no event yet; about the others in the same batch it is.

use ticketgate::db::{DbError, Session};
use ticketgate::kernel::Timestamp;
use ticketgate::redemption::{
    Attempt, FirstRedemption, Outcome, Reason, Refused, Scan, ScanDetails, TicketState, Verdict,
    decide, redeem, redeem_deciding,
};

use crate::support::TestApp;
use crate::support::tables::{assert_invariants, lines, run};
use crate::support::test_app::START;

/// The real decision, blind to what was redeemed with the code before.
fn decide_blindly(state: Option<&TicketState>, attempt: &Attempt, now: Timestamp) -> Outcome {
    let blind = state.map(|state| TicketState { redeemed: Vec::new(), ..state.clone() });
    decide(blind.as_ref(), attempt, now)
}

/// A scan of the tokens of a ticket that has three of them.
fn scan_of(app: &TestApp, token: &str, details: ScanDetails) -> Scan {
    app.scan(token, "tokens", details)
}

fn now() -> Timestamp {
    Timestamp::parse(START).unwrap()
}

/// Scans without the check for repetitions.
fn scan_blindly(
    app: &TestApp,
    session: &mut Session,
    token: &str,
    device: &str,
) -> Result<Verdict, DbError> {
    let details = ScanDetails { terminal_device_id: device.to_owned(), ..ScanDetails::default() };
    let scan = scan_of(app, token, details);
    let verdicts = session.write(|tx| redeem_deciding(tx, &[scan], now(), decide_blindly))?;
    Ok(verdicts.into_iter().next().unwrap())
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
    let first = scan_blindly(&app, &mut session, &token, "GATE-1").unwrap();
    assert!(matches!(first, Verdict::Redeemed(_)), "{first:?}");
    let second = scan_blindly(&app, &mut session, &token, "GATE-2").unwrap();
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
fn without_the_index_nothing_is_redeemed() {
    let app = TestApp::demo();
    let mut session = app.session();
    let code = app.partner().generate_of(108, 1).remove(0);
    let token = app.partner().token(&code);
    run(&mut session, "DROP INDEX redemption_events_once");
    let error = scan_blindly(&app, &mut session, &token, "GATE-1").unwrap_err();
    assert!(format!("{error:?}").contains("ON CONFLICT"), "{error:?}");
    assert_eq!(ledger(&mut session), Vec::<String>::new());
    assert_eq!(uses_left(&mut session), ["3"]);
}

#[test]
fn a_batch_with_a_repetition_in_it_redeems_the_others() {
    let app = TestApp::demo();
    let mut session = app.session();
    let tokens = app.partner().tokens_of(108, 3);
    scan_blindly(&app, &mut session, &tokens[1], "GATE-1").unwrap();
    let scans: Vec<Scan> =
        tokens.iter().map(|token| scan_of(&app, token, ScanDetails::default())).collect();
    let verdicts = session.write(|tx| redeem_deciding(tx, &scans, now(), decide_blindly)).unwrap();
    let succeeded: Vec<bool> =
        verdicts.iter().map(|verdict| matches!(verdict, Verdict::Redeemed(_))).collect();
    assert_eq!(succeeded, [true, false, true]);
    assert_eq!(uses_left(&mut session), ["2", "2", "2"]);
    assert_invariants(&mut session);
}

#[test]
fn a_batch_of_a_first_scan_a_repetition_and_a_replay_gets_the_verdict_of_each() {
    let app = TestApp::demo();
    let mut session = app.session();
    let tokens = app.partner().tokens_of(108, 3);
    let scan = |token: &String, id: &str| {
        let details = ScanDetails { scan_id: Some(id.to_owned()), ..ScanDetails::default() };
        scan_of(&app, token, details)
    };
    let mut redeem_all = |scans: &[Scan]| session.write(|tx| redeem(tx, scans, now())).unwrap();
    let before = redeem_all(&[scan(&tokens[1], "second"), scan(&tokens[2], "third")]);
    let verdicts = redeem_all(&[
        scan(&tokens[0], "first"),
        scan(&tokens[1], "second again"),
        scan(&tokens[2], "third"),
    ]);
    let [Verdict::Redeemed(first), Verdict::Refused(second), Verdict::Redeemed(third)] =
        &verdicts[..]
    else {
        panic!("{verdicts:?}");
    };
    assert_eq!((first.event.ticket_seq, first.is_replay), (1, false));
    let Verdict::Redeemed(second_before) = &before[0] else { panic!("{before:?}") };
    let told = Refused {
        reason: Reason::AlreadyRedeemed,
        ticket_code: Some(second_before.event.ticket_code.clone()),
        first_redemption: Some(FirstRedemption::from(&second_before.event)),
        is_replay: false,
    };
    assert_eq!(second, &told);
    let Verdict::Redeemed(third_before) = &before[1] else { panic!("{before:?}") };
    assert_eq!((&third.event, third.is_replay), (&third_before.event, true));
    assert_eq!(third.held.entitlements, third_before.held.entitlements);
    assert_eq!(uses_left(&mut session), ["2", "2", "2"]);
    assert_invariants(&mut session);
}
