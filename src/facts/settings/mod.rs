//! From the settings of a Django project to facts: settings modules are evaluated in order, never run.

use crate::facts::Fact;
use crate::flow::Units;
use crate::model::Models;
use crate::workspace::Workspace;

mod environment;
mod eval;
mod join;
mod scope;
mod value;
mod words;

/// Facts that the settings modules of all projects below the root state.
#[must_use]
pub fn facts(_workspace: &Workspace, _models: &Models, _units: &Units<'_>) -> Vec<Fact> {
    Vec::new()
}
