//! The tree of a settings file: TOML, YAML, JSON, `.env`, INI.

use std::sync::Arc;

use super::{Ident, Span};

/// One settings file.
#[derive(Clone, Debug)]
pub struct Document {
    pub root: Node,
    /// Places that could not be read.
    pub broken: Vec<super::Broken>,
}

#[derive(Clone, Debug)]
pub struct Node {
    pub kind: NodeKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum NodeKind {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    List(Vec<Node>),
    /// In file order; a key that stands twice is here twice, the last one counts.
    Map(Vec<(Ident, Node)>),
}

impl Node {
    /// The value under a key of a mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, node)| node)
    }

    /// Key and value of a mapping; the last one when the key stands twice.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<(&Ident, &Self)> {
        match &self.kind {
            NodeKind::Map(entries) => {
                entries.iter().rev().find(|(name, _)| name.name == key).map(|(name, node)| (name, node))
            }
            _ => None,
        }
    }

    /// The value under a path of keys.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }
}
