//! The auditor's report: what a project does with cookies and sessions, what is wrong with it, and what was not seen.
//! One plain structure, shown as HTML, Markdown or JSON.

mod excerpt;
mod html;
mod inventory;
mod life;
mod markdown;
mod requirements;
mod settings;
mod template;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::json::{TOOL, Tool};
use super::redact::Secrets;
use super::words::clean;
use super::{json, page_address, place};
use crate::check::Report;
use crate::facts::{Fact, FactKind};
use crate::finding::Finding;
use crate::source::{FileId, Span};

pub use html::audit_html;
pub use markdown::audit_markdown;

/// Version of the JSON form.
const SCHEMA: &str = "sessionlint-audit/1";

/// Everything that the report says.
#[derive(Serialize)]
struct Audit {
    schema: &'static str,
    tool: Tool,
    project: String,
    summary: json::Summary,
    applications: Vec<Application>,
    findings: Vec<Found>,
    /// What could not be decided.
    doubts: Vec<Found>,
    accepted: Vec<Accepted>,
    requirements: Vec<requirements::Row>,
    settings: Vec<settings::Row>,
    unjudged: Vec<Unjudged>,
    problems: Vec<Problem>,
}

/// A package of the project that does something with cookies or sessions.
#[derive(Serialize)]
struct Application {
    name: String,
    folder: String,
    stacks: Vec<String>,
    cookies: Vec<inventory::Cookie>,
    sessions: Vec<inventory::Session>,
    keys: Vec<inventory::Key>,
    life: life::Life,
    findings: Vec<usize>,
}

/// Where something stands, relative to the checked root.
#[derive(Serialize, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct At {
    path: String,
    line: u32,
}

#[derive(Serialize)]
struct Found {
    /// Name in this report: `F1`.
    number: usize,
    rule: String,
    severity: &'static str,
    confidence: &'static str,
    message: String,
    why: String,
    help: String,
    at: At,
    application: String,
    item: String,
    cwe: Vec<u32>,
    asvs: Vec<String>,
    page: Option<String>,
    ordered: bool,
    evidence: Vec<excerpt::Excerpt>,
    fingerprint: String,
}

#[derive(Serialize)]
struct Accepted {
    rule: String,
    severity: &'static str,
    message: String,
    at: At,
    /// `comment`, `configuration` or `baseline`.
    by: &'static str,
    reason: Option<String>,
}

#[derive(Serialize)]
struct Unjudged {
    kind: &'static str,
    name: Option<String>,
    at: At,
    why: String,
}

#[derive(Serialize)]
struct Problem {
    kind: &'static str,
    message: String,
    help: String,
    path: String,
    line: Option<u32>,
}

/// The report as data.
#[must_use]
pub fn audit_json(report: &Report, project: &str) -> String {
    json::text(&audit(report, project))
}

/// `project` is the name that the report gives to the whole.
fn audit(report: &Report, project: &str) -> Audit {
    let secrets = Secrets::of(report);
    let groups = Groups::of(report, project);
    let (findings, doubts) = findings(report, &secrets, &groups);
    let numbers = Numbers::of(report, &findings);
    Audit {
        schema: SCHEMA,
        tool: TOOL,
        project: clean(project).into_owned(),
        summary: json::summary(report),
        applications: groups.applications(report, &numbers),
        requirements: requirements::rows(report, &numbers),
        settings: settings::rows(report, &numbers),
        unjudged: unjudged(report),
        accepted: accepted(report),
        problems: problems(report),
        findings,
        doubts,
    }
}

fn at(report: &Report, span: Span) -> Option<At> {
    let place = place(report, span)?;
    Some(At { path: clean(place.path).into_owned(), line: place.start.line })
}

/// Facts that are told of, sorted by place.
fn facts(report: &Report, kind: FactKind) -> Vec<&Fact> {
    let mut facts: Vec<_> = report.facts.iter().filter(|it| it.kind == kind && !it.test).collect();
    facts.sort_by_cached_key(|it| (at(report, it.span), it.span.start, it.span.end, it.name.clone()));
    facts
}

/// Which package each file belongs to.
struct Groups {
    names: BTreeMap<Option<usize>, String>,
}

