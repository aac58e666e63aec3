//! Walks over real folders.

use std::fs;

use super::*;

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
