//! `--changed-since`: asks git which lines changed.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::Failure;
use crate::check::changed::Changed;
use crate::source::FileId;
use crate::workspace::{Workspace, is_manifest};

/// What changed, and what it changed from.
pub(super) struct Since {
    pub(super) changed: Changed,
    /// Where `revision` and the present commit parted.
    base: String,
    folder: PathBuf,
}

/// More changed files than that are not looked up as they were; only changed lines count then.
const FILES: usize = 400;

impl Since {
    /// The old texts of the changed files of a project; empty for those that are new. `None` when there are too many, or
    /// one of them decides which packages are used: what was found then would be compared with something else.
    pub(super) fn before(&self, workspace: &Workspace) -> Option<BTreeMap<FileId, String>> {
        let mut texts = BTreeMap::new();
        let git = Git { folder: &self.folder };
        if self.changed.lines.len() > FILES {
            return None;
        }
        for path in self.changed.lines.keys() {
            if is_manifest(path) {
                return None;
            }
            let Some(file) = workspace.file(path) else { continue };
            // as it was committed, without what the repository's configuration would run over it
            let old = git.ask(&["cat-file", "blob", &format!("{}:./{path}", self.base)]).ok()?;
            let old = if old.status.success() { text(&old) } else { String::new() };
            texts.insert(file, old.strip_prefix('\u{feff}').unwrap_or(&old).to_owned());
        }
        Some(texts)
    }
}

/// Lines of the work tree that differ from where `revision` and the present commit parted, and files that git does not
/// know yet. Where lines were only taken out, the lines around them count.
pub(super) fn since(root: &Path, revision: &str) -> Result<Since, Failure> {
    let root = root
        .canonicalize()
        .map_err(|error| Failure::new(format_args!("cannot open `{}`: {error}", root.display())))?;
    let folder = if root.is_dir() { root.as_path() } else { root.parent().unwrap_or(&root) };
    let git = Git { folder };
    let inside = git.ask(&["rev-parse", "--is-inside-work-tree"])?;
    if !inside.status.success() {
        return Err(Failure::with_help(
            format_args!("`{}` lies in no git repository", folder.display()),
            "`--changed-since` asks git what changed; leave it out here",
        ));
    }
    let commit = format!("{revision}^{{commit}}");
    let known = git.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
    let Some(commit) = Some(text(&known)).filter(|_| known.status.success()) else {
        return Err(Failure::with_help(
            format_args!("git knows no revision `{revision}`"),
            "name a branch, tag or commit that was fetched; in a shallow clone fetch it first",
        ));
    };
    let parted = git.ask(&["merge-base", commit.trim(), "HEAD"])?;
    let base = if parted.status.success() { text(&parted) } else { commit };
    let diff = git.answer(&[
        "diff",
        "--unified=0",
        "--relative",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--no-renames",
        "--src-prefix=a/",
        "--dst-prefix=b/",
        "--ignore-submodules",
        base.trim(),
        "--",
    ])?;
    let mut changed = hunks(&diff);
    let new = git.answer(&["ls-files", "--others", "--exclude-standard", "-z"])?;
    for path in new.split('\0').filter(|it| !it.is_empty()) {
        changed.insert(path.to_owned(), vec![1..=u32::MAX]);
    }
    let base = base.trim().to_owned();
    let changed = Changed { lines: changed, before: None };
    Ok(Since { changed, base, folder: folder.to_path_buf() })
}

struct Git<'a> {
    folder: &'a Path,
}

impl Git<'_> {
    fn ask(&self, arguments: &[&str]) -> Result<Output, Failure> {
        let mut command = Command::new("git");
        // nothing that the repository's configuration names is started
        command.args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"]).args(arguments);
        command.current_dir(self.folder).env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", OsStr::new("C"));
        command.output().map_err(|error| {
            Failure::with_help(
                format_args!("cannot run `git`: {error}"),
                "`--changed-since` asks git what changed: install it, or leave the option out",
            )
        })
    }

    fn answer(&self, arguments: &[&str]) -> Result<String, Failure> {
        let output = self.ask(arguments)?;
        if output.status.success() {
            return Ok(text(&output));
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Failure::new(format_args!("`git {}` failed: {}", arguments[0], said.trim())))
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The new sides of a diff without context.
fn hunks(diff: &str) -> BTreeMap<String, Vec<RangeInclusive<u32>>> {
    let mut all: BTreeMap<String, Vec<RangeInclusive<u32>>> = BTreeMap::new();
    let mut path = None;
    // lines of hunks that are still to come: they may look like anything
    let mut rest = 0;
    for line in diff.split('\n') {
        if rest > 0 && line.starts_with(['+', '-']) {
            rest -= 1;
        } else if let Some(name) = line.strip_prefix("+++ ") {
            let name = unquoted(name.trim_end_matches('\t'));
            path = name.strip_prefix("b/").map(str::to_owned);
        } else if let Some((old, new)) = line.strip_prefix("@@ -").and_then(hunk) {
            rest = old.1 + new.1;
            let lines = match new {
                (at, 0) => at.max(1)..=at.saturating_add(1),
                (at, number) => at..=at.saturating_add(number - 1),
            };
            if let Some(path) = &path {
                all.entry(path.clone()).or_default().push(lines);
            }
        }
    }
    all
}

/// Start and length of both sides: `12,2 +14 @@ ..`.
fn hunk(text: &str) -> Option<((u32, u32), (u32, u32))> {
    let (old, rest) = text.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let side = |it: &str| match it.split_once(',') {
        Some((at, number)) => Some((at.parse().ok()?, number.parse().ok()?)),
        None => Some((it.parse().ok()?, 1)),
    };
    Some((side(old)?, side(new)?))
}

/// A name as git writes it: in quotes with escapes when it holds quotes, backslashes or control characters.
fn unquoted(name: &str) -> String {
    let Some(inner) = name.strip_prefix('"').and_then(|it| it.strip_suffix('"')) else {
        return name.to_owned();
    };
    let mut bytes = Vec::new();
    let mut rest = inner.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'n') => bytes.push(b'\n'),
            Some(b't') => bytes.push(b'\t'),
            Some(b'r') => bytes.push(b'\r'),
            Some(first @ b'0'..=b'3') => {
                let digit = |it: Option<u8>| it.map_or(0, |it| it.wrapping_sub(b'0') & 7);
                let (second, third) = (digit(rest.next()), digit(rest.next()));
                bytes.push((first - b'0') * 64 + second * 8 + third);
            }
            Some(other) => bytes.push(other),
            None => {}
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_sides_are_read_whatever_the_lines_look_like() {
        let diff = "diff --git a/x b/x\n--- a/x\n+++ b/src/a b.rs\t\n@@ -3,2 +2,0 @@ fn x\n--- a/y\n-+++ b/z\n@@ -9 +7,2 @@\n-a\n+++ b/trap\n+@@ -1 +1 @@\n\
                    --- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n--- /dev/null\n+++ \"b/q\\\"\\303\\274\\t.py\"\n@@ -0,0 +1 @@\n+x\n";
        let found = hunks(diff);
        let found: Vec<_> = found.iter().map(|(path, lines)| (path.as_str(), lines.clone())).collect();
        assert_eq!(found, [("q\"ü\t.py", vec![1..=1]), ("src/a b.rs", vec![2..=3, 7..=8])]);
    }

    #[test]
    fn nonsense_is_no_change() {
        assert!(hunks("@@ -1,1 +1,1 @@\n+++\n+++ b\n@@ -x +y @@").is_empty());
        assert_eq!(unquoted("\"a\\"), "\"a\\");
    }
}
