//! What comes from the environment: keys that have to, and text that is meant as something else.

use super::language::{line_break, line_end, line_start};
use super::way::{Node, expr_at, imports, way};
use super::{Desk, Draft, word};
use crate::facts::{Fact, FactKind, Scalar, Value};
use crate::finding::Edit;
use crate::ir::walk::{Part, parts};
use crate::ir::{Arg, Constant, Expr, ExprKind, Item, ItemKind, Literal, StmtKind, Unit};
use crate::model::{Source, Verb};
use crate::source::Span;
use crate::workspace::FileKind;

/// Where Python keeps the environment.
const MODULE: &str = "os";
const READERS: [&str; 2] = ["os.environ.get(", "os.getenv("];

/// A value that the environment has to give: a literal or a generated one becomes a look-up, a fallback goes.
pub(super) fn require(desk: &Desk<'_>, fact: &Fact, place: Span) -> Vec<Draft> {
    let Some(unit) = desk.units.get(place.file) else { return Vec::new() };
    match desk.kind(place.file) {
        Some(FileKind::Python) => in_python(desk, &unit, fact, place),
        Some(FileKind::Rust) => in_rust(desk, &unit, fact, place).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn in_python(desk: &Desk<'_>, unit: &Unit, fact: &Fact, place: Span) -> Vec<Draft> {
    let Some(expr) = expr_at(unit, place) else { return Vec::new() };
    let text = desk.text(place.file);
    let mut all = Vec::new();
    each(expr, &mut |it| {
        if let Some((name, args)) = look_up(it)
            && let Some(last) = args.get(1)
        {
            let read = slice(text, it.span).unwrap_or("");
            if READERS.iter().any(|reader| read.starts_with(reader)) {
                let new = format!("os.environ[\"{name}\"]");
                all.push(Draft::new(format!("write `{new}` here"), vec![Edit { span: it.span, text: new }]));
            } else if !is_of_the_project(desk, unit, it) {
                let gone = Span { start: args[0].value.span.end, end: last.value.span.end, ..place };
                let edit = Edit { span: gone, text: String::new() };
                all.push(Draft::new("take out the fallback", vec![edit]));
            }
        }
    });
    let made = matches!(&expr.kind, ExprKind::Literal(_) | ExprKind::Call(_));
    if fact.kind == FactKind::Key && all.is_empty() && made {
        let Some(name) = variable(fact) else { return all };
        let new = format!("os.environ[\"{name}\"]");
        let mut edits = vec![Edit { span: place, text: new.clone() }];
        edits.extend(import(desk, unit));
        all.push(Draft::new(format!("write `{new}` here"), edits));
    }
    all
}

/// The variable's name and the arguments of a call that looks something up by a name and has a fallback.
fn look_up(expr: &Expr) -> Option<(&str, &[Arg])> {
    let args = match &expr.kind {
        ExprKind::Call(it) => &it.args,
        ExprKind::Method(it) => &it.args,
        _ => return None,
    };
    match args.as_slice() {
        [first, ..] if first.name.is_none() => match &first.value.kind {
            ExprKind::Literal(Literal::Str(it)) => Some((it, args)),
            _ => None,
        },
        _ => None,
    }
}

/// A helper of the project may want its fallback.
fn is_of_the_project(desk: &Desk<'_>, unit: &Unit, call: &Expr) -> bool {
    let ExprKind::Call(call) = &call.kind else { return false };
    let ExprKind::Path(path) = &call.callee.kind else { return true };
    let Some(name) = path.segments.first() else { return true };
    let is_here = |it: &crate::ir::Stmt| matches!(&it.kind, StmtKind::Item(Item { kind: ItemKind::Function(it), .. }) if it.name.name == *name);
    let modules = &desk.report.workspace;
    unit.body.stmts.iter().any(is_here)
        || imports(unit).iter().filter(|it| it.alias.as_ref().is_none_or(|it| it == name)).any(|it| {
            (1..=it.path.len())
                .any(|taken| modules.python_module(unit.file, it.level, &it.path[..taken]).is_some())
        })
}

/// `import os`, where a module has no such line yet: above its first import, else above everything but its doc comment.
fn import(desk: &Desk<'_>, unit: &Unit) -> Option<Edit> {
    let is_module = |it: &&crate::ir::Import| it.path.len() == 1 && it.path[0] == MODULE;
    if imports(unit).iter().any(is_module) {
        return None;
    }
    let text = desk.text(unit.file);
    let is_import = |it: &&crate::ir::Stmt| matches!(&it.kind, StmtKind::Item(Item { kind: ItemKind::Import(it), .. }) if it.path.first().is_none_or(|it| it != "__future__"));
    let is_doc = |it: &&crate::ir::Stmt| {
        matches!(&it.kind, StmtKind::Expr(Expr { kind: ExprKind::Literal(Literal::Str(_)), .. }))
    };
    let statements = &unit.body.stmts;
    let before = statements.iter().find(is_import).or_else(|| statements.iter().find(|it| !is_doc(it)))?;
    let blank = if is_import(&before) { "" } else { line_break(text) };
    let at = Span { end: before.span.start, ..before.span };
    Some(Edit { span: at, text: format!("import {MODULE}{}{blank}", line_break(text)) })
}

fn in_rust(desk: &Desk<'_>, unit: &Unit, fact: &Fact, place: Span) -> Option<Draft> {
    let ways = way(unit, place);
    if let Some(edit) = ways.iter().rev().find_map(|it| without_fallback(it, place)) {
        return Some(Draft::new("fail without the variable", vec![edit]));
    }
    let constant = ways.iter().find_map(|it| match it {
        Node::Statement(stmt) => match &stmt.kind {
            StmtKind::Item(Item { kind: ItemKind::Constant(it), public, .. }) => Some((*stmt, it, *public)),
            _ => None,
        },
        _ => None,
    });
    let expr = expr_at(unit, place)?;
    if let Some((stmt, constant, public)) = constant {
        // others may use what is public
        return (!public).then(|| without_constant(desk, unit, fact, (stmt.span, constant, expr))).flatten();
    }
    let name = variable(fact)?;
    let (span, new) = look_up_instead(desk, unit, expr, place, &ways, &name)?;
    Some(Draft::new(format!("read it from `{name}`"), vec![Edit { span, text: new }]))
}

/// The only use of a constant reads the environment, and the constant goes.
fn without_constant(
    desk: &Desk<'_>,
    unit: &Unit,
    fact: &Fact,
    (item, constant, value): (Span, &Constant, &Expr),
) -> Option<Draft> {
    let text = desk.text(unit.file);
    let name = &constant.name.name;
    let elsewhere = |it: &usize| *it != constant.name.span.start as usize;
    let mut uses = words(text, name).filter(elsewhere);
    let at = uses.next().filter(|_| uses.next().is_none())?;
    let place = Span::new(unit.file, at, at + name.len());
    let ways = way(unit, place);
    let (title, edit) = if let Some(edit) = ways.iter().rev().find_map(|it| without_fallback(it, place)) {
        ("fail without the variable".to_owned(), edit)
    } else {
        let variable = variable(fact)?;
        let (span, new) = look_up_instead(desk, unit, value, place, &ways, &variable)?;
        (format!("read it from `{variable}`"), Edit { span, text: new })
    };
    let gone = Edit { span: whole_lines(text, item)?, text: String::new() };
    Some(Draft::new(title, vec![edit, gone]))
}

/// The lines of an item with the comments and attributes above it, and the empty line behind it.
fn whole_lines(text: &str, item: Span) -> Option<Span> {
    let mut start = line_start(text, item.start as usize);
    while start > 0 {
        let above = line_start(text, start - 1);
        let line = text[above..start].trim_start();
        if !line.starts_with("///") && !line.starts_with("#[") {
            break;
        }
        start = above;
    }
    let end = line_end(text, item.end as usize);
    let rest = text.get(end..)?;
    let blank = rest.len() - rest.trim_start_matches(['\r', '\n']).len();
    let is_alone = start == 0 || text[..start].ends_with("\n\n") || text[..start].ends_with("\r\n\r\n");
    let one = rest.find('\n').map_or(rest.len(), |it| it + 1);
    Some(Span::new(item.file, start, end + if is_alone { blank } else { one }))
}

/// Where a name stands in a text as a word of its own.
fn words<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = usize> + 't {
    let in_word = |it: char| it.is_alphanumeric() || it == '_';
    let alone =
        move |at: &usize| !text[..*at].ends_with(in_word) && !text[at + name.len()..].starts_with(in_word);
    text.match_indices(name).map(|(at, _)| at).filter(alone)
}

/// What reads the variable at a place where `expr` was given, and the bytes that it replaces.
fn look_up_instead(
    desk: &Desk<'_>,
    unit: &Unit,
    expr: &Expr,
    place: Span,
    ways: &[Node<'_>],
    name: &str,
) -> Option<(Span, String)> {
    let read = format!("std::env::var(\"{name}\").expect(\"`{name}` is set\")");
    let text = desk.text(place.file);
    Some(match &expr.kind {
        ExprKind::Literal(Literal::Bytes(_)) | ExprKind::Repeat(..) if is_argument(ways, place) => {
            (borrowed(text, place), format!("{read}.as_bytes()"))
        }
        ExprKind::Literal(Literal::Str(_)) if is_receiver(ways, place) => (place, read),
        ExprKind::Literal(Literal::Str(_)) if is_argument(ways, place) => (place, format!("&{read}")),
        ExprKind::Call(call) if call.args.is_empty() => {
            let ExprKind::Path(path) = &call.callee.kind else { return None };
            let function = constructor(desk, unit, &path.segments)?;
            let (_, owner) = path.segments.split_last()?;
            (place, format!("{}::{function}({read}.as_bytes())", owner.join("::")))
        }
        _ => return None,
    })
}

/// The function of the same type that makes a key of what it is given.
fn constructor(desk: &Desk<'_>, unit: &Unit, path: &[smol_str::SmolStr]) -> Option<String> {
    let (_, owner) = path.split_last()?;
    let owner = super::argument::resolve(desk, unit, owner)?;
    let versions = desk.versions(unit.file);
    let class = desk.models.types(&owner, &versions);
    let takes = |it: &crate::model::Callable| {
        it.effect.iter().any(|it| it.verb == Verb::Key && it.operand("from") == Some(&Source::Arg(0)))
            && it.effect.iter().all(|it| it.operand("derived").is_none())
    };
    let model = class.models.last()?;
    model.functions.iter().find(|(_, it)| takes(it)).map(|(name, _)| name.to_string())
}

/// `.expect(..)` instead of the call that gives something else when there is none.
fn without_fallback(node: &Node<'_>, place: Span) -> Option<Edit> {
    let (Node::Expr(expr) | Node::Value(expr)) = node else { return None };
    let ExprKind::Method(call) = &expr.kind else { return None };
    let falls_back = matches!(call.method.name.as_str(), "unwrap_or" | "unwrap_or_else");
    let inside = call.args.iter().any(|it| it.value.span.contains(place));
    if !falls_back || !inside {
        return None;
    }
    let name = variable_of(&call.receiver)?;
    let span = Span { start: call.method.span.start, ..expr.span };
    Some(Edit { span, text: format!("expect(\"`{name}` is set\")") })
}

/// The variable that an expression reads.
fn variable_of(expr: &Expr) -> Option<&str> {
    let mut found = None;
    each(expr, &mut |it| {
        if let ExprKind::Literal(Literal::Str(text)) = &it.kind {
            found = found.or(Some(&**text));
        }
    });
    found.filter(|it| it.chars().all(|it| it.is_ascii_alphanumeric() || it == '_'))
}

/// The bytes of an expression with the sign of a borrow in front.
fn borrowed(text: &str, span: Span) -> Span {
    let before = text.get(..span.start as usize).unwrap_or("");
    let start = if before.ends_with('&') { span.start - 1 } else { span.start };
    Span { start, ..span }
}

fn is_argument(ways: &[Node<'_>], place: Span) -> bool {
    ways.iter().any(|it| match it {
        Node::Expr(it) | Node::Value(it) => match &it.kind {
            ExprKind::Call(it) => it.args.iter().any(|it| it.value.span == place),
            ExprKind::Method(it) => it.args.iter().any(|it| it.value.span == place),
            _ => false,
        },
        Node::Statement(_) => false,
    })
}

fn is_receiver(ways: &[Node<'_>], place: Span) -> bool {
    ways.iter().any(|it| match it {
        Node::Expr(it) | Node::Value(it) => {
            matches!(&it.kind, ExprKind::Method(it) if it.receiver.span == place)
        }
        Node::Statement(_) => false,
    })
}

/// What the variable of a key is called: as the setting, else after its use.
fn variable(fact: &Fact) -> Option<String> {
    let plain = |it: &&str| !it.is_empty() && it.chars().all(|it| it.is_ascii_uppercase() || it == '_');
    if let Some(name) = fact.name.as_deref().filter(plain) {
        return Some(name.to_owned());
    }
    Some(format!("{}_KEY", word(fact, "use")?.to_ascii_uppercase()))
}

/// Text of the environment as the type that the setting wants.
pub(super) fn cast(desk: &Desk<'_>, fact: &Fact, place: Span) -> Vec<Draft> {
    let Some(unit) = desk.units.get(place.file) else { return Vec::new() };
    let Some(expr) = expr_at(&unit, place).filter(|_| desk.kind(place.file) == Some(FileKind::Python)) else {
        return Vec::new();
    };
    let wanted = word(fact, "expected");
    let (to_bool, to_int) = match wanted.as_deref() {
        Some(it) if it.starts_with("bool") => (true, false),
        Some(it) if it.starts_with("int") => (false, true),
        _ => return Vec::new(),
    };
    let text = desk.text(place.file);
    let Some(old) = slice(text, place) else { return Vec::new() };
    let draft =
        |new: String| Draft::new(format!("write `{new}` here"), vec![Edit { span: place, text: new }]);
    if let ExprKind::Literal(Literal::Str(it)) = &expr.kind {
        let it = it.trim();
        let new = match it.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" if to_bool => "True".to_owned(),
            "false" | "no" | "off" | "0" if to_bool => "False".to_owned(),
            _ if to_int && it.parse::<u64>().is_ok() => it.to_owned(),
            _ => return Vec::new(),
        };
        return vec![draft(new)];
    }
    let Some((name, args)) = look_up(expr) else { return Vec::new() };
    if READERS.iter().any(|it| old.starts_with(it)) {
        if to_int {
            return vec![draft(format!("int({old})"))];
        }
        let reader = old.split_once('(').map_or("", |(it, _)| it);
        let on = match fact.attribute("value").map(|it| &it.value) {
            Some(Value::Env { fallback: Some(it), .. }) => is_on(it),
            _ => false,
        };
        return vec![draft(format!("{reader}(\"{name}\", \"{on}\").lower() == \"true\""))];
    }
    if args.iter().any(|it| it.name.as_ref().is_some_and(|it| it.name == "cast")) {
        return Vec::new();
    }
    let kind = if to_bool { "bool" } else { "int" };
    let mut all = Vec::new();
    // readers that know the types by methods of their own
    if let ExprKind::Call(call) = &expr.kind {
        let at = Span { start: call.callee.span.end, end: call.callee.span.end, ..place };
        let edit = Edit { span: at, text: format!(".{kind}") };
        if let Some(callee) = slice(text, call.callee.span) {
            all.push(Draft::new(format!("read it by `{callee}.{kind}`"), vec![edit]));
        }
    }
    if let Some(last) = args.last() {
        let end = last.value.span.end;
        let edit = Edit { span: Span { start: end, end, ..place }, text: format!(", cast={kind}") };
        all.insert(0, Draft::new(format!("pass `cast={kind}`"), vec![edit]));
    }
    all
}

fn is_on(value: &Value) -> bool {
    match value {
        Value::Known(Scalar::Bool(it)) => *it,
        Value::Known(Scalar::Text(it)) => !it.is_empty(),
        _ => false,
    }
}

fn each<'t>(expr: &'t Expr, visit: &mut dyn FnMut(&'t Expr)) {
    visit(expr);
    parts(expr, &mut |part| {
        if let Part::Expr(it) = part {
            each(it, visit);
        }
    });
}

fn slice(text: &str, span: Span) -> Option<&str> {
    text.get(span.start as usize..span.end as usize)
}
