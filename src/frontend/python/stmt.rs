//! Statements.

use ruff_python_ast::{self as ast, ExceptHandler};
use ruff_text_size::Ranged;

use super::{Context, definition, expr, pattern};
use crate::ir::{
    Arm, Block, Expr, ExprKind, Handler, If, Item, Loop, Match, Stmt, StmtKind, TryCatch, UnaryOp, With,
};
use crate::source::Span;

pub(super) fn block(cx: &Context<'_>, stmts: &[ast::Stmt]) -> Block {
    let mut lowered = Vec::with_capacity(stmts.len());
    for stmt in stmts {
        let span = cx.span(stmt.range());
        if cx.deeper(span, || lower(cx, stmt, &mut lowered)).is_none() {
            lowered.push(expression(Expr { kind: ExprKind::Unknown, span }));
        }
    }
    Block { stmts: lowered, value: None }
}

/// One statement of the source may be several here, or none.
fn lower(cx: &Context<'_>, stmt: &ast::Stmt, out: &mut Vec<Stmt>) {
    let span = cx.span(stmt.range());
    let kind = match stmt {
        ast::Stmt::FunctionDef(def) => return out.push(item(definition::function(cx, def), span)),
        ast::Stmt::ClassDef(def) => return out.push(item(definition::class(cx, def), span)),
        ast::Stmt::TypeAlias(def) => {
            out.extend(definition::type_alias(cx, def).map(|alias| item(alias, span)));
            return;
        }
        ast::Stmt::Import(import) => {
            return out.extend(definition::imports(cx, import).map(|import| item(import, span)));
        }
        ast::Stmt::ImportFrom(import) => {
            return out.extend(definition::imports_from(cx, import).map(|import| item(import, span)));
        }
        // Names have one scope here, and nothing to do is no statement.
        ast::Stmt::Global(_)
        | ast::Stmt::Nonlocal(_)
        | ast::Stmt::Pass(_)
        | ast::Stmt::AnnAssign(ast::StmtAnnAssign { value: None, .. }) => return,

        ast::Stmt::Expr(stmt) => return out.push(expression(expr::lower(cx, &stmt.value))),
        ast::Stmt::Assign(stmt) => assign(cx, stmt),
        ast::Stmt::AnnAssign(ast::StmtAnnAssign { target, value: Some(value), .. }) => ExprKind::Assign {
            target: Box::new(expr::lower(cx, target)),
            op: None,
            value: Box::new(expr::lower(cx, value)),
        },
        ast::Stmt::AugAssign(stmt) => aug_assign(cx, stmt),
        ast::Stmt::Return(stmt) => ExprKind::Return(expr::boxed(cx, stmt.value.as_deref())),
        ast::Stmt::Delete(stmt) => ExprKind::Delete(expr::all(cx, &stmt.targets)),
        ast::Stmt::Raise(stmt) => ExprKind::Raise(expr::boxed(cx, stmt.exc.as_deref())),
        ast::Stmt::Break(_) => ExprKind::Break(None),
        ast::Stmt::Continue(_) => ExprKind::Continue,
        ast::Stmt::Assert(stmt) => assert(cx, stmt),
        ast::Stmt::If(stmt) => conditional(cx, stmt),
        ast::Stmt::For(stmt) => ExprKind::Loop(Box::new(Loop {
            each: Some((pattern::target(cx, &stmt.target), expr::lower(cx, &stmt.iter))),
            condition: None,
            body: block(cx, &stmt.body),
            or_else: non_empty(cx, &stmt.orelse),
        })),
        ast::Stmt::While(stmt) => ExprKind::Loop(Box::new(Loop {
            each: None,
            condition: Some(expr::lower(cx, &stmt.test)),
            body: block(cx, &stmt.body),
            or_else: non_empty(cx, &stmt.orelse),
        })),
        ast::Stmt::With(stmt) => with(cx, stmt),
        ast::Stmt::Match(stmt) => match_statement(cx, stmt),
        ast::Stmt::Try(stmt) => try_catch(cx, stmt),
        ast::Stmt::IpyEscapeCommand(_) => ExprKind::Unknown,
    };
    out.push(expression(Expr { kind, span }));
}

fn item(item: Item, span: Span) -> Stmt {
    Stmt { kind: StmtKind::Item(item), span }
}

fn expression(expr: Expr) -> Stmt {
    let span = expr.span;
    Stmt { kind: StmtKind::Expr(expr), span }
}

fn non_empty(cx: &Context<'_>, stmts: &[ast::Stmt]) -> Option<Block> {
    (!stmts.is_empty()).then(|| block(cx, stmts))
}

