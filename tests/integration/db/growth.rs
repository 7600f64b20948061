//! The plans of what requests, jobs and commands ask of tables that grow: each goes by an index, and by a ticket's key.
//!
//! The statements are those that a server sends while it is asked for everything; that none was forgotten is seen in
//! the sources.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Barrier, Mutex};

use chrono::TimeDelta;
use diesel::connection::InstrumentationEvent;
use serde_json::json;
use ticketgate::access::{AdminPermit, prune_log_ins};
use ticketgate::db::{Db, DbError, Session, Tx};
use ticketgate::jobs::Worker;
use ticketgate::kernel::Clock;
use ticketgate::tickets::{Retention, count_live_codes, count_seals, erase_what_is_over};

use super::plans::{plan, watch};
use crate::support::TestApp;
use crate::support::database::is_postgres;
use crate::support::tables::run;
use crate::support::test_app::PASSWORD;

/// Tables that grow with what is sold and scanned.
const GROWING: [&str; 5] = ["tickets", "entitlements", "qr_codes", "redemption_events", "batches"];

/// Those whose rows belong to a ticket, and lie together by its code where the database is distributed.
pub(super) const OF_TICKETS: [&str; 4] =
    ["tickets", "entitlements", "qr_codes", "redemption_events"];

/// Tables that do not: they grow with an organisation, or are emptied by a job, or hold what people did by hand.
const BOUNDED: [&str; 17] = [
    "api_keys",
    "audit_log",
    "catalog_revision",
    "deployment",
    "jobs",
    "login_failures",
    "operator_sessions",
    "operators",
    "pairing_codes",
    "partners",
    "product_functions",
    "product_prices",
    "products",
    "terminals",
    "ticket_sequences",
    "ticket_totals",
    "unfinished_mints",
];

/// Bounded ones that are about venues.
const OF_VENUES: [&str; 2] = ["venue_functions", "venues"];

/// Read the ledger's index from its end and stop with the page, or count all of it: only supervisors may ask so.
const WHOLE_LEDGER: [&str; 2] = [
    "ORDER BY redeemed_at DESC, id DESC LIMIT",
    "SELECT count(*) AS total FROM redemption_events WHERE true",
];

/// The indexes that are not unique, and a statement that each serves.
const NEEDED: [(&str, &str); 5] = [
    ("qr_codes_key", "FROM qr_codes JOIN tickets"),
    ("redemption_events_partner", "FROM redemption_events WHERE true AND partner_code = "),
    ("redemption_events_time", "FROM redemption_events WHERE true ORDER BY redeemed_at DESC"),
    ("tickets_partner_batch", "FROM tickets WHERE partner_code = "),
    ("tickets_personal", "FROM tickets WHERE (customer_name IS NOT NULL"),
];

/// Statements on tickets' rows without a ticket's code, and why. None of them is part of a scan, a look, or an issue.
const WITHOUT_TICKET: [(&str, &str); 10] = [
    ("SELECT count(*) AS total FROM redemption_events WHERE true", "the ledger's length"),
    ("ORDER BY redeemed_at DESC, id DESC LIMIT", "a page of the ledger"),
    ("FROM redemption_events WHERE id = ", "an undo finds its event, whose ticket is then locked"),
    ("FROM tickets WHERE partner_code = ", "a partner's list, by its batches"),
    ("FROM tickets WHERE (customer_name IS NOT NULL", "erasure walks by code"),
    ("FROM qr_codes JOIN tickets ON tickets.ticket_code = qr_codes.ticket_code", "keys list"),
    ("SELECT COUNT(*) FROM \"qr_codes\" WHERE (\"qr_codes\".\"key_id\" =", "seals of a key"),
    ("SELECT COUNT(*) FROM `qr_codes` WHERE (`qr_codes`.`key_id` =", "seals of a key"),
    ("FROM \"qr_codes\" WHERE (\"qr_codes\".\"jti\" =", "the ledger's filter jti finds its ticket"),
    ("FROM `qr_codes` WHERE (`qr_codes`.`jti` =", "the ledger's filter jti finds its ticket"),
];

type Seen = Arc<Mutex<BTreeSet<String>>>;

/// Writes down what this connection is sent.
fn watch_one(tx: &mut Tx, seen: Seen) {
    watch(tx, move |event: InstrumentationEvent<'_>| {
        let InstrumentationEvent::StartQuery { query, .. } = event else { return };
        let text = query.to_string();
        let text = text.split(" -- binds").next().unwrap().to_owned();
        seen.lock().unwrap().insert(text);
    });
}

/// Writes down what a thread of the pool is sent, another at each call: each waits for all others.
async fn watch_reader(db: Db, barrier: Arc<Barrier>, seen: Seen) {
    let work = move |tx: &mut Tx| {
        watch_one(tx, seen);
        barrier.wait();
        Ok::<(), DbError>(())
    };
    db.read(work).await.unwrap();
}

