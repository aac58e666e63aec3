//! The report as Markdown, for wikis and pull requests.

use minijinja::value::Serde;
use minijinja::{AutoEscape, Value, context};

use super::{audit, template};
use crate::check::Report;
use crate::report::markdown::cell;

const PAGE: &str = include_str!("audit.md");

/// The report as Markdown.
#[must_use]
pub fn audit_markdown(report: &Report, project: &str) -> String {
    let mut environment = template::environment(AutoEscape::None);
    // whatever text of the project comes, it stays text
    environment.add_filter("cell", |text: &str| cell(text));
    let audit = Value::from(Serde(audit(report, project)));
    template::filled(&environment, PAGE, context! { it => audit })
}
