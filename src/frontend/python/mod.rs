//! Python source to `ir`.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};

use ruff_python_parser::{Mode, ParseError, ParseOptions, parse_unchecked};
use ruff_text_size::TextRange;

use crate::ir::{Block, Broken, Late, Unit};
use crate::source::{FileId, SourceText, Span};

mod broken;
mod definition;
mod depth;
mod expr;
mod pattern;
mod stmt;
mod types;

#[cfg(test)]
mod tests;

/// Lowers one file. Never fails: what could not be read is in `Unit::broken`.
#[must_use]
pub fn lower(file: FileId, source: &SourceText) -> Unit {
    if let Some(place) = depth::too_deep(file, source) {
        return Unit { file, body: Block::default(), broken: vec![place], late: Late::default() };
    }
    let conflicts = broken::merge_conflicts(file, &source.text);
    let cx = Context::new(file, &conflicts.text);
    let (body, errors) = read(&cx).unwrap_or_else(|| (Block::default(), Vec::new()));

    let mut broken = conflicts.broken;
    let body = if let Some(template) = broken::template(source, file, &errors) {
        broken.push(template);
        Block::default()
    } else {
        broken.extend(broken::regions(source, file, &errors));
        body
    };
    broken.extend(cx.too_deep.get().map(depth::broken));
    broken.extend(cx.failures.take());
    Unit { file, body, broken, late: Late::default() }
}

/// Whether a text has what looks like `from a import *`.
#[must_use]
pub fn has_star_import(text: &str) -> bool {
    text.contains("import *")
}

/// The parsed and lowered text; `None` when the parser gave up, which is then among the failures.
fn read(cx: &Context<'_>) -> Option<(Block, Vec<ParseError>)> {
    // The parser is the only code here that is not ours: a panic of it must cost this file and nothing else.
    let parsed = catch_unwind(AssertUnwindSafe(|| {
        let parsed = parse_unchecked(cx.text, ParseOptions::from(Mode::Module)).try_into_module()?;
        let body = stmt::block(cx, parsed.suite());
        Some((body, parsed.errors().to_vec()))
    }));
    let read = parsed.ok().flatten();
    if read.is_none() {
        let span = Span::new(cx.file, 0, cx.text.len());
        cx.failures.borrow_mut().push(Broken { span, message: "the python parser gave up".to_owned() });
    }
    read
}

/// What lowering needs at every node.
struct Context<'a> {
    file: FileId,
    text: &'a str,
    /// Levels that the tree is deep at this point.
    depth: Cell<usize>,
    too_deep: Cell<Option<Span>>,
    /// A `yield` stood in the function that is being lowered.
    yields: Cell<bool>,
    failures: RefCell<Vec<Broken>>,
}

impl<'a> Context<'a> {
    fn new(file: FileId, text: &'a str) -> Self {
        Self {
            file,
            text,
            depth: Cell::new(0),
            too_deep: Cell::new(None),
            yields: Cell::new(false),
            failures: RefCell::default(),
        }
    }

    fn span(&self, range: TextRange) -> Span {
        Span::new(self.file, range.start().to_usize(), range.end().to_usize())
    }

    /// Runs `lower` one level deeper; `None` when the tree would become too deep to walk.
    fn deeper<T>(&self, span: Span, lower: impl FnOnce() -> T) -> Option<T> {
        let depth = self.depth.get();
        if depth >= depth::LIMIT {
            self.too_deep.set(self.too_deep.get().or(Some(span)));
            return None;
        }
        self.depth.set(depth + 1);
        let lowered = lower();
        self.depth.set(depth);
        Some(lowered)
    }

    /// Runs `lower` for the inside of a function; the flag says whether it yields.
    fn function_body<T>(&self, lower: impl FnOnce() -> T) -> (T, bool) {
        let outer = self.yields.replace(false);
        let lowered = lower();
        (lowered, self.yields.replace(outer))
    }
}
