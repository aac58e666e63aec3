//! Findings are limited to what a change touched, while everything is analysed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use crate::finding::Finding;
use crate::source::Span;
use crate::workspace::Workspace;

/// What changed since a revision.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changed {
    /// Lines that changed, from 1, by path relative to the checked root.
    pub lines: BTreeMap<String, Vec<RangeInclusive<u32>>>,
    /// Fingerprints of what was found before, where that is known: a line that went may be missed elsewhere.
    pub before: Option<BTreeSet<String>>,
}

impl Changed {
    /// Whether a finding came with the change: a changed line is part of it, or it was not there before.
    #[must_use]
    pub fn brought(&self, workspace: &Workspace, finding: &Finding, fingerprint: &str) -> bool {
        let is_new = self.before.as_ref().is_some_and(|it| !it.contains(fingerprint));
        is_new || self.touches(workspace, finding)
    }

    /// Whether a changed line is among those of the finding or of its evidence: the line that decides may be another one
    /// than the line that must change.
    fn touches(&self, workspace: &Workspace, finding: &Finding) -> bool {
        let evidence = finding.evidence.iter().map(|it| it.span);
        std::iter::once(finding.span).chain(evidence).any(|it| self.meets(workspace, it))
    }

    fn meets(&self, workspace: &Workspace, span: Span) -> bool {
        let Some(entry) = workspace.files.get(span.file.0 as usize) else { return false };
        let Some(changed) = self.lines.get(&entry.path) else { return false };
        let Some(source) = workspace.text(span.file) else { return false };
        let first = source.line_column(span.start).line;
        let last = source.line_column(span.end.max(span.start + 1) - 1).line;
        changed.iter().any(|it| *it.start() <= last && first <= *it.end())
    }
}
