//! Expressions.

use std::sync::Arc;

use proc_macro2::extra::DelimSpan;
use syn::{BinOp, MacroDelimiter, Member, RangeLimits, UnOp};

use super::context::{Context, expr_at};
use super::{attribute, block, literal, macros, pattern, ty};
use crate::ir::{
    Arg, Arm, BinaryOp, Block, Body, Call, Expr, ExprKind, Function, Ident, If, Literal, Loop, Match,
    MethodCall, Name, Param, ParamKind, Path, Record, Span, Spread, UnaryOp,
};

pub(super) fn expr(cx: &Context, whole: &syn::Expr) -> Expr {
    cx.deeper(|| lower(cx, whole))
}

fn boxed(cx: &Context, whole: &syn::Expr) -> Box<Expr> {
    Box::new(expr(cx, whole))
}

fn lower(cx: &Context, whole: &syn::Expr) -> Expr {
    match whole {
        // Neither borrowing, grouping nor dereferencing changes a value.
        syn::Expr::Reference(inner) => expr(cx, &inner.expr),
        syn::Expr::RawAddr(inner) => expr(cx, &inner.expr),
        syn::Expr::Group(inner) => expr(cx, &inner.expr),
        syn::Expr::Unary(inner) => unary(cx, inner),
        syn::Expr::Paren(inner) => {
            Expr { span: cx.delimited(&inner.paren_token.span), ..expr(cx, &inner.expr) }
        }
        syn::Expr::Lit(inner) => literal::expr(cx, &inner.lit),
        syn::Expr::Path(inner) => {
            let path = ty::qualified(cx, inner.qself.as_ref(), &inner.path);
            let span = path.span;
            expr_at(ExprKind::Path(path), span)
        }
        syn::Expr::Macro(inner) => macros::expr(cx, &inner.mac),
        syn::Expr::Field(_)
        | syn::Expr::Index(_)
        | syn::Expr::Call(_)
        | syn::Expr::MethodCall(_)
        | syn::Expr::Await(_)
        | syn::Expr::Try(_)
        | syn::Expr::Cast(_) => postfix(cx, whole),
        syn::Expr::Struct(inner) => record(cx, inner),
        syn::Expr::Tuple(inner) => {
            let span = cx.delimited(&inner.paren_token.span);
            let elements: Vec<_> = inner.elems.iter().map(|element| expr(cx, element)).collect();
            let kind = if elements.is_empty() {
                ExprKind::Literal(Literal::Null)
            } else {
                ExprKind::Tuple(elements)
            };
            expr_at(kind, span)
        }
        syn::Expr::Array(inner) => {
            let elements = inner.elems.iter().map(|element| expr(cx, element)).collect();
            expr_at(ExprKind::List(elements), cx.delimited(&inner.bracket_token.span))
        }
        syn::Expr::Repeat(inner) => {
            let kind = ExprKind::Repeat(boxed(cx, &inner.expr), boxed(cx, &inner.len));
            expr_at(kind, cx.delimited(&inner.bracket_token.span))
        }
        syn::Expr::Range(inner) => range(cx, inner),
        syn::Expr::Binary(inner) => binary(cx, inner),
        syn::Expr::Assign(inner) => {
            let target = boxed(cx, &inner.left);
            let value = boxed(cx, &inner.right);
            let span = target.span.to(value.span);
            expr_at(ExprKind::Assign { target, op: None, value }, span)
        }
        syn::Expr::Closure(inner) => closure(cx, inner),
        _ => control(cx, whole),
    }
}

