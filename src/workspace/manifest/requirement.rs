//! Python's ways to name a package and its versions (PEP 503, PEP 440, PEP 508).

use smol_str::SmolStr;

use crate::workspace::Version;

/// A package's name in its one normal spelling: lower case, every run of `-`, `_` and `.` is one `-`.
pub(in crate::workspace) fn normal_name(name: &str) -> SmolStr {
    let mut normal = String::with_capacity(name.len());
    for part in name.split(['-', '_', '.']).filter(|it| !it.is_empty()) {
        if !normal.is_empty() {
            normal.push('-');
        }
        normal.extend(part.chars().map(|it| it.to_ascii_lowercase()));
    }
    SmolStr::new(normal)
}

/// `Django[argon2]>=4.2,<5 ; python_version > "3.8"`; `None` for a line that names no package.
pub(super) fn requirement(text: &str) -> Option<(SmolStr, Version)> {
    let text = text.split(';').next()?.trim();
    let end = text.find(|it: char| !(it.is_ascii_alphanumeric() || "-_.".contains(it))).unwrap_or(text.len());
    let name = &text[..end];
    if !name.starts_with(|it: char| it.is_ascii_alphanumeric()) {
        return None;
    }
    let mut rest = text[end..].trim_start();
    if rest.starts_with('[') {
        rest = rest.split_once(']')?.1.trim_start();
    }
    if rest.starts_with('@') {
        return Some((normal_name(name), Version::Unknown));
    }
    if !rest.is_empty() && !rest.starts_with(['=', '<', '>', '~', '!', '(', ' ', '-']) {
        return None;
    }
    Some((normal_name(name), versions(rest.trim_matches(['(', ')']))))
}

/// A list of version clauses, as Python (`~=`, `==`) or Poetry (`^`, `~`, bare) writes them.
pub(super) fn versions(text: &str) -> Version {
    // Options of a requirements file (`--hash=..`) follow the clauses.
    let text = text.split(" --").next().unwrap_or("").split('#').next().unwrap_or("").trim();
    if text.is_empty() || text == "*" {
        return Version::Unknown;
    }
    // Alternatives would need a union: nothing is known then.
    if text.contains('|') {
        return Version::Unknown;
    }
    let mut clauses = Vec::new();
    for clause in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
        let digits = clause.find(|it: char| !"=<>~!^ ".contains(it)).unwrap_or(clause.len());
        let (operator, number) = (clause[..digits].trim(), clause[digits..].trim());
        if let Some(prefix) = number.strip_suffix(".*") {
            if matches!(operator, "==" | "" | "=") {
                clauses.push(format!("{prefix}.*"));
            }
            continue;
        }
        let Some(version) = release(number) else { return Version::Unknown };
        match operator {
            "==" | "===" | "=" if !text.contains(',') => return Version::Exact(version),
            "==" | "===" | "=" => clauses.push(format!("={version}")),
            "" => return Version::Exact(version),
            ">=" | "<=" | ">" | "<" | "^" | "~" => clauses.push(format!("{operator}{version}")),
            "~=" => {
                let parts = number.split('.').count();
                clauses.push(format!(">={version}"));
                clauses.push(if parts > 2 {
                    format!("<{}.{}.0", version.major, version.minor + 1)
                } else {
                    format!("<{}.0.0", version.major + 1)
                });
            }
            _ => {}
        }
    }
    if clauses.is_empty() { Version::Unknown } else { Version::Requirement(SmolStr::new(clauses.join(", "))) }
}

/// A version with one to three numbers, further ones dropped; `5.0rc1` is `5.0.0-rc.1`.
pub(super) fn release(text: &str) -> Option<semver::Version> {
    let text = text.trim().trim_start_matches('v');
    let text = text.split('+').next()?;
    let text = text.rsplit_once('!').map_or(text, |(_, it)| it);
    let end = text.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let mut parts = numbers.trim_end_matches('.').split('.');
    let major = parts.next()?.parse().ok()?;
    let mut next = || parts.next().map_or(Some(0), |it| it.parse().ok());
    let mut version = semver::Version::new(major, next()?, next()?);
    let rest = rest.trim_start_matches(['-', '_', '.']);
    let stage = rest.trim_end_matches(|it: char| it.is_ascii_digit() || it == '.');
    let number = rest[stage.len()..].parse::<u64>().unwrap_or(0);
    let stage = match stage {
        "a" | "alpha" => "alpha",
        "b" | "beta" => "beta",
        "rc" | "c" | "pre" | "preview" => "rc",
        "dev" => "dev",
        // `post` releases and everything unknown count as the release itself.
        _ => return Some(version),
    };
    version.pre = semver::Prerelease::new(&format!("{stage}.{number}")).ok()?;
    Some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, String) {
        let (name, version) = requirement(text).unwrap();
        let version = match version {
            Version::Exact(it) => format!("exact {it}"),
            Version::Requirement(it) => it.to_string(),
            other => format!("{other:?}"),
        };
        (name.to_string(), version)
    }

    fn pair(name: &str, version: &str) -> (String, String) {
        (name.into(), version.into())
    }

    #[test]
    fn pins_and_ranges() {
        assert_eq!(read("Django==4.2.7"), pair("django", "exact 4.2.7"));
        assert_eq!(read("Django == 4.2 ; python_version < '3.12'"), pair("django", "exact 4.2.0"));
        assert_eq!(read("Django[argon2]>=3.2,<5"), pair("django", ">=3.2.0, <5.0.0"));
        assert_eq!(read("django~=4.2.1"), pair("django", ">=4.2.1, <4.3.0"));
        assert_eq!(read("django~=4.2"), pair("django", ">=4.2.0, <5.0.0"));
        assert_eq!(read("django==4.2.*"), pair("django", "4.2.*"));
        assert_eq!(read("Flask_Login.X"), pair("flask-login-x", "Unknown"));
        assert_eq!(read("django (>=4.2)"), pair("django", ">=4.2.0"));
        assert_eq!(read("django==5.0rc1 --hash=sha256:abc"), pair("django", "exact 5.0.0-rc.1"));
        assert_eq!(read("thing @ git+ssh:something"), pair("thing", "Unknown"));
        assert_eq!(read("django!=4.0,>=3.2"), pair("django", ">=3.2.0"));
    }

    #[test]
    fn lines_that_name_nothing() {
        for text in ["", "-e .", "./local", "git+ssh:something", "{{ template }}", "é"] {
            assert_eq!(requirement(text), None, "{text}");
        }
    }

    #[test]
    fn poetry_writes_carets() {
        assert_eq!(versions("^4.2"), Version::Requirement("^4.2.0".into()));
        assert_eq!(versions("4.2.7"), Version::Exact(semver::Version::new(4, 2, 7)));
        assert_eq!(versions("*"), Version::Unknown);
    }

    #[test]
    fn every_requirement_is_one_for_semver() {
        for text in [">=3.2,<5", "~=4.2", "==4.2.*", "^4.2", "~4.2", ">3", "==4.*"] {
            let Version::Requirement(it) = versions(text) else { panic!("{text}") };
            assert!(semver::VersionReq::parse(&it).is_ok(), "{text}: {it}");
        }
    }
}
