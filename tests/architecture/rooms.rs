//! The order of the rooms within a slice: `http.rs` -> use cases and `jobs.rs` -> `store.rs` ->
//! `model.rs` and `error.rs`.

use crate::ranks::is_slice;
use crate::source::{Room, SourceFile, Violation};
use crate::tree::{Import, Tree};

const RULE: &str = "within a slice the order is http.rs -> use cases and jobs.rs -> store.rs -> \
    model.rs and error.rs";

/// Imports between the files of one slice that go against the order of its rooms.
pub(crate) fn rooms_are_read_in_order(files: &[SourceFile]) -> Vec<Violation> {
    let tree = Tree::new(files);
    let imports = tree.imports();
    let own =
        imports.iter().filter(|import| is_slice(import.source.top_module()) && !import.is_reexport);
    own.filter_map(|import| check(&tree, import)).collect()
}

fn check(tree: &Tree<'_>, import: &Import<'_>) -> Option<Violation> {
    let origin = tree.file_of(&import.origin)?.source;
    let module = import.source.top_module();
    if origin.top_module() != module || origin.path == import.source.path {
        return None;
    }
    let (from, to) = (import.source.room(), origin.room());
    let remedy = match (from, to) {
        (Room::Http, Room::Http) | (Room::Store, Room::Store) => return None,
        (_, Room::Http) => format!(
            "handlers are called by the routes alone: move what is shared out of \
                src/{module}/http.rs, to a use case or to model.rs"
        ),
        (Room::Http, Room::Store) => format!(
            "call a use case: move the step to src/{module}/<verb>.rs, which calls store.rs"
        ),
        (Room::Store, Room::UseCase | Room::Jobs) => {
            format!(
                "a query decides nothing: move the decision to the use case that calls \
                    src/{module}/store.rs, and shared types to model.rs"
            )
        }
        (Room::Model | Room::Error, Room::UseCase | Room::Jobs | Room::Store) => {
            format!(
                "src/{module}/model.rs and error.rs are at the bottom: move what they need into \
                    them, or the code that needs more to a use case"
            )
        }
        _ => return None,
    };
    let found = format!("`{}`, which is in {}", import.written(), origin.path);
    Some(import.violation(found, RULE, remedy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{made_up, places};

    const FACADE: &str = "mod error; mod http; mod issue; mod jobs; mod model; mod store; pub \
        use issue::issue; pub use model::Code; pub(crate) use http::show;";

    fn places_in(path: &str, text: &str) -> Vec<String> {
        let mut files = made_up(&[("src/qr/mod.rs", FACADE)]);
        for room in ["error", "http", "issue", "jobs", "model", "store"] {
            files.push(SourceFile::new(&format!("src/qr/{room}.rs"), ""));
        }
        files.retain(|file| file.path != path);
        files.push(SourceFile::new(path, text));
        places(rooms_are_read_in_order(&files))
    }

    #[test]
    fn imports_in_the_order_of_the_rooms_pass() {
        let cases = [
            (
                "src/qr/http.rs",
                "use super::{issue::issue, model::Code, error::QrError, jobs}; use \
                    crate::http::Problem;",
            ),
            (
                "src/qr/issue.rs",
                "use super::{store, jobs, Code}; mod tests { use super::super::store; use \
                    super::*; }",
            ),
            ("src/qr/jobs.rs", "use super::{issue, store};"),
            (
                "src/qr/store.rs",
                "use super::Code; use crate::qr::error::QrError; use crate::db::schema::qr_codes;",
            ),
            ("src/qr/model.rs", "use super::error::QrError;"),
        ];
        for (path, text) in cases {
            assert_eq!(places_in(path, text), Vec::<String>::new(), "{path}");
        }
    }

    #[test]
    fn imports_against_the_order_of_the_rooms_fail() {
        let cases = [
            ("src/qr/http.rs", "use super::store;"),
            ("src/qr/http.rs", "use crate::qr as q; fn f() { q::store::insert() }"),
            ("src/qr/issue.rs", "use super::http::Body;"),
            ("src/qr/jobs.rs", "use crate::qr::http;"),
            ("src/qr/store.rs", "use super::issue;"),
            ("src/qr/store.rs", "use super::jobs::run;"),
            ("src/qr/store.rs", "use super::http;"),
            ("src/qr/model.rs", "use super::store::Row;"),
            ("src/qr/error.rs", "use super::issue::Refusal;"),
        ];
        for (path, text) in cases {
            assert_eq!(places_in(path, text), [format!("{path}:1")], "{text}");
        }
    }
}
