//! What several tests read from answers, or expect of them.

use serde_json::{Value, json};

use super::client::{Client, Reply, masked};

/// A problem's body, with its request's id masked.
pub fn problem_body(status: u16, title: &str, code: &str, text: &str) -> Value {
    let kind = code.to_lowercase().replace('_', "-");
    json!({
        "type": format!("urn:ticketgate:problem:{kind}"), "title": title, "status": status,
        "detail": text, "error": code, "message": text, "request_id": "*"
    })
}

/// Sees to it that this is a 503 that says when to come again; gives its text.
#[track_caller]
pub fn assert_unavailable(reply: &Reply) -> String {
    let text = reply.text_at("/detail");
    let expected = problem_body(503, "Service Unavailable", "UNAVAILABLE", &text);
    assert_eq!(masked(&reply.body, &["/request_id"]), expected);
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("1")));
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    text
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
