//! Keys that a framework reads from settings files by itself.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::convert::text;
use super::key::strength;
use crate::facts::{Attribute, Fact, FactKind, Origin};
use crate::flow::SettingsView;
use crate::ir::Span;
use crate::ir::data::NodeKind;
use crate::model::{Models, NamedModel};
use crate::workspace::{Ecosystem, FileKind, FileRole, Workspace};

/// One fact for every committed key that production has.
pub(super) fn facts(workspace: &Workspace, models: &Models, view: &SettingsView<'_>) -> Vec<Fact> {
    let mut out = Vec::new();
    for row in models.all_named("file-key") {
        for (at, package) in workspace.packages.iter().enumerate() {
            if package.ecosystem != Ecosystem::Cargo || !package.versions.contains_key(&row.package) {
                continue;
            }
            let code = workspace.files.iter().find(|it| {
                it.package == Some(at) && it.kind == FileKind::Rust && it.role == FileRole::Application
            });
            let Some(code) = code else { continue };
            let file = row.traits.get("file").map(SmolStr::as_str);
            let Some(node) = view.committed(code.id, &row.path, file) else { continue };
            // Asked for by its name, for the version at hand.
            if models.named(&row.path, &|name| workspace.version(code.id, name)).is_none() {
                continue;
            }
            if let NodeKind::Text(written) = &node.kind
                && !written.contains(['{', '$'])
                && !written.is_empty()
            {
                out.push(fact(row, written, node.span));
            }
        }
    }
    out
}

fn fact(row: &NamedModel, written: &str, span: Span) -> Fact {
    let derived = || Origin::Derived(Vec::new());
    let purpose = row.traits.get("use").map_or("session", SmolStr::as_str);
    let mut attributes: BTreeMap<SmolStr, Attribute> = BTreeMap::from([
        ("use".into(), text(purpose, derived())),
        ("stack".into(), text(&row.package, derived())),
        ("role".into(), text("base", derived())),
        ("source".into(), text("literal", Origin::Written(span))),
    ]);
    attributes.extend(strength(written.as_bytes().to_vec(), &Origin::Written(span)));
    Fact { name: Some(row.path.clone()), attributes, ..Fact::new(FactKind::Key, span) }
}
