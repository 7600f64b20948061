//! That no hot statement of the sources was forgotten where plans are looked at.

use std::path::{Path, PathBuf};

use super::growth::sent;
use crate::support::TestApp;
use crate::support::database::is_postgres;

/// What the sources have besides: statements that no request, job or count of this test sends.
const SEEN_ELSEWHERE: [&str; 1] = ["INSERT INTO deployment"];

/// The files of the sources, a text each with its path.
fn sources() -> Vec<(String, String)> {
    let (mut found, mut folders) =
        (Vec::new(), vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")]);
    while let Some(folder) = folders.pop() {
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let (inner, files): (Vec<_>, Vec<_>) = paths.partition(|path| path.is_dir());
        folders.extend(inner);
        let read = |path: PathBuf| {
            Some((std::fs::read_to_string(&path).ok()?, path.display().to_string()))
        };
        found.extend(files.into_iter().filter_map(read));
    }
    found
}

/// The first words of every hot statement of the sources, up to its first parameter, and where it stands.
fn openings() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (text, path) in sources() {
        let literals = text.split("Statement::new(").skip(1).filter_map(|piece| {
            let literal = piece.trim_start().strip_prefix('"')?.split('"').next()?;
            let literal = literal.replace('\\', " ");
            Some(literal.split_whitespace().collect::<Vec<_>>().join(" "))
        });
        found.extend(literals.map(|opening| (opening, path.clone())));
    }
    found
}

#[test]
fn no_hot_statement_is_without_its_plan() {
    // On PostgreSQL the lane's statements are sent by threads of its own, and looked at in `plans`.
    if is_postgres() {
        return;
    }
    let sent: Vec<String> = sent(&TestApp::demo())
        .iter()
        .map(|sql| sql.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let openings = openings();
    assert!(openings.len() >= 20, "{openings:#?}");
    for (opening, path) in openings {
        let is_known = SEEN_ELSEWHERE.iter().any(|one| opening.starts_with(one))
            || sent.iter().any(|sql| sql.contains(&opening));
        assert!(is_known, "let this test's requests or jobs send it ({path}): {opening}");
    }
}
