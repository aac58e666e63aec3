use grid::Attribute::{Domain, HttpOnly, Life, Name, Path, SameSite, Secure};
use grid::{Attribute, Duration, Flows, Kind, Limit, Mutable, Stack, Verb};

pub const STACKS: &[Stack] =
    &[TOWER_SESSIONS, AXUM_LOGIN, PLAIN_JAR, SIGNED_JAR, PRIVATE_JAR, TOWER_COOKIES, AXUM_SESSION];

pub const TOWER_SESSIONS: Stack = Stack {
    name: "tower-sessions 0.14.0",
    kind: Kind::Layer,
    imports: "\
use axum::Router;
use axum::routing::get;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration;
use tower_sessions::{Expiry, MemoryStore, Session, SessionManagerLayer};
",
    app: r#"
pub fn app() -> Router {
    {{lines}}
    Router::new().route("/set", get(set)).route("/leave", get(leave)).layer({{make}})
}

async fn set(session: Session) {
    session.insert("seed", 1).await.unwrap();
}

async fn leave(session: Session) {
    session.flush().await.unwrap();
}
"#,
    base: "SessionManagerLayer::new(MemoryStore::default())",
    calls: SESSION_LAYER,
    finish: "",
    result: "SessionManagerLayer<MemoryStore>",
    duration: Duration::Time,
    mutable: None,
    flows: Some(Flows {
        app: r#"
pub fn app() -> Router {
    Router::new()
        .route("/start", get(start))
        .route("/member", get(member))
        .route("/peek", get(peek))
        .route("/touch", get(touch))
{{routes}}        .layer(SessionManagerLayer::new(MemoryStore::default()))
}

async fn start(session: Session) {
    session.insert("seed", 1).await.unwrap();
}

async fn member(session: Session) {
    session.insert("seed", 1).await.unwrap();
    session.insert("user_id", 6).await.unwrap();
}

async fn peek(session: Session) -> String {
    let seed = session.get::<i64>("seed").await.unwrap();
    let user = session.get::<i64>("user_id").await.unwrap();
    format!("{} {}", seed.is_some(), user.is_some())
}

async fn touch(session: Session) {
    session.insert("touched", 1).await.unwrap();
}
{{handlers}}"#,
        adopts: false,
        handler: "
async fn {{name}}(session: Session) {
    {{lines}}
}
",
        route: "        .route(\"/{{name}}\", get({{name}}))\n",
        change: "store_password();",
        verbs: &[
            (Verb::Write, r#"session.insert("user_id", 7).await.unwrap();"#),
            (Verb::Rotate, "session.cycle_id().await.unwrap();"),
            (Verb::Destroy, "session.flush().await.unwrap();"),
            (Verb::Clear, "session.clear().await;"),
            (Verb::Remove, r#"session.remove::<i64>("user_id").await.unwrap();"#),
            (Verb::Delete, "session.delete().await.unwrap();"),
        ],
    }),
    limits: &[],
};

const SESSION_LAYER: &[(Attribute, &str)] = &[
    (Name, ".with_name({})"),
    (Secure, ".with_secure({})"),
    (HttpOnly, ".with_http_only({})"),
    (SameSite, ".with_same_site({})"),
    (Path, ".with_path({})"),
    (Domain, ".with_domain({})"),
    (Life, ".with_expiry(Expiry::OnInactivity({}))"),
];

const AXUM_LOGIN: Stack = Stack {
    name: "axum-login 0.18.0",
    kind: Kind::Layer,
    imports: "\
use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::routing::get;
use axum_login::tower_sessions::cookie::SameSite;
use axum_login::tower_sessions::cookie::time::Duration;
use axum_login::tower_sessions::{Expiry, MemoryStore, SessionManagerLayer};
use axum_login::{AuthManagerLayerBuilder, AuthSession, AuthUser, AuthnBackend};
",
    app: r#"
#[derive(Clone, Debug)]
pub struct User {
    id: i64,
}

impl AuthUser for User {
    type Id = i64;

    fn id(&self) -> i64 {
        self.id
    }

    fn session_auth_hash(&self) -> &[u8] {
        b"hash"
    }
}

#[derive(Clone)]
pub struct Backend;

impl AuthnBackend for Backend {
    type User = User;
    type Credentials = i64;
    type Error = Infallible;

    async fn authenticate(&self, id: i64) -> Result<Option<User>, Infallible> {
        Ok(Some(User { id }))
    }

    async fn get_user(&self, id: &i64) -> Result<Option<User>, Infallible> {
        Ok(Some(User { id: *id }))
    }
}

pub fn app() -> Router {
    {{lines}}
    let auth = AuthManagerLayerBuilder::new(Backend, {{make}}).build();
    Router::new().route("/set", get(set)).route("/leave", get(leave)).layer(auth)
}

async fn set(mut auth: AuthSession<Backend>) {
    auth.login(&User { id: 7 }).await.unwrap();
}

async fn leave(mut auth: AuthSession<Backend>) {
    auth.logout().await.unwrap();
}
"#,
    base: "SessionManagerLayer::new(MemoryStore::default())",
    calls: SESSION_LAYER,
    finish: "",
    result: "SessionManagerLayer<MemoryStore>",
    duration: Duration::Time,
    mutable: None,
    flows: Some(Flows {
        app: r#"
#[derive(Clone, Debug)]
pub struct User {
    id: i64,
    password: Vec<u8>,
}

/// The hash of the only user's password changes with it.
static PASSWORD: AtomicU64 = AtomicU64::new(1);

fn user(id: i64) -> User {
    User { id, password: PASSWORD.load(Ordering::SeqCst).to_be_bytes().to_vec() }
}

impl AuthUser for User {
    type Id = i64;

    fn id(&self) -> i64 {
        self.id
    }

    fn session_auth_hash(&self) -> &[u8] {
        &self.password
    }
}

#[derive(Clone)]
pub struct Backend;

impl AuthnBackend for Backend {
    type User = User;
    type Credentials = i64;
    type Error = Infallible;

    async fn authenticate(&self, id: i64) -> Result<Option<User>, Infallible> {
        Ok(Some(user(id)))
    }

    async fn get_user(&self, id: &i64) -> Result<Option<User>, Infallible> {
        Ok(Some(user(*id)))
    }
}

pub fn app() -> Router {
    let layer = SessionManagerLayer::new(MemoryStore::default());
    Router::new()
        .route("/start", get(start))
        .route("/member", get(member))
        .route("/peek", get(peek))
        .route("/touch", get(touch))
{{routes}}        .layer(AuthManagerLayerBuilder::new(Backend, layer).build())
}

async fn start(auth: AuthSession<Backend>) {
    auth.session.insert("seed", 1).await.unwrap();
}

async fn member(mut auth: AuthSession<Backend>) {
    auth.session.insert("seed", 1).await.unwrap();
    auth.login(&user(6)).await.unwrap();
}

async fn peek(auth: AuthSession<Backend>) -> String {
    let seed = auth.session.get::<i64>("seed").await.unwrap();
    format!("{} {}", seed.is_some(), auth.user.is_some())
}

async fn touch(auth: AuthSession<Backend>) {
    auth.session.insert("touched", 1).await.unwrap();
}
{{handlers}}"#,
        adopts: false,
        handler: "
async fn {{name}}(mut auth: AuthSession<Backend>) {
    {{lines}}
}
",
        route: "        .route(\"/{{name}}\", get({{name}}))\n",
        change: "store_password();\n    PASSWORD.fetch_add(1, Ordering::SeqCst);",
        verbs: &[
            (Verb::Login, "auth.login(&user(7)).await.unwrap();"),
            (Verb::Logout, "auth.logout().await.unwrap();"),
            (Verb::Rotate, "auth.session.cycle_id().await.unwrap();"),
            (Verb::Destroy, "auth.session.flush().await.unwrap();"),
            (Verb::Clear, "auth.session.clear().await;"),
        ],
    }),
    limits: &[Limit {
        case: "change_password",
        what: "old record alive",
        reason: "the session that changed the password has the old hash, and ends with its next request",
    }],
};

/// `Cookie` of the cookie crate from 0.18 on.
const BUILDER: &[(Attribute, &str)] = &[
    (Secure, ".secure({})"),
    (HttpOnly, ".http_only({})"),
    (SameSite, ".same_site({})"),
    (Path, ".path({})"),
    (Domain, ".domain({})"),
    (Life, ".max_age({})"),
];

const SETTERS: Mutable = Mutable {
    base: "Cookie::new({name}, \"v\")",
    calls: &[
        (Secure, ".set_secure({})"),
        (HttpOnly, ".set_http_only({})"),
        (SameSite, ".set_same_site({})"),
        (Path, ".set_path({})"),
        (Domain, ".set_domain({})"),
        (Life, ".set_max_age({})"),
    ],
};

const PLAIN_JAR: Stack = Stack {
    name: "axum-extra 0.12.6 `CookieJar`",
    kind: Kind::Cookie,
    imports: "\
use axum::Router;
use axum::routing::get;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use time::Duration;
",
    app: r#"
pub fn app() -> Router {
    Router::new().route("/set", get(set)).route("/leave", get(leave))
}

async fn set(jar: CookieJar) -> CookieJar {
    {{lines}}
    jar.add({{make}})
}

async fn leave(jar: CookieJar) -> CookieJar {
    {{lines}}
    jar.remove({{make}})
}
"#,
    base: "Cookie::build(({name}, \"v\"))",
    calls: BUILDER,
    finish: ".build()",
    result: "Cookie<'static>",
    duration: Duration::Time,
    mutable: Some(SETTERS),
    flows: None,
    limits: &[],
};

const SIGNED_JAR: Stack = Stack {
    name: "axum-extra 0.12.6 `SignedCookieJar`",
    imports: "\
use axum::Router;
use axum::routing::get;
use axum_extra::extract::cookie::{Cookie, Key, SameSite, SignedCookieJar};
use time::Duration;
",
    app: r#"
pub fn app() -> Router {
    Router::new().route("/set", get(set)).route("/leave", get(leave)).with_state(Key::generate())
}

async fn set(jar: SignedCookieJar) -> SignedCookieJar {
    {{lines}}
    jar.add({{make}})
}

async fn leave(jar: SignedCookieJar) -> SignedCookieJar {
    {{lines}}
    jar.remove({{make}})
}
"#,
    ..PLAIN_JAR
};

const PRIVATE_JAR: Stack = Stack {
    name: "axum-extra 0.12.6 `PrivateCookieJar`",
    imports: "\
use axum::Router;
use axum::routing::get;
use axum_extra::extract::cookie::{Cookie, Key, PrivateCookieJar, SameSite};
use time::Duration;
",
    app: r#"
pub fn app() -> Router {
    Router::new().route("/set", get(set)).route("/leave", get(leave)).with_state(Key::generate())
}

async fn set(jar: PrivateCookieJar) -> PrivateCookieJar {
    {{lines}}
    jar.add({{make}})
}

async fn leave(jar: PrivateCookieJar) -> PrivateCookieJar {
    {{lines}}
    jar.remove({{make}})
}
"#,
    ..PLAIN_JAR
};

const TOWER_COOKIES: Stack = Stack {
    name: "tower-cookies 0.11.0",
    imports: "\
use axum::Router;
use axum::routing::get;
use tower_cookies::cookie::SameSite;
use tower_cookies::cookie::time::Duration;
use tower_cookies::{Cookie, CookieManagerLayer, Cookies};
",
    app: r#"
pub fn app() -> Router {
    Router::new().route("/set", get(set)).route("/leave", get(leave)).layer(CookieManagerLayer::new())
}

async fn set(cookies: Cookies) {
    {{lines}}
    cookies.add({{make}});
}

async fn leave(cookies: Cookies) {
    {{lines}}
    cookies.remove({{make}});
}
"#,
    ..PLAIN_JAR
};

const AXUM_SESSION: Stack = Stack {
    name: "axum_session 0.22.1",
    kind: Kind::Layer,
    imports: "\
use axum::Router;
use axum::routing::get;
use axum_session::{Key, SameSite, Session, SessionConfig, SessionLayer, SessionNullPool, SessionStore};
use time::Duration;
",
    app: r#"
pub fn app() -> Router {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(build())
}

async fn build() -> Router {
    {{lines}}
    let store = SessionStore::<SessionNullPool>::new(None, {{make}}).await.unwrap();
    Router::new().route("/set", get(set)).route("/leave", get(leave)).layer(SessionLayer::new(store))
}

async fn set(session: Session<SessionNullPool>) {
    session.set("seed", 1);
}

async fn leave(session: Session<SessionNullPool>) {
    session.destroy();
}
"#,
    base: "SessionConfig::default()",
    calls: &[
        (Name, ".with_session_name({})"),
        (Secure, ".with_secure({})"),
        (HttpOnly, ".with_http_only({})"),
        (SameSite, ".with_cookie_same_site({})"),
        (Path, ".with_cookie_path({})"),
        (Domain, ".with_cookie_domain({})"),
        (Life, ".with_max_age(Some({}))"),
    ],
    finish: "",
    result: "SessionConfig",
    duration: Duration::Time,
    mutable: None,
    flows: Some(Flows {
        app: r#"
pub fn app() -> Router {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(build())
}

async fn build() -> Router {
    let config = SessionConfig::default().with_key(Key::generate());
    let store = SessionStore::<SessionNullPool>::new(None, config).await.unwrap();
    Router::new()
        .route("/start", get(start))
        .route("/member", get(member))
        .route("/peek", get(peek))
        .route("/touch", get(touch))
{{routes}}        .layer(SessionLayer::new(store))
}

async fn start(session: Session<SessionNullPool>) {
    session.set("seed", 1);
}

async fn member(session: Session<SessionNullPool>) {
    session.set("seed", 1);
    session.set("user_id", 6);
}

async fn peek(session: Session<SessionNullPool>) -> String {
    let seed = session.get::<i64>("seed");
    let user = session.get::<i64>("user_id");
    format!("{} {}", seed.is_some(), user.is_some())
}

async fn touch(session: Session<SessionNullPool>) {
    session.set("touched", 1);
}
{{handlers}}"#,
        adopts: true,
        handler: "
async fn {{name}}(session: Session<SessionNullPool>) {
    {{lines}}
}
",
        route: "        .route(\"/{{name}}\", get({{name}}))\n",
        change: "store_password();",
        verbs: &[
            (Verb::Write, r#"session.set("user_id", 7);"#),
            (Verb::Rotate, "session.renew();"),
            (Verb::Destroy, "session.destroy();"),
            (Verb::Clear, "session.clear();"),
            (Verb::Remove, r#"session.remove("user_id");"#),
        ],
    }),
    limits: &[],
};
