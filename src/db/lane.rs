//! Batch lanes: commands that arrive while the database is at work go together into the next transaction.
//!
//! There is no timer: a lone command is run at once. A batch holds a key at most once; if a batch fails,
//! each of its commands runs alone, so that a bad one cannot fail its neighbours.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::oneshot;

use super::courier::by_courier;
use super::desk::{Batches, Desk, QueueStats, lock};
use super::error::DbError;
use super::line::Line;
use super::places::Place;
use super::session::{Mode, Session, Tx};

/// What a lane does with its commands.
pub trait LaneWork: Send + Sync + 'static {
    /// What comes in.
    type Command: Send + 'static;
    /// What goes out, one for each command.
    type Answer: Send + 'static;

    /// Batches that write are transactions, on the threads that redeem; one that reads is a single statement, which is its
    /// own snapshot, on the threads that read.
    const MODE: Mode;

    /// What a command changes; two commands with one key never share a batch, and keep their order.
    fn key<'c>(&self, command: &'c Self::Command) -> Option<&'c str>;

    /// Runs a batch and answers each command, in their order.
    ///
    /// # Errors
    /// A failure of the database; refusals are answers.
    fn run(&self, tx: &mut Tx, batch: &[Self::Command]) -> Result<Vec<Self::Answer>, DbError>;
}

/// A lane waits for who takes a crowd's answers, and for no longer than this.
const MOST_WAIT: Duration = Duration::from_millis(100);
/// One of so many places of a lane that writes is for a crowd that stays: with more, who is taken on waits longer.
const ONE_OF_WRITES: usize = 16;
/// The same of a lane that reads: with fewer, fewer are answered.
const ONE_OF_READS: usize = 8;
/// Times that a command is run again when it and another transaction stood in each other's way.
const TRIES: u32 = 4;
/// Commands of a failed batch that may run out of time, one by one, before the rest is told the same.
const MOST_LATE: usize = 2;

/// What a lane has done since the server started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LaneStats {
    /// Batches run.
    pub batches: u64,
    /// Commands run in them.
    pub commands: u64,
    /// Batches that failed and were run one by one.
    pub failed_batches: u64,
}

#[derive(Debug, Default)]
struct Counters {
    batches: AtomicU64,
    commands: AtomicU64,
    failed_batches: AtomicU64,
}

/// The way into a lane.
pub struct Lane<W: LaneWork> {
    queues: Vec<Arc<Queue<W>>>,
    work: Arc<W>,
}

impl<W: LaneWork> fmt::Debug for Lane<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lane").field("queue", &self.queue_stats()).finish_non_exhaustive()
    }
}

impl<W: LaneWork> Lane<W> {
    /// Opens a lane on these desks, each of which has a thread; commands are spread over them by key.
    pub(super) fn open(work: W, desks: &[Arc<Desk>], batch: usize, capacity: usize) -> Self {
        let work = Arc::new(work);
        let capacity = capacity.div_ceil(desks.len().max(1));
        let one_of = match W::MODE {
            Mode::Write => ONE_OF_WRITES,
            Mode::Read => ONE_OF_READS,
        };
        let queues = desks
            .iter()
            .zip(Line::several(desks.len(), batch, capacity, one_of))
            .map(|(desk, line)| {
                let queue = Arc::new(Queue {
                    work: Arc::clone(&work),
                    line: Mutex::new(line),
                    desk: Arc::clone(desk),
                    counters: Counters::default(),
                });
                let batches: Arc<dyn Batches> = Arc::<Queue<W>>::clone(&queue);
                desk.attach(batches);
                queue
            })
            .collect();
        Self { queues, work }
    }

