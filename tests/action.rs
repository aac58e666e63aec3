//! `action.yml`, its steps run as a runner would run them.

#[expect(dead_code, reason = "other test programs use the rest")]
mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use sessionlint::frontend::settings::parse;
use sessionlint::ir::data::{Node, NodeKind};
use sessionlint::source::{FileId, SourceText};
use sessionlint::workspace::FileKind;

fn action() -> Node {
    let text = std::fs::read_to_string(common::repository().join("action.yml")).unwrap();
    let document = parse(FileId(0), &SourceText::new("action.yml", &text), FileKind::Yaml);
    assert!(document.broken.is_empty(), "{:?}", document.broken);
    document.root
}

fn text(node: &Node) -> String {
    match &node.kind {
        NodeKind::Text(text) => text.to_string(),
        NodeKind::Bool(it) => it.to_string(),
        NodeKind::Int(it) => it.to_string(),
        other => panic!("no text: {other:?}"),
    }
}

fn entries(node: Option<&Node>) -> Vec<(String, &Node)> {
    match node.map(|it| &it.kind) {
        Some(NodeKind::Map(entries)) => {
            entries.iter().map(|(key, value)| (key.name.to_string(), value)).collect()
        }
        _ => Vec::new(),
    }
}

fn steps(action: &Node) -> &[Node] {
    match &action.at(&["runs", "steps"]).unwrap().kind {
        NodeKind::List(steps) => steps,
        other => panic!("no steps: {other:?}"),
    }
}

/// What a job saw of a run of the action.
struct Job {
    /// Exit code of the first step that failed, else 0.
    code: i32,
    log: String,
    outputs: BTreeMap<String, String>,
    summary: String,
}

/// Runs the shell steps with these inputs in a checked-out repository.
fn run(name: &str, workspace: &Path, inputs: &[(&str, &str)]) -> Job {
    let action = action();
    let temp = common::project(&format!("{name}-runner"), &[]);
    let mut values: BTreeMap<String, String> = entries(action.get("inputs"))
        .into_iter()
        .map(|(key, it)| (key, it.get("default").map(text).unwrap_or_default()))
        .collect();
    values.insert("binary".into(), env!("CARGO_BIN_EXE_sessionlint").into());
    for (key, value) in inputs {
        let known = values.insert((*key).to_owned(), (*value).to_owned());
        assert!(known.is_some(), "no input {key}");
    }
    let mut job = Job { code: 0, log: String::new(), outputs: BTreeMap::new(), summary: String::new() };
    let mut outputs: BTreeMap<String, String> = BTreeMap::new();
    for (number, step) in steps(&action).iter().enumerate() {
        let Some(script) = step.get("run").map(text) else { continue };
        assert_eq!(step.get("shell").map(text).as_deref(), Some("bash"));
        assert!(!script.contains("${{"), "an input pasted into a script: {script}");
        let file = |kind: &str| temp.join(format!("{kind}-{number}"));
        for kind in ["output", "summary"] {
            std::fs::write(file(kind), "").unwrap();
        }
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", &script])
            .current_dir(workspace)
            .env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("RUNNER_TEMP", &temp).env("CI", "true").env("GITHUB_ACTIONS", "true");
        command.env("GITHUB_OUTPUT", file("output")).env("GITHUB_STEP_SUMMARY", file("summary"));
        for (key, value) in entries(step.get("env")) {
            command.env(key, expanded(&text(value), &values, &outputs));
        }
        let output = command.output().unwrap();
        job.log.push_str(&String::from_utf8(output.stdout).unwrap());
        job.log.push_str(&String::from_utf8(output.stderr).unwrap());
        job.summary.push_str(&std::fs::read_to_string(file("summary")).unwrap());
        let id = step.get("id").map(text).unwrap_or_default();
        for line in std::fs::read_to_string(file("output")).unwrap().lines() {
            let (key, value) = line.split_once('=').unwrap_or_else(|| panic!("no output: {line}"));
            outputs.insert(format!("steps.{id}.outputs.{key}"), value.to_owned());
        }
        if !output.status.success() {
            job.code = output.status.code().unwrap();
            break;
        }
    }
    for (key, it) in entries(action.get("outputs")) {
        let value = expanded(&text(it.get("value").unwrap()), &values, &outputs);
        job.outputs.insert(key, value);
    }
    job
}

