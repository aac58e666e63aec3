//! Where evaluation begins: every function of the files that matter.

use std::collections::BTreeSet;
use std::sync::Arc;

use smol_str::SmolStr;

use super::call::Args;
use super::index::{Index, ScopeId};
use super::machine::{Call, Machine, Program};
use super::relevance::Relevance;
use super::scope::{Definition, FileIndex};
use super::value::{Callee, Kind, TyDef, Val};
use crate::ir::{FileId, Function, PatternKind, Span};

/// Functions that return functions, one in the other: a decorator with arguments.
const LEVELS: u32 = 3;

/// One function evaluated with unknown arguments.
pub struct Root<'m, 'a> {
    pub definition: &'m Definition,
    pub machine: Machine<'a>,
    /// What it returned.
    pub value: Val,
}

/// A function with which evaluation begins.
pub struct Start {
    names: Arc<FileIndex>,
    scope: ScopeId,
    /// Index in the functions of its scope.
    function: usize,
}

impl Start {
    fn definition(&self) -> &Definition {
        &self.names.scopes[self.scope.index as usize].functions[self.function]
    }
}

/// The functions of a file that matter and that production has.
#[must_use]
pub fn starts(file: FileId, index: &Index<'_>, relevance: &Relevance) -> Vec<Start> {
    let Some(names) = index.file(file) else { return Vec::new() };
    let mut starts = Vec::new();
    for (at, scope) in names.scopes.iter().enumerate().filter(|(_, it)| !it.test) {
        let scope_id = ScopeId { file, index: u32::try_from(at).unwrap_or(u32::MAX) };
        for (function, it) in scope.functions.iter().enumerate() {
            let is_released = it.gate.as_deref().and_then(super::scope::release_gate) != Some(false);
            if relevance.has(it.function.span) && is_released {
                starts.push(Start { names: Arc::clone(&names), scope: scope_id, function });
            }
        }
    }
    starts
}

/// Evaluates a function, and hands it to `visit`.
pub fn evaluate<'a, T>(
    start: &Start,
    program: &'a Program<'a>,
    visit: &mut dyn FnMut(Root<'_, 'a>) -> T,
) -> T {
    let definition = start.definition();
    let mut machine = Machine::new(program, start.scope);
    let value = run(&mut machine, definition);
    visit(Root { definition, machine, value })
}

fn run(machine: &mut Machine<'_>, definition: &Definition) -> Val {
    let function = &definition.function;
    let mut value = perform(machine, definition);
    if function.body.is_some() {
        let call = outermost(machine, definition);
        machine.calls.push(call);
        value = call_returned(machine, value, function.span);
        machine.emit_returned(&value, function.span, super::emit::PARTS);
        machine.answer(&value, function.span);
        machine.calls.pop();
    }
    value
}

/// What a function that makes another one makes in the end: somebody calls what a decorator or a layer returns.
fn call_returned(machine: &mut Machine<'_>, mut value: Val, span: Span) -> Val {
    for _ in 0..LEVELS {
        let made = value.ends().find_map(|it| match &it.kind {
            Kind::Function(callee) => match callee.as_ref() {
                Callee::Closure(function, scope, _) => Some((function.clone(), *scope)),
                _ => None,
            },
            _ => None,
        });
        let Some((function, scope)) = made.filter(|it| span.contains(it.0.span)) else { break };
        let caller = std::mem::replace(&mut machine.scope, scope);
        let arguments = unknown_arguments(machine, &function);
        machine.scope = caller;
        value = machine.apply(&value, arguments, function.span, function.span);
    }
    value
}

/// Evaluates a function that nobody calls.
pub(super) fn perform(machine: &mut Machine<'_>, definition: &Definition) -> Val {
    let function = &definition.function;
    let Some(body) = &function.body else { return Val::null() };
    machine.scope = definition.scope;
    machine.owner = machine.owner_type(definition);
    let call = outermost(machine, definition);
    machine.calls.push(call);
    let arguments = unknown_arguments(machine, function);
    machine.bind_params(function, None, arguments);
    let value = machine.block(body);
    machine.finish(value, 0)
}

fn outermost(machine: &Machine<'_>, definition: &Definition) -> Call {
    let item = machine.definition_path(definition);
    Call { function: definition.function.span, item, site: None, returns: Vec::new(), yields: false }
}

/// An unknown value for every parameter, of its written type or of the type that its name stands for.
pub(super) fn unknown_arguments(machine: &mut Machine<'_>, function: &Function) -> Args {
    let mut args = Args::default();
    for param in &function.params {
        let name: Option<SmolStr> = match &param.pattern.kind {
            PatternKind::Bind(name, _) => Some(name.clone()),
            _ => None,
        };
        let ty = match (&param.ty, &name) {
            (Some(written), _) => Some(machine.ty(written, machine.scope)),
            (None, Some(name)) if name == "self" => machine.owner.clone(),
            (None, Some(name)) => machine.param_hint(name, machine.scope.file),
            (None, None) => None,
        };
        let kind = name.clone().map_or(Kind::Unknown("an argument"), Kind::Param);
        let mut value = Val::at(kind, param.span);
        if let Some(ty) = ty {
            let labels = machine.program.catalog.type_labels(&ty, machine.scope.file);
            if matches!(&ty.def, TyDef::External(path) if machine.program.catalog.class(path, machine.scope.file).is_some())
            {
                machine.touch();
            }
            value = value.labelled(labels).with_info(|info| info.ty = Some(ty));
        }
        if let Some(name) = name {
            value = value.with_info(|info| info.names = vec![name.clone()]);
            if !matches!(param.kind, crate::ir::ParamKind::Ordinary) {
                args.named.push((name, value));
                continue;
            }
        }
        args.positional.push(value);
    }
    args.open = true;
    args
}

/// Of functions that were evaluated by themselves and inside others: those whose own view counts. A function that others
/// follow is judged where it is called; one that is only reached in a circle is judged by itself.
#[must_use]
pub fn tops(roots: &[(Span, BTreeSet<Span>)]) -> BTreeSet<Span> {
    use std::collections::BTreeMap;
    let calls: BTreeMap<Span, &BTreeSet<Span>> =
        roots.iter().map(|(span, inlined)| (*span, inlined)).collect();
    let called: BTreeSet<Span> = roots
        .iter()
        .flat_map(|(span, inlined)| inlined.iter().copied().filter(move |it| it != span))
        .collect();
    let mut tops: BTreeSet<Span> =
        roots.iter().map(|(span, _)| *span).filter(|span| !called.contains(span)).collect();
    let mut covered: BTreeSet<Span> = BTreeSet::new();
    let cover = |span: Span, covered: &mut BTreeSet<Span>| {
        covered.insert(span);
        if let Some(inlined) = calls.get(&span) {
            covered.extend(inlined.iter().copied());
        }
    };
    for span in &tops {
        cover(*span, &mut covered);
    }
    for (span, _) in roots {
        if !covered.contains(span) {
            tops.insert(*span);
            cover(*span, &mut covered);
        }
    }
    tops
}
