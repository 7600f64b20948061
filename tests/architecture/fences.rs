//! The fences: what may be named in some rooms only. A re-export does not move a fence.

use crate::ranks::is_slice;
use crate::source::{Room, SourceFile, Violation};
use crate::tree::{ParsedFile, Target, Tree};

struct Fence {
    /// Whether a path of another crate is behind this fence.
    guards: fn(&Target) -> bool,
    /// Whether a file may name it.
    admits: fn(&SourceFile) -> bool,
    rule: &'static str,
    /// Where the line belongs; `<module>` stands for the module it is in.
    remedy: &'static str,
}

const FENCES: [Fence; 5] = [
    Fence {
        guards: |target| target.segment(0).starts_with("actix"),
        admits: |file| {
            let is_slice_http = is_slice(file.top_module()) && file.room() == Room::Http;
            is_slice_http || ["http", "web", "app", "cli"].contains(&file.top_module())
        },
        rule: "actix only in http.rs of a slice, src/http/, src/web/, src/app/ and src/cli/",
        remedy: "move what speaks HTTP to src/<module>/http.rs, and hand parsed values to the \
            use case",
    },
    Fence {
        guards: |target| ["diesel", "diesel_migrations"].contains(&target.segment(0)),
        admits: |file| file.room() == Room::Store || file.top_module() == "db",
        rule: "diesel only in store.rs files and src/db/",
        remedy: "move the query to src/<module>/store.rs, or to the store.rs of the slice that \
            owns the table",
    },
    Fence {
        guards: |target| {
            ["aes_gcm", "ed25519_dalek", "curve25519_dalek", "sha2", "subtle", "argon2", "hmac"]
                .contains(&target.segment(0))
        },
        admits: |file| ["token", "access"].contains(&file.top_module()),
        rule: "cryptography only in src/token/ and src/access/",
        remedy: "move it to src/token/ (passwords: src/access/) and call that through its facade",
    },
    Fence {
        guards: |target| {
            let reads = ["var", "var_os", "vars", "vars_os", "set_var", "remove_var"];
            reads.iter().any(|name| target.ends_with(&["env", name]))
        },
        admits: |file| file.top_module() == "config",
        rule: "environment variables only in src/config/",
        remedy: "read the variable in src/config/ and pass the setting down as a value",
    },
    Fence {
        guards: |target| {
            let clocks = ["Utc", "Local", "SystemTime", "Instant"]
                .iter()
                .any(|clock| target.ends_with(&[clock, "now"]));
            let random_ids =
                ["new_v4", "now_v7"].iter().any(|name| target.ends_with(&["Uuid", name]));
            let random_crate = ["getrandom", "rand", "rand_core"].contains(&target.segment(0));
            let random_source =
                target.segments.iter().any(|segment| segment == "OsRng" || segment == "SysRng");
            clocks || random_ids || random_crate || random_source
        },
        admits: |file| file.top_module() == "kernel",
        rule: "the clock and randomness only in src/kernel/",
        remedy: "take `now` or the random value as an argument, and make it with the clock or \
            the generators of src/kernel/",
    },
];

/// What is named outside its fence.
pub(crate) fn fences_hold(files: &[SourceFile]) -> Vec<Violation> {
    let tree = Tree::new(files);
    let imports = tree.imports();
    let mut violations: Vec<Violation> = tree.files.iter().flat_map(diesel_attributes).collect();
    for import in imports.iter().filter(|import| !import.origin.is_local) {
        for fence in FENCES
            .iter()
            .filter(|fence| (fence.guards)(&import.origin) && !(fence.admits)(import.source))
        {
            let is_direct = import.absolute == import.origin;
            let through = if is_direct {
                String::new()
            } else {
                format!(", which is `{}`", import.origin.segments.join("::"))
            };
            let found = format!("`{}`{through}", import.written());
            violations.push(import.violation(found, fence.rule, remedy(fence, import.source)));
        }
    }
    violations
}

fn remedy(fence: &Fence, file: &SourceFile) -> String {
    fence.remedy.replace("<module>", file.top_module())
}

