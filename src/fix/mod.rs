//! Fixes: what a rule's page would have, written as the models say, proved by another run.
//!
//! A proposal is edits over the original text. It counts only when the finding is gone in the text that it makes, nothing
//! new is found there, and everything that could be read and judged before still can be.

mod apply;
mod argument;
mod attribute;
mod call;
mod comment;
mod environment;
mod install;
mod language;
mod line;
mod module;
mod number;
mod orphan;
mod prove;
mod twin;
mod way;

pub use apply::apply;
pub use prove::{Mended, Patience, attach, mend, of_finding};
pub use twin::{Twin, differences, twin};

use smol_str::SmolStr;

use crate::check::Report;
use crate::facts::{Fact, FactKind};
use crate::finding::{Edit, Finding, Fix};
use crate::flow::Units;
use crate::model::Models;
use crate::rule::{Act, Rewriting, Rule};
use crate::source::FileId;
use crate::workspace::{FileKind, Version};

/// What a proposal is made of.
pub(crate) struct Desk<'a> {
    pub(crate) report: &'a Report,
    pub(crate) units: &'a Units<'a>,
    pub(crate) models: &'a Models,
}

impl Desk<'_> {
    fn kind(&self, file: FileId) -> Option<FileKind> {
        self.report.workspace.files.get(file.0 as usize).map(|it| it.kind)
    }

    fn text(&self, file: FileId) -> &str {
        self.report.source(file).map_or("", |it| &it.text)
    }

    fn versions(&self, file: FileId) -> impl Fn(&str) -> Version {
        move |package| self.report.workspace.version(file, package)
    }
}

/// A fix that nobody has tried out yet.
pub(crate) struct Proposal {
    pub(crate) fix: Fix,
    /// Where it holds, nothing is left of the fact that the finding is about.
    pub(crate) retires: Option<FactKind>,
}

/// Everything that may mend a finding, the best first.
pub(crate) fn proposals(desk: &Desk<'_>, rule: &Rule, finding: &Finding) -> Vec<Proposal> {
    let fact = finding.fact.and_then(|it| desk.report.facts.get(it));
    let mut all = Vec::new();
    let name = fact.and_then(|it| it.name.as_deref()).unwrap_or("");
    for remedy in rule.remedies.iter().filter(|it| it.only.is_empty() || it.only == name) {
        let edits = match (&remedy.act, fact) {
            (Act::Withdraw, _) => comment::withdraw(desk, finding).into_iter().collect(),
            (Act::Respell, _) => comment::respell(desk, finding).into_iter().collect(),
            (Act::Set { attribute, to, idiom }, Some(fact)) => {
                attribute::set(desk, fact, finding, attribute.name, to, idiom.as_deref())
            }
            (Act::Unset { attribute }, Some(fact)) => attribute::unset(desk, fact, attribute.name),
            (Act::Call { word, place }, Some(fact)) => {
                call::write(desk, fact, finding, word, *place).into_iter().collect()
            }
            (Act::Install { setting, element, behind, with }, Some(_)) => {
                install::element(desk, finding, setting, element, behind, with)
            }
            (Act::Rewrite { attribute, how }, Some(fact)) => rewrite(desk, fact, attribute.name, *how),
            (_, None) => Vec::new(),
        };
        let retires = fact.map(|it| it.kind).filter(|kind| retires(&remedy.act, *kind));
        all.extend(edits.into_iter().map(|it: Draft| Proposal {
            fix: quoted(desk, Fix { title: it.title, safety: remedy.safety, edits: sorted(it.edits) }),
            retires,
        }));
    }
    all
}

/// A handler of which nothing was known but what is taken out, and a setting that goes, are facts no more.
fn retires(act: &Act, kind: FactKind) -> bool {
    match act {
        Act::Unset { .. } => kind == FactKind::Handler,
        Act::Rewrite { how, .. } => matches!(how, Rewriting::Rename | Rewriting::Remove),
        _ => false,
    }
}

fn rewrite(desk: &Desk<'_>, fact: &Fact, attribute: &str, how: Rewriting) -> Vec<Draft> {
    let Some(found) = fact.attribute(attribute) else { return Vec::new() };
    let Some(place) = found.place() else { return Vec::new() };
    match how {
        Rewriting::Correct => line::correct(desk, &found.value, place),
        Rewriting::Rename => module::rename(desk, fact, &found.value, place).into_iter().collect(),
        Rewriting::Remove => module::remove(desk, fact, place).into_iter().collect(),
        Rewriting::Cast => environment::cast(desk, fact, place),
        Rewriting::Require => environment::require(desk, fact, place),
        Rewriting::Reorder => install::reorder(desk, fact, place).into_iter().collect(),
    }
}

/// Edits and what they do.
pub(crate) struct Draft {
    title: String,
    edits: Vec<Edit>,
}

impl Draft {
    fn new(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), edits }
    }
}

/// A fix with the quotes that its files prefer.
fn quoted(desk: &Desk<'_>, mut fix: Fix) -> Fix {
    let double = |text: &str| text.contains('"') && !text.contains(['\'', '\\']);
    for at in 0..fix.edits.len() {
        let edit = &mut fix.edits[at];
        let python = desk.kind(edit.span.file) == Some(FileKind::Python);
        if python && double(&edit.text) && language::prefers_single_quotes(desk.text(edit.span.file)) {
            let old = std::mem::take(&mut edit.text);
            edit.text = old.replace('"', "'");
            fix.title = fix.title.replace(old.trim(), edit.text.trim());
        }
    }
    fix
}

fn sorted(mut edits: Vec<Edit>) -> Vec<Edit> {
    edits.sort();
    edits
}

/// The name that an attribute of a fact has in models.
fn in_models(attribute: &str) -> &str {
    match attribute {
        "lifetime" => "max_age",
        other => other,
    }
}

/// The word that an attribute of a fact is known to be.
fn word(fact: &Fact, attribute: &str) -> Option<SmolStr> {
    fact.word(attribute).cloned()
}
