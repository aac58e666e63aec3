//! Annotations and base classes.

use ruff_python_ast as ast;
use ruff_python_parser::parse_expression_range;
use ruff_text_size::{Ranged, TextRange, TextSize};
use smol_str::SmolStr;

use super::Context;
use crate::ir::{Name, TypeRef};

/// Bytes of a string annotation that is still read; it was no part of the look at the nesting.
const LONGEST_STRING: usize = 200;

/// `X | Y` is `Union[X, Y]`, `X | None` is `Optional[X]`; what is no type is `_`.
pub(super) fn lower(cx: &Context<'_>, annotation: &ast::Expr) -> TypeRef {
    let span = cx.span(annotation.range());
    let of = |path: Vec<Name>, args: Vec<TypeRef>| TypeRef { path, args, span };
    let named = |name: &'static str, args: Vec<TypeRef>| of(vec![SmolStr::new_static(name)], args);
    let lowered = cx.deeper(span, || match annotation {
        ast::Expr::Name(name) if !name.id.is_empty() => of(vec![SmolStr::new(&name.id)], Vec::new()),
        ast::Expr::NoneLiteral(_) => named("None", Vec::new()),
        ast::Expr::Attribute(attribute) => {
            let mut path = lower(cx, &attribute.value).path;
            path.push(SmolStr::new(attribute.attr.as_str()));
            of(path, Vec::new())
        }
        ast::Expr::Subscript(subscript) => {
            let path = lower(cx, &subscript.value).path;
            // The arguments of a literal type are values.
            let args = if path.last().is_some_and(|name| name == "Literal") {
                Vec::new()
            } else {
                arguments(cx, &subscript.slice)
            };
            of(path, args)
        }
        ast::Expr::BinOp(ast::ExprBinOp { left, op: ast::Operator::BitOr, right, .. }) => {
            match (&**left, &**right) {
                (one, ast::Expr::NoneLiteral(_)) | (ast::Expr::NoneLiteral(_), one) => {
                    named("Optional", vec![lower(cx, one)])
                }
                (left, right) => named("Union", vec![lower(cx, left), lower(cx, right)]),
            }
        }
        ast::Expr::List(list) => named("[]", list.elts.iter().map(|element| lower(cx, element)).collect()),
        ast::Expr::Starred(starred) => lower(cx, &starred.value),
        ast::Expr::StringLiteral(string) => quoted(cx, string).unwrap_or_else(|| named("_", Vec::new())),
        _ => named("_", Vec::new()),
    });
    lowered.unwrap_or_else(|| named("_", Vec::new()))
}

fn arguments(cx: &Context<'_>, slice: &ast::Expr) -> Vec<TypeRef> {
    match slice {
        ast::Expr::Tuple(tuple) => tuple.elts.iter().map(|element| lower(cx, element)).collect(),
        one => vec![lower(cx, one)],
    }
}

/// A forward reference such as `"models.User"`, as long as it is plain enough to be read in place.
fn quoted(cx: &Context<'_>, string: &ast::ExprStringLiteral) -> Option<TypeRef> {
    let single = string.as_single_part_string()?;
    let range = single.range().add_start(TextSize::of('"')).sub_end(TextSize::of('"'));
    let text = cx.text.get(range.start().to_usize()..range.end().to_usize())?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.,[]| ".contains(&byte);
    if text != &*single.value || text.len() > LONGEST_STRING || !text.bytes().all(is_plain) {
        return None;
    }
    let parsed = parse_expression_range(cx.text, TextRange::new(range.start(), range.end())).ok()?;
    Some(lower(cx, parsed.expr()))
}
