//! What an expression may be while it is evaluated.

use std::collections::BTreeMap;
use std::rc::Rc;

use smol_str::SmolStr;

use super::index::{ScopeId, TypeId};
use super::scope::Definition;
use crate::ir::{Function, Name, Span};
use crate::model::Labels;
use crate::source::Note;

/// An abstract value and what is known about its way here.
#[derive(Clone, Debug)]
pub struct Val {
    pub kind: Kind,
    /// Where it was decided.
    pub origin: Decided,
    pub info: Option<Rc<Info>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Decided {
    Nowhere,
    At(Span),
    /// By a framework.
    Default(Rc<FrameworkDefault>),
}

#[derive(Debug, PartialEq)]
pub struct FrameworkDefault {
    pub package: SmolStr,
    pub version: SmolStr,
    pub source: SmolStr,
}

#[derive(Clone, Debug)]
pub enum Kind {
    /// Not set: an attribute that nothing wrote.
    Unset,
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(SmolStr),
    /// Text with unknown pieces (`None`).
    Pieces(Rc<[Piece]>),
    Bytes(Rc<[u8]>),
    /// A word of a model: an enum's variant.
    Word(SmolStr),
    /// Seconds.
    Duration(i64),
    Tuple(Rc<[Val]>),
    /// A list, mapping, struct or framework object.
    Object(ObjectId),
    Choice(Rc<Choice>),
    Env {
        name: SmolStr,
        fallback: Option<Rc<Val>>,
    },
    Setting {
        key: SmolStr,
        value: Option<Rc<Val>>,
    },
    /// Follows the request.
    Request,
    Function(Rc<Callee>),
    Module(ScopeId),
    Type(TypeId),
    /// A path outside the project.
    External(SmolStr),
    /// A parameter of the function under evaluation that is not known.
    Param(Name),
    Unknown(&'static str),
}

#[derive(Clone, Debug)]
pub enum Piece {
    Text(SmolStr),
    Hole(Val),
}

#[derive(Debug)]
pub struct Choice {
    pub condition: Atom,
    pub then: Val,
    pub or_else: Val,
    /// Values at the ends of all branches.
    pub leaves: u32,
}

/// Identity of a condition that evaluation cannot decide.
pub type Atom = u32;

/// What an undecided condition depends on.
#[derive(Clone, Debug, PartialEq)]
pub enum AtomKind {
    /// A debug build.
    Debug,
    /// An environment variable; the outcome when it is missing.
    Env(SmolStr, Option<bool>),
    /// A settings value; the outcome by the committed files.
    Setting(SmolStr, Option<bool>),
    /// The request (is it https?).
    Request,
    /// A parameter that the caller decides.
    Param(Name),
    Other,
}

pub type ObjectId = u32;

pub enum Callee {
    Project(Definition, Option<Val>),
    /// A function value with what it captured.
    Closure(std::sync::Arc<Function>, ScopeId, Rc<super::state::Frame>),
    /// Method of a framework object, not called yet.
    Bound(Val, Name),
}

impl std::fmt::Debug for Callee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("callee")
    }
}

impl std::fmt::Debug for TypeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.def.name.name)
    }
}

/// What flowed into a value.
#[derive(Clone, Debug, Default)]
pub struct Info {
    /// Identifiers of the access path, outermost first.
    pub names: Vec<Name>,
    pub ty: Option<Ty>,
    pub labels: Labels,
    /// Below the first level of this session's payload: session object and key.
    pub nested: Option<(ObjectId, SmolStr)>,
    pub trail: Vec<Note>,
    /// Attribute writes: the call that set it.
    pub set_at: Option<Span>,
    /// Of the result of a call that is not seen: names of the request's data that it was given.
    pub given: Vec<Name>,
    /// Largest count of elements, when a slice or literal bounds it.
    pub bounded: bool,
    /// Of a text that a helper made: what it had been with the other answer to its only switch, and where that stands.
    pub otherwise: Option<Rc<(Span, Val)>>,
    /// A table of the settings.
    pub section: Option<Rc<Section>>,
}

