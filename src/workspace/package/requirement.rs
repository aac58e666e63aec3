//! Requirements of Python packages (PEP 508) and versions (PEP 440), in the syntax of semantic versions.

use semver::{Prerelease, Version as Point};
use smol_str::SmolStr;

use crate::workspace::Version;

/// Name of a Python package: lower case, every run of `-`, `_`, `.` is one `-`.
pub(super) fn normalise(name: &str) -> SmolStr {
    let mut normal = String::with_capacity(name.len());
    for letter in name.trim().chars() {
        if matches!(letter, '-' | '_' | '.') {
            if !normal.ends_with('-') {
                normal.push('-');
            }
        } else {
            normal.extend(letter.to_lowercase());
        }
    }
    normal.into()
}

/// Reads `Django[argon2]>=4.2,<5 ; python_version > "3.8"`; `None` for what names no package (options, addresses, paths).
pub(super) fn parse(line: &str) -> Option<(SmolStr, Version)> {
    let line = line.split(" #").next()?.split(';').next()?.trim();
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let end = line.find(|letter| !is_name(letter)).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    if !name.starts_with(|letter: char| letter.is_ascii_alphanumeric()) {
        return None;
    }
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1.trim_start(),
        None => rest,
    };
    let rest = rest.split(" --").next()?.trim().trim_start_matches('(').trim_end_matches(')');
    if rest.starts_with('@') {
        return Some((normalise(name), Version::Unknown));
    }
    if rest.starts_with([':', '/', '\\']) {
        return None;
    }
    Some((normalise(name), version(rest)))
}

/// Reads what follows a name: `==4.2.3`, `>=4.2,<5`, `^4.2`, `*` or nothing.
pub(super) fn version(text: &str) -> Version {
    let text = text.trim();
    if text.is_empty() || text == "*" {
        return Version::Unknown;
    }
    let exact = text.strip_prefix("===").or_else(|| text.strip_prefix("=="));
    if let Some(point) = exact.and_then(point) {
        return Version::Exact(point);
    }
    let parts: Vec<String> = text
        .split(',')
        .map(|it| it.split_whitespace().collect())
        .filter(|it: &String| !it.is_empty())
        .collect();
    Version::Requirement(parts.join(", ").into())
}

/// Reads `4.2`, `4.2.3.post1`, `5.0rc1`; `None` for a range such as `4.2.*`.
pub(super) fn point(text: &str) -> Option<Point> {
    let text = text.trim().trim_start_matches('v');
    let text = text.split_once('!').map_or(text, |(_, it)| it);
    let text = text.split_once('+').map_or(text, |(it, _)| it);
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (numbers, suffix) = text.split_at(end);
    let mut parts = numbers.trim_end_matches('.').split('.').map(|it| it.parse::<u64>().ok());
    let major = parts.next()??;
    let minor = parts.next().unwrap_or(Some(0))?;
    let patch = parts.next().unwrap_or(Some(0))?;
    let suffix = suffix.trim_start_matches(['-', '_', '.']).to_ascii_lowercase();
    let mut point = Point::new(major, minor, patch);
    if suffix.is_empty() || suffix.starts_with("post") {
        return Some(point);
    }
    let digits = suffix.find(|letter: char| letter.is_ascii_digit()).unwrap_or(suffix.len());
    let (word, number) = suffix.split_at(digits);
    let word = match word.trim_end_matches(['-', '_', '.']) {
        "a" | "alpha" => "alpha",
        "b" | "beta" => "beta",
        "c" | "rc" | "pre" | "preview" => "rc",
        "dev" => "0.dev",
        _ => return None,
    };
    let digits = number.chars().take_while(char::is_ascii_digit).collect::<String>();
    let number = digits.parse::<u64>().unwrap_or(0);
    point.pre = Prerelease::new(&format!("{word}.{number}")).ok()?;
    Some(point)
}
