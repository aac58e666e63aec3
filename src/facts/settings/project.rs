//! Which settings modules there are, which belong together, and which of them production runs.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use smol_str::SmolStr;

use crate::ir::{ItemKind, Span, StmtKind};
use crate::source::FileId;
use crate::workspace::{FileEntry, FileKind, FileRole, Workspace};

use super::entry::{self, Entry, Evidence};
use super::eval::Evaluator;
use super::scope::Namespace;
use super::value::{Class, Object, Val};
use super::words::{self, Role};

/// The settings that are judged for one project.
pub(super) struct Judged {
    pub(super) file: FileId,
    /// Dotted name of the module, and of the class.
    pub(super) item: SmolStr,
    pub(super) role: Role,
    pub(super) names: Rc<Namespace>,
    /// Other modules build on it, and the one that production runs is not among them.
    pub(super) partial: bool,
    /// Where to point for what is not there: the first statement.
    pub(super) head: Span,
}

/// A module, or a class of one.
struct Scope {
    file: FileId,
    class: Option<SmolStr>,
    names: Rc<Namespace>,
    role: Option<Role>,
    span: Span,
    /// Classes that this one derives from, by their spans.
    bases: Vec<Span>,
}

/// One entry a project, in the order of the files.
pub(super) fn judged(workspace: &Workspace, evaluator: &mut Evaluator<'_>) -> Vec<Judged> {
    let entries = entry::entries(workspace, evaluator);
    let scopes = scopes(workspace, evaluator, &entries);
    let groups = groups(workspace, evaluator, &scopes, &entries);
    let mut judged: Vec<Judged> = groups
        .values()
        .filter_map(|group| {
            let scopes: Vec<&Scope> = group.iter().map(|at| &scopes[*at]).collect();
            choose(workspace, evaluator, &scopes, &entries)
        })
        .collect();
    judged.sort_by(|a, b| (a.file, &a.item).cmp(&(b.file, &b.item)));
    judged
}

/// A cheap look at the name and the text: whether the file may hold settings.
fn is_candidate(workspace: &Workspace, file: &FileEntry) -> bool {
    if file.kind != FileKind::Python {
        return false;
    }
    let mut parts = file.path.rsplit('/');
    let name = parts.next().unwrap_or_default().trim_end_matches(".py");
    // A settings package may have a package for each deployment.
    let folders = if name == "__init__" { 2 } else { 1 };
    let by_name = words::is_settings_place(name) || parts.take(folders).any(words::is_settings_place);
    if !by_name && !file.interesting {
        return false;
    }
    let Some(text) = workspace.text(file.id) else { return false };
    let has = |needle: &str| memchr::memmem::find(text.text.as_bytes(), needle.as_bytes()).is_some();
    if !by_name {
        return has("INSTALLED_APPS");
    }
    let builds_on_others = || has("import *") || has("include(");
    let of_a_role = || words::module_role(name).is_some() && words::shape().iter().any(|it| has(it));
    words::core().iter().any(|it| has(it)) || builds_on_others() || of_a_role()
}

fn scopes(workspace: &Workspace, evaluator: &mut Evaluator<'_>, entries: &[Entry]) -> Vec<Scope> {
    let pointed_at: BTreeSet<FileId> = entries.iter().map(|it| it.module).collect();
    let mut scopes = Vec::new();
    for file in &workspace.files {
        if !pointed_at.contains(&file.id) && !is_candidate(workspace, file) {
            continue;
        }
        let names = evaluator.module(file.id);
        let classes = classes(evaluator, file, &names);
        let whole = words::has_shape(|it| names.names.contains_key(it));
        let extends = evaluator.edges.iter().any(|(from, to)| *from == file.id && *to != file.id)
            && names.names.keys().any(|it| words::shape().iter().any(|shape| shape == it));
        let library = !names.open.is_empty()
            && names.names.keys().any(|it| words::shape().iter().any(|shape| shape == it));
        if whole || (classes.is_empty() && (pointed_at.contains(&file.id) || extends || library)) {
            let span = head(evaluator, file.id);
            scopes.push(Scope {
                file: file.id,
                class: None,
                names,
                role: role_of(file, None),
                span,
                bases: Vec::new(),
            });
        }
        scopes.extend(classes);
    }
    for at in 0..scopes.len() {
        let Some(file) = workspace.files.get(scopes[at].file.0 as usize) else { continue };
        let stem = file.path.rsplit('/').next().unwrap_or_default();
        let on_development = || {
            scopes.iter().any(|other| {
                other.role == Some(Role::Development) && evaluator.edges.contains(&(file.id, other.file))
            })
        };
        if scopes[at].role == Some(Role::Production) && words::is_ambiguous(stem) && on_development() {
            scopes[at].role = Some(Role::Development);
        }
    }
    scopes
}

