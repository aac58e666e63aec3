//! Expressions.

use std::sync::Arc;

use ruff_python_ast::{self as ast, ArgOrKeyword, Number};
use ruff_text_size::Ranged;
use smol_str::SmolStr;

use super::{Context, definition, pattern};
use crate::ir::{
    Arg, BinaryOp, Block, Call, Comprehension, ComprehensionClause, ComprehensionKind, Expr, ExprKind,
    FormatPart, If, Literal, MethodCall, Path, Spread, Stmt, StmtKind, UnaryOp,
};
use crate::source::Span;

pub(super) fn lower(cx: &Context<'_>, expr: &ast::Expr) -> Expr {
    let span = cx.span(expr.range());
    let kind = cx.deeper(span, || kind(cx, expr, span));
    Expr { kind: kind.unwrap_or(ExprKind::Unknown), span }
}

pub(super) fn all(cx: &Context<'_>, exprs: &[ast::Expr]) -> Vec<Expr> {
    exprs.iter().map(|expr| lower(cx, expr)).collect()
}

pub(super) fn boxed(cx: &Context<'_>, expr: Option<&ast::Expr>) -> Option<Box<Expr>> {
    expr.map(|expr| Box::new(lower(cx, expr)))
}

/// Something unknown whose parts are evaluated all the same.
pub(super) fn evaluated(parts: Vec<Expr>, span: Span) -> Expr {
    if parts.is_empty() {
        return Expr { kind: ExprKind::Unknown, span };
    }
    let statement = |part: Expr| Stmt { span: part.span, kind: StmtKind::Expr(part) };
    let value = Some(Box::new(Expr { kind: ExprKind::Unknown, span }));
    let block = Block { stmts: parts.into_iter().map(statement).collect(), value };
    Expr { kind: ExprKind::Block(Box::new(block)), span }
}

/// `None` for matrix multiplication, which nothing here needs.
pub(super) fn operator(op: ast::Operator) -> Option<BinaryOp> {
    Some(match op {
        ast::Operator::Add => BinaryOp::Add,
        ast::Operator::Sub => BinaryOp::Subtract,
        ast::Operator::Mult => BinaryOp::Multiply,
        ast::Operator::MatMult => return None,
        ast::Operator::Div => BinaryOp::Divide,
        ast::Operator::Mod => BinaryOp::Remainder,
        ast::Operator::Pow => BinaryOp::Power,
        ast::Operator::LShift => BinaryOp::ShiftLeft,
        ast::Operator::RShift => BinaryOp::ShiftRight,
        ast::Operator::BitOr => BinaryOp::BitOr,
        ast::Operator::BitXor => BinaryOp::BitXor,
        ast::Operator::BitAnd => BinaryOp::BitAnd,
        ast::Operator::FloorDiv => BinaryOp::FloorDivide,
    })
}

