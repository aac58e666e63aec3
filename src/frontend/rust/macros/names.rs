//! Which macros are read, and how: by the last segment of their path.

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reading {
    /// A format string and its values.
    Format,
    /// The same, after a target that is written to.
    Write,
    /// `[..]`
    List,
    Cfg,
    Matches,
    Json,
    /// Leaves the function, with a message.
    Raise,
    /// Leaves the function unless the condition holds.
    Ensure,
    /// Literals joined to one text.
    Concat,
    /// `cfg_if!`
    CfgIf,
    /// `select!`
    Select,
    /// Definitions of statics.
    Statics,
    /// Expressions, fields and a format string, as far as they read.
    Arguments,
}

/// A macro that is not named here is read as `Arguments`.
const READINGS: &[(&str, Reading)] = &[
    ("format", Reading::Format),
    ("format_args", Reading::Format),
    ("write", Reading::Write),
    ("writeln", Reading::Write),
    ("vec", Reading::List),
    ("cfg", Reading::Cfg),
    ("matches", Reading::Matches),
    ("json", Reading::Json),
    ("panic", Reading::Raise),
    ("todo", Reading::Raise),
    ("unimplemented", Reading::Raise),
    ("unreachable", Reading::Raise),
    ("bail", Reading::Raise),
    ("ensure", Reading::Ensure),
    ("assert", Reading::Ensure),
    ("concat", Reading::Concat),
    ("cfg_if", Reading::CfgIf),
    ("select", Reading::Select),
    ("lazy_static", Reading::Statics),
    ("thread_local", Reading::Statics),
];

pub(super) fn reading(path: &syn::Path) -> Reading {
    let named = |name: &str| path.segments.last().is_some_and(|last| last.ident == name);
    READINGS.iter().find(|(name, _)| named(name)).map_or(Reading::Arguments, |(_, reading)| *reading)
}
