//! Load that remembers: every terminal keeps what it sent under which id and what it heard, and the audit holds that
//! against the tables.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use ticketgate::kernel::Stopwatch;

use crate::support::process::eventually;
use crate::support::tables::{assert_invariants, lines};
use crate::support::{Gate, Reply, ServerProcess, Site, assert_unavailable};

/// How many scan at the same time.
const TERMINALS: usize = 6;
/// How long a terminal tries again what the server cannot do.
const PATIENCE: Duration = Duration::from_mins(1);

/// A scan as its terminal remembers it.
pub struct Sent {
    pub token: String,
    pub ticket_code: String,
    pub function: &'static str,
    pub scan_id: String,
    pub answer: Option<Reply>,
}

impl Sent {
    /// The body that is sent, each time the same.
    pub fn body(&self, gate: &Gate) -> serde_json::Value {
        gate.body(&self.token, self.function, &json!({"scan_id": self.scan_id}))
    }

    pub fn send(&self, gate: &Gate) -> Result<Reply, ureq::Error> {
        gate.client.try_post("/venue/scan", &self.body(gate))
    }

    /// Its row in the ledger, by its answer.
    fn row(&self, answer: &Reply) -> String {
        let told = match answer.status {
            200 => answer.text_at("/redemption_id"),
            _ => answer.clone().expect(422).text_at("/reason"),
        };
        format!("{} {} {told}", self.ticket_code, self.function)
    }

    fn succeeded(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.status == 200)
    }
}

/// The scans of one terminal, in their order; those before `next` are answered.
#[derive(Default)]
struct Terminal {
    scans: Vec<Sent>,
    next: usize,
}

/// What all terminals together have heard so far.
#[derive(Default)]
pub struct Counts {
    answers: AtomicUsize,
    unavailable: AtomicUsize,
    is_given_up: AtomicBool,
}

/// Lets the terminals go home where the test has failed.
struct Watchman<'c>(&'c Counts);

impl Drop for Watchman<'_> {
    fn drop(&mut self) {
        self.0.is_given_up.store(std::thread::panicking(), Ordering::Relaxed);
    }
}

impl Counts {
    pub fn answers(&self) -> usize {
        self.answers.load(Ordering::Relaxed)
    }

    /// Waits until so many scans are answered.
    #[track_caller]
    pub fn until_answers(&self, number: usize) {
        eventually("so many answers", || (self.answers() >= number).then_some(()));
    }

    /// Waits until so many more requests were told to come again.
    #[track_caller]
    pub fn until_more_unavailable(&self, number: usize) {
        let goal = self.unavailable.load(Ordering::Relaxed) + number;
        let ask = || (self.unavailable.load(Ordering::Relaxed) >= goal).then_some(());
        eventually("so many 503", ask);
    }
}

impl Terminal {
    /// Scans until all is answered, or no server takes it any more. It goes to the next server when one is gone.
    fn scan(&mut self, gates: &[Gate], counts: &Counts) {
        let (mut servers, mut gone) = (gates.iter().cycle(), 0);
        let mut gate = servers.next().unwrap();
        let mut waiting = Stopwatch::start();
        while let Some(scan) = self.scans.get_mut(self.next) {
            match scan.send(gate) {
                Err(_) if gone + 1 == gates.len() => return,
                Err(_) => {
                    gate = servers.next().unwrap();
                    gone += 1;
                }
                Ok(reply) if reply.status == 503 => {
                    assert_unavailable(&reply);
                    counts.unavailable.fetch_add(1, Ordering::Relaxed);
                    assert!(waiting.elapsed() < PATIENCE, "no answer yet: {}", reply.text);
                    gone = 0;
                }
                Ok(reply) => {
                    scan.answer = Some(reply);
                    self.next += 1;
                    counts.answers.fetch_add(1, Ordering::Relaxed);
                    waiting = Stopwatch::start();
                    gone = 0;
                }
            }
            if counts.is_given_up.load(Ordering::Relaxed) {
                return;
            }
        }
    }
}

/// Terminals with their scans: each ticket's ferry by two of them, its gift by a third.
pub struct Load {
    terminals: Vec<Terminal>,
    counts: Counts,
    /// Rows that earlier audits found, by scan id.
    found: HashMap<String, String>,
}

impl Load {
    /// Of tickets with their tokens.
    pub fn new(tokens: &[(String, String)]) -> Self {
        let mut terminals: Vec<Terminal> = (0..TERMINALS).map(|_| Terminal::default()).collect();
        for (number, (ticket_code, token)) in tokens.iter().enumerate() {
            for (step, function) in ["ferry", "ferry", "gift"].into_iter().enumerate() {
                let at = (number + step) % TERMINALS;
                let scans = &mut terminals[at].scans;
                let scan_id = format!("{at}-{}", scans.len());
                let (token, ticket_code) = (token.clone(), ticket_code.clone());
                scans.push(Sent { token, ticket_code, function, scan_id, answer: None });
            }
        }
        Self { terminals, counts: Counts::default(), found: HashMap::new() }
    }

