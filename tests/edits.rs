//! What one types in an editor leads to the same report as reading the project anew.

use std::collections::BTreeMap;
use std::path::Path;

use sessionlint::check::{self, Kept, Options, Report};
use sessionlint::report;
use sessionlint::workspace::{FileKind, Workspace, is_manifest};

#[expect(dead_code, reason = "other test programs use the rest")]
mod common;

/// All texts of a project by path.
fn texts(root: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                all.insert(path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/"), text);
            }
        }
    }
    all
}

fn workspace(texts: &BTreeMap<String, String>) -> Workspace {
    let files: Vec<_> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    Workspace::from_texts(&files)
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, number: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % number
    }
}

/// A text with one change as people make them, and sometimes as they leave them half-done.
fn edited(text: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<&str> = text.split('\n').collect();
    let at = dice.below(lines.len());
    let other = dice.below(lines.len());
    let half = lines[at].char_indices().nth(lines[at].chars().count() / 2).map_or(0, |it| it.0);
    let half = lines[at][..half].to_owned();
    match dice.below(5) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, ""),
        2 => lines.insert(at, lines[other]),
        3 => lines.swap(at, other),
        _ => lines[at] = &half,
    }
    lines.join("\n")
}

fn told(report: &Report) -> String {
    format!(
        "{}\n{}",
        report::render(report, report::Format::Json, report::Style::default()),
        report::facts_json(report)
    )
}

#[test]
fn what_runs_leave_to_each_other_changes_no_report() {
    for name in ["django-split", "axum-shop", "rocket-board"] {
        let mut texts = texts(&common::repository().join("fixtures").join(name));
        let options = Options::default();
        let mut kept = Kept::new();
        let mut report = check::rerun(workspace(&texts), &options, &mut kept);
        let editable = |it: &&String| {
            let name = it.rsplit('/').next().unwrap_or(it);
            let file = report.workspace.file(it).map(|it| report.workspace.files[it.0 as usize].kind);
            !is_manifest(name) && file.is_some_and(|it| it != FileKind::Json)
        };
        let paths: Vec<String> = texts.keys().filter(editable).cloned().collect();
        let mut dice = Dice(u64::try_from(name.len()).unwrap());
        for step in 0..25 {
            let path = &paths[dice.below(paths.len())];
            let text = edited(&texts[path], &mut dice);
            let file = report.workspace.file(path).unwrap();
            let next = report.workspace.edited(&BTreeMap::from([(file, text.clone())]));
            report = check::rerun(next, &options, &mut kept);
            texts.insert(path.clone(), text);
            let fresh = check::run(workspace(&texts), &options);
            assert!(told(&report) == told(&fresh), "{name}, step {step}, {path}:\n{}", texts[path]);
        }
    }
}
