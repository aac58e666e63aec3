//! What names mean across the files and packages of a project.

#[expect(dead_code, reason = "each test needs a part of it")]
mod common;

use common::{project, sessionlint};

const MANIFEST: &str =
    "[package]\nname = \"app\"\n[dependencies]\ncookie = \"0.18\"\naxum-extra = \"0.10\"\n";

fn handler(secure: &str) -> String {
    format!(
        "use axum_extra::extract::cookie::{{Cookie, CookieJar}};\n\
         pub fn set(jar: CookieJar) -> CookieJar {{\n    jar.add(Cookie::build((\"session\", \"x\")).secure({secure}).build())\n}}\n"
    )
}

/// The files in which a cookie without `Secure` is sent.
fn insecure(name: &str, files: &[(&str, &str)]) -> Vec<String> {
    let root = project(&format!("names-{name}"), files);
    let said = sessionlint(&root, &["check", "--format", "json", "--only", "cookie-no-secure", "."]);
    let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let mut paths: Vec<String> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["path"].as_str().unwrap().to_owned())
        .collect();
    paths.dedup();
    paths
}

#[test]
fn a_program_beside_a_library_has_a_root_of_its_own() {
    let main = format!("mod web;\npub const SECURE: bool = false;\n{}", handler("crate::SECURE"));
    let web = handler("crate::SECURE");
    let library = "pub mod api;\npub const SECURE: bool = true;\n";
    let files = [
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", library),
        ("src/main.rs", main.as_str()),
        ("src/web.rs", web.as_str()),
        ("src/api.rs", web.as_str()),
    ];
    let found = insecure("roots", &files);
    assert_eq!(
        found,
        ["src/main.rs", "src/web.rs"],
        "the constant of the program decides for its modules, not for the library's"
    );
}

#[test]
fn a_renamed_dependency_is_the_package_that_it_names() {
    let code = handler("false").replace("axum_extra", "extras");
    let manifest = MANIFEST
        .replace("axum-extra = \"0.10\"", "extras = { package = \"axum-extra\", version = \"0.10\" }");
    assert_eq!(insecure("renamed", &[("Cargo.toml", &manifest), ("src/main.rs", &code)]), ["src/main.rs"]);
}

#[test]
fn a_crate_of_the_project_is_the_one_that_the_package_depends_on() {
    let code = handler("shared::SECURE");
    let shared = "[package]\nname = \"shared\"\n";
    let app = format!("{MANIFEST}shared = {{ path = \"../shared\" }}\n");
    let files = [
        ("a/app/Cargo.toml", app.as_str()),
        ("a/app/src/main.rs", code.as_str()),
        ("a/shared/Cargo.toml", shared),
        ("a/shared/src/lib.rs", "pub const SECURE: bool = false;\n"),
        ("b/app/Cargo.toml", app.as_str()),
        ("b/app/src/main.rs", code.as_str()),
        ("b/shared/Cargo.toml", shared),
        ("b/shared/src/lib.rs", "pub const SECURE: bool = true;\n"),
    ];
    let root = project("names-crates", &files);
    let said = sessionlint(&root, &["facts", "--format", "json", "."]);
    let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let secure: Vec<_> = json["facts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["kind"] == "cookie")
        .map(|it| (it["path"].as_str().unwrap(), it["attributes"]["secure"]["value"]["is"].as_bool()))
        .collect();
    assert_eq!(secure, [("a/app/src/main.rs", Some(false)), ("b/app/src/main.rs", Some(true))]);
}

#[test]
fn a_function_hides_neither_the_crate_nor_the_module_of_its_name() {
    let main = format!(
        "mod settings;\nfn settings() {{}}\nfn axum_extra() {{}}\n{}",
        handler("crate::settings::SECURE")
    );
    let settings = "pub const SECURE: bool = false;\n";
    let files = [("Cargo.toml", MANIFEST), ("src/main.rs", main.as_str()), ("src/settings.rs", settings)];
    assert_eq!(insecure("namespaces", &files), ["src/main.rs"]);
}
