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
            ("a.json", b"{}"),
            ("readme.md", b""),
            ("src/target/mod.rs", b"Session"),
            ("src/main.rs", b"fn main() {}"),
            ("z/views.py", b"\xef\xbb\xbfset_cookie"),
        ],
    );
    let workspace = Workspace::discover(&folder.0);
    assert_eq!(
        paths(&workspace),
        [".env", "Cargo.toml", "a.json", "src/main.rs", "src/target/mod.rs", "z/views.py"]
    );
    let interesting: Vec<bool> = workspace.files.iter().map(|it| it.interesting).collect();
    assert_eq!(interesting, [false, false, false, false, true, true]);
    let text = |path: &str| workspace.text(workspace.file(path).unwrap()).unwrap();
    assert_eq!(&*text("src/main.rs").text, "fn main() {}");
    assert_eq!((&*text("z/views.py").text, text("z/views.py").offset), ("set_cookie", 3));
    assert!(workspace.problems().is_empty(), "{:?}", workspace.problems());

    let all = Walk { honour_ignore_files: false, exclude: vec!["*.json".into(), "z/".into()], threads: 1 };
    let workspace = Workspace::discover_with(std::slice::from_ref(&folder.0), &all);
    assert_eq!(paths(&workspace), [".env", "Cargo.toml", "ignored/a.rs", "src/main.rs", "src/target/mod.rs"]);
}
