//! Settings that are code: assignments put beside their kin.

use super::language::{begins_line, indent, line_break, line_end, line_start};
use super::{Desk, Draft, in_models, word};
use crate::facts::{Fact, FactKind, Scalar, Value};
use crate::finding::{Edit, Finding};
use crate::ir::{Block, Expr, ExprKind, ItemKind, PatternKind, Stmt, StmtKind};
use crate::source::Span;
use crate::workspace::FileKind;

/// Assigns the setting that gives an attribute, behind the statement whose name is most like its own.
pub(super) fn assign(
    desk: &Desk<'_>,
    fact: &Fact,
    finding: &Finding,
    attribute: &str,
    value: &str,
) -> Option<Draft> {
    let file = fact.span.file;
    if desk.kind(file)? != FileKind::Python {
        return None;
    }
    let name = setting(desk, fact, attribute)?;
    let at = if finding.span.file == file { finding.span } else { fact.span };
    let edit = beside_kin(desk, at, &name, value)?;
    Some(Draft::new(format!("add `{name} = {value}`"), vec![edit]))
}

/// Puts an assignment into the module of a place, which must not have one of that name.
pub(super) fn put(desk: &Desk<'_>, at: Span, assignment: &str) -> Option<Edit> {
    let (name, value) = assignment.split_once(" = ")?;
    beside_kin(desk, at, name, value)
}

fn beside_kin(desk: &Desk<'_>, at: Span, name: &str, value: &str) -> Option<Edit> {
    let unit = desk.units.get(at.file)?;
    let text = desk.text(at.file);
    let body = holder(&unit.body, at);
    if names(value).any(|it| !is_decided(body, it, u32::MAX)) || targets(body).any(|(it, _)| it == name) {
        return None;
    }
    let kin = targets(body)
        .filter_map(|(it, stmt)| Some((common_words(it, name)?, stmt)))
        .max_by_key(|(words, stmt)| (*words, stmt.span.start))
        .map(|(_, stmt)| stmt);
    let around = || body.stmts.iter().find(|it| it.span.contains(at) && !is_import(it));
    let beside = kin.or_else(around).or_else(|| body.stmts.last())?;
    let end = line_end(text, beside.span.end as usize);
    let new = format!("{}{}{name} = {value}", line_break(text), indent(text, beside.span.start as usize));
    Some(Edit { span: Span::new(at.file, end, end), text: new })
}

/// The assignment at a place gives its value to another name, which nobody gives one yet.
pub(super) fn rename(desk: &Desk<'_>, fact: &Fact, to: &Value, place: Span) -> Option<Draft> {
    let Value::Known(Scalar::Text(to)) = to else { return None };
    let is_name = to.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_');
    let unit = desk.units.get(fact.span.file)?;
    let body = holder(&unit.body, place_of(fact, place));
    // one of two that want the same name
    let wants = |it: &&Fact| {
        it.kind == fact.kind
            && it.span.file == fact.span.file
            && it.span.start < fact.span.start
            && it.attribute("instead").is_some_and(|it| it.value == Value::Known(Scalar::Text(to.clone())))
    };
    if desk.report.facts.iter().any(|it| wants(&it)) {
        return None;
    }
    if !is_name || targets(body).any(|(it, _)| it == to.as_str()) {
        return None;
    }
    let (target, _) = assigned(body, fact)?;
    Some(Draft::new(format!("call it `{to}`"), vec![Edit { span: target, text: to.to_string() }]))
}

/// The assignment at a place goes.
pub(super) fn remove(desk: &Desk<'_>, fact: &Fact, place: Span) -> Option<Draft> {
    let unit = desk.units.get(fact.span.file)?;
    let (_, stmt) = assigned(holder(&unit.body, place_of(fact, place)), fact)?;
    let text = desk.text(fact.span.file);
    let (start, end) = (stmt.start as usize, line_end(text, stmt.end as usize));
    let rest = text.get(stmt.end as usize..end)?.trim_start();
    if !begins_line(text, start) || !(rest.is_empty() || rest.starts_with('#')) {
        return None;
    }
    let next = text.get(end..)?.find('\n').map_or(end, |it| end + it + 1);
    let span = Span::new(stmt.file, line_start(text, start), next);
    let name = fact.name.as_deref()?;
    Some(Draft::new(format!("take out `{name}`"), vec![Edit { span, text: String::new() }]))
}

