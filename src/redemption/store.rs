//! Queries on the ledger. All that a scan or a look asks carries the tickets' codes.

use std::collections::HashSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamp as SqlTimestamp};

use super::model::{EventResult, HistoryFilter, RedemptionEvent};
use crate::db::{DbError, Rows, Statement, Tx};
use crate::http::Page;
use crate::kernel::{FunctionCode, Jti, PartnerCode, TicketCode, Timestamp};
use crate::tickets::{HeldTicket, IssuedCode, SightRow, seen, sight_statement};

/// An event as it is stored.
#[derive(Debug, QueryableByName)]
struct EventRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    ticket_code: String,
    #[diesel(sql_type = BigInt)]
    ticket_seq: i64,
    #[diesel(sql_type = Text)]
    partner_code: String,
    #[diesel(sql_type = Text)]
    function_code: String,
    #[diesel(sql_type = Text)]
    jti: String,
    #[diesel(sql_type = Text)]
    result: String,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    venue_code: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    terminal_device_id: Option<String>,
    #[diesel(sql_type = Text)]
    principal: String,
    #[diesel(sql_type = Nullable<Text>)]
    operator: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    scan_id: Option<String>,
    #[diesel(sql_type = Bool)]
    offline: bool,
    #[diesel(sql_type = Nullable<SqlTimestamp>)]
    scanned_at: Option<NaiveDateTime>,
    #[diesel(sql_type = SqlTimestamp)]
    redeemed_at: NaiveDateTime,
    #[diesel(sql_type = Nullable<BigInt>)]
    remaining_uses_after: Option<i64>,
    #[diesel(sql_type = Nullable<SqlTimestamp>)]
    reversed_at: Option<NaiveDateTime>,
    #[diesel(sql_type = Nullable<Text>)]
    reverses: Option<String>,
}

impl EventRow {
    /// A row that this program could not have written is left out and logged.
    fn into_event(self) -> Option<RedemptionEvent> {
        let id = self.id.clone();
        let event = self.parse();
        if event.is_none() {
            log::error!("failed to read event {id} of the ledger");
        }
        event
    }

    fn parse(self) -> Option<RedemptionEvent> {
        Some(RedemptionEvent {
            redemption_id: self.id,
            ticket_code: TicketCode::parse(&self.ticket_code).ok()?,
            ticket_seq: self.ticket_seq,
            partner_id: PartnerCode::parse(&self.partner_code).ok()?,
            function_code: FunctionCode::parse(&self.function_code).ok()?,
            jti: self.jti.parse().ok()?,
            result: EventResult::from_name(&self.result)?,
            reason: self.reason,
            venue_code: self.venue_code,
            terminal_device_id: self.terminal_device_id,
            principal: self.principal,
            operator: self.operator,
            scan_id: self.scan_id,
            offline: self.offline,
            scanned_at: self.scanned_at.map(Timestamp::from_naive_utc),
            redeemed_at: Timestamp::from_naive_utc(self.redeemed_at),
            remaining_uses_after: self.remaining_uses_after,
            reversed_at: self.reversed_at.map(Timestamp::from_naive_utc),
            reverses: self.reverses,
        })
    }
}

const COLUMNS: &str = "SELECT id, ticket_code, ticket_seq, partner_code, function_code, jti, \
     result, reason, venue_code, terminal_device_id, principal, operator, scan_id, offline, \
     scanned_at, redeemed_at, remaining_uses_after, reversed_at, reverses";

/// Successes that were not undone: a literal, because the unique index on "once" has those alone. Another index has the
/// rest.
const STANDING: &str = "result = 'success' AND reversed_at IS NULL";

/// Reads from a ticket's events, which the two indexes find together. The limit is none, but keeps the conditions that
/// follow out of what it stands behind: by one of them a partner's whole ledger could be read for a ticket.
fn from_ticket(statement: Statement, code: &TicketCode) -> Statement {
    statement
        .sql(" FROM (SELECT * FROM redemption_events WHERE ticket_code = ")
        .text(code.as_str())
        .sql(" AND ")
        .sql(STANDING)
        .sql(" UNION ALL SELECT * FROM redemption_events WHERE ticket_code = ")
        .text(code.as_str())
        .sql(" AND NOT (")
        .sql(STANDING)
        .sql(") LIMIT 9223372036854775807) AS events WHERE true")
}

fn events(statement: Statement, tx: &mut Tx) -> Result<Vec<RedemptionEvent>, DbError> {
    let rows: Vec<EventRow> = statement.load(tx)?;
    Ok(rows.into_iter().filter_map(EventRow::into_event).collect())
}

/// A QR code's use of a function: ticket, code, function.
pub(super) type CodeUse<'u> = (&'u TicketCode, Jti, &'u FunctionCode);

