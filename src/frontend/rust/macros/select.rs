//! `select!`: each branch is a block that binds the awaited value and runs the handler.

use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Macro, Pat, Token, token};

use crate::frontend::rust::context::{Context, expr_at};
use crate::frontend::rust::{expression, pattern};
use crate::ir::{Block, Expr, ExprKind, Stmt, StmtKind};

mod keyword {
    syn::custom_keyword!(biased);
}

pub(super) fn branches(cx: &Context, mac: &Macro) -> Option<Vec<Expr>> {
    let parser = |input: ParseStream| {
        if input.peek(keyword::biased) {
            input.parse::<keyword::biased>()?;
            input.parse::<Token![;]>()?;
        }
        let mut found = Vec::new();
        while !input.is_empty() {
            found.push(branch(cx, input)?);
        }
        Ok(found)
    };
    parser.parse2(mac.tokens.clone()).ok()
}

fn branch(cx: &Context, input: ParseStream) -> syn::Result<Expr> {
    if input.peek(Token![else]) || input.peek(keyword::biased) {
        input.parse::<proc_macro2::TokenTree>()?;
        return handler(cx, input);
    }
    let pat = Pat::parse_multi_with_leading_vert(input)?;
    input.parse::<Token![=]>()?;
    let future = expression::expr(cx, &syn::Expr::parse(input)?);
    if input.peek(Token![,]) {
        input.parse::<Token![,]>()?;
        input.parse::<Token![if]>()?;
        syn::Expr::parse(input)?;
    }
    let pattern = pattern::pattern(cx, &pat);
    let span = pattern.span.to(future.span);
    let value = Some(expr_at(ExprKind::Await(Box::new(future)), span));
    let binding = Stmt { kind: StmtKind::Let { pattern, ty: None, value, or_else: None }, span };
    let handler = handler(cx, input)?;
    let span = span.to(handler.span);
    let block = Block { stmts: vec![binding], value: Some(Box::new(handler)) };
    Ok(expr_at(ExprKind::Block(Box::new(block)), span))
}

fn handler(cx: &Context, input: ParseStream) -> syn::Result<Expr> {
    input.parse::<Token![=>]>()?;
    let body =
        if input.peek(token::Brace) { syn::Expr::Block(input.parse()?) } else { syn::Expr::parse(input)? };
    input.parse::<Option<Token![,]>>()?;
    Ok(expression::expr(cx, &body))
}