    /// Runs a command in the next batch and waits for its answer.
    ///
    /// # Errors
    /// [`DbError::Busy`] at once when the queue is full; else the database's.
    pub async fn submit(&self, command: W::Command) -> Result<W::Answer, DbError> {
        let mut hasher = DefaultHasher::new();
        self.work.key(&command).hash(&mut hasher);
        let lanes = u64::try_from(self.queues.len()).unwrap_or(1).max(1);
        let index = usize::try_from(hasher.finish() % lanes).unwrap_or(0);
        let queue = self.queues.get(index).ok_or(DbError::NoAnswer)?;
        let (sender, answer) = oneshot::channel();
        queue.push(Waiting { command, sender })?;
        let (answer, _place) = by_courier(answer).await.map_err(|_| DbError::NoAnswer)?;
        answer
    }

    /// Asks for room for one more command, before work is spent on what goes with it.
    ///
    /// # Errors
    /// [`DbError::Busy`] when every queue is full.
    pub fn ask_for_room(&self) -> Result<(), DbError> {
        let has_room = |queue: &Arc<Queue<W>>| lock(&queue.line).ask_for_room().is_ok();
        if self.queues.iter().any(has_room) { Ok(()) } else { Err(DbError::Busy) }
    }

    /// How full the lane's queues are, taken together.
    #[must_use]
    pub fn queue_stats(&self) -> QueueStats {
        let sum = |sum: QueueStats, queue: &Arc<Queue<W>>| {
            let QueueStats { waiting, capacity } = queue.stats();
            QueueStats { waiting: sum.waiting + waiting, capacity: sum.capacity + capacity }
        };
        self.queues.iter().fold(QueueStats { waiting: 0, capacity: 0 }, sum)
    }

    /// What the lane has done so far.
    #[must_use]
    pub fn stats(&self) -> LaneStats {
        self.queues.iter().fold(LaneStats::default(), |sum, queue| LaneStats {
            batches: sum.batches + queue.counters.batches.load(Ordering::Relaxed),
            commands: sum.commands + queue.counters.commands.load(Ordering::Relaxed),
            failed_batches: sum.failed_batches
                + queue.counters.failed_batches.load(Ordering::Relaxed),
        })
    }
}

struct Waiting<W: LaneWork> {
    command: W::Command,
    sender: Sender<W>,
}

type Told<W> = Result<<W as LaneWork>::Answer, DbError>;
type Sender<W> = oneshot::Sender<(Told<W>, Place)>;

/// The way back of an answer, with the place that is free once it was taken.
struct Reply<W: LaneWork> {
    sender: Sender<W>,
    place: Place,
}

impl<W: LaneWork> Reply<W> {
    /// A client that has gone away has dropped its receiver, and its answer may be dropped too.
    fn tell(self, answer: Told<W>) {
        drop(self.sender.send((answer, self.place.told())));
    }
}

struct Queue<W: LaneWork> {
    work: Arc<W>,
    line: Mutex<Line<Waiting<W>>>,
    desk: Arc<Desk>,
    counters: Counters,
}

impl<W: LaneWork> Queue<W> {
    fn push(&self, entry: Waiting<W>) -> Result<(), DbError> {
        self.desk.submit_to_lane(|| lock(&self.line).push(entry))
    }

    fn stats(&self) -> QueueStats {
        lock(&self.line).stats()
    }

    fn take_batch(&self) -> (Vec<W::Command>, Vec<Reply<W>>) {
        let batch = lock(&self.line).take_batch(|entry| self.work.key(&entry.command));
        let reply = |(Waiting { command, sender }, place): (Waiting<W>, Place)| {
            (command, Reply { sender, place })
        };
        batch.into_iter().map(reply).unzip()
    }

    fn run_batch(
        &self,
        session: &mut Session,
        commands: &[W::Command],
    ) -> Result<Vec<W::Answer>, DbError> {
        let work = |tx: &mut Tx| {
            let answers = self.work.run(tx, commands)?;
            if answers.len() == commands.len() { Ok(answers) } else { Err(DbError::NoAnswer) }
        };
        // A panic is a failure like any other here: the transaction is dropped with its connection.
        let run = || match W::MODE {
            Mode::Write => session.transaction(Mode::Write, work),
            Mode::Read => session.read_one(work),
        };
        catch_unwind(AssertUnwindSafe(run)).unwrap_or(Err(DbError::NoAnswer))
    }

