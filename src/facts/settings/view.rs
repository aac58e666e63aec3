//! Views that settings name.

use smol_str::SmolStr;

use crate::ir::{Function, ItemKind, ParamKind, PatternKind, StmtKind};

use super::effective::Settings;

/// Whether the view of this dotted name can be called with a request and these arguments by name; `None` when it is no
/// function of the project.
pub(super) fn takes(settings: &Settings<'_>, dotted: &str, names: &[SmolStr]) -> Option<bool> {
    let path: Vec<SmolStr> = dotted.split('.').map(SmolStr::new).collect();
    let (name, module) = path.split_last()?;
    let file = settings.workspace.python_module(settings.judged.file, 0, module)?;
    let unit = settings.units.get(file)?;
    let function = unit.body.stmts.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Item(item) => match &item.kind {
            ItemKind::Function(function) if function.name.name == *name => Some(function),
            _ => None,
        },
        _ => None,
    })?;
    // What a decorator makes of it is not known.
    function.attributes.is_empty().then(|| binds(function, names))
}

fn binds(function: &Function, names: &[SmolStr]) -> bool {
    let mut unfilled: Vec<&SmolStr> = names.iter().collect();
    let mut request = false;
    for param in &function.params {
        let name = match &param.pattern.kind {
            PatternKind::Bind(name, _) => Some(name),
            _ => None,
        };
        match param.kind {
            ParamKind::RestKeywords => unfilled.clear(),
            ParamKind::Rest => request = true,
            ParamKind::Ordinary if !request => request = true,
            _ if name.is_some_and(|it| names.contains(it)) => unfilled.retain(|it| Some(*it) != name),
            _ if param.default.is_none() => return false,
            _ => {}
        }
    }
    request && unfilled.is_empty()
}
