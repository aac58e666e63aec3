//! Projects on disk for tests, and the binary run on them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sessionlint::finding::{Confidence, Finding, Persona, Severity, Subject};
use sessionlint::source::Span;
use sessionlint::workspace::Workspace;

/// A fresh folder with these files; `name` is unique within the tests.
pub fn project(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if root.exists() {
        std::fs::remove_dir_all(&root).unwrap();
    }
    std::fs::create_dir_all(&root).unwrap();
    for (path, text) in files {
        write(&root, path, text.as_bytes());
    }
    root
}

pub fn write(root: &Path, path: &str, bytes: &[u8]) {
    let file = root.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, bytes).unwrap();
}

/// The root of this repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a run said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// The binary with an environment that holds nothing it listens to.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sessionlint"));
    command.current_dir(folder).env_clear();
    command
}

pub fn sessionlint(folder: &Path, arguments: &[&str]) -> Said {
    said(command(folder).args(arguments).output().unwrap())
}

pub fn said(output: Output) -> Said {
    Said {
        code: output.status.code().expect("it ends by itself"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A Django project with one fault of high severity, in line 3 of its settings.
pub const FAULTY: &[(&str, &str)] = &[
    ("manage.py", "import os\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"shop.settings\")\n"),
    ("requirements.txt", "Django==5.2\n"),
    ("shop/__init__.py", ""),
    (
        "shop/settings.py",
        "DEBUG = False\nSECURE_SSL_REDIRECT = True\nSESSION_COOKIE_SECURE = False\nCSRF_COOKIE_SECURE = True\n\
         MIDDLEWARE = [\n    \"django.middleware.security.SecurityMiddleware\",\n    \
         \"django.contrib.sessions.middleware.SessionMiddleware\",\n    \
         \"django.middleware.csrf.CsrfViewMiddleware\",\n]\nINSTALLED_APPS = [\"django.contrib.sessions\"]\n",
    ),
];

/// A finding of `cookie-no-secure` at the n-th place where a text stands in a file.
pub fn finding(workspace: &Workspace, path: &str, needle: &str, nth: usize) -> Finding {
    let entry = workspace.files.iter().find(|it| it.path == path).unwrap_or_else(|| panic!("no {path}"));
    let text = &workspace.text(entry.id).unwrap().text;
    let (at, _) = text.match_indices(needle).nth(nth).unwrap_or_else(|| panic!("no {needle} in {path}"));
    Finding {
        rule: "cookie-no-secure".into(),
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Regular,
        message: "cookie `sid` is sent without `Secure`".into(),
        why: "anyone on the network path can read it".into(),
        help: "add `.secure(true)`".into(),
        span: Span::new(entry.id, at, at + needle.len()),
        label: "switched off here".into(),
        subject: Subject { kind: "cookie".into(), name: Some("sid".into()), role: None },
        evidence: Vec::new(),
        ordered: false,
        cwe: vec![614],
        asvs: vec!["3.3.1".into()],
        item: "app::login".into(),
        fact: None,
    }
}
