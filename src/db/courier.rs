//! Carries wake-ups to the tasks of one HTTP thread, which other threads would wake one by one.
//!
//! A worker of the HTTP server runs its tasks in a tokio `LocalSet`, which prefers those that its own thread has woken: of
//! those that another thread woke it takes one in 31 turns (`REMOTE_FIRST_INTERVAL`), as long as requests keep coming in.
//! A batch's answers would each wait for such a turn, behind new requests, the longer the more of these there are. So
//! the database's threads hand their wake-ups to the courier, a task of the HTTP thread, and wake that one alone.

use std::cell::RefCell;
use std::future::poll_fn;
use std::mem::take;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use super::desk::lock;

thread_local! {
    static OF_THIS_THREAD: RefCell<Option<Arc<Courier>>> = const { RefCell::new(None) };
}

#[derive(Default)]
struct Bag {
    wakers: Vec<Waker>,
    /// Wakes the courier; nothing while there is none.
    courier: Option<Waker>,
}

#[derive(Default)]
struct Courier {
    bag: Mutex<Bag>,
}

impl Courier {
    fn hand(&self, waker: Waker) {
        let mut bag = lock(&self.bag);
        let Some(courier) = bag.courier.clone() else {
            drop(bag);
            return waker.wake();
        };
        bag.wakers.push(waker);
        let is_first = bag.wakers.len() == 1;
        drop(bag);
        if is_first {
            courier.wake();
        }
    }

    /// Empties the bag; `courier` is to be woken when there is something in it again.
    fn deliver(&self, courier: Option<Waker>) {
        let mut bag = lock(&self.bag);
        bag.courier = courier;
        let wakers = take(&mut bag.wakers);
        drop(bag);
        wakers.into_iter().for_each(Waker::wake);
    }
}

/// What the courier has while it works.
struct Round(Arc<Courier>);

impl Drop for Round {
    fn drop(&mut self) {
        // The thread may be ending, and has no place any more.
        drop(OF_THIS_THREAD.try_with(RefCell::take));
        self.0.deliver(None);
    }
}

/// This thread's courier, to be spawned on it; nothing where it has one. Until it is dropped, what waits here for the
/// database is woken by it.
#[must_use]
pub fn courier() -> Option<impl Future<Output = ()>> {
    if OF_THIS_THREAD.with_borrow(Option::is_some) {
        return None;
    }
    let round = Round(Arc::default());
    OF_THIS_THREAD.set(Some(Arc::clone(&round.0)));
    Some(poll_fn(move |context| {
        round.0.deliver(Some(context.waker().clone()));
        Poll::Pending
    }))
}

/// A task's wake-up, by a courier.
struct Letter {
    to: Waker,
    by: Arc<Courier>,
}

impl Wake for Letter {
    fn wake(self: Arc<Self>) {
        self.by.hand(self.to.clone());
    }
}

/// Awaits what another thread will bring, woken by this thread's courier where there is one.
pub(super) async fn by_courier<T>(brought: impl Future<Output = T>) -> T {
    let mut brought = pin!(brought);
    poll_fn(|context| {
        let Some(by) = OF_THIS_THREAD.with_borrow(Clone::clone) else {
            return brought.as_mut().poll(context);
        };
        let letter = Arc::new(Letter { to: context.waker().clone(), by });
        brought.as_mut().poll(&mut Context::from_waker(&letter.into()))
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;
    use std::thread;

    use tokio::runtime::Builder;
    use tokio::sync::oneshot::{self, Receiver, Sender};
    use tokio::task::LocalSet;

    use super::*;

    const ANSWERS: usize = 100;

    fn channels() -> (Vec<Sender<()>>, Vec<Receiver<()>>) {
        (0..ANSWERS).map(|_| oneshot::channel()).unzip()
    }

    /// Runs a task behind those that were spawned before it.
    fn run<T: 'static>(tasks: &LocalSet, task: impl Future<Output = T> + 'static) -> T {
        let runtime = Builder::new_current_thread().build().unwrap();
        let task = tasks.spawn_local(task);
        tasks.block_on(&runtime, task).unwrap()
    }

    fn spawn_takers(tasks: &LocalSet, answers: Vec<Receiver<()>>) -> Rc<Cell<usize>> {
        let taken = Rc::new(Cell::new(0));
        for answer in answers {
            let taken = Rc::clone(&taken);
            tasks.spawn_local(async move {
                by_courier(answer).await.unwrap();
                taken.set(taken.get() + 1);
            });
        }
        taken
    }

    /// Has each of these sent to by another thread.
    fn send(senders: Vec<Sender<()>>) {
        let send = || senders.into_iter().try_for_each(|sender| sender.send(()));
        thread::spawn(send).join().unwrap().unwrap();
    }

    /// How many turns a task that wakes itself has until all were taken.
    async fn turns_until_taken(taken: Rc<Cell<usize>>) -> usize {
        let mut turns = 0;
        poll_fn(move |context| {
            if taken.get() == ANSWERS {
                return Poll::Ready(turns);
            }
            turns += 1;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await
    }

    #[test]
    fn answers_do_not_wait_behind_tasks_that_their_own_thread_wakes() {
        let tasks = LocalSet::new();
        tasks.spawn_local(courier().unwrap());
        let (senders, answers) = channels();
        let taken = spawn_takers(&tasks, answers);
        let turns = run(&tasks, async {
            send(senders);
            turns_until_taken(taken).await
        });
        assert!(turns < ANSWERS, "{turns} turns");
    }

    #[test]
    fn a_thread_has_one_courier_at_a_time_and_does_without_one() {
        let first = courier();
        assert!(first.is_some() && courier().is_none());
        drop(first);
        let never_polled = courier();
        assert!(never_polled.is_some());
        let (tasks, (senders, answers)) = (LocalSet::new(), channels());
        let taken = spawn_takers(&tasks, answers);
        let turns = run(&tasks, async {
            send(senders);
            turns_until_taken(taken).await
        });
        assert!(turns > ANSWERS, "{turns} turns: each waits for its own");
    }

    #[test]
    fn a_courier_that_ends_delivers_what_it_has() {
        let tasks = LocalSet::new();
        let courier = tasks.spawn_local(courier().unwrap());
        let (senders, answers) = channels();
        let taken = spawn_takers(&tasks, answers);
        let turns = run(&tasks, async move {
            send(senders);
            courier.abort();
            turns_until_taken(taken).await
        });
        assert!(turns < ANSWERS, "{turns} turns");
    }
}
