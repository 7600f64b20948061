//! The top-level statements of a file, for the files that may hold declarations only (`lib.rs` and
//! a slice's facade).

use crate::lexer::Token;

/// The statements of a file without attributes, each up to its `;`, or to the brace that closes its block.
pub(crate) fn statements(tokens: &[Token]) -> Vec<Vec<Token>> {
    let mut statements = Vec::new();
    let mut open: Vec<Token> = Vec::new();
    let mut depth = 0_usize;
    for token in without_attributes(tokens) {
        depth += usize::from(token.is_mark("{"));
        depth = depth.saturating_sub(usize::from(token.is_mark("}")));
        let is_use = open.iter().any(|earlier| earlier.is_word("use"));
        let ends = depth == 0 && (token.is_mark(";") || (token.is_mark("}") && !is_use));
        open.push(token);
        if ends {
            statements.push(std::mem::take(&mut open));
        }
    }
    statements.extend(Some(open).filter(|rest| !rest.is_empty()));
    statements
}

fn without_attributes(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut rest = tokens;
    while let [token, after @ ..] = rest {
        rest = match after {
            [bracket, ..] if token.is_mark("#") && bracket.is_mark("[") => behind_brackets(after),
            [mark, inner @ ..] if token.is_mark("#") && mark.is_mark("!") => behind_brackets(inner),
            _ => {
                kept.push(token.clone());
                after
            }
        };
    }
    kept
}

/// What follows the bracket that closes the first one.
fn behind_brackets(tokens: &[Token]) -> &[Token] {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        depth += usize::from(token.is_mark("["));
        depth = depth.saturating_sub(usize::from(token.is_mark("]")));
        if depth == 0 {
            return tokens.get(index + 1..).unwrap_or_default();
        }
    }
    &[]
}

/// Whether a statement is `mod name;`, of any visibility.
pub(crate) fn is_module_declaration(statement: &[Token]) -> bool {
    matches!(without_visibility(statement), [word, _, end] if word.is_word("mod") && end.is_mark(";"))
}

/// Whether a statement is a `use` of any visibility above private.
pub(crate) fn is_reexport(statement: &[Token]) -> bool {
    let is_public = statement.first().is_some_and(|token| token.is_word("pub"));
    is_public && without_visibility(statement).first().is_some_and(|token| token.is_word("use"))
}

/// A statement without `pub` or `pub(..)` in front.
fn without_visibility(statement: &[Token]) -> &[Token] {
    match statement {
        [first, open, rest @ ..] if first.is_word("pub") && open.is_mark("(") => {
            let close = rest.iter().position(|token| token.is_mark(")")).unwrap_or(0);
            rest.get(close + 1..).unwrap_or_default()
        }
        [first, rest @ ..] if first.is_word("pub") => rest,
        whole => whole,
    }
}

/// The first words of a statement, to show what was found.
pub(crate) fn opening(statement: &[Token]) -> String {
    statement.iter().take(6).map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexer::tokens;

    #[test]
    fn statements_end_at_their_semicolon_or_block() {
        let text =
            "#![deny(x)] #[cfg(test)] mod a; pub use a::{B, c::{D}}; fn f() { g(); } struct S;";
        let found: Vec<String> =
            statements(&tokens(text)).iter().map(|statement| opening(statement)).collect();
        assert_eq!(found, ["mod a ;", "pub use a :: { B", "fn f ( ) { g", "struct S ;"]);
    }

    #[test]
    fn declarations_and_reexports_are_told_from_the_rest() {
        let all =
            tokens("pub(in crate::a) mod a; mod b {} pub(crate) use a::A; use a::B; pub fn f() {}");
        let split = statements(&all);
        let declarations: Vec<bool> =
            split.iter().map(|statement| is_module_declaration(statement)).collect();
        let reexports: Vec<bool> = split.iter().map(|statement| is_reexport(statement)).collect();
        assert_eq!(declarations, [true, false, false, false, false]);
        assert_eq!(reexports, [false, false, true, false, false]);
    }
}
