//! Queries on the queue of jobs.

use diesel::prelude::*;

use crate::db::schema::jobs;
use crate::db::{DbError, Tx};
use crate::kernel::Timestamp;

/// A job to queue.
#[derive(Debug)]
pub(super) struct NewJob<'j> {
    pub(super) id: &'j str,
    pub(super) kind: &'j str,
    pub(super) subject: &'j str,
    pub(super) owner: &'j str,
    pub(super) until: Timestamp,
}

pub(super) fn insert(tx: &mut Tx, job: &NewJob<'_>, now: Timestamp) -> Result<(), DbError> {
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(job.id),
            jobs::kind.eq(job.kind),
            jobs::subject.eq(job.subject),
            jobs::lease_owner.eq(job.owner),
            jobs::lease_until.eq(job.until.naive_utc()),
            jobs::created_at.eq(now.naive_utc()),
        ))
        .execute(tx.connection())?;
    Ok(())
}

/// Ids and subjects of jobs whose lease has run out, oldest first.
pub(super) fn abandoned(
    tx: &mut Tx,
    kind: &str,
    now: Timestamp,
) -> Result<Vec<(String, String)>, DbError> {
    let rows = jobs::table
        .filter(jobs::kind.eq(kind).and(jobs::lease_until.lt(now.naive_utc())))
        .order(jobs::id)
        .limit(16)
        .select((jobs::id, jobs::subject))
        .load(tx.connection())?;
    Ok(rows)
}

/// The id of the job of this kind and subject.
pub(super) fn find(tx: &mut Tx, kind: &str, subject: &str) -> Result<Option<String>, DbError> {
    let id = jobs::table
        .filter(jobs::kind.eq(kind).and(jobs::subject.eq(subject)))
        .select(jobs::id)
        .first(tx.connection())
        .optional()?;
    Ok(id)
}

pub(super) fn take_over(
    tx: &mut Tx,
    id: &str,
    owner: &str,
    (now, until): (Timestamp, Timestamp),
) -> Result<bool, DbError> {
    let still_abandoned = jobs::id.eq(id).and(jobs::lease_until.lt(now.naive_utc()));
    let changed = diesel::update(jobs::table.filter(still_abandoned))
        .set((jobs::lease_owner.eq(owner), jobs::lease_until.eq(until.naive_utc())))
        .execute(tx.connection())?;
    Ok(changed == 1)
}

pub(super) fn renew(tx: &mut Tx, id: &str, owner: &str, until: Timestamp) -> Result<bool, DbError> {
    let changed =
        diesel::update(jobs::table.filter(jobs::id.eq(id).and(jobs::lease_owner.eq(owner))))
            .set(jobs::lease_until.eq(until.naive_utc()))
            .execute(tx.connection())?;
    Ok(changed == 1)
}

pub(super) fn delete(tx: &mut Tx, id: &str, owner: &str) -> Result<bool, DbError> {
    let own = jobs::table.filter(jobs::id.eq(id).and(jobs::lease_owner.eq(owner)));
    Ok(diesel::delete(own).execute(tx.connection())? == 1)
}
