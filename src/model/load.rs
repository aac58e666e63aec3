//! Reads model files.

use std::path::Path;

/// A fault in a model file.
#[derive(Debug)]
pub struct ModelError {
    pub path: String,
    /// Byte range in the file.
    pub span: std::ops::Range<usize>,
    pub message: String,
    pub help: String,
}

/// All models that a run knows.
#[derive(Debug, Default)]
pub struct Models {}

impl Models {
    #[must_use]
    pub fn load(_user: &[&Path]) -> (Self, Vec<ModelError>) {
        (Self::default(), Vec::new())
    }
}
