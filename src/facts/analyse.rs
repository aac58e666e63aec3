//! All facts of a project.

use super::Fact;
use crate::finding::Problem;
use crate::flow::Units;
use crate::model::Models;
use crate::workspace::Workspace;

/// Evaluates a project and says what it does with cookies and sessions, and what of it could not be read.
#[must_use]
pub fn analyse(workspace: &Workspace, models: &Models) -> (Vec<Fact>, Vec<Problem>) {
    let units = Units::new(workspace);
    let settings = super::settings::read(workspace, models, &units);
    let mut facts = super::code::facts(workspace, models, &units, &settings.values);
    facts.extend(settings.facts);
    (facts, units.problems())
}
