//! Operators and text operations on known values.

use std::rc::Rc;

use smol_str::SmolStr;

use super::builtin::Operation;
use super::machine::{Machine, Truth};
use super::state::choose;
use super::value::{AtomKind, Class, Kind, Piece, Val};
use crate::ir::{BinaryOp, Span};

/// A binary operator on two values that are neither choices nor settings.
pub fn apply(machine: &mut Machine<'_>, op: BinaryOp, a: &Val, b: &Val, span: Span) -> Val {
    let labels = a.labels().with(b.labels());
    if let Some(kind) = fold(machine, op, a, b) {
        return Val { kind, origin: a.origin.clone(), info: None }.labelled(labels);
    }
    match op {
        BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::Is | BinaryOp::IsNot => {
            let equal = matches!(op, BinaryOp::Equal | BinaryOp::Is);
            if matches!(b.kind, Kind::Null) {
                return match machine.presence_of(a, span) {
                    Truth::Known(present) => Val::at(Kind::Bool(present != equal), span),
                    Truth::Atom(atom, polarity) => switch(atom, polarity != equal, span),
                };
            }
            if a.same(b) {
                return Val::at(Kind::Bool(equal), span);
            }
            let key = match (a.names(), b) {
                (names, other) if !names.is_empty() => {
                    describe(other).map(|it| format!("{} == {it}", names.join(".")))
                }
                _ => None,
            };
            let atom = match key {
                Some(key) => machine.atom(&key, AtomKind::Other),
                None => machine.fresh_atom(span),
            };
            machine.compared(atom, a, b, span);
            switch(atom, equal, span)
        }
        BinaryOp::Less
        | BinaryOp::LessEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterEqual
        | BinaryOp::In
        | BinaryOp::NotIn => {
            let key = (!a.names().is_empty() && !b.names().is_empty()
                || describe(b).is_some() && !a.names().is_empty())
            .then(|| {
                format!(
                    "{} {op:?} {} {}",
                    a.names().join("."),
                    b.names().join("."),
                    describe(b).unwrap_or_default()
                )
            });
            let atom = match key {
                Some(key) => machine.atom(&key, AtomKind::Other),
                None => machine.fresh_atom(span),
            };
            machine.compared(atom, a, b, span);
            switch(atom, true, span)
        }
        BinaryOp::Add => {
            let pieces: Vec<Piece> = match (&a.kind, &b.kind) {
                (Kind::Text(_) | Kind::Pieces(_), _) | (_, Kind::Text(_) | Kind::Pieces(_)) => {
                    machine.pieces(a).into_iter().chain(machine.pieces(b)).collect()
                }
                _ => return unknown(a, b, span),
            };
            let names = a.names().iter().chain(b.names()).take(8).cloned().collect();
            if pieces.len() > super::expr::PIECES {
                return unknown(a, b, span);
            }
            Val::at(Kind::Pieces(pieces.into()), span).labelled(labels).with_info(|info| info.names = names)
        }
        BinaryOp::Remainder if a.text().is_some() => {
            let text = a.text().cloned().unwrap_or_default();
            machine.percent(&text, b, span)
        }
        _ => unknown(a, b, span),
    }
}

fn unknown(a: &Val, b: &Val, span: Span) -> Val {
    let names = a.names().iter().chain(b.names()).take(8).cloned().collect();
    Val::at(Kind::Unknown("computed"), span)
        .labelled(a.labels().with(b.labels()))
        .with_info(|info| info.names = names)
}

fn switch(atom: super::value::Atom, polarity: bool, span: Span) -> Val {
    choose(atom, Val::at(Kind::Bool(polarity), span), Val::at(Kind::Bool(!polarity), span))
}

fn describe(value: &Val) -> Option<SmolStr> {
    match &value.kind {
        Kind::Text(text) | Kind::Word(text) | Kind::External(text) => Some(text.clone()),
        Kind::Int(number) => Some(number.to_string().into()),
        Kind::Bool(it) => Some(it.to_string().into()),
        _ => None,
    }
}

/// Bytes of text that are kept.
pub const TEXT: usize = 16 * 1024;