fn place_of(fact: &Fact, place: Span) -> Span {
    if place.file == fact.span.file { place } else { fact.span }
}

/// The name and the statement of the only assignment that a setting has.
fn assigned(body: &Block, fact: &Fact) -> Option<(Span, Span)> {
    let name = fact.name.as_deref()?;
    let mut all = body.stmts.iter().filter_map(|stmt| {
        let StmtKind::Expr(Expr { kind: ExprKind::Assign { target, op: None, .. }, .. }) = &stmt.kind else {
            return None;
        };
        let named =
            matches!(&target.kind, ExprKind::Path(it) if it.segments.len() == 1 && it.segments[0] == name);
        named.then_some((target.span, stmt.span))
    });
    all.next().filter(|_| all.next().is_none())
}

/// Whether every name of an idiom is assigned above a place by more than a constant.
pub(super) fn knows(desk: &Desk<'_>, at: Span, idiom: &str) -> bool {
    let python = desk.kind(at.file) == Some(FileKind::Python);
    let Some(unit) = desk.units.get(at.file).filter(|_| python) else { return false };
    let body = holder(&unit.body, at);
    names(idiom).all(|it| is_decided(body, it, at.start))
}

/// Names in capitals.
fn names(idiom: &str) -> impl Iterator<Item = &str> {
    let words = idiom.split(|it: char| !(it.is_alphanumeric() || it == '_'));
    words.filter(|it| it.len() > 1 && it.chars().all(|it| it.is_uppercase() || it == '_'))
}

fn is_decided(body: &Block, name: &str, before: u32) -> bool {
    let found = assignments(body).find(|(it, ..)| *it == name);
    found.is_some_and(|(_, value, stmt)| {
        stmt.span.end <= before && !matches!(value.kind, ExprKind::Literal(_))
    })
}

/// The body in which a place's settings stand: that of the innermost class around it, else the module's.
fn holder(body: &Block, at: Span) -> &Block {
    let class = body.stmts.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Item(item) if stmt.span.contains(at) => match &item.kind {
            ItemKind::Type(it) => Some(&it.body),
            _ => None,
        },
        _ => None,
    });
    class.map_or(body, |it| holder(it, at))
}

fn assignments(body: &Block) -> impl Iterator<Item = (&str, &Expr, &Stmt)> {
    body.stmts.iter().filter_map(|stmt| {
        let StmtKind::Expr(Expr { kind: ExprKind::Assign { target, value, .. }, .. }) = &stmt.kind else {
            let StmtKind::Let { pattern, value: Some(value), .. } = &stmt.kind else { return None };
            let PatternKind::Bind(name, _) = &pattern.kind else { return None };
            return Some((name.as_str(), value, stmt));
        };
        match &target.kind {
            ExprKind::Path(path) if path.segments.len() == 1 => {
                Some((path.segments[0].as_str(), &**value, stmt))
            }
            _ => None,
        }
    })
}

fn targets(body: &Block) -> impl Iterator<Item = (&str, &Stmt)> {
    assignments(body).map(|(name, _, stmt)| (name, stmt))
}

fn is_import(stmt: &Stmt) -> bool {
    matches!(&stmt.kind, StmtKind::Item(item) if matches!(item.kind, ItemKind::Import(_)))
}

/// How many words two names begin with alike; `None` for none.
fn common_words(a: &str, b: &str) -> Option<usize> {
    let words = a.split('_').zip(b.split('_')).take_while(|(a, b)| a == b).count();
    (words > 0).then_some(words)
}

/// The setting that gives an attribute of a fact.
fn setting(desk: &Desk<'_>, fact: &Fact, attribute: &str) -> Option<String> {
    if fact.kind == FactKind::Setting {
        return (attribute == "value").then(|| fact.name.as_ref().map(ToString::to_string)).flatten();
    }
    let versions = desk.versions(fact.span.file);
    let (role, stack) = (word(fact, "role")?, word(fact, "stack")?);
    let rows = desk.models.settings_cookies(&versions);
    let own = |row: &&&crate::model::SettingsCookie| {
        row.role == role && row.package == stack && row.attributes.contains_key("name")
    };
    let row = rows.iter().find(own)?;
    row.attributes.get(in_models(attribute)).map(ToString::to_string)
}
