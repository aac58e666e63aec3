//! What an editor shows beside the pointer: Markdown.

use std::fmt::Write as _;

use super::facts::{origin, told};
use super::words::clean;
use crate::check::Report;
use crate::facts::{Fact, FactKind};
use crate::finding::Finding;
use crate::rule::{Page, Rule};

/// Attributes that say nothing about how a cookie or session behaves.
const UNTOLD: [&str; 4] = ["setter", "stack", "removal", "value"];

/// The effective attributes of a cookie, session or key, each with who decided it.
#[must_use]
pub fn fact_markdown(report: &Report, fact: &Fact) -> String {
    let name = fact.name.as_deref().map_or_else(|| "of unknown name".into(), |it| format!("`{}`", cell(it)));
    let mut text =
        format!("**{} {name}**\n\n| attribute | value | decided |\n| --- | --- | --- |\n", fact.kind.name());
    let is_told = |key: &str| fact.kind != FactKind::Cookie || !UNTOLD.contains(&key);
    for (key, it) in fact.attributes.iter().filter(|(key, _)| is_told(key)) {
        let value = told(fact, key, it);
        let by = origin(report, &it.origin);
        let by = by.trim().trim_start_matches('(').trim_end_matches(')');
        let _ = writeln!(text, "| {} | {} | {} |", key.replace('_', " "), cell(&value), cell(by));
    }
    text
}

/// A finding with the page of its rule, examples left out.
#[must_use]
pub fn finding_markdown(finding: &Finding, rule: &Rule) -> String {
    let prose = Page::parse(&rule.page).map_or_else(String::new, |it| it.prose.to_owned());
    format!(
        "**{}** ({}) · {}\n\n{}: {}\n\n{}\n\n{prose}\n",
        finding.rule,
        finding.severity.word(),
        rule.summary,
        cell(&finding.message),
        cell(&finding.why),
        cell(&finding.help),
    )
}

/// Text of a project inside of a table: nothing of it is markup.
fn cell(text: &str) -> String {
    clean(text).replace('|', "\\|").replace('<', "&lt;")
}
