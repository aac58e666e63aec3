//! Variables that committed files give to processes: compose files, `.env`, manifests of platforms.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::flow::Units;
use crate::ir::data::{Node, NodeKind};
use crate::source::Span;
use crate::workspace::{FileKind, FileRole, Profile, Workspace};

use super::environment;
use super::value::{Cast, Val};
use super::words::{self, Role};

/// What a file gives to one variable.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Given {
    Text(SmolStr),
    /// The platform makes it, or asks whoever installs for it.
    Kept,
}

/// All that is given, by variable and in the order of the files.
#[derive(Default, Debug)]
pub(super) struct Deployment(BTreeMap<SmolStr, Vec<(Given, Span)>>);

impl Deployment {
    /// Files for development, tests and examples give nothing.
    pub(super) fn read(workspace: &Workspace, units: &Units<'_>) -> Self {
        let mut deployment = Self::default();
        let files = workspace.files.iter().filter(|it| it.role == FileRole::Application);
        for file in files.filter(|it| speaks_for_production(&it.path)) {
            let flat = match file.kind {
                FileKind::Env => true,
                FileKind::Yaml | FileKind::Json => false,
                FileKind::Launch => {
                    if let Some(document) = units.document(file.id) {
                        stages(&document.root).for_each(|it| deployment.variables(it));
                    }
                    continue;
                }
                _ => continue,
            };
            if !flat && !names_variables(workspace, file.id) {
                continue;
            }
            let Some(document) = units.document(file.id) else { continue };
            if flat {
                deployment.variables(&document.root);
            } else {
                deployment.walk(&document.root);
            }
        }
        deployment
    }

