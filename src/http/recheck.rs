//! Who asks, once more: a body may take seconds to arrive, and whoever sent its head may have lost their rights by then.
//!
//! Comes in: how to ask. Goes out: the answer, before the body is handed to its handler.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::{HttpMessage, HttpRequest};

use super::problem::Problem;
use crate::kernel::Stopwatch;

/// From when on a body is slow.
pub const SLOW_BODY: Duration = Duration::from_millis(250);

/// Asks whether a request may still be worked on.
pub type Recheck = fn(HttpRequest) -> Pin<Box<dyn Future<Output = Result<(), Problem>>>>;

/// What is kept with a request that was let in.
#[derive(Clone, Copy)]
struct LetIn {
    since: Stopwatch,
    recheck: Recheck,
}

/// Notes that the request is let in as of now, and how to ask again if its body is slow.
pub fn recheck_after_slow_body(request: &HttpRequest, recheck: Recheck) {
    let since = Stopwatch::start();
    request.extensions_mut().insert(LetIn { since, recheck });
}

/// Asks again, if the body that has just arrived was slow.
pub(super) async fn check_again(request: HttpRequest) -> Result<(), Problem> {
    let let_in = request.extensions().get::<LetIn>().copied();
    match let_in {
        Some(LetIn { since, recheck }) if since.elapsed() > SLOW_BODY => recheck(request).await,
        _ => Ok(()),
    }
}