fn kind(cx: &Context<'_>, expr: &ast::Expr, span: Span) -> ExprKind {
    match expr {
        ast::Expr::Name(name) => name_kind(&name.id, span),
        ast::Expr::NoneLiteral(_) => ExprKind::Literal(Literal::Null),
        ast::Expr::BooleanLiteral(literal) => ExprKind::Literal(Literal::Bool(literal.value)),
        ast::Expr::NumberLiteral(literal) => number(&literal.value),
        ast::Expr::StringLiteral(literal) => text(literal.value.to_str()),
        ast::Expr::BytesLiteral(literal) => {
            ExprKind::Literal(Literal::Bytes(literal.value.bytes().collect::<Vec<_>>().into()))
        }
        ast::Expr::FString(string) => format(
            cx,
            string.value.iter().map(|part| match part {
                ast::FStringPart::Literal(literal) => Piece::Text(literal),
                ast::FStringPart::FString(string) => Piece::Elements(&string.elements),
            }),
        ),
        ast::Expr::TString(string) => {
            format(cx, string.value.iter().map(|part| Piece::Elements(&part.elements)))
        }
        ast::Expr::Attribute(attribute) => field(cx, attribute, span),
        ast::Expr::Subscript(subscript) => {
            ExprKind::Index(Box::new(lower(cx, &subscript.value)), Box::new(lower(cx, &subscript.slice)))
        }
        ast::Expr::Slice(slice) => {
            let parts = [&slice.lower, &slice.upper, &slice.step];
            evaluated(parts.into_iter().flatten().map(|part| lower(cx, part)).collect(), span).kind
        }
        ast::Expr::Call(call) if is_super(call) => name_kind("super", span),
        ast::Expr::Call(call) => self::call(cx, call),
        ast::Expr::Tuple(tuple) => ExprKind::Tuple(all(cx, &tuple.elts)),
        ast::Expr::List(list) => ExprKind::List(all(cx, &list.elts)),
        ast::Expr::Set(set) => ExprKind::Set(all(cx, &set.elts)),
        ast::Expr::Dict(dict) => ExprKind::Map(
            dict.items
                .iter()
                .map(|item| (item.key.as_ref().map(|key| lower(cx, key)), lower(cx, &item.value)))
                .collect(),
        ),
        ast::Expr::Starred(starred) => ExprKind::Spread(Box::new(lower(cx, &starred.value))),
        ast::Expr::UnaryOp(unary) => self::unary(cx, unary),
        ast::Expr::BinOp(binary) => self::binary(cx, binary, span),
        ast::Expr::BoolOp(bool_op) => self::bool_op(cx, bool_op),
        ast::Expr::Compare(compare) => self::compare(cx, compare),
        ast::Expr::If(ternary) => ExprKind::If(Box::new(If {
            condition: lower(cx, &ternary.test),
            then: value_block(lower(cx, &ternary.body)),
            or_else: Some(value_block(lower(cx, &ternary.orelse))),
        })),
        ast::Expr::Named(named) => ExprKind::Assign {
            target: Box::new(lower(cx, &named.target)),
            op: None,
            value: Box::new(lower(cx, &named.value)),
        },
        ast::Expr::Lambda(lambda) => ExprKind::Closure(Arc::new(definition::closure(cx, lambda))),
        ast::Expr::Await(awaited) => ExprKind::Await(Box::new(lower(cx, &awaited.value))),
        ast::Expr::Yield(yielded) => self::yielded(cx, yielded.value.as_deref(), span),
        ast::Expr::YieldFrom(yielded) => self::yielded(cx, Some(&yielded.value), span),
        ast::Expr::ListComp(list) => {
            comprehension(cx, ComprehensionKind::List, None, &list.elt, &list.generators)
        }
        ast::Expr::SetComp(set) => comprehension(cx, ComprehensionKind::Set, None, &set.elt, &set.generators),
        ast::Expr::DictComp(dict) => {
            comprehension(cx, ComprehensionKind::Map, dict.key.as_deref(), &dict.value, &dict.generators)
        }
        ast::Expr::Generator(lazy) => {
            comprehension(cx, ComprehensionKind::Lazy, None, &lazy.elt, &lazy.generators)
        }
        ast::Expr::EllipsisLiteral(_) | ast::Expr::IpyEscapeCommand(_) => ExprKind::Unknown,
    }
}

/// The parser invents an empty name where one is missing.
fn name_kind(name: &str, span: Span) -> ExprKind {
    if name.is_empty() {
        return ExprKind::Unknown;
    }
    ExprKind::Path(Path { segments: vec![SmolStr::new(name)], type_args: Vec::new(), span })
}

fn number(number: &Number) -> ExprKind {
    match number {
        Number::Int(int) => int
            .as_i64()
            .map(i128::from)
            .or_else(|| int.to_string().parse().ok())
            .map_or(ExprKind::Unknown, |int| ExprKind::Literal(Literal::Int(int))),
        Number::Float(float) => ExprKind::Literal(Literal::Float(*float)),
        Number::Complex { .. } => ExprKind::Unknown,
    }
}

fn text(text: &str) -> ExprKind {
    ExprKind::Literal(Literal::Str(Arc::from(text)))
}

