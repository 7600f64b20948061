//! The rules of ARCHITECTURE.md: its table of ranks agrees with the sources, and each test it names
//! exists.

use std::collections::BTreeSet;

use crate::lexer::tokens;
use crate::ranks::{RANKS, rank_of};
use crate::source::{SourceFile, Violation};

const DOCUMENT: &str = "ARCHITECTURE.md";

/// A row of a markdown table: its line, the header of its table and its cells.
struct Row<'a> {
    line: usize,
    header: Vec<&'a str>,
    cells: Vec<&'a str>,
}

/// Modules that the table of ranks in the document leaves out or gives another rank.
pub(crate) fn the_document_lists_every_module(files: &[SourceFile]) -> Vec<Violation> {
    let rule = "ARCHITECTURE.md names every module of src/ in the row of its rank";
    let text = document(files);
    let rows: Vec<Row<'_>> = rows(text).into_iter().filter(|row| is_rank_table(row)).collect();
    let listed: Vec<(usize, usize, &str)> = rows.iter().flat_map(listed_modules).collect();
    let existing: BTreeSet<&str> =
        files.iter().filter(|file| file.is_product()).map(SourceFile::top_module).collect();
    let ranked =
        existing.into_iter().filter_map(|module| rank_of(module).map(|rank| (module, rank)));
    let missing = ranked
        .filter(|(module, rank)| !listed.iter().any(|(_, at, name)| name == module && at == rank));
    let mut violations: Vec<Violation> = missing
        .map(|(module, rank)| {
            let found = format!("the module `{module}` is not in the row of rank {rank}");
            let remedy = format!(
                "write `{module}` in backticks into the row `| {rank} | .. |` \
                of the table with the header `| rank | modules |`"
            );
            violation(1, found, rule, remedy)
        })
        .collect();
    let wrong = listed.iter().filter(|(_, at, name)| rank_of(name).is_some_and(|rank| rank != *at));
    violations.extend(wrong.map(|(line, at, name)| {
        let table: Vec<String> = RANKS
            .iter()
            .filter(|(_, modules)| modules.contains(name))
            .map(|(rank, _)| rank.to_string())
            .collect();
        violation(
            *line,
            format!("`{name}` stands in the row of rank {at}"),
            rule,
            format!("its rank is {}: move it to that row", table.concat()),
        )
    }));
    violations
}

/// Invariants without a test, and tests named in the document that do not exist.
pub(crate) fn the_document_names_real_tests(files: &[SourceFile]) -> Vec<Violation> {
    let rule = "every invariant in ARCHITECTURE.md names the tests that guard it";
    let functions: BTreeSet<String> =
        files.iter().filter(|file| file.is_rust()).flat_map(|file| functions(&file.text)).collect();
    let rows: Vec<Row<'_>> =
        rows(document(files)).into_iter().filter(|row| is_invariant_table(row)).collect();
    let mut violations = Vec::new();
    if rows.is_empty() {
        let remedy = "write a table `| # | invariant | test |` with a row `| <digit> | .. | \
            `name_of_the_test` |` for each"
            .to_owned();
        violations.push(violation(1, "there is no table of invariants".to_owned(), rule, remedy));
    }
    for row in &rows {
        let names = named_tests(row);
        if names.is_empty() {
            let remedy = "write the test, and its name in backticks into the row".to_owned();
            violations.push(violation(
                row.line,
                "an invariant without a test".to_owned(),
                rule,
                remedy,
            ));
        }
        for name in names.iter().filter(|name| !functions.contains(**name)) {
            let remedy = "write the test under tests/, or correct the name".to_owned();
            violations.push(violation(
                row.line,
                format!("there is no `fn {name}` under tests/ or src/"),
                rule,
                remedy,
            ));
        }
    }
    violations
}

fn violation(line: usize, found: String, rule: &str, remedy: String) -> Violation {
    Violation { path: DOCUMENT.to_owned(), line, found, rule: rule.to_owned(), remedy }
}

fn document(files: &[SourceFile]) -> &str {
    files
        .iter()
        .find(|file| file.path == DOCUMENT)
        .map(|file| file.text.as_str())
        .unwrap_or_default()
}

/// The rows of all tables of a markdown text, without headers and the rules below them.
fn rows(text: &str) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut header: Vec<&str> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some(inner) = line.trim().strip_prefix('|') else {
            header.clear();
            continue;
        };
        let cells: Vec<&str> = inner.trim_end_matches('|').split('|').map(str::trim).collect();
        if header.is_empty() {
            header = cells;
        } else if !cells
            .iter()
            .all(|cell| cell.chars().all(|character| matches!(character, '-' | ':')))
        {
            rows.push(Row { line: index + 1, header: header.clone(), cells });
        }
    }
    rows
}

