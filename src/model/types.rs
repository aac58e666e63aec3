//! What a framework's type is and what its members do.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::callable::Callable;
use super::effect::Source;
use super::version::Range;

/// What objects of a type are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    Cookie,
    CookieBuilder,
    Jar,
    Key,
    Store,
    Session,
    SessionLayer,
    Identity,
    Csrf,
    /// A router or the like, around which layers are put.
    Application,
    /// A layer that lets other origins in.
    Cors,
    /// A response or the like: writes `Set-Cookie`.
    Emitter,
    /// The client's request.
    Request,
    /// Enum or option object.
    Value,
    /// An HTTP client or a test: never judged.
    Client,
    Other,
}

impl Role {
    pub const WORDS: &'static [(&'static str, Self)] = &[
        ("cookie", Self::Cookie),
        ("cookie-builder", Self::CookieBuilder),
        ("jar", Self::Jar),
        ("key", Self::Key),
        ("store", Self::Store),
        ("session", Self::Session),
        ("session-layer", Self::SessionLayer),
        ("identity", Self::Identity),
        ("csrf", Self::Csrf),
        ("application", Self::Application),
        ("cors", Self::Cors),
        ("emitter", Self::Emitter),
        ("request", Self::Request),
        ("value", Self::Value),
        ("client", Self::Client),
        ("other", Self::Other),
    ];
}

/// A type of a framework, in one range of versions in which it does not change.
#[derive(Clone, Debug)]
pub struct TypeModel {
    /// Full path, segments joined by `::` (Rust) or `.` (Python).
    pub path: SmolStr,
    pub package: SmolStr,
    pub versions: Range,
    pub role: Role,
    /// Where the facts were read: package-version and file.
    pub source: SmolStr,
    /// Attribute values when nothing is called. `Source::Unset`: the attribute is not written.
    pub defaults: BTreeMap<SmolStr, Source>,
    /// `value.name(..)`. The name `*` stands for every method that has no row.
    pub methods: BTreeMap<SmolStr, Callable>,
    /// Associated functions and variants (`Type::name`); the call of the type itself is called `new` in a language in which
    /// types are called.
    pub functions: BTreeMap<SmolStr, Callable>,
    /// `value.name`, read.
    pub fields: BTreeMap<SmolStr, Callable>,
    /// `value.name = arg0`, and `name: arg0` in a record literal.
    pub assign: BTreeMap<SmolStr, Callable>,
    /// Types whose members it has too.
    pub bases: Vec<SmolStr>,
    /// Marks that facts need; see `vocabulary::TRAITS`.
    pub traits: BTreeMap<SmolStr, SmolStr>,
    pub(super) row: u32,
}
