//! Tickets, their entitlements and their QR codes.
//!
//! Comes in: orders to mint, to issue a code, to lock, to take a use. Goes out: tickets as they are. Whatever
//! changes a ticket holds its lock, which is the update that reads and numbers it.

mod error;
mod issue_code;
mod list_tickets;
mod lock;
mod mint;
mod model;
mod store;

pub use error::TicketError;
pub use issue_code::{IssueCode, current_code, issue_code, recorded_code, ticket_of_code};
pub use list_tickets::{list_tickets, tickets_of_batch};
pub use lock::{
    UseTaken, give_back_numbers, give_back_use, lock_tickets, number_ticket, read_ticket, take_uses,
};
pub use mint::{begin_mint, finish_mint, mint_chunk, minted_functions, take_codes};
pub use model::{
    CodeRun, Customer, Entitlement, HeldTicket, IssuedCode, Mint, Ticket, TicketFilter,
    TicketStatus,
};
