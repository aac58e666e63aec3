//! Walks over real folders.

use std::fs;

use super::*;
use crate::finding::ProblemKind;

/// A folder of this test's own, gone when the test is.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &[u8])]) -> Self {
        let folder = std::env::temp_dir().join(format!("sessionlint-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        for (path, content) in files {
            let place = folder.join(path);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, content).unwrap();
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn paths(workspace: &Workspace) -> Vec<&str> {
    workspace.files.iter().map(|it| it.path.as_str()).collect()
}

#[test]
fn walks_what_matters() {
    let folder = Folder::new(
        "walk",
        &[
            (".git/config.toml", b""),
            (".gitignore", b"ignored/\n"),
            ("ignored/a.rs", b"cookie"),
            (".hidden/a.rs", b""),
            (".env", b"A=1"),
            ("target/debug/a.rs", b""),
            ("Cargo.toml", b"[package]\nname = \"x\""),
            ("node_modules/a.json", b""),
            ("venv/lib/a.py", b""),
            ("package-lock.json", b""),
            ("app.min.json", b"{}"),
            ("data.json", b"{}"),
            ("config/a.json", b"{}"),
            ("my-python/pyvenv.cfg", b""),
            ("my-python/lib/a.py", b"set_cookie"),
            ("crates/serde/.cargo-checksum.json", b"{}"),
            ("crates/serde/src/lib.rs", b"cookie"),
            ("dist/a.py", b"cookie"),
            ("src/build/__init__.py", b"cookie"),
            ("build/__init__.py", b""),
            ("static/a.toml", b""),
            ("readme.md", b""),
            ("src/target/mod.rs", b"Session"),
            ("src/main.rs", b"fn main() {}"),
            ("z/views.py", b"\xef\xbb\xbfset_cookie"),
        ],
    );
    let workspace = Workspace::discover(&folder.0);
    assert_eq!(
        paths(&workspace),
        [
            ".env",
            "Cargo.toml",
            "build/__init__.py",
            "config/a.json",
            "src/build/__init__.py",
            "src/main.rs",
            "src/target/mod.rs",
            "z/views.py"
        ]
    );
    let interesting: Vec<bool> = workspace.files.iter().map(|it| it.interesting).collect();
    assert_eq!(interesting, [false, false, false, false, true, false, true, true]);
    let text = |path: &str| workspace.text(workspace.file(path).unwrap()).unwrap();
    assert_eq!(&*text("src/main.rs").text, "fn main() {}");
    assert_eq!((&*text("z/views.py").text, text("z/views.py").offset), ("set_cookie", 3));
    assert!(workspace.problems().is_empty(), "{:?}", workspace.problems());

    let all = Walk {
        honour_ignore_files: false,
        exclude: vec!["*.json".into(), "z/".into(), "/build/".into()],
        threads: 1,
        unsaved: None,
    };
    let workspace = Workspace::discover_with(std::slice::from_ref(&folder.0), &all);
    assert_eq!(
        paths(&workspace),
        [".env", "Cargo.toml", "ignored/a.rs", "src/build/__init__.py", "src/main.rs", "src/target/mod.rs"]
    );
}

#[test]
fn files_that_hold_no_text_say_why_and_where() {
    let large = "x".repeat(5 << 20);
    let folder = Folder::new(
        "no-text",
        &[
            ("latin.py", "# cookie\n# caf\u{e9}: ".as_bytes()),
            ("broken.py", b"# cookie\n# caf\xc3\xa9: \xff"),
            ("harmless.py", b"\xff"),
            ("wide.rs", b"\xff\xfec\0o\0o\0k\0i\0e\0"),
            ("large.rs", large.as_bytes()),
        ],
    );
    let workspace = Workspace::discover(&folder.0);
    let problems = workspace.problems();
    let said: Vec<_> = problems.iter().map(|it| (it.path.as_str(), it.kind.word(), &*it.message)).collect();
    let expected = [
        ("broken.py", "unreadable", "not UTF-8 at line 2, column 9"),
        ("large.rs", "limit", "larger than 4 MiB, not read"),
        ("wide.rs", "unreadable", "UTF-16, not UTF-8"),
    ];
    assert_eq!(said, expected);
}

#[test]
fn hostile_folders() {
    let mut long = b"x = 1 # ".to_vec();
    long.resize(5 << 20, b'y');
    let folder = Folder::new(
        "hostile",
        &[
            ("foo.rs/inner.rs", b"cookie"),
            ("bad.py", b"session \xff"),
            ("boring_bad.py", b"\xff"),
            ("long.py", &long),
            ("empty.rs", b""),
            ("crlf.rs", b"cookie\r\n"),
            ("gone.rs", b""),
            ("sub/a.rs", b""),
        ],
    );
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&folder.0, folder.0.join("sub/loop")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.0.join("sub/dangling.rs")).unwrap();
    }
    let workspace = Workspace::discover(&folder.0);
    let expected = [
        "bad.py",
        "boring_bad.py",
        "crlf.rs",
        "empty.rs",
        "foo.rs/inner.rs",
        "gone.rs",
        "long.py",
        "sub/a.rs",
    ];
    assert_eq!(paths(&workspace), expected);
    let problems = |workspace: &Workspace| -> Vec<(String, ProblemKind)> {
        workspace.problems().into_iter().map(|it| (it.path, it.kind)).collect()
    };
    let at_first =
        [("bad.py".to_owned(), ProblemKind::Unreadable), ("long.py".to_owned(), ProblemKind::Limit)];
    assert_eq!(problems(&workspace), at_first);

    fs::remove_file(folder.0.join("gone.rs")).unwrap();
    for path in ["gone.rs", "long.py", "boring_bad.py", "bad.py"] {
        assert!(workspace.text(workspace.file(path).unwrap()).is_none(), "{path}");
    }
    assert!(workspace.text(workspace.file("empty.rs").unwrap()).is_some());
    let after = [
        ("bad.py".to_owned(), ProblemKind::Unreadable),
        ("boring_bad.py".to_owned(), ProblemKind::Unreadable),
        ("gone.rs".to_owned(), ProblemKind::Unreadable),
        ("long.py".to_owned(), ProblemKind::Limit),
    ];
    assert_eq!(problems(&workspace), after);
}

