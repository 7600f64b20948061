//! The rule that every table has one owner: the one module whose store names it, by the schema or
//! in SQL.

use std::collections::{BTreeMap, BTreeSet};

use crate::lexer::{Kind, Token};
use crate::source::{Room, SourceFile, Violation};
use crate::tree::{ParsedFile, Tree};

const SCHEMA: &str = "src/db/schema.rs";

/// The words of SQL after which a table stands.
const BEFORE_TABLES: [&str; 5] = ["FROM", "JOIN", "INTO", "UPDATE", "USING"];

/// The words of SQL that end a list of tables.
const BEHIND_TABLES: [&str; 9] =
    ["SELECT", "SET", "WHERE", "GROUP", "ORDER", "LIMIT", "RETURNING", "VALUES", "ON"];

/// For each table, the modules that name it and where.
type Owners = BTreeMap<String, BTreeMap<String, BTreeSet<(String, usize)>>>;

/// Tables that no module owns, or more than one.
pub(crate) fn every_table_has_one_owner(files: &[SourceFile]) -> Vec<Violation> {
    let tree = Tree::new(files);
    let Some(schema) = tree.files.iter().find(|file| file.source.path == SCHEMA) else {
        return vec![violation(
            1,
            "there is no schema".to_owned(),
            "declare the tables in src/db/schema.rs with diesel::table!".to_owned(),
        )];
    };
    let tables = tables(&schema.tokens);
    let mut owners: Owners = tables.keys().map(|table| (table.clone(), BTreeMap::new())).collect();
    record_imports(&tree, &mut owners);
    for file in tree.files.iter().filter(|file| holds_queries(file.source)) {
        record_sql(file, &mut owners);
    }
    owners
        .iter()
        .filter_map(|(table, modules)| {
            judge(table, modules, tables.get(table).copied().unwrap_or(1))
        })
        .collect()
}

fn judge(
    table: &str,
    modules: &BTreeMap<String, BTreeSet<(String, usize)>>,
    line: usize,
) -> Option<Violation> {
    let named: Vec<String> = modules
        .iter()
        .map(|(module, places)| {
            let listed: Vec<String> =
                places.iter().map(|(path, line)| format!("{path}:{line}")).collect();
            format!("`{module}` ({})", listed.join(", "))
        })
        .collect();
    match named.len() {
        1 => None,
        0 => {
            let remedy = format!(
                "write the queries on `{table}` in the store.rs of its slice, or take the table \
                    out of the schema"
            );
            Some(violation(line, format!("the table `{table}` has no owner"), remedy))
        }
        _ => {
            let remedy = format!(
                "what is shared goes down: keep the queries on `{table}` in the store.rs of the \
                    lowest of these modules, and let the others call it through the facade"
            );
            Some(violation(
                line,
                format!("the table `{table}` is owned by {}", named.join(" and ")),
                remedy,
            ))
        }
    }
}

fn violation(line: usize, found: String, remedy: String) -> Violation {
    Violation {
        path: SCHEMA.to_owned(),
        line,
        found,
        rule: "every table has exactly one owner".to_owned(),
        remedy,
    }
}

fn holds_queries(file: &SourceFile) -> bool {
    file.path != SCHEMA && (file.room() == Room::Store || file.top_module() == "db")
}

/// The tables of the schema with their lines: in `table! { name (keys) { .. } }` the word before the keys.
fn tables(tokens: &[Token]) -> BTreeMap<String, usize> {
    let mut tables = BTreeMap::new();
    for (index, window) in tokens.windows(3).enumerate() {
        let [name, bang, open] = window else { continue };
        if !name.is_word("table") || !bang.is_mark("!") || !(open.is_mark("{") || open.is_mark("("))
        {
            continue;
        }
        if let Some(table) = table_name(tokens.get(index + 3..).unwrap_or_default()) {
            tables.insert(table.text.clone(), table.line);
        }
    }
    tables
}

/// The first word with `(` or `{` behind it, past the imports and attributes of the macro.
fn table_name(body: &[Token]) -> Option<&Token> {
    let (mut in_use, mut brackets) = (false, 0_usize);
    for (index, token) in body.iter().enumerate() {
        brackets += usize::from(token.is_mark("["));
        brackets = brackets.saturating_sub(usize::from(token.is_mark("]")));
        in_use = (in_use || token.is_word("use")) && !token.is_mark(";");
        let opens = body.get(index + 1).is_some_and(|next| next.is_mark("(") || next.is_mark("{"));
        if opens && !in_use && brackets == 0 && token.kind == Kind::Word {
            return Some(token);
        }
    }
    None
}

fn record_imports(tree: &Tree<'_>, owners: &mut Owners) {
    for import in tree.imports().iter().filter(|import| import.source.path != SCHEMA) {
        for target in [&import.absolute, &import.origin] {
            if target.module() == Some("db") && target.segment(1) == "schema" {
                record(owners, target.segment(2), import.source, import.reference.line);
            }
        }
    }
}

fn record_sql(file: &ParsedFile<'_>, owners: &mut Owners) {
    for literal in file.tokens.iter().filter(|token| token.kind == Kind::Text) {
        for (table, line) in tables_in_sql(&literal.text) {
            record(owners, &table, file.source, literal.line + line);
        }
    }
}

