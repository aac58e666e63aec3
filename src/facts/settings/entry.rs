//! Who names a settings module: processes, scripts, test runners.

use smol_str::SmolStr;

use crate::ir::data::{Node, NodeKind};
use crate::ir::{Block, Expr, ExprKind, Item, ItemKind, Literal, Stmt, StmtKind};
use crate::source::FileId;
use crate::workspace::{FileKind, FileRole, Workspace};

use super::eval::Evaluator;
use super::value::{Val, View};
use super::words::{Role, module_role};

const VARIABLE: &str = "DJANGO_SETTINGS_MODULE";
const CLASS_VARIABLE: &str = "DJANGO_CONFIGURATION";

/// How much a naming of a settings module says; the strongest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Evidence {
    /// A deployment file.
    Process,
    /// `wsgi.py`, `asgi.py`.
    Server,
    /// `manage.py`, `celery.py` and other scripts.
    Script,
    /// The configuration of a test runner.
    Test,
}

/// One naming of a settings module.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) module: FileId,
    pub(super) class: Option<SmolStr>,
    pub(super) evidence: Evidence,
    /// Who says so.
    pub(super) by: FileId,
}

/// All namings, in the order of the files that have them.
pub(super) fn entries(workspace: &Workspace, evaluator: &mut Evaluator<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    if !workspace.files.iter().any(|it| it.kind == FileKind::Python) {
        return entries;
    }
    let scripts: Vec<FileId> =
        workspace.files.iter().filter(|it| is_script(&it.path)).map(|it| it.id).collect();
    for file in workspace.files.iter().filter(|it| it.role == FileRole::Application) {
        let stem = stem(&file.path);
        match file.kind {
            FileKind::Python if is_script(&file.path) => {
                if !has(workspace, file.id, VARIABLE) {
                    continue;
                }
                let evidence =
                    if matches!(stem, "wsgi" | "asgi") { Evidence::Server } else { Evidence::Script };
                let names = named_in_code(evaluator, file.id, VARIABLE);
                let configuration = named_in_code(evaluator, file.id, CLASS_VARIABLE).into_iter().next();
                for name in names {
                    if let Some(module) = module(workspace, file.id, &name) {
                        entries.push(Entry { module, class: configuration.clone(), evidence, by: file.id });
                    }
                }
            }
            FileKind::Python | FileKind::Rust => {}
            _ if is_process(&file.path) && has(workspace, file.id, VARIABLE) => {
                let Some(text) = workspace.text(file.id) else { continue };
                let by_runner = matches!(stem, "pytest" | "setup" | "tox" | "pyproject");
                let evidence = if by_runner { Evidence::Test } else { Evidence::Process };
                // What a container runs once while it is built says nothing of what it runs later.
                let named = |variable: &str| match file.kind {
                    FileKind::Launch => evaluator
                        .units
                        .document(file.id)
                        .map(|it| given(&it.root, variable))
                        .unwrap_or_default(),
                    _ => named_in_text(&text.text, variable),
                };
                let class = named(CLASS_VARIABLE).into_iter().next();
                for name in named(VARIABLE) {
                    let from = std::iter::once(file.id).chain(scripts.iter().copied());
                    if let Some(module) = from.into_iter().find_map(|it| module(workspace, it, &name)) {
                        entries.push(Entry { module, class: class.clone(), evidence, by: file.id });
                    }
                }
            }
            _ => {}
        }
    }
    entries
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').find(|it| !it.is_empty()).unwrap_or(name)
}

fn is_script(path: &str) -> bool {
    path.rsplit('.').next() == Some("py")
        && matches!(
            stem(path),
            "wsgi" | "asgi" | "manage" | "celery" | "__main__" | "celeryapp" | "celery_app"
        )
}

/// A file that says how processes are started, and not for development.
fn is_process(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let role = module_role(name);
    let runner = matches!(name, "pytest.ini" | "setup.cfg" | "tox.ini" | "pyproject.toml");
    runner
        || (!path.starts_with(".github/")
            && !matches!(role, Some(Role::Development | Role::Test | Role::Example)))
}

fn has(workspace: &Workspace, file: FileId, needle: &str) -> bool {
    let text = workspace.text(file);
    text.is_some_and(|it| memchr::memmem::find(it.text.as_bytes(), needle.as_bytes()).is_some())
}

