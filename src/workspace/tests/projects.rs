//! Packages, versions and modules of whole projects.

use super::*;
use crate::finding::ProblemKind;

fn names(parts: &[&str]) -> Vec<SmolStr> {
    parts.iter().map(SmolStr::new).collect()
}

fn exact(text: &str) -> Version {
    Version::Exact(semver::Version::parse(text).unwrap())
}

const LOCK: &str = r#"
version = 4
[[package]]
name = "axum-extra"
version = "0.9.3"
dependencies = ["cookie 0.18.1"]
[[package]]
name = "cookie"
version = "0.16.2"
[[package]]
name = "cookie"
version = "0.18.1"
[[package]]
name = "axum_session"
version = "0.14.0"
[[package]]
name = "shop-web"
version = "0.1.0"
dependencies = ["axum-extra", "cookie 0.16.2", "axum_session"]
[[package]]
name = "core-lib"
version = "0.1.0"
"#;

fn rust() -> Workspace {
    Workspace::from_texts(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"web\", \"core\"]\n[workspace.dependencies]\naxum-extra = \"0.9\"",
        ),
        ("Cargo.lock", LOCK),
        (
            "web/Cargo.toml",
            "[package]\nname = \"shop-web\"\n[dependencies]\naxum-extra = { workspace = true }\n\
             biscuit = { package = \"cookie\", version = \"0.16\" }\naxum-session = \"0.14\"\nunlocked = \"2\"\ncore-lib = { path = \"../core\" }",
        ),
        ("web/src/main.rs", "mod auth; // cookie"),
        ("web/src/auth/mod.rs", ""),
        ("web/src/auth/login.rs", "fn x() { s.login(1) }"),
        ("web/src/bin/admin.rs", ""),
        ("web/src/bin/worker/main.rs", ""),
        ("web/src/bin/worker/jobs.rs", ""),
        ("web/tests/it.rs", ""),
        ("web/tests/common/mod.rs", ""),
        (
            "core/Cargo.toml",
            "[package]\nname = \"core-lib\"\n[lib]\nname = \"kernel\"\npath = \"lib/kernel.rs\"",
        ),
        ("core/lib/kernel.rs", ""),
        ("core/lib/a.rs", ""),
    ])
}

#[test]
fn rust_modules() {
    let workspace = rust();
    let module = |path: &str| workspace.files[workspace.file(path).unwrap().0 as usize].module.clone();
    assert_eq!(module("web/src/main.rs"), names(&["shop_web"]));
    assert_eq!(module("web/src/auth/mod.rs"), names(&["shop_web", "auth"]));
    assert_eq!(module("web/src/auth/login.rs"), names(&["shop_web", "auth", "login"]));
    assert_eq!(module("web/src/bin/admin.rs"), names(&["admin"]));
    assert_eq!(module("web/src/bin/worker/jobs.rs"), names(&["worker", "jobs"]));
    assert_eq!(module("core/lib/kernel.rs"), names(&["kernel"]));
    assert_eq!(module("core/lib/a.rs"), names(&["kernel", "a"]));
    let main = workspace.file("web/src/main.rs").unwrap();
    let web = workspace.rust_crate(main, "shop_web").unwrap();
    assert_eq!(workspace.rust_module(web, &[]), workspace.file("web/src/main.rs"));
    assert_eq!(
        workspace.rust_module(web, &names(&["auth", "login"])),
        workspace.file("web/src/auth/login.rs")
    );
    assert_eq!(workspace.rust_module(web, &names(&["jobs"])), None);
    assert_eq!(workspace.rust_module(web, &names(&["common"])), None);
    let worker = workspace.file("web/src/bin/worker/main.rs").unwrap();
    assert_eq!(
        workspace.rust_module_from(worker, &names(&["jobs"])),
        workspace.file("web/src/bin/worker/jobs.rs")
    );
    let test = workspace.file("web/tests/it.rs").unwrap();
    assert_eq!(
        workspace.rust_module_from(test, &names(&["common"])),
        workspace.file("web/tests/common/mod.rs")
    );
    let core = workspace.rust_crate(main, "kernel").unwrap();
    assert_eq!(workspace.rust_module(core, &names(&["a"])), workspace.file("core/lib/a.rs"));
    assert_eq!(workspace.rust_crate(main, "nobody"), None);
}

