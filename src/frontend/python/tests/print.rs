//! A compact text of a lowered tree, with indentation for blocks and prefix notation for expressions.

use std::fmt::Write as _;

use crate::ir::{
    Arg, Attribute, BinaryOp, Block, Expr, ExprKind, FormatPart, Function, Item, ItemKind, Literal, Param,
    ParamKind, Pattern, PatternKind, Spread, Stmt, StmtKind, TypeDef, TypeRef,
};

pub(super) fn block(block: &Block) -> String {
    let mut out = String::new();
    write_block(&mut out, block, 0);
    out
}

fn write_block(out: &mut String, block: &Block, indent: usize) {
    for Stmt { kind, .. } in &block.stmts {
        match kind {
            StmtKind::Item(item) => write_item(out, item, indent),
            StmtKind::Expr(expr) => write_statement(out, expr, indent),
            StmtKind::Let { .. } => line(out, indent, "let"),
        }
    }
    if let Some(value) = &block.value {
        line(out, indent, &format!("=> {}", expr(value)));
    }
}

fn line(out: &mut String, indent: usize, text: &str) {
    let _ = writeln!(out, "{:indent$}{text}", "", indent = indent * 2);
}

fn write_item(out: &mut String, item: &Item, indent: usize) {
    for Attribute { expr, .. } in &item.attributes {
        line(out, indent, &format!("@{}", self::expr(expr)));
    }
    match &item.kind {
        ItemKind::Import(import) => {
            let dots = ".".repeat(import.level as usize);
            let path = import.path.join(" ");
            let name = import.alias.as_deref().unwrap_or("*");
            line(out, indent, &format!("import {dots}{path} as {name}"));
        }
        ItemKind::Function(function) => {
            line(out, indent, &signature(function));
            function.body.iter().for_each(|body| write_block(out, body, indent + 1));
        }
        ItemKind::Type(ty) => write_type(out, ty, indent),
        _ => line(out, indent, "item"),
    }
}

fn write_type(out: &mut String, ty: &TypeDef, indent: usize) {
    let bases = ty.bases.iter().map(type_ref).collect::<Vec<_>>().join(", ");
    line(out, indent, &format!("{:?} {}({bases})", ty.kind, ty.name.name));
    for field in &ty.fields {
        let ty = field.ty.as_ref().map_or(String::new(), |ty| format!(": {}", type_ref(ty)));
        let default = field.default.as_ref().map_or(String::new(), |value| format!(" = {}", expr(value)));
        line(out, indent + 1, &format!("field {}{ty}{default}", field.name.name));
    }
    write_block(out, &ty.body, indent + 1);
}

fn signature(function: &Function) -> String {
    let is_async = if function.is_async { "async " } else { "" };
    let generator = if function.is_generator { " yields" } else { "" };
    let params = function.params.iter().map(param).collect::<Vec<_>>().join(", ");
    let result = function.result.as_ref().map_or(String::new(), |ty| format!(" -> {}", type_ref(ty)));
    format!("{is_async}def {}({params}){result}{generator}", function.name.name)
}

fn param(param: &Param) -> String {
    let stars = match param.kind {
        ParamKind::Ordinary => "",
        ParamKind::Keyword => "~",
        ParamKind::Rest => "*",
        ParamKind::RestKeywords => "**",
    };
    let ty = param.ty.as_ref().map_or(String::new(), |ty| format!(": {}", type_ref(ty)));
    let default = param.default.as_ref().map_or(String::new(), |value| format!("={}", expr(value)));
    format!("{stars}{}{ty}{default}", pattern(&param.pattern))
}

fn type_ref(ty: &TypeRef) -> String {
    let path = ty.path.join(".");
    if ty.args.is_empty() {
        return path;
    }
    format!("{path}<{}>", ty.args.iter().map(type_ref).collect::<Vec<_>>().join(", "))
}

