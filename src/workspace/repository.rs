//! Where the checked root lies in its repository.

use std::path::{Path, PathBuf};

use super::Workspace;

impl Workspace {
    /// The way from the repository's root to the checked root: empty, or with `/` between and after the parts.
    /// Empty too outside of any repository.
    #[must_use]
    pub fn repository_prefix(&self) -> String {
        locate(&self.root).map(|(_, prefix)| prefix).unwrap_or_default()
    }
}

/// The repository's root, and the way from there to `root` with a `/` after each part; `None` outside of any.
pub(super) fn locate(root: &Path) -> Option<(PathBuf, String)> {
    let here = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let root = here.canonicalize().ok()?;
    // a worktree and a submodule have a file `.git`
    let top = root.ancestors().find(|folder| folder.join(".git").exists())?;
    let mut prefix = String::new();
    for part in root.strip_prefix(top).ok()? {
        prefix.push_str(&part.to_string_lossy());
        prefix.push('/');
    }
    Some((top.to_path_buf(), prefix))
}
