//! Checks the architecture by reading the sources as text: ranks, cycles, rooms, facades, fences,
//! owners of tables, names, form, and the document that tells of them. Each rule is a function over
//! source files held in memory, proven by tests of its own on small made-up trees; the tests of this
//! file apply the rules to the repository.
//!
//! A failure lists every violation with its place, the rule, and the room where the line belongs.

use std::fs;
use std::path::{Path, PathBuf};

use crate::source::{SourceFile, Violation, report};

#[path = "architecture/cycles.rs"]
mod cycles;
#[path = "architecture/document.rs"]
mod document;
#[path = "architecture/facades.rs"]
mod facades;
#[path = "architecture/fences.rs"]
mod fences;
#[path = "architecture/form.rs"]
mod form;
#[path = "architecture/lexer.rs"]
mod lexer;
#[path = "architecture/names.rs"]
mod names;
#[path = "architecture/ranks.rs"]
mod ranks;
#[path = "architecture/references.rs"]
mod references;
#[path = "architecture/resolution.rs"]
mod resolution;
#[path = "architecture/rooms.rs"]
mod rooms;
#[path = "architecture/source.rs"]
mod source;
#[path = "architecture/statements.rs"]
mod statements;
#[path = "architecture/tables.rs"]
mod tables;
#[path = "architecture/tree.rs"]
mod tree;

/// The sources under `src/` and `tests/`, and the document of the architecture.
fn repository() -> Vec<SourceFile> {
    let root = Path::new(option_env!("CARGO_MANIFEST_DIR").unwrap_or("."));
    let mut paths = vec![root.join("ARCHITECTURE.md")];
    for folder in ["src", "tests"] {
        collect_rust_files(&root.join(folder), &mut paths);
    }
    paths.sort();
    let read = paths.iter().filter_map(|path| {
        let text = fs::read_to_string(path).ok()?;
        let below = path.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/");
        Some(SourceFile::new(&below, &text))
    });
    let files: Vec<SourceFile> = read.collect();
    assert!(
        files.iter().any(SourceFile::is_product),
        "failed to find sources under {}",
        root.join("src").display()
    );
    files
}

fn collect_rust_files(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect_rust_files(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn apply(rule: fn(&[SourceFile]) -> Vec<Violation>) {
    let violations = rule(&repository());
    assert!(violations.is_empty(), "{}", report(violations));
}

#[test]
fn a_module_imports_only_modules_of_a_lower_rank() {
    apply(ranks::imports_go_down);
}

#[test]
fn the_library_root_only_declares_modules() {
    apply(ranks::library_root_only_declares_modules);
}

#[test]
fn top_level_modules_form_no_cycle() {
    apply(cycles::modules_form_no_cycle);
}

#[test]
fn the_files_of_a_module_form_no_cycle() {
    apply(cycles::files_form_no_cycle);
}

#[test]
fn the_rooms_of_a_slice_are_read_in_order() {
    apply(rooms::rooms_are_read_in_order);
}

#[test]
fn a_module_is_reached_through_its_facade_only() {
    apply(facades::only_facades_are_reached);
}

#[test]
fn nothing_is_imported_by_star() {
    apply(facades::nothing_is_imported_by_star);
}

#[test]
fn libraries_clock_and_environment_stay_behind_their_fences() {
    apply(fences::fences_hold);
}

#[test]
fn every_table_has_exactly_one_owner() {
    apply(tables::every_table_has_one_owner);
}

#[test]
fn files_are_named_by_the_plan_of_rooms() {
    apply(names::files_are_named_by_the_plan);
}

#[test]
fn the_facade_of_a_slice_holds_declarations_only() {
    apply(names::facades_hold_declarations_only);
}

#[test]
fn types_are_named_for_what_they_are() {
    apply(names::types_are_named_for_what_they_are);
}

#[test]
fn no_file_is_too_long() {
    apply(form::files_are_short);
}

#[test]
fn every_file_opens_with_its_purpose() {
    apply(form::files_open_with_their_purpose);
}

#[test]
fn the_document_lists_every_module_at_its_rank() {
    apply(document::the_document_lists_every_module);
}

#[test]
fn the_document_names_tests_that_exist() {
    apply(document::the_document_names_real_tests);
}
