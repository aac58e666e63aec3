//! Pieces of source text with labels, for `miette`: clipped, free of control characters, secrets hidden.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};

use super::Style;
use super::redact::Secrets;
use super::words::clean;
use crate::check::Report;
use crate::source::{FileId, SourceText, Span};

/// Lines shown before and after a label.
pub(super) const CONTEXT: usize = 1;
/// Longer lines are clipped around their labels; both in bytes.
const LONGEST: u32 = 200;
const AROUND: u32 = 60;

/// A message with its frames.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) code: String,
    pub(super) severity: miette::Severity,
    pub(super) headline: String,
    pub(super) why: Option<Why>,
    pub(super) help: Option<String>,
    pub(super) frames: Frames,
}

#[derive(Debug)]
pub(super) struct Why(pub(super) String);

impl fmt::Display for Why {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Why {}

impl fmt::Display for Picture {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.headline)
    }
}

impl std::error::Error for Picture {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.why.as_ref().map(|it| it as _)
    }
}

impl Diagnostic for Picture {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|it| Box::new(it) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.frames)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.frames.labels.iter().cloned()))
    }
}

impl Picture {
    pub(super) fn draw(&self, style: Style) -> String {
        let theme = if style.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_context_lines(CONTEXT)
            .with_width(style.width)
            // code in a help text breaks at spaces only
            .with_word_separator(textwrap::WordSeparator::AsciiSpace)
            .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
            .with_break_words(false);
        let mut text = String::new();
        // a `String` takes everything, and every label lies in its frame
        let _ = handler.render_report(&mut text, self);
        text
    }
}

/// Excerpts of one or more files, one after the other in a text that no file has.
#[derive(Debug, Default)]
pub(super) struct Frames {
    excerpts: Vec<Excerpt>,
    labels: Vec<LabeledSpan>,
    /// Line and column in the file, both from 0, of each label by its offset.
    positions: BTreeMap<usize, (usize, usize)>,
}

#[derive(Debug)]
struct Excerpt {
    name: String,
    text: String,
    /// Number of its first line, from 0.
    first_line: usize,
    base: usize,
}

impl SourceCode for Frames {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let inside = |it: &&Excerpt| it.base <= start && end <= it.base + it.text.len();
        let excerpt = self.excerpts.iter().find(inside).ok_or(MietteError::OutOfBounds)?;
        let local = SourceSpan::new((start - excerpt.base).into(), span.len());
        let contents = excerpt.text.as_str().read_span(&local, before, after)?;
        let outer = SourceSpan::new((contents.span().offset() + excerpt.base).into(), contents.span().len());
        let mut line = contents.line() + excerpt.first_line;
        let mut column = contents.column();
        if before == 0
            && let Some(position) = self.positions.get(&start)
        {
            (line, column) = *position;
        }
        let data = contents.data();
        // That of `contents` counts from the beginning of the text, and would join frames that are far apart.
        let count = data.split(|it| *it == b'\n').count() - usize::from(data.ends_with(b"\n"));
        let name = excerpt.name.clone();
        Ok(Box::new(MietteSpanContents::new_named(name, data, outer, line, column, count)))
    }
}

/// Frames for spans of a report; the first label is the primary one and its file comes first.
pub(super) fn frames(report: &Report, secrets: &Secrets, labels: &[(Span, String)]) -> Frames {
    let mut frames = Frames::default();
    let mut files: Vec<FileId> = Vec::new();
    for (span, _) in labels {
        if !files.contains(&span.file) {
            files.push(span.file);
        }
    }
    for file in files {
        let Some(source) = report.source(file) else { continue };
        let here: Vec<_> = labels
            .iter()
            .filter(|(span, _)| span.file == file)
            .map(|(span, text)| (span.start as usize..span.end as usize, text.as_str()))
            .collect();
        let hide = |at, line: &str| secrets.in_line(file, source, at, line);
        frames.add(source, &here, &hide);
    }
    frames
}

/// A complaint about a file of the user that is no part of the report: configuration, rules, models.
#[must_use]
pub fn complaint(source: &SourceText, span: Range<usize>, message: &str, help: &str, style: Style) -> String {
    let mut frames = Frames::default();
    frames.add(source, &[(span, "")], &|_, _| Vec::new());
    let picture = Picture {
        code: "configuration".into(),
        severity: miette::Severity::Error,
        headline: clean(message).into_owned(),
        why: None,
        help: (!help.is_empty()).then(|| clean(help).into_owned()),
        frames,
    };
    picture.draw(style)
}

/// A label, ready to be placed.
pub(super) struct Mark {
    pub(super) range: Range<u32>,
    /// Index of its line.
    pub(super) line: usize,
}

