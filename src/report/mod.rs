//! How a report is shown. Every format is a function from a report to text; nothing here reads files or the clock.

use crate::check::Report;
use crate::rule::Rule;
use crate::source::{LineColumn, Span};

mod audit;
mod concise;
mod explain;
mod facts;
mod frame;
mod github;
mod gitlab;
mod hover;
mod human;
mod json;
mod jsonl;
mod junit;
mod lines;
mod markdown;
mod redact;
mod sarif;
mod starter;
mod statistics;
mod words;

pub use audit::{audit_html, audit_json, audit_markdown};
pub use explain::{rule_json, rule_table, rule_text, rules_json};
pub use facts::{facts_json, facts_table};
pub use frame::complaint;
pub use hover::{fact_markdown, finding_markdown};
pub use lines::line_hashes;
pub use sarif::{SarifOptions, sarif};
pub use starter::starter;
pub use statistics::statistics;
pub use words::{problem_line, summary};

/// Where the documentation stands, with a final slash: whoever publishes it says so when the binary is built. Nothing leads
/// to an address that nobody is known to hold.
const HOMEPAGE: Option<&str> = option_env!("SESSIONLINT_HOMEPAGE");

/// The address of a rule's page; the user's own rules have none.
fn page_address(rule: &Rule) -> Option<String> {
    let ours = crate::rule::builtin().iter().any(|it| it.id == rule.id);
    HOMEPAGE.filter(|_| ours).map(|it| format!("{it}rules/{}.html", rule.id))
}

/// Name of the checked folder as it was given; the rest of its path is nobody's business.
fn project_name(report: &Report) -> String {
    let name = report.workspace.root.file_name().map(|it| it.to_string_lossy().into_owned());
    name.filter(|it| !it.is_empty()).unwrap_or_else(|| "project".into())
}

/// Output formats of a check.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Format {
    /// For people at a terminal: code frames and reasons.
    Human,
    /// One line each.
    Concise,
    /// The contract of `schemas/report.schema.json`.
    Json,
    /// The same findings, one object a line.
    Jsonl,
    /// SARIF 2.1.0 for code scanning.
    Sarif,
    /// Workflow commands that become annotations.
    Github,
    /// GitLab's Code Quality report.
    Gitlab,
    /// `JUnit`'s XML, for systems that show test results.
    Junit,
    /// A table for step summaries.
    Markdown,
    /// One self-contained page: what `audit` writes, with this run's findings.
    Html,
}

impl Format {
    pub const ALL: [Self; 10] = [
        Self::Human,
        Self::Concise,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Markdown,
        Self::Html,
    ];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }
}

/// What the reader's screen can show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    pub colour: bool,
    /// Columns.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { colour: false, width: 100 }
    }
}

/// The whole report as text that ends with a line break, or is empty.
#[must_use]
pub fn render(report: &Report, format: Format, style: Style) -> String {
    match format {
        Format::Human => human::render(report, style),
        Format::Concise => concise::render(report, style),
        Format::Json => json::render(report),
        Format::Jsonl => jsonl::render(report),
        Format::Sarif => sarif(report, &SarifOptions::default()),
        Format::Github => github::render(report),
        Format::Gitlab => gitlab::render(report),
        Format::Junit => junit::render(report),
        Format::Markdown => markdown::render(report),
        Format::Html => audit_html(report, &project_name(report)),
    }
}

/// A span as people and other tools count.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Place<'a> {
    /// Relative to the checked root.
    path: &'a str,
    start: LineColumn,
    /// One past the last column.
    end: LineColumn,
    /// Bytes from the start of the file, a byte-order mark included.
    bytes: std::ops::Range<u32>,
}

/// `None` when the file's text is not at hand.
fn place(report: &Report, span: Span) -> Option<Place<'_>> {
    let source = report.source(span.file)?;
    let end = span.end.max(span.start);
    Some(Place {
        path: &source.path,
        start: source.line_column(span.start),
        end: source.line_column(end),
        bytes: span.start + source.offset..end + source.offset,
    })
}
