//! One JSON object a line: findings, then problems, then the summary. `type` tells them apart.

use serde::Serialize;

use super::json;
use crate::check::Report;

#[derive(Serialize)]
struct Line<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    content: T,
}

pub(super) fn render(report: &Report) -> String {
    let mut text = String::new();
    for it in &report.findings {
        if let Some(content) = json::finding(report, &it.finding, &it.fingerprint) {
            push(&mut text, "finding", content);
        }
    }
    for it in &report.suppressed {
        if let Some(content) = json::suppressed(report, it) {
            push(&mut text, "suppressed", content);
        }
    }
    for it in &report.problems {
        push(&mut text, "problem", json::problem(report, it));
    }
    push(&mut text, "summary", json::summary(report));
    text
}

fn push(text: &mut String, kind: &'static str, content: impl Serialize) {
    // only maps with keys that are no text could fail
    text.push_str(&serde_json::to_string(&Line { kind, content }).unwrap_or_default());
    text.push('\n');
}
