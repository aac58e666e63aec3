//! An attribute gets another value, or goes: where it is written, else where its object is made.

use super::language::{begins_line, line_end, line_start, spell};
use super::way::{Node, expr_at, way};
use super::{Desk, Draft, argument, line, module, number, word};
use smol_str::SmolStr;

use crate::facts::{Fact, FactKind, Origin, Scalar, Value};
use crate::finding::{Edit, Finding};
use crate::ir::data::{Node as Data, NodeKind};
use crate::ir::walk::{Part, parts};
use crate::ir::{Arg, Expr, ExprKind, Literal, MethodCall};
use crate::rule::To;
use crate::source::Span;

pub(super) fn set(
    desk: &Desk<'_>,
    fact: &Fact,
    finding: &Finding,
    attribute: &str,
    to: &To,
    idiom: Option<&str>,
) -> Vec<Draft> {
    let to = match to {
        To::SameAs(other) => match of_the_set_one(desk, fact, other) {
            Some(text) => To::Text(text),
            None => return Vec::new(),
        },
        to => to.clone(),
    };
    let Some(found) = fact.attribute(attribute) else { return Vec::new() };
    if is_already(&found.value, &to) {
        return Vec::new();
    }
    let mut all = Vec::new();
    match &found.origin {
        Origin::Derived(places) if !in_settings(fact) || places.is_empty() => {}
        Origin::Written(_) | Origin::Derived(_) => {
            let Some(span) = &found.place() else { return all };
            if let Some(idiom) = idiom.filter(|it| module::knows(desk, *span, it)) {
                all.extend(replace_by(desk, *span, idiom));
            }
            if let To::Seconds(to) = to {
                all.extend(number::shorten(desk, &found.value, *span, to));
            } else if !line::is_part(desk, fact, &found.value, *span) {
                all.extend(replace(desk, *span, &to));
            }
            if let To::Switch(on) = to {
                all.extend(switch(desk, *span, on));
            }
            all.extend(line::add(desk, fact, attribute, &to));
        }
        Origin::Default { .. } if in_settings(fact) => {
            if let Some(idiom) = idiom {
                all.extend(module::assign(desk, fact, finding, attribute, idiom));
            }
            let kind = crate::workspace::FileKind::Python;
            let value = spell(kind, &to, if matches!(&to, To::Text(it) if it == "lax") { "Lax" } else { "" });
            all.extend(value.and_then(|it| module::assign(desk, fact, finding, attribute, &it)));
        }
        Origin::Default { .. } => {
            all.extend(argument::add(desk, fact, attribute, &to));
        }
        Origin::Inherited(_) => {}
    }
    all
}

fn is_already(value: &Value, to: &To) -> bool {
    match (value, to) {
        (Value::Known(Scalar::Bool(is)), To::Switch(to)) => is == to,
        (Value::Known(Scalar::Text(is)), To::Text(to)) => is == to,
        _ => false,
    }
}

/// What the cookies of the same name that are set have there, when they agree.
fn of_the_set_one(desk: &Desk<'_>, removal: &Fact, attribute: &str) -> Option<SmolStr> {
    let name = removal.name.as_ref()?;
    let is_removal =
        |it: &Fact| it.attribute("removal").is_some_and(|it| it.value == Value::Known(Scalar::Bool(true)));
    let facts = desk.report.facts.iter().filter(|it| it.kind == FactKind::Cookie && !it.test);
    let same = facts.filter(|it| it.name.as_ref() == Some(name) && !is_removal(it));
    let mut all: Vec<_> = same.map(|it| word(it, attribute)).collect();
    all.dedup();
    match all.as_slice() {
        [one] => one.clone(),
        _ => None,
    }
}

fn in_settings(fact: &Fact) -> bool {
    fact.kind == FactKind::Setting || word(fact, "setter").as_deref() == Some("setting")
}

/// A literal, or the literal that a call was given.
fn replace(desk: &Desk<'_>, span: Span, to: &To) -> Option<Draft> {
    let place = value_at(desk, span)?;
    let kind = desk.kind(span.file)?;
    let text = desk.text(span.file);
    let old = text.get(place.start as usize..place.end as usize)?;
    let new = match argument::variant(desk, place, to) {
        Some(new) => new,
        None => spell(kind, to, old)?,
    };
    (new != old).then(|| draft(place, new))
}

