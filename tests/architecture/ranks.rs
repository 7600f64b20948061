//! The table of ranks and its rule: a module imports only modules of a strictly lower rank, and
//! `lib.rs` only declares modules.

use crate::source::{SourceFile, Violation};
use crate::statements::{is_module_declaration, opening, statements};
use crate::tree::Tree;

/// Every module and its rank. `main.rs` starts the program and may name any module.
pub(crate) const RANKS: [(usize, &[&str]); 12] = [
    (0, &["kernel"]),
    (1, &["db", "token"]),
    (2, &["http", "jobs"]),
    (3, &["access"]),
    (4, &["catalog"]),
    (5, &["tickets"]),
    (6, &["redemption"]),
    (7, &["ota", "qr", "venue", "admin", "notify", "vouchers", "payments"]),
    (8, &["orders", "purchase"]),
    (9, &["web", "config"]),
    (10, &["app", "bench"]),
    (11, &["cli", "main.rs"]),
];

/// The ranks of the slices: features with the plan of rooms.
const SLICES: std::ops::RangeInclusive<usize> = 3..=8;

pub(crate) fn rank_of(module: &str) -> Option<usize> {
    RANKS.iter().find(|(_, modules)| modules.contains(&module)).map(|(rank, _)| *rank)
}

pub(crate) fn is_slice(module: &str) -> bool {
    rank_of(module).is_some_and(|rank| SLICES.contains(&rank))
}

/// Imports that do not go strictly down, and modules without a rank.
pub(crate) fn imports_go_down(files: &[SourceFile]) -> Vec<Violation> {
    let tree = Tree::new(files);
    let mut violations: Vec<Violation> =
        files.iter().filter(|file| file.is_product()).filter_map(without_rank).collect();
    for import in tree.imports() {
        let (from, Some(to)) = (import.source.top_module(), import.absolute.module()) else {
            continue;
        };
        let may_import = from == to || from == "main.rs" || rank_of(to) < rank_of(from);
        if rank_of(from).is_some() && (rank_of(to).is_none() || !may_import) {
            let found =
                format!("`{}` is named by `{from}` ({})", import.written(), rank_text(from));
            violations.push(import.violation(
                found,
                "a module imports only modules of a strictly lower rank",
                remedy(from, to),
            ));
        }
    }
    violations
}

fn without_rank(file: &SourceFile) -> Option<Violation> {
    let module = file.top_module();
    if module == "lib.rs" || rank_of(module).is_some() {
        return None;
    }
    Some(Violation {
        path: file.path.clone(),
        line: 1,
        found: format!("the top-level module `{module}` has no rank"),
        rule: "every top-level module is in the table of ranks".to_owned(),
        remedy: "move the file into one of the modules of the table, or give the module a rank \
            in tests/architecture/ranks.rs, ARCHITECTURE.md and the design"
            .to_owned(),
    })
}

fn rank_text(module: &str) -> String {
    rank_of(module).map_or("no rank".to_owned(), |rank| format!("rank {rank}"))
}

fn remedy(from: &str, to: &str) -> String {
    match (rank_of(from), rank_of(to)) {
        (_, None) => format!(
            "`{to}` is no module of the table; export macros and items by name from the facade \
                of their module"
        ),
        (Some(upper), Some(lower)) if upper == lower => {
            format!(
                "`{from}` and `{to}` share rank {upper} and never meet: move what both need to \
                    a module below, or send an event through `jobs`"
            )
        }
        (_, Some(rank)) => {
            format!(
                "`{to}` has rank {rank}, above `{from}`: let `{to}` call `{from}`, move what \
                    both need below `{from}`, or send an event through `jobs`"
            )
        }
    }
}

/// Anything in `lib.rs` that is not a module's declaration.
pub(crate) fn library_root_only_declares_modules(files: &[SourceFile]) -> Vec<Violation> {
    let tree = Tree::new(files);
    let root = tree.files.iter().filter(|file| file.source.path == "src/lib.rs");
    let strange = root.flat_map(|file| {
        statements(&file.tokens).into_iter().filter(|statement| !is_module_declaration(statement))
    });
    let violations = strange
        .filter_map(|statement| statement.first().map(|token| (token.line, opening(&statement))));
    violations
        .map(|(line, text)| Violation {
            path: "src/lib.rs".to_owned(),
            line,
            found: format!("`{text}`"),
            rule: "lib.rs only declares modules".to_owned(),
            remedy: "move it to the module it belongs to; what starts the program belongs in \
                src/cli/ or src/main.rs"
                .to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{made_up, places};

    #[test]
    fn imports_that_go_down_pass() {
        let files = made_up(&[
            ("src/lib.rs", "pub mod kernel;"),
            ("src/main.rs", "fn main() { ticketgate::cli::run() }"),
            ("src/kernel/mod.rs", "use chrono::Utc; // crate::ota::Batch"),
            (
                "src/tickets/mod.rs",
                "pub(crate) use mint::mint; const TEXT: &str = \"crate::ota::Batch\";",
            ),
            (
                "src/tickets/mint.rs",
                "use crate::{db::Tx, kernel::{Id, Clock}}; use crate::tickets::Ticket; use \
                    super::Code;",
            ),
        ]);
        assert_eq!(places(imports_go_down(&files)), Vec::<String>::new());
    }

    #[test]
    fn imports_that_go_up_or_sideways_fail() {
        let files = made_up(&[
            ("src/kernel/mod.rs", "\n\nfn f() { crate::db::connect() }"),
            ("src/qr/issue.rs", "use crate::{kernel::Id,\n ota::Batch};"),
            ("src/db/mod.rs", "#[cfg(test)] mod tests {\n use crate::tickets::Ticket; }"),
            ("src/config.rs", "use super::app;"),
        ]);
        let found = places(imports_go_down(&files));
        assert_eq!(
            found,
            ["src/config.rs:1", "src/db/mod.rs:2", "src/kernel/mod.rs:3", "src/qr/issue.rs:2"]
        );
    }

    #[test]
    fn modules_without_a_rank_fail() {
        let files =
            made_up(&[("src/extras/mod.rs", ""), ("src/app/mod.rs", "use crate::extras::Thing;")]);
        assert_eq!(places(imports_go_down(&files)), ["src/app/mod.rs:1", "src/extras/mod.rs:1"]);
    }

    #[test]
    fn a_root_of_declarations_passes() {
        let files = made_up(&[(
            "src/lib.rs",
            "//! Root.\n#![forbid(unsafe_code)]\n#[macro_use]\nmod kernel;\npub(crate) mod db;",
        )]);
        assert_eq!(places(library_root_only_declares_modules(&files)), Vec::<String>::new());
    }

    #[test]
    fn a_root_with_code_fails() {
        let files =
            made_up(&[("src/lib.rs", "mod kernel;\npub use kernel::Id;\nmod db { }\nfn f() {}\n")]);
        assert_eq!(
            places(library_root_only_declares_modules(&files)),
            ["src/lib.rs:2", "src/lib.rs:3", "src/lib.rs:4"]
        );
    }
}
