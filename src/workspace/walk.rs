//! Walks folders in parallel, and reads and searches source files on the way.

use std::cell::RefCell;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::overrides::OverrideBuilder;
use ignore::{DirEntry, WalkBuilder, WalkState};

use super::text::{self, Text};
use super::words::{WORDS, has};
use super::{FileKind, kind, package, prefilter};
use crate::finding::{Problem, ProblemKind};

/// Largest JSON file that is taken for settings, in bytes.
const JSON_LIMIT: u64 = 1 << 20;

/// How folders are walked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Walk {
    /// Globs of `.gitignore` syntax, relative to the root, that are left out.
    pub exclude: Vec<String>,
    /// Leave out what `.gitignore` and `.ignore` files say.
    pub honour_ignore_files: bool,
    /// 0 lets the machine decide.
    pub threads: usize,
    /// A text that replaces the one on disk.
    pub unsaved: Option<Unsaved>,
}

/// The text of a file that an editor holds; the file itself need not be there yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unsaved {
    pub place: PathBuf,
    pub text: String,
}

impl Default for Walk {
    fn default() -> Self {
        Self { exclude: Vec::new(), honour_ignore_files: true, threads: 0, unsaved: None }
    }
}

/// One file that the walk met, by its path relative to the root.
#[derive(Debug)]
pub(super) struct Met {
    pub(super) path: String,
    /// `None` for a manifest or lock file that is nothing else.
    pub(super) kind: Option<FileKind>,
    pub(super) interesting: bool,
    pub(super) text: Option<Text>,
}

/// Puts the text that an editor holds in the place of the one on disk, or adds it where there is no file yet.
pub(super) fn overlay(met: &mut Vec<Met>, root: &Path, unsaved: &Unsaved) {
    let Some(path) = relative(root, &unsaved.place) else { return };
    let at = met.binary_search_by(|it| it.path.as_str().cmp(&path));
    if at.is_err() && unsaved.place.exists() {
        return;
    }
    let Some(kind) = kind::of(&path) else { return };
    let bytes = unsaved.text.as_bytes();
    let text = if bytes.len() as u64 > text::LIMIT {
        Err(Box::new(text::too_large(&path)))
    } else {
        text::decode(&path, bytes)
    };
    let interesting = kind.is_source() && prefilter::interesting(kind, bytes);
    let new = Met { path, kind: Some(kind), interesting, text: Some(text) };
    match at {
        Ok(at) => met[at] = new,
        Err(at) => met.insert(at, new),
    }
}

/// Everything below `paths`, sorted by path, and what went wrong.
pub(super) fn walk(root: &Path, paths: &[PathBuf], how: &Walk) -> (Vec<Met>, Vec<Problem>) {
    let Some((first, rest)) = paths.split_first() else { return Default::default() };
    let mut problems = Vec::new();
    let mut builder = WalkBuilder::new(first);
    for path in rest {
        builder.add(path);
    }
    builder
        .standard_filters(false)
        .parents(how.honour_ignore_files)
        .ignore(how.honour_ignore_files)
        .git_ignore(how.honour_ignore_files)
        .require_git(false)
        .threads(how.threads)
        .filter_entry(wanted);
    let mut overrides = OverrideBuilder::new(root);
    for glob in &how.exclude {
        if let Err(error) = overrides.add(&format!("!{glob}")) {
            let message = format!("`{glob}` is no glob: {error}");
            problems.push(text::problem("", ProblemKind::Configuration, &message));
        }
    }
    if let Ok(overrides) = overrides.build() {
        builder.overrides(overrides);
    }
    let met = Mutex::new((Vec::new(), problems));
    builder.build_parallel().run(|| {
        let mut batch = Batch { all: &met, met: Vec::new(), problems: Vec::new() };
        Box::new(move |entry| {
            match entry {
                Ok(entry) => batch.met.extend(look(root, &entry)),
                Err(error) => batch.problems.extend(failed(root, &error)),
            }
            WalkState::Continue
        })
    });
    let (mut met, mut problems) = met.into_inner().unwrap_or_else(PoisonError::into_inner);
    met.sort_by(|a: &Met, b: &Met| a.path.cmp(&b.path));
    met.dedup_by(|a, b| a.path == b.path);
    problems.sort();
    (met, problems)
}

