//! Marks in code that say what is to be found where, and whether they are right.
//!
//! `// error: [rule]` marks a finding, `# missing: [rule]` one that ought to be there, `# spurious: [rule]` one that ought
//! not. A mark behind code speaks of its own line, one on a line of its own of the next line that has no mark.

use std::collections::BTreeSet;
use std::fmt;

use super::{Options, Report};
use crate::embedded::EXAMPLE_MANIFESTS;
use crate::rule::Example;
use crate::workspace::Workspace;

/// Names of files that say which packages an example uses.
const MANIFESTS: [&str; 3] = ["Cargo.toml", "requirements.txt", "pyproject.toml"];

/// What a mark says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Mark {
    /// Found, and rightly so.
    Error,
    /// Not found yet.
    Missing,
    /// Found, and wrongly so.
    Spurious,
}

/// A rule at a line (from 1) of a file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    pub path: String,
    pub line: u32,
    pub rule: String,
}

/// A difference between marks and findings.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Mismatch {
    /// Marked, and nothing was found.
    NotFound(Place),
    /// Found, and not marked.
    NotMarked(Place, String),
    /// Marked as missing, and found: the limit is gone.
    NoLongerMissing(Place),
}

impl fmt::Display for Mismatch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (place, text) = match self {
            Self::NotFound(place) => (place, "is marked and not found".to_owned()),
            Self::NotMarked(place, message) => (place, format!("is found and not marked: {message}")),
            Self::NoLongerMissing(place) => {
                (place, "is marked as missing and found: make it an `error`".to_owned())
            }
        };
        write!(out, "{}:{}: `{}` {text}", place.path, place.line, place.rule)
    }
}

/// The files of an example as a project: where it has no manifest, the one with the newest versions is added.
#[must_use]
pub fn project<'a>(example: &Example<'a>) -> Vec<(&'a str, &'a str)> {
    let given = example.files.iter().any(|it| MANIFESTS.contains(&it.path));
    let rust = |path: &str| path.rsplit_once('.').is_some_and(|(_, extension)| extension == "rs");
    let [cargo, requirements] = EXAMPLE_MANIFESTS;
    let default = if example.files.iter().any(|it| rust(it.path)) { cargo } else { requirements };
    example.files.iter().map(|it| (it.path, it.text)).chain((!given).then_some(default)).collect()
}

/// Runs an example and tells each difference between its marks and what is found.
#[must_use]
pub fn differences(example: &Example<'_>, options: &Options) -> Vec<String> {
    let files = project(example);
    let report = super::run(Workspace::from_texts(&files), options);
    let problems = report.problems.iter().map(|it| format!("problem in {}: {}", it.path, it.message));
    let mismatches = compare(files.iter().copied(), &report);
    problems.chain(mismatches.iter().map(ToString::to_string)).collect()
}

/// The marks of one file, by line.
#[must_use]
pub fn marks(text: &str) -> Vec<(u32, Mark, String)> {
    let mut all = Vec::new();
    let mut waiting = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        match mark(line) {
            Some((before, kind, rules)) if before.trim().is_empty() => {
                waiting.extend(rules.into_iter().map(|rule| (kind, rule)));
            }
            found => {
                all.extend(waiting.drain(..).map(|(kind, rule)| (number, kind, rule)));
                if let Some((_, kind, rules)) = found {
                    all.extend(rules.into_iter().map(|rule| (number, kind, rule)));
                }
            }
        }
    }
    all
}

/// The text without its marks; a line that holds nothing else goes.
#[must_use]
pub fn unmarked(text: &str) -> String {
    let line = |line: &str| match mark(line.trim_end_matches(['\n', '\r'])) {
        Some((before, ..)) if before.trim().is_empty() => String::new(),
        Some((before, ..)) => format!("{}\n", before.trim_end()),
        None => line.to_owned(),
    };
    text.split_inclusive('\n').map(line).collect()
}

/// What stands before the mark, its kind and its rules.
fn mark(line: &str) -> Option<(&str, Mark, Vec<String>)> {
    let words = [("error: [", Mark::Error), ("missing: [", Mark::Missing), ("spurious: [", Mark::Spurious)];
    words.into_iter().find_map(|(word, kind)| {
        let (before, after) = line.split_once(word)?;
        let before = ["//", "#"].into_iter().find_map(|it| before.trim_end().strip_suffix(it))?;
        let (rules, _) = after.split_once(']')?;
        Some((before, kind, rules.split(',').map(|it| it.trim().to_owned()).collect()))
    })
}

/// Compares the findings of a run with the marks in its files.
pub fn compare<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>, report: &Report) -> Vec<Mismatch> {
    let mut expected = BTreeSet::new();
    let mut missing = BTreeSet::new();
    for (path, text) in files {
        for (line, kind, rule) in marks(text) {
            let place = Place { path: path.to_owned(), line, rule };
            match kind {
                Mark::Error | Mark::Spurious => expected.insert(place),
                Mark::Missing => missing.insert(place),
            };
        }
    }
    let mut mismatches = BTreeSet::new();
    let mut found = BTreeSet::new();
    for reported in &report.findings {
        let finding = &reported.finding;
        let file = finding.span.file;
        let path = report.workspace.files.get(file.0 as usize).map_or("", |it| it.path.as_str());
        let line = report.source(file).map_or(0, |it| it.line_column(finding.span.start).line);
        let place = Place { path: path.to_owned(), line, rule: finding.rule.to_string() };
        if missing.contains(&place) {
            mismatches.insert(Mismatch::NoLongerMissing(place.clone()));
        } else if !expected.contains(&place) {
            mismatches.insert(Mismatch::NotMarked(place.clone(), finding.message.clone()));
        }
        found.insert(place);
    }
    mismatches.extend(expected.difference(&found).cloned().map(Mismatch::NotFound));
    mismatches.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_speak_of_their_line_or_of_the_next() {
        let text =
            "a(); // error: [one, two]\n// missing: [three]\n# spurious: [four]\nb()\nc() # error: [five]\n";
        let found = marks(text);
        let all: Vec<_> = found.iter().map(|(line, kind, rule)| (*line, *kind, rule.as_str())).collect();
        let expected = [
            (1, Mark::Error, "one"),
            (1, Mark::Error, "two"),
            (4, Mark::Missing, "three"),
            (4, Mark::Spurious, "four"),
            (5, Mark::Error, "five"),
        ];
        assert_eq!(all, expected);
    }
}
