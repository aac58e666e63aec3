//! A page for every rule, and the table of them.

use std::error::Error;

use serde::Serialize;
use sessionlint::rule::{Page, Rule, builtin, requirements};

use crate::{Site, markdown};

#[derive(Serialize)]
struct RulePage {
    id: String,
    summary: String,
    severity: &'static str,
    highest: &'static str,
    on: &'static str,
    persona: &'static str,
    confidence: &'static str,
    cwe: Vec<u32>,
    asvs: Vec<String>,
    why: String,
    help: String,
    /// What stands below the header.
    body: String,
    languages: Vec<&'static str>,
    fix: bool,
    examples: usize,
    next: Option<String>,
    previous: Option<String>,
}

#[derive(Serialize)]
pub struct Overview {
    rules: usize,
    examples: usize,
    models: usize,
    requirements: usize,
    version: &'static str,
}

pub fn overview() -> Overview {
    let pages = builtin().iter().filter_map(|it| Page::parse(&it.page));
    Overview {
        rules: builtin().len(),
        examples: pages.map(|it| it.examples.len()).sum(),
        models: sessionlint::embedded::MODELS
            .iter()
            .filter(|(path, _)| path.matches('/').count() == 2)
            .count(),
        requirements: requirements().len(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

pub fn pages(site: &mut Site) -> Result<(), Box<dyn Error>> {
    let rules = builtin();
    let id = |at: usize| rules.get(at).map(|it| it.id.to_string());
    let all: Vec<RulePage> = rules
        .iter()
        .enumerate()
        .map(|(at, rule)| RulePage {
            next: id(at + 1),
            previous: at.checked_sub(1).and_then(id),
            ..page(rule)
        })
        .collect();
    for it in &all {
        site.page(&format!("rules/{}.html", it.id), &it.id, include_str!("rule.html"), it)?;
    }
    site.page("rules/index.html", "Rules", include_str!("rules.html"), &all)
}

fn page(rule: &Rule) -> RulePage {
    let parsed = Page::parse(&rule.page);
    let after = parsed.as_ref().map_or(0, |it| it.header.end);
    let body = rule.page[after..].split_once("```").map_or("", |(_, after)| after);
    let files: Vec<&str> =
        parsed.iter().flat_map(|it| &it.examples).flat_map(|it| &it.files).map(|it| it.path).collect();
    let ends = |ending: &str| files.iter().any(|it| it.ends_with(ending));
    let languages =
        [("Rust", ends(".rs")), ("Django", ends(".py")), ("Settings files", ends(".toml") || ends(".yaml"))];
    RulePage {
        id: rule.id.to_string(),
        summary: rule.summary.clone(),
        severity: rule.severity.word(),
        highest: rule.highest_severity().word(),
        on: rule.on.map_or("the run", sessionlint::facts::FactKind::name),
        persona: rule.persona.word(),
        confidence: rule.confidence().word(),
        cwe: rule.cwe.clone(),
        asvs: rule.asvs.iter().map(ToString::to_string).collect(),
        why: rule.why.clone(),
        help: rule.general_help().to_owned(),
        body: markdown::page(body, |link| Some(link.to_owned())),
        languages: languages.into_iter().filter(|it| it.1).map(|it| it.0).collect(),
        fix: !rule.remedies.is_empty(),
        examples: parsed.map_or(0, |it| it.examples.len()),
        next: None,
        previous: None,
    }
}
