//! Sends away what there is no room for, before anything is spent on it: who asks, what for, with which code.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, Route, web};

use super::extract::{BODY_LIMIT, read};
use super::problem::Problem;
use crate::db::DbError;

/// What knows whether there is room for one more request of a kind.
pub trait Room {
    /// Asks for it.
    ///
    /// # Errors
    /// [`DbError::Busy`] where there is none.
    fn ask_for_room(&self) -> Result<(), DbError>;
}

/// The route, for those requests for which this state of the application has room.
#[must_use]
pub fn with_room_in<R: Room + 'static>(route: Route) -> Route {
    route.wrap(from_fn(ask_for_room::<R>))
}

async fn ask_for_room<R: Room + 'static>(
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let asked = request.app_data::<web::Data<R>>().map_or(Ok(()), |room| room.ask_for_room());
    let Err(full) = asked else { return next.call(request).await };
    // With its body unread the connection would end, and a new one costs more than the answer.
    let (head, payload) = request.parts_mut();
    drop(read(head, payload, BODY_LIMIT).await);
    Ok(request.error_response(Problem::from(full)))
}
