//! A linear look at the tokens that finds nesting no recursive walk survives.
//!
//! Brackets are only half of it: `a.b.b.b`, `a()()()`, `1+1+1`, `not not not` and `lambda: lambda: ...` make trees as
//! deep as they are long.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

use crate::ir::Broken;
use crate::source::{FileId, SourceText, Span};

/// Levels a tree may have. `CPython` itself stops at 200 brackets and 100 indentations.
pub(super) const LIMIT: usize = 500;

/// The line that makes the tree deeper than `LIMIT`, if there is one.
pub(super) fn too_deep(file: FileId, source: &SourceText) -> Option<Broken> {
    if !exceeds(&source.text) {
        return None;
    }
    // The lexer tells no positions; the shortest text that is too deep ends with the line that is.
    let starts = source.line_starts();
    let ends = starts.get(1..).unwrap_or_default();
    let line = ends.partition_point(|end| !exceeds(source.text.get(..*end as usize).unwrap_or_default()));
    let start = starts.get(line).map_or(0, |start| *start as usize);
    let end = ends.get(line).map_or(source.text.len(), |end| *end as usize);
    Some(broken(Span::new(file, start, end)))
}

pub(super) fn broken(span: Span) -> Broken {
    Broken { span, message: format!("nested more than {LIMIT} levels deep") }
}

fn exceeds(text: &str) -> bool {
    let mut lexer = lexer::lex(text, Mode::Module);
    let mut levels = Levels::default();
    let mut previous = TokenKind::Newline;
    loop {
        let kind = lexer.next_token();
        if kind == TokenKind::EndOfFile {
            return false;
        }
        if matches!(kind, TokenKind::Comment | TokenKind::NonLogicalNewline) {
            continue;
        }
        levels.take(previous, kind);
        if levels.depth() > LIMIT {
            return true;
        }
        previous = kind;
    }
}

/// How deep the tree is at a token.
#[derive(Default)]
struct Levels {
    indents: usize,
    /// `elif`s in a row, each of which stands in the one before; one count an indentation.
    chains_of_elif: Vec<usize>,
    /// Operators and calls since the last comma; one count an open bracket.
    chains: Vec<usize>,
    /// Sum of all counts.
    total: usize,
}

impl Levels {
    fn depth(&self) -> usize {
        self.indents + self.chains.len() + self.total
    }

    fn take(&mut self, previous: TokenKind, kind: TokenKind) {
        match kind {
            TokenKind::Newline => self.end_statement(),
            TokenKind::Indent => self.indents += 1,
            TokenKind::Dedent => {
                self.end_chain_of_elif();
                self.indents = self.indents.saturating_sub(1);
            }
            TokenKind::If
                if matches!(previous, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent) =>
            {
                self.end_chain_of_elif();
            }
            TokenKind::Elif => {
                self.chains_of_elif.resize(self.indents + 1, 0);
                self.chains_of_elif[self.indents] += 1;
                self.total += 1;
            }
            TokenKind::Comma | TokenKind::Semi => self.end_chain(),
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                self.end_chain_between(previous, kind);
                self.lengthen_chain();
                self.chains.push(0);
            }
            TokenKind::FStringStart | TokenKind::TStringStart => self.chains.push(0),
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd => {
                self.end_chain();
                self.chains.pop();
            }
            _ if is_operator(kind) => self.lengthen_chain(),
            _ => self.end_chain_between(previous, kind),
        }
    }

    fn lengthen_chain(&mut self) {
        if self.chains.is_empty() {
            self.chains.push(0);
        }
        if let Some(chain) = self.chains.last_mut() {
            *chain += 1;
            self.total += 1;
        }
    }

    fn end_chain(&mut self) {
        if let Some(chain) = self.chains.last_mut() {
            self.total -= *chain;
            *chain = 0;
        }
    }

    fn end_chain_of_elif(&mut self) {
        self.total -= self.chains_of_elif.get(self.indents).copied().unwrap_or(0);
        self.chains_of_elif.truncate(self.indents);
    }

    fn end_statement(&mut self) {
        self.total -= self.chains.iter().sum::<usize>();
        self.chains.clear();
    }

    /// Two operands side by side are no expression: in a broken file a new statement begins here although the bracket
    /// above it was never closed.
    fn end_chain_between(&mut self, previous: TokenKind, kind: TokenKind) {
        let ends_operand = matches!(
            previous,
            TokenKind::Name
                | TokenKind::Int
                | TokenKind::Float
                | TokenKind::Rpar
                | TokenKind::Rsqb
                | TokenKind::Rbrace
        );
        let starts_another = matches!(
            kind,
            TokenKind::Name
                | TokenKind::Int
                | TokenKind::Float
                | TokenKind::Def
                | TokenKind::Class
                | TokenKind::Return
                | TokenKind::Import
                | TokenKind::Try
                | TokenKind::While
                | TokenKind::With
                | TokenKind::Raise
                | TokenKind::Assert
                | TokenKind::Del
        );
        if ends_operand && starts_another {
            self.end_chain();
        }
    }
}

/// Tokens that put one more node above or below what stands around them.
fn is_operator(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Dot
            | TokenKind::Plus
            | TokenKind::Minus
            | TokenKind::Star
            | TokenKind::DoubleStar
            | TokenKind::Slash
            | TokenKind::DoubleSlash
            | TokenKind::Percent
            | TokenKind::At
            | TokenKind::Vbar
            | TokenKind::Amper
            | TokenKind::CircumFlex
            | TokenKind::LeftShift
            | TokenKind::RightShift
            | TokenKind::Tilde
            | TokenKind::Less
            | TokenKind::LessEqual
            | TokenKind::Greater
            | TokenKind::GreaterEqual
            | TokenKind::EqEqual
            | TokenKind::NotEqual
            | TokenKind::Equal
            | TokenKind::ColonEqual
            | TokenKind::And
            | TokenKind::Or
            | TokenKind::Not
            | TokenKind::In
            | TokenKind::Is
            | TokenKind::If
            | TokenKind::Else
            | TokenKind::Lambda
            | TokenKind::Await
            | TokenKind::Yield
    )
}
