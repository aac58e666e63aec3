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
    let (models, errors) = Models::load(&Scope::Packages(&|_, it| it == "tower-sessions"), &[]);
    assert!(errors.is_empty());
    let none = locked(&[]);
    assert!(!models.types("tower_sessions::cookie::Cookie", &none).is_empty(), "what it needs comes too");
    assert!(!models.types("std::time::Duration", &none).is_empty());
    assert!(models.types("axum_extra::extract::CookieJar", &none).is_empty());
}

#[test]
fn faults_of_a_user_file_are_told_with_their_place() {
    let text = "schema = 1\npackages = [\"mine\"]\nsource = \"ours\"\n[[type]]\npath = \"mine::Jar\"\nrole = \"jra\"\n[type.methods]\nadd = \"emitt cookie=arg0\"\nput = \"emit cokie=arg0\"\n[[type]]\npth = 1\n";
    let (_, errors) = Models::load(&Scope::Packages(&|_, _| false), &[ModelFile { path: "mine.toml", text }]);
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
        Models::load(&Scope::Packages(&|_, _| false), &[ModelFile { path: "mine.toml", text }]);
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
    assert_eq!(coverage["models/rust/tower-cookies.toml: tower_cookies::Cookies"], Reach::Yes);
    assert_eq!(coverage["models/rust/tower-cookies.toml: tower_cookies::Cookies add"], Reach::Yes);
    assert!(coverage["models/rust/tower-cookies.toml: tower_cookies::Cookies remove"] < Reach::Yes);
    let text = "schema = 1\npackages = [\"mine\"]\nsource = \"ours\"\n[[type]]\npath = \"mine::Jar\"\nunreached = \"no fixture\"\n[[type]]\npath = \"mine::Key\"\n";
    let (models, _) = Models::load(&Scope::Packages(&|_, _| false), &[ModelFile { path: "mine.toml", text }]);
    assert_eq!(models.coverage()["mine.toml: mine::Jar"], Reach::Excused("no fixture".into()));
    assert_eq!(models.coverage()["mine.toml: mine::Key"], Reach::No);
}

/// Rows that hold for the same path and the same version.
fn twice<T>(rows: &[T], range: impl Fn(&T) -> &Range, package: impl Fn(&T) -> &str) -> bool {
    let pairs = rows.iter().enumerate().flat_map(|(at, a)| rows[at + 1..].iter().map(move |b| (a, b)));
    pairs.into_iter().any(|(a, b)| package(a) == package(b) && !range(a).and(range(b)).is_empty())
}

#[test]
fn no_path_has_two_rows_for_one_version() {
    let models = all();
    let types = models.types.iter().filter(|(_, rows)| twice(rows, |it| &it.versions, |it| &it.package));
    let functions =
        models.functions.iter().filter(|(_, rows)| twice(rows, |it| &it.versions, |it| &it.package));
    let settings =
        models.settings.iter().filter(|(_, rows)| twice(rows, |it| &it.versions, |it| &it.package));
    let named = models.named.iter().filter(|(_, rows)| twice(rows, |it| &it.versions, |it| &it.package));
    let types = types.map(|(path, _)| path).chain(functions.map(|(path, _)| path));
    let faulty: Vec<_> =
        types.chain(settings.map(|(path, _)| path)).chain(named.map(|(path, _)| path)).collect();
    assert_eq!(faulty, Vec::<&smol_str::SmolStr>::new());
}

#[test]
fn every_type_that_a_row_names_has_a_row() {
    let models = all();
    let none = locked(&[]);
    let mut missing = Vec::new();
    let known = |path: &str| path == "int" || path == "bool" || !models.types(path, &none).is_empty();
    let all_types = models.types.values().chain(models.extensions.values()).flatten();
    let members = all_types.clone().flat_map(|it| {
        [&it.methods, &it.functions, &it.fields, &it.assign].into_iter().flat_map(|it| it.values())
    });
    let effects = members.chain(models.functions.values().flatten().map(|it| &it.callable));
    for clause in effects.flat_map(|it| it.effect.iter()) {
        missing.extend(clause.word("type").filter(|it| !known(it)).cloned());
    }
    missing.extend(all_types.flat_map(|it| &it.bases).filter(|it| !known(it)).cloned());
    missing.extend(models.params.values().filter(|it| !known(it)).cloned());
    assert_eq!(missing, Vec::<smol_str::SmolStr>::new());
}

