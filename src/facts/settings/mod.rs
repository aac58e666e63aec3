//! From the settings of a Django project to facts: settings modules are evaluated in order, never run.

use std::collections::BTreeMap;

use crate::facts::{Fact, FactKind, Span};
use crate::flow::Units;
use crate::model::Models;
use crate::workspace::Workspace;

use application::Installed;
use effective::Settings;
use eval::Evaluator;
use project::Judged;
use words::Role;

mod application;
mod cookie;
mod effective;
mod entry;
mod environment;
mod eval;
mod join;
mod key;
mod project;
mod scope;
mod session;
mod setting;
mod value;
mod words;

#[cfg(test)]
mod tests;

/// Facts that the settings of all projects below the root state, each project judged once, by the module that production runs.
#[must_use]
pub fn facts(workspace: &Workspace, models: &Models, units: &Units<'_>) -> Vec<Fact> {
    let mut evaluator = Evaluator::new(workspace, units);
    let mut facts = Vec::new();
    for judged in project::judged(workspace, &mut evaluator) {
        let settings = Settings::new(workspace, models, &judged);
        let middleware = Installed::of(&settings);
        let cookies = cookie::facts(&settings, &middleware);
        let application = application::fact(&settings, &middleware, &cookies);
        facts.extend(cookies);
        facts.extend(session::fact(&settings, &middleware));
        facts.extend(key::facts(&settings));
        facts.extend(setting::facts(&settings));
        facts.push(application);
    }
    facts
}

/// A fact without attributes.
fn blank(kind: FactKind, judged: &Judged, span: Span) -> Fact {
    Fact {
        kind,
        span,
        item: judged.item.clone(),
        name: None,
        attributes: BTreeMap::new(),
        events: Vec::new(),
        trail: Vec::new(),
        test: !matches!(judged.role, Role::Production | Role::Base),
        unjudged: None,
    }
}
