//! Hostile and broken input: each costs its own file and nothing else, says where it is, and ends soon.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

#[expect(dead_code, reason = "each test needs a part of it")]
mod common;

use common::{Said, project, sessionlint, write};

/// A project of both languages whose findings must always be there: in `src/main.rs`, in `shop/views.py`, and in
/// `config/base.toml`, which fills a struct of `src/settings.rs`.
const SOUND: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        "[package]\nname = \"app\"\n[dependencies]\naxum-extra = { version = \"0.10\", features = [\"cookie\"] }\nserde = \"1\"\n",
    ),
    (
        "src/main.rs",
        "use axum_extra::extract::cookie::{Cookie, CookieJar};\nmod settings;\npub async fn set(jar: CookieJar) -> CookieJar {\n    \
         jar.add(Cookie::build((\"session_id\", \"x\")).http_only(true).secure(false).build())\n}\n",
    ),
    (
        "src/settings.rs",
        "use axum_extra::extract::cookie::{Cookie, CookieJar};\nuse serde::Deserialize;\n\
         #[derive(Deserialize)]\npub struct Settings {\n    pub secure: bool,\n}\n\
         pub async fn set(jar: CookieJar, settings: Settings) -> CookieJar {\n    \
         jar.add(Cookie::build((\"auth_token\", \"x\")).http_only(true).secure(settings.secure).build())\n}\n",
    ),
    ("config/base.toml", "secure = false\n"),
    ("manage.py", "import os\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"shop.settings\")\n"),
    ("requirements.txt", "Django==5.2\n"),
    ("shop/__init__.py", ""),
    ("shop/settings.py", "DEBUG = False\nSECURE_SSL_REDIRECT = True\nSESSION_COOKIE_SECURE = True\n"),
    (
        "shop/views.py",
        "from django.http import HttpResponse\ndef view(request):\n    response = HttpResponse()\n    \
         response.set_cookie(\"auth\", \"x\", secure=False, httponly=True)\n    return response\n",
    ),
];

/// Far more than any of these takes on a slow machine in a debug build, far less than what an explosion takes.
const TIME: Duration = Duration::from_secs(90);

/// Nesting and lengths that no person writes.
const MANY: usize = 100_000;

fn sound(name: &str) -> PathBuf {
    project(&format!("robustness-{name}"), SOUND)
}

struct Checked {
    json: Value,
}

fn check(root: &Path) -> Checked {
    let started = Instant::now();
    let Said { code, out, err } = sessionlint(root, &["check", "--format", "json", "."]);
    assert!(started.elapsed() < TIME, "took {:?}", started.elapsed());
    assert_eq!(code, 1, "{err}");
    assert!(!err.contains("panicked"), "{err}");
    Checked { json: serde_json::from_str(&out).unwrap() }
}

impl Checked {
    /// The findings of the sound project are there, those in `but` aside.
    #[track_caller]
    fn has_all_but(&self, but: &[&str]) -> &Self {
        let found = |path: &str| {
            let here = |it: &&Value| it["rule"] == "cookie-no-secure" && it["path"] == path;
            self.json["findings"].as_array().unwrap().iter().any(|it| here(&it))
        };
        for path in ["src/main.rs", "config/base.toml", "shop/views.py"] {
            assert!(
                but.contains(&path) || found(path),
                "the finding of {path} is lost: {:#}",
                self.json["problems"]
            );
        }
        self
    }

    /// Path, kind, line and message of every problem.
    fn problems(&self) -> Vec<(String, String, Option<u64>, String)> {
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        let all = self.json["problems"].as_array().unwrap().iter();
        all.map(|it| {
            (text(&it["path"]), text(&it["kind"]), it["start"]["line"].as_u64(), text(&it["message"]))
        })
        .collect()
    }

    /// Exactly one file has problems: the first one of this kind, in this line.
    #[track_caller]
    fn has_problem(&self, path: &str, kind: &str, line: Option<u64>, words: &str) -> &Self {
        let problems = self.problems();
        let first = problems.first().unwrap_or_else(|| panic!("no problem is told"));
        assert!(problems.iter().all(|it| it.0 == path), "{problems:?}");
        assert_eq!((first.1.as_str(), first.2), (kind, line), "{problems:?}");
        assert!(first.3.contains(words), "{problems:?}");
        self
    }

