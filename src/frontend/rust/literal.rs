//! Literals.

use std::sync::Arc;

use syn::Lit;

use super::context::{Context, expr_at};
use crate::ir::{Expr, ExprKind, Literal};

/// `None` for what cannot be held: an integer over 127 bits, an unknown literal.
pub(super) fn value(lit: &Lit) -> Option<Literal> {
    Some(match lit {
        Lit::Str(text) => Literal::Str(Arc::from(text.value())),
        Lit::ByteStr(bytes) => Literal::Bytes(Arc::from(bytes.value())),
        Lit::CStr(text) => Literal::Bytes(Arc::from(text.value().into_bytes())),
        Lit::Byte(byte) => Literal::Int(byte.value().into()),
        Lit::Char(char) => Literal::Char(char.value()),
        Lit::Int(int) => Literal::Int(int.base10_parse().ok()?),
        Lit::Float(float) => Literal::Float(float.base10_parse().ok()?),
        Lit::Bool(bool) => Literal::Bool(bool.value),
        _ => return None,
    })
}

pub(super) fn expr(cx: &Context, lit: &Lit) -> Expr {
    let kind = value(lit).map_or(ExprKind::Unknown, ExprKind::Literal);
    expr_at(kind, cx.span(lit.span()))
}
