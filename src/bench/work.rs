//! What a connection sends, and what should come back.

use std::cell::Cell;
use std::time::Duration;

use serde_json::{Value, json};

use super::model::Target;
use super::number::float;

/// One request and the status of its right answer.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) request: Vec<u8>,
    pub(super) status: u16,
}

impl Step {
    /// Method and path, for an error.
    pub(super) fn path(&self) -> String {
        let line = self.request.split(|byte| *byte == b'\r').next().unwrap_or_default();
        String::from_utf8_lossy(line).into_owned()
    }
}

/// Requests that one connection sends one after the other, such as the look and the scan of one customer.
pub(super) type Visit = Vec<Step>;

/// The visits of a run, which its connections share out among themselves.
#[derive(Debug)]
pub(super) struct Work {
    visits: Vec<Visit>,
    is_endless: bool,
    next: Cell<usize>,
    /// Time between two visits, where they come by a schedule.
    interval: Option<Duration>,
}

impl Work {
    /// Visits that may be done again and again.
    pub(super) fn endless(visits: Vec<Visit>) -> Self {
        Self { visits, is_endless: true, next: Cell::new(0), interval: None }
    }

    /// Visits that are done once each.
    pub(super) fn once(visits: Vec<Visit>) -> Self {
        Self { is_endless: false, ..Self::endless(visits) }
    }

    /// Lets so many requests come in a second, whatever becomes of those before.
    pub(super) fn at_rate(mut self, requests_per_second: Option<f64>) -> Self {
        let requests: usize = self.visits.iter().map(Vec::len).sum();
        let a_visit = float(requests) / float(self.visits.len().max(1));
        self.interval = requests_per_second.map(|rate| Duration::from_secs_f64(a_visit / rate));
        self
    }

    /// The next visit, and when it is due after the start of the run.
    pub(super) fn next(&self) -> Option<(&Visit, Option<Duration>)> {
        let number = self.next.get();
        self.next.set(number + 1);
        let index = if self.is_endless { number % self.visits.len().max(1) } else { number };
        let due = self.interval.map(|interval| interval.mul_f64(float(number)));
        Some((self.visits.get(index)?, due))
    }

    /// How many different ones there are.
    pub(super) fn visits(&self) -> usize {
        self.visits.len()
    }

    /// How much of it is done, where it has an end.
    pub(super) fn share_done(&self) -> f64 {
        let visits = float(self.visits.len().max(1));
        if self.is_endless { 0.0 } else { float(self.next.get()) / visits }
    }
}

/// Writes the requests of a target.
#[derive(Debug)]
pub(super) struct Requests<'t> {
    pub(super) target: &'t Target,
}

impl Requests<'_> {
    /// `GET /healthz`
    pub(super) fn health(&self) -> Step {
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", self.target.address);
        Step { request: request.into_bytes(), status: 200 }
    }

    /// An order of tickets.
    pub(super) fn generate(&self, quantity: usize) -> Step {
        let body = json!({"product_id": self.target.product_id, "quantity": quantity});
        self.as_partner("/ota/tickets/bulk-generate", &body, 201)
    }

    /// A new QR code.
    pub(super) fn issue(&self, ticket_code: &str, image: &str) -> Step {
        self.as_partner(&format!("/qr/{ticket_code}"), &json!({"image": image}), 200)
    }

    /// A look at a QR code.
    pub(super) fn look(&self, token: &str) -> Step {
        self.at_terminal("/qr/decrypt", &json!({"encrypted_data": token}), 200)
    }

    /// A scan, named so that it could be sent again.
    pub(super) fn scan(&self, token: &str, scan_id: &str, status: u16) -> Step {
        let body = json!({
            "qr_token": token,
            "function_code": self.target.function_code,
            "terminal_device_id": self.target.terminal_device_id,
            "scan_id": scan_id,
        });
        self.at_terminal("/venue/scan", &body, status)
    }

    fn as_partner(&self, path: &str, body: &Value, status: u16) -> Step {
        self.post(path, ("X-API-Key", self.target.api_key.expose()), body, status)
    }

    fn at_terminal(&self, path: &str, body: &Value, status: u16) -> Step {
        self.post(path, ("X-Terminal-Key", self.target.terminal_key.expose()), body, status)
    }

    fn post(&self, path: &str, (name, key): (&str, &str), body: &Value, status: u16) -> Step {
        let body = body.to_string();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\n{name}: {key}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.target.address,
            body.len(),
        );
        Step { request: request.into_bytes(), status }
    }
}
