use super::body;

#[test]
fn values() {
    assert_eq!(
        body(
            r##"(1u8, 0x1f, 1.5, 'c', b'a', r#"a"b"#, b"x", true, ()); [0u8; 32]; [1, 2]; -1; !x; *y; &mut z;"##
        ),
        r#"(1, 31, 1.5, 'c', 97, "a\"b", b"x", true, (),); [0; 32]; [1, 2]; (- 1); (! x); y; z"#
    );
}

#[test]
fn chains() {
    assert_eq!(
        body("Cookie::build((\"a\", b)).path(\"/\").x::<T>(1).await?.0[i] as u64"),
        "=> (Cookie::build((\"a\", b,)).path(\"/\").x<T>(1).await?.0[i] as u64)"
    );
    assert_eq!(
        body("<S as Default>::default(); <_ as D>::d(); <[u8]>::len(x); Vec::<u8>::new(); ::a::b;"),
        "S::default(); D::d(); []::len<u8>(x); Vec::new<u8>(); ::a::b"
    );
}

#[test]
fn records_and_ranges() {
    assert_eq!(
        body("S { a, b: 1, ..Default::default() }; 0..n; ..=2; a += 1;"),
        "S {a: a, b: 1, ..Default::default()}; std::ops::Range {start: 0, end: n}; \
         std::ops::RangeToInclusive {end: 2}; a += 1"
    );
}

#[test]
fn control() {
    assert_eq!(
        body("if let Some(x) = y && x > 1 { a } else if b { c } else { d }"),
        "=> if (&& let Some(x) = y (> x 1)) {=> a} else {=> if b {=> c} else {=> d}}"
    );
    assert_eq!(
        body(
            "match x { A::B { c, d: 1.. , .. } | N if g => 1, Some([a, rest @ ..]) => { 2 } -1 => 3, _ => return }"
        ),
        "=> match x {A::B {c: c, d: ?} | ^N if g -> 1, Some([a, rest @ ..]) -> {=> 2}, -1 -> 3, _ -> return}"
    );
    assert_eq!(
        body(
            "let Ok(v): R = x else { return Err(e) }; 'a: for (i, j) in k { break 'a; } while let Some(q) = s.next() { continue } loop { break 1 }"
        ),
        "let Ok(v): R = x else {=> return Err(e)}; for (i, j,) in k {break}; \
         while let Some(q) = s.next() {=> continue}; => loop {=> break 1}"
    );
}

#[test]
fn closures_and_async() {
    assert_eq!(
        body("f(|a, (b, _): P| a + b); async move { x.await }; async |y| y; move || { z }"),
        "f(fn (a, (b, _,): P) {=> (+ a b)}); async {=> x.await}; async fn (y) {=> y}; => fn () {=> z}"
    );
}

#[test]
fn statements_under_cfg() {
    assert_eq!(
        body("#[cfg(debug_assertions)] let s = false; #[cfg(not(debug_assertions))] let s = true; s"),
        "let s = if <debug_assertions> {=> false} else {=> true}; => s"
    );
    assert_eq!(body("#[cfg(test)] let s = 1;"), "let s = if <test> {=> 1} else {=> s}");
    assert_eq!(
        body("#[cfg(debug_assertions)] { c.set_secure(false); } #[cfg(unix)] c.set_path(\"/\"); x()"),
        "if <debug_assertions> {c.set_secure(false)}; if <unix> {=> c.set_path(\"/\")}; => x()"
    );
    assert_eq!(body("#[cfg(a)] { 1 } #[cfg(not(a))] { 2 }"), "=> if <a> {=> 1} else {=> 2}");
    assert_eq!(
        body("S { #[cfg(a)] x: 1, #[cfg(not(a))] x: 2, y }"),
        "=> S {x: if <a> {=> 1} else {=> 2}, y: y}"
    );
}