/// `a = b = value` is `a = (b = value)`, so that both name the same object.
fn assign(cx: &Context<'_>, stmt: &ast::StmtAssign) -> ExprKind {
    let whole = cx.span(stmt.range());
    let innermost = expr::lower(cx, &stmt.value);
    let assigned = stmt.targets.iter().rev().fold(innermost, |value, target| {
        let target = expr::lower(cx, target);
        let span = Span { start: target.span.start, ..whole };
        Expr { kind: ExprKind::Assign { target: Box::new(target), op: None, value: Box::new(value) }, span }
    });
    assigned.kind
}

fn aug_assign(cx: &Context<'_>, stmt: &ast::StmtAugAssign) -> ExprKind {
    let target = expr::lower(cx, &stmt.target);
    let value = expr::lower(cx, &stmt.value);
    // An operator without a name here leaves something unknown behind, it does not replace the target by the value.
    let (op, value) = match expr::operator(stmt.op) {
        Some(op) => (Some(op), value),
        None => (None, expr::evaluated(vec![value], cx.span(stmt.value.range()))),
    };
    ExprKind::Assign { target: Box::new(target), op, value: Box::new(value) }
}

/// `assert condition, message` raises unless.
fn assert(cx: &Context<'_>, stmt: &ast::StmtAssert) -> ExprKind {
    let span = cx.span(stmt.range());
    let test = expr::lower(cx, &stmt.test);
    let negated = Expr { span: test.span, kind: ExprKind::Unary(UnaryOp::Not, Box::new(test)) };
    let raise = Expr { kind: ExprKind::Raise(expr::boxed(cx, stmt.msg.as_deref())), span };
    let then = Block { stmts: vec![expression(raise)], value: None };
    ExprKind::If(Box::new(If { condition: negated, then, or_else: None }))
}

fn conditional(cx: &Context<'_>, stmt: &ast::StmtIf) -> ExprKind {
    let condition = expr::lower(cx, &stmt.test);
    let then = block(cx, &stmt.body);
    let or_else = stmt.elif_else_clauses.iter().rev().fold(None, |or_else, clause| {
        let body = block(cx, &clause.body);
        let Some(test) = &clause.test else { return Some(body) };
        let condition = expr::lower(cx, test);
        let span = Span { start: cx.span(clause.range()).start, ..cx.span(stmt.range()) };
        let kind = ExprKind::If(Box::new(If { condition, then: body, or_else }));
        Some(Block { stmts: vec![expression(Expr { kind, span })], value: None })
    });
    ExprKind::If(Box::new(If { condition, then, or_else }))
}

fn with(cx: &Context<'_>, stmt: &ast::StmtWith) -> ExprKind {
    let items = stmt.items.iter().map(|item| {
        let name = item.optional_vars.as_deref().map(|target| pattern::target(cx, target));
        (expr::lower(cx, &item.context_expr), name)
    });
    ExprKind::With(Box::new(With { items: items.collect(), body: block(cx, &stmt.body) }))
}

fn match_statement(cx: &Context<'_>, stmt: &ast::StmtMatch) -> ExprKind {
    let arms = stmt.cases.iter().map(|case| {
        let span = cx.span(case.range());
        Arm {
            pattern: pattern::case(cx, &case.pattern),
            guard: case.guard.as_deref().map(|guard| expr::lower(cx, guard)),
            body: Expr { kind: ExprKind::Block(Box::new(block(cx, &case.body))), span },
            span,
        }
    });
    ExprKind::Match(Box::new(Match { subject: expr::lower(cx, &stmt.subject), arms: arms.collect() }))
}

fn try_catch(cx: &Context<'_>, stmt: &ast::StmtTry) -> ExprKind {
    let handlers = stmt.handlers.iter().map(|ExceptHandler::ExceptHandler(handler)| {
        let types = match handler.type_.as_deref() {
            None => Vec::new(),
            Some(ast::Expr::Tuple(types)) => expr::all(cx, &types.elts),
            Some(one) => vec![expr::lower(cx, one)],
        };
        let name = handler.name.as_ref().map(|name| definition::ident(cx, name));
        Handler { types, name, body: block(cx, &handler.body) }
    });
    ExprKind::TryCatch(Box::new(TryCatch {
        body: block(cx, &stmt.body),
        handlers: handlers.collect(),
        or_else: non_empty(cx, &stmt.orelse),
        finally: non_empty(cx, &stmt.finalbody),
    }))
}
