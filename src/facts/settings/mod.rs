//! From the settings of a Django project to facts: settings modules are evaluated in order, never run.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::facts::{Attribute, Fact, FactKind, Origin, Span};
use crate::flow::Units;
use crate::model::Models;
use crate::workspace::Workspace;

use effective::Settings;
use eval::Evaluator;
use installed::Installed;
use project::Judged;
use words::Role;

mod application;
mod check;
mod cookie;
mod deployment;
mod effective;
mod entry;
mod environment;
mod eval;
mod installed;
mod join;
mod key;
mod project;
mod scope;
mod sent;
mod session;
mod setting;
mod value;
mod view;
mod words;

#[cfg(test)]
mod tests;

/// What the settings of a project say.
#[derive(Debug, Default)]
pub struct Reading {
    pub facts: Vec<Fact>,
    /// Effective value of every setting, bound or by default, for code that reads `settings.NAME`. Of the first project
    /// that is judged; secrets are left out.
    pub values: BTreeMap<SmolStr, Attribute>,
}

/// Reads the settings of all projects below the root. Each project is judged once, by the module that production runs.
#[must_use]
pub fn read(workspace: &Workspace, models: &Models, units: &Units<'_>) -> Reading {
    let mut evaluator = Evaluator::new(workspace, units);
    let mut reading = Reading::default();
    for judged in project::judged(workspace, &mut evaluator) {
        let settings = Settings::new(units, models, &judged);
        let middleware = Installed::of(&settings);
        let cookies = cookie::facts(&settings, &middleware);
        let application = application::fact(&settings, &middleware, &cookies);
        if reading.values.is_empty() && is_judged(judged.role) {
            reading.values = setting::values(&settings);
        }
        let mut facts = cookies;
        facts.extend(session::fact(&settings, &middleware));
        facts.extend(key::facts(&settings, &middleware));
        let mut all = setting::facts(&settings);
        check::tell(&settings, &middleware, &mut all);
        facts.extend(all);
        facts.retain(|it| !is_told(&reading.facts, it));
        reading.facts.extend(facts);
        reading.facts.push(application);
    }
    reading
}

/// Sites that share settings say what they share once. What nobody wrote is each one's own.
fn is_told(facts: &[Fact], fact: &Fact) -> bool {
    let is_written = |it: &Attribute| !matches!(it.origin, Origin::Default { .. });
    let same = |other: &Fact| {
        let same = |(name, it): (&SmolStr, &Attribute)| {
            name == "role"
                || other
                    .attributes
                    .get(name)
                    .is_some_and(|other| other.value == it.value && other.origin == it.origin)
        };
        other.kind == fact.kind && other.name == fact.name && fact.attributes.iter().all(same)
    };
    let role = |name: &str| name == "role" || name == "name";
    fact.attributes.iter().any(|(name, it)| !role(name) && is_written(it)) && facts.iter().any(same)
}

fn is_judged(role: Role) -> bool {
    matches!(role, Role::Production | Role::Base)
}

/// A fact without attributes.
fn blank(kind: FactKind, judged: &Judged, span: Span) -> Fact {
    Fact { item: judged.item.clone(), test: !is_judged(judged.role), ..Fact::new(kind, span) }
}
