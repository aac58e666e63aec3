//! Puts a workspace together, from disk or from texts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::walk::{self, Met, Walk};
use super::{FileEntry, Workspace, kind, module, package, prefilter, repository, text};
use crate::source::FileId;

pub(super) fn from_disk(paths: &[PathBuf], how: &Walk) -> Workspace {
    let root = common_root(paths);
    let (mut met, mut problems) = walk::walk(&root, paths, how);
    if let Some(unsaved) = &how.unsaved {
        walk::overlay(&mut met, &root, unsaved);
    }
    let above = Above::of(&root);
    let read = |path: &str| {
        let place = above.top.join(path);
        if let Some(unsaved) = how.unsaved.as_ref().filter(|it| it.place == place) {
            return Some(unsaved.text.clone());
        }
        let small = fs::metadata(&place).is_ok_and(|it| it.is_file() && it.len() <= 4 * text::LIMIT);
        small.then(|| fs::read(place).ok()).flatten().and_then(|bytes| String::from_utf8(bytes).ok())
    };
    let mut workspace = assemble(root, met, &above, &read);
    problems.append(&mut workspace.problems);
    workspace.problems = problems;
    workspace
}

pub(super) fn from_memory(files: &[(&str, &str)]) -> Workspace {
    let texts: BTreeMap<&str, &str> = files.iter().copied().collect();
    let met = texts.iter().filter_map(|(path, content)| {
        let kind = kind::of(path);
        if kind.is_none() && !package::is_manifest(path.rsplit('/').next().unwrap_or(path)) {
            return None;
        }
        let interesting = kind.is_some_and(|kind| prefilter::interesting(kind, content.as_bytes()));
        let text = Some(text::decode(path, content.as_bytes()));
        Some(Met { path: (*path).to_owned(), kind, interesting, text })
    });
    let met = met.collect();
    let read = |path: &str| texts.get(path).map(|text| (*text).to_owned());
    assemble(PathBuf::new(), met, &Above::default(), &read)
}

/// The folders above the checked root that belong to the same repository.
#[derive(Default)]
struct Above {
    /// The repository's root, or the checked root outside of any.
    top: PathBuf,
    /// The way from there to the checked root; empty or with a final `/`.
    prefix: String,
}

impl Above {
    fn of(root: &Path) -> Self {
        let (top, prefix) = repository::locate(root).unwrap_or_else(|| (root.to_path_buf(), String::new()));
        Self { top, prefix }
    }
}

fn assemble(root: PathBuf, met: Vec<Met>, above: &Above, read: &dyn Fn(&str) -> Option<String>) -> Workspace {
    let manifests = met
        .iter()
        .filter(|it| package::is_manifest(it.path.rsplit('/').next().unwrap_or(&it.path)))
        .map(|it| format!("{}{}", above.prefix, it.path))
        .collect();
    let mut files = Vec::new();
    let mut known = Vec::new();
    for Met { path, kind, interesting, text } in met {
        let Some(kind) = kind else { continue };
        let id = FileId(u32::try_from(files.len()).unwrap_or(u32::MAX));
        let role = kind::role(&path, kind);
        files.push(FileEntry { id, path, kind, role, package: None, module: Vec::new(), interesting });
        known.push(text);
    }
    let by_path: BTreeMap<String, FileId> = files.iter().map(|it| (it.path.clone(), it.id)).collect();
    let (packages, problems) = package::load(manifests, &above.prefix, &by_path, read);
    let nearest = package::Nearest::new(&packages);
    for entry in &mut files {
        entry.package = nearest.of(&format!("{}{}", above.prefix, entry.path), entry.kind);
    }
    let modules = module::build(&mut files, &packages, &above.prefix);
    let texts = text::Texts::new(known.into_iter());
    let in_use = Arc::new(package::InUse::new(&packages, &files));
    let libraries = Arc::new(package::Libraries::new(&packages));
    let (modules, by_path) = (Arc::new(modules), Arc::new(by_path));
    Workspace { root, files, packages, problems, in_use, libraries, texts, modules, by_path }
}

/// The deepest folder that holds all paths. That of a single path stays as it was written.
fn common_root(paths: &[PathBuf]) -> PathBuf {
    let folder = |path: &PathBuf| match path.parent() {
        Some(parent) if !path.is_dir() => parent.to_path_buf(),
        _ => path.clone(),
    };
    let mut folders = paths.iter().map(folder);
    let first = folders.next().unwrap_or_default();
    folders.fold(first, |common, folder| {
        let same = common.components().zip(folder.components()).take_while(|(a, b)| a == b);
        same.map(|(part, _)| part).collect()
    })
}
