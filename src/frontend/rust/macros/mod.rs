//! Macro calls. A macro known by name is read for what it does; of any other the arguments are kept that read as
//! expressions.

use syn::parse::{Parse, ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Macro, Pat, Token};

use super::attribute;
use super::context::{Context, expr_at};
use super::{block, expression, pattern, ty};
use crate::ir::{Arm, Expr, ExprKind, FormatPart, If, Item, Literal, Match, Pattern, PatternKind, Span};

mod arguments;
mod format;
mod json;
mod names;
mod select;
mod statics;

use names::{Reading, reading};

/// What a macro call evaluates to.
pub(super) fn expr(cx: &Context, mac: &Macro) -> Expr {
    let path = ty::path(cx, &mac.path);
    let delimiter = expression::delimiter(&mac.delimiter);
    let span = path.span.to(cx.delimited(delimiter));
    let read = if cx.may_parse(delimiter) {
        cx.deeper(|| read(cx, mac, span))
    } else {
        // A large body of a macro of its own language, such as markup, only looks deep.
        if reading(&mac.path) != Reading::Arguments {
            cx.broken(span, super::TOO_DEEP);
        }
        None
    };
    let kind = read.unwrap_or_else(|| ExprKind::Macro { path, args: Vec::new() });
    expr_at(kind, span)
}

/// What a macro call defines, when it is one that defines.
pub(super) fn items(cx: &Context, mac: &Macro) -> Option<Vec<Item>> {
    if !cx.may_parse(expression::delimiter(&mac.delimiter)) {
        return None;
    }
    match reading(&mac.path) {
        Reading::Statics => statics::statics(cx, mac),
        Reading::CfgIf => statics::gated_items(cx, mac),
        _ => None,
    }
}

/// `None` when the text does not fit the macro's name.
fn read(cx: &Context, mac: &Macro, span: Span) -> Option<ExprKind> {
    let list = || Punctuated::<syn::Expr, Token![,]>::parse_terminated.parse2(mac.tokens.clone()).ok();
    let lower_all = |args: &Punctuated<syn::Expr, Token![,]>| -> Vec<Expr> {
        args.iter().map(|arg| expression::expr(cx, arg)).collect()
    };
    match reading(&mac.path) {
        Reading::Format => Some(ExprKind::Format(format::parts(cx, &list()?)?)),
        Reading::Write => {
            let args = list()?;
            let rest = args.iter().skip(1).cloned().collect::<Punctuated<_, Token![,]>>();
            let target = expression::expr(cx, args.first()?);
            let parts = if rest.is_empty() { Vec::new() } else { format::parts(cx, &rest)? };
            let text = expr_at(ExprKind::Format(parts), span);
            Some(ExprKind::Macro { path: ty::path(cx, &mac.path), args: vec![target, text] })
        }
        Reading::List => match list() {
            Some(elements) => Some(ExprKind::List(lower_all(&elements))),
            None => repeat(cx, mac),
        },
        Reading::Cfg => Some(attribute::predicate(cx, &mac.tokens, span).kind),
        Reading::Matches => matches(cx, mac, span),
        Reading::Json => json::value(cx, mac).map(|value| value.kind),
        Reading::Raise => {
            let message = list().and_then(|args| format::parts(cx, &args).or_else(|| first_value(cx, &args)));
            let message = message.map(|parts| Box::new(expr_at(ExprKind::Format(parts), span)));
            Some(ExprKind::Raise(message))
        }
        Reading::Ensure => {
            let args = list()?;
            let condition = expression::expr(cx, args.first()?);
            let raise = expr_at(ExprKind::Raise(None), span);
            let failed = attribute::not(condition, span);
            Some(ExprKind::If(Box::new(If { condition: failed, then: block::valued(raise), or_else: None })))
        }
        Reading::Concat => {
            Some(ExprKind::Format(lower_all(&list()?).into_iter().map(FormatPart::Value).collect()))
        }
        Reading::CfgIf => statics::gated_blocks(cx, mac),
        Reading::Select => {
            let args = select::branches(cx, mac)?;
            Some(ExprKind::Macro { path: ty::path(cx, &mac.path), args })
        }
        Reading::Statics | Reading::Arguments => {
            let args = arguments::arguments(cx, mac);
            Some(ExprKind::Macro { path: ty::path(cx, &mac.path), args })
        }
    }
}

fn first_value(cx: &Context, args: &Punctuated<syn::Expr, Token![,]>) -> Option<Vec<FormatPart>> {
    args.first().map(|first| vec![FormatPart::Value(expression::expr(cx, first))])
}

/// `vec![value; count]`
fn repeat(cx: &Context, mac: &Macro) -> Option<ExprKind> {
    let parser = |input: ParseStream| {
        let value = syn::Expr::parse(input)?;
        input.parse::<Token![;]>()?;
        Ok((value, syn::Expr::parse(input)?))
    };
    let (value, count) = parser.parse2(mac.tokens.clone()).ok()?;
    Some(ExprKind::Repeat(Box::new(expression::expr(cx, &value)), Box::new(expression::expr(cx, &count))))
}

/// `matches!(value, pattern if guard)`
fn matches(cx: &Context, mac: &Macro, span: Span) -> Option<ExprKind> {
    let parser = |input: ParseStream| {
        let subject = syn::Expr::parse(input)?;
        input.parse::<Token![,]>()?;
        let pat = Pat::parse_multi_with_leading_vert(input)?;
        let guard = input.parse::<Option<Token![if]>>()?.map(|_| syn::Expr::parse(input)).transpose()?;
        input.parse::<Option<Token![,]>>()?;
        Ok((subject, pat, guard))
    };
    let (subject, pat, guard) = parser.parse2(mac.tokens.clone()).ok()?;
    let arm = |pattern: Pattern, guard, result| {
        let body = expr_at(ExprKind::Literal(Literal::Bool(result)), span);
        Arm { span: pattern.span, pattern, guard, body }
    };
    let guard = guard.map(|guard| expression::expr(cx, &guard));
    let otherwise = Pattern { kind: PatternKind::Wildcard, span };
    let arms = vec![arm(pattern::pattern(cx, &pat), guard, true), arm(otherwise, None, false)];
    Some(ExprKind::Match(Box::new(Match { subject: expression::expr(cx, &subject), arms })))
}
