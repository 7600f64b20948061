//! Fills a database as years would: tickets, nearly all of them with a QR code that was redeemed.
//!
//! The rows are written by the use cases that write them in the server, in large transactions.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::error::BenchError;
use super::number::float;
use super::order::numbers_in_no_order;
use super::world::World;
use crate::config::write_private_file;
use crate::db::{DbError, Session, Tx};
use crate::kernel::{TicketCode, Timestamp, sortable_id};
use crate::redemption::{Attempt, Scan, ScanDetails, VenueFinding, redeem};
use crate::tickets::{
    CodeRun, Customer, IssueCode, Mint, TicketStatus, count_mint, issue_code, mint_chunk,
    take_codes,
};
use crate::token::{Claims, Tokens};

/// Tickets of one transaction.
const CHUNK: i64 = 1000;
/// Of the tickets that fill the database, so large a part is left unused, for the scans that are measured: the newest, as
/// what was sold long ago was used long ago.
const UNUSED_PART: i64 = 20;
/// How long codes are good.
const LIFETIME: TimeDelta = TimeDelta::days(1);

/// Writes tickets, codes and redemptions into the benchmark's own database.
#[derive(Debug)]
pub(super) struct Filler<'f> {
    pub(super) session: &'f mut Session,
    pub(super) world: &'f World,
    pub(super) tokens: &'f Tokens,
    pub(super) now: Timestamp,
}

impl Filler<'_> {
    /// Takes the codes of so many tickets.
    pub(super) fn take_codes(&mut self, quantity: i64) -> Result<CodeRun, BenchError> {
        let (world, now) = (self.world, self.now);
        let day = now.day_in(chrono_tz::UTC);
        Ok(self.session.write(|tx| take_codes(tx, &world.product, quantity, day, now))?)
    }

    /// Writes the `from`th up to the `from + count`th ticket of a run in one transaction.
    pub(super) fn mint(&mut self, run: &CodeRun, part: (i64, i64)) -> Result<(), BenchError> {
        let (world, now) = (self.world, self.now);
        Ok(self.session.write(|tx| mint(tx, world, run, part, now))?)
    }

    /// Fresh tickets with their codes.
    pub(super) fn codes(&mut self, quantity: i64) -> Result<Vec<Claims>, BenchError> {
        let (world, tokens, now) = (self.world, self.tokens, self.now);
        let mut claims = Vec::new();
        self.in_chunks(quantity, |tx, run, numbers| {
            let codes = numbers.filter_map(|number| run.code(number));
            claims.extend(issue_all(tx, world, tokens, codes, now)?);
            Ok(())
        })?;
        Ok(claims)
    }

    /// Writes so many tickets, redeems nearly all of them, and gives their run.
    pub(super) fn used(
        &mut self,
        quantity: i64,
        progress: &dyn Fn(f64),
    ) -> Result<CodeRun, BenchError> {
        let (world, tokens, now) = (self.world, self.tokens, self.now);
        self.in_chunks(quantity, |tx, run, numbers| {
            progress(float(numbers.start) / float(quantity));
            let used = numbers.filter(|number| *number < first_unused(quantity));
            let codes = used.filter_map(|number| run.code(number));
            let claims = issue_all(tx, world, tokens, codes, now)?;
            let scans: Vec<Scan> = claims.into_iter().map(|one| scan(world, one)).collect();
            redeem(tx, &scans, now)?;
            Ok(())
        })
    }

    /// Mints so many tickets, chunk by chunk, each in a transaction that ends with this for the numbers of its tickets.
    fn in_chunks(
        &mut self,
        quantity: i64,
        mut end: impl FnMut(&mut Tx, &CodeRun, Range<i64>) -> Result<(), BenchError>,
    ) -> Result<CodeRun, BenchError> {
        let run = self.take_codes(quantity)?;
        let (world, now) = (self.world, self.now);
        let mut from = 0;
        while from < quantity {
            let count = CHUNK.min(quantity - from);
            self.session.write(|tx| {
                mint(tx, world, &run, (from, count), now)?;
                end(tx, &run, from..from + count)
            })?;
            from += count;
        }
        Ok(run)
    }
}

