//! Accepted findings and changed lines: what is known stays silent, what is new is reported.

use std::path::Path;
use std::process::Command;

#[expect(dead_code, reason = "other test programs use the rest")]
mod common;

use common::{FAULTY, project, sessionlint, write};

const BASELINE: &str = "sessionlint-baseline.toml";

/// Three handlers with faults of several kinds.
const VIEWS: [&str; 3] = [
    "def hello(request):\n    response = HttpResponse(\"hello\")\n    audit(request)\n    response.set_cookie(\"auth_token\", new_token(), httponly=True, samesite=\"Lax\")\n    return response\n",
    "def login(request):\n    user = User.objects.get(name=request.POST[\"name\"])\n    if user.check_password(request.POST[\"password\"]):\n        request.session[\"user_id\"] = user.pk\n    return redirect(\"/\")\n",
    "def logout(request):\n    del request.session[\"user_id\"]\n    return redirect(\"/\")\n",
];
const IMPORTS: &str = "from django.contrib.auth.models import User\nfrom django.http import HttpResponse\nfrom django.shortcuts import redirect\n\n\n";

fn views(order: [usize; 3]) -> String {
    format!("{IMPORTS}{}", order.map(|it| VIEWS[it]).join("\n\n"))
}

fn read(root: &Path, path: &str) -> String {
    std::fs::read_to_string(root.join(path)).unwrap()
}

fn shop(name: &str) -> std::path::PathBuf {
    let root = project(name, FAULTY);
    write(&root, "shop/views.py", views([0, 1, 2]).as_bytes());
    root
}

#[test]
fn what_is_listed_is_silent_and_what_is_new_is_not() {
    let root = shop("baseline-new");
    let before = sessionlint(&root, &["--format", "concise"]);
    assert_eq!(before.code, 1);
    let written = sessionlint(&root, &["baseline"]);
    assert_eq!(written.code, 0, "{}", written.err);
    let listed = read(&root, BASELINE).matches("[[finding]]").count();
    assert!(listed >= 3, "{}", before.out);
    let run = sessionlint(&root, &["--format", "concise"]);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);
    assert!(run.err.contains(&format!("0 findings, {listed} suppressed")), "{}", run.err);
    assert_eq!(sessionlint(&root, &["--no-baseline"]).code, 1);
    assert_eq!(sessionlint(&root, &["--format", "concise", "--no-baseline"]).out, before.out);

    // one more of a kind that is listed already
    let more = VIEWS[0].replace("hello", "again").replace("auth_token", "access_token");
    write(&root, "shop/views.py", format!("{}\n\n{more}", views([0, 1, 2])).as_bytes());
    let run = sessionlint(&root, &["--format", "concise"]);
    assert_eq!((run.code, run.out.lines().count()), (1, 1), "{}", run.out);
    assert!(run.out.contains("access_token"), "{}", run.out);
    let json: serde_json::Value =
        serde_json::from_str(&sessionlint(&root, &["--format", "json"]).out).unwrap();
    assert_eq!(json["suppressed"].as_array().unwrap().len(), listed);
    assert_eq!(json["suppressed"][0]["suppression"]["kind"], "baseline");
}

#[test]
fn it_survives_moved_lines_and_another_layout() {
    let root = shop("baseline-moved");
    assert_eq!(sessionlint(&root, &["baseline"]).code, 0);
    let settings = read(&root, "shop/settings.py");
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let moved = format!("# a new first line\n\n\n{}", views(order));
        let wrapped = moved
            .replace("set_cookie(\"auth_token\", ", "set_cookie(\n        \"auth_token\",\n        ")
            .replace("    ", "\t")
            .replace('\n', "\r\n");
        for text in [moved, wrapped] {
            write(&root, "shop/views.py", text.as_bytes());
            let mut lines: Vec<_> = settings.split_inclusive('\n').collect();
            lines[..4].rotate_left(order[0] + 1);
            write(&root, "shop/settings.py", format!("# moved\n{}", lines.concat()).as_bytes());
            let run = sessionlint(&root, &["--format", "concise"]);
            assert_eq!((run.code, run.out.as_str()), (0, ""), "{order:?} {text}");
            assert!(!run.err.contains("no longer"), "{order:?} {}", run.err);
        }
    }
}

