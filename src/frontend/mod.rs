//! The only rooms that know syntax trees. Each lowers a file to `ir`.

pub mod python;
pub mod rust;
pub mod settings;