/// What is built from a value on its left: `a.b`, `a[b]`, `a(b)`, `a.b(c)`, `a.await`, `a?`, `a as T`.
fn postfix(cx: &Context, whole: &syn::Expr) -> Expr {
    match whole {
        syn::Expr::Field(inner) => {
            let base = boxed(cx, &inner.base);
            let member = member(cx, &inner.member);
            let span = base.span.to(member.span);
            expr_at(ExprKind::Field(base, member), span)
        }
        syn::Expr::Index(inner) => {
            let base = boxed(cx, &inner.expr);
            let span = base.span.to(cx.delimited(&inner.bracket_token.span));
            expr_at(ExprKind::Index(base, boxed(cx, &inner.index)), span)
        }
        syn::Expr::Call(inner) => {
            let callee = expr(cx, &inner.func);
            let span = callee.span.to(cx.delimited(&inner.paren_token.span));
            let args = arguments(cx, &inner.args);
            expr_at(ExprKind::Call(Box::new(Call { callee, args })), span)
        }
        syn::Expr::MethodCall(inner) => {
            let receiver = expr(cx, &inner.receiver);
            let span = receiver.span.to(cx.delimited(&inner.paren_token.span));
            let method = cx.ident(&inner.method);
            let type_args = inner
                .turbofish
                .as_ref()
                .map(|generic| ty::generic_arguments(cx, generic))
                .unwrap_or_default();
            let args = arguments(cx, &inner.args);
            expr_at(ExprKind::Method(Box::new(MethodCall { receiver, method, type_args, args })), span)
        }
        syn::Expr::Await(inner) => {
            let base = boxed(cx, &inner.base);
            let span = base.span.to(cx.span(inner.await_token.span));
            expr_at(ExprKind::Await(base), span)
        }
        syn::Expr::Try(inner) => {
            let base = boxed(cx, &inner.expr);
            let span = base.span.to(cx.span(inner.question_token.spans[0]));
            expr_at(ExprKind::Try(base), span)
        }
        syn::Expr::Cast(inner) => {
            let base = boxed(cx, &inner.expr);
            let target = ty::ty(cx, &inner.ty);
            let span = base.span.to(target.span);
            expr_at(ExprKind::Cast(base, target), span)
        }
        _ => unknown(cx),
    }
}

fn control(cx: &Context, whole: &syn::Expr) -> Expr {
    match whole {
        syn::Expr::If(inner) => {
            let choice = If {
                condition: expr(cx, &inner.cond),
                then: block::block(cx, &inner.then_branch),
                or_else: inner.else_branch.as_ref().map(|(_, body)| as_block(cx, body)),
            };
            let end = match &inner.else_branch {
                Some((_, body)) => end_of(cx, body, &choice),
                None => cx.delimited(&inner.then_branch.brace_token.span),
            };
            expr_at(ExprKind::If(Box::new(choice)), cx.span(inner.if_token.span).to(end))
        }
        syn::Expr::Let(inner) => {
            let kind = ExprKind::Let(Box::new(pattern::pattern(cx, &inner.pat)), boxed(cx, &inner.expr));
            let span = cx.span(inner.let_token.span);
            let end = match &kind {
                ExprKind::Let(_, value) => value.span,
                _ => span,
            };
            expr_at(kind, span.to(end))
        }
        syn::Expr::Match(inner) => {
            let matched = Match {
                subject: expr(cx, &inner.expr),
                arms: inner.arms.iter().map(|arm| self::arm(cx, arm)).collect(),
            };
            let span = cx.span(inner.match_token.span).to(cx.delimited(&inner.brace_token.span));
            expr_at(ExprKind::Match(Box::new(matched)), span)
        }
        syn::Expr::Block(inner) => plain_block(cx, &inner.block, None),
        syn::Expr::Unsafe(inner) => plain_block(cx, &inner.block, Some(inner.unsafe_token.span)),
        syn::Expr::Const(inner) => plain_block(cx, &inner.block, Some(inner.const_token.span)),
        syn::Expr::TryBlock(inner) => plain_block(cx, &inner.block, Some(inner.try_token.span)),
        syn::Expr::Async(inner) => {
            let span = cx.span(inner.async_token.span).to(cx.delimited(&inner.block.brace_token.span));
            expr_at(ExprKind::Async(Box::new(block::block(cx, &inner.block))), span)
        }
        syn::Expr::Loop(inner) => looped(cx, inner.loop_token.span, None, None, &inner.body),
        syn::Expr::While(inner) => {
            let condition = expr(cx, &inner.cond);
            looped(cx, inner.while_token.span, None, Some(condition), &inner.body)
        }
        syn::Expr::ForLoop(inner) => {
            let each = (pattern::pattern(cx, &inner.pat), expr(cx, &inner.expr));
            looped(cx, inner.for_token.span, Some(each), None, &inner.body)
        }
        syn::Expr::Return(inner) => {
            jump(cx, inner.return_token.span, inner.expr.as_deref(), ExprKind::Return)
        }
        syn::Expr::Break(inner) => jump(cx, inner.break_token.span, inner.expr.as_deref(), ExprKind::Break),
        syn::Expr::Continue(inner) => expr_at(ExprKind::Continue, cx.span(inner.continue_token.span)),
        syn::Expr::Yield(inner) => match &inner.expr {
            Some(value) => expr(cx, value),
            None => unknown(cx),
        },
        syn::Expr::Infer(inner) => expr_at(ExprKind::Unknown, cx.span(inner.underscore_token.span)),
        _ => unknown(cx),
    }
}