#[test]
fn single_files_and_several_paths() {
    let folder = Folder::new(
        "paths",
        &[
            ("a/x.rs", b"cookie"),
            ("a/y.rs", b""),
            ("b/.hidden.py", b""),
            ("b/target/z.py", b""),
            ("c/n.rs", b""),
        ],
    );
    let at = |path: &str| folder.0.join(path);
    let read = |paths: &[&str]| {
        let paths: Vec<_> = paths.iter().map(|it| at(it)).collect();
        Workspace::discover_with(&paths, &Walk::default())
    };
    let one = read(&["a/x.rs"]);
    assert_eq!((paths(&one), &one.root), (vec!["x.rs"], &at("a")));
    let both = read(&["a", "b/.hidden.py", "a/x.rs"]);
    assert_eq!((paths(&both), &both.root), (vec!["a/x.rs", "a/y.rs", "b/.hidden.py"], &folder.0));
    let missing = read(&["nobody"]);
    assert!(missing.files.is_empty());
    assert_eq!(missing.problems().len(), 1);
}

#[test]
fn what_lies_above_the_checked_folder() {
    let folder = Folder::new(
        "above",
        &[
            (".git/HEAD", b""),
            ("Cargo.toml", b"[package]\nname = \"whole\"\n[dependencies]\ncookie = \"0.18\""),
            ("Cargo.lock", b"[[package]]\nname = \"whole\"\nversion = \"1.0.0\"\ndependencies = [\"cookie\"]\n[[package]]\nname = \"cookie\"\nversion = \"0.18.1\""),
            ("src/main.rs", b""),
            ("src/web/login.rs", b"Cookie"),
        ],
    );
    let workspace = Workspace::discover(&folder.0.join("src"));
    let login = workspace.file("web/login.rs").unwrap();
    let version = semver::Version::parse("0.18.1").unwrap();
    assert_eq!(workspace.version(login, "cookie"), Version::Exact(version));
    assert_eq!(workspace.files[login.0 as usize].module, ["whole", "web", "login"]);
    let package = workspace.rust_crate(login, "whole").unwrap();
    assert_eq!(workspace.packages[package].folder, "");
    assert_eq!(workspace.rust_module(package, &["web".into(), "login".into()]), Some(login));
    assert_eq!(workspace.repository_prefix(), "src/");
}
