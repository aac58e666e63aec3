//! Functions, classes and imports.

use std::sync::Arc;

use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};
use smol_str::SmolStr;

use super::{Context, expr, stmt, types};
use crate::ir::{
    Attribute, Block, Body, FieldDef, Function, Ident, Import, Item, ItemKind, Name, Param, ParamKind,
    Pattern, PatternKind, TypeDef, TypeKind, TypeRef,
};
use crate::source::Span;

pub(super) fn function(cx: &Context<'_>, def: &ast::StmtFunctionDef) -> Item {
    let span = cx.span(def.range());
    let attributes = decorators(cx, &def.decorator_list);
    let (body, is_generator) = cx.function_body(|| stmt::block(cx, &def.body));
    let function = Function {
        name: ident(cx, &def.name),
        params: params(cx, &def.parameters),
        result: def.returns.as_deref().map(|result| types::lower(cx, result)),
        body: Some(Body::now(body)),
        attributes: attributes.clone(),
        is_async: def.is_async,
        is_generator,
        generics: type_params(cx, def.type_params.as_deref()),
        span,
    };
    let public = is_public(&def.name);
    Item { kind: ItemKind::Function(Arc::new(function)), attributes, gate: None, public, span }
}

/// A lambda.
pub(super) fn closure(cx: &Context<'_>, lambda: &ast::ExprLambda) -> Function {
    let span = cx.span(lambda.range());
    let (body, is_generator) = cx.function_body(|| expr::lower(cx, &lambda.body));
    Function {
        name: Ident { name: Name::default(), span: Span { end: span.start, ..span } },
        params: lambda.parameters.as_deref().map(|all| params(cx, all)).unwrap_or_default(),
        result: None,
        body: Some(Body::now(Block { stmts: Vec::new(), value: Some(Box::new(body)) })),
        attributes: Vec::new(),
        is_async: false,
        is_generator,
        generics: Vec::new(),
        span,
    }
}

pub(super) fn class(cx: &Context<'_>, def: &ast::StmtClassDef) -> Item {
    let span = cx.span(def.range());
    let attributes = decorators(cx, &def.decorator_list);
    let bases = def.arguments.as_deref().map(|arguments| arguments.args.iter()).into_iter().flatten();
    let generics = type_params(cx, def.type_params.as_deref());
    let class = TypeDef {
        name: ident(cx, &def.name),
        kind: TypeKind::Class,
        bases: bases.map(|base| types::lower(cx, base)).collect(),
        fields: def.body.iter().flat_map(|stmt| fields(cx, stmt)).collect(),
        variants: Vec::new(),
        body: stmt::block(cx, &def.body),
        generics: generics.into_iter().map(|(name, _)| name).collect(),
        attributes: attributes.clone(),
        span,
    };
    let public = is_public(&def.name);
    Item { kind: ItemKind::Type(Arc::new(class)), attributes, gate: None, public, span }
}

/// `type Name = value`; nothing when the name was not readable.
pub(super) fn type_alias(cx: &Context<'_>, def: &ast::StmtTypeAlias) -> Option<Item> {
    let ast::Expr::Name(name) = &*def.name else { return None };
    let span = cx.span(def.range());
    let generics = type_params(cx, def.type_params.as_deref());
    let alias = TypeDef {
        name: Ident { name: SmolStr::new(&name.id), span: cx.span(name.range()) },
        kind: TypeKind::Alias,
        bases: vec![types::lower(cx, &def.value)],
        fields: Vec::new(),
        variants: Vec::new(),
        body: Block::default(),
        generics: generics.into_iter().map(|(name, _)| name).collect(),
        attributes: Vec::new(),
        span,
    };
    let public = is_public(&name.id);
    Some(Item { kind: ItemKind::Type(Arc::new(alias)), attributes: Vec::new(), gate: None, public, span })
}

pub(super) fn imports(cx: &Context<'_>, stmt: &ast::StmtImport) -> impl Iterator<Item = Item> {
    stmt.names.iter().map(|alias| {
        let mut path = dotted(&alias.name);
        if alias.asname.is_none() {
            path.truncate(1);
        }
        let name = alias.asname.as_ref().map(|name| SmolStr::new(name.as_str()));
        let alias_name = name.or_else(|| path.first().cloned());
        import(cx, alias.range(), path, 0, alias_name)
    })
}

