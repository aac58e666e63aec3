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

/// Every sequence of these verbs, up to two steps, in the full grid three.
#[must_use]
pub fn sequences(verbs: &[Verb], size: Size) -> Vec<Vec<Verb>> {
    let longest = if size == Size::Full { 3 } else { 2 };
    let mut all: Vec<Vec<Verb>> = Vec::new();
    let mut last = vec![Vec::new()];
    for _ in 0..longest {
        let longer = |it: &Vec<Verb>| verbs.iter().map(|verb| [it.as_slice(), &[*verb]].concat()).collect::<Vec<_>>();
        last = last.iter().flat_map(longer).collect();
        all.extend(last.clone());
    }
    all
}

/// Name of the handler: it says what it is for.
#[must_use]
pub fn name(steps: &[Verb]) -> String {
    let purpose = if steps.iter().any(|it| it.gives_identity()) { "login" } else { "logout" };
    let words: Vec<_> = steps.iter().map(|it| it.word()).collect();
    format!("{purpose}_{}", words.join("_"))
}
