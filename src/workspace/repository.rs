//! Where the checked root lies in its repository.

use std::path::Path;

use super::Workspace;

impl Workspace {
    /// The way from the repository's root to the checked root: empty, or with `/` between and after the parts.
    /// Empty too outside of any repository.
    #[must_use]
    pub fn repository_prefix(&self) -> String {
        prefix(&self.root).unwrap_or_default()
    }
}

fn prefix(root: &Path) -> Option<String> {
    let root = root.canonicalize().ok()?;
    // a worktree and a submodule have a file `.git`
    let top = root.ancestors().find(|folder| folder.join(".git").exists())?;
    let parts = root.strip_prefix(top).ok()?;
    let parts: Vec<_> = parts.iter().map(|part| part.to_string_lossy()).collect();
    Some(if parts.is_empty() { String::new() } else { parts.join("/") + "/" })
}
