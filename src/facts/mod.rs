//! What a project does with cookies and sessions, as plain data. Rules read this and nothing else.

use std::collections::BTreeMap;

use smol_str::SmolStr;

pub use crate::flow::EventKind;
pub use crate::model::Labels;
pub use crate::source::{Note, Span};

mod analyse;
pub mod code;
mod roles;
mod schema;
pub mod settings;
mod size;

pub use analyse::{analyse, analyse_lowered};
pub use schema::{AttributeSchema, AttributeType, FactSchema, schema};

/// What a fact speaks of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FactKind {
    /// One cookie that the application sends (or a removal of one).
    Cookie,
    /// One session layer or configuration.
    Session,
    /// A key or secret that signs or encrypts.
    Key,
    /// The effective value of one setting of one project.
    Setting,
    /// One application: what is installed and what is used, for what is missing or in a wrong order.
    Application,
    /// What one request handler does, in order.
    Handler,
}

impl FactKind {
    pub const ALL: [Self; 6] =
        [Self::Cookie, Self::Session, Self::Key, Self::Setting, Self::Application, Self::Handler];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Session => "session",
            Self::Key => "key",
            Self::Setting => "setting",
            Self::Application => "application",
            Self::Handler => "handler",
        }
    }
}

/// A value worked out without running anything. Never a guess.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// Nobody set it, and the framework writes nothing then.
    Unset,
    Known(Scalar),
    /// Branches, versions or deployments disagree. Two or more, no nesting.
    OneOf(Vec<Value>),
    /// Decided by the environment at start; the fallback is used when the variable is missing.
    Env {
        name: SmolStr,
        fallback: Option<Box<Value>>,
    },
    /// Decided by a settings file; `value` is what the committed file or the default says.
    Setting {
        key: SmolStr,
        value: Option<Box<Value>>,
    },
    /// `cfg!(debug_assertions)`, `not DEBUG`, ...
    Debug {
        in_debug: Box<Value>,
        in_release: Box<Value>,
    },
    /// Follows the request (is it https?).
    Request,
    /// A helper's caller decides.
    Param(SmolStr),
    /// Not known, and why: lower case, no final stop.
    Opaque(SmolStr),
}

#[derive(Clone, PartialEq, Debug)]
pub enum Scalar {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(SmolStr),
    /// Null of a configuration language, `None` that was written.
    Null,
    List(Vec<Value>),
}

/// Who decided an attribute.
#[derive(Clone, PartialEq, Debug)]
pub enum Origin {
    /// Written in the project.
    Written(Span),
    /// Default of a framework: `package` with the version (or range), and the source of the fact.
    Default { package: SmolStr, version: SmolStr, source: SmolStr },
    /// Taken over from another attribute or setting that is written here.
    Inherited(Span),
    /// Worked out of several places.
    Derived(Vec<Span>),
}

/// A value and where it comes from.
#[derive(Clone, PartialEq, Debug)]
pub struct Attribute {
    pub value: Value,
    pub origin: Origin,
    /// Further places that led here, most important first: "set through this helper", "default given here".
    pub trail: Vec<Note>,
}

impl Attribute {
    /// Where it is written, or the first of the places that it was worked out of.
    #[must_use]
    pub fn place(&self) -> Option<Span> {
        match &self.origin {
            Origin::Written(span) => Some(*span),
            Origin::Derived(all) => all.first().copied(),
            Origin::Default { .. } | Origin::Inherited(_) => None,
        }
    }
}

/// One thing that happens to a session, identity or cookie while a handler runs.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    pub kind: EventKind,
    pub span: Span,
    /// Calls that led from the handler to `span`, outermost first; empty when it stands in the handler itself.
    pub via: Vec<Span>,
    /// Which branch decisions lead here: (identity of the condition, the outcome taken). Two events with the same
    /// condition and other outcomes never happen in one run.
    pub path: Vec<(u32, bool)>,
    /// Payload key, cookie name, user, .. by the names of the model's operands.
    pub operands: BTreeMap<SmolStr, Operand>,
    /// Which session object or framework it belongs to, as the model's type path.
    pub target: SmolStr,
    /// Version-dependent marks of the model row: `cancels-rotate`, `keeps-id`, `no-path`, `unawaited`, ..
    pub flags: Vec<SmolStr>,
}

