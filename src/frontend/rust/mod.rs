//! Rust source to `ir`, through `syn`.

use std::borrow::Cow;
use std::str::FromStr as _;

use proc_macro2::TokenStream;

use crate::ir::{Block, Broken, Item, Unit};
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
mod pattern;
mod recover;
mod rules;
mod scan;
#[cfg(test)]
mod tests;
mod ty;

use context::Context;

const TOO_DEEP: &str = "nested too deeply to be read";

/// Lowers one file. Never fails: what could not be read is in `Unit::broken`.
///
/// A stack of 64 MiB suffices for any input, also to drop the unit.
#[must_use]
pub fn lower(file: FileId, source: &SourceText) -> Unit {
    let text = without_shebang(&source.text);
    let (items, broken) = parse(file, &text, 0).unwrap_or_else(|_| recover::items(file, &text));
    proc_macro2::extra::invalidate_current_thread_spans();
    let stmts = items.into_iter().map(item::statement).collect();
    Unit { file, body: Block { stmts, value: None }, broken }
}

/// The items of a text that stands at `base` in its file.
fn parse(file: FileId, text: &str, base: usize) -> Result<(Vec<Item>, Vec<Broken>), Broken> {
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
    let cx = Context::new(file, text, base);
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
