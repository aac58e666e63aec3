//! A compact text of the tree, for tests.

use std::fmt::Write as _;

use crate::ir::{
    Arg, Attribute, BinaryOp, Block, Expr, ExprKind, FieldDef, FormatPart, Function, Import, Item, ItemKind,
    Literal, Loop, Path, Pattern, PatternKind, Stmt, StmtKind, TypeDef, TypeRef, UnaryOp,
};

pub(super) fn block(block: &Block) -> String {
    let mut parts: Vec<String> = block.stmts.iter().map(stmt).collect();
    parts.extend(block.value.iter().map(|value| format!("=> {}", expr(value))));
    parts.join("; ")
}

fn braced(inner: &Block) -> String {
    format!("{{{}}}", block(inner))
}

fn stmt(stmt: &Stmt) -> String {
    match &stmt.kind {
        StmtKind::Let { pattern: bound, ty: written, value, or_else } => {
            let mut text = format!("let {}", pattern(bound));
            if let Some(written) = written {
                let _ = write!(text, ": {}", ty(written));
            }
            if let Some(value) = value {
                let _ = write!(text, " = {}", expr(value));
            }
            if let Some(or_else) = or_else {
                let _ = write!(text, " else {}", braced(or_else));
            }
            text
        }
        StmtKind::Expr(value) => expr(value),
        StmtKind::Item(inner) => item(inner),
    }
}

pub(super) fn item(item: &Item) -> String {
    let mut text = String::new();
    for attribute in &item.attributes {
        let _ = write!(text, "#{} ", self::attribute(attribute));
    }
    if let Some(gate) = &item.gate {
        let _ = write!(text, "when {} ", expr(gate));
    }
    if item.public {
        text.push_str("pub ");
    }
    text + &match &item.kind {
        ItemKind::Import(inner) => import(inner),
        ItemKind::Function(inner) => function(inner),
        ItemKind::Type(inner) => type_def(inner),
        ItemKind::Extend(inner) => {
            let interface = inner.interface.as_ref().map(|it| format!("{} for ", ty(it))).unwrap_or_default();
            format!("impl {interface}{} {{{}}}", ty(&inner.target), all(&inner.items, self::item, "; "))
        }
        ItemKind::Constant(inner) => {
            let written = inner.ty.as_ref().map(|it| format!(": {}", ty(it))).unwrap_or_default();
            let value = inner.value.as_ref().map(|it| format!(" = {}", expr(it))).unwrap_or_default();
            format!("const {}{written}{value}", inner.name.name)
        }
        ItemKind::Module(inner) => match &inner.body {
            Some(body) => format!("mod {} {}", inner.name.name, braced(body)),
            None => format!("mod {}", inner.name.name),
        },
        ItemKind::Macro(inner) => {
            let arms =
                all(&inner.arms, |arm| format!("({}) => {}", arm.params.join(" "), braced(&arm.body)), "; ");
            format!("macro {} {arms}", inner.name.name)
        }
    }
}

fn import(import: &Import) -> String {
    match (&import.alias, import.star) {
        (Some(alias), _) if import.path.last() != Some(alias) => {
            format!("use {} as {alias}", import.path.join("::"))
        }
        (_, true) => format!("use {}::*", import.path.join("::")),
        _ => format!("use {}", import.path.join("::")),
    }
}

fn function(function: &Function) -> String {
    let keyword = if function.is_async { "async fn" } else { "fn" };
    let params = all(
        &function.params,
        |param| {
            let written = param.ty.as_ref().map(|it| format!(": {}", ty(it))).unwrap_or_default();
            format!("{}{written}", pattern(&param.pattern))
        },
        ", ",
    );
    let generics =
        all(&function.generics, |(name, bounds)| format!("{name}: {}", all(bounds, ty, "+")), ", ");
    let generics = if generics.is_empty() { generics } else { format!("<{generics}>") };
    let result = function.result.as_ref().map(|it| format!(" -> {}", ty(it))).unwrap_or_default();
    let body = function.body.as_ref().map(|it| format!(" {}", braced(it))).unwrap_or_default();
    format!("{keyword} {}{generics}({params}){result}{body}", function.name.name)
}

