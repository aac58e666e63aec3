use super::{body, items};

#[test]
fn format_strings() {
    assert_eq!(
        body(
            r#"format!("{a}={} {0:?}{{}} {n:>w$}{r#type}", b, n = c); write!(f, "x{y}"); format_args!("{}", z);"#
        ),
        r#"format[a "=" b " " b "{} " c type]; write!(f, format["x" y]); format[z]"#
    );
}

#[test]
fn collections() {
    assert_eq!(body("vec![1, 2]; vec![0; n]; concat!(\"a\", 1);"), "[1, 2]; [0; n]; format[\"a\" 1]");
    assert_eq!(
        body(r#"json!({"a": [1, null, {"b": x.y::<A, B>()}], k: format!("{z}"), "t": true})"#),
        r#"=> map{"a": [1, (), map{"b": x.y<A, B>()}], k: format[z], "t": true}"#
    );
}

#[test]
fn flow() {
    assert_eq!(
        body(
            "matches!(x, Some(1) | None if g); panic!(\"no {x}\"); todo!(); bail!(e); ensure!(ok, \"x\"); unreachable!()"
        ),
        "match x {Some(1) | ^None if g -> true, _ -> false}; raise format[\"no \" x]; raise; \
         raise format[e]; if (! ok) {=> raise}; => raise"
    );
    assert_eq!(
        body("if cfg!(debug_assertions) { a }; cfg!(all(a, feature = \"b\")); env!(\"X\");"),
        "if <debug_assertions> {=> a}; (&& <a> <feature=b>); env!(\"X\")"
    );
    assert_eq!(
        body("tokio::select! { biased; x = a() => b(x), Some(y) = c, if d => { e } else => f }"),
        "=> tokio::select!({let x = a().await; => b(x)}, {let Some(y) = c.await; => {=> e}}, f)"
    );
}

#[test]
fn logs_and_unknown_macros() {
    assert_eq!(
        body(
            r#"info!(target: "t", user.id = %u.id, ?e, "got {sid} {}", x); debug_assert!(a, "b"); join!(a, b);"#
        ),
        r#"info!("t", u.id, e, "got {sid} {}", sid, x); debug_assert!(a, "b"); join!(a, b)"#
    );
    assert_eq!(
        body("html! { div class=\"a\" { (x) } }; sql!(SELECT * FROM t); q!(\"s\", a.b)"),
        "html!(); sql!(); => q!(\"s\", a.b)"
    );
}

#[test]
fn statics() {
    assert_eq!(
        items(
            "lazy_static! { /// Doc.\n pub static ref K: Key = Key::generate(); static ref B: u8 = 1; } thread_local! { static T: u8 = const { 2 } }"
        ),
        "pub const K: Key = Key::generate(); const B: u8 = 1; const T: u8 = {=> 2}"
    );
    assert_eq!(
        items("cfg_if! { if #[cfg(a)] { const X: u8 = 1; } else if #[cfg(b)] { use c; } else { use d; } }"),
        "when <a> const X: u8 = 1; when (&& (! <a>) <b>) use c; when (&& (! <a>) (! <b>)) use d"
    );
    assert_eq!(body("cfg_if! { if #[cfg(a)] { x(); } else { y() } }"), "=> if <a> {x()} else {=> y()}");
}

#[test]
fn local_macros() {
    assert_eq!(
        items(
            "macro_rules! m { ($a:expr, $b:ident $(,)?) => { $crate::f($a, $b) }; ($($x:tt)*) => { 1 }; () => {{ let a = 1; a }}; }"
        ),
        "macro m (a b) => {=> crate::f(a, b)}; () => {=> {let a = 1; => a}}"
    );
}
