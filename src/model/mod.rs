//! What frameworks do, as data: `models/**/*.toml`.

mod effect;
mod load;

pub use effect::{Clause, Source, Verb, parse};
pub use load::{ModelError, Models};

use std::collections::BTreeMap;
use std::sync::Arc;

use smol_str::SmolStr;

/// The language a model is for: the folder it lies in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Language {
    Rust,
    Python,
}

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

/// A type of a framework, in one range of versions.
#[derive(Debug)]
pub struct TypeModel {
    /// Full path, segments joined by `::` (Rust) or `.` (Python).
    pub path: SmolStr,
    pub package: SmolStr,
    pub versions: semver::VersionReq,
    pub versions_text: SmolStr,
    pub role: Role,
    /// Where the facts were read: package-version and file.
    pub source: SmolStr,
    /// Attribute values when nothing is called. `Source::Unset`: the attribute is not written.
    pub defaults: BTreeMap<SmolStr, Source>,
    pub methods: BTreeMap<SmolStr, Callable>,
    /// Associated functions and variants (`Type::name`).
    pub functions: BTreeMap<SmolStr, Callable>,
    pub fields: BTreeMap<SmolStr, Callable>,
    /// Types whose methods it has too.
    pub bases: Vec<SmolStr>,
    /// Marks that facts need: `store=memory`, `value=percent-encoded`, `emits=when-returned`, ..
    pub traits: BTreeMap<SmolStr, SmolStr>,
}

/// What a call does.
#[derive(Clone, Debug, Default)]
pub struct Callable {
    /// Parameter names for keyword arguments, with their defaults.
    pub params: Vec<(SmolStr, Option<Source>)>,
    pub effect: Arc<[Clause]>,
    /// Narrower versions than the type's.
    pub versions: Option<semver::VersionReq>,
}
