//! Administration over REST.

mod audit;
mod products;
mod terminals;
mod venues;

use serde_json::{Value, json};

use crate::support::{Client, TestApp};

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
