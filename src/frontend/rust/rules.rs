//! `macro_rules!`, as far as an arm is a list of metavariables and its body one expression or block.

use proc_macro2::{Group, TokenStream, TokenTree};
use syn::parse::Parser as _;
use syn::{Block, Macro};

use super::context::{Context, name};
use super::{block, expression};
use crate::ir::{MacroArm, MacroDef, Name};

pub(super) fn definition(cx: &Context, ident: &syn::Ident, mac: &Macro) -> MacroDef {
    let readable = cx.may_parse(expression::delimiter(&mac.delimiter));
    let arms = if readable { arms(cx, mac.tokens.clone()) } else { Vec::new() };
    MacroDef { name: cx.ident(ident), arms }
}

fn arms(cx: &Context, tokens: TokenStream) -> Vec<MacroArm> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is =
        |token: &TokenTree, char: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == char);
    let mut found = Vec::new();
    for arm in tokens.split(|token| is(token, ';')) {
        if let [TokenTree::Group(matcher), equals, greater, TokenTree::Group(body)] = arm
            && is(equals, '=')
            && is(greater, '>')
            && let Some(params) = params(matcher.stream())
            && let Some(body) = plain(body.stream(), &params)
            && let Ok(stmts) = Block::parse_within.parse2(body)
        {
            found.push(MacroArm { params, body: cx.deeper(|| block::statements(cx, &stmts)) });
        }
    }
    found
}

/// `$a:expr, $b:ident` with an optional `$(,)?` at the end.
fn params(matcher: TokenStream) -> Option<Vec<Name>> {
    let tokens: Vec<TokenTree> = matcher.into_iter().collect();
    let mut rest = tokens.as_slice();
    let mut found = Vec::new();
    loop {
        match rest {
            [] => return Some(found),
            [
                TokenTree::Punct(dollar),
                TokenTree::Ident(param),
                TokenTree::Punct(colon),
                TokenTree::Ident(_),
                tail @ ..,
            ] if dollar.as_char() == '$' && colon.as_char() == ':' => {
                found.push(name(param));
                rest = tail;
            }
            [TokenTree::Punct(comma), tail @ ..] if comma.as_char() == ',' && !found.is_empty() => {
                rest = tail;
            }
            [TokenTree::Punct(dollar), TokenTree::Group(group), TokenTree::Punct(_)]
                if dollar.as_char() == '$' && group.stream().to_string() == "," =>
            {
                return Some(found);
            }
            _ => return None,
        }
    }
}

/// The body with `$name` as `name`. `None` when it repeats or names something that is no parameter.
fn plain(body: TokenStream, params: &[Name]) -> Option<TokenStream> {
    let mut found = Vec::new();
    let mut tokens = body.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(dollar) if dollar.as_char() == '$' => match tokens.next() {
                Some(TokenTree::Ident(ident)) if ident == "crate" || params.contains(&name(&ident)) => {
                    found.push(TokenTree::Ident(ident));
                }
                _ => return None,
            },
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), plain(group.stream(), params)?);
                inner.set_span(group.span());
                found.push(TokenTree::Group(inner));
            }
            other => found.push(other),
        }
    }
    Some(TokenStream::from_iter(found))
}
