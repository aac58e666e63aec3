//! Findings that are known and accepted for now: a file of fingerprints that the user keeps beside the configuration.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use toml::de::DeTable;

use super::{Options, Report};
use crate::finding::{Problem, ProblemKind, Reported};
use crate::rule::RuleError;
use crate::rule::header::{Entry as TomlEntry, Reader, elements, entries};

/// Name of the file, where none was named.
pub const FILE: &str = "sessionlint-baseline.toml";

const SCHEMA: &str = "sessionlint-baseline/1";

const HEAD: &str = "\
# Findings that were there when this project began to use sessionlint. They are counted and not reported.
# `sessionlint baseline` writes this file anew and keeps the reasons, `sessionlint baseline --prune` drops what is mended.
";

/// What a baseline file says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Baseline {
    /// As it is named in messages.
    pub path: String,
    /// By fingerprint.
    pub entries: BTreeMap<String, Entry>,
}

/// One accepted finding. The fingerprint alone decides; the rest is for readers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Entry {
    /// From the repository's root.
    pub path: String,
    pub rule: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subject: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    pub fingerprint: String,
}

impl Entry {
    pub(super) fn reason(&self) -> Option<String> {
        (!self.reason.is_empty()).then(|| self.reason.clone())
    }
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    #[serde(rename = "finding", skip_serializing_if = "Vec::is_empty")]
    entries: Vec<Entry>,
}

impl Baseline {
    /// Reads a file.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the file.
    pub fn read(path: &str, text: &str) -> Result<Self, Vec<RuleError>> {
        let mut reader = Reader::new(path, 0);
        let mut baseline = Self { path: path.to_owned(), entries: BTreeMap::new() };
        match DeTable::parse(text) {
            Err(error) => reader.complain(error.span().unwrap_or(0..0), error.message(), ""),
            Ok(document) => {
                for entry in entries(document.get_ref()) {
                    match entry.key {
                        "schema" => {
                            let known = |word: &str| (word == SCHEMA).then_some(());
                            reader.word(&entry, known, &[SCHEMA]);
                        }
                        "finding" => {
                            let all = elements(&entry);
                            let all = all.iter().map(|it| one(&mut reader, it));
                            baseline.entries.extend(all.map(|it| (it.fingerprint.clone(), it)));
                        }
                        _ => reader.unknown_key(&entry, ["schema", "finding"]),
                    }
                }
            }
        }
        if reader.errors.is_empty() { Ok(baseline) } else { Err(reader.errors) }
    }

    /// The entry of a finding.
    pub(super) fn entry(&self, fingerprint: &str) -> Option<&Entry> {
        self.entries.get(fingerprint)
    }

    /// One problem for each entry that this run should have met and did not.
    pub(super) fn stale<'a>(
        &'a self,
        met: &'a BTreeSet<String>,
        prefix: &'a str,
        options: &'a Options,
    ) -> impl Iterator<Item = Problem> + 'a {
        let stale = self.entries.values().filter(move |it| is_stale(it, met, prefix, options));
        stale.map(move |it| {
            let path = it.path.strip_prefix(prefix).unwrap_or(&it.path);
            let of = if it.subject.is_empty() { String::new() } else { format!(" of `{}`", it.subject) };
            Problem {
                path: self.path.clone(),
                span: None,
                kind: ProblemKind::Stale,
                message: format!("`{}`{of} in `{path}` is listed and no longer found", it.rule),
                help: "`sessionlint baseline --prune` drops what is mended".into(),
            }
        })
    }
}

fn is_stale(entry: &Entry, met: &BTreeSet<String>, prefix: &str, options: &Options) -> bool {
    let here = entry.path.strip_prefix(prefix).is_some_and(|path| options.covers(path));
    here && options.runs(&entry.rule) && !met.contains(&entry.fingerprint)
}

fn one(reader: &mut Reader<'_>, table: &TomlEntry<'_>) -> Entry {
    const KEYS: [&str; 5] = ["path", "rule", "subject", "reason", "fingerprint"];
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    for entry in reader.table(table).unwrap_or_default() {
        match KEYS.into_iter().find(|it| *it == entry.key) {
            Some(key) => drop(texts.insert(key, reader.text(&entry).unwrap_or_default())),
            None => reader.unknown_key(&entry, KEYS),
        }
    }
    for key in ["path", "rule", "fingerprint"] {
        if !texts.contains_key(key) {
            let help = "let `sessionlint baseline` write the file anew";
            reader.complain(table.span.clone(), format!("an entry without `{key}`"), help);
        }
    }
    let mut take = |key: &str| texts.remove(key).unwrap_or_default();
    Entry {
        path: take("path"),
        rule: take("rule"),
        subject: take("subject"),
        reason: take("reason"),
        fingerprint: take("fingerprint"),
    }
}

/// Which findings a new baseline holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Content {
    /// Everything that is found now.
    All,
    /// What an old one lists and is still found.
    StillFound,
}

/// The baseline after a run that knew `old`, as text: what is still found stays with its reason, and so do entries that this
/// run could not meet, of other folders or of rules that did not run.
#[must_use]
pub fn write(report: &Report, options: &Options, old: &Baseline, content: Content) -> String {
    let prefix = report.workspace.repository_prefix();
    let stays = |it: &&Entry| !is_stale(it, &report.met, &prefix, options);
    let mut entries: Vec<Entry> = old.entries.values().filter(stays).cloned().collect();
    if content == Content::All {
        entries.extend(report.findings.iter().map(|Reported { finding, fingerprint }| Entry {
            path: format!("{prefix}{}", super::path(&report.workspace, finding.span.file)),
            rule: finding.rule.to_string(),
            subject: finding.subject.name.as_ref().map(ToString::to_string).unwrap_or_default(),
            reason: String::new(),
            fingerprint: fingerprint.clone(),
        }));
    }
    entries.sort();
    entries.dedup();
    let body = toml::to_string(&Document { schema: SCHEMA, entries }).unwrap_or_default();
    format!("{HEAD}\n{body}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let errors = Baseline::read("b.toml", "schema = \"x\"\n[[finding]]\nrules = \"a\"\n").unwrap_err();
        let messages: Vec<_> = errors.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "`schema` has no value `x`",
                "unknown key `rules`",
                "an entry without `path`",
                "an entry without `rule`",
                "an entry without `fingerprint`",
            ]
        );
        assert!(Baseline::read("b.toml", "= ").is_err());
        assert!(Baseline::read("b.toml", "finding = 3").is_err());
        assert_eq!(Baseline::read("b.toml", "").unwrap().entries.len(), 0);
    }
}
