use super::{print, unit};

fn run(text: String) -> usize {
    let lower = move || {
        let unit = unit(&text);
        unit.broken.len()
    };
    std::thread::Builder::new().stack_size(64 << 20).spawn(lower).unwrap().join().unwrap()
}

#[test]
fn any_depth_is_borne() {
    let n = 100_000;
    let in_fn = |inner: String| format!("fn f() {{ x = {inner}; }}");
    let texts = [
        in_fn(format!("{}1{}", "(".repeat(n), ")".repeat(n))),
        in_fn("(".repeat(n)),
        in_fn(format!("{}1", "!".repeat(n))),
        in_fn(format!("{}1", "- ".repeat(n))),
        in_fn(format!("{}1", "&".repeat(n))),
        in_fn(format!("{}1", "|x| ".repeat(n))),
        in_fn(format!("{}1", "return ".repeat(n))),
        in_fn(format!("a{}", ".b()".repeat(n))),
        in_fn(format!("a{}", ".b{}[0]".repeat(n))),
        in_fn(format!("a{}", " - {b}[0]".repeat(n))),
        in_fn(format!("1{}", " + 1".repeat(n))),
        in_fn(format!("a{}", "?".repeat(n))),
        in_fn(format!("a{}", " as u8".repeat(n))),
        in_fn(format!("if a {{}} {}", "else if b {} ".repeat(n))),
        in_fn(format!("{}a {}", "if ".repeat(n), "{}".repeat(n))),
        in_fn(format!("{}u8{}", "V::<".repeat(n), ">".repeat(n))),
        in_fn(format!("{}u8{}", "M::<u8, ".repeat(n), ">".repeat(n))),
        in_fn(format!("{}a", "a = ".repeat(n))),
        in_fn(format!("vec![{}1{}]", "vec![".repeat(n), "]".repeat(n))),
        in_fn(format!("vec![{}1]", "!".repeat(n))),
        in_fn(format!("format!(\"\", a{})", ".b()".repeat(n))),
        in_fn(format!("json!({}1{})", "[".repeat(n), "]".repeat(n))),
        format!("type A = {}u8{};", "V<".repeat(n), ">".repeat(n)),
        format!("type A = {}u8;", "fn() -> ".repeat(n)),
        format!("type A = {}u8;", "&".repeat(n)),
        format!("use {}a;", "a::".repeat(n)),
        format!("{}{}", "mod a {".repeat(n), "}".repeat(n)),
        format!("fn f({}a: u8) {{}}", "&".repeat(n)),
        format!("#[{}a{}] fn f() {{}}", "a(".repeat(n), ")".repeat(n)),
        format!("#[a({}1)] fn f() {{}}", "!".repeat(n)),
        format!("#[cfg({}a{})] fn f() {{}}", "not(".repeat(n), ")".repeat(n)),
        format!("macro_rules! m {{ () => {{ {}1 }} }}", "!".repeat(n)),
        "}".repeat(n),
        "<<<<<<< \n".repeat(n),
        "#[".repeat(n),
        "\"".to_owned(),
        "/*".repeat(n),
    ];
    for text in texts {
        let start: String = text.chars().take(60).collect();
        let broken = run(text);
        assert!(broken >= 1 || start.starts_with("macro_rules"), "{start}");
    }
}

