//! Queries on terminals.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::access::model::TerminalSummary;
use crate::db::schema::terminals;
use crate::db::{DbError, Tx};
use crate::http::Page;
use crate::kernel::{FunctionCode, Timestamp, VenueCode};

/// A terminal as it is stored.
#[derive(Debug, Queryable)]
pub(in crate::access) struct TerminalRow {
    pub(in crate::access) terminal_device_id: String,
    pub(in crate::access) venue_code: String,
    pub(in crate::access) functions: Option<String>,
    pub(in crate::access) secret_hash: Option<Vec<u8>>,
    pub(in crate::access) last_seen_at: Option<NaiveDateTime>,
    pub(in crate::access) revoked_at: Option<NaiveDateTime>,
}

pub(in crate::access) fn terminal_by_key(
    tx: &mut Tx,
    prefix: &str,
) -> Result<Option<TerminalRow>, DbError> {
    let row = terminals::table
        .filter(terminals::key_prefix.eq(prefix))
        .select((
            terminals::terminal_device_id,
            terminals::venue_code,
            terminals::functions,
            terminals::secret_hash,
            terminals::last_seen_at,
            terminals::revoked_at,
        ))
        .first(tx.connection())
        .optional()?;
    Ok(row)
}

/// A terminal's key: its prefix and the SHA-256 of its secret.
#[derive(Clone, Copy, Debug)]
pub(in crate::access) struct StoredKey<'t> {
    pub(in crate::access) prefix: &'t str,
    pub(in crate::access) secret_hash: &'t [u8],
}

/// Functions as they are stored: codes with commas between them.
fn joined(functions: Option<&[FunctionCode]>) -> Option<String> {
    let codes = functions?.iter().map(FunctionCode::as_str);
    Some(codes.collect::<Vec<_>>().join(","))
}

/// Inserts a terminal, with a key or without.
pub(in crate::access) fn insert_terminal(
    tx: &mut Tx,
    terminal: &TerminalSummary,
    key: Option<StoredKey<'_>>,
) -> Result<(), DbError> {
    diesel::insert_into(terminals::table)
        .values((
            terminals::terminal_device_id.eq(&terminal.terminal_device_id),
            terminals::venue_code.eq(terminal.venue_code.as_str()),
            terminals::functions.eq(joined(terminal.functions.as_deref())),
            terminals::key_prefix.eq(key.map(|key| key.prefix)),
            terminals::secret_hash.eq(key.map(|key| key.secret_hash)),
            terminals::paired_at.eq(terminal.paired_at.map(Timestamp::naive_utc)),
            terminals::created_at.eq(terminal.created_at.naive_utc()),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// A terminal: id, venue, functions, made at, paired at, last seen at, revoked at.
type ListRow = (
    String,
    String,
    Option<String>,
    NaiveDateTime,
    Option<NaiveDateTime>,
    Option<NaiveDateTime>,
    Option<NaiveDateTime>,
);

const LIST_COLUMNS: (
    terminals::terminal_device_id,
    terminals::venue_code,
    terminals::functions,
    terminals::created_at,
    terminals::paired_at,
    terminals::last_seen_at,
    terminals::revoked_at,
) = (
    terminals::terminal_device_id,
    terminals::venue_code,
    terminals::functions,
    terminals::created_at,
    terminals::paired_at,
    terminals::last_seen_at,
    terminals::revoked_at,
);

/// A row that this program could not have written is left out and logged.
fn summary(row: ListRow) -> Option<TerminalSummary> {
    let (id, venue, functions, created_at, paired_at, last_seen_at, revoked_at) = row;
    let codes = functions.map(|codes| codes.split(',').map(FunctionCode::parse).collect());
    let parsed = VenueCode::parse(&venue).ok().zip(codes.transpose().ok());
    if parsed.is_none() {
        log::error!("failed to read terminal {id}");
    }
    parsed.map(|(venue_code, functions)| TerminalSummary {
        terminal_device_id: id,
        venue_code,
        functions,
        is_active: revoked_at.is_none(),
        created_at: Timestamp::from_naive_utc(created_at),
        paired_at: paired_at.map(Timestamp::from_naive_utc),
        last_seen_at: last_seen_at.map(Timestamp::from_naive_utc),
        revoked_at: revoked_at.map(Timestamp::from_naive_utc),
    })
}

/// A page of the terminals by id, and how many there are.
pub(in crate::access) fn terminals_page(
    tx: &mut Tx,
    page: Page,
) -> Result<(Vec<TerminalSummary>, i64), DbError> {
    let total = terminals::table.count().get_result(tx.connection())?;
    let rows: Vec<ListRow> = terminals::table
        .order(terminals::terminal_device_id)
        .limit(page.limit)
        .offset(page.offset())
        .select(LIST_COLUMNS)
        .load(tx.connection())?;
    Ok((rows.into_iter().filter_map(summary).collect(), total))
}

/// Takes a terminal's lock; tells whether there is such a terminal.
pub(in crate::access) fn lock_terminal(tx: &mut Tx, id: &str) -> Result<bool, DbError> {
    let found = diesel::update(terminals::table.filter(terminals::terminal_device_id.eq(id)))
        .set(terminals::created_at.eq(terminals::created_at))
        .execute(tx.connection())?;
    Ok(found == 1)
}

pub(in crate::access) fn terminal(
    tx: &mut Tx,
    id: &str,
) -> Result<Option<TerminalSummary>, DbError> {
    let row: Option<ListRow> = terminals::table
        .filter(terminals::terminal_device_id.eq(id))
        .select(LIST_COLUMNS)
        .first(tx.connection())
        .optional()?;
    Ok(row.and_then(summary))
}

/// Writes where a terminal stands, what it may redeem, and whether it is revoked.
pub(in crate::access) fn update_terminal(
    tx: &mut Tx,
    terminal: &TerminalSummary,
) -> Result<(), DbError> {
    let id = terminal.terminal_device_id.as_str();
    diesel::update(terminals::table.filter(terminals::terminal_device_id.eq(id)))
        .set((
            terminals::venue_code.eq(terminal.venue_code.as_str()),
            terminals::functions.eq(joined(terminal.functions.as_deref())),
            terminals::paired_at.eq(terminal.paired_at.map(Timestamp::naive_utc)),
            terminals::revoked_at.eq(terminal.revoked_at.map(Timestamp::naive_utc)),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// Gives a terminal another key; its older one is no key any more.
pub(in crate::access) fn replace_terminal_key(
    tx: &mut Tx,
    id: &str,
    key: StoredKey<'_>,
) -> Result<(), DbError> {
    diesel::update(terminals::table.filter(terminals::terminal_device_id.eq(id)))
        .set((terminals::key_prefix.eq(key.prefix), terminals::secret_hash.eq(key.secret_hash)))
        .execute(tx.connection())?;
    Ok(())
}
