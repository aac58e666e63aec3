//! Ranges of versions, as sorted half-open intervals, so that "is it in" has three answers.

use std::fmt;

use semver::{Prerelease, Version as Point};

use crate::workspace::Version;

/// Whether a project's version lies in a range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Matches {
    Yes,
    /// Some of the versions that the project may have.
    Maybe,
    No,
}

/// A set of versions. A pre-release counts to the release it precedes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Range {
    /// Sorted, disjoint, not empty: from (inclusive), to (exclusive; `None` is open).
    parts: Vec<(Point, Option<Point>)>,
}

impl Default for Range {
    fn default() -> Self {
        Self::all()
    }
}

impl Range {
    #[must_use]
    pub fn all() -> Self {
        Self { parts: vec![(floor(0, 0, 0), None)] }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::all()
    }

    /// Reads a requirement of Cargo (`1.2`, `^1.2`, `>=0.8, <0.10.1`) or Python (`~=4.2`, `==4.2.*`, `>=3.2,<5,!=4.1`).
    ///
    /// # Errors
    /// A sentence that names the part that is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut range = Self::all();
        for part in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            range = range.and(&comparator(part)?);
        }
        Ok(range)
    }

    /// The versions that a project may have. What cannot be read is taken for any version.
    #[must_use]
    pub fn of(version: &Version) -> Self {
        match version {
            Version::Exact(point) => Self::exact(point),
            Version::Several(points) => {
                points.iter().fold(Self { parts: Vec::new() }, |all, point| all.or(&Self::exact(point)))
            }
            Version::Requirement(text) => Self::parse(text).unwrap_or_default(),
            Version::Unknown => Self::all(),
        }
    }

    fn exact(point: &Point) -> Self {
        let mut next = point.clone();
        if point.pre.is_empty() {
            next = floor(point.major, point.minor, point.patch.saturating_add(1));
        } else {
            next.pre = Prerelease::new(&format!("{}.0", point.pre)).unwrap_or(Prerelease::EMPTY);
        }
        Self { parts: vec![(point.clone(), Some(next))] }
    }

    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut parts = Vec::new();
        for (low, high) in &self.parts {
            for (other_low, other_high) in &other.parts {
                let from = low.max(other_low);
                let to = match (high, other_high) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.as_ref().or(b.as_ref()),
                };
                if to.is_none_or(|to| from < to) {
                    parts.push((from.clone(), to.cloned()));
                }
            }
        }
        Self { parts }
    }

    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let mut sorted: Vec<_> = self.parts.iter().chain(&other.parts).cloned().collect();
        sorted.sort();
        let mut parts: Vec<(Point, Option<Point>)> = Vec::new();
        for (from, to) in sorted {
            match parts.last_mut() {
                Some((_, None)) => {}
                Some((_, Some(end))) if from <= *end => match to {
                    Some(to) => *end = to.max(end.clone()),
                    None => parts.last_mut().into_iter().for_each(|it| it.1 = None),
                },
                _ => parts.push((from, to)),
            }
        }
        Self { parts }
    }

    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut outside = Vec::new();
        let mut from = Some(floor(0, 0, 0));
        for (low, high) in &other.parts {
            if let Some(from) = from.take().filter(|it| it < low) {
                outside.push((from, Some(low.clone())));
            }
            from.clone_from(high);
        }
        outside.extend(from.map(|it| (it, None)));
        self.and(&Self { parts: outside })
    }

    /// Whether versions of `self` (what a project may have) lie in `range`.
    #[must_use]
    pub fn within(&self, range: &Self) -> Matches {
        if self.and(range).is_empty() {
            Matches::No
        } else if self.without(range).is_empty() {
            Matches::Yes
        } else {
            Matches::Maybe
        }
    }

    /// The lowest version, for sorting.
    #[must_use]
    pub fn start(&self) -> Option<Point> {
        self.parts.first().map(|(from, _)| from.clone())
    }

    /// Whether everything in `self` is newer than everything in `other`.
    #[must_use]
    pub fn is_above(&self, other: &Self) -> bool {
        match (self.parts.first(), other.parts.last()) {
            (Some((from, _)), Some((_, Some(end)))) => from >= end,
            _ => false,
        }
    }
}

/// Whether a project's version lies in a range.
#[must_use]
pub fn matches(version: &Version, range: &Range) -> Matches {
    Range::of(version).within(range)
}

impl fmt::Display for Range {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_all() {
            return out.write_str("any version");
        }
        for (index, (from, to)) in self.parts.iter().enumerate() {
            if index > 0 {
                out.write_str(" or ")?;
            }
            match to {
                None => write!(out, ">={}", Short(from))?,
                Some(to) if *from == floor(0, 0, 0) => write!(out, "<{}", Short(to))?,
                Some(to) => write!(out, ">={}, <{}", Short(from), Short(to))?,
            }
        }
        Ok(())
    }
}

/// A version without the zeros and marks that say nothing.
struct Short<'a>(&'a Point);

impl fmt::Display for Short<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Point { major, minor, patch, pre, .. } = self.0;
        write!(out, "{major}.{minor}")?;
        if *patch > 0 || pre.as_str().len() > 1 {
            write!(out, ".{patch}")?;
        }
        if pre.as_str().len() > 1 {
            write!(out, "-{pre}")?;
        }
        Ok(())
    }
}

/// The first of all pre-releases: the lower end of a release.
fn floor(major: u64, minor: u64, patch: u64) -> Point {
    let pre = Prerelease::new("0").unwrap_or(Prerelease::EMPTY);
    Point { major, minor, patch, pre, build: semver::BuildMetadata::EMPTY }
}

const OPERATORS: [&str; 10] = ["===", "==", "~=", "!=", ">=", "<=", ">", "<", "^", "~"];

