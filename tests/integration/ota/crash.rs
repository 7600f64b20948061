//! A large batch is written chunk by chunk. What a crash leaves of it is hidden, and completed by whoever comes next.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};
use ticketgate::catalog::{CatalogView, ProductChange, ProductFunction, change_product};
use ticketgate::jobs::Worker;
use ticketgate::kernel::{Clock, FunctionCode};
use ticketgate::ota::{OtaState, resume_abandoned_batch};

use crate::support::TestApp;
use crate::support::tables::{lines, number, run};

const TICKETS: usize = 600;

fn order() -> Value {
    json!({"product_id": 106, "quantity": TICKETS, "batch_id": "B-1",
           "customer_info": {"name": "Lo Ka-wai"}, "valid_until": "2026-12-31"})
}

/// Makes a batch and puts the tables back to where a server that crashed behind the first chunk leaves them.
fn crash(app: &TestApp) -> Value {
    let made = app.partner().order(&order()).expect(201).body;
    let first_chunk = made["tickets"][249]["ticket_code"].as_str().unwrap();
    run(
        &mut app.session(),
        &format!(
            "DELETE FROM tickets WHERE ticket_code > '{first_chunk}'; \
             DELETE FROM entitlements WHERE ticket_code > '{first_chunk}'; \
             DELETE FROM ticket_totals; \
             UPDATE batches SET generated = 250, completed_at = NULL, \
             request = replace(request, '\"name\":null', '\"name\":\"Lo Ka-wai\"'); \
             INSERT INTO unfinished_mints (partner_code, batch_id, created_at) \
             VALUES ('test_partner', 'B-1', '2026-11-21 02:00:00'); \
             INSERT INTO jobs (id, kind, subject, lease_owner, lease_until, created_at) \
             VALUES ('J-1', 'generate_batch', '[\"test_partner\",\"B-1\"]', 'gone', \
             '2026-11-21 02:00:05', '2026-11-21 02:00:00')"
        ),
    );
    made
}

/// Another server's background work, once: whether it completed an abandoned batch.
fn resume(app: &TestApp) -> bool {
    let state = OtaState {
        db: app.app.db.clone(),
        clock: Clock::Manual(app.clock.clone()),
        catalog: Arc::new(CatalogView::new(app.app.db.clone())),
        worker: Worker::new(),
        settings: app.app.settings.generate,
    };
    actix_web::rt::System::new().block_on(resume_abandoned_batch(&state)).unwrap()
}

fn tickets_written(app: &TestApp) -> i64 {
    number(&mut app.session(), "SELECT count(*) AS value FROM tickets")
}

#[test]
fn an_abandoned_batch_is_completed_to_the_ticket() {
    let app = TestApp::demo();
    let made = crash(&app);
    app.clock.advance(TimeDelta::minutes(1));
    assert!(resume(&app));
    assert_eq!(tickets_written(&app), 600);
    assert_eq!(app.partner().order(&order()).expect(200).body, made);
    let list = app.partner().client.get("/ota/tickets?limit=1").expect(200).body;
    assert_eq!(list["total_count"], TICKETS);
    // All tickets are of one kind, whoever wrote them.
    let kinds = "SELECT DISTINCT status || ' ' || customer_name || ' ' || \
         cast(valid_until AS text) || ' ' || event_seq AS value FROM tickets";
    assert_eq!(lines(&mut app.session(), kinds).len(), 1);
    for leftover in [
        "SELECT count(*) AS value FROM jobs",
        "SELECT count(*) AS value FROM unfinished_mints",
        "SELECT count(*) AS value FROM batches WHERE completed_at IS NULL OR generated <> 600",
    ] {
        assert_eq!(number(&mut app.session(), leftover), 0, "{leftover}");
    }
    assert!(!resume(&app));
    // The codes go on behind the whole batch.
    assert_eq!(app.partner().ticket(), "OTA-CP-20261121-000601");
}

#[test]
fn an_abandoned_batch_is_completed_as_it_was_begun_whatever_became_of_its_product() {
    let app = TestApp::demo();
    let made = crash(&app);
    let functions = vec![ProductFunction {
        function_code: FunctionCode::parse("spa").unwrap(),
        function_name: "Spa".to_owned(),
        uses: 9,
    }];
    let change = ProductChange {
        functions: Some(functions),
        is_active: Some(false),
        ..ProductChange::default()
    };
    app.administer(|tx, admin, now| change_product(tx, admin, 106, change, now).unwrap());
    app.clock.advance(TimeDelta::minutes(1));
    assert!(resume(&app));
    assert_eq!(app.partner().order(&order()).expect(200).body, made);
}

#[test]
fn tickets_of_an_unfinished_batch_are_not_there_yet() {
    let app = TestApp::demo();
    let made = crash(&app);
    let first = made["tickets"][0]["ticket_code"].as_str().unwrap();
    for query in ["", "?batch_id=B-1", "?status=ACTIVE", "?product_id=106"] {
        let list = app.partner().client.get(&format!("/ota/tickets{query}")).expect(200).body;
        assert_eq!((&list["total_count"], &list["tickets"]), (&json!(0), &json!([])), "{query}");
    }
    let unknown = (404, "TICKET_NOT_FOUND");
    let partner = app.partner();
    assert_eq!(partner.issue(first).verdict(), unknown);
    assert_eq!(partner.client.get(&format!("/qr/{first}")).verdict(), unknown);
    for viewer in [partner.client, app.client()] {
        assert_eq!(viewer.get(&format!("/qr/{first}/info")).verdict(), unknown);
    }
    // Other batches are there, and may be made meanwhile.
    assert_eq!(app.partner().ticket(), "OTA-CP-20261121-000601");
    assert_eq!(app.partner().client.get("/ota/tickets").body["total_count"], 1);
    app.clock.advance(TimeDelta::minutes(1));
    assert!(resume(&app));
    app.partner().issue(first).expect(200);
    assert_eq!(app.partner().client.get("/ota/tickets").body["total_count"], 601);
}

#[test]
fn a_batch_under_a_live_lease_is_left_alone() {
    let app = TestApp::demo();
    crash(&app);
    // The lease runs until 02:00:05.
    app.clock.advance(TimeDelta::seconds(5));
    assert!(!resume(&app));
    assert_eq!(tickets_written(&app), 250);
    app.clock.advance(TimeDelta::milliseconds(1));
    assert!(resume(&app));
    assert_eq!(tickets_written(&app), 600);
}

#[test]
fn the_same_order_waits_for_the_batch_that_another_server_completes() {
    let app = TestApp::demo();
    let made = crash(&app);
    app.clock.advance(TimeDelta::minutes(1));
    let partner = app.partner();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| partner.order(&order()));
        assert!(resume(&app));
        assert_eq!(waiting.join().unwrap().expect(200).body, made);
    });
    // One that is sent with another body does not wait.
    let other = json!({"product_id": 106, "quantity": 601, "batch_id": "B-1"});
    assert_eq!(app.partner().order(&other).verdict(), (409, "BATCH_CONFLICT"));
}

#[test]
fn of_two_servers_that_find_an_abandoned_batch_one_completes_it() {
    let app = TestApp::demo();
    let made = crash(&app);
    app.clock.advance(TimeDelta::minutes(1));
    let completed = std::thread::scope(|scope| {
        let servers: Vec<_> = (0..2).map(|_| scope.spawn(|| resume(&app))).collect();
        servers.into_iter().map(|server| usize::from(server.join().unwrap())).sum::<usize>()
    });
    assert_eq!((completed, tickets_written(&app)), (1, 600));
    assert_eq!(app.partner().order(&order()).expect(200).body, made);
}
