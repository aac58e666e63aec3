//! The whole path from a project on disk to a sorted report. No printing, no exit codes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::facts::{Fact, FactKind};
use crate::finding::fingerprint::Identities;
use crate::finding::{
    Finding, Fix, Persona, Problem, ProblemKind, Reported, Severity, Suppressed, Suppression,
};
use crate::flow::{Lowered, Units};
use crate::model::{ModelFile, Models, Scope};
use crate::rule::{self, Rule};
use crate::source::{FileId, SourceText};
use crate::workspace::{Ecosystem, FileEntry, FileRole, Workspace};

pub mod baseline;
pub mod changed;
pub mod examples;
mod options;
pub mod suppress;

use suppress::Found;

pub use options::{Options, Override, RuleOptions, UserFile, Verdict};

/// Stack of every thread that may meet deeply nested input, in bytes.
pub const STACK: usize = 64 << 20;

/// Everything that one run has to say.
#[derive(Debug, Default)]
pub struct Report {
    pub workspace: Workspace,
    /// The user's own rules.
    pub user_rules: Arc<[Rule]>,
    pub facts: Vec<Fact>,
    /// Sorted by path, place and rule.
    pub findings: Vec<Reported>,
    /// Found, and silenced by a comment, the configuration or the baseline.
    pub suppressed: Vec<Suppressed>,
    pub problems: Vec<Problem>,
    /// Fingerprints that the baseline lists and this run met, whatever became of the finding.
    pub met: BTreeSet<String>,
    /// Fixes that were asked for, by fingerprint.
    pub fixes: BTreeMap<String, Fix>,
    /// Findings for which fixes were asked for and not all were tried.
    pub untried: usize,
    pub summary: Summary,
}

impl Report {
    /// All rules, also those that were switched off, sorted by id.
    #[must_use]
    pub fn rules(&self) -> Vec<&Rule> {
        all_rules(&self.user_rules)
    }

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
    /// Left out by persona, `--min-severity`, `--min-confidence`, or because nothing changed there.
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

/// Built-in rules and those of the user, sorted by id.
#[must_use]
pub fn all_rules(user: &[Rule]) -> Vec<&Rule> {
    let mut rules: Vec<&Rule> = rule::builtin().iter().chain(user).collect();
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    rules
}

/// Evaluates a project and judges it, on as many threads as the options say.
#[must_use]
pub fn run(workspace: Workspace, options: &Options) -> Report {
    rerun(workspace, options, &mut Kept::default())
}

/// What one run leaves to the next one over the same files, some of which have new texts.
#[derive(Default)]
pub struct Kept {
    models: Option<Arc<Models>>,
    lowered: Lowered,
    wanted: bool,
}

impl Kept {
    /// Nothing so far.
    #[must_use]
    pub fn new() -> Self {
        Self { wanted: true, ..Self::default() }
    }

    /// The models of a project, read once.
    pub(crate) fn models(&mut self, workspace: &Workspace, options: &Options) -> Arc<Models> {
        Arc::clone(self.models.get_or_insert_with(|| Arc::new(models(workspace, options))))
    }

    /// The files of a project, of which those are lowered that nobody changed since.
    pub(crate) fn units<'w>(&self, workspace: &'w Workspace) -> Units<'w> {
        Units::with(workspace, &self.lowered)
    }
}

/// What other options say of the same facts.
#[must_use]
pub(crate) fn rejudge(report: &Report, options: &Options) -> Report {
    let workspace = report.workspace.edited(&BTreeMap::new());
    let problems = report.problems.iter().filter(|it| it.kind != ProblemKind::Stale).cloned().collect();
    judge(workspace, report.facts.clone(), problems, options)
}

/// The same as `run`, with what earlier runs left.
#[must_use]
pub fn rerun(workspace: Workspace, options: &Options, kept: &mut Kept) -> Report {
    if workspace.files.is_empty() {
        let problems = workspace.problems();
        let summary = Summary { problems: problems.len(), ..Summary::default() };
        return Report { workspace, problems, summary, ..Report::default() };
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads.unwrap_or(0)).stack_size(STACK);
    match pool.build() {
        Ok(pool) => pool.install(|| evaluate(workspace, options, kept)),
        // no thread to be had: the one at hand must do
        Err(_) => evaluate(workspace, options, kept),
    }
}

fn evaluate(workspace: Workspace, options: &Options, kept: &mut Kept) -> Report {
    let units = Units::with(&workspace, &kept.lowered);
    let (models, ()) = rayon::join(
        || kept.models.clone().unwrap_or_else(|| Arc::new(models(&workspace, options))),
        || lower_ahead(&workspace, &units),
    );
    let (facts, mut problems) = crate::facts::analyse_lowered(&workspace, &models, &units);
    if kept.wanted {
        *kept = Kept { models: Some(models), lowered: units.lowered(), wanted: true };
    }
    drop(units);
    problems.extend(workspace.problems());
    judge(workspace, facts, problems, options)
}

