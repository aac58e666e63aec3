//! SARIF 2.1.0, as far as code scanning and editors read it.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

mod shape;

use shape::{
    Artifact, ArtifactChange, AutomationDetails, CodeFlow, Configuration, Descriptor, Driver, Help,
    Invocation, Location, Log, Message, Notification, PhysicalLocation, Reference, Region, Replacement,
    ResultProperties, RuleProperties, Run, SarifFix, SarifResult, SarifSuppression, Step, ThreadFlow, Tool,
    UriBase,
};

use super::explain::rule_text;
use super::{Place, line_hashes, place};
use crate::check::Report;
use crate::finding::{Finding, Fix, Problem, Severity, Suppressed, Suppression};
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

/// What a run may say beside its results.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct SarifOptions {
    /// Tells apart several uploads for one commit.
    pub category: Option<String>,
    /// Silenced findings are results too, marked as suppressed.
    pub suppressed: bool,
}

/// One result: a finding that is reported or was silenced.
struct Entry<'a> {
    finding: &'a Finding,
    fingerprint: &'a str,
    suppressions: Option<Vec<SarifSuppression<'a>>>,
}

/// What all locations of a run share.
struct Places<'a> {
    report: &'a Report,
    /// From the repository's root to the checked root.
    prefix: String,
}

/// The whole log.
#[must_use]
pub fn sarif(report: &Report, options: &SarifOptions) -> String {
    let places = Places { report, prefix: report.workspace.repository_prefix() };
    let rules = report.rules();
    let index: BTreeMap<&str, usize> =
        rules.iter().enumerate().map(|(at, it)| (it.id.as_str(), at)).collect();
    let mut notifications: Vec<_> = report.problems.iter().map(|it| places.notification(it)).collect();
    let none = || options.suppressed.then(Vec::new);
    let mut entries: Vec<_> = report
        .findings
        .iter()
        .map(|it| Entry { finding: &it.finding, fingerprint: &it.fingerprint, suppressions: none() })
        .collect();
    if options.suppressed {
        entries.extend(report.suppressed.iter().map(|it| places.suppressed(it)));
    }
    if entries.len() > RESULTS {
        notifications.push(left_out(entries.len() - RESULTS));
        entries.sort_by_key(|it| Reverse(it.finding.severity));
        entries.truncate(RESULTS);
    }
    let mut hashes: BTreeMap<FileId, Vec<String>> = BTreeMap::new();
    let results = entries
        .into_iter()
        .filter_map(|it| {
            let rule = index.get(it.finding.rule.as_str()).copied();
            places.result(it, rule, &mut hashes)
        })
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
                    information_uri: super::HOMEPAGE,
                    rules: rules.into_iter().map(descriptor).collect(),
                },
            },
            // what stands before the slash is the category
            automation_details: options
                .category
                .as_ref()
                .map(|it| AutomationDetails { id: format!("{}/", it.trim_end_matches('/')) }),
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
    let page = rule_text(rule);
    Descriptor {
        id: &rule.id,
        name: friendly(&rule.id),
        help_uri: super::page_address(rule),
        short_description: Message { text: clipped(&rule.summary) },
        full_description: Message { text: clipped(why) },
        help: Help { text: page.clone(), markdown: page },
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

/// `CookieNoSecure`: a name must differ from the id, and by convention is one capitalised word.
fn friendly(id: &str) -> String {
    let capitalised = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|it| it.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    id.split('-').map(capitalised).collect()
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
        it: Entry<'a>,
        rule_index: Option<usize>,
        hashes: &mut BTreeMap<FileId, Vec<String>>,
    ) -> Option<SarifResult<'a>> {
        let finding = it.finding;
        let source = self.report.source(finding.span.file)?;
        let line = source.line_column(finding.span.start).line as usize - 1;
        let hash = hashes.entry(finding.span.file).or_insert_with(|| line_hashes(source)).get(line).cloned();
        let mut fingerprints = BTreeMap::from([("sessionlint/v1", it.fingerprint.to_owned())]);
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
            suppressions: it.suppressions,
            partial_fingerprints: fingerprints,
            fixes: self.report.fixes.get(it.fingerprint).and_then(|it| self.fix(it)).into_iter().collect(),
            properties: ResultProperties {
                severity: finding.severity.word(),
                confidence: finding.confidence.word(),
                persona: finding.persona.word(),
            },
        })
    }

    fn suppressed<'a>(&self, it: &'a Suppressed) -> Entry<'a> {
        let (kind, location) = match it.by {
            Suppression::Comment(span) => ("inSource", self.location(span, None, None)),
            Suppression::Configuration | Suppression::Baseline => ("external", None),
        };
        let suppression = SarifSuppression { kind, justification: it.reason.as_deref(), location };
        Entry { finding: &it.finding, fingerprint: &it.fingerprint, suppressions: Some(vec![suppression]) }
    }

    fn fix(&self, fix: &Fix) -> Option<SarifFix> {
        let mut changes: BTreeMap<FileId, ArtifactChange> = BTreeMap::new();
        for edit in &fix.edits {
            let place = place(self.report, edit.span)?;
            let change = changes.entry(edit.span.file).or_insert_with(|| ArtifactChange {
                artifact_location: self.artifact(place.path),
                replacements: Vec::new(),
            });
            change.replacements.push(Replacement {
                deleted_region: region(&place),
                inserted_content: Message { text: edit.text.clone() },
            });
        }
        let description = Message { text: format!("{} ({})", fix.title, fix.safety.word()) };
        Some(SarifFix { description, artifact_changes: changes.into_values().collect() })
    }

    fn location(&self, span: Span, id: Option<usize>, text: Option<&str>) -> Option<Location> {
        let place = place(self.report, span)?;
        Some(Location {
            id,
            physical: PhysicalLocation {
                artifact_location: self.artifact(place.path),
                region: Some(region(&place)),
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

fn region(place: &Place<'_>) -> Region {
    Region {
        start_line: place.start.line,
        start_column: place.start.column,
        end_line: place.end.line,
        end_column: place.end.column,
    }
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
