//! How a report is shown. Every format is a function from a report to text; nothing here reads files or the clock.

use crate::check::Report;
use crate::source::{LineColumn, Span};

mod concise;
mod explain;
mod facts;
mod frame;
mod github;
mod human;
mod json;
mod lines;
mod markdown;
mod redact;
mod sarif;
mod words;

pub use explain::{rule_json, rule_table, rule_text, rules_json};
pub use facts::{facts_json, facts_table};
pub use frame::complaint;
pub use lines::line_hashes;
pub use words::{problem_line, summary};

/// Output formats of a check.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Format {
    /// For people at a terminal: code frames and reasons.
    Human,
    /// One line each.
    Concise,
    /// The contract of `schemas/report.schema.json`.
    Json,
    /// SARIF 2.1.0 for code scanning.
    Sarif,
    /// Workflow commands that become annotations.
    Github,
    /// A table for step summaries.
    Markdown,
}

impl Format {
    pub const ALL: [Self; 6] =
        [Self::Human, Self::Concise, Self::Json, Self::Sarif, Self::Github, Self::Markdown];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Markdown => "markdown",
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
        Format::Sarif => sarif::render(report),
        Format::Github => github::render(report),
        Format::Markdown => markdown::render(report),
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
