//! The committed JSON Schemas hold: for real reports, and for what the configuration takes and refuses.

#[expect(dead_code, reason = "other test programs use the rest")]
mod common;

use common::{FAULTY, project, repository, sessionlint};
use serde_json::Value;

fn schema(name: &str) -> jsonschema::Validator {
    let text = std::fs::read_to_string(repository().join("schemas").join(name)).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    jsonschema::validator_for(&schema).unwrap()
}

#[track_caller]
fn valid(validator: &jsonschema::Validator, value: &Value, what: &str) {
    let errors: Vec<_> =
        validator.iter_errors(value).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

fn report(folder: &std::path::Path) -> Value {
    let run = sessionlint(folder, &["--format", "json", "--persona", "auditor"]);
    serde_json::from_str(&run.out)
        .unwrap_or_else(|error| panic!("{}: {error}\n{}", folder.display(), run.err))
}

#[test]
fn every_fixture_has_a_valid_report() {
    let validator = schema("report.schema.json");
    let mut seen = 0;
    for folder in std::fs::read_dir(repository().join("fixtures")).unwrap() {
        let folder = folder.unwrap().path();
        if folder.is_dir() {
            let report = report(&folder);
            valid(&validator, &report, &folder.to_string_lossy());
            seen += report["findings"].as_array().unwrap().len();
        }
    }
    assert!(seen > 0, "no fixture had a finding");
}

#[test]
fn suppressed_findings_and_problems_are_valid_too() {
    let text = FAULTY[3]
        .1
        .replace("SECURE = False\nC", "SECURE = False  # sessionlint: ignore[cookie-no-secure] lab\nC");
    let broken = [
        ("shop/views.py", "def view(request:\n    request.session['a'] = (\n"),
        ("shop/settings.py", text.as_str()),
    ];
    let files: Vec<_> = FAULTY[..3].iter().copied().chain(broken).collect();
    let report = report(&project("schema-report", &files));
    valid(&schema("report.schema.json"), &report, "report");
    assert_eq!(report["suppressed"].as_array().unwrap().len(), 1);
    assert!(!report["problems"].as_array().unwrap().is_empty());
}

#[test]
fn an_empty_project_has_a_valid_report() {
    valid(&schema("report.schema.json"), &report(&project("schema-empty", &[])), "empty");
}

#[test]
fn a_report_that_lacks_something_is_invalid() {
    let validator = schema("report.schema.json");
    let whole = report(&project("schema-faulty", FAULTY));
    assert!(!whole["findings"].as_array().unwrap().is_empty());
    for key in whole["findings"][0].as_object().unwrap().keys() {
        let mut part = whole.clone();
        part["findings"][0].as_object_mut().unwrap().remove(key);
        assert!(!validator.is_valid(&part), "{key} is not required");
    }
}

/// Configurations, and whether they are right: the schema and the tool must agree.
const CONFIGURATIONS: &[(&str, bool)] = &[
    ("", true),
    (
        "persona = \"pedantic\"\nfail-on = \"low\"\nmin-severity = \"info\"\nmin-confidence = \"medium\"\n",
        true,
    ),
    ("exclude = [\"vendor/**\", \"old\"]\n", true),
    ("exclude = \"vendor/**\"\n", true),
    ("[deployment]\nhttps = \"proxy\"\ncross-site = true\n", true),
    ("[suppressions]\nrequire-reason = true\n", true),
    ("[rules.cookie-no-secure]\nseverity = \"critical\"\npersona = \"regular\"\noff = false\n", true),
    (
        "[[overrides]]\npaths = [\"a/**\"]\nignore = [\"debug-on\"]\nreason = \"lab\"\nrules.debug-on.off = true\n",
        true,
    ),
    ("persona = \"strict\"\n", false),
    ("fail_on = \"low\"\n", false),
    ("fail-on = 3\n", false),
    ("exclude = [1]\n", false),
    ("[deployment]\nhttps = \"server\"\n", false),
    ("[deployment]\nproxy = true\n", false),
    ("[suppressions]\nrequire-reason = \"yes\"\n", false),
    ("[rules.cookie-no-secure]\nlevel = \"low\"\n", false),
    ("rules = [\"a.md\"]\n", false),
    ("[[overrides]]\nignore = [\"debug-on\"]\n", false),
];

#[test]
fn schema_and_tool_agree_about_configurations() {
    let validator = schema("config.schema.json");
    for (number, (text, right)) in CONFIGURATIONS.iter().enumerate() {
        let value: toml::Value = toml::from_str(text).unwrap();
        let value = serde_json::to_value(value).unwrap();
        assert_eq!(validator.is_valid(&value), *right, "the schema about:\n{text}");
        let root =
            project(&format!("schema-config-{number}"), &[("sessionlint.toml", text), ("a.py", "x = 1\n")]);
        let run = sessionlint(&root, &[]);
        assert_eq!(run.code, if *right { 0 } else { 2 }, "the tool about:\n{text}\n{}", run.err);
    }
}

#[test]
fn the_configuration_of_the_readme_is_right() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let text = readme.split("```toml\n").nth(1).and_then(|it| it.split("```").next()).unwrap();
    let value: toml::Value = toml::from_str(text).unwrap();
    valid(&schema("config.schema.json"), &serde_json::to_value(value).unwrap(), "README.md");
    let root = project("schema-readme", &[("sessionlint.toml", text), ("a.py", "x = 1\n")]);
    let run = sessionlint(&root, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
}
