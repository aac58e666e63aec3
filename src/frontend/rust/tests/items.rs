use super::items;

#[test]
fn a_use_tree_is_one_import_per_name() {
    assert_eq!(
        items("pub use a::{self, b as c, d::{e, *}}; use ::x::y as _; extern crate z as w;"),
        "pub use a; pub use a::b as c; pub use a::d::e; pub use a::d::*; use ::x::y as _; use z as w"
    );
    assert_eq!(
        items("use r#async::r#type; use self::a; use super::*;"),
        "use async::type; use self::a; use super::*"
    );
}

#[test]
fn functions() {
    assert_eq!(
        items(
            "pub async fn f<'a, T: Clone>(&self, x: &'a mut T, c: impl Store + Send, (a, _): (u8, u8)) -> Result<(), E> where T: Send { x }"
        ),
        "pub async fn f<T: Clone+Send, impl 0: Store+Send>(self: Self, x: T, c: Store, (a, _,): ()<u8, u8>) \
         -> Result<(), E> {=> x}"
    );
}

#[test]
fn types_and_their_attributes() {
    assert_eq!(
        items(
            r#"/// Doc.
            #[derive(Debug, serde::Deserialize)] pub struct S { #[serde(default = "yes", rename(deserialize = "x"))] #[arg(long, env = "X", default_value_t = 60 * 60)] pub a: Option<Vec<u8>>, b: [u8; 4] }
            struct T(pub Session, fn(u8) -> u8); enum E { A, B(u8), C { x: Box<dyn Fn(u8) -> i8> } } type A<T> = Map<T, Item = &'static str>;"#
        ),
        "#derive(Debug, serde::Deserialize) pub Struct S {\
         #serde(default = \"yes\", rename(deserialize = \"x\")) \
         #arg(long, env = \"X\", default_value_t = (* 60 60)) a: Option<Vec<u8>>, b: []<u8>}; \
         Struct T {0: Session, 1: fn<u8, u8>}; Enum E {|A(), |B(0: u8), |C(x: Box<Fn<u8, i8>>)}; \
         Alias A: Map<T, str> {}"
    );
}

#[test]
fn implementations_traits_and_constants() {
    assert_eq!(
        items(
            "impl<T> a::Tr<T> for S<T> { const X: u8 = 1; type O = T; fn f() {} }
             trait Q: Send + 'static { fn g(&self); fn h() -> u8 { 1 } }
             static mut A: &[u8] = b\"x\"; mod m { pub(crate) const B: i8 = -1; } mod n;"
        ),
        "impl a::Tr<T> for S<T> {const X: u8 = 1; Alias O: T {}; fn f() {}}; \
         Trait Q: Send {fn g(self: Self), fn h() -> u8 {=> 1}}; \
         const A: []<u8> = b\"x\"; mod m {pub const B: i8 = (- 1)}; mod n"
    );
}

#[test]
fn routes_and_other_attributes() {
    assert_eq!(
        items("#[get(\"/logout\", data = \"<form>\")] #[tokio::main] #[path = \"x.rs\"] fn f() {}"),
        "#get(\"/logout\", data = \"<form>\") #tokio::main #path = \"x.rs\" fn f() {}"
    );
}

#[test]
fn cfg_is_a_gate() {
    assert_eq!(
        items("#[cfg(all(test, not(feature = \"a\"), any(unix, target_os = \"x\")))] mod t {}"),
        "when (&& (&& <test> (! <feature=a>)) (|| <unix> <target_os=x>)) mod t {}"
    );
    assert_eq!(items("#![cfg(test)]\n#[cfg(unix)] fn f() {}"), "when (&& <test> <unix>) fn f() {}");
    assert_eq!(
        items("#[cfg_attr(feature = \"s\", derive(D), x)] #[cfg_attr(test, y)] struct S;"),
        "#derive(D) #x Struct S {}"
    );
}
