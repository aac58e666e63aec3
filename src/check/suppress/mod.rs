//! Comments that silence a finding: `sessionlint: ignore[rule] reason`, `sessionlint: file-ignore[rule] reason`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use smol_str::SmolStr;

use crate::finding::{Confidence, Finding, Subject, Suppression};
use crate::rule::{Rule, header};
use crate::source::{CommentStyle, FileId, SourceText, Span, comments};
use crate::workspace::{FileEntry, FileKind, Workspace};

mod directive;
mod statement;

use directive::{Directive, Scope};

const UNUSED: &str = "unused-suppression";
const INVALID: &str = "invalid-suppression";

/// How comments are treated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Suppressions {
    /// Comments count; `--no-ignores` says no.
    pub honoured: bool,
    /// A comment without a reason is a finding of its own.
    pub require_reason: bool,
}

impl Default for Suppressions {
    fn default() -> Self {
        Self { honoured: true, require_reason: false }
    }
}

/// A finding, and what silenced it with the user's reason.
#[derive(Clone, PartialEq, Debug)]
pub struct Found {
    pub finding: Finding,
    pub silenced: Option<(Suppression, Option<String>)>,
}

/// Matches comments with findings, and adds what is wrong with the comments themselves.
/// `runs` tells whether a rule was asked for at all: a comment about one that was not is no unused one.
#[must_use]
pub fn apply(
    workspace: &Workspace,
    rules: &[&Rule],
    found: Vec<Finding>,
    how: Suppressions,
    runs: &dyn Fn(&str) -> bool,
) -> Vec<Found> {
    let mut found: Vec<_> = found.into_iter().map(|finding| Found { finding, silenced: None }).collect();
    if !how.honoured {
        return found;
    }
    let book = Book { rules, runs, require_reason: how.require_reason };
    let mut by_file: BTreeMap<FileId, Vec<&mut Found>> = BTreeMap::new();
    for it in &mut found {
        by_file.entry(it.finding.span.file).or_default().push(it);
    }
    let mut about = Vec::new();
    for entry in &workspace.files {
        let mut here = by_file.remove(&entry.id).unwrap_or_default();
        if !entry.interesting && here.is_empty() {
            continue;
        }
        let Some(source) = workspace.text(entry.id).filter(|it| it.text.contains("sessionlint:")) else {
            continue;
        };
        about.extend(book.file(entry, source, &mut here));
    }
    found.extend(about);
    found
}

/// What is known of the rules.
struct Book<'a> {
    rules: &'a [&'a Rule],
    runs: &'a dyn Fn(&str) -> bool,
    require_reason: bool,
}

impl Book<'_> {
    fn rule(&self, id: &str) -> Option<&Rule> {
        let named = |it: &&&Rule| it.id == id || it.aliases.iter().any(|alias| alias == id);
        self.rules.iter().find(named).copied()
    }

    /// Silences findings of one file and returns the findings about its comments.
    fn file(&self, entry: &FileEntry, source: &SourceText, here: &mut [&mut Found]) -> Vec<Found> {
        let directives: Vec<_> = comments(entry.id, &source.text, style(entry.kind))
            .iter()
            .filter_map(|it| directive::read(it, source.slice(it.span)))
            .collect();
        if directives.is_empty() {
            return Vec::new();
        }
        let lines = Lines::new(entry, source, !here.is_empty());
        let mut used = BTreeSet::new();
        for it in &mut *here {
            self.silence(it, &directives, &lines, &mut used);
        }
        let mut about = self.faults(&directives);
        about.extend(self.unused(&directives, &used, false));
        let mut about: Vec<_> = about.into_iter().map(|finding| Found { finding, silenced: None }).collect();
        for it in &mut about {
            self.silence(it, &directives, &lines, &mut used);
        }
        let rest = self.unused(&directives, &used, true);
        about.extend(rest.into_iter().map(|finding| Found { finding, silenced: None }));
        about
    }

    fn silence(
        &self,
        it: &mut Found,
        directives: &[Directive],
        lines: &Lines<'_>,
        used: &mut BTreeSet<Span>,
    ) {
        for directive in directives {
            let reaches = match directive.scope {
                Scope::File => true,
                Scope::Statement => lines.reaches(directive, it.finding.span),
                Scope::Unknown(_) => false,
            };
            if !reaches {
                continue;
            }
            for (id, span) in &directive.rules {
                if self.rule(id).is_some_and(|rule| rule.id == it.finding.rule) {
                    used.insert(*span);
                    let by = Suppression::Comment(directive.comment);
                    it.silenced.get_or_insert_with(|| (by, directive.reason.clone()));
                }
            }
        }
    }

    /// Comments that nobody can follow.
    fn faults(&self, directives: &[Directive]) -> Vec<Finding> {
        let Some(rule) = self.rule(INVALID) else { return Vec::new() };
        let mut faults = Vec::new();
        let mut add =
            |span, message: String, help: String| faults.push(about(rule, span, message, help, None));
        for it in directives {
            if let Scope::Unknown(word) = &it.scope {
                let help = header::suggestion(word, ["ignore", "file-ignore"]);
                add(it.span, format!("a comment says `{word}`, which means nothing"), help);
                continue;
            }
            if it.rules.is_empty() {
                let help = "name the rules: `sessionlint: ignore[cookie-no-secure] reason`".to_owned();
                add(it.span, "a comment ignores no rule in particular".to_owned(), help);
            }
            for (id, span) in it.rules.iter().filter(|(id, _)| self.rule(id).is_none()) {
                let help = header::suggestion(id, self.rules.iter().map(|it| it.id.as_str()));
                add(*span, format!("there is no rule `{id}` to ignore"), help);
            }
            if self.require_reason && it.reason.is_none() && !it.rules.is_empty() {
                let help = "say why after the bracket".to_owned();
                add(it.span, "a comment ignores a rule without a reason".to_owned(), help);
            }
        }
        faults
    }

    /// Rules that a comment names for nothing; `own` are the rules about comments, which come last.
    fn unused(&self, directives: &[Directive], used: &BTreeSet<Span>, own: bool) -> Vec<Finding> {
        let Some(rule) = self.rule(UNUSED) else { return Vec::new() };
        let named =
            directives.iter().filter(|it| !matches!(it.scope, Scope::Unknown(_))).flat_map(|it| &it.rules);
        named
            .filter(|(_, span)| !used.contains(span))
            .filter_map(|(id, span)| Some((self.rule(id)?.id.clone(), *span)))
            .filter(|(id, _)| (self.runs)(id) && own == (id == UNUSED || id == INVALID))
            .map(|(id, span)| {
                let message = format!("nothing here for `{id}` to report");
                about(rule, span, message, rule.general_help().to_owned(), Some(id))
            })
            .collect()
    }
}

