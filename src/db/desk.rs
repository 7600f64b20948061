//! The desk where work waits for a database thread: back-office jobs one by one, batches of the lane before them.
//!
//! Comes in: boxed jobs and the lane's queue. Goes out, to the threads that stand at the desk: what to do next.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::error::DbError;
use super::session::Session;

/// A piece of work on a session, with its answer's way back inside.
pub(super) type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// A queue of commands that is worked off in batches.
pub(super) trait Batches: Send + Sync {
    /// Whether a command is waiting.
    fn is_waiting(&self) -> bool;
    /// Takes what is waiting, up to a batch, and runs it.
    fn run_next(&self, session: &mut Session);
}

/// At the latest after this many batches one waiting job has its turn.
const BATCHES_BEFORE_A_JOB: u32 = 4;

/// How full a queue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueStats {
    /// What waits now.
    pub waiting: usize,
    /// What may wait at most.
    pub capacity: usize,
}

impl QueueStats {
    pub(super) fn ask_for_room(self) -> Result<(), DbError> {
        if self.waiting < self.capacity { Ok(()) } else { Err(DbError::Busy) }
    }
}

/// See the module.
pub(super) struct Desk {
    state: Mutex<State>,
    wake: Condvar,
    capacity: usize,
    /// Batches that may run at once: what arrives meanwhile gathers for the next.
    most_batches: usize,
}

struct State {
    jobs: VecDeque<Job>,
    lane: Option<Arc<dyn Batches>>,
    batches_since_job: u32,
    batches_running: usize,
    is_closing: bool,
}

enum Task {
    Job(Job),
    Batch(Arc<dyn Batches>),
    GoHome,
}

/// A mutex's content, also after a thread panicked with it: no state here is ever half changed.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    pub(super) fn new(capacity: usize, most_batches: usize) -> Self {
        let state = State {
            jobs: VecDeque::new(),
            lane: None,
            batches_since_job: 0,
            batches_running: 0,
            is_closing: false,
        };
        Self { state: Mutex::new(state), wake: Condvar::new(), capacity, most_batches }
    }

    /// Puts the lane's queue on this desk.
    pub(super) fn attach(&self, lane: Arc<dyn Batches>) {
        lock(&self.state).lane = Some(lane);
        self.wake.notify_all();
    }

    /// The state, unless the threads are being sent home.
    fn while_open(&self) -> Result<MutexGuard<'_, State>, DbError> {
        let state = lock(&self.state);
        if state.is_closing { Err(DbError::NoAnswer) } else { Ok(state) }
    }

    /// Queues a job.
    pub(super) fn submit(&self, job: Job) -> Result<(), DbError> {
        let mut state = self.while_open()?;
        self.stats_of(&state).ask_for_room()?;
        state.jobs.push_back(job);
        drop(state);
        self.wake.notify_one();
        Ok(())
    }

    /// Makes this job the next task, however long the queue is.
    pub(super) fn submit_next(&self, job: Job) -> Result<(), DbError> {
        let mut state = self.while_open()?;
        state.jobs.push_front(job);
        state.batches_since_job = BATCHES_BEFORE_A_JOB;
        drop(state);
        self.wake.notify_one();
        Ok(())
    }

    /// Queues a command of the lane by this closure, and tells a thread, unless those that may will look by themselves.
    pub(super) fn submit_to_lane(
        &self,
        push: impl FnOnce() -> Result<(), DbError>,
    ) -> Result<(), DbError> {
        let state = self.while_open()?;
        push()?;
        let may_run = state.batches_running < self.most_batches;
        drop(state);
        if may_run {
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Sends the threads home once nothing waits any more.
    pub(super) fn close(&self) {
        lock(&self.state).is_closing = true;
        self.wake.notify_all();
    }

    pub(super) fn stats(&self) -> QueueStats {
        self.stats_of(&lock(&self.state))
    }

    /// Whether a batch of the lane runs, or is waiting to.
    pub(super) fn has_batches(&self) -> bool {
        let state = lock(&self.state);
        state.batches_running > 0 || state.lane.as_ref().is_some_and(|lane| lane.is_waiting())
    }

    fn stats_of(&self, state: &State) -> QueueStats {
        QueueStats { waiting: state.jobs.len(), capacity: self.capacity }
    }

    /// The next task of a thread, which may just have run a batch.
    fn next(&self, has_run_a_batch: bool) -> Task {
        let mut state = lock(&self.state);
        state.batches_running -= usize::from(has_run_a_batch);
        loop {
            if let Some(task) = self.choose(&mut state) {
                return task;
            }
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn choose(&self, state: &mut State) -> Option<Task> {
        let may_run = state.batches_running < self.most_batches;
        let lane = state.lane.as_ref().filter(|lane| may_run && lane.is_waiting()).cloned();
        let is_lane_waiting = lane.is_some();
        let jobs_may_wait = state.jobs.is_empty() || state.batches_since_job < BATCHES_BEFORE_A_JOB;
        if let Some(lane) = lane
            && jobs_may_wait
        {
            state.batches_since_job = state.batches_since_job.saturating_add(1);
            state.batches_running += 1;
            self.wake_another(!state.jobs.is_empty());
            return Some(Task::Batch(lane));
        }
        if let Some(job) = state.jobs.pop_front() {
            state.batches_since_job = 0;
            self.wake_another(is_lane_waiting);
            return Some(Task::Job(job));
        }
        state.is_closing.then_some(Task::GoHome)
    }

    /// Who was woken for one thing may have taken another.
    fn wake_another(&self, something_is_left: bool) {
        if something_is_left {
            self.wake.notify_one();
        }
    }

    /// What a thread does all day.
    pub(super) fn work_off(&self, mut session: Session) {
        let mut has_run_a_batch = false;
        loop {
            let task = self.next(has_run_a_batch);
            has_run_a_batch = matches!(task, Task::Batch(_));
            let outcome = catch_unwind(AssertUnwindSafe(|| match task {
                Task::Job(job) => {
                    job(&mut session);
                    true
                }
                Task::Batch(lane) => {
                    lane.run_next(&mut session);
                    true
                }
                Task::GoHome => false,
            }));
            match outcome {
                Ok(true) => {}
                Ok(false) => return,
                // The panic has dropped the transaction with its connection: the next task opens a new one.
                Err(_) => log::error!("a database job panicked; its transaction was rolled back"),
            }
        }
    }
}
