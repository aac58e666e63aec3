//! What the editor is told: diagnostics, hover texts and code actions.

use std::collections::BTreeMap;

use lsp_types::{Position, Range};
use serde_json::{Value, json};

use super::place::{Root, offset, range};
use crate::check::{Kept, Options, Report};
use crate::facts::FactKind;
use crate::finding::{Edit, Finding, Reported, Safety, Severity};
use crate::report::{fact_markdown, finding_markdown};
use crate::source::{FileId, SourceText, Span};
use crate::workspace::FileKind;

/// Diagnostics by path.
pub(super) fn diagnostics(report: &Report, root: &Root) -> BTreeMap<String, Vec<Value>> {
    let mut all: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for it in &report.findings {
        let Some(source) = report.source(it.finding.span.file) else { continue };
        all.entry(source.path.clone()).or_default().push(diagnostic(report, root, source, it));
    }
    all
}

fn diagnostic(report: &Report, root: &Root, source: &SourceText, it: &Reported) -> Value {
    let finding = &it.finding;
    let related = finding.evidence.iter().filter_map(|note| {
        let source = report.source(note.span.file)?;
        let location = json!({ "uri": root.uri(&source.path), "range": range(source, note.span) });
        Some(json!({ "location": location, "message": note.text }))
    });
    json!({
        "range": range(source, finding.span),
        "severity": severity(finding.severity),
        "code": finding.rule,
        "source": env!("CARGO_PKG_NAME"),
        "message": format!("{}: {}\n{}", finding.message, finding.why, finding.help),
        "relatedInformation": related.collect::<Vec<_>>(),
    })
}

fn severity(it: Severity) -> u8 {
    match it {
        Severity::Critical | Severity::High => 1,
        Severity::Medium => 2,
        Severity::Low => 3,
        Severity::Info => 4,
    }
}

/// The findings at a place with their rules' pages, and what cookies and sessions that are made there are like.
pub(super) fn hover(report: &Report, root: &Root, uri: &str, at: Position) -> Option<Value> {
    let (file, source) = file(report, root, uri)?;
    let at = offset(source, at);
    let covers = |it: &Span| it.file == file && it.start <= at && at < it.end.max(it.start + 1);
    let rules = report.rules();
    let mut parts: Vec<String> = Vec::new();
    let told = |it: &&crate::facts::Fact| matches!(it.kind, FactKind::Cookie | FactKind::Session);
    for fact in report.facts.iter().filter(told) {
        let about = report.findings.iter().any(|it| {
            covers(&it.finding.span) && it.finding.fact.and_then(|it| report.facts.get(it)) == Some(fact)
        });
        if covers(&fact.span) || about {
            parts.push(fact_markdown(report, fact));
        }
    }
    for it in report.findings.iter().filter(|it| covers(&it.finding.span)) {
        let rule = rules.iter().find(|rule| rule.id == it.finding.rule)?;
        parts.push(finding_markdown(&it.finding, rule));
    }
    parts.dedup();
    let value = parts.join("\n---\n\n");
    (!value.is_empty()).then(|| json!({ "contents": { "kind": "markdown", "value": value } }))
}

/// Fixes that hold, and comments that silence, for the findings in a range.
pub(super) fn actions(
    report: &Report,
    options: &Options,
    kept: &mut Kept,
    root: &Root,
    uri: &str,
    asked: Range,
) -> Value {
    let Some((file, source)) = file(report, root, uri) else { return json!([]) };
    let (from, to) = (offset(source, asked.start), offset(source, asked.end));
    let meets = |it: &Finding| it.span.file == file && it.span.start <= to && from <= it.span.end;
    let mut all = Vec::new();
    for it in report.findings.iter().filter(|it| meets(&it.finding)) {
        let told = diagnostic(report, root, source, it);
        let action = |title: String, edits: &[Edit], preferred: bool| {
            json!({
                "title": title,
                "kind": "quickfix",
                "isPreferred": preferred,
                "diagnostics": [told],
                "edit": { "changes": changes(report, root, edits) },
            })
        };
        if let Some(fix) = crate::fix::of_finding(report, options, &it.fingerprint, kept) {
            let mark =
                if fix.safety == Safety::Safe { "" } else { " (may change what the application does)" };
            all.push(action(format!("{}{mark}", fix.title), &fix.edits, fix.safety == Safety::Safe));
        }
        if let Some(edit) = silence(report, source, &it.finding) {
            all.push(action(format!("ignore `{}` here", it.finding.rule), &[edit], false));
        }
    }
    Value::Array(all)
}

/// A comment on a line of its own, above the finding's.
fn silence(report: &Report, source: &SourceText, finding: &Finding) -> Option<Edit> {
    let mark = match report.workspace.files.get(finding.span.file.0 as usize)?.kind {
        FileKind::Rust => "//",
        FileKind::Json => return None,
        _ => "#",
    };
    let line = source.line_column(finding.span.start).line as usize - 1;
    let start = *source.line_starts().get(line)?;
    let rest = source.text.get(start as usize..)?;
    let indent = &rest[..rest.len() - rest.trim_start_matches([' ', '\t']).len()];
    let text = format!("{indent}{mark} sessionlint: ignore[{}] say why\n", finding.rule);
    Some(Edit { span: Span { start, end: start, ..finding.span }, text })
}

fn changes(report: &Report, root: &Root, edits: &[Edit]) -> Value {
    let mut all: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for edit in edits {
        let Some(source) = report.source(edit.span.file) else { continue };
        let one = json!({ "range": range(source, edit.span), "newText": edit.text });
        all.entry(root.uri(&source.path)).or_default().push(one);
    }
    json!(all)
}

fn file<'r>(report: &'r Report, root: &Root, uri: &str) -> Option<(FileId, &'r SourceText)> {
    let file = report.workspace.file(&root.relative(uri)?)?;
    Some((file, report.source(file)?))
}
