//! What names mean: the word lists of `models/words.toml`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use smol_str::SmolStr;

/// What a cookie is for, by its name: `session`, `auth`, `csrf`, `sensitive`, `preference` or `unknown`.
#[must_use]
pub fn cookie_role(name: &str) -> &'static str {
    let bare = ["__host-http-", "__host-", "__secure-", "__http-"].into_iter().find_map(|prefix| {
        let start = name.get(..prefix.len())?;
        start.eq_ignore_ascii_case(prefix).then(|| &name[prefix.len()..])
    });
    meaning("cookie-role", bare.unwrap_or(name)).unwrap_or("unknown")
}

/// What a cookie is for whose name says nothing, by the kind of sensitive data in it or by its protection.
#[must_use]
pub fn content_role(kind: &str) -> Option<&'static str> {
    meaning("cookie-content", kind)
}

/// What a handler is for, by its name: `login`, `logout`, `password-change` or `other`.
#[must_use]
pub fn purpose(name: &str) -> &'static str {
    meaning("purpose", name).unwrap_or("other")
}

/// What a key of session data holds: `identity`, `pending` (before a login is finished) or `preference`.
#[must_use]
pub fn session_key(name: &str) -> Option<&'static str> {
    meaning("session-key", name)
}

/// The kind of sensitive data that a name promises: `password`, `card`, `secret`, `token`, `personal`.
#[must_use]
pub fn sensitive(name: &str) -> Option<&'static str> {
    meaning("sensitive", name).filter(|it| *it != "harmless")
}

/// The same for a value by the names on the way to it. `secret` alone is how libraries call what a token is made of, so it
/// depends on whose it is (`nonce.secret()`).
#[must_use]
pub fn sensitive_path(names: &[SmolStr]) -> Option<&'static str> {
    match names {
        [.., owner, last] if last == "secret" => sensitive(&format!("{owner}_{last}")),
        [.., last] => sensitive(last),
        [] => None,
    }
}

/// Whether a constant text of a cookie only says yes or no.
#[must_use]
pub fn is_flag_text(text: &str) -> bool {
    meaning("cookie-text", text) == Some("flag")
}

/// Whether a name promises something that only looks sensitive (`password_reset_count`).
#[must_use]
pub fn looks_harmless(name: &str) -> bool {
    meaning("sensitive", name) == Some("harmless")
}

/// Whether a function of this name compares a secret with what is stored, or asks somebody who does.
#[must_use]
pub fn checks_credentials(name: &str) -> bool {
    meaning("check", name) == Some("credentials")
}

/// Whether the value of something of this name is never shown.
#[must_use]
pub fn hides_value(name: &str) -> bool {
    meaning("hidden", name).is_some()
}

/// Whether a function of this name ends a session that is given to it, wherever that is kept.
#[must_use]
pub fn ends_session(name: &str) -> bool {
    meaning("ends-session", name).is_some()
}

/// Whether a function of this name ends all sessions of somebody, or all but one.
#[must_use]
pub fn ends_others(name: &str) -> bool {
    meaning("ends-others", name).is_some()
}

/// Whether a query of this text ends sessions that a table holds.
#[must_use]
pub fn query_ends_sessions(text: &str) -> bool {
    meaning("query", text) == Some("ends-sessions")
}

/// Whether a value of a type of this name holds text: numbers, switches and times do not.
#[must_use]
pub fn holds_text(ty: &str) -> bool {
    meaning("type", ty) != Some("plain")
}

/// What a function of this name does to what it is given: `escape`, `hide` or `verify`.
#[must_use]
pub fn transform(name: &str) -> Option<&'static str> {
    meaning("transform", name)
}

/// What the value of a cookie of this name says of its bearer: `identity` (who it is), `permission` (what it may do) or
/// `price` (what it pays).
#[must_use]
pub fn claim(name: &str) -> Option<&'static str> {
    meaning("claim", name).filter(|it| *it != "nothing")
}

/// Whether a value of this name has to be one that nobody can guess.
#[must_use]
pub fn is_unguessable(name: &str) -> bool {
    meaning("unguessable", name) == Some("unguessable")
}

/// Lower-case pieces of text that code has which checks where a request comes from.
#[must_use]
pub fn guards() -> &'static [String] {
    tables().get("guard").and_then(|it| it.first()).map_or(&[], |it| &it.words)
}

#[derive(Deserialize)]
struct Meaning {
    is: String,
    words: Vec<String>,
}

/// Answers that were given once are kept: code names the same things again and again.
fn meaning(table: &'static str, name: &str) -> Option<&'static str> {
    thread_local! {
        static KNOWN: RefCell<FxHashMap<(&'static str, SmolStr), Option<&'static str>>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        *known.entry((table, SmolStr::new(name))).or_insert_with(|| {
            let entries = tables().get(table)?;
            let name = split(name);
            let says = entries.iter().find(|it| it.words.iter().any(|word| matches(word, &name)));
            says.map(|it| it.is.as_str())
        })
    })
}

fn tables() -> &'static BTreeMap<String, Vec<Meaning>> {
    static TABLES: OnceLock<BTreeMap<String, Vec<Meaning>>> = OnceLock::new();
    TABLES.get_or_init(|| toml::from_str(include_str!("../../models/words.toml")).unwrap_or_default())
}

