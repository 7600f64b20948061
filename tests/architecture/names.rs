//! The rules of names: the files of a slice are those of the plan, its facade holds declarations
//! only, and neither a file nor a type is named for being of use in general.

use std::collections::BTreeSet;

use crate::lexer::{Kind, tokens};
use crate::ranks::is_slice;
use crate::source::{Room, SourceFile, Violation};
use crate::statements::{is_module_declaration, is_reexport, opening, statements};

/// Names that a file or folder may not have, nor end in after an underscore.
const BANNED_FILES: [&str; 10] = [
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "misc",
    "manager",
    "service",
    "repository",
    "prelude",
];

/// Names that a file or folder may not have.
const BANNED_WHOLE_FILES: [&str; 2] = ["types", "traits"];

/// Endings that the name of a type may not have.
const BANNED_TYPES: [&str; 9] =
    ["Service", "Repository", "Manager", "Helper", "Helpers", "Util", "Utils", "Common", "Misc"];

/// The rooms that may be a folder once their file would be too long.
const FOLDERS: [&str; 4] = ["http", "jobs", "model", "store"];

/// Files that are not those of the plan, and files with banned names.
pub(crate) fn files_are_named_by_the_plan(files: &[SourceFile]) -> Vec<Violation> {
    let rust = files.iter().filter(|file| file.is_rust());
    let mut violations: Vec<Violation> = rust.filter_map(badly_named).collect();
    let in_slices: Vec<&SourceFile> =
        files.iter().filter(|file| file.is_product() && is_slice(file.top_module())).collect();
    violations.extend(in_slices.iter().filter_map(|file| outside_the_plan(file)));
    let slices: BTreeSet<&str> = in_slices.iter().map(|file| file.top_module()).collect();
    let facades = slices.into_iter().map(|slice| format!("src/{slice}/mod.rs"));
    let missing = facades.filter(|facade| !in_slices.iter().any(|file| file.path == *facade));
    violations.extend(missing.map(|facade| {
        let remedy = format!(
            "write the facade {facade}: a paragraph `//!`, `mod` lines, and re-exports by name"
        );
        Violation {
            path: facade,
            line: 1,
            found: "the slice has no mod.rs".to_owned(),
            rule: PLAN.to_owned(),
            remedy,
        }
    }));
    violations
}

const PLAN: &str = "a slice is a folder of mod.rs, http.rs, model.rs, store.rs, error.rs, \
    jobs.rs and one file a use case";

fn badly_named(file: &SourceFile) -> Option<Violation> {
    let pieces: Vec<&str> = file
        .path
        .split('/')
        .skip(1)
        .map(|piece| piece.strip_suffix(".rs").unwrap_or(piece))
        .collect();
    let banned = pieces.iter().find(|piece| is_banned(piece));
    let other = pieces.iter().find(|piece| !is_snake_case(piece));
    let (found, rule) = match (banned, other) {
        (Some(name), _) => {
            (format!("the name `{name}`"), "a file is named for what it does, not for being of use")
        }
        (None, Some(name)) => (format!("the name `{name}`"), "files and folders are in snake_case"),
        (None, None) => return None,
    };
    let remedy = "name the file by the field's own term: a noun for a folder, a verb for a use \
        case; split it by what its parts do"
        .to_owned();
    Some(Violation { path: file.path.clone(), line: 1, found, rule: rule.to_owned(), remedy })
}

fn is_banned(name: &str) -> bool {
    let last = name.rsplit('_').next().unwrap_or(name);
    BANNED_FILES.contains(&last) || BANNED_WHOLE_FILES.contains(&name)
}

fn is_snake_case(name: &str) -> bool {
    let is_plain = name.chars().all(|character| {
        character == '_' || character.is_ascii_lowercase() || character.is_ascii_digit()
    });
    is_plain && name.starts_with(|first: char| first.is_ascii_lowercase())
}

/// A slice that is a file, or a folder within a slice that is no room which outgrew its file.
fn outside_the_plan(file: &SourceFile) -> Option<Violation> {
    let module = file.top_module();
    let (found, remedy) = match file.components().as_slice() {
        [_] => (
            format!("the slice `{module}` is a file"),
            format!("make it the folder src/{module}/ with mod.rs and its rooms"),
        ),
        [_, room, _] if FOLDERS.contains(room) => return None,
        [_, _] | [_, _, "tests.rs"] => return None,
        _ => (
            "a folder in a slice".to_owned(),
            format!(
                "put the file into src/{module}/ itself; only a room that outgrew its file is a \
                    folder ({})",
                FOLDERS.join(", ")
            ),
        ),
    };
    Some(Violation { path: file.path.clone(), line: 1, found, rule: PLAN.to_owned(), remedy })
}

/// Statements of a slice's `mod.rs` other than `mod name;` and `pub use`.
pub(crate) fn facades_hold_declarations_only(files: &[SourceFile]) -> Vec<Violation> {
    let facades = files.iter().filter(|file| {
        file.is_product() && is_slice(file.top_module()) && file.room() == Room::Facade
    });
    let all = facades.flat_map(|file| {
        statements(&tokens(&file.text)).into_iter().map(move |statement| (file, statement))
    });
    let strange =
        all.filter(|(_, statement)| !is_module_declaration(statement) && !is_reexport(statement));
    strange
        .map(|(file, statement)| Violation {
            path: file.path.clone(),
            line: statement.first().map_or(1, |token| token.line),
            found: format!("`{}`", opening(&statement)),
            rule: "the mod.rs of a slice holds docs, `mod` and `pub use` lines only".to_owned(),
            remedy: format!(
                "move it to its room in src/{}/: a type to model.rs, a query to store.rs, a \
                    decision to its use case",
                file.top_module()
            ),
        })
        .collect()
}

