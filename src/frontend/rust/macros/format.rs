//! Format strings: `"{name} {} {0} {value:>1$} {{"`.

use std::sync::Arc;

use syn::Token;
use syn::punctuated::Punctuated;

use crate::frontend::rust::attribute::name_expr;
use crate::frontend::rust::context::{Context, expr_at, name};
use crate::frontend::rust::expression;
use crate::ir::{Expr, ExprKind, FormatPart, Ident, Literal, Name, Span};

/// A piece of a format string.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// What stands between `{` and `:` or `}`.
    Hole(String),
}

/// Text and values of a format string and its arguments. `None` when the first is no string literal.
pub(super) fn parts(cx: &Context, args: &Punctuated<syn::Expr, Token![,]>) -> Option<Vec<FormatPart>> {
    let template = expression::expr(cx, args.first()?);
    let text = match &template.kind {
        ExprKind::Literal(Literal::Str(text)) => Arc::clone(text),
        // `concat!("..", "..")` as the format string.
        ExprKind::Format(parts) => Arc::from(joined(parts)?),
        _ => return None,
    };
    let mut positional = Vec::new();
    let mut named: Vec<(Name, Expr)> = Vec::new();
    for arg in args.iter().skip(1) {
        match arg {
            syn::Expr::Assign(assign) => {
                let value = expression::expr(cx, &assign.right);
                match &*assign.left {
                    syn::Expr::Path(path) if path.path.get_ident().is_some() => {
                        named.extend(path.path.get_ident().map(|ident| (name(ident), value)));
                    }
                    _ => positional.push(value),
                }
            }
            other => positional.push(expression::expr(cx, other)),
        }
    }
    let mut next = 0;
    let fill = |piece| match piece {
        Piece::Text(text) => FormatPart::Text(Arc::from(text)),
        Piece::Hole(hole) => {
            let key = hole.trim();
            let position = if key.is_empty() {
                next += 1;
                Some(next - 1)
            } else {
                key.parse::<usize>().ok()
            };
            let value = match position {
                Some(at) => positional
                    .get(at)
                    .or_else(|| named.get(at.saturating_sub(positional.len())).map(|(_, value)| value)),
                None => named.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            };
            FormatPart::Value(value.cloned().unwrap_or_else(|| capture(key, position, template.span)))
        }
    };
    Some(pieces(&text).into_iter().map(fill).collect())
}

/// The variables that a format string names itself.
pub(super) fn captured(text: &str, span: Span) -> Vec<Expr> {
    let names = pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Hole(hole) if is_name(hole.trim()) => Some(capture(hole.trim(), None, span)),
        _ => None,
    });
    names.collect()
}

fn capture(key: &str, position: Option<usize>, span: Span) -> Expr {
    if position.is_some() || !is_name(key) {
        return expr_at(ExprKind::Unknown, span);
    }
    name_expr(&Ident { name: Name::from(key.strip_prefix("r#").unwrap_or(key)), span })
}

fn is_name(key: &str) -> bool {
    let key = key.strip_prefix("r#").unwrap_or(key);
    key.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && key.chars().all(|char| char.is_alphanumeric() || char == '_')
}

fn joined(parts: &[FormatPart]) -> Option<String> {
    let text = |part: &FormatPart| match part {
        FormatPart::Text(text)
        | FormatPart::Value(Expr { kind: ExprKind::Literal(Literal::Str(text)), .. }) => {
            Some(text.to_string())
        }
        FormatPart::Value(_) => None,
    };
    parts.iter().map(text).collect()
}

fn pieces(template: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut text = String::new();
    let mut chars = template.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '{' | '}' if chars.peek() == Some(&char) => {
                chars.next();
                text.push(char);
            }
            '{' => {
                if !text.is_empty() {
                    found.push(Piece::Text(std::mem::take(&mut text)));
                }
                let inner: String = chars.by_ref().take_while(|char| *char != '}').collect();
                let key = inner.split_once(':').map_or(inner.as_str(), |(key, _)| key);
                found.push(Piece::Hole(key.to_owned()));
            }
            _ => text.push(char),
        }
    }
    if !text.is_empty() {
        found.push(Piece::Text(text));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces};

    #[test]
    fn braces_holes_and_widths() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let hole = |hole: &str| Piece::Hole(hole.to_owned());
        assert_eq!(
            pieces("a{{b}} {} {0:?} {name:>8}{ x }"),
            [text("a{b} "), hole(""), text(" "), hole("0"), text(" "), hole("name"), hole(" x ")]
        );
        assert_eq!(pieces("{open"), [hole("open")]);
        assert_eq!(pieces(""), []);
    }
}
