//! SARIF that code scanning takes: valid, stable, with places that are right in awkward files.

mod common;

use std::path::Path;

use common::{finding, sessionlint};
use serde_json::Value;
use sessionlint::check::{Options, Report, conclude};
use sessionlint::facts::Note;
use sessionlint::finding::{Finding, Problem, ProblemKind, Severity};
use sessionlint::report::{Format, SarifOptions, Style, line_hashes, render};
use sessionlint::source::{FileId, Span};
use sessionlint::workspace::Workspace;

fn report(root: &Path, find: impl FnOnce(&Workspace) -> Vec<Finding>) -> Report {
    let workspace = Workspace::discover(root);
    let found = find(&workspace);
    conclude(workspace, Vec::new(), found, Vec::new(), &Options::default())
}

fn sarif(report: &Report) -> Value {
    let log: Value = serde_json::from_str(&render(report, Format::Sarif, Style::default())).unwrap();
    let schema: Value = serde_json::from_str(include_str!("data/sarif-2.1.0-rtm.5.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> =
        validator.iter_errors(&log).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    log
}

fn region(result: &Value) -> [u64; 4] {
    let region = &result["locations"][0]["physicalLocation"]["region"];
    ["startLine", "startColumn", "endLine", "endColumn"].map(|it| region[it].as_u64().unwrap())
}

fn uri(result: &Value) -> &str {
    result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap()
}

const CALL: &str = "set_cookie(SID)";

#[test]
fn columns_are_code_points_and_lines_are_those_of_editors() {
    let files = [
        ("plain.py", "x = 1\nset_cookie(SID)  # session\n", [2, 1, 2, 16]),
        ("umlaut.py", "ä = '😀é'; set_cookie(SID)  # session\n", [1, 11, 1, 26]),
        ("crlf.py", "x = 1\r\nset_cookie(SID)  # session\r\n", [2, 1, 2, 16]),
        ("mark.py", "\u{feff}set_cookie(SID)  # session\n", [1, 1, 1, 16]),
        ("tab.py", "if x:\n\tset_cookie(SID)  # session\n", [2, 2, 2, 17]),
    ];
    let texts: Vec<_> = files.iter().map(|(path, text, _)| (*path, *text)).collect();
    let root = common::project("sarif-columns", &texts);
    let report = report(&root, |it| files.iter().map(|(path, ..)| finding(it, path, CALL, 0)).collect());
    let log = sarif(&report);
    assert_eq!(log["runs"][0]["columnKind"], "unicodeCodePoints");
    for (path, _, expected) in files {
        let results = log["runs"][0]["results"].as_array().unwrap();
        let result = results.iter().find(|it| uri(it).ends_with(path)).unwrap_or_else(|| panic!("no {path}"));
        assert_eq!(region(result), expected, "{path}");
    }
}

#[test]
fn addresses_are_relative_to_the_repository_and_encoded() {
    let root = common::project(
        "sarif-paths",
        &[(".git/HEAD", ""), ("back end/a #1%.py", "set_cookie(SID)  # session\n")],
    );
    let whole = report(&root, |it| vec![finding(it, "back end/a #1%.py", CALL, 0)]);
    let part = report(&root.join("back end"), |it| vec![finding(it, "a #1%.py", CALL, 0)]);
    let (whole, part) = (sarif(&whole), sarif(&part));
    assert_eq!(uri(&whole["runs"][0]["results"][0]), "back%20end/a%20%231%25.py");
    assert_eq!(whole["runs"][0]["results"], part["runs"][0]["results"]);
    assert!(!whole.to_string().contains(root.to_str().unwrap()), "a path of this machine");
}

#[test]
fn nothing_found_is_an_empty_list_and_all_rules() {
    let root = common::project("sarif-empty", &[("empty.py", ""), ("a.py", "session = 1\n")]);
    let log = sarif(&report(&root, |_| Vec::new()));
    assert_eq!(log["runs"][0]["results"], Value::Array(Vec::new()));
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<_> = rules.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted() && ids.len() == sessionlint::rule::builtin().len());
    for rule in rules {
        let id = &rule["id"];
        let security = rule["properties"]["security-severity"].as_str().unwrap();
        let number: f64 = security.parse().unwrap();
        assert!(number > 0.0 && number <= 10.0, "{id}");
        for text in ["shortDescription", "fullDescription", "help"] {
            let text = rule[text]["text"].as_str().unwrap();
            assert!(!text.is_empty(), "{id}");
        }
        assert!(rule["fullDescription"]["text"].as_str().unwrap().chars().count() <= 1024, "{id}");
        let tags = rule["properties"]["tags"].as_array().unwrap();
        assert!(tags.len() <= 10 && tags[0] == "security", "{id}");
    }
}

#[test]
fn two_findings_on_a_line_are_two() {
    let root = common::project("sarif-line", &[("a.py", "set_cookie(SID); set_cookie(SID)  # session\n")]);
    let report = report(&root, |it| vec![finding(it, "a.py", CALL, 0), finding(it, "a.py", CALL, 1)]);
    let log = sarif(&report);
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    let [first, second] = [0, 1].map(|at| &results[at]["partialFingerprints"]);
    assert_ne!(first["sessionlint/v1"], second["sessionlint/v1"]);
    assert_eq!(first["primaryLocationLineHash"], second["primaryLocationLineHash"]);
}

#[test]
fn line_hashes_are_those_of_the_file_as_it_is() {
    let text = "\u{feff}x = 1\r\n\r\nset_cookie(SID)  # session\r\n";
    let root = common::project("sarif-hash", &[("a.py", text)]);
    let report = report(&root, |it| vec![finding(it, "a.py", CALL, 0)]);
    let source = sessionlint::source::SourceText::new("a.py", text);
    let log = sarif(&report);
    let prints = &log["runs"][0]["results"][0]["partialFingerprints"];
    assert_eq!(prints["primaryLocationLineHash"], line_hashes(&source)[2].as_str());
}

#[test]
fn many_findings_keep_the_worst() {
    let text = "set_cookie(SID)  # session\n".repeat(26_000);
    let root = common::project("sarif-many", &[("a.py", &text)]);
    let report = report(&root, |it| {
        let mut first = finding(it, "a.py", CALL, 0);
        first.severity = Severity::Low;
        let length = u32::try_from("set_cookie(SID)  # session\n".len()).unwrap();
        let at = |n: u32| Span { start: n * length, end: n * length + 15, ..first.span };
        let one = |n| Finding {
            span: at(n),
            severity: if n == 25_999 { Severity::High } else { Severity::Low },
            ..first.clone()
        };
        (0..26_000).map(one).collect()
    });
    let log: Value = serde_json::from_str(&render(&report, Format::Sarif, Style::default())).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    assert_eq!(results[0]["level"], "error");
    let notice = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(notice, "1000 of the least severe results were left out");
}

#[test]
fn evidence_is_linked_and_an_ordered_one_is_a_flow() {
    let root = common::project("sarif-flow", &[("a.py", "login = [session]\nset_cookie(SID)\n")]);
    let build = |ordered| {
        report(&root, |it| {
            let mut finding = finding(it, "a.py", CALL, 0);
            let span = Span::new(finding.span.file, 0, 5);
            finding.evidence = vec![Note { span, text: "user `a[0]` is checked here".into() }];
            finding.ordered = ordered;
            vec![finding]
        })
    };
    let log = sarif(&build(false));
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["relatedLocations"][0]["id"], 1);
    assert!(result.get("codeFlows").is_none());
    assert_eq!(
        result["message"]["text"],
        "cookie `sid` is sent without `Secure`. anyone on the network path can read it. \
         See [user `a\\[0\\]` is checked here](1)."
    );
    let log = sarif(&build(true));
    let steps = &log["runs"][0]["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"];
    let texts: Vec<_> = steps
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["location"]["message"]["text"].as_str().unwrap())
        .collect();
    assert_eq!(texts, ["user `a[0]` is checked here", "switched off here"]);
}

