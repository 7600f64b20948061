//! The plans of what every request asks about its caller, and of what jobs ask of their queue: by a key.

use std::collections::BTreeSet;

use super::growth::{names, plans, reads_all, sent};
use crate::support::TestApp;

/// What says who calls, and what is to be done.
const TABLES: [&str; 6] =
    ["api_keys", "jobs", "login_failures", "operator_sessions", "operators", "terminals"];

/// Once in a while these look for what is old, on tables that they keep small.
const PRUNING: [&str; 2] = [
    "DELETE FROM login_failures WHERE username_digest IN (SELECT",
    "DELETE FROM operator_sessions WHERE token_prefix IN (SELECT",
];

#[test]
fn callers_and_jobs_are_found_by_a_key() {
    let app = TestApp::demo();
    let statements: BTreeSet<String> =
        sent(&app).into_iter().filter(|sql| names(sql, &TABLES)).collect();
    for table in TABLES {
        assert!(statements.iter().any(|sql| names(sql, &[table])), "nothing is sent to {table}");
    }
    let is_pruning = |sql: &str| PRUNING.iter().any(|start| sql.starts_with(start));
    for (sql, plan) in plans(&mut app.session(), &statements) {
        assert!(is_pruning(&sql) || !reads_all(&plan, &TABLES), "{sql}\n{plan}");
    }
}