/// Where in the settings a value stands that is a table of them.
#[derive(Clone, Debug)]
pub struct Section {
    /// The type of the whole.
    pub root: TypeId,
    /// Fields from there to here.
    pub fields: Vec<Name>,
    /// The keys that these have in files.
    pub keys: Vec<Name>,
}

/// A type as far as it is resolved.
#[derive(Clone, Debug)]
pub struct Ty {
    pub def: TyDef,
    pub args: Rc<[Ty]>,
}

#[derive(Clone, Debug)]
pub enum TyDef {
    Project(TypeId),
    External(SmolStr),
    Unresolved(Name),
}

impl Ty {
    #[must_use]
    pub fn external(path: impl Into<SmolStr>) -> Self {
        Self { def: TyDef::External(path.into()), args: Rc::from([]) }
    }

    /// Last segments of the type and its arguments, outermost first.
    #[must_use]
    pub fn names(&self) -> Vec<SmolStr> {
        let mut out = Vec::new();
        self.collect_names(&mut out);
        out
    }

    fn collect_names(&self, out: &mut Vec<SmolStr>) {
        if out.len() > 8 {
            return;
        }
        out.push(self.last());
        for arg in self.args.iter() {
            arg.collect_names(out);
        }
    }

    #[must_use]
    pub fn last(&self) -> SmolStr {
        match &self.def {
            TyDef::Project(id) => id.def.name.name.clone(),
            TyDef::External(path) => path.rsplit([':', '.']).next().unwrap_or(path).into(),
            TyDef::Unresolved(name) => name.clone(),
        }
    }
}

/// A thing with identity.
#[derive(Clone, Debug)]
pub struct Object {
    pub class: Class,
    pub attributes: BTreeMap<SmolStr, Val>,
    /// Elements of a list, entries of a mapping.
    pub items: Vec<(Val, Val)>,
    /// More elements than `items` may be there.
    pub open: bool,
    /// Where it was made.
    pub born: Option<Span>,
    pub labels: Labels,
    /// Function in which it was made.
    pub item: SmolStr,
    /// It is made in development alone.
    pub in_development: bool,
}

#[derive(Clone, Debug)]
pub enum Class {
    /// A type of a framework, by the path that its models have.
    Model(SmolStr),
    Project(TypeId),
    List,
    Map,
}

impl Class {
    /// Last segment of the class's path.
    #[must_use]
    pub fn last(&self) -> SmolStr {
        match self {
            Self::Model(path) => path.rsplit([':', '.']).next().unwrap_or(path).into(),
            Self::Project(id) => id.def.name.name.clone(),
            Self::List => SmolStr::new_static("list"),
            Self::Map => SmolStr::new_static("map"),
        }
    }
}

impl Piece {
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Hole(a), Self::Hole(b)) => a.same(b),
            _ => false,
        }
    }
}

