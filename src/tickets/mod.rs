//! Tickets, their entitlements and their QR codes.
//!
//! Comes in: orders to mint, to issue a code, to lock, to take a use, to erase a customer. Goes out: tickets as they are. Whatever
//! changes a ticket holds its lock, which is the update that reads and numbers it.

mod count_codes;
mod erase;
mod error;
mod http;
mod issue_code;
mod jobs;
mod list_tickets;
mod lock;
mod mint;
mod model;
mod sight;
mod store;

pub use count_codes::{count_live_codes, count_seals};
pub use erase::{EmailWalk, erase_found, erase_ticket, find_by_email};
pub use error::TicketError;
pub use issue_code::{IssueCode, current_code, issue_code, recorded_code, ticket_of_code};
pub use jobs::{Retention, erase_by_email, erase_what_is_over};
pub use list_tickets::{list_tickets, tickets_of_batch};
pub use lock::{
    UseTaken, give_back_numbers, give_back_use, lock_tickets, number_ticket, read_ticket, take_uses,
};
pub use mint::{begin_mint, count_mint, finish_mint, mint_chunk, minted_functions, take_codes};
pub use model::{
    CodeRun, Customer, Entitlement, HeldTicket, IssuedCode, Mint, Ticket, TicketFilter,
    TicketStatus,
};
pub use sight::seen;
pub use store::{KeyCodes, SightRow, sight_statement};