/// A part of an implicitly concatenated format string.
enum Piece<'a> {
    Text(&'a str),
    Elements(&'a [ast::InterpolatedStringElement]),
}

/// Conversions and format specifications change how a value looks, not what flows.
fn format<'a>(cx: &Context<'_>, pieces: impl Iterator<Item = Piece<'a>>) -> ExprKind {
    let mut parts = Vec::new();
    let mut pending = String::new();
    for piece in pieces {
        let elements = match piece {
            Piece::Text(text) => {
                pending.push_str(text);
                continue;
            }
            Piece::Elements(elements) => elements,
        };
        for element in elements {
            match element {
                ast::InterpolatedStringElement::Literal(literal) => pending.push_str(literal),
                ast::InterpolatedStringElement::Interpolation(hole) => {
                    if let Some(debug) = &hole.debug_text {
                        pending.push_str(debug.as_str());
                    }
                    if !pending.is_empty() {
                        parts.push(FormatPart::Text(std::mem::take(&mut pending).into()));
                    }
                    parts.push(FormatPart::Value(lower(cx, &hole.expression)));
                }
            }
        }
    }
    if parts.is_empty() {
        return text(&pending);
    }
    if !pending.is_empty() {
        parts.push(FormatPart::Text(pending.into()));
    }
    ExprKind::Format(parts)
}

fn field(cx: &Context<'_>, attribute: &ast::ExprAttribute, span: Span) -> ExprKind {
    let value = lower(cx, &attribute.value);
    if attribute.attr.is_empty() {
        return evaluated(vec![value], span).kind;
    }
    ExprKind::Field(Box::new(value), definition::ident(cx, &attribute.attr))
}

/// `super()`, or `super(Class, self)`.
fn is_super(call: &ast::ExprCall) -> bool {
    matches!(&*call.func, ast::Expr::Name(name) if name.id.as_str() == "super")
        && call.arguments.keywords.is_empty()
}

fn call(cx: &Context<'_>, call: &ast::ExprCall) -> ExprKind {
    let arguments = || call.arguments.iter_source_order().map(|arg| argument(cx, arg)).collect();
    match &*call.func {
        ast::Expr::Attribute(attribute) if !attribute.attr.is_empty() => {
            let receiver = lower(cx, &attribute.value);
            let method = definition::ident(cx, &attribute.attr);
            ExprKind::Method(Box::new(MethodCall {
                receiver,
                method,
                type_args: Vec::new(),
                args: arguments(),
            }))
        }
        callee => ExprKind::Call(Box::new(Call { callee: lower(cx, callee), args: arguments() })),
    }
}

fn argument(cx: &Context<'_>, argument: ArgOrKeyword<'_>) -> Arg {
    match argument {
        ArgOrKeyword::Arg(ast::Expr::Starred(starred)) => {
            Arg { name: None, value: lower(cx, &starred.value), spread: Spread::Sequence }
        }
        ArgOrKeyword::Arg(value) => Arg { name: None, value: lower(cx, value), spread: Spread::No },
        ArgOrKeyword::Keyword(keyword) => {
            let name = keyword.arg.as_ref().map(|name| definition::ident(cx, name));
            let spread = if name.is_some() { Spread::No } else { Spread::Mapping };
            Arg { name, value: lower(cx, &keyword.value), spread }
        }
    }
}

/// A signed number is a literal, as it looks.
fn unary(cx: &Context<'_>, unary: &ast::ExprUnaryOp) -> ExprKind {
    let operand = lower(cx, &unary.operand);
    let op = match (unary.op, &operand.kind) {
        (ast::UnaryOp::USub, ExprKind::Literal(Literal::Int(int))) => {
            return ExprKind::Literal(Literal::Int(int.saturating_neg()));
        }
        (ast::UnaryOp::USub, ExprKind::Literal(Literal::Float(float))) => {
            return ExprKind::Literal(Literal::Float(-float));
        }
        (ast::UnaryOp::USub, _) => UnaryOp::Minus,
        (ast::UnaryOp::UAdd, _) => UnaryOp::Plus,
        (ast::UnaryOp::Not, _) => UnaryOp::Not,
        (ast::UnaryOp::Invert, _) => UnaryOp::Invert,
    };
    ExprKind::Unary(op, Box::new(operand))
}