    /// Goes on with what is not answered, at these servers, while something happens; gives what that gives, when every
    /// terminal has come to its end.
    pub fn run<T>(
        &mut self,
        site: &Site,
        servers: &[&ServerProcess],
        meanwhile: impl FnOnce(&Counts) -> T,
    ) -> T {
        let (counts, terminals) = (&self.counts, &mut self.terminals);
        std::thread::scope(|scope| {
            let _watchman = Watchman(counts);
            for (number, terminal) in terminals.iter_mut().enumerate() {
                let turned = servers.iter().cycle().skip(number).take(servers.len());
                let gates: Vec<Gate> = turned.map(|server| site.gate(server)).collect();
                scope.spawn(move || terminal.scan(&gates, counts));
            }
            meanwhile(counts)
        })
    }

    /// Goes on until all is answered.
    #[track_caller]
    pub fn finish(&mut self, site: &Site, servers: &[&ServerProcess]) {
        self.run(site, servers, |_| ());
        assert_eq!(self.unanswered(), 0);
    }

    fn sent(&self) -> impl Iterator<Item = &Sent> {
        self.terminals.iter().flat_map(|terminal| &terminal.scans)
    }

    pub fn answers(&self) -> usize {
        self.counts.answers()
    }

    /// Scans whose answer nobody has heard, or that were not sent yet.
    pub fn unanswered(&self) -> usize {
        self.sent().filter(|scan| scan.answer.is_none()).count()
    }

    /// Holds what the terminals know against the tables (invariants 0 to 3), and what the tables say now against what
    /// they said before. Gives how many rows have no answer that was heard.
    #[track_caller]
    pub fn audit(&mut self, site: &Site) -> usize {
        self.audit_beside(site, "somebody else's ")
    }

    /// The same where somebody else has scanned as well, whose scan ids begin with this.
    #[track_caller]
    pub fn audit_beside(&mut self, site: &Site, others: &str) -> usize {
        let mut session = site.database.session();
        assert_invariants(&mut session);
        let rows = lines(
            &mut session,
            "SELECT scan_id || ' ' || ticket_code || ' ' || function_code || ' ' || \
             CASE result WHEN 'success' THEN id ELSE reason END AS value FROM redemption_events",
        );
        let split = |row: &String| {
            let (scan_id, rest) = row.split_once(' ').unwrap();
            (scan_id.to_owned(), rest.to_owned())
        };
        let own: Vec<&String> = rows.iter().filter(|row| !row.starts_with(others)).collect();
        let ledger: HashMap<String, String> = own.iter().copied().map(split).collect();
        assert_eq!(ledger.len(), own.len(), "a scan has one row");
        for (scan_id, row) in &self.found {
            assert_eq!(ledger.get(scan_id), Some(row), "scan {scan_id}: what was there stays");
        }
        for scan in self.sent() {
            if let Some(answer) = &scan.answer {
                let row = scan.row(answer);
                assert_eq!(ledger.get(&scan.scan_id), Some(&row), "scan {}", scan.scan_id);
            }
        }
        // A terminal has one scan on its way at most.
        let mut unheard = 0;
        for terminal in &self.terminals {
            let started = terminal.scans.iter().take(terminal.next + 1);
            let ids: BTreeSet<&String> = started.map(|scan| &scan.scan_id).collect();
            let of_terminal = terminal.scans.iter().filter(|s| ledger.contains_key(&s.scan_id));
            let has_row: BTreeSet<&String> = of_terminal.map(|scan| &scan.scan_id).collect();
            assert!(has_row.is_subset(&ids), "a row of a scan that was not sent yet");
            unheard += has_row.len() - terminal.next;
        }
        assert_eq!(ledger.len(), self.answers() + unheard, "rows of nobody's scan");
        self.assert_one_success_each();
        self.found = ledger;
        unheard
    }

    /// Nobody has heard of a second success for a ticket's function.
    #[track_caller]
    fn assert_one_success_each(&self) {
        let mut heard = BTreeMap::new();
        for scan in self.sent().filter(|scan| scan.succeeded()) {
            let twice = heard.insert((&scan.ticket_code, scan.function), &scan.scan_id);
            assert_eq!(twice, None, "and {} of {}", scan.scan_id, scan.ticket_code);
        }
    }

    /// The audit when all is answered: every ticket's function was redeemed once, and every scan sent again is told the
    /// same again (invariant 5).
    #[track_caller]
    pub fn audit_to_the_end(&mut self, site: &Site, server: &ServerProcess) {
        assert_eq!((self.unanswered(), self.audit(site)), (0, 0));
        let wanted: BTreeSet<_> =
            self.sent().map(|scan| (&scan.ticket_code, scan.function)).collect();
        assert_eq!(self.sent().filter(|scan| scan.succeeded()).count(), wanted.len());
        let again = |terminal: &Terminal| {
            let gate = site.gate(server);
            for scan in &terminal.scans {
                let again = scan.send(&gate).unwrap();
                assert_eq!(scan.row(&again), scan.row(scan.answer.as_ref().unwrap()));
                assert_eq!(again.body["replayed"], true, "{}", again.text);
            }
        };
        let again = &again;
        std::thread::scope(|scope| {
            for terminal in &self.terminals {
                scope.spawn(move || again(terminal));
            }
        });
        assert_eq!(self.audit(site), 0);
    }
}
