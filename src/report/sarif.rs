//! SARIF 2.1.0, as far as code scanning and editors read it. A property without a value is left out: one `null` and the
//! whole file is refused.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::{line_hashes, place};
use crate::check::Report;
use crate::finding::{Finding, Problem, Reported, Severity};
use crate::rule::Rule;
use crate::source::{FileId, Span};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// Code scanning refuses a run with more results than this.
const RESULTS: usize = 25_000;
/// Code scanning shows no more locations of a result.
const LOCATIONS: usize = 100;
/// Longest text that code scanning takes for a description, in characters.
const DESCRIPTION: usize = 1024;
const BASE: &str = "%SRCROOT%";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    invocations: [Invocation<'a>; 1],
    original_uri_base_ids: BTreeMap<&'static str, UriBase>,
    column_kind: &'static str,
    results: Vec<SarifResult<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    information_uri: Option<&'static str>,
    rules: Vec<Descriptor<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'a> {
    id: &'a str,
    name: &'a str,
    short_description: Message,
    full_description: Message,
    help: Help<'a>,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Serialize)]
struct Help<'a> {
    text: &'a str,
    markdown: &'a str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct RuleProperties {
    tags: Vec<String>,
    precision: &'static str,
    security_severity: &'static str,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
struct UriBase {
    description: Message,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification<'a>>,
}

#[derive(Serialize)]
struct Notification<'a> {
    level: &'static str,
    message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
    descriptor: Reference<'a>,
}

#[derive(Serialize)]
struct Reference<'a> {
    id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    code_flows: Vec<CodeFlow>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    properties: ResultProperties,
}

#[derive(Serialize)]
struct ResultProperties {
    severity: &'static str,
    confidence: &'static str,
    persona: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    #[serde(rename = "physicalLocation")]
    physical: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CodeFlow {
    thread_flows: [ThreadFlow; 1],
}

#[derive(Serialize)]
struct ThreadFlow {
    locations: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    location: Location,
}

/// What all locations of a run share.
struct Places<'a> {
    report: &'a Report,
    /// From the repository's root to the checked root.
    prefix: String,
}

pub(super) fn render(report: &Report) -> String {
    let places = Places { report, prefix: report.workspace.repository_prefix() };
    let rules = report.rules();
    let index: BTreeMap<&str, usize> =
        rules.iter().enumerate().map(|(at, it)| (it.id.as_str(), at)).collect();
    let mut notifications: Vec<_> = report.problems.iter().map(|it| places.notification(it)).collect();
    let mut findings: Vec<&Reported> = report.findings.iter().collect();
    if findings.len() > RESULTS {
        notifications.push(left_out(findings.len() - RESULTS));
        findings.sort_by_key(|it| Reverse(it.finding.severity));
        findings.truncate(RESULTS);
    }
    let mut hashes: BTreeMap<FileId, Vec<String>> = BTreeMap::new();
    let results = findings
        .into_iter()
        .filter_map(|it| places.result(it, index.get(it.finding.rule.as_str()).copied(), &mut hashes))
        .collect();
    let description = Message { text: "root of the repository".into() };
    super::json::text(&Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: env!("CARGO_PKG_NAME"),
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: Some(env!("CARGO_PKG_HOMEPAGE")).filter(|it| !it.is_empty()),
                    rules: rules.into_iter().map(descriptor).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: notifications,
            }],
            original_uri_base_ids: BTreeMap::from([(BASE, UriBase { description })]),
            column_kind: "unicodeCodePoints",
            results,
        }],
    })
}

fn left_out(number: usize) -> Notification<'static> {
    Notification {
        level: "warning",
        message: Message { text: format!("{number} of the least severe results were left out") },
        locations: Vec::new(),
        descriptor: Reference { id: "problem/limit" },
    }
}

fn descriptor(rule: &Rule) -> Descriptor<'_> {
    let tags = ["security".to_owned()]
        .into_iter()
        .chain(rule.cwe.iter().map(|it| format!("external/cwe/cwe-{it:03}")))
        .chain(rule.tags.iter().map(ToString::to_string));
    let why = if rule.why.is_empty() { &rule.summary } else { &rule.why };
    Descriptor {
        id: &rule.id,
        name: &rule.id,
        short_description: Message { text: clipped(&rule.summary) },
        full_description: Message { text: clipped(why) },
        help: Help { text: &rule.page, markdown: &rule.page },
        default_configuration: Configuration { level: level(rule.severity) },
        properties: RuleProperties {
            tags: tags.take(10).collect(),
            precision: match rule.confidence() {
                crate::finding::Confidence::High => "high",
                crate::finding::Confidence::Medium => "medium",
                crate::finding::Confidence::Low => "low",
            },
            security_severity: match rule.highest_severity() {
                Severity::Critical => "9.5",
                Severity::High => "8.0",
                Severity::Medium => "5.5",
                Severity::Low => "3.0",
                Severity::Info => "1.0",
            },
        },
    }
}

