//! The byte search that tells which source files are worth a look.

use std::sync::OnceLock;

use regex::bytes::Regex;

use super::FileKind;

/// Short on purpose, in the spellings that occur: every further word costs time in every file.
const WORDS: &str = r"cookie|Cookie|COOKIE|session|Session|SESSION|csrf|Csrf|CSRF|login\(|logout\(";
/// What settings modules speak of.
const SETTINGS: &str = r"MIDDLEWARE|INSTALLED_APPS|SECRET_KEY|DJANGO_SETTINGS_MODULE";

/// Whether the bytes of a file name anything that is judged.
pub(super) fn interesting(kind: FileKind, bytes: &[u8]) -> bool {
    static RUST: OnceLock<Option<Regex>> = OnceLock::new();
    static PYTHON: OnceLock<Option<Regex>> = OnceLock::new();
    let search = match kind {
        FileKind::Rust => RUST.get_or_init(|| Regex::new(WORDS).ok()),
        FileKind::Python => PYTHON.get_or_init(|| Regex::new(&format!("{WORDS}|{SETTINGS}")).ok()),
        _ => return false,
    };
    search.as_ref().is_none_or(|it| it.is_match(bytes))
}
