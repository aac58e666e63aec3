//! The lowered files and the settings of a run, each read once and only when somebody asks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use crate::finding::{Problem, ProblemKind};
use crate::frontend;
use crate::ir::data::{Document, Node, NodeKind};
use crate::ir::{Block, Broken, FileId, Late, Span, Unit};
use crate::source::SourceText;
use crate::workspace::{FileEntry, FileKind, Workspace};

/// Lazy tables of lowered source files and of settings files.
pub struct Units<'a> {
    pub workspace: &'a Workspace,
    table: Vec<OnceLock<Option<Arc<Unit>>>>,
    documents: Vec<OnceLock<Option<Arc<Document>>>>,
}

/// Lowered files with the texts that they were lowered from, by file.
#[derive(Default)]
pub struct Lowered(Vec<Option<Known>>);

struct Known {
    text: Arc<SourceText>,
    unit: Option<Arc<Unit>>,
    document: Option<Arc<Document>>,
}

impl<'a> Units<'a> {
    #[must_use]
    pub fn new(workspace: &'a Workspace) -> Self {
        let documents = workspace.files.iter().map(|_| OnceLock::new()).collect();
        Self { workspace, table: workspace.files.iter().map(|_| OnceLock::new()).collect(), documents }
    }

    /// The same, with what an earlier run over the same files has lowered and nobody changed since.
    #[must_use]
    pub fn with(workspace: &'a Workspace, lowered: &Lowered) -> Self {
        let units = Self::new(workspace);
        for (index, entry) in workspace.files.iter().enumerate() {
            let Some(known) = lowered.0.get(index).and_then(Option::as_ref) else { continue };
            if workspace.text(entry.id).is_some_and(|text| Arc::ptr_eq(text, &known.text)) {
                // the cells are new, so they are empty
                let _ = known.unit.clone().map(|it| units.table[index].set(Some(it)));
                let _ = known.document.clone().map(|it| units.documents[index].set(Some(it)));
            }
        }
        units
    }

    /// What was lowered so far, for a later run.
    #[must_use]
    pub fn lowered(&self) -> Lowered {
        let one = |(index, entry): (usize, &FileEntry)| {
            let unit = self.table[index].get().cloned().flatten();
            let document = self.documents[index].get().cloned().flatten();
            if unit.is_none() && document.is_none() {
                return None;
            }
            Some(Known { text: Arc::clone(self.workspace.text(entry.id)?), unit, document })
        };
        Lowered(self.workspace.files.iter().enumerate().map(one).collect())
    }

    /// The lowered file; `None` for a file that is no source code or has no text.
    #[must_use]
    pub fn get(&self, file: FileId) -> Option<Arc<Unit>> {
        let entry = self.workspace.files.get(file.0 as usize)?;
        let may_wait = |body: &str| !self.workspace.is_interesting(file, body);
        let lower = |text| match entry.kind {
            FileKind::Rust => frontend::rust::lower_parts(file, text, &may_wait),
            _ => frontend::python::lower(file, text),
        };
        if !entry.kind.is_source() {
            return None;
        }
        self.table[file.0 as usize]
            .get_or_init(|| {
                let text = self.workspace.text(file)?;
                // A parser's panic costs this one file, never the run.
                let unit = catch_unwind(AssertUnwindSafe(|| lower(text))).unwrap_or_else(|_| Unit {
                    file,
                    body: Block::default(),
                    broken: vec![given_up(file)],
                    late: Late::default(),
                });
                Some(Arc::new(unit))
            })
            .clone()
    }

    /// Whether a module may have a name, as far as its text tells: it has the word, or star imports that may bring it.
    #[must_use]
    pub fn may_name(&self, file: FileId, name: &str) -> bool {
        let Some(entry) = self.workspace.files.get(file.0 as usize) else { return false };
        let has_star_import = match entry.kind {
            FileKind::Rust => frontend::rust::has_star_import,
            _ => frontend::python::has_star_import,
        };
        self.workspace.text(file).is_some_and(|it| {
            memchr::memmem::find(it.text.as_bytes(), name.as_bytes()).is_some() || has_star_import(&it.text)
        })
    }

    /// Whether the outermost module of a file may import all that another one has, as far as its text tells.
    #[must_use]
    pub fn has_outer_star_import(&self, file: FileId) -> bool {
        let Some(entry) = self.workspace.files.get(file.0 as usize) else { return false };
        let is_there = match entry.kind {
            FileKind::Rust => frontend::rust::has_outer_star_import,
            _ => frontend::python::has_star_import,
        };
        self.workspace.text(file).is_some_and(|it| is_there(&it.text))
    }

    /// The tree of a settings file; `None` for source code and for a file that has no text.
    #[must_use]
    pub fn document(&self, file: FileId) -> Option<Arc<Document>> {
        let entry = self.workspace.files.get(file.0 as usize).filter(|it| !it.kind.is_source())?;
        self.documents[file.0 as usize]
            .get_or_init(|| {
                let text = self.workspace.text(file)?;
                let parse = || frontend::settings::parse(file, text, entry.kind);
                let document = catch_unwind(AssertUnwindSafe(parse)).unwrap_or_else(|_| {
                    let span = Span::new(file, 0, 0);
                    Document { root: Node { kind: NodeKind::Null, span }, broken: vec![given_up(file)] }
                });
                Some(Arc::new(document))
            })
            .clone()
    }

    /// Places that could not be read in the files read so far, in file order.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let units: Vec<_> = self.table.iter().filter_map(|cell| cell.get()?.as_ref()).collect();
        let late: Vec<Broken> = units.iter().flat_map(|it| it.late.broken()).collect();
        let lowered = units.iter().flat_map(|it| &it.broken).chain(&late);
        let read = self.documents.iter().filter_map(|cell| cell.get()?.as_ref()).flat_map(|it| &it.broken);
        let mut problems: Vec<_> = lowered.chain(read).map(|broken| self.problem(broken)).collect();
        problems.sort();
        problems
    }

    fn problem(&self, broken: &Broken) -> Problem {
        let path = self.workspace.files[broken.span.file.0 as usize].path.clone();
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

fn given_up(file: FileId) -> Broken {
    Broken { span: Span::new(file, 0, 0), message: "the parser gave up on this file".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_of_what_was_read_and_of_nothing_else() {
        let workspace = Workspace::from_texts(&[
            ("a.toml", "x = = 1\n"),
            ("b.yaml", "a: [1\nb: }"),
            ("c.yaml", "{{- if .x }}\na: 1\n{{- end }}\n"),
            ("conf.json", &"[".repeat(100_000)),
            ("e.py", "def ("),
            ("dev.json", "{"),
        ]);
        let units = Units::new(&workspace);
        assert!(units.problems().is_empty());
        for path in ["conf.json", "c.yaml", "b.yaml", "a.toml"] {
            let file = workspace.file(path).unwrap();
            assert!(units.document(file).is_some(), "{path}");
            assert!(units.get(file).is_none(), "{path}");
        }
        let code = workspace.file("e.py").unwrap();
        assert!(units.get(code).is_some() && units.document(code).is_none());
        let mut found: Vec<_> = units.problems().into_iter().map(|it| (it.path, it.kind)).collect();
        found.dedup();
        let found: Vec<_> = found.iter().map(|(path, kind)| (path.as_str(), *kind)).collect();
        let expected = [
            ("a.toml", ProblemKind::Syntax),
            ("b.yaml", ProblemKind::Syntax),
            ("c.yaml", ProblemKind::Template),
            ("conf.json", ProblemKind::Limit),
            ("e.py", ProblemKind::Syntax),
        ];
        assert_eq!(found, expected);
    }
}
