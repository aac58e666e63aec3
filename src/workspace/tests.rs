//! Tests of the whole room, in memory and on disk.

use super::*;

mod disk;
mod projects;
