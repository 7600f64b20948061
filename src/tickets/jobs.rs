//! Erases personal data behind a request and once a day: loops of small transactions.

use chrono::TimeDelta;

use super::erase::{
    EmailWalk, OverWalk, erase_found, erase_under_lease, find_by_email, find_over, record_retention,
};
use super::error::TicketError;
use crate::access::AdminPermit;
use crate::db::{Db, DbError};
use crate::jobs::{self, JobError, Lease, Worker};
use crate::kernel::Clock;

/// The kind of the job that erases what was kept long enough.
const JOB: &str = "erase_what_is_over";
/// From one turn of that job to the next.
const TURN: TimeDelta = TimeDelta::days(1);
/// How long a walk that finds nothing goes on before it renews its lease.
const RENEW_AFTER: TimeDelta = TimeDelta::seconds(1);

/// Erases the personal data of an email address's tickets; gives of how many.
///
/// # Errors
/// The database's; what was erased until then stays so.
pub async fn erase_by_email(
    db: &Db,
    clock: &Clock,
    permit: AdminPermit,
    address: &str,
) -> Result<usize, TicketError> {
    let mut walk = EmailWalk::of(address);
    let mut erased = 0;
    while !walk.is_over() {
        let (walked, parts) = db
            .read(move |tx| {
                let parts = find_by_email(tx, &mut walk)?;
                Ok::<_, TicketError>((walk, parts))
            })
            .await?;
        walk = walked;
        for part in parts {
            let (permit, its_walk, now) = (permit.clone(), walk.clone(), clock.now());
            let write =
                db.write_and_rest(move |tx| erase_found(tx, &permit, (&its_walk, &part), now));
            erased += write.await?;
        }
    }
    Ok(erased)
}

/// How long personal data is kept, and what erasing it needs.
#[derive(Clone, Debug)]
pub struct Retention {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// This process, as its leases name it.
    pub worker: Worker,
    /// Days that it is kept once a ticket is over: its validity has ended, or it was made then and has no end.
    pub days: u32,
}

/// Erases what was kept long enough, where that is due and no other server does it; gives of how many tickets.
///
/// # Errors
/// The database's; what was erased until then stays so.
pub async fn erase_what_is_over(retention: &Retention) -> Result<Option<usize>, TicketError> {
    let (worker, now) = (retention.worker.clone(), retention.clock.now());
    let subject = format!("after {} days", retention.days);
    let claim = move |tx: &mut _| jobs::claim_recurring(tx, &worker, (JOB, &subject), now);
    let lease = match retention.db.write(claim).await {
        Ok(Some(lease)) => lease,
        // Another server has it, or was faster to put it into the queue.
        Ok(None) | Err(JobError::Database(DbError::Conflict(_))) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    match erase_all(retention, &lease).await {
        Err(TicketError::Job(JobError::LeaseLost)) => Ok(None),
        erased => erased.map(Some),
    }
}

async fn erase_all(retention: &Retention, lease: &Lease) -> Result<usize, TicketError> {
    let Retention { db, clock, .. } = retention;
    let began = clock.now();
    let mut walk = OverWalk::before(began.plus(-TimeDelta::days(retention.days.into())));
    let (mut erased, mut renewed) = (0, began);
    while !walk.is_over() {
        let (walked, parts) = db
            .read(move |tx| {
                let parts = find_over(tx, &mut walk)?;
                Ok::<_, TicketError>((walk, parts))
            })
            .await?;
        walk = walked;
        let is_old = parts.is_empty() && clock.now().since(renewed) >= RENEW_AFTER;
        for part in parts.into_iter().chain(is_old.then(Vec::new)) {
            let (its_lease, now) = (lease.clone(), clock.now());
            let write = db.write_and_rest(move |tx| erase_under_lease(tx, &its_lease, &part, now));
            erased += write.await?;
            renewed = now;
        }
    }
    let (its_lease, due) = (lease.clone(), began.plus(TURN));
    let (days, now) = (retention.days, clock.now());
    let rest = db.write(move |tx| -> Result<_, TicketError> {
        jobs::rest(tx, &its_lease, due)?;
        if erased > 0 {
            record_retention(tx, (days, erased), now)?;
        }
        Ok(())
    });
    rest.await?;
    Ok(erased)
}