/// Attributes `#[diesel(..)]`, which name the crate without a path.
fn diesel_attributes(file: &ParsedFile<'_>) -> Vec<Violation> {
    let diesel = Target { is_local: false, segments: vec!["diesel".to_owned()] };
    let fences =
        FENCES.iter().filter(|fence| (fence.guards)(&diesel) && !(fence.admits)(file.source));
    let attributes = file.tokens.windows(3).filter_map(|window| match window {
        [hash, bracket, word]
            if hash.is_mark("#") && bracket.is_mark("[") && word.is_word("diesel") =>
        {
            Some(word.line)
        }
        _ => None,
    });
    let lines: Vec<usize> = attributes.collect();
    let found = fences.flat_map(|fence| lines.iter().map(move |line| (fence, *line)));
    found
        .map(|(fence, line)| Violation {
            path: file.source.path.clone(),
            line,
            found: "an attribute of diesel".to_owned(),
            rule: fence.rule.to_owned(),
            remedy: remedy(fence, file.source),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{made_up, places};

    fn places_in(path: &str, text: &str) -> Vec<String> {
        let facade = "pub(crate) use diesel::QueryResult; pub(crate) struct Tx;";
        places(fences_hold(&made_up(&[("src/db/mod.rs", facade), (path, text)])))
    }

    #[test]
    fn what_is_named_inside_its_fence_passes() {
        let cases = [
            ("src/qr/http.rs", "use actix_web::{web, HttpResponse};"),
            ("src/web/page.rs", "fn f() -> actix_web::HttpResponse {}"),
            ("src/cli/serve.rs", "#[actix_web::main] async fn main() {}"),
            ("src/qr/store.rs", "use diesel::QueryDsl; #[diesel(table_name = a)] struct Row;"),
            ("src/jobs/store.rs", "use diesel::QueryDsl;"),
            ("src/db/migrate.rs", "use diesel_migrations::embed_migrations;"),
            ("src/token/seal.rs", "use aes_gcm::Aes256Gcm; use sha2::Sha256;"),
            ("src/access/password.rs", "use argon2::Argon2;"),
            ("src/config/read.rs", "fn f() { std::env::var(\"A\") }"),
            (
                "src/kernel/time.rs",
                "fn f() { chrono::Utc::now(); uuid::Uuid::now_v7(); getrandom::fill(b) }",
            ),
            (
                "src/qr/issue.rs",
                "use chrono::Utc; use crate::db::Tx; /* diesel::x */ fn f() { std::env::args(); \
                    env!(\"A\"); let rand = hmac(\"diesel\"); }",
            ),
        ];
        for (path, text) in cases {
            assert_eq!(places_in(path, text), Vec::<String>::new(), "{path}: {text}");
        }
    }

    #[test]
    fn what_is_named_outside_its_fence_fails() {
        let cases = [
            ("src/qr/issue.rs", "use actix_web::web;"),
            ("src/db/http.rs", "use actix_web::web;"),
            ("src/qr/jobs.rs", "fn f(q: ::diesel::Queryable) {}"),
            ("src/qr/model.rs", "#[diesel(sql_type = Text)] struct Code;"),
            ("src/qr/http.rs", "use crate::db::QueryResult;"),
            ("src/cli/migrate.rs", "extern crate diesel_migrations;"),
            ("src/qr/issue.rs", "use ed25519_dalek as ed;"),
            ("src/web/page.rs", "fn f() { hmac::Hmac::new() }"),
            ("src/cli/serve.rs", "use std::env; fn f() { env::var(\"A\") }"),
            ("src/cli/serve.rs", "use std::env::vars;"),
            ("src/qr/issue.rs", "use chrono::Utc as Clock; fn f() { Clock::now() }"),
            ("src/token/seal.rs", "fn f() { maybe.unwrap_or_else(std::time::Instant::now) }"),
            ("src/token/seal.rs", "use aes_gcm::aead::OsRng;"),
            (
                "src/http/request_id.rs",
                "use uuid::Uuid; mod tests { use super::*; fn f() { Uuid::new_v4() } }",
            ),
            ("src/app/mod.rs", "use rand::Rng;"),
        ];
        for (path, text) in cases {
            assert_eq!(places_in(path, text), [format!("{path}:1")], "{text}");
        }
    }

    #[test]
    fn every_guarded_name_fails() {
        let crates = "actix_web diesel diesel_migrations aes_gcm ed25519_dalek \
            curve25519_dalek sha2 subtle argon2 hmac getrandom rand rand_core";
        let functions = "env::var env::var_os env::vars env::vars_os env::set_var env::remove_var \
            Utc::now Local::now SystemTime::now Instant::now Uuid::new_v4 Uuid::now_v7";
        let crates = crates.split_whitespace().map(|name| format!("use {name}::Thing;"));
        let functions = functions.split_whitespace().map(|name| format!("fn f() {{ {name}() }}"));
        for text in crates.chain(functions) {
            assert_eq!(places_in("src/qr/issue.rs", &text), ["src/qr/issue.rs:1"], "{text}");
        }
    }

    #[test]
    fn the_remedy_names_the_room_of_the_same_module() {
        let found = fences_hold(&made_up(&[("src/qr/issue.rs", "use diesel::QueryDsl;")]));
        assert!(
            found
                .iter()
                .all(|violation| violation.remedy.contains("move the query to src/qr/store.rs")),
            "{found:?}"
        );
        assert_eq!(found.len(), 1);
    }
}
