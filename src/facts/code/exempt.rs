//! Which handlers a decorator, or a wrapper in a table of routes, takes out of CSRF protection.

use rustc_hash::FxHashMap as HashMap;
use smol_str::SmolStr;

use crate::flow::{Catalog, Index, Machine, Meaning, Owner, Root, ScopeId, TypeId, dotted};
use crate::ir::walk::{Part, parts, parts_of_statement};
use crate::ir::{Attribute, Block, Expr, ExprKind, FileId, Span, StmtKind};

/// Functions and classes that are wrapped where they are routed, `csrf_exempt(View.as_view())`, and where that is written.
pub(super) type Wrapped = HashMap<Span, Span>;

/// Methods that browsers send without a token in any case.
const SAFE: [&str; 4] = ["get", "head", "options", "trace"];

/// Looks at the module level of all files.
pub(super) fn wrapped(index: &Index<'_>, catalog: &Catalog<'_>, files: &[FileId]) -> Wrapped {
    let mut found = Wrapped::default();
    for file in files {
        if index.separator(*file) != "." {
            continue;
        }
        let Some(names) = index.file(*file) else { continue };
        let scope = ScopeId { file: *file, index: 0 };
        in_block(&names.unit.body, &mut |expr| {
            if let ExprKind::Call(call) = &expr.kind
                && let Some(path) = dotted(&call.callee)
                && let Some(Meaning::External(path)) = index.resolve(scope, &path)
                && does(catalog, &path, *file).as_deref() == Some(EXEMPTS)
            {
                let targets = call.args.iter().filter_map(|arg| target(index, scope, &arg.value));
                found.extend(targets.map(|it| (it, call.callee.span)));
            }
        });
    }
    found
}

/// What is handed over: a function, or the class whose method made it (`View.as_view()`).
fn target(index: &Index<'_>, scope: ScopeId, value: &Expr) -> Option<Span> {
    let path = dotted(value)?;
    let class = path.split_last().map(|(_, class)| class).filter(|it| !it.is_empty());
    match (index.resolve(scope, &path), class.and_then(|it| index.resolve(scope, it))) {
        (Some(Meaning::Function(definition)), _) => Some(definition.function.span),
        (_, Some(Meaning::Type(id))) => Some(id.def.span),
        _ => None,
    }
}

/// Expressions of a module outside of its functions and classes.
fn in_block(block: &Block, each: &mut dyn FnMut(&Expr)) {
    for stmt in &block.stmts {
        if !matches!(stmt.kind, StmtKind::Item(_)) {
            parts_of_statement(stmt, &mut |part| in_part(part, each));
        }
    }
    if let Some(value) = &block.value {
        in_part(Part::Expr(value), each);
    }
}

fn in_part(part: Part<'_>, each: &mut dyn FnMut(&Expr)) {
    match part {
        Part::Block(block) => in_block(block, each),
        Part::Expr(expr) => {
            each(expr);
            parts(expr, &mut |part| in_part(part, each));
        }
    }
}

const EXEMPTS: &str = "csrf-exempt";

fn does(catalog: &Catalog<'_>, path: &str, file: FileId) -> Option<SmolStr> {
    catalog.ask(file, |versions| catalog.models.named(path, versions)?.traits.get("does").cloned())
}

/// Where protection of the handler is switched off.
pub(super) fn place(root: &Root<'_, '_>, wrapped: &Wrapped) -> Option<Span> {
    let machine = &root.machine;
    let function = &root.definition.function;
    match &root.definition.owner {
        None => by_decorator(machine, &function.attributes, root.definition.scope)
            .or_else(|| wrapped.get(&function.span).copied()),
        // On a method a decorator of views does nothing, except on the one that dispatches.
        Some(Owner::Type(def)) if !SAFE.contains(&function.name.name.as_str()) => {
            let id = TypeId { def: def.clone(), scope: root.definition.scope };
            // A framework's class that is outside of the middleware's protection and checks tokens by itself.
            if machine.mark_of_bases(&id, "csrf").is_some() {
                return None;
            }
            wrapped.get(&def.span).copied().or_else(|| of_class(machine, &id, DEPTH))
        }
        Some(_) => None,
    }
}

/// Whether a method replaces a framework's check of tokens by nothing.
pub(super) fn switches_off(root: &Root<'_, '_>) -> bool {
    let Some(Owner::Type(def)) = &root.definition.owner else { return false };
    let function = &root.definition.function;
    let id = TypeId { def: def.clone(), scope: root.definition.scope };
    replaces_check(&root.machine, &id, &function.name.name)
        && function.body.as_ref().is_some_and(|body| !acts(body))
}

fn replaces_check(machine: &Machine<'_>, id: &TypeId, method: &str) -> bool {
    let catalog = machine.program.catalog;
    let checks = |path: &SmolStr| {
        catalog.ask(id.scope.file, |versions| {
            let named = catalog.models.named(path, versions);
            named.is_some_and(|it| it.traits.get("csrf-method").is_some_and(|it| it == method))
        })
    };
    machine.foreign_bases(id).iter().any(checks)
}

/// Whether a body calls or raises anything.
fn acts(body: &Block) -> bool {
    let mut acts = false;
    in_block(body, &mut |expr| {
        acts |= matches!(expr.kind, ExprKind::Call(_) | ExprKind::Method(_) | ExprKind::Raise(_));
    });
    acts
}

/// Base classes that are looked at, one behind the other.
const DEPTH: u32 = 4;

fn of_class(machine: &Machine<'_>, id: &TypeId, depth: u32) -> Option<Span> {
    if let Some(place) = by_decorator(machine, &id.def.attributes, id.scope) {
        return Some(place);
    }
    let members = machine.program.index.members(id);
    let dispatcher = machine.mark_of_bases(id, "dispatches");
    if let Some(own) = members.iter().find(|it| dispatcher.as_ref() == Some(&it.function.name.name)) {
        return by_decorator(machine, &own.function.attributes, own.scope);
    }
    let depth = depth.checked_sub(1)?;
    bases(machine, id).iter().find_map(|it| of_class(machine, it, depth))
}

fn bases(machine: &Machine<'_>, id: &TypeId) -> Vec<TypeId> {
    let resolve = |path: &[crate::ir::Name]| match machine.program.index.resolve(id.scope, path) {
        Some(Meaning::Type(base)) if base != *id => Some(base),
        _ => None,
    };
    id.def.bases.iter().filter_map(|it| resolve(&it.path)).collect()
}

fn by_decorator(machine: &Machine<'_>, attributes: &[Attribute], scope: ScopeId) -> Option<Span> {
    let mut found = None;
    for (path, span) in machine.decorators(attributes, scope) {
        match does(machine.program.catalog, &path, scope.file).as_deref() {
            Some(EXEMPTS) => found = Some(span),
            // A decorator that brings its own check instead.
            Some(other) if other.split(' ').any(|it| it == EXEMPTS) => return None,
            _ => {}
        }
    }
    found
}
