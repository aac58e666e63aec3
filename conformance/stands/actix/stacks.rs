use grid::Attribute::{Domain, HttpOnly, Life, Name, Path, SameSite, Secure};
use grid::{Attribute, Duration, Flows, Kind, Mutable, Stack, Verb};

pub const STACKS: &[Stack] = &[COOKIES, ACTIX_SESSION, COOKIE_STORE, ACTIX_IDENTITY];

const COOKIES: Stack = Stack {
    name: "actix-web 4.18.1 cookies",
    kind: Kind::Cookie,
    imports: "\
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::HttpServiceFactory;
use actix_web::{HttpResponse, web};
",
    app: r#"
pub fn app() -> impl HttpServiceFactory {
    web::scope("").route("/set", web::get().to(set)).route("/leave", web::get().to(leave))
}

async fn set() -> HttpResponse {
    {{lines}}
    HttpResponse::Ok().cookie({{make}}).finish()
}

async fn leave() -> HttpResponse {
    {{lines}}
    let cookie = {{make}};
    let mut response = HttpResponse::Ok().finish();
    response.add_removal_cookie(&cookie).unwrap();
    response
}
"#,
    base: "Cookie::build({name}, \"v\")",
    calls: &[
        (Secure, ".secure({})"),
        (HttpOnly, ".http_only({})"),
        (SameSite, ".same_site({})"),
        (Path, ".path({})"),
        (Domain, ".domain({})"),
        (Life, ".max_age({})"),
    ],
    finish: ".finish()",
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

const MIDDLEWARE: &[(Attribute, &str)] = &[
    (Name, ".cookie_name({}.to_owned())"),
    (Secure, ".cookie_secure({})"),
    (HttpOnly, ".cookie_http_only({})"),
    (SameSite, ".cookie_same_site({})"),
    (Path, ".cookie_path({}.to_owned())"),
    (Domain, ".cookie_domain(Some({}.to_owned()))"),
    (Life, ".session_lifecycle(PersistentSession::default().session_ttl({}))"),
];

const ACTIX_SESSION: Stack = Stack {
    name: "actix-session 0.11.0",
    kind: Kind::Layer,
    imports: "\
use actix_session::config::{CookieContentSecurity, PersistentSession};
use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Key, SameSite};
use actix_web::dev::HttpServiceFactory;
use actix_web::{HttpResponse, web};
use records::Records;
",
    app: r#"
pub fn app() -> impl HttpServiceFactory {
    {{lines}}
    web::scope("")
        .route("/set", web::get().to(set))
        .route("/leave", web::get().to(leave))
        .wrap({{make}})
}

async fn set(session: Session) -> HttpResponse {
    session.insert("seed", 1).unwrap();
    HttpResponse::Ok().finish()
}

async fn leave(session: Session) -> HttpResponse {
    session.purge();
    HttpResponse::Ok().finish()
}
"#,
    base: "SessionMiddleware::builder(Records::default(), Key::generate())",
    calls: MIDDLEWARE,
    finish: ".build()",
    result: "SessionMiddleware<Records>",
    duration: Duration::Time,
    mutable: None,
    flows: Some(Flows {
        app: r#"
pub fn app() -> impl HttpServiceFactory {
    let layer = SessionMiddleware::builder(Records::default(), Key::generate())
        .cookie_content_security(CookieContentSecurity::Signed)
        .build();
    web::scope("")
        .route("/start", web::get().to(start))
        .route("/member", web::get().to(member))
        .route("/peek", web::get().to(peek))
        .route("/touch", web::get().to(touch))
{{routes}}        .wrap(layer)
}

async fn start(session: Session) -> HttpResponse {
    session.insert("seed", 1).unwrap();
    HttpResponse::Ok().finish()
}

async fn member(session: Session) -> HttpResponse {
    session.insert("seed", 1).unwrap();
    session.insert("user_id", 7).unwrap();
    HttpResponse::Ok().finish()
}

async fn peek(session: Session) -> String {
    let seed = session.get::<i64>("seed").unwrap();
    let user = session.get::<i64>("user_id").unwrap();
    format!("{} {}", seed.is_some(), user.is_some())
}

async fn touch(session: Session) -> HttpResponse {
    session.insert("touched", 1).unwrap();
    HttpResponse::Ok().finish()
}
{{handlers}}"#,
        adopts: false,
        handler: "
async fn {{name}}(session: Session) -> HttpResponse {
    {{lines}}
    HttpResponse::Ok().finish()
}
",
        route: "        .route(\"/{{name}}\", web::get().to({{name}}))\n",
        change: "store_password();",
        verbs: &[
            (Verb::Write, r#"session.insert("user_id", 7).unwrap();"#),
            (Verb::Rotate, "session.renew();"),
            (Verb::Destroy, "session.purge();"),
            (Verb::Clear, "session.clear();"),
            (Verb::Remove, r#"session.remove("user_id");"#),
        ],
    }),
    limits: &[],
};

const COOKIE_STORE: Stack = Stack {
    name: "actix-session 0.11.0 `CookieSessionStore`",
    imports: "\
use actix_session::config::PersistentSession;
use actix_session::storage::CookieSessionStore;
use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Key, SameSite};
use actix_web::dev::HttpServiceFactory;
use actix_web::{HttpResponse, web};
",
    base: "SessionMiddleware::builder(CookieSessionStore::default(), Key::generate())",
    result: "SessionMiddleware<CookieSessionStore>",
    flows: None,
    ..ACTIX_SESSION
};

const ACTIX_IDENTITY: Stack = Stack {
    name: "actix-identity 0.9.0",
    imports: "\
use actix_identity::{Identity, IdentityMiddleware};
use actix_session::config::{CookieContentSecurity, PersistentSession};
use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Key, SameSite};
use actix_web::dev::HttpServiceFactory;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use records::Records;
",
    app: r#"
pub fn app() -> impl HttpServiceFactory {
    {{lines}}
    web::scope("")
        .route("/set", web::get().to(set))
        .route("/leave", web::get().to(leave))
        .wrap(IdentityMiddleware::default())
        .wrap({{make}})
}

async fn set(request: HttpRequest) -> HttpResponse {
    Identity::login(&request.extensions(), "7".into()).unwrap();
    HttpResponse::Ok().finish()
}

async fn leave(identity: Identity) -> HttpResponse {
    identity.logout();
    HttpResponse::Ok().finish()
}
"#,
    flows: Some(Flows {
        app: r#"
pub fn app() -> impl HttpServiceFactory {
    let layer = SessionMiddleware::builder(Records::default(), Key::generate())
        .cookie_content_security(CookieContentSecurity::Signed)
        .build();
    web::scope("")
        .route("/start", web::get().to(start))
        .route("/member", web::get().to(member))
        .route("/peek", web::get().to(peek))
        .route("/touch", web::get().to(touch))
{{routes}}        .wrap(IdentityMiddleware::default())
        .wrap(layer)
}

async fn start(session: Session) -> HttpResponse {
    session.insert("seed", 1).unwrap();
    HttpResponse::Ok().finish()
}

async fn member(session: Session, request: HttpRequest) -> HttpResponse {
    session.insert("seed", 1).unwrap();
    Identity::login(&request.extensions(), "6".into()).unwrap();
    HttpResponse::Ok().finish()
}

async fn peek(session: Session, identity: Option<Identity>) -> String {
    let seed = session.get::<i64>("seed").unwrap();
    format!("{} {}", seed.is_some(), identity.is_some())
}

async fn touch(session: Session) -> HttpResponse {
    session.insert("touched", 1).unwrap();
    HttpResponse::Ok().finish()
}
{{handlers}}"#,
        adopts: false,
        handler: "
async fn {{name}}(identity: Option<Identity>, session: Session, request: HttpRequest) -> HttpResponse {
    {{lines}}
    HttpResponse::Ok().finish()
}
",
        route: "        .route(\"/{{name}}\", web::get().to({{name}}))\n",
        change: "store_password();",
        verbs: &[
            (Verb::Login, r#"Identity::login(&request.extensions(), "7".into()).unwrap();"#),
            (Verb::Rotate, "session.renew();"),
            (Verb::Destroy, "session.purge();"),
            (Verb::Clear, "session.clear();"),
        ],
    }),
    ..ACTIX_SESSION
};
