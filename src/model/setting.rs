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
    /// engine, serializer, middleware, cache, message-storage, authentication, app, hasher, decorator.
    pub kind: SmolStr,
    pub package: SmolStr,
    pub versions: Range,
    /// `store=cookie`, `provides=session`, `after=..`: what the kind has to say.
    pub traits: BTreeMap<SmolStr, SmolStr>,
    pub source: SmolStr,
    pub(super) row: u32,
}
