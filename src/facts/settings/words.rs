//! What names of settings modules, flags and values mean: `models/settings-roles.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// What a settings module is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Role {
    Production,
    Base,
    Development,
    Test,
    Build,
    Example,
}

impl Role {
    /// As facts name it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Base => "base",
            Self::Development => "development",
            Self::Test | Self::Build => "test",
            Self::Example => "example",
        }
    }
}

/// Which of two builds a flag speaks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    Debug,
    Release,
}

#[derive(Deserialize, Default)]
struct Tables {
    module: BTreeMap<String, Vec<String>>,
    rank: Lists,
    side: Lists,
    flag: Lists,
    placeholder: Lists,
    calls: Lists,
}

type Lists = BTreeMap<String, Vec<String>>;

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        toml::from_str(include_str!("../../../models/settings-roles.toml")).unwrap_or_default()
    })
}

fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut lower_before = false;
    for letter in name.chars() {
        let cut = !letter.is_alphanumeric() || (letter.is_uppercase() && lower_before);
        if cut && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
        lower_before = letter.is_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn any_in(words: &[String], list: Option<&Vec<String>>) -> bool {
    list.is_some_and(|list| words.iter().any(|word| list.contains(word)))
}

/// What a module name, a class name or a folder promises.
pub(super) fn module_role(name: &str) -> Option<Role> {
    let words = words(name);
    [
        ("example", Role::Example),
        ("test", Role::Test),
        ("build", Role::Build),
        ("development", Role::Development),
        ("production", Role::Production),
        ("base", Role::Base),
    ]
    .into_iter()
    .find(|(key, _)| any_in(&words, tables().module.get(*key)))
    .map(|(_, role)| role)
}

/// Whether a name that promises production may also be that of a development set-up.
pub(super) fn is_ambiguous(name: &str) -> bool {
    any_in(&words(name), tables().module.get("ambiguous"))
}

/// Place among the production modules: the smaller the more certain.
pub(super) fn production_rank(name: &str) -> usize {
    let words = words(name);
    let list = tables().rank.get("production").map_or(&[][..], Vec::as_slice);
    let place = list.iter().position(|it| words.contains(it)).unwrap_or(list.len());
    // `Production` comes before `PreProduction`.
    place * 10 + words.len().min(9)
}

/// Whether a module's name says that it belongs to one installation.
pub(super) fn is_private(name: &str) -> bool {
    any_in(&words(name), tables().module.get("private"))
}

/// Whether a path's part says that settings lie there.
pub(super) fn is_settings_place(name: &str) -> bool {
    any_in(&words(name), tables().module.get("place"))
}

/// Names that make a module a settings module.
pub(super) fn shape() -> &'static [String] {
    tables().module.get("shape").map_or(&[], Vec::as_slice)
}

/// Names that a settings module hardly does without.
pub(super) fn core() -> &'static [String] {
    tables().module.get("core").map_or(&[], Vec::as_slice)
}

/// Whether names are those of a whole settings module.
pub(super) fn has_shape(bound: impl Fn(&str) -> bool) -> bool {
    shape().iter().filter(|it| bound(it)).count() >= 3 && core().iter().any(|it| bound(it))
}

/// Whether an application can run with these names.
pub(super) fn is_complete(bound: impl Fn(&str) -> bool) -> bool {
    tables().module.get("needed").is_some_and(|list| list.iter().any(|it| bound(it)))
}

/// Whether two names have a word in common.
pub(super) fn related(a: &str, b: &str) -> bool {
    let b = words(b);
    words(a).iter().any(|word| b.contains(word))
}

/// The side that a flag's name or a value speaks for; `None` when it speaks for neither or both.
pub(super) fn side(name: &str) -> Option<Side> {
    let words = words(name);
    let side = |key| any_in(&words, tables().side.get(key));
    match (side("debug"), side("release")) {
        (true, false) => Some(Side::Debug),
        (false, true) => Some(Side::Release),
        _ => None,
    }
}

/// Whether a text switches a flag on or off.
pub(super) fn flag(text: &str) -> Option<bool> {
    let text = text.trim().to_ascii_lowercase();
    let has = |key| tables().flag.get(key).is_some_and(|list| list.contains(&text));
    if has("on") {
        Some(true)
    } else if has("off") {
        Some(false)
    } else {
        None
    }
}

/// Whether a key's text only stands in for a key.
pub(super) fn is_placeholder(text: &str) -> bool {
    let template = ["{{", "{%", "<", "$"].iter().any(|it| text.starts_with(it)) || text.starts_with("__");
    let joined = words(text).join(" ");
    let matches = |pattern: &String| match pattern.strip_suffix('*') {
        Some(start) => joined.starts_with(start),
        None => joined == *pattern,
    };
    let listed = tables().placeholder.get("words").is_some_and(|list| list.iter().any(matches));
    template || listed || joined.is_empty()
}

/// `NAME`: a name that is meant to be a constant or a setting.
pub(super) fn is_constant_name(name: &str) -> bool {
    name.len() > 1
        && name.chars().any(|it| it.is_ascii_uppercase())
        && name.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_')
}

/// Whether a setting of this name and with this text says how a cookie or the like is called: nothing secret.
pub(super) fn is_called(setting: &str, text: &str) -> bool {
    let calls = tables().calls.get("words");
    let named = words(setting).iter().any(|it| calls.is_some_and(|list| list.contains(it)));
    let letter = |it: &char| it.is_ascii_alphabetic() || "-_.".contains(*it);
    // Keys have digits all over.
    let others = text.chars().filter(|it| !letter(it)).count();
    named && text.len() <= 40 && others <= 2 && text.chars().all(|it| letter(&it) || it.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_by_name() {
        assert_eq!(module_role("production"), Some(Role::Production));
        assert_eq!(module_role("settings_local"), Some(Role::Development));
        assert_eq!(module_role("ProductionInsecure"), Some(Role::Development));
        assert_eq!(module_role("test_settings"), Some(Role::Test));
        assert_eq!(module_role("settings"), Some(Role::Base));
        assert_eq!(module_role("shop"), None);
    }

    #[test]
    fn names_of_cookies_are_no_secrets() {
        assert!(is_called("JWT_COOKIE", "access_token"));
        assert!(is_called("SIMPLE_JWT.AUTH_COOKIE_REFRESH", "__Host-refresh"));
        assert!(!is_called("JWT_SECRET", "access_token"));
        assert!(!is_called("COOKIE_SECRET", "k3d9s0pqmxa8f"));
        assert!(!is_called("COOKIE_SECRET", "not a name"));
    }

    #[test]
    fn sides_and_flags() {
        assert_eq!(side("IS_PRODUCTION"), Some(Side::Release));
        assert_eq!(side("https://"), Some(Side::Release));
        assert_eq!(side("DEBUG_MODE"), Some(Side::Debug));
        assert_eq!(side("PROD_DEBUG"), None);
        assert_eq!(flag("True"), Some(true));
        assert_eq!(flag("maybe"), None);
    }

    #[test]
    fn placeholders() {
        assert!(is_placeholder("change-me"));
        assert!(is_placeholder("{{ secret_key }}"));
        assert!(is_placeholder("!!!SET DJANGO_SECRET_KEY!!!"));
        assert!(!is_placeholder("k3#d_9s0pq%mxa8f!zz1"));
    }
}