#[test]
fn rust_versions() {
    let workspace = rust();
    let file = workspace.file("web/src/main.rs").unwrap();
    assert_eq!(workspace.version(file, "axum-extra"), exact("0.9.3"));
    assert_eq!(workspace.version(file, "axum_extra"), exact("0.9.3"));
    assert_eq!(workspace.version(file, "cookie"), exact("0.16.2"));
    assert_eq!(workspace.version(file, "axum_session"), exact("0.14.0"));
    assert_eq!(workspace.version(file, "axum-session"), exact("0.14.0"));
    assert_eq!(workspace.version(file, "unlocked"), Version::Requirement("2".into()));
    assert_eq!(workspace.version(file, "nobody"), Version::Unknown);
    assert_eq!(workspace.version_from(file, "axum-extra", "cookie"), exact("0.18.1"));
    let other = workspace.file("core/lib/a.rs").unwrap();
    assert_eq!(workspace.version(other, "cookie"), Version::Unknown);
    assert!(workspace.problems().is_empty(), "{:?}", workspace.problems());
}

/// Two members of a workspace: one uses an old `cookie` itself, the other a new one through another package.
const SHARED_LOCK: &str = r#"
version = 4
[[package]]
name = "app"
version = "0.1.0"
dependencies = ["cookie 0.17.0"]
[[package]]
name = "axum-extra"
version = "0.9.6"
source = "registry+https://github.com/rust-lang/crates.io-index"
dependencies = ["cookie 0.18.1"]
[[package]]
name = "cookie"
version = "0.17.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
[[package]]
name = "cookie"
version = "0.18.1"
source = "registry+https://github.com/rust-lang/crates.io-index"
[[package]]
name = "worker"
version = "0.1.0"
dependencies = ["axum-extra"]
"#;

#[test]
fn what_others_bring_along_follows_the_lock_file() {
    let workspace = Workspace::from_texts(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"app\", \"worker\"]"),
        ("Cargo.lock", SHARED_LOCK),
        (
            "app/Cargo.toml",
            "[package]\nname = \"app\"\n[dependencies]\nbiscuit = { package = \"cookie\", version = \"0.17\" }",
        ),
        ("app/src/main.rs", ""),
        ("worker/Cargo.toml", "[package]\nname = \"worker\"\n[dependencies]\naxum-extra = \"0.9\""),
        ("worker/src/main.rs", "cookie"),
        ("alone/Cargo.toml", "[package]\nname = \"alone\"\n[dependencies]\ncookie = \"0.16\""),
        ("alone/src/main.rs", ""),
    ]);
    let [app, worker, alone] =
        ["app", "worker", "alone"].map(|it| workspace.file(&format!("{it}/src/main.rs")).unwrap());
    assert_eq!(workspace.version(app, "cookie"), exact("0.17.0"));
    assert_eq!(workspace.version(app, "axum-extra"), Version::Unknown);
    assert_eq!(workspace.rust_crate_name(app, "biscuit"), "cookie");
    assert_eq!(workspace.version(worker, "cookie"), exact("0.18.1"));
    assert_eq!(workspace.version_from(worker, "axum-extra", "cookie"), exact("0.18.1"));
    assert_eq!(workspace.version_from(app, "axum-extra", "cookie"), Version::Unknown);
    // the lock file above does not know it
    assert_eq!(workspace.version(alone, "cookie"), Version::Requirement("0.16".into()));
    assert!(workspace.may_use(Ecosystem::Cargo, "axum_extra"));
    assert!(!workspace.may_use(Ecosystem::Cargo, "rocket"));
}

