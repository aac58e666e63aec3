//! What a cookie is for, where its name says nothing by itself: a framework of the project sends one of the same name.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::{Attribute, Fact, FactKind, Origin, Scalar, Value};

/// Who sends a cookie because settings or a layer say so, not because code does.
const FRAMEWORKS: [&str; 2] = ["setting", "layer"];

/// Gives cookies of code the role that the framework's own cookie of that name has.
pub(super) fn adopt(facts: &mut [Fact]) {
    let is_of_framework = |it: &&Fact| it.word("setter").is_some_and(|it| FRAMEWORKS.contains(&it.as_str()));
    let cookies = facts.iter().filter(|it| it.kind == FactKind::Cookie).filter(is_of_framework);
    let roles: BTreeMap<SmolStr, SmolStr> =
        cookies.filter_map(|it| Some((it.name.clone()?, it.word("role")?.clone()))).collect();
    for fact in facts.iter_mut().filter(|it| it.kind == FactKind::Cookie) {
        let role = fact.name.as_ref().and_then(|it| roles.get(it)).cloned();
        let Some(role) = role.filter(|_| fact.word("role").is_some_and(|it| it == "unknown")) else {
            continue;
        };
        for (name, word) in [("role", role), ("role_from", "framework".into())] {
            let value = Value::Known(Scalar::Text(word));
            let origin = Origin::Derived(Vec::new());
            fact.attributes.insert(name.into(), Attribute { value, origin, trail: Vec::new() });
        }
    }
}
