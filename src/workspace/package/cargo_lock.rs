//! Cargo.lock: every locked package and what it was locked with.

use std::collections::BTreeMap;

use semver::{Version as Point, VersionReq};
use serde::Deserialize;
use smol_str::SmolStr;

use super::{Reader, same_crate, several};
use crate::workspace::Version;

/// The graph of a lock file.
#[derive(Debug, Default)]
pub(super) struct Lock {
    /// Sorted by name and version.
    packages: Vec<Locked>,
}

#[derive(Debug)]
struct Locked {
    name: SmolStr,
    version: Point,
    dependencies: Vec<(SmolStr, Option<Point>)>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    package: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    version: String,
    #[serde(default)]
    dependencies: Vec<String>,
}

pub(super) fn read(path: &str, reader: &mut Reader) -> Option<Lock> {
    let text = reader.text(path)?;
    match toml::from_str::<File>(&text) {
        Ok(file) => Some(lock(file)),
        Err(error) => {
            reader.toml_error(path, &text, &error);
            None
        }
    }
}

fn lock(file: File) -> Lock {
    let entry = |it: Entry| {
        let dependency = |text: &String| {
            let mut words = text.split(' ');
            let name = SmolStr::new(words.next()?);
            Some((name, words.next().and_then(|it| Point::parse(it).ok())))
        };
        let dependencies = it.dependencies.iter().filter_map(dependency).collect();
        Some(Locked { name: it.name.into(), version: Point::parse(&it.version).ok()?, dependencies })
    };
    let mut packages: Vec<Locked> = file.package.into_iter().filter_map(entry).collect();
    packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Lock { packages }
}

impl Lock {
    /// Everything that is locked, by name.
    pub(super) fn versions(&self) -> BTreeMap<SmolStr, Version> {
        let chunks = self.packages.chunk_by(|a, b| a.name == b.name);
        let version = |them: &[Locked]| several(them.iter().map(|it| it.version.clone()).collect());
        chunks.map(|them| (them[0].name.clone(), version(them))).collect()
    }

    pub(super) fn version(&self, name: &str) -> Option<Version> {
        Some(several(self.named(name).map(|it| it.version.clone()).collect()))
            .filter(|it| *it != Version::Unknown)
    }

    /// Whether a package of exactly that name is locked.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.packages.iter().any(|it| it.name == name)
    }

    /// The version of a dependency of the workspace's own package `owner`, which wrote `requirement`.
    pub(super) fn of_dependency(&self, owner: &str, name: &str, requirement: &Version) -> Version {
        let listed = self.of_owners(self.packages.iter().filter(|it| it.name == owner), name);
        let mut points =
            if listed.is_empty() { self.named(name).map(|it| it.version.clone()).collect() } else { listed };
        if let Version::Requirement(text) = requirement
            && let Ok(requirement) = VersionReq::parse(text)
            && points.iter().any(|it| requirement.matches(it))
        {
            points.retain(|it| requirement.matches(it));
        }
        several(points)
    }

    /// The versions of `name` that `through`, of the versions `of`, was locked with.
    pub(super) fn version_from(&self, of: &Version, through: &str, name: &str) -> Version {
        let fits = |point: &Point| match of {
            Version::Exact(exact) => point == exact,
            Version::Several(points) => points.contains(point),
            Version::Requirement(_) | Version::Unknown => true,
        };
        several(self.of_owners(self.named(through).filter(|it| fits(&it.version)), name))
    }

    fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Locked> {
        self.packages.iter().filter(move |it| same_crate(&it.name, name))
    }

    fn of_owners<'a>(&'a self, owners: impl Iterator<Item = &'a Locked>, name: &str) -> Vec<Point> {
        let listed = owners.flat_map(|it| &it.dependencies).filter(|(it, _)| same_crate(it, name));
        listed
            .flat_map(|(name, point)| match point {
                Some(point) => vec![point.clone()],
                None => self.named(name).map(|it| it.version.clone()).collect(),
            })
            .collect()
    }
}
