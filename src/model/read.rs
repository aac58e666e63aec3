//! A view of a TOML table that collects faults with their places.

use std::cell::RefCell;

use smol_str::SmolStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::effect::{self, Source};
use super::load::ModelError;
use super::version::Range;

type Bytes = std::ops::Range<usize>;

/// Faults of one file.
pub(super) struct Faults<'a> {
    pub(super) path: &'a str,
    pub(super) list: RefCell<Vec<ModelError>>,
}

impl<'a> Faults<'a> {
    pub(super) fn new(path: &'a str) -> Self {
        Self { path, list: RefCell::default() }
    }

    pub(super) fn add(&self, span: Bytes, message: impl Into<String>, help: impl Into<String>) {
        self.list.borrow_mut().push(ModelError {
            path: self.path.into(),
            span,
            message: message.into(),
            help: help.into(),
        });
    }
}

/// One table.
#[derive(Clone)]
pub(super) struct View<'a> {
    faults: &'a Faults<'a>,
    table: &'a DeTable<'a>,
    pub(super) span: Bytes,
}

impl<'a> View<'a> {
    pub(super) fn new(faults: &'a Faults<'a>, table: &'a Spanned<DeTable<'a>>) -> Self {
        Self { faults, table: table.get_ref(), span: table.span() }
    }

    pub(super) fn fault(&self, span: Bytes, message: impl Into<String>, help: impl Into<String>) {
        self.faults.add(span, message, help);
    }

    pub(super) fn path(&self) -> &str {
        self.faults.path
    }

    /// Complains about keys that are not among `known`.
    pub(super) fn only(&self, known: &[&str]) {
        for key in self.table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            self.fault(
                key.span(),
                format!("no key `{}` here", key.get_ref()),
                suggestion(key.get_ref(), known),
            );
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(key)
    }

    pub(super) fn entries(
        &self,
    ) -> impl Iterator<Item = (&'a str, Bytes, &'a Spanned<DeValue<'a>>)> + use<'a> {
        self.table.iter().map(|(key, value)| (key.get_ref().as_ref(), key.span(), value))
    }

    pub(super) fn text(&self, key: &str) -> Option<(&'a str, Bytes)> {
        let value = self.get(key)?;
        let text = self.as_text(value);
        text.map(|it| (it, value.span()))
    }

    pub(super) fn word(&self, key: &str) -> Option<SmolStr> {
        self.text(key).map(|(it, _)| it.into())
    }

    pub(super) fn required(&self, key: &str) -> Option<(&'a str, Bytes)> {
        if self.get(key).is_none() {
            self.fault(self.span.clone(), format!("`{key}` is missing"), "");
        }
        self.text(key)
    }

    pub(super) fn as_text(&self, value: &'a Spanned<DeValue<'a>>) -> Option<&'a str> {
        if let DeValue::String(text) = value.get_ref() {
            Some(text)
        } else {
            self.fault(value.span(), "text is wanted here", "");
            None
        }
    }

    /// A text or a list of texts.
    pub(super) fn texts(&self, key: &str) -> Vec<SmolStr> {
        match self.get(key) {
            None => Vec::new(),
            Some(value) => match value.get_ref() {
                DeValue::Array(items) => {
                    items.iter().filter_map(|it| self.as_text(it)).map(SmolStr::new).collect()
                }
                _ => self.as_text(value).map(SmolStr::new).into_iter().collect(),
            },
        }
    }

    pub(super) fn as_view(&self, value: &'a Spanned<DeValue<'a>>) -> Option<View<'a>> {
        if let DeValue::Table(table) = value.get_ref() {
            Some(View { faults: self.faults, table, span: value.span() })
        } else {
            self.fault(value.span(), "a table is wanted here", "");
            None
        }
    }

    pub(super) fn sub(&self, key: &str) -> Option<View<'a>> {
        self.as_view(self.get(key)?)
    }

    /// A list of tables.
    pub(super) fn list(&self, key: &str) -> Vec<View<'a>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        if let DeValue::Array(items) = value.get_ref() {
            items.iter().filter_map(|it| self.as_view(it)).collect()
        } else {
            self.fault(value.span(), format!("write `[[{key}]]`: there may be several"), "");
            Vec::new()
        }
    }

    /// A version range; any version when there is none.
    pub(super) fn range(&self, key: &str) -> Range {
        let Some((text, span)) = self.text(key) else { return Range::all() };
        Range::parse(text).unwrap_or_else(|fault| {
            self.fault(span, fault, "write a range such as `>=0.8, <0.10.1`");
            Range::all()
        })
    }

    /// A constant: text is read like an operand (`on`, `unset`, `'on'`, `/`).
    pub(super) fn constant(&self, value: &'a Spanned<DeValue<'a>>) -> Option<Source> {
        let fault = |message: String| {
            self.fault(value.span(), message, "write `on`, `off`, `unset`, `null`, a number or a text");
            None
        };
        match value.get_ref() {
            DeValue::Boolean(true) => Some(Source::On),
            DeValue::Boolean(false) => Some(Source::Off),
            DeValue::Integer(number) => match number.as_str().replace('_', "").parse() {
                Ok(number) => Some(Source::Int(number)),
                Err(_) => fault("no whole number".into()),
            },
            DeValue::String(text) => match effect::parse_source(text) {
                Ok(Source::Arg(_) | Source::Param(_) | Source::All | Source::Receiver | Source::Attr(_)) => {
                    fault("a constant is wanted here".into())
                }
                Ok(source) => Some(source),
                Err(message) => fault(message),
            },
            _ => fault("a constant is wanted here".into()),
        }
    }
}

/// `did you mean ..`, or the whole list when it is short.
pub(super) fn suggestion(word: &str, known: &[&str]) -> String {
    let near = known
        .iter()
        .map(|it| (strsim::damerau_levenshtein(word, it), *it))
        .filter(|(distance, it)| *distance <= 1 + it.len() / 4)
        .min();
    match near {
        Some((_, it)) => format!("did you mean `{it}`?"),
        None if known.len() <= 16 => format!("known are `{}`", known.join("`, `")),
        None => String::new(),
    }
}