    #[track_caller]
    fn has_no_problem(&self) -> &Self {
        assert_eq!(self.problems(), []);
        self
    }
}

/// Checks the sound project with one more file, or with one file instead.
fn with(name: &str, path: &str, content: impl AsRef<[u8]>) -> Checked {
    let root = sound(name);
    write(&root, path, content.as_ref());
    check(&root)
}

fn nested(before: &str, open: &str, inner: &str, close: &str, after: &str) -> String {
    format!("{before}{}{inner}{}{after}", open.repeat(MANY), close.repeat(MANY))
}

#[test]
fn the_sound_project_has_its_findings() {
    check(&sound("nothing")).has_all_but(&[]).has_no_problem();
}

#[test]
fn broken_rust_says_where_and_the_rest_of_the_file_is_judged() {
    let text = "use axum_extra::extract::cookie::{Cookie, CookieJar};\nfn broken( {\n}\npub fn whole(jar: CookieJar) -> CookieJar {\n    \
                jar.add(Cookie::build((\"session\", \"x\")).secure(false).build())\n}\n";
    let checked = with("broken-rust", "src/broken.rs", text);
    checked.has_all_but(&[]).has_problem("src/broken.rs", "syntax", Some(2), "");
    assert!(checked.json["findings"].as_array().unwrap().iter().any(|it| it["path"] == "src/broken.rs"));
}

#[test]
fn broken_python_says_where_and_the_rest_of_the_file_is_judged() {
    let text = "from django.http import HttpResponse\ndef broken(:\n    pass\ndef whole(request):\n    response = HttpResponse()\n    \
                response.set_cookie(\"auth\", \"x\", secure=False)\n    return response\n";
    let checked = with("broken-python", "shop/broken.py", text);
    checked.has_all_but(&[]).has_problem("shop/broken.py", "syntax", Some(2), "");
    assert!(checked.json["findings"].as_array().unwrap().iter().any(|it| it["path"] == "shop/broken.py"));
}

#[test]
fn deep_rust_is_one_problem_of_its_file() {
    let before = "use cookie::Cookie;\nfn f() { let x = ";
    let cases = [
        ("parentheses", nested(before, "(", "1", ")", "; }")),
        ("open-parentheses", nested(before, "(", "1", "", "")),
        ("blocks", nested("use cookie::Cookie;\nfn f() ", "{", "", "}", "")),
        ("generics", nested("use cookie::Cookie;\nfn f(x: ", "A<", "A", ">", ") {}")),
        ("signs", nested(before, "-", "1", "", "; }")),
        ("closures", nested(before, "|| ", "1", "", "; }")),
        ("references", nested("use cookie::Cookie;\nfn f(x: ", "&", "A", "", ") {}")),
        ("methods", nested(&format!("{before}a"), ".b()", "", "", "; }")),
        ("indices", nested(&format!("{before}a"), "[0]", "", "", "; }")),
        ("calls", nested(&format!("{before}a"), "()", "", "", "; }")),
        ("questions", nested(&format!("{before}a"), "?", "", "", "; }")),
        ("sums", nested(&format!("{before}1"), "+1", "", "", "; }")),
        ("else-if", nested("use cookie::Cookie;\nfn f() { if a {} ", "else if a {} ", "", "", "}")),
        ("imports", nested("use cookie::Cookie;\nuse ", "a::{", "b", "}", ";")),
        ("macros", nested(before, "vec![", "", "]", "; }")),
        ("modules", nested("use cookie::Cookie;\n", "mod a {", "", "}", "")),
    ];
    for (name, text) in cases {
        let checked = with(&format!("deep-rust-{name}"), "src/deep.rs", text);
        checked.has_all_but(&[]).has_problem("src/deep.rs", "limit", Some(2), "nested too deeply");
    }
}

#[test]
fn long_rust_is_no_deep_rust() {
    let cases = [
        ("statements", nested("use cookie::Cookie;\nfn f() { ", "let x = cookie(x);\n", "", "", "}")),
        ("arms", nested("use cookie::Cookie;\nfn f() { match x { ", "A => 1, ", "", "", "} }")),
        ("attributes", nested("use cookie::Cookie;\n", "#[a]\n", "", "", "fn f() {}")),
        ("comments", nested("use cookie::Cookie;\n", "/*", "", "*/", "")),
        ("elements", nested("use cookie::Cookie;\nconst X: [u8; 1] = [", "1, ", "", "", "];")),
    ];
    for (name, text) in cases {
        with(&format!("long-rust-{name}"), "src/long.rs", text).has_all_but(&[]).has_no_problem();
    }
}

