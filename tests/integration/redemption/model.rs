//! Any sequence of issuing, scanning, undoing and waiting, on three tickets, against a model in memory.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::support::tables::assert_invariants;
use crate::support::{Gate, Partner, Reply, TestApp};

const TICKETS: usize = 3;
const FUNCTIONS: [(&str, i64); 3] = [("ferry", 2), ("gift", 1), ("tokens", 3)];
/// Minutes that a code is good for.
const LIFETIME: i64 = 600;
/// Minutes after which a redemption can no longer be undone.
const UNDO_WINDOW: i64 = 24 * 60;

/// What somebody does. Indices that are too high wrap around.
#[derive(Clone, Debug)]
enum Step {
    Issue {
        ticket: usize,
    },
    Scan {
        ticket: usize,
        function: usize,
    },
    ScanOld {
        ticket: usize,
        code: usize,
        function: usize,
    },
    /// A new code, and every function with it: a few of these use a ticket up.
    Spend {
        ticket: usize,
    },
    Undo {
        ticket: usize,
        redemption: usize,
    },
    Wait {
        minutes: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let ticket = 0..TICKETS;
    let function = 0..FUNCTIONS.len();
    prop_oneof![
        3 => ticket.clone().prop_map(|ticket| Step::Issue { ticket }),
        8 => (ticket.clone(), function.clone())
            .prop_map(|(ticket, function)| Step::Scan { ticket, function }),
        2 => (ticket.clone(), 0..8_usize, function)
            .prop_map(|(ticket, code, function)| Step::ScanOld { ticket, code, function }),
        3 => ticket.clone().prop_map(|ticket| Step::Spend { ticket }),
        3 => (ticket, 0..8_usize)
            .prop_map(|(ticket, redemption)| Step::Undo { ticket, redemption }),
        1 => prop_oneof![Just(1_i64), Just(200), Just(LIFETIME), Just(UNDO_WINDOW)]
            .prop_map(|minutes| Step::Wait { minutes }),
    ]
}

/// A code that was issued.
struct Code {
    token: String,
    expires_at: i64,
}

/// A success in the ledger.
struct Success {
    id: String,
    code: usize,
    function: &'static str,
    at: i64,
    is_undone: bool,
}

/// A ticket as it must be.
struct Ticket {
    ticket_code: String,
    codes: Vec<Code>,
    successes: Vec<Success>,
    left: BTreeMap<&'static str, i64>,
}

impl Ticket {
    fn new(ticket_code: String) -> Self {
        let left = FUNCTIONS.into_iter().collect();
        Self { ticket_code, codes: Vec::new(), successes: Vec::new(), left }
    }

    fn is_used(&self) -> bool {
        self.left.values().all(|left| *left == 0)
    }

    /// Why a scan must be refused.
    fn refusal(&self, code: usize, function: &str, now: i64) -> Option<&'static str> {
        let repeats = |success: &Success| {
            success.code == code && success.function == function && !success.is_undone
        };
        if self.successes.iter().any(repeats) {
            Some("ALREADY_REDEEMED")
        } else if code + 1 < self.codes.len() {
            Some("QR_SUPERSEDED")
        } else if self.codes[code].expires_at <= now {
            Some("QR_EXPIRED")
        } else if self.left[function] == 0 {
            Some("NO_REMAINING")
        } else {
            None
        }
    }
}

/// The server and what it must be like.
struct World<'a> {
    partner: &'a Partner,
    gate: &'a Gate,
    tickets: Vec<Ticket>,
    /// In minutes.
    now: i64,
}

