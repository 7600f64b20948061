//! What every handler shares: problems (RFC 9457), body and query extractors, paging, request ids, metrics.
//!
//! Comes in: raw requests. Goes out: parsed bodies, or a problem that names the field and the way out.

mod context;
mod extract;
mod fields;
mod metrics;
mod paging;
mod patch;
mod problem;

pub use context::{add_header, observe, request_id, set_outcome, set_principal};
pub use extract::{BODY_LIMIT, JsonBody, OptionalJsonBody, Params};
pub use fields::{Fields, bounded_text};
pub use metrics::Metrics;
pub use paging::{Listing, Page};
pub use patch::Patched;
pub use problem::{FieldProblem, Problem, ProblemBody};
