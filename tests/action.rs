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
        None if expression == "github.action_repository" => "owner/sessionlint".to_owned(),
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

#[test]
fn whatever_is_printed_is_no_command() {
    let job = run("action-commands", &faulty("action-5"), &[("annotations", "false")]);
    let lines: Vec<_> = job.log.lines().collect();
    let stop = lines.iter().position(|it| it.starts_with("::stop-commands::")).unwrap();
    let token = lines[stop].trim_start_matches("::stop-commands::");
    let go = lines.iter().position(|it| *it == format!("::{token}::")).unwrap();
    assert!(token.len() > 12 && stop < go);
    assert!(lines[stop..go].iter().any(|it| it.contains("cookie-no-secure")), "{}", job.log);
}

#[cfg(unix)]
fn git(root: &Path, arguments: &[&str]) -> String {
    let identity =
        ["-c", "user.name=test", "-c", "user.email=test@example.invalid", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").current_dir(root).args(identity).args(arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[cfg(unix)]
#[test]
fn a_pull_request_is_told_of_its_own_lines() {
    let root = common::project("action-6", common::FAULTY);
    git(&root, &["init", "--quiet"]);
    git(&root, &["add", "."]);
    git(&root, &["commit", "--quiet", "--message", "base"]);
    let base = git(&root, &["rev-parse", "HEAD"]);
    let before = run("action-pull-before", &root, &[("changed-since", &base)]);
    assert_eq!((before.code, before.outputs["findings"].as_str()), (0, "0"), "{}", before.log);
    let settings = root.join("shop/settings.py");
    let text = std::fs::read_to_string(&settings).unwrap() + "SESSION_COOKIE_HTTPONLY = False\n";
    std::fs::write(&settings, text).unwrap();
    git(&root, &["commit", "--quiet", "--all", "--message", "change"]);
    let after = run("action-pull-after", &root, &[("changed-since", &base)]);
    assert_eq!(after.code, 1, "{}", after.log);
    assert!(
        after.log.contains("cookie-no-httponly") && !after.log.contains("cookie-no-secure"),
        "{}",
        after.log
    );
}

/// What the first step said: exit code, log, and the binary that it names.
#[cfg(unix)]
fn install(folder: &Path, variables: &[(&str, &str)]) -> (i32, String, Option<String>) {
    let output = folder.join("output");
    std::fs::write(&output, "").unwrap();
    let mut command = Command::new("bash");
    command.arg(common::repository().join(".github/action/install.sh")).env_clear();
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", folder.join("stubs").display()));
    command
        .env("GITHUB_OUTPUT", &output)
        .env("RUNNER_TEMP", folder)
        .env("RUNNER_OS", "Linux")
        .env("RUNNER_ARCH", "X64");
    command
        .env("SESSIONLINT_SOURCE", folder.join("source"))
        .env("SESSIONLINT_REPOSITORY", "owner/sessionlint");
    command.env("GITHUB_SERVER_URL", format!("file://{}", folder.join("server").display()));
    command.envs(variables.iter().copied());
    let result = command.output().unwrap();
    let log = String::from_utf8_lossy(&result.stdout).into_owned() + &String::from_utf8_lossy(&result.stderr);
    let said = std::fs::read_to_string(&output).unwrap();
    (result.status.code().unwrap(), log, said.trim().strip_prefix("binary=").map(str::to_owned))
}

/// A source of the action at version 1.2.3, a release of it on a server, and a `cargo` that builds at once.
#[cfg(unix)]
fn released(name: &str) -> (PathBuf, String) {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = common::project(
        name,
        &[
            ("source/Cargo.toml", "[package]\nname = \"sessionlint\"\nversion = \"1.2.3\"\n"),
            ("pack/sessionlint", "#!/bin/sh\necho sessionlint 1.2.3\n"),
            (
                "stubs/cargo",
                "#!/bin/sh\necho \"cargo $*\"\nwhile [ $# -gt 1 ]; do [ \"$1\" = --root ] && root=$2; shift; done\n\
                 mkdir -p \"$root/bin\"\nprintf '#!/bin/sh\\necho built' > \"$root/bin/sessionlint\"\nchmod +x \"$root/bin/sessionlint\"\n",
            ),
            ("server/owner/sessionlint/releases/download/v1.2.3/.keep", ""),
        ],
    );
    for file in ["pack/sessionlint", "stubs/cargo"] {
        std::fs::set_permissions(folder.join(file), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let archive = "sessionlint-1.2.3-x86_64-unknown-linux-musl.tar.gz";
    let place = folder.join("server/owner/sessionlint/releases/download/v1.2.3").join(archive);
    let packed = Command::new("tar")
        .arg("-czf")
        .arg(&place)
        .arg("-C")
        .arg(folder.join("pack"))
        .arg(".")
        .status()
        .unwrap();
    assert!(packed.success());
    let sum = Command::new("sha256sum").arg(&place).output().unwrap().stdout;
    let sum = String::from_utf8(sum).unwrap().split(' ').next().unwrap().to_owned();
    (folder, format!("{sum}  {archive}\n"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_release_is_taken_when_it_has_the_checksum_that_the_action_knows() {
    let (folder, line) = released("action-release");
    common::write(&folder, "source/.github/action/checksums.txt", line.as_bytes());
    let (code, log, binary) = install(&folder, &[]);
    assert_eq!(code, 0, "{log}");
    assert!(log.contains("sessionlint 1.2.3"), "{log}");
    assert_eq!(binary.unwrap(), folder.join("sessionlint/sessionlint").to_str().unwrap());

    let wrong = line.replacen(&line[..8], "00000000", 1);
    common::write(&folder, "source/.github/action/checksums.txt", wrong.as_bytes());
    std::fs::remove_dir_all(folder.join("sessionlint")).unwrap();
    let (code, log, binary) = install(&folder, &[]);
    assert_eq!((code, binary), (2, None), "{log}");
    assert!(log.contains("::error title=sessionlint::sessionlint-1.2.3"), "{log}");
    assert!(!folder.join("sessionlint/sessionlint").exists(), "unpacked all the same");
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_known_release_the_source_is_built() {
    let (folder, line) = released("action-source");
    common::write(&folder, "source/.github/action/checksums.txt", b"# none\n");
    let (code, log, binary) = install(&folder, &[]);
    assert_eq!(code, 0, "{log}");
    assert!(log.contains("cargo install --quiet --locked --path"), "{log}");
    assert_eq!(binary.unwrap(), folder.join("sessionlint/bin/sessionlint").to_str().unwrap());

    // known, but the server does not have it
    common::write(&folder, "source/.github/action/checksums.txt", line.as_bytes());
    std::fs::remove_dir_all(folder.join("server")).unwrap();
    let (code, log, _) = install(&folder, &[]);
    assert_eq!(code, 0, "{log}");
    assert!(log.contains("cannot be had; building from source"), "{log}");

    for version in ["9.9.9", "1.2.3; touch pwned", "../1.2.3", "v9.9.9"] {
        let (code, log, binary) = install(&folder, &[("SESSIONLINT_VERSION", version)]);
        assert_eq!((code, binary), (2, None), "{version}: {log}");
    }
    let (code, log, _) = install(&folder, &[("SESSIONLINT_VERSION", "v1.2.3")]);
    assert_eq!(code, 0, "{log}");
}

/// Every expression of the action is the whole value of a variable, and every action is pinned to a commit.
#[test]
fn nothing_is_pasted_and_everything_is_pinned() {
    let pinned = regex::Regex::new(r"uses: ([\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./)").unwrap();
    for file in ["action.yml", ".github/workflows/ci.yml", ".github/workflows/release.yml"] {
        let text = std::fs::read_to_string(common::repository().join(file)).unwrap();
        for line in text.lines().filter(|it| it.contains("uses:")) {
            assert!(pinned.is_match(line), "{file}: {line}");
        }
    }
}

#[test]
fn the_hooks_run_what_there_is() {
    let text = std::fs::read_to_string(common::repository().join(".pre-commit-hooks.yaml")).unwrap();
    let hooks = parse(FileId(0), &SourceText::new("hooks.yaml", &text), FileKind::Yaml).root;
    let NodeKind::List(hooks) = &hooks.kind else { panic!("no list") };
    assert_eq!(hooks.len(), 3);
    let root = faulty("action-hooks");
    for hook in hooks {
        let entry = text_of(hook, "entry");
        let arguments: Vec<&str> = entry.strip_prefix("sessionlint ").unwrap().split(' ').collect();
        let run = common::sessionlint(&root, &arguments);
        assert_eq!(run.code, 1, "{entry}: {}", run.err);
        assert_eq!(text_of(hook, "pass_filenames"), "false");
    }
}

fn text_of(node: &Node, key: &str) -> String {
    node.get(key).map_or_else(|| panic!("no {key}"), text)
}