fn mint(
    tx: &mut Tx,
    world: &World,
    run: &CodeRun,
    part: (i64, i64),
    now: Timestamp,
) -> Result<(), DbError> {
    let mint = Mint {
        batch_id: format!("B-{}", sortable_id()),
        product: Arc::clone(&world.product),
        status: TicketStatus::Active,
        customer: Customer::default(),
        valid_from: None,
        valid_until: None,
    };
    let written = mint_chunk(tx, (&world.partner, &mint), run, part, now)?;
    count_mint(tx, &world.partner, (mint.product.product_id, written), now)
}

fn issue_all(
    tx: &mut Tx,
    world: &World,
    tokens: &Tokens,
    codes: impl Iterator<Item = TicketCode>,
    now: Timestamp,
) -> Result<Vec<Claims>, BenchError> {
    let mut claims = Vec::new();
    for ticket_code in codes {
        let command = IssueCode { ticket_code, lifetime: LIFETIME, sealing: tokens.next_seal()? };
        claims.push(issue_code(tx, &world.issuing, command, now)?.claims);
    }
    Ok(claims)
}

/// A scan as the terminal of this run would send it.
pub(super) fn scan(world: &World, claims: Claims) -> Scan {
    let attempt = Attempt {
        claims,
        function_code: world.function.clone(),
        venue: VenueFinding::Known { venue: Arc::clone(&world.venue), functions: None },
    };
    let details = ScanDetails {
        terminal_device_id: world.terminal_device_id.clone(),
        scan_id: Some(sortable_id()),
        scanned_at: None,
    };
    Scan::new(&world.scanning, attempt, details)
}

/// What the database was filled with, kept beside the benchmark's other files from one run to the next.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct Stock {
    runs: Vec<StockedRun>,
}

#[derive(Debug, Deserialize, Serialize)]
struct StockedRun {
    #[serde(flatten)]
    run: CodeRun,
    /// How many of its unused tickets were handed out.
    taken: usize,
}

impl Stock {
    /// What an earlier run left; nothing where the database is new.
    pub(super) fn read(path: &Path, is_new: bool) -> Self {
        let text = if is_new { None } else { fs::read_to_string(path).ok() };
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), BenchError> {
        let json = serde_json::to_vec(self).unwrap_or_default();
        write_private_file(path, &json)
            .map_err(|source| BenchError::Io { path: path.display().to_string(), source })
    }

    pub(super) fn tickets(&self) -> i64 {
        self.runs.iter().map(|stocked| stocked.run.quantity).sum()
    }

    pub(super) fn add(&mut self, run: CodeRun) {
        self.runs.push(StockedRun { run, taken: 0 });
    }

    /// Hands out unused tickets from all over those that are.
    pub(super) fn take(&mut self, most: i64) -> Vec<String> {
        let whole = self.tickets().max(1);
        let mut codes = Vec::new();
        for StockedRun { run, taken } in &mut self.runs {
            let first = first_unused(run.quantity);
            let unused = count(run.quantity - first);
            let share = count(most * run.quantity / whole).min(unused - *taken);
            let numbers = numbers_in_no_order(unused).skip(*taken).take(share);
            let its_codes =
                numbers.filter_map(|number| run.code(first + i64::try_from(number).ok()?));
            codes.extend(its_codes.map(|code| code.to_string()));
            *taken += share;
        }
        codes
    }
}

/// The first of so many tickets that is left unused.
fn first_unused(quantity: i64) -> i64 {
    quantity - quantity / UNUSED_PART
}

fn count(quantity: i64) -> usize {
    usize::try_from(quantity).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn stock_is_handed_out_once_and_from_all_over() {
        let mut stock = Stock::default();
        let run = |first_sequence, quantity| CodeRun {
            code_prefix: "OTA-BN-20261121".to_owned(),
            first_sequence,
            quantity,
        };
        stock.add(run(1, 20_000));
        stock.add(run(20_001, 20_000));
        let first = stock.take(1000);
        let second = stock.take(5000);
        assert_eq!((first.len(), second.len(), stock.take(1).len()), (1000, 1000, 0));
        let all: HashSet<&String> = first.iter().chain(&second).collect();
        assert_eq!(all.len(), 2000, "each once");
        let early = first.iter().filter(|code| code.as_str() <= "OTA-BN-20261121-019250").count();
        assert!((100..150).contains(&early), "a quarter of the first run's share: {early}");
        assert!(all.iter().all(|code| code.as_str() > "OTA-BN-20261121-019000"), "the newest");
        assert_eq!(stock.tickets(), 40_000);
    }
}
