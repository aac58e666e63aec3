//! The JSON contract `sessionlint/1`, described by `schemas/report.schema.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Place, place};
use crate::check::Report;
use crate::facts::FactKind;
use crate::finding::{Finding, Fix, Problem, Severity, Suppressed, Suppression};
use crate::source::Span;

/// Version of the contract. Fields may be added under it; none is renamed, removed or given another meaning.
const SCHEMA: &str = "sessionlint/1";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    summary: Summary,
    findings: Vec<JsonFinding<'a>>,
    suppressed: Vec<JsonSuppressed<'a>>,
    problems: Vec<JsonProblem<'a>>,
}

#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

pub(super) const TOOL: Tool = Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };

#[derive(Serialize)]
pub(super) struct Summary {
    files: usize,
    findings: BTreeMap<&'static str, usize>,
    judged: BTreeMap<&'static str, Judged>,
    suppressed: usize,
    hidden: usize,
    problems: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    untried_fixes: Option<usize>,
}

#[derive(Serialize)]
struct Judged {
    seen: usize,
    judged: usize,
}

#[derive(Serialize)]
pub(super) struct JsonFinding<'a> {
    rule: &'a str,
    severity: &'static str,
    confidence: &'static str,
    persona: &'static str,
    message: &'a str,
    why: &'a str,
    help: &'a str,
    #[serde(flatten)]
    region: Region<'a>,
    subject: Subject<'a>,
    evidence: Vec<Evidence<'a>>,
    cwe: &'a [u32],
    asvs: &'a [smol_str::SmolStr],
    fingerprint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<JsonFix<'a>>,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    title: &'a str,
    safety: &'static str,
    edits: Vec<JsonEdit<'a>>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    #[serde(flatten)]
    region: Region<'a>,
    text: &'a str,
}

/// Where something stands.
#[derive(Serialize)]
pub(super) struct Region<'a> {
    path: &'a str,
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct Subject<'a> {
    kind: &'a str,
    name: Option<&'a str>,
    role: Option<&'a str>,
}

#[derive(Serialize)]
struct Evidence<'a> {
    #[serde(flatten)]
    region: Region<'a>,
    text: &'a str,
}

#[derive(Serialize)]
pub(super) struct JsonSuppressed<'a> {
    #[serde(flatten)]
    finding: JsonFinding<'a>,
    suppression: JsonSuppression<'a>,
}

#[derive(Serialize)]
struct JsonSuppression<'a> {
    /// `comment`, `configuration` or `baseline`.
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct JsonProblem<'a> {
    kind: &'static str,
    message: &'a str,
    help: &'a str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<Position>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Position>,
}

pub(super) fn render(report: &Report) -> String {
    let document = Document {
        schema: SCHEMA,
        tool: TOOL,
        summary: summary(report),
        findings: report
            .findings
            .iter()
            .filter_map(|it| finding(report, &it.finding, &it.fingerprint))
            .collect(),
        suppressed: report.suppressed.iter().filter_map(|it| suppressed(report, it)).collect(),
        problems: report.problems.iter().map(|it| problem(report, it)).collect(),
    };
    text(&document)
}

pub(super) fn summary(report: &Report) -> Summary {
    let numbers = &report.summary;
    Summary {
        files: numbers.files,
        findings: Severity::ALL
            .iter()
            .map(|it| (it.word(), numbers.findings.get(it).copied().unwrap_or(0)))
            .collect(),
        judged: FactKind::ALL
            .iter()
            .map(|kind| {
                let it = numbers.facts.get(kind).copied().unwrap_or_default();
                (kind.name(), Judged { seen: it.seen, judged: it.judged })
            })
            .collect(),
        suppressed: numbers.suppressed,
        hidden: numbers.hidden,
        problems: numbers.problems,
        untried_fixes: Some(report.untried).filter(|it| *it > 0),
    }
}

/// Indented JSON with a final line break.
pub(super) fn text(value: &impl Serialize) -> String {
    // only maps with keys that are no text could fail
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

pub(super) fn finding<'a>(
    report: &'a Report,
    it: &'a Finding,
    fingerprint: &'a str,
) -> Option<JsonFinding<'a>> {
    Some(JsonFinding {
        rule: &it.rule,
        severity: it.severity.word(),
        confidence: it.confidence.word(),
        persona: it.persona.word(),
        message: &it.message,
        why: &it.why,
        help: &it.help,
        region: region(report, it.span)?,
        subject: Subject {
            kind: &it.subject.kind,
            name: it.subject.name.as_deref(),
            role: it.subject.role.as_deref(),
        },
        evidence: it
            .evidence
            .iter()
            .filter_map(|note| Some(Evidence { region: region(report, note.span)?, text: &note.text }))
            .collect(),
        cwe: &it.cwe,
        asvs: &it.asvs,
        fingerprint,
        fix: report.fixes.get(fingerprint).and_then(|it| fix(report, it)),
    })
}

fn fix<'a>(report: &'a Report, it: &'a Fix) -> Option<JsonFix<'a>> {
    let edits = it.edits.iter().map(|it| Some(JsonEdit { region: region(report, it.span)?, text: &it.text }));
    Some(JsonFix { title: &it.title, safety: it.safety.word(), edits: edits.collect::<Option<_>>()? })
}

pub(super) fn suppressed<'a>(report: &'a Report, it: &'a Suppressed) -> Option<JsonSuppressed<'a>> {
    let (kind, line) = match it.by {
        Suppression::Comment(span) => ("comment", place(report, span).map(|it| it.start.line)),
        Suppression::Configuration => ("configuration", None),
        Suppression::Baseline => ("baseline", None),
    };
    let suppression = JsonSuppression { kind, line, reason: it.reason.as_deref() };
    Some(JsonSuppressed { finding: finding(report, &it.finding, &it.fingerprint)?, suppression })
}

pub(super) fn problem<'a>(report: &'a Report, it: &'a Problem) -> JsonProblem<'a> {
    let (start, end) = it.span.and_then(|span| place(report, span)).map(|place| positions(&place)).unzip();
    JsonProblem { kind: it.kind.word(), message: &it.message, help: &it.help, path: &it.path, start, end }
}

pub(super) fn region(report: &Report, span: Span) -> Option<Region<'_>> {
    let place = place(report, span)?;
    let (start, end) = positions(&place);
    Some(Region { path: place.path, start, end })
}

fn positions(place: &Place<'_>) -> (Position, Position) {
    let position =
        |at: crate::source::LineColumn, offset| Position { line: at.line, column: at.column, offset };
    (position(place.start, place.bytes.start), position(place.end, place.bytes.end))
}