fn about(rule: &Rule, span: Span, message: String, help: String, name: Option<SmolStr>) -> Finding {
    Finding {
        rule: rule.id.clone(),
        severity: rule.severity,
        confidence: Confidence::High,
        persona: rule.persona,
        message,
        why: rule.why.clone(),
        help,
        span,
        label: String::new(),
        subject: Subject { kind: "comment".into(), name, role: None },
        evidence: Vec::new(),
        ordered: false,
        cwe: rule.cwe.clone(),
        asvs: rule.asvs.clone(),
        item: SmolStr::default(),
        fact: None,
    }
}

fn style(kind: FileKind) -> CommentStyle {
    match kind {
        FileKind::Rust => CommentStyle::Rust,
        FileKind::Python => CommentStyle::Python,
        FileKind::Toml | FileKind::Yaml | FileKind::Env | FileKind::Ini | FileKind::Launch => {
            CommentStyle::Hash
        }
        FileKind::Json => CommentStyle::None,
    }
}

/// Which lines a comment speaks of.
struct Lines<'a> {
    source: &'a SourceText,
    statements: Vec<Range<u32>>,
}

impl<'a> Lines<'a> {
    fn new(entry: &FileEntry, source: &'a SourceText, needed: bool) -> Self {
        let statements = if needed { statement::extents(entry.id, source, entry.kind) } else { Vec::new() };
        Self { source, statements }
    }

    /// In the finding's statement, or right above its first line or above the line of the finding itself.
    fn reaches(&self, directive: &Directive, finding: Span) -> bool {
        let line = |at| self.source.line_column(at).line;
        let last = |range: &Range<u32>| line(range.end.max(range.start + 1) - 1);
        let own = finding.start..finding.end;
        let statement = statement::around(&self.statements, finding.start).unwrap_or(&own);
        let comment = line(directive.comment.start);
        let inside =
            (line(statement.start)..=last(statement)).contains(&comment) || comment == line(finding.start);
        if inside || !directive.own_line {
            return inside;
        }
        let below = self.code_below(line(directive.comment.end.max(1) - 1));
        below == line(statement.start) || below == line(finding.start)
    }

    /// The first line below that is more than a comment.
    fn code_below(&self, line: u32) -> u32 {
        let starts = self.source.line_starts();
        let is_comment = |at: usize| {
            let end = starts.get(at + 1).map_or(self.source.text.len(), |it| *it as usize);
            let text = self.source.text[starts[at] as usize..end].trim_start();
            text.starts_with("//")
                || text.starts_with("/*")
                || (text.starts_with('#') && !text.starts_with("#["))
        };
        // lines count from 1, so the index of the next one is the number of this one
        let next = (line as usize..starts.len()).find(|at| !is_comment(*at));
        next.map_or(u32::MAX, |at| u32::try_from(at + 1).unwrap_or(u32::MAX))
    }
}
