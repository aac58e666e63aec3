//! Embeds `rules/` and `models/`: two sorted tables of (path, text), read by `include_str!` so that nothing is parsed here.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets it"));
    let rules = table("RULES", &root, "rules", "md", 1);
    let models = table("MODELS", &root, "models", "toml", 2);
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
