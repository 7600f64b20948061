//! The plans of a scan's statements: by a key, however the tables have grown.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use diesel::connection::{Connection, InstrumentationEvent, SimpleConnection};
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use ticketgate::db::{AnyConnection, DbError, LaneWork, Mode, Tx};
use ticketgate::kernel::Timestamp;
use ticketgate::redemption::{Scan, ScanDetails, redeem};

use super::growth::{OF_TICKETS, has_ticket_code, names, states};
use crate::support::TestApp;
use crate::support::database::is_postgres;
use crate::support::tables::run;
use crate::support::test_app::START;

/// Redeems scans, a transaction each, on the lane's own connection; gives the plans of the statements that this took.
struct Explained;

impl LaneWork for Explained {
    type Command = Vec<Scan>;
    type Answer = Vec<String>;

    const MODE: Mode = Mode::Write;

    fn key<'c>(&self, _: &'c Vec<Scan>) -> Option<&'c str> {
        None
    }

    fn run(&self, tx: &mut Tx, batch: &[Vec<Scan>]) -> Result<Vec<Vec<String>>, DbError> {
        let statements = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&statements);
        watch(tx, move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                seen.lock().unwrap().push(query.to_string());
            }
        });
        for scan in &batch[0] {
            let now = Timestamp::parse(START).unwrap().plus(TimeDelta::seconds(1));
            redeem(tx, std::slice::from_ref(scan), now)?;
        }
        watch(tx, |_: InstrumentationEvent<'_>| {});
        let mut statements = statements.lock().unwrap().clone();
        for text in &mut statements {
            text.truncate(text.find(" -- binds").unwrap());
        }
        statements.sort();
        statements.dedup();
        assert!(statements.len() >= 7, "{statements:#?}");
        Ok(vec![statements.iter().map(|sql| plan(tx, sql)).collect()])
    }
}

/// Has the connection tell what it is sent.
pub(super) fn watch(tx: &mut Tx, watch: impl FnMut(InstrumentationEvent<'_>) + Send + 'static) {
    match tx.connection() {
        AnyConnection::Sqlite(connection) => connection.set_instrumentation(watch),
        AnyConnection::Postgres(connection) => connection.set_instrumentation(watch),
    }
}

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    step: String,
}

/// A statement with its plan, a line for each step.
pub(super) fn plan(tx: &mut Tx, sql: &str) -> String {
    let steps: Vec<String> = match tx.connection() {
        AnyConnection::Sqlite(connection) => {
            let explain = sql_query(format!("EXPLAIN QUERY PLAN {sql}"));
            let steps: Vec<SqliteStep> = explain.load(connection).unwrap();
            steps.into_iter().map(|step| step.detail).collect()
        }
        AnyConnection::Postgres(connection) => {
            // The plan that a prepared statement keeps: made without a look at the parameters.
            let prepare = "SET LOCAL plan_cache_mode = force_generic_plan; PREPARE hot AS";
            connection.batch_execute(&format!("{prepare} {sql}")).unwrap();
            let nulls = vec!["NULL"; sql.matches('$').count()].join(", ");
            let values = if nulls.is_empty() { nulls } else { format!("({nulls})") };
            let explain = sql_query(format!("EXPLAIN EXECUTE hot{values}"));
            let steps: Vec<PostgresStep> = explain.load(connection).unwrap();
            connection.batch_execute("DEALLOCATE hot").unwrap();
            steps.into_iter().map(|step| step.step).collect()
        }
    };
    format!("{sql}\n  {}", steps.join("\n  "))
}

/// A scan of this code with this id.
fn scan(app: &TestApp, token: &str, function: &str, scan_id: &str) -> Scan {
    let details = ScanDetails {
        terminal_device_id: "T".to_owned(),
        scan_id: Some(scan_id.to_owned()),
        scanned_at: None,
    };
    app.scan(token, function, details)
}

/// Whether a step reads a table otherwise than by some of an index's columns.
fn reads_all(plan: &str) -> bool {
    if is_postgres() {
        let by_index = plan.matches("Index Scan using ").count();
        return plan.contains("Seq Scan")
            || plan.contains("Bitmap")
            || plan.matches("Index Cond: ").count() < by_index;
    }
    OF_TICKETS.iter().any(|table| plan.contains(&format!("SCAN {table}")))
}

#[test]
fn every_statement_of_a_scan_goes_by_a_key() {
    let app = TestApp::demo();
    let partner = app.partner();
    let lane = app.app.db.lane(Explained);
    let mut plans = Vec::new();
    for state in states() {
        run(&mut app.session(), state);
        let token = partner.token(&partner.ticket());
        let scans = vec![
            scan(&app, &token, "ferry", "s-1"),
            scan(&app, &token, "ferry", "s-1"),
            scan(&app, &token, "ferry", "s-2"),
            scan(&app, &token, "gift", "s-3"),
            scan(&app, &token, "tokens", "s-4"),
        ];
        let found = actix_web::rt::System::new().block_on(lane.submit(scans)).unwrap();
        for plan in &found {
            assert!(!reads_all(plan), "{state}\n{plan}");
            let (sql, _) = plan.split_once('\n').unwrap();
            assert!(!names(sql, &OF_TICKETS) || has_ticket_code(sql), "{plan}");
        }
        plans.extend(found);
    }
    let plans = plans.join("\n");
    let either = |sqlite, postgres| if is_postgres() { postgres } else { sqlite };
    for step in [
        either("SEARCH tickets USING PRIMARY KEY (ticket_code=?)", "using tickets_pkey on tickets"),
        either(
            "SEARCH entitlements USING PRIMARY KEY (ticket_code=? AND function_code=?)",
            "using entitlements_pkey on entitlements",
        ),
        either(
            "SEARCH redemption_events USING INDEX redemption_events_once \
             (ticket_code=? AND jti=? AND function_code=?",
            "Index Cond: ((ticket_code = wanted.wanted_ticket_code) AND (jti = wanted.wanted_jti) \
             AND (function_code = wanted.wanted_function_code))",
        ),
        either(
            "SEARCH redemption_events USING INDEX redemption_events_scan_id \
             (scan_id=? AND ticket_code=?)",
            "using redemption_events_scan_id on redemption_events",
        ),
        either(
            "SEARCH redemption_events USING INDEX redemption_events_once (ticket_code=?)",
            "using redemption_events_once on redemption_events",
        ),
        either(
            "SEARCH redemption_events USING INDEX redemption_events_others (ticket_code=?)",
            "using redemption_events_others on redemption_events",
        ),
    ] {
        assert!(plans.contains(step), "{step} is in none of\n{plans}");
    }
}

#[test]
fn a_statement_without_an_index_is_run_and_not_compiled_first() {
    let sql = "UPDATE operators SET role = role WHERE role = 'admin'";
    let read = |tx: &mut Tx| Ok::<String, DbError>(plan(tx, sql));
    let plan = TestApp::demo().session().write(read).unwrap();
    let scan = if is_postgres() { "Seq Scan on operators" } else { "SCAN operators" };
    assert!(plan.contains(scan) && !plan.contains("JIT"), "{plan}");
}
