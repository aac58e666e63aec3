//! Renderers of a run.
