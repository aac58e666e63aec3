//! Which of the embedded models a project needs.

use std::collections::BTreeSet;

use crate::embedded::{HEADS, Head, MODELS};
use crate::workspace::Ecosystem;

/// Which of the embedded models are needed.
pub enum Scope<'a> {
    All,
    /// Those of the packages for which this says yes, what they need, and the basics of both languages.
    Packages(&'a dyn Fn(Ecosystem, &str) -> bool),
}

/// Packages whose models every project needs.
const BASICS: [&str; 2] = ["std", "python"];

/// Indices in `MODELS`, sorted.
pub(super) fn selected(scope: &Scope<'_>) -> BTreeSet<usize> {
    let Scope::Packages(wanted) = scope else { return (0..MODELS.len()).collect() };
    let is_wanted = |at: &usize| {
        let python = MODELS[*at].0.starts_with("models/python/");
        let ecosystem = if python { Ecosystem::Python } else { Ecosystem::Cargo };
        HEADS[*at].packages.iter().any(|it| BASICS.contains(it) || wanted(ecosystem, it))
    };
    let mut chosen = BTreeSet::new();
    let mut open: Vec<usize> = (0..HEADS.len()).filter(is_wanted).collect();
    while let Some(index) = open.pop() {
        if chosen.insert(index) {
            let is_needed =
                |it: &usize| HEADS[index].needs.iter().any(|need| HEADS[*it].packages.contains(need));
            open.extend((0..HEADS.len()).filter(is_needed));
        }
    }
    chosen
}

/// Names that begin the paths of code which uses what the embedded models are about, before any of them is read.
#[must_use]
pub fn roots(scope: &Scope<'_>) -> BTreeSet<String> {
    let heads = selected(scope).into_iter().map(|it| HEADS[it]);
    let packages = heads.filter(|it| it.tells).flat_map(|Head { packages, .. }| packages);
    packages.map(|it| it.replace('-', "_")).collect()
}
