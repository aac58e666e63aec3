//! Items: everything that gives a name to something.

use std::sync::Arc;

use syn::{Fields, ForeignItem, ImplItem, TraitItem, Visibility};

use super::attribute::{Attributes, attributes};
use super::context::Context;
use super::function::{function, generic_names};
use super::{block, expression, import, macros, rules, ty};
use crate::ir::{
    Block, Constant, ExprKind, Extend, FieldDef, Ident, Item, ItemKind, Module, Name, Span, Stmt, StmtKind,
    TypeDef, TypeKind, TypeRef, Variant,
};

/// One syntactic item can be several: a `use` of many names, a macro that defines statics.
pub(super) fn items(cx: &Context, whole: &syn::Item) -> Vec<Item> {
    let one = |item: Option<Item>| item.into_iter().collect();
    match whole {
        syn::Item::Use(inner) => import::imports(cx, inner),
        syn::Item::Macro(inner) => macro_items(cx, inner),
        syn::Item::ForeignMod(inner) => inner.items.iter().filter_map(|item| foreign(cx, item)).collect(),
        _ => one(item(cx, whole)),
    }
}

pub(super) fn statement(item: Item) -> Stmt {
    let span = item.span;
    Stmt { kind: StmtKind::Item(item), span }
}

fn item(cx: &Context, whole: &syn::Item) -> Option<Item> {
    Some(match whole {
        syn::Item::Fn(inner) => {
            let attributes = attributes(cx, &inner.attrs);
            let function = function(cx, &inner.sig, Some(&inner.block), &attributes);
            let span = function.span;
            finish(ItemKind::Function(Arc::new(function)), attributes, &inner.vis, span)
        }
        syn::Item::Const(inner) => {
            let span = cx.span(inner.const_token.span).to(cx.span(inner.semi_token.spans[0]));
            let kind = constant(cx, &inner.ident, Some(&inner.ty), Some(&inner.expr));
            finish(kind, attributes(cx, &inner.attrs), &inner.vis, span)
        }
        syn::Item::Static(inner) => {
            let span = cx.span(inner.static_token.span).to(cx.span(inner.semi_token.spans[0]));
            let kind = constant(cx, &inner.ident, Some(&inner.ty), Some(&inner.expr));
            finish(kind, attributes(cx, &inner.attrs), &inner.vis, span)
        }
        syn::Item::Struct(inner) => {
            let attributes = attributes(cx, &inner.attrs);
            let start = cx.span(inner.struct_token.span);
            let span = start.to(fields_end(cx, &inner.fields, &inner.ident));
            let span = inner.semi_token.map_or(span, |semi| span.to(cx.span(semi.spans[0])));
            let def = TypeDef {
                fields: fields(cx, &inner.fields),
                ..type_def(cx, TypeKind::Struct, &inner.ident, &inner.generics, &attributes, span)
            };
            finish(ItemKind::Type(Arc::new(def)), attributes, &inner.vis, span)
        }
        syn::Item::Union(inner) => {
            let attributes = attributes(cx, &inner.attrs);
            let span = cx.span(inner.union_token.span).to(cx.delimited(&inner.fields.brace_token.span));
            let fields =
                inner.fields.named.iter().enumerate().map(|(at, inner)| field(cx, at, inner)).collect();
            let def = TypeDef {
                fields,
                ..type_def(cx, TypeKind::Struct, &inner.ident, &inner.generics, &attributes, span)
            };
            finish(ItemKind::Type(Arc::new(def)), attributes, &inner.vis, span)
        }
        syn::Item::Enum(inner) => {
            let attributes = attributes(cx, &inner.attrs);
            let span = cx.span(inner.enum_token.span).to(cx.delimited(&inner.brace_token.span));
            let def = TypeDef {
                variants: inner.variants.iter().map(|inner| variant(cx, inner)).collect(),
                ..type_def(cx, TypeKind::Enum, &inner.ident, &inner.generics, &attributes, span)
            };
            finish(ItemKind::Type(Arc::new(def)), attributes, &inner.vis, span)
        }
        syn::Item::Trait(inner) => {
            let attributes = attributes(cx, &inner.attrs);
            let span = cx.span(inner.trait_token.span).to(cx.delimited(&inner.brace_token.span));
            let members = inner.items.iter().filter_map(|item| trait_item(cx, item)).map(statement);
            let def = TypeDef {
                bases: ty::bounds(cx, &inner.supertraits),
                body: Block { stmts: members.collect(), value: None },
                ..type_def(cx, TypeKind::Trait, &inner.ident, &inner.generics, &attributes, span)
            };
            finish(ItemKind::Type(Arc::new(def)), attributes, &inner.vis, span)
        }
        syn::Item::TraitAlias(inner) => {
            let attributes = attributes(cx, &inner.attrs);
            let span = cx.span(inner.trait_token.span).to(cx.span(inner.semi_token.spans[0]));
            let def = TypeDef {
                bases: ty::bounds(cx, &inner.bounds),
                ..type_def(cx, TypeKind::Trait, &inner.ident, &inner.generics, &attributes, span)
            };
            finish(ItemKind::Type(Arc::new(def)), attributes, &inner.vis, span)
        }
        syn::Item::Type(inner) => {
            let span = cx.span(inner.type_token.span).to(cx.span(inner.semi_token.spans[0]));
            let attributes = attributes(cx, &inner.attrs);
            let kind =
                alias(cx, &inner.ident, &inner.generics, Some(ty::ty(cx, &inner.ty)), &attributes, span);
            finish(kind, attributes, &inner.vis, span)
        }
        syn::Item::Impl(inner) => {
            let attributes = attributes(cx, &inner.attrs);
            let span = cx.span(inner.impl_token.span).to(cx.delimited(&inner.brace_token.span));
            let span = attributes.cover(span);
            let interface = inner.trait_.as_ref().map(|(path, _)| {
                let path = ty::path(cx, path);
                TypeRef { path: path.segments, args: path.type_args, span: path.span }
            });
            let items = inner.items.iter().filter_map(|item| impl_item(cx, item)).collect();
            let kind = ItemKind::Extend(Arc::new(Extend {
                target: ty::ty(cx, &inner.self_ty),
                interface,
                items,
                span,
            }));
            finish(kind, attributes, &Visibility::Inherited, span)
        }
        syn::Item::Mod(inner) => module(cx, inner),
        syn::Item::ExternCrate(inner) => import::extern_crate(cx, inner),
        _ => return None,
    })
}

