//! GitLab's Code Quality report: one entry a finding, paths from the repository's root.

use std::collections::BTreeSet;

use serde::Serialize;

use super::place;
use crate::check::Report;
use crate::finding::Severity;

#[derive(Serialize)]
struct Issue<'a> {
    check_name: &'a str,
    description: String,
    categories: [&'static str; 1],
    severity: &'static str,
    fingerprint: String,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

pub(super) fn render(report: &Report) -> String {
    let prefix = report.workspace.repository_prefix();
    let mut seen = BTreeSet::new();
    let issues: Vec<_> = report
        .findings
        .iter()
        .filter_map(|it| {
            let finding = &it.finding;
            let place = place(report, finding.span)?;
            // of two entries with one fingerprint only the last would be shown
            seen.insert(it.fingerprint.as_str()).then(|| Issue {
                check_name: &finding.rule,
                description: format!("{}: {}", finding.rule, finding.message),
                categories: ["Security"],
                severity: match finding.severity {
                    Severity::Critical => "blocker",
                    Severity::High => "critical",
                    Severity::Medium => "major",
                    Severity::Low => "minor",
                    Severity::Info => "info",
                },
                fingerprint: it.fingerprint.clone(),
                location: Location {
                    path: format!("{prefix}{}", place.path),
                    lines: Lines { begin: place.start.line, end: place.end.line },
                },
            })
        })
        .collect();
    super::json::text(&issues)
}