/// The bound must leave honest code alone and must be bearable where it lies.
#[test]
fn the_bound_itself_is_borne() {
    let n = super::super::guard::LIMIT - 20;
    let chain = format!("fn f() {{ Router::new(){} }}", ".a()".repeat(n));
    assert_eq!(run(chain), 0);
    let sum = format!("fn f() {{ 1{} }}", "+1".repeat(n));
    assert_eq!(run(sum), 0);
    let nots = format!("fn f() {{ {}1 }}", "!".repeat(n));
    assert_eq!(run(nots), 0);
    let parens = n / 6 - 10;
    assert_eq!(run(format!("fn f() {{ {}1{} }}", "(".repeat(parens), ")".repeat(parens))), 0);
    let blocks = n / 6 - 10;
    assert_eq!(run(format!("fn f() {{ {}1{} }}", "{".repeat(blocks), "}".repeat(blocks))), 0);
    let macros = n / 6 - 10;
    assert_eq!(run(format!("fn f() {{ {}1{} }}", "vec![".repeat(macros), "]".repeat(macros))), 0);
    let routes = "#[get(\"/\")]\nfn a(x: &A, y: V<B>) -> R { x.y(&|z| z + 1, !a); if b { c } else { d } }\n";
    assert_eq!(run(routes.repeat(5000)), 0);
    let arms = "(A, B) => { 1 } (C { d, .. }, Some(e) | Some(f)) if g => { 2 }\n".repeat(3000);
    assert_eq!(run(format!("fn f() {{ match x {{ {arms} _ => {{}} }} }}")), 0);
}

fn recovered(text: &str) -> (String, Vec<String>) {
    let unit = unit(text);
    let broken = unit.broken.iter().map(|broken| {
        let at = usize::try_from(broken.span.start).unwrap();
        format!("{}: {}", text[..at].matches('\n').count() + 1, broken.message)
    });
    (print::block(&unit.body), broken.collect())
}

#[test]
fn items_around_a_fault_are_kept() {
    let (items, broken) = recovered(
        "use a::{b, c};\nconst X: S = S { a: 1 };\nfn f() {}\n#[x]\nfn g() { let = ; }\nstruct T(u8);\nfn h() {}\n",
    );
    assert_eq!(items, "use a::b; use a::c; const X: S = S {a: 1}; fn f() {}; Struct T {0: u8}; fn h() {}");
    assert_eq!(broken.len(), 1);
    assert!(broken[0].starts_with("5: expected one of"), "{broken:?}");
}

#[test]
fn a_broken_member_costs_only_itself() {
    let (items, broken) = recovered(
        "impl S {\n    fn a(&self) { x }\n    fn b(&self) { let = ; }\n    const C: u8 = 1;\n}\nmod m {\n fn é() {}\n fn d(,) {}\n}\n",
    );
    assert_eq!(items, "impl S {fn a(self: Self) {=> x}; const C: u8 = 1}; mod m {fn é() {}}");
    assert_eq!(broken.len(), 2);
    assert!(broken[0].starts_with("3: ") && broken[1].starts_with("8: "), "{broken:?}");
}

#[test]
fn a_deep_item_costs_only_itself() {
    let deep = format!("fn g() {{ {}1 }}", "!".repeat(9999));
    let (items, broken) = recovered(&format!("fn f() {{}}\n{deep}\nfn h() {{}}\n"));
    assert_eq!(items, "fn f() {}; fn h() {}");
    assert_eq!(broken, ["2: nested too deeply to be read"]);
}

#[test]
fn unbalanced_braces_cost_one_item() {
    let (items, broken) = recovered("fn f() {}\n\nfn g() { if a {\n}\n\npub fn h() {}\nfn i() {}\n");
    assert_eq!(items, "fn f() {}; pub fn h() {}; fn i() {}");
    assert_eq!(broken.len(), 1);
}

#[test]
fn a_merge_conflict_is_read_as_ours() {
    let text = "fn f() {\n<<<<<<< HEAD\n    a();\n=======\n    b();\n>>>>>>> other\n    c();\n}\n";
    let (items, broken) = recovered(text);
    assert_eq!(items, "fn f() {a(); c()}");
    assert_eq!(broken, ["2: an unresolved merge conflict"]);
}

#[test]
fn emptiness() {
    for text in ["", "\u{feff}", "\n", "// x", "#!/bin/sh", "\u{feff}\u{feff}", "\0", "é", "\r"] {
        let _ = unit(text);
    }
}
