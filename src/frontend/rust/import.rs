//! `use` trees, one import per name.

use syn::{ItemExternCrate, ItemUse, UseTree, Visibility};

use super::attribute::attributes;
use super::context::{Context, name};
use crate::ir::{Import, Item, ItemKind, Name, Span};

pub(super) fn imports(cx: &Context, whole: &ItemUse) -> Vec<Item> {
    let attributes = attributes(cx, &whole.attrs);
    let span = cx.span(whole.use_token.span).to(cx.span(whole.semi_token.spans[0]));
    let span = attributes.cover(span);
    let mut prefix = Vec::new();
    if whole.leading_colon.is_some() {
        prefix.push(Name::default());
    }
    let mut found = Vec::new();
    flatten(cx, &whole.tree, &mut prefix, &mut found);
    let public = !matches!(whole.vis, Visibility::Inherited);
    let item = |import| Item {
        kind: ItemKind::Import(import),
        attributes: attributes.list.clone(),
        gate: attributes.gate.clone(),
        public,
        span,
    };
    found.into_iter().map(item).collect()
}

fn flatten(cx: &Context, tree: &UseTree, prefix: &mut Vec<Name>, found: &mut Vec<Import>) {
    match tree {
        UseTree::Path(inner) => {
            prefix.push(name(&inner.ident));
            flatten(cx, &inner.tree, prefix, found);
            prefix.pop();
        }
        UseTree::Group(inner) => {
            for tree in &inner.items {
                flatten(cx, tree, prefix, found);
            }
        }
        UseTree::Glob(inner) => found.push(Import {
            path: prefix.clone(),
            level: 0,
            alias: None,
            star: true,
            span: cx.span(inner.star_token.spans[0]),
        }),
        UseTree::Name(inner) => {
            let path = within(prefix, &inner.ident);
            let alias = path.last().cloned();
            found.push(import(path, alias, cx.span(inner.ident.span())));
        }
        UseTree::Rename(inner) => {
            let span = cx.span(inner.ident.span()).to(cx.span(inner.rename.span()));
            found.push(import(within(prefix, &inner.ident), Some(name(&inner.rename)), span));
        }
    }
}

/// `a::{self}` is `a`.
fn within(prefix: &[Name], last: &syn::Ident) -> Vec<Name> {
    let mut path = prefix.to_vec();
    if last != "self" || path.is_empty() {
        path.push(name(last));
    }
    path
}

fn import(path: Vec<Name>, alias: Option<Name>, span: Span) -> Import {
    Import { path, level: 0, alias, star: false, span }
}

pub(super) fn extern_crate(cx: &Context, inner: &ItemExternCrate) -> Item {
    let attributes = attributes(cx, &inner.attrs);
    let span = cx.span(inner.extern_token.span).to(cx.span(inner.semi_token.spans[0]));
    let path = vec![name(&inner.ident)];
    let alias = inner.rename.as_ref().map_or_else(|| path[0].clone(), |(_, rename)| name(rename));
    Item {
        kind: ItemKind::Import(import(path, Some(alias), cx.span(inner.ident.span()))),
        span: attributes.cover(span),
        attributes: attributes.list,
        gate: attributes.gate,
        public: !matches!(inner.vis, Visibility::Inherited),
    }
}