#[test]
fn deep_python_is_one_problem_of_its_file() {
    let before = "# cookie\nx = ";
    let cases = [
        ("parentheses", nested(before, "(", "1", ")", "\n")),
        ("open-parentheses", nested(before, "(", "1", "", "")),
        ("lists", nested(before, "[", "", "]", "\n")),
        ("dictionaries", nested(before, "{1: ", "1", "}", "\n")),
        ("methods", nested("# cookie\nx = a", ".b()", "", "", "\n")),
        ("indices", nested("# cookie\nx = a", "[0]", "", "", "\n")),
        ("sums", nested("# cookie\nx = 1", "+1", "", "", "\n")),
        ("negations", nested(before, "not ", "1", "", "\n")),
        ("lambdas", nested(before, "lambda: ", "1", "", "\n")),
        ("conditions", nested(before, "1 if a else ", "1", "", "\n")),
        ("comparisons", nested("# cookie\nx = 1", "<1", "", "", "\n")),
    ];
    for (name, text) in cases {
        let checked = with(&format!("deep-python-{name}"), "shop/deep.py", text);
        checked.has_all_but(&[]).has_problem("shop/deep.py", "limit", Some(2), "levels deep");
    }
    let branches = nested("# cookie\nif a:\n  pass\n", "elif a:\n  pass\n", "", "", "");
    let checked = with("deep-python-elif", "shop/deep.py", branches);
    assert!(checked.has_all_but(&[]).problems().iter().all(|it| it.1 == "limit"));
}

#[test]
fn long_python_is_no_deep_python() {
    let text = nested("# cookie\n", "x = f(x)\n", "", "", "");
    with("long-python", "shop/long.py", text).has_all_but(&[]).has_no_problem();
    let handler = format!("# cookie\ndef v(request):\n{}", "    request.session[\"a\"] = 1\n".repeat(20_000));
    with("long-handler", "shop/long.py", handler).has_all_but(&[]).has_no_problem();
}

#[test]
fn deep_settings_are_one_problem_of_their_file() {
    let cases = [
        ("toml", "config/deep.toml", nested("x = ", "[", "", "]", "\n")),
        ("yaml-flow", "config/deep.yaml", nested("x: ", "[", "", "]", "\n")),
        ("yaml-block", "config/deep.yaml", nested("", "- ", "a", "", "\n")),
        ("json", "config/deep.json", nested("", "[", "", "]", "\n")),
    ];
    for (name, path, text) in cases {
        let checked = with(&format!("deep-settings-{name}"), path, text);
        checked.has_all_but(&[]).has_problem(path, "limit", Some(1), "nested too deeply");
    }
    let laughs = |level: u8| {
        let (name, below) = (char::from(b'b' + level), char::from(b'a' + level));
        format!("{name}: &{name} [{}]\n", vec![format!("*{below}"); 9].join(","))
    };
    let text: String = std::iter::once("a: &a [x, x]\n".to_owned()).chain((0..20).map(laughs)).collect();
    with("laughing-yaml", "config/laughs.yaml", text).has_all_but(&[]);
}

