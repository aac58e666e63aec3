#![expect(clippy::use_debug, reason = "values are shown as the tree has them")]

use std::fmt::Write as _;

use super::*;

fn read(kind: FileKind, text: &str) -> Document {
    parse(FileId(0), &SourceText::new("settings", text), kind)
}

/// One line for every value: path, what its span holds, and the value.
fn print(kind: FileKind, text: &str) -> String {
    let document = read(kind, text);
    let source = SourceText::new("settings", text);
    let mut out = String::new();
    show(&document.root, &source, "", &mut out);
    for broken in &document.broken {
        writeln!(out, "broken {:?}: {}", source.slice(broken.span), broken.message).unwrap();
    }
    out
}

fn show(node: &Node, source: &SourceText, path: &str, out: &mut String) {
    match &node.kind {
        NodeKind::Map(entries) => entries.iter().for_each(|(key, value)| {
            let written = source.slice(key.span).trim_matches(['"', '\'']);
            assert!(
                written == key.name.as_str() || written.contains('\\'),
                "{written:?} is not {:?}",
                key.name
            );
            show(value, source, &format!("{path}.{}", key.name), out);
        }),
        NodeKind::List(list) => {
            list.iter()
                .enumerate()
                .for_each(|(at, value)| show(value, source, &format!("{path}[{at}]"), out));
        }
        kind => writeln!(out, "{path} {:?} {kind:?}", source.slice(node.span)).unwrap(),
    }
}

#[test]
fn toml() {
    let text = "b = 1 # x\na.'c d' = 0x10\n[t]\nx = \"é\"\ny = [true, { z = 1.5 }]\n[[l]]\nk = 2020-01-01\n[[l]]\nk = 99999999999999999999\n";
    let expected = r#".b "1" Int(1)
.a.c d "0x10" Int(16)
.t.x "\"é\"" Text("é")
.t.y[0] "true" Bool(true)
.t.y[1].z "1.5" Float(1.5)
.l[0].k "2020-01-01" Text("2020-01-01")
.l[1].k "99999999999999999999" Text("99999999999999999999")
"#;
    assert_eq!(print(FileKind::Toml, text), expected);
}

#[test]
fn broken_toml_keeps_the_rest() {
    let printed = print(FileKind::Toml, "a = 1\nb = = 2\n[t]\nc = true\n");
    assert!(printed.contains(".a \"1\" Int(1)") && printed.contains(".t.c \"true\" Bool(true)"), "{printed}");
    assert!(printed.contains("broken"), "{printed}");
}

#[test]
fn yaml() {
    let text = "a: &x\n  b: yes\n  c: 1\nd:\n  <<: *x\n  c: 2\nl: [~, 1.5, 'é', 0x10]\nm:\n- on: True\n- *x\nn: |\n  text\n";
    let expected = r#".a.b "yes" Text("yes")
.a.c "1" Int(1)
.d.b "yes" Text("yes")
.d.c "1" Int(1)
.d.c "2" Int(2)
.l[0] "~" Null
.l[1] "1.5" Float(1.5)
.l[2] "'é'" Text("é")
.l[3] "0x10" Int(16)
.m[0].on "True" Bool(true)
.m[1].b "yes" Text("yes")
.m[1].c "1" Int(1)
.n "text\n" Text("text\n")
"#;
    assert_eq!(print(FileKind::Yaml, text), expected);
    assert_eq!(read(FileKind::Yaml, text).root.at(&["d", "c"]).map(|it| it.span.start), Some(39));
}

#[test]
fn yaml_documents_and_faults() {
    assert_eq!(print(FileKind::Yaml, "a: 1\n---\nb: 2\n"), ".a \"1\" Int(1)\n.b \"2\" Int(2)\n");
    let printed = print(FileKind::Yaml, "a: 1\nb: [1, 2\nc: }\n");
    assert!(printed.starts_with(".a \"1\" Int(1)\n") && printed.contains("broken"), "{printed}");
    assert!(print(FileKind::Yaml, "a: *nobody\n").contains("broken"));
    assert!(print(FileKind::Yaml, "a: &a [*a]\n").contains("broken"));
}