#[test]
fn what_is_mended_is_told_and_pruned_and_reasons_are_kept() {
    let root = shop("baseline-stale");
    sessionlint(&root, &["baseline"]);
    let text =
        read(&root, BASELINE).replacen("fingerprint", "reason = \"until \\\"May\\\"\"\nfingerprint", 1);
    write(&root, BASELINE, text.as_bytes());
    let number = text.matches("[[finding]]").count();
    write(
        &root,
        "shop/views.py",
        views([0, 1, 2]).replace("httponly=True", "httponly=True, secure=True").as_bytes(),
    );
    let run = sessionlint(&root, &[]);
    assert_eq!(run.code, 0);
    assert!(run.err.contains("is listed and no longer found"), "{}", run.err);
    assert!(run.err.contains("`auth_token` in `shop/views.py`"), "{}", run.err);
    assert_eq!(sessionlint(&root, &["--strict"]).code, 2);
    // rules and files that were not looked at are no news
    assert!(!sessionlint(&root, &["--only", "debug-on"]).err.contains("no longer"));
    assert!(!sessionlint(&root, &["shop/settings.py"]).err.contains("no longer"));

    write(&root, "shop/extra.py", format!("{IMPORTS}{}", VIEWS[2]).as_bytes());
    assert_eq!(sessionlint(&root, &["baseline", "--prune"]).code, 0);
    let pruned = read(&root, BASELINE);
    assert_eq!(pruned.matches("[[finding]]").count(), number - 1, "{pruned}");
    assert!(
        pruned.contains(r#"reason = 'until "May"'"#) || pruned.contains(r#"reason = "until \"May\"""#),
        "{pruned}"
    );
    assert_eq!(sessionlint(&root, &[]).code, 1, "what is new is not taken in");
    assert!(!sessionlint(&root, &[]).err.contains("no longer"));
    sessionlint(&root, &["baseline"]);
    assert_eq!(sessionlint(&root, &[]).code, 0);
    let again = read(&root, BASELINE);
    assert!(again.contains("May"), "{again}");
    sessionlint(&root, &["baseline"]);
    assert_eq!(read(&root, BASELINE), again, "the same findings give the same bytes");
}

#[test]
fn it_is_found_above_as_far_as_the_repository_and_where_one_says() {
    let mut files: Vec<(String, &str)> =
        FAULTY.iter().map(|(path, text)| (format!("site/{path}"), *text)).collect();
    files.push((".git/HEAD".to_owned(), ""));
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let root = project("baseline-above", &files);
    assert_eq!(sessionlint(&root, &["baseline"]).code, 0);
    assert_eq!(sessionlint(&root, &["site"]).code, 0);
    assert_eq!(sessionlint(&root.join("site/shop"), &["..", "--strict"]).code, 0);
    std::fs::rename(root.join(BASELINE), root.join("known.toml")).unwrap();
    assert_eq!(sessionlint(&root, &["site"]).code, 1);
    assert_eq!(sessionlint(&root, &["site", "--baseline", "known.toml"]).code, 0);
    // as seen from a part of the repository, entries of other parts stay
    write(&root, "other/app.py", VIEWS[2].as_bytes());
    assert_eq!(sessionlint(&root, &["baseline", "--prune", "--baseline", "known.toml", "other"]).code, 0);
    assert_eq!(sessionlint(&root, &["site", "--baseline", "known.toml"]).code, 0);
}

#[test]
fn faults_of_a_baseline_are_shown_where_they_are() {
    let root = shop("baseline-faulty");
    write(&root, BASELINE, b"schema = \"sessionlint-baseline/1\"\n[[finding]]\npath = 3\n");
    let run = sessionlint(&root, &[]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains(BASELINE) && run.err.contains("an entry without `rule`"), "{}", run.err);
    let run = sessionlint(&root, &["--baseline", "gone.toml"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("cannot read the baseline `gone.toml`"), "{}", run.err);
    std::fs::remove_file(root.join(BASELINE)).unwrap();
    assert_eq!(sessionlint(&root, &["baseline", "--prune"]).code, 2);
}

fn git(root: &Path, arguments: &[&str]) {
    let run = Command::new("git")
        .current_dir(root)
        .args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git is there");
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
}

/// The binary needs to find git.
fn changed(root: &Path, arguments: &[&str]) -> common::Said {
    let path = std::env::var_os("PATH").unwrap_or_default();
    common::said(common::command(root).env("PATH", path).args(arguments).output().unwrap())
}

#[test]
fn only_changed_lines_are_reported_and_everything_is_analysed() {
    let root = shop("changed-lines");
    git(&root, &["init", "-q", "-b", "main"]);
    git(&root, &["add", "."]);
    git(&root, &["commit", "-q", "-m", "first"]);
    let since = ["--format", "concise", "--changed-since", "main"];
    let run = changed(&root, &since);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);

    git(&root, &["checkout", "-q", "-b", "work"]);
    let text = views([0, 1, 2]).replace("[\"user_id\"] = user.pk", "[\"user_id\"] = user.id");
    write(&root, "shop/views.py", text.as_bytes());
    let run = changed(&root, &since);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.out.lines().all(|it| it.contains("login-no-cycle")) && !run.out.is_empty(), "{}", run.out);
    git(&root, &["commit", "-qam", "second"]);
    assert_eq!(changed(&root, &since).out, run.out, "commits count like edits");
    // what the other branch did since is no change of this one
    git(&root, &["checkout", "-q", "main"]);
    write(&root, "shop/settings.py", format!("\n{}", read(&root, "shop/settings.py")).as_bytes());
    git(&root, &["commit", "-qam", "elsewhere"]);
    git(&root, &["checkout", "-q", "work"]);
    assert_eq!(changed(&root, &since).out, run.out);
    // from a folder below, and a file that git does not know, with a name that it quotes
    write(&root, "shop/gr\u{fc}\u{df} \"e.py", format!("{IMPORTS}{}", VIEWS[2]).as_bytes());
    let below = changed(&root.join("shop"), &since);
    assert!(below.out.contains("gr\u{fc}\u{df} \"e.py"), "{}{}", below.out, below.err);
    assert!(below.out.contains("views.py") && below.out.lines().count() == run.out.lines().count() + 1);
    // a line that only went away
    git(&root, &["add", "."]);
    git(&root, &["commit", "-qm", "third"]);
    let only = ["--format", "concise", "--changed-since", "HEAD"];
    assert_eq!(changed(&root, &only).out, "");
    let gone = read(&root, "shop/views.py").replace("    audit(request)\n", "");
    write(&root, "shop/views.py", gone.as_bytes());
    let run = changed(&root, &only);
    assert_eq!(run.out.lines().count(), 1, "{}", run.out);
    assert!(run.out.contains("auth_token"), "{}", run.out);
}

