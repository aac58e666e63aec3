//! `json!`: nested maps and lists of expressions.

use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Ident, Macro, Token, braced, bracketed, token};

use crate::frontend::rust::context::{Context, expr_at};
use crate::frontend::rust::expression;
use crate::ir::{Expr, ExprKind, Literal};

pub(super) fn value(cx: &Context, mac: &Macro) -> Option<Expr> {
    let parser = |input: ParseStream| json(cx, input);
    parser.parse2(mac.tokens.clone()).ok()
}

fn json(cx: &Context, input: ParseStream) -> syn::Result<Expr> {
    cx.deeper(|| {
        if input.peek(token::Brace) {
            return map(cx, input);
        }
        if input.peek(token::Bracket) {
            return list(cx, input);
        }
        if input.peek(Ident) && input.fork().parse::<Ident>()? == "null" {
            let null: Ident = input.parse()?;
            return Ok(expr_at(ExprKind::Literal(Literal::Null), cx.span(null.span())));
        }
        Ok(expression::expr(cx, &syn::Expr::parse(input)?))
    })
}

fn map(cx: &Context, input: ParseStream) -> syn::Result<Expr> {
    let content;
    let braces = braced!(content in input);
    let mut entries = Vec::new();
    while !content.is_empty() {
        let key = expression::expr(cx, &syn::Expr::parse(&content)?);
        content.parse::<Token![:]>()?;
        entries.push((Some(key), json(cx, &content)?));
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(expr_at(ExprKind::Map(entries), cx.delimited(&braces.span)))
}

fn list(cx: &Context, input: ParseStream) -> syn::Result<Expr> {
    let content;
    let brackets = bracketed!(content in input);
    let mut elements = Vec::new();
    while !content.is_empty() {
        elements.push(json(cx, &content)?);
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(expr_at(ExprKind::List(elements), cx.delimited(&brackets.span)))
}