/// Writes down what every thread of the database is sent from now on.
fn watch_all(app: &TestApp, seen: &Seen) {
    let threads = app.database.settings().pool;
    let barrier = Arc::new(Barrier::new(threads));
    let db = app.app.db.clone();
    actix_web::rt::System::new().block_on(async {
        let reader = || watch_reader(db.clone(), Arc::clone(&barrier), Arc::clone(seen));
        let waits: Vec<_> = (0..threads).map(|_| actix_web::rt::spawn(reader())).collect();
        for wait in waits {
            wait.await.unwrap();
        }
        if is_postgres() {
            return;
        }
        let seen = Arc::clone(seen);
        let work = move |tx: &mut Tx| {
            watch_one(tx, seen);
            Ok::<(), DbError>(())
        };
        db.write(work).await.unwrap();
    });
}

/// Asks for everything that reads or writes tables that grow.
fn ask_for_everything(app: &TestApp) {
    let partner = app.partner();
    let tickets = partner.generate(3);
    let personal = json!({"product_id": 106, "quantity": 600, "customer_info": {
        "type": "adult", "name": "Lau Wing-yan", "email": "wing.yan@example.org"}});
    partner.order(&personal).expect(201);
    let token = partner.token(&tickets[0]);
    partner.issue(&tickets[0]).expect(200);
    let token_2 = partner.token(&tickets[1]);
    partner.client.get(&format!("/qr/{}", tickets[0])).expect(200);
    partner.client.get(&format!("/qr/{}/info", tickets[0])).expect(200);
    let gate = app.gate();
    for token in [&token, &token_2] {
        gate.look(token).expect(200);
    }
    let with_id = json!({"scan_id": "s-odd-1"});
    let first = gate.scan_with(&token_2, "ferry", &with_id).expect(200);
    gate.scan_with(&token_2, "ferry", &with_id).expect(200);
    gate.scan(&token_2, "ferry").expect(422);
    for function in ["gift", "tokens"] {
        gate.scan(&token_2, function).expect(200);
    }
    gate.undo(&first.text_at("/redemption_id")).expect(200);
    for path in ["", "?status=USED", "?batch_id=B", "?product_id=106", "?page=2&limit=2"] {
        partner.client.get(&format!("/ota/tickets{path}")).expect(200);
    }
    let jti = gate.look(&token_2).text_at("/jti");
    let (admin, ticket) = (app.operator("wilhelmina", "admin"), &tickets[1]);
    let of_ticket = format!("ticket_code={ticket}");
    let of_ticket_since = format!("{of_ticket}&from=2026-11-20");
    let of_code = format!("jti={jti}");
    for filter in [
        "",
        of_ticket.as_str(),
        of_ticket_since.as_str(),
        of_code.as_str(),
        "venue_code=central-pier",
        "from=2026-11-20&to=2026-11-22",
        "function_code=ferry&result=success",
        "terminal_device_id=T&reason=ALREADY_REDEEMED&from=2026-11-20",
    ] {
        let path = format!("/venue/analytics/redemptions?{filter}");
        partner.client.get(&path).expect(200);
        admin.get(&path).expect(200);
    }
    for body in [json!({"ticket_code": ticket}), json!({"email": "wing.yan@example.org"})] {
        admin.post("/admin/privacy/erase", &body).expect(200);
    }
    let nobody = json!({"username": "nobody-odd", "password": PASSWORD});
    app.client().post("/operators/login", &nobody).expect(401);
}

/// Calls with keys that are stored, as the demo's own is not.
fn call_with_keys(app: &TestApp) {
    let partner = app.new_partner("key_holder", "tickets:read");
    partner.client.get("/ota/tickets").expect(200);
    app.terminal("key-holder-1", "central-pier").look("ODD").expect(400);
}

/// Runs what a server does beside requests, and what commands ask.
fn do_the_rest(app: &TestApp) {
    let clock = Clock::Manual(app.clock.clone());
    let (db, now) = (app.app.db.clone(), clock.now());
    let retention = Retention { db: db.clone(), clock, worker: Worker::new(), days: 1 };
    let key_id = app.tokens().seal_count().key_id;
    actix_web::rt::System::new().block_on(async {
        erase_what_is_over(&retention).await.unwrap();
        prune_log_ins(&db, now.plus(TimeDelta::days(400))).await.unwrap();
        let work = move |tx: &mut _| {
            count_seals(tx, &key_id)?;
            count_live_codes(tx, &AdminPermit::for_command_line(), &[&key_id], now).unwrap();
            Ok::<(), DbError>(())
        };
        db.read(work).await.unwrap();
    });
}

