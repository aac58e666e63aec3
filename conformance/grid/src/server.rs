//! An application that runs in this process.

use crate::stack::{Kind, Limit};

/// One application, and where the source is that it was built from.
pub struct Case {
    pub stack: &'static str,
    pub kind: Kind,
    pub id: &'static str,
    /// Folder of the project.
    pub folder: &'static str,
    /// Names of the handlers of `Kind::Flows`.
    pub flows: &'static [&'static str],
    /// As in `Flows`.
    pub adopts: bool,
    pub limits: &'static [Limit],
    pub open: fn() -> Box<dyn Server>,
}

pub trait Server {
    /// Asks for a page, with this text as `Cookie` header if it is not empty.
    fn get(&mut self, path: &str, cookie: &str) -> Answer;

    /// The same over TLS, where the framework lets us pretend.
    fn get_over_tls(&mut self, _path: &str) -> Option<Answer> {
        None
    }
}

#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub set_cookie: Vec<String>,
    pub body: String,
}
