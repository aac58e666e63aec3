//! The binary as people and scripts meet it.

#[expect(dead_code, reason = "other test programs use the rest")]
mod common;

use std::fmt::Write as _;

use common::{FAULTY, Said, command, project, said, sessionlint};

fn check(name: &str, files: &[(&str, &str)], arguments: &[&str]) -> Said {
    let root = project(name, files);
    sessionlint(&root, arguments)
}

type Files = &'static [(&'static str, &'static str)];

const CLEAN: Files = &[("app.py", "print('hello')\n")];

/// A configuration beside the faulty project.
fn with<'a>(config: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    FAULTY.iter().copied().chain([config]).collect()
}

#[test]
fn exit_codes() {
    let cases: &[(&str, Files, &[&str], i32)] = &[
        ("clean", CLEAN, &[], 0),
        ("findings", FAULTY, &[], 1),
        ("findings-plain-path", FAULTY, &["."], 1),
        ("findings-check", FAULTY, &["check", "."], 1),
        ("fail-on-critical", FAULTY, &["--fail-on", "critical"], 0),
        ("exit-zero", FAULTY, &["--exit-zero"], 0),
        ("ignored", FAULTY, &["--ignore", "cookie-no-secure"], 0),
        ("only-other", FAULTY, &["--only", "debug-on"], 0),
        ("no-such-rule", FAULTY, &["--only", "cookie-no-secur"], 2),
        ("no-such-option", CLEAN, &["--frmat", "json"], 2),
        ("no-such-path", CLEAN, &["nowhere"], 2),
        ("no-such-format", CLEAN, &["--output", "jsn=x"], 2),
        ("unwritable", CLEAN, &["--output", "json=no/such/folder/x.json"], 2),
        ("nothing", &[], &[], 3),
        ("help", CLEAN, &["--help"], 0),
        ("version", CLEAN, &["--version"], 0),
    ];
    for (name, files, arguments, code) in cases {
        let run = check(&format!("exit-{name}"), files, arguments);
        assert_eq!(run.code, *code, "{name}\n{}\n{}", run.out, run.err);
    }
}

#[test]
fn the_format_never_changes_the_exit_code() {
    let root = project("formats", FAULTY);
    for format in ["human", "concise", "json", "sarif", "github", "markdown"] {
        let run = sessionlint(&root, &["--format", format]);
        assert_eq!(run.code, 1, "{format}");
        assert!(run.out.contains("cookie-no-secure"), "{format}:\n{}", run.out);
    }
}

