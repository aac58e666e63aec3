//! From evaluated functions to facts.

mod application;
mod assemble;
mod content;
mod convert;
mod cookie;
mod cors;
mod exempt;
mod file_key;
mod forgery;
mod handler;
mod key;
pub(crate) mod line;
mod missing;
mod routes;
mod session;

use std::cell::RefCell;
use std::collections::BTreeSet;

use rayon::prelude::*;

use super::{Attribute, Event, EventKind, Fact, Origin};
use smol_str::SmolStr;

use crate::flow::{
    Catalog, Index, Makers, Program, Relevance, Root, SettingsView, Start, Units, evaluate, matter, starts,
    tops,
};
use crate::ir::{FileId, Span};
use crate::model::Models;
use crate::workspace::{FileKind, FileRole, Workspace};

/// So many functions are evaluated by one thread in a row, and share what was looked up in models. It is the same number on
/// every machine, however many threads there are.
const PART: usize = 32;

/// What one function does.
struct Found {
    function: Span,
    inlined: BTreeSet<Span>,
    facts: Vec<Fact>,
    /// Functions that it gives requests to, and the method of these.
    routes: Vec<(Span, SmolStr)>,
    takes_request: bool,
    signs: missing::Signs,
    /// Stores of sessions that need no layer.
    stores: Vec<Fact>,
    /// What it adds to the cookies that an answer has already.
    rewrites: Vec<Rewrite>,
}

/// A layer changes the lines of cookies that others have set.
struct Rewrite {
    file: FileId,
    /// Attributes that the line has afterwards.
    attributes: Vec<&'static str>,
}

/// The facts of all code that matters, in file order.
#[must_use]
pub fn facts(
    workspace: &Workspace,
    models: &Models,
    units: &Units<'_>,
    settings: &std::collections::BTreeMap<smol_str::SmolStr, Attribute>,
) -> Vec<Fact> {
    let view = SettingsView::new(units, settings);
    let uses_framework = workspace.packages_around(&|package| models.is_framework(package));
    let files: Vec<_> = workspace
        .files
        .iter()
        .filter(|it| it.interesting && it.role == FileRole::Application)
        .filter(|it| it.package.is_none_or(|package| uses_framework[package]))
        .filter(|it| matches!(it.kind, FileKind::Rust | FileKind::Python))
        .map(|it| it.id)
        .collect();
    let index = Index::new(units);
    let files = matter(&index, files, &workspace.marks(models.roots()));
    let index = index.extended_by(files.clone());
    let wrapped = exempt::wrapped(&index, &Catalog::new(models, workspace), &files);
    let makers = Makers::new(&index);
    let relevance = Relevance::new(&index, &files, &|it| wrapped.contains_key(&it));
    let starts: Vec<_> = files.par_iter().flat_map_iter(|it| starts(*it, &index, &relevance)).collect();
    let found: Vec<Found> = starts
        .par_chunks(PART)
        .flat_map_iter(|part| {
            let catalog = Catalog::new(models, workspace);
            let program = Program {
                index: &index,
                catalog: &catalog,
                settings: &view,
                relevance: &relevance,
                methods: RefCell::default(),
                makers: &makers,
                made: RefCell::default(),
            };
            let one = |start: &Start| {
                evaluate(start, &program, &mut |root| Found {
                    function: root.definition.function.span,
                    inlined: root.machine.inlined.clone(),
                    facts: of_root(&root, &wrapped),
                    signs: missing::signs(&root),
                    stores: session::stores(&root),
                    routes: root.machine.trace.routes.clone(),
                    takes_request: handler::takes_request(&root),
                    rewrites: cookie::rewrites(&root),
                })
            };
            part.iter().map(one).collect::<Vec<_>>()
        })
        .collect();
    let calls: Vec<_> = found.iter().map(|it| (it.function, it.inlined.clone())).collect();
    let tops = tops(&calls);
    let routed = routes::of(&found);
    let mut facts = Vec::new();
    let mut rewrites = Vec::new();
    let mut stores = Vec::new();
    missing::facts(&found, &routed, workspace, &mut facts);
    let acting = forgery::acting(&found, &routed);
    for mut found in found.into_iter().filter(|it| tops.contains(&it.function)) {
        routes::join(&mut found, &routed);
        facts.extend(found.facts);
        rewrites.extend(found.rewrites);
        stores.extend(found.stores);
    }
    // A layer speaks for the stores that it is given.
    if !facts.iter().any(|it| it.kind == super::FactKind::Session) {
        facts.extend(stores);
    }
    facts.dedup();
    for rewrite in &rewrites {
        let package = workspace.files[rewrite.file.0 as usize].package;
        let same = |it: &&mut Fact| workspace.files[it.span.file.0 as usize].package == package;
        facts.iter_mut().filter(same).for_each(|fact| cookie::rewritten(fact, rewrite));
    }
    facts.extend(file_key::facts(workspace, models, &view));
    join(&mut facts);
    cors::join(&mut facts, workspace);
    if let Some(acting) = acting {
        forgery::join(&acting, workspace, &mut facts);
    }
    facts
}

fn of_root(root: &Root<'_, '_>, wrapped: &exempt::Wrapped) -> Vec<Fact> {
    let mut facts = Vec::new();
    cookie::facts(root, &mut facts);
    session::facts(root, &mut facts);
    key::facts(root, &mut facts);
    handler::facts(root, wrapped, &mut facts);
    application::facts(root, &mut facts);
    facts
}

/// Whether two packages are one, or one is built on the other.
fn belong_together(workspace: &Workspace, a: Option<usize>, b: Option<usize>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return true };
    let needs = |user: usize, used: usize| {
        let name = &workspace.packages[used].name;
        !name.is_empty() && workspace.packages_around(&|it| it == name)[user]
    };
    a == b || needs(a, b) || needs(b, a)
}

/// What handlers need to know of the session layers of their stack.
fn join(facts: &mut [Fact]) {
    use super::FactKind;
    let sessions: Vec<Fact> = facts.iter().filter(|it| it.kind == FactKind::Session).cloned().collect();
    let writes: Vec<&Event> =
        facts.iter().flat_map(|it| &it.events).filter(|it| it.kind == EventKind::WritePayload).collect();
    let sensitive =
        writes.iter().any(|it| it.operands.get("value").is_some_and(|it| content::sensitive(it).is_some()));
    let logout = facts.iter().any(|it| {
        it.kind == FactKind::Handler
            && it.events.iter().any(|it| matches!(it.kind, EventKind::Logout | EventKind::Destroy))
    });
    // With several layers it is not known which one a handler's session is of.
    let single = sessions.iter().all(|it| it.span == sessions[0].span);
    for fact in facts.iter_mut().filter(|it| it.kind == FactKind::Session && single) {
        let derived = || Origin::Derived(Vec::new());
        fact.attributes.insert("holds_sensitive".into(), convert::switch(sensitive, derived()));
        fact.attributes.insert("needs_server_logout".into(), convert::switch(logout, derived()));
    }
    for fact in facts.iter_mut().filter(|it| it.kind == FactKind::Handler) {
        let mut stores: Vec<&Attribute> = Vec::new();
        for session in &sessions {
            if let Some(store) = session.attribute("store")
                && !stores.iter().any(|it| it.value == store.value)
            {
                stores.push(store);
            }
        }
        if let [store] = stores.as_slice() {
            fact.attributes.insert("store".into(), (*store).clone());
        }
    }
}
