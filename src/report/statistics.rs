//! How often each rule fired.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Style;
use super::human::tint;
use crate::check::Report;
use crate::finding::Severity;

/// A line a rule, the most frequent first, then the summary.
#[must_use]
pub fn statistics(report: &Report, style: Style) -> String {
    let mut counts: BTreeMap<&str, (usize, Severity)> = BTreeMap::new();
    for it in &report.findings {
        let count = counts.entry(&it.finding.rule).or_insert((0, it.finding.severity));
        *count = (count.0 + 1, count.1.max(it.finding.severity));
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|(rule, (count, _))| (Reverse(*count), *rule));
    let width = rows.first().map_or(0, |(_, (count, _))| count.to_string().len());
    let mut text = String::new();
    for (rule, (count, severity)) in rows {
        let severity = tint(&format!("{:8}", severity.word()), severity, style);
        let _ = writeln!(text, "{count:width$}  {severity}  {rule}");
    }
    let _ = writeln!(text, "{}", super::words::summary(report));
    text
}
