//! Embeds `rules/` and `models/`: two sorted tables of (path, text), read by `include_str!`, and what the models' heads say
//! of which project needs them, so that no run has to look at all.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets it"));
    let rules = table("RULES", &root, "rules", "md", 1);
    let models = table("MODELS", &root, "models", "toml", 2);
    let heads = heads(&root.join("models"));
    std::fs::write(out.join("heads.rs"), heads).expect("the build folder can be written");
    std::fs::write(out.join("rules.rs"), rules).expect("the build folder can be written");
    std::fs::write(out.join("models.rs"), models).expect("the build folder can be written");
    println!("cargo::rerun-if-changed=build.rs");
}

/// Files below `folder` that lie at least `depth` deep: word lists stand in `models/` itself, models in its folders.
fn table(name: &str, root: &Path, folder: &str, extension: &str, depth: usize) -> String {
    println!("cargo::rerun-if-changed={folder}");
    let mut rows = String::new();
    let files = walkdir::WalkDir::new(root.join(folder)).min_depth(depth).sort_by_file_name();
    for entry in files.into_iter().filter_map(Result::ok) {
        if !entry.file_type().is_file() || entry.path().extension().is_none_or(|it| it != extension) {
            continue;
        }
        let relative = entry.path().strip_prefix(root).expect("walked from the root");
        let relative = relative.to_string_lossy().replace('\\', "/");
        let absolute = entry.path().to_string_lossy().into_owned();
        let (relative, absolute) = (relative.escape_default(), absolute.escape_default());
        writeln!(rows, "    (\"{relative}\", include_str!(\"{absolute}\")),").expect("a string takes all");
    }
    format!(
        "/// Files of `{folder}/`: path relative to the repository and text, sorted by path.\n\
         pub static {name}: &[(&str, &str)] = &[\n{rows}];\n"
    )
}

/// What stands before the first row of each model, in the order of the table.
fn heads(folder: &Path) -> String {
    let mut rows = String::new();
    let files = walkdir::WalkDir::new(folder).min_depth(2).sort_by_file_name();
    for entry in files.into_iter().filter_map(Result::ok) {
        if entry.path().extension().is_none_or(|it| it != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).expect("a model is text");
        let head: toml::Table =
            text[..text.find("\n[").unwrap_or(text.len())].parse().expect("a model begins with keys");
        let words = |key: &str| -> String {
            let list = head.get(key).and_then(toml::Value::as_array).into_iter().flatten();
            let quoted =
                list.filter_map(toml::Value::as_str).map(|it| format!("\"{}\"", it.escape_default()));
            quoted.collect::<Vec<_>>().join(", ")
        };
        let is = |key: &str| head.get(key).and_then(toml::Value::as_bool) == Some(true);
        let tells = !is("supporting") || is("telling");
        let (packages, needs) = (words("packages"), words("needs"));
        writeln!(rows, "    Head {{ packages: &[{packages}], needs: &[{needs}], tells: {tells} }},")
            .expect("a string takes all");
    }
    format!("/// The heads of `MODELS`, in its order.\npub static HEADS: &[Head] = &[\n{rows}];\n")
}