#[test]
fn problems_are_notifications() {
    let root = common::project("sarif-problems", &[("a.py", "session = (\n")]);
    let workspace = Workspace::discover(&root);
    let problem = |span| Problem {
        path: "a.py".into(),
        span,
        kind: ProblemKind::Syntax,
        message: "unexpected end of file".into(),
        help: String::new(),
    };
    let problems = vec![problem(None), problem(Some(Span::new(FileId(0), 10, 11)))];
    let log = sarif(&conclude(workspace, Vec::new(), Vec::new(), problems, &Options::default()));
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    let notes = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notes.len(), 2);
    assert_eq!(notes[0]["descriptor"]["id"], "syntax");
    assert!(notes[0]["locations"][0]["physicalLocation"].get("region").is_none());
    assert_eq!(notes[1]["locations"][0]["physicalLocation"]["region"]["startColumn"], 11);
}

#[test]
fn a_fingerprint_survives_edits_around_it() {
    let prints = |name, text: &str| {
        let root = common::project(name, &[(".git/HEAD", ""), ("a.py", text)]);
        let report = report(&root, |it| {
            (0..2)
                .map(|nth| {
                    let mut finding = finding(it, "a.py", CALL, nth);
                    finding.severity = if text.starts_with('#') { Severity::Low } else { Severity::High };
                    finding.message = format!("message {}", text.len());
                    finding
                })
                .collect()
        });
        report.findings.iter().map(|it| it.fingerprint.clone()).collect::<Vec<_>>()
    };
    let before = prints("print-1", "set_cookie(SID)\nset_cookie(SID)  # session\n");
    let after = prints("print-2", "# moved\n\n\nset_cookie(SID)\n\nset_cookie(SID)  # session\n");
    assert_eq!(before, after);
    assert_ne!(before[0], before[1]);
}