fn comparator(text: &str) -> Result<Range, String> {
    if text == "*" {
        return Ok(Range::all());
    }
    let (operator, version) = OPERATORS
        .iter()
        .find_map(|it| text.strip_prefix(it).map(|rest| (*it, rest)))
        .or_else(|| text.strip_prefix('=').map(|rest| ("==", rest)))
        .unwrap_or(("^", text));
    let Bound { given, at } = bound(version.trim()).ok_or_else(|| format!("`{text}` is no version"))?;
    let between = |to: Option<Point>| Range { parts: vec![(at.clone(), to)] };
    // The first version after all that begin with what was written.
    let after = step(&at, given);
    Ok(match operator {
        "==" | "===" => between(Some(after)),
        "!=" => Range::all().without(&between(Some(after))),
        ">=" => between(None),
        ">" => Range { parts: vec![(after, None)] },
        "<" => Range::all().and(&Range { parts: vec![(floor(0, 0, 0), Some(at))] }).nonempty(),
        "<=" => Range { parts: vec![(floor(0, 0, 0), Some(after))] },
        "~=" => between(Some(step(&at, given.saturating_sub(1).max(1)))),
        "~" => between(Some(step(&at, given.min(2)))),
        _ => {
            let significant = match (at.major, at.minor) {
                (0, 0) => given,
                (0, _) => given.min(2),
                _ => 1,
            };
            between(Some(step(&at, significant)))
        }
    })
}

impl Range {
    fn nonempty(mut self) -> Self {
        self.parts.retain(|(from, to)| to.as_ref().is_none_or(|to| from < to));
        self
    }
}

struct Bound {
    /// How many numbers were written, at most three.
    given: usize,
    at: Point,
}

fn bound(text: &str) -> Option<Bound> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let text = text.split_once('+').map_or(text, |(it, _)| it);
    let (numbers, pre) = text.split_once('-').map_or((text, None), |(it, pre)| (it, Some(pre)));
    let mut parts = [0; 3];
    let mut given = 0;
    for part in numbers.split('.') {
        if part == "*" || part == "x" {
            break;
        }
        let digits = part.len() - part.trim_start_matches(|it: char| it.is_ascii_digit()).len();
        if digits == 0 {
            break;
        }
        if given < 3 {
            parts[given] = part[..digits].parse().ok()?;
            given += 1;
        }
        // `5.0rc1`: what follows the digits names a pre-release, which counts to its release.
        if digits < part.len() {
            break;
        }
    }
    if given == 0 {
        return None;
    }
    let mut at = floor(parts[0], parts[1], parts[2]);
    if let Some(pre) = pre {
        at.pre = Prerelease::new(pre).ok()?;
    }
    Some(Bound { given, at })
}

/// The lower end of what follows all versions that share the first `numbers` numbers with `at`.
fn step(at: &Point, numbers: usize) -> Point {
    match numbers {
        0 | 1 => floor(at.major.saturating_add(1), 0, 0),
        2 => floor(at.major, at.minor.saturating_add(1), 0),
        _ => floor(at.major, at.minor, at.patch.saturating_add(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> Range {
        Range::parse(text).unwrap()
    }

    fn exact(text: &str) -> Version {
        Version::Exact(text.parse().unwrap())
    }

    #[test]
    fn three_answers() {
        let old = range("<0.8");
        assert_eq!(matches(&exact("0.7.9"), &old), Matches::Yes);
        assert_eq!(matches(&exact("0.8.0-rc.1"), &old), Matches::No);
        assert_eq!(matches(&Version::Requirement("0.7".into()), &old), Matches::Yes);
        assert_eq!(matches(&Version::Requirement(">=0.7".into()), &old), Matches::Maybe);
        assert_eq!(matches(&Version::Unknown, &old), Matches::Maybe);
        let both = Version::Several(vec!["0.7.0".parse().unwrap(), "0.9.0".parse().unwrap()]);
        assert_eq!(matches(&both, &old), Matches::Maybe);
    }

    #[test]
    fn requirements_of_both_languages() {
        for (requirement, yes, no) in [
            ("1.2", "1.9.0", "2.0.0"),
            ("0.14", "0.14.7", "0.15.0"),
            ("0.0.3", "0.0.3", "0.0.4"),
            ("~1.2", "1.2.9", "1.3.0"),
            ("=0.7.1", "0.7.1", "0.7.2"),
            ("~=4.2", "4.9.0", "5.0.0"),
            ("~=4.2.3", "4.2.9", "4.3.0"),
            ("==4.2.*", "4.2.9", "4.3.0"),
            (">=3.2,<5.0", "4.2.0", "5.0.0"),
            ("!=4.1", "4.2.0", "4.1.3"),
            (">=5.0rc1", "5.0.0", "4.2.0"),
            ("*", "9.9.9", ""),
        ] {
            assert_eq!(matches(&exact(yes), &range(requirement)), Matches::Yes, "{yes} in {requirement}");
            if !no.is_empty() {
                assert_eq!(matches(&exact(no), &range(requirement)), Matches::No, "{no} in {requirement}");
            }
        }
        assert!(Range::parse("latest").is_err());
        assert!(range("<0").is_empty());
    }

    #[test]
    fn sets() {
        let ends = range(">=0.4").without(&range(">=0.8, <0.10.1"));
        assert_eq!(ends.to_string(), ">=0.4, <0.8 or >=0.10.1");
        assert_eq!(ends.or(&range(">=0.5, <0.11")).to_string(), ">=0.4");
        assert_eq!(range("<0.4").or(&range(">=0.4")), Range::all());
        assert!(range(">=2").is_above(&range("<1.5")));
        assert!(!range(">=1").is_above(&range("<1.5")));
    }
}
