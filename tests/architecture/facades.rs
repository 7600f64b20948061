//! The rules of facades: from outside a module only the items that its `mod.rs` re-exports by name
//! are reached, and nothing is imported or re-exported by `*`.

use crate::ranks::is_slice;
use crate::source::{Room, SourceFile, Violation};
use crate::tree::{Import, Tree};

/// Paths that reach into a file of another module.
pub(crate) fn only_facades_are_reached(files: &[SourceFile]) -> Vec<Violation> {
    let tree = Tree::new(files);
    let imports = tree.imports();
    imports.iter().filter_map(|import| check(&tree, import)).collect()
}

fn check(tree: &Tree<'_>, import: &Import<'_>) -> Option<Violation> {
    let module = import.absolute.module()?;
    let inner = import.absolute.segments.get(..2)?;
    let file = import.absolute.segment(1);
    let names_an_item =
        import.absolute.segments.len() == 2 && tree.exports(&[module.to_owned()], file);
    if module == import.source.top_module()
        || !tree.is_module(inner)
        || names_an_item
        || is_excepted(import, module, file)
    {
        return None;
    }
    let item = import.absolute.segments.last().map(String::as_str).unwrap_or_default();
    let remedy = match (module, file) {
        ("db", "schema") => {
            let from = import.source.top_module();
            format!(
                "tables are named by store.rs files only: move the query to \
                    src/{from}/store.rs, of the slice that owns the table"
            )
        }
        (_, "http" | "store") => format!(
            "call a use case of `{module}` through its facade; what it needs of its {file}.rs \
                is its own affair"
        ),
        _ => format!(
            "re-export the item in src/{module}/mod.rs (`pub(crate) use {file}::{item};`) and \
                import `crate::{module}::{item}`"
        ),
    };
    let found = format!("`{}` reaches into `{file}` of `{module}`", import.written());
    Some(import.violation(
        found,
        "from outside a module only `crate::<module>::Item` is reached",
        remedy,
    ))
}

/// The schema for every store, and the handlers of slices for the page of routes.
fn is_excepted(import: &Import<'_>, module: &str, file: &str) -> bool {
    let is_schema = module == "db" && file == "schema";
    let is_handler = is_slice(module) && file == "http";
    (is_schema && import.source.room() == Room::Store)
        || (is_handler && import.source.top_module() == "app")
}

/// Imports and re-exports by `*`, but for `use super::*` in a module of tests.
pub(crate) fn nothing_is_imported_by_star(files: &[SourceFile]) -> Vec<Violation> {
    let tree = Tree::new(files);
    let imports = tree.imports();
    let stars = imports.iter().filter(|import| import.reference.is_glob && !may_be_a_star(import));
    stars
        .map(|import| {
            let found = format!("`use {}`", import.written());
            let remedy = "name what is used: `use path::{First, Second};`".to_owned();
            import.violation(found, "no `use ..::*` but `use super::*` in a `mod tests`", remedy)
        })
        .collect()
}

/// `use super::*` in tests, and diesel's prelude, which is made for it.
fn may_be_a_star(import: &Import<'_>) -> bool {
    if import.reference.segments == ["diesel", "prelude"] && !import.reference.is_public {
        return true;
    }
    let is_in_tests = import.reference.inside.last().is_some_and(|name| name == "tests");
    let is_file_of_tests =
        import.reference.inside.is_empty() && import.source.file_name() == "tests.rs";
    import.reference.segments == ["super"]
        && !import.reference.is_public
        && (is_in_tests || is_file_of_tests)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{made_up, places};

    fn places_in(path: &str, text: &str) -> Vec<String> {
        let files = made_up(&[
            ("src/db/mod.rs", "pub(crate) mod schema; mod lane; pub use lane::Lane;"),
            ("src/db/schema.rs", ""),
            ("src/db/lane.rs", ""),
            (
                "src/tickets/mod.rs",
                "mod mint; pub(crate) mod http; pub(crate) use mint::{mint, Status};",
            ),
            ("src/tickets/mint.rs", ""),
            ("src/tickets/http.rs", ""),
            ("src/web/http.rs", ""),
            (path, text),
        ]);
        places(only_facades_are_reached(&files))
    }

    #[test]
    fn paths_to_facades_pass() {
        let cases = [
            (
                "src/qr/issue.rs",
                "use crate::tickets::{self, mint, Status}; fn f() { Status::Active; \
                    tickets::mint(); crate::db::Lane::new() }",
            ),
            ("src/qr/store.rs", "use crate::db::schema::{tickets, qr_codes};"),
            (
                "src/app/routes.rs",
                "use crate::tickets::http; fn f() { http::mint; crate::tickets::http::show }",
            ),
            ("src/tickets/show.rs", "use crate::tickets::mint::Status; use super::http;"),
            ("src/main.rs", "fn main() { ticketgate::db::Lane::new() }"),
        ];
        for (path, text) in cases {
            assert_eq!(places_in(path, text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn paths_behind_facades_fail() {
        let cases = [
            ("src/qr/issue.rs", "use crate::tickets::mint::Status;"),
            ("src/qr/issue.rs", "use crate::tickets; fn f() { tickets::mint::mint() }"),
            ("src/qr/issue.rs", "use crate::db::schema::tickets;"),
            ("src/qr/http.rs", "use crate::tickets::http;"),
            ("src/app/routes.rs", "use crate::tickets::mint::mint;"),
            ("src/app/routes.rs", "use crate::web::http;"),
            ("src/main.rs", "fn main() { ticketgate::db::lane::Lane::new() }"),
        ];
        for (path, text) in cases {
            assert_eq!(places_in(path, text), [format!("{path}:1")], "{text}");
        }
    }

    #[test]
    fn a_star_in_tests_passes() {
        let files = made_up(&[
            (
                "src/qr/issue.rs",
                "use crate::db::Tx; // use crate::db::*;\n#[cfg(test)] mod tests { use super::*; }",
            ),
            ("src/qr/tests.rs", "use super::*;"),
        ]);
        assert_eq!(nothing_is_imported_by_star(&files), []);
    }

    #[test]
    fn every_other_star_fails() {
        let files = made_up(&[
            (
                "src/qr/issue.rs",
                "use super::*;\nmod tests { use super::super::*;\n use sample::*; }",
            ),
            ("src/qr/mod.rs", "pub use issue::*;"),
            ("src/qr/store.rs", "use crate::db::schema::tickets::dsl::*;\nuse diesel::prelude::*;"),
        ]);
        let found = places(nothing_is_imported_by_star(&files));
        let expected = ["issue.rs:1", "issue.rs:2", "issue.rs:3", "mod.rs:1", "store.rs:1"];
        assert_eq!(found, expected.map(|place| format!("src/qr/{place}")));
    }
}
