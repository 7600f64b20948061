//! What every handler shares: problems (RFC 9457), body and query extractors, paging, request ids, metrics.
//!
//! Comes in: raw requests. Goes out: parsed bodies, or a problem that names the field and the way out.

mod client_address;
mod connections;
mod context;
mod extract;
mod fields;
mod headers;
mod metrics;
mod paging;
mod patch;
mod problem;
mod proxies;
mod recheck;
mod room;
mod settings;
mod unread;

pub use client_address::{client_address, is_local};
pub use connections::Connections;
pub use context::{add_header, observe, request_id, set_outcome, set_principal};
pub use extract::{BODY_LIMIT, BULK_BODY_LIMIT, JsonBody, OptionalJsonBody, Params};
pub use fields::{Fields, bounded_text};
pub use headers::add_security_headers;
pub use metrics::Metrics;
pub use paging::{Listing, Page};
pub use patch::Patched;
pub use problem::{FieldProblem, Problem, ProblemBody};
pub use proxies::TrustedProxies;
pub use recheck::{Recheck, SLOW_BODY, recheck_after_slow_body};
pub use room::{Room, with_room_in};
pub use settings::HttpSettings;
pub use unread::hold_unread_body;