#[test]
fn a_library_and_its_program_begin_in_files_of_their_own() {
    let workspace = Workspace::from_texts(&[
        ("Cargo.toml", "[package]\nname = \"app\""),
        ("src/lib.rs", ""),
        ("src/main.rs", ""),
        ("src/web.rs", ""),
        ("src/bin/job.rs", ""),
        ("other/Cargo.toml", "[package]\nname = \"app\""),
        ("other/src/lib.rs", ""),
    ]);
    let file = |path: &str| workspace.file(path).unwrap();
    let both = [file("src/lib.rs"), file("src/main.rs")];
    assert_eq!(workspace.rust_roots(file("src/web.rs")), both);
    assert_eq!(workspace.rust_roots(file("src/bin/job.rs")), [file("src/bin/job.rs")]);
    let own = workspace.rust_crate(file("src/main.rs"), "app").unwrap();
    assert_eq!(workspace.rust_module(own, &[]), Some(file("src/lib.rs")));
    let other = workspace.rust_crate(file("other/src/lib.rs"), "app").unwrap();
    assert_eq!(workspace.rust_module(other, &[]), Some(file("other/src/lib.rs")));
}

#[test]
fn broken_manifests_say_where_and_cost_nothing_else() {
    let workspace = Workspace::from_texts(&[
        ("Cargo.lock", "[[package]]\nname = \"app\"\ndependencies = [\n<<<<<<< HEAD\n"),
        ("Cargo.toml", "[package]\nname = \"app\"\n[dependencies]\ncookie = \"0.18\n"),
        ("Pipfile.lock", "{\"default\": [}"),
        ("pyproject.toml", "[project\nname='a'"),
        ("src/main.rs", "cookie"),
        ("web/Cargo.toml", "[package]\nname = \"web\"\n[dependencies]\ncookie = \"0.18\""),
        ("web/src/main.rs", "cookie"),
    ]);
    let problems = workspace.problems();
    let places: Vec<_> = problems
        .iter()
        .map(|it| {
            let span = it.span.unwrap();
            let at = workspace.text(span.file).unwrap().line_column(span.start);
            (it.path.as_str(), at.line, at.column)
        })
        .collect();
    let expected =
        [("Cargo.lock", 4, 13), ("Cargo.toml", 4, 15), ("Pipfile.lock", 1, 12), ("pyproject.toml", 1, 9)];
    assert_eq!(places, expected, "{problems:?}");
    assert!(problems.iter().all(|it| it.kind == ProblemKind::Manifest));
    let main = workspace.file("web/src/main.rs").unwrap();
    assert_eq!(workspace.version(main, "cookie"), Version::Requirement("0.18".into()));
}

fn python() -> Workspace {
    Workspace::from_texts(&[
        (
            "requirements/base.txt",
            "Django[argon2]==4.2.7 \\\n    --hash=sha256:00\n-r other.txt\n# no\nredis>=4,<6 # yes",
        ),
        (
            "requirements/production.txt",
            "gunicorn==21.2.0; python_version > '3.8'\ngit+https://example.org/x.git",
        ),
        ("manage.py", "DJANGO_SETTINGS_MODULE"),
        ("shop/__init__.py", ""),
        ("shop/settings/__init__.py", ""),
        ("shop/settings/base.py", "MIDDLEWARE = []"),
        ("shop/settings/production.py", "from .base import *"),
        ("shop/apps/users/__init__.py", ""),
        ("shop/apps/users/views.py", "request.session"),
        ("shop/apps/users/tests/test_views.py", ""),
        (
            "tool/pyproject.toml",
            "[project]\nname = \"Tool_Box\"\ndependencies = [\"django-environ ~= 0.11\"]",
        ),
        ("tool/poetry.lock", "[[package]]\nname = \"Django\"\nversion = \"5.0rc1\""),
        ("tool/src/box/__init__.py", ""),
        ("tool/src/box/main.py", ""),
    ])
}