/// Checks a project with the binary; the log is valid.
fn printed(folder: &Path, arguments: &[&str]) -> (String, Value) {
    let run = sessionlint(folder, &[&["check", "--format", "sarif", "--exit-zero"], arguments].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    let log: Value = serde_json::from_str(&run.out).unwrap();
    let schema: Value = serde_json::from_str(include_str!("data/sarif-2.1.0-rtm.5.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> =
        validator.iter_errors(&log).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    (run.out, log)
}

#[test]
fn every_fixture_is_valid_and_the_same_twice() {
    let mut results = 0;
    for folder in std::fs::read_dir(common::repository().join("fixtures")).unwrap() {
        let folder = folder.unwrap().path();
        if folder.is_dir() {
            let (text, log) =
                printed(&folder, &["--sarif-suppressed", "--sarif-category", "shop", "--persona", "auditor"]);
            let (again, _) =
                printed(&folder, &["--sarif-suppressed", "--sarif-category", "shop", "--persona", "auditor"]);
            assert_eq!(text, again, "{}", folder.display());
            assert!(!text.contains(env!("CARGO_MANIFEST_DIR")), "a path of this machine");
            assert!(!text.contains("null"), "{}: null loses the whole upload", folder.display());
            results += log["runs"][0]["results"].as_array().unwrap().len();
        }
    }
    assert!(results > 100, "{results}");
}

const SILENCED: &[(&str, &str)] = &[
    common::FAULTY[0],
    common::FAULTY[1],
    common::FAULTY[2],
    (
        "shop/settings.py",
        "DEBUG = False\nSECURE_SSL_REDIRECT = True\nSESSION_COOKIE_SECURE = False  # sessionlint: ignore[cookie-no-secure] lab\n\
         CSRF_COOKIE_SECURE = True\nMIDDLEWARE = [\n    \"django.middleware.security.SecurityMiddleware\",\n    \
         \"django.contrib.sessions.middleware.SessionMiddleware\",\n    \
         \"django.middleware.csrf.CsrfViewMiddleware\",\n]\nINSTALLED_APPS = [\"django.contrib.sessions\"]\n",
    ),
    (
        "sessionlint.toml",
        "[[overrides]]\npaths = [\"shop/**\"]\nignore = [\"session-long-lived\"]\nreason = \"later\"\n",
    ),
];

#[test]
fn silenced_findings_are_told_on_request() {
    let root = common::project("sarif-suppressed", SILENCED);
    let (text, log) = printed(&root, &[]);
    assert!(!text.contains("\"suppressions\""));
    let open = log["runs"][0]["results"].as_array().unwrap().len();
    let (_, log) = printed(&root, &["--sarif-suppressed"]);
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert!(results.len() > open);
    // a viewer that sees the property on one result takes it for granted on all
    assert!(results.iter().all(|it| it["suppressions"].is_array()));
    let silenced: Vec<_> =
        results.iter().filter(|it| !it["suppressions"].as_array().unwrap().is_empty()).collect();
    assert_eq!(silenced.len(), results.len() - open);
    let comment = silenced.iter().find(|it| it["ruleId"] == "cookie-no-secure").unwrap();
    assert_eq!(comment["suppressions"][0]["kind"], "inSource");
    assert_eq!(comment["suppressions"][0]["justification"], "lab");
    assert_eq!(comment["suppressions"][0]["location"]["physicalLocation"]["region"]["startLine"], 3);
}

#[test]
fn a_category_tells_uploads_apart() {
    let root = common::project("sarif-category", common::FAULTY);
    let (_, log) = printed(&root, &[]);
    assert!(log["runs"][0].get("automationDetails").is_none());
    let (_, log) = printed(&root, &["--sarif-category", "back end"]);
    assert_eq!(log["runs"][0]["automationDetails"]["id"], "back end/");
}

#[test]
fn rules_lead_to_their_pages() {
    let root = common::project("sarif-pages", common::FAULTY);
    let (_, log) = printed(&root, &[]);
    let driver = &log["runs"][0]["tool"]["driver"];
    // without a publisher there are no addresses
    let home = driver["informationUri"].as_str();
    assert_eq!(home, option_env!("SESSIONLINT_HOMEPAGE"));
    for rule in driver["rules"].as_array().unwrap() {
        let id = rule["id"].as_str().unwrap();
        assert_eq!(rule["helpUri"].as_str(), home.map(|it| format!("{it}rules/{id}.html")).as_deref());
        assert!(
            !rule["help"]["markdown"].as_str().unwrap().contains("toml rule"),
            "{id}: a header nobody wants to read"
        );
        assert_ne!(rule["name"], rule["id"]);
    }
}

#[test]
fn six_thousand_findings_are_all_told() {
    let text = "set_cookie(SID)  # session\n".repeat(6_000);
    let root = common::project("sarif-six-thousand", &[("a.py", &text)]);
    let report = report(&root, |it| {
        let first = finding(it, "a.py", CALL, 0);
        let length = u32::try_from("set_cookie(SID)  # session\n".len()).unwrap();
        let at = |n: u32| Span { start: n * length, end: n * length + 15, ..first.span };
        (0..6_000).map(|n| Finding { span: at(n), ..first.clone() }).collect()
    });
    let log = sarif(&report);
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 6_000);
    let mut prints: Vec<_> = results
        .iter()
        .map(|it| it["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap())
        .collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), 6_000);
    assert!(render(&report, Format::Sarif, Style::default()).len() < 10 << 20);
    let options = SarifOptions { suppressed: true, ..SarifOptions::default() };
    assert!(sessionlint::report::sarif(&report, &options).contains("\"suppressions\": []"));
}

#[cfg(unix)]
#[test]
fn a_linked_folder_has_the_addresses_of_the_real_one() {
    let root = common::project("sarif-links", &[(".git/HEAD", "")]);
    for (path, text) in common::FAULTY {
        common::write(&root, &format!("real/{path}"), text.as_bytes());
    }
    let link = root.join("linked");
    std::os::unix::fs::symlink(root.join("real"), &link).unwrap();
    let (_, whole) = printed(&root, &[]);
    let (_, linked) = printed(&link, &[]);
    let (_, real) = printed(&root.join("real"), &[]);
    assert_eq!(linked["runs"][0]["results"], real["runs"][0]["results"]);
    let results = whole["runs"][0]["results"].as_array().unwrap();
    assert!(!results.is_empty() && results.iter().all(|it| uri(it).starts_with("real/")), "told twice");
}
