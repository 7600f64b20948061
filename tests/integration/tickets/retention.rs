//! Personal data that was kept long enough is erased, once a day, by one server.

use chrono::TimeDelta;
use serde_json::json;
use ticketgate::jobs::Worker;
use ticketgate::kernel::Clock;
use ticketgate::tickets::{Retention, erase_what_is_over};

use crate::support::process::eventually;
use crate::support::tables::{everything, lines, number, run};
use crate::support::{Site, TestApp};

const PERSONAL: &str = "SELECT batch_id || ' ' || customer_type || ' ' || customer_name || ' ' || \
     customer_email || ' ' || customer_phone AS value FROM tickets \
     WHERE customer_name IS NOT NULL GROUP BY 1 ORDER BY 1";
const BLANK: &str = "SELECT count(*) AS value FROM tickets WHERE customer_type = 'adult' \
     AND customer_name IS NULL AND customer_email IS NULL AND customer_phone IS NULL";

/// A server's background work, once: of how many tickets it erased personal data, if it was its turn.
fn turn(app: &TestApp, worker: &Worker, days: u32) -> Option<usize> {
    let clock = Clock::Manual(app.clock.clone());
    let retention = Retention { db: app.app.db.clone(), clock, worker: worker.clone(), days };
    actix_web::rt::System::new().block_on(erase_what_is_over(&retention)).unwrap()
}

fn order(app: &TestApp, batch_id: &str, quantity: usize, valid_until: Option<&str>) {
    let order = json!({
        "product_id": 106, "quantity": quantity, "batch_id": batch_id, "valid_until": valid_until,
        "customer_info": {"type": "adult", "name": "Ho Siu-man",
                          "email": "siu.man@example.org", "phone": "+85261234567"}
    });
    app.partner().order(&order).expect(201);
}

#[test]
fn a_customer_is_erased_so_many_days_after_the_ticket_is_over() {
    let app = TestApp::demo();
    order(&app, "OPEN", 1100, None);
    order(&app, "DATED", 2, Some("2026-12-31T02:00:00Z"));
    app.partner().ticket();
    let whole = |batch: &str| format!("{batch} adult Ho Siu-man siu.man@example.org +85261234567");
    let before = everything(&mut app.session());
    let worker = Worker::new();
    app.clock.advance(TimeDelta::days(30));
    assert_eq!(turn(&app, &worker, 30), Some(0));
    assert_eq!(lines(&mut app.session(), PERSONAL), [whole("DATED"), whole("OPEN")]);
    // The next turn comes after a day.
    app.clock.advance(TimeDelta::hours(24));
    assert_eq!(turn(&app, &worker, 30), None);
    app.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(turn(&app, &worker, 30), Some(1100));
    assert_eq!(lines(&mut app.session(), PERSONAL), [whole("DATED")]);
    assert_eq!(number(&mut app.session(), BLANK), 1100);
    assert_eq!(turn(&app, &worker, 30), None);
    // Another setting has its turn at once; 2026-12-31 is 40 days after the start.
    app.clock.advance(TimeDelta::days(10));
    assert_eq!(turn(&app, &worker, 1), Some(2));
    assert_eq!(lines(&mut app.session(), PERSONAL), [""; 0]);
    assert_eq!(everything(&mut app.session()), before, "the rest of it stays");
    // A turn that erased something is in the audit log.
    let audited = "SELECT principal || ' ' || action || ' ' || subject || ' ' || after_json AS value \
         FROM audit_log WHERE principal = 'server' ORDER BY id";
    assert_eq!(
        lines(&mut app.session(), audited),
        [
            r#"server privacy.retention 30 {"tickets_erased":1100}"#,
            r#"server privacy.retention 1 {"tickets_erased":2}"#,
        ]
    );
}

#[test]
fn of_two_servers_one_erases() {
    let app = TestApp::demo();
    order(&app, "OPEN", 1100, None);
    app.clock.advance(TimeDelta::days(9));
    let turns = std::thread::scope(|scope| {
        let servers = [0, 1].map(|_| scope.spawn(|| turn(&app, &Worker::new(), 8)));
        servers.map(|server| server.join().unwrap())
    });
    assert!(matches!(turns, [Some(1100), None] | [None, Some(1100)]), "{turns:?}");
}

#[test]
fn an_unfinished_turn_is_taken_over_when_its_lease_has_run_out() {
    let app = TestApp::demo();
    order(&app, "OPEN", 1, None);
    app.clock.advance(TimeDelta::days(9));
    // A server took its turn on 2026-11-30 at 02:00 and crashed.
    run(
        &mut app.session(),
        "INSERT INTO jobs (id, kind, subject, lease_owner, lease_until, created_at) VALUES \
         ('J-1', 'erase_what_is_over', 'after 8 days', 'gone', '2026-11-30 02:00:05', \
         '2026-11-30 02:00:00')",
    );
    assert_eq!(turn(&app, &Worker::new(), 8), None);
    app.clock.advance(TimeDelta::milliseconds(5001));
    assert_eq!(turn(&app, &Worker::new(), 8), Some(1));
}

#[test]
fn a_server_erases_soon_after_its_start_what_its_setting_says() {
    let site = Site::new();
    let server = site.serve();
    let order = json!({
        "product_id": 106, "quantity": 3,
        "customer_info": {"type": "adult", "name": "Ho Siu-man", "email": "siu.man@example.org"}
    });
    site.partner(&server).order(&order).expect(201);
    site.partner(&server).order(&order).expect(201);
    drop(server);
    let mut session = site.database.session();
    run(
        &mut session,
        "UPDATE tickets SET created_at = '2020-01-01 00:00:00' WHERE ticket_code IN \
         (SELECT ticket_code FROM tickets ORDER BY ticket_code LIMIT 3)",
    );
    let server = site.serve_with(&[("TICKETGATE_RETENTION_DAYS", "365")]);
    eventually("the erasure", || (number(&mut session, BLANK) == 3).then_some(()));
    server.signal("TERM");
    let (_, log) = server.wait();
    let said = "erased personal data of 3 tickets, over for 365 days";
    assert!(log.lines().any(|line| line.contains(said)), "{log}");
    assert_eq!(number(&mut session, BLANK), 3);
}
