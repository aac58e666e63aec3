//! Rules of the house: what the code itself must keep, read from its text.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use regex::Regex;
use sessionlint::embedded::RULES;
use sessionlint::rule::Page;

/// Which rooms each room may name. Data runs down only (ARCHITECTURE.md).
const ROOMS: &[(&str, &[&str])] = &[
    ("embedded", &[]),
    ("source", &[]),
    ("ir", &["source"]),
    ("finding", &["source", "facts"]),
    ("workspace", &["source", "finding"]),
    ("frontend", &["source", "ir", "workspace"]),
    ("model", &["embedded", "source", "workspace"]),
    ("flow", &["source", "ir", "frontend", "workspace", "model", "facts", "finding"]),
    ("facts", &["source", "ir", "workspace", "model", "flow", "finding", "frontend"]),
    ("rule", &["embedded", "source", "workspace", "model", "facts", "finding"]),
    (
        "check",
        &["embedded", "source", "ir", "frontend", "workspace", "model", "flow", "facts", "rule", "finding"],
    ),
    ("fix", &["source", "ir", "workspace", "model", "flow", "facts", "rule", "finding", "check"]),
    ("report", &["source", "workspace", "model", "facts", "rule", "finding", "check"]),
    ("cli", &["source", "workspace", "model", "facts", "rule", "finding", "check", "fix", "report"]),
];

/// Words of frameworks: what they mean stands in `models/` and `rules/`.
const FRAMEWORKS: &str = r"(?i)\b(django|flask|fastapi|starlette|axum\w*|actix\w*|rocket|poem|salvo|warp|tide|tower_\w+|biscotti|set_cookie|cycle_id|cycle_key|request\.session)\b";

/// Crates that talk to a network.
#[rustfmt::skip]
const NETWORK: [&str; 24] = [
    "async-std", "attohttpc", "curl", "h2", "hickory-resolver", "http", "hyper", "isahc", "minreq", "mio", "native-tls",
    "openssl", "quinn", "reqwest", "ring", "rustls", "smol", "socket2", "surf", "tokio", "trust-dns-resolver", "tungstenite",
    "ureq", "webpki",
];

struct Code {
    /// Relative to `src/`.
    path: String,
    room: String,
    /// Lines with their numbers, comments left out.
    lines: Vec<(usize, String)>,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|it| it.unwrap().into_path())
        .filter(|it| it.is_file() && it.extension().is_some_and(|it| it == extension))
        .collect();
    files.sort();
    files
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn code() -> Vec<Code> {
    let src = root().join("src");
    let one = |file: PathBuf| {
        let path = file.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
        let room = path.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        let lines = read(&file)
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .map(|(at, line)| (at + 1, line.split(" // ").next().unwrap_or(line).to_owned()))
            .collect();
        Code { path, room, lines }
    };
    let code: Vec<_> = files(&src, "rs").into_iter().map(one).collect();
    assert!(code.len() > 50 && code.iter().all(|it| !it.lines.is_empty()), "the code was not found");
    code
}

