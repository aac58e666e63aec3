//! Paths and types.

use syn::{
    AngleBracketedGenericArguments, GenericArgument, PathArguments, QSelf, ReturnType, Type, TypeParamBound,
};

use super::context::{Context, name};
use crate::ir::{Name, Path, Span, TypeRef};

pub(super) fn path(cx: &Context, path: &syn::Path) -> Path {
    let mut segments = Vec::with_capacity(path.segments.len() + 1);
    if path.leading_colon.is_some() {
        segments.push(Name::default());
    }
    segments.extend(path.segments.iter().map(|segment| name(&segment.ident)));
    let type_args = path
        .segments
        .iter()
        .rev()
        .find(|segment| !segment.arguments.is_none())
        .map(|segment| arguments(cx, &segment.arguments))
        .unwrap_or_default();
    Path { segments, type_args, span: path_span(cx, path) }
}

/// `<Type as Trait>::name` becomes `Type::name`; with `_` for the type, `Trait::name`.
pub(super) fn qualified(cx: &Context, qself: Option<&QSelf>, full: &syn::Path) -> Path {
    let mut lowered = path(cx, full);
    let Some(qself) = qself else { return lowered };
    // `<T>::name` has a leading `::` that is only punctuation.
    if qself.position == 0 && full.leading_colon.is_some() {
        lowered.segments.remove(0);
    }
    let start = cx.span(qself.lt_token.spans[0]);
    lowered.span = start.to(lowered.span);
    let target = ty(cx, &qself.ty);
    if target.path.iter().all(|segment| segment != "_") {
        let rest = lowered.segments.split_off(qself.position.min(lowered.segments.len()));
        lowered.segments = target.path;
        lowered.segments.extend(rest);
        if lowered.type_args.is_empty() {
            lowered.type_args = target.args;
        }
    }
    lowered
}

fn path_span(cx: &Context, path: &syn::Path) -> Span {
    let (Some(first), Some(last)) = (path.segments.first(), path.segments.last()) else {
        return Span::new(cx.file, 0, 0);
    };
    let last_name = cx.span(last.ident.span());
    let end = match &last.arguments {
        PathArguments::None => last_name,
        PathArguments::AngleBracketed(generic) => last_name.to(cx.span(generic.gt_token.spans[0])),
        PathArguments::Parenthesized(call) => last_name.to(cx.delimited(&call.paren_token.span)),
    };
    match path.leading_colon {
        Some(colon) => cx.span(colon.spans[0]).to(end),
        None if path.segments.len() == 1 => end,
        None => cx.span(first.ident.span()).to(end),
    }
}

fn arguments(cx: &Context, arguments: &PathArguments) -> Vec<TypeRef> {
    match arguments {
        PathArguments::None => Vec::new(),
        PathArguments::AngleBracketed(generic) => generic_arguments(cx, generic),
        PathArguments::Parenthesized(call) => {
            let inputs = call.inputs.iter().map(|input| ty(cx, &input.ty));
            inputs.chain(result(cx, &call.output)).collect()
        }
    }
}

/// Types among generic arguments; a constant is `_`.
pub(super) fn generic_arguments(cx: &Context, generic: &AngleBracketedGenericArguments) -> Vec<TypeRef> {
    let lower = |argument: &GenericArgument| match argument {
        GenericArgument::Type(inner) => Some(ty(cx, inner)),
        GenericArgument::AssocType(binding) => Some(ty(cx, &binding.ty)),
        GenericArgument::Const(_) => Some(named("_", Vec::new(), cx.span(generic.lt_token.spans[0]))),
        _ => None,
    };
    generic.args.iter().filter_map(lower).collect()
}

pub(super) fn result(cx: &Context, output: &ReturnType) -> Option<TypeRef> {
    match output {
        ReturnType::Default => None,
        ReturnType::Type(_, inner) => Some(ty(cx, inner)),
    }
}

pub(super) fn bounds<'b>(cx: &Context, bounds: impl IntoIterator<Item = &'b TypeParamBound>) -> Vec<TypeRef> {
    let lower = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => Some(from_path(path(cx, &bound.path))),
        _ => None,
    };
    bounds.into_iter().filter_map(lower).collect()
}

fn from_path(path: Path) -> TypeRef {
    TypeRef { path: path.segments, args: path.type_args, span: path.span }
}

fn named(name: &str, args: Vec<TypeRef>, span: Span) -> TypeRef {
    TypeRef { path: vec![Name::new(name)], args, span }
}

pub(super) fn ty(cx: &Context, whole: &Type) -> TypeRef {
    cx.deeper(|| match whole {
        Type::Path(inner) => from_path(qualified(cx, inner.qself.as_ref(), &inner.path)),
        Type::Reference(inner) => ty(cx, &inner.elem),
        Type::Ptr(inner) => ty(cx, &inner.elem),
        Type::Paren(inner) => ty(cx, &inner.elem),
        Type::Group(inner) => ty(cx, &inner.elem),
        Type::ImplTrait(inner) => first_bound(cx, &inner.bounds, cx.span(inner.impl_token.span)),
        Type::TraitObject(inner) => {
            let start = inner.dyn_token.map_or_else(|| Span::new(cx.file, 0, 0), |token| cx.span(token.span));
            first_bound(cx, &inner.bounds, start)
        }
        Type::Tuple(inner) => {
            let elements = inner.elems.iter().map(|element| ty(cx, element)).collect();
            named("()", elements, cx.delimited(&inner.paren_token.span))
        }
        Type::Array(inner) => named("[]", vec![ty(cx, &inner.elem)], cx.delimited(&inner.bracket_token.span)),
        Type::Slice(inner) => named("[]", vec![ty(cx, &inner.elem)], cx.delimited(&inner.bracket_token.span)),
        Type::FnPtr(inner) => {
            let inputs = inner.inputs.iter().map(|input| ty(cx, &input.ty));
            let args: Vec<_> = inputs.chain(result(cx, &inner.output)).collect();
            let span = cx.span(inner.fn_token.span).to(cx.delimited(&inner.paren_token.span));
            named("fn", args, span)
        }
        Type::Infer(inner) => named("_", Vec::new(), cx.span(inner.underscore_token.span)),
        Type::Never(inner) => named("_", Vec::new(), cx.span(inner.bang_token.span)),
        Type::Macro(inner) => named("_", Vec::new(), path_span(cx, &inner.mac.path)),
        _ => named("_", Vec::new(), Span::new(cx.file, 0, 0)),
    })
}

fn first_bound<'b>(
    cx: &Context,
    all: impl IntoIterator<Item = &'b TypeParamBound>,
    otherwise: Span,
) -> TypeRef {
    bounds(cx, all).into_iter().next().unwrap_or_else(|| named("_", Vec::new(), otherwise))
}
