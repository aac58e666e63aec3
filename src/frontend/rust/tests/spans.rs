use super::unit;
use crate::ir::{Block, Expr, ExprKind, ItemKind, Span, Stmt, StmtKind};
use crate::source::SourceText;

/// The texts of a file's first function: the item, its statements, and of each method chain every link.
fn slices(file: &str) -> Vec<String> {
    let source = SourceText::new("a.rs", file);
    let unit = unit(file);
    assert!(unit.broken.is_empty(), "{:?}", unit.broken);
    let mut found = Vec::new();
    let mut add = |span: Span| found.push(source.slice(span).to_owned());
    for stmt in &unit.body.stmts {
        add(stmt.span);
        if let StmtKind::Item(item) = &stmt.kind
            && let ItemKind::Function(function) = &item.kind
        {
            add(function.name.span);
            function.body.iter().for_each(|body| walk(body, &mut add));
        }
    }
    found
}

fn walk(block: &Block, add: &mut impl FnMut(Span)) {
    for stmt in &block.stmts {
        let Stmt { kind, span } = stmt;
        add(*span);
        match kind {
            StmtKind::Let { value: Some(value), .. } | StmtKind::Expr(value) => links(value, add),
            _ => {}
        }
    }
    block.value.iter().for_each(|value| links(value, add));
}

fn links(expr: &Expr, add: &mut impl FnMut(Span)) {
    add(expr.span);
    if let ExprKind::Method(call) = &expr.kind {
        add(call.method.span);
        call.args.iter().for_each(|arg| add(arg.value.span));
        links(&call.receiver, add);
    }
}

#[test]
fn bytes_of_every_node() {
    let expected = [
        "#[get(\"/ä\")]\nasync fn f() { let ü = C::new(\"é\").path(\"/→\"); (a).b() }",
        "f",
        "let ü = C::new(\"é\").path(\"/→\");",
        "C::new(\"é\").path(\"/→\")",
        "path",
        "\"/→\"",
        "C::new(\"é\")",
        "(a).b()",
        "b",
        "(a)",
    ];
    let text = expected[0];
    assert_eq!(slices(text), expected);
    assert_eq!(slices(&format!("\u{feff}{text}")), expected);
    assert_eq!(slices(&format!("#!/usr/bin/é run\n// ö\r\n{text}")), expected);
    let lines = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(slices(&lines(text)), expected.map(lines));
}

#[test]
fn bytes_inside_macros() {
    let file = "// ö\nfn f() { json!({\"ä\": x.sid(\"ß\")}); }";
    let source = SourceText::new("a.rs", file);
    let unit = unit(file);
    let StmtKind::Item(item) = &unit.body.stmts[0].kind else { panic!() };
    let ItemKind::Function(function) = &item.kind else { panic!() };
    let StmtKind::Expr(map) = &function.body.as_ref().unwrap().stmts[0].kind else { panic!() };
    let ExprKind::Map(entries) = &map.kind else { panic!() };
    assert_eq!(source.slice(map.span), "json!({\"ä\": x.sid(\"ß\")})");
    assert_eq!(source.slice(entries[0].1.span), "x.sid(\"ß\")");
}
