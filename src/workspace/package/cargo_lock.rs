//! Cargo.lock: every locked package and what it was locked with.

use semver::Version as Point;
use serde::Deserialize;
use smol_str::SmolStr;

use super::{Reader, same_crate, several};
use crate::workspace::Version;

/// The graph of a lock file.
#[derive(Debug, Default)]
pub(super) struct Lock {
    /// Sorted by name and version.
    packages: Vec<Package>,
}

#[derive(Debug)]
struct Package {
    name: SmolStr,
    version: Point,
    /// From no registry or repository: a member of the workspace, or a dependency by path.
    local: bool,
    /// Indices in `Lock::packages`.
    dependencies: Vec<usize>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    package: Vec<Entry>,
}

#[derive(Deserialize, Default)]
struct Entry {
    name: String,
    version: String,
    source: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

pub(super) fn read(path: &str, reader: &mut Reader) -> Option<Lock> {
    let text = reader.text(path)?;
    let file = written_by_cargo(&text).or_else(|| reader.toml_text(path, &text));
    file.map(lock)
}

/// Reads a lock file as Cargo lays it out, line by line: a hundred times as fast as a parser of all TOML. `None` for
/// anything else.
fn written_by_cargo(text: &str) -> Option<File> {
    let quoted = |text: &str| {
        let inner = text.strip_prefix('"')?.strip_suffix('"')?;
        (!inner.contains(['"', '\\'])).then(|| inner.to_owned())
    };
    let mut package: Vec<Entry> = Vec::new();
    let mut names = 0;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.is_empty() || line.starts_with('#') || (package.is_empty() && line.starts_with("version = "))
        {
            continue;
        }
        if line == "[[package]]" {
            if package.len() != names {
                return None;
            }
            package.push(Entry::default());
            continue;
        }
        let (key, value) = line.split_once(" = ")?;
        let entry = package.last_mut()?;
        match key {
            "name" => {
                entry.name = quoted(value)?;
                names += 1;
            }
            "version" => entry.version = quoted(value)?,
            "source" => entry.source = Some(quoted(value)?),
            "checksum" | "replace" => drop(quoted(value)?),
            "dependencies" if value == "[" => loop {
                let line = lines.next()?;
                if line == "]" {
                    break;
                }
                entry.dependencies.push(quoted(line.strip_prefix(' ')?.trim_start().strip_suffix(',')?)?);
            },
            _ => return None,
        }
    }
    (package.len() == names).then_some(File { package })
}

fn lock(file: File) -> Lock {
    let mut packages = Vec::new();
    let mut needs = Vec::new();
    let point = |entry: Entry| Some((Point::parse(&entry.version).ok()?, entry));
    let mut entries: Vec<(Point, Entry)> = file.package.into_iter().filter_map(point).collect();
    entries.sort_by(|a, b| (&a.1.name, &a.0).cmp(&(&b.1.name, &b.0)));
    for (version, entry) in entries {
        let local = entry.source.is_none();
        packages.push(Package { name: entry.name.into(), version, local, dependencies: Vec::new() });
        needs.push(entry.dependencies);
    }
    let mut lock = Lock { packages };
    let found: Vec<Vec<usize>> =
        needs.iter().map(|all| all.iter().filter_map(|it| lock.find(it)).collect()).collect();
    for (package, dependencies) in lock.packages.iter_mut().zip(found) {
        package.dependencies = dependencies;
    }
    lock
}

impl Lock {
    /// The entry that `name`, `name version` or `name version (source)` means.
    fn find(&self, need: &str) -> Option<usize> {
        let mut words = need.split(' ');
        let name = words.next()?;
        let version = words.next().and_then(|it| Point::parse(it).ok());
        let first = self.packages.partition_point(|it| it.name.as_str() < name);
        let same = self.packages[first..].iter().take_while(|it| it.name == name);
        let at = same.into_iter().position(|it| version.as_ref().is_none_or(|wanted| it.version == *wanted));
        Some(first + at?)
    }

    /// The entry of a package of this workspace.
    pub(super) fn member(&self, name: &str) -> Option<usize> {
        self.packages.iter().position(|it| it.local && it.name == name)
    }

    /// All entries of a name.
    pub(super) fn named(&self, name: &str) -> Vec<usize> {
        (0..self.packages.len()).filter(|it| same_crate(&self.packages[*it].name, name)).collect()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &SmolStr> {
        self.packages.iter().map(|it| &it.name)
    }

    pub(super) fn version(&self, entry: usize) -> &Point {
        &self.packages[entry].version
    }

    /// Entries of `name` that one of `from` needs itself.
    pub(super) fn needed(&self, from: usize, name: &str) -> Vec<usize> {
        let needs = self.packages[from].dependencies.iter().copied();
        needs.filter(|it| same_crate(&self.packages[*it].name, name)).collect()
    }

    /// Entries of `name` that one of `from` needs, however indirectly: the nearest ones only.
    pub(super) fn reached(&self, from: &[usize], name: &str) -> Vec<usize> {
        let mut seen = vec![false; self.packages.len()];
        let mut layer = from.to_vec();
        while !layer.is_empty() {
            let mut next = Vec::new();
            for need in layer.iter().flat_map(|it| &self.packages[*it].dependencies) {
                if !std::mem::replace(&mut seen[*need], true) {
                    next.push(*need);
                }
            }
            let found: Vec<usize> =
                next.iter().copied().filter(|it| same_crate(&self.packages[*it].name, name)).collect();
            if !found.is_empty() {
                return found;
            }
            layer = next;
        }
        Vec::new()
    }

    /// The version of all these entries.
    pub(super) fn point(&self, entries: &[usize]) -> Version {
        several(entries.iter().map(|it| self.packages[*it].version.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_readers_agree() {
        let own = include_str!("../../../Cargo.lock");
        let quick = lock(written_by_cargo(own).unwrap());
        let slow = lock(toml::from_str(own).unwrap());
        assert!(quick.packages.len() > 20);
        assert_eq!(format!("{quick:?}"), format!("{slow:?}"));
    }

    #[test]
    fn what_cargo_did_not_write_is_left_to_the_parser() {
        assert!(written_by_cargo("[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n").is_some());
        for text in [
            "[[package]]\nname = 'a'",
            "[[package]\n",
            "name = \"a\"",
            "[[package]]\n",
            "[[package]]\nname = \"a\" # b",
        ] {
            assert!(written_by_cargo(text).is_none(), "{text}");
        }
    }
}
