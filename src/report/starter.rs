//! The configuration that a project begins with: everything that can be said, as comments beside what was found.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::words::{self, clean, count};
use crate::check::Report;
use crate::facts::{FactKind, Scalar, Value};
use crate::workspace::{FileRole, Version};

/// TOML text. Nothing in it changes what is reported until a line is uncommented: those that can be begin with `#:`.
#[must_use]
pub fn starter(report: &Report) -> String {
    let mut text = String::from(
        "# Configuration of sessionlint. Lines that begin with `#:` are settings to uncomment.\n",
    );
    text.push_str("#\n# When this was written:\n");
    for line in found(report) {
        let _ = writeln!(text, "#   {line}");
    }
    text.push_str(
        "\n# Exit with 1 at findings of this severity or above: info, low, medium, high, critical.\n\
         fail-on = \"medium\"\n\
         # How much doubt to show: regular, pedantic (what could not be decided too), auditor (everything).\n\
         #: persona = \"pedantic\"\n\
         #: min-severity = \"low\"\n\
         #: min-confidence = \"medium\"\n\
         # What is not read, in the syntax of .gitignore; tests are left out without it.\n",
    );
    let _ = writeln!(text, "#: exclude = [{}]", excluded(report));
    text.push_str(
        "# Rules and models of your own; `sessionlint schema rule` and `schema model` describe them.\n\
         #: rule-files = [\"security/*.md\"]\n\
         #: model-files = [\"security/*.toml\"]\n\
         \n[suppressions]\n\
         # `sessionlint: ignore[rule] reason` must give its reason.\n\
         require-reason = false\n\
         \n[deployment]\n\
         # TLS ends at a proxy in front of the application.\n\
         #: https = \"proxy\"\n\
         # The application is meant to work inside other sites.\n\
         #: cross-site = true\n",
    );
    rules(report, &mut text);
    text.push_str(
        "\n# Other decisions for a part of the project.\n\
         #: [[overrides]]\n\
         #: paths = [\"legacy/**\"]\n\
         #: ignore = [\"session-weak-store\"]\n\
         #: reason = \"goes away with the old shop\"\n",
    );
    text
}

/// What the project is made of, in a few lines.
fn found(report: &Report) -> Vec<String> {
    let stacks: BTreeSet<String> = report
        .facts
        .iter()
        .filter(|it| !it.test)
        .filter_map(|fact| match &fact.attribute("stack")?.value {
            Value::Known(Scalar::Text(stack)) => {
                Some(match report.workspace.version(fact.span.file, stack) {
                    Version::Exact(version) => format!("{stack} {version}"),
                    Version::Requirement(wanted) => format!("{stack} {wanted}"),
                    Version::Several(_) | Version::Unknown => stack.to_string(),
                })
            }
            _ => None,
        })
        .collect();
    let mut lines = Vec::new();
    if !stacks.is_empty() {
        let stacks: Vec<_> = stacks.iter().map(|it| clean(it)).collect();
        lines.push(format!("frameworks: {}", stacks.join(", ")));
    }
    let settings: BTreeSet<&str> = report
        .facts
        .iter()
        .filter(|it| it.kind == FactKind::Setting && !it.test)
        .filter_map(|it| Some(report.source(it.span.file)?.path.as_str()))
        .collect();
    if !settings.is_empty() {
        let settings: Vec<_> = settings.into_iter().map(clean).collect();
        lines.push(format!("settings that production uses: {}", settings.join(", ")));
    }
    lines.extend(words::summary(report).lines().map(str::to_owned));
    lines
}

/// Folders of examples and tests as an example of what may be left out.
fn excluded(report: &Report) -> String {
    let aside = report.workspace.files.iter().filter(|it| it.role == FileRole::Example);
    let folders: BTreeSet<&str> = aside.filter_map(|it| Some(it.path.split_once('/')?.0)).collect();
    let mut folders: Vec<_> = folders.into_iter().take(3).map(|it| format!("{it}/")).collect();
    if folders.is_empty() {
        folders.push("vendor/".into());
    }
    folders.iter().map(|it| toml::Value::from(it.as_str()).to_string()).collect::<Vec<_>>().join(", ")
}

fn rules(report: &Report, text: &mut String) {
    let mut fired: BTreeMap<&str, usize> = BTreeMap::new();
    for it in &report.findings {
        *fired.entry(&it.finding.rule).or_default() += 1;
    }
    text.push_str("\n# Per rule: `off = true`, `severity` or `persona`.\n");
    for rule in report.rules().into_iter().filter(|it| fired.contains_key(it.id.as_str())) {
        let number = count(fired[rule.id.as_str()], "finding");
        let _ = writeln!(text, "# {number}: {}", clean(&rule.summary));
        let _ = writeln!(text, "#: [rules.{}]\n#: severity = \"{}\"", rule.id, rule.severity.word());
    }
    if fired.is_empty() {
        text.push_str("#: [rules.cookie-long-lived]\n#: severity = \"info\"\n");
    }
}
