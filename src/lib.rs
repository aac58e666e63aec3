//! `sessionlint` judges how a web project handles sessions and cookies, without building or running it.
//!
//! Data runs down only; each room may name the rooms above it (see ARCHITECTURE.md).
#![warn(clippy::disallowed_methods)]

pub mod check;
pub mod cli;
pub mod embedded;
pub mod facts;
pub mod finding;
pub mod fix;
pub mod flow;
pub mod frontend;
pub mod ir;
pub mod model;
pub mod report;
pub mod rule;
pub mod source;
pub mod workspace;
