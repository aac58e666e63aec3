//! Applications on actix-web 4.

use std::cell::RefCell;
use std::rc::Rc;

use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::{HttpServiceFactory, Service, ServiceResponse};
use actix_web::http::header::{COOKIE, SET_COOKIE};
use actix_web::rt::{System, SystemRunner};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error};
use grid::{Answer, Server};
use stacks::STACKS;

#[path = "../stacks.rs"]
mod stacks;

grid::cases!(STACKS, open);

struct Opened<S> {
    service: S,
    system: Rc<RefCell<SystemRunner>>,
}

fn open<S: HttpServiceFactory + 'static>(app: fn() -> S) -> Box<dyn Server> {
    thread_local! {
        static SYSTEM: Rc<RefCell<SystemRunner>> = Rc::new(RefCell::new(System::new()));
    }
    let system = SYSTEM.with(Rc::clone);
    let service = system.borrow().block_on(init_service(App::new().service(app())));
    Box::new(Opened { service, system })
}

impl<S, B> Server for Opened<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    fn get(&mut self, path: &str, cookie: &str) -> Answer {
        let mut request = TestRequest::get().uri(path);
        if !cookie.is_empty() {
            request = request.insert_header((COOKIE, cookie));
        }
        let request = request.to_request();
        self.system.borrow().block_on(async {
            let response = match self.service.call(request).await {
                Ok(response) => response.map_into_boxed_body().into_parts().1,
                Err(error) => error.error_response().map_into_boxed_body(),
            };
            let text = |it: &actix_web::http::header::HeaderValue| {
                String::from_utf8_lossy(it.as_bytes()).into_owned()
            };
            let status = response.status().as_u16();
            let set_cookie = response.headers().get_all(SET_COOKIE).map(text).collect();
            let body: BoxBody = response.into_body();
            let body = to_bytes(body).await.unwrap_or_default();
            Answer { status, set_cookie, body: String::from_utf8_lossy(&body).into_owned() }
        })
    }
}
