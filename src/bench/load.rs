//! Sends work over connections for a time, and records every answer.
//!
//! Without a schedule each connection sends its next request when it has its answer: the server sets the pace, and a
//! slow answer delays the requests behind it. With one, a request is due at its time whatever became of those before,
//! and its latency is counted from then: what waits because all connections are busy has waited for the server. What was
//! due and not sent when the time is over is sent behind it, for as long again, and then counts as failed.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::Value;
use tokio::task::JoinSet;

use super::error::BenchError;
use super::model::{Figure, Workload};
use super::number::{float, rounded};
use super::wire::{Answer, Wire};
use super::work::{Step, Work};
use crate::kernel::Stopwatch;

/// The longest latency that is told from longer ones, in microseconds.
const LONGEST: u64 = 600_000_000;
/// What is said of a request that was due and found every connection busy.
const NEVER_SENT: &str = "not sent: for as long as it was measured every connection was busy";
/// How often the progress is told.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// What came back.
#[derive(Debug)]
pub(super) struct Tally {
    latencies: Histogram<u64>,
    errors: u64,
    first_error: Option<String>,
    last_answer: Duration,
}

impl Tally {
    fn new() -> Self {
        #[expect(clippy::expect_used, reason = "these bounds are good ones")]
        let latencies = Histogram::new_with_bounds(1, LONGEST, 3).expect("bounds of a histogram");
        Self { latencies, errors: 0, first_error: None, last_answer: Duration::ZERO }
    }

    fn answered(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(LONGEST);
        self.latencies.saturating_record(micros);
    }

    /// Only of the first is the problem asked for: at an overload most requests fail.
    fn failed(&mut self, problem: impl FnOnce() -> String) {
        self.errors += 1;
        self.first_error.get_or_insert_with(problem);
    }

    /// Takes over what failed beside this.
    pub(super) fn failed_beside(&mut self, other: Self) {
        self.errors += other.errors;
        self.first_error = self.first_error.take().or(other.first_error);
    }

    /// Right answers in a second.
    pub(super) fn per_second(&self) -> f64 {
        float(self.latencies.len()) / self.last_answer.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    pub(super) fn figure(self, workload: Workload, connections: usize) -> Figure {
        let at = |quantile: f64| millis(self.latencies.value_at_quantile(quantile));
        Figure {
            workload,
            connections,
            requests: self.latencies.len(),
            per_second: rounded(self.per_second(), 1),
            p50_ms: at(0.5),
            p95_ms: at(0.95),
            p99_ms: at(0.99),
            p999_ms: at(0.999),
            max_ms: millis(self.latencies.max()),
            errors: self.errors,
            first_error: self.first_error,
            server_mib: None,
        }
    }
}

/// What is wrong with an answer: its own words, or the first line of its body where it has none.
fn problem(Answer { status, body }: Answer<'_>, expected: u16) -> String {
    let own: Option<Value> = serde_json::from_slice(body).ok();
    let message = own.as_ref().and_then(|own| own.get("message")).and_then(Value::as_str);
    let text = message.map_or_else(|| String::from_utf8_lossy(body), Cow::from);
    format!("{status} and not {expected}: {}", text.lines().next().unwrap_or_default())
}

fn millis(micros: u64) -> f64 {
    rounded(Duration::from_micros(micros).as_secs_f64() * 1e3, 3)
}

/// How long a run is measured, and for how long it goes on before that.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) warm_up: Duration,
    pub(super) window: Duration,
}

impl Span {
    /// A run that is measured from its start on.
    pub(super) fn of(window: Duration) -> Self {
        Self { warm_up: Duration::ZERO, window }
    }

    pub(super) fn whole(self) -> Duration {
        self.warm_up + self.window
    }

    /// Until then what was due in time is sent.
    fn given_up(self) -> Duration {
        self.whole() + self.window
    }
}

/// A run under way, which its connections share.
struct Run {
    address: String,
    work: Work,
    span: Span,
    started: Stopwatch,
    tally: RefCell<Tally>,
}

impl Run {
    /// Records what became of a request, now that it is over.
    fn record(&self, outcome: &io::Result<Answer<'_>>, expected: u16, asked: Duration) {
        let answered = self.started.elapsed();
        let mut tally = self.tally.borrow_mut();
        tally.last_answer = answered.saturating_sub(self.span.warm_up);
        match outcome {
            Ok(answer) if answer.status == expected => {
                tally.answered(answered.saturating_sub(asked));
            }
            Ok(answer) => tally.failed(|| problem(*answer, expected)),
            Err(error) => tally.failed(|| error.to_string()),
        }
    }
}