pub(super) fn imports_from(cx: &Context<'_>, stmt: &ast::StmtImportFrom) -> impl Iterator<Item = Item> {
    let module = stmt.module.as_ref().map(|module| dotted(module)).unwrap_or_default();
    stmt.names.iter().map(move |alias| {
        let mut path = module.clone();
        if alias.name.as_str() == "*" {
            return import(cx, alias.range(), path, stmt.level, None);
        }
        path.push(SmolStr::new(alias.name.as_str()));
        let name = alias.asname.as_ref().unwrap_or(&alias.name);
        import(cx, alias.range(), path, stmt.level, Some(SmolStr::new(name.as_str())))
    })
}

fn import(cx: &Context<'_>, range: TextRange, path: Vec<Name>, level: u32, alias: Option<Name>) -> Item {
    let span = cx.span(range);
    let public = alias.as_ref().is_none_or(|name| is_public(name));
    let import = Import { path, level, star: alias.is_none(), alias, span };
    Item { kind: ItemKind::Import(import), attributes: Vec::new(), gate: None, public, span }
}

fn dotted(name: &str) -> Vec<Name> {
    name.split('.').filter(|part| !part.is_empty()).map(SmolStr::new).collect()
}

pub(super) fn ident(cx: &Context<'_>, name: &ast::Identifier) -> Ident {
    Ident { name: SmolStr::new(name.as_str()), span: cx.span(name.range()) }
}

fn is_public(name: &str) -> bool {
    !name.starts_with('_')
}

fn decorators(cx: &Context<'_>, decorators: &[ast::Decorator]) -> Vec<Attribute> {
    let lower = |decorator: &ast::Decorator| Attribute {
        expr: expr::lower(cx, &decorator.expression),
        span: cx.span(decorator.range()),
    };
    decorators.iter().map(lower).collect()
}

/// What a statement of a class body declares.
fn fields(cx: &Context<'_>, stmt: &ast::Stmt) -> Vec<FieldDef> {
    let field = |target: &ast::Expr, annotation: Option<&ast::Expr>, value: Option<&ast::Expr>| {
        let ast::Expr::Name(name) = target else { return None };
        Some(FieldDef {
            name: Ident { name: SmolStr::new(&name.id), span: cx.span(name.range()) },
            ty: annotation.map(|annotation| types::lower(cx, annotation)),
            attributes: Vec::new(),
            default: value.map(|value| expr::lower(cx, value)),
            span: cx.span(stmt.range()),
        })
    };
    match stmt {
        ast::Stmt::Assign(assign) => {
            assign.targets.iter().filter_map(|target| field(target, None, Some(&assign.value))).collect()
        }
        ast::Stmt::AnnAssign(assign) => {
            field(&assign.target, Some(&assign.annotation), assign.value.as_deref()).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn params(cx: &Context<'_>, all: &ast::Parameters) -> Vec<Param> {
    let with_default = |kind: ParamKind| {
        move |param: &ast::ParameterWithDefault| self::param(cx, &param.parameter, param.default(), kind)
    };
    let plain = |kind: ParamKind| move |param: &ast::Parameter| self::param(cx, param, None, kind);
    let mut params = Vec::new();
    params.extend(all.posonlyargs.iter().chain(&all.args).map(with_default(ParamKind::Ordinary)));
    params.extend(all.vararg.as_deref().map(plain(ParamKind::Rest)));
    params.extend(all.kwonlyargs.iter().map(with_default(ParamKind::Keyword)));
    params.extend(all.kwarg.as_deref().map(plain(ParamKind::RestKeywords)));
    params
}

fn param(cx: &Context<'_>, param: &ast::Parameter, default: Option<&ast::Expr>, kind: ParamKind) -> Param {
    let span = cx.span(param.range());
    let name = SmolStr::new(param.name.as_str());
    Param {
        pattern: Pattern { kind: PatternKind::Bind(name, None), span: cx.span(param.name.range()) },
        ty: param.annotation.as_deref().map(|annotation| types::lower(cx, annotation)),
        default: default.map(|default| expr::lower(cx, default)),
        kind,
        span: default.map_or(span, |default| span.to(cx.span(default.range()))),
    }
}

fn type_params(cx: &Context<'_>, params: Option<&ast::TypeParams>) -> Vec<(Name, Vec<TypeRef>)> {
    let lower = |param: &ast::TypeParam| {
        let bound = match param {
            ast::TypeParam::TypeVar(var) => var.bound.as_deref(),
            ast::TypeParam::TypeVarTuple(_) | ast::TypeParam::ParamSpec(_) => None,
        };
        let name = SmolStr::new(param.name().as_str());
        (name, bound.map(|bound| types::lower(cx, bound)).into_iter().collect())
    };
    params.map(|params| params.iter().map(lower).collect()).unwrap_or_default()
}