fn clipped(text: &str) -> String {
    text.chars().take(DESCRIPTION).collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

impl Places<'_> {
    fn result<'a>(
        &self,
        it: &'a Reported,
        rule_index: Option<usize>,
        hashes: &mut BTreeMap<FileId, Vec<String>>,
    ) -> Option<SarifResult<'a>> {
        let finding = &it.finding;
        let source = self.report.source(finding.span.file)?;
        let line = source.line_column(finding.span.start).line as usize - 1;
        let hash = hashes.entry(finding.span.file).or_insert_with(|| line_hashes(source)).get(line).cloned();
        let mut fingerprints = BTreeMap::from([("sessionlint/v1", it.fingerprint.clone())]);
        fingerprints.extend(hash.map(|it| ("primaryLocationLineHash", it)));
        let evidence = || finding.evidence.iter().take(LOCATIONS);
        let related: Vec<_> = evidence()
            .enumerate()
            .filter_map(|(at, note)| self.location(note.span, Some(at + 1), Some(&note.text)))
            .collect();
        let steps = || {
            let own = Some(finding.label.as_str()).filter(|it| !it.is_empty()).unwrap_or(&finding.message);
            let last = evidence().all(|note| note.span != finding.span).then_some((finding.span, own));
            evidence()
                .map(|note| (note.span, note.text.as_str()))
                .chain(last)
                .filter_map(|(span, text)| Some(Step { location: self.location(span, None, Some(text))? }))
                .collect()
        };
        let flow = finding.ordered.then(|| CodeFlow { thread_flows: [ThreadFlow { locations: steps() }] });
        Some(SarifResult {
            rule_id: &finding.rule,
            rule_index,
            level: level(finding.severity),
            message: Message { text: message(finding, &related) },
            locations: [self.location(finding.span, None, None)?],
            related_locations: related,
            code_flows: flow.into_iter().collect(),
            partial_fingerprints: fingerprints,
            properties: ResultProperties {
                severity: finding.severity.word(),
                confidence: finding.confidence.word(),
                persona: finding.persona.word(),
            },
        })
    }

    fn location(&self, span: Span, id: Option<usize>, text: Option<&str>) -> Option<Location> {
        let place = place(self.report, span)?;
        Some(Location {
            id,
            physical: PhysicalLocation {
                artifact_location: self.artifact(place.path),
                region: Some(Region {
                    start_line: place.start.line,
                    start_column: place.start.column,
                    end_line: place.end.line,
                    end_column: place.end.column,
                }),
            },
            message: text.filter(|it| !it.is_empty()).map(|it| Message { text: it.to_owned() }),
        })
    }

    fn artifact(&self, path: &str) -> Artifact {
        Artifact { uri: uri(&format!("{}{path}", self.prefix)), uri_base_id: BASE }
    }

    fn notification<'a>(&self, problem: &Problem) -> Notification<'a> {
        let whole_file = || Location {
            id: None,
            physical: PhysicalLocation { artifact_location: self.artifact(&problem.path), region: None },
            message: None,
        };
        let location = problem.span.and_then(|it| self.location(it, None, None)).unwrap_or_else(whole_file);
        Notification {
            level: "warning",
            message: Message { text: problem.message.clone() },
            locations: vec![location],
            descriptor: Reference { id: problem.kind.word() },
        }
    }
}

/// The first sentence is the alert's title; evidence is linked, so that it is shown.
fn message(finding: &Finding, related: &[Location]) -> String {
    let mut text = format!("{}.", escaped(&finding.message));
    if !finding.why.is_empty() {
        let _ = write!(text, " {}.", escaped(&finding.why));
    }
    let links: Vec<_> = related
        .iter()
        .filter_map(|it| Some(format!("[{}]({})", escaped(&it.message.as_ref()?.text), it.id?)))
        .collect();
    if !links.is_empty() {
        let _ = write!(text, " See {}.", links.join(", "));
    }
    text
}

/// Brackets would start a link.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

/// Percent-encodes all but the unreserved characters and `/`.
fn uri(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut uri, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
        uri
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_relative_references() {
        assert_eq!(uri("src/a b#c.rs"), "src/a%20b%23c.rs");
        assert_eq!(uri("grüße/x:y.py"), "gr%C3%BC%C3%9Fe/x%3Ay.py");
    }

    #[test]
    fn no_text_of_a_project_starts_a_link() {
        assert_eq!(escaped("cookie `a[0]\\`"), "cookie `a\\[0\\]\\\\`");
    }
}
