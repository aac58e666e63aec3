//! Which bytes belong to one statement: a comment anywhere among them speaks of it.

use std::ops::Range;

use crate::frontend::{python, rust, settings};
use crate::ir::data::{Node, NodeKind};
use crate::ir::walk::{Part, parts, parts_of_statement};
use crate::ir::{Block, Expr, ExprKind, Item, ItemKind, Stmt, StmtKind};
use crate::source::{FileId, SourceText};
use crate::workspace::FileKind;

/// Extents of all statements of a file; of one that contains others only its head, up to the first of them.
pub(super) fn extents(file: FileId, source: &SourceText, kind: FileKind) -> Vec<Range<u32>> {
    let mut extents = Extents::default();
    match kind {
        FileKind::Rust => extents.block(&rust::lower(file, source).body),
        FileKind::Python => extents.block(&python::lower(file, source).body),
        FileKind::Toml
        | FileKind::Yaml
        | FileKind::Json
        | FileKind::Env
        | FileKind::Ini
        | FileKind::Launch => {
            extents.node(&settings::parse(file, source, kind).root);
        }
    }
    extents.0
}

/// The smallest extent around a position.
pub(super) fn around(extents: &[Range<u32>], at: u32) -> Option<&Range<u32>> {
    extents.iter().filter(|it| it.contains(&at)).min_by_key(|it| it.end - it.start)
}

#[derive(Default)]
struct Extents(Vec<Range<u32>>);

impl Extents {
    fn block(&mut self, block: &Block) {
        block.stmts.iter().for_each(|it| self.statement(it));
        if let Some(value) = &block.value {
            self.add(value.span.start..value.span.end, holds_others(value), |it| it.inside(value));
        }
    }

    fn statement(&mut self, stmt: &Stmt) {
        let compound = match &stmt.kind {
            StmtKind::Item(_) => true,
            StmtKind::Expr(it) => holds_others(it),
            StmtKind::Let { .. } => false,
        };
        self.add(stmt.span.start..stmt.span.end, compound, |it| {
            if let StmtKind::Item(Item { kind: ItemKind::Extend(extend), .. }) = &stmt.kind {
                extend.items.iter().for_each(|item| it.item(item));
            }
            parts_of_statement(stmt, &mut |part| it.part(part));
        });
    }

    fn item(&mut self, item: &Item) {
        self.add(item.span.start..item.span.end, true, |it| {
            crate::ir::walk::parts_of_item(item, &mut |part| it.part(part));
        });
    }

    fn inside(&mut self, expr: &Expr) {
        if let ExprKind::Match(it) = &expr.kind {
            self.0.extend(it.arms.iter().map(|arm| arm.span.start..arm.span.end));
        }
        parts(expr, &mut |part| self.part(part));
    }

    fn part(&mut self, part: Part<'_>) {
        match part {
            Part::Block(it) => self.block(it),
            Part::Expr(it) => self.inside(it),
        }
    }

    fn add(&mut self, whole: Range<u32>, compound: bool, inside: impl FnOnce(&mut Self)) {
        let own = self.0.len();
        self.0.push(whole.clone());
        inside(self);
        let first = self.0[own + 1..].iter().map(|it| it.start).min();
        if let Some(first) = first.filter(|it| compound && *it > whole.start) {
            self.0[own].end = first;
        }
    }

    fn node(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::Map(entries) => {
                for (key, value) in entries {
                    if !matches!(value.kind, NodeKind::Map(_)) {
                        self.0.push(key.span.start..value.span.end.max(key.span.end));
                    }
                    self.node(value);
                }
            }
            NodeKind::List(all) => all.iter().for_each(|it| self.node(it)),
            NodeKind::Null
            | NodeKind::Bool(_)
            | NodeKind::Int(_)
            | NodeKind::Float(_)
            | NodeKind::Text(_) => {}
        }
    }
}

/// Control flow: the statements in it are no part of it.
fn holds_others(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::If(_)
            | ExprKind::Match(_)
            | ExprKind::Block(_)
            | ExprKind::Async(_)
            | ExprKind::Loop(_)
            | ExprKind::TryCatch(_)
            | ExprKind::With(_)
    )
}