#[test]
fn human() {
    let run = check("human", FAULTY, &["--only", "cookie-no-secure"]);
    insta::assert_snapshot!(run.out, @r"
    high[cookie-no-secure]

      × cookie `sessionid` is sent without `Secure`
      ╰─▶ browsers send it with plain HTTP requests too, where anyone on the network path reads it
          (`security.W012` of the framework's own checks)
       ╭─[shop/settings.py:3:25]
     2 │ SECURE_SSL_REDIRECT = True
     3 │ SESSION_COOKIE_SECURE = False
       ·                         ──┬──
       ·                           ╰── `Secure` switched off here
     4 │ CSRF_COOKIE_SECURE = True
       ╰────
      help: set `SESSION_COOKIE_SECURE = True`, `CSRF_COOKIE_SECURE = True` or the like in the
            settings that production uses
            `--fix` does it: write `True` here

    1 finding (1 high)
    1 fixable with `--fix`
    judged 2 of 2 cookies, 1 of 1 session in 3 files
    ");
    assert_eq!(run.err, "");
}

#[test]
fn concise_and_github() {
    let root = project("lines", &with((".git/HEAD", "")));
    let only = ["--only", "cookie-no-secure"];
    let run = sessionlint(&root, &[&["--format", "concise"][..], &only].concat());
    insta::assert_snapshot!(run.out, @"shop/settings.py:3:25: high[cookie-no-secure] cookie `sessionid` is sent without `Secure`");
    let run = sessionlint(&root, &[&["--format", "github"][..], &only].concat());
    insta::assert_snapshot!(run.out, @"::error file=shop/settings.py,line=3,endLine=3,col=25,endColumn=30,title=cookie-no-secure::cookie `sessionid` is sent without `Secure`%0Abrowsers send it with plain HTTP requests too, where anyone on the network path reads it (`security.W012` of the framework's own checks)%0Aset `SESSION_COOKIE_SECURE = True`, `CSRF_COOKIE_SECURE = True` or the like in the settings that production uses");
}

#[test]
fn several_reports_in_one_run_are_those_of_single_runs() {
    let root = project("several", FAULTY);
    let out = project("several-out", &[]);
    let target = |format: &str| format!("{format}={}", out.join(format).display());
    let (json, sarif) = (target("json"), target("sarif"));
    let run = sessionlint(&root, &["--format", "concise", "--output", &json, "--output", &sarif]);
    assert_eq!(run.code, 1);
    for format in ["json", "sarif"] {
        let alone = sessionlint(&root, &["--format", format]).out;
        assert_eq!(std::fs::read_to_string(out.join(format)).unwrap(), alone, "{format}");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let all = common::repository().join("fixtures");
    // reports with fixes run many times
    let few = all.join("axum-shop");
    for (format, root) in [("concise", &all), ("json", &few), ("sarif", &few), ("human", &few)] {
        let one = sessionlint(root, &["--format", format, "--threads", "1", "--persona", "auditor"]).out;
        for threads in ["2", "7"] {
            let run = sessionlint(root, &["--format", format, "--threads", threads, "--persona", "auditor"]);
            assert!(run.out == one, "{format} with {threads} threads differs");
        }
    }
}

#[test]
fn colours_are_asked_for_in_the_known_ways() {
    let root = project("colours", FAULTY);
    let coloured = |arguments: &[&str], variables: &[(&str, &str)]| {
        let run = said(command(&root).args(arguments).envs(variables.iter().copied()).output().unwrap());
        run.out.contains("\u{1b}[")
    };
    assert!(!coloured(&[], &[]), "no terminal");
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(coloured(&[], &[("FORCE_COLOR", "1")]));
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "0")]));
    assert!(!coloured(&["--color", "never"], &[("FORCE_COLOR", "1")]));
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    use std::process::Stdio;
    let root = project("pipe", FAULTY);
    let mut child = command(&root)
        .args(["rules", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let run = said(child.wait_with_output().unwrap());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}

#[test]
fn a_wrong_rule_and_a_wrong_word_are_answered() {
    let run = check("wrong-rule", CLEAN, &["--ignore", "cookie-no-secur"]);
    assert_eq!(run.err, "error: no rule `cookie-no-secur`\n  help: did you mean `cookie-no-secure`?\n");
    let run = check("wrong-explain", CLEAN, &["explain", "login-no-cycel"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("did you mean `login-no-cycle`?"), "{}", run.err);
}

#[test]
fn configuration_is_found_in_all_its_places() {
    let places = [
        ("sessionlint.toml", "[rules.cookie-no-secure]\noff = true\n"),
        (".sessionlint.toml", "[rules.cookie-no-secure]\noff = true\n"),
        (".github/sessionlint.toml", "[rules.cookie-no-secure]\noff = true\n"),
        ("pyproject.toml", "[tool.sessionlint.rules.cookie-no-secure]\noff = true\n"),
        ("Cargo.toml", "[workspace.metadata.sessionlint.rules.cookie-no-secure]\noff = true\n"),
        (
            "Cargo.toml",
            "[package]\nname = \"a\"\n[package.metadata.sessionlint.rules.cookie-no-secure]\noff = true\n",
        ),
    ];
    for (number, place) in places.into_iter().enumerate() {
        let root = project(&format!("config-{number}"), &with(place));
        assert_eq!(sessionlint(&root, &[]).code, 0, "{}", place.0);
        assert_eq!(sessionlint(&root, &["--no-config"]).code, 1, "{}", place.0);
    }
}

#[test]
fn configuration_comes_from_above_as_far_as_the_repository() {
    let config = "[rules.cookie-no-secure]\noff = true\n";
    let inside: Vec<_> = FAULTY.iter().map(|(path, text)| (format!("site/{path}"), *text)).collect();
    let mut files: Vec<_> = inside.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    files.push(("sessionlint.toml", config));
    let root = project("config-above", &files);
    common::write(&root, ".git/HEAD", b"");
    assert_eq!(sessionlint(&root, &["site"]).code, 0);
    common::write(&root, "site/.git/HEAD", b"");
    assert_eq!(sessionlint(&root, &["site"]).code, 1, "the configuration lies outside of the repository");
}

#[test]
fn severities_personas_and_paths_of_the_configuration() {
    let cases = [
        ("severity", "[rules.cookie-no-secure]\nseverity = \"low\"\n", 0),
        ("persona", "[rules.cookie-no-secure]\npersona = \"auditor\"\n", 0),
        ("fail-on", "fail-on = \"critical\"\n", 0),
        ("min-severity", "min-severity = \"critical\"\n", 0),
        ("override", "[[overrides]]\npaths = [\"shop/**\"]\nignore = [\"cookie-no-secure\"]\n", 0),
        ("other-path", "[[overrides]]\npaths = [\"blog/**\"]\nignore = [\"cookie-no-secure\"]\n", 1),
        (
            "override-rule",
            "[[overrides]]\npaths = \"shop/*.py\"\nrules.cookie-no-secure.severity = \"info\"\n",
            0,
        ),
        ("exclude", "exclude = [\"shop/settings.py\"]\n", 0),
    ];
    for (name, config, code) in cases {
        let run = check(&format!("config-{name}"), &with(("sessionlint.toml", config)), &[]);
        assert_eq!(run.code, code, "{name}\n{}\n{}", run.out, run.err);
    }
}

#[test]
fn faults_in_the_configuration_are_shown_where_they_are() {
    let config = "fail-on = \"hihg\"\npersna = \"regular\"\n\n[rules.cookie-no-secur]\noff = true\n\n[[overrides]]\nignore = [\"debug-on\"]\n";
    let run = check("config-faults", &with(("sessionlint.toml", config)), &[]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.err, @r#"
    configuration

      × `fail-on` has no value `hihg`
       ╭─[sessionlint.toml:1:11]
     1 │ fail-on = "hihg"
       ·           ──────
     2 │ persna = "regular"
       ╰────
      help: did you mean `high`?

    configuration

      × unknown key `persna`
       ╭─[sessionlint.toml:2:1]
     1 │ fail-on = "hihg"
     2 │ persna = "regular"
       · ──────
     3 │ 
       ╰────
      help: did you mean `persona`?

    configuration

      × no rule `cookie-no-secur`
       ╭─[sessionlint.toml:4:8]
     3 │ 
     4 │ [rules.cookie-no-secur]
       ·        ───────────────
     5 │ off = true
       ╰────
      help: did you mean `cookie-no-secure`?

    configuration

      × an override without `paths`
       ╭─[sessionlint.toml:7:1]
     6 │ 
     7 │ [[overrides]]
       · ─────────────
     8 │ ignore = ["debug-on"]
       ╰────
      help: say where it holds: `paths = ["legacy/**"]`
    "#);
    let run = check("config-syntax", &with(("sessionlint.toml", "fail-on = \n")), &[]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("sessionlint.toml:1:"), "{}", run.err);
}

#[test]
fn own_rules_are_run_and_their_faults_told() {
    let page = "# no-lax\n\n```toml rule\nsummary = \"session cookie is lax\"\non = \"cookie\"\nwhen = { secure = \"off\" }\n\
                severity = \"high\"\nmessage = \"cookie `{name}` breaks our own rule\"\nwhy = \"we say so\"\nhelp = \"obey\"\n```\n\nOurs.\n";
    let config = ("sessionlint.toml", "rule-files = [\"security/*.md\"]\n");
    let mut files = with(config);
    files.push(("security/no-lax.md", page));
    let run = check("own-rules", &files, &["--only", "no-lax", "--format", "concise"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.out.contains("high[no-lax] cookie `sessionid` breaks our own rule"), "{}", run.out);
    let root = project("own-rules-shown", &files);
    assert!(sessionlint(&root, &["rules"]).out.contains("session cookie is lax"));
    assert!(sessionlint(&root, &["explain", "no-lax"]).out.contains("we say so"));
    let wrong = page.replace("severity = \"high\"", "severty = \"high\"");
    files.pop();
    files.push(("security/no-lax.md", &wrong));
    let run = check("own-rules-wrong", &files, &[]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("did you mean `severity`?"), "{}", run.err);
    assert!(run.err.contains("security/no-lax.md:7:1"), "{}", run.err);
}

#[test]
fn a_file_is_judged_in_its_project() {
    let root = project("one-file", FAULTY);
    let run = sessionlint(&root, &["shop/settings.py", "--format", "concise"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.out.starts_with("shop/settings.py:3:"), "{}", run.out);
    assert_eq!(sessionlint(&root, &["manage.py"]).code, 0);
}

#[test]
fn what_cannot_be_read_is_said_and_strict_fails() {
    let broken = ("shop/views.py", "def view(request:\n    request.session['a'] = (\n");
    let root = project("strict", &with(broken));
    let run = sessionlint(&root, &["--exit-zero"]);
    assert_eq!(run.code, 0);
    assert!(run.err.contains("warning: shop/views.py:"), "{}", run.err);
    assert!(run.out.contains("problem"), "{}", run.out);
    assert_eq!(sessionlint(&root, &["--strict", "--exit-zero"]).code, 2);
    assert_eq!(sessionlint(&root, &["--quiet", "--exit-zero"]).err, "");
}

#[test]
fn comments_silence_findings() {
    let settings = |line: &str| {
        let text = FAULTY[3].1.replace("SESSION_COOKIE_SECURE = False", line);
        FAULTY[..3]
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .chain([("shop/settings.py".to_owned(), text)])
            .collect::<Vec<_>>()
    };
    let cases = [
        (
            "behind",
            "SESSION_COOKIE_SECURE = False  # sessionlint: ignore[cookie-no-secure] plain HTTP in the lab",
            0,
            "cookie-no-secure",
        ),
        (
            "above",
            "# sessionlint: ignore[cookie-no-secure]\nSESSION_COOKIE_SECURE = False",
            0,
            "cookie-no-secure",
        ),
        (
            "above-comment",
            "# sessionlint: ignore[cookie-no-secure]\n# and more\nSESSION_COOKIE_SECURE = False",
            0,
            "cookie-no-secure",
        ),
        (
            "inside",
            "SESSION_COOKIE_SECURE = (\n    # sessionlint: ignore[cookie-no-secure]\n    False\n)",
            0,
            "cookie-no-secure",
        ),
        (
            "file",
            "SESSION_COOKIE_SECURE = False\n\n\n# sessionlint: file-ignore[cookie-no-secure] lab",
            0,
            "cookie-no-secure",
        ),
        (
            "other-rule",
            "SESSION_COOKIE_SECURE = False  # sessionlint: ignore[debug-on]",
            1,
            "unused-suppression",
        ),
        (
            "far",
            "# sessionlint: ignore[cookie-no-secure]\n\nX = 1\nSESSION_COOKIE_SECURE = False",
            1,
            "unused-suppression",
        ),
        (
            "unknown",
            "SESSION_COOKIE_SECURE = False  # sessionlint: ignore[cookie-no-secur]",
            1,
            "invalid-suppression",
        ),
    ];
    for (name, line, code, said) in cases {
        let files = settings(line);
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let root = project(&format!("silence-{name}"), &files);
        let run = sessionlint(&root, &["--format", "json"]);
        assert_eq!(run.code, code, "{name}\n{}", run.out);
        assert!(run.out.contains(said), "{name}\n{}", run.out);
        assert_eq!(sessionlint(&root, &["--no-ignores"]).code, 1, "{name}");
    }
}

#[test]
fn a_silenced_finding_stays_in_the_report_with_its_reason() {
    let text = FAULTY[3]
        .1
        .replace("SECURE = False\nC", "SECURE = False  # sessionlint: ignore[cookie-no-secure] lab\nC");
    let files: Vec<_> = FAULTY[..3].iter().copied().chain([("shop/settings.py", text.as_str())]).collect();
    let run = check("silenced", &files, &["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let suppressed = &report["suppressed"][0];
    assert_eq!(suppressed["rule"], "cookie-no-secure");
    assert_eq!(suppressed["suppression"]["kind"], "comment");
    assert_eq!(suppressed["suppression"]["reason"], "lab");
    assert_eq!(suppressed["suppression"]["line"], 3);
    assert_eq!(report["summary"]["suppressed"], 1);
}

#[test]
fn facts_rules_explain_completions_and_schemas_answer() {
    let root = project("answers", FAULTY);
    let facts = sessionlint(&root, &["facts"]);
    assert_eq!(facts.code, 0);
    assert!(facts.out.contains("cookie sessionid"), "{}", facts.out);
    assert!(facts.out.contains("14 days  (default of django 5.2.0)"), "{}", facts.out);
    let facts: serde_json::Value =
        serde_json::from_str(&sessionlint(&root, &["facts", "--format", "json"]).out).unwrap();
    assert!(facts["facts"].as_array().unwrap().len() > 1);
    let rules = sessionlint(&root, &["rules"]).out;
    assert_eq!(rules.lines().count(), sessionlint::rule::builtin().len());
    let json: serde_json::Value =
        serde_json::from_str(&sessionlint(&root, &["rules", "--format", "json"]).out).unwrap();
    assert_eq!(json["rules"].as_array().unwrap().len(), sessionlint::rule::builtin().len());
    for rule in sessionlint::rule::builtin() {
        let text = sessionlint(&root, &["explain", &rule.id]);
        assert!(
            text.code == 0
                && text.out.starts_with(&format!("# {}\n", rule.id))
                && !text.out.contains("toml rule")
        );
    }
    let page = sessionlint(&root, &["explain", "debug-on", "--format", "markdown"]).out;
    assert_eq!(page, std::fs::read_to_string(common::repository().join("rules/debug-on.md")).unwrap());
    assert!(sessionlint(&root, &["completions", "bash"]).out.contains("_sessionlint"));
    assert!(sessionlint(&root, &["schema", "json"]).out.contains("sessionlint/1"));
}

/// Every `if` doubles what a value can be; the work must not double with it.
#[test]
fn many_branches_cost_no_more_than_few() {
    let mut view = "def view(request):\n    response = HttpResponse('ok')\n    text = ''\n".to_owned();
    for at in 0..200 {
        let _ = writeln!(
            view,
            "    if request.GET.get('a{at}'):\n        text += 'x{at}'\n    else:\n        text = text + text"
        );
    }
    view.push_str("    response.set_cookie('session', text)\n    return response\n");
    let files = [
        ("requirements.txt", "Django==5.2\n"),
        ("shop/views.py", &format!("from django.http import HttpResponse\n\n\n{view}")),
    ];
    let said = check("branches", &files, &["--format", "concise"]);
    assert!(said.out.contains("cookie `session` is sent without `Secure`"), "{}{}", said.out, said.err);
}

#[test]
fn the_readme_shows_what_is_printed() {
    let readme = std::fs::read_to_string(common::repository().join("README.md")).unwrap();
    let shown = readme.split("```text\n").nth(1).and_then(|it| it.split("```").next()).unwrap();
    let run = sessionlint(common::repository(), &["check", "fixtures/axum-shop"]);
    // the counts at the end change with every improvement
    let findings: Vec<_> = shown.trim_end().split("\n\n...\n\n").filter(|it| it.contains("╭─[")).collect();
    assert!(findings.len() > 1);
    for part in findings {
        assert!(run.out.contains(part), "README.md shows what is no longer printed:\n{part}");
    }
}
