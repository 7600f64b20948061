//! The batch lane: what goes together, in which order, and who has a turn.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use actix_web::rt;
use ticketgate::db::{DbError, LaneStats};
use ticketgate::kernel::Stopwatch;

use super::notes::{Bench, Note, Then, insert, notes, sizes};
use crate::support::database::is_postgres;
use crate::support::process::eventually;

const KEYS: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

#[actix_web::test]
async fn commands_that_wait_while_a_batch_runs_go_together_into_the_next() {
    let bench = Bench::new(64, 100);
    let held = bench.hold().await;
    let answers = bench.queue(&notes(&KEYS)).await;
    bench.release();
    assert_eq!(held.await.unwrap().unwrap(), 1, "a lone command waits for nobody");
    for size in sizes(answers).await {
        assert_eq!(size.unwrap(), 10);
    }
    assert_eq!(bench.log(), ["0", "1 2 3 4 5 6 7 8 9 10"]);
    let stats = LaneStats { batches: 2, commands: 11, failed_batches: 0 };
    assert_eq!(bench.lane.stats(), stats);
    assert_eq!(bench.rows(), 11);
}

#[actix_web::test]
async fn a_batch_takes_so_many_commands_and_leaves_the_rest() {
    let bench = Bench::new(4, 100);
    bench.hold().await;
    let answers = bench.queue(&notes(&KEYS)).await;
    bench.release();
    sizes(answers).await;
    assert_eq!(bench.log(), ["0", "1 2 3 4", "5 6 7 8", "9 10"]);
}

#[actix_web::test]
async fn a_key_is_in_a_batch_once_and_its_commands_keep_their_order() {
    let bench = Bench::new(64, 100);
    bench.hold().await;
    let answers = bench.queue(&notes(&["a", "a", "b", "a", "b", "c"])).await;
    bench.release();
    for size in sizes(answers).await {
        size.unwrap();
    }
    assert_eq!(bench.log(), ["0", "1 3 6", "2 5", "4"]);
}

#[actix_web::test]
async fn a_full_queue_is_busy_at_once() {
    let bench = Bench::new(64, 4);
    bench.hold().await; // It has a place too.
    let answers = bench.queue(&notes(&["a", "b", "c"])).await;
    let late = Note { key: "d", number: 4, then: Then::Write };
    let (lane, note) = (Arc::clone(&bench.lane), late.clone());
    let refused = rt::spawn(async move { lane.submit(note).await });
    tokio::task::yield_now().await;
    assert!(refused.is_finished(), "it waits for nothing");
    let refused = refused.await.unwrap();
    assert!(matches!(refused, Err(DbError::Busy)), "{refused:?}");
    bench.release();
    for size in sizes(answers).await {
        assert_eq!(size.unwrap(), 3);
    }
    assert_eq!(bench.lane.submit(late).await.unwrap(), 1, "and takes more when it is empty again");
    assert_eq!(bench.numbers(), ["0", "1", "2", "3", "4"]);
}

#[actix_web::test]
async fn a_place_is_taken_until_the_answer_is_passed_on() {
    let bench = Bench::new(64, 1);
    let note = |key, number| Note { key, number, then: Then::Write };
    let mut answer = std::pin::pin!(bench.lane.submit(note("a", 1)));
    tokio::select! {
        biased;
        answer = &mut answer => panic!("{answer:?} at once"),
        () = std::future::ready(()) => {}
    }
    eventually("the note in the table", || (bench.rows() == 1).then_some(()));
    let refused = bench.lane.submit(note("b", 2)).await;
    assert!(matches!(refused, Err(DbError::Busy)), "{refused:?}");
    assert_eq!(answer.await.unwrap(), 1);
    assert_eq!(bench.lane.submit(note("b", 2)).await.unwrap(), 1);
}

