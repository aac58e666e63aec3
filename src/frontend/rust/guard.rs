//! A bound on how deep a syntax tree can become, found in one pass over the text before any recursive parser sees it.

use super::scan::{Token, tokens};

/// Levels that parsing, lowering, evaluating and dropping a tree can bear on a stack of 64 MiB.
pub(super) const LIMIT: usize = 1500;

/// Words that lead an expression, a type or a pattern and so let another one nest after them.
const LEADING: &[&str] = &[
    "as", "async", "await", "box", "break", "const", "dyn", "else", "for", "if", "impl", "in", "let", "loop",
    "match", "move", "mut", "ref", "return", "static", "try", "unsafe", "while", "yield",
];

/// Words after which `!` begins an expression and no macro call.
const BEFORE_NOT: &[&str] = &[
    "as", "break", "const", "else", "if", "in", "let", "match", "move", "mut", "ref", "return", "static",
    "while", "yield",
];

/// What one bracket costs the parser, in links of a chain.
const BRACKET: usize = 6;

/// One open bracket.
#[derive(Default)]
struct Level {
    /// Operators, prefixes and leading words since the last separator.
    links: usize,
    /// `<` not yet closed; a comma does not end those.
    angles: usize,
    /// The body of a macro call: not parsed with the file, only its brackets count.
    opaque: bool,
}

/// No tree of this text is deeper, the bodies of macro calls left out.
pub(super) fn depth(text: &str) -> usize {
    let mut levels = vec![Level::default()];
    // Sum over all levels but the innermost.
    let mut outer = 0;
    let mut deepest = 0;
    let mut before = [Token::Other; 3];
    for (_, token) in tokens(text) {
        let nested = levels.len() > 1;
        let Some(level) = levels.last_mut() else { break };
        if before[2] == Token::Close && !continues(token) {
            level.links = 0;
            level.angles = 0;
        }
        match token {
            Token::Open => {
                // an index or a call of what came before
                level.links += usize::from(before[2] == Token::Close);
                let opaque = level.opaque || opens_macro(&before);
                outer += level.links + level.angles + BRACKET;
                levels.push(Level { opaque, ..Level::default() });
            }
            Token::Close if nested => {
                levels.pop();
                outer -= levels.last().map_or(0, |level| level.links + level.angles + BRACKET);
            }
            Token::Punct(b';') => *level = Level { opaque: level.opaque, ..Level::default() },
            _ if level.opaque => {}
            Token::Punct(b',') => level.links = 0,
            Token::Punct(b'<') => level.angles += 1,
            // The arrow of a match arm ends a pattern; the arms of a match do not nest.
            Token::Punct(b'>') if before[2] == Token::Punct(b'=') => {
                level.links = level.links.saturating_sub(1);
            }
            Token::Punct(b'>') if before[2] != Token::Punct(b'-') => {
                level.angles = level.angles.saturating_sub(1);
                level.links += 1;
            }
            Token::Punct(_) => level.links += 1,
            Token::Word(word) if LEADING.contains(&word) => level.links += 1,
            Token::Close | Token::Word(_) | Token::Other => {}
        }
        let here = levels.last().map_or(0, |level| level.links + level.angles);
        deepest = deepest.max(outer + here);
        before = [before[1], before[2], token];
    }
    deepest
}

/// Whether an expression may go on with `token` after a closing bracket; otherwise a new statement or item begins.
fn continues(token: Token) -> bool {
    match token {
        Token::Open | Token::Close => true,
        Token::Punct(byte) => byte != b'#',
        Token::Word(word) => matches!(word, "else" | "as" | "for" | "where"),
        Token::Other => false,
    }
}

/// `name!(` or `macro_rules! name {`.
pub(super) fn opens_macro(before: &[Token; 3]) -> bool {
    let names_macro = |token: Token| matches!(token, Token::Word(word) if !BEFORE_NOT.contains(&word));
    match before {
        [_, name, Token::Punct(b'!')] | [name, Token::Punct(b'!'), Token::Word(_)] => names_macro(*name),
        _ => false,
    }
}
