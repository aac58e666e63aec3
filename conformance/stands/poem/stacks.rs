use grid::Attribute::{Domain, HttpOnly, Life, Name, Path, SameSite, Secure};
use grid::{Duration, Flows, Kind, Mutable, Stack, Verb};

pub const STACKS: &[Stack] = &[COOKIES, SERVER_SESSION, COOKIE_SESSION];

const COOKIES: Stack = Stack {
    name: "poem 3.1.12 `CookieJar`",
    kind: Kind::Cookie,
    imports: "\
use std::time::Duration;

use poem::endpoint::BoxEndpoint;
use poem::middleware::CookieJarManager;
use poem::web::cookie::{Cookie, CookieJar, SameSite};
use poem::{EndpointExt, Response, Route, get, handler};
",
    app: r#"
pub fn app() -> BoxEndpoint<'static, Response> {
    Route::new().at("/set", get(set)).at("/leave", get(leave)).with(CookieJarManager::new()).boxed()
}

#[handler]
fn set(jar: &CookieJar) {
    {{lines}}
    jar.add({{make}});
}

#[handler]
fn leave(jar: &CookieJar) {
    {{lines}}
    let mut gone = {{make}};
    gone.make_removal();
    jar.add(gone);
}
"#,
    base: "Cookie::new_with_str({name}, \"v\")",
    calls: &[],
    finish: "",
    result: "Cookie",
    duration: Duration::Std,
    mutable: Some(Mutable {
        base: "Cookie::new_with_str({name}, \"v\")",
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

const SERVER_SESSION: Stack = Stack {
    name: "poem 3.1.12 `ServerSession`",
    kind: Kind::Layer,
    imports: "\
use std::time::Duration;

use poem::endpoint::BoxEndpoint;
use poem::session::{CookieConfig, CookieSession, MemoryStorage, ServerSession, Session};
use poem::web::cookie::SameSite;
use poem::{EndpointExt, Response, Route, get, handler};
",
    app: r#"
pub fn app() -> BoxEndpoint<'static, Response> {
    {{lines}}
    let layer = ServerSession::new({{make}}, MemoryStorage::new());
    Route::new().at("/set", get(set)).at("/leave", get(leave)).with(layer).boxed()
}

#[handler]
fn set(session: &Session) {
    session.set("seed", 1);
}

#[handler]
fn leave(session: &Session) {
    session.purge();
}
"#,
    base: "CookieConfig::default()",
    calls: &[
        (Name, ".name({})"),
        (Secure, ".secure({})"),
        (HttpOnly, ".http_only({})"),
        (SameSite, ".same_site({})"),
        (Path, ".path({})"),
        (Domain, ".domain({})"),
        (Life, ".max_age({})"),
    ],
    finish: "",
    result: "CookieConfig",
    duration: Duration::Std,
    mutable: None,
    flows: Some(Flows {
        app: r#"
pub fn app() -> BoxEndpoint<'static, Response> {
    let layer = ServerSession::new(CookieConfig::default(), MemoryStorage::new());
    Route::new()
        .at("/start", get(start))
        .at("/member", get(member))
        .at("/peek", get(peek))
        .at("/touch", get(touch))
{{routes}}        .with(layer)
        .boxed()
}

#[handler]
fn start(session: &Session) {
    session.set("seed", 1);
}

#[handler]
fn member(session: &Session) {
    session.set("seed", 1);
    session.set("user_id", 6);
}

#[handler]
fn peek(session: &Session) -> String {
    let seed = session.get::<i64>("seed");
    let user = session.get::<i64>("user_id");
    format!("{} {}", seed.is_some(), user.is_some())
}

#[handler]
fn touch(session: &Session) {
    session.set("touched", 1);
}
{{handlers}}"#,
        adopts: false,
        handler: "
#[handler]
fn {{name}}(session: &Session) {
    {{lines}}
}
",
        route: "        .at(\"/{{name}}\", get({{name}}))\n",
        change: "store_password();",
        verbs: &[
            (Verb::Write, r#"session.set("user_id", 7);"#),
            (Verb::Rotate, "session.renew();"),
            (Verb::Destroy, "session.purge();"),
            (Verb::Clear, "session.clear();"),
            (Verb::Remove, r#"session.remove("user_id");"#),
        ],
    }),
    limits: &[],
};

const COOKIE_SESSION: Stack = Stack {
    name: "poem 3.1.12 `CookieSession`",
    app: r#"
pub fn app() -> BoxEndpoint<'static, Response> {
    {{lines}}
    let layer = CookieSession::new({{make}});
    Route::new().at("/set", get(set)).at("/leave", get(leave)).with(layer).boxed()
}

#[handler]
fn set(session: &Session) {
    session.set("seed", 1);
}

#[handler]
fn leave(session: &Session) {
    session.purge();
}
"#,
    flows: None,
    ..SERVER_SESSION
};
