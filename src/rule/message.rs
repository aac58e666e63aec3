//! Texts with places for what was found.

use crate::workspace::FileKind;

/// Help texts: one for all, or one for each language in which the remedy is written.
#[derive(Debug, Default)]
pub(super) struct Help {
    pub(super) text: Option<String>,
    pub(super) rust: Option<String>,
    pub(super) python: Option<String>,
    /// For what a settings file decides.
    pub(super) setting: Option<String>,
    /// For settings that are code; `setting` serves too.
    pub(super) module: Option<String>,
}

/// Where the remedy is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Room {
    Rust,
    Python,
    Setting,
    /// A settings module.
    Module,
}

impl Room {
    pub(super) fn of(kind: Option<FileKind>) -> Option<Self> {
        match kind? {
            FileKind::Rust => Some(Self::Rust),
            FileKind::Python => Some(Self::Python),
            FileKind::Toml
            | FileKind::Yaml
            | FileKind::Json
            | FileKind::Env
            | FileKind::Ini
            | FileKind::Launch => Some(Self::Setting),
        }
    }
}

impl Help {
    pub(super) fn general(&self) -> &str {
        [&self.text, &self.rust, &self.python, &self.setting]
            .into_iter()
            .flatten()
            .next()
            .map_or("", String::as_str)
    }

    pub(super) fn for_room(&self, room: Option<Room>) -> &str {
        let special = match room {
            Some(Room::Rust) => &self.rust,
            Some(Room::Python) => &self.python,
            Some(Room::Module) if self.module.is_some() => &self.module,
            Some(Room::Setting | Room::Module) => &self.setting,
            None => &None,
        };
        special.as_deref().unwrap_or_else(|| self.general())
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = &String> {
        [&self.text, &self.rust, &self.python, &self.setting, &self.module].into_iter().flatten()
    }
}

/// Fills `{name}`. What is not known leaves no gap: `` cookie `{name}` is `` becomes `cookie is`.
pub(super) fn fill(template: &str, lookup: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, name, after)) = next_place(rest) {
        out.push_str(before);
        if let Some(text) = lookup(name) {
            out.push_str(&text);
            rest = after;
            continue;
        }
        let quoted = out.ends_with('`') && after.starts_with('`');
        if quoted {
            out.pop();
        }
        rest = after.strip_prefix('`').filter(|_| quoted).unwrap_or(after);
        if out.ends_with(' ') && (rest.is_empty() || rest.starts_with([' ', ',', ';', ':'])) {
            out.pop();
        }
    }
    out.push_str(rest);
    out
}

/// The names of all places in a template.
pub(super) fn places(template: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = template;
    while let Some((_, name, after)) = next_place(rest) {
        names.push(name);
        rest = after;
    }
    names
}

/// Text before the next `{name}`, the name, and the text after it. Other braces are text.
fn next_place(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = text[from..].find('{').map(|it| it + from) {
        let inner = &text[open + 1..];
        let end =
            inner.find(|letter: char| !letter.is_ascii_lowercase() && letter != '_').unwrap_or(inner.len());
        if end > 0 && inner[end..].starts_with('}') {
            return Some((&text[..open], &inner[..end], &inner[end + 1..]));
        }
        from = open + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_unknown_ones_leave_no_gap() {
        let known = |name: &str| (name == "name").then(|| "sid".to_owned());
        let nothing = |_: &str| None;
        let template = "cookie `{name}` is sent";
        assert_eq!(fill(template, known), "cookie `sid` is sent");
        assert_eq!(fill(template, nothing), "cookie is sent");
        assert_eq!(fill("write `Some({})` for {name}", nothing), "write `Some({})` for");
        assert_eq!(places("{a} `{b_c}` {D} {}"), ["a", "b_c"]);
    }
}
