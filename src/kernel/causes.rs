//! An error with its causes, for logs and people.

use std::error::Error;
use std::iter::successors;

/// The text of an error and of all its causes: `a: b: c`.
#[must_use]
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let texts = successors(Some(error), |&error| error.source()).map(ToString::to_string);
    let text = texts.collect::<Vec<_>>().join(": ");
    // What the database's library says has line breaks in it.
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join(" ")
}

#[cfg(test)]
mod tests {
    use std::io;

    use thiserror::Error;

    use super::*;

    #[derive(Debug, Error)]
    #[error("open the door")]
    struct Outer(#[source] Inner);

    #[derive(Debug, Error)]
    #[error("turn the key")]
    struct Inner(#[source] io::Error);

    #[test]
    fn an_error_is_told_with_its_causes() {
        let error = Outer(Inner(io::Error::other("it is stuck")));
        assert_eq!(causes(&error), "open the door: turn the key: it is stuck");
        assert_eq!(causes(&io::Error::other("it is stuck")), "it is stuck");
    }
}
