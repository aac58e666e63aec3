//! A finding: what a rule said about a fact, ready to be shown.

use smol_str::SmolStr;

pub mod fingerprint;

use crate::facts::Note;
use crate::source::Span;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

/// How sure: proven, decided by a default or fallback, or by a heuristic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Confidence {
    Low,
    Medium,
    High,
}

/// Tolerance for findings that are not certain faults.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Persona {
    #[default]
    Regular,
    Pedantic,
    Auditor,
}

macro_rules! words {
    ($ty:ident { $($variant:ident => $word:literal),* $(,)? }) => {
        impl $ty {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words!(Severity { Info => "info", Low => "low", Medium => "medium", High => "high", Critical => "critical" });
words!(Confidence { Low => "low", Medium => "medium", High => "high" });
words!(Persona { Regular => "regular", Pedantic => "pedantic", Auditor => "auditor" });

/// What a finding speaks of: `cookie` `sid` of role `session`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Subject {
    pub kind: SmolStr,
    pub name: Option<SmolStr>,
    pub role: Option<SmolStr>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    pub rule: SmolStr,
    pub severity: Severity,
    pub confidence: Confidence,
    pub persona: Persona,
    /// What: one clause.
    pub message: String,
    pub why: String,
    pub help: String,
    /// The smallest thing that must change.
    pub span: Span,
    /// Label of `span` itself; may be empty.
    pub label: String,
    pub subject: Subject,
    pub evidence: Vec<Note>,
    /// The evidence is a sequence that happens in this order.
    pub ordered: bool,
    pub cwe: Vec<u32>,
    pub asvs: Vec<SmolStr>,
    /// Enclosing item, for the fingerprint.
    pub item: SmolStr,
    /// The fact that it is about, as an index of the run's facts.
    pub fact: Option<usize>,
}

/// A change of the project's text that mends a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What it does, as an order: lower case, no final stop.
    pub title: String,
    pub safety: Safety,
    /// In the order of their places; they do not overlap.
    pub edits: Vec<Edit>,
}

/// Whether a fix may be made without a look at it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Safety {
    /// What a production deployment clearly means.
    Safe,
    /// It may change what the application does.
    Unsafe,
}

words!(Safety { Safe => "safe", Unsafe => "unsafe" });

/// New text for a range of bytes; an empty range is an insertion.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

/// How the message of a finding begins whose condition could not be decided.
pub(crate) const UNCLEAR: &str = "unclear whether ";

impl Finding {
    /// Nobody knows whether it is so: it is shown to those who ask for doubts.
    #[must_use]
    pub fn is_unclear(&self) -> bool {
        self.message.starts_with(UNCLEAR)
    }
}

/// A finding as it is reported, with its identity.
#[derive(Clone, PartialEq, Debug)]
pub struct Reported {
    pub finding: Finding,
    /// 64 hexadecimal digits; see `fingerprint`.
    pub fingerprint: String,
}

/// A finding that the user silenced.
#[derive(Clone, PartialEq, Debug)]
pub struct Suppressed {
    pub finding: Finding,
    pub fingerprint: String,
    pub by: Suppression,
    /// What the user wrote after the brackets.
    pub reason: Option<String>,
}

/// What silenced a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Suppression {
    /// The comment that did it.
    Comment(Span),
    /// An override of the configuration.
    Configuration,
    /// It was there when the project began to use this tool.
    Baseline,
}

/// Something of the project or of the configuration that could not be read. Never stops a run.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Problem {
    /// Relative to the checked root.
    pub path: String,
    pub span: Option<Span>,
    pub kind: ProblemKind,
    /// Lower case, no final stop.
    pub message: String,
    pub help: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ProblemKind {
    /// Could not be opened or is no text.
    Unreadable,
    /// Syntax that no parser takes; findings in the rest of the file may be missing.
    Syntax,
    /// Too large, too deep, too slow.
    Limit,
    /// A template of code; skipped on purpose.
    Template,
    /// Lock or manifest file that says nothing.
    Manifest,
    /// A rule or model file of the user that says something wrong.
    Configuration,
    /// An entry of the baseline that matches nothing any more.
    Stale,
}

impl ProblemKind {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Syntax => "syntax",
            Self::Limit => "limit",
            Self::Template => "template",
            Self::Manifest => "manifest",
            Self::Configuration => "configuration",
            Self::Stale => "stale",
        }
    }
}
