//! Rules for readers: the table of `rules`, the page of `explain`.

use std::fmt::Write as _;

use serde::Serialize;

use super::Style;
use super::human::tint;
use super::json::{TOOL, Tool, text};
use crate::rule::{Page, Rule};

#[derive(Serialize)]
struct JsonRule<'a> {
    id: &'a str,
    summary: &'a str,
    on: Option<&'static str>,
    severity: &'static str,
    highest_severity: &'static str,
    persona: &'static str,
    why: &'a str,
    help: &'a str,
    cwe: &'a [u32],
    asvs: &'a [smol_str::SmolStr],
    tags: &'a [smol_str::SmolStr],
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'a str>,
}

#[derive(Serialize)]
struct Document<'a> {
    tool: Tool,
    rules: Vec<JsonRule<'a>>,
}

fn json(rule: &Rule) -> JsonRule<'_> {
    JsonRule {
        id: &rule.id,
        summary: &rule.summary,
        on: rule.on.map(crate::facts::FactKind::name),
        severity: rule.severity.word(),
        highest_severity: rule.highest_severity().word(),
        persona: rule.persona.word(),
        why: &rule.why,
        help: rule.general_help(),
        cwe: &rule.cwe,
        asvs: &rule.asvs,
        tags: &rule.tags,
        page: None,
    }
}

#[must_use]
pub fn rules_json(rules: &[&Rule]) -> String {
    text(&Document { tool: TOOL, rules: rules.iter().map(|it| json(it)).collect() })
}

#[must_use]
pub fn rule_json(rule: &Rule) -> String {
    text(&JsonRule { page: Some(&rule.page), ..json(rule) })
}

/// One line a rule: id, severity, persona where it is not the regular one, summary.
#[must_use]
pub fn rule_table(rules: &[&Rule], style: Style) -> String {
    let width = rules.iter().map(|it| it.id.len()).max().unwrap_or(0);
    let mut table = String::new();
    for rule in rules {
        let severity = tint(&format!("{:8}", rule.severity.word()), rule.severity, style);
        let persona = match rule.persona {
            crate::finding::Persona::Regular => String::new(),
            other => format!(" ({})", other.word()),
        };
        let _ = writeln!(table, "{:width$}  {severity}  {}{persona}", rule.id, rule.summary);
    }
    table
}

/// The page without its machine-readable header, which a line of words replaces.
#[must_use]
pub fn rule_text(rule: &Rule) -> String {
    let page: &str = &rule.page;
    let mut words = format!("{} · {}", rule.severity.word(), rule.summary);
    for it in &rule.cwe {
        let _ = write!(words, " · CWE-{it}");
    }
    for it in &rule.asvs {
        let _ = write!(words, " · ASVS {it}");
    }
    let Some(header) = Page::parse(page).map(|it| it.header) else { return page.to_owned() };
    let before = page[..header.start].trim_end().rsplit_once('\n').map_or("", |(before, _)| before);
    let after = page[header.end..].split_once("```").map_or("", |(_, after)| after);
    let mut shown = format!("{}\n\n{words}\n", before.trim_end());
    for paragraph in [&rule.why, rule.general_help()].into_iter().filter(|it| !it.is_empty()) {
        let _ = writeln!(shown, "\n{paragraph}");
    }
    let _ = writeln!(shown, "\n{}", after.trim());
    shown
}
