//! Applications on poem 3.

use grid::{Answer, Server};
use poem::endpoint::BoxEndpoint;
use poem::http::header::{COOKIE, SET_COOKIE};
use poem::{Endpoint, Request, Response};
use stacks::STACKS;
use tokio::runtime::{Builder, Runtime};

#[path = "../stacks.rs"]
mod stacks;

grid::cases!(STACKS, open);

struct App {
    endpoint: BoxEndpoint<'static, Response>,
    runtime: Runtime,
}

fn open(app: fn() -> BoxEndpoint<'static, Response>) -> Box<dyn Server> {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    // The store in memory starts a task.
    let endpoint = runtime.block_on(async { app() });
    Box::new(App { endpoint, runtime })
}

impl Server for App {
    fn get(&mut self, path: &str, cookie: &str) -> Answer {
        let mut request = Request::builder().uri(path.parse().expect("a path"));
        if !cookie.is_empty() {
            request = request.header(COOKIE, cookie);
        }
        self.runtime.block_on(async {
            let response = self.endpoint.get_response(request.finish()).await;
            let text = |it: &poem::http::HeaderValue| String::from_utf8_lossy(it.as_bytes()).into_owned();
            let status = response.status().as_u16();
            let set_cookie = response.headers().get_all(SET_COOKIE).iter().map(text).collect();
            let body = response.into_body().into_string().await.unwrap_or_default();
            Answer { status, set_cookie, body }
        })
    }
}
