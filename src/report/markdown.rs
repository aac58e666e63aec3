//! A table for step summaries and comments.

use std::cmp::Reverse;
use std::fmt::Write as _;

use super::{place, words};
use crate::check::Report;

/// Rows that a table has; a summary has a limit of its own, and nobody reads more.
const ROWS: usize = 200;

pub(super) fn render(report: &Report) -> String {
    let mut text = String::from("## sessionlint\n\n");
    let mut findings: Vec<_> = report.findings.iter().map(|it| &it.finding).collect();
    findings.sort_by_key(|it| Reverse(it.severity));
    if !findings.is_empty() {
        text.push_str("| severity | where | what | rule |\n| --- | --- | --- | --- |\n");
    }
    for finding in findings.iter().take(ROWS) {
        let Some(place) = place(report, finding.span) else { continue };
        let (severity, rule) = (finding.severity.word(), &finding.rule);
        let (path, line, message) = (cell(place.path), place.start.line, cell(&finding.message));
        let _ = writeln!(text, "| {severity} | {path}:{line} | {message} | {rule} |");
    }
    if findings.len() > ROWS {
        let _ = writeln!(text, "\nand {}", words::count(findings.len() - ROWS, "other"));
    }
    let _ = writeln!(text, "\n{}", words::summary(report).replace('\n', "  \n"));
    text
}

/// Text of a project as one cell. Between the back-quotes of our messages everything but a bar is itself already.
pub(super) fn cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    let mut code = false;
    for letter in words::clean(text).chars() {
        code ^= letter == '`';
        match letter {
            '|' => cell.push_str("\\|"),
            _ if code => cell.push(letter),
            '\\' | '*' | '_' | '[' | ']' | '#' | '!' => cell.extend(['\\', letter]),
            '<' => cell.push_str("&lt;"),
            '>' => cell.push_str("&gt;"),
            '&' => cell.push_str("&amp;"),
            _ => cell.push(letter),
        }
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_stays_a_cell() {
        assert_eq!(cell("a|b\n<img> [x](y) `k_|`"), "a\\|b\u{fffd}&lt;img&gt; \\[x\\](y) `k_\\|`");
    }
}