/// Twenty thousand tickets more, each with entitlements, two codes and two events.
const GROW: &str = "
    INSERT INTO tickets (ticket_code, partner_code, batch_id, product_id, status, event_seq,
      current_jti, created_at)
      WITH RECURSIVE n (i) AS (SELECT 100000 UNION ALL SELECT i + 1 FROM n WHERE i < 120000)
      SELECT 'OTA-CP-20251103-' || i, 'grown-' || (i % 7), 'B' || (i / 1000), 106, 'ACTIVE', 1,
      'j-' || i, '2026-01-01 00:00:00' FROM n;
    INSERT INTO entitlements (ticket_code, function_code, function_name, position, total_uses,
      remaining_uses, created_at)
      SELECT ticket_code, 'ferry', 'Ferry', 0, 1, 0, created_at FROM tickets
      WHERE partner_code LIKE 'grown-%';
    INSERT INTO qr_codes (ticket_code, jti, key_id, iv, issued_at, expires_at, created_at)
      SELECT ticket_code, current_jti, 'K-OLD', '', created_at, created_at, created_at
      FROM tickets WHERE partner_code LIKE 'grown-%';
    INSERT INTO redemption_events (ticket_code, ticket_seq, id, partner_code, function_code, jti,
      result, principal, scan_id, offline, redeemed_at, created_at)
      SELECT ticket_code, 1, 'e-' || ticket_code, partner_code, 'ferry', current_jti,
      'success', 'p', 's-' || ticket_code, false, created_at, created_at
      FROM tickets WHERE partner_code LIKE 'grown-%';
    INSERT INTO redemption_events (ticket_code, ticket_seq, id, partner_code, function_code, jti,
      result, principal, offline, redeemed_at, created_at)
      SELECT ticket_code, 2, 'r-' || ticket_code, partner_code, 'ferry', current_jti,
      'reject', 'p', false, created_at, created_at
      FROM tickets WHERE partner_code LIKE 'grown-%';
    INSERT INTO batches (partner_code, batch_id, fingerprint, product_id, distribution_mode,
      quantity, generated, code_prefix, first_sequence, request, completed_at, created_at)
      SELECT DISTINCT partner_code, batch_id, 'f', 106, 'direct_sale', 1, 1, 'p', 1, '{}',
      created_at, created_at FROM tickets WHERE partner_code LIKE 'grown-%';";

/// What makes the tables small and analysed: the plan that a connection may keep; then grown at once, without and with
/// statistics. (SQLite's are never made by the program.)
pub(super) fn states() -> [&'static str; 3] {
    [if is_postgres() { "ANALYZE" } else { "SELECT 1" }, GROW, "ANALYZE"]
}

/// Whether a step of a plan reads one of these tables otherwise than by some of an index's columns.
pub(super) fn reads_all(plan: &str, tables: &[&str]) -> bool {
    let is_one = |rest: &str| tables.contains(&rest.split_whitespace().next().unwrap_or(""));
    if !is_postgres() {
        let scans = |line: &str| line.trim().strip_prefix("SCAN ").is_some_and(is_one);
        return plan.lines().any(scans);
    }
    plan.split("->").any(|node| {
        let reads = |line: &&str| line.contains(" Scan ") && !line.contains("Subquery Scan");
        let line = node.lines().find(reads).unwrap_or("");
        let table = line.split_once(" on ").map_or("", |(_, table)| table);
        let by_index = line.contains("Bitmap Heap") || node.contains("Index Cond: ");
        is_one(table) && !by_index
    })
}

/// Whether a statement is one of the ledger's that nobody but a supervisor asks, with no ticket or partner.
fn is_of_the_whole_ledger(sql: &str) -> bool {
    let is_narrow = ["ticket_code = ", "partner_code = "].iter().any(|key| sql.contains(key));
    WHOLE_LEDGER.iter().any(|part| sql.contains(part)) && !is_narrow
}

/// Whether the ledger is read by the two indexes that find a ticket's events, and by none of a partner's or of all.
fn is_by_ticket(plan: &str) -> bool {
    let has = |index: &str| plan.contains(index);
    has("redemption_events_once")
        && has("redemption_events_others")
        && !has("redemption_events_partner")
        && !has("redemption_events_time")
}

pub(super) fn plans(session: &mut Session, statements: &BTreeSet<String>) -> Vec<(String, String)> {
    let explain = |sql: &String| {
        let read = |tx: &mut _| Ok::<String, DbError>(plan(tx, sql));
        let plan = session.write(read).unwrap();
        (sql.clone(), plan.strip_prefix(sql.as_str()).unwrap().to_owned())
    };
    statements.iter().map(explain).collect()
}