fn write_statement(out: &mut String, expr: &Expr, indent: usize) {
    match &expr.kind {
        ExprKind::If(conditional) if conditional.then.value.is_none() => {
            line(out, indent, &format!("if {}", self::expr(&conditional.condition)));
            write_block(out, &conditional.then, indent + 1);
            section(out, "else", conditional.or_else.as_ref(), indent);
        }
        ExprKind::Loop(repeat) => {
            if let Some((target, iterable)) = &repeat.each {
                line(out, indent, &format!("for {} in {}", pattern(target), self::expr(iterable)));
            }
            if let Some(condition) = &repeat.condition {
                line(out, indent, &format!("while {}", self::expr(condition)));
            }
            write_block(out, &repeat.body, indent + 1);
            section(out, "else", repeat.or_else.as_ref(), indent);
        }
        ExprKind::TryCatch(caught) => {
            section(out, "try", Some(&caught.body), indent);
            for handler in &caught.handlers {
                let name = handler.name.as_ref().map_or("", |name| name.name.as_str());
                line(out, indent, &format!("except {} {name}", list(&handler.types)));
                write_block(out, &handler.body, indent + 1);
            }
            section(out, "else", caught.or_else.as_ref(), indent);
            section(out, "finally", caught.finally.as_ref(), indent);
        }
        ExprKind::With(with) => {
            let items = with.items.iter().map(|(value, name)| match name {
                Some(name) => format!("{} as {}", self::expr(value), pattern(name)),
                None => self::expr(value),
            });
            line(out, indent, &format!("with {}", items.collect::<Vec<_>>().join(", ")));
            write_block(out, &with.body, indent + 1);
        }
        ExprKind::Match(matched) => {
            line(out, indent, &format!("match {}", self::expr(&matched.subject)));
            for arm in &matched.arms {
                let guard =
                    arm.guard.as_ref().map_or(String::new(), |guard| format!(" if {}", self::expr(guard)));
                line(out, indent + 1, &format!("case {}{guard}", pattern(&arm.pattern)));
                if let ExprKind::Block(body) = &arm.body.kind {
                    write_block(out, body, indent + 2);
                }
            }
        }
        _ => line(out, indent, &self::expr(expr)),
    }
}

fn section(out: &mut String, name: &str, block: Option<&Block>, indent: usize) {
    if let Some(block) = block {
        line(out, indent, name);
        write_block(out, block, indent + 1);
    }
}

fn list(exprs: &[Expr]) -> String {
    format!("[{}]", exprs.iter().map(expr).collect::<Vec<_>>().join(", "))
}

fn optional(value: Option<&Expr>) -> String {
    value.map_or(String::new(), |value| format!(" {}", expr(value)))
}

fn inline(block: &Block) -> String {
    let mut parts: Vec<String> = block
        .stmts
        .iter()
        .map(|stmt| match &stmt.kind {
            StmtKind::Expr(value) => expr(value),
            _ => "item".to_owned(),
        })
        .collect();
    parts.extend(block.value.as_deref().map(expr));
    format!("{{{}}}", parts.join("; "))
}

fn args(args: &[Arg]) -> String {
    let one = |arg: &Arg| {
        let stars = match arg.spread {
            Spread::No => "",
            Spread::Sequence => "*",
            Spread::Mapping => "**",
        };
        let name = arg.name.as_ref().map_or(String::new(), |name| format!("{}=", name.name));
        format!("{stars}{name}{}", expr(&arg.value))
    };
    args.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Null => "None".to_owned(),
        Literal::Bool(value) => format!("{value}"),
        Literal::Int(value) => format!("{value}"),
        Literal::Float(value) => format!("{value:?}"),
        Literal::Str(value) => format!("{value:?}"),
        Literal::Bytes(value) => format!("b{:?}", String::from_utf8_lossy(value)),
        Literal::Char(value) => format!("{value:?}"),
    }
}

fn symbol(op: BinaryOp) -> String {
    format!("{op:?}").to_lowercase()
}

