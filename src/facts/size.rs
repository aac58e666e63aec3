//! How large a value may become, in bytes.

use super::Size;
use crate::facts::Labels;
use crate::flow::{Class, Kind, Machine, Piece, Ty, Val, builtins};

/// The largest size of a value; `None` when nothing is known.
#[must_use]
pub(super) fn of(machine: &Machine<'_>, value: &Val) -> Option<Size> {
    size(machine, value, 4)
}

fn size(machine: &Machine<'_>, value: &Val, depth: u32) -> Option<Size> {
    if depth == 0 {
        return None;
    }
    let at_most = |bytes: usize| Some(Size::AtMost(u64::try_from(bytes).unwrap_or(u64::MAX)));
    match &value.kind {
        Kind::Unset | Kind::Null => at_most(4),
        Kind::Bool(_) => at_most(5),
        Kind::Int(_) | Kind::Float(_) | Kind::Duration(_) => at_most(20),
        Kind::Text(text) | Kind::Word(text) => at_most(text.len()),
        Kind::Bytes(bytes) => at_most(bytes.len()),
        Kind::Pieces(pieces) => pieces.iter().try_fold(Size::AtMost(0), |sum, piece| {
            Some(add(
                sum,
                match piece {
                    Piece::Text(text) => Size::AtMost(u64::try_from(text.len()).unwrap_or(u64::MAX)),
                    Piece::Hole(value) => size(machine, value, depth - 1)?,
                },
            ))
        }),
        Kind::Tuple(items) => items
            .iter()
            .try_fold(Size::AtMost(2), |sum, item| Some(add(sum, size(machine, item, depth - 1)?))),
        Kind::Object(id) => {
            let object = machine.state.object(*id)?;
            if !matches!(object.class, Class::List | Class::Map) {
                return None;
            }
            if object.labels.has(Labels::COLLECTION) && object.open {
                return value.info.as_ref().is_none_or(|info| !info.bounded).then_some(Size::Unbounded);
            }
            if object.open {
                return None;
            }
            object.items.iter().try_fold(Size::AtMost(2), |sum, (key, item)| {
                Some(add(add(sum, size(machine, key, depth - 1)?), size(machine, item, depth - 1)?))
            })
        }
        _ => {
            let bounded = value.info.as_ref().is_some_and(|info| info.bounded);
            let grows =
                value.labels().has(Labels::COLLECTION) || value.ty().is_some_and(|ty| grows(machine, ty));
            (grows && !bounded).then_some(Size::Unbounded)
        }
    }
}

/// Whether values of a type have no bound: collections, and whole rows of a database.
fn grows(machine: &Machine<'_>, ty: &Ty) -> bool {
    let ty = machine.peel(ty);
    if builtins().collection.contains(ty.last().as_str()) {
        // A fixed array and bytes of a known kind are small.
        return ty.last() != "[]";
    }
    match machine.class_of_type(&ty) {
        Some(Class::Project(id)) => {
            builtins().records.iter().any(|derive| crate::flow::derives(&id.def.attributes, derive))
        }
        Some(Class::Model(path)) => {
            let candidates = machine.program.catalog.candidates(&path, machine.scope.file);
            candidates.mark("container").is_some_and(|it| it == "collection")
        }
        _ => false,
    }
}

fn add(a: Size, b: Size) -> Size {
    match (a, b) {
        (Size::AtMost(a), Size::AtMost(b)) => Size::AtMost(a.saturating_add(b).saturating_add(1)),
        _ => Size::Unbounded,
    }
}
