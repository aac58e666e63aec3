//! The names that a file defines, module by module.

use std::sync::{Arc, RwLock};

use rustc_hash::FxHashMap as HashMap;

use super::index::{Meaning, ScopeId};
use crate::ir::{
    Block, Constant, Expr, ExprKind, Extend, FileId, Function, Import, Item, ItemKind, Literal, MacroDef,
    Name, Pattern, PatternKind, Stmt, StmtKind, TypeDef, Unit,
};

/// One file with its names.
pub struct FileIndex {
    pub unit: Arc<Unit>,
    /// It imports a web framework that no model is about, so that its names mean other things.
    pub foreign: bool,
    pub scopes: Vec<Scope>,
}

/// The names of one module.
#[derive(Default)]
pub struct Scope {
    pub parent: Option<u32>,
    /// Path inside the file.
    pub path: Vec<Name>,
    pub names: HashMap<Name, Vec<Entry>>,
    pub globs: Vec<Import>,
    /// Imported names that other modules may import from here.
    pub handed_on: Vec<Name>,
    pub extends: Vec<Arc<Extend>>,
    /// Functions and methods in order, for the roots of the evaluation.
    pub functions: Vec<Definition>,
    /// Under `#[cfg(test)]`.
    pub test: bool,
    /// What paths were found to mean here.
    pub(super) answers: RwLock<HashMap<Vec<Name>, Option<Meaning>>>,
}

/// What a name stands for in its module.
#[derive(Clone)]
pub enum Entry {
    Function(Arc<Function>, Gate),
    Type(Arc<TypeDef>),
    Constant(Arc<Constant>, Gate),
    /// A module inside the file.
    Module(u32),
    /// A module in a file of its own.
    FileModule,
    Import(Import),
    Macro(Arc<MacroDef>),
    /// A script's variable: its last assignment.
    Variable(Arc<Expr>),
}

/// When a definition exists: the `cfg` condition over it.
pub type Gate = Option<Arc<Expr>>;

/// A function where it is defined.
#[derive(Clone)]
pub struct Definition {
    pub function: Arc<Function>,
    pub scope: ScopeId,
    /// The type whose method it is: last segment as written.
    pub owner: Option<Owner>,
    pub gate: Gate,
}

#[derive(Clone)]
pub enum Owner {
    Type(Arc<TypeDef>),
    Extend(Arc<Extend>),
}

/// Whether a `cfg` condition holds in a release build without tests; `None` when a feature or platform decides.
#[must_use]
pub fn release_gate(gate: &Expr) -> Option<bool> {
    use crate::ir::{BinaryOp, UnaryOp};
    match &gate.kind {
        ExprKind::BuildFlag(name) => match name.as_str() {
            "debug_assertions" | "test" => Some(false),
            _ => None,
        },
        // `any()`, `all()`
        ExprKind::Literal(Literal::Bool(it)) => Some(*it),
        ExprKind::Unary(UnaryOp::Not, inner) => release_gate(inner).map(|it| !it),
        ExprKind::Binary(BinaryOp::And, left, right) => match (release_gate(left), release_gate(right)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), other) | (other, Some(true)) => other,
            _ => None,
        },
        ExprKind::Binary(BinaryOp::Or, left, right) => match (release_gate(left), release_gate(right)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), other) | (other, Some(false)) => other,
            _ => None,
        },
        _ => None,
    }
}

/// Whether a condition needs a test build.
fn only_in_tests(gate: &Expr) -> bool {
    use crate::ir::BinaryOp;
    match &gate.kind {
        ExprKind::BuildFlag(name) => name == "test",
        ExprKind::Binary(BinaryOp::And, left, right) => only_in_tests(left) || only_in_tests(right),
        ExprKind::Binary(BinaryOp::Or, left, right) => only_in_tests(left) && only_in_tests(right),
        _ => false,
    }
}

pub(super) fn index_unit(unit: Arc<Unit>) -> FileIndex {
    let mut scopes = vec![Scope::default()];
    let file = unit.file;
    index_block(file, &unit.body, 0, &mut scopes, false);
    let others = &super::builtin::builtins().other_frameworks;
    let foreign = scopes[0].names.values().flatten().any(|entry| match entry {
        Entry::Import(import) => import.path.first().is_some_and(|it| others.contains(it.as_str())),
        _ => false,
    });
    FileIndex { unit, foreign, scopes }
}

fn index_block(file: FileId, block: &Block, scope: u32, scopes: &mut Vec<Scope>, test: bool) {
    for stmt in &block.stmts {
        index_stmt(file, stmt, scope, scopes, test);
    }
}

fn index_stmt(file: FileId, stmt: &Stmt, scope: u32, scopes: &mut Vec<Scope>, test: bool) {
    match &stmt.kind {
        StmtKind::Item(item) => index_item(file, item, scope, scopes, test),
        StmtKind::Expr(expr) => index_script(file, expr, scope, scopes, test),
        StmtKind::Let {
            pattern: Pattern { kind: PatternKind::Bind(name, None), .. },
            value: Some(value),
            ..
        } => {
            variable(&mut scopes[scope as usize], name, value);
        }
        StmtKind::Let { .. } => {}
    }
}

