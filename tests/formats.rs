//! Reports for other tools, and the commands around them.

#[expect(dead_code, reason = "other test programs use the rest")]
mod common;

use std::path::{Path, PathBuf};

use common::{FAULTY, project, sessionlint, write};
use serde_json::Value;

fn faulty(name: &str) -> PathBuf {
    let root = project(name, &[]);
    write(&root, ".git/HEAD", b"");
    for (path, text) in FAULTY {
        write(&root, &format!("back end/{path}"), text.as_bytes());
    }
    root
}

#[track_caller]
fn printed(root: &Path, format: &str) -> String {
    let run = sessionlint(root, &["--format", format]);
    assert_eq!(run.code, 1, "{}", run.err);
    run.out
}

#[test]
fn jsonl_is_the_report_in_lines() {
    let root = faulty("formats-jsonl");
    let whole: Value = serde_json::from_str(&printed(&root, "json")).unwrap();
    let lines: Vec<Value> =
        printed(&root, "jsonl").lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let of = |kind: &str| {
        let mut all: Vec<Value> = lines.iter().filter(|it| it["type"] == kind).cloned().collect();
        for it in &mut all {
            it.as_object_mut().unwrap().remove("type");
        }
        all
    };
    assert_eq!(Value::from(of("finding")), whole["findings"]);
    assert_eq!(of("summary"), [whole["summary"].clone()]);
    assert_eq!(lines.last().unwrap()["type"], "summary");
}

#[test]
fn gitlab_gets_paths_from_the_repository_and_distinct_fingerprints() {
    let root = faulty("formats-gitlab");
    let issues: Vec<Value> = serde_json::from_str(&printed(&root.join("back end"), "gitlab")).unwrap();
    assert!(!issues.is_empty());
    let mut prints = Vec::new();
    for issue in &issues {
        assert!(issue["location"]["path"].as_str().unwrap().starts_with("back end/shop/"), "{issue}");
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
        assert!(
            ["info", "minor", "major", "critical", "blocker"].contains(&issue["severity"].as_str().unwrap())
        );
        let rule = issue["check_name"].as_str().unwrap();
        assert!(issue["description"].as_str().unwrap().starts_with(&format!("{rule}: ")));
        prints.push(issue["fingerprint"].as_str().unwrap());
    }
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), issues.len());
    let clean = project("formats-gitlab-clean", &[("a.py", "x = 1\n")]);
    assert_eq!(sessionlint(&clean, &["--format", "gitlab"]).out, "[]\n");
}

#[test]
fn junit_has_a_case_for_every_finding_and_one_for_none() {
    let root = faulty("formats-junit");
    let whole: Value = serde_json::from_str(&printed(&root, "json")).unwrap();
    let xml = printed(&root, "junit");
    let count = whole["findings"].as_array().unwrap().len();
    assert!(xml.contains(&format!("tests=\"{count}\" failures=\"{count}\"")), "{xml}");
    assert_eq!(xml.matches("<testcase ").count(), count);
    assert_eq!(xml.matches("<testcase ").count(), xml.matches("</testcase>").count());
    assert_eq!(xml.matches("<testsuite ").count(), xml.matches("</testsuite>").count());
    let clean = project("formats-junit-clean", &[("a.py", "x = 1\n")]);
    let xml = sessionlint(&clean, &["--format", "junit"]).out;
    assert!(xml.contains("tests=\"1\" failures=\"0\"") && xml.contains("<testcase "), "{xml}");
}

#[test]
fn statistics_count_by_rule() {
    let root = faulty("formats-statistics");
    let run = sessionlint(&root, &["--statistics"]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("1  high      cookie-no-secure\n"), "{}", run.out);
    assert!(run.out.contains("judged "), "{}", run.out);
    assert_eq!(sessionlint(&root, &["--statistics", "--format", "json"]).code, 2);
}

#[test]
fn a_starting_configuration_changes_nothing_and_every_line_of_it_is_right() {
    let root = faulty("formats-init");
    let before = printed(&root, "json");
    let run = sessionlint(&root, &["init"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(printed(&root, "json"), before);
    let text = std::fs::read_to_string(root.join("sessionlint.toml")).unwrap();
    assert!(text.contains("frameworks: django 5.2"), "{text}");
    assert!(text.contains("#: [rules.cookie-no-secure]"), "{text}");
    let all: Vec<_> = text
        .lines()
        .map(|line| line.strip_prefix("#: ").unwrap_or(line))
        // files that are not there are an error
        .filter(|line| !line.contains("-files"))
        .collect();
    std::fs::write(root.join("sessionlint.toml"), all.join("\n")).unwrap();
    let run = sessionlint(&root, &["--exit-zero"]);
    assert_eq!(run.code, 0, "{}\n{}", all.join("\n"), run.err);
    let again = sessionlint(&root, &["init"]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("there is a configuration already"), "{}", again.err);
    assert_eq!(sessionlint(&root, &["init", "--print"]).code, 0);
}

#[test]
fn a_manual_page_for_every_command() {
    let root = project("formats-man", &[]);
    let page = sessionlint(&root, &["man"]);
    assert_eq!(page.code, 0);
    assert!(page.out.contains(".TH sessionlint 1"), "{}", &page.out[..200]);
    assert_eq!(sessionlint(&root, &["man", "pages"]).code, 0);
    let mut names: Vec<_> = std::fs::read_dir(root.join("pages"))
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    for name in ["sessionlint.1", "sessionlint-check.1", "sessionlint-explain.1"] {
        assert!(names.iter().any(|it| it == name), "{names:?}");
    }
}