fn binary(cx: &Context<'_>, binary: &ast::ExprBinOp, span: Span) -> ExprKind {
    let left = lower(cx, &binary.left);
    let right = lower(cx, &binary.right);
    match operator(binary.op) {
        Some(op) => ExprKind::Binary(op, Box::new(left), Box::new(right)),
        None => evaluated(vec![left, right], span).kind,
    }
}

fn bool_op(cx: &Context<'_>, expr: &ast::ExprBoolOp) -> ExprKind {
    let op = match expr.op {
        ast::BoolOp::And => BinaryOp::And,
        ast::BoolOp::Or => BinaryOp::Or,
    };
    joined(op, expr.values.iter().map(|value| lower(cx, value)))
}

/// `a < b < c` is `a < b and b < c`.
fn compare(cx: &Context<'_>, compare: &ast::ExprCompare) -> ExprKind {
    let mut left = lower(cx, &compare.left);
    let mut links = Vec::with_capacity(compare.ops.len());
    for (op, right) in compare.ops.iter().zip(&compare.comparators) {
        let right = lower(cx, right);
        let again = evaluated_again(&right);
        let span = left.span.to(right.span);
        let kind = ExprKind::Binary(comparison(*op), Box::new(left), Box::new(right));
        links.push(Expr { kind, span });
        left = again;
    }
    joined(BinaryOp::And, links.into_iter())
}

/// The middle of a chain stands twice in the tree but is evaluated once, and copies of copies would grow without end.
fn evaluated_again(expr: &Expr) -> Expr {
    let kind = match &expr.kind {
        ExprKind::Path(path) => ExprKind::Path(path.clone()),
        ExprKind::Literal(literal) => ExprKind::Literal(literal.clone()),
        _ => ExprKind::Unknown,
    };
    Expr { kind, span: expr.span }
}

fn joined(op: BinaryOp, values: impl Iterator<Item = Expr>) -> ExprKind {
    let join = |left: Expr, right: Expr| {
        let span = left.span.to(right.span);
        Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), span }
    };
    values.reduce(join).map_or(ExprKind::Unknown, |joined| joined.kind)
}

fn comparison(op: ast::CmpOp) -> BinaryOp {
    match op {
        ast::CmpOp::Eq => BinaryOp::Equal,
        ast::CmpOp::NotEq => BinaryOp::NotEqual,
        ast::CmpOp::Lt => BinaryOp::Less,
        ast::CmpOp::LtE => BinaryOp::LessEqual,
        ast::CmpOp::Gt => BinaryOp::Greater,
        ast::CmpOp::GtE => BinaryOp::GreaterEqual,
        ast::CmpOp::Is => BinaryOp::Is,
        ast::CmpOp::IsNot => BinaryOp::IsNot,
        ast::CmpOp::In => BinaryOp::In,
        ast::CmpOp::NotIn => BinaryOp::NotIn,
    }
}

fn value_block(value: Expr) -> Block {
    Block { stmts: Vec::new(), value: Some(Box::new(value)) }
}

fn yielded(cx: &Context<'_>, value: Option<&ast::Expr>, span: Span) -> ExprKind {
    cx.yields.set(true);
    evaluated(value.map(|value| lower(cx, value)).into_iter().collect(), span).kind
}

fn comprehension(
    cx: &Context<'_>,
    kind: ComprehensionKind,
    key: Option<&ast::Expr>,
    element: &ast::Expr,
    generators: &[ast::Comprehension],
) -> ExprKind {
    let clause = |generator: &ast::Comprehension| ComprehensionClause {
        pattern: pattern::target(cx, &generator.target),
        iterable: lower(cx, &generator.iter),
        conditions: all(cx, &generator.ifs),
    };
    ExprKind::Comprehension(Box::new(Comprehension {
        kind,
        key: key.map(|key| lower(cx, key)),
        element: lower(cx, element),
        clauses: generators.iter().map(clause).collect(),
    }))
}