fn expr(value: &Expr) -> String {
    match &value.kind {
        ExprKind::Literal(value) => literal(value),
        ExprKind::Path(path) => path.segments.join("::"),
        ExprKind::Field(of, name) => format!("{}.{}", expr(of), name.name),
        ExprKind::Index(of, index) => format!("{}[{}]", expr(of), expr(index)),
        ExprKind::Call(call) => format!("{}({})", expr(&call.callee), args(&call.args)),
        ExprKind::Method(call) => {
            format!("{}:{}({})", expr(&call.receiver), call.method.name, args(&call.args))
        }
        ExprKind::Tuple(items) => format!("tuple{}", list(items)),
        ExprKind::List(items) => list(items),
        ExprKind::Set(items) => format!("set{}", list(items)),
        ExprKind::Map(items) => {
            let item = |(key, value): &(Option<Expr>, Expr)| match key {
                Some(key) => format!("{}: {}", expr(key), expr(value)),
                None => format!("**{}", expr(value)),
            };
            format!("map{{{}}}", items.iter().map(item).collect::<Vec<_>>().join(", "))
        }
        ExprKind::Comprehension(of) => {
            let key = of.key.as_ref().map_or(String::new(), |key| format!("{}: ", expr(key)));
            let clauses = of.clauses.iter().map(|clause| {
                let mut conditions = String::new();
                for condition in &clause.conditions {
                    let _ = write!(conditions, " if {}", expr(condition));
                }
                format!(" for {} in {}{conditions}", pattern(&clause.pattern), expr(&clause.iterable))
            });
            format!("{:?}({key}{}{})", of.kind, expr(&of.element), clauses.collect::<String>())
        }
        ExprKind::Unary(op, operand) => format!("({} {})", format!("{op:?}").to_lowercase(), expr(operand)),
        ExprKind::Binary(op, left, right) => format!("({} {} {})", symbol(*op), expr(left), expr(right)),
        ExprKind::If(of) => {
            let or_else = of.or_else.as_ref().map_or(String::new(), inline);
            format!("(if {} {} {or_else})", expr(&of.condition), inline(&of.then))
        }
        ExprKind::Block(block) => inline(block),
        ExprKind::Closure(function) => {
            let body = function.body.as_ref().map_or(String::new(), |it| inline(it));
            format!("({} {body})", signature(function))
        }
        ExprKind::Format(parts) => {
            let part = |part: &FormatPart| match part {
                FormatPart::Text(text) => format!("{text:?}"),
                FormatPart::Value(value) => expr(value),
            };
            format!("format[{}]", parts.iter().map(part).collect::<Vec<_>>().join(", "))
        }
        ExprKind::Await(of) => format!("(await {})", expr(of)),
        ExprKind::Assign { target, op, value } => {
            let op = op.map_or(String::new(), symbol);
            format!("{} {op}= {}", expr(target), expr(value))
        }
        ExprKind::Delete(targets) => format!("del {}", list(targets)),
        ExprKind::Return(value) => format!("return{}", optional(value.as_deref())),
        ExprKind::Raise(value) => format!("raise{}", optional(value.as_deref())),
        ExprKind::Break(_) => "break".to_owned(),
        ExprKind::Continue => "continue".to_owned(),
        ExprKind::Spread(of) => format!("*{}", expr(of)),
        ExprKind::Unknown => "?".to_owned(),
        _ => "other".to_owned(),
    }
}

fn pattern(of: &Pattern) -> String {
    let all = |patterns: &[Pattern]| patterns.iter().map(pattern).collect::<Vec<_>>().join(", ");
    match &of.kind {
        PatternKind::Wildcard => "_".to_owned(),
        PatternKind::Bind(name, None) => name.to_string(),
        PatternKind::Bind(name, Some(inner)) => format!("{name} @ {}", pattern(inner)),
        PatternKind::Literal(value) => literal(value),
        PatternKind::Path(path) => path.segments.join("::"),
        PatternKind::Tuple(patterns) => format!("({})", all(patterns)),
        PatternKind::List(patterns) => format!("[{}]", all(patterns)),
        PatternKind::TupleRecord(path, patterns) => {
            format!("{}({})", path.segments.join("::"), all(patterns))
        }
        PatternKind::Record(path, fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}: {}", pattern(value)));
            format!("{}{{{}}}", path.segments.join("::"), fields.collect::<Vec<_>>().join(", "))
        }
        PatternKind::Rest(name) => format!("*{}", name.as_deref().unwrap_or_default()),
        PatternKind::Or(patterns) => patterns.iter().map(pattern).collect::<Vec<_>>().join(" | "),
        PatternKind::Target(target) => format!("<{}>", expr(target)),
        PatternKind::Other => "?".to_owned(),
    }
}
