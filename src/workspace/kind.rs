//! What a file is and whom it speaks for, by its path alone.

use super::{FileKind, FileRole};

/// Kind of a file by its name; `None` for what is never read.
pub(super) fn of(name: &str) -> Option<FileKind> {
    if name == ".env" || name.starts_with(".env.") || name == "env.example" {
        return Some(FileKind::Env);
    }
    let (stem, extension) = name.rsplit_once('.')?;
    let kind = match extension {
        "rs" => FileKind::Rust,
        "py" => FileKind::Python,
        "toml" => FileKind::Toml,
        "yaml" | "yml" => FileKind::Yaml,
        "json" if name != "package-lock.json" => FileKind::Json,
        "env" => FileKind::Env,
        "ini" | "cfg" => FileKind::Ini,
        _ => return None,
    };
    (!stem.is_empty()).then_some(kind)
}

/// Role of a file by its path below the root.
pub(super) fn role(path: &str, kind: FileKind) -> FileRole {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut role = name_role(name, kind);
    for folder in folders.split('/') {
        match folder {
            "tests" | "test" | "benches" | "fixtures" | "testing" | "__tests__" => return FileRole::Test,
            "examples" | "example" | "docs" | "doc" | "samples" | "sample" => role = FileRole::Example,
            _ => {}
        }
    }
    role
}

fn name_role(name: &str, kind: FileKind) -> FileRole {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if kind == FileKind::Python {
        if matches!(stem, "tests" | "test" | "testing" | "conftest")
            || stem.starts_with("test_")
            || stem.ends_with("_test")
            || stem.ends_with("_tests")
        {
            return FileRole::Test;
        }
    } else if kind == FileKind::Rust
        && (matches!(stem, "tests" | "test") || stem.ends_with("_test") || stem.ends_with("_tests"))
    {
        return FileRole::Test;
    }
    let words = name.split(['.', '-', '_']);
    let example = |word: &str| matches!(word, "example" | "sample" | "template" | "dist");
    if !kind.is_source() && words.clone().any(example) || name.ends_with(".example.py") {
        return FileRole::Example;
    }
    FileRole::Application
}
