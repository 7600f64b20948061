//! Administration over REST.

mod audit;
mod keys;
mod operators;
mod partners;
mod privacy;
mod products;
mod terminals;
mod venues;

use serde_json::Value;

use crate::support::Reply;

/// The catalogue's revision.
const REVISION: &str = "SELECT revision AS value FROM catalog_revision";

/// A problem's status, code and text.
fn problem(reply: &Reply) -> (u16, &str, &str) {
    let detail = reply.body["detail"].as_str().unwrap_or_default();
    (reply.status, reply.code(), detail)
}

/// A body with more fields, or others.
fn with(mut body: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}
