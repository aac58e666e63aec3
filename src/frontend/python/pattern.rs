//! Assignment targets and the patterns of `match`.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;
use smol_str::{SmolStr, format_smolstr};

use super::{Context, expr};
use crate::ir::{ExprKind, Literal, Name, Path, Pattern, PatternKind};

/// The target of `for` and `with`, and of a comprehension.
pub(super) fn target(cx: &Context<'_>, target: &ast::Expr) -> Pattern {
    let span = cx.span(target.range());
    let lowered = cx.deeper(span, || match target {
        ast::Expr::Name(name) => PatternKind::Bind(SmolStr::new(&name.id), None),
        ast::Expr::Tuple(tuple) => PatternKind::Tuple(targets(cx, &tuple.elts)),
        ast::Expr::List(list) => PatternKind::List(targets(cx, &list.elts)),
        ast::Expr::Starred(starred) => match &*starred.value {
            ast::Expr::Name(name) => PatternKind::Rest(Some(SmolStr::new(&name.id))),
            _ => PatternKind::Rest(None),
        },
        other => PatternKind::Target(Box::new(expr::lower(cx, other))),
    });
    Pattern { kind: lowered.unwrap_or(PatternKind::Other), span }
}

fn targets(cx: &Context<'_>, all: &[ast::Expr]) -> Vec<Pattern> {
    all.iter().map(|one| target(cx, one)).collect()
}

/// The pattern of a `case`.
pub(super) fn case(cx: &Context<'_>, pattern: &ast::Pattern) -> Pattern {
    let span = cx.span(pattern.range());
    let lowered = cx.deeper(span, || match pattern {
        ast::Pattern::MatchValue(value) => value_kind(cx, &value.value),
        ast::Pattern::MatchSingleton(singleton) => PatternKind::Literal(match singleton.value {
            ast::Singleton::None => Literal::Null,
            ast::Singleton::True => Literal::Bool(true),
            ast::Singleton::False => Literal::Bool(false),
        }),
        ast::Pattern::MatchSequence(sequence) => PatternKind::List(cases(cx, &sequence.patterns)),
        ast::Pattern::MatchMapping(mapping) => mapping_kind(cx, mapping),
        ast::Pattern::MatchClass(class) => class_kind(cx, class),
        ast::Pattern::MatchStar(star) => {
            PatternKind::Rest(star.name.as_ref().map(|name| SmolStr::new(name.as_str())))
        }
        ast::Pattern::MatchAs(binding) => match (&binding.name, &binding.pattern) {
            (None, None) => PatternKind::Wildcard,
            (None, Some(inner)) => case(cx, inner).kind,
            (Some(name), inner) => {
                let inner = inner.as_deref().map(|inner| Box::new(case(cx, inner)));
                PatternKind::Bind(SmolStr::new(name.as_str()), inner)
            }
        },
        ast::Pattern::MatchOr(or) => PatternKind::Or(cases(cx, &or.patterns)),
    });
    Pattern { kind: lowered.unwrap_or(PatternKind::Other), span }
}

fn cases(cx: &Context<'_>, all: &[ast::Pattern]) -> Vec<Pattern> {
    all.iter().map(|one| case(cx, one)).collect()
}

fn value_kind(cx: &Context<'_>, value: &ast::Expr) -> PatternKind {
    if let Some(path) = path(cx, value) {
        return PatternKind::Path(path);
    }
    match expr::lower(cx, value).kind {
        ExprKind::Literal(literal) => PatternKind::Literal(literal),
        _ => PatternKind::Other,
    }
}

/// A mapping has no path; keys that are no text are left out.
fn mapping_kind(cx: &Context<'_>, mapping: &ast::PatternMatchMapping) -> PatternKind {
    let path = Path { segments: Vec::new(), type_args: Vec::new(), span: cx.span(mapping.range()) };
    let fields = mapping.keys.iter().zip(&mapping.patterns).filter_map(|(key, value)| match key {
        ast::Expr::StringLiteral(key) => Some((SmolStr::new(key.value.to_str()), case(cx, value))),
        _ => None,
    });
    PatternKind::Record(path, fields.collect())
}

/// Positional patterns beside named ones are called `0`, `1`, ...
fn class_kind(cx: &Context<'_>, class: &ast::PatternMatchClass) -> PatternKind {
    let Some(path) = path(cx, &class.cls) else { return PatternKind::Other };
    let arguments = &class.arguments;
    let positional = cases(cx, &arguments.patterns);
    if arguments.keywords.is_empty() {
        return PatternKind::TupleRecord(path, positional);
    }
    let mut fields: Vec<(Name, Pattern)> =
        positional.into_iter().enumerate().map(|(at, pattern)| (format_smolstr!("{at}"), pattern)).collect();
    fields.extend(
        arguments
            .keywords
            .iter()
            .map(|keyword| (SmolStr::new(keyword.attr.as_str()), case(cx, &keyword.pattern))),
    );
    PatternKind::Record(path, fields)
}

/// `a.b.C` with all its parts: a pattern has no fields to take the rest.
fn path(cx: &Context<'_>, expr: &ast::Expr) -> Option<Path> {
    let mut segments = Vec::new();
    let mut at = expr;
    while let ast::Expr::Attribute(attribute) = at {
        segments.push(SmolStr::new(attribute.attr.as_str()));
        at = &attribute.value;
    }
    let ast::Expr::Name(name) = at else { return None };
    segments.push(SmolStr::new(&name.id));
    segments.reverse();
    Some(Path { segments, type_args: Vec::new(), span: cx.span(expr.range()) })
}