fn is_rank_table(row: &Row<'_>) -> bool {
    row.header.first().is_some_and(|first| first.eq_ignore_ascii_case("rank"))
}

/// Whether it is a row `| <digit> | .. |` of a table that is not the ranks' and speaks of tests.
fn is_invariant_table(row: &Row<'_>) -> bool {
    let is_numbered = row
        .cells
        .first()
        .is_some_and(|first| first.starts_with(|character: char| character.is_ascii_digit()));
    is_numbered && !is_rank_table(row) && row.header.iter().any(|title| is_test_column(title))
}

fn is_test_column(title: &str) -> bool {
    let title = title.to_lowercase();
    title.contains("test") || title.contains("guard")
}

/// The modules of a row of ranks: line, rank and name.
fn listed_modules<'a>(row: &Row<'a>) -> Vec<(usize, usize, &'a str)> {
    let rank = row.cells.first().and_then(|cell| cell.parse().ok());
    let names = row.cells.get(1).map(|cell| in_backticks(cell)).unwrap_or_default();
    rank.map(|rank| names.into_iter().map(|name| (row.line, rank, name)).collect())
        .unwrap_or_default()
}

/// The names of tests in a row of invariants; of a path `module::name` the name.
fn named_tests<'a>(row: &Row<'a>) -> Vec<&'a str> {
    let columns = row.header.iter().zip(&row.cells).filter(|(title, _)| is_test_column(title));
    let names = columns
        .flat_map(|(_, cell)| in_backticks(cell))
        .filter_map(|name| name.rsplit("::").next());
    names
        .filter(|name| {
            name.chars().all(|character| character == '_' || character.is_alphanumeric())
        })
        .collect()
}

fn in_backticks(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The names of all functions in a source text.
fn functions(text: &str) -> Vec<String> {
    let all = tokens(text);
    let definitions = all.windows(2).filter_map(|pair| match pair {
        [keyword, name] if keyword.is_word("fn") => Some(name.text.clone()),
        _ => None,
    });
    definitions.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{made_up, places};

    const TEXT: &str = "# Rooms\n\n\
        | rank | modules |\n\
        |---|---|\n\
        | 0 | `kernel` (id) |\n\
        | 1 | `db`, `token` |\n\
        | 11 | `cli`, `main.rs` |\n\n\
        | # | invariant | test |\n\
        |:--|---|---|\n\
        | 1 | one `scan_id`, one answer | `tests::a_scan_is_answered_once` |\n";

    fn product() -> Vec<SourceFile> {
        made_up(&[
            ("src/lib.rs", ""),
            ("src/main.rs", ""),
            ("src/kernel/mod.rs", ""),
            ("src/db/mod.rs", ""),
            ("tests/api/scan.rs", "async fn a_scan_is_answered_once() {} // fn another"),
        ])
    }

    fn with_document(text: &str) -> Vec<SourceFile> {
        let mut files = product();
        files.push(SourceFile::new(DOCUMENT, text));
        files
    }

    #[test]
    fn a_document_that_agrees_passes() {
        let files = with_document(TEXT);
        assert_eq!(places(the_document_lists_every_module(&files)), Vec::<String>::new());
        assert_eq!(places(the_document_names_real_tests(&files)), Vec::<String>::new());
    }

    #[test]
    fn a_module_that_the_document_leaves_out_fails() {
        let found =
            the_document_lists_every_module(&with_document(&TEXT.replace("`db`, ", "db, ")));
        assert!(
            found.iter().all(|each| each.found.contains("`db` is not in the row of rank 1")),
            "{found:?}"
        );
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_module_in_the_row_of_another_rank_fails() {
        let found = the_document_lists_every_module(&with_document(
            &TEXT.replace("`kernel`", "`kernel`, `app`"),
        ));
        assert_eq!(places(found), ["ARCHITECTURE.md:5"]);
    }

    #[test]
    fn a_missing_document_fails_both_rules() {
        assert_eq!(the_document_lists_every_module(&product()).len(), 3);
        assert_eq!(the_document_names_real_tests(&product()).len(), 1);
    }

    #[test]
    fn a_test_that_does_not_exist_fails() {
        let found = the_document_names_real_tests(&with_document(
            &TEXT.replace("a_scan_is_answered_once", "another"),
        ));
        assert_eq!(places(found), ["ARCHITECTURE.md:11"]);
    }

    #[test]
    fn an_invariant_without_a_test_fails() {
        let found = the_document_names_real_tests(&with_document(
            &TEXT.replace("`tests::a_scan_is_answered_once`", "later"),
        ));
        assert_eq!(places(found), ["ARCHITECTURE.md:11"]);
    }
}
