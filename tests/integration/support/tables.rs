//! What is in the tables, read past the server; and statements past it, for tests that break things.

use diesel::QueryableByName;
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Nullable, Text};
use ticketgate::db::{AnyConnection, DbError, Session, Statement};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

/// The `value` of a query's first row.
pub fn number(session: &mut Session, sql: &'static str) -> i64 {
    let rows: Vec<Number> =
        session.read(|tx| -> Result<_, DbError> { Statement::new(sql).load(tx) }).unwrap();
    rows.first().unwrap().value
}

/// The text column `value` of all rows of a query.
pub fn lines(session: &mut Session, sql: &'static str) -> Vec<String> {
    let rows: Vec<Line> =
        session.read(|tx| -> Result<_, DbError> { Statement::new(sql).load(tx) }).unwrap();
    rows.into_iter().map(|row| row.value.unwrap_or_default()).collect()
}

/// Runs statements.
pub fn run(session: &mut Session, sql: &str) {
    session
        .write(|tx| -> Result<(), DbError> {
            match tx.connection() {
                AnyConnection::Sqlite(connection) => connection.batch_execute(sql)?,
                AnyConnection::Postgres(connection) => connection.batch_execute(sql)?,
            }
            Ok(())
        })
        .unwrap();
}

/// A line for each row of tickets, entitlements, codes and events, without their times: what a look must not change.
pub fn everything(session: &mut Session) -> Vec<String> {
    let mut all = Vec::new();
    for sql in [
        "SELECT ticket_code || ' ' || status || ' ' || event_seq || ' ' || coalesce(current_jti, '-') AS value FROM tickets ORDER BY 1",
        "SELECT ticket_code || ' ' || function_code || ' ' || remaining_uses || ' ' || total_uses AS value FROM entitlements ORDER BY 1",
        "SELECT ticket_code || ' ' || jti || ' ' || coalesce(cast(superseded_at AS text), '-') AS value FROM qr_codes ORDER BY 1",
        "SELECT ticket_code || ' ' || ticket_seq || ' ' || id || ' ' || result || ' ' || coalesce(cast(reversed_at AS text), '-') AS value FROM redemption_events ORDER BY 1",
    ] {
        all.extend(lines(session, sql));
    }
    all
}

/// Sees to it that the tables keep invariants 0, 1 and 3, whatever happened to them.
#[track_caller]
pub fn assert_invariants(session: &mut Session) {
    let broken = [
        (
            "events numbered without gap or repeat (0)",
            "SELECT ticket_code AS value FROM redemption_events GROUP BY ticket_code \
             HAVING min(ticket_seq) <> 1 OR max(ticket_seq) <> count(*)",
        ),
        (
            "a ticket's number is that of its latest event (0)",
            "SELECT t.ticket_code AS value FROM tickets t LEFT JOIN (SELECT ticket_code, \
             max(ticket_seq) AS last_seq FROM redemption_events GROUP BY ticket_code) e \
             ON e.ticket_code = t.ticket_code WHERE t.event_seq <> coalesce(e.last_seq, 0)",
        ),
        (
            "at most one standing success for a code and a function (1)",
            "SELECT jti AS value FROM redemption_events WHERE result = 'success' \
             AND reversed_at IS NULL GROUP BY jti, function_code HAVING count(*) > 1",
        ),
        (
            "remaining uses are total uses less standing successes (3)",
            "SELECT n.ticket_code AS value FROM entitlements n LEFT JOIN redemption_events e \
             ON e.ticket_code = n.ticket_code AND e.function_code = n.function_code \
             AND e.result = 'success' AND e.reversed_at IS NULL \
             GROUP BY n.ticket_code, n.function_code, n.total_uses, n.remaining_uses \
             HAVING n.remaining_uses <> n.total_uses - count(e.id)",
        ),
        (
            "a ticket is USED when and only when nothing remains",
            "SELECT t.ticket_code AS value FROM tickets t JOIN entitlements n \
             ON n.ticket_code = t.ticket_code GROUP BY t.ticket_code, t.status \
             HAVING (t.status = 'USED') <> (sum(n.remaining_uses) = 0)",
        ),
        (
            "a partner's total of a product is the number of its shown tickets",
            "SELECT t.partner_code || ' ' || t.product_id AS value FROM tickets t \
             WHERE NOT EXISTS (SELECT 1 FROM unfinished_mints u WHERE \
             u.partner_code = t.partner_code AND u.batch_id = t.batch_id) \
             GROUP BY t.partner_code, t.product_id HAVING count(*) <> \
             coalesce((SELECT n.minted FROM ticket_totals n WHERE \
             n.partner_code = t.partner_code AND n.product_id = t.product_id), 0)",
        ),
    ];
    for (what, sql) in broken {
        assert_eq!(lines(session, sql), Vec::<String>::new(), "{what}");
    }
}
