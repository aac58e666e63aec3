//! Findings are limited to what a change touched, while everything is analysed.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::finding::Finding;
use crate::source::Span;
use crate::workspace::Workspace;

/// Lines that changed, from 1, by path relative to the checked root.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changed(pub BTreeMap<String, Vec<RangeInclusive<u32>>>);

impl Changed {
    /// Whether a changed line is among those of the finding or of its evidence: the line that decides may be another one
    /// than the line that must change.
    #[must_use]
    pub fn touches(&self, workspace: &Workspace, finding: &Finding) -> bool {
        let evidence = finding.evidence.iter().map(|it| it.span);
        std::iter::once(finding.span).chain(evidence).any(|it| self.meets(workspace, it))
    }

    fn meets(&self, workspace: &Workspace, span: Span) -> bool {
        let Some(entry) = workspace.files.get(span.file.0 as usize) else { return false };
        let Some(changed) = self.0.get(&entry.path) else { return false };
        let Some(source) = workspace.text(span.file) else { return false };
        let first = source.line_column(span.start).line;
        let last = source.line_column(span.end.max(span.start + 1) - 1).line;
        changed.iter().any(|it| *it.start() <= last && first <= *it.end())
    }
}