/// The result where both sides are known.
fn fold(machine: &Machine<'_>, op: BinaryOp, a: &Val, b: &Val) -> Option<Kind> {
    use BinaryOp as Op;
    match (op, &a.kind, &b.kind) {
        (Op::Add, Kind::Text(a), Kind::Text(b)) if a.len() + b.len() <= TEXT => {
            Some(Kind::Text(format!("{a}{b}").into()))
        }
        (Op::Add, Kind::Text(_), Kind::Text(_)) => Some(Kind::Unknown("a long text")),
        (Op::Add, Kind::Duration(a), Kind::Duration(b)) => Some(Kind::Duration(a.saturating_add(*b))),
        (Op::Subtract, Kind::Duration(a), Kind::Duration(b)) => Some(Kind::Duration(a.saturating_sub(*b))),
        (Op::Multiply, Kind::Duration(a), Kind::Int(b)) | (Op::Multiply, Kind::Int(b), Kind::Duration(a)) => {
            Some(Kind::Duration(a.saturating_mul(*b)))
        }
        (Op::Divide, Kind::Duration(a), Kind::Int(b)) if *b != 0 => Some(Kind::Duration(a / b)),
        (Op::Multiply, Kind::Text(text), Kind::Int(times))
            if (0..=256).contains(times) && text.len() <= 64 =>
        {
            Some(Kind::Text(text.repeat(usize::try_from(*times).ok()?).into()))
        }
        (_, Kind::Int(a), Kind::Int(b)) => integers(op, *a, *b),
        (_, Kind::Float(_), Kind::Int(_) | Kind::Float(_)) | (_, Kind::Int(_), Kind::Float(_)) => {
            floats(op, number(&a.kind)?, number(&b.kind)?)
        }
        (Op::Equal | Op::Is, ..) => equality(machine, a, b).map(Kind::Bool),
        (Op::NotEqual | Op::IsNot, ..) => equality(machine, a, b).map(|it| Kind::Bool(!it)),
        (Op::In | Op::NotIn, Kind::Text(needle), Kind::Text(text)) => {
            Some(Kind::Bool(text.contains(needle.as_str()) == (op == Op::In)))
        }
        (Op::In | Op::NotIn, _, _) => {
            let items = machine.known_items(b)?;
            let mut found = false;
            for item in &items {
                found |= equality(machine, a, item)?;
            }
            Some(Kind::Bool(found == (op == Op::In)))
        }
        (Op::BitOr, Kind::Bool(a), Kind::Bool(b)) => Some(Kind::Bool(a | b)),
        (Op::BitAnd, Kind::Bool(a), Kind::Bool(b)) => Some(Kind::Bool(a & b)),
        _ => None,
    }
}

fn number(kind: &Kind) -> Option<f64> {
    match kind {
        Kind::Float(it) => Some(*it),
        Kind::Int(it) => i32::try_from(*it).ok().map(f64::from),
        _ => None,
    }
}

fn integers(op: BinaryOp, a: i64, b: i64) -> Option<Kind> {
    use BinaryOp as Op;
    let number = match op {
        Op::Add => a.checked_add(b)?,
        Op::Subtract => a.checked_sub(b)?,
        Op::Multiply => a.checked_mul(b)?,
        Op::Divide | Op::FloorDivide => a.checked_div(b)?,
        Op::Remainder => a.checked_rem(b)?,
        Op::Power => a.checked_pow(u32::try_from(b).ok()?)?,
        Op::ShiftLeft => a.checked_shl(u32::try_from(b).ok()?)?,
        Op::Less => return Some(Kind::Bool(a < b)),
        Op::LessEqual => return Some(Kind::Bool(a <= b)),
        Op::Greater => return Some(Kind::Bool(a > b)),
        Op::GreaterEqual => return Some(Kind::Bool(a >= b)),
        Op::Equal | Op::Is => return Some(Kind::Bool(a == b)),
        Op::NotEqual | Op::IsNot => return Some(Kind::Bool(a != b)),
        _ => return None,
    };
    Some(Kind::Int(number))
}

fn floats(op: BinaryOp, a: f64, b: f64) -> Option<Kind> {
    Some(Kind::Float(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Divide => a / b,
        _ => return None,
    }))
}

/// Whether two known values are equal; `None` when one is not known.
fn equality(machine: &Machine<'_>, a: &Val, b: &Val) -> Option<bool> {
    Some(match (&a.kind, &b.kind) {
        (Kind::Bool(a), Kind::Bool(b)) => a == b,
        (Kind::Int(a), Kind::Int(b)) | (Kind::Duration(a), Kind::Duration(b)) => a == b,
        (Kind::Text(a) | Kind::Word(a), Kind::Text(b) | Kind::Word(b)) => a == b,
        (Kind::External(a), Kind::External(b)) => a == b,
        (Kind::Null | Kind::Unset, Kind::Null | Kind::Unset) => true,
        (
            Kind::Null | Kind::Unset,
            Kind::Bool(_) | Kind::Int(_) | Kind::Text(_) | Kind::Word(_) | Kind::Duration(_),
        )
        | (
            Kind::Bool(_) | Kind::Int(_) | Kind::Text(_) | Kind::Word(_) | Kind::Duration(_),
            Kind::Null | Kind::Unset,
        )
        | (Kind::Bool(_) | Kind::Int(_), Kind::Text(_))
        | (Kind::Text(_), Kind::Bool(_) | Kind::Int(_)) => false,
        (Kind::Object(id), Kind::Null) => {
            let object = machine.state.object(*id)?;
            if object.born.is_some() || matches!(object.class, Class::List | Class::Map) {
                false
            } else {
                return None;
            }
        }
        _ => return None,
    })
}