    fn walk(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::Map(entries) => {
                for (key, node) in entries {
                    if environment::deployment().variables.iter().any(|it| *it == key.name) {
                        self.variables(node);
                    } else {
                        self.walk(node);
                    }
                }
            }
            NodeKind::List(items) => items.iter().for_each(|it| self.walk(it)),
            _ => {}
        }
    }

    /// `NAME: value`, `- NAME=value`, `- name: NAME` with a `value`.
    fn variables(&mut self, node: &Node) {
        match &node.kind {
            NodeKind::Map(entries) => {
                for (key, node) in entries {
                    self.put(&key.name, given(node), node.span);
                }
            }
            NodeKind::List(items) => {
                for item in items {
                    match &item.kind {
                        NodeKind::Text(text) => {
                            if let Some((name, value)) = text.split_once('=') {
                                self.put(name, plain(value).map(Given::Text), item.span);
                            }
                        }
                        NodeKind::Map(_) => {
                            let name = environment::deployment().name.iter().find_map(|it| item.get(it));
                            if let Some(NodeKind::Text(name)) = name.map(|it| &it.kind) {
                                self.put(name, given(item), item.span);
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn put(&mut self, name: &str, given: Option<Given>, span: Span) {
        if let Some(given) = given.filter(|_| words::is_constant_name(name)) {
            self.0.entry(name.into()).or_default().push((given, span));
        }
    }

    /// What a variable may be beside its `default`, and where that is said. Only switches and numbers, and that there is a
    /// text at all: a text in a file is no secret, and no better than the default.
    pub(super) fn beside(&self, name: &str, default: &Val, cast: Cast) -> Vec<(Val, Span)> {
        let Some(all) = self.0.get(name) else { return Vec::new() };
        let is_switch = match default {
            Val::Bool(_) | Val::Int(_) | Val::Float(_) => true,
            // Nothing as the default asks where this runs, and files for one place say nothing of the others.
            Val::Text(text) => !text.is_empty() && words::flag(text).is_some(),
            _ => false,
        };
        let value = |given: &Given| match given {
            Given::Kept if is_switch => None,
            Given::Kept => {
                matches!(default, Val::Text(_) | Val::Null).then(|| Val::opaque("given by the platform"))
            }
            Given::Text(_) if !is_switch => None,
            Given::Text(text) => match (cast, words::flag(text)) {
                (Cast::Bool, flag) => flag.map(Val::Bool),
                (Cast::Int, _) => text.trim().parse().ok().map(Val::Int),
                (Cast::Text | Cast::Any | Cast::Truthiness, Some(_)) => Some(Val::text(text)),
                _ => None,
            },
        };
        all.iter().filter_map(|(given, span)| Some((value(given)?, *span))).collect()
    }
}

/// What stages and processes give that are for production.
pub(super) fn stages(root: &Node) -> impl Iterator<Item = &Node> {
    let entries = match &root.kind {
        NodeKind::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    let aside = |name: &str| {
        matches!(words::module_role(name), Some(Role::Development | Role::Test | Role::Build | Role::Example))
    };
    entries.iter().filter(move |(name, _)| !aside(&name.name)).map(|(_, node)| node)
}

fn given(node: &Node) -> Option<Given> {
    let table = environment::deployment();
    match &node.kind {
        NodeKind::Text(text) => plain(text).map(Given::Text),
        NodeKind::Bool(it) => Some(Given::Text(it.to_string().into())),
        NodeKind::Int(it) => Some(Given::Text(it.to_string().into())),
        NodeKind::Map(entries) => match table.value.iter().find_map(|it| node.get(it)) {
            Some(value) if !matches!(value.kind, NodeKind::Map(_)) => given(value),
            _ => entries
                .iter()
                .any(|(key, _)| table.kept.iter().any(|it| *it == key.name))
                .then_some(Given::Kept),
        },
        _ => None,
    }
}

/// The text, or the default of a variable of the shell; `None` for what is only handed on.
fn plain(text: &str) -> Option<SmolStr> {
    let text = text.trim().trim_matches(['"', '\'']);
    let Some(inner) = text.strip_prefix("${").and_then(|it| it.strip_suffix('}')) else {
        return (!text.starts_with('$')).then(|| text.into());
    };
    inner.split_once('-').map(|(_, default)| default.trim_matches(['"', '\'']).into())
}

fn speaks_for_production(path: &str) -> bool {
    let aside = |it: &str| {
        let profile = Workspace::profile_of(it);
        matches!(profile, Profile::Development | Profile::Test | Profile::Example)
    };
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let known = environment::deployment().files.iter().find_map(|it| name.split_once(it.as_str()));
    let name = known.map_or(name, |(_, rest)| rest);
    // What lies in hidden folders is for tools.
    !aside(name) && !folders.split('/').any(|it| it.starts_with('.') || aside(it))
}

fn names_variables(workspace: &Workspace, file: crate::source::FileId) -> bool {
    let Some(text) = workspace.text(file) else { return false };
    let has = |it: &String| memchr::memmem::find(text.text.as_bytes(), it.as_bytes()).is_some();
    environment::deployment().variables.iter().any(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Deployment {
        let workspace = Workspace::from_texts(files);
        let units = Units::new(&workspace);
        Deployment::read(&workspace, &units)
    }

    #[test]
    fn files_of_a_deployment() {
        let given = read(&[
            (
                "docker-compose.yml",
                "services:\n  web:\n    environment:\n      X_A: \"1\"\n      X_B: ${X_B}\n      X_C: ${X_C:-off}\n",
            ),
            (
                "deploy/worker.yaml",
                "spec:\n  env:\n    - name: X_D\n      value: 'yes'\n    - name: X_E\n      valueFrom: {secretKeyRef: {name: x, key: y}}\n",
            ),
            ("compose.yaml", "services:\n  web:\n    environment:\n      - X_A=0\n"),
            ("app.json", "{\"env\": {\"X_F\": {\"generator\": \"secret\"}, \"lower\": \"x\"}}"),
            ("docker-compose.dev.yml", "services:\n  web:\n    environment:\n      X_G: 1\n"),
            (".github/workflows/a.yml", "env:\n  X_H: 1\n"),
        ]);
        let names: Vec<&str> = given.0.keys().map(SmolStr::as_str).collect();
        assert_eq!(names, ["X_A", "X_C", "X_D", "X_E", "X_F"]);
        assert_eq!(given.0["X_A"].len(), 2);
        assert_eq!(given.0["X_C"][0].0, Given::Text("off".into()));
        assert_eq!(given.0["X_E"][0].0, Given::Kept);
        assert_eq!(given.beside("X_A", &Val::Bool(false), Cast::Bool).len(), 2);
        assert!(given.beside("X_A", &Val::text("some text"), Cast::Text).is_empty());
        assert_eq!(given.beside("X_F", &Val::text("a key"), Cast::Text).len(), 1);
    }
}
