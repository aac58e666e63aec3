//! Layers around routers: which there are, in which order they see a request, and whom they let in.

use smol_str::SmolStr;

use super::convert::{blank, switch, text};
use crate::facts::{Attribute, Fact, Origin, Scalar, Value};
use crate::flow::{Class, Kind, Machine, Object, Root, Val};
use crate::ir::Span;
use crate::model::Role;

/// How deep builders of layers are looked into.
const DEPTH: u32 = 3;

/// One fact for every router with layers, and one for every layer that lets other origins in.
pub(super) fn facts(root: &Root<'_, '_>, out: &mut Vec<Fact>) {
    let machine = &root.machine;
    for id in &machine.trace.made {
        let Some(object) = machine.state.object(*id) else { continue };
        let (Class::Model(path), Some(span)) = (&object.class, object.born) else { continue };
        let candidates = machine.program.catalog.candidates(path, span.file);
        let stack = candidates.package().map(|it| (*it).clone()).unwrap_or_default();
        match candidates.role() {
            Some(Role::Application) => out.extend(router(machine, object, span, &stack)),
            Some(Role::Cors) => out.push(super::cors::fact(machine, object, &candidates, (span, &stack))),
            _ => {}
        }
    }
}

/// A layer as it stands in the code.
struct Layer {
    /// Last segment of its type.
    name: SmolStr,
    provides: Vec<SmolStr>,
    after: Vec<SmolStr>,
    place: Span,
}

fn router(machine: &Machine<'_>, object: &Object, span: Span, stack: &str) -> Option<Fact> {
    let layers = in_order(machine, object, DEPTH);
    if layers.is_empty() {
        return None;
    }
    let mut fact = blank(object, span, stack);
    let names = layers.iter().map(|it| Value::Known(Scalar::Text(it.name.clone()))).collect();
    let listed = Attribute {
        value: Value::Known(Scalar::List(names)),
        origin: Origin::Written(span),
        trail: Vec::new(),
    };
    fact.attributes.insert("middleware".into(), listed);
    if layers.iter().any(|it| it.provides.iter().any(|it| it == "session")) {
        fact.attributes.insert("session_middleware".into(), switch(true, Origin::Derived(Vec::new())));
    }
    if let Some((fault, place)) = order_fault(&layers) {
        fact.attributes.insert("order_fault".into(), text(&fault, Origin::Written(place)));
    }
    Some(fact)
}

/// The layers around an object whose types are known, the one that sees a request first in front.
fn in_order(machine: &Machine<'_>, object: &Object, depth: u32) -> Vec<Layer> {
    let (Class::Model(path), Some(born)) = (&object.class, object.born) else { return Vec::new() };
    if depth == 0 {
        return Vec::new();
    }
    let order = machine.program.catalog.candidates(path, born.file).mark("layers").cloned();
    let mut groups: Vec<Vec<Layer>> =
        object.items.iter().map(|(_, item)| layers_of(machine, item, born, depth)).collect();
    if order.is_some_and(|it| it == "last-first") {
        groups.reverse();
    }
    groups.into_iter().flatten().collect()
}

fn layers_of(machine: &Machine<'_>, item: &Val, born: Span, depth: u32) -> Vec<Layer> {
    let item = machine.state.refine(item);
    let Some(Class::Model(path)) = machine.class_of(&item) else { return Vec::new() };
    let place = item.info.as_ref().and_then(|it| it.set_at).unwrap_or(born);
    let candidates = machine.program.catalog.candidates(&path, place.file);
    if candidates.mark("layers").is_some() {
        let Kind::Object(id) = item.kind else { return Vec::new() };
        return machine.state.object(id).map(|it| in_order(machine, it, depth - 1)).unwrap_or_default();
    }
    let words = |mark: &str| -> Vec<SmolStr> {
        candidates.mark(mark).map(|it| it.split(' ').map(SmolStr::new).collect()).unwrap_or_default()
    };
    let name = path.rsplit([':', '.']).next().unwrap_or(&path).into();
    vec![Layer { name, provides: words("provides"), after: words("after"), place }]
}

/// The first layer that runs before the one that it builds on.
fn order_fault(layers: &[Layer]) -> Option<(String, Span)> {
    layers.iter().enumerate().find_map(|(at, layer)| {
        let wanted =
            layer.after.iter().find(|wanted| !layers[..at].iter().any(|it| it.provides.contains(wanted)))?;
        let provider = layers[at + 1..].iter().find(|it| it.provides.contains(wanted))?;
        Some((format!("`{}` runs before `{}`", layer.name, provider.name), layer.place))
    })
}
