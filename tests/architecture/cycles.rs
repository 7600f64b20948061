//! The rule against cycles, on the measured graph of imports: between top-level modules, and
//! between the files of one module.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::source::{SourceFile, Violation};
use crate::tree::{Import, Tree};

/// Who imports whom, with the line of the first such import.
type Graph<'a> = BTreeMap<&'a str, BTreeMap<&'a str, &'a Import<'a>>>;

/// Top-level modules that import each other in a ring.
pub(crate) fn modules_form_no_cycle(files: &[SourceFile]) -> Vec<Violation> {
    let tree = Tree::new(files);
    let imports = tree.imports();
    let mut graph = Graph::new();
    for import in &imports {
        let (from, Some(to)) = (import.source.top_module(), import.absolute.module()) else {
            continue;
        };
        if from != to {
            graph.entry(from).or_default().entry(to).or_insert(import);
        }
    }
    let remedy = "let the calls go one way, down the ranks: move what both need to a module \
        below, or send an event through `jobs`";
    violations(&graph, "top-level modules form no cycle", remedy)
}

/// Files of one module that import each other in a ring. A facade's re-exports are followed to the file they come from.
pub(crate) fn files_form_no_cycle(files: &[SourceFile]) -> Vec<Violation> {
    let tree = Tree::new(files);
    let imports = tree.imports();
    let mut graph = Graph::new();
    for import in imports.iter().filter(|import| !import.is_reexport && !import.reference.is_glob) {
        let Some(origin) = tree.file_of(&import.origin) else {
            continue;
        };
        let (from, to) = (import.source, origin.source);
        if from.path != to.path && from.top_module() == to.top_module() {
            graph.entry(&from.path).or_default().entry(&to.path).or_insert(import);
        }
    }
    let remedy = "the order is http.rs -> use cases and jobs.rs -> store.rs -> model.rs and \
        error.rs: move what both files need to the later one, or to a file of its own";
    violations(&graph, "the files of one module form no cycle", remedy)
}

fn violations(graph: &Graph<'_>, rule: &str, remedy: &str) -> Vec<Violation> {
    let edges = graph.iter().flat_map(|(from, targets)| targets.keys().map(move |to| (*from, *to)));
    let rings: BTreeSet<Vec<&str>> = edges.filter_map(|(from, to)| ring(graph, from, to)).collect();
    rings.iter().filter_map(|ring| violation(graph, ring, rule, remedy)).collect()
}

/// The shortest ring through the edge `from -> to`, turned so that its least name is first.
fn ring<'a>(graph: &Graph<'a>, from: &'a str, to: &'a str) -> Option<Vec<&'a str>> {
    let mut waiting = VecDeque::from([vec![from, to]]);
    let mut seen = BTreeSet::from([to]);
    while let Some(path) = waiting.pop_front() {
        for next in
            path.last().and_then(|last| graph.get(last)).into_iter().flat_map(BTreeMap::keys)
        {
            if *next == from {
                let least = path
                    .iter()
                    .enumerate()
                    .min_by_key(|(_, name)| **name)
                    .map_or(0, |(index, _)| index);
                return Some(path.iter().cycle().skip(least).take(path.len()).copied().collect());
            }
            if seen.insert(next) {
                waiting.push_back(path.iter().copied().chain([*next]).collect());
            }
        }
    }
    None
}

fn violation(graph: &Graph<'_>, ring: &[&str], rule: &str, remedy: &str) -> Option<Violation> {
    let steps = ring.iter().zip(ring.iter().cycle().skip(1));
    let imports: Vec<_> = steps
        .filter_map(|(from, to)| graph.get(from).and_then(|targets| targets.get(to)))
        .collect();
    let lines: Vec<String> = imports
        .iter()
        .map(|import| {
            format!("`{}` at {}:{}", import.written(), import.source.path, import.reference.line)
        })
        .collect();
    let found =
        format!("the cycle {} -> {}: {}", ring.join(" -> "), ring.first()?, lines.join(", "));
    Some(imports.first()?.violation(found, rule, remedy.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{made_up, places};

    #[test]
    fn modules_without_a_ring_pass() {
        let files = made_up(&[
            ("src/app/mod.rs", "use crate::{qr::Code, db::Tx};"),
            ("src/qr/mod.rs", "use crate::db::Tx; use crate::qr::Code;"),
            ("src/db/mod.rs", "use crate::kernel::Id;"),
            ("src/kernel/mod.rs", ""),
        ]);
        assert_eq!(modules_form_no_cycle(&files), []);
    }

    #[test]
    fn a_ring_of_three_modules_fails_once_and_is_told_in_full() {
        let files = made_up(&[
            ("src/app/mod.rs", "use crate::qr::Code;"),
            ("src/qr/mod.rs", "\nuse crate::db::Tx;"),
            ("src/db/mod.rs", "use crate::app::State;"),
        ]);
        let found = modules_form_no_cycle(&files);
        let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), 1, "{texts:?}");
        assert!(texts.concat().contains("app -> qr -> db -> app"), "{texts:?}");
        assert!(texts.concat().contains("src/qr/mod.rs:2"), "{texts:?}");
    }

    #[test]
    fn files_that_import_one_way_pass() {
        let files = made_up(&[
            (
                "src/qr/mod.rs",
                "mod issue; mod store; mod model; pub use issue::issue; pub use model::Code;",
            ),
            ("src/qr/issue.rs", "use super::{store, Code}; mod tests { use super::*; }"),
            ("src/qr/store.rs", "use crate::qr::model::Code;"),
            ("src/qr/model.rs", "use crate::kernel::Id;"),
            ("src/db/mod.rs", "mod lane; pub use lane::Lane; pub struct Tx;"),
            ("src/db/lane.rs", "use super::Tx;"),
        ]);
        assert_eq!(files_form_no_cycle(&files), []);
    }

    #[test]
    fn files_that_import_each_other_fail_also_through_the_facade() {
        let files = made_up(&[
            ("src/qr/mod.rs", "mod issue; mod show; pub use issue::issue; pub use show::show;"),
            ("src/qr/issue.rs", "use super::show;"),
            ("src/qr/show.rs", "use crate::qr::issue::Thing;"),
            ("src/db/mod.rs", "mod lane; use lane::Lane; pub struct Tx;"),
            ("src/db/lane.rs", "use super::Tx;"),
        ]);
        assert_eq!(places(files_form_no_cycle(&files)), ["src/db/lane.rs:1", "src/qr/issue.rs:1"]);
    }
}
