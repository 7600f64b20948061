//! Makes what a workload needs, by asking the server as any agency would: tickets, and codes for them.

use std::rc::Rc;

use serde::Deserialize;
use tokio::task::JoinSet;

use super::error::BenchError;
use super::load::connect;
use super::model::Target;
use super::order::in_no_order;
use super::work::{Requests, Step};
use crate::kernel::sortable_id;

/// Connections that make things ready.
const CONNECTIONS: usize = 32;
/// Tickets of one order.
const ORDER: usize = 1000;

#[derive(Deserialize)]
struct Generated {
    tickets: Vec<Ticket>,
}

#[derive(Deserialize)]
struct Ticket {
    ticket_code: String,
}

#[derive(Deserialize)]
struct Issued {
    encrypted_data: String,
}

/// Tickets that nobody has used, as they are asked for.
#[derive(Debug)]
pub(super) struct Supply<'t> {
    requests: Requests<'t>,
    /// Tickets that are in the database already; the server is asked for others when they are used up.
    stock: Vec<String>,
    run: String,
    named: usize,
}

impl<'t> Supply<'t> {
    pub(super) fn new(target: &'t Target, stock: Vec<String>) -> Self {
        Self { requests: Requests { target }, stock, run: sortable_id(), named: 0 }
    }

    pub(super) fn requests(&self) -> &Requests<'t> {
        &self.requests
    }

    /// A name for a scan that no other has.
    pub(super) fn scan_id(&mut self) -> String {
        self.named += 1;
        format!("{}-{}", self.run, self.named)
    }

    /// Fresh tickets, each with its entitlements whole.
    pub(super) async fn tickets(&mut self, quantity: usize) -> Result<Vec<String>, BenchError> {
        let at = self.stock.len().saturating_sub(quantity);
        let mut codes = self.stock.split_off(at);
        while codes.len() < quantity {
            let order = self.requests.generate(ORDER.min(quantity - codes.len()));
            let answers = self.ask_all(vec![order]).await?;
            for body in &answers {
                let generated: Generated = self.parse(body)?;
                codes.extend(generated.tickets.into_iter().map(|ticket| ticket.ticket_code));
            }
        }
        Ok(codes)
    }

    /// Fresh tickets' QR codes, in no order.
    pub(super) async fn tokens(&mut self, quantity: usize) -> Result<Vec<String>, BenchError> {
        let mut codes = self.tickets(quantity).await?;
        codes.sort_unstable();
        let steps = codes.iter().map(|code| self.requests.issue(code, "none")).collect();
        let answers = self.ask_all(steps).await?;
        let token = |body: &Vec<u8>| Ok(self.parse::<Issued>(body)?.encrypted_data);
        let tokens: Result<Vec<String>, BenchError> = answers.iter().map(token).collect();
        tokens.map(in_no_order)
    }

    fn parse<'b, T: Deserialize<'b>>(&self, body: &'b [u8]) -> Result<T, BenchError> {
        serde_json::from_slice(body).map_err(|error| BenchError::Refused {
            request: self.requests.target.address.clone(),
            status: 200,
            body: error.to_string(),
        })
    }

    /// Sends these requests over several connections; gives their answers in their order.
    async fn ask_all(&self, steps: Vec<Step>) -> Result<Vec<Vec<u8>>, BenchError> {
        let (steps, address) = (Rc::new(steps), self.requests.target.address.clone());
        let mut busy = JoinSet::new();
        for first in 0..CONNECTIONS.min(steps.len()) {
            busy.spawn_local(ask_some(address.clone(), Rc::clone(&steps), first));
        }
        let mut answers = Vec::with_capacity(steps.len());
        while let Some(ended) = busy.join_next().await {
            answers.extend(ended.map_err(|error| BenchError::Runtime(error.into()))??);
        }
        answers.sort_unstable_by_key(|(index, _)| *index);
        Ok(answers.into_iter().map(|(_, body)| body).collect())
    }
}

/// Sends every `CONNECTIONS`th request from the `first` one on.
async fn ask_some(
    address: String,
    steps: Rc<Vec<Step>>,
    first: usize,
) -> Result<Vec<(usize, Vec<u8>)>, BenchError> {
    let mut wire = connect(&address).await?;
    let mut answers = Vec::new();
    for (index, step) in steps.iter().enumerate().skip(first).step_by(CONNECTIONS) {
        let answer = wire.exchange(&step.request).await;
        let answer =
            answer.map_err(|source| BenchError::Server { address: address.clone(), source })?;
        if answer.status != step.status {
            return Err(BenchError::Refused {
                request: step.path(),
                status: answer.status,
                body: String::from_utf8_lossy(answer.body).into_owned(),
            });
        }
        answers.push((index, answer.body.to_vec()));
    }
    Ok(answers)
}
