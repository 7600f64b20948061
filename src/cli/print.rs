//! Prints: a table for people, JSON for programs, a sentence for a failure.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the room that prints")]

use std::error::Error;

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use serde_json::Value;

/// Prints a line.
pub(super) fn line(text: &str) {
    println!("{text}");
}

/// Prints one thing: as JSON, or a line for each of its parts.
pub(super) fn one(thing: &impl Serialize, json: bool) {
    let value = serde_json::to_value(thing).unwrap_or_default();
    let Some(fields) = value.as_object().filter(|_| !json) else {
        println!("{value}");
        return;
    };
    let mut table = new_table();
    for (name, value) in fields {
        table.add_row([name.clone(), cell(value)]);
    }
    println!("{}", table.trim_fmt());
}

/// Prints a list: as a JSON array, or as a table under these columns.
pub(super) fn list<T: Serialize>(things: &[T], columns: &[&str], json: bool) {
    let values: Vec<Value> =
        things.iter().map(|thing| serde_json::to_value(thing).unwrap_or_default()).collect();
    if json {
        println!("{}", Value::from(values));
        return;
    }
    let mut table = new_table();
    table.set_header(columns.iter().map(|column| column.to_uppercase()));
    for value in &values {
        table.add_row(columns.iter().map(|column| cell(value.get(column).unwrap_or(&Value::Null))));
    }
    println!("{}", table.trim_fmt());
}

/// Prints why a command failed, with its causes.
pub(super) fn failure(error: &(dyn Error + 'static)) {
    let mut text = format!("ticketgate: failed to {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    eprintln!("{text}");
}

fn new_table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => fields.values().map(cell).collect::<Vec<_>>().join(" "),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}