/// Classes that hold settings.
fn classes(evaluator: &mut Evaluator<'_>, file: &FileEntry, names: &Namespace) -> Vec<Scope> {
    let Some(unit) = evaluator.units.get(file.id) else { return Vec::new() };
    let mut scopes = Vec::new();
    for stmt in &unit.body.stmts {
        let StmtKind::Item(item) = &stmt.kind else { continue };
        let ItemKind::Type(def) = &item.kind else { continue };
        // A class without bases and without capitals holds no settings.
        let Some(Val::Object(Object::Class(class))) =
            names.names.get(&def.name.name).map(|it| it.val.clone())
        else {
            continue;
        };
        let namespace = evaluator.class(&class);
        if !words::has_shape(|it| namespace.names.contains_key(it)) {
            continue;
        }
        scopes.push(Scope {
            file: file.id,
            class: Some(def.name.name.clone()),
            names: namespace,
            role: role_of(file, Some(&def.name.name)),
            span: def.name.span,
            bases: bases(evaluator, &class),
        });
    }
    scopes
}

fn bases(evaluator: &mut Evaluator<'_>, class: &Rc<Class>) -> Vec<Span> {
    let def = class.def.clone();
    def.bases
        .iter()
        .filter_map(|base| match evaluator.type_value(class, base) {
            Val::Object(Object::Class(it)) => Some(it.def.name.span),
            _ => None,
        })
        .collect()
}

/// The role that names promise: of the class, of the file, of the folders around it when they speak of tests or examples.
fn role_of(file: &FileEntry, class: Option<&str>) -> Option<Role> {
    match file.role {
        FileRole::Test => return Some(Role::Test),
        FileRole::Example => return Some(Role::Example),
        FileRole::Application => {}
    }
    // A folder that is named when a project is made of the template.
    if file.path.contains("{{") {
        return Some(Role::Example);
    }
    let clear = |name: &&str| !words::is_ambiguous(name) && words::module_role(name) != Some(Role::Base);
    if let Some(role) = class.filter(clear).and_then(words::module_role) {
        return Some(role);
    }
    let mut parts = file.path.trim_end_matches(".py").rsplit('/');
    let stem = parts.next();
    // A package is called what its folder is called.
    let stem =
        if stem == Some("__init__") { parts.clone().next().filter(|it| clear(it)).or(stem) } else { stem };
    let own = stem.and_then(words::module_role).filter(|it| class.is_none() || *it != Role::Base);
    if own.is_some_and(|it| it != Role::Base) {
        return own;
    }
    let around =
        parts.take(2).filter_map(words::module_role).find(|it| matches!(it, Role::Test | Role::Example));
    around.or(own).or_else(|| class.and_then(words::module_role))
}

fn head(evaluator: &Evaluator<'_>, file: FileId) -> Span {
    let whole = Span::new(file, 0, 0);
    let Some(unit) = evaluator.units.get(file) else { return whole };
    let is_text = |stmt: &crate::ir::Stmt| matches!(&stmt.kind, StmtKind::Expr(it) if matches!(it.kind, crate::ir::ExprKind::Literal(_)));
    unit.body.stmts.iter().find(|it| !is_text(it)).map_or(whole, |it| it.span)
}

