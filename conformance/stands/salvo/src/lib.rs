//! Applications on salvo 1.

use grid::{Answer, Server};
use salvo::http::header::SET_COOKIE;
use salvo::test::{ResponseExt as _, TestClient};
use salvo::{Router, Service};
use stacks::STACKS;
use tokio::runtime::{Builder, Runtime};

#[path = "../stacks.rs"]
mod stacks;

grid::cases!(STACKS, open);

struct App {
    service: Service,
    runtime: Runtime,
}

fn open(app: fn() -> Router) -> Box<dyn Server> {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    Box::new(App { service: Service::new(app()), runtime })
}

impl App {
    fn ask(&self, url: &str, cookie: &str) -> Answer {
        let mut request = TestClient::get(url);
        if !cookie.is_empty() {
            request = request.add_header("cookie", cookie, true);
        }
        self.runtime.block_on(async {
            let mut response = request.send(&self.service).await;
            let text = |it: &salvo::http::HeaderValue| String::from_utf8_lossy(it.as_bytes()).into_owned();
            let status = response.status_code.map_or(0, |it| it.as_u16());
            let set_cookie = response.headers().get_all(SET_COOKIE).iter().map(text).collect();
            let body = response.take_string().await.unwrap_or_default();
            Answer { status, set_cookie, body }
        })
    }
}

impl Server for App {
    fn get(&mut self, path: &str, cookie: &str) -> Answer {
        self.ask(&format!("http://localhost{path}"), cookie)
    }

    fn get_over_tls(&mut self, path: &str) -> Option<Answer> {
        Some(self.ask(&format!("https://localhost{path}"), ""))
    }
}
