//! What a framework reads from a project's settings.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::effect::Source;
use super::version::Range;

/// A setting, in one range of versions in which it does not change.
#[derive(Clone, Debug)]
pub struct SettingModel {
    /// `NAME`, or `NAME.KEY` for an entry of a mapping.
    pub name: SmolStr,
    pub package: SmolStr,
    pub versions: Range,
    /// Value types that the framework takes: `bool`, `int`, `number`, `text`, `list`, `map`, `null`, `off`, `any`.
    pub types: Vec<SmolStr>,
    /// `Source::Unset` when there is no default.
    pub default: Source,
    /// The default is that of another setting.
    pub default_of: Option<SmolStr>,
    /// Texts that it takes, compared without case; empty is any.
    pub words: Vec<SmolStr>,
    /// It is read no more in these versions, and what happens instead.
    pub removed: Option<SmolStr>,
    pub source: SmolStr,
    pub(super) row: u32,
}

/// A name that looks like a setting of the framework and is read by nobody.
#[derive(Clone, Debug)]
pub struct WrongSetting {
    pub name: SmolStr,
    /// The right one.
    pub instead: Option<SmolStr>,
    /// Who reads it, when somebody does.
    pub of: Option<SmolStr>,
    pub(super) row: u32,
}

/// A cookie that a framework sends as the settings say.
#[derive(Clone, Debug)]
pub struct SettingsCookie {
    /// session, auth, csrf, preference, sensitive.
    pub role: SmolStr,
    pub package: SmolStr,
    pub versions: Range,
    /// Attribute to the setting that gives it.
    pub attributes: BTreeMap<SmolStr, SmolStr>,
    /// Attributes that no setting gives.
    pub fixed: BTreeMap<SmolStr, Source>,
    /// Setting that, when true, makes it a browser-session cookie.
    pub browser_session_if: Option<SmolStr>,
    /// Setting that, when true, means that the cookie is not sent at all.
    pub unless: Option<SmolStr>,
    /// Setting that must be set (true or a name) for the cookie to be sent.
    pub only_if: Option<SmolStr>,
    /// End of a dotted name in the middleware list; it is sent only when one is there. Empty is always.
    pub middleware: Vec<SmolStr>,
    /// Installed application that it needs.
    pub app: Option<SmolStr>,
    /// plain, signed or encrypted.
    pub protection: SmolStr,
    pub source: SmolStr,
    pub(super) row: u32,
}

/// A dotted name that stands as text in settings: an engine, a serializer, a middleware, a cache backend.
#[derive(Clone, Debug)]
pub struct NamedModel {
    pub path: SmolStr,
    /// engine, serializer, middleware, cache, message-storage, authentication, app, hasher, decorator, signal, adapter, file-key (keys of a settings
    /// file under which a secret stands, with `use` and `file`).
    pub kind: SmolStr,
    pub package: SmolStr,
    pub versions: Range,
    /// `store=cookie`, `provides=session`, `after=..`: what the kind has to say.
    pub traits: BTreeMap<SmolStr, SmolStr>,
    pub source: SmolStr,
    pub(super) row: u32,
}

/// A check of the framework's own, or one that it lacks: what is wrong with a setting, and under which id that is known.
#[derive(Clone, Debug)]
pub struct CheckModel {
    /// `None`: the framework does not look.
    pub id: Option<SmolStr>,
    pub setting: SmolStr,
    pub package: SmolStr,
    pub versions: Range,
    pub test: SettingTest,
    /// What the test compares with.
    pub words: Vec<SmolStr>,
    /// Dotted names, compared exactly: all of these must stand in the middleware list, none of those.
    pub middleware: Vec<SmolStr>,
    pub without_middleware: Vec<SmolStr>,
    /// An application that must be installed, or must not.
    pub app: Option<SmolStr>,
    pub without_app: Option<SmolStr>,
    /// Setting that must be true for the check to look, and one that must not.
    pub only_if: Option<SmolStr>,
    pub unless: Option<SmolStr>,
    /// `transport`, `header`, `hosts`: told by the setting; `value`: it is of a wrong kind. Empty: another fact tells.
    pub topic: SmolStr,
    /// What is wrong, in words.
    pub says: SmolStr,
    pub(super) row: u32,
}

/// When a value does not pass a check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SettingTest {
    Falsy,
    Truthy,
    /// Anything but the boolean, true values of other types too.
    NotTrue,
    Null,
    /// Anything but one of the words.
    NotWord,
    /// Given, and none of the words.
    OtherWord,
    /// A list, or text with commas, of which one is none of the words.
    ForeignWord,
    /// Too short, of too few characters, or marked as insecure.
    WeakKey,
    WeakKeys,
    /// A number above zero and below that of the word.
    Below,
    /// A list with an address that has no scheme.
    NoScheme,
    NoMap,
    /// A list without any of the words, or with one of them.
    Lacks,
    Holds,
    /// A header and its value that no request can have; the words are headers whose values are in lower case.
    NeverMatches,
    /// The name of a view of the project that does not take the words as arguments.
    Refuses,
}

impl SettingTest {
    pub(super) const ALL: [(&'static str, Self); 16] = [
        ("falsy", Self::Falsy),
        ("truthy", Self::Truthy),
        ("not-true", Self::NotTrue),
        ("null", Self::Null),
        ("not-word", Self::NotWord),
        ("other-word", Self::OtherWord),
        ("foreign-word", Self::ForeignWord),
        ("weak-key", Self::WeakKey),
        ("weak-keys", Self::WeakKeys),
        ("below", Self::Below),
        ("no-scheme", Self::NoScheme),
        ("no-map", Self::NoMap),
        ("lacks", Self::Lacks),
        ("holds", Self::Holds),
        ("never-matches", Self::NeverMatches),
        ("refuses", Self::Refuses),
    ];
}
