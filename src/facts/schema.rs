//! Which attributes each kind of fact has, so that a rule's condition can be checked when it is loaded.

use super::FactKind;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AttributeType {
    /// `true`/`"on"`, `false`/`"off"`; unset counts as off.
    Switch,
    Text,
    /// Seconds.
    Duration,
    /// Bytes or a count.
    Number,
    /// A fixed set of words.
    Words(&'static [&'static str]),
    List,
}

#[derive(Clone, Copy, Debug)]
pub struct AttributeSchema {
    pub name: &'static str,
    pub ty: AttributeType,
    /// One line for the guide and for error messages.
    pub doc: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub struct FactSchema {
    pub kind: FactKind,
    pub attributes: &'static [AttributeSchema],
}

const fn a(name: &'static str, ty: AttributeType, doc: &'static str) -> AttributeSchema {
    AttributeSchema { name, ty, doc }
}

use AttributeType::{Duration, List, Number, Switch, Text, Words};

const COOKIE: &[AttributeSchema] = &[
    a("name", Text, "cookie name"),
    a(
        "role",
        Words(&["session", "auth", "csrf", "sensitive", "preference", "unknown"]),
        "what the cookie is for",
    ),
    a("role_from", Words(&["name", "value", "encryption", "framework"]), "what told its role"),
    a("secure", Switch, "`Secure` as sent"),
    a("http_only", Switch, "`HttpOnly` as sent"),
    a("same_site", Words(&["strict", "lax", "none", "unset"]), "`SameSite` as sent"),
    a("path", Text, "`Path` as sent"),
    a("domain", Text, "`Domain` as sent; unset is host-only"),
    a(
        "lifetime",
        Duration,
        "how long a browser keeps it: Max-Age, else Expires; unset is the browser session",
    ),
    a("partitioned", Switch, "`Partitioned` as sent"),
    a("removal", Switch, "the line deletes the cookie"),
    a("protection", Words(&["plain", "signed", "encrypted"]), "what protects the value"),
    a("setter", Words(&["handler", "session-layer", "setting", "raw-header"]), "who sends it"),
    a("stack", Text, "package of the framework that sends it"),
    a("value", Text, "the value when it is a constant"),
    a(
        "sensitive",
        Text,
        "what kind of sensitive data the value holds (`password`, `token`, `card`, `personal`, `user-object`)",
    ),
    a("size", Number, "largest size of name and value, in bytes; unset is unknown"),
    a("faults", List, "unknown or misspelt attributes of a raw line, each as text"),
    a("removal_path", Text, "path of the cookie that a removal is meant for"),
    a("removal_domain", Text, "domain of the cookie that a removal is meant for"),
    a("mismatch", Text, "why a removal cannot match the cookie that was set"),
    a("secure_check", Text, "id under which the framework's own check tells that `Secure` is off"),
    a("http_only_check", Text, "id under which the framework's own check tells that `HttpOnly` is off"),
    a("tainted", List, "parts that are the request's data as they came: `name`, `value`, `path`, `domain`"),
    a(
        "written",
        Words(&["raw", "percent-encoded", "quoted", "json"]),
        "how the value is written into the line",
    ),
    a("guessable", Switch, "the value is random from a source that can be guessed"),
    a("parent_domain", Switch, "`Domain` names more than the one host of the settings"),
];

const SESSION: &[AttributeSchema] = &[
    a("name", Text, "cookie name"),
    a("stack", Text, "package of the framework"),
    a(
        "store",
        Words(&["memory", "file", "cache", "database", "redis", "cookie", "none", "other"]),
        "where records live",
    ),
    a("store_type", Text, "type or engine path of the store"),
    a("protection", Words(&["plain", "signed", "encrypted"]), "what protects a record held in the cookie"),
    a("idle_timeout", Duration, "life of a record after the last change or request; unset is none"),
    a("absolute_timeout", Duration, "life of a session however used; unset is none"),
    a("cookie_lifetime", Duration, "life of the cookie; unset is the browser session"),
    a("serializer", Words(&["json", "pickle", "other"]), "how a record is written"),
    a("serializer_type", Text, "dotted path of the serializer"),
    a("serializer_works", Switch, "the serializer exists in the version in use"),
    a("always_save", Switch, "every request saves and slides"),
    a("adopts_ids", Switch, "an id that the server never issued is taken over"),
    a("temp_dir", Switch, "records lie in the shared temp folder"),
    a("holds_sensitive", Switch, "sensitive data is written to it"),
    a("needs_server_logout", Switch, "the application relies on ending a session on the server"),
];

const KEY: &[AttributeSchema] = &[
    a(
        "source",
        Words(&[
            "literal",
            "env",
            "env-fallback",
            "file",
            "generated",
            "empty",
            "derived",
            "placeholder",
            "request",
            "unknown",
        ]),
        "where the key comes from",
    ),
    a("use", Text, "what it is for: `session`, `cookie`, `csrf`, `signing`, `jwt`"),
    a("stack", Text, "package that takes the key"),
    a("length", Number, "bytes of a known key"),
    a("minimum", Number, "bytes that the API wants"),
    a("entropy", Number, "different characters of a known key"),
    a("insecure_prefix", Switch, "begins with the framework's mark of an insecure key"),
    a(
        "role",
        Words(&["production", "base", "development", "test", "example"]),
        "role of the module that has it",
    ),
    a("check", Text, "id under which the framework's own check tells that it is weak"),
    a("development_only", Switch, "only a debug build or development settings use it"),
];

const SETTING: &[AttributeSchema] = &[
    a("name", Text, "name of the setting"),
    a("value", Text, "effective value; its type is the setting's"),
    a("truth", Switch, "of a switch: whether the value counts as true"),
    a("type", Text, "type of the value: `bool`, `int`, `text`, `list`, `null`, `other`"),
    a("expected", Text, "type that the framework wants"),
    a("fault", Text, "what is wrong with the value, in words"),
    a("role", Words(&["production", "base", "development", "test", "example"]), "role of the module"),
    a("known", Switch, "the framework reads this name"),
    a("instead", Text, "the name that the framework reads, or what to do"),
    a("reader", Text, "who reads this name, when it is not the framework"),
    a("misses", Switch, "a check that the value does not pass"),
    a("says", Text, "what that check finds wrong, in words"),
    a("topic", Words(&["transport", "header", "hosts", "cookie"]), "what that check is about"),
    a("check", Text, "id under which the framework's own check tells so"),
    a("proxied", Switch, "a proxy in front says whether a request came over HTTPS"),
    a("stack", Text, "package that reads it"),
];

const APPLICATION: &[AttributeSchema] = &[
    a("stack", Text, "package of the framework"),
    a("middleware", List, "middleware or layers, in the order of the request"),
    a("session_middleware", Switch, "a session middleware or layer is installed"),
    a("csrf_middleware", Switch, "a CSRF middleware or layer is installed"),
    a("uses_sessions", Switch, "handlers use sessions"),
    a("cookie_authentication", Switch, "a session or cookie authenticates requests that change state"),
    a("open_cors", Switch, "any origin may send requests with credentials and read the answers"),
    a("same_site", Words(&["strict", "lax", "none", "unset"]), "weakest `SameSite` of its session cookies"),
    a("origins", Words(&["any", "reflected", "listed"]), "origins whose scripts may read answers"),
    a("credentials", Switch, "requests of other origins may carry cookies"),
    a("order_fault", Text, "what is wrong with the order, in words"),
    a("check", Text, "id under which the framework's own check tells that CSRF protection is missing"),
    a("complete", Switch, "all elements of the middleware list are known"),
];

const HANDLER: &[AttributeSchema] = &[
    a("name", Text, "name of the function"),
    a("stack", Text, "package of the session in use"),
    a("route", Text, "path, when a route attribute or table tells"),
    a("methods", List, "HTTP methods, when known"),
    a("purpose", Words(&["login", "logout", "password-change", "other"]), "by name, route and events"),
    a("csrf_exempt", Switch, "CSRF protection is switched off for it"),
    a("after_login", Switch, "a framework calls it around a login of its own, which makes a new id"),
    a("checks_off", Switch, "it stands in for a check of tokens and does nothing"),
    a("token_authenticated", Switch, "a signature or token authenticates it, not a session"),
    a("changes_state", Switch, "it writes to a database or to the session"),
    a(
        "store",
        Words(&["memory", "file", "cache", "database", "redis", "cookie", "none", "other"]),
        "where its session's records live",
    ),
    a("protection", Words(&["plain", "signed", "encrypted"]), "protection of a cookie-held session"),
    a("save_always", Switch, "every request saves the session"),
];

/// The attributes of one kind of fact.
#[must_use]
pub fn schema(kind: FactKind) -> FactSchema {
    let attributes = match kind {
        FactKind::Cookie => COOKIE,
        FactKind::Session => SESSION,
        FactKind::Key => KEY,
        FactKind::Setting => SETTING,
        FactKind::Application => APPLICATION,
        FactKind::Handler => HANDLER,
    };
    FactSchema { kind, attributes }
}