fn judge(workspace: Workspace, facts: Vec<Fact>, problems: Vec<Problem>, options: &Options) -> Report {
    let context =
        rule::Context { facts: &facts, deployment: options.deployment.clone(), files: &workspace.files };
    let running = all_rules(&options.user_rules).into_iter().filter(|rule| options.runs(&rule.id));
    let found = rule::judge(running, &context);
    conclude(workspace, facts, found, problems, options)
}

/// Lowers files while the models are read. In a project of many packages the models tell which ones matter.
fn lower_ahead(workspace: &Workspace, units: &Units<'_>) {
    if workspace.packages.len() <= 1 {
        let may_use = |ecosystem: Ecosystem, package: &str| workspace.may_use(ecosystem, package);
        let roots = crate::model::roots(&Scope::Packages(&may_use));
        let marks = workspace.marks(roots.iter().map(String::as_str));
        let judged = |it: &&FileEntry| {
            it.interesting && it.role == FileRole::Application && workspace.has_marks(it.id, &marks)
        };
        workspace.files.par_iter().filter(judged).for_each(|it| drop(units.get(it.id)));
    }
}

/// Fingerprints of everything that a project gives when some files have other texts, whoever wants to hear of it.
#[must_use]
pub fn fingerprints(
    workspace: &Workspace,
    texts: &BTreeMap<FileId, String>,
    options: &Options,
) -> BTreeSet<String> {
    let all = Options {
        persona: Persona::Auditor,
        min_severity: None,
        min_confidence: None,
        baseline: None,
        changed: None,
        ..options.clone()
    };
    let report = run(workspace.edited(texts), &all);
    let silenced = report.suppressed.into_iter().map(|it| it.fingerprint);
    report.findings.into_iter().map(|it| it.fingerprint).chain(silenced).collect()
}

/// The models that a project needs. Faults in the user's own were told when the configuration was read.
fn models(workspace: &Workspace, options: &Options) -> Models {
    let may_use = |ecosystem: Ecosystem, package: &str| workspace.may_use(ecosystem, package);
    let scope = Scope::Packages(&may_use);
    let user: Vec<_> =
        options.user_models.iter().map(|it| ModelFile { path: &it.path, text: &it.text }).collect();
    Models::load(&scope, &user).0
}

/// Suppresses, filters, identifies, sorts and counts what the rules found.
#[must_use]
pub fn conclude(
    workspace: Workspace,
    facts: Vec<Fact>,
    found: Vec<Finding>,
    mut problems: Vec<Problem>,
    options: &Options,
) -> Report {
    let runs = |rule: &str| options.runs(rule);
    let rules = all_rules(&options.user_rules);
    let mut found = suppress::apply(&workspace, &rules, found, options.suppressions, &runs);
    sort(&workspace, &mut found);
    let mut summary = Summary { files: workspace.files.len(), ..Summary::default() };
    let mut findings = Vec::new();
    let mut suppressed = Vec::new();
    let prefix = workspace.repository_prefix();
    let mut identities = Identities::new(&prefix);
    let mut met = BTreeSet::new();
    for Found { mut finding, silenced } in found {
        let path = path(&workspace, finding.span.file);
        let fingerprint = identities.of(&finding, path);
        let listed = options.baseline.as_ref().and_then(|it| it.entry(&fingerprint));
        met.extend(listed.map(|it| it.fingerprint.clone()));
        let silenced = match options.adjust(&mut finding, path) {
            Verdict::Off => continue,
            Verdict::Keep => silenced.or_else(|| Some((Suppression::Baseline, listed?.reason()))),
            Verdict::Ignored(reason) => Some((Suppression::Configuration, reason)),
        };
        let changed =
            options.changed.as_ref().is_none_or(|it| it.brought(&workspace, &finding, &fingerprint));
        if !options.shows(&finding) || !changed {
            summary.hidden += usize::from(silenced.is_none());
        } else if let Some((by, reason)) = silenced {
            suppressed.push(Suppressed { finding, fingerprint, by, reason });
        } else {
            *summary.findings.entry(finding.severity).or_default() += 1;
            findings.push(Reported { finding, fingerprint });
        }
    }
    if let Some(baseline) = &options.baseline {
        problems.extend(baseline.stale(&met, &prefix, options));
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
    let user_rules = Arc::clone(&options.user_rules);
    Report {
        workspace,
        user_rules,
        facts,
        findings,
        suppressed,
        problems,
        met,
        fixes: BTreeMap::new(),
        untried: 0,
        summary,
    }
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
