use super::lower;
use crate::ir::{Broken, ExprKind, StmtKind, Unit};
use crate::source::{FileId, SourceText};

mod hostile;
mod print;
mod recovery;
mod syntax;

fn read(text: &str) -> (Unit, SourceText) {
    let source = SourceText::new("app/views.py", text);
    (lower(FileId(0), &source), source)
}

/// The printed tree of text that must be free of errors.
fn printed(text: &str) -> String {
    let (unit, _) = read(text);
    assert_eq!(messages(&unit.broken), Vec::<&str>::new());
    print::block(&unit.body)
}

fn messages(broken: &[Broken]) -> Vec<&str> {
    broken.iter().map(|broken| broken.message.as_str()).collect()
}

/// The source text of the value of the only assignment at position `at`.
fn assigned_text(text: &str, at: usize) -> String {
    let (unit, source) = read(text);
    match &unit.body.stmts[at].kind {
        StmtKind::Expr(expr) => match &expr.kind {
            ExprKind::Assign { value, .. } => source.slice(value.span).to_owned(),
            other => panic!("no assignment: {other:?}"),
        },
        other => panic!("no expression: {other:?}"),
    }
}
