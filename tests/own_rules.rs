//! `docs/own-rules.md` does what it says: its files are written, its commands run, their output compared.

use std::path::Path;

#[expect(dead_code, reason = "other test programs use the rest")]
mod common;

use common::{project, repository, sessionlint, write};

/// A file to write, or a command with what it prints.
enum Step {
    File(String, String),
    Command(Vec<String>, String),
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut named = None;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(path) = line.strip_prefix('`').and_then(|it| it.strip_suffix("`:")) {
            named = Some(path.to_owned());
        } else if line.starts_with("```") {
            let fence = &line[..line.len() - line.trim_start_matches('`').len()];
            let body: Vec<_> = lines.by_ref().take_while(|it| *it != fence).collect();
            let text = body.join("\n") + "\n";
            if let Some(command) = text.strip_prefix("$ sessionlint") {
                let (command, output) = command.split_once('\n').unwrap();
                steps.push(Step::Command(
                    command.split_whitespace().map(str::to_owned).collect(),
                    output.to_owned(),
                ));
            } else {
                steps.push(Step::File(named.take().expect("a block names its file"), text));
            }
        }
    }
    steps
}

#[test]
fn the_tutorial_is_true() {
    let page = std::fs::read_to_string(repository().join("docs/own-rules.md")).unwrap();
    let root = project("own-rules", &[(".git/HEAD", "")]);
    let (mut files, mut commands) = (0, 0);
    for step in steps(&page) {
        match step {
            Step::File(path, text) => {
                write(&root, &path, text.as_bytes());
                files += 1;
            }
            Step::Command(arguments, expected) => {
                let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
                let run = sessionlint(&root, &arguments);
                assert_eq!(run.out, expected, "{arguments:?}: {}", run.err);
                commands += 1;
            }
        }
    }
    assert_eq!((files, commands), (5, 3));
}

#[test]
fn faulty_pages_are_told_and_named_files_are_run() {
    let page = std::fs::read_to_string(repository().join("docs/own-rules.md")).unwrap();
    let rule = steps(&page).into_iter().find_map(|it| match it {
        Step::File(path, text) if Path::new(&path).extension().is_some_and(|it| it == "md") => Some(text),
        _ => None,
    });
    let rule = rule.unwrap();
    let root = project("own-rules-faulty", &[("good.md", &rule), ("sessionlint.toml", "")]);
    assert_eq!(sessionlint(&root, &["test-rules"]).code, 2, "there are none");
    assert_eq!(sessionlint(&root, &["test-rules", "good.md"]).code, 0);
    write(&root, "wrong.md", rule.replace("\"language\", \"fr\")) //", "\"acme_x\", \"fr\")) //").as_bytes());
    let run = sessionlint(&root, &["test-rules", "wrong.md"]);
    assert_eq!(run.code, 1);
    assert!(
        run.out.contains("FAIL cookie-foreign-name") && run.out.contains("is marked and not found"),
        "{}",
        run.out
    );
    write(&root, "empty.md", rule.split("## Good").next().unwrap().as_bytes());
    let run = sessionlint(&root, &["test-rules", "empty.md"]);
    assert!(run.out.contains("no example under `## Good`"), "{}", run.out);
    write(&root, "broken.md", rule.replace("removal", "removed").as_bytes());
    let run = sessionlint(&root, &["test-rules", "broken.md"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("broken.md") && run.err.contains("removal"), "{}", run.err);
}