fn type_def(def: &TypeDef) -> String {
    let mut text = format!("{:?} {}", def.kind, def.name.name);
    if !def.bases.is_empty() {
        let _ = write!(text, ": {}", all(&def.bases, ty, "+"));
    }
    let mut parts: Vec<String> = def.fields.iter().map(field).collect();
    parts.extend(
        def.variants
            .iter()
            .map(|variant| format!("|{}({})", variant.name.name, all(&variant.fields, field, ", "))),
    );
    parts.extend(def.body.stmts.iter().map(stmt));
    format!("{text} {{{}}}", parts.join(", "))
}

fn field(field: &FieldDef) -> String {
    let attributes = all(&field.attributes, |it| format!("#{} ", attribute(it)), "");
    let written = field.ty.as_ref().map(|it| format!(": {}", ty(it))).unwrap_or_default();
    format!("{attributes}{}{written}", field.name.name)
}

fn attribute(attribute: &Attribute) -> String {
    expr(&attribute.expr)
}

pub(super) fn ty(ty: &TypeRef) -> String {
    let path = ty.path.join("::");
    if ty.args.is_empty() { path } else { format!("{path}<{}>", all(&ty.args, self::ty, ", ")) }
}

fn path(path: &Path) -> String {
    let text = path.segments.join("::");
    if path.type_args.is_empty() { text } else { format!("{text}<{}>", all(&path.type_args, ty, ", ")) }
}

fn all<T>(items: &[T], print: impl Fn(&T) -> String, between: &str) -> String {
    items.iter().map(print).collect::<Vec<_>>().join(between)
}

fn args(args: &[Arg]) -> String {
    let one = |arg: &Arg| match &arg.name {
        Some(name) => format!("{} = {}", name.name, expr(&arg.value)),
        None => expr(&arg.value),
    };
    all(args, one, ", ")
}

pub(super) fn expr(whole: &Expr) -> String {
    match &whole.kind {
        ExprKind::Literal(inner) => literal(inner),
        ExprKind::Path(inner) => path(inner),
        ExprKind::Field(base, name) => format!("{}.{}", expr(base), name.name),
        ExprKind::Index(base, index) => format!("{}[{}]", expr(base), expr(index)),
        ExprKind::Call(call) => format!("{}({})", expr(&call.callee), args(&call.args)),
        ExprKind::Method(call) => {
            let generic = all(&call.type_args, ty, ", ");
            let generic = if generic.is_empty() { generic } else { format!("<{generic}>") };
            format!("{}.{}{generic}({})", expr(&call.receiver), call.method.name, args(&call.args))
        }
        ExprKind::Record(record) => {
            let mut fields: Vec<_> =
                record.fields.iter().map(|(name, value)| format!("{}: {}", name.name, expr(value))).collect();
            fields.extend(record.rest.iter().map(|rest| format!("..{}", expr(rest))));
            format!("{} {{{}}}", path(&record.path), fields.join(", "))
        }
        ExprKind::Tuple(elements) => format!("({},)", all(elements, expr, ", ")),
        ExprKind::List(elements) => format!("[{}]", all(elements, expr, ", ")),
        ExprKind::Repeat(value, count) => format!("[{}; {}]", expr(value), expr(count)),
        ExprKind::Map(entries) => {
            let one = |(key, value): &(Option<Expr>, Expr)| {
                format!("{}: {}", key.as_ref().map(expr).unwrap_or_default(), expr(value))
            };
            format!("map{{{}}}", all(entries, one, ", "))
        }
        ExprKind::Unary(op, operand) => format!("({} {})", unary(*op), expr(operand)),
        ExprKind::Binary(op, left, right) => format!("({} {} {})", binary(*op), expr(left), expr(right)),
        ExprKind::If(inner) => {
            let or_else =
                inner.or_else.as_ref().map(|it| format!(" else {}", braced(it))).unwrap_or_default();
            format!("if {} {}{or_else}", expr(&inner.condition), braced(&inner.then))
        }
        ExprKind::Let(bound, value) => format!("let {} = {}", pattern(bound), expr(value)),
        ExprKind::Match(inner) => {
            let arm = |arm: &crate::ir::Arm| {
                let guard = arm.guard.as_ref().map(|it| format!(" if {}", expr(it))).unwrap_or_default();
                format!("{}{guard} -> {}", pattern(&arm.pattern), expr(&arm.body))
            };
            format!("match {} {{{}}}", expr(&inner.subject), all(&inner.arms, arm, ", "))
        }
        ExprKind::Block(inner) => braced(inner),
        ExprKind::Async(inner) => format!("async {}", braced(inner)),
        ExprKind::Loop(inner) => looped(inner),
        ExprKind::Closure(inner) => function(inner),
        ExprKind::Format(parts) => {
            let part = |part: &FormatPart| match part {
                FormatPart::Text(text) => format!("{text:?}"),
                FormatPart::Value(value) => expr(value),
            };
            format!("format[{}]", all(parts, part, " "))
        }
        ExprKind::Await(inner) => format!("{}.await", expr(inner)),
        ExprKind::Try(inner) => format!("{}?", expr(inner)),
        ExprKind::Cast(inner, target) => format!("({} as {})", expr(inner), ty(target)),
        ExprKind::Assign { target, op, value } => {
            let op = op.map(binary).unwrap_or_default();
            format!("{} {op}= {}", expr(target), expr(value))
        }
        ExprKind::Return(value) => format!("return{}", after(value.as_deref())),
        ExprKind::Break(value) => format!("break{}", after(value.as_deref())),
        ExprKind::Continue => "continue".to_owned(),
        ExprKind::Raise(value) => format!("raise{}", after(value.as_deref())),
        ExprKind::Macro { path: name, args } => format!("{}!({})", path(name), all(args, expr, ", ")),
        ExprKind::BuildFlag(flag) => format!("<{flag}>"),
        ExprKind::Unknown => "?".to_owned(),
        other => format!("{other:?}"),
    }
}

