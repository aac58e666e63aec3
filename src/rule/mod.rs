//! Rules: definitions, conditions, and the ones that need code.
//!
//! A rule is one Markdown file in `rules/`. Its header says which kind of fact it judges and when; three-valued logic
//! turns a fact into true, false or unknown together with the evidence.

use smol_str::SmolStr;

use crate::facts::{Fact, FactKind};
use crate::finding::{Finding, Persona, Severity};

/// The header of a rule page.
#[derive(Debug)]
pub struct Rule {
    pub id: SmolStr,
    /// What it reports, in one line.
    pub summary: String,
    pub on: Option<FactKind>,
    pub severity: Severity,
    pub persona: Persona,
    pub cwe: Vec<u32>,
    pub asvs: Vec<SmolStr>,
    /// The whole Markdown page.
    pub page: String,
}

/// What a rule needs besides the fact it judges.
pub struct Context<'a> {
    pub facts: &'a [Fact],
    /// `cross-site = true`, `https = "proxy"`, .. of the configuration.
    pub deployment: Deployment,
}

/// What the user declared about how the application is served.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Deployment {
    /// TLS ends at a proxy in front of the application.
    pub https_proxy: bool,
    /// Cross-site use is wanted: `SameSite=None` is needed.
    pub cross_site: bool,
}

/// All findings of all rules over all facts, sorted.
#[must_use]
pub fn judge(_rules: &[Rule], _context: &Context<'_>) -> Vec<Finding> {
    Vec::new()
}
