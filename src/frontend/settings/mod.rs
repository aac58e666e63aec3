//! Settings files to `ir::data`, every key and value with its place.

use crate::ir::data::{Document, Node, NodeKind};
use crate::ir::{Broken, Ident};
use crate::source::{FileId, SourceText, Span};
use crate::workspace::FileKind;

mod json;
mod launch;
mod lines;
mod toml;
mod yaml;

#[cfg(test)]
mod tests;

/// Levels that a tree may have.
const DEPTH: usize = 100;
/// Faults of one file that are worth telling.
const FAULTS: usize = 20;

/// Reads one settings file. Never fails: what could not be read is in `Document::broken`.
#[must_use]
pub fn parse(file: FileId, source: &SourceText, kind: FileKind) -> Document {
    let text = &*source.text;
    let mut document = match kind {
        FileKind::Toml => toml::parse(file, text),
        FileKind::Yaml => yaml::parse(file, text),
        FileKind::Json => json::parse(file, text),
        FileKind::Env => lines::parse(file, text, lines::Syntax::Env),
        FileKind::Ini => lines::parse(file, text, lines::Syntax::Ini),
        FileKind::Launch => launch::parse(file, text),
        FileKind::Rust | FileKind::Python => empty(file),
    };
    document.broken.truncate(FAULTS);
    if !document.broken.is_empty() && (text.contains("{{") || text.contains("{%")) {
        document.broken = vec![broken(Span::new(file, 0, 0), "a template, which becomes settings later")];
    }
    document
}

fn empty(file: FileId) -> Document {
    Document { root: map(file, Vec::new()), broken: Vec::new() }
}

fn map(file: FileId, entries: Vec<(Ident, Node)>) -> Node {
    Node { kind: NodeKind::Map(entries), span: Span::new(file, 0, 0) }
}

fn too_deep(span: Span) -> Broken {
    Broken { span, message: "nested too deeply".to_owned() }
}

/// The first line of a parser's message, in the style of ours.
fn broken(span: Span, message: &str) -> Broken {
    if message.contains("recurs") {
        return too_deep(span);
    }
    let line = message.lines().next().unwrap_or_default().trim_end_matches('.');
    let mut letters = line.chars();
    let message = match (letters.next(), letters.clone().next()) {
        // an acronym stays
        (Some(_), Some(second)) if second.is_uppercase() => line.to_owned(),
        (Some(first), _) => first.to_lowercase().chain(letters).collect(),
        (None, _) => "cannot be read".to_owned(),
    };
    Broken { span, message }
}