fn unknown(cx: &Context) -> Expr {
    expr_at(ExprKind::Unknown, Span::new(cx.file, 0, 0))
}

pub(super) fn member(cx: &Context, member: &Member) -> Ident {
    match member {
        Member::Named(ident) => cx.ident(ident),
        Member::Unnamed(index) => {
            Ident { name: Name::from(index.index.to_string()), span: cx.span(index.span) }
        }
    }
}

fn arguments<'e>(cx: &Context, args: impl IntoIterator<Item = &'e syn::Expr>) -> Vec<Arg> {
    let lower = |value| Arg { name: None, value: expr(cx, value), spread: Spread::No };
    args.into_iter().map(lower).collect()
}

fn unary(cx: &Context, inner: &syn::ExprUnary) -> Expr {
    let (op, token) = match &inner.op {
        UnOp::Not(token) => (UnaryOp::Not, token.spans[0]),
        UnOp::Neg(token) => (UnaryOp::Minus, token.spans[0]),
        _ => return expr(cx, &inner.expr),
    };
    let operand = boxed(cx, &inner.expr);
    let span = cx.span(token).to(operand.span);
    expr_at(ExprKind::Unary(op, operand), span)
}

fn binary(cx: &Context, inner: &syn::ExprBinary) -> Expr {
    let left = boxed(cx, &inner.left);
    let right = boxed(cx, &inner.right);
    let span = left.span.to(right.span);
    let Some((op, assigns)) = operator(&inner.op) else { return expr_at(ExprKind::Unknown, span) };
    let kind = if assigns {
        ExprKind::Assign { target: left, op: Some(op), value: right }
    } else {
        ExprKind::Binary(op, left, right)
    };
    expr_at(kind, span)
}

/// The operator, and whether it assigns.
fn operator(op: &BinOp) -> Option<(BinaryOp, bool)> {
    Some(match op {
        BinOp::Add(_) => (BinaryOp::Add, false),
        BinOp::Sub(_) => (BinaryOp::Subtract, false),
        BinOp::Mul(_) => (BinaryOp::Multiply, false),
        BinOp::Div(_) => (BinaryOp::Divide, false),
        BinOp::Rem(_) => (BinaryOp::Remainder, false),
        BinOp::And(_) => (BinaryOp::And, false),
        BinOp::Or(_) => (BinaryOp::Or, false),
        BinOp::BitXor(_) => (BinaryOp::BitXor, false),
        BinOp::BitAnd(_) => (BinaryOp::BitAnd, false),
        BinOp::BitOr(_) => (BinaryOp::BitOr, false),
        BinOp::Shl(_) => (BinaryOp::ShiftLeft, false),
        BinOp::Shr(_) => (BinaryOp::ShiftRight, false),
        BinOp::Eq(_) => (BinaryOp::Equal, false),
        BinOp::Lt(_) => (BinaryOp::Less, false),
        BinOp::Le(_) => (BinaryOp::LessEqual, false),
        BinOp::Ne(_) => (BinaryOp::NotEqual, false),
        BinOp::Ge(_) => (BinaryOp::GreaterEqual, false),
        BinOp::Gt(_) => (BinaryOp::Greater, false),
        BinOp::AddAssign(_) => (BinaryOp::Add, true),
        BinOp::SubAssign(_) => (BinaryOp::Subtract, true),
        BinOp::MulAssign(_) => (BinaryOp::Multiply, true),
        BinOp::DivAssign(_) => (BinaryOp::Divide, true),
        BinOp::RemAssign(_) => (BinaryOp::Remainder, true),
        BinOp::BitXorAssign(_) => (BinaryOp::BitXor, true),
        BinOp::BitAndAssign(_) => (BinaryOp::BitAnd, true),
        BinOp::BitOrAssign(_) => (BinaryOp::BitOr, true),
        BinOp::ShlAssign(_) => (BinaryOp::ShiftLeft, true),
        BinOp::ShrAssign(_) => (BinaryOp::ShiftRight, true),
        _ => return None,
    })
}

