//! Lengths of time: the number that decides one gets another value, its unit stays.

use super::way::{Node, expr_at, way};
use super::{Desk, Draft};
use crate::facts::{Scalar, Value};
use crate::finding::Edit;
use crate::ir::walk::{Part, parts};
use crate::ir::{Expr, ExprKind, Literal};
use crate::source::Span;
use crate::workspace::FileKind;

/// The same expression for `to` seconds: `Duration::days(365)` becomes `Duration::days(30)`.
pub(super) fn shorten(desk: &Desk<'_>, value: &Value, place: Span, to: i64) -> Vec<Draft> {
    let Some(now) = seconds(value).filter(|it| *it > to) else { return Vec::new() };
    let text = desk.text(place.file);
    let mut places = numbers(desk, place);
    // the number of days stands behind those that say what a day is
    places.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let new_number = |number: i64| {
        let unit = (number > 0 && now % number == 0).then_some(now / number)?;
        Some((to / unit, to % unit == 0)).filter(|(it, _)| *it > 0)
    };
    let draft = |span: Span, new: i64| {
        let old = text.get(span.start as usize..span.end as usize)?;
        let quote = if old.starts_with(['"', '\'']) { &old[..1] } else { "" };
        Some(write(span, format!("{quote}{new}{quote}")))
    };
    let of = |exactly: bool| {
        let fitting = places.iter().filter_map(move |(span, it)| Some((*span, new_number(*it)?)));
        fitting
            .filter(move |(_, (_, exact))| *exact == exactly)
            .filter_map(|(span, (new, _))| draft(span, new))
    };
    let mut all: Vec<_> = of(true).chain(of(false)).collect();
    all.extend(spelled_out(desk, place, to));
    all
}

fn write(span: Span, new: String) -> Draft {
    Draft::new(format!("write `{new}` here"), vec![Edit { span, text: new }])
}

/// Days in place of a name, where a language counts in plain seconds.
fn spelled_out(desk: &Desk<'_>, place: Span, to: i64) -> Option<Draft> {
    let unit = desk.units.get(place.file)?;
    if desk.kind(place.file) != Some(FileKind::Python) || to % DAY != 0 {
        return None;
    }
    // the whole argument
    let given = way(&unit, place).into_iter().rev().find_map(|it| {
        let (Node::Expr(expr) | Node::Value(expr)) = it else { return None };
        let args = match &expr.kind {
            ExprKind::Method(it) => &it.args,
            ExprKind::Call(it) => &it.args,
            _ => return None,
        };
        args.iter().find(|it| it.name.is_some() && it.value.span.contains(place))
    })?;
    if !matches!(given.value.kind, ExprKind::Path(_) | ExprKind::Binary(..) | ExprKind::Field(..)) {
        return None;
    }
    Some(write(given.value.span, format!("{} * 24 * 60 * 60", to / DAY)))
}

const DAY: i64 = 86_400;

fn seconds(value: &Value) -> Option<i64> {
    match value {
        Value::Known(Scalar::Int(it)) => Some(*it),
        Value::Env { fallback: Some(it), .. } | Value::Setting { value: Some(it), .. } => seconds(it),
        _ => None,
    }
}

/// All whole numbers of an expression, or the one that stands in a settings file.
fn numbers(desk: &Desk<'_>, place: Span) -> Vec<(Span, i64)> {
    let mut found = Vec::new();
    if !desk.kind(place.file).is_some_and(FileKind::is_source) {
        let text = desk.text(place.file).get(place.start as usize..place.end as usize).unwrap_or("");
        found.extend(text.trim_matches(['"', '\'']).parse().ok().map(|it| (place, it)));
        return found;
    }
    let Some(unit) = desk.units.get(place.file) else { return found };
    let exact = expr_at(&unit, place);
    let inside = way(&unit, place);
    // a method and its arguments, without what it is called on
    let call = inside.iter().rev().find_map(|it| match it {
        Node::Expr(it) | Node::Value(it) if it.span.end == place.end => Some(*it),
        _ => None,
    });
    if let Some(expr) = exact.or(call) {
        collect(expr, place, &mut found);
    }
    found
}

fn collect(expr: &Expr, within: Span, found: &mut Vec<(Span, i64)>) {
    let number = match &expr.kind {
        ExprKind::Literal(Literal::Int(it)) => i64::try_from(*it).ok(),
        ExprKind::Literal(Literal::Str(it)) => it.parse().ok(),
        _ => None,
    };
    found.extend(number.filter(|_| within.contains(expr.span)).map(|it| (expr.span, it)));
    parts(expr, &mut |part| {
        if let Part::Expr(it) = part {
            collect(it, within, found);
        }
    });
}