/// The whole value is one expression: an input, an output of a step, or where the action lies.
fn expanded(text: &str, inputs: &BTreeMap<String, String>, outputs: &BTreeMap<String, String>) -> String {
    let Some(expression) = text.strip_prefix("${{ ").and_then(|it| it.strip_suffix(" }}")) else {
        return text.to_owned();
    };
    match expression.strip_prefix("inputs.") {
        Some(input) => inputs.get(input).unwrap_or_else(|| panic!("no input {input}")).clone(),
        None if expression == "github.action_path" => common::repository().to_str().unwrap().to_owned(),
        None => outputs.get(expression).cloned().unwrap_or_default(),
    }
}

fn faulty(name: &str) -> PathBuf {
    let root = common::project(name, common::FAULTY);
    common::write(&root, ".git/HEAD", b"");
    root
}

#[test]
fn findings_fail_the_job_after_everything_is_written() {
    let job = run("action-findings", &faulty("action-1"), &[]);
    assert_eq!(job.code, 1, "{}", job.log);
    assert_eq!(job.outputs["exit-code"], "1");
    assert!(job.outputs["findings"].parse::<u32>().unwrap() >= 1);
    assert!(job.outputs["high"].parse::<u32>().unwrap() >= 1);
    assert!(job.log.contains("::error file=shop/settings.py,line=3,"), "{}", job.log);
    assert!(job.summary.contains("| high | shop/settings.py:3 |"), "{}", job.summary);
    for file in ["report-file", "sarif-file"] {
        let text = std::fs::read_to_string(&job.outputs[file]).unwrap();
        let _: serde_json::Value = serde_json::from_str(&text).unwrap();
    }
}

#[test]
fn inputs_are_heeded() {
    let root = faulty("action-2");
    let job = run("action-fail-on", &root, &[("fail-on", "critical"), ("annotations", "false")]);
    assert_eq!(job.code, 0, "{}", job.log);
    assert!(!job.log.contains("::error"), "{}", job.log);
    let job = run("action-args", &root, &[("args", "--ignore\ncookie-no-secure\n")]);
    assert_eq!((job.code, job.outputs["findings"].as_str()), (0, "0"), "{}", job.log);
    let job = run(
        "action-severity",
        &root,
        &[("min-severity", "critical"), ("persona", "auditor"), ("min-confidence", "high")],
    );
    assert_eq!(job.code, 0, "{}", job.log);
}

#[test]
fn nothing_in_an_input_is_a_command_or_an_option() {
    let root = faulty("action-3");
    let job = run(
        "action-inject",
        &root,
        &[("paths", "$(touch pwned)\n`touch pwned`\n; touch pwned\n--exit-zero")],
    );
    assert_eq!(job.code, 2, "{}", job.log);
    assert!(!root.join("pwned").exists());
}

#[test]
fn several_paths_and_nothing_to_check() {
    let root = faulty("action-4");
    common::write(&root, "with space/a.py", b"session = 1\n");
    let job = run("action-paths", &root, &[("paths", "shop\n\nwith space\n")]);
    assert_eq!(job.code, 1, "{}", job.log);
    let empty = common::project("action-empty", &[]);
    let job = run("action-nothing", &empty, &[]);
    assert_eq!(job.code, 3, "{}", job.log);
    assert!(job.log.contains("::error title=sessionlint::nothing to check"), "{}", job.log);
}

#[test]
fn uploading_is_off_by_default_and_comes_before_the_verdict() {
    let action = action();
    assert_eq!(action.at(&["inputs", "sarif-upload", "default"]).map(text).as_deref(), Some("false"));
    let steps = steps(&action);
    let upload = steps.iter().position(|it| it.get("uses").is_some()).unwrap();
    assert_eq!(steps[upload].get("if").map(text).as_deref(), Some("${{ inputs.sarif-upload == 'true' }}"));
    assert!(upload < steps.len() - 1);
}
