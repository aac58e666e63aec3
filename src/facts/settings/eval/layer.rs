//! Settings that a library lays over those of the module, from files beside the code.

use std::rc::Rc;

use crate::ir::Span;
use crate::ir::data::{Node, NodeKind};
use crate::source::FileId;
use crate::workspace::{FileKind, FileRole, Profile, Workspace};

use super::super::environment;
use super::super::value::{Dict, Entry, Item, List, Sequence, Val};
use super::super::words;
use super::Evaluator;

/// Levels of a value that are looked at.
pub(super) const DEPTH: u32 = 8;

impl Evaluator<'_> {
    /// Binds what the files have that production reads. Variables may say otherwise, and so may files that are not here.
    pub(super) fn lay_over(&mut self, span: Option<Span>) {
        let words = environment::layers();
        for file in self.layer_files() {
            let Some(document) = self.units.document(file) else { continue };
            let NodeKind::Map(entries) = &document.root.kind else { continue };
            let part = |name: &String| {
                entries.iter().find(|(key, node)| {
                    key.name.eq_ignore_ascii_case(name) && matches!(node.kind, NodeKind::Map(_))
                })
            };
            let parts: Vec<&Node> = words.sections.iter().filter_map(part).map(|(_, node)| node).collect();
            let parts = if parts.is_empty() { vec![&document.root] } else { parts };
            for part in parts {
                let NodeKind::Map(entries) = &part.kind else { continue };
                for (key, node) in entries {
                    let name = key.name.to_ascii_uppercase();
                    if words::is_constant_name(&name) && !matches!(node.kind, NodeKind::Null) {
                        self.bind(&name.into(), value(node, DEPTH), node.span);
                    }
                }
            }
        }
        if let Some(span) = span {
            self.opened(span, "a layer of settings", false);
        }
    }

    /// Files of the right name beside the module or in a folder around it, the farthest first.
    fn layer_files(&self) -> Vec<FileId> {
        let Some(here) = self.workspace.files.get(self.file().0 as usize) else { return Vec::new() };
        let folder =
            |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let own = folder(&here.path);
        let fits = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let profile = Workspace::profile_of(name);
            let aside = matches!(profile, Profile::Development | Profile::Test | Profile::Example);
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            !aside
                && own.starts_with(&folder(path))
                && environment::layers().files.iter().any(|it| it == stem)
        };
        let data = |kind: FileKind| matches!(kind, FileKind::Toml | FileKind::Yaml | FileKind::Json);
        let files = self.workspace.files.iter();
        let mut found: Vec<(usize, FileId)> = files
            .filter(|it| data(it.kind) && it.role == FileRole::Application && fits(&it.path))
            .map(|it| (it.path.matches('/').count(), it.id))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, file)| file).collect()
    }
}

pub(super) fn value(node: &Node, depth: u32) -> Val {
    match &node.kind {
        _ if depth == 0 => Val::opaque("nested too deeply"),
        NodeKind::Null => Val::Null,
        NodeKind::Bool(it) => Val::Bool(*it),
        NodeKind::Int(it) => Val::Int(*it),
        NodeKind::Float(it) => Val::Float(*it),
        // Words with a meaning of their own, such as `@format {env[X]}`.
        NodeKind::Text(text) if text.starts_with('@') => Val::opaque("worked out when the settings are read"),
        NodeKind::Text(text) => Val::text(text),
        NodeKind::List(items) => {
            let items =
                items.iter().map(|it| Item { val: value(it, depth - 1), span: it.span, maybe: false });
            Val::List(Rc::new(List { kind: Sequence::List, items: items.collect(), complete: true })).sized()
        }
        NodeKind::Map(entries) => {
            let entry = |(key, node): &(crate::ir::Ident, Node)| Entry {
                key: Val::text(&key.name),
                val: value(node, depth - 1),
                span: node.span,
            };
            Val::dict(Dict { entries: entries.iter().map(entry).collect(), incomplete: false })
        }
    }
}
