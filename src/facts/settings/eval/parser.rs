//! Readers of configuration files (INI).

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use smol_str::SmolStr;

use crate::ir::data::{Document, NodeKind};

use super::super::environment::{self, FileMethod};
use super::super::value::{Cast, FileVal, Object, Val};
use super::call::Args;
use super::{Evaluator, foreign, layer};

/// What a reader has read so far. It is one object whoever holds it.
#[derive(Debug)]
pub(in crate::facts::settings) struct Parser {
    /// Index in the table of readers.
    row: usize,
    contents: Rc<Contents>,
    /// The section that it is of, for one section of a reader.
    section: Option<SmolStr>,
}

#[derive(Debug, Default)]
struct Contents {
    /// By `section.key` in lower case; the last one counts.
    entries: RefCell<Vec<(SmolStr, Val)>>,
    /// Something was read that the project does not have.
    outside: Cell<bool>,
}

impl Parser {
    pub(super) fn new(row: usize) -> Self {
        Self { row, contents: Rc::default(), section: None }
    }

    /// `parser[section]`, and `section[key]`.
    pub(super) fn at(&self, key: &str) -> Val {
        match &self.section {
            Some(section) => self.get(&[section, key], None, Cast::Text),
            None => Val::Object(Object::Parser(Rc::new(Self {
                row: self.row,
                contents: self.contents.clone(),
                section: Some(key.into()),
            }))),
        }
    }

    fn get(&self, key: &[&str], fallback: Option<Val>, cast: Cast) -> Val {
        let key: SmolStr = key.join(".").into();
        let folded = key.to_ascii_lowercase();
        let entries = self.contents.entries.borrow();
        let known = entries.iter().rev().find(|(name, _)| *name == folded).map(|(_, val)| casted(val, cast));
        match known {
            Some(known) if !self.contents.outside.get() => known,
            known => Val::File(Rc::new(FileVal { key, fallback: known.or(fallback), cast })),
        }
    }

    fn put(&self, section: &str, key: &str, val: Val) {
        let name = format!("{section}.{key}").to_ascii_lowercase();
        self.contents.entries.borrow_mut().push((name.into(), val));
    }

    fn take(&self, document: &Document) {
        let NodeKind::Map(sections) = &document.root.kind else { return };
        for (section, node) in sections {
            let NodeKind::Map(entries) = &node.kind else { continue };
            for (key, node) in entries {
                self.put(&section.name, &key.name, layer::value(node, 1));
            }
        }
    }
}

fn casted(val: &Val, cast: Cast) -> Val {
    match cast {
        Cast::Bool => foreign::to_flag(val),
        Cast::Int => foreign::to_int(val),
        Cast::Float => foreign::to_float(val),
        _ => val.clone(),
    }
}

impl Evaluator<'_> {
    pub(super) fn parser_method(&mut self, parser: &Rc<Parser>, name: &str, args: &Args) -> Val {
        match environment::file_method(parser.row, name) {
            Some(FileMethod::Get(cast)) => {
                let section = parser.section.as_deref();
                let wanted = if section.is_some() { 1 } else { 2 };
                let given: Vec<&str> = args.positional.iter().take(wanted).filter_map(Val::as_text).collect();
                if given.len() < wanted {
                    return Val::opaque("a value of a configuration file");
                }
                let key: Vec<&str> = section.into_iter().chain(given).collect();
                let keyword = args.keyword(environment::file_fallback(parser.row));
                parser.get(&key, keyword.or_else(|| args.positional.get(wanted)).cloned(), cast)
            }
            Some(FileMethod::Reads) => {
                self.read_files(parser, args.first().unwrap_or(&Val::Null));
                Val::opaque("the files that were read")
            }
            Some(FileMethod::Mapping) => {
                match args.first() {
                    Some(Val::Dict(sections)) if !sections.incomplete => {
                        for section in &sections.entries {
                            let (Some(name), Val::Dict(entries)) = (section.key.as_text(), &section.val)
                            else {
                                continue;
                            };
                            for entry in &entries.entries {
                                if let Some(key) = entry.key.as_text() {
                                    parser.put(name, key, entry.val.clone());
                                }
                            }
                        }
                    }
                    _ => parser.contents.outside.set(true),
                }
                Val::Null
            }
            Some(FileMethod::Stream) => {
                match args.first().and_then(|it| self.document_of(it)) {
                    Some(document) => parser.take(&document),
                    None => parser.contents.outside.set(true),
                }
                Val::Null
            }
            None => Val::opaque(format!("the result of `{name}`")),
        }
    }

    /// Files that are not there are passed over.
    fn read_files(&mut self, parser: &Parser, files: &Val) {
        match files {
            Val::List(list) if list.complete => {
                for item in &list.items {
                    self.read_files(parser, &item.val);
                }
            }
            Val::Text(path) => match self.document_named(path) {
                Some(document) => parser.take(&document),
                None => parser.contents.outside.set(true),
            },
            _ => parser.contents.outside.set(true),
        }
    }
}
