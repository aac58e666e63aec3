//! Rust source to `ir`, through `syn`.

use std::borrow::Cow;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::str::FromStr as _;

use proc_macro2::TokenStream;

use crate::ir::{Block, Body, Broken, Item, Late, Unit};
use crate::source::{FileId, SourceText, Span};

mod attribute;
mod block;
mod context;
mod expression;
mod function;
mod guard;
mod import;
mod item;
mod literal;
mod macros;
mod outline;
mod pattern;
mod recover;
mod rules;
mod scan;
#[cfg(test)]
mod tests;
mod ty;
mod written;

pub use written::{Written, written};

use context::Context;

const TOO_DEEP: &str = "nested too deeply to be read";

/// Lowers one file. Never fails: what could not be read is in `Unit::broken`.
///
/// A stack of 64 MiB suffices for any input, also to drop the unit.
#[must_use]
pub fn lower(file: FileId, source: &SourceText) -> Unit {
    lower_parts(file, source, &|_| false)
}

/// The same, but the bodies of functions for which `may_wait` says yes are read when somebody asks for them.
#[must_use]
pub fn lower_parts(file: FileId, source: &SourceText, may_wait: &dyn Fn(&str) -> bool) -> Unit {
    let text = without_shebang(&source.text);
    let late = Late::default();
    let outline = outline::outline(&text, may_wait);
    let parts = outline.and_then(|it| {
        let waiting = Waiting { whole: &text, left_out: &it.left_out, late: &late };
        parse(file, &it.text, 0, Some(waiting)).ok()
    });
    let (items, broken) =
        parts.or_else(|| parse(file, &text, 0, None).ok()).unwrap_or_else(|| recover::items(file, &text));
    proc_macro2::extra::invalidate_current_thread_spans();
    let stmts = items.into_iter().map(item::statement).collect();
    Unit { file, body: Block { stmts, value: None }, broken, late }
}

/// Whether a text has what looks like the end of `use a::*` or of `use a::{*, b}`.
#[must_use]
pub fn has_star_import(text: &str) -> bool {
    ["::*", "*,", "*}"].iter().any(|it| text.contains(it))
}

/// The same of a `use` that begins its line, and so stands in no module inside the file.
#[must_use]
pub fn has_outer_star_import(text: &str) -> bool {
    let mut starts = text.match_indices("use ").map(|it| it.0);
    starts.any(|at| {
        let line = &text[text[..at].rfind('\n').map_or(0, |it| it + 1)..at];
        let tree = &text[at..];
        (line.is_empty() || line.starts_with("pub"))
            && tree[..tree.find(';').unwrap_or(tree.len())].contains('*')
    })
}

/// The bodies that are left out of a text.
#[derive(Clone, Copy)]
struct Waiting<'a> {
    /// The text with them.
    whole: &'a str,
    left_out: &'a [Range<usize>],
    late: &'a Late,
}

impl Waiting<'_> {
    /// The body that opens at a byte.
    fn body(&self, file: FileId, open: usize) -> Option<Body> {
        let at = self.left_out.binary_search_by_key(&open, |it| it.start).ok()?;
        let text: Box<str> = self.whole[self.left_out[at].clone()].into();
        let late = self.late.clone();
        Some(Body::later(move || {
            // A parser's panic costs this body.
            let read = catch_unwind(AssertUnwindSafe(|| read_body(file, &text, open)));
            proc_macro2::extra::invalidate_current_thread_spans();
            let (block, broken) = read.unwrap_or_default();
            late.extend(broken);
            block
        }))
    }
}

/// A function's body that stands at `base` in its file.
fn read_body(file: FileId, text: &str, base: usize) -> (Block, Vec<Broken>) {
    let parsed = TokenStream::from_str(text).map_err(syn::Error::from).and_then(syn::parse2::<syn::Block>);
    match parsed {
        Ok(parsed) => {
            let cx = Context::new(file, text, base, None);
            (block::block(&cx, &parsed), cx.into_broken())
        }
        Err(error) => {
            let at = error.span().byte_range().start;
            let span = point(file, text, base, at);
            (Block::default(), vec![Broken { span, message: error.to_string() }])
        }
    }
}

/// The items of a text that stands at `base` in its file.
fn parse(
    file: FileId,
    text: &str,
    base: usize,
    waiting: Option<Waiting<'_>>,
) -> Result<(Vec<Item>, Vec<Broken>), Broken> {
    if guard::depth(text) > guard::LIMIT {
        let start = base + text.len() - text.trim_start().len();
        return Err(Broken { span: Span::new(file, start, base + text.len()), message: TOO_DEEP.to_owned() });
    }
    let tokens = TokenStream::from_str(text).map_err(|error| {
        let at = error.span().byte_range().start;
        Broken {
            span: point(file, text, base, at),
            message: "no Rust: a token that cannot be read".to_owned(),
        }
    })?;
    let parsed: syn::File = syn::parse2(tokens).map_err(|error| {
        let at = error.span().byte_range().start;
        Broken { span: point(file, text, base, at), message: error.to_string() }
    })?;
    let cx = Context::new(file, text, base, waiting);
    let outer = attribute::gate(&cx, &parsed.attrs);
    let mut items: Vec<Item> = parsed.items.iter().flat_map(|item| item::items(&cx, item)).collect();
    for item in &mut items {
        block::gate_within(item, outer.as_ref());
    }
    Ok((items, cx.into_broken()))
}

/// The character at `at`, or nothing at the end of the text.
fn point(file: FileId, text: &str, base: usize, at: usize) -> Span {
    let width = text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Span::new(file, base + at, base + at + width)
}

/// A first line `#!..` becomes a comment of the same length.
fn without_shebang(text: &str) -> Cow<'_, str> {
    match text.strip_prefix("#!") {
        Some(rest) if !rest.trim_start().starts_with('[') => Cow::Owned(format!("//{rest}")),
        _ => Cow::Borrowed(text),
    }
}
