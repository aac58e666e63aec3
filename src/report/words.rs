//! Sentences that several formats share.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::check::Report;
use crate::facts::FactKind;
use crate::finding::{Problem, Safety, Severity};

/// Text of a project as a terminal may see it: no control characters, on one line.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_control) {
        Cow::Owned(text.chars().map(|it| if it.is_control() { '\u{fffd}' } else { it }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Number and noun: `1 cookie`, `2 cookies`.
pub(super) fn count(number: usize, noun: &str) -> String {
    let many = match noun {
        _ if number == 1 => noun.to_owned(),
        _ if noun.ends_with('y') && !noun.ends_with("ey") => format!("{}ies", &noun[..noun.len() - 1]),
        _ => format!("{noun}s"),
    };
    format!("{number} {many}")
}

/// What was found, what was judged and what could not be; a few lines without a final line break.
#[must_use]
pub fn summary(report: &Report) -> String {
    let numbers = &report.summary;
    let total: usize = numbers.findings.values().sum();
    let mut line = count(total, "finding");
    if total > 0 {
        let each: Vec<_> = Severity::ALL
            .iter()
            .rev()
            .filter_map(|severity| {
                numbers.findings.get(severity).map(|number| format!("{number} {}", severity.word()))
            })
            .collect();
        let _ = write!(line, " ({})", each.join(", "));
    }
    if numbers.suppressed > 0 {
        let _ = write!(line, ", {} suppressed", numbers.suppressed);
    }
    if numbers.hidden > 0 {
        let _ = write!(line, ", {} hidden by persona or threshold", numbers.hidden);
    }
    if numbers.problems > 0 {
        let _ = write!(line, ", {}", count(numbers.problems, "problem"));
    }
    if let Some(mendable) = mendable(report) {
        let _ = write!(line, "\n{mendable}");
    }
    let _ = write!(line, "\n{}", judged(report));
    line
}

/// How many findings the tool can mend itself, as far as that was asked.
fn mendable(report: &Report) -> Option<String> {
    let number = |safety| report.fixes.values().filter(|it| it.safety == safety).count();
    let found = match (number(Safety::Safe), number(Safety::Unsafe)) {
        (0, 0) => None,
        (safe, 0) => Some(format!("{safe} fixable with `--fix`")),
        (0, rest) => Some(format!("{rest} fixable with `--fix --unsafe-fixes`")),
        (safe, rest) => Some(format!("{safe} fixable with `--fix`, {rest} more with `--unsafe-fixes`")),
    };
    let untried = (report.untried > 0)
        .then(|| format!("{} not tried here: `--diff --unsafe-fixes` tries all", report.untried));
    let both: Vec<_> = found.into_iter().chain(untried).collect();
    (!both.is_empty()).then(|| both.join(", "))
}

/// What readers want counted; settings and applications are there in every project.
const COUNTED: [FactKind; 4] = [FactKind::Cookie, FactKind::Session, FactKind::Key, FactKind::Handler];

fn judged(report: &Report) -> String {
    let files = count(report.summary.files, "file");
    let parts: Vec<_> = COUNTED
        .into_iter()
        .filter_map(|kind| {
            let it = report.summary.facts.get(&kind)?;
            Some(format!("{} of {}", it.judged, count(it.seen, kind.name())))
        })
        .collect();
    if parts.is_empty() {
        format!("no cookies and no sessions in {files}")
    } else {
        format!("judged {} in {files}", parts.join(", "))
    }
}

/// `path:line:column: message (help)`.
#[must_use]
pub fn problem_line(report: &Report, problem: &Problem) -> String {
    let mut line = clean(&problem.path).into_owned();
    if let Some(place) = problem.span.and_then(|span| super::place(report, span)) {
        let _ = write!(line, ":{}:{}", place.start.line, place.start.column);
    }
    let _ = write!(line, ": {}", clean(&problem.message));
    if !problem.help.is_empty() {
        let _ = write!(line, " ({})", clean(&problem.help));
    }
    line
}
