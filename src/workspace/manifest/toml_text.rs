//! Reading values out of a TOML document that may be broken.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The tables that could be read, and what is wrong with the others.
pub(super) fn read(text: &str) -> (DeTable<'_>, Vec<(Option<Range<usize>>, String)>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    // Later errors mostly follow from the first one.
    let broken = errors.first().map(|error| (error.span(), error.message().replace('\n', ", ")));
    (document.into_inner(), broken.into_iter().collect())
}

pub(super) fn table<'t, 'i>(table: &'t DeTable<'i>, path: &[&str]) -> Option<&'t DeTable<'i>> {
    path.iter().try_fold(table, |at, key| at.get(*key)?.get_ref().as_table())
}

pub(super) fn string<'t>(table: &'t DeTable<'_>, key: &str) -> Option<&'t str> {
    table.get(key)?.get_ref().as_str()
}

/// Elements of a list; nothing when it is none.
pub(super) fn list<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> impl Iterator<Item = &'t DeValue<'i>> {
    let list = table.get(key).and_then(|it| it.get_ref().as_array());
    list.into_iter().flat_map(|it| it.iter()).map(Spanned::get_ref)
}