#[test]
fn values_that_double_stay_small() {
    let doubled = |first: &str, again: &str, last: &str| {
        format!("{first}\n{}{last}\n", format!("{again}\n").repeat(64))
    };
    let settings = [
        ("text", doubled("A = 'aaaaaaaaaa'", "A = A + A", "SECRET_KEY = A")),
        ("format", doubled("A = 'aaaaaaaaaa'", "A = f'{A}{A}'", "SECRET_KEY = A")),
        ("list", doubled("A = ['a']", "A = A + A", "MIDDLEWARE = A")),
        ("nested-list", doubled("A = ['a']", "A = [A, A]", "MIDDLEWARE = A")),
        ("nested-dictionary", doubled("A = {'a': 1}", "A = {'a': A, 'b': A}", "CACHES = A")),
        ("power", "SECRET_KEY = 'a' * 10**9\nSESSION_COOKIE_AGE = 10**10**10\nX = [0] * 10**12\n".to_owned()),
        ("growth", format!("MIDDLEWARE = []\n{}", "MIDDLEWARE += ['a']\n".repeat(10_000))),
    ];
    for (name, text) in settings {
        with(&format!("doubled-{name}"), "shop/settings.py", text).has_all_but(&[]).has_no_problem();
    }
    let code = |line: &str| {
        format!(
            "use axum_extra::extract::cookie::{{Cookie, CookieJar}};\nfn f(jar: CookieJar) -> CookieJar {{\n    \
             let mut a = String::from(\"aaaaaaaa\");\n{}    jar.add(Cookie::new(\"x\", a))\n}}\n",
            line.repeat(64)
        )
    };
    for (name, line) in [
        ("rust-format", "    let a = format!(\"{a}{a}\");\n"),
        ("rust-sum", "    let a = a.clone() + &a;\n"),
        ("rust-push", "    a.push_str(&a.clone());\n"),
        ("rust-list", "    let a = vec![a.clone(), a];\n"),
        ("rust-branch", "    if x() { a = y(); } else { a = z(); }\n"),
    ] {
        with(&format!("doubled-{name}"), "src/doubled.rs", code(line)).has_all_but(&[]).has_no_problem();
    }
}

#[test]
fn calls_that_double_stay_few() {
    let rust: String = (0..60)
        .map(|it| format!("fn f{it}(c: Cookie) -> Cookie {{ let a = f{0}(c); f{0}(a) }}\n", it + 1))
        .chain([
            "use cookie::Cookie;\nfn f60(c: Cookie) -> Cookie { c }\nfn circle(c: Cookie) -> Cookie { circle(circle(c)) }\n".to_owned()
        ])
        .collect();
    with("calls-rust", "src/calls.rs", rust).has_all_but(&[]).has_no_problem();
    let python: String = (0..60)
        .map(|it| format!("def f{it}(r):\n    f{0}(r)\n    return f{0}(r)\n", it + 1))
        .chain(["def f60(r):\n    r.set_cookie('a', 'b')\n    return r\n".to_owned()])
        .collect();
    with("calls-python", "shop/calls.py", python).has_all_but(&[]).has_no_problem();
}

#[test]
fn files_that_are_too_large_are_not_read() {
    let line = "x".repeat(50_000_000);
    for (name, path, before) in [
        ("rust", "src/large.rs", "// cookie "),
        ("python", "shop/large.py", "# cookie "),
        ("toml", "config/large.toml", "# "),
        ("yaml", "config/large.yaml", "# "),
    ] {
        let checked = with(&format!("large-{name}"), path, format!("{before}{line}\n"));
        checked.has_all_but(&[]).has_problem(path, "limit", None, "larger than 4 MiB");
    }
}

#[test]
fn a_long_line_is_a_line() {
    let text = format!(
        "/*{}*/ use axum_extra::extract::cookie::{{Cookie, CookieJar}}; fn f(jar: CookieJar) -> CookieJar {{ \
         jar.add(Cookie::build((\"session\", \"x\")).secure(false).build()) }}",
        "x".repeat(3_000_000)
    );
    let root = sound("long-line");
    write(&root, "src/long.rs", text.as_bytes());
    let checked = check(&root);
    checked.has_all_but(&[]).has_no_problem();
    assert!(checked.json["findings"].as_array().unwrap().iter().any(|it| it["path"] == "src/long.rs"));
    let Said { out, .. } = sessionlint(&root, &["check", "--color", "never", "."]);
    assert!(out.len() < 100_000, "a frame shows a part of a long line, not {} bytes", out.len());
}

#[test]
fn bytes_that_are_no_text_are_told_by_line_and_column() {
    for (name, path) in [("rust", "src/bytes.rs"), ("python", "shop/bytes.py"), ("toml", "config/bytes.toml")]
    {
        let checked = with(&format!("bytes-{name}"), path, b"# cookie\n# \xc3\xa9\xff\n");
        checked.has_all_but(&[]).has_problem(path, "unreadable", None, "not UTF-8 at line 2, column 4");
    }
    let wide: Vec<u8> = "\u{feff}// cookie".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let checked = with("wide", "src/wide.rs", wide);
    checked.has_all_but(&[]).has_problem("src/wide.rs", "unreadable", None, "UTF-16");
}