fn finish(kind: ItemKind, attributes: Attributes, vis: &Visibility, span: Span) -> Item {
    let span = attributes.cover(span);
    let public = !matches!(vis, Visibility::Inherited);
    Item { kind, attributes: attributes.list, gate: attributes.gate, public, span }
}

fn module(cx: &Context, inner: &syn::ItemMod) -> Item {
    let start = cx.span(inner.mod_token.span);
    let end = match (&inner.content, inner.semi) {
        (Some((braces, _)), _) => cx.delimited(&braces.span),
        (None, Some(semi)) => cx.span(semi.spans[0]),
        (None, None) => start,
    };
    let body = inner.content.as_ref().map(|(_, content)| {
        let stmts = content.iter().flat_map(|item| items(cx, item)).map(statement).collect();
        cx.deeper(|| Block { stmts, value: None })
    });
    let kind = ItemKind::Module(Arc::new(Module { name: cx.ident(&inner.ident), body }));
    finish(kind, attributes(cx, &inner.attrs), &inner.vis, start.to(end))
}

pub(super) fn constant(
    cx: &Context,
    ident: &syn::Ident,
    ty: Option<&syn::Type>,
    value: Option<&syn::Expr>,
) -> ItemKind {
    ItemKind::Constant(Arc::new(Constant {
        name: cx.ident(ident),
        ty: ty.map(|ty| ty::ty(cx, ty)),
        value: value.map(|value| expression::expr(cx, value)),
    }))
}

fn type_def(
    cx: &Context,
    kind: TypeKind,
    ident: &syn::Ident,
    generics: &syn::Generics,
    attributes: &Attributes,
    span: Span,
) -> TypeDef {
    TypeDef {
        name: cx.ident(ident),
        kind,
        bases: Vec::new(),
        fields: Vec::new(),
        variants: Vec::new(),
        body: Block::default(),
        generics: generic_names(generics),
        attributes: attributes.list.clone(),
        span: attributes.cover(span),
    }
}

fn alias(
    cx: &Context,
    ident: &syn::Ident,
    generics: &syn::Generics,
    target: Option<TypeRef>,
    attributes: &Attributes,
    span: Span,
) -> ItemKind {
    let def = type_def(cx, TypeKind::Alias, ident, generics, attributes, span);
    ItemKind::Type(Arc::new(TypeDef { bases: target.into_iter().collect(), ..def }))
}

fn fields(cx: &Context, fields: &Fields) -> Vec<FieldDef> {
    fields.iter().enumerate().map(|(at, inner)| field(cx, at, inner)).collect()
}

fn field(cx: &Context, at: usize, inner: &syn::Field) -> FieldDef {
    let attributes = attributes(cx, &inner.attrs);
    let ty = ty::ty(cx, &inner.ty);
    let name = match &inner.ident {
        Some(ident) => cx.ident(ident),
        None => Ident { name: Name::from(at.to_string()), span: ty.span },
    };
    let span = attributes.cover(name.span.to(ty.span));
    let default = inner.default.as_ref().map(|(_, value)| expression::expr(cx, value));
    FieldDef { name, ty: Some(ty), attributes: attributes.list, default, span }
}