/// `a..b` is the record `Range { start: a, end: b }` that it stands for.
fn range(cx: &Context, inner: &syn::ExprRange) -> Expr {
    let (name, dots) = match (&inner.limits, &inner.start, &inner.end) {
        (RangeLimits::HalfOpen(dots), Some(_), Some(_)) => ("Range", dots.spans[0]),
        (RangeLimits::HalfOpen(dots), Some(_), None) => ("RangeFrom", dots.spans[0]),
        (RangeLimits::HalfOpen(dots), None, Some(_)) => ("RangeTo", dots.spans[0]),
        (RangeLimits::HalfOpen(dots), None, None) => ("RangeFull", dots.spans[0]),
        (RangeLimits::Closed(dots), Some(_), _) => ("RangeInclusive", dots.spans[0]),
        (RangeLimits::Closed(dots), None, _) => ("RangeToInclusive", dots.spans[0]),
    };
    let dots = cx.span(dots);
    let mut span = dots;
    let mut fields = Vec::new();
    for (name, bound) in [("start", &inner.start), ("end", &inner.end)] {
        if let Some(bound) = bound {
            let bound = expr(cx, bound);
            span = span.to(bound.span);
            fields.push((Ident { name: Name::new_static(name), span: bound.span }, bound));
        }
    }
    let segments = ["std", "ops", name].map(Name::new_static).to_vec();
    let path = Path { segments, type_args: Vec::new(), span: dots };
    expr_at(ExprKind::Record(Box::new(Record { path, fields, rest: None })), span)
}

fn record(cx: &Context, inner: &syn::ExprStruct) -> Expr {
    let path = ty::qualified(cx, inner.qself.as_ref(), &inner.path);
    let span = path.span.to(cx.delimited(&inner.brace_token.span));
    let mut fields: Vec<(Ident, Expr)> = Vec::with_capacity(inner.fields.len());
    for field in &inner.fields {
        let name = member(cx, &field.member);
        let value = expr(cx, &field.expr);
        match attribute::gate(cx, &field.attrs) {
            None => fields.push((name, value)),
            Some(gate) => {
                let twin = fields.iter().position(|(other, _)| other.name == name.name);
                let before = twin.map(|at| fields.remove(at).1);
                fields.push((name, block::choice(gate, value, before)));
            }
        }
    }
    let rest = inner.rest.as_ref().map(|rest| expr(cx, rest));
    expr_at(ExprKind::Record(Box::new(Record { path, fields, rest })), span)
}

fn closure(cx: &Context, inner: &syn::ExprClosure) -> Expr {
    let first = inner.asyncness.map(|token| token.span).or(inner.capture.map(|token| token.span));
    let start = cx.span(first.unwrap_or(inner.inputs_begin.spans[0]));
    let body = expr(cx, &inner.body);
    let span = start.to(body.span);
    let function = Function {
        name: Ident { name: Name::default(), span: start },
        params: inner.inputs.iter().map(|input| parameter(cx, input)).collect(),
        result: ty::result(cx, &inner.output),
        body: Some(Body::now(block::valued(body))),
        attributes: Vec::new(),
        is_async: inner.asyncness.is_some(),
        is_generator: false,
        generics: Vec::new(),
        span,
    };
    expr_at(ExprKind::Closure(Arc::new(function)), span)
}

fn parameter(cx: &Context, input: &syn::Pat) -> Param {
    let (pat, ty) = match input {
        syn::Pat::Type(typed) => (&*typed.pat, Some(ty::ty(cx, &typed.ty))),
        other => (other, None),
    };
    let pattern = pattern::pattern(cx, pat);
    let span = ty.as_ref().map_or(pattern.span, |ty| pattern.span.to(ty.span));
    Param { pattern, ty, default: None, kind: ParamKind::Ordinary, span }
}

fn arm(cx: &Context, arm: &syn::Arm) -> Arm {
    let (pattern, guard) = pattern::guarded(cx, &arm.pat);
    let guard = match (attribute::gate(cx, &arm.attrs), guard) {
        (Some(gate), Some(guard)) => Some(attribute::both(Some(gate), guard)),
        (gate, guard) => gate.or(guard),
    };
    let body = expr(cx, &arm.body);
    let span = pattern.span.to(body.span);
    Arm { pattern, guard, body, span }
}