/// `"7".parse()`: numbers and booleans that text spells.
#[must_use]
pub fn parse(value: &Val) -> Val {
    let kind = match &value.kind {
        Kind::Text(text) => match text.trim() {
            "true" | "True" => Kind::Bool(true),
            "false" | "False" => Kind::Bool(false),
            text => match text.parse::<i64>() {
                Ok(number) => Kind::Int(number),
                Err(_) => return value.clone(),
            },
        },
        _ => return value.clone(),
    };
    Val { kind, ..value.clone() }
}

/// Text of a settings file as a duration: `2h 30min`, `14d`.
#[must_use]
pub fn lasting(value: Val) -> Val {
    match &value.kind {
        Kind::Setting { key, value: Some(inner) } => {
            let kind =
                Kind::Setting { key: key.clone(), value: Some(Rc::new(lasting(inner.as_ref().clone()))) };
            Val { kind, ..value }
        }
        Kind::Text(text) => {
            let kind = seconds(text).map_or(Kind::Unknown("a point in time"), Kind::Duration);
            Val { kind, ..value }
        }
        _ => value,
    }
}

fn seconds(text: &str) -> Option<i64> {
    let mut sum: i64 = 0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit())?;
        let number: i64 = rest[..digits].parse().ok()?;
        let unit = rest[digits..].trim_start();
        let end = unit.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(unit.len());
        let factor = match &unit[..end] {
            "s" | "sec" | "secs" | "second" | "seconds" => 1,
            "m" | "min" | "mins" | "minute" | "minutes" => 60,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3600,
            "d" | "day" | "days" => 86_400,
            "w" | "week" | "weeks" => 604_800,
            "M" | "month" | "months" => 2_630_016,
            "y" | "year" | "years" => 31_557_600,
            _ => return None,
        };
        sum = sum.checked_add(number.checked_mul(factor)?)?;
        rest = unit[end..].trim_start();
    }
    (!text.trim().is_empty()).then_some(sum)
}

/// A text operation.
#[must_use]
pub fn text(operation: Operation, value: &Val, argument: Option<&Val>) -> Val {
    let with = |kind: Kind| Val { kind, origin: value.origin.clone(), info: value.info.clone() };
    let Kind::Text(text) = &value.kind else {
        if operation == Operation::Bytes {
            return value.clone();
        }
        if operation == Operation::IsEmpty {
            return Val { kind: Kind::Unknown("whether it is empty"), ..value.clone() };
        }
        return match &value.kind {
            Kind::Unknown(_) | Kind::Param(_) | Kind::Pieces(_) | Kind::Object(_) if !is_test(operation) => {
                value.clone()
            }
            Kind::Unknown(_) | Kind::Param(_) => {
                let suffix = argument.and_then(Val::text).map(|it| format!("{operation:?} {it}"));
                Val::unknown("a test of text").with_info(|info| {
                    info.names = value.names().to_vec();
                    info.names.extend(suffix.map(SmolStr::from));
                })
            }
            _ => Val::unknown("a text operation"),
        };
    };
    let given = argument.and_then(Val::text);
    match (operation, given) {
        (Operation::Lower, _) => with(Kind::Text(text.to_lowercase().into())),
        (Operation::Upper, _) => with(Kind::Text(text.to_uppercase().into())),
        (Operation::Trim, None) => with(Kind::Text(text.trim().into())),
        (Operation::Trim, Some(letters)) => {
            with(Kind::Text(text.trim_matches(|it| letters.contains(it)).into()))
        }
        (Operation::Parse, _) => parse(value),
        (Operation::StartsWith, Some(prefix)) => with(Kind::Bool(text.starts_with(prefix.as_str()))),
        (Operation::EndsWith, Some(suffix)) => with(Kind::Bool(text.ends_with(suffix.as_str()))),
        (Operation::IsEmpty, _) => with(Kind::Bool(text.is_empty())),
        (Operation::Bytes, _) => with(Kind::Bytes(text.as_bytes().into())),
        _ => Val::unknown("a text operation").labelled(value.labels()),
    }
}

fn is_test(operation: Operation) -> bool {
    matches!(operation, Operation::StartsWith | Operation::EndsWith | Operation::IsEmpty)
}