fn after(value: Option<&Expr>) -> String {
    value.map(|value| format!(" {}", expr(value))).unwrap_or_default()
}

fn looped(inner: &Loop) -> String {
    match (&inner.each, &inner.condition) {
        (Some((bound, iterable)), _) => {
            format!("for {} in {} {}", pattern(bound), expr(iterable), braced(&inner.body))
        }
        (None, Some(condition)) => format!("while {} {}", expr(condition), braced(&inner.body)),
        (None, None) => format!("loop {}", braced(&inner.body)),
    }
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Null => "()".to_owned(),
        Literal::Bool(value) => value.to_string(),
        Literal::Int(value) => value.to_string(),
        Literal::Float(value) => format!("{value:?}"),
        Literal::Str(value) => format!("{value:?}"),
        Literal::Bytes(value) => format!("b{:?}", String::from_utf8_lossy(value)),
        Literal::Char(value) => format!("{value:?}"),
    }
}

pub(super) fn pattern(whole: &Pattern) -> String {
    match &whole.kind {
        PatternKind::Wildcard => "_".to_owned(),
        PatternKind::Bind(name, None) => name.to_string(),
        PatternKind::Bind(name, Some(below)) => format!("{name} @ {}", pattern(below)),
        PatternKind::Literal(inner) => literal(inner),
        PatternKind::Path(inner) => format!("^{}", path(inner)),
        PatternKind::Tuple(elements) => format!("({},)", all(elements, pattern, ", ")),
        PatternKind::List(elements) => format!("[{}]", all(elements, pattern, ", ")),
        PatternKind::TupleRecord(name, elements) => {
            format!("{}({})", path(name), all(elements, pattern, ", "))
        }
        PatternKind::Record(name, fields) => {
            format!(
                "{} {{{}}}",
                path(name),
                all(fields, |(name, below)| format!("{name}: {}", pattern(below)), ", ")
            )
        }
        PatternKind::Rest(_) => "..".to_owned(),
        PatternKind::Or(cases) => all(cases, pattern, " | "),
        PatternKind::Target(target) => expr(target),
        PatternKind::Other => "?".to_owned(),
    }
}

fn unary(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Not => "!",
        UnaryOp::Minus => "-",
        UnaryOp::Plus => "+",
        UnaryOp::Invert => "~",
    }
}

fn binary(op: BinaryOp) -> String {
    let sign = match op {
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::And => "&&",
        BinaryOp::Or => "||",
        BinaryOp::Equal => "==",
        BinaryOp::Less => "<",
        BinaryOp::Greater => ">",
        other => return format!("{other:?}"),
    };
    sign.to_owned()
}
