//! The lowered files of a run, each lowered once and only when somebody asks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use crate::finding::{Problem, ProblemKind};
use crate::frontend;
use crate::ir::{Block, Broken, FileId, Span, Unit};
use crate::workspace::{FileKind, Workspace};

/// A lazy table of lowered source files.
pub struct Units<'a> {
    pub workspace: &'a Workspace,
    table: Vec<OnceLock<Option<Arc<Unit>>>>,
}

impl<'a> Units<'a> {
    #[must_use]
    pub fn new(workspace: &'a Workspace) -> Self {
        Self { workspace, table: workspace.files.iter().map(|_| OnceLock::new()).collect() }
    }

    /// The lowered file; `None` for a file that is no source code or has no text.
    #[must_use]
    pub fn get(&self, file: FileId) -> Option<Arc<Unit>> {
        let entry = self.workspace.files.get(file.0 as usize)?;
        let lower = match entry.kind {
            FileKind::Rust => frontend::rust::lower,
            FileKind::Python => frontend::python::lower,
            _ => return None,
        };
        self.table[file.0 as usize]
            .get_or_init(|| {
                let text = self.workspace.text(file)?;
                // A parser's panic costs this one file, never the run.
                let unit = catch_unwind(AssertUnwindSafe(|| lower(file, text))).unwrap_or_else(|_| Unit {
                    file,
                    body: Block::default(),
                    broken: vec![Broken {
                        span: Span::new(file, 0, 0),
                        message: "the parser gave up on this file".into(),
                    }],
                });
                Some(Arc::new(unit))
            })
            .clone()
    }

    /// Places that could not be read in the files lowered so far, in file order.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let lowered = self.table.iter().filter_map(|cell| cell.get()?.as_ref());
        lowered.flat_map(|unit| unit.broken.iter().map(|broken| self.problem(unit.file, broken))).collect()
    }

    fn problem(&self, file: FileId, broken: &Broken) -> Problem {
        let path = self.workspace.files[file.0 as usize].path.clone();
        Problem {
            path,
            span: Some(broken.span),
            kind: if broken.message.contains("template") {
                ProblemKind::Template
            } else if broken.message.contains("nested") || broken.message.contains("too ") {
                ProblemKind::Limit
            } else {
                ProblemKind::Syntax
            },
            message: broken.message.clone(),
            help: String::new(),
        }
    }
}
