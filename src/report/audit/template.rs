//! How templates are read and filled.

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Value};

/// Blocks leave no blank lines; the formats decide what is escaped.
pub(super) fn environment(escape: AutoEscape) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(move |_| escape.clone());
    let syntax =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    if let Ok(syntax) = syntax {
        environment.set_syntax(syntax);
    }
    environment
}

/// A fault in a template shows in its place: templates are part of the binary, and tests look at every one.
pub(super) fn filled(environment: &Environment<'_>, page: &str, context: Value) -> String {
    environment.render_str(page, context).unwrap_or_else(|error| format!("{error:#}\n"))
}
