//! What Rust becomes.

use super::lower;
use crate::ir::{FileId, Unit};
use crate::source::SourceText;

mod print;

mod expressions;
mod hostile;
mod items;
mod macros;
mod spans;

fn unit(text: &str) -> Unit {
    lower(FileId(0), &SourceText::new("a.rs", text))
}

/// The tree of a file that reads without fault.
fn items(text: &str) -> String {
    let unit = unit(text);
    assert!(unit.broken.is_empty(), "{:?}", unit.broken);
    print::block(&unit.body)
}

/// The tree of a function's body.
fn body(text: &str) -> String {
    let whole = items(&format!("fn f() {{ {text} }}"));
    let inner = whole.strip_prefix("fn f() {").and_then(|rest| rest.strip_suffix('}'));
    inner.unwrap_or(&whole).to_owned()
}