/// Lets so many connections do the work until the time is over or the work is done. To be called within a
/// [`tokio::task::LocalSet`].
///
/// # Errors
/// The server is not there at the start.
pub(super) async fn load(
    address: &str,
    work: Work,
    connections: usize,
    span: Span,
    progress: &dyn Fn(f64),
) -> Result<Tally, BenchError> {
    let mut wires = Vec::with_capacity(connections);
    for _ in 0..connections {
        wires.push(connect(address).await?);
    }
    let (started, tally) = (Stopwatch::start(), RefCell::new(Tally::new()));
    let run = Rc::new(Run { address: address.to_owned(), work, span, started, tally });
    let mut busy = JoinSet::new();
    for wire in wires {
        busy.spawn_local(keep_asking(Rc::clone(&run), wire));
    }
    let mut tell = tokio::time::interval(TELL_EVERY);
    loop {
        tokio::select! {
            ended = busy.join_next() => if ended.is_none() { break },
            _ = tell.tick() => {
                let by_time = run.started.elapsed().as_secs_f64() / span.whole().as_secs_f64();
                progress(by_time.max(run.work.share_done()).min(1.0));
            }
        }
    }
    Ok(run.tally.replace(Tally::new()))
}

/// Connects where a server must be.
pub(super) async fn connect(address: &str) -> Result<Wire, BenchError> {
    let wire = Wire::connect(address).await;
    wire.map_err(|source| BenchError::Server { address: address.to_owned(), source })
}

/// What one connection does all the time. What was due before the end is sent behind it, too: it is what waited longest.
async fn keep_asking(run: Rc<Run>, wire: Wire) {
    let mut wire = Some(wire);
    while let Some((visit, due)) = run.work.next() {
        let mut asked = run.started.elapsed();
        let begins = due.unwrap_or(asked);
        if begins >= run.span.whole() {
            return;
        }
        let is_measured = begins >= run.span.warm_up;
        if asked >= run.span.given_up() {
            if is_measured {
                run.tally.borrow_mut().failed(|| NEVER_SENT.to_owned());
            }
            continue;
        }
        if let Some(due) = due {
            if asked < due {
                // The timer wakes late by up to a millisecond, which is not the server's.
                tokio::time::sleep(due.saturating_sub(asked)).await;
                asked = run.started.elapsed();
            } else {
                asked = due;
            }
        }
        for step in visit {
            exchange(&run, &mut wire, step, is_measured.then_some(asked)).await;
            asked = run.started.elapsed();
        }
    }
}

/// Sends one request, and records what became of it, with a latency that counts from `asked`; nothing where that is not
/// measured. Where the connection broke, the next request makes a new one.
async fn exchange(run: &Run, wire: &mut Option<Wire>, step: &Step, asked: Option<Duration>) {
    let record = |outcome: &io::Result<Answer<'_>>| {
        if let Some(asked) = asked {
            run.record(outcome, step.status, asked);
        }
    };
    let open = match wire.take() {
        Some(open) => Ok(open),
        None => Wire::connect(&run.address).await,
    };
    match open {
        Ok(mut open) => {
            let outcome = open.exchange(&step.request).await;
            record(&outcome);
            *wire = outcome.is_ok().then_some(open);
        }
        Err(error) => record(&Err(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_tells_rates_and_latencies_in_milliseconds() {
        let mut tally = Tally::new();
        (1..=1000).for_each(|micros| tally.answered(Duration::from_micros(micros)));
        tally.failed(|| "503 and not 200: ".to_owned());
        tally.failed(|| "another".to_owned());
        tally.last_answer = Duration::from_millis(500);
        let figure = tally.figure(Workload::Scan, 64);
        assert_eq!((figure.requests, figure.errors, figure.per_second), (1000, 2, 2000.0));
        assert_eq!((figure.p50_ms, figure.p99_ms, figure.max_ms), (0.5, 0.99, 1.0));
        assert_eq!(figure.first_error.as_deref(), Some("503 and not 200: "));
    }

    #[test]
    fn what_failed_beside_a_figure_counts_with_it() {
        let failed = |text: &str| {
            let mut tally = Tally::new();
            tally.failed(|| text.to_owned());
            tally
        };
        let mut tally = Tally::new();
        tally.failed_beside(failed("an order"));
        tally.failed_beside(failed("another"));
        let figure = tally.figure(Workload::ScanWhileGenerating, 64);
        assert_eq!((figure.errors, figure.first_error.as_deref()), (2, Some("an order")));
    }

    #[test]
    fn what_is_wrong_is_told_in_the_words_of_the_answer() {
        let body = br#"{"title":"Service Unavailable","message":"failed to go on: try again"}"#;
        let told = problem(Answer { status: 503, body }, 200);
        assert_eq!(told, "503 and not 200: failed to go on: try again");
        for body in ["not JSON", "{}", r#"{"message":1}"#, ""] {
            let told = problem(Answer { status: 200, body: body.as_bytes() }, 201);
            assert_eq!(told, format!("200 and not 201: {body}"));
        }
        let page = Answer { status: 502, body: b"<html>\n<p>Bad Gateway" };
        assert_eq!(problem(page, 200), "502 and not 200: <html>");
    }
}