#[test]
fn python_modules() {
    let workspace = python();
    let file = |path: &str| workspace.file(path).unwrap();
    let module = |path: &str| workspace.files[file(path).0 as usize].module.clone();
    assert_eq!(module("shop/settings/production.py"), names(&["shop", "settings", "production"]));
    assert_eq!(module("shop/settings/__init__.py"), names(&["shop", "settings"]));
    assert_eq!(module("tool/src/box/main.py"), names(&["box", "main"]));
    let find = |from: &str, level, path: &[&str]| {
        let found = workspace.python_module(file(from), level, &names(path))?;
        Some(workspace.files[found.0 as usize].path.as_str())
    };
    let production = "shop/settings/production.py";
    assert_eq!(find(production, 1, &["base"]), Some("shop/settings/base.py"));
    assert_eq!(find(production, 1, &[]), Some("shop/settings/__init__.py"));
    assert_eq!(find(production, 2, &[]), Some("shop/__init__.py"));
    assert_eq!(find(production, 2, &["apps", "users", "views"]), Some("shop/apps/users/views.py"));
    assert_eq!(find(production, 9, &["base"]), None);
    assert_eq!(find("manage.py", 0, &["shop", "settings"]), Some("shop/settings/__init__.py"));
    assert_eq!(
        find("shop/apps/users/views.py", 0, &["shop", "settings", "base"]),
        Some("shop/settings/base.py")
    );
    assert_eq!(find(production, 0, &["users", "views"]), Some("shop/apps/users/views.py"));
    assert_eq!(find("tool/src/box/main.py", 0, &["box"]), Some("tool/src/box/__init__.py"));
    assert_eq!(find(production, 0, &["django", "conf"]), None);
}

#[test]
fn python_versions() {
    let workspace = python();
    let views = workspace.file("shop/apps/users/views.py").unwrap();
    assert_eq!(workspace.version(views, "django"), exact("4.2.7"));
    assert_eq!(workspace.version(views, "Django"), exact("4.2.7"));
    assert_eq!(workspace.version(views, "gunicorn"), exact("21.2.0"));
    assert_eq!(workspace.version(views, "redis"), Version::Requirement(">=4, <6".into()));
    let tool = workspace.file("tool/src/box/main.py").unwrap();
    assert_eq!(workspace.version(tool, "django"), exact("5.0.0-rc.1"));
    assert_eq!(workspace.version(tool, "django_environ"), Version::Requirement("~=0.11".into()));
    assert_eq!(workspace.packages.iter().filter(|it| it.name == "tool-box").count(), 1);
}

#[test]
fn a_lock_file_of_another_workspace_says_nothing() {
    let workspace = Workspace::from_texts(&[
        ("Cargo.toml", "[package]\nname = \"shop-web\""),
        ("Cargo.lock", LOCK),
        ("inner/Cargo.toml", "[package]\nname = \"apart\"\n[dependencies]\ncookie = \"0.16\""),
        ("inner/src/lib.rs", "Cookie"),
    ]);
    let file = workspace.file("inner/src/lib.rs").unwrap();
    assert_eq!(workspace.version(file, "cookie"), Version::Requirement("0.16".into()));
    assert_eq!(workspace.version(file, "axum-extra"), Version::Unknown);
}

