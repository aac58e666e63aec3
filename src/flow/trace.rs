//! What happened during one evaluation.

use smol_str::SmolStr;

use super::value::{Atom, ObjectId, Val};
use crate::source::Span;

/// Events in order and the framework objects that were made.
#[derive(Default)]
pub struct Trace {
    pub events: Vec<TraceEvent>,
    /// Layers, stores and keys, judged by their final state.
    pub made: Vec<ObjectId>,
    /// Functions that answer requests, and the HTTP method or `any`.
    pub routes: Vec<(Span, SmolStr)>,
}

pub struct TraceEvent {
    pub kind: EventKind,
    pub span: Span,
    pub path: Vec<(Atom, bool)>,
    pub via: Vec<Span>,
    pub item: SmolStr,
    /// Named operands; objects are snapshots in `Snapshot`s of the value.
    pub operands: Vec<(SmolStr, Val)>,
    /// Attributes of the cookie at that moment.
    pub cookie: Option<Snapshot>,
    pub target: SmolStr,
    pub object: Option<ObjectId>,
    pub package: SmolStr,
    pub flags: Vec<SmolStr>,
}

impl TraceEvent {
    /// An event of which only this is known; `record` adds the way to it.
    #[must_use]
    pub fn new(kind: EventKind, span: Span) -> Self {
        Self {
            kind,
            span,
            path: Vec::new(),
            via: Vec::new(),
            item: SmolStr::default(),
            operands: Vec::new(),
            cookie: None,
            target: SmolStr::default(),
            object: None,
            package: SmolStr::default(),
            flags: Vec::new(),
        }
    }
}

/// A framework object as it was.
#[derive(Clone)]
pub struct Snapshot {
    pub object: super::value::Object,
    /// An object that a caller gave: nothing is known that was not set here.
    pub symbolic: bool,
}

/// What happens to a session, identity or cookie.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum EventKind {
    Emit,
    EmitRemoval,
    ReadCookie,
    WritePayload,
    /// A change below the first level that does not mark the session as changed.
    MutateNested,
    /// The session is marked as changed, or saved, by hand.
    MarkModified,
    ReadPayload,
    RemovePayload,
    ClearPayload,
    RotateId,
    /// The server-side record and the id are gone.
    Destroy,
    /// The record is deleted, the id stays.
    DeleteRecord,
    DestroyOthers,
    Login,
    Logout,
    CheckCredentials,
    ChangePassword,
    ReadIdentity,
    ReadId,
    SetExpiry,
    /// A database or model write: the handler changes state.
    ChangeState,
    /// What names a session was given to code that is not seen, which may end it there.
    HandOver,
    /// Data of the request, or the id of a session, reaches a place that a model names.
    Sink,
    /// A condition asks what an unverified cookie holds.
    Decide,
    /// A session is opened under an id that somebody gives.
    OpenSession,
    /// A password is hashed, to be stored.
    HashPassword,
}
