//! The byte search that tells which source files are worth a look.

use std::collections::BTreeSet;
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

/// The byte search that tells which of those files use a framework themselves, and not only through others.
pub struct Marks {
    search: Option<Regex>,
    roots: BTreeSet<String>,
}

impl Marks {
    /// `roots` are the names that begin a framework's paths.
    pub(super) fn new<'r>(roots: impl Iterator<Item = &'r str>) -> Self {
        let roots: BTreeSet<String> = roots.map(str::to_owned).collect();
        let escaped: Vec<_> = roots.iter().map(|it| regex::escape(it)).collect();
        let raw: Vec<_> = WORDS.interesting.raw.iter().map(|it| regex::escape(it)).collect();
        let pattern = format!(r"\b(?:{})(?:::|\s*;|\s+as\b)|{}", escaped.join("|"), raw.join("|"));
        Self { search: RegexBuilder::new(&pattern).unicode(false).build().ok(), roots }
    }

    /// Whether a name begins a framework's paths.
    #[must_use]
    pub fn is_root(&self, name: &str) -> bool {
        self.roots.contains(name)
    }

    /// Whether the bytes of a file name a framework. Python's objects come without a name: `request` is enough.
    pub(super) fn are_in(&self, kind: FileKind, bytes: &[u8]) -> bool {
        kind != FileKind::Rust || self.search.as_ref().is_none_or(|it| it.is_match(bytes))
    }
}

/// A plain alternation: such a search looks at many bytes at once.
fn any_of(words: &[String]) -> Option<Regex> {
    let words: Vec<String> = words.iter().map(|it| regex::escape(it)).collect();
    RegexBuilder::new(&words.join("|")).unicode(false).build().ok()
}
