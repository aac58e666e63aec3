//! What a node consists of, for walks that look at every node alike.

use super::{Block, Expr, ExprKind, FormatPart, Function, Item, ItemKind, Stmt, StmtKind};

/// A part of a node.
#[derive(Clone, Copy, Debug)]
pub enum Part<'t> {
    Block(&'t Block),
    Expr(&'t Expr),
}

/// Calls `each` for the parts of an expression, in the order of the source as far as the tree keeps it.
/// Patterns are left out.
pub fn parts<'t>(expr: &'t Expr, each: &mut dyn FnMut(Part<'t>)) {
    let mut one = |it: &'t Expr| each(Part::Expr(it));
    match &expr.kind {
        ExprKind::Literal(_)
        | ExprKind::Path(_)
        | ExprKind::BuildFlag(_)
        | ExprKind::Continue
        | ExprKind::Unknown => {}
        ExprKind::Field(it, _)
        | ExprKind::Unary(_, it)
        | ExprKind::Let(_, it)
        | ExprKind::Await(it)
        | ExprKind::Try(it)
        | ExprKind::Cast(it, _)
        | ExprKind::Spread(it) => one(it),
        ExprKind::Index(a, b) | ExprKind::Repeat(a, b) | ExprKind::Binary(_, a, b) => {
            one(a);
            one(b);
        }
        ExprKind::Assign { target, value, .. } => {
            one(target);
            one(value);
        }
        ExprKind::Call(it) => {
            one(&it.callee);
            it.args.iter().for_each(|arg| one(&arg.value));
        }
        ExprKind::Method(it) => {
            one(&it.receiver);
            it.args.iter().for_each(|arg| one(&arg.value));
        }
        ExprKind::Record(it) => {
            it.fields.iter().for_each(|(_, value)| one(value));
            it.rest.iter().for_each(one);
        }
        ExprKind::Tuple(all)
        | ExprKind::List(all)
        | ExprKind::Set(all)
        | ExprKind::Delete(all)
        | ExprKind::Macro { args: all, .. } => all.iter().for_each(one),
        ExprKind::Map(entries) => {
            for (key, value) in entries {
                key.iter().for_each(&mut one);
                one(value);
            }
        }
        ExprKind::Comprehension(it) => {
            it.key.iter().for_each(&mut one);
            one(&it.element);
            for clause in &it.clauses {
                one(&clause.iterable);
                clause.conditions.iter().for_each(&mut one);
            }
        }
        ExprKind::Format(all) => {
            for part in all {
                if let FormatPart::Value(value) = part {
                    one(value);
                }
            }
        }
        ExprKind::Return(it) | ExprKind::Break(it) | ExprKind::Raise(it) => it.iter().for_each(|it| one(it)),
        ExprKind::If(it) => {
            one(&it.condition);
            each(Part::Block(&it.then));
            it.or_else.iter().for_each(|it| each(Part::Block(it)));
        }
        ExprKind::Match(it) => {
            one(&it.subject);
            for arm in &it.arms {
                arm.guard.iter().for_each(&mut one);
                one(&arm.body);
            }
        }
        ExprKind::Block(it) | ExprKind::Async(it) => each(Part::Block(it)),
        ExprKind::Loop(it) => {
            it.each.iter().for_each(|(_, iterable)| one(iterable));
            it.condition.iter().for_each(one);
            each(Part::Block(&it.body));
            it.or_else.iter().for_each(|it| each(Part::Block(it)));
        }
        ExprKind::Closure(it) => it.body.iter().for_each(|it| each(Part::Block(it))),
        ExprKind::TryCatch(it) => {
            each(Part::Block(&it.body));
            it.handlers.iter().for_each(|it| each(Part::Block(&it.body)));
            it.or_else.iter().chain(&it.finally).for_each(|it| each(Part::Block(it)));
        }
        ExprKind::With(it) => {
            it.items.iter().for_each(|(value, _)| one(value));
            each(Part::Block(&it.body));
        }
    }
}

/// The same for a statement.
pub fn parts_of_statement<'t>(stmt: &'t Stmt, each: &mut dyn FnMut(Part<'t>)) {
    match &stmt.kind {
        StmtKind::Expr(it) => each(Part::Expr(it)),
        StmtKind::Let { value, or_else, .. } => {
            if let Some(value) = value {
                each(Part::Expr(value));
            }
            if let Some(block) = or_else {
                each(Part::Block(block));
            }
        }
        StmtKind::Item(it) => parts_of_item(it, each),
    }
}

/// The same for a definition; the items of an extension are not its parts, they stand in `Extend::items`.
pub fn parts_of_item<'t>(item: &'t Item, each: &mut dyn FnMut(Part<'t>)) {
    match &item.kind {
        ItemKind::Import(_) | ItemKind::Extend(_) => {}
        ItemKind::Function(it) => parts_of_function(it, each),
        ItemKind::Type(it) => {
            it.fields.iter().filter_map(|it| it.default.as_ref()).for_each(|it| each(Part::Expr(it)));
            each(Part::Block(&it.body));
        }
        ItemKind::Constant(it) => it.value.iter().for_each(|it| each(Part::Expr(it))),
        ItemKind::Module(it) => it.body.iter().for_each(|it| each(Part::Block(it))),
        ItemKind::Macro(it) => it.arms.iter().for_each(|it| each(Part::Block(&it.body))),
    }
}

fn parts_of_function<'t>(function: &'t Function, each: &mut dyn FnMut(Part<'t>)) {
    function.params.iter().filter_map(|it| it.default.as_ref()).for_each(|it| each(Part::Expr(it)));
    function.body.iter().for_each(|it| each(Part::Block(it)));
}
