//! Every block of every rule page, run through the whole program.

use std::borrow::Cow;
use std::path::Path;

use sessionlint::check::examples::{self, Mark};
use sessionlint::check::{self, Options};
use sessionlint::embedded::RULES;
use sessionlint::rule::{Example, Page, Section, builtin, load};
use sessionlint::workspace::Workspace;

/// Newest modelled versions: what a block without a manifest runs with.
const CARGO: &str = r#"[package]
name = "example"
version = "0.1.0"
edition = "2024"

[dependencies]
actix-identity = "=0.9.0"
actix-session = "=0.10.1"
actix-web = "=4.11.0"
axum = "=0.8.4"
axum-extra = { version = "=0.12.1", features = ["cookie", "cookie-private", "cookie-signed"] }
axum-login = "=0.18.0"
bcrypt = "0.17"
cookie = "=0.18.2"
http = "1"
poem = "=3.1.12"
rocket = "=0.5.2"
salvo = "=1.1.0"
serde = { version = "1", features = ["derive"] }
time = "0.3"
tower-cookies = "=0.11.0"
tower-sessions = "=0.14.0"
tower-sessions-redis-store = "=0.16.0"
tower-sessions-sqlx-store = "=0.15.0"
uuid = { version = "1", features = ["v4"] }
"#;
const REQUIREMENTS: &str = "Django==5.2.19\n";
const MANIFESTS: &[&str] = &["Cargo.toml", "requirements.txt", "pyproject.toml"];

#[test]
fn every_page_loads() {
    for (path, text) in RULES {
        match load(path, Cow::Borrowed(*text)) {
            Ok(rule) => assert_eq!(format!("rules/{}.md", rule.id), *path),
            Err(errors) => panic!("{path}: {errors:#?}"),
        }
    }
    assert_eq!(builtin().len(), RULES.len());
}

#[test]
fn every_page_says_what_why_and_shows_bad_and_good() {
    for (path, text) in RULES {
        let page = Page::parse(text).unwrap_or_else(|| panic!("{path}: no page"));
        assert!(page.prose.len() > 80, "{path}: no prose");
        for section in [Section::Bad, Section::Good] {
            let some = page.examples.iter().any(|it| it.section == section);
            assert!(some, "{path}: no example under {section:?}");
        }
        for example in &page.examples {
            let marks: Vec<_> = example.files.iter().flat_map(|it| examples::marks(it.text)).collect();
            let has = |kind| marks.iter().any(|(_, mark, rule)| *mark == kind && rule == page.id);
            let right = match example.section {
                Section::Bad => has(Mark::Error),
                Section::Good => marks.is_empty(),
                Section::KnownLimits => has(Mark::Missing) || has(Mark::Spurious),
            };
            assert!(right, "{path}:{}: the marks do not fit the section {:?}", example.line, example.section);
            for (_, _, rule) in &marks {
                assert!(builtin().iter().any(|it| it.id == rule), "{path}: no rule `{rule}`");
            }
        }
    }
}

#[test]
fn every_block_is_judged_as_it_is_marked() {
    let mut failures = Vec::new();
    for (path, text) in RULES {
        let page = Page::parse(text).unwrap_or_else(|| panic!("{path}: no page"));
        for example in &page.examples {
            let at = format!("{path}:{}", example.line);
            failures.extend(differences(example).iter().map(|it| format!("{at}: {it}")));
        }
    }
    assert!(failures.is_empty(), "{} differences\n{}", failures.len(), failures.join("\n"));
}

fn differences(example: &Example<'_>) -> Vec<String> {
    let given = example.files.iter().any(|it| MANIFESTS.contains(&it.path));
    let rust = example.files.iter().any(|it| Path::new(it.path).extension().is_some_and(|it| it == "rs"));
    let default = if rust { ("Cargo.toml", CARGO) } else { ("requirements.txt", REQUIREMENTS) };
    let files: Vec<(&str, &str)> =
        example.files.iter().map(|it| (it.path, it.text)).chain((!given).then_some(default)).collect();
    let report = check::run(Workspace::from_texts(&files), &Options::default());
    let problems = report.problems.iter().map(|it| format!("problem in {}: {}", it.path, it.message));
    let mismatches = examples::compare(files.iter().copied(), &report);
    problems.chain(mismatches.iter().map(ToString::to_string)).collect()
}
