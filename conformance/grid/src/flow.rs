//! What handlers do with a session: every sequence of a few steps.

use crate::Size;

/// One step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verb {
    /// Writes who is logged in.
    Write,
    /// Asks for a new id.
    Rotate,
    /// The same by a call that does not work so.
    Regenerate,
    /// Ends the session.
    Destroy,
    /// Empties it.
    Clear,
    /// Removes who is logged in.
    Remove,
    /// Deletes the record, where that is something else than ending the session.
    Delete,
    /// The framework's own login.
    Login,
    /// The framework's own logout.
    Logout,
}

impl Verb {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Rotate => "rotate",
            Self::Regenerate => "regenerate",
            Self::Destroy => "destroy",
            Self::Clear => "clear",
            Self::Remove => "remove",
            Self::Delete => "delete",
            Self::Login => "enter",
            Self::Logout => "exit",
        }
    }

    /// Whether somebody is logged in by it.
    #[must_use]
    pub fn gives_identity(self) -> bool {
        matches!(self, Self::Write | Self::Login)
    }
}

/// How names of handlers begin that store a new password before their steps.
pub const CHANGE: &str = "change_password";

/// Every sequence of these verbs, up to two steps, in the full grid three.
#[must_use]
pub fn sequences(verbs: &[Verb], size: Size) -> Vec<Vec<Verb>> {
    up_to(if size == Size::Full { 3 } else { 2 }, verbs)
}

/// What may follow after a new password: nothing, or one step less than in `sequences`.
#[must_use]
pub fn after_change(verbs: &[Verb], size: Size) -> Vec<Vec<Verb>> {
    let mut all = vec![Vec::new()];
    all.extend(up_to(if size == Size::Full { 2 } else { 1 }, verbs));
    all
}

fn up_to(longest: usize, verbs: &[Verb]) -> Vec<Vec<Verb>> {
    let mut all: Vec<Vec<Verb>> = Vec::new();
    let mut last = vec![Vec::new()];
    for _ in 0..longest {
        let longer =
            |it: &Vec<Verb>| verbs.iter().map(|verb| [it.as_slice(), &[*verb]].concat()).collect::<Vec<_>>();
        last = last.iter().flat_map(longer).collect();
        all.extend(last.clone());
    }
    all
}

/// Name of the handler: it says what it is for.
#[must_use]
pub fn name(steps: &[Verb]) -> String {
    let purpose = if steps.iter().any(|it| it.gives_identity()) { "login" } else { "logout" };
    named(purpose, steps)
}

/// The same for what follows a new password.
#[must_use]
pub fn name_after_change(steps: &[Verb]) -> String {
    named(CHANGE, steps)
}

fn named(purpose: &str, steps: &[Verb]) -> String {
    steps.iter().fold(purpose.to_owned(), |name, it| format!("{name}_{}", it.word()))
}
