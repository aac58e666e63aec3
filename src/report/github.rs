//! Workflow commands of GitHub Actions. A step shows ten annotations at most, so the gravest come first.

use std::cmp::Reverse;
use std::fmt::Write as _;

use super::place;
use crate::check::Report;
use crate::finding::Severity;

pub(super) fn render(report: &Report) -> String {
    let prefix = report.workspace.repository_prefix();
    let mut text = String::new();
    let mut findings: Vec<_> = report.findings.iter().map(|it| &it.finding).collect();
    findings.sort_by_key(|it| Reverse(it.severity));
    for finding in findings {
        let Some(place) = place(report, finding.span) else { continue };
        let command = match finding.severity {
            Severity::Critical | Severity::High => "error",
            Severity::Medium => "warning",
            Severity::Low | Severity::Info => "notice",
        };
        let file = property(&format!("{prefix}{}", place.path));
        let _ = write!(text, "::{command} file={file},line={},endLine={}", place.start.line, place.end.line);
        // columns of a region of several lines are shown in the wrong place
        if place.start.line == place.end.line {
            let _ = write!(text, ",col={},endColumn={}", place.start.column, place.end.column);
        }
        let body: Vec<_> =
            [&finding.message, &finding.why, &finding.help].into_iter().filter(|it| !it.is_empty()).collect();
        let body = body.into_iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        let _ = writeln!(text, ",title={}::{}", property(&finding.rule), message(&body));
    }
    for problem in &report.problems {
        let file = property(&format!("{prefix}{}", problem.path));
        let _ = write!(text, "::warning file={file}");
        if let Some(place) = problem.span.and_then(|span| place(report, span)) {
            let _ = write!(text, ",line={},col={}", place.start.line, place.start.column);
        }
        let _ = writeln!(text, ",title={}::{}", problem.kind.word(), message(&problem.message));
    }
    text
}

fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_ends_a_property_or_a_line_is_escaped() {
        assert_eq!(message("100 %\r\nnext: a,b"), "100 %25%0D%0Anext: a,b");
        assert_eq!(property("a,b:c\n%"), "a%2Cb%3Ac%0A%25");
    }
}