fn module(workspace: &Workspace, from: FileId, dotted: &str) -> Option<FileId> {
    let parts: Vec<SmolStr> = dotted.split('.').map(SmolStr::new).collect();
    workspace.python_module(from, 0, &parts)
}

/// What stages and processes of production give to a variable.
fn given(root: &Node, variable: &str) -> Vec<SmolStr> {
    let values = super::deployment::stages(root).filter_map(|it| it.get(variable));
    values
        .filter_map(|it| match &it.kind {
            NodeKind::Text(text) => Some(text.as_ref().into()),
            _ => None,
        })
        .collect()
}

/// `VARIABLE=value`, `VARIABLE: "value"`.
fn named_in_text(text: &str, variable: &str) -> Vec<SmolStr> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices(variable) {
        let rest = &text[at + variable.len()..];
        let line = rest.lines().next().unwrap_or_default();
        let line = line.trim_start_matches(['"', '\'', ' ', '\t', '=', ':']);
        // The default of a variable of the shell.
        let line = line.split_once(":-").map_or(line, |(_, default)| default);
        let end =
            line.find(|it: char| !(it.is_alphanumeric() || it == '_' || it == '.')).unwrap_or(line.len());
        if !line[..end].is_empty() {
            names.push(SmolStr::new(&line[..end]));
        }
    }
    names
}

/// Texts that code gives to an environment variable.
fn named_in_code(evaluator: &mut Evaluator<'_>, file: FileId, variable: &str) -> Vec<SmolStr> {
    let Some(unit) = evaluator.units.get(file) else { return Vec::new() };
    let mut given = Vec::new();
    block(&unit.body, variable, &mut given);
    let mut names = Vec::new();
    for expr in given {
        let val = evaluator.expression(file, expr);
        collect(&val.seen_as(View::Release), &mut names);
    }
    names.dedup();
    names
}

fn collect(val: &Val, names: &mut Vec<SmolStr>) {
    match val {
        Val::Text(text) => names.push(text.as_ref().into()),
        Val::Env(env) => env.fallback.iter().for_each(|it| collect(it, names)),
        Val::Debug(it) => collect(&it.in_release, names),
        Val::OneOf(choices) => choices.iter().for_each(|it| collect(it, names)),
        _ => {}
    }
}

fn block<'u>(it: &'u Block, variable: &str, given: &mut Vec<&'u Expr>) {
    for stmt in &it.stmts {
        statement(stmt, variable, given);
    }
}

fn statement<'u>(stmt: &'u Stmt, variable: &str, given: &mut Vec<&'u Expr>) {
    match &stmt.kind {
        StmtKind::Item(Item { kind: ItemKind::Function(function), .. }) => {
            if let Some(body) = &function.body {
                block(body, variable, given);
            }
        }
        StmtKind::Expr(expr) => expression(expr, variable, given),
        _ => {}
    }
}

fn expression<'u>(expr: &'u Expr, variable: &str, given: &mut Vec<&'u Expr>) {
    let is_variable =
        |it: &Expr| matches!(&it.kind, ExprKind::Literal(Literal::Str(text)) if text.as_ref() == variable);
    match &expr.kind {
        ExprKind::Method(call) => {
            if let [first, second, ..] = call.args.as_slice()
                && is_variable(&first.value)
            {
                given.push(&second.value);
            }
        }
        ExprKind::Assign { target, op: None, value } => {
            if let ExprKind::Index(_, key) = &target.kind
                && is_variable(key)
            {
                given.push(value);
            }
        }
        ExprKind::If(branch) => {
            block(&branch.then, variable, given);
            if let Some(or_else) = &branch.or_else {
                block(or_else, variable, given);
            }
        }
        ExprKind::TryCatch(attempt) => block(&attempt.body, variable, given),
        ExprKind::With(with) => block(&with.body, variable, given),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_deployment_files() {
        let text = "ENV DJANGO_SETTINGS_MODULE=a.b.production\n  DJANGO_SETTINGS_MODULE: \"c.d\"\nDJANGO_SETTINGS_MODULE=${X:-e.f}\n";
        assert_eq!(named_in_text(text, VARIABLE), ["a.b.production", "c.d", "e.f"]);
    }
}