/// The successes of these uses that were not undone.
pub(super) fn standing_successes(
    tx: &mut Tx,
    uses: &[CodeUse<'_>],
) -> Result<Vec<RedemptionEvent>, DbError> {
    let wanted = Rows::new()
        .texts("jti", uses.iter().map(|(_, jti, _)| Some(jti.to_string())).collect())
        .texts("function_code", uses.iter().map(|(_, _, code)| Some(code.to_string())).collect())
        .texts("ticket_code", uses.iter().map(|(ticket, _, _)| Some(ticket.to_string())).collect());
    events(Statement::new(COLUMNS).from_matching("redemption_events", STANDING, wanted), tx)
}

/// A row of a look: a ticket with one of its entitlements, and whether that was redeemed with the code that was shown.
#[derive(Debug, QueryableByName)]
struct LookRow {
    #[diesel(embed)]
    sight: SightRow,
    #[diesel(sql_type = Text)]
    function_code: String,
    #[diesel(sql_type = Bool)]
    is_redeemed: bool,
}

/// What is found out about a ticket and one of its codes.
#[derive(Debug)]
pub(super) struct Sight {
    pub(super) held: HeldTicket,
    /// What was redeemed with the code and not undone since.
    pub(super) redeemed: Vec<FunctionCode>,
    /// The code as it was recorded when it was issued.
    pub(super) code: Option<IssuedCode>,
}

/// Tickets, what was redeemed on each with one of its codes, and that code, by one statement: an answer for each that is
/// wanted.
pub(super) fn sights(
    tx: &mut Tx,
    wanted: &[(TicketCode, Jti)],
) -> Result<Vec<Option<Sight>>, DbError> {
    let redeemed = "redemption_events.ticket_code = tickets.ticket_code \
         AND redemption_events.function_code = entitlements.function_code \
         AND redemption_events.jti = wanted.jti AND result = 'success' AND reversed_at IS NULL";
    let is_redeemed = "redemption_events.id IS NOT NULL AS is_redeemed";
    let rows: Vec<LookRow> =
        sight_statement(wanted, is_redeemed, ("redemption_events", redeemed)).load(tx)?;
    let mut found: Vec<Vec<LookRow>> = wanted.iter().map(|_| Vec::new()).collect();
    for row in rows {
        let number = usize::try_from(row.sight.number).unwrap_or(usize::MAX);
        found.get_mut(number).ok_or(DbError::NoAnswer)?.push(row);
    }
    Ok(found.into_iter().map(sight).collect())
}

fn sight(rows: Vec<LookRow>) -> Option<Sight> {
    let marked = rows.iter().filter(|row| row.is_redeemed);
    let redeemed = marked.filter_map(|row| FunctionCode::parse(&row.function_code).ok()).collect();
    let (held, code) = seen(rows.into_iter().map(|row| row.sight).collect())?;
    Some(Sight { held, redeemed, code })
}

/// The events that were written for these scans, each a ticket and a scan's id.
pub(super) fn by_scan_ids(
    tx: &mut Tx,
    scans: &[(&TicketCode, &str)],
) -> Result<Vec<RedemptionEvent>, DbError> {
    let wanted = Rows::new()
        .texts("ticket_code", scans.iter().map(|(ticket, _)| Some(ticket.to_string())).collect())
        .texts("scan_id", scans.iter().map(|(_, id)| Some((*id).to_owned())).collect());
    let named = "scan_id IS NOT NULL";
    events(Statement::new(COLUMNS).from_matching("redemption_events", named, wanted), tx)
}

/// A ticket's events up to one of them, in order.
pub(super) fn up_to(
    tx: &mut Tx,
    code: &TicketCode,
    last_seq: i64,
) -> Result<Vec<RedemptionEvent>, DbError> {
    let statement = from_ticket(Statement::new(COLUMNS), code)
        .sql(" AND ticket_seq <= ")
        .integer(last_seq)
        .sql(" ORDER BY ticket_seq");
    events(statement, tx)
}

pub(super) fn find(tx: &mut Tx, id: &str) -> Result<Option<RedemptionEvent>, DbError> {
    let statement = Statement::new(COLUMNS).sql(" FROM redemption_events WHERE id = ").text(id);
    Ok(events(statement, tx)?.pop())
}

/// Marks a success as undone, unless it is already; tells whether it did.
pub(super) fn mark_reversed(
    tx: &mut Tx,
    event: &RedemptionEvent,
    now: Timestamp,
) -> Result<bool, DbError> {
    let changed = Statement::new("UPDATE redemption_events SET reversed_at = ")
        .time(now)
        .sql(" WHERE ticket_code = ")
        .text(event.ticket_code.as_str())
        .sql(" AND id = ")
        .text(event.redemption_id.as_str())
        .sql(" AND ")
        .sql(STANDING)
        .execute(tx)?;
    Ok(changed == 1)
}

/// Appends events; gives the ids of those that the unique index on "once" did not refuse.
///
/// # Errors
/// An event with this `scan_id` is there already, or the database's.
pub(super) fn append(
    tx: &mut Tx,
    events: &[RedemptionEvent],
    now: Timestamp,
) -> Result<HashSet<String>, DbError> {
    let inserted: Vec<InsertedId> = Statement::new(
        "INSERT INTO redemption_events (id, ticket_code, ticket_seq, partner_code, function_code, \
         jti, result, reason, venue_code, terminal_device_id, principal, operator, scan_id, \
         offline, scanned_at, remaining_uses_after, reverses, redeemed_at, created_at) \
         SELECT e.id, e.ticket_code, e.ticket_seq, e.partner_code, e.function_code, e.jti, \
         e.result, e.reason, e.venue_code, e.terminal_device_id, e.principal, e.operator, \
         e.scan_id, e.offline, e.scanned_at, e.remaining_uses_after, e.reverses, ",
    )
    .time(now)
    .sql(", ")
    .time(now)
    .sql(" FROM ")
    .rows("e", rows(events))
    .sql(" WHERE true ON CONFLICT (ticket_code, jti, function_code) WHERE ")
    .sql(STANDING)
    .sql(" DO NOTHING RETURNING id")
    .load(tx)?;
    Ok(inserted.into_iter().map(|row| row.id).collect())
}

#[derive(QueryableByName)]
struct InsertedId {
    #[diesel(sql_type = Text)]
    id: String,
}

fn rows(events: &[RedemptionEvent]) -> Rows {
    let texts = |text: fn(&RedemptionEvent) -> Option<String>| events.iter().map(text).collect();
    let integers =
        |number: fn(&RedemptionEvent) -> Option<i64>| events.iter().map(number).collect();
    Rows::new()
        .texts("id", texts(|event| Some(event.redemption_id.clone())))
        .texts("ticket_code", texts(|event| Some(event.ticket_code.to_string())))
        .integers("ticket_seq", integers(|event| Some(event.ticket_seq)))
        .texts("partner_code", texts(|event| Some(event.partner_id.to_string())))
        .texts("function_code", texts(|event| Some(event.function_code.to_string())))
        .texts("jti", texts(|event| Some(event.jti.to_string())))
        .texts("result", texts(|event| Some(event.result.name().to_owned())))
        .texts("reason", texts(|event| event.reason.clone()))
        .texts("venue_code", texts(|event| event.venue_code.clone()))
        .texts("terminal_device_id", texts(|event| event.terminal_device_id.clone()))
        .texts("principal", texts(|event| Some(event.principal.clone())))
        .texts("operator", texts(|event| event.operator.clone()))
        .texts("scan_id", texts(|event| event.scan_id.clone()))
        .booleans("offline", events.iter().map(|event| Some(event.offline)).collect())
        .times("scanned_at", events.iter().map(|event| event.scanned_at).collect())
        .integers("remaining_uses_after", integers(|event| event.remaining_uses_after))
        .texts("reverses", texts(|event| event.reverses.clone()))
}

/// A page of the ledger, newest first, and how many events there are in all.
pub(super) fn page(
    tx: &mut Tx,
    filter: &HistoryFilter,
    page: Page,
) -> Result<(Vec<RedemptionEvent>, i64), DbError> {
    let count = Statement::new("SELECT count(*) AS total");
    let total: Vec<Total> = chosen(count, filter).load(tx)?;
    let statement = chosen(Statement::new(COLUMNS), filter)
        .sql(" ORDER BY redeemed_at DESC, id DESC LIMIT ")
        .integer(page.limit)
        .sql(" OFFSET ")
        .integer(page.offset());
    Ok((events(statement, tx)?, total.first().map_or(0, |row| row.total)))
}

#[derive(QueryableByName)]
struct Total {
    #[diesel(sql_type = BigInt)]
    total: i64,
}

fn chosen(statement: Statement, filter: &HistoryFilter) -> Statement {
    let result = filter.result.map(EventResult::name);
    let jti = filter.jti.map(|jti| jti.to_string());
    let texts = [
        (" AND partner_code = ", filter.partner_code.as_ref().map(PartnerCode::as_str)),
        (" AND jti = ", jti.as_deref()),
        (" AND venue_code = ", filter.venue_code.as_deref()),
        (" AND function_code = ", filter.function_code.as_deref()),
        (" AND terminal_device_id = ", filter.terminal_device_id.as_deref()),
        (" AND result = ", result),
        (" AND reason = ", filter.reason.as_deref()),
    ];
    let times = [(" AND redeemed_at >= ", filter.from), (" AND redeemed_at <= ", filter.to)];
    let mut query = match &filter.ticket_code {
        Some(code) => from_ticket(statement, code),
        None => statement.sql(" FROM redemption_events WHERE true"),
    };
    for (condition, value) in texts {
        if let Some(value) = value {
            query = query.sql(condition).text(value);
        }
    }
    for (condition, value) in times {
        if let Some(value) = value {
            query = query.sql(condition).time(value);
        }
    }
    query
}
