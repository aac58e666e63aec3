//! Applications on Rocket 0.5.

use grid::{Answer, Server};
use rocket::http::Cookie;
use rocket::local::blocking::Client;
use rocket::{Build, Rocket};
use stacks::STACKS;

#[path = "../stacks.rs"]
mod stacks;

grid::cases!(STACKS, open);

struct App(Client);

fn open(app: fn() -> Rocket<Build>) -> Box<dyn Server> {
    Box::new(App(Client::untracked(app()).expect("it ignites")))
}

impl Server for App {
    fn get(&mut self, path: &str, cookie: &str) -> Answer {
        let mut request = self.0.get(path.to_owned());
        if let Ok(cookie) = Cookie::parse_encoded(cookie.to_owned()) {
            request = request.cookie(cookie);
        }
        let response = request.dispatch();
        let set_cookie = response.headers().get("set-cookie").map(str::to_owned).collect();
        let status = response.status().code;
        Answer { status, set_cookie, body: response.into_string().unwrap_or_default() }
    }
}
