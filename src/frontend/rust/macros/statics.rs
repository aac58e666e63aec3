//! Macros that define: `lazy_static!`, `thread_local!`, `cfg_if!`.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Attribute, Ident, Macro, Token, Visibility, braced, token};

use crate::frontend::rust::attribute::{attributes, both, gate, not};
use crate::frontend::rust::context::{Context, expr_at};
use crate::frontend::rust::{block, item};
use crate::ir::{Block, Expr, ExprKind, If, Item};

pub(super) fn statics(cx: &Context, mac: &Macro) -> Option<Vec<Item>> {
    let parser = |input: ParseStream| {
        let mut found = Vec::new();
        while !input.is_empty() {
            found.push(definition(cx, input)?);
        }
        Ok(found)
    };
    parser.parse2(mac.tokens.clone()).ok()
}

/// `pub static ref NAME: Type = value;`, with or without `ref`, the last `;` optional.
fn definition(cx: &Context, input: ParseStream) -> syn::Result<Item> {
    let attrs = input.call(Attribute::parse_outer)?;
    let vis: Visibility = input.parse()?;
    let keyword: Token![static] = input.parse()?;
    input.parse::<Option<Token![ref]>>()?;
    let ident: Ident = input.parse()?;
    input.parse::<Token![:]>()?;
    let ty: syn::Type = input.parse()?;
    input.parse::<Token![=]>()?;
    let value = syn::Expr::parse(input)?;
    if !input.is_empty() {
        input.parse::<Token![;]>()?;
    }
    let attributes = attributes(cx, &attrs);
    let kind = item::constant(cx, &ident, Some(&ty), Some(&value));
    Ok(Item {
        kind,
        span: attributes.cover(cx.span(keyword.span).to(cx.span(ident.span()))),
        attributes: attributes.list,
        gate: attributes.gate,
        public: !matches!(vis, Visibility::Inherited),
    })
}

/// One branch of `cfg_if!`; the last may have no condition.
struct Branch {
    condition: Option<Expr>,
    body: TokenStream,
    span: crate::ir::Span,
}

fn branches(cx: &Context, mac: &Macro) -> Option<Vec<Branch>> {
    let parser = |input: ParseStream| {
        let mut found = Vec::new();
        loop {
            let mut condition = None;
            if input.peek(Token![if]) {
                input.parse::<Token![if]>()?;
                condition = gate(cx, &input.call(Attribute::parse_outer)?);
            }
            let body;
            let braces: token::Brace = braced!(body in input);
            let span = cx.delimited(&braces.span);
            found.push(Branch { condition, body: body.parse()?, span });
            if input.is_empty() {
                return Ok(found);
            }
            input.parse::<Token![else]>()?;
        }
    };
    parser.parse2(mac.tokens.clone()).ok()
}

/// The items of all branches, each under the condition that its branch is taken.
pub(super) fn gated_items(cx: &Context, mac: &Macro) -> Option<Vec<Item>> {
    let mut found = Vec::new();
    let mut earlier: Option<Expr> = None;
    for branch in branches(cx, mac)? {
        let taken = match branch.condition.clone() {
            Some(condition) => Some(both(earlier.clone(), condition)),
            None => earlier.clone(),
        };
        let file: syn::File = syn::parse2(branch.body).ok()?;
        for mut inner in file.items.iter().flat_map(|inner| item::items(cx, inner)) {
            block::gate_within(&mut inner, taken.as_ref());
            found.push(inner);
        }
        if let Some(condition) = branch.condition {
            let span = condition.span;
            earlier = Some(both(earlier, not(condition, span)));
        }
    }
    Some(found)
}

/// The branches as one `if`.
pub(super) fn gated_blocks(cx: &Context, mac: &Macro) -> Option<ExprKind> {
    let mut or_else: Option<(Block, crate::ir::Span)> = None;
    for branch in branches(cx, mac)?.into_iter().rev() {
        let stmts = syn::Block::parse_within.parse2(branch.body).ok()?;
        let then = block::statements(cx, &stmts);
        or_else = Some(match branch.condition {
            None => (then, branch.span),
            Some(condition) => {
                let span = condition.span.to(branch.span);
                let choice = If { condition, then, or_else: or_else.map(|(block, _)| block) };
                (block::valued(expr_at(ExprKind::If(Box::new(choice)), span)), span)
            }
        });
    }
    or_else.and_then(|(block, _)| block.value).map(|value| value.kind)
}