/// Statements on growing tables that a server was seen to send, as it prepares them.
pub(super) fn sent(app: &TestApp) -> BTreeSet<String> {
    let seen = Seen::default();
    watch_all(app, &seen);
    ask_for_everything(app);
    call_with_keys(app);
    do_the_rest(app);
    let seen = seen.lock().unwrap();
    let begins = ["SELECT", "INSERT", "UPDATE", "DELETE"];
    let is_query = |sql: &&String| begins.iter().any(|word| sql.starts_with(word));
    seen.iter().filter(is_query).cloned().collect()
}

pub(super) fn names(sql: &str, tables: &[&str]) -> bool {
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    sql.split(word).any(|name| tables.contains(&name))
}

#[test]
fn every_statement_on_a_table_that_grows_goes_by_an_index() {
    let app = TestApp::demo();
    let statements: BTreeSet<String> =
        sent(&app).into_iter().filter(|sql| names(sql, &GROWING)).collect();
    assert!(statements.len() >= 30, "{statements:#?}");
    let mut session = app.session();
    let mut all = Vec::new();
    let [first, ..] = states();
    for change in states() {
        run(&mut session, change);
        for (sql, plan) in plans(&mut session, &statements) {
            // While a table is a page or two, PostgreSQL may read all of it for a list, but not for a ticket.
            let is_small =
                change == first && WITHOUT_TICKET.iter().any(|(part, _)| sql.contains(part));
            let is_excused = is_small || is_of_the_whole_ledger(&sql);
            assert!(is_excused || !reads_all(&plan, &GROWING), "{change}\n{sql}\n{plan}");
            assert!(!sql.contains("UNION ALL") || is_by_ticket(&plan), "{change}\n{sql}\n{plan}");
            all.push((sql, plan));
        }
    }
    for (index, part) in NEEDED {
        let serves = |(sql, plan): &(String, String)| sql.contains(part) && plan.contains(index);
        assert!(all.iter().any(serves), "{index} does not serve {part}");
    }
}

#[test]
fn every_index_of_a_table_that_grows_is_unique_or_needed_by_a_statement() {
    let app = TestApp::demo();
    let sql = if is_postgres() {
        "SELECT x.relname AS value FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid \
         JOIN pg_class t ON t.oid = i.indrelid WHERE NOT i.indisunique AND t.relname IN \
         ('tickets', 'entitlements', 'qr_codes', 'redemption_events', 'batches') ORDER BY 1"
    } else {
        "SELECT name AS value FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX%' \
         AND tbl_name IN \
         ('tickets', 'entitlements', 'qr_codes', 'redemption_events', 'batches') ORDER BY 1"
    };
    let found = crate::support::tables::lines(&mut app.session(), sql);
    let needed: Vec<&str> = NEEDED.iter().map(|(index, _)| *index).collect();
    assert_eq!(found, needed);
}

/// Whether a statement says which ticket, or which tickets, it is about.
pub(super) fn has_ticket_code(sql: &str) -> bool {
    let plain = sql.replace(['`', '"'], "");
    [
        "ticket_code = $",
        "ticket_code = ?",
        "ticket_code = ANY(",
        "ticket_code = wanted",
        "ticket_code = taken",
        "ticket_code IN (SELECT value",
        "ticket_code) IN (SELECT",
        "(ticket_code, scan_id) IN (SELECT",
        "INSERT INTO tickets (ticket_code",
        "INSERT INTO entitlements (ticket_code",
        "INSERT INTO qr_codes (ticket_code",
        "INSERT INTO redemption_events (id, ticket_code",
    ]
    .iter()
    .any(|part| plain.contains(part))
}

#[test]
fn every_statement_on_the_rows_of_tickets_carries_their_code_or_is_named_here() {
    let app = TestApp::demo();
    let mut unused: Vec<_> = WITHOUT_TICKET.iter().map(|(part, _)| *part).collect();
    for sql in sent(&app).iter().filter(|sql| names(sql, &OF_TICKETS)) {
        let exception = WITHOUT_TICKET.iter().find(|(part, _)| sql.contains(part));
        unused.retain(|part| !sql.contains(part));
        assert!(exception.is_some() || has_ticket_code(sql), "{sql}");
    }
    // Two are written as the other database quotes names.
    assert_eq!(unused.len(), 2, "no statement has {unused:?}");
}

#[test]
fn every_table_is_known_to_grow_or_to_stay_small() {
    let schema =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/db/schema.rs"))
            .unwrap();
    let tables = schema.split("diesel::table! {").skip(1);
    let mut tables: Vec<&str> =
        tables.map(|text| text.trim_start().split([' ', '(']).next().unwrap()).collect();
    tables.sort_unstable();
    let mut known = [&GROWING[..], &BOUNDED[..], &OF_VENUES[..]].concat();
    known.sort_unstable();
    assert_eq!(tables, known);
}