/// An operand of an event: what is known of the value and of the expression.
#[derive(Clone, PartialEq, Debug)]
pub struct Operand {
    pub value: Value,
    pub span: Span,
    /// Identifiers of the access path that the value came from: `form.cleaned_data['password']` is
    /// `form cleaned_data password`. Empty for constants.
    pub names: Vec<SmolStr>,
    /// Written type of the value, as far as known: last segments, outermost first (`Vec`, `Order`).
    pub types: Vec<SmolStr>,
    /// What flowed into it.
    pub labels: Labels,
    /// Estimated size: `None` when nothing is known.
    pub size: Option<Size>,
}

/// What is known of a payload's size, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Size {
    AtMost(u64),
    /// Grows with data or with the client's wishes.
    Unbounded,
}

impl Operand {
    /// Text of which a part is fixed: `user_{id}`.
    #[must_use]
    pub fn is_partly_fixed(&self) -> bool {
        matches!(&self.value, Value::Opaque(why) if why.starts_with("text with parts"))
    }
}

impl EventKind {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Emit => "emit",
            Self::EmitRemoval => "emit-removal",
            Self::ReadCookie => "read-cookie",
            Self::WritePayload => "write-payload",
            Self::MutateNested => "mutate-nested",
            Self::MarkModified => "mark-modified",
            Self::ReadPayload => "read-payload",
            Self::RemovePayload => "remove-payload",
            Self::ClearPayload => "clear-payload",
            Self::RotateId => "rotate-id",
            Self::Destroy => "destroy",
            Self::DeleteRecord => "delete-record",
            Self::DestroyOthers => "destroy-others",
            Self::Login => "login",
            Self::Logout => "logout",
            Self::CheckCredentials => "check-credentials",
            Self::ChangePassword => "change-password",
            Self::ReadIdentity => "read-identity",
            Self::ReadId => "read-id",
            Self::SetExpiry => "set-expiry",
            Self::ChangeState => "change-state",
            Self::HandOver => "hand-over",
            Self::Sink => "sink",
            Self::Decide => "decide",
            Self::OpenSession => "open-session",
            Self::HashPassword => "hash-password",
        }
    }
}

/// One fact.
#[derive(Clone, PartialEq, Debug)]
pub struct Fact {
    pub kind: FactKind,
    /// Where to point when no attribute has a narrower place: the construction, the call, the setting's line.
    pub span: Span,
    /// The enclosing item (`crate::auth::login`, `shop.views.login`); part of the fingerprint.
    pub item: SmolStr,
    /// Name of the cookie, setting, handler, ..; `None` when it is not known.
    pub name: Option<SmolStr>,
    pub attributes: BTreeMap<SmolStr, Attribute>,
    /// What happened, in order; only handlers have events.
    pub events: Vec<Event>,
    /// Why, at the fact itself: "built here", "sent here".
    pub trail: Vec<Note>,
    /// In test code or in an example: seen, never judged.
    pub test: bool,
    /// Why it could not be judged: it is counted and listed.
    pub unjudged: Option<SmolStr>,
}

impl Fact {
    /// A fact of which only this is known so far.
    #[must_use]
    pub fn new(kind: FactKind, span: Span) -> Self {
        Self {
            kind,
            span,
            item: SmolStr::default(),
            name: None,
            attributes: BTreeMap::new(),
            events: Vec::new(),
            trail: Vec::new(),
            test: false,
            unjudged: None,
        }
    }

    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.get(name)
    }

    /// The text that an attribute has for certain.
    #[must_use]
    pub fn word(&self, attribute: &str) -> Option<&SmolStr> {
        match &self.attribute(attribute)?.value {
            Value::Known(Scalar::Text(word)) => Some(word),
            _ => None,
        }
    }
}
