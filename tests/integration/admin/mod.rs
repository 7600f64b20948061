//! Administration over REST.

mod audit;
mod keys;
mod partners;
mod privacy;

use serde_json::{Value, json};

use crate::support::{Client, Reply};

/// A problem's status, code and text.
fn problem(reply: &Reply) -> (u16, &str, &str) {
    let detail = reply.body["detail"].as_str().unwrap_or_default();
    (reply.status, reply.code(), detail)
}

/// What the audit log says under a filter, newest first.
fn audit_lines(admin: &Client, filter: &str) -> Vec<Value> {
    let page = admin.get(&format!("/admin/audit?limit=500&{filter}")).expect(200).body;
    let lines = page["items"].as_array().unwrap().iter();
    let shown = |line: &Value| {
        let part = |name: &str| line[name].clone();
        json!({"action": part("action"), "subject": part("subject"),
            "before": part("before"), "after": part("after")})
    };
    lines.map(shown).collect()
}
