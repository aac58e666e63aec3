//! An element put into a list of the settings.

use super::language::{begins_line, indent, line_break};
use super::way::expr_at;
use super::{Desk, Draft, module, word};
use crate::facts::Fact;
use crate::finding::{Edit, Finding};
use crate::ir::{Expr, ExprKind, Literal, StmtKind};
use crate::source::{FileId, Span};
use crate::workspace::{FileKind, FileRole};
use smol_str::SmolStr;

/// Behind the first of these elements that is there already, in the only list of that name.
pub(super) fn element(
    desk: &Desk<'_>,
    finding: &Finding,
    setting: &str,
    element: &str,
    behind: &[SmolStr],
    with: &[SmolStr],
) -> Vec<Draft> {
    let Some(plain) = alone(desk, finding, setting, element, behind) else { return Vec::new() };
    let at = plain.edits.first().map(|it| it.span);
    let further = |it: &SmolStr| module::put(desk, at?, it);
    let mut all = Vec::new();
    let edits: Option<Vec<Edit>> = with.iter().map(further).collect();
    if let Some(further) = edits.filter(|it| !it.is_empty()) {
        let edits = plain.edits.iter().cloned().chain(further).collect();
        all.push(Draft::new(format!("{}, and `{}`", plain.title, with.join("`, `")), edits));
    }
    all.insert(0, plain);
    all
}

fn alone(
    desk: &Desk<'_>,
    finding: &Finding,
    setting: &str,
    element: &str,
    behind: &[SmolStr],
) -> Option<Draft> {
    let files = desk.report.workspace.files.iter();
    let modules = files.filter(|it| it.kind == FileKind::Python && it.role == FileRole::Application);
    let here = modules.filter_map(|it| place(desk, it.id, setting, behind));
    let mut all: Vec<_> = here.collect();
    if let Some(own) = all.iter().position(|it| it.file == finding.span.file) {
        all = vec![all[own]];
    }
    let [at] = all.as_slice() else { return None };
    let text = desk.text(at.file);
    let space = if begins_line(text, at.start as usize) {
        format!("{}{}", line_break(text), indent(text, at.start as usize))
    } else {
        " ".into()
    };
    let quote = text.get(at.start as usize..)?.chars().next()?;
    let new = format!(",{space}{quote}{element}{quote}");
    Some(Draft::new(
        format!("add `{element}` to `{setting}`"),
        vec![Edit { span: Span { start: at.end, ..*at }, text: new }],
    ))
}

/// The element `behind` of a list that is assigned to the setting at the top of a module.
fn place(desk: &Desk<'_>, file: FileId, setting: &str, behind: &[SmolStr]) -> Option<Span> {
    // most modules do not name it, and are not read
    if !desk.text(file).contains(setting) {
        return None;
    }
    let unit = desk.units.get(file)?;
    unit.body.stmts.iter().find_map(|stmt| {
        let StmtKind::Expr(Expr { kind: ExprKind::Assign { target, value, .. }, .. }) = &stmt.kind else {
            return None;
        };
        let named =
            matches!(&target.kind, ExprKind::Path(it) if it.segments.len() == 1 && it.segments[0] == setting);
        let (ExprKind::List(all) | ExprKind::Tuple(all)) = &value.kind else { return None };
        let is = |name: &SmolStr| all.iter().find(|it| text_of(it) == Some(name.as_str()));
        behind.iter().find_map(is).filter(|_| named).map(|it| it.span)
    })
}

fn text_of(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(Literal::Str(it)) => Some(it),
        _ => None,
    }
}

/// Two elements of the list at a place, of which the fault names the first before the second, change their places.
pub(super) fn reorder(desk: &Desk<'_>, fact: &Fact, place: Span) -> Option<Draft> {
    let fault = word(fact, "order_fault")?;
    let unit = desk.units.get(place.file)?;
    let (ExprKind::List(all) | ExprKind::Tuple(all)) = &expr_at(&unit, place)?.kind else { return None };
    let last = |it: &Expr| text_of(it).and_then(|it| it.rsplit('.').next()).map(ToOwned::to_owned);
    let mut named =
        fault.split('`').filter_map(|name| all.iter().find(|it| last(it).as_deref() == Some(name)));
    let (early, late) = (named.next()?, named.next()?);
    if early.span.start >= late.span.start {
        return None;
    }
    let text = desk.text(place.file);
    let slice = |span: Span| text.get(span.start as usize..span.end as usize).map(ToOwned::to_owned);
    let edits = vec![
        Edit { span: early.span, text: slice(late.span)? },
        Edit { span: late.span, text: slice(early.span)? },
    ];
    Some(Draft::new(format!("put `{}` before `{}`", last(late)?, last(early)?), edits))
}