/// Scopes of one project share a folder or take names from each other.
fn groups(
    workspace: &Workspace,
    evaluator: &Evaluator<'_>,
    scopes: &[Scope],
    entries: &[Entry],
) -> BTreeMap<usize, Vec<usize>> {
    let mut parent: Vec<usize> = (0..scopes.len()).collect();
    let mut by_folder: BTreeMap<String, usize> = BTreeMap::new();
    let mut by_file: BTreeMap<FileId, usize> = BTreeMap::new();
    for (at, scope) in scopes.iter().enumerate() {
        let first = *by_file.entry(scope.file).or_insert(at);
        union(&mut parent, first, at);
        let Some(path) = workspace.files.get(scope.file.0 as usize).map(|it| it.path.as_str()) else {
            continue;
        };
        let first = *by_folder.entry(project_folder(path)).or_insert(at);
        union(&mut parent, first, at);
    }
    // Two sites of one repository may share settings and stay two.
    let started: BTreeSet<(usize, FileId)> = entries
        .iter()
        .filter(|it| it.evidence == Evidence::Server || is_manage(workspace, it.by))
        .filter_map(|it| {
            let at = *by_file.get(&it.module)?;
            // Settings that only add to those of another site have no pages of their own.
            let pages = scopes[at].names.names.get("ROOT_URLCONF")?.span.file;
            let own = root(&parent, *by_file.get(&pages)?) == root(&parent, at);
            own.then_some((root(&parent, at), it.module))
        })
        .collect();
    let is_site =
        |parent: &[usize], at: usize| started.iter().any(|(it, _)| root(parent, *it) == root(parent, at));
    for (from, to) in &evaluator.edges {
        if let (Some(from), Some(to)) = (by_file.get(from), by_file.get(to)) {
            if is_site(&parent, *from) && is_site(&parent, *to) {
                continue;
            }
            union(&mut parent, *from, *to);
        }
    }
    // Scripts of one folder start one project.
    let mut by_script: BTreeMap<FileId, usize> = BTreeMap::new();
    for entry in entries.iter().filter(|it| matches!(it.evidence, Evidence::Script | Evidence::Server)) {
        if let Some(at) = by_file.get(&entry.module) {
            let first = *by_script.entry(entry.by).or_insert(*at);
            union(&mut parent, first, *at);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..scopes.len() {
        groups.entry(root(&parent, at)).or_default().push(at);
    }
    groups
}

/// Workers have scripts too, but a site has one of these.
fn is_manage(workspace: &Workspace, file: FileId) -> bool {
    workspace.files.get(file.0 as usize).is_some_and(|it| it.path.rsplit('/').next() == Some("manage.py"))
}

/// The folder of a settings module; the parts of a settings package count as one.
fn project_folder(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let folders = &parts[..parts.len() - 1];
    let package = folders.iter().rposition(|it| words::is_settings_place(it) && *it != "django");
    match package {
        Some(at) if folders.len() - at <= 2 => folders[..=at].join("/"),
        _ => folders.join("/"),
    }
}

fn root(parent: &[usize], mut at: usize) -> usize {
    while parent[at] != at {
        at = parent[at];
    }
    at
}

fn union(parent: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(parent, a), root(parent, b));
    parent[a.max(b)] = a.min(b);
}

/// The scope that production runs most likely.
fn choose(
    workspace: &Workspace,
    evaluator: &Evaluator<'_>,
    scopes: &[&Scope],
    entries: &[Entry],
) -> Option<Judged> {
    let can_run = |scope: &&&Scope| {
        entries.iter().any(|it| it.module == scope.file)
            || scope.names.open.iter().any(|it| it.certain && it.module)
            || words::is_complete(|it| scope.names.names.contains_key(it))
    };
    let candidates = scopes.iter().filter(can_run);
    let best = candidates.min_by_key(|scope| rank(workspace, evaluator, scope, scopes, entries))?;
    let path = workspace.files.get(best.file.0 as usize)?;
    let module = if path.module.is_empty() {
        path.path.trim_end_matches(".py").replace('/', ".")
    } else {
        path.module.join(".")
    };
    let item = match &best.class {
        Some(class) => format!("{module}.{class}"),
        None => module,
    };
    let named = entries.iter().any(|it| it.module == best.file && it.evidence <= Evidence::Server);
    let role = match best.role {
        Some(Role::Base) | None if named => Role::Production,
        Some(role) => role,
        None => Role::Base,
    };
    let (level, ..) = rank(workspace, evaluator, best, scopes, entries);
    let partial = level == BUILT_UPON && role == Role::Base;
    Some(Judged {
        file: best.file,
        item: item.into(),
        role,
        names: best.names.clone(),
        partial,
        head: best.span,
    })
}

/// Rank of a module that only others build on.
const BUILT_UPON: u8 = 5;

/// The smaller the more likely.
fn rank(
    workspace: &Workspace,
    evaluator: &Evaluator<'_>,
    scope: &Scope,
    all: &[&Scope],
    entries: &[Entry],
) -> (u8, usize, FileId, usize) {
    let path = workspace.files.get(scope.file.0 as usize).map_or("", |it| it.path.as_str());
    let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".py");
    let name = scope.class.as_deref().unwrap_or(stem);
    let evidence = entries
        .iter()
        .filter(|it| it.module == scope.file && (it.class.is_none() || it.class == scope.class))
        .map(|it| it.evidence)
        .min();
    // What another undecided module builds on is judged through that one.
    let built_upon = all.iter().any(|other| {
        let by_class = other.bases.contains(&scope.span) && other.class != scope.class;
        let by_module = other.file != scope.file
            && scope.class.is_none()
            && evaluator.edges.contains(&(other.file, scope.file));
        (by_class || by_module) && other.role == Some(Role::Base)
    });
    let used = all.iter().any(|other| {
        other.bases.contains(&scope.span)
            || (other.file != scope.file && evaluator.edges.contains(&(other.file, scope.file)))
    });
    let level = match (scope.role, evidence) {
        (Some(Role::Production), Some(Evidence::Process)) if !built_upon => 0,
        (Some(Role::Production), _) if !built_upon => 1,
        (Some(Role::Base) | None, Some(Evidence::Process | Evidence::Server)) => 2,
        (Some(Role::Base) | None, Some(Evidence::Script)) if !used => 3,
        (Some(Role::Base) | None, _) if !used => 4,
        (Some(Role::Production | Role::Base) | None, _) => BUILT_UPON,
        (Some(Role::Development), _) => 6,
        (Some(Role::Example), _) => 7,
        (Some(Role::Test | Role::Build), _) => 8,
    };
    (level, words::production_rank(name), scope.file, scope.span.start as usize)
}
