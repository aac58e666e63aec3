use super::*;
use crate::workspace::Version;

fn all() -> Models {
    let (models, errors) = Models::load(&Scope::All, &[]);
    let told: Vec<_> =
        errors.iter().map(|it| format!("{} {:?}: {} ({})", it.path, it.span, it.message, it.help)).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    models
}

fn locked(versions: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Version {
    move |package| match versions.iter().find(|(name, _)| *name == package) {
        Some((_, version)) => Version::Exact(version.parse().unwrap()),
        None => Version::Unknown,
    }
}

#[test]
fn embedded_models_have_no_faults() {
    all();
}

#[test]
fn defaults_follow_the_version() {
    let models = all();
    let secure = |version: &'static [(&'static str, &'static str)]| {
        let layer = models.types("tower_sessions::SessionManagerLayer", &locked(version));
        layer.defaults("secure").into_iter().map(|(it, _)| it).collect::<Vec<_>>()
    };
    assert_eq!(secure(&[("tower-sessions", "0.7.0")]), [Source::Off]);
    assert_eq!(secure(&[("tower-sessions", "0.14.0")]), [Source::On]);
    assert_eq!(secure(&[]), [Source::Off, Source::On], "an unknown version is any version");
}

#[test]
fn reexports_choose_the_version_of_their_target() {
    let models = all();
    let build = |version| {
        let found = models.functions("axum_extra::extract::cookie::Cookie::build", &locked(version));
        found.into_iter().map(|it| it.callable.effect[0].verb).collect::<Vec<_>>()
    };
    assert_eq!(build(&[("axum-extra", "0.9.3")]), [Verb::Convert]);
    assert_eq!(build(&[("axum-extra", "0.7.0")]), [Verb::Construct]);
    assert_eq!(build(&[]).len(), 2);
    let week = models.functions("tower_sessions::cookie::time::Duration::weeks", &locked(&[]));
    assert_eq!(week[0].callable.effect[0].verb, Verb::Duration);
}

#[test]
fn only_models_of_named_packages_are_read() {
    let (models, errors) = Models::load(&Scope::Packages(&|it| it == "tower-sessions"), &[]);
    assert!(errors.is_empty());
    let none = locked(&[]);
    assert!(!models.types("tower_sessions::cookie::Cookie", &none).is_empty(), "what it needs comes too");
    assert!(!models.types("std::time::Duration", &none).is_empty());
    assert!(models.types("axum_extra::extract::CookieJar", &none).is_empty());
}

#[test]
fn faults_of_a_user_file_are_told_with_their_place() {
    let text = "schema = 1\npackages = [\"mine\"]\nsource = \"ours\"\n[[type]]\npath = \"mine::Jar\"\nrole = \"jra\"\n[type.methods]\nadd = \"emitt cookie=arg0\"\nput = \"emit cokie=arg0\"\n[[type]]\npth = 1\n";
    let (_, errors) = Models::load(&Scope::Packages(&|_| false), &[ModelFile { path: "mine.toml", text }]);
    let told: Vec<_> =
        errors.iter().map(|it| (&text[it.span.clone()], it.message.as_str(), it.help.as_str())).collect();
    assert_eq!(told[0], ("\"jra\"", "no role `jra`", "did you mean `jar`?"));
    assert!(told.contains(&("pth", "no key `pth` here", "did you mean `path`?")));
    assert!(told.contains(&("\"emitt cookie=arg0\"", "no verb `emitt`", "did you mean `emit`?")));
    assert!(told.contains(&("\"emit cokie=arg0\"", "`emit` reads no operand `cokie`", "")));
}

#[test]
fn a_version_newer_than_all_models_is_told() {
    let text = "schema = 1\npackages = [\"mine\"]\nsource = \"ours\"\n[[type]]\npath = \"mine::Jar\"\nversions = \"<2\"\n";
    let (models, errors) =
        Models::load(&Scope::Packages(&|_| false), &[ModelFile { path: "mine.toml", text }]);
    assert_eq!(errors, []);
    assert!(models.types("mine::Jar", &locked(&[("mine", "2.1.0")])).beyond);
    assert!(!models.types("mine::Jar", &locked(&[("mine", "1.1.0")])).beyond);
}

#[test]
fn rows_know_whether_they_were_reached() {
    let models = all();
    let jar = models.types("tower_cookies::Cookies", &locked(&[]));
    assert_eq!(models.methods(&jar, "add", &locked(&[])).len(), 1);
    let coverage = models.coverage();
    assert!(coverage["models/rust/tower-cookies.toml: tower_cookies::Cookies"]);
    assert!(coverage["models/rust/tower-cookies.toml: tower_cookies::Cookies add"]);
    assert!(!coverage["models/rust/tower-cookies.toml: tower_cookies::Cookies remove"]);
}
