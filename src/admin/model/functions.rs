//! Lists of functions' codes: at least one, and each once.

use std::collections::HashSet;
use std::hash::Hash;

use crate::http::Fields;
use crate::kernel::FunctionCode;

/// Functions in a list at most.
pub(super) const MAX_FUNCTIONS: usize = 100;

/// Notes whether a list is empty or too long.
pub(super) fn check_count(fields: &mut Fields, name: &str, count: usize, max: usize) {
    if count == 0 {
        fields.note(name, "must have at least one entry");
    } else if count > max {
        fields.note(name, format!("must have at most {max} entries, not {count}"));
    }
}

/// Notes a value that was in its list before.
pub(super) fn check_once<T: Eq + Hash>(
    fields: &mut Fields,
    (seen, value): (&mut HashSet<T>, T),
    name: &str,
) {
    if !seen.insert(value) {
        fields.note(name, "must not be given twice");
    }
}

/// Reads a list of functions' codes.
pub(super) fn function_codes(
    fields: &mut Fields,
    name: &str,
    texts: &[String],
) -> Option<Vec<FunctionCode>> {
    check_count(fields, name, texts.len(), MAX_FUNCTIONS);
    let mut seen = HashSet::new();
    let mut codes = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let at = format!("{name}[{index}]");
        let code = fields.take(&at, FunctionCode::parse(text))?;
        check_once(fields, (&mut seen, code.clone()), &at);
        codes.push(code);
    }
    Some(codes)
}