#[test]
fn faults_of_manifests_say_where() {
    let workspace = Workspace::from_texts(&[
        ("Cargo.toml", "[package]\nname = \"a\"\n[dependencies\n"),
        ("Cargo.lock", "[[package]]\nname = 1\n"),
        ("py/pyproject.toml", "[project]\ndependencies = 3\n"),
        ("py/poetry.lock", "]"),
        ("py/Pipfile.lock", "{\n  \"default\": [}"),
        ("py/requirements.txt", "==\n\u{1f36a}\ndjango\n-r\n[x\nflask[\n@@@"),
        ("py/setup.py", "install_requires=['Django', \"x"),
        ("py/setup.cfg", "[options]\ninstall_requires =\n  celery>=5\n"),
        ("py/app.py", "session"),
    ]);
    let problems = workspace.problems();
    let starts: Vec<_> =
        problems.iter().map(|it| (it.path.as_str(), it.span.map(|span| span.start))).collect();
    let expected = [
        ("Cargo.lock", Some(19)),
        ("Cargo.toml", Some(34)),
        ("py/Pipfile.lock", Some(14)),
        ("py/poetry.lock", Some(0)),
    ];
    assert_eq!(starts, expected, "{problems:?}");
    assert!(problems.iter().all(|it| it.kind == ProblemKind::Manifest));
    let app = workspace.file("py/app.py").unwrap();
    assert_eq!(workspace.version(app, "celery"), Version::Requirement(">=5".into()));
    assert!(workspace.may_use(Ecosystem::Python, "django"));
}

#[test]
fn what_may_be_in_use() {
    let workspace = Workspace::from_texts(&[
        ("tool/Cargo.toml", "[package]\nname = \"tool\"\n[dependencies]\ncookie = \"0.16\""),
        ("tool/src/main.rs", "cookie"),
        ("web/views.py", "request.session"),
    ]);
    assert!(workspace.may_use(Ecosystem::Cargo, "cookie"));
    assert!(!workspace.may_use(Ecosystem::Cargo, "rocket"));
    assert!(workspace.may_use(Ecosystem::Python, "django"));
    let nothing = Workspace::from_texts(&[("a.toml", ""), ("b.py", "")]);
    assert!(!nothing.may_use(Ecosystem::Python, "django"));
}

#[test]
fn roles_and_interest() {
    let workspace = python();
    let entry = |path: &str| &workspace.files[workspace.file(path).unwrap().0 as usize];
    assert_eq!(entry("shop/apps/users/tests/test_views.py").role, FileRole::Test);
    assert_eq!(entry("shop/settings/base.py").role, FileRole::Application);
    assert!(entry("shop/settings/base.py").interesting);
    assert!(entry("shop/apps/users/views.py").interesting);
    assert!(!entry("shop/settings/production.py").interesting);
}

#[test]
fn settings_of_a_package_and_of_the_root() {
    let workspace = Workspace::from_texts(&[
        ("Cargo.toml", "[workspace]"),
        ("config/base.toml", ""),
        ("web/Cargo.toml", "[package]\nname = \"web\""),
        ("web/src/main.rs", ""),
        ("web/Rocket.toml", ""),
        ("web/rustfmt.toml", ""),
        ("other/Cargo.toml", "[package]\nname = \"other\""),
        ("other/config.toml", ""),
        (".env.example", ""),
    ]);
    let found = workspace.settings_files(workspace.file("web/src/main.rs").unwrap());
    let found: Vec<_> =
        found.iter().map(|it| (workspace.files[it.file.0 as usize].path.as_str(), it.profile)).collect();
    let expected = [
        (".env.example", Profile::Example),
        ("config/base.toml", Profile::Base),
        ("web/Rocket.toml", Profile::Base),
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_only_looks_like_a_manifest() {
    let workspace = Workspace::from_texts(&[
        ("manage.py", ""),
        ("config/settings/toolbar/setup.py", "def setup(urls): ..."),
        ("config/settings/toolbar/settings.py", "MIDDLEWARE"),
        ("{{name}}/pyproject.toml", "[project]\n{% if x %}\n"),
    ]);
    assert_eq!(workspace.packages.iter().filter(|it| it.folder.starts_with("config")).count(), 0);
    let settings = workspace.file("config/settings/toolbar/settings.py").unwrap();
    assert_eq!(workspace.files[settings.0 as usize].module.join("."), "config.settings.toolbar.settings");
    let kinds: Vec<_> = workspace.problems().into_iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [ProblemKind::Template]);
}
