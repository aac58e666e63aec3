//! YAML, from events: a tree of our own, with bounds on depth and on what aliases may unfold to.

use std::collections::BTreeMap;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Tag};

use super::{DEPTH, broken, empty, map};
use crate::ir::data::{Document, Node, NodeKind};
use crate::ir::{Broken, Ident};
use crate::source::{FileId, Span};

/// Nodes that aliases of one file may unfold to.
const UNFOLDED: usize = 100_000;

pub(super) fn parse(file: FileId, text: &str) -> Document {
    let options = granit_parser::options! { flow_nesting_limit: DEPTH, block_nesting_limit: DEPTH };
    let mut builder = Builder { file, ..Builder::default() };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => builder.take(event, place(file, span)),
            Err(error) => {
                builder.broken.push(fault(file, &error));
                break;
            }
        }
    }
    builder.finish()
}

fn place(file: FileId, span: granit_parser::Span) -> Span {
    Span::new(file, offset(&span.start), offset(&span.end))
}

fn offset(marker: &granit_parser::Marker) -> usize {
    marker.byte_offset().unwrap_or_else(|| marker.index())
}

fn fault(file: FileId, error: &ScanError) -> Broken {
    let at = offset(error.marker());
    broken(Span::new(file, at, at), &error.kind().to_string())
}

/// A collection that has not ended.
struct Open {
    start: Span,
    anchor: usize,
    kind: Collection,
    /// Nodes in it so far, itself included.
    size: usize,
}

enum Collection {
    List(Vec<Node>),
    /// Entries, the key that waits for its value, and what `<<` brings.
    Map {
        entries: Vec<(Ident, Node)>,
        key: Option<Ident>,
        merged: Vec<(Ident, Node)>,
    },
}

struct Builder {
    file: FileId,
    open: Vec<Open>,
    documents: Vec<Node>,
    /// Anchored nodes and how many nodes each has.
    anchors: BTreeMap<usize, (Node, usize)>,
    unfolded: usize,
    broken: Vec<Broken>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            file: FileId(0),
            open: Vec::new(),
            documents: Vec::new(),
            anchors: BTreeMap::new(),
            unfolded: 0,
            broken: Vec::new(),
        }
    }
}

impl Builder {
    fn take(&mut self, event: Event, span: Span) {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let node = Node { kind: scalar(&text, style, tag.as_deref()), span };
                let key = Some(Ident { name: text.as_ref().into(), span });
                self.add(node, key, 1, anchor);
            }
            Event::SequenceStart(_, anchor, _) => self.begin(Collection::List(Vec::new()), anchor, span),
            Event::MappingStart(_, anchor, _) => {
                let kind = Collection::Map { entries: Vec::new(), key: None, merged: Vec::new() };
                self.begin(kind, anchor, span);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::UnresolvedAlias(_) => self.add(Node { kind: NodeKind::Null, span }, None, 1, 0),
            Event::DocumentStart(..) => self.anchors.clear(),
            _ => {}
        }
    }

    fn begin(&mut self, kind: Collection, anchor: usize, start: Span) {
        self.open.push(Open { start, anchor, kind, size: 1 });
    }

    fn end(&mut self, end: Span) {
        let Some(Open { start, anchor, kind, size }) = self.open.pop() else { return };
        let kind = match kind {
            Collection::List(list) => NodeKind::List(list),
            Collection::Map { entries, mut merged, .. } => {
                // what is written itself comes later, and so counts
                merged.extend(entries);
                NodeKind::Map(merged)
            }
        };
        self.add(Node { kind, span: start.to(end) }, None, size, anchor);
    }

    fn alias(&mut self, anchor: usize, span: Span) {
        let known = self.anchors.get(&anchor).filter(|(_, size)| self.unfolded + size <= UNFOLDED);
        let Some((node, size)) = known.cloned() else {
            let message = if self.anchors.contains_key(&anchor) {
                format!("aliases unfold to more than {UNFOLDED} values")
            } else {
                "an alias inside of what it stands for".to_owned()
            };
            self.broken.push(Broken { span, message });
            return self.add(Node { kind: NodeKind::Null, span }, None, 1, 0);
        };
        self.unfolded += size;
        self.add(node, None, size, 0);
    }

    /// Puts a finished node where it belongs. `key` is what it is called as a key.
    fn add(&mut self, node: Node, key: Option<Ident>, size: usize, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(open) = self.open.last_mut() else { return self.documents.push(node) };
        open.size += size;
        match &mut open.kind {
            Collection::List(list) => list.push(node),
            Collection::Map { entries, key: waiting, merged } => match waiting.take() {
                // a list or mapping as a key has no name
                None => *waiting = key.or(Some(Ident { name: "".into(), span: node.span })),
                Some(name) if name.name == "<<" => merge(merged, node),
                Some(name) => entries.push((name, node)),
            },
        }
    }

    /// Closes what a fault left open.
    fn finish(mut self) -> Document {
        while let Some(open) = self.open.last() {
            let end = open.start;
            self.end(end);
        }
        let mut document = empty(self.file);
        document.broken = self.broken;
        let mut documents = self.documents;
        if documents.len() == 1 {
            document.root = documents.remove(0);
        } else {
            // later documents of a stream count more
            let maps = documents.into_iter().filter_map(|it| match it.kind {
                NodeKind::Map(entries) => Some(entries),
                _ => None,
            });
            document.root = map(self.file, maps.flatten().collect());
        }
        document
    }
}

/// `<<: *a` and `<<: [*a, *b]`, of which the first counts most.
fn merge(merged: &mut Vec<(Ident, Node)>, node: Node) {
    match node.kind {
        NodeKind::Map(entries) => merged.splice(0..0, entries).for_each(drop),
        NodeKind::List(list) => list.into_iter().for_each(|it| merge(merged, it)),
        _ => {}
    }
}

/// The value of a scalar by the core schema of YAML 1.2.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> NodeKind {
    let tag = tag.and_then(Tag::core_suffix);
    if !matches!(style, ScalarStyle::Plain) || tag == Some("str") {
        return NodeKind::Text(text.into());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return NodeKind::Null,
        "true" | "True" | "TRUE" => return NodeKind::Bool(true),
        "false" | "False" | "FALSE" => return NodeKind::Bool(false),
        _ => {}
    }
    number(text).unwrap_or_else(|| NodeKind::Text(text.into()))
}

fn number(text: &str) -> Option<NodeKind> {
    let radix = |prefix, radix| i64::from_str_radix(text.strip_prefix(prefix)?, radix).ok();
    if let Some(int) = text.parse().ok().or_else(|| radix("0x", 16)).or_else(|| radix("0o", 8)) {
        return Some(NodeKind::Int(int));
    }
    match text.trim_start_matches(['-', '+']) {
        ".inf" | ".Inf" | ".INF" => {
            let infinite = if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY };
            Some(NodeKind::Float(infinite))
        }
        ".nan" | ".NaN" | ".NAN" => Some(NodeKind::Float(f64::NAN)),
        rest if rest.starts_with(|it: char| it.is_ascii_digit() || it == '.') => {
            text.parse().ok().map(NodeKind::Float)
        }
        _ => None,
    }
}
