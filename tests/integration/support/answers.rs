//! What several tests read from answers, or expect of them.

use serde_json::{Value, json};

use super::client::Client;

/// A problem's body, with its request's id masked.
pub fn problem_body(status: u16, title: &str, code: &str, text: &str) -> Value {
    let kind = code.to_lowercase().replace('_', "-");
    json!({
        "type": format!("urn:ticketgate:problem:{kind}"), "title": title, "status": status,
        "detail": text, "error": code, "message": text, "request_id": "*"
    })
}

/// What the audit log says under a filter such as `subject=acme`, oldest first: principal, action, subject, before and
/// after.
#[track_caller]
pub fn audited(admin: &Client, filter: &str) -> Vec<Value> {
    let page = admin.get(&format!("/admin/audit?limit=500&{filter}")).expect(200).body;
    let lines = page["items"].as_array().unwrap().iter().rev();
    let names = ["principal", "action", "subject", "before", "after"];
    lines.map(|line| json!(names.map(|name| &line[name]))).collect()
}
