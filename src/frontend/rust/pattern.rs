//! Patterns.

use syn::Pat;

use super::context::{Context, name};
use super::{expression, literal, ty};
use crate::ir::{Expr, Path, Pattern, PatternKind, Span};

/// A pattern and the guard that stands in it.
pub(super) fn guarded(cx: &Context, pat: &Pat) -> (Pattern, Option<Expr>) {
    match pat {
        Pat::Guard(inner) => (pattern(cx, &inner.pat), Some(expression::expr(cx, &inner.guard))),
        Pat::Paren(inner) => guarded(cx, &inner.pat),
        _ => (pattern(cx, pat), None),
    }
}

pub(super) fn pattern(cx: &Context, pat: &Pat) -> Pattern {
    cx.deeper(|| lower(cx, pat))
}

fn lower(cx: &Context, pat: &Pat) -> Pattern {
    let at = |kind, span| Pattern { kind, span };
    match pat {
        Pat::Wild(inner) => at(PatternKind::Wildcard, cx.span(inner.underscore_token.span)),
        Pat::Rest(inner) => at(PatternKind::Rest(None), cx.span(inner.dot2_token.spans[0])),
        Pat::Ident(inner) => ident(cx, inner),
        Pat::Lit(inner) => {
            let kind = literal::value(&inner.lit).map_or(PatternKind::Other, PatternKind::Literal);
            at(kind, cx.span(inner.lit.span()))
        }
        Pat::Path(inner) => {
            let path = ty::qualified(cx, inner.qself.as_ref(), &inner.path);
            let span = path.span;
            at(PatternKind::Path(path), span)
        }
        Pat::Tuple(inner) => {
            let elements = inner.elems.iter().map(|element| pattern(cx, element)).collect();
            at(PatternKind::Tuple(elements), cx.delimited(&inner.paren_token.span))
        }
        Pat::Slice(inner) => {
            let elements = inner.elems.iter().map(|element| pattern(cx, element)).collect();
            at(PatternKind::List(elements), cx.delimited(&inner.bracket_token.span))
        }
        Pat::TupleStruct(inner) => {
            let path = ty::qualified(cx, inner.qself.as_ref(), &inner.path);
            let span = path.span.to(cx.delimited(&inner.paren_token.span));
            let elements = inner.elems.iter().map(|element| pattern(cx, element)).collect();
            at(PatternKind::TupleRecord(path, elements), span)
        }
        Pat::Struct(inner) => {
            let path = ty::qualified(cx, inner.qself.as_ref(), &inner.path);
            let span = path.span.to(cx.delimited(&inner.brace_token.span));
            let fields = inner
                .fields
                .iter()
                .map(|field| (expression::member(cx, &field.member).name, pattern(cx, &field.pat)));
            let fields = fields.collect();
            at(PatternKind::Record(path, fields), span)
        }
        Pat::Or(inner) => {
            let cases: Vec<_> = inner.cases.iter().map(|case| pattern(cx, case)).collect();
            let span = cover(cx, cases.iter().map(|case| case.span));
            at(PatternKind::Or(cases), span)
        }
        Pat::Guard(inner) => pattern(cx, &inner.pat),
        Pat::Paren(inner) => pattern(cx, &inner.pat),
        Pat::Reference(inner) => pattern(cx, &inner.pat),
        Pat::Type(inner) => pattern(cx, &inner.pat),
        _ => at(PatternKind::Other, Span::new(cx.file, 0, 0)),
    }
}

/// A bare name binds, except that a name in capitals is a constant or a variant: no binding is written so.
fn ident(cx: &Context, inner: &syn::PatIdent) -> Pattern {
    let span = cx.span(inner.ident.span());
    let name = name(&inner.ident);
    let plain = inner.by_ref.is_none() && inner.mutability.is_none() && inner.subpat.is_none();
    if plain && name.starts_with(|first: char| first.is_uppercase()) {
        let path = Path { segments: vec![name], type_args: Vec::new(), span };
        return Pattern { kind: PatternKind::Path(path), span };
    }
    let below = inner.subpat.as_ref().map(|(_, below)| Box::new(pattern(cx, below)));
    let span = below.as_ref().map_or(span, |below| span.to(below.span));
    Pattern { kind: PatternKind::Bind(name, below), span }
}

fn cover(cx: &Context, spans: impl Iterator<Item = Span>) -> Span {
    spans.reduce(Span::to).unwrap_or_else(|| Span::new(cx.file, 0, 0))
}
