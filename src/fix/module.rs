//! Settings that are code: assignments put beside their kin.

use super::language::{indent, line_break, line_end};
use super::{Desk, Draft, in_models, word};
use crate::facts::{Fact, FactKind};
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
    let unit = desk.units.get(file)?;
    let text = desk.text(file);
    let place = finding.span.file == file;
    let body = holder(&unit.body, if place { finding.span } else { fact.span });
    if names(value).any(|it| !is_decided(body, it, u32::MAX)) || targets(body).any(|(it, _)| it == name) {
        return None;
    }
    let kin = targets(body)
        .filter_map(|(it, stmt)| Some((common_words(it, &name)?, stmt)))
        .max_by_key(|(words, stmt)| (*words, stmt.span.start))
        .map(|(_, stmt)| stmt);
    let around = || body.stmts.iter().find(|it| it.span.contains(fact.span) && !is_import(it));
    let beside = kin.or_else(around).or_else(|| body.stmts.last())?;
    let end = line_end(text, beside.span.end as usize);
    let new = format!("{}{}{name} = {value}", line_break(text), indent(text, beside.span.start as usize));
    let span = Span::new(file, end, end);
    Some(Draft::new(format!("add `{name} = {value}`"), vec![Edit { span, text: new }]))
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
