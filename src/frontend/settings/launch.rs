//! Files that say how processes are started (`Dockerfile`, `Procfile`): the variables that they give, by stage or process.
//! Everything else in them is passed over.

use super::empty;
use crate::ir::Ident;
use crate::ir::data::{Document, Node, NodeKind};
use crate::source::{FileId, Span};

pub(super) fn parse(file: FileId, text: &str) -> Document {
    let mut document = empty(file);
    let mut parts: Vec<(Ident, Node)> = Vec::new();
    let ident =
        |name: &str, at: usize| Ident { name: name.into(), span: Span::new(file, at, at + name.len()) };
    let part = |parts: &mut Vec<(Ident, Node)>, name: Ident| {
        let span = name.span;
        parts.push((name, Node { kind: NodeKind::Map(Vec::new()), span }));
    };
    for (line, at) in logical(text) {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest_at = at + line.len() - rest.len();
        if word.eq_ignore_ascii_case("FROM") {
            // `FROM image AS name`
            let mut words = rest.split_whitespace().rev();
            let name = words.next().filter(|_| words.next().is_some_and(|it| it.eq_ignore_ascii_case("as")));
            part(&mut parts, ident(name.unwrap_or(""), at));
        } else if word.eq_ignore_ascii_case("ENV") {
            if parts.is_empty() {
                part(&mut parts, ident("", at));
            }
            put(&mut parts, given(file, rest, rest_at));
        } else if let Some(process) = word.strip_suffix(':').filter(|it| is_process(it)) {
            part(&mut parts, ident(process, at));
            put(&mut parts, assignments(file, rest, rest_at));
        }
    }
    document.root.kind = NodeKind::Map(parts);
    document.root.span = Span::new(file, 0, text.len());
    document
}

fn put(parts: &mut [(Ident, Node)], given: Vec<(Ident, Node)>) {
    if let Some((_, Node { kind: NodeKind::Map(entries), .. })) = parts.last_mut() {
        entries.extend(given);
    }
}

/// Lines without those that are comments, with what goes on behind a backslash, and where they start.
fn logical(text: &str) -> Vec<(&str, usize)> {
    let mut lines = Vec::new();
    let mut start = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let begins = at;
        at += line.len();
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        let first = *start.get_or_insert(begins + (line.len() - line.trim_start().len()));
        if !bare.ends_with('\\') {
            lines.push((text[first..at].trim_end(), first));
            start = None;
        }
    }
    lines
}

/// `NAME=value OTHER="a b"`, or `NAME the whole rest`.
fn given(file: FileId, text: &str, at: usize) -> Vec<(Ident, Node)> {
    let first = text.split(|it: char| it.is_whitespace() || it == '=').next().unwrap_or_default();
    if text[first.len()..].starts_with('=') {
        return assignments(file, text, at);
    }
    let value = text[first.len()..].trim();
    let value_at = at + text.len() - text[first.len()..].trim_start().len();
    if is_variable(first) { vec![entry(file, first, at, value, value_at)] } else { Vec::new() }
}

/// Assignments up to the first word that is none.
fn assignments(file: FileId, text: &str, at: usize) -> Vec<(Ident, Node)> {
    let mut entries = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|it: char| it.is_whitespace() || it == '\\');
        // A comment between lines that belong together.
        if rest.starts_with('#') {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
            continue;
        }
        let Some((name, value)) = rest.split_once('=').filter(|(name, _)| is_variable(name)) else { break };
        let name_at = at + text.len() - rest.len();
        let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''));
        let bare = value.find(char::is_whitespace).unwrap_or(value.len());
        let closed = quote.and_then(|quote| value[1..].find(quote));
        let (shown, length) = closed.map_or((&value[..bare], bare), |end| (&value[1..=end], end + 2));
        let value_at = name_at + name.len() + 1 + usize::from(quote.is_some() && length > shown.len());
        entries.push(entry(file, name, name_at, shown, value_at));
        rest = &value[length..];
    }
    entries
}

fn entry(file: FileId, name: &str, at: usize, value: &str, value_at: usize) -> (Ident, Node) {
    let span = Span::new(file, value_at, value_at + value.len());
    let name = Ident { name: name.into(), span: Span::new(file, at, at + name.len()) };
    (name, Node { kind: NodeKind::Text(value.into()), span })
}

fn is_variable(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
}

fn is_process(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|it| it.is_ascii_alphanumeric() || it == '_' || it == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let document = parse(FileId(0), text);
        let NodeKind::Map(parts) = &document.root.kind else { return String::new() };
        let mut out = String::new();
        for (part, node) in parts {
            out.extend(["[", part.name.as_str(), "]"]);
            let NodeKind::Map(entries) = &node.kind else { continue };
            for (name, node) in entries {
                let NodeKind::Text(value) = &node.kind else { continue };
                assert_eq!(&text[node.span.start as usize..node.span.end as usize], value.as_ref());
                out.extend([" ", name.name.as_str(), "=", value.as_ref(), ";"]);
            }
        }
        out
    }

    #[test]
    fn variables_of_stages_and_processes() {
        let docker = "# syntax\nFROM python:3 AS dev\nENV DEBUG 1\nFROM python:3\nENV A=1 B=\"x y\" \\\n    # why\n    C='z'\nRUN D=4 make\nenv E=\n";
        assert_eq!(read(docker), "[dev] DEBUG=1;[] A=1; B=x y; C=z; E=;");
        let processes = "web: SETTINGS=shop.live PORT=1 gunicorn shop.wsgi X=2\nworker: celery\n";
        assert_eq!(read(processes), "[web] SETTINGS=shop.live; PORT=1;[worker]");
        for text in ["ENV", "ENV =", "ENV A", "FROM", ":", "ENV A=\"", "\\", "ENV \u{e9}=1\n"] {
            read(text);
        }
    }
}
