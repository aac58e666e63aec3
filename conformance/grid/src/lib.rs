//! What is tried out: one list of configurations, ways to write them down and things that handlers do, and how an
//! application that does so is written for one framework.

mod config;
mod flow;
mod form;
mod server;
mod stack;
mod write;

pub use config::{Attribute, CONFIGS, Config, SameSite, Value};
pub use flow::{CHANGE, Verb, sequences};
pub use form::Form;
pub use server::{Answer, Case, Server};
pub use stack::{Duration, Flows, Limit, Mutable, Kind, STORE_PASSWORD, Stack};
pub use write::write;

/// The cases that a stand's build script wrote down, as `CASES`: its stacks, each opened by a function of the stand.
#[macro_export]
macro_rules! cases {
    ($stacks:ident, $open:ident) => {
        #[allow(
            dead_code,
            unused_imports,
            unused_mut,
            unused_variables,
            reason = "every case has what the others need"
        )]
        mod generated {
            use super::{$open, $stacks};
            use $crate::{Case, Kind};
            include!(concat!(env!("OUT_DIR"), "/cases.rs"));
        }
        pub use generated::CASES;
    };
}

/// Which part of the list is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Size {
    Small,
    Full,
}