#[test]
fn aliases_do_not_explode() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..40 {
        writeln!(text, "a{level}: &a{level} [{}]", vec![format!("*a{}", level - 1); 9].join(", ")).unwrap();
    }
    let document = read(FileKind::Yaml, &text);
    assert!(document.broken.iter().any(|it| it.message.contains("aliases unfold")));
    assert_eq!(document.broken.len(), FAULTS);
}

#[test]
fn json() {
    let text = "// c\n{\"a\": {\"b\\u0041\": [1, 2.5, -3, null, \"x\\n\", true,]}}";
    let expected = r#".a.bA[0] "1" Int(1)
.a.bA[1] "2.5" Float(2.5)
.a.bA[2] "-3" Int(-3)
.a.bA[3] "null" Null
.a.bA[4] "\"x\\n\"" Text("x\n")
.a.bA[5] "true" Bool(true)
"#;
    assert_eq!(print(FileKind::Json, text), expected);
    assert!(print(FileKind::Json, "{\"a\": }").contains("broken"));
    assert_eq!(print(FileKind::Json, ""), "");
}

#[test]
fn env() {
    let text = "# c\nexport A=1 # x\nB = 'it''s'\nC=\"a\\n#b\" # y\nD=a#b\nE=\nF=\"two\nlines\"\nG\n?=1\nno line\nH=\"open\nI=ok\r\nJ=\"x\"";
    let expected = r#".A "1" Text("1")
.B "'it'" Text("it")
.C "\"a\\n#b\"" Text("a\n#b")
.D "a#b" Text("a#b")
.E "" Text("")
.F "\"two\nlines\"" Text("two\nlines")
.H "\"open" Text("\"open")
.I "ok" Text("ok")
.J "\"x\"" Text("x")
broken "?": not the name of a variable
broken "no line": neither `NAME=value` nor a comment
broken "\"open": the closing quote is missing
"#;
    assert_eq!(print(FileKind::Env, text), expected);
}

#[test]
fn ini() {
    let text = "top = 1\n; c\n[a b]\nx: y = z\nlong =\n  one\n  two\nswitch\n[open\nk=v\n";
    let expected = r#".top "1" Text("1")
.a b.x "y = z" Text("y = z")
.a b.long "one\n  two" Text("one\ntwo")
.a b.switch "" Null
.k "v" Text("v")
broken "[open": the closing bracket is missing
"#;
    assert_eq!(print(FileKind::Ini, text), expected);
}

#[test]
fn deep_and_long_input() {
    let n = 100_000;
    let nested = [
        (FileKind::Toml, format!("a = {}", "[".repeat(n))),
        (FileKind::Toml, format!("a = {}", "{b=".repeat(n))),
        (FileKind::Toml, format!("{}a = 1", "a.".repeat(n))),
        (FileKind::Toml, format!("[{}a]\n", "a.".repeat(n))),
        (FileKind::Toml, format!("[{}\"a\"]\n", "\"a\".".repeat(n))),
        (FileKind::Toml, format!("a={}1", format!("{{{}a=", "a.".repeat(70)).repeat(75))),
        (FileKind::Yaml, format!("a: {}", "[".repeat(n))),
        (FileKind::Yaml, format!("a: {}", "{b: ".repeat(n))),
        (FileKind::Yaml, "- ".repeat(n)),
        (FileKind::Yaml, (0..2000).fold(String::new(), |text, at| text + &" ".repeat(at) + "a:\n")),
        (FileKind::Json, "[".repeat(n)),
        (FileKind::Json, "{\"a\":".repeat(n)),
    ];
    for (kind, text) in nested {
        let document = read(kind, &text);
        assert!(!document.broken.is_empty(), "{kind:?} {}", &text[..20]);
        let message = &document.broken[0].message;
        assert!(
            message.chars().next().is_some_and(char::is_lowercase) && !message.ends_with('.'),
            "{message}"
        );
    }
    let long = [
        (FileKind::Ini, format!("a =\n{}", "  b\n".repeat(n))),
        (FileKind::Env, "A='x\n".repeat(n)),
        (FileKind::Env, "A=\"\\\n".repeat(n)),
        (FileKind::Yaml, format!("a: {}", "x ".repeat(n))),
        (FileKind::Toml, format!("a = \"{}\"", "x.".repeat(n))),
    ];
    for (kind, text) in long {
        let _ = read(kind, &text);
    }
}