impl World<'_> {
    #[track_caller]
    fn issue(&mut self, ticket: usize) {
        let (now, ticket) = (self.now, &mut self.tickets[ticket]);
        let body = json!({"image": "none", "expiry_minutes": LIFETIME});
        let reply = self.partner.client.post(&format!("/qr/{}", ticket.ticket_code), &body);
        if ticket.is_used() {
            assert_eq!(reply.verdict(), (409, "TICKET_NOT_ACTIVE"));
        } else {
            let token = reply.expect(200).text_at("/encrypted_data");
            ticket.codes.push(Code { token, expires_at: now + LIFETIME });
        }
    }

    /// Scans a ticket's newest code, or one counted from the oldest.
    #[track_caller]
    fn scan(&mut self, ticket: usize, code: Option<usize>, function: &'static str) {
        let (now, ticket) = (self.now, &mut self.tickets[ticket]);
        let Some(newest) = ticket.codes.len().checked_sub(1) else { return };
        let code = code.map_or(newest, |code| code % ticket.codes.len());
        let expected = ticket.refusal(code, function, now);
        let reply = self.gate.scan(&ticket.codes[code].token, function);
        if let Some(reason) = expected {
            assert_eq!(reply.verdict(), (422, reason));
            return;
        }
        *ticket.left.get_mut(function).unwrap() -= 1;
        let id = reply.expect_left(ticket, function);
        ticket.successes.push(Success { id, code, function, at: now, is_undone: false });
    }

    #[track_caller]
    fn undo(&mut self, ticket: usize, redemption: usize) {
        let (now, ticket) = (self.now, &mut self.tickets[ticket]);
        let count = ticket.successes.len();
        let Some(success) = ticket.successes.get_mut(redemption % count.max(1)) else { return };
        let reply = self.gate.undo(&success.id);
        if success.is_undone {
            assert_eq!(reply.verdict(), (409, "ALREADY_REVERSED"));
        } else if now - success.at > UNDO_WINDOW {
            assert_eq!(reply.verdict(), (409, "REVERSAL_WINDOW_ENDED"));
        } else {
            success.is_undone = true;
            *ticket.left.get_mut(success.function).unwrap() += 1;
            assert_eq!(reply.expect(200).body["ticket_status"], "ACTIVE");
        }
    }

    /// What the server shows of each ticket is what it must be.
    #[track_caller]
    fn compare(&self) {
        for ticket in &self.tickets {
            let path = format!("/qr/{}/info", ticket.ticket_code);
            let info = self.partner.client.get(&path).expect(200).body;
            assert_eq!(info["status"], if ticket.is_used() { "USED" } else { "ACTIVE" });
            assert_eq!(left(&info), json!(ticket.left));
        }
    }
}

/// What is left by function, in an answer.
fn left(body: &Value) -> Value {
    let entitlements = body["entitlements"].as_array().unwrap().iter();
    entitlements
        .map(|one| {
            (one["function_code"].as_str().unwrap().to_owned(), one["remaining_uses"].clone())
        })
        .collect()
}

trait ExpectLeft {
    fn expect_left(self, ticket: &Ticket, function: &str) -> String;
}

impl ExpectLeft for Reply {
    /// A success that leaves what the model says; gives its id.
    #[track_caller]
    fn expect_left(self, ticket: &Ticket, function: &str) -> String {
        let reply = self.expect(200);
        let status = if ticket.is_used() { "USED" } else { "partially_redeemed" };
        assert_eq!(reply.body["ticket_status"], status);
        assert_eq!(reply.body["remaining_uses"], ticket.left[function]);
        assert_eq!(left(&reply.body), json!(ticket.left));
        reply.text_at("/redemption_id")
    }
}

fn play(app: &TestApp, steps: &[Step]) {
    let (partner, gate) = (&app.partner(), &app.gate());
    let tickets = partner.generate_of(108, TICKETS).into_iter().map(Ticket::new).collect();
    let mut world = World { partner, gate, tickets, now: 0 };
    for ticket in 0..TICKETS {
        world.issue(ticket);
    }
    for step in steps {
        match *step {
            Step::Issue { ticket } => world.issue(ticket),
            Step::Scan { ticket, function } => world.scan(ticket, None, FUNCTIONS[function].0),
            Step::ScanOld { ticket, code, function } => {
                world.scan(ticket, Some(code), FUNCTIONS[function].0);
            }
            Step::Spend { ticket } => {
                world.issue(ticket);
                for (function, _) in FUNCTIONS {
                    world.scan(ticket, None, function);
                }
            }
            Step::Undo { ticket, redemption } => world.undo(ticket, redemption),
            Step::Wait { minutes } => {
                app.clock.advance(TimeDelta::minutes(minutes));
                world.now += minutes;
            }
        }
    }
    world.compare();
}

#[test]
fn any_sequence_of_steps_ends_as_the_model_says() {
    let app = TestApp::demo();
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    let sequences = proptest::collection::vec(step(), 1..40);
    let mut session = app.session();
    let outcome = TestRunner::new(config).run(&sequences, |steps| {
        play(&app, &steps);
        Ok(())
    });
    outcome.unwrap();
    assert_invariants(&mut session);
}
