<<<<<<< HEAD
//! Tests of the whole room, in memory and on disk.

use super::*;

mod disk;
mod projects;
=======
use std::path::PathBuf;

use super::*;
use crate::finding::ProblemKind;

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sessionlint-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn with(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let full = self.0.join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, content).unwrap();
        self
    }

    fn read(&self) -> Workspace {
        Workspace::discover(&self.0)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn paths(workspace: &Workspace) -> Vec<&str> {
    workspace.files.iter().map(|it| it.path.as_str()).collect()
}

fn file(workspace: &Workspace, path: &str) -> FileId {
    workspace.file(path).unwrap_or_else(|| panic!("no `{path}` in {:?}", paths(workspace)))
}

fn module(path: &str) -> Vec<SmolStr> {
    path.split('.').filter(|it| !it.is_empty()).map(SmolStr::new).collect()
}

fn exact(version: &str) -> Version {
    Version::Exact(version.parse().unwrap())
}

#[test]
fn leaves_out_what_is_nobodys_code() {
    let folder = Folder::new("skips")
        .with("Cargo.toml", "[package]\nname = \"a\"")
        .with("src/main.rs", "")
        .with("src/build/mod.rs", "")
        .with("src/target.rs", "")
        .with("src/target/inner.rs", "")
        .with("target/debug/out.rs", "")
        .with("node_modules/x/a.py", "")
        .with(".venv/lib/a.py", "")
        .with("myenv/pyvenv.cfg", "")
        .with("myenv/lib/a.py", "")
        .with("environment/a.py", "")
        .with("vendor/cookie/.cargo-checksum.json", "{}")
        .with("vendor/cookie/src/lib.rs", "")
        .with("vendor/own/src/lib.rs", "")
        .with(".hidden/a.rs", "")
        .with(".env", "A=1")
        .with(".gitignore", "ignored/\n")
        .with("ignored/a.rs", "")
        .with("x.rs/inner.py", "");
    let workspace = folder.read();
    let wanted = [
        ".env",
        "Cargo.toml",
        "environment/a.py",
        "src/build/mod.rs",
        "src/main.rs",
        "src/target.rs",
        "src/target/inner.rs",
        "vendor/own/src/lib.rs",
        "x.rs/inner.py",
    ];
    assert_eq!(paths(&workspace), wanted);
    assert_eq!(workspace.problems(), []);
}

#[test]
fn options_decide_what_is_left_out() {
    let folder = Folder::new("options")
        .with(".gitignore", "a.rs\n")
        .with("a.rs", "")
        .with("b/c.rs", "")
        .with("generated/d.rs", "")
        .with("e.rs", "");
    let options =
        Options { gitignore: false, exclude: vec!["generated".into(), "e.rs".into()], threads: Some(1) };
    let all = Workspace::discover_with(&folder.0, &[folder.0.clone()], &options);
    assert_eq!(paths(&all), ["a.rs", "b/c.rs"]);
    // What is named counts even when it is ignored.
    let named = [folder.0.join("a.rs"), folder.0.join("b"), folder.0.join("b/c.rs")];
    let some = Workspace::discover_with(&folder.0, &named, &Options::default());
    assert_eq!(paths(&some), ["a.rs", "b/c.rs"]);
}

#[test]
fn bad_files_cost_only_themselves() {
    let folder = Folder::new("bad")
        .with("bytes.rs", b"let cookie = 1;\n\xff")
        .with("wide.py", b"\xff\xfec\0o\0")
        .with("large.rs", [b"// ".to_vec(), vec![b'c'; 5 << 20]].concat())
        .with("empty.rs", "")
        .with("bom.rs", b"\xef\xbb\xbflet cookie = 1;")
        .with("lines.rs", "let cookie = 1;\r\nlet b = 2;\r\n");
    let workspace = folder.read();
    let problems: Vec<_> =
        workspace.problems().into_iter().map(|it| (it.path, it.kind, it.message)).collect();
    let wanted = [
        ("bytes.rs", ProblemKind::Unreadable, "is not UTF-8: line 2, column 1"),
        ("large.rs", ProblemKind::Limit, "is larger than 4 MiB and was not read"),
        ("wide.py", ProblemKind::Unreadable, "is UTF-16, not UTF-8"),
    ];
    assert_eq!(problems, wanted.map(|(path, kind, message)| (path.to_owned(), kind, message.to_owned())));
    let interesting: Vec<_> = workspace.files.iter().filter(|it| it.interesting).map(|it| &it.path).collect();
    assert_eq!(interesting, ["bom.rs", "lines.rs"]);
    assert_eq!(&*workspace.text(file(&workspace, "bom.rs")).unwrap().text, "let cookie = 1;");
    assert_eq!(&*workspace.text(file(&workspace, "empty.rs")).unwrap().text, "");
    assert!(workspace.text(file(&workspace, "large.rs")).is_none());
}

#[test]
fn a_file_that_is_gone_when_asked_for_is_a_problem() {
    let folder = Folder::new("gone").with("settings.toml", "a = 1");
    let workspace = folder.read();
    std::fs::remove_file(folder.0.join("settings.toml")).unwrap();
    assert!(workspace.text(file(&workspace, "settings.toml")).is_none());
    assert_eq!(workspace.problems()[0].message, "does not exist");
}

#[cfg(unix)]
#[test]
fn loops_and_dead_links_are_harmless() {
    let folder = Folder::new("links").with("a/b.rs", "cookie");
    std::os::unix::fs::symlink(&folder.0, folder.0.join("a/loop")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.0.join("a/dead.rs")).unwrap();
    std::os::unix::fs::symlink("self.rs", folder.0.join("a/self.rs")).unwrap();
    let workspace = folder.read();
    assert_eq!(paths(&workspace), ["a/b.rs"]);
    assert_eq!(workspace.problems(), []);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let mut folder = Folder::new("threads");
    for at in 0..200 {
        folder = folder.with(&format!("d{}/f{at}.py", at % 7), if at % 3 == 0 { "cookie" } else { "" });
    }
    let with = |threads| {
        let options = Options { threads: Some(threads), ..Options::default() };
        let workspace = Workspace::discover_with(&folder.0, &[folder.0.clone()], &options);
        format!("{:?}", workspace.files)
    };
    assert_eq!(with(1), with(8));
}

#[test]
fn lock_files_give_each_package_its_version() {
    let lock = r#"
version = 4
[[package]]
name = "app"
version = "0.1.0"
dependencies = ["axum-extra", "cookie 0.17.0"]
[[package]]
name = "axum-extra"
version = "0.9.0"
source = "registry"
dependencies = ["cookie 0.18.1"]
[[package]]
name = "cookie"
version = "0.17.0"
source = "registry"
[[package]]
name = "cookie"
version = "0.18.1"
source = "registry"
[[package]]
name = "worker"
version = "0.1.0"
dependencies = ["axum-extra"]
"#;
    let workspace = Workspace::in_memory([
        ("Cargo.lock", lock),
        (
            "Cargo.toml",
            "[workspace]\nmembers = []\n[workspace.dependencies]\nbiscuit = { package = \"cookie\", version = \"0.17\" }\naxum-extra = \"0.9\"",
        ),
        (
            "app/Cargo.toml",
            "[package]\nname = \"app\"\n[dependencies]\nbiscuit.workspace = true\naxum-extra.workspace = true\n[dev-dependencies]\nserde = '1'",
        ),
        ("app/src/main.rs", ""),
        ("worker/Cargo.toml", "[package]\nname = \"worker\"\n[dependencies]\naxum-extra.workspace = true"),
        ("worker/src/main.rs", ""),
    ]);
    let app = file(&workspace, "app/src/main.rs");
    let worker = file(&workspace, "worker/src/main.rs");
    assert_eq!(workspace.version(app, "cookie"), exact("0.17.0"));
    assert_eq!(workspace.version(worker, "cookie"), exact("0.18.1"));
    assert_eq!(workspace.version_seen_from(app, "axum-extra", "cookie"), exact("0.18.1"));
    assert_eq!(workspace.dependency(app, "biscuit"), Some(("cookie".into(), exact("0.17.0"))));
    assert_eq!(workspace.version(app, "serde"), Version::Requirement("1".into()));
    assert_eq!(workspace.version(app, "tokio"), Version::Unknown);
}

#[test]
fn without_a_lock_the_requirement_counts() {
    let workspace = Workspace::in_memory([
        (
            "Cargo.toml",
            "[package]\nname = \"app\"\n[dependencies]\ncookie = \"0.18\"\n[target.'cfg(unix)'.dependencies]\ntime = { version = \"0.3\" }",
        ),
        ("src/main.rs", ""),
    ]);
    let main = file(&workspace, "src/main.rs");
    assert_eq!(workspace.version(main, "cookie"), Version::Requirement("0.18".into()));
    assert_eq!(workspace.version(main, "time"), Version::Requirement("0.3".into()));
}

#[test]
fn a_lock_of_another_project_says_nothing() {
    let workspace = Workspace::in_memory([
        (
            "Cargo.lock",
            "[[package]]\nname = \"other\"\nversion = \"1.0.0\"\n[[package]]\nname = \"cookie\"\nversion = \"0.1.0\"\nsource = \"x\"",
        ),
        ("fixtures/app/Cargo.toml", "[package]\nname = \"app\"\n[dependencies]\ncookie = \"0.18\""),
        ("fixtures/app/src/main.rs", ""),
    ]);
    let main = file(&workspace, "fixtures/app/src/main.rs");
    assert_eq!(workspace.version(main, "cookie"), Version::Requirement("0.18".into()));
}

#[test]
fn python_versions_come_from_the_best_file() {
    let workspace = Workspace::in_memory([
        ("poetry.lock", "[[package]]\nname = \"Django\"\nversion = \"4.2.7\""),
        ("pyproject.toml", "[tool.poetry.dependencies]\ndjango = \"^4\""),
        ("shop/views.py", ""),
        ("old/requirements/base.txt", "Django>=3.2,<4"),
        ("old/requirements/dev.txt", "-r base.txt\nDjango==1.0"),
        ("old/views.py", ""),
    ]);
    assert_eq!(workspace.version(file(&workspace, "shop/views.py"), "django"), exact("4.2.7"));
    // A pin of the development requirements beats a mere range, never another pin.
    assert_eq!(workspace.version(file(&workspace, "old/views.py"), "Django"), exact("1.0.0"));
}

#[test]
fn broken_manifests_have_a_place_and_cost_nothing_else() {
    let workspace = Workspace::in_memory([
        ("Cargo.lock", "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n<<<<<<< HEAD\n"),
        ("Cargo.toml", "[package]\nname = \"app\"\n[dependencies]\ncookie = \"0.18\n"),
        ("pyproject.toml", "[project\nname='a'"),
        ("src/main.rs", "cookie"),
    ]);
    let problems = workspace.problems();
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(problems.iter().all(|it| it.kind == ProblemKind::Manifest && it.span.is_some()));
    let main = file(&workspace, "src/main.rs");
    assert!(workspace.files[main.0 as usize].interesting);
    assert_eq!(workspace.packages[0].name, "app");
}

#[test]
fn rust_modules_follow_the_convention() {
    let workspace = Workspace::in_memory([
        (
            "app/Cargo.toml",
            "[package]\nname = \"my-app\"\n[[bin]]\nname = \"tool\"\npath = \"tools/tool.rs\"",
        ),
        ("app/src/lib.rs", ""),
        ("app/src/main.rs", ""),
        ("app/src/web.rs", ""),
        ("app/src/web/login.rs", ""),
        ("app/src/db/mod.rs", ""),
        ("app/src/bin/job.rs", ""),
        ("app/src/bin/big/main.rs", ""),
        ("app/src/bin/big/part.rs", ""),
        ("app/tools/tool.rs", ""),
        ("app/tests/api.rs", ""),
        ("app/tests/common/mod.rs", ""),
        ("app/build.rs", ""),
        ("other/Cargo.toml", "[package]\nname = \"other\"\n[lib]\nname = \"shared\"\npath = \"lib.rs\""),
        ("other/lib.rs", ""),
        ("other/inner.rs", ""),
    ]);
    let of = |path: &str| workspace.files[file(&workspace, path).0 as usize].module.join(".");
    assert_eq!(of("app/src/lib.rs"), "my_app");
    assert_eq!(of("app/src/main.rs"), "my_app");
    assert_eq!(of("app/src/web/login.rs"), "my_app.web.login");
    assert_eq!(of("app/src/db/mod.rs"), "my_app.db");
    assert_eq!(of("app/src/bin/job.rs"), "job");
    assert_eq!(of("app/src/bin/big/part.rs"), "big.part");
    assert_eq!(of("app/tools/tool.rs"), "tool");
    assert_eq!(of("app/tests/api.rs"), "api");
    assert_eq!(of("other/inner.rs"), "shared.inner");

    let app = workspace.rust_crate("my-app").unwrap();
    assert_eq!(
        workspace.rust_crate("shared"),
        workspace.files[file(&workspace, "other/lib.rs").0 as usize].package
    );
    assert_eq!(workspace.rust_module(app, &[]), workspace.file("app/src/lib.rs"));
    assert_eq!(workspace.rust_module(app, &module("web.login")), workspace.file("app/src/web/login.rs"));
    assert_eq!(workspace.rust_module(app, &module("nowhere")), None);

    let main = file(&workspace, "app/src/main.rs");
    assert_eq!(workspace.crate_module(main, &[]), Some(main));
    assert_eq!(workspace.crate_module(main, &module("db")), workspace.file("app/src/db/mod.rs"));
    let part = file(&workspace, "app/src/bin/big/part.rs");
    assert_eq!(workspace.crate_module(part, &[]), workspace.file("app/src/bin/big/main.rs"));

    let submodule = |from: &str, name: &str| workspace.rust_submodule(file(&workspace, from), &[], name);
    assert_eq!(submodule("app/src/web.rs", "login"), workspace.file("app/src/web/login.rs"));
    assert_eq!(submodule("app/src/main.rs", "db"), workspace.file("app/src/db/mod.rs"));
    assert_eq!(submodule("app/tests/api.rs", "common"), workspace.file("app/tests/common/mod.rs"));
    assert_eq!(workspace.rust_path(part, "../../db/mod.rs"), workspace.file("app/src/db/mod.rs"));
}

#[test]
fn a_program_without_library_has_its_root_in_main() {
    let workspace = Workspace::in_memory([
        ("Cargo.toml", "[package]\nname = \"app\""),
        ("src/main.rs", ""),
        ("src/web.rs", ""),
    ]);
    let web = file(&workspace, "src/web.rs");
    assert_eq!(workspace.crate_module(web, &[]), workspace.file("src/main.rs"));
    assert_eq!(workspace.rust_module(0, &[]), workspace.file("src/main.rs"));
    assert_eq!(workspace.rust_module(0, &module("web")), Some(web));
}

#[test]
fn python_modules_follow_import_roots() {
    let workspace = Workspace::in_memory([
        ("backend/manage.py", ""),
        ("backend/shop/__init__.py", ""),
        ("backend/shop/settings/__init__.py", ""),
        ("backend/shop/settings/base.py", ""),
        ("backend/apps/users/__init__.py", ""),
        ("backend/apps/users/views.py", ""),
        ("src/lib/__init__.py", ""),
        ("src/lib/util.py", ""),
    ]);
    let of = |path: &str| workspace.files[file(&workspace, path).0 as usize].module.join(".");
    assert_eq!(of("backend/shop/settings/base.py"), "shop.settings.base");
    assert_eq!(of("backend/shop/settings/__init__.py"), "shop.settings");
    assert_eq!(of("backend/apps/users/views.py"), "apps.users.views");
    assert_eq!(of("src/lib/util.py"), "lib.util");

    let base = file(&workspace, "backend/shop/settings/base.py");
    let find = |level, path: &str| workspace.python_module(base, level, &module(path));
    assert_eq!(find(0, "shop.settings"), workspace.file("backend/shop/settings/__init__.py"));
    assert_eq!(find(0, "apps.users.views"), workspace.file("backend/apps/users/views.py"));
    assert_eq!(find(0, "users.views"), None);
    assert_eq!(find(0, "lib.util"), workspace.file("src/lib/util.py"));
    assert_eq!(find(1, "base"), Some(base));
    assert_eq!(find(1, ""), workspace.file("backend/shop/settings/__init__.py"));
    assert_eq!(find(2, "settings.base"), Some(base));
    assert_eq!(find(9, "settings"), None);
}

#[test]
fn settings_files_belong_to_the_code_around_them() {
    let workspace = Workspace::in_memory([
        ("Cargo.toml", "[workspace]"),
        (".env", ""),
        (".env.example", ""),
        ("config/production.toml", ""),
        ("web/Cargo.toml", "[package]\nname = \"web\""),
        ("web/src/main.rs", ""),
        ("web/config/development.yaml", ""),
        ("web/tests/data.toml", ""),
        ("worker/Cargo.toml", "[package]\nname = \"worker\""),
        ("worker/src/main.rs", ""),
        ("worker/worker.toml", ""),
    ]);
    let main = file(&workspace, "web/src/main.rs");
    let found: Vec<_> = workspace
        .settings_files(main)
        .into_iter()
        .map(|it| (workspace.files[it.file.0 as usize].path.as_str(), it.profile))
        .collect();
    let wanted = [
        (".env", Profile::Unknown),
        (".env.example", Profile::Example),
        ("config/production.toml", Profile::Production),
        ("web/config/development.yaml", Profile::Development),
    ];
    assert_eq!(found, wanted);
}
>>>>>>> 65afdd6 (Workspace: parallel walk, packages and versions, module paths, settings files)
