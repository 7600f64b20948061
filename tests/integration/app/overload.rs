//! More than a server can do: what it took on is done, the rest is refused at once, and then all is as before.

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use serde_json::{Value, json};
use ticketgate::db::{
    Db, DbError, DbSettings, LaneStats, QueueStats, Session, Statement, Timeouts,
};

use crate::support::process::eventually;
use crate::support::socket::{connect, read_answer};
use crate::support::{Reply, TestApp, assert_unavailable, within_a_second};

/// Scans, looks, reads and writes that may wait in these tests, as many of each.
const QUEUE: usize = 4;

/// A demo whose queues are short, with one thread of each kind, and patience with locks.
fn small() -> TestApp {
    let long = Duration::from_mins(5);
    let timeouts = Timeouts { lock: long, statement: long, ..Timeouts::default() };
    TestApp::with_database(|usual| DbSettings {
        pool: 1,
        lanes: 1,
        queue: QUEUE,
        timeouts,
        ..usual
    })
}

/// Work that has begun and does not end before it is told to.
struct Held {
    go_on: Sender<()>,
    thread: JoinHandle<()>,
}

impl Held {
    fn begin(work: impl FnOnce(Sender<()>, Receiver<()>) + Send + 'static) -> Self {
        let ((say_begun, begun), (go_on, may_go_on)) = (channel(), channel());
        let thread = spawn(move || work(say_begun, may_go_on));
        begun.recv().unwrap();
        Self { go_on, thread }
    }

    /// Somebody else's transaction, which has locked every ticket.
    fn tickets(app: &TestApp) -> Self {
        let mut session = Session::new(app.database.target());
        Self::begin(move |begun, go_on| {
            let held = session.write(|tx| {
                Statement::new("UPDATE tickets SET event_seq = event_seq").execute(tx)?;
                begun.send(()).unwrap();
                go_on.recv().unwrap();
                Ok::<(), DbError>(())
            });
            held.unwrap();
        })
    }

    /// The server's one thread for reads.
    fn reads(app: &TestApp) -> Self {
        let db = app.app.db.clone();
        Self::begin(move |begun, go_on| {
            let read = db.read(move |_| {
                begun.send(()).unwrap();
                go_on.recv().unwrap();
                Ok::<(), DbError>(())
            });
            actix_web::rt::System::new().block_on(read).unwrap();
        })
    }

    /// The server's one thread for the back office's writes.
    fn writes(app: &TestApp) -> Self {
        let db = app.app.db.clone();
        Self::begin(move |begun, go_on| {
            let write = db.write(move |_| {
                begun.send(()).unwrap();
                go_on.recv().unwrap();
                Ok::<(), DbError>(())
            });
            actix_web::rt::System::new().block_on(write).unwrap();
        })
    }

    fn release(self) {
        self.go_on.send(()).unwrap();
        self.thread.join().unwrap();
    }
}

/// Sends requests at once, and waits until so many wait.
fn send_and_wait<T: Send + 'static>(
    requests: Vec<T>,
    send: impl Fn(T) -> Reply + Clone + Send + 'static,
    waiting: impl Fn() -> usize,
) -> Vec<JoinHandle<Reply>> {
    let expected = requests.len();
    let mut replies = Vec::new();
    for request in requests {
        let send = send.clone();
        replies.push(spawn(move || send(request)));
    }
    while waiting() < expected {
        std::thread::yield_now();
    }
    replies
}

#[track_caller]
fn all_answered(sent: Vec<JoinHandle<Reply>>) {
    for reply in sent {
        reply.join().unwrap().expect(200);
    }
}

/// A refusal for want of room, whole.
#[track_caller]
fn is_busy(reply: &Reply) {
    assert_eq!(assert_unavailable(reply), "the server is busy; try again shortly");
}

/// The status of a scan with a key that nobody has, on a connection that stays.
fn scan_as_a_stranger(connection: &mut TcpStream) -> String {
    let scan = "POST /venue/scan HTTP/1.1\r\nHost: localhost\r\nX-Terminal-Key: nobody's\r\n\
                Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    connection.write_all(scan.as_bytes()).unwrap();
    let answer = read_answer(connection).unwrap();
    let (status, _) = answer.split_once("\r\n").unwrap();
    status.strip_prefix("HTTP/1.1 ").unwrap().to_owned()
}

fn results(app: &TestApp) -> Vec<Value> {
    let list = app.client().get("/venue/analytics/redemptions?limit=500").expect(200);
    let items = list.body["items"].as_array().unwrap();
    items.iter().map(|event| event["result"].clone()).collect()
}

