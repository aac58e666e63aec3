//! Applications on axum 0.8.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::http::header::{COOKIE, SET_COOKIE};
use grid::{Answer, Server};
use stacks::STACKS;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt as _;

#[path = "../stacks.rs"]
mod stacks;

grid::cases!(STACKS, open);

struct App {
    router: Router,
    runtime: Runtime,
}

fn open(app: fn() -> Router) -> Box<dyn Server> {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    Box::new(App { router: app(), runtime })
}

impl Server for App {
    fn get(&mut self, path: &str, cookie: &str) -> Answer {
        let mut request = Request::get(path);
        if !cookie.is_empty() {
            request = request.header(COOKIE, cookie);
        }
        let request = request.body(Body::empty()).expect("a request");
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.expect("a router answers");
            let text = |it: &axum::http::HeaderValue| String::from_utf8_lossy(it.as_bytes()).into_owned();
            let status = response.status().as_u16();
            let set_cookie = response.headers().get_all(SET_COOKIE).iter().map(text).collect();
            let body = to_bytes(response.into_body(), 1 << 20).await.expect("a short body");
            Answer { status, set_cookie, body: String::from_utf8_lossy(&body).into_owned() }
        })
    }
}
