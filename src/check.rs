//! The whole path from a project on disk to a sorted report. No printing, no exit codes.

use std::collections::BTreeMap;

use crate::facts::{Fact, FactKind};
use crate::finding::fingerprint::Identities;
use crate::finding::suppress::{self, Found};
use crate::finding::{Finding, Problem, Reported, Severity, Suppressed, Suppression};
use crate::flow;
use crate::model::{Models, Scope};
use crate::rule::{self, Rule};
use crate::source::{FileId, SourceText};
use crate::workspace::Workspace;

mod options;

pub use options::{Options, Override, RuleOptions, Verdict};

/// Stack of every thread that may meet deeply nested input, in bytes.
pub const STACK: usize = 64 << 20;

/// Everything that one run has to say.
#[derive(Debug, Default)]
pub struct Report {
    pub workspace: Workspace,
    /// All that ran or could have run, sorted by id.
    pub rules: Vec<Rule>,
    pub facts: Vec<Fact>,
    /// Sorted by path, place and rule.
    pub findings: Vec<Reported>,
    /// Found, and silenced by a comment or by the configuration.
    pub suppressed: Vec<Suppressed>,
    pub problems: Vec<Problem>,
    pub summary: Summary,
}

impl Report {
    /// The text that a finding's span lies in.
    #[must_use]
    pub fn source(&self, file: FileId) -> Option<&SourceText> {
        self.workspace.text(file).map(AsRef::as_ref)
    }
}

/// What was looked at, in numbers.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Summary {
    /// Files of a kind that is known.
    pub files: usize,
    pub findings: BTreeMap<Severity, usize>,
    pub suppressed: usize,
    /// Left out by persona, `--min-severity` or `--min-confidence`.
    pub hidden: usize,
    pub problems: usize,
    /// Facts of application code by kind: seen, and judged by the rules.
    pub facts: BTreeMap<FactKind, Judged>,
}

/// How many facts there are and how many of them could be judged.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Judged {
    pub seen: usize,
    pub judged: usize,
}

/// Reads a project, evaluates it and judges it.
#[must_use]
pub fn run(workspace: Workspace, options: &Options) -> Report {
    if workspace.files.is_empty() {
        let problems = workspace.problems.clone();
        let summary = Summary { problems: problems.len(), ..Summary::default() };
        return Report { workspace, problems, summary, ..Report::default() };
    }
    let (models, rules, mut problems) = knowledge(&workspace, options);
    let (facts, seen) = flow::analyse(&workspace, &models);
    problems.extend(seen);
    problems.extend(workspace.problems.iter().cloned());
    let context =
        rule::Context { facts: &facts, deployment: options.deployment.clone(), files: &workspace.files };
    let found = rule::judge(&rules, &context);
    conclude(workspace, rules, facts, found, problems, options)
}

/// Models and rules, built in and the user's own; what is wrong with the latter is a problem.
fn knowledge(workspace: &Workspace, options: &Options) -> (Models, Vec<Rule>, Vec<Problem>) {
    let _ = options;
    let named = |package: &str| workspace.packages.iter().any(|it| it.versions.contains_key(package));
    // Without a manifest anything may be in use.
    let unknown = workspace.packages.iter().all(|it| it.versions.is_empty());
    let scope = if unknown { Scope::All } else { Scope::Packages(&named) };
    let (models, _errors) = Models::load(&scope, &[]);
    (models, rule::builtin(), Vec::new())
}

/// Suppresses, filters, identifies, sorts and counts.
fn conclude(
    workspace: Workspace,
    rules: Vec<Rule>,
    facts: Vec<Fact>,
    found: Vec<Finding>,
    mut problems: Vec<Problem>,
    options: &Options,
) -> Report {
    let runs = |rule: &str| options.runs(rule);
    let mut found = suppress::apply(&workspace, &rules, found, options.suppressions, &runs);
    sort(&workspace, &mut found);
    let mut summary = Summary { files: workspace.files.len(), ..Summary::default() };
    let mut findings = Vec::new();
    let mut suppressed = Vec::new();
    let prefix = workspace.repository_prefix();
    let mut identities = Identities::new(&prefix);
    for Found { mut finding, silenced } in found {
        let path = path(&workspace, finding.span.file);
        let fingerprint = identities.of(&finding, path);
        let silenced = match options.adjust(&mut finding, path) {
            Verdict::Off => continue,
            Verdict::Keep => silenced,
            Verdict::Ignored(reason) => Some((Suppression::Configuration, reason)),
        };
        if !options.shows(&finding) {
            summary.hidden += usize::from(silenced.is_none());
        } else if let Some((by, reason)) = silenced {
            suppressed.push(Suppressed { finding, fingerprint, by, reason });
        } else {
            *summary.findings.entry(finding.severity).or_default() += 1;
            findings.push(Reported { finding, fingerprint });
        }
    }
    problems.sort();
    problems.dedup();
    summary.suppressed = suppressed.len();
    summary.problems = problems.len();
    for fact in facts.iter().filter(|fact| !fact.test) {
        let count = summary.facts.entry(fact.kind).or_default();
        count.seen += 1;
        count.judged += usize::from(fact.unjudged.is_none());
    }
    Report { workspace, rules, facts, findings, suppressed, problems, summary }
}

fn path(workspace: &Workspace, file: FileId) -> &str {
    workspace.files.get(file.0 as usize).map_or("", |entry| entry.path.as_str())
}

/// By path, place and rule; a total order, so that no thread's pace shows.
fn sort(workspace: &Workspace, found: &mut [Found]) {
    let key = |it: &Finding| (it.span.start, it.span.end);
    found.sort_by(|a, b| {
        let (a, b) = (&a.finding, &b.finding);
        path(workspace, a.span.file)
            .cmp(path(workspace, b.span.file))
            .then_with(|| key(a).cmp(&key(b)))
            .then_with(|| a.rule.cmp(&b.rule))
            .then_with(|| a.message.cmp(&b.message))
    });
}