/// Types with a banned ending.
pub(crate) fn types_are_named_for_what_they_are(files: &[SourceFile]) -> Vec<Violation> {
    let rust = files.iter().filter(|file| file.is_rust());
    rust.flat_map(|file| {
        type_names(&file.text).into_iter().map(move |(name, line)| (file, name, line))
    })
    .filter(|(_, name, _)| BANNED_TYPES.iter().any(|ending| name.ends_with(ending)))
    .map(|(file, name, line)| Violation {
        path: file.path.clone(),
        line,
        found: format!("the type `{name}`"),
        rule: format!("no type ends in {}", BANNED_TYPES.join(", ")),
        remedy: "a use case is a free function over a transaction; a type is named by the \
                field's own term"
            .to_owned(),
    })
    .collect()
}

fn type_names(text: &str) -> Vec<(String, usize)> {
    let all = tokens(text);
    let definitions = all.windows(2).filter_map(|pair| match pair {
        [keyword, name]
            if name.kind == Kind::Word
                && is_type_keyword(&keyword.text)
                && keyword.kind == Kind::Word =>
        {
            Some(name)
        }
        _ => None,
    });
    definitions.map(|name| (name.text.clone(), name.line)).collect()
}

fn is_type_keyword(word: &str) -> bool {
    ["struct", "enum", "trait", "type", "union"].contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{made_up, places};

    #[test]
    fn files_of_the_plan_pass() {
        let paths = [
            "src/qr/mod.rs",
            "src/qr/http.rs",
            "src/qr/issue_code.rs",
            "src/qr/store/mod.rs",
            "src/qr/issue_code/tests.rs",
            "src/config.rs",
            "src/http/paging/cursor.rs",
            "src/catalog/mod.rs",
            "src/catalog/ticket_types.rs",
            "tests/api/scan.rs",
        ];
        assert_eq!(
            places(files_are_named_by_the_plan(&made_up(&paths.map(|path| (path, ""))))),
            Vec::<String>::new()
        );
    }

    #[test]
    fn files_that_are_not_of_the_plan_fail() {
        let paths = [
            "src/access/mod.rs",
            "src/access/partners/store.rs",
            "src/catalog/mod.rs",
            "src/catalog/types.rs",
            "src/http/date_utils.rs",
            "src/kernel/MyClock.rs",
            "src/notify.rs",
            "src/qr/issue.rs",
            "tests/common/mod.rs",
        ];
        let expected = [
            "src/access/partners/store.rs:1",
            "src/catalog/types.rs:1",
            "src/http/date_utils.rs:1",
            "src/kernel/MyClock.rs:1",
            "src/notify.rs:1",
            "src/notify/mod.rs:1",
            "src/qr/mod.rs:1",
            "tests/common/mod.rs:1",
        ];
        assert_eq!(
            places(files_are_named_by_the_plan(&made_up(&paths.map(|path| (path, ""))))),
            expected
        );
    }

    #[test]
    fn every_banned_file_name_fails() {
        for name in BANNED_FILES.iter().chain(&BANNED_WHOLE_FILES) {
            let path = format!("src/kernel/{name}.rs");
            assert_eq!(
                places(files_are_named_by_the_plan(&made_up(&[(&path, "")]))),
                [format!("{path}:1")]
            );
        }
    }

    #[test]
    fn a_facade_of_declarations_passes() {
        let text = "//! Codes.\n#![warn(missing_docs)]\nmod issue;\npub(crate) mod \
            http;\n#[cfg(test)]\nmod tests;\npub use issue::{issue, Issue};\npub(crate) use issue::A;";
        let files = made_up(&[
            ("src/qr/mod.rs", text),
            ("src/db/mod.rs", "fn f() {}"),
            ("src/qr/issue.rs", "fn f() {}"),
        ]);
        assert_eq!(places(facades_hold_declarations_only(&files)), Vec::<String>::new());
    }

    #[test]
    fn a_facade_with_code_fails() {
        let text = "mod issue;\nuse issue::A;\npub fn f() {\n}\nmod tests {}\npub struct B;";
        let lines = ["src/qr/mod.rs:2", "src/qr/mod.rs:3", "src/qr/mod.rs:5", "src/qr/mod.rs:6"];
        assert_eq!(
            places(facades_hold_declarations_only(&made_up(&[("src/qr/mod.rs", text)]))),
            lines
        );
    }

    #[test]
    fn types_named_by_the_field_pass() {
        let text = "use r2d2::ConnectionManager; struct Batch; enum ServiceLevel { A } // \
            struct TicketService\nconst A: &str = \"struct TicketService\";";
        assert_eq!(
            places(types_are_named_for_what_they_are(&made_up(&[("src/ota/model.rs", text)]))),
            Vec::<String>::new()
        );
    }

    #[test]
    fn every_banned_type_name_fails() {
        for ending in BANNED_TYPES {
            for keyword in ["struct", "enum", "trait", "type"] {
                let text = format!("\npub {keyword} Ticket{ending} {{}}");
                let files = made_up(&[("tests/api/app.rs", &text)]);
                assert_eq!(
                    places(types_are_named_for_what_they_are(&files)),
                    ["tests/api/app.rs:2"],
                    "{text}"
                );
            }
        }
    }
}