/// Lower-case words of a name: `accessToken`, `access-token` and `access_token` are `access`, `token`.
#[must_use]
pub fn split(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower_before = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() {
            words.push(String::new());
            lower_before = false;
            continue;
        }
        if letter.is_uppercase() && lower_before {
            words.push(String::new());
        }
        lower_before = letter.is_lowercase() || letter.is_ascii_digit();
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|it| !it.is_empty());
    words
}

fn matches(word: &str, name: &[String]) -> bool {
    if let Some(whole) = word.strip_prefix('=') {
        return name.concat() == whole;
    }
    let parts: Vec<&str> = word.split(' ').collect();
    let fits = |window: &[String]| window.iter().zip(&parts).all(|(have, want)| part_matches(want, have));
    name.windows(parts.len()).any(fits)
}

fn part_matches(want: &str, have: &str) -> bool {
    match (want.strip_prefix('*'), want.strip_suffix('*')) {
        (Some(inner), Some(_)) => have.contains(inner.trim_end_matches('*')),
        (Some(end), None) => have.ends_with(end),
        (None, Some(start)) => have.starts_with(start),
        (None, None) => have == want,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_what_its_owner_is() {
        let path = |names: &[&str]| sensitive_path(&names.iter().map(SmolStr::new).collect::<Vec<_>>());
        assert_eq!(path(&["nonce", "secret"]), None);
        assert_eq!(path(&["client", "secret"]), Some("secret"));
        assert_eq!(path(&["secret"]), Some("secret"));
        assert_eq!(path(&["form", "password"]), Some("password"));
    }

    #[test]
    fn the_lists_can_be_read() {
        let read: Result<BTreeMap<String, Vec<Meaning>>, _> =
            toml::from_str(include_str!("../../models/words.toml"));
        assert_eq!(
            read.unwrap().keys().collect::<Vec<_>>(),
            [
                "check",
                "claim",
                "cookie-content",
                "cookie-role",
                "cookie-text",
                "ends-others",
                "ends-session",
                "guard",
                "hidden",
                "purpose",
                "query",
                "sensitive",
                "session-key",
                "transform",
                "type",
                "unguessable"
            ]
        );
    }

    #[test]
    fn cookie_names() {
        let cases = [
            ("sessionid", "session"),
            ("tower.sid", "session"),
            ("id", "session"),
            ("__Host-id", "session"),
            ("__Secure-sessionid", "session"),
            ("actix-session", "session"),
            ("csrftoken", "csrf"),
            ("XSRF-TOKEN", "csrf"),
            ("__Host-Csrf-Token", "csrf"),
            ("jwt", "auth"),
            ("accessToken", "auth"),
            ("remember_me", "auth"),
            ("remember-cookie_ab12", "auth"),
            ("auth", "auth"),
            ("django_language", "preference"),
            ("theme", "preference"),
            ("cookie_consent", "preference"),
            ("userLoggedIn", "preference"),
            ("password", "sensitive"),
            ("email", "sensitive"),
            ("storeid", "unknown"),
            ("counter", "unknown"),
        ];
        for (name, role) in cases {
            assert_eq!(cookie_role(name), role, "{name}");
        }
    }

    #[test]
    fn purposes_keys_and_secrets() {
        assert_eq!(purpose("user_login"), "login");
        assert_eq!(purpose("do_logout"), "logout");
        assert_eq!(purpose("PasswordChangeView"), "password-change");
        assert_eq!(purpose("blog_index"), "other");
        let keys = [
            ("user_id", Some("identity")),
            ("CURRENT_VOTER_ID", Some("identity")),
            ("is_login", Some("identity")),
            ("2fa_user", Some("pending")),
            ("pending_user_id", Some("pending")),
            ("cart", Some("preference")),
            ("last_user", Some("preference")),
            ("colour", None),
        ];
        for (key, kind) in keys {
            assert_eq!(session_key(key), kind, "{key}");
        }
        let secrets = [
            ("password", Some("password")),
            ("user_password", Some("password")),
            ("password_reset", None),
            ("password_user_id", None),
            ("accessToken", Some("token")),
            ("oauth_state", None),
            ("SESSION_API_SECRET", Some("secret")),
            ("card_number", Some("card")),
            ("colour", None),
        ];
        for (name, kind) in secrets {
            assert_eq!(sensitive(name), kind, "{name}");
        }
    }

    #[test]
    fn names_are_cut_at_capitals_and_separators() {
        assert_eq!(split("accessToken"), ["access", "token"]);
        assert_eq!(split("__XSRF-TOKEN"), ["xsrf", "token"]);
        assert_eq!(split("is2faOn"), ["is2fa", "on"]);
    }
}
