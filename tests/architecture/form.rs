//! The rules of form that every file keeps: its length, and the line that says which room it is.

use crate::source::{SourceFile, Violation};

/// The most lines a file may have.
const LONGEST: usize = 400;

/// Files that are too long.
pub(crate) fn files_are_short(files: &[SourceFile]) -> Vec<Violation> {
    let rust = files.iter().filter(|file| file.is_rust());
    let counted = rust.map(|file| (file, file.text.lines().count()));
    counted
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(file, lines)| Violation {
            path: file.path.clone(),
            line: LONGEST + 1,
            found: format!("the file has {lines} lines"),
            rule: format!("no file has more than {LONGEST} lines"),
            remedy: "split it by what its parts do: one use case a file; a store, model or \
                http.rs that is too long becomes a folder of the same name; unit tests go to \
                tests.rs in it"
                .to_owned(),
        })
        .collect()
}

/// Files that do not open with `//!`.
pub(crate) fn files_open_with_their_purpose(files: &[SourceFile]) -> Vec<Violation> {
    let silent = files.iter().filter(|file| file.is_rust() && !file.text.starts_with("//!"));
    silent
        .map(|file| Violation {
            path: file.path.clone(),
            line: 1,
            found: format!(
                "the file opens with `{}`",
                file.text.lines().next().unwrap_or_default()
            ),
            rule: "every file opens with `//!`".to_owned(),
            remedy: "say in the first line which room this is, what comes in and what goes out"
                .to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{made_up, places};

    #[test]
    fn a_file_of_the_greatest_length_passes() {
        let text = "//\n".repeat(LONGEST);
        assert_eq!(
            files_are_short(&made_up(&[
                ("src/qr/issue.rs", &text),
                ("ARCHITECTURE.md", &text.repeat(2))
            ])),
            []
        );
    }

    #[test]
    fn a_file_that_is_one_line_too_long_fails() {
        let text = "//\n".repeat(LONGEST + 1);
        let files = made_up(&[("src/qr/issue.rs", &text), ("tests/api/scan.rs", &text)]);
        assert_eq!(
            places(files_are_short(&files)),
            ["src/qr/issue.rs:401", "tests/api/scan.rs:401"]
        );
    }

    #[test]
    fn a_file_that_says_its_purpose_passes() {
        assert_eq!(
            files_open_with_their_purpose(&made_up(&[("src/qr/issue.rs", "//! Issues a code.\n")])),
            []
        );
    }

    #[test]
    fn a_file_that_opens_with_anything_else_fails() {
        let files = made_up(&[
            ("src/a.rs", ""),
            ("src/b.rs", "\n//! Late."),
            ("tests/c.rs", "// Not it."),
            ("src/d.rs", "use a::b;"),
        ]);
        assert_eq!(
            places(files_open_with_their_purpose(&files)),
            ["src/a.rs:1", "src/b.rs:1", "src/d.rs:1", "tests/c.rs:1"]
        );
    }
}