#[test]
fn scans_beyond_the_queue_are_refused_at_once_and_those_within_it_redeemed() {
    let app = small();
    let (partner, gate) = (app.partner(), app.gate());
    let tokens = partner.tokens(QUEUE + 1);
    gate.look(&tokens[0]).expect(200);
    let held = Held::tickets(&app);
    let scan = {
        let gate = gate.clone();
        move |token: String| gate.scan(&token, "ferry")
    };
    let stats = || app.app.gate.stats();
    let first = send_and_wait(tokens[..1].to_vec(), scan.clone(), || {
        usize::try_from(stats().1.batches).unwrap()
    });
    // The one under way has a place too.
    let waiting = send_and_wait(tokens[1..QUEUE].to_vec(), scan, || stats().0.waiting - 1);
    for _ in 0..3 {
        is_busy(&gate.scan(&tokens[QUEUE], "ferry"));
        is_busy(&gate.scan("junk", "ferry"));
    }
    let mut stranger = connect(&app.base);
    for _ in 0..3 {
        assert_eq!(scan_as_a_stranger(&mut stranger), "503 Service Unavailable");
    }
    gate.look(&tokens[0]).expect(200);
    app.client().get("/healthz").expect(200);
    held.release();
    all_answered(first);
    all_answered(waiting);
    assert_eq!(scan_as_a_stranger(&mut stranger), "401 Unauthorized");
    gate.scan(&tokens[QUEUE], "ferry").expect(200);
    assert_eq!(gate.scan("junk", "ferry").verdict(), (422, "QR_DECRYPTION_FAILED"));
    assert_eq!(results(&app), vec![json!("success"); QUEUE + 1]);
}

#[test]
fn within_a_second_after_a_crowd_that_stayed_all_is_as_before() {
    let app =
        TestApp::with_database(|usual| DbSettings { lanes: 1, batch: 1, queue: QUEUE, ..usual });
    let (partner, gate) = (app.partner(), app.gate());
    let tokens = partner.tokens(6 * QUEUE);
    let (crowd, later) = tokens.split_at(4 * QUEUE);
    let stats = || app.app.gate.stats().0;
    let (refused, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let scan_all_the_time = |token: &String| {
        while !is_over.load(Ordering::Relaxed) {
            let reply = gate.scan(token, "ferry");
            if reply.status == 503 {
                is_busy(&reply);
                refused.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        for token in crowd {
            scope.spawn(|| scan_all_the_time(token));
        }
        let is_crowded = || stats().capacity < QUEUE && refused.load(Ordering::Relaxed) > 100;
        eventually("a crowd that stays", || is_crowded().then_some(()));
        is_over.store(true, Ordering::Relaxed);
    });
    let usual = QueueStats { waiting: 0, capacity: QUEUE };
    within_a_second("an empty queue with every place", || (stats() == usual).then_some(()));
    for token in later {
        gate.scan(token, "ferry").expect(200);
    }
}

#[test]
fn looks_beyond_the_queue_are_refused_at_once_and_leave_room_for_what_stands_behind_scans() {
    let app = small();
    let (partner, gate) = (app.partner(), app.gate());
    let tokens = partner.tokens(QUEUE + 1);
    gate.look(&tokens[0]).expect(200);
    let held = Held::reads(&app);
    let look = {
        let gate = gate.clone();
        move |token: String| gate.look(&token)
    };
    let stats = || app.app.lookout.stats();
    let waiting = send_and_wait(tokens[..QUEUE].to_vec(), look, || stats().0.waiting);
    for _ in 0..3 {
        is_busy(&gate.look(&tokens[QUEUE]));
        is_busy(&gate.look("junk"));
    }
    let reads: Vec<_> = (0..QUEUE).map(|_| queue_read(&app.app.db)).collect();
    while app.app.db.queue_stats().0.waiting < QUEUE {
        std::thread::yield_now();
    }
    assert!(matches!(queue_read(&app.app.db).join().unwrap(), Err(DbError::Busy)));
    held.release();
    all_answered(waiting);
    for read in reads {
        read.join().unwrap().unwrap();
    }
    gate.look(&tokens[QUEUE]).expect(200);
    let expected = LaneStats { batches: 3, commands: 6, failed_batches: 0 };
    assert_eq!(stats().1, expected, "those that waited went together");
}

/// A read such as those behind every scan.
fn queue_read(db: &Db) -> JoinHandle<Result<(), DbError>> {
    let db = db.clone();
    spawn(move || {
        let read = db.read(|_| Ok::<(), DbError>(()));
        actix_web::rt::System::new().block_on(read)
    })
}

#[test]
fn writes_of_the_back_office_beyond_the_queue_are_refused_at_once() {
    let app = small();
    let partner = app.partner();
    let codes = partner.generate(QUEUE + 1);
    partner.token(&codes[0]);
    let held = Held::writes(&app);
    let issue = {
        let partner = partner.clone();
        move |code: String| partner.issue(&code)
    };
    let waits = || app.app.db.queue_stats().1.waiting;
    let waiting = send_and_wait(codes[..QUEUE].to_vec(), issue, waits);
    for _ in 0..3 {
        is_busy(&partner.issue(&codes[QUEUE]));
    }
    assert_eq!(waits(), QUEUE);
    held.release();
    all_answered(waiting);
    partner.issue(&codes[QUEUE]).expect(200);
}

#[test]
fn a_scan_that_waits_too_long_for_a_lock_is_told_so_and_succeeds_later() {
    let timeouts = Timeouts { lock: Duration::from_millis(200), ..Timeouts::default() };
    let app = TestApp::with_database(|usual| DbSettings { timeouts, ..usual });
    let (partner, gate) = (app.partner(), app.gate());
    let token = partner.token(&partner.ticket());
    let held = Held::tickets(&app);
    let late = gate.scan(&token, "ferry");
    assert_eq!(assert_unavailable(&late), "the database took too long; try again shortly");
    held.release();
    gate.scan(&token, "ferry").expect(200);
    assert_eq!(results(&app), [json!("success")]);
}