fn record(owners: &mut Owners, table: &str, file: &SourceFile, line: usize) {
    if let Some(modules) = owners.get_mut(table) {
        modules.entry(file.top_module().to_owned()).or_default().insert((file.path.clone(), line));
    }
}

/// The words that stand where SQL expects a table, lower case, each with the number of line ends before it.
fn tables_in_sql(sql: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let (mut expects_table, mut in_list) = (false, false);
    for (piece, line) in pieces(sql) {
        let upper = piece.to_uppercase();
        if BEFORE_TABLES.contains(&upper.as_str()) {
            (expects_table, in_list) = (true, upper == "FROM");
        } else if BEHIND_TABLES.contains(&upper.as_str()) {
            (expects_table, in_list) = (false, false);
        } else if piece == "," {
            expects_table = in_list;
        } else if expects_table && upper != "ONLY" {
            expects_table = false;
            found.push((piece.to_lowercase(), line));
        }
    }
    found
}

/// The words, commas and brackets of an SQL text, each with the number of line ends before it.
fn pieces(sql: &str) -> Vec<(String, usize)> {
    let mut pieces: Vec<(String, usize)> = Vec::new();
    let (mut word, mut line) = (String::new(), 0);
    for character in sql.chars().chain([' ']) {
        if character == '_' || character.is_alphanumeric() {
            word.push(character);
            continue;
        }
        if !word.is_empty() {
            pieces.push((std::mem::take(&mut word), line));
        }
        if matches!(character, ',' | '(' | ')') {
            pieces.push((character.to_string(), line));
        }
        line += usize::from(character == '\n');
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::made_up;

    const TABLES: &str = "//! Schema.\n\
        diesel::table! {\n\
            use diesel::sql_types::{Text};\n\
            #[sql_name = \"t\"]\n\
            tickets (ticket_code) { ticket_code -> Text, }\n\
        }\n\
        table! { jobs (id) { id -> BigInt, } }\n\
        diesel::allow_tables_to_appear_in_same_query!(tickets, jobs);\n\
        const EXAMPLE: &str = \"SELECT id FROM jobs\"; use super::schema::tickets::columns;";

    fn judged(files: &[(&str, &str)]) -> Vec<String> {
        let mut all = made_up(files);
        all.push(SourceFile::new(SCHEMA, TABLES));
        every_table_has_one_owner(&all).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn tables_with_one_owner_pass() {
        let found = judged(&[
            (
                "src/tickets/store.rs",
                "use crate::db::schema::{tickets};\nfn f() { sql_query(\"SELECT * FROM \
                    tickets\") }",
            ),
            ("src/jobs/store.rs", "use crate::db::schema; fn f() { schema::jobs::table }"),
            (
                "src/qr/issue.rs",
                "fn f() { log::info!(\"read from tickets\"); let jobs = tickets::show(); }",
            ),
            (
                "src/qr/store.rs",
                "fn f() { sql_query(\"SELECT tickets, jobs FROM qr_codes ORDER BY x, jobs\") }",
            ),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn a_table_of_two_modules_fails_with_both_named() {
        let found = judged(&[
            ("src/tickets/store.rs", "use crate::db::schema::{tickets, jobs};"),
            ("src/qr/store.rs", "fn f() { sql_query(\"update\n tickets SET event_seq = 1\") }"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found
                .concat()
                .contains("`qr` (src/qr/store.rs:2) and `tickets` (src/tickets/store.rs:1)"),
            "{found:?}"
        );
        assert!(found.concat().contains("what is shared goes down"), "{found:?}");
    }

    #[test]
    fn the_database_module_is_an_owner_like_any_other() {
        let found = judged(&[
            ("src/tickets/store.rs", "use crate::db::schema::{tickets, jobs};"),
            (
                "src/db/dialect.rs",
                "use super::schema::tickets; const A: &str = r#\"DELETE FROM \"jobs\"\"#;",
            ),
        ]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.concat().contains("`db` (src/db/dialect.rs:1)"), "{found:?}");
    }

    #[test]
    fn a_table_without_an_owner_fails() {
        let found = judged(&[("src/tickets/store.rs", "use crate::db::schema::tickets;")]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found.concat().contains("`jobs` has no owner"), "{found:?}");
    }

    #[test]
    fn a_tree_without_a_schema_fails() {
        assert_eq!(every_table_has_one_owner(&made_up(&[("src/lib.rs", "")])).len(), 1);
    }

    #[test]
    fn tables_are_found_wherever_sql_takes_one() {
        let cases = [
            ("INSERT OR IGNORE INTO jobs (id) VALUES (1)", vec!["jobs"]),
            (
                "update only tickets set a = 1, b = 2 from jobs j, batches where x",
                vec!["tickets", "jobs", "batches"],
            ),
            (
                "WITH c AS (SELECT a, b FROM tickets) SELECT * FROM c LEFT JOIN \"jobs\" ON a, b",
                vec!["tickets", "c", "jobs"],
            ),
            ("ON CONFLICT DO UPDATE SET tickets = 1", vec![]),
        ];
        for (sql, expected) in cases {
            let names: Vec<String> =
                tables_in_sql(sql).into_iter().map(|(table, _)| table).collect();
            assert_eq!(names, expected, "{sql}");
        }
    }
}