    fn run_next_batch(&self, session: &mut Session) {
        let (commands, replies) = self.take_batch();
        // Another thread at the desk has taken them all.
        if commands.is_empty() {
            return;
        }
        let size = u64::try_from(commands.len()).unwrap_or(u64::MAX);
        self.counters.batches.fetch_add(1, Ordering::Relaxed);
        self.counters.commands.fetch_add(size, Ordering::Relaxed);
        match self.run_batch(session, &commands) {
            Ok(answers) => session.once_on_disk(|told| match told {
                Ok(()) => {
                    for (reply, answer) in replies.into_iter().zip(answers) {
                        reply.tell(Ok(answer));
                    }
                }
                Err(cause) => tell_all::<W>(replies, || DbError::OutcomeUnknown(cause.clone())),
            }),
            Err(DbError::OutcomeUnknown(cause)) => {
                tell_all::<W>(replies, || DbError::OutcomeUnknown(cause.clone()));
            }
            Err(DbError::Unavailable(cause)) => {
                tell_all::<W>(replies, || DbError::Unavailable(cause.clone()));
            }
            Err(DbError::StorageFull) => {
                session.storage().note(&DbError::StorageFull);
                tell_all::<W>(replies, || DbError::StorageFull);
            }
            // A lone command has had its time.
            Err(DbError::TimedOut(cause)) if replies.len() == 1 => {
                self.counters.failed_batches.fetch_add(1, Ordering::Relaxed);
                tell_all::<W>(replies, || DbError::TimedOut(cause.clone()));
            }
            Err(error) => {
                self.counters.failed_batches.fetch_add(1, Ordering::Relaxed);
                log::warn!("a batch of {size} failed and is run one by one: {error}");
                self.run_one_by_one(session, &commands, replies);
            }
        }
    }

    /// One that has to wait for a lock cannot fail its neighbours; where all have to, the lane does not stand still for
    /// as many times as there are commands.
    fn run_one_by_one(
        &self,
        session: &mut Session,
        commands: &[W::Command],
        replies: Vec<Reply<W>>,
    ) {
        let (mut late, mut cause) = (0, String::new());
        for (reply, command) in replies.into_iter().zip(commands) {
            let answer = if late < MOST_LATE {
                self.run_alone(session, command)
            } else {
                Err(DbError::TimedOut(cause.clone()))
            };
            if let Err(DbError::TimedOut(text)) = &answer {
                late += 1;
                cause.clone_from(text);
            }
            session.once_on_disk(|told| {
                reply.tell(told.map_err(DbError::OutcomeUnknown).and(answer));
            });
        }
    }

    fn run_alone(&self, session: &mut Session, command: &W::Command) -> Result<W::Answer, DbError> {
        let alone = std::slice::from_ref(command);
        let mut tries = 1;
        loop {
            match self.run_batch(session, alone) {
                Err(DbError::Contention(_)) if tries < TRIES => tries += 1,
                outcome => {
                    return outcome?.pop().ok_or(DbError::NoAnswer);
                }
            }
        }
    }
}

fn tell_all<W: LaneWork>(replies: Vec<Reply<W>>, error: impl Fn() -> DbError) {
    for reply in replies {
        reply.tell(Err(error()));
    }
}

impl<W: LaneWork> Batches for Queue<W> {
    fn is_waiting(&self) -> bool {
        lock(&self.line).is_waiting()
    }

    fn run_next(&self, session: &mut Session) {
        self.run_next_batch(session);
        // Threads that read share a line, and each would wait for the takers of all.
        if W::MODE == Mode::Read {
            return;
        }
        let places = lock(&self.line).places_of_a_crowd();
        if let Some(places) = places {
            places.wait_for_takers(MOST_WAIT);
        }
    }
}