#[actix_web::test]
async fn a_lane_waits_for_who_takes_a_crowds_answers_and_a_tenth_of_a_second_at_most() {
    // On SQLite an answer is told some time behind its batch, when it is on the disk.
    if !is_postgres() {
        return;
    }
    let bench = Bench::new(1, 8);
    bench.hold().await;
    let holding = |key, number| Note { key, number, then: Then::Hold };
    let answers = bench.queue(&[holding("a", 1), holding("b", 2)]).await;
    // Nobody takes an answer from here on: this thread would, and waits.
    let release = || {
        let released = Stopwatch::start();
        bench.release();
        bench.wait_for_a_hold();
        released.elapsed()
    };
    // This batch had begun before the crowd came.
    release();
    let waited = release();
    assert!(waited >= Duration::from_millis(100), "waited {waited:?}");
    bench.release();
    sizes(answers).await;
}

/// A back-office write that notes in the log when it had its turn.
fn back_office(bench: &Bench) -> rt::task::JoinHandle<Result<(), DbError>> {
    let (db, log) = (bench.db.clone(), Arc::clone(&bench.log));
    rt::spawn(async move {
        db.write(move |tx| {
            log.lock().unwrap().push("job".to_owned());
            insert(tx, "office", 100)
        })
        .await
    })
}

#[actix_web::test]
async fn a_back_office_write_has_its_turn_beside_a_lane_that_is_kept_full() {
    let bench = Bench::new(1, 100);
    bench.hold().await;
    let answers = bench.queue(&notes(&KEYS)).await;
    let job = back_office(&bench);
    if is_postgres() {
        // It has a thread of its own there, and is done while the lane stands still.
        job.await.unwrap().unwrap();
        assert_eq!(bench.log(), ["0", "job"]);
        bench.release();
        sizes(answers).await;
    } else {
        while bench.db.queue_stats().1.waiting == 0 {
            tokio::task::yield_now().await;
        }
        bench.release();
        sizes(answers).await;
        job.await.unwrap().unwrap();
        let expected = ["0", "1", "2", "3", "job", "4", "5", "6", "7", "8", "9", "10"];
        assert_eq!(bench.log(), expected, "scans first, but four batches at most before it");
    }
    assert_eq!(bench.rows(), 12);
}

#[actix_web::test]
async fn long_work_rests_as_long_as_it_worked_while_the_lane_is_at_work() {
    let bench = Bench::new(64, 100);
    assert!(!bench.db.is_redeeming());
    let (say_begun, begun) = channel();
    let (go_on, may_go_on) = channel::<()>();
    let db = bench.db.clone();
    let job = rt::spawn(async move {
        db.write_and_rest(move |tx| {
            let watch = Stopwatch::start();
            say_begun.send(()).unwrap();
            may_go_on.recv().unwrap();
            insert(tx, "office", 100).map(|()| watch.elapsed())
        })
        .await
    });
    tokio::task::yield_now().await;
    begun.recv().unwrap();
    // From here on the runtime's clock goes on by what is slept alone.
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    let held = Note { key: "held", number: 0, then: Then::Hold };
    let answers = bench.queue(&[held]).await;
    assert!(bench.db.is_redeeming());
    go_on.send(()).unwrap();
    let worked = job.await.unwrap().unwrap();
    let rested = before.elapsed();
    assert!(rested >= worked, "worked {worked:?}, rested {rested:?}");
    bench.release();
    sizes(answers).await;
    eventually("nothing to redeem", || (!bench.db.is_redeeming()).then_some(()));
    let before = tokio::time::Instant::now();
    bench.db.write_and_rest(|tx| insert(tx, "office", 101)).await.unwrap();
    assert_eq!(before.elapsed(), Duration::ZERO, "no scan is there");
}

#[actix_web::test]
async fn closing_finishes_what_waits() {
    let bench = Bench::new(2, 100);
    let held = bench.hold().await;
    let answers = bench.queue(&notes(&KEYS)).await;
    let job = back_office(&bench);
    tokio::task::yield_now().await;
    let db = bench.db.clone();
    let closing = std::thread::spawn(move || db.close());
    bench.release();
    held.await.unwrap().unwrap();
    for size in sizes(answers).await {
        assert_eq!(size.unwrap(), 2);
    }
    job.await.unwrap().unwrap();
    closing.join().unwrap();
    assert_eq!(bench.rows(), 12);
    let late = bench.db.write(|tx| insert(tx, "late", 200)).await;
    assert!(matches!(late, Err(DbError::NoAnswer)), "{late:?}");
}
