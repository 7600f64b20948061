//! Collects what is wrong with the fields of one request, so that all of it is told at once.

use std::fmt::Display;

use super::problem::{FieldProblem, Problem};

/// What is wrong so far.
#[derive(Debug, Default)]
pub struct Fields {
    problems: Vec<FieldProblem>,
}

impl Fields {
    /// Nothing wrong yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a parsed value, or notes what is wrong with its field.
    pub fn take<T, E: Display>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|problem| self.note(field, problem.to_string())).ok()
    }

    /// Parses a field that may be missing.
    pub fn optional<V, T, E: Display>(
        &mut self,
        field: &str,
        value: Option<V>,
        parse: impl FnOnce(V) -> Result<T, E>,
    ) -> Option<T> {
        value.and_then(|value| self.take(field, parse(value)))
    }

    /// Notes a problem.
    pub fn note(&mut self, field: &str, problem: impl Into<String>) {
        self.problems.push(FieldProblem { field: field.to_owned(), problem: problem.into() });
    }

    /// Gives the value that was made of the fields, or all that is wrong with them.
    ///
    /// # Errors
    /// 400 with every problem noted.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Problem> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => Err(Problem::invalid_fields(self.problems)),
        }
    }
}

/// A text of any script, up to a number of characters, without control characters.
///
/// # Errors
/// What is wrong with it.
pub fn bounded_text(text: String, max: usize) -> Result<String, String> {
    let length = text.chars().count();
    if length > max {
        return Err(format!("must be at most {max} characters, not {length}"));
    }
    if text.trim().is_empty() {
        return Err("must not be empty".to_owned());
    }
    if text.chars().any(char::is_control) {
        return Err("must not contain control characters".to_owned());
    }
    Ok(text)
}