/// Module-level code defines names too, also under conditions.
fn index_script(file: FileId, expr: &Expr, scope: u32, scopes: &mut Vec<Scope>, test: bool) {
    match &expr.kind {
        ExprKind::Assign { target, op: None, value } => {
            if let ExprKind::Path(path) = &target.kind
                && let [name] = path.segments.as_slice()
            {
                variable(&mut scopes[scope as usize], name, value);
            }
        }
        ExprKind::If(branch) => {
            index_block(file, &branch.then, scope, scopes, test);
            if let Some(or_else) = &branch.or_else {
                index_block(file, or_else, scope, scopes, test);
                if let Some(value) = &or_else.value {
                    index_script(file, value, scope, scopes, test);
                }
            }
        }
        ExprKind::TryCatch(attempt) => {
            for handler in &attempt.handlers {
                index_block(file, &handler.body, scope, scopes, test);
            }
            // The attempt itself last: it wins over its fallback.
            index_block(file, &attempt.body, scope, scopes, test);
            for block in attempt.or_else.iter().chain(&attempt.finally) {
                index_block(file, block, scope, scopes, test);
            }
        }
        ExprKind::With(with) => index_block(file, &with.body, scope, scopes, test),
        ExprKind::Block(block) => index_block(file, block, scope, scopes, test),
        _ => {}
    }
}

fn variable(scope: &mut Scope, name: &Name, value: &Expr) {
    scope.names.entry(name.clone()).or_default().push(Entry::Variable(Arc::new(value.clone())));
}

fn index_item(file: FileId, item: &Item, scope: u32, scopes: &mut Vec<Scope>, test: bool) {
    let test = test
        || item.gate.as_ref().is_some_and(only_in_tests)
        || item.attributes.iter().any(is_test_attribute);
    let gate: Gate = item.gate.clone().map(Arc::new);
    let id = ScopeId { file, index: scope };
    let add = |scopes: &mut Vec<Scope>, name: &Name, entry: Entry| {
        scopes[scope as usize].names.entry(name.clone()).or_default().push(entry);
    };
    match &item.kind {
        ItemKind::Import(import) if import.star => scopes[scope as usize].globs.push(import.clone()),
        ItemKind::Import(import) => {
            if let Some(alias) = &import.alias {
                if item.public {
                    scopes[scope as usize].handed_on.push(alias.clone());
                }
                add(scopes, alias, Entry::Import(import.clone()));
            }
        }
        ItemKind::Function(function) => {
            if !test {
                let definition =
                    Definition { function: function.clone(), scope: id, owner: None, gate: gate.clone() };
                scopes[scope as usize].functions.push(definition);
            }
            add(scopes, &function.name.name, Entry::Function(function.clone(), gate));
        }
        ItemKind::Type(def) => {
            if !test {
                methods(&def.body, id, &Owner::Type(def.clone()), &mut scopes[scope as usize].functions);
            }
            add(scopes, &def.name.name, Entry::Type(def.clone()));
        }
        ItemKind::Extend(extend) => {
            if !test {
                for inner in &extend.items {
                    method(inner, id, &Owner::Extend(extend.clone()), &mut scopes[scope as usize].functions);
                }
            }
            scopes[scope as usize].extends.push(extend.clone());
        }
        ItemKind::Constant(constant) => {
            add(scopes, &constant.name.name, Entry::Constant(constant.clone(), gate));
        }
        ItemKind::Module(module) => match &module.body {
            Some(body) => {
                let index = u32::try_from(scopes.len()).unwrap_or(u32::MAX);
                let mut path = scopes[scope as usize].path.clone();
                path.push(module.name.name.clone());
                scopes.push(Scope { parent: Some(scope), path, test, ..Scope::default() });
                index_block(file, body, index, scopes, test);
                add(scopes, &module.name.name, Entry::Module(index));
            }
            None => add(scopes, &module.name.name, Entry::FileModule),
        },
        ItemKind::Macro(definition) => {
            add(scopes, &definition.name.name, Entry::Macro(definition.clone()));
        }
    }
}

pub(super) fn methods(body: &Block, scope: ScopeId, owner: &Owner, out: &mut Vec<Definition>) {
    for stmt in &body.stmts {
        if let StmtKind::Item(item) = &stmt.kind {
            method(item, scope, owner, out);
        }
    }
}

pub(super) fn method(item: &Item, scope: ScopeId, owner: &Owner, out: &mut Vec<Definition>) {
    let gate: Gate = item.gate.clone().map(Arc::new);
    if gate.as_deref().is_some_and(|it| only_in_tests(it) || release_gate(it) == Some(false)) {
        return;
    }
    match &item.kind {
        ItemKind::Function(function) => {
            out.push(Definition { function: function.clone(), scope, owner: Some(owner.clone()), gate });
        }
        ItemKind::Type(def) => methods(&def.body, scope, &Owner::Type(def.clone()), out),
        _ => {}
    }
}

/// `#[test]`, `#[tokio::test]` and the like: the last segment says it.
fn is_test_attribute(attribute: &crate::ir::Attribute) -> bool {
    let path = match &attribute.expr.kind {
        ExprKind::Path(path) => path,
        ExprKind::Call(call) => match &call.callee.kind {
            ExprKind::Path(path) => path,
            _ => return false,
        },
        _ => return false,
    };
    path.segments.last().is_some_and(|last| super::builtin::builtins().tests.contains(last.as_str()))
}
