//! The benchmark: drives a running server over real connections, from a process of its own, and says how fast it is.
//!
//! Comes in: a [`Plan`] and whom to ask: a server of its own over a database of its own, or one that runs already.
//! Goes out: a [`Report`] of figures, each with its latencies, beside references from the same run.

mod drive;
mod error;
mod fill;
mod load;
mod model;
mod number;
mod order;
mod own;
mod reference;
mod report;
mod server;
mod supply;
mod wire;
mod work;
mod world;

pub use error::BenchError;
pub use model::{Figure, Plan, Progress, Ratio, Report, Target, Workload};
pub use own::{OwnPlan, run_own, run_target};
