//! All facts of a project.

use super::Fact;
use crate::finding::Problem;
use crate::flow::Units;
use crate::model::Models;
use crate::workspace::Workspace;

/// Evaluates a project and says what it does with cookies and sessions, and what of it could not be read.
#[must_use]
pub fn analyse(workspace: &Workspace, models: &Models) -> (Vec<Fact>, Vec<Problem>) {
    analyse_lowered(workspace, models, &Units::new(workspace))
}

/// The same, for a project of which some files may be lowered already.
#[must_use]
pub fn analyse_lowered(
    workspace: &Workspace,
    models: &Models,
    units: &Units<'_>,
) -> (Vec<Fact>, Vec<Problem>) {
    let settings = super::settings::read(workspace, models, units);
    let mut facts = super::code::facts(workspace, models, units, &settings.values);
    facts.extend(settings.facts);
    super::roles::adopt(&mut facts);
    (facts, units.problems())
}
