//! The data that the binary carries: rule pages and framework models.

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
include!(concat!(env!("OUT_DIR"), "/models.rs"));