#[test]
fn what_a_change_brings_elsewhere_is_reported_too() {
    let root = project(
        "changed-elsewhere",
        &[
            (
                "manage.py",
                "import os\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"shop.settings\")\n",
            ),
            ("requirements.txt", "django==5.1\n"),
            ("shop/__init__.py", ""),
            ("shop/base.py", "NAME = \"shop\"\n\n\n\n\nSECURE = True\n"),
            (
                "shop/settings.py",
                "import os\nfrom shop.base import *\nSECRET_KEY = os.environ[\"KEY\"]\nSECURE_SSL_REDIRECT = True\nSECURE_HSTS_SECONDS = 31536000\n\n\n\nSESSION_COOKIE_SECURE = SECURE\nMIDDLEWARE = [\n    \"django.middleware.security.SecurityMiddleware\",\n    \"django.contrib.sessions.middleware.SessionMiddleware\",\n]\n",
            ),
        ],
    );
    git(&root, &["init", "-q", "-b", "main"]);
    git(&root, &["add", "."]);
    git(&root, &["commit", "-q", "-m", "first"]);
    let since = ["--format", "concise", "--changed-since", "main"];
    assert_eq!(changed(&root, &since).out, "");
    // the line that decided goes, and no line of what is found was touched
    write(&root, "shop/base.py", b"NAME = \"shop\"\nSECURE = bool(NAME == \"\")\n");
    let run = changed(&root, &since);
    assert!(run.out.contains("cookie-no-secure"), "{}{}", run.out, run.err);
    write(&root, "shop/base.py", b"NAME = \"shop\"\n\n\n\n\nSECURE = True\n");
    let settings = read(&root, "shop/settings.py").replace("SESSION_COOKIE_SECURE = SECURE\n", "");
    write(&root, "shop/settings.py", settings.as_bytes());
    let run = changed(&root, &since);
    assert!(run.out.contains("cookie-no-secure"), "{}{}", run.out, run.err);
    // packages of another version are another project: changed lines alone count
    write(&root, "requirements.txt", b"django==5.2\n");
    assert_eq!(changed(&root, &since).code, 0);
}

#[test]
fn git_that_is_missing_and_revisions_that_nobody_knows_are_said() {
    let root = shop("changed-faults");
    // the folder of the tests lies in a repository
    git(&root, &["init", "-q"]);
    let run = changed(&root, &["--changed-since", "nowhere"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("git knows no revision `nowhere`"), "{}", run.err);
    assert_eq!(changed(&root, &["--changed-since=--help"]).code, 2);
    let empty =
        common::command(&root).env("PATH", "/nowhere").args(["--changed-since", "HEAD"]).output().unwrap();
    let run = common::said(empty);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("cannot run `git`"), "{}", run.err);
}