impl Groups {
    fn of(report: &Report, project: &str) -> Self {
        let packages = &report.workspace.packages;
        let mut names = BTreeMap::new();
        for fact in report.facts.iter().filter(|it| !it.test) {
            let package = Self::key(report, fact.span.file);
            names.entry(package).or_insert_with(|| {
                let package = package.and_then(|it| packages.get(it));
                match package.map(|it| (it.name.as_str(), it.folder.as_str())) {
                    Some((name, _)) if !name.is_empty() => name.to_owned(),
                    Some((_, folder)) if !folder.is_empty() => folder.to_owned(),
                    _ => project.to_owned(),
                }
            });
        }
        // a folder is no better name than the project's own when it is the only one
        if let (1, Some(name)) = (names.len(), names.values_mut().next())
            && packages.iter().all(|it| it.name != *name)
        {
            project.clone_into(name);
        }
        Self { names }
    }

    fn key(report: &Report, file: FileId) -> Option<usize> {
        report.workspace.files.get(file.0 as usize)?.package
    }

    fn name(&self, report: &Report, file: FileId) -> String {
        self.names.get(&Self::key(report, file)).cloned().unwrap_or_default()
    }

    fn applications(&self, report: &Report, numbers: &Numbers) -> Vec<Application> {
        let mut all: Vec<_> = self
            .names
            .iter()
            .map(|(key, name)| {
                let here = |fact: &&Fact| Self::key(report, fact.span.file) == *key;
                let of = |kind| facts(report, kind).into_iter().filter(here).collect::<Vec<_>>();
                let handlers = of(FactKind::Handler);
                let folder = key.and_then(|it| report.workspace.packages.get(it));
                let own = |it: &&(usize, &Finding)| Self::key(report, it.1.span.file) == *key;
                Application {
                    name: clean(name).into_owned(),
                    folder: folder.map(|it| clean(&it.folder).into_owned()).unwrap_or_default(),
                    stacks: stacks(report, here),
                    cookies: inventory::cookies(report, &of(FactKind::Cookie), &handlers, numbers),
                    sessions: inventory::sessions(report, &of(FactKind::Session), numbers),
                    keys: inventory::keys(report, &of(FactKind::Key), numbers),
                    life: life::life(report, &handlers, numbers),
                    findings: numbers.all.iter().filter(own).map(|it| it.0).collect(),
                }
            })
            .filter(|it| {
                !(it.cookies.is_empty() && it.sessions.is_empty() && it.keys.is_empty() && it.life.is_empty())
            })
            .collect();
        all.sort_by(|a, b| (&a.folder, &a.name).cmp(&(&b.folder, &b.name)));
        all
    }
}

fn stacks<'f>(report: &'f Report, here: impl Fn(&&'f Fact) -> bool) -> Vec<String> {
    let known = |fact: &Fact| inventory::text(fact, "stack").filter(|it| !it.is_empty());
    let all: BTreeSet<String> = report
        .facts
        .iter()
        .filter(|it| !it.test)
        .filter(|it| here(it))
        .filter_map(|fact| {
            let stack = known(fact)?;
            let version = match report.workspace.version(fact.span.file, &stack) {
                crate::workspace::Version::Exact(version) => format!(" {version}"),
                crate::workspace::Version::Requirement(wanted) => format!(" {wanted}"),
                _ => String::new(),
            };
            Some(clean(&format!("{stack}{version}")).into_owned())
        })
        .collect();
    all.into_iter().collect()
}

/// The numbers of the findings, to be looked up by what they speak of.
struct Numbers<'r> {
    all: Vec<(usize, &'r Finding)>,
    unclear: Vec<&'r Finding>,
    accepted: Vec<&'r Finding>,
}

impl<'r> Numbers<'r> {
    fn of(report: &'r Report, numbered: &[Found]) -> Self {
        let by_print: BTreeMap<&str, usize> =
            numbered.iter().map(|it| (it.fingerprint.as_str(), it.number)).collect();
        let mut all: Vec<_> = report
            .findings
            .iter()
            .filter(|it| !it.finding.is_unclear())
            .filter_map(|it| Some((*by_print.get(it.fingerprint.as_str())?, &it.finding)))
            .collect();
        all.sort_by_key(|it| it.0);
        let unclear = report.findings.iter().map(|it| &it.finding).filter(|it| it.is_unclear()).collect();
        Self { all, unclear, accepted: report.suppressed.iter().map(|it| &it.finding).collect() }
    }

    /// Findings about a fact.
    fn about(&self, fact: &Fact) -> Vec<usize> {
        self.all.iter().filter(|it| speaks_of(it.1, fact)).map(|it| it.0).collect()
    }