#[test]
fn byte_order_marks_and_line_ends_move_no_finding() {
    let root = project("robustness-marks", &[]);
    for (path, text) in SOUND {
        let extension = std::path::Path::new(path).extension();
        let marked = extension.is_some_and(|it| it == "rs" || it == "py");
        let text = text.replace('\n', "\r\n");
        write(&root, path, format!("{}{text}", if marked { "\u{feff}" } else { "" }).as_bytes());
    }
    let (plain, marked) = (check(&sound("no-marks")), check(&root));
    let places = |it: &Checked| -> Vec<Value> {
        let all = it.json["findings"].as_array().unwrap().iter();
        all.map(|it| {
            serde_json::json!([
                it["path"],
                it["rule"],
                it["start"]["line"],
                it["start"]["column"],
                it["end"]["column"]
            ])
        })
        .collect()
    };
    assert_eq!(places(&plain), places(&marked));
    marked.has_all_but(&[]).has_no_problem();
}

#[test]
fn empty_files_are_fine() {
    let root = sound("empty");
    for path in [
        "src/empty.rs",
        "shop/empty.py",
        "config/empty.toml",
        "config/empty.yaml",
        "config/empty.json",
        ".env",
    ] {
        write(&root, path, b"");
    }
    check(&root).has_all_but(&[]).has_no_problem();
    let bare = project(
        "robustness-bare",
        &[("Cargo.toml", ""), ("Cargo.lock", ""), ("pyproject.toml", ""), ("a.rs", "")],
    );
    assert_eq!(sessionlint(&bare, &["."]).code, 0);
}

#[test]
fn null_bytes_and_odd_names_are_fine() {
    with("null-rust", "src/null.rs", b"// cookie \0\0\nfn f() {}\n").has_all_but(&[]);
    with("null-python", "shop/null.py", b"# cookie \0\0\nx = 1\n").has_all_but(&[]);
    let text = "// cookie\nfn \u{436}() { let \u{fc} = \"\u{65e5}\u{672c}\"; }\n";
    with("names", "src/\u{65e5} \u{672c}.rs", text).has_all_but(&[]).has_no_problem();
}

#[test]
fn broken_manifests_and_settings_say_where() {
    let cases = [
        ("Cargo.lock", "[[package]]\nname = \"app\nversion = 1\n", "manifest", 2),
        ("Cargo.toml", "[package]\nname = \"app\"\n[dependencies\n", "manifest", 3),
        ("pyproject.toml", "[project]\nname = [\n", "manifest", 2),
        ("poetry.lock", "[[package]\n", "manifest", 1),
        ("config/broken.toml", "a = 1\nb = = 2\n", "syntax", 2),
        ("config/broken.yaml", "a: 1\nb: [\n", "syntax", 2),
        ("config/broken.json", "{\n  \"a\": }\n", "syntax", 2),
    ];
    for (path, text, kind, line) in cases {
        let checked = with(&format!("broken-{}", path.replace('/', "-")), path, text);
        checked.has_all_but(&[]).has_problem(path, kind, Some(line), "");
    }
}

#[test]
fn a_settings_value_of_the_wrong_type_is_no_value() {
    let checked = with("wrong-type", "config/base.toml", "secure = [\"no\"]\n");
    checked.has_all_but(&["config/base.toml"]);
    let settings = "SESSION_COOKIE_AGE = \"long\"\nSESSION_COOKIE_SECURE = [1]\nMIDDLEWARE = 5\nINSTALLED_APPS = {}\nCACHES = []\n\
                    SESSION_ENGINE = 7\nSECRET_KEY = None\nDEBUG = object()\nCSRF_TRUSTED_ORIGINS = 1.5\n";
    with("wrong-type-django", "shop/settings.py", settings).has_all_but(&[]);
}