/// What one thread met; given to all when the thread ends.
struct Batch<'a> {
    all: &'a Mutex<(Vec<Met>, Vec<Problem>)>,
    met: Vec<Met>,
    problems: Vec<Problem>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.0.append(&mut self.met);
        all.1.append(&mut self.problems);
    }
}

/// Hidden files other than `.env*`, and folders of other people's code, are passed by; what was named explicitly is not.
fn wanted(entry: &DirEntry) -> bool {
    if entry.depth() == 0 {
        return true;
    }
    let Some(name) = entry.file_name().to_str() else { return false };
    if !entry.file_type().is_some_and(|it| it.is_dir()) {
        return !name.starts_with('.') || name.starts_with(".env");
    }
    !name.starts_with('.') && !has(&WORDS.skip.folders, name) && !made_by_a_tool(entry.path(), name)
}

/// Whether a tool wrote this folder: a virtual environment, a vendored crate, what a build left behind.
fn made_by_a_tool(folder: &Path, name: &str) -> bool {
    let words = &WORDS.skip;
    let holds = |names: &[String]| names.iter().any(|it| folder.join(it).exists());
    if holds(&words.marks) {
        return true;
    }
    let beside = |names: &[String]| names.iter().any(|it| folder.with_file_name(it).exists());
    has(&words.built, name) && beside(&words.manifests) && !holds(&words.code)
}

fn look(root: &Path, entry: &DirEntry) -> Option<Met> {
    let file_type = entry.file_type()?;
    let named = entry.depth() == 0;
    if !(file_type.is_file() || named && file_type.is_symlink() && entry.path().is_file()) {
        return None;
    }
    let name = entry.file_name().to_str()?;
    let path = relative(root, entry.path())?;
    let kind = kind::of(&path);
    match kind {
        Some(kind) if kind.is_source() => {
            let (interesting, text) = search(entry.path(), &path, kind);
            Some(Met { path, kind: Some(kind), interesting, text })
        }
        Some(FileKind::Json) if entry.metadata().is_ok_and(|it| it.len() > JSON_LIMIT) => None,
        None if !package::is_manifest(name) => None,
        kind => Some(Met { path, kind, interesting: false, text: None }),
    }
}

/// Reads a source file and keeps its text when it is interesting.
fn search(place: &Path, path: &str, kind: FileKind) -> (bool, Option<Text>) {
    thread_local! {
        static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }
    let failed = |problem: Problem| (true, Some(Err(Box::new(problem))));
    BUFFER.with_borrow_mut(|buffer| {
        buffer.clear();
        let read = fs::File::open(place).and_then(|file| file.take(text::LIMIT + 1).read_to_end(buffer));
        if let Err(error) = read {
            return failed(text::problem(path, ProblemKind::Unreadable, &text::reason(&error)));
        }
        if buffer.len() as u64 > text::LIMIT {
            return failed(text::too_large(path));
        }
        let interesting = prefilter::interesting(kind, buffer) || text::is_utf16(buffer);
        (interesting, interesting.then(|| text::decode(path, buffer)))
    })
}

fn failed(root: &Path, error: &ignore::Error) -> Option<Problem> {
    let (path, message) = match error {
        ignore::Error::WithPath { path, err } => (relative(root, path)?, plain(err)),
        ignore::Error::WithDepth { err, .. } => return failed(root, err),
        // an unreadable line of an ignore file
        ignore::Error::Partial(_) => return None,
        other => (String::new(), plain(other)),
    };
    Some(text::problem(&path, ProblemKind::Unreadable, &message))
}

fn plain(error: &ignore::Error) -> String {
    error.io_error().map_or_else(|| "cannot be walked".to_owned(), text::reason)
}

/// Path relative to the root with `/`; `None` when it is not text.
fn relative(root: &Path, path: &Path) -> Option<String> {
    let path = path.strip_prefix(root).unwrap_or(path);
    let parts: Option<Vec<&str>> = path
        .components()
        .filter(|part| !matches!(part, std::path::Component::CurDir))
        .map(|part| part.as_os_str().to_str())
        .collect();
    Some(parts?.join("/"))
}