/// Every line that matches in the files that `chosen` picks.
fn matches(pattern: &str, chosen: impl Fn(&Code) -> bool) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    let mut found = Vec::new();
    for file in code().iter().filter(|it| chosen(it)) {
        for (number, line) in &file.lines {
            if pattern.is_match(line) {
                found.push(format!("src/{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    found
}

#[track_caller]
fn none(found: &[String], why: &str) {
    assert!(found.is_empty(), "{why}:\n{}", found.join("\n"));
}

#[test]
fn parsers_stay_in_their_frontends() {
    none(
        &matches(r"\b(syn|proc_macro2)::", |it| !it.path.starts_with("frontend/rust/")),
        "syn outside of frontend/rust",
    );
    none(
        &matches(r"\bruff_\w+", |it| !it.path.starts_with("frontend/python/")),
        "ruff outside of frontend/python",
    );
    none(
        &matches(r"\b(granit_parser|jsonc_parser)\b", |it| !it.path.starts_with("frontend/settings/")),
        "a parser of settings outside of frontend/settings",
    );
}

#[test]
fn only_two_rooms_touch_files() {
    let elsewhere = |it: &Code| it.room != "workspace" && it.room != "cli" && !it.path.ends_with("tests.rs");
    none(
        &matches(r"\bstd::fs\b|\bwalkdir::|\bignore::(Walk|DirEntry)|\bFile::open\b", elsewhere),
        "file access",
    );
}

#[test]
fn nothing_prints_but_the_command_line() {
    none(&matches(r"\be?print(ln)?!\(|\bprocess::exit\b|\bdbg!\(", |it| it.room != "cli"), "printing");
}

#[test]
fn rooms_name_only_those_above_them() {
    let allowed: BTreeMap<_, _> = ROOMS.iter().copied().collect();
    let names = Regex::new(r"\bcrate::(\w+)").unwrap();
    let mut found = Vec::new();
    for file in code() {
        if file.room == "lib" || file.room == "main" {
            continue;
        }
        let Some(allowed) = allowed.get(file.room.as_str()) else {
            found.push(format!("src/{}: the room `{}` is not in the list", file.path, file.room));
            continue;
        };
        for (number, line) in &file.lines {
            for other in names.captures_iter(line).map(|it| it[1].to_owned()) {
                let is_room = ROOMS.iter().any(|(room, _)| *room == other);
                if is_room && other != file.room && !allowed.contains(&other.as_str()) {
                    found.push(format!("src/{}:{number}: `{}` names `{other}`", file.path, file.room));
                }
            }
        }
    }
    none(&found, "a room names one below it");
}

#[test]
fn frameworks_live_in_models_and_rules() {
    let judged = |it: &Code| ["flow", "rule", "report", "check", "fix"].contains(&it.room.as_str());
    none(&matches(FRAMEWORKS, judged), "a framework's word in code that knows none");
}

#[test]
fn no_unsafe_and_no_silenced_lints() {
    none(&matches(r"\bunsafe\b\s*(\{|fn|impl|trait|extern)", |_| true), "unsafe code");
    none(&matches(r"#!?\[allow\b", |_| true), "a lint allowed without a reason that can lapse");
}

#[test]
fn nothing_talks_to_a_network() {
    none(&matches(r"\bstd::net\b", |_| true), "network code");
    let lock: toml::Table = toml::from_str(&read(&root().join("Cargo.lock"))).unwrap();
    let packages = lock["package"].as_array().unwrap();
    assert!(packages.len() > 20);
    let found: Vec<_> = packages
        .iter()
        .map(|it| it["name"].as_str().unwrap().to_owned())
        .filter(|it| NETWORK.contains(&it.as_str()))
        .collect();
    none(&found, "network crates");
}

/// Message, why and help of a rule page, of its `raise` entries too.
fn texts(value: &toml::Value, key: &str, found: &mut Vec<(String, String)>) {
    match value {
        toml::Value::String(text) if ["message", "why", "help"].contains(&key) => {
            found.push((key.to_owned(), text.clone()));
        }
        toml::Value::Table(table) => {
            for (name, value) in table {
                // a help text may be a table by language
                let key = if key == "help" { key } else { name };
                texts(value, key, found);
            }
        }
        toml::Value::Array(all) => all.iter().for_each(|it| texts(it, key, found)),
        _ => {}
    }
}

#[test]
fn messages_have_one_style() {
    let doubt = Regex::new(r"\b(may|might|potentially|possibly|perhaps)\b").unwrap();
    let mut found = Vec::new();
    for (path, text) in RULES {
        let page = Page::parse(text).unwrap();
        let header: toml::Table = toml::from_str(&text[page.header.clone()]).unwrap();
        let mut all = Vec::new();
        texts(&toml::Value::Table(header), "", &mut all);
        assert!(all.len() >= 2, "{path}: a rule has a message and a reason");
        for (key, text) in all {
            if text.ends_with('.') && !text.ends_with("..") {
                found.push(format!("{path}: {key} ends with a full stop: {text}"));
            }
            let mut letters = text.chars();
            if letters.next().is_some_and(char::is_uppercase)
                && letters.next().is_some_and(char::is_lowercase)
            {
                found.push(format!("{path}: {key} begins with a capital: {text}"));
            }
            if key == "message" && doubt.is_match(&text) {
                found.push(format!("{path}: confidence says how sure it is, not the message: {text}"));
            }
        }
    }
    none(&found, "texts of rules");
}

#[test]
fn the_top_of_the_tree_is_what_newcomers_are_told() {
    #[rustfmt::skip]
    let expected = [
        ".ci", ".github", ".gitignore", ".pre-commit-hooks.yaml", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md",
        "Cargo.lock", "Cargo.toml", "clippy.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "SECURITY.md", "action.yml", "benches",
        "build.rs", "conformance", "docs", "editors", "fixtures", "models", "pyproject.toml", "rules", "rustfmt.toml", "schemas", "src",
        "tests",
    ];
    let ignored = [".git", "target"];
    let unknown: Vec<_> = std::fs::read_dir(root())
        .unwrap()
        .map(|it| it.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|it| !expected.contains(&it.as_str()) && !ignored.contains(&it.as_str()))
        .collect();
    none(&unknown, "files at the top that ARCHITECTURE.md does not name");
}
