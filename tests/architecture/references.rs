//! Finds every path that a file names: the leaves of its `use` trees and the paths inside
//! expressions and types, each as it is written, with its line and the inline modules around it.

use crate::lexer::{Kind, Token};

#[derive(Debug, Clone)]
pub(crate) struct Reference {
    /// The segments as written; a leading `::` is an empty first segment, a glob's `*` is left out.
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
    /// Names of the inline modules (`mod name { .. }`) around the reference, outermost first.
    pub(crate) inside: Vec<String>,
    /// The name that a `use` brings into scope; none for paths in code.
    pub(crate) binds: Option<String>,
    pub(crate) is_glob: bool,
    /// Whether it is a `pub use` of any visibility.
    pub(crate) is_public: bool,
}

/// Every path named in these tokens.
pub(crate) fn references(tokens: &[Token]) -> Vec<Reference> {
    let mut reader =
        Reader { tokens, at: 0, blocks: Vec::new(), found: Vec::new(), is_public: false };
    while let Some(token) = reader.peek(0) {
        reader.step(token);
    }
    reader.found
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    /// One entry for each open brace; an inline module's has its name.
    blocks: Vec<Option<String>>,
    found: Vec<Reference>,
    is_public: bool,
}

impl<'a> Reader<'a> {
    fn peek(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + ahead)
    }

    fn behind(&self, steps: usize) -> Option<&'a Token> {
        self.at.checked_sub(steps).and_then(|index| self.tokens.get(index))
    }

    fn next_is_mark(&self, ahead: usize, mark: &str) -> bool {
        self.peek(ahead).is_some_and(|token| token.is_mark(mark))
    }

    fn step(&mut self, token: &Token) {
        match token.text.as_str() {
            "{" if token.kind == Kind::Mark => self.open_block(),
            "}" if token.kind == Kind::Mark => {
                self.blocks.pop();
                self.at += 1;
            }
            "use" if token.kind == Kind::Word && !self.next_is_mark(1, "<") => {
                self.use_declaration();
            }
            "extern" if self.peek(1).is_some_and(|next| next.is_word("crate")) => {
                self.at += 2;
                self.use_tree(vec![String::new()]);
            }
            _ if token.kind == Kind::Word => self.path_in_code(),
            _ => self.at += 1,
        }
    }

    fn open_block(&mut self) {
        let is_module = self.behind(2).is_some_and(|token| token.is_word("mod"));
        let name = self.behind(1).filter(|_| is_module).map(|token| token.text.clone());
        self.blocks.push(name);
        self.at += 1;
    }

    fn use_declaration(&mut self) {
        self.is_public =
            self.behind(1).is_some_and(|token| token.is_word("pub") || token.is_mark(")"));
        self.at += 1;
        self.use_tree(Vec::new());
        self.is_public = false;
    }

    fn use_tree(&mut self, mut prefix: Vec<String>) {
        while let Some(token) = self.peek(0) {
            let line = token.line;
            self.at += 1;
            match token.text.as_str() {
                "::" if prefix.is_empty() => prefix.push(String::new()),
                "::" => {}
                "{" => return self.use_group(&prefix),
                "*" => return self.record(prefix, line, None, true),
                _ if token.kind != Kind::Word => return,
                _ if self.next_is_mark(0, "::") => prefix.push(token.text.clone()),
                "self" if !prefix.is_empty() => return self.use_leaf(prefix, line),
                word => {
                    prefix.push(word.to_owned());
                    return self.use_leaf(prefix, line);
                }
            }
        }
    }

    fn use_group(&mut self, prefix: &[String]) {
        while self.peek(0).is_some_and(|token| !token.is_mark("}") && !token.is_mark(";")) {
            if self.next_is_mark(0, ",") {
                self.at += 1;
            } else {
                self.use_tree(prefix.to_vec());
            }
        }
        self.at += 1;
    }

    fn use_leaf(&mut self, segments: Vec<String>, line: usize) {
        let mut name = segments.last().cloned();
        if self.peek(0).is_some_and(|token| token.is_word("as")) {
            name = self.peek(1).map(|token| token.text.clone());
            self.at += 2;
        }
        self.record(segments, line, name, false);
    }

    fn path_in_code(&mut self) {
        let Some(first) = self.peek(0) else { return };
        let mut segments = Vec::new();
        if self.behind(1).is_some_and(|token| token.is_mark("::")) {
            let continues =
                self.behind(2).is_some_and(|token| token.kind == Kind::Word || token.is_mark(">"));
            if continues {
                self.at += 1;
                return;
            }
            segments.push(String::new());
        }
        segments.push(first.text.clone());
        self.at += 1;
        while let (true, Some(next)) =
            (self.next_is_mark(0, "::"), self.peek(1).filter(|it| it.kind == Kind::Word))
        {
            segments.push(next.text.clone());
            self.at += 2;
        }
        if segments.len() > 1 {
            self.record(segments, first.line, None, false);
        }
    }

    fn record(&mut self, segments: Vec<String>, line: usize, binds: Option<String>, is_glob: bool) {
        let inside = self.blocks.iter().flatten().cloned().collect();
        self.found.push(Reference {
            segments,
            line,
            inside,
            binds,
            is_glob,
            is_public: self.is_public,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexer::tokens;

    fn written(text: &str) -> Vec<String> {
        let found = references(&tokens(text));
        found
            .iter()
            .map(|each| each.segments.join("::") + if each.is_glob { "::*" } else { "" })
            .collect()
    }

    #[test]
    fn a_use_tree_is_taken_apart_into_its_leaves() {
        let text = "pub(crate) use crate::{db::{self, schema::{tickets, jobs as j}}, \
            kernel::*,}; use ::std::env;";
        let leaves = [
            "crate::db",
            "crate::db::schema::tickets",
            "crate::db::schema::jobs",
            "crate::kernel::*",
            "::std::env",
        ];
        assert_eq!(written(text), leaves);
        let names: Vec<Option<String>> =
            references(&tokens(text)).into_iter().map(|each| each.binds).collect();
        assert_eq!(names.into_iter().flatten().collect::<Vec<_>>(), ["db", "tickets", "j", "env"]);
    }

    #[test]
    fn paths_in_code_are_found_and_their_tails_are_not_paths() {
        let text = "fn f(a: crate::db::Tx) -> impl Sized + use<> { Vec::<u8>::new(); \
            b.c::<D>(); $crate::x::Y; (::rand::random)() }";
        assert_eq!(written(text), ["crate::db::Tx", "crate::x::Y", "::rand::random"]);
    }

    #[test]
    fn inline_modules_around_a_reference_are_known() {
        let found = references(&tokens(
            "mod tests { use super::*; fn f() { a::b(); } } mod other { c::d } e::f",
        ));
        let inside: Vec<Vec<String>> = found.into_iter().map(|each| each.inside).collect();
        assert_eq!(inside, [vec!["tests"], vec!["tests"], vec!["other"], vec![]]);
    }

    #[test]
    fn the_visibility_of_a_use_is_known() {
        let found =
            references(&tokens("pub use a::A; pub(crate) use b::B; use c::C; extern crate d;"));
        assert_eq!(
            found.iter().map(|each| each.is_public).collect::<Vec<_>>(),
            [true, true, false, false]
        );
    }
}
