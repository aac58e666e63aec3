//! An element put into a list of the settings.

use super::language::{begins_line, indent, line_break};
use super::{Desk, Draft};
use crate::finding::{Edit, Finding};
use crate::ir::{Expr, ExprKind, Literal, StmtKind};
use crate::source::{FileId, Span};
use crate::workspace::{FileKind, FileRole};

/// Behind an element that is there already, in the only list of that name.
pub(super) fn element(
    desk: &Desk<'_>,
    finding: &Finding,
    setting: &str,
    element: &str,
    behind: &str,
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
fn place(desk: &Desk<'_>, file: FileId, setting: &str, behind: &str) -> Option<Span> {
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
        let is = |it: &&Expr| matches!(&it.kind, ExprKind::Literal(Literal::Str(text)) if &**text == behind);
        all.iter().find(is).filter(|_| named).map(|it| it.span)
    })
}