/// The only constant in what decides a switch, such as a fallback; else what only a debug build switches on, turned
/// round; else a call without arguments that does nothing but switch it, taken out.
fn switch(desk: &Desk<'_>, span: Span, on: bool) -> Option<Draft> {
    let unit = desk.units.get(span.file)?;
    let way = way(&unit, span);
    let whole = way.iter().rev().find_map(|it| match it {
        Node::Expr(it) | Node::Value(it) if it.span.end == span.end => Some(*it),
        _ => None,
    })?;
    if let Some((call, whole)) = call_at(&way, span).filter(|(call, _)| call.args.is_empty()) {
        let text = desk.text(span.file);
        let start = call.receiver.span.end;
        let old = text.get(start as usize..whole.span.end as usize)?.trim();
        let edit = Edit { span: Span { start, ..whole.span }, text: String::new() };
        return Some(Draft::new(format!("take out `{old}`"), vec![edit]));
    }
    let (mut constants, mut flags) = (Vec::new(), Vec::new());
    switches(whole, span, &mut constants, &mut flags);
    match (constants.as_slice(), flags.as_slice()) {
        ([(place, is)], []) if *is != on => {
            Some(draft(*place, spell(desk.kind(span.file)?, &To::Switch(on), "")?))
        }
        ([], [flag]) => {
            let old = desk.text(span.file).get(flag.start as usize..flag.end as usize)?;
            Some(draft(*flag, format!("!{old}")))
        }
        _ => None,
    }
}

fn switches(expr: &Expr, within: Span, constants: &mut Vec<(Span, bool)>, flags: &mut Vec<Span>) {
    match &expr.kind {
        ExprKind::Literal(Literal::Bool(it)) if within.contains(expr.span) => {
            constants.push((expr.span, *it));
        }
        ExprKind::BuildFlag(_) if within.contains(expr.span) => flags.push(expr.span),
        _ => {}
    }
    parts(expr, &mut |part| {
        if let Part::Expr(it) = part {
            switches(it, within, constants, flags);
        }
    });
}

fn replace_by(desk: &Desk<'_>, span: Span, text: &str) -> Option<Draft> {
    Some(draft(value_at(desk, span)?, text.to_owned()))
}

fn draft(span: Span, text: String) -> Draft {
    Draft::new(format!("write `{text}` here"), vec![Edit { span, text }])
}

/// The bytes of the constant that stands at a place, or that the call at a place was given as its only argument.
fn value_at(desk: &Desk<'_>, span: Span) -> Option<Span> {
    if !desk.kind(span.file)?.is_source() {
        let document = desk.units.document(span.file)?;
        return constant(&document.root, span);
    }
    let unit = desk.units.get(span.file)?;
    if let Some(expr) = expr_at(&unit, span).filter(|it| is_constant(it)) {
        return Some(expr.span);
    }
    let (call, _) = call_at(&way(&unit, span), span)?;
    match call.args.as_slice() {
        [only] if is_constant(&only.value) => Some(only.value.span),
        _ => None,
    }
}

fn constant(node: &Data, span: Span) -> Option<Span> {
    match &node.kind {
        NodeKind::Map(entries) => entries.iter().find_map(|(_, it)| constant(it, span)),
        NodeKind::List(all) => all.iter().find_map(|it| constant(it, span)),
        NodeKind::Bool(_) | NodeKind::Int(_) | NodeKind::Text(_) if node.span == span => Some(span),
        _ => None,
    }
}

/// A literal, the constant of an enum, or either of them in `Some`.
fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) => true,
        ExprKind::Path(it) => it.segments.len() > 1,
        ExprKind::Call(it) => {
            matches!(&it.callee.kind, ExprKind::Path(path) if path.segments.last().is_some_and(|it| it == "Some"))
                && it.args.iter().all(|it| is_constant(&it.value))
        }
        _ => false,
    }
}

/// The method call whose name and arguments are these bytes, with its whole expression.
fn call_at<'t>(way: &[Node<'t>], span: Span) -> Option<(&'t MethodCall, &'t Expr)> {
    way.iter().rev().find_map(|it| match it {
        Node::Expr(expr) | Node::Value(expr) => match &expr.kind {
            ExprKind::Method(call) if call.method.span.start == span.start && expr.span.end == span.end => {
                Some((&**call, *expr))
            }
            _ => None,
        },
        Node::Statement(_) => None,
    })
}

/// Takes a call out of a chain, an argument out of a call, or sets a setting to nothing.
pub(super) fn unset(desk: &Desk<'_>, fact: &Fact, attribute: &str) -> Vec<Draft> {
    let Some(Origin::Written(span)) = fact.attribute(attribute).map(|it| &it.origin) else {
        return Vec::new();
    };
    without(desk, fact, *span).into_iter().collect()
}

