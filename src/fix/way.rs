//! The way through a lowered file to some bytes.

use crate::ir::walk::{Part, parts, parts_of_item, parts_of_statement};
use crate::ir::{Block, Expr, Import, Item, ItemKind, Span, Stmt, StmtKind, Unit};

/// What contains a span, outermost first.
#[derive(Clone, Copy)]
pub(super) enum Node<'t> {
    Statement(&'t Stmt),
    /// What a block evaluates to.
    Value(&'t Expr),
    Expr(&'t Expr),
}

pub(super) fn way(unit: &Unit, span: Span) -> Vec<Node<'_>> {
    let mut walk = Walk { span, found: Vec::new() };
    walk.block(&unit.body);
    walk.found
}

/// The innermost expression with exactly these bytes.
pub(super) fn expr_at(unit: &Unit, span: Span) -> Option<&Expr> {
    way(unit, span).into_iter().rev().find_map(|it| match it {
        Node::Expr(it) | Node::Value(it) if it.span == span => Some(it),
        _ => None,
    })
}

struct Walk<'t> {
    span: Span,
    found: Vec<Node<'t>>,
}

impl<'t> Walk<'t> {
    fn block(&mut self, block: &'t Block) {
        block.stmts.iter().for_each(|it| self.statement(it));
        if let Some(value) = &block.value {
            if value.span.contains(self.span) {
                self.found.push(Node::Value(value));
            }
            self.expr(value);
        }
    }

    fn statement(&mut self, stmt: &'t Stmt) {
        if !stmt.span.contains(self.span) {
            return;
        }
        self.found.push(Node::Statement(stmt));
        if let StmtKind::Item(Item { kind: ItemKind::Extend(it), .. }) = &stmt.kind {
            it.items.iter().for_each(|item| parts_of_item(item, &mut |part| self.part(part)));
        }
        parts_of_statement(stmt, &mut |part| self.part(part));
    }

    fn expr(&mut self, expr: &'t Expr) {
        if !expr.span.contains(self.span) {
            return;
        }
        self.found.push(Node::Expr(expr));
        parts(expr, &mut |part| self.part(part));
    }

    fn part(&mut self, part: Part<'t>) {
        match part {
            Part::Block(it) => self.block(it),
            Part::Expr(it) => self.expr(it),
        }
    }
}

/// All imports of a file, those inside functions included.
pub(super) fn imports(unit: &Unit) -> Vec<&Import> {
    let mut found = Vec::new();
    of_block(&unit.body, &mut found);
    found
}

fn of_block<'t>(block: &'t Block, found: &mut Vec<&'t Import>) {
    for stmt in &block.stmts {
        let StmtKind::Item(item) = &stmt.kind else { continue };
        match &item.kind {
            ItemKind::Import(it) => found.push(it),
            ItemKind::Extend(it) => it.items.iter().for_each(|item| of_item(item, found)),
            _ => of_item(item, found),
        }
    }
}

fn of_item<'t>(item: &'t Item, found: &mut Vec<&'t Import>) {
    parts_of_item(item, &mut |part| {
        if let Part::Block(it) = part {
            of_block(it, found);
        }
    });
}
