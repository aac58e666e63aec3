//! Rules: definitions, conditions, and the ones that need code.
//!
//! A rule is one Markdown file in `rules/`. Its header says which kind of fact it judges and when; three-valued logic
//! turns a fact into true, false or unknown together with the evidence.

mod condition;
mod evidence;
pub(crate) mod header;
mod judge;
mod load;
mod logic;
mod message;
mod native;
mod page;
mod remedy;
mod requirement;
mod units;

pub use judge::judge;
pub use load::{RuleError, load};
pub use page::{Example, ExampleFile, Page, Section};
pub use remedy::{Act, Place, Remedy, Rewriting, To};
pub use requirement::{Answer, Requirement, RequirementCheck, load_requirements, requirements};
pub use units::human_duration;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use smol_str::SmolStr;

use crate::facts::{AttributeSchema, Fact, FactKind};
use crate::finding::{Confidence, Persona, Severity};
use crate::source::FileId;
use crate::workspace::{FileEntry, FileKind};

use condition::Condition;
use message::Help;

/// One rule: the header of its page, and the page.
#[derive(Debug)]
pub struct Rule {
    pub id: SmolStr,
    /// What it reports, in one line.
    pub summary: String,
    /// What it judges; `None` for rules about the run itself, whose findings come from elsewhere.
    pub on: Option<FactKind>,
    /// Further kinds that its check looks at; conditions speak of `on` alone.
    also_on: Vec<FactKind>,
    /// Severity when no case says otherwise.
    pub severity: Severity,
    pub persona: Persona,
    pub cwe: Vec<u32>,
    pub asvs: Vec<SmolStr>,
    pub tags: Vec<SmolStr>,
    /// Former ids, still understood.
    pub aliases: Vec<SmolStr>,
    /// Why it matters, in one or two sentences.
    pub why: String,
    /// The whole Markdown page.
    pub page: Cow<'static, str>,
    message: String,
    help: Help,
    /// Confidence is never higher than this.
    confidence: Confidence,
    when: Option<Condition>,
    silent_if: Option<Condition>,
    /// Whose place is the finding's; empty is the fact itself, `None` is whatever decided.
    at: Option<Vec<&'static AttributeSchema>>,
    /// What stands at that place.
    label: Option<String>,
    cases: Vec<Case>,
    yields_to: Vec<SmolStr>,
    /// Attributes that hold the id of the framework's own check that reports the same.
    also: Vec<&'static AttributeSchema>,
    native: Option<native::Check>,
    words: BTreeMap<SmolStr, Vec<SmolStr>>,
    /// What would mend it, the best first.
    pub remedies: Vec<Remedy>,
}

/// What changes when a further condition holds.
#[derive(Debug, Default)]
struct Case {
    /// Set by a native check; without one the condition alone decides.
    name: Option<SmolStr>,
    when: Option<Condition>,
    severity: Option<Severity>,
    confidence: Option<Confidence>,
    persona: Option<Persona>,
    message: Option<String>,
    why: Option<String>,
    help: Option<Help>,
}

impl Rule {
    /// The highest severity that it can report.
    #[must_use]
    pub fn highest_severity(&self) -> Severity {
        self.cases.iter().filter_map(|it| it.severity).fold(self.severity, Severity::max)
    }

    /// Confidence in a finding is never higher than this.
    #[must_use]
    pub fn confidence(&self) -> Confidence {
        self.confidence
    }

    /// The help for readers who look at no file: the general text, else the first special one.
    #[must_use]
    pub fn general_help(&self) -> &str {
        self.help.general()
    }

    /// A word list of the page's header; empty when there is none.
    fn words(&self, name: &str) -> &[SmolStr] {
        self.words.get(name).map_or(&[], Vec::as_slice)
    }
}

/// What a rule needs besides the fact it judges.
pub struct Context<'a> {
    pub facts: &'a [Fact],
    /// `cross-site = true`, `https = "proxy"`, .. of the configuration.
    pub deployment: Deployment,
    /// The run's files, for the language that a help text speaks.
    pub files: &'a [FileEntry],
}

impl Context<'_> {
    fn file_kind(&self, file: FileId) -> Option<FileKind> {
        let entry = self.files.get(file.0 as usize).filter(|it| it.id == file);
        entry.or_else(|| self.files.iter().find(|it| it.id == file)).map(|it| it.kind)
    }
}

/// What the user declared about how the application is served.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Deployment {
    /// TLS ends at a proxy in front of the application.
    pub https_proxy: bool,
    /// Cross-site use is wanted: `SameSite=None` is needed.
    pub cross_site: bool,
}

/// The rules that the binary carries, sorted by id; read when first asked for.
///
/// A page that does not load is left out: `tests/rules.rs` makes sure that there is none.
pub fn builtin() -> &'static [Rule] {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    RULES.get_or_init(|| {
        let pages = crate::embedded::RULES.iter();
        pages.filter_map(|(path, text)| load(path, Cow::Borrowed(*text)).ok()).collect()
    })
}
