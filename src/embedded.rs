//! The data that the binary carries: rule pages and framework models.

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
include!(concat!(env!("OUT_DIR"), "/models.rs"));

/// The manifests that an example of a rule's page runs with when it brings none: of Rust, and of Python.
pub static EXAMPLE_MANIFESTS: [(&str, &str); 2] = [
    ("Cargo.toml", include_str!("../rules/example.cargo.toml")),
    ("requirements.txt", include_str!("../rules/example.requirements.txt")),
];
