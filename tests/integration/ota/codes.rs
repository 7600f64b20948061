//! Ticket codes: `OTA-{product}-{day}-{sequence}`, the day in the server's time zone, no gap and no code twice.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::json;
use ticketgate::access::{AdminPermit, NewPartner, PermissionSet, create_partner};
use ticketgate::app::seed_demo;
use ticketgate::db::DbError;
use ticketgate::kernel::{PartnerCode, Timestamp};

use crate::support::database::is_postgres;
use crate::support::test_app::START;
use crate::support::{Partner, ServerProcess, TestApp, TestDatabase, process};

#[test]
fn the_day_of_a_code_is_the_servers_own() {
    let app = TestApp::demo();
    // 10:00 in Hong Kong; midnight there is at 16:00 UTC.
    app.clock.advance(TimeDelta::hours(14) - TimeDelta::milliseconds(1));
    assert_eq!(app.partner().generate(2)[1], "OTA-CP-20261121-000002");
    app.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(app.partner().generate(2)[1], "OTA-CP-20261122-000002");
    // Midnight UTC changes nothing there.
    app.clock.advance(TimeDelta::hours(8));
    assert_eq!(app.partner().ticket(), "OTA-CP-20261122-000003");
    app.clock.advance(TimeDelta::hours(-9));
    assert_eq!(app.partner().ticket(), "OTA-CP-20261121-000003");
}

#[test]
fn each_product_counts_for_itself() {
    let app = TestApp::demo();
    assert_eq!(app.partner().generate_of(106, 2)[1], "OTA-CP-20261121-000002");
    assert_eq!(app.partner().generate_of(107, 1), ["OTA-CS-20261121-000001"]);
    assert_eq!(app.partner().generate_of(108, 1), ["OTA-CL-20261121-000001"]);
    assert_eq!(app.partner().generate_of(106, 1), ["OTA-CP-20261121-000003"]);
}

#[test]
fn an_order_that_fails_takes_no_number() {
    let app = TestApp::demo();
    app.partner().order(&json!({"product_id": 106, "quantity": 1, "batch_id": "B-1"})).expect(201);
    let refused = [
        (json!({"product_id": 106, "quantity": 9, "batch_id": "B-1"}), 409),
        (json!({"product_id": 106, "quantity": 9, "valid_from": "never"}), 400),
        (json!({"product_id": 106, "quantity": 9, "batch_id": ""}), 400),
    ];
    for (order, status) in refused {
        app.partner().order(&order).expect(status);
    }
    assert_eq!(app.partner().ticket(), "OTA-CP-20261121-000002");
}

/// Generates batches of these sizes with every partner at once; gives all codes.
fn generate_at_once(partners: &[Partner], sizes: &[usize]) -> Vec<String> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = partners
            .iter()
            .map(|partner| {
                scope.spawn(move || {
                    sizes.iter().flat_map(|size| partner.generate(*size)).collect::<Vec<_>>()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

/// Sees to it that each day's codes are numbered from 1 without gap or repeat.
#[track_caller]
fn assert_gapless(codes: &[String], total: usize) {
    assert_eq!(codes.len(), total);
    let mut days: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for code in codes {
        let (day, number) = code.rsplit_once('-').unwrap();
        assert_eq!(number.len(), 6, "{code}");
        days.entry(day).or_default().push(number.parse().unwrap());
    }
    for (day, mut numbers) in days {
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>(), "{day}");
    }
}

#[test]
fn eight_threads_at_once_leave_no_gap_and_no_code_twice() {
    let app = TestApp::demo();
    let other = app.new_partner("other_partner", "");
    let partners: Vec<Partner> =
        (0..8).map(|n| if n % 2 == 0 { app.partner() } else { other.clone() }).collect();
    let codes = generate_at_once(&partners, &[1, 7, 30, 1, 2]);
    assert_gapless(&codes, 8 * 41);
    assert!(codes.iter().all(|code| code.starts_with("OTA-CP-20261121-")));
}

#[test]
fn server_processes_at_once_leave_no_gap_and_no_code_twice() {
    let database = TestDatabase::migrated();
    let now = Timestamp::parse(START).unwrap();
    database.session().write(|tx| seed_demo(tx, now)).unwrap();
    let partner = NewPartner {
        partner_code: PartnerCode::parse("agency").unwrap(),
        partner_name: None,
        permissions: PermissionSet::all(),
    };
    let admin = AdminPermit::for_command_line();
    let key = database
        .session()
        .write(|tx| Ok::<_, DbError>(create_partner(tx, &admin, partner, now).unwrap().api_key));
    let key = key.unwrap();
    assert!(process::run(&database, &["keys", "generate"]).status.success());
    // A SQLite file has one server.
    let servers: Vec<ServerProcess> =
        (0..if is_postgres() { 2 } else { 1 }).map(|_| ServerProcess::serve(&database)).collect();
    let partners: Vec<Partner> = (0..4)
        .map(|n| Partner { client: servers[n % servers.len()].client().with("X-API-Key", &key) })
        .collect();
    assert_gapless(&generate_at_once(&partners, &[1, 20, 3, 300]), 4 * 324);
}