    fn accepted_about(&self, fact: &Fact) -> usize {
        self.accepted.iter().filter(|it| speaks_of(it, fact)).count()
    }
}

fn speaks_of(finding: &Finding, fact: &Fact) -> bool {
    finding.subject.kind == fact.kind.name()
        && finding.item == fact.item
        && (fact.kind == FactKind::Handler || finding.subject.name == fact.name)
        && (fact.kind != FactKind::Cookie || near(finding, fact))
}

/// Two cookies of one name in one function are told apart by where they are built.
fn near(finding: &Finding, fact: &Fact) -> bool {
    let places = finding.evidence.iter().map(|it| it.span).chain([finding.span]);
    let own: Vec<Span> = fact
        .attributes
        .values()
        .filter_map(|it| match &it.origin {
            crate::facts::Origin::Written(span) | crate::facts::Origin::Inherited(span) => Some(*span),
            _ => None,
        })
        .chain([fact.span])
        .chain(fact.trail.iter().map(|it| it.span))
        .collect();
    places.into_iter().any(|it| own.iter().any(|own| own.contains(it) || it.contains(*own)))
}

/// The gravest first; doubts apart.
fn findings(report: &Report, secrets: &Secrets, groups: &Groups) -> (Vec<Found>, Vec<Found>) {
    let mut sorted: Vec<_> = report.findings.iter().collect();
    sorted.sort_by_key(|it| Reverse(it.finding.severity));
    let (unclear, clear): (Vec<_>, Vec<_>) = sorted.into_iter().partition(|it| it.finding.is_unclear());
    let rules = report.rules();
    let list = |all: Vec<&crate::finding::Reported>| {
        all.into_iter()
            .filter_map(|it| {
                let finding = &it.finding;
                Some(Found {
                    number: 0,
                    rule: finding.rule.to_string(),
                    severity: finding.severity.word(),
                    confidence: finding.confidence.word(),
                    message: clean(&finding.message).into_owned(),
                    why: clean(&finding.why).into_owned(),
                    help: finding.help.lines().map(clean).collect::<Vec<_>>().join("\n"),
                    at: at(report, finding.span)?,
                    application: clean(&groups.name(report, finding.span.file)).into_owned(),
                    item: clean(&finding.item).into_owned(),
                    cwe: finding.cwe.clone(),
                    asvs: finding.asvs.iter().map(ToString::to_string).collect(),
                    page: rules.iter().find(|it| it.id == finding.rule).and_then(|it| page_address(it)),
                    ordered: finding.ordered,
                    evidence: excerpt::excerpts(report, secrets, finding),
                    fingerprint: it.fingerprint.clone(),
                })
            })
            .enumerate()
            .map(|(at, it)| Found { number: at + 1, ..it })
            .collect::<Vec<_>>()
    };
    (list(clear), list(unclear))
}

fn accepted(report: &Report) -> Vec<Accepted> {
    let one = |it: &crate::finding::Suppressed| {
        Some(Accepted {
            rule: it.finding.rule.to_string(),
            severity: it.finding.severity.word(),
            message: clean(&it.finding.message).into_owned(),
            at: at(report, it.finding.span)?,
            by: match it.by {
                crate::finding::Suppression::Comment(_) => "comment",
                crate::finding::Suppression::Configuration => "configuration",
                crate::finding::Suppression::Baseline => "baseline",
            },
            reason: it.reason.as_deref().map(|it| clean(it).into_owned()),
        })
    };
    report.suppressed.iter().filter_map(one).collect()
}

fn unjudged(report: &Report) -> Vec<Unjudged> {
    FactKind::ALL
        .into_iter()
        .flat_map(|kind| facts(report, kind))
        .filter_map(|fact| {
            Some(Unjudged {
                kind: fact.kind.name(),
                name: fact.name.as_deref().map(|it| clean(it).into_owned()),
                at: at(report, fact.span)?,
                why: clean(fact.unjudged.as_ref()?).into_owned(),
            })
        })
        .collect()
}

fn problems(report: &Report) -> Vec<Problem> {
    let one = |it: &crate::finding::Problem| Problem {
        kind: it.kind.word(),
        message: clean(&it.message).into_owned(),
        help: clean(&it.help).into_owned(),
        path: clean(&it.path).into_owned(),
        line: it.span.and_then(|span| at(report, span)).map(|it| it.line),
    };
    report.problems.iter().map(one).collect()
}
