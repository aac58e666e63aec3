//! `JUnit`'s XML: a suite for every file with findings, a failed case for every finding.

use std::fmt::Write as _;

use super::place;
use crate::check::Report;
use crate::finding::Finding;

pub(super) fn render(report: &Report) -> String {
    let mut suites: Vec<(&str, Vec<String>)> = Vec::new();
    // findings are sorted by path
    for it in &report.findings {
        let Some(place) = place(report, it.finding.span) else { continue };
        if suites.last().is_none_or(|(path, _)| *path != place.path) {
            suites.push((place.path, Vec::new()));
        }
        if let Some((_, cases)) = suites.last_mut() {
            cases.push(case(&it.finding, place.path, place.start.line, place.start.column));
        }
    }
    let failures: usize = suites.iter().map(|(_, cases)| cases.len()).sum();
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let tests = failures.max(1);
    let _ = writeln!(
        text,
        "<testsuites name=\"sessionlint\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">"
    );
    for (path, cases) in &suites {
        let (name, number) = (escaped(path), cases.len());
        let _ = writeln!(
            text,
            "  <testsuite name=\"{name}\" tests=\"{number}\" failures=\"{number}\" errors=\"0\">"
        );
        for case in cases {
            text.push_str(case);
        }
        text.push_str("  </testsuite>\n");
    }
    if suites.is_empty() {
        // a report without a case counts as a report that is missing
        text.push_str("  <testsuite name=\"sessionlint\" tests=\"1\" failures=\"0\" errors=\"0\">\n");
        text.push_str("    <testcase name=\"no findings\" classname=\"sessionlint\"/>\n  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

fn case(finding: &Finding, path: &str, line: u32, column: u32) -> String {
    let (rule, message) = (escaped(&finding.rule), escaped(&finding.message));
    let class = escaped(path);
    let body = [&finding.why, &finding.help].into_iter().filter(|it| !it.is_empty()).map(|it| escaped(it));
    let body: Vec<_> = [format!("{class}:{line}:{column}")].into_iter().chain(body).collect();
    format!(
        "    <testcase name=\"{rule} at {line}:{column}\" classname=\"{class}\" file=\"{class}\" line=\"{line}\">\n      \
         <failure type=\"{}\" message=\"{message}\">{}</failure>\n    </testcase>\n",
        finding.severity.word(),
        body.join("\n")
    )
}

/// Text as XML 1.0 can hold it: most control characters cannot even be written as references.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(letter),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ if letter.is_control() => escaped.push('\u{fffd}'),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn text_of_a_project_is_no_markup() {
        assert_eq!(escaped("a<b> & \"c\"\u{0}\u{1b}"), "a&lt;b&gt; &amp; &quot;c&quot;\u{fffd}\u{fffd}");
    }
}