fn without(desk: &Desk<'_>, fact: &Fact, span: Span) -> Option<Draft> {
    let text = desk.text(span.file);
    if !desk.kind(span.file)?.is_source() {
        return line_without(desk, span);
    }
    let unit = desk.units.get(span.file)?;
    let way = way(&unit, span);
    if in_settings(fact) {
        return expr_at(&unit, span).map(|_| draft(span, "None".into()));
    }
    if let Some(draft) = wrapper(desk, &way, span) {
        return Some(draft);
    }
    let chain = call_at(&way, span).or_else(|| {
        way.iter().rev().find_map(|it| match it {
            Node::Expr(expr) | Node::Value(expr) => match &expr.kind {
                ExprKind::Method(call)
                    if call.args.len() == 1
                        && call.args[0].name.is_none()
                        && call.args[0].value.span == span =>
                {
                    Some((&**call, *expr))
                }
                _ => None,
            },
            Node::Statement(_) => None,
        })
    });
    if let Some((call, whole)) = chain {
        let start = call.receiver.span.end;
        let between = text.get(start as usize..call.method.span.start as usize)?;
        let start =
            if between.trim() == "." { start } else { start + u32::try_from(between.rfind('.')?).ok()? };
        let span = Span { start, ..whole.span };
        let old = text.get(call.method.span.start as usize..whole.span.end as usize)?;
        return Some(Draft::new(format!("take out `{old}`"), vec![Edit { span, text: String::new() }]));
    }
    let args = way.iter().rev().find_map(|it| match it {
        Node::Expr(expr) | Node::Value(expr) => match &expr.kind {
            ExprKind::Method(it) if it.args.iter().any(|it| it.value.span == span) => Some(&it.args),
            ExprKind::Call(it) if it.args.iter().any(|it| it.value.span == span) => Some(&it.args),
            _ => None,
        },
        Node::Statement(_) => None,
    })?;
    argument_without(args, span)
}

/// A decorator that has its line, or a call around what it changes: `csrf_exempt(view)` becomes `view`.
fn wrapper(desk: &Desk<'_>, way: &[Node<'_>], span: Span) -> Option<Draft> {
    let text = desk.text(span.file);
    let (start, end) = (line_start(text, span.start as usize), line_end(text, span.end as usize));
    let line = text.get(start..span.end as usize)?.trim_start();
    let rest = text.get(span.end as usize..end)?.trim();
    if line.starts_with('@') && (rest.is_empty() || rest.starts_with('#')) {
        let next = text.get(end..)?.find('\n').map_or(end, |it| end + it + 1);
        let edit = Edit { span: Span::new(span.file, start, next), text: String::new() };
        return Some(Draft::new(format!("take out `{line}`"), vec![edit]));
    }
    way.iter().rev().find_map(|it| {
        let (Node::Expr(expr) | Node::Value(expr)) = it else { return None };
        let ExprKind::Call(call) = &expr.kind else { return None };
        let [only] = call.args.as_slice() else { return None };
        if (expr.span != span && call.callee.span != span) || only.name.is_some() {
            return None;
        }
        let name = text.get(call.callee.span.start as usize..call.callee.span.end as usize)?;
        let edits = vec![
            Edit { span: Span { end: only.value.span.start, ..expr.span }, text: String::new() },
            Edit { span: Span { start: only.value.span.end, ..expr.span }, text: String::new() },
        ];
        Some(Draft::new(format!("take out `{name}`"), edits))
    })
}

fn argument_without(args: &[Arg], span: Span) -> Option<Draft> {
    let at = args.iter().position(|it| it.value.span == span)?;
    let name = args[at].name.as_ref()?;
    let gone = match at.checked_sub(1).and_then(|it| args.get(it)) {
        Some(before) => Span { start: before.value.span.end, ..span },
        None => Span { start: name.span.start, end: args.get(1).map_or(span.end, begin), ..span },
    };
    Some(Draft::new(format!("take out `{}`", name.name), vec![Edit { span: gone, text: String::new() }]))
}

fn begin(arg: &Arg) -> u32 {
    arg.name.as_ref().map_or(arg.value.span.start, |it| it.span.start)
}

/// An entry of a settings file that has a line of its own.
fn line_without(desk: &Desk<'_>, span: Span) -> Option<Draft> {
    let text = desk.text(span.file);
    let start = line_start(text, span.start as usize);
    let end = line_end(text, span.end as usize);
    let line = text.get(start..end)?;
    let whole = line.split_once('=').is_some_and(|(key, _)| {
        let key = key.trim();
        begins_line(text, start)
            && !key.is_empty()
            && key.chars().all(|it| it.is_alphanumeric() || "_-.".contains(it))
    });
    let next = text.get(end..)?.find('\n').map_or(end, |it| end + it + 1);
    whole.then(|| {
        let title = format!("take out `{}`", text[start..span.end as usize].trim());
        Draft::new(title, vec![Edit { span: Span::new(span.file, start, next), text: String::new() }])
    })
}