fn plain_block(cx: &Context, inner: &syn::Block, keyword: Option<proc_macro2::Span>) -> Expr {
    let braces = cx.delimited(&inner.brace_token.span);
    let span = keyword.map_or(braces, |keyword| cx.span(keyword).to(braces));
    expr_at(ExprKind::Block(Box::new(block::block(cx, inner))), span)
}

fn looped(
    cx: &Context,
    keyword: proc_macro2::Span,
    each: Option<(crate::ir::Pattern, Expr)>,
    condition: Option<Expr>,
    body: &syn::Block,
) -> Expr {
    let span = cx.span(keyword).to(cx.delimited(&body.brace_token.span));
    let body = block::block(cx, body);
    expr_at(ExprKind::Loop(Box::new(Loop { each, condition, body, or_else: None })), span)
}

fn jump(
    cx: &Context,
    keyword: proc_macro2::Span,
    value: Option<&syn::Expr>,
    kind: fn(Option<Box<Expr>>) -> ExprKind,
) -> Expr {
    let start = cx.span(keyword);
    let value = value.map(|value| boxed(cx, value));
    let span = value.as_ref().map_or(start, |value| start.to(value.span));
    expr_at(kind(value), span)
}

/// The branch after `else`: a block stays one, an `else if` becomes the value of one.
pub(super) fn as_block(cx: &Context, body: &syn::Expr) -> Block {
    match body {
        syn::Expr::Block(inner) => block::block(cx, &inner.block),
        other => Block { stmts: Vec::new(), value: Some(boxed(cx, other)) },
    }
}

fn end_of(cx: &Context, body: &syn::Expr, choice: &If) -> Span {
    match (body, choice.or_else.as_ref().and_then(|block| block.value.as_ref())) {
        (syn::Expr::Block(inner), _) => cx.delimited(&inner.block.brace_token.span),
        (_, Some(value)) => value.span,
        (_, None) => choice.condition.span,
    }
}

pub(super) fn delimiter(delimiter: &MacroDelimiter) -> &DelimSpan {
    match delimiter {
        MacroDelimiter::Paren(token) => &token.span,
        MacroDelimiter::Brace(token) => &token.span,
        MacroDelimiter::Bracket(token) => &token.span,
    }
}

/// The attributes that stand before an expression statement.
pub(super) fn attrs(whole: &syn::Expr) -> &[syn::Attribute] {
    match whole {
        syn::Expr::Block(inner) => &inner.attrs,
        syn::Expr::MethodCall(inner) => leading(&inner.attrs, &inner.receiver),
        syn::Expr::Call(inner) => leading(&inner.attrs, &inner.func),
        syn::Expr::Await(inner) => leading(&inner.attrs, &inner.base),
        syn::Expr::Try(inner) => leading(&inner.attrs, &inner.expr),
        syn::Expr::Field(inner) => leading(&inner.attrs, &inner.base),
        syn::Expr::Assign(inner) => leading(&inner.attrs, &inner.left),
        syn::Expr::Binary(inner) => leading(&inner.attrs, &inner.left),
        syn::Expr::Path(inner) => &inner.attrs,
        syn::Expr::If(inner) => &inner.attrs,
        syn::Expr::Match(inner) => &inner.attrs,
        syn::Expr::Unsafe(inner) => &inner.attrs,
        syn::Expr::Async(inner) => &inner.attrs,
        syn::Expr::Loop(inner) => &inner.attrs,
        syn::Expr::While(inner) => &inner.attrs,
        syn::Expr::ForLoop(inner) => &inner.attrs,
        syn::Expr::Return(inner) => &inner.attrs,
        syn::Expr::Macro(inner) => &inner.attrs,
        syn::Expr::Struct(inner) => &inner.attrs,
        syn::Expr::Lit(inner) => &inner.attrs,
        syn::Expr::Tuple(inner) => &inner.attrs,
        syn::Expr::Closure(inner) => &inner.attrs,
        _ => &[],
    }
}

/// The parser may hang a statement's attributes on the innermost expression of its left side.
fn leading<'e>(own: &'e [syn::Attribute], first: &'e syn::Expr) -> &'e [syn::Attribute] {
    if own.is_empty() { attrs(first) } else { own }
}
