//! Splits Rust source into words, marks and string literals with their lines. Comments are dropped,
//! so that what a comment or a literal says is never taken for code, while SQL in literals can
//! still be read.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or keyword; a raw identifier without its `r#`.
    Word,
    /// A single punctuation character, or `::`.
    Mark,
    /// A string literal of any form, without quotes.
    Text,
    /// A number, a character literal or a lifetime.
    Other,
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    pub(crate) line: usize,
}

impl Token {
    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }

    pub(crate) fn is_mark(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }
}

/// The tokens of a source text, in order.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer =
        Lexer { characters: text.chars().collect(), at: 0, line: 1, tokens: Vec::new() };
    while lexer.peek(0).is_some() {
        lexer.step();
    }
    lexer.tokens
}

struct Lexer {
    characters: Vec<char>,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn bump(&mut self) -> Option<char> {
        let character = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(character == '\n');
        Some(character)
    }

    fn push(&mut self, kind: Kind, text: String, line: usize) {
        self.tokens.push(Token { kind, text, line });
    }

    fn step(&mut self) {
        let line = self.line;
        match (self.peek(0), self.peek(1)) {
            (Some('/'), Some('/')) => self.line_comment(),
            (Some('/'), Some('*')) => self.block_comment(),
            (Some('"'), _) => self.quoted_text(),
            (Some('\''), _) => self.character_or_lifetime(),
            (Some(':'), Some(':')) => {
                self.at += 2;
                self.push(Kind::Mark, "::".to_owned(), line);
            }
            (Some(first), _) if is_word_start(first) => self.word_or_prefixed_literal(),
            (Some(first), _) if first.is_ascii_digit() => {
                let number = self.word_characters();
                self.push(Kind::Other, number, line);
            }
            (Some(first), _) => {
                self.bump();
                if !first.is_whitespace() {
                    self.push(Kind::Mark, first.to_string(), line);
                }
            }
            (None, _) => {}
        }
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|character| character != '\n') {
            self.bump();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while let Some(first) = self.bump() {
            match (first, self.peek(0)) {
                ('/', Some('*')) => depth += 1,
                ('*', Some('/')) => depth -= 1,
                _ => continue,
            }
            self.bump();
            if depth == 0 {
                return;
            }
        }
    }

    fn quoted_text(&mut self) {
        let line = self.line;
        self.bump();
        let mut text = String::new();
        while let Some(character) = self.bump() {
            match character {
                '"' => break,
                '\\' => text.extend(self.bump().map(unescaped)),
                other => text.push(other),
            }
        }
        self.push(Kind::Text, text, line);
    }

    fn raw_text(&mut self, hashes: usize) {
        let line = self.line;
        for _ in 0..=hashes {
            self.bump();
        }
        let mut text = String::new();
        while let Some(character) = self.bump() {
            if character == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                self.at += hashes;
                break;
            }
            text.push(character);
        }
        self.push(Kind::Text, text, line);
    }

    fn character_or_lifetime(&mut self) {
        let line = self.line;
        let is_escaped = self.peek(1) == Some('\\');
        let is_character = is_escaped || self.peek(2) == Some('\'');
        self.bump();
        if !is_character {
            let lifetime = self.word_characters();
            return self.push(Kind::Other, lifetime, line);
        }
        if is_escaped {
            self.bump();
        }
        self.bump();
        while self.bump().is_some_and(|character| character != '\'') {}
        self.push(Kind::Other, "'".to_owned(), line);
    }

    fn word_or_prefixed_literal(&mut self) {
        let line = self.line;
        let word = self.word_characters();
        let behind = self.characters.iter().skip(self.at);
        let hashes = behind.take_while(|character| **character == '#').count();
        let is_quote_next = self.peek(hashes) == Some('"');
        match word.as_str() {
            "r" | "br" | "cr" if is_quote_next => self.raw_text(hashes),
            "b" | "c" if is_quote_next && hashes == 0 => self.quoted_text(),
            "b" if self.peek(0) == Some('\'') => self.character_or_lifetime(),
            "r" if hashes == 1 && self.peek(1).is_some_and(is_word_start) => {
                self.bump();
                let raw = self.word_characters();
                self.push(Kind::Word, raw, line);
            }
            _ => self.push(Kind::Word, word, line),
        }
    }

    fn word_characters(&mut self) -> String {
        let mut word = String::new();
        while let Some(character) =
            self.peek(0).filter(|next| *next == '_' || next.is_alphanumeric())
        {
            word.push(character);
            self.bump();
        }
        word
    }
}

/// A stand-in for an escape sequence: white space for `\n` and the like, else the character itself.
fn unescaped(character: char) -> char {
    if character.is_alphabetic() { ' ' } else { character }
}

fn is_word_start(character: char) -> bool {
    character == '_' || character.is_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_kind(text: &str, kind: Kind) -> Vec<String> {
        tokens(text)
            .into_iter()
            .filter(|token| token.kind == kind)
            .map(|token| token.text)
            .collect()
    }

    #[test]
    fn comments_of_every_form_are_dropped() {
        let text = "a // diesel\n/* diesel /* nested */ diesel */ b /// diesel\n//! diesel\nc";
        assert_eq!(of_kind(text, Kind::Word), ["a", "b", "c"]);
    }

    #[test]
    fn literals_of_every_form_are_no_code() {
        let text = r###"a "x \" // y" r"b\" r##"c "# d"## b"e" br#"f"# c"g" 'h' '\'' '"' b'i' z"###;
        assert_eq!(of_kind(text, Kind::Word), ["a", "z"]);
        assert_eq!(of_kind(text, Kind::Text), ["x \" // y", "b\\", "c \"# d", "e", "f", "g"]);
    }

    #[test]
    fn lifetimes_and_raw_identifiers_are_told_from_literals() {
        let text = "fn f<'a>(r#type: &'a str, r: u8) { 'outer: loop {} }";
        assert_eq!(of_kind(text, Kind::Word), ["fn", "f", "type", "str", "r", "u8", "loop"]);
    }

    #[test]
    fn lines_are_counted_through_comments_and_literals() {
        let text = "/* 1\n2 */ \"2\n3\" 'a' b\n\nc";
        let lines: Vec<(String, usize)> =
            tokens(text).into_iter().map(|token| (token.text, token.line)).collect();
        assert!(lines.contains(&("b".to_owned(), 3)), "{lines:?}");
        assert!(lines.contains(&("c".to_owned(), 5)), "{lines:?}");
    }
}
