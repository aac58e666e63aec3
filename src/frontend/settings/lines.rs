//! Files of one setting a line: `.env`, and INI with its sections.

use super::{FAULTS, broken, empty};
use crate::ir::data::{Document, Node, NodeKind};
use crate::ir::{Broken, Ident};
use crate::source::{FileId, Span};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// `export NAME="value" # comment`; every value is text.
    Env,
    /// `[section]`, `key = value` or `key: value`, and indented lines that continue a value.
    Ini,
}

pub(super) fn parse(file: FileId, text: &str, syntax: Syntax) -> Document {
    let mut reader = Reader { file, text, at: 0, broken: Vec::new() };
    let mut document = empty(file);
    let entries = match syntax {
        Syntax::Env => reader.env(),
        Syntax::Ini => reader.ini(),
    };
    document.root.kind = NodeKind::Map(entries);
    document.root.span = Span::new(file, 0, text.len());
    document.broken = reader.broken;
    document
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    at: usize,
    broken: Vec<Broken>,
}

impl<'a> Reader<'a> {
    /// The next line with its offset, without its end.
    fn line(&mut self) -> Option<(usize, &'a str)> {
        let rest = self.text.get(self.at..).filter(|it| !it.is_empty())?;
        let start = self.at;
        let end = rest.find('\n').map_or(rest.len(), |it| it + 1);
        self.at += end;
        Some((start, rest[..end].trim_end_matches(['\n', '\r'])))
    }

    fn span(&self, part: &str, start: usize) -> Span {
        Span::new(self.file, start, start + part.len())
    }

    fn fault(&mut self, part: &str, start: usize, message: &str) {
        if self.broken.len() < FAULTS {
            let span = self.span(part, start);
            self.broken.push(broken(span, message));
        }
    }

    fn env(&mut self) -> Vec<(Ident, Node)> {
        let mut entries = Vec::new();
        while let Some((start, line)) = self.line() {
            let (text, at) = trimmed(line, start);
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let exported = text.strip_prefix("export ").unwrap_or(text);
            let at = at + (text.len() - exported.len());
            let Some((name, value)) = exported.split_once('=') else {
                // a name alone passes the variable on
                if !is_name(exported) {
                    self.fault(text, at, "neither `NAME=value` nor a comment");
                }
                continue;
            };
            let (key, key_at) = trimmed(name, at);
            if !is_name(key) {
                self.fault(key, key_at, "not the name of a variable");
                continue;
            }
            let name = Ident { name: key.into(), span: self.span(key, key_at) };
            let (value, value_at) = trimmed(value, at + name_length(exported));
            entries.push((name, self.env_value(value, value_at)));
        }
        entries
    }

    /// A value in quotes may go on over lines; one without ends at a comment.
    fn env_value(&mut self, value: &str, start: usize) -> Node {
        if let Some(quote @ ('"' | '\'')) = value.chars().next() {
            if let Some((text, length)) = quoted(&self.text[start + 1..], quote) {
                let end = start + length + 2;
                let further = self.text.get(self.at..end).unwrap_or("");
                if !further.lines().any(is_assignment) {
                    if end > self.at {
                        self.at = end;
                        self.line();
                    }
                    let span = Span::new(self.file, start, end);
                    return Node { kind: NodeKind::Text(text.into()), span };
                }
            }
            self.fault(value, start, "the closing quote is missing");
        }
        let end = value.find(" #").or_else(|| value.find("\t#")).unwrap_or(value.len());
        let end = if value.starts_with('#') { 0 } else { end };
        let text = value[..end].trim_end();
        Node { kind: NodeKind::Text(text.into()), span: self.span(text, start) }
    }

    fn ini(&mut self) -> Vec<(Ident, Node)> {
        let mut entries: Vec<(Ident, Node)> = Vec::new();
        let mut section: Option<usize> = None;
        let mut last: Option<Setting> = None;
        while let Some((start, line)) = self.line() {
            let (text, at) = trimmed(line, start);
            if text.is_empty() || text.starts_with(['#', ';']) {
                continue;
            }
            if line.starts_with([' ', '\t'])
                && let Some(setting) = &mut last
            {
                setting.go_on(text, self.span(text, at));
                continue;
            }
            flush(&mut entries, section, last.take());
            if let Some(name) = text.strip_prefix('[') {
                let Some(end) = name.find(']') else {
                    self.fault(text, at, "the closing bracket is missing");
                    section = None;
                    continue;
                };
                let name = &name[..end];
                let ident = Ident { name: name.into(), span: self.span(name, at + 1) };
                let node = Node { kind: NodeKind::Map(Vec::new()), span: self.span(text, at) };
                section = Some(entries.len());
                entries.push((ident, node));
                continue;
            }
            last = Some(self.ini_setting(text, at));
        }
        flush(&mut entries, section, last);
        entries
    }

    /// A key without a value is a switch.
    fn ini_setting(&self, text: &str, at: usize) -> Setting {
        let end = text.find(['=', ':']).unwrap_or(text.len());
        let (key, key_at) = trimmed(&text[..end], at);
        let (value, value_at) =
            trimmed(text.get(end + 1..).unwrap_or(""), (at + end + 1).min(at + text.len()));
        Setting {
            key: Ident { name: key.into(), span: self.span(key, key_at) },
            value: (end < text.len()).then(|| value.to_owned()),
            span: self.span(value, value_at),
        }
    }
}

/// A setting of an INI file that may go on.
struct Setting {
    key: Ident,
    value: Option<String>,
    span: Span,
}

impl Setting {
    fn go_on(&mut self, text: &str, span: Span) {
        let value = self.value.get_or_insert_default();
        if value.is_empty() {
            self.span.start = span.start;
        } else {
            value.push('\n');
        }
        value.push_str(text);
        self.span.end = span.end;
    }

    fn finish(self) -> (Ident, Node) {
        let kind = self.value.map_or(NodeKind::Null, |it| NodeKind::Text(it.into()));
        (self.key, Node { kind, span: self.span })
    }
}

/// Adds a setting to its section.
fn flush(entries: &mut Vec<(Ident, Node)>, section: Option<usize>, last: Option<Setting>) {
    let Some(last) = last.map(Setting::finish) else { return };
    match section.and_then(|it| entries.get_mut(it)) {
        Some((_, Node { kind: NodeKind::Map(inner), .. })) => inner.push(last),
        _ => entries.push(last),
    }
}

/// A text without white space around, and where it starts.
fn trimmed(text: &str, start: usize) -> (&str, usize) {
    (text.trim(), start + (text.len() - text.trim_start().len()))
}

fn name_length(text: &str) -> usize {
    text.find('=').map_or(text.len(), |it| it + 1)
}

/// Whether a line of a text in quotes is rather the next setting.
fn is_assignment(line: &str) -> bool {
    let name = line.strip_prefix("export ").unwrap_or(line).split_once('=').map(|(name, _)| name);
    name.is_some_and(|it| it.starts_with(|it: char| it.is_ascii_uppercase()) && is_name(it))
}

fn is_name(text: &str) -> bool {
    let rest = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-' | '.');
    !text.is_empty() && !text.starts_with('-') && text.chars().all(rest)
}

/// Text up to the closing quote, and its length as written. Escapes count in double quotes only.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            _ if letter == quote => return Some((value, at)),
            '\\' if quote == '"' => match letters.next()?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                other => value.push(other),
            },
            _ => value.push(letter),
        }
    }
    None
}
