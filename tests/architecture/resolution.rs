//! Resolves a path as it is written: to the absolute path that it means, and on to where the item
//! comes from once re-exports are followed.

use crate::references::Reference;
use crate::tree::{ParsedFile, Target, Tree};

/// How many aliases or re-exports in a row are followed before a path is taken as it is.
const LONGEST_CHAIN: usize = 8;

impl Tree<'_> {
    /// What a path means where it stands.
    pub(crate) fn absolute(&self, file: &ParsedFile<'_>, reference: &Reference) -> Target {
        self.absolute_at(file, reference, 0)
    }

    /// Where an item comes from: re-exports are followed, also into other crates.
    pub(crate) fn origin(&self, absolute: &Target) -> Target {
        let mut target = absolute.clone();
        for _ in 0..LONGEST_CHAIN {
            let Some(file) = self.file_of(&target) else {
                break;
            };
            let mut below = target.segments.iter().skip(file.path.len());
            let Some(bound) = below.next().and_then(|name| file.binding(name, &[])) else {
                break;
            };
            let mut next = self.absolute(file, bound);
            next.segments.extend(below.cloned());
            if next == target {
                break;
            }
            target = next;
        }
        target
    }

    fn absolute_at(&self, file: &ParsedFile<'_>, reference: &Reference, depth: usize) -> Target {
        let mut segments: Vec<String> =
            file.path.iter().chain(&reference.inside).cloned().collect();
        let mut written = reference.segments.iter().peekable();
        match written.next().map(String::as_str) {
            None | Some("") => {
                return Target { is_local: false, segments: written.cloned().collect() };
            }
            Some("crate" | "ticketgate") => segments.clear(),
            Some("self") => {}
            Some("super") => {
                segments.pop();
                while written.next_if(|segment| *segment == "super").is_some() {
                    segments.pop();
                }
            }
            Some(name) => return self.named_in_scope(file, reference, name, depth),
        }
        segments.extend(written.cloned());
        Target { is_local: true, segments }
    }

    /// A path that begins with a name: of a `use`, of a child module, of what `use super::*` brings, or of a crate.
    fn named_in_scope(
        &self,
        file: &ParsedFile<'_>,
        reference: &Reference,
        name: &str,
        depth: usize,
    ) -> Target {
        let binds_itself = reference.binds.as_deref() == Some(name);
        let bound = file
            .binding(name, &reference.inside)
            .filter(|_| !binds_itself && depth < LONGEST_CHAIN);
        if let Some(bound) = bound {
            let mut target = self.absolute_at(file, bound, depth + 1);
            target.segments.extend(reference.segments.iter().skip(1).cloned());
            return target;
        }
        let child: Vec<String> = file.path.iter().cloned().chain([name.to_owned()]).collect();
        if !file.path.is_empty() && self.is_module(&child) {
            let segments = file.path.iter().chain(&reference.segments).cloned().collect();
            return Target { is_local: true, segments };
        }
        if let Some(parent) = self.parent_in_scope(file) {
            let in_parent = Reference { inside: Vec::new(), ..reference.clone() };
            return self.named_in_scope(parent, &in_parent, name, depth);
        }
        Target { is_local: false, segments: reference.segments.clone() }
    }

    /// The parent's file, where `use super::*` brings its names into scope.
    fn parent_in_scope(&self, file: &ParsedFile<'_>) -> Option<&ParsedFile<'_>> {
        let mut globs =
            file.references.iter().filter(|each| each.is_glob && each.inside.is_empty());
        let (_, parent) =
            file.path.split_last().filter(|_| globs.any(|glob| glob.segments == ["super"]))?;
        self.files.iter().find(|other| other.path == parent)
    }
}

impl ParsedFile<'_> {
    /// The `use` that binds `name` in the innermost scope around `inside`.
    fn binding(&self, name: &str, inside: &[String]) -> Option<&Reference> {
        let bindings = self.references.iter().filter(|each| each.binds.as_deref() == Some(name));
        bindings
            .filter(|each| inside.starts_with(&each.inside))
            .max_by_key(|each| each.inside.len())
    }
}

#[cfg(test)]
mod tests {
    use crate::source::made_up;
    use crate::tree::Tree;

    const FACADE: &str =
        "mod model; pub(crate) use model::Ticket; pub(crate) use diesel::QueryDsl;";

    fn resolved(path: &str, text: &str) -> Vec<(String, String)> {
        let files = made_up(&[
            ("src/tickets/mod.rs", FACADE),
            ("src/tickets/model.rs", "pub struct Ticket;"),
            (path, text),
        ]);
        let tree = Tree::new(&files);
        let imports = tree.imports();
        let of_file = imports.iter().filter(|import| import.source.path == path);
        of_file.map(|import| (import.written(), import.origin.segments.join("::"))).collect()
    }

    fn pair(written: &str, origin: &str) -> (String, String) {
        (written.to_owned(), origin.to_owned())
    }

    #[test]
    fn relative_paths_become_absolute() {
        let found = resolved(
            "src/tickets/mint.rs",
            "use super::model::Ticket; mod tests { use super::super::super::db; use super::*; }",
        );
        assert_eq!(
            found,
            [
                pair("crate::tickets::model::Ticket", "tickets::model::Ticket"),
                pair("crate::db", "db"),
                pair("crate::tickets::mint::*", "tickets::mint"),
            ]
        );
    }

    #[test]
    fn aliases_and_child_modules_are_looked_through() {
        let found = resolved(
            "src/qr/issue.rs",
            "use crate::tickets as t; use log::log; fn f() { t::model::Ticket; log::info!() }",
        );
        assert_eq!(
            found.get(2),
            Some(&pair("crate::tickets::model::Ticket", "tickets::model::Ticket"))
        );
        assert_eq!(found.get(3), Some(&pair("log::log::info", "log::log::info")));
        let found = resolved("src/tickets.rs", "use model::Ticket;");
        assert_eq!(found, [pair("crate::tickets::model::Ticket", "tickets::model::Ticket")]);
    }

    #[test]
    fn reexports_are_followed_to_where_the_item_comes_from() {
        let found = resolved("src/qr/issue.rs", "use crate::tickets::{Ticket, QueryDsl};");
        assert_eq!(
            found,
            [
                pair("crate::tickets::Ticket", "tickets::model::Ticket"),
                pair("crate::tickets::QueryDsl", "diesel::QueryDsl"),
            ]
        );
    }

    #[test]
    fn a_file_of_tests_sees_the_names_of_its_parent() {
        let found = resolved(
            "src/tickets/tests.rs",
            "use super::*; fn f() { model::Ticket; QueryDsl::all }",
        );
        assert_eq!(
            found.get(1),
            Some(&pair("crate::tickets::model::Ticket", "tickets::model::Ticket"))
        );
        assert_eq!(found.get(2), Some(&pair("diesel::QueryDsl::all", "diesel::QueryDsl::all")));
    }
}
