//! Which functions answer requests, and of which method, as tables of routes say.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::{Found, handler};
use crate::facts::{Attribute, FactKind, Origin, Scalar, Value};
use crate::flow::RETURNED;
use crate::ir::Span;

/// HTTP methods by function; one of them is `any` where all are answered.
pub(super) type Routed = BTreeMap<Span, BTreeSet<SmolStr>>;

pub(super) fn of(found: &[Found]) -> Routed {
    let mut routed = Routed::new();
    for (function, method) in found.iter().flat_map(|it| &it.routes) {
        routed.entry(*function).or_default().insert(method.clone());
    }
    routed
}

/// What the table says of one function. One that touches no session is a handler only when the table says so, or its
/// parameters.
pub(super) fn join(found: &mut Found, routed: &Routed) {
    let methods = routed.get(&found.function);
    let handles = methods.is_some() || found.takes_request;
    for fact in found.facts.iter_mut().filter(|it| it.kind == FactKind::Handler) {
        let answers = handles || ["route", "methods"].iter().any(|it| fact.attribute(it).is_some());
        if !answers {
            fact.events.retain(|it| !it.flags.iter().any(|flag| flag == RETURNED));
        }
    }
    found.facts.retain(|it| it.kind != FactKind::Handler || handles || !handler::is_plain(it));
    let Some(methods) = methods.filter(|it| !it.contains("any")) else { return };
    let listed = methods.iter().map(|it| Value::Known(Scalar::Text(it.clone()))).collect();
    if let Some(fact) = found.facts.iter_mut().find(|it| it.kind == FactKind::Handler) {
        fact.attributes.entry("methods".into()).or_insert_with(|| Attribute {
            value: Value::Known(Scalar::List(listed)),
            origin: Origin::Derived(Vec::new()),
            trail: Vec::new(),
        });
    }
}
