//! The data that the binary carries: rule pages and framework models.

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
include!(concat!(env!("OUT_DIR"), "/models.rs"));
include!(concat!(env!("OUT_DIR"), "/heads.rs"));

/// What a model says of the projects that need it.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// Any of them loads the file.
    pub packages: &'static [&'static str],
    /// Packages whose models are needed with it.
    pub needs: &'static [&'static str],
    /// Files that name its packages are looked at.
    pub tells: bool,
}

/// The manifests that an example of a rule's page runs with when it brings none: of Rust, and of Python.
pub static EXAMPLE_MANIFESTS: [(&str, &str); 2] = [
    ("Cargo.toml", include_str!("../rules/example.cargo.toml")),
    ("requirements.txt", include_str!("../rules/example.requirements.txt")),
];
