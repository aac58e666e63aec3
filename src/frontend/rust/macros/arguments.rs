//! Arguments of macros that log, assert or are unknown: expressions, `name = value` fields, a format string.

use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Ident, Macro, Token};

use super::format;
use crate::frontend::rust::context::Context;
use crate::frontend::rust::expression;
use crate::ir::{Expr, ExprKind, Literal};

/// The arguments up to the first that does not read; none when they are no list.
pub(super) fn arguments(cx: &Context, mac: &Macro) -> Vec<Expr> {
    let read = |input: ParseStream| {
        let args = list(input);
        input.parse::<proc_macro2::TokenStream>()?;
        Ok(args)
    };
    let parsed = read.parse2(mac.tokens.clone()).unwrap_or_default();
    let mut lowered = Vec::with_capacity(parsed.len());
    for arg in &parsed {
        let value = expression::expr(cx, arg);
        let captured = match &value.kind {
            ExprKind::Literal(Literal::Str(text)) => format::captured(text, value.span),
            _ => Vec::new(),
        };
        lowered.push(value);
        lowered.extend(captured);
    }
    lowered
}

fn list(input: ParseStream) -> Vec<syn::Expr> {
    let mut args = Vec::new();
    while !input.is_empty() {
        skip_name(input);
        let Ok(arg) = syn::Expr::parse(input) else { return args };
        args.push(arg);
        if input.is_empty() {
            return args;
        }
        if input.parse::<Token![,]>().is_err() && input.parse::<Token![;]>().is_err() {
            return Vec::new();
        }
    }
    args
}

/// `target: `, `user.id = `, and the `%` and `?` of structured logging.
fn skip_name(input: ParseStream) {
    let ahead = input.fork();
    if named(&ahead).is_ok() {
        let _ = named(input);
    }
    if input.peek(Token![%]) || input.peek(Token![?]) {
        let _ = input.parse::<proc_macro2::Punct>();
    }
}

fn named(input: ParseStream) -> syn::Result<()> {
    input.call(Ident::parse_any)?;
    while input.peek(Token![.]) {
        input.parse::<Token![.]>()?;
        input.call(Ident::parse_any)?;
    }
    if input.peek(Token![:]) && !input.peek(Token![::]) {
        input.parse::<Token![:]>()?;
        return Ok(());
    }
    if input.peek(Token![==]) || input.peek(Token![=>]) {
        return Err(input.error("a comparison"));
    }
    input.parse::<Token![=]>()?;
    Ok(())
}
