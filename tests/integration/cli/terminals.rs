//! Terminals by command: paired, changed, ended, and every change on record.

use serde_json::{Value, json};

use super::on_record;
use crate::qr::image::text_on_screen;
use crate::support::process::{command_line, failure, run, run_json};
use crate::support::{Site, masked};

#[test]
fn a_terminal_is_paired_with_the_code_that_a_command_printed() {
    let site = Site::new();
    let server = site.serve();
    let made = run_json(
        &site.database,
        &["terminal", "pair", "GATE-2", "--venue", "pier", "--functions", "ferry"],
    );
    assert_eq!(
        masked(&made, &["/pairing_code", "/expires_at"]),
        json!({"terminal_device_id": "GATE-2", "pairing_code": "*", "expires_at": "*"})
    );
    let pair = |code: &Value| {
        server.client().post("/terminals/pair", &json!({"pairing_code": code})).expect(200).body
    };
    assert_eq!(
        masked(&pair(&made["pairing_code"]), &["/terminal_key"]),
        json!({"terminal_device_id": "GATE-2", "venue_code": "pier", "functions": ["ferry"],
            "terminal_key": "*"})
    );
    let again = run_json(&site.database, &["terminal", "pair", "GATE-2", "--functions", "all"]);
    assert_eq!(pair(&again["pairing_code"])["functions"], Value::Null);
    let text = run(&site.database, &["terminal", "pair", "GATE-2"]).stdout;
    let text = String::from_utf8(text).unwrap();
    let shown: Vec<&str> = text.lines().collect();
    let (_, code) = shown[1].split_once("  ").unwrap();
    assert!(shown[0].ends_with("GATE-2") && shown[2].starts_with("expires_at"), "{text}");
    assert_eq!(text_on_screen(&shown[3..]), code.trim());
    pair(&json!(code));
}

#[test]
fn terminals_are_changed_and_revoked_by_command() {
    let site = Site::new();
    run_json(&site.database, &["venue", "create", "shop", "--functions", "gift"]);
    let hidden = ["/created_at", "/paired_at", "/revoked_at"];
    let command = |arguments: &[&str]| masked(&run_json(&site.database, arguments), &hidden);
    let gate = |venue: &str, functions: Value, is_active: bool| {
        let revoked_at = if is_active { Value::Null } else { json!("*") };
        json!({"terminal_device_id": "GATE-1", "venue_code": venue, "functions": functions,
            "is_active": is_active, "created_at": "*", "paired_at": "*", "last_seen_at": null,
            "revoked_at": revoked_at})
    };
    let change = ["terminal", "change", "GATE-1"];
    let moved = command(&[&change[..], &["--venue", "shop", "--functions", "gift"]].concat());
    assert_eq!(moved, gate("shop", json!(["gift"]), true));
    let all = command(&[&change[..], &["--functions", "all"]].concat());
    assert_eq!(all, gate("shop", json!(null), true));
    let revoked = command(&["terminal", "revoke", "GATE-1"]);
    assert_eq!(revoked, gate("shop", json!(null), false));
    let created = ["terminal", "create", "GATE-3", "--venue", "pier", "--functions", "gift,ferry"];
    assert_eq!(
        masked(&run_json(&site.database, &created), &["/terminal_key"]),
        json!({"terminal_device_id": "GATE-3", "venue_code": "pier",
            "functions": ["gift", "ferry"], "terminal_key": "*"})
    );
    let table = String::from_utf8(run(&site.database, &["terminal", "list"]).stdout).unwrap();
    assert!(table.contains("GATE-3") && table.contains("gift, ferry"), "{table}");
    let changes = [
        "terminal.create GATE-1",
        "terminal.change GATE-1",
        "terminal.change GATE-1",
        "terminal.revoke GATE-1",
    ];
    assert_eq!(
        on_record(&site, "GATE-1"),
        changes.map(|line| format!("{} {line}", command_line()))
    );
}

#[test]
fn what_makes_no_sense_for_a_terminal_is_refused_with_a_sentence() {
    let site = Site::new();
    run_json(&site.database, &["venue", "create", "shop", "--functions", "gift"]);
    run_json(&site.database, &["terminal", "change", "GATE-1", "--venue", "shop"]);
    let before = run_json(&site.database, &["terminal", "list"]);
    let cases: [(&[&str], &str); 7] = [
        (
            &["terminal", "pair", "GATE-9"],
            "create terminal GATE-9: say with --venue where it stands",
        ),
        (
            &["terminal", "pair", "", "--venue", "pier"],
            "read the device's id \"\": it must not be empty",
        ),
        (&["terminal", "revoke", "GATE-9"], "find terminal GATE-9: there is none"),
        (
            &["terminal", "change", "GATE-9", "--functions", "all"],
            "find terminal GATE-9: there is none",
        ),
        (
            &["terminal", "change", "GATE-1", "--venue", "nowhere"],
            "set up a terminal at venue nowhere: there is no such venue; `ticketgate venue list` shows them",
        ),
        (
            &["terminal", "change", "GATE-1", "--functions", "gift,ferry"],
            "set up a terminal at venue shop: the venue does not redeem ferry",
        ),
        (
            &["terminal", "change", "GATE-1", "--functions", "gift,gift"],
            "read the functions \"gift,gift\": it must have each function once",
        ),
    ];
    for (arguments, sentence) in cases {
        let expected = format!("ticketgate: failed to {sentence}");
        assert_eq!(failure(site.command(arguments)), expected, "{arguments:?}");
    }
    assert_eq!(run_json(&site.database, &["terminal", "list"]), before);
}