impl Val {
    /// The values at the ends of all branches.
    #[must_use]
    pub fn ends(&self) -> Box<dyn Iterator<Item = &Self> + '_> {
        match &self.kind {
            Kind::Choice(choice) => Box::new(choice.then.ends().chain(choice.or_else.ends())),
            _ => Box::new(std::iter::once(self)),
        }
    }

    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self { kind, origin: Decided::Nowhere, info: None }
    }

    #[must_use]
    pub fn at(kind: Kind, span: Span) -> Self {
        Self { kind, origin: Decided::At(span), info: None }
    }

    #[must_use]
    pub fn unknown(why: &'static str) -> Self {
        Self::new(Kind::Unknown(why))
    }

    /// An unknown value of a type.
    #[must_use]
    pub fn typed(why: &'static str, ty: Ty) -> Self {
        Self::unknown(why).with_info(|info| info.ty = Some(ty))
    }

    #[must_use]
    pub fn null() -> Self {
        Self::new(Kind::Null)
    }

    #[must_use]
    pub fn with_info(mut self, change: impl FnOnce(&mut Info)) -> Self {
        let info = self.info.get_or_insert_with(Rc::default);
        change(Rc::make_mut(info));
        self
    }

    #[must_use]
    pub fn labels(&self) -> Labels {
        self.info.as_ref().map_or(Labels::NONE, |info| info.labels)
    }

    #[must_use]
    pub fn labelled(self, labels: Labels) -> Self {
        if labels == Labels::NONE || self.labels().has(labels) {
            return self;
        }
        self.with_info(|info| info.labels = info.labels.with(labels))
    }

    /// The same value with exactly these labels.
    #[must_use]
    pub fn with_labels(self, labels: Labels) -> Self {
        if self.labels() == labels {
            return self;
        }
        self.with_info(|info| info.labels = labels)
    }

    #[must_use]
    pub fn names(&self) -> &[Name] {
        self.info.as_ref().map_or(&[], |info| info.names.as_slice())
    }

    /// Of the result of a call that is not seen: names of the request's data that it was given.
    #[must_use]
    pub fn given(&self) -> &[Name] {
        self.info.as_ref().map_or(&[], |info| info.given.as_slice())
    }

    #[must_use]
    pub fn ty(&self) -> Option<&Ty> {
        self.info.as_ref()?.ty.as_ref()
    }

    #[must_use]
    pub fn span(&self) -> Option<Span> {
        match &self.origin {
            Decided::At(span) => Some(*span),
            _ => None,
        }
    }

    #[must_use]
    pub fn text(&self) -> Option<&SmolStr> {
        match &self.kind {
            Kind::Text(text) | Kind::Word(text) => Some(text),
            _ => None,
        }
    }

    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self.kind, Kind::Unknown(_) | Kind::Param(_))
    }

    /// Same value, as far as a join of branches cares.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Unset, Kind::Unset) | (Kind::Null, Kind::Null) | (Kind::Request, Kind::Request) => true,
            (Kind::Bool(a), Kind::Bool(b)) => a == b,
            (Kind::Int(a), Kind::Int(b)) | (Kind::Duration(a), Kind::Duration(b)) => a == b,
            (Kind::Float(a), Kind::Float(b)) => a.to_bits() == b.to_bits(),
            (Kind::Text(a), Kind::Text(b)) | (Kind::Word(a), Kind::Word(b)) => a == b,
            (Kind::External(a), Kind::External(b)) => a == b,
            (Kind::Object(a), Kind::Object(b)) => a == b,
            (Kind::Tuple(a), Kind::Tuple(b)) => Rc::ptr_eq(a, b),
            (Kind::Choice(a), Kind::Choice(b)) => Rc::ptr_eq(a, b),
            (Kind::Bytes(a), Kind::Bytes(b)) => a == b,
            (Kind::Pieces(a), Kind::Pieces(b)) => Rc::ptr_eq(a, b),
            (Kind::Function(a), Kind::Function(b)) => Rc::ptr_eq(a, b),
            (Kind::Module(a), Kind::Module(b)) => a == b,
            (Kind::Type(a), Kind::Type(b)) => a == b,
            (Kind::Param(a), Kind::Param(b)) => a == b,
            (Kind::Unknown(_), Kind::Unknown(_)) => self.names() == other.names() && !self.names().is_empty(),
            (Kind::Env { name: a, fallback: None }, Kind::Env { name: b, fallback: None })
            | (Kind::Setting { key: a, value: None }, Kind::Setting { key: b, value: None }) => a == b,
            (Kind::Env { name: a, fallback: Some(x) }, Kind::Env { name: b, fallback: Some(y) })
            | (Kind::Setting { key: a, value: Some(x) }, Kind::Setting { key: b, value: Some(y) }) => {
                a == b && x.same(y)
            }
            _ => false,
        }
    }
}
