use super::super::depth;
use super::{messages, print, read};

const MANY: usize = 100_000;

#[track_caller]
fn is_refused(text: &str) {
    let (unit, _) = read(text);
    assert_eq!(messages(&unit.broken), ["nested more than 500 levels deep"], "{}", &text[..20]);
    assert!(unit.body.stmts.is_empty());
}

#[test]
fn deep_nesting_is_refused_before_it_is_parsed() {
    for [open, middle, close] in [
        ["(", "1", ")"],
        ["[", "1", "]"],
        ["{", "1", "}"],
        ["f(", "1", ")"],
        ["a[", "1", "]"],
        ["{1: ", "1", "}"],
        ["lambda: ", "1", ""],
        ["not ", "a", ""],
        ["-", "a", ""],
        ["~", "a", ""],
        ["await ", "a", ""],
        ["a if b else ", "c", ""],
        ["a = ", "1", ""],
        ["(a := ", "1", ")"],
        ["(yield ", "1", ")"],
        ["*", "a", ""],
        ["(", "", ""],
        ["[", "", ""],
    ] {
        is_refused(&format!("x = {}{middle}{}\n", open.repeat(MANY), close.repeat(MANY)));
    }
}

#[test]
fn long_chains_are_refused_before_they_are_parsed() {
    for link in [
        ".b",
        "()",
        "[0]",
        ".b()",
        " + 1",
        " and a",
        " or a",
        " < 1",
        " if a else b",
        " 'x' + 'y'",
        " ** 2",
        "\\\n.b",
        " is not a",
        " @ a",
    ] {
        is_refused(&format!("x = a{}\n", link.repeat(MANY)));
        is_refused(&format!("x = (a{})\n", link.repeat(MANY)));
    }
    is_refused(&format!("x = (a{})\n", "\n .b()".repeat(MANY)));
    is_refused(&format!("x = f'{}'\n", "{f'".repeat(300).clone() + &"'}".repeat(300)));
    is_refused(&format!("if a: pass\n{}", "elif a: pass\n".repeat(1000)));
    is_refused(&format!("x = f'{{{}1{}}}'\n", "(".repeat(MANY), ")".repeat(MANY)));
}

#[test]
fn deep_indentation_is_refused() {
    let mut text = String::new();
    for level in 0..600 {
        text.push_str(&" ".repeat(level));
        text.push_str("if a:\n");
    }
    is_refused(&(text.clone() + &" ".repeat(600) + "b\n"));
    // An open bracket hides the indentation from the lexer, not from the parser.
    let (unit, _) = read(&format!("x = (\n{text}"));
    assert!(!unit.broken.is_empty());
}

#[test]
fn the_place_is_the_line() {
    let source = crate::source::SourceText::new("a.py", &format!("a = 1\nb = {}\nc = 2\n", "(".repeat(MANY)));
    let unit = crate::frontend::python::lower(crate::source::FileId(0), &source);
    assert_eq!(source.line_column(unit.broken[0].span.start).line, 2);
}

#[test]
fn patterns_and_strings_are_bounded_too() {
    is_refused(&format!("match a:\n  case {}b{}: pass\n", "[".repeat(MANY), "]".repeat(MANY)));
    let (unit, _) = read(&format!("def f(a: '{}'): pass\n", "a[".repeat(MANY)));
    assert_eq!(unit.broken.len(), 0);
}

#[test]
fn long_and_flat_is_no_nesting() {
    for text in [
        "a.b(c + 1)\n".repeat(5000),
        format!("x = [{}]\n", "a.b(c) + 1, ".repeat(5000)),
        format!("x = {{{}}}\n", "'a': not b, ".repeat(5000)),
        format!("x = ({})\n", "'a' ".repeat(5000)),
        "if a:\n    pass\nelif b:\n    pass\n".repeat(1000),
        "class A:\n    def f(self):\n        return a.b\n".repeat(1000),
        format!("f('{}')\n", "((((".repeat(5000)),
        format!("# {}\n", "((((".repeat(5000)),
    ] {
        let (unit, _) = read(&text);
        assert_eq!(messages(&unit.broken), Vec::<&str>::new());
    }
}

#[test]
fn an_unclosed_bracket_is_no_nesting() {
    let (unit, _) =
        read(&format!("x = foo(\n{}", "def f():\n    y = a.b(c)\n    return y + 1\n".repeat(2000)));
    assert!(!messages(&unit.broken).contains(&"nested more than 500 levels deep"));
    assert!(print::block(&unit.body).contains("y = a:b(c)"));
}

#[test]
fn chains_of_chains_do_not_grow_without_end() {
    let text = format!("x = {}1{}\n", "a < (".repeat(200), ") < b".repeat(200));
    let (unit, _) = read(&text);
    assert!(print::block(&unit.body).len() < 100_000);
}

#[test]
fn what_the_limit_allows_needs_little_stack() {
    const STACK: usize = 4 << 20;
    let walk = std::thread::Builder::new().stack_size(STACK).spawn(|| {
        let nested = depth::LIMIT / 5;
        let chained = depth::LIMIT - 10;
        for [open, middle, close, levels] in [
            ["(", "1", ")", "nested"],
            ["f(", "1", ")", "nested"],
            ["{1: ", "1", "}", "nested"],
            ["a if b else ", "c", "", "nested"],
            ["[x for x in ", "1", "]", "nested"],
            ["", "a", ".b()", "nested"],
            ["a = ", "1", "", "chained"],
            ["not ", "a", "", "chained"],
            ["lambda: ", "a", "", "chained"],
            ["", "a", " + 1", "chained"],
            ["", "a", ".b", "chained"],
        ] {
            let levels = if levels == "nested" { nested } else { chained };
            let (unit, _) = read(&format!("x = {}{middle}{}\n", open.repeat(levels), close.repeat(levels)));
            assert_eq!(messages(&unit.broken), Vec::<&str>::new(), "{open}{close}");
            drop(unit.body.clone());
        }
    });
    walk.expect("a thread").join().expect("every tree within the limit is lowered, copied and dropped");
}
