//! Functions and methods.

use syn::{FnArg, GenericParam, Generics, Signature, Type, WherePredicate};

use super::attribute::{Attributes, attributes};
use super::context::{Context, name};
use super::{block, pattern, ty};
use crate::ir::{Body, Function, Name, Param, ParamKind, Pattern, PatternKind, TypeRef};

pub(super) fn function(
    cx: &Context,
    sig: &Signature,
    body: Option<&syn::Block>,
    attributes: &Attributes,
) -> Function {
    let first = sig.constness.map(|token| token.span).or(sig.asyncness.map(|token| token.span));
    let start = cx.span(first.unwrap_or(sig.fn_token.span));
    let end = match body {
        Some(body) => cx.delimited(&body.brace_token.span),
        None => cx.delimited(&sig.paren_token.span),
    };
    Function {
        name: cx.ident(&sig.ident),
        params: sig.inputs.iter().map(|input| param(cx, input)).collect(),
        result: ty::result(cx, &sig.output),
        body: body.map(|body| {
            let waiting = cx.waiting(&body.brace_token.span);
            waiting.unwrap_or_else(|| Body::now(block::block(cx, body)))
        }),
        attributes: attributes.list.clone(),
        is_async: sig.asyncness.is_some(),
        is_generator: false,
        generics: generics(cx, sig),
        span: attributes.cover(start.to(end)),
    }
}

fn param(cx: &Context, input: &FnArg) -> Param {
    let (pattern, ty) = match input {
        FnArg::Receiver(receiver) => {
            let span = cx.span(receiver.self_token.span);
            let pattern = Pattern { kind: PatternKind::Bind(Name::new_static("self"), None), span };
            (pattern, TypeRef { path: vec![Name::new_static("Self")], args: Vec::new(), span })
        }
        FnArg::Typed(typed) => (pattern::pattern(cx, &typed.pat), ty::ty(cx, &typed.ty)),
    };
    let span = pattern.span.to(ty.span);
    let attrs = match input {
        FnArg::Receiver(receiver) => &receiver.attrs,
        FnArg::Typed(typed) => &typed.attrs,
    };
    let span = attributes(cx, attrs).cover(span);
    Param { pattern, ty: Some(ty), default: None, kind: ParamKind::Ordinary, span }
}

/// Type parameters with what bounds them in place or in the `where` clause; then the `impl Trait` arguments by position.
fn generics(cx: &Context, sig: &Signature) -> Vec<(Name, Vec<TypeRef>)> {
    let mut all: Vec<(Name, Vec<TypeRef>)> = Vec::new();
    for param in &sig.generics.params {
        if let GenericParam::Type(param) = param {
            all.push((name(&param.ident), ty::bounds(cx, &param.bounds)));
        }
    }
    for predicate in sig.generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
        let WherePredicate::Type(predicate) = predicate else { continue };
        let bounded = ty::ty(cx, &predicate.bounded_ty);
        let known = all.iter_mut().find(|(name, _)| bounded.path == [name.clone()]);
        if let Some((_, bounds)) = known {
            bounds.extend(ty::bounds(cx, &predicate.bounds));
        }
    }
    let arguments = sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => implementing(&typed.ty),
        FnArg::Receiver(_) => None,
    });
    for (at, argument) in arguments.enumerate() {
        all.push((Name::from(format!("impl {at}")), ty::bounds(cx, &argument.bounds)));
    }
    all
}

fn implementing(mut ty: &Type) -> Option<&syn::TypeImplTrait> {
    loop {
        match ty {
            Type::Reference(inner) => ty = &inner.elem,
            Type::Paren(inner) => ty = &inner.elem,
            Type::ImplTrait(inner) => return Some(inner),
            _ => return None,
        }
    }
}

pub(super) fn generic_names(generics: &Generics) -> Vec<Name> {
    generics.type_params().map(|param| name(&param.ident)).collect()
}