#[test]
fn faults_of_the_users_own_files_end_the_run_with_their_place() {
    let told = |name: &str, files: &[(&str, &str)]| {
        let root = sound(name);
        for (path, text) in files {
            write(&root, path, text.as_bytes());
        }
        let Said { code, out, err } = sessionlint(&root, &["check", "--color", "never", "."]);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        assert!(!err.contains("panicked"), "{err}");
        err
    };
    let err = told("unknown-key", &[("sessionlint.toml", "persona = \"pedantic\"\nfail_onn = \"low\"\n")]);
    assert!(err.contains("fail_onn") && err.contains("sessionlint.toml:2:1"), "{err}");
    let err = told("broken-config", &[("sessionlint.toml", "persona = \n")]);
    assert!(err.contains("sessionlint.toml:1"), "{err}");
    let err = told("deep-config", &[("sessionlint.toml", &nested("x = ", "[", "", "]", ""))]);
    assert!(err.contains("sessionlint.toml:1"), "{err}");
    let rule = "# own\n```toml rule\nsummary = 1\non = \"cokie\"\n```\n";
    let err = told("broken-rule", &[("sessionlint.toml", "rule-files = [\"own.md\"]\n"), ("own.md", rule)]);
    assert!(err.contains("own.md:4") && err.contains("cookie"), "{err}");
    let model = "schema = 1\npackages = [\"own\"]\n[[type]]\npth = \"own::Jar\"\n";
    let err =
        told("broken-model", &[("sessionlint.toml", "model-files = [\"own.toml\"]\n"), ("own.toml", model)]);
    assert!(err.contains("own.toml:4"), "{err}");
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn folders_with_names_of_files_and_loops_of_links_are_fine() {
        let root = sound("links");
        fs::create_dir(root.join("src/folder.rs")).unwrap();
        write(&root, "src/folder.rs/inner.rs", b"// cookie");
        fs::create_dir(root.join("Cargo.lock")).unwrap();
        fs::create_dir(root.join("shop/settings.toml")).unwrap();
        symlink("..", root.join("src/loop")).unwrap();
        symlink("itself.rs", root.join("src/itself.rs")).unwrap();
        symlink("nowhere", root.join("src/nowhere.rs")).unwrap();
        symlink("main.rs", root.join("src/again.rs")).unwrap();
        check(&root).has_all_but(&[]).has_no_problem();
    }

    #[test]
    fn what_may_not_be_read_is_told() {
        let root = sound("forbidden");
        write(&root, "src/forbidden.rs", b"// cookie");
        write(&root, "src/forbidden/inner.rs", b"// cookie");
        let close = |path: &str, mode| {
            fs::set_permissions(root.join(path), fs::Permissions::from_mode(mode)).unwrap();
        };
        close("src/forbidden.rs", 0);
        close("src/forbidden", 0);
        let open = fs::read(root.join("src/forbidden.rs")).is_ok();
        let checked = check(&root);
        close("src/forbidden", 0o755);
        checked.has_all_but(&[]);
        // the superuser may read everything
        if !open {
            let told: Vec<_> = checked.problems().into_iter().map(|it| (it.0, it.3)).collect();
            let denied = "cannot be read: permission denied".to_owned();
            assert_eq!(told, [("src/forbidden".into(), denied.clone()), ("src/forbidden.rs".into(), denied)]);
        }
    }

    #[test]
    fn pipes_are_passed_by() {
        let root = sound("pipe");
        let made = std::process::Command::new("mkfifo").arg(root.join("src/pipe.rs")).status();
        if made.is_ok_and(|it| it.success()) {
            check(&root).has_all_but(&[]).has_no_problem();
        }
    }
}

#[test]
fn a_match_with_many_guards_is_followed_to_its_end() {
    let arms: Vec<String> = (0..60).map(|it| format!("({it}, _) if it.has({it}) => {it},")).collect();
    let arms = arms.join("\n");
    let text = format!(
        "use axum_extra::extract::cookie::{{Cookie, CookieJar}};\npub async fn many(jar: CookieJar, it: It) -> CookieJar {{\n    \
         let number = match it.pair() {{\n{arms}\n        _ => 0,\n    }};\n    \
         jar.add(Cookie::build((\"session\", number.to_string())).secure(false).build())\n}}\n"
    );
    let checked = with("guards", "src/many.rs", text);
    checked.has_all_but(&[]).has_no_problem();
    let findings = checked.json["findings"].as_array().unwrap();
    assert!(findings.iter().any(|it| it["path"] == "src/many.rs"), "{findings:#?}");
}
