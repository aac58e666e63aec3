//! Reading TOML with places: every complaint names the bytes that are wrong.

use std::ops::Range;

use smol_str::SmolStr;
use toml::de::{DeTable, DeValue};

use super::RuleError;

/// A table in file order, and the complaints about what is in it.
pub(crate) struct Reader<'a> {
    path: &'a str,
    /// Where the TOML text starts in the file.
    offset: usize,
    pub(crate) errors: Vec<RuleError>,
}

/// A value with its key, both with their places in the TOML text.
pub(crate) struct Entry<'t> {
    pub(crate) key: &'t str,
    pub(crate) key_span: Range<usize>,
    pub(crate) value: &'t DeValue<'t>,
    pub(crate) span: Range<usize>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(path: &'a str, offset: usize) -> Self {
        Self { path, offset, errors: Vec::new() }
    }

    pub(crate) fn path(&self) -> &str {
        self.path
    }

    pub(crate) fn complain(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.errors.push(RuleError {
            path: self.path.to_owned(),
            span: span.start + self.offset..span.end + self.offset,
            message: message.into(),
            help: help.into(),
        });
    }

    /// A key that nobody reads.
    pub(crate) fn unknown_key<'w>(&mut self, entry: &Entry<'_>, known: impl IntoIterator<Item = &'w str>) {
        let help = suggestion(entry.key, known);
        self.complain(entry.key_span.clone(), format!("unknown key `{}`", entry.key), help);
    }

    fn expected(&mut self, entry: &Entry<'_>, what: &str) {
        let message = format!("`{}` wants {what}, not a value of type {}", entry.key, entry.value.type_str());
        self.complain(entry.span.clone(), message, "");
    }

    pub(crate) fn table<'t>(&mut self, entry: &Entry<'t>) -> Option<Vec<Entry<'t>>> {
        let table = entry.value.as_table();
        if table.is_none() {
            self.expected(entry, "a table");
        }
        table.map(entries)
    }

    pub(crate) fn text(&mut self, entry: &Entry<'_>) -> Option<String> {
        let text = entry.value.as_str().map(str::to_owned);
        if text.is_none() {
            self.expected(entry, "text");
        }
        text
    }

    pub(crate) fn switch(&mut self, entry: &Entry<'_>) -> Option<bool> {
        let switch = entry.value.as_bool();
        if switch.is_none() {
            self.expected(entry, "`true` or `false`");
        }
        switch
    }

    pub(crate) fn texts(&mut self, entry: &Entry<'_>) -> Vec<SmolStr> {
        elements(entry).iter().filter_map(|it| self.text(it)).map(SmolStr::from).collect()
    }

    pub(crate) fn number(&mut self, entry: &Entry<'_>) -> Option<i64> {
        let number = integer(entry.value);
        if number.is_none() {
            self.expected(entry, "a whole number");
        }
        number
    }

    /// One word of a fixed set.
    pub(crate) fn word<T: Copy>(
        &mut self,
        entry: &Entry<'_>,
        parse: impl Fn(&str) -> Option<T>,
        words: &[&str],
    ) -> Option<T> {
        let text = self.text(entry)?;
        let parsed = parse(&text);
        if parsed.is_none() {
            let help = suggestion(&text, words.iter().copied());
            self.complain(entry.span.clone(), format!("`{}` has no value `{text}`", entry.key), help);
        }
        parsed
    }
}

/// The entries of a table as they stand in the file.
pub(crate) fn entries<'t>(table: &'t DeTable<'t>) -> Vec<Entry<'t>> {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref(),
            key_span: key.span(),
            value: value.get_ref(),
            span: value.span(),
        })
        .collect();
    entries.sort_by_key(|it| it.key_span.start);
    entries
}

/// The elements of a list; a single value is a list of one.
pub(crate) fn elements<'t>(entry: &Entry<'t>) -> Vec<Entry<'t>> {
    let of = |value, span| Entry { key: entry.key, key_span: entry.key_span.clone(), value, span };
    match entry.value {
        DeValue::Array(array) => array.iter().map(|it| of(it.get_ref(), it.span())).collect(),
        value => vec![of(value, entry.span.clone())],
    }
}

pub(crate) fn integer(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// "did you mean ..", or the whole choice when nothing is near.
pub(crate) fn suggestion<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> String {
    let known: Vec<_> = known.into_iter().collect();
    let nearest = known
        .iter()
        .map(|it| (strsim::damerau_levenshtein(word, it), *it))
        .filter(|(distance, it)| *distance <= (it.len() / 3).max(1))
        .min();
    match nearest {
        Some((_, near)) => format!("did you mean `{near}`?"),
        None => {
            format!(
                "choose one of {}",
                known.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
            )
        }
    }
}