impl Frames {
    fn add(
        &mut self,
        source: &SourceText,
        labels: &[(Range<usize>, &str)],
        hide: &dyn Fn(u32, &str) -> Vec<Range<u32>>,
    ) {
        let marks: Vec<_> = labels.iter().map(|(range, _)| mark(source, range)).collect();
        let first = marks.iter().map(|it| it.line).min().unwrap_or(0).saturating_sub(CONTEXT);
        let last = marks.iter().map(|it| it.line).max().unwrap_or(0) + CONTEXT;
        let base = self.excerpts.last().map_or(0, |it| it.base + it.text.len() + 1);
        let mut writer = Writer::new(&marks);
        for index in first..=last.min(source.line_starts().len() - 1) {
            let near = |it: &Mark| it.line.abs_diff(index) <= CONTEXT;
            if marks.iter().any(near) {
                writer.line(source, index, &marks, hide);
            }
            writer.end_line(line_end(source, index));
        }
        let (text, placed) = writer.finish();
        for (mark, (_, label)) in marks.iter().zip(labels) {
            let (start, end) = (placed(mark.range.start) + base, placed(mark.range.end) + base);
            let label = (!label.is_empty()).then(|| clean(label).into_owned());
            let span = SourceSpan::new(start.into(), end - start);
            let new = if self.labels.is_empty() {
                LabeledSpan::new_primary_with_span
            } else {
                LabeledSpan::new_with_span
            };
            self.labels.push(new(label, span));
            let at = source.line_column(mark.range.start);
            self.positions.insert(start, (at.line as usize - 1, at.column as usize - 1));
        }
        self.excerpts.push(Excerpt { name: clean(&source.path).into_owned(), text, first_line: first, base });
    }
}

pub(super) fn mark(source: &SourceText, range: &Range<usize>) -> Mark {
    let length = source.text.len();
    let boundary = |mut at: usize| {
        at = at.min(length);
        while !source.text.is_char_boundary(at) {
            at -= 1;
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    };
    let line = |at: u32| source.line_starts().partition_point(|it| *it <= at).max(1) - 1;
    let start = boundary(range.start);
    let index = line(start);
    // what goes on over several lines is drawn on the first one
    let end = boundary(range.end).min(line_end(source, index)).max(start);
    Mark { range: start..end, line: index }
}

/// Where a line's text ends, its break not counted.
pub(super) fn line_end(source: &SourceText, index: usize) -> u32 {
    let starts = source.line_starts();
    let next = starts.get(index + 1).map_or(source.text.len(), |it| *it as usize);
    let line = &source.text[starts[index] as usize..next];
    starts[index] + u32::try_from(line.trim_end_matches(['\n', '\r']).len()).unwrap_or(0)
}

/// Writes an excerpt and remembers where the edges of the marks came to lie.
struct Writer {
    text: String,
    /// Offsets in the file still to be placed, sorted.
    edges: std::iter::Peekable<std::vec::IntoIter<u32>>,
    placed: BTreeMap<u32, usize>,
}

impl Writer {
    fn new(marks: &[Mark]) -> Self {
        let mut edges: Vec<_> = marks.iter().flat_map(|it| [it.range.start, it.range.end]).collect();
        edges.sort_unstable();
        edges.dedup();
        Self { text: String::new(), edges: edges.into_iter().peekable(), placed: BTreeMap::new() }
    }

    fn reach(&mut self, offset: u32) {
        while let Some(edge) = self.edges.next_if(|it| *it <= offset) {
            self.placed.insert(edge, self.text.len());
        }
    }

    fn end_line(&mut self, offset: u32) {
        self.reach(offset);
        self.text.push('\n');
    }

    fn line(
        &mut self,
        source: &SourceText,
        index: usize,
        marks: &[Mark],
        hide: &dyn Fn(u32, &str) -> Vec<Range<u32>>,
    ) {
        let whole = source.line_starts()[index]..line_end(source, index);
        let window = window(&whole, &marks.iter().collect::<Vec<_>>());
        let (from, to) = (floor(source, window.start), floor(source, window.end));
        let hidden = hide(whole.start, &source.text[whole.start as usize..whole.end as usize]);
        if from > whole.start as usize {
            self.text.push('…');
        }
        let mut hiding = false;
        for (at, letter) in source.text[from..to].char_indices() {
            let at = u32::try_from(from + at).unwrap_or(u32::MAX);
            self.reach(at);
            let hide = hidden.iter().any(|it| it.contains(&at));
            match letter {
                _ if hide && hiding => {}
                _ if hide => self.text.push_str("***"),
                '\t' => self.text.push('\t'),
                _ if letter.is_control() => self.text.push('\u{fffd}'),
                _ => self.text.push(letter),
            }
            hiding = hide;
        }
        if to < whole.end as usize {
            self.text.push('…');
        }
    }

    fn finish(mut self) -> (String, impl Fn(u32) -> usize) {
        self.reach(u32::MAX);
        let placed = self.placed;
        (self.text, move |edge| placed.get(&edge).copied().unwrap_or(0))
    }
}

fn floor(source: &SourceText, at: u32) -> usize {
    let mut at = (at as usize).min(source.text.len());
    while !source.text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The part of a line that is shown.
pub(super) fn window(line: &Range<u32>, marks: &[&Mark]) -> Range<u32> {
    if line.end - line.start <= LONGEST {
        return line.clone();
    }
    let here = marks.iter().filter(|it| it.range.start <= line.end && line.start <= it.range.end);
    let start = here.map(|it| it.range.start.max(line.start)).min().unwrap_or(line.start);
    let start = start.saturating_sub(AROUND).max(line.start);
    start..(start + LONGEST).min(line.end)
}
