//! The batch lane: a command that fails, fails alone.

use ticketgate::db::DbError;

use super::notes::{Bench, Note, Then, notes, sizes};
use crate::support::database::is_postgres;

/// Notes 1 to 3, of which one ends in this way.
fn three(which: usize, then: Then) -> Vec<Note> {
    let mut notes = notes(&["a", "b", "c"]);
    notes[which].then = then;
    notes
}

#[actix_web::test]
async fn a_command_that_fails_in_a_batch_fails_alone() {
    let bench = Bench::new(64, 100);
    bench.hold().await;
    let answers = bench.queue(&three(1, Then::Fail)).await;
    bench.release();
    let sizes = sizes(answers).await;
    assert!(matches!(sizes[..], [Ok(1), Err(DbError::Conflict(_)), Ok(1)]), "{sizes:?}");
    assert_eq!(bench.log(), ["0", "1 2 3", "1", "2", "3"]);
    assert_eq!(bench.numbers(), ["0", "1", "3"]);
    assert_eq!(bench.lane.stats().failed_batches, 1);
}

#[actix_web::test]
async fn a_command_that_runs_out_of_time_in_a_batch_fails_alone() {
    let bench = Bench::new(64, 100);
    bench.hold().await;
    let answers = bench.queue(&three(1, Then::Late)).await;
    bench.release();
    let sizes = sizes(answers).await;
    assert!(matches!(sizes[..], [Ok(1), Err(DbError::TimedOut(_)), Ok(1)]), "{sizes:?}");
    assert_eq!(bench.log(), ["0", "1 2 3", "1", "2", "3"]);
}

#[actix_web::test]
async fn where_two_of_a_batch_run_out_of_time_the_rest_is_not_tried() {
    let bench = Bench::new(4, 100);
    bench.hold().await;
    let mut late = notes(&["a", "b", "c", "d", "e"]);
    for note in &mut late {
        note.then = Then::Late;
    }
    let answers = bench.queue(&late).await;
    bench.release();
    let sizes = sizes(answers).await;
    let is_late = |size: &Result<usize, DbError>| matches!(size, Err(DbError::TimedOut(_)));
    assert!(sizes.iter().all(is_late), "{sizes:?}");
    assert_eq!(bench.log(), ["0", "1 2 3 4", "1", "2", "5"], "and a lone one is tried once");
}

#[actix_web::test]
async fn a_command_that_panics_in_a_batch_fails_alone() {
    let bench = Bench::new(64, 100);
    bench.hold().await;
    let answers = bench.queue(&three(1, Then::Panic)).await;
    bench.release();
    let sizes = sizes(answers).await;
    assert!(matches!(sizes[..], [Ok(1), Err(DbError::NoAnswer), Ok(1)]), "{sizes:?}");
    assert_eq!(bench.numbers(), ["0", "1", "3"]);
    let after = bench.lane.submit(Note { key: "d", number: 4, then: Then::Write }).await;
    assert_eq!(after.unwrap(), 1, "the lane goes on");
}

#[actix_web::test]
async fn a_batch_whose_commit_has_an_unknown_outcome_is_not_run_again() {
    let bench = Bench::new(64, 100);
    bench.hold().await;
    let ending = if is_postgres() { Then::Cut } else { Then::Write };
    let answers = bench.queue(&three(2, ending)).await;
    bench.release();
    let sizes = sizes(answers).await;
    let unknown = |size: &Result<usize, DbError>| matches!(size, Err(DbError::OutcomeUnknown(_)));
    // SQLite's connection is in the process: it cannot be lost before the program is.
    assert!(sizes.iter().all(if is_postgres() { unknown } else { Result::is_ok }), "{sizes:?}");
    assert_eq!(bench.log(), ["0", "1 2 3"]);
    let after = bench.lane.submit(Note { key: "d", number: 4, then: Then::Write }).await;
    assert_eq!(after.unwrap(), 1, "the lane goes on, on a new connection");
}