#[test]
fn every_reexport_leads_to_rows() {
    let models = all();
    let ends: Vec<&str> = models
        .types
        .keys()
        .chain(models.functions.keys())
        .chain(models.reexports.keys())
        .map(smol_str::SmolStr::as_str)
        .collect();
    let leads = |of: &str| {
        ends.iter()
            .any(|it| it.strip_prefix(of).is_some_and(|it| it.is_empty() || it.starts_with([':', '.'])))
    };
    let rows = models.reexports.iter().flat_map(|(path, rows)| rows.iter().map(move |it| (path, &it.of)));
    let mut dangling: Vec<_> = rows.filter(|(_, of)| !leads(of)).collect();
    dangling.sort();
    assert_eq!(dangling, []);
}

#[test]
fn settings_cookies_name_known_settings() {
    let models = all();
    for cookie in &models.settings_cookies {
        for setting in cookie.attributes.values().chain(&cookie.unless).chain(&cookie.only_if) {
            assert!(models.settings.contains_key(setting), "{setting}");
        }
    }
}

#[test]
fn members_of_other_packages_and_of_bases_are_found() {
    let models = all();
    let none = locked(&[]);
    let request = models.types("actix_web::HttpRequest", &none);
    assert_eq!(models.methods(&request, "get_session", &none)[0].package, "actix-session");
    let json = models.types("django.http.JsonResponse", &none);
    assert_eq!(models.methods(&json, "set_cookie", &none).len(), 1);
    let user = models.types("django.contrib.auth.models.User", &none);
    assert_eq!(models.methods(&user, "save", &none)[0].callable.effect[0].verb, Verb::ChangeState);
}

#[test]
fn versions_of_one_method_are_told_apart() {
    let models = all();
    let renew = |versions| {
        let versions = locked(versions);
        let session = models.types("actix_session::Session", &versions);
        models
            .methods(&session, "renew", &versions)
            .iter()
            .map(|it| it.callable.effect[0].clone())
            .collect::<Vec<_>>()
    };
    assert!(renew(&[("actix-session", "0.7.0")])[0].flag("only-if-last"));
    assert!(!renew(&[("actix-session", "0.7.1")])[0].flag("only-if-last"));
    assert_eq!(renew(&[]).len(), 3);
}

#[test]
fn settings_follow_the_version() {
    let models = all();
    let pickle = |versions| {
        let found = models.named("django.contrib.sessions.serializers.PickleSerializer", &locked(versions));
        found.unwrap().traits.contains_key("removed")
    };
    assert!(!pickle(&[("django", "4.2.0")]));
    assert!(pickle(&[("django", "5.1.0")]));
    assert_eq!(models.setting("SESSION_COOKIE_AGE", &locked(&[]))[0].default, Source::Int(1_209_600));
    assert!(models.setting("CSRF_COOKIE_MASKED", &locked(&[("django", "3.2.0")])).is_empty());
    assert_eq!(
        models.wrong_setting("COOKIE_SECURE").unwrap().instead.as_deref(),
        Some("SESSION_COOKIE_SECURE")
    );
}

#[test]
fn a_package_that_nobody_names_has_the_version_of_who_reexports_it() {
    let models = all();
    let cookie = |versions| models.types("cookie::Cookie", &locked(versions)).models.len();
    assert!(cookie(&[]) > 2);
    assert_eq!(cookie(&[("actix-web", "4.9.0")]), 1);
    assert_eq!(models.types("cookie::Cookie", &locked(&[("cookie", "0.18.1")])).models.len(), 1);
}
