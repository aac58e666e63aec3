//! One line a finding: `path:line:column: severity[rule] message`.

use std::fmt::Write as _;

use super::{Style, human, place, words};
use crate::check::Report;

pub(super) fn render(report: &Report, style: Style) -> String {
    let mut text = String::new();
    for it in &report.findings {
        let finding = &it.finding;
        let Some(place) = place(report, finding.span) else { continue };
        let label = format!("{}[{}]", finding.severity.word(), finding.rule);
        let _ = writeln!(
            text,
            "{}:{}:{}: {} {}",
            words::clean(place.path),
            place.start.line,
            place.start.column,
            human::tint(&label, finding.severity, style),
            words::clean(&finding.message)
        );
    }
    text
}
