use grid::Attribute::{Domain, HttpOnly, Life, Path, SameSite, Secure};
use grid::{Duration, Kind, Mutable, Stack};

pub const STACKS: &[Stack] = &[PLAIN, PRIVATE];

const PLAIN: Stack = Stack {
    name: "rocket 0.5.2 `add`",
    kind: Kind::Cookie,
    imports: "\
use rocket::config::LogLevel;
use rocket::http::{Cookie, CookieJar, SameSite};
use rocket::time::Duration;
use rocket::{Build, Config, Rocket, get, routes};
",
    app: r#"
pub fn app() -> Rocket<Build> {
    let config = Config { log_level: LogLevel::Off, ..Config::debug_default() };
    rocket::custom(config).mount("/", routes![set, leave])
}

#[get("/set")]
fn set(jar: &CookieJar<'_>) {
    {{lines}}
    jar.add({{make}});
}

#[get("/leave")]
fn leave(jar: &CookieJar<'_>) {
    {{lines}}
    jar.remove({{make}});
}
"#,
    base: "Cookie::build(({name}, \"v\"))",
    calls: &[
        (Secure, ".secure({})"),
        (HttpOnly, ".http_only({})"),
        (SameSite, ".same_site({})"),
        (Path, ".path({})"),
        (Domain, ".domain({})"),
        (Life, ".max_age({})"),
    ],
    finish: ".build()",
    result: "Cookie<'static>",
    duration: Duration::Time,
    mutable: Some(Mutable {
        base: "Cookie::new({name}, \"v\")",
        calls: &[
            (Secure, ".set_secure({})"),
            (HttpOnly, ".set_http_only({})"),
            (SameSite, ".set_same_site({})"),
            (Path, ".set_path({})"),
            (Domain, ".set_domain({})"),
            (Life, ".set_max_age({})"),
        ],
    }),
    flows: None,
    limits: &[],
};

const PRIVATE: Stack = Stack {
    name: "rocket 0.5.2 `add_private`",
    app: r#"
pub fn app() -> Rocket<Build> {
    let config = Config { log_level: LogLevel::Off, ..Config::debug_default() };
    rocket::custom(config).mount("/", routes![set, leave])
}

#[get("/set")]
fn set(jar: &CookieJar<'_>) {
    {{lines}}
    jar.add_private({{make}});
}

#[get("/leave")]
fn leave(jar: &CookieJar<'_>) {
    {{lines}}
    jar.remove_private({{make}});
}
"#,
    ..PLAIN
};
