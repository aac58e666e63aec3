//! Applications whose handlers ask for a session that nothing provides.

use std::collections::BTreeSet;

use memchr::memmem;
use smol_str::SmolStr;

use super::convert::{switch, text};
use super::routes::Routed;
use super::{Found, belong_together};
use crate::facts::{Fact, FactKind, Origin};
use crate::flow::{Class, Kind, Machine, Root, TyDef, Val};
use crate::ir::Span;
use crate::model::Role;
use crate::workspace::{FileKind, Workspace};

/// How deep builders of layers are looked into.
const DEPTH: u32 = 3;

/// What one function tells of it.
#[derive(Default)]
pub(super) struct Signs {
    /// A parameter is a session: its package, and the words in code that provides it.
    asks: Option<(SmolStr, SmolStr)>,
    /// The first router that it makes.
    router: Option<Span>,
    /// It puts layers around one that others may have put sessions into.
    opaque: bool,
    /// It hands an application to a server.
    serves: bool,
    /// What it takes out of a request is of a kind that other sites cannot send unasked.
    preflighted: bool,
}

impl Signs {
    pub(super) fn is_opaque(&self) -> bool {
        self.opaque
    }

    pub(super) fn serves(&self) -> bool {
        self.serves
    }

    pub(super) fn is_preflighted(&self) -> bool {
        self.preflighted
    }
}

pub(super) fn signs(root: &Root<'_, '_>) -> Signs {
    let machine = &root.machine;
    let mut signs = Signs { asks: asks(root), preflighted: is_preflighted(root), ..Signs::default() };
    for id in &machine.trace.made {
        let Some(object) = machine.state.object(*id) else { continue };
        let (Class::Model(path), Some(born)) = (&object.class, object.born) else { continue };
        let candidates = machine.program.catalog.candidates(path, born.file);
        if candidates.role() != Some(Role::Application) {
            continue;
        }
        signs.serves |= candidates.mark("serves").is_some();
        if candidates.mark("layers").is_some() {
            signs.router = signs.router.or(Some(born));
            signs.opaque |= object.items.iter().any(|(_, item)| is_opaque(machine, item, DEPTH));
        }
    }
    signs
}

fn asks(root: &Root<'_, '_>) -> Option<(SmolStr, SmolStr)> {
    let scope = root.definition.scope;
    root.definition.function.params.iter().find_map(|param| {
        let ty = root.machine.ty(param.ty.as_ref()?, scope);
        let Some(Class::Model(path)) = root.machine.class_of_type(&ty) else { return None };
        let candidates = root.machine.program.catalog.candidates(&path, scope.file);
        Some((candidates.package()?.clone(), candidates.mark("provided-by")?.clone()))
    })
}

fn is_preflighted(root: &Root<'_, '_>) -> bool {
    let scope = root.definition.scope;
    root.definition.function.params.iter().filter_map(|it| it.ty.as_ref()).any(|ty| {
        let ty = root.machine.ty(ty, scope);
        let Some(Class::Model(path)) = root.machine.class_of_type(&ty) else { return false };
        root.machine.program.catalog.candidates(&path, scope.file).mark("preflighted").is_some()
    })
}

/// Whether a layer is of code that nobody has read. What the project itself has is told by its words.
fn is_opaque(machine: &Machine<'_>, layer: &Val, depth: u32) -> bool {
    let layer = machine.state.refine(layer);
    match machine.class_of(&layer) {
        Some(Class::Project(_)) => false,
        Some(Class::Model(path)) => {
            let Kind::Object(id) = layer.kind else { return false };
            let Some(object) = machine.state.object(id) else { return true };
            let file = object.born.map_or(machine.scope.file, |it| it.file);
            let nested = machine.program.catalog.candidates(&path, file).mark("layers").is_some();
            nested && (depth == 0 || object.items.iter().any(|(_, it)| is_opaque(machine, it, depth - 1)))
        }
        _ => match layer.ty().map(|it| &it.def) {
            Some(TyDef::External(path)) => {
                let package = path.split("::").next().unwrap_or_default();
                !machine.program.catalog.models.knows(package)
            }
            _ => true,
        },
    }
}

/// One fact for every application that is served without what its handlers ask for.
pub(super) fn facts(found: &[Found], routed: &Routed, workspace: &Workspace, out: &mut Vec<Fact>) {
    if found.iter().any(|it| it.signs.opaque) {
        return;
    }
    let package = |it: Span| workspace.files[it.file.0 as usize].package;
    let served: Vec<_> = found.iter().filter(|it| it.signs.serves).map(|it| package(it.function)).collect();
    let mut seen = BTreeSet::new();
    for asking in found.iter().filter(|it| routed.contains_key(&it.function)) {
        let Some((stack, words)) = &asking.signs.asks else { continue };
        let leads_here = |it: &&Found| it.routes.iter().any(|(function, _)| *function == asking.function);
        let Some(place) = found.iter().filter(leads_here).find_map(|it| it.signs.router) else { continue };
        let is_served = served.iter().any(|it| belong_together(workspace, *it, package(place)));
        if !is_served || seen.contains(&place) || is_named(workspace, words) {
            continue;
        }
        seen.insert(place);
        let derived = || Origin::Derived(Vec::new());
        let mut fact = Fact::new(FactKind::Application, place);
        fact.attributes.insert("stack".into(), text(stack, derived()));
        fact.attributes.insert("session_middleware".into(), switch(false, Origin::Written(place)));
        fact.attributes.insert("complete".into(), switch(true, derived()));
        out.push(fact);
    }
}

/// Whether any code of the project has one of these words.
fn is_named(workspace: &Workspace, words: &str) -> bool {
    let finders: Vec<_> = words.split(' ').map(|it| memmem::Finder::new(it.as_bytes())).collect();
    workspace.files.iter().filter(|it| it.kind == FileKind::Rust).any(|it| {
        workspace
            .text(it.id)
            .is_none_or(|text| finders.iter().any(|finder| finder.find(text.text.as_bytes()).is_some()))
    })
}
