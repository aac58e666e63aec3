use grid::Attribute::{Domain, HttpOnly, Life, Name, Path, SameSite, Secure};
use grid::{Duration, Flows, Kind, Limit, Mutable, Stack, Verb};

pub const STACKS: &[Stack] = &[COOKIES, SESSION];

const COOKIES: Stack = Stack {
    name: "salvo 1.1.0 cookies",
    kind: Kind::Cookie,
    imports: "\
use salvo::http::cookie::time::Duration;
use salvo::http::cookie::{Cookie, SameSite};
use salvo::{Response, Router, handler};
",
    app: r#"
pub fn app() -> Router {
    Router::new().push(Router::with_path("set").get(set)).push(Router::with_path("leave").get(leave))
}

#[handler]
async fn set(res: &mut Response) {
    {{lines}}
    res.add_cookie({{make}});
}

#[handler]
async fn leave(res: &mut Response) {
    {{lines}}
    res.remove_cookie_with({{make}});
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

const SESSION: Stack = Stack {
    name: "salvo 1.1.0 sessions",
    kind: Kind::Layer,
    imports: "\
use std::time::Duration;

use salvo::http::cookie::SameSite;
use salvo::session::{MemoryStore, Session, SessionDepotExt, SessionHandler};
use salvo::{Depot, Response, Router, handler};
",
    app: r#"
pub fn app() -> Router {
    {{lines}}
    Router::new()
        .hoop({{make}})
        .push(Router::with_path("set").get(set))
        .push(Router::with_path("leave").get(leave))
}

#[handler]
async fn set(depot: &mut Depot) {
    depot.session_mut().unwrap().insert("seed", 1).unwrap();
}

#[handler]
async fn leave(depot: &mut Depot) {
    depot.session_mut().unwrap().destroy();
}
"#,
    base: "SessionHandler::builder(MemoryStore::new(), &[7; 64])",
    calls: &[
        (Name, ".cookie_name({})"),
        (Secure, ".secure_cookie({})"),
        (SameSite, ".same_site_policy({})"),
        (Path, ".cookie_path({})"),
        (Domain, ".cookie_domain({})"),
        (Life, ".session_ttl(Some({}))"),
    ],
    finish: ".build().unwrap()",
    result: "SessionHandler<MemoryStore>",
    duration: Duration::Std,
    mutable: None,
    flows: Some(Flows {
        app: r#"
pub fn app() -> Router {
    Router::new()
        .hoop(SessionHandler::builder(MemoryStore::new(), &[7; 64]).build().unwrap())
        .push(Router::with_path("start").get(start))
        .push(Router::with_path("member").get(member))
        .push(Router::with_path("peek").get(peek))
        .push(Router::with_path("touch").get(touch))
{{routes}}}

#[handler]
async fn start(depot: &mut Depot) {
    depot.session_mut().unwrap().insert("seed", 1).unwrap();
}

#[handler]
async fn member(depot: &mut Depot) {
    let session = depot.session_mut().unwrap();
    session.insert("seed", 1).unwrap();
    session.insert("user_id", 6).unwrap();
}

#[handler]
async fn peek(depot: &mut Depot) -> String {
    let session = depot.session().unwrap();
    let seed = session.get::<i64>("seed");
    let user = session.get::<i64>("user_id");
    format!("{} {}", seed.is_some(), user.is_some())
}

#[handler]
async fn touch(depot: &mut Depot) {
    depot.session_mut().unwrap().insert("touched", 1).unwrap();
}
{{handlers}}"#,
        adopts: false,
        handler: "
#[handler]
async fn {{name}}(depot: &mut Depot) {
    {{lines}}
}
",
        route: "        .push(Router::with_path(\"{{name}}\").get({{name}}))\n",
        change: "store_password();",
        verbs: &[
            (Verb::Write, r#"depot.session_mut().unwrap().insert("user_id", 7).unwrap();"#),
            (Verb::Rotate, "depot.set_session(Session::new());"),
            (Verb::Regenerate, "depot.session_mut().unwrap().regenerate();"),
            (Verb::Destroy, "depot.session_mut().unwrap().destroy();"),
            (Verb::Remove, r#"depot.session_mut().unwrap().remove("user_id");"#),
        ],
    }),
    limits: &[
        Limit { case: "write_rotate", what: "fixation reported", reason: REPLACED },
        Limit { case: "write_regenerate_rotate", what: "fixation reported", reason: REPLACED },
        Limit { case: "write_regenerate_destroy", what: "fixation reported", reason: SHARED_END },
        Limit { case: "write_destroy_rotate", what: "fixation reported", reason: REPLACED },
        Limit { case: "write_destroy_regenerate", what: "fixation reported", reason: SHARED_END },
        Limit { case: "regenerate_write_destroy", what: "fixation reported", reason: SHARED_END },
        Limit { case: "regenerate_destroy_write", what: "fixation reported", reason: SHARED_END },
        Limit { case: "destroy_write_regenerate", what: "fixation reported", reason: SHARED_END },
        Limit { case: "destroy_regenerate_write", what: "fixation reported", reason: SHARED_END },
        Limit { case: "regenerate_destroy", what: "old record alive", reason: SHARED_END },
        Limit { case: "regenerate_destroy", what: "survival reported", reason: SHARED_END },
        Limit { case: "regenerate_write_destroy", what: "old record alive", reason: SHARED_END },
        Limit { case: "regenerate_remove_destroy", what: "old record alive", reason: SHARED_END },
        Limit { case: "regenerate_remove_destroy", what: "survival reported", reason: SHARED_END },
    ],
};

const REPLACED: &str = "the identity goes to a session that is replaced at once: nobody is logged in, and only a store in memory \
                        has it under the old id";
const SHARED_END: &str = "in the store in memory the record of the old id shares the data and the mark of its end; other stores \
                          do neither";
