//! Administration over REST.

mod audit;
mod keys;
mod operators;
mod partners;
mod privacy;
mod products;
mod terminals;
mod venues;

use serde_json::{Value, json};

use crate::support::{Client, Reply, TestApp};

/// The catalogue's revision.
const REVISION: &str = "SELECT revision AS value FROM catalog_revision";

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

/// A server where everybody needs credentials, and an admin.
fn admin() -> (TestApp, Client) {
    let app = TestApp::closed();
    let admin = app.operator("anna", "admin");
    (app, admin)
}

/// A body with more fields, or others.
fn with(mut body: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// What was done to somebody or something, oldest first: action, before, after.
fn changes(admin: &Client, subject: &str) -> Vec<Value> {
    let log = admin.get("/admin/audit?limit=500").expect(200).body;
    let lines = log["items"].as_array().unwrap().iter().rev();
    let own = lines.filter(|line| line["subject"] == subject);
    own.map(|line| json!([line["action"], line["before"], line["after"]])).collect()
}
