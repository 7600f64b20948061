//! The two migration trees give the same schema.

use std::collections::BTreeMap;
use std::path::Path;

use ticketgate::db::{Session, Target, run_migrations};

use crate::support::TestDatabase;
use crate::support::database::is_postgres;
use crate::support::tables::lines;

const SQLITE: [&str; 3] = [
    "SELECT 'column ' || m.name || '.' || c.name || ' ' || c.type || \
     CASE c.\"notnull\" WHEN 1 THEN ' not null' ELSE ' null' END AS value \
     FROM sqlite_master m JOIN pragma_table_info(m.name) c \
     WHERE m.type = 'table' AND m.name <> '__diesel_schema_migrations'",
    "SELECT 'key ' || m.name || ' on ' || (SELECT group_concat(name, ' ') FROM \
     (SELECT name FROM pragma_table_info(m.name) WHERE pk > 0 ORDER BY pk)) AS value \
     FROM sqlite_master m WHERE m.type = 'table' AND m.name <> '__diesel_schema_migrations'",
    "SELECT CASE i.\"unique\" WHEN 1 THEN 'unique ' ELSE '' END || 'index ' || i.name || ' on ' \
     || m.name || ' ' || (SELECT group_concat(name, ' ') FROM \
     (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) \
     || CASE i.partial WHEN 1 THEN ' where ' || substr(x.sql, instr(x.sql, 'WHERE ') + 6) \
     ELSE '' END AS value FROM sqlite_master m JOIN pragma_index_list(m.name) i \
     JOIN sqlite_master x ON x.name = i.name WHERE m.type = 'table' AND i.origin = 'c'",
];

const POSTGRES: [&str; 3] = [
    "SELECT 'column ' || table_name || '.' || column_name || ' ' || CASE data_type \
     WHEN 'timestamp without time zone' THEN 'timestamp' WHEN 'bytea' THEN 'blob' \
     ELSE data_type END || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE ' null' END AS value \
     FROM information_schema.columns \
     WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations'",
    "SELECT 'key ' || t.relname || ' on ' || string_agg(a.attname, ' ' ORDER BY k.n) AS value \
     FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid \
     CROSS JOIN unnest(i.indkey) WITH ORDINALITY k(attnum, n) \
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum \
     WHERE t.relnamespace = 'public'::regnamespace AND i.indisprimary \
     AND t.relname <> '__diesel_schema_migrations' GROUP BY t.relname",
    "SELECT CASE WHEN i.indisunique THEN 'unique ' ELSE '' END || 'index ' || x.relname || ' on ' \
     || t.relname || ' ' || (SELECT string_agg(a.attname, ' ' ORDER BY k.n) \
     FROM unnest(i.indkey) WITH ORDINALITY k(attnum, n) \
     JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum) \
     || coalesce(' where ' || pg_get_expr(i.indpred, i.indrelid), '') AS value \
     FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid \
     WHERE t.relnamespace = 'public'::regnamespace AND NOT i.indisprimary",
];

/// Columns, primary keys and indexes, a line each, in words that are the same on both databases.
fn schema(session: &mut Session, queries: [&'static str; 3]) -> Vec<String> {
    let all = queries.into_iter().flat_map(|sql| lines(session, sql));
    let plain = |line: String| {
        let line = line.to_lowercase().replace("::text", "").replace(['(', ')'], "");
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let mut all: Vec<String> = all.map(plain).collect();
    all.sort();
    all
}

fn sqlite_schema() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::new(Target::Sqlite(folder.path().join("parity.db")));
    run_migrations(&mut session).unwrap();
    schema(&mut session, SQLITE)
}

/// Migrations of a tree, in their order, as far as the databases must agree.
fn tree(name: &str) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(name);
    let folders = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let migration = |folder: std::path::PathBuf| {
        let sql = std::fs::read_to_string(folder.join("up.sql")).unwrap();
        let code = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
        let words: Vec<String> =
            code.flat_map(str::split_whitespace).map(str::to_uppercase).collect();
        let plain = words.join(" ").replace(" BYTEA", " BLOB").replace(" WITHOUT ROWID", "");
        (folder.file_name().unwrap().to_string_lossy().into_owned(), plain)
    };
    folders.map(migration).collect()
}

#[test]
fn both_migration_trees_have_the_same_names_and_the_same_statements() {
    let (mut sqlite, mut postgres) = (tree("sqlite"), tree("postgres"));
    assert!(sqlite.len() >= 7);
    // Where SQLite has to make a table anew; the next test sees that they are the same tables.
    let (appended, lean) = ("00000000000012_append_the_ledger", "00000000000014_lean_ledger");
    for layout in [appended, lean] {
        assert!(sqlite.remove(layout).is_some_and(|code| code.contains("CREATE TABLE")));
    }
    assert_eq!(postgres.remove(appended).unwrap(), "SELECT 1;");
    assert!(postgres.remove(lean).is_some_and(|code| code.contains("PRIMARY KEY USING INDEX")));
    assert_eq!(sqlite, postgres);
}

#[test]
fn both_databases_get_the_same_tables_columns_keys_and_indexes() {
    let sqlite = sqlite_schema();
    for line in [
        "column tickets.event_seq bigint not null",
        "column qr_codes.iv blob not null",
        "column redemption_events.reversed_at timestamp null",
        "key entitlements on ticket_code function_code",
        "index tickets_partner_batch on tickets partner_code batch_id ticket_code",
        "unique index redemption_events_once on redemption_events ticket_code jti \
         function_code where result = 'success' and reversed_at is null",
        "unique index redemption_events_scan_id on redemption_events scan_id ticket_code \
         where scan_id is not null",
        "key redemption_events on id",
        "unique index redemption_events_others on redemption_events ticket_code ticket_seq \
         where not result = 'success' and reversed_at is null",
    ] {
        assert!(sqlite.iter().any(|one| one == line), "{line} is not in {sqlite:#?}");
    }
    let database = TestDatabase::migrated();
    let queries = if is_postgres() { POSTGRES } else { SQLITE };
    assert_eq!(schema(&mut database.session(), queries), sqlite);
}
