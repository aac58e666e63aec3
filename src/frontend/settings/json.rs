//! JSON, with comments and trailing commas.

use std::cell::Cell;

use jsonc_parser::ast::Value;
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{DEPTH, broken, empty, too_deep};
use crate::ir::Ident;
use crate::ir::data::{Document, Node, NodeKind};
use crate::source::{FileId, Span};

pub(super) fn parse(file: FileId, text: &str) -> Document {
    let mut document = empty(file);
    if let Some(at) = deeper_than_bound(text) {
        document.broken.push(too_deep(Span::new(file, at, at + 1)));
        return document;
    }
    match parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()) {
        Ok(parsed) => {
            if let Some(value) = &parsed.value {
                document.root = node(file, value);
            }
        }
        Err(error) => {
            let range = error.range();
            document.broken.push(broken(Span::new(file, range.start, range.end), &error.kind().to_string()));
        }
    }
    document
}

/// Where brackets outside of strings are nested too deeply; so the parser and this room may call themselves.
fn deeper_than_bound(text: &str) -> Option<usize> {
    let depth = Cell::new(0_usize);
    let mut string = false;
    let mut escaped = false;
    text.bytes().position(|byte| {
        if string {
            string = escaped || byte != b'"';
            escaped = byte == b'\\' && !escaped;
            return false;
        }
        match byte {
            b'"' => string = true,
            b'[' | b'{' => depth.set(depth.get() + 1),
            b']' | b'}' => depth.set(depth.get().saturating_sub(1)),
            _ => {}
        }
        depth.get() > DEPTH
    })
}

fn node(file: FileId, value: &Value) -> Node {
    let span = |range: Range| Span::new(file, range.start, range.end);
    let kind = match value {
        Value::StringLit(text) => NodeKind::Text(text.value.as_ref().into()),
        Value::NumberLit(number) => self::number(number.value),
        Value::BooleanLit(it) => NodeKind::Bool(it.value),
        Value::NullKeyword(_) => NodeKind::Null,
        Value::Array(list) => NodeKind::List(list.elements.iter().map(|it| node(file, it)).collect()),
        Value::Object(object) => {
            let entries = object.properties.iter().map(|it| {
                let name = Ident { name: it.name.as_str().into(), span: span(it.name.range()) };
                (name, node(file, &it.value))
            });
            NodeKind::Map(entries.collect())
        }
    };
    Node { kind, span: span(value.range()) }
}

fn number(text: &str) -> NodeKind {
    let plain = text.trim_start_matches('+');
    if let Ok(int) = plain.parse() {
        return NodeKind::Int(int);
    }
    let hex = plain.strip_prefix("0x").or_else(|| plain.strip_prefix("0X"));
    if let Some(int) = hex.and_then(|it| i64::from_str_radix(it, 16).ok()) {
        return NodeKind::Int(int);
    }
    plain.parse().map_or_else(|_| NodeKind::Text(text.into()), NodeKind::Float)
}
