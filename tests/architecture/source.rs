//! What the rules work on: source files as text, the room a file is in, and the violation a rule
//! reports.

use std::fmt::{self, Display, Formatter};

/// One file of the repository: its path from the root, with `/`, and its text.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The rooms of a module's folder, as in the table of the design.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    Facade,
    Http,
    UseCase,
    Jobs,
    Store,
    Model,
    Error,
}

impl SourceFile {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    pub(crate) fn is_rust(&self) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, extension)| extension == "rs")
    }

    /// Whether the file is product code, as opposed to tests and documents.
    pub(crate) fn is_product(&self) -> bool {
        self.is_rust() && self.path.starts_with("src/")
    }

    /// The path below `src/`, piece by piece.
    pub(crate) fn components(&self) -> Vec<&str> {
        self.path.strip_prefix("src/").map(|below| below.split('/').collect()).unwrap_or_default()
    }

    /// The top-level module the file belongs to; `main.rs` and `lib.rs` keep their file names.
    pub(crate) fn top_module(&self) -> &str {
        match self.components().first() {
            Some(&("main.rs" | "lib.rs")) | None => self.file_name(),
            Some(first) => {
                let length = first.strip_suffix(".rs").unwrap_or(first).len();
                self.path.get("src/".len().."src/".len() + length).unwrap_or_default()
            }
        }
    }

    pub(crate) fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The module path the file has in the crate: `src/qr/store.rs` is `["qr", "store"]`, `src/lib.rs` is empty.
    pub(crate) fn module_path(&self) -> Vec<String> {
        if self.top_module() == "lib.rs" {
            return Vec::new();
        }
        let pieces = self.components().into_iter().filter(|piece| *piece != "mod.rs");
        pieces.map(|piece| piece.strip_suffix(".rs").unwrap_or(piece).to_owned()).collect()
    }

    /// The room of the file within its module. A room that outgrows its file is a folder of the same name.
    pub(crate) fn room(&self) -> Room {
        let below = self.components();
        let known = below.iter().skip(1).find_map(|piece| {
            match piece.strip_suffix(".rs").unwrap_or(piece) {
                "http" => Some(Room::Http),
                "jobs" => Some(Room::Jobs),
                "store" => Some(Room::Store),
                "model" => Some(Room::Model),
                "error" => Some(Room::Error),
                _ => None,
            }
        });
        let is_facade = below.len() == 2 && self.file_name() == "mod.rs";
        known.unwrap_or(if is_facade { Room::Facade } else { Room::UseCase })
    }
}

/// One line that breaks a rule: where, what was found, the rule, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) found: String,
    pub(crate) rule: String,
    pub(crate) remedy: String,
}

impl Display for Violation {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}:{}: {}", self.path, self.line, self.found)?;
        writeln!(formatter, "    rule:   {}", self.rule)?;
        writeln!(formatter, "    remedy: {}", self.remedy)
    }
}

/// The text of a failed rule: every violation once, in the order of files and lines.
pub(crate) fn report(mut violations: Vec<Violation>) -> String {
    violations.sort();
    violations.dedup();
    let listed: Vec<String> = violations.iter().map(ToString::to_string).collect();
    format!("\n{} violation(s) of the architecture\n\n{}", listed.len(), listed.join("\n"))
}

/// A made-up source tree for the rules' own tests.
pub(crate) fn made_up(files: &[(&str, &str)]) -> Vec<SourceFile> {
    files.iter().map(|(path, text)| SourceFile::new(path, text)).collect()
}

/// The places a rule reports, as `path:line`, each once and in order.
pub(crate) fn places(mut violations: Vec<Violation>) -> Vec<String> {
    violations.sort();
    let mut listed: Vec<String> =
        violations.iter().map(|each| format!("{}:{}", each.path, each.line)).collect();
    listed.dedup();
    listed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_its_module_and_its_room() {
        let cases = [
            ("src/main.rs", "main.rs", Room::UseCase),
            ("src/config.rs", "config", Room::UseCase),
            ("src/qr/mod.rs", "qr", Room::Facade),
            ("src/qr/issue.rs", "qr", Room::UseCase),
            ("src/qr/http.rs", "qr", Room::Http),
            ("src/http/problem.rs", "http", Room::UseCase),
            ("src/jobs/store.rs", "jobs", Room::Store),
            ("src/access/store/partners.rs", "access", Room::Store),
        ];
        for (path, module, room) in cases {
            let file = SourceFile::new(path, "");
            assert_eq!((file.top_module(), file.room()), (module, room), "{path}");
        }
    }

    #[test]
    fn a_path_tells_the_module_path() {
        assert_eq!(SourceFile::new("src/lib.rs", "").module_path(), Vec::<String>::new());
        assert_eq!(SourceFile::new("src/qr/mod.rs", "").module_path(), ["qr"]);
        assert_eq!(SourceFile::new("src/qr/store.rs", "").module_path(), ["qr", "store"]);
    }

    #[test]
    fn a_report_names_place_finding_rule_and_remedy_once() {
        let violation = Violation {
            path: "src/qr/issue.rs".to_owned(),
            line: 3,
            found: "`diesel::QueryDsl`".to_owned(),
            rule: "diesel only in store.rs".to_owned(),
            remedy: "move the query to src/qr/store.rs".to_owned(),
        };
        let text = report(vec![violation.clone(), violation]);
        assert!(text.contains("1 violation(s)"), "{text}");
        assert!(text.contains("src/qr/issue.rs:3: `diesel::QueryDsl`"), "{text}");
        assert!(text.contains("remedy: move the query"), "{text}");
    }
}
