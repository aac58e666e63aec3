//! Attributes as expressions, and `cfg` as a condition.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Meta, Token};

use super::context::{Context, expr_at, name};
use super::{expression, ty};
use crate::ir::{
    Arg, Attribute, BinaryOp, Call, Expr, ExprKind, Ident, Literal, Path, Span, Spread, UnaryOp,
};

/// What the attributes of one thing say.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) list: Vec<Attribute>,
    /// All its `cfg`s together.
    pub(super) gate: Option<Expr>,
    pub(super) start: Option<Span>,
}

impl Attributes {
    /// From the first attribute to the end of `span`.
    pub(super) fn cover(&self, span: Span) -> Span {
        self.start.map_or(span, |start| start.to(span))
    }
}

pub(super) fn attributes(cx: &Context, attrs: &[syn::Attribute]) -> Attributes {
    let mut all = Attributes::default();
    for attr in attrs {
        if attr.path().is_ident("doc") {
            continue;
        }
        let span = cx.span(attr.pound_token.spans[0]).to(cx.delimited(&attr.bracket_token.span));
        all.start = all.start.or(Some(span));
        add(cx, &mut all, &attr.meta, span);
    }
    all
}

/// The condition of the `cfg`s among the attributes.
pub(super) fn gate(cx: &Context, attrs: &[syn::Attribute]) -> Option<Expr> {
    if attrs.is_empty() { None } else { attributes(cx, attrs).gate }
}

fn add(cx: &Context, all: &mut Attributes, meta: &Meta, span: Span) {
    match meta {
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = predicate(cx, &list.tokens, span);
            all.gate = Some(both(all.gate.take(), condition));
        }
        Meta::List(list) if list.path.is_ident("cfg_attr") => {
            for (at, tokens) in split(list.tokens.clone()).into_iter().enumerate() {
                // Only what holds outside of tests counts; any other condition is taken to hold.
                if at == 0 && tokens.to_string() == "test" {
                    return;
                }
                if at > 0
                    && let Ok(inner) = syn::parse2::<Meta>(tokens)
                {
                    add(cx, all, &inner, span);
                }
            }
        }
        _ => all.list.push(Attribute { expr: meta_expr(cx, meta), span }),
    }
}

fn meta_expr(cx: &Context, meta: &Meta) -> Expr {
    match meta {
        Meta::Path(path) => path_expr(cx, path),
        Meta::NameValue(pair) => {
            let target = path_expr(cx, &pair.path);
            let value = expression::expr(cx, &pair.value);
            let span = target.span.to(value.span);
            expr_at(ExprKind::Assign { target: Box::new(target), op: None, value: Box::new(value) }, span)
        }
        Meta::List(list) => {
            let callee = path_expr(cx, &list.path);
            let delimiter = expression::delimiter(&list.delimiter);
            let span = callee.span.to(cx.delimited(delimiter));
            let args = if cx.may_parse(delimiter) { arguments(cx, list.tokens.clone()) } else { Vec::new() };
            expr_at(ExprKind::Call(Box::new(Call { callee, args })), span)
        }
    }
}

fn path_expr(cx: &Context, path: &syn::Path) -> Expr {
    let path = ty::path(cx, path);
    let span = path.span;
    expr_at(ExprKind::Path(path), span)
}

/// `name = value`, nested `name(..)` and plain expressions, comma-separated. What does not read is left out.
fn arguments(cx: &Context, tokens: TokenStream) -> Vec<Arg> {
    split(tokens).into_iter().filter_map(|tokens| argument(cx, tokens)).collect()
}

fn argument(cx: &Context, tokens: TokenStream) -> Option<Arg> {
    let plain = |value| Some(Arg { name: None, value, spread: Spread::No });
    let named = |input: ParseStream| {
        let ident = input.call(syn::Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        Ok((ident, input.parse::<TokenStream>()?))
    };
    if let Ok((ident, rest)) = named.parse2(tokens.clone()) {
        let value = match syn::parse2::<syn::Expr>(rest) {
            Ok(value) => expression::expr(cx, &value),
            Err(_) => expr_at(ExprKind::Unknown, cx.span(ident.span())),
        };
        return Some(Arg { name: Some(cx.ident(&ident)), value, spread: Spread::No });
    }
    if let Ok(Meta::List(list)) = syn::parse2::<Meta>(tokens.clone()) {
        return cx.deeper(|| plain(meta_expr(cx, &Meta::List(list))));
    }
    plain(expression::expr(cx, &syn::parse2::<syn::Expr>(tokens).ok()?))
}

/// Cuts at the commas of the outermost level.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![Vec::new()];
    for token in tokens {
        match (&token, parts.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => parts.push(Vec::new()),
            (_, Some(last)) => last.push(token),
            (_, None) => {}
        }
    }
    parts.into_iter().filter(|part| !part.is_empty()).map(TokenStream::from_iter).collect()
}

/// `all(..)`, `any(..)`, `not(..)`, `debug_assertions`, `feature = ".."`, anything else by its text.
pub(super) fn predicate(cx: &Context, tokens: &TokenStream, span: Span) -> Expr {
    let parts: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let [TokenTree::Ident(word), rest @ ..] = parts.as_slice() else {
        return flag(&tokens.to_string(), span);
    };
    match rest {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => {
            let inner = cx.span(word.span()).to(cx.span(group.span_close()));
            let parts = split(group.stream()).into_iter();
            cx.deeper(|| match word.to_string().as_str() {
                "not" => not(predicate(cx, &group.stream(), inner), inner),
                "all" => fold(parts.map(|part| predicate(cx, &part, inner)), BinaryOp::And, true, inner),
                "any" => fold(parts.map(|part| predicate(cx, &part, inner)), BinaryOp::Or, false, inner),
                _ => flag(&tokens.to_string(), inner),
            })
        }
        [TokenTree::Punct(equals), TokenTree::Literal(value)] if equals.as_char() == '=' => {
            let text = value.to_string();
            let span = cx.span(word.span()).to(cx.span(value.span()));
            flag(&format!("{}={}", name(word), text.trim_matches('"')), span)
        }
        [] if word == "true" || word == "false" => {
            expr_at(ExprKind::Literal(Literal::Bool(word == "true")), cx.span(word.span()))
        }
        [] => flag(&word.to_string(), cx.span(word.span())),
        _ => flag(&tokens.to_string(), span),
    }
}

fn fold(parts: impl Iterator<Item = Expr>, op: BinaryOp, empty: bool, span: Span) -> Expr {
    parts
        .reduce(|left, right| expr_at(ExprKind::Binary(op, Box::new(left), Box::new(right)), span))
        .unwrap_or_else(|| expr_at(ExprKind::Literal(Literal::Bool(empty)), span))
}

fn flag(text: &str, span: Span) -> Expr {
    expr_at(ExprKind::BuildFlag(text.into()), span)
}

pub(super) fn not(condition: Expr, span: Span) -> Expr {
    expr_at(ExprKind::Unary(UnaryOp::Not, Box::new(condition)), span)
}

/// Both conditions, where the first may be missing.
pub(super) fn both(left: Option<Expr>, right: Expr) -> Expr {
    match left {
        None => right,
        Some(left) => {
            let span = left.span.to(right.span);
            expr_at(ExprKind::Binary(BinaryOp::And, Box::new(left), Box::new(right)), span)
        }
    }
}

/// A name in scope as an expression.
pub(super) fn name_expr(ident: &Ident) -> Expr {
    let path = Path { segments: vec![ident.name.clone()], type_args: Vec::new(), span: ident.span };
    expr_at(ExprKind::Path(path), ident.span)
}
