//! How applications of one framework look.

use crate::config::Attribute;
use crate::flow::Verb;

/// What is compared of a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The cookie of a session layer: `/set` makes a session, `/leave` ends it.
    Layer,
    /// A cookie of the application: `/set` sends it, `/leave` removes it.
    Cookie,
    /// What handlers do with the session, one route each.
    Flows,
}

pub struct Stack {
    /// As the result table has it: package and version.
    pub name: &'static str,
    pub kind: Kind,
    /// `use` lines that every file begins with.
    pub imports: &'static str,
    /// The application: `{{lines}}` stands where statements can stand, `{{make}}` for the expression, and in flows
    /// `{{handlers}}` and `{{routes}}`. It has the routes `/set` and `/leave`.
    pub app: &'static str,
    /// Construction; `{name}` is the name, for what cannot be made without.
    pub base: &'static str,
    /// Call by attribute; `{}` is the value.
    pub calls: &'static [(Attribute, &'static str)],
    /// What ends the chain.
    pub finish: &'static str,
    /// Type of the chain's result.
    pub result: &'static str,
    pub duration: Duration,
    /// The same with setters that change in place.
    pub mutable: Option<Mutable>,
    pub flows: Option<Flows>,
    pub limits: &'static [Limit],
}

pub struct Mutable {
    pub base: &'static str,
    pub calls: &'static [(Attribute, &'static str)],
}

/// What handlers do with a session, spelt in this framework. The application has the routes `/start` (an anonymous session),
/// `/peek` (what a session holds, as text) and `/touch` (writes something that matters to nobody).
pub struct Flows {
    pub app: &'static str,
    /// `{{name}}` and `{{lines}}`.
    pub handler: &'static str,
    /// An id that nobody knows is taken over, so that only the data tells whether a record is alive.
    pub adopts: bool,
    /// `{{name}}`.
    pub route: &'static str,
    /// Stores a new password of whoever is logged in: `STORE_PASSWORD` has the function for it.
    pub change: &'static str,
    /// What is not there cannot be done.
    pub verbs: &'static [(Verb, &'static str)],
}

/// Items of every application with flows. A database in memory stands for the one with the users.
pub const STORE_PASSWORD: &str = r###"
#[derive(serde::Deserialize)]
pub struct Form {
    pub password: String,
}

pub fn store_password() {
    let form: Form = serde_json::from_str(r##"{"password": "new"}"##).unwrap();
    let hash = bcrypt::hash(form.password, 4).unwrap();
    let users = rusqlite::Connection::open_in_memory().unwrap();
    users.execute_batch("create table users (password text)").unwrap();
    users.execute("update users set password = ?1", [hash]).unwrap();
}
"###;

/// Something that is not worked out, and why. It is counted, and fails the run when nothing needs it any more.
#[derive(PartialEq, Eq)]
pub struct Limit {
    /// Part of the name of a configuration or handler; empty for all.
    pub case: &'static str,
    /// What is compared.
    pub what: &'static str,
    pub reason: &'static str,
}

/// Which duration a life time comes in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Duration {
    /// `time::Duration`.
    Time,
    /// `std::time::Duration`.
    Std,
}

impl Duration {
    #[must_use]
    pub fn literal(self, seconds: u32) -> String {
        match self {
            Self::Time if seconds % 604_800 == 0 => format!("Duration::weeks({})", seconds / 604_800),
            Self::Time if seconds % 86_400 == 0 => format!("Duration::days({})", seconds / 86_400),
            Self::Time if seconds % 3_600 == 0 => format!("Duration::hours({})", seconds / 3_600),
            Self::Time => format!("Duration::seconds({seconds})"),
            Self::Std if seconds % 86_400 == 0 => {
                format!("Duration::from_secs(60 * 60 * 24 * {})", seconds / 86_400)
            }
            Self::Std => format!("Duration::from_secs({seconds})"),
        }
    }

    #[must_use]
    pub fn of(self, seconds: &str) -> String {
        match self {
            Self::Time => format!("Duration::seconds({seconds})"),
            Self::Std => format!("Duration::from_secs({seconds})"),
        }
    }
}
