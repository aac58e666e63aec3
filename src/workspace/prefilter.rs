//! The byte search that tells which source files are worth a look.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::FileKind;
use super::words::WORDS;

/// Whether the bytes of a file name anything that is judged.
pub(super) fn interesting(kind: FileKind, bytes: &[u8]) -> bool {
    static RUST: LazyLock<Option<Regex>> = LazyLock::new(|| any_of(&WORDS.interesting.rust));
    static PYTHON: LazyLock<Option<Regex>> = LazyLock::new(|| any_of(&WORDS.interesting.python));
    let search = match kind {
        FileKind::Rust => &*RUST,
        FileKind::Python => &*PYTHON,
        _ => return false,
    };
    search.as_ref().is_none_or(|it| it.is_match(bytes))
}

/// Whether a part of such a file is about what is judged.
pub(super) fn part_is_interesting(kind: FileKind, bytes: &[u8]) -> bool {
    static MORE: LazyLock<Option<Regex>> = LazyLock::new(|| any_of(&WORDS.interesting.functions));
    interesting(kind, bytes) || MORE.as_ref().is_none_or(|it| it.is_match(bytes))
}

/// A plain alternation: such a search looks at many bytes at once.
fn any_of(words: &[String]) -> Option<Regex> {
    let words: Vec<String> = words.iter().map(|it| regex::escape(it)).collect();
    RegexBuilder::new(&words.join("|")).unicode(false).build().ok()
}
