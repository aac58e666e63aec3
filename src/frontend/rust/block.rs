//! Blocks, statements, and the pieces that a `cfg` switches on or off.

use syn::{Local, Pat};

use super::attribute::{self, attributes};
use super::context::{Context, expr_at};
use super::{expression, item, macros, pattern, ty};
use crate::ir::{Block, Expr, ExprKind, Ident, If, Item, PatternKind, Span, Stmt, StmtKind, UnaryOp};

pub(super) fn block(cx: &Context, whole: &syn::Block) -> Block {
    cx.deeper(|| statements(cx, &whole.stmts))
}

pub(super) fn statements(cx: &Context, stmts: &[syn::Stmt]) -> Block {
    let mut lowered = Block::default();
    for (at, stmt) in stmts.iter().enumerate() {
        let last = at + 1 == stmts.len();
        match stmt {
            syn::Stmt::Local(local) => push_local(cx, &mut lowered, local),
            syn::Stmt::Item(inner) => {
                lowered.stmts.extend(item::items(cx, inner).into_iter().map(item::statement));
            }
            syn::Stmt::Macro(inner) => {
                if let Some(items) = macros::items(cx, &inner.mac) {
                    lowered.stmts.extend(items.into_iter().map(item::statement));
                    continue;
                }
                let value = macros::expr(cx, &inner.mac);
                let end = inner.semi_token.map(|semi| cx.span(semi.spans[0]));
                push_expr(cx, &mut lowered, value, &inner.attrs, end, last);
            }
            syn::Stmt::Expr(inner, semi) => {
                let end = semi.map(|semi| cx.span(semi.spans[0]));
                let value = expression::expr(cx, inner);
                push_expr(cx, &mut lowered, value, expression::attrs(inner), end, last);
            }
        }
    }
    lowered
}

fn push_expr(
    cx: &Context,
    into: &mut Block,
    value: Expr,
    attrs: &[syn::Attribute],
    end: Option<Span>,
    last: bool,
) {
    let attributes = attributes(cx, attrs);
    let is_value = last && end.is_none();
    let value = match (attributes.gate.clone(), is_value) {
        (None, _) => value,
        (Some(gate), true) => choice(gate, value, earlier_value(into)),
        (Some(gate), false) => choice(gate, value, None),
    };
    if is_value {
        into.value = Some(Box::new(value));
        return;
    }
    let span = end.map_or(value.span, |end| value.span.to(end));
    into.stmts.push(Stmt { kind: StmtKind::Expr(value), span: attributes.cover(span) });
}

/// `#[cfg(a)] { x } #[cfg(not(a))] { y }` at the end of a block is one choice.
fn earlier_value(into: &mut Block) -> Option<Expr> {
    let gated = |stmt: &Stmt| {
        matches!(&stmt.kind, StmtKind::Expr(Expr { kind: ExprKind::If(choice), .. })
            if choice.or_else.is_none() && is_build_condition(&choice.condition))
    };
    let last = into.stmts.pop_if(|stmt| gated(stmt))?;
    match last.kind {
        StmtKind::Expr(value) => Some(value),
        _ => None,
    }
}

fn push_local(cx: &Context, into: &mut Block, local: &Local) {
    let attributes = attributes(cx, &local.attrs);
    let span = cx.span(local.let_token.span).to(cx.span(local.semi_token.spans[0]));
    let (pat, ty) = match &local.pat {
        Pat::Type(typed) => (&*typed.pat, Some(ty::ty(cx, &typed.ty))),
        other => (other, None),
    };
    let pattern = pattern::pattern(cx, pat);
    let mut value = local.init.as_ref().map(|init| expression::expr(cx, &init.expr));
    let diverge = local.init.as_ref().and_then(|init| init.diverge.as_ref());
    let or_else = diverge.map(|(_, body)| expression::as_block(cx, body));
    if let (Some(gate), PatternKind::Bind(name, None)) = (&attributes.gate, &pattern.kind) {
        let bound = Ident { name: name.clone(), span: pattern.span };
        let before = earlier_binding(into, &bound);
        value = value.map(|value| choice(gate.clone(), value, before));
    }
    let kind = StmtKind::Let { pattern, ty, value, or_else };
    into.stmts.push(Stmt { kind, span: attributes.cover(span) });
}

/// What a gated `let` leaves in place when it does not exist: the gated `let` of the same name just before, else
/// whatever the name meant so far.
fn earlier_binding(into: &mut Block, bound: &Ident) -> Option<Expr> {
    let same_name = |stmt: &Stmt| {
        matches!(&stmt.kind, StmtKind::Let { pattern, value: Some(value), .. }
            if matches!(&pattern.kind, PatternKind::Bind(name, None) if *name == bound.name)
                && matches!(&value.kind, ExprKind::If(choice) if is_build_condition(&choice.condition)))
    };
    match into.stmts.pop_if(|stmt| same_name(stmt)) {
        Some(Stmt { kind: StmtKind::Let { value, .. }, .. }) => value,
        _ => Some(attribute::name_expr(bound)),
    }
}

/// `value` when the gate holds, otherwise what stood before. Two complementary gates become one `if` and `else`.
pub(super) fn choice(gate: Expr, value: Expr, before: Option<Expr>) -> Expr {
    let span = value.span;
    match before {
        Some(Expr { kind: ExprKind::If(mut earlier), span: earlier_span })
            if complementary(&earlier.condition, &gate) =>
        {
            earlier.or_else = Some(valued(value));
            expr_at(ExprKind::If(earlier), earlier_span.to(span))
        }
        before => {
            let span = before.as_ref().map_or(span, |before| before.span.to(span));
            let or_else = before.map(valued);
            expr_at(ExprKind::If(Box::new(If { condition: gate, then: valued(value), or_else })), span)
        }
    }
}

/// A block that evaluates to `value`; a block stays itself.
pub(super) fn valued(value: Expr) -> Block {
    match value.kind {
        ExprKind::Block(block) => *block,
        _ => Block { stmts: Vec::new(), value: Some(Box::new(value)) },
    }
}

fn complementary(left: &Expr, right: &Expr) -> bool {
    let negates = |whole: &Expr, part: &Expr| matches!(&whole.kind, ExprKind::Unary(UnaryOp::Not, inner) if same_condition(inner, part));
    negates(left, right) || negates(right, left)
}

fn same_condition(left: &Expr, right: &Expr) -> bool {
    match (&left.kind, &right.kind) {
        (ExprKind::BuildFlag(left), ExprKind::BuildFlag(right)) => left == right,
        (ExprKind::Unary(op, left), ExprKind::Unary(other, right)) => {
            op == other && same_condition(left, right)
        }
        (ExprKind::Binary(op, a, b), ExprKind::Binary(other, c, d)) => {
            op == other && same_condition(a, c) && same_condition(b, d)
        }
        _ => false,
    }
}

fn is_build_condition(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::BuildFlag(_) => true,
        ExprKind::Unary(_, inner) => is_build_condition(inner),
        ExprKind::Binary(_, left, right) => is_build_condition(left) && is_build_condition(right),
        _ => false,
    }
}

/// Adds the gate of what encloses an item to its own.
pub(super) fn gate_within(item: &mut Item, outer: Option<&Expr>) {
    if let Some(outer) = outer {
        item.gate = match item.gate.take() {
            Some(own) => Some(attribute::both(Some(outer.clone()), own)),
            None => Some(outer.clone()),
        };
    }
}