fn fields_end(cx: &Context, fields: &Fields, ident: &syn::Ident) -> Span {
    match fields {
        Fields::Named(named) => cx.delimited(&named.brace_token.span),
        Fields::Unnamed(unnamed) => cx.delimited(&unnamed.paren_token.span),
        Fields::Unit => cx.span(ident.span()),
    }
}

fn variant(cx: &Context, inner: &syn::Variant) -> Variant {
    Variant {
        name: cx.ident(&inner.ident),
        fields: fields(cx, &inner.fields),
        attributes: attributes(cx, &inner.attrs).list,
    }
}

fn impl_item(cx: &Context, whole: &ImplItem) -> Option<Item> {
    Some(match whole {
        ImplItem::Fn(inner) => {
            let attributes = attributes(cx, &inner.attrs);
            let function = function(cx, &inner.sig, Some(&inner.block), &attributes);
            let span = function.span;
            finish(ItemKind::Function(Arc::new(function)), attributes, &inner.vis, span)
        }
        ImplItem::Const(inner) => {
            let span = cx.span(inner.const_token.span).to(cx.span(inner.semi_token.spans[0]));
            let kind = constant(cx, &inner.ident, Some(&inner.ty), Some(&inner.expr));
            finish(kind, attributes(cx, &inner.attrs), &inner.vis, span)
        }
        ImplItem::Type(inner) => {
            let span = cx.span(inner.type_token.span).to(cx.span(inner.semi_token.spans[0]));
            let attributes = attributes(cx, &inner.attrs);
            let kind =
                alias(cx, &inner.ident, &inner.generics, Some(ty::ty(cx, &inner.ty)), &attributes, span);
            finish(kind, attributes, &inner.vis, span)
        }
        _ => return None,
    })
}

fn trait_item(cx: &Context, whole: &TraitItem) -> Option<Item> {
    let public = Visibility::Inherited;
    Some(match whole {
        TraitItem::Fn(inner) => {
            let attributes = attributes(cx, &inner.attrs);
            let function = function(cx, &inner.sig, inner.default.as_ref(), &attributes);
            let span = function.span;
            finish(ItemKind::Function(Arc::new(function)), attributes, &public, span)
        }
        TraitItem::Const(inner) => {
            let span = cx.span(inner.const_token.span).to(cx.span(inner.semi_token.spans[0]));
            let value = inner.default.as_ref().map(|(_, value)| value);
            let kind = constant(cx, &inner.ident, Some(&inner.ty), value);
            finish(kind, attributes(cx, &inner.attrs), &public, span)
        }
        TraitItem::Type(inner) => {
            let span = cx.span(inner.type_token.span).to(cx.span(inner.semi_token.spans[0]));
            let attributes = attributes(cx, &inner.attrs);
            let target = inner.default.as_ref().map(|(_, target)| ty::ty(cx, target));
            let kind = alias(cx, &inner.ident, &inner.generics, target, &attributes, span);
            finish(kind, attributes, &public, span)
        }
        _ => return None,
    })
}

fn foreign(cx: &Context, whole: &ForeignItem) -> Option<Item> {
    match whole {
        ForeignItem::Fn(inner) => {
            let attributes = attributes(cx, &inner.attrs);
            let function = function(cx, &inner.sig, None, &attributes);
            let span = function.span;
            Some(finish(ItemKind::Function(Arc::new(function)), attributes, &inner.vis, span))
        }
        _ => None,
    }
}

fn macro_items(cx: &Context, inner: &syn::ItemMacro) -> Vec<Item> {
    let attributes = attributes(cx, &inner.attrs);
    let span =
        ty::path(cx, &inner.mac.path).span.to(cx.delimited(expression::delimiter(&inner.mac.delimiter)));
    if let Some(ident) = &inner.ident {
        let kind = ItemKind::Macro(Arc::new(rules::definition(cx, ident, &inner.mac)));
        return vec![finish(kind, attributes, &Visibility::Inherited, span)];
    }
    let Some(mut items) = macros::items(cx, &inner.mac) else {
        return unknown_macro(cx, inner, attributes, span);
    };
    for item in &mut items {
        block::gate_within(item, attributes.gate.as_ref());
    }
    items
}

/// A macro call in item position can be the only mention of a handler; it is kept as an unnamed constant.
fn unknown_macro(cx: &Context, inner: &syn::ItemMacro, attributes: Attributes, span: Span) -> Vec<Item> {
    let value = macros::expr(cx, &inner.mac);
    if matches!(&value.kind, ExprKind::Macro { args, .. } if args.is_empty()) {
        return Vec::new();
    }
    let name = Ident { name: Name::new_static("_"), span };
    let kind = ItemKind::Constant(Arc::new(Constant { name, ty: None, value: Some(value) }));
    vec![finish(kind, attributes, &Visibility::Inherited, span)]
}
