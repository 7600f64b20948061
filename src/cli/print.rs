//! Prints: a table for people, JSON for programs, a sentence for a failure.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the room that prints")]

use std::error::Error;

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use serde_json::Value;

use crate::http::Page;

/// Prints a line.
pub(super) fn line(text: &str) {
    println!("{text}");
}

/// All of a list.
pub(super) const WHOLE: Page = Page { page: 1, limit: i64::MAX };
/// Tells whoever sits at the terminal what is waited for.
pub(super) fn prompt(text: &str) {
    eprintln!("{text}");
}

/// Prints one thing: as JSON, or a line for each of these parts of it.
pub(super) fn one(thing: &impl Serialize, parts: &[&str], json: bool) {
    let value = serde_json::to_value(thing).unwrap_or_default();
    if json {
        println!("{value}");
        return;
    }
    let mut table = Table::new();
    for part in parts {
        table.add_row([(*part).to_owned(), cell(&value, part)]);
    }
    print_table(table);
}

/// Prints a list: as a JSON array, or as a table under these columns.
pub(super) fn list<T: Serialize>(things: &[T], columns: &[&str], json: bool) {
    let values: Vec<Value> =
        things.iter().map(|thing| serde_json::to_value(thing).unwrap_or_default()).collect();
    if json {
        println!("{}", Value::from(values));
        return;
    }
    let mut table = Table::new();
    table.set_header(columns.iter().map(|column| column.to_uppercase()));
    for value in &values {
        table.add_row(columns.iter().map(|column| cell(value, column)));
    }
    print_table(table);
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
    // What the database's library says has line breaks in it.
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    eprintln!("{}", lines.join(" "));
}

fn print_table(mut table: Table) {
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    println!("{}", table.trim_fmt());
}

/// A field of a thing, in words.
fn cell(thing: &Value, field: &str) -> String {
    match thing.get(field) {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let texts = parts.iter().map(|part| part.as_str().unwrap_or_default());
            texts.collect::<Vec<_>>().join(", ")
        }
        Some(value) => value.to_string(),
    }
}
