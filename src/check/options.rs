//! What a run may be told: the command line and the configuration, merged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use globset::GlobSet;
use smol_str::SmolStr;

use crate::check::baseline::Baseline;
use crate::check::changed::Changed;
use crate::check::suppress::Suppressions;
use crate::finding::{Confidence, Finding, Persona, Severity};
use crate::rule::{Deployment, Rule};

#[derive(Clone, Debug, Default)]
pub struct Options {
    pub deployment: Deployment,
    pub persona: Persona,
    pub min_severity: Option<Severity>,
    pub min_confidence: Option<Confidence>,
    /// Only these rules run; empty is all.
    pub only: BTreeSet<SmolStr>,
    pub ignore: BTreeSet<SmolStr>,
    pub rules: BTreeMap<SmolStr, RuleOptions>,
    pub overrides: Vec<Override>,
    /// Leads from where the paths of the overrides begin to the checked root: empty, or with a final `/`.
    pub prefix: String,
    /// Files and folders, relative to the checked root, to which findings are limited; empty is everywhere.
    pub within: Vec<String>,
    pub suppressions: Suppressions,
    /// Findings that are accepted for now.
    pub baseline: Option<Baseline>,
    /// Lines to which findings are limited; `None` is everywhere.
    pub changed: Option<Changed>,
    /// The user's own rule pages.
    pub user_rules: Arc<[Rule]>,
    /// The user's own model files.
    pub user_models: Vec<UserFile>,
    /// Worker threads; `None` is one per core.
    pub threads: Option<usize>,
}

/// A file of the user's configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UserFile {
    /// As it is named in messages.
    pub path: String,
    pub text: String,
}

/// What the user decided about one rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RuleOptions {
    pub off: bool,
    pub severity: Option<Severity>,
    pub persona: Option<Persona>,
}

/// Decisions for the files that `paths` matches.
#[derive(Clone, Debug)]
pub struct Override {
    pub paths: GlobSet,
    pub ignore: BTreeSet<SmolStr>,
    pub rules: BTreeMap<SmolStr, RuleOptions>,
    pub reason: Option<String>,
}

/// What the configuration says about a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    Keep,
    /// The rule is off: as if it were never found.
    Off,
    /// Ignored for this path, with the reason if one was given.
    Ignored(Option<String>),
}

impl Options {
    /// Whether a rule runs at all.
    #[must_use]
    pub fn runs(&self, rule: &str) -> bool {
        (self.only.is_empty() || self.only.contains(rule))
            && !self.ignore.contains(rule)
            && !self.rules.get(rule).is_some_and(|it| it.off)
    }

    /// Whether findings of a file, relative to the checked root, are wanted.
    #[must_use]
    pub fn covers(&self, path: &str) -> bool {
        let inside = |it: &String| {
            path.strip_prefix(it.as_str())
                .is_some_and(|rest| it.is_empty() || rest.is_empty() || rest.starts_with('/'))
        };
        self.within.is_empty() || self.within.iter().any(inside)
    }

    /// Applies the user's severities and personas; later overrides win over earlier ones.
    pub fn adjust(&self, finding: &mut Finding, path: &str) -> Verdict {
        if !self.runs(&finding.rule) || !self.covers(path) {
            return Verdict::Off;
        }
        let whole = format!("{}{path}", self.prefix);
        let mut verdict = Verdict::Keep;
        let general = self.rules.get(&finding.rule).copied();
        let here = self.overrides.iter().filter(|it| it.paths.is_match(&whole));
        let mut chosen: Vec<RuleOptions> = general.into_iter().collect();
        for it in here {
            if it.ignore.contains(&finding.rule) {
                verdict = Verdict::Ignored(it.reason.clone());
            }
            chosen.extend(it.rules.get(&finding.rule));
        }
        for it in chosen {
            finding.severity = it.severity.unwrap_or(finding.severity);
            finding.persona = it.persona.unwrap_or(finding.persona);
            if it.off {
                verdict = Verdict::Ignored(None);
            }
        }
        verdict
    }

    /// Whether persona and thresholds let a finding through.
    #[must_use]
    pub fn shows(&self, finding: &Finding) -> bool {
        finding.persona <= self.persona
            && self.min_severity.is_none_or(|least| finding.severity >= least)
            && self.min_confidence.is_none_or(|least| finding.confidence >= least)
    }
}
