//! Operators on values with alternatives.

use std::rc::Rc;

use crate::ir::BinaryOp;

use super::super::value::{Cast, Item, Lift, List, Object, Sequence, Val, map, map2};
use super::super::words::{self, Side};

const BUILTINS: &[&str] = &[
    "bool",
    "int",
    "str",
    "float",
    "list",
    "tuple",
    "set",
    "frozenset",
    "dict",
    "len",
    "getattr",
    "hasattr",
    "isinstance",
    "any",
    "all",
    "sorted",
    "filter",
    "map",
    "globals",
    "locals",
    "vars",
    "open",
    "exec",
    "execfile",
    "exit",
    "quit",
    "print",
    "max",
    "min",
    "zip",
    "range",
    "enumerate",
    "reversed",
    "sum",
    "abs",
    "round",
    "type",
    "setattr",
    "callable",
    "bytes",
    "object",
    "super",
    "property",
    "classmethod",
    "staticmethod",
    "repr",
    "chr",
    "ord",
    "hash",
    "id",
    "iter",
    "next",
    "ImportError",
    "ModuleNotFoundError",
    "KeyError",
    "NameError",
    "Exception",
    "ValueError",
    "RuntimeError",
    "IOError",
    "OSError",
    "FileNotFoundError",
    "AttributeError",
    "EnvironmentError",
    "unicode",
    "long",
    "input",
    "compile",
    "eval",
    "__import__",
    "SystemExit",
    "NotImplementedError",
    "TypeError",
];

pub(super) fn is_builtin(name: &str) -> bool {
    BUILTINS.contains(&name)
}

pub(super) fn binary(op: BinaryOp, a: &Val, b: &Val) -> Val {
    match op {
        BinaryOp::Add | BinaryOp::BitOr if is_collection(a) || is_collection(b) => combine(a, b),
        BinaryOp::Equal | BinaryOp::Is => compare(a, b, true),
        BinaryOp::NotEqual | BinaryOp::IsNot => compare(a, b, false),
        BinaryOp::In => contains(a, b, true),
        BinaryOp::NotIn => contains(a, b, false),
        BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => {
            map2(a, b, Lift { cast: Some(Cast::Bool), when_on: |_| None }, &mut |a, b| order(op, a, b))
        }
        BinaryOp::Remainder if matches!(a, Val::Text(_)) => formatted(a, b),
        BinaryOp::Divide if is_path(a) || is_path(b) => Val::opaque("a path"),
        _ => map2(a, b, Lift::KEEP, &mut |a, b| arithmetic(op, a, b)),
    }
}

fn is_collection(val: &Val) -> bool {
    match val {
        Val::List(_) | Val::Dict(_) => true,
        Val::Env(it) => it.fallback.as_ref().is_some_and(is_collection),
        Val::OneOf(it) => it.iter().any(is_collection),
        _ => false,
    }
}

fn is_path(val: &Val) -> bool {
    matches!(val, Val::Text(_)) || matches!(val, Val::Opaque(why) if why == "a path")
}

/// `+` of lists and `|` of mappings. An unknown operand only makes the result incomplete.
fn combine(a: &Val, b: &Val) -> Val {
    if let Val::Debug(it) = a {
        let at = |a: &Val, view| combine(a, &b.seen_as(view));
        let in_debug = at(&it.in_debug, super::super::value::View::Debug);
        let in_release = at(&it.in_release, super::super::value::View::Release);
        return Val::debug(&in_debug, &in_release, it.read_as_true);
    }
    if let Val::Debug(it) = b {
        return Val::debug(&combine(a, &it.in_debug), &combine(a, &it.in_release), it.read_as_true);
    }
    if let (Val::Dict(a), Val::Dict(b)) = (a, b) {
        let mut both = (**a).clone();
        both.extend(b);
        return Val::dict(both);
    }
    if let (Val::Dict(it), _) | (_, Val::Dict(it)) = (a, b) {
        let mut both = (**it).clone();
        both.incomplete = true;
        return Val::dict(both);
    }
    let (a, b) = (as_list(a), as_list(b));
    let items = a.items.into_iter().chain(b.items).collect();
    Val::list(a.kind, items, a.complete && b.complete)
}

/// A list with everything that may be in it; whatever is not known makes it incomplete.
pub(in crate::facts::settings) fn as_list(val: &Val) -> List {
    let unknown = || List { kind: Sequence::List, items: Vec::new(), complete: false };
    match val {
        Val::List(it) => (**it).clone(),
        Val::Env(it) => {
            it.fallback.as_ref().map_or_else(unknown, |it| List { complete: false, ..as_list(it) })
        }
        Val::File(it) => {
            it.fallback.as_ref().map_or_else(unknown, |it| List { complete: false, ..as_list(it) })
        }
        Val::Debug(it) => as_list(&it.in_release),
        Val::OneOf(choices) => {
            let mut all = unknown();
            all.complete = true;
            for choice in choices.iter() {
                let list = as_list(choice);
                all.complete &= list.complete;
                for item in list.items {
                    if !all.items.iter().any(|it| it.val.same(&item.val)) {
                        all.items.push(Item { maybe: true, ..item });
                    }
                }
            }
            all
        }
        Val::Dict(it) => List {
            kind: Sequence::List,
            items: it
                .entries
                .iter()
                .map(|it| Item { val: it.key.clone(), span: it.span, maybe: false })
                .collect(),
            complete: !it.incomplete,
        },
        _ => unknown(),
    }
}

/// Texts of a constant, or of a constant list of texts.
fn constant_texts(val: &Val) -> Option<Vec<&str>> {
    match val {
        Val::Text(text) => Some(vec![text]),
        Val::List(list) if list.complete => list.items.iter().map(|it| it.val.as_text()).collect(),
        _ => None,
    }
}

fn is_external(val: &Val) -> bool {
    match val {
        Val::Env(_) | Val::File(_) | Val::Opaque(_) | Val::Object(Object::Foreign(_)) => true,
        Val::OneOf(choices) => choices.iter().any(is_external),
        _ => false,
    }
}

/// `ENV == "production"`: a comparison of something unknown with a word that names a side.
fn by_side(a: &Val, b: &Val, equal: bool) -> Option<Val> {
    let texts = match (is_external(a), is_external(b)) {
        (true, false) => constant_texts(b)?,
        (false, true) => constant_texts(a)?,
        _ => return None,
    };
    let sides: Vec<_> = texts.iter().filter_map(|it| words::side(it)).collect();
    let first = *sides.first()?;
    if sides.iter().any(|it| *it != first) {
        return None;
    }
    let release = (first == Side::Release) == equal;
    Some(Val::debug(&Val::Bool(!release), &Val::Bool(release), false))
}

/// How comparing with a constant changes what a flag's variable says.
fn comparison_lift(constant: &Val, equal: bool) -> Lift {
    let on = match constant_texts(constant).map(|it| it.iter().map(|it| words::flag(it)).collect::<Vec<_>>())
    {
        Some(flags) if !flags.is_empty() && flags.iter().all(|it| *it == Some(true)) => Some(true),
        Some(flags) if !flags.is_empty() && flags.iter().all(|it| *it == Some(false)) => Some(false),
        _ => match constant {
            Val::Bool(it) => Some(*it),
            Val::Int(it) => Some(*it != 0),
            Val::Null => Some(false),
            _ => None,
        },
    };
    let when_on: fn(Option<bool>) -> Option<bool> = match on.map(|it| it == equal) {
        Some(true) => |it| it,
        Some(false) => |it| it.map(|it| !it),
        None => |_| None,
    };
    Lift { cast: Some(Cast::Bool), when_on }
}

fn compare(a: &Val, b: &Val, equal: bool) -> Val {
    if let Some(side) = by_side(a, b, equal) {
        return side;
    }
    let constant = if a.is_leaf() { a } else { b };
    let mut lift = comparison_lift(constant, equal);
    // A text that is there is never `None`.
    if let (Val::Env(env), Val::Null) = (a, b)
        && env.set.is_none()
        && env.cast == Cast::Text
    {
        lift.cast = Some(Cast::Bool);
        let fallback = env.fallback.as_ref().map(|it| compare(it, b, equal));
        return Val::Env(Rc::new(super::super::value::EnvVal {
            name: env.name.clone(),
            fallback: Some(fallback.unwrap_or(Val::Bool(!equal))),
            set: Some(Val::Bool(!equal)),
            cast: Cast::Bool,
            when_on: (lift.when_on)(env.when_on),
        }));
    }
    map2(a, b, lift, &mut |a, b| match same(a, b) {
        Some(it) => Val::Bool(it == equal),
        None => Val::opaque("a comparison of unknown values"),
    })
}

/// Equality of the language: numbers and booleans compare by value.
fn same(a: &Val, b: &Val) -> Option<bool> {
    if let (Some(a), Some(b)) = (a.number(), b.number()) {
        return Some((a - b).abs() < f64::EPSILON);
    }
    match (a, b) {
        (Val::Object(a), Val::Object(b)) => match (a, b) {
            (Object::Foreign(a), Object::Foreign(b)) => Some(a == b),
            _ => None,
        },
        (Val::Object(_), Val::Null) | (Val::Null, Val::Object(_)) => Some(false),
        (Val::Object(_) | Val::Random | Val::Unbound, _)
        | (_, Val::Object(_) | Val::Random | Val::Unbound) => None,
        (Val::List(list), _) | (_, Val::List(list)) if !list.complete => None,
        _ => Some(a.same(b)),
    }
}

fn contains(needle: &Val, hay: &Val, positive: bool) -> Val {
    if let Val::Object(Object::Foreign(path)) = hay {
        if path == "sys.argv" {
            return Val::debug(&Val::Bool(positive), &Val::Bool(!positive), false);
        }
        if super::super::environment::function(&format!("{path}.get")).is_some()
            && let Some(name) = needle.as_text()
        {
            return Val::Env(Rc::new(super::super::value::EnvVal {
                name: name.into(),
                fallback: Some(Val::Bool(!positive)),
                set: Some(Val::Bool(positive)),
                cast: Cast::Bool,
                when_on: Some(positive),
            }));
        }
    }
    if let Some(side) = by_side(needle, hay, positive) {
        return side;
    }
    let answer = comparison_lift(if hay.is_leaf() { hay } else { needle }, positive);
    map2(needle, hay, answer, &mut |needle, hay| {
        let found = match hay {
            Val::Text(hay) => needle.as_text().map(|it| hay.contains(it)),
            Val::Dict(dict) => match dict.get(needle) {
                Some(_) => Some(true),
                None => (!dict.incomplete).then_some(false),
            },
            Val::List(list) => in_list(needle, list),
            _ => None,
        };
        found.map_or_else(|| Val::opaque("a membership"), |it| Val::Bool(it == positive))
    })
}

fn in_list(needle: &Val, list: &List) -> Option<bool> {
    let mut certain = list.complete;
    for item in &list.items {
        match same(needle, &item.val) {
            Some(true) if !item.maybe => return Some(true),
            Some(false) if item.val.is_leaf() => {}
            _ => certain = false,
        }
    }
    certain.then_some(false)
}

fn order(op: BinaryOp, a: &Val, b: &Val) -> Val {
    let ordering = match (a, b) {
        (Val::Text(a), Val::Text(b)) => a.partial_cmp(b),
        _ => a.number().zip(b.number()).and_then(|(a, b)| a.partial_cmp(&b)),
    };
    let Some(ordering) = ordering else { return Val::opaque("a comparison of unknown values") };
    Val::Bool(match op {
        BinaryOp::Less => ordering.is_lt(),
        BinaryOp::LessEqual => ordering.is_le(),
        BinaryOp::Greater => ordering.is_gt(),
        _ => ordering.is_ge(),
    })
}

fn arithmetic(op: BinaryOp, a: &Val, b: &Val) -> Val {
    let unknown = || Val::opaque("a computed value");
    match (a, b) {
        (Val::Text(x), Val::Text(y)) if op == BinaryOp::Add => Val::text(format!("{x}{y}")),
        (Val::Text(x), Val::Int(n)) if op == BinaryOp::Multiply => match usize::try_from(*n) {
            Ok(n) if n.saturating_mul(x.len()) <= 10_000 => Val::text(x.repeat(n)),
            _ => unknown(),
        },
        (Val::List(it), Val::Int(1)) if op == BinaryOp::Multiply => Val::List(it.clone()),
        (Val::Seconds(x), Val::Seconds(y)) => match op {
            BinaryOp::Add => Val::Seconds(x + y),
            BinaryOp::Subtract => Val::Seconds(x - y),
            _ => unknown(),
        },
        (Val::Seconds(x), n) | (n, Val::Seconds(x)) if op == BinaryOp::Multiply => {
            n.number().map_or_else(unknown, |n| Val::Seconds(x * n))
        }
        (Val::Int(_) | Val::Bool(_), Val::Int(_) | Val::Bool(_)) => integers(op, whole(a), whole(b)),
        _ => match a.number().zip(b.number()) {
            Some((x, y)) => floats(op, x, y).map_or_else(unknown, Val::Float),
            None => unknown(),
        },
    }
}

fn whole(val: &Val) -> i64 {
    match val {
        Val::Int(it) => *it,
        Val::Bool(it) => i64::from(*it),
        _ => 0,
    }
}

fn integers(op: BinaryOp, x: i64, y: i64) -> Val {
    let result = match op {
        BinaryOp::Add => x.checked_add(y),
        BinaryOp::Subtract => x.checked_sub(y),
        BinaryOp::Multiply => x.checked_mul(y),
        BinaryOp::FloorDivide => x.checked_div_euclid(y),
        BinaryOp::Remainder => x.checked_rem_euclid(y),
        BinaryOp::Power => u32::try_from(y).ok().and_then(|y| x.checked_pow(y)),
        BinaryOp::BitAnd => Some(x & y),
        BinaryOp::BitOr => Some(x | y),
        BinaryOp::BitXor => Some(x ^ y),
        #[expect(clippy::cast_precision_loss, reason = "settings hold small numbers")]
        BinaryOp::Divide if y != 0 => return Val::Float(x as f64 / y as f64),
        _ => None,
    };
    result.map_or_else(|| Val::opaque("a computed value"), Val::Int)
}

fn floats(op: BinaryOp, x: f64, y: f64) -> Option<f64> {
    let result = match op {
        BinaryOp::Add => x + y,
        BinaryOp::Subtract => x - y,
        BinaryOp::Multiply => x * y,
        BinaryOp::Divide => x / y,
        BinaryOp::FloorDivide => (x / y).floor(),
        BinaryOp::Power => x.powf(y),
        _ => return None,
    };
    result.is_finite().then_some(result)
}

/// `"..%s.." % values` with texts only.
fn formatted(template: &Val, values: &Val) -> Val {
    map2(template, values, Lift::cast(Cast::Any), &mut |template, values| {
        let Some(template) = template.as_text() else { return Val::opaque("a formatted text") };
        let values: Vec<Val> = match values {
            Val::List(list) if list.complete => list.items.iter().map(|it| to_text(&it.val)).collect(),
            other => vec![to_text(other)],
        };
        let parts: Vec<&str> = template.split("%s").collect();
        let texts: Option<Vec<&str>> = values.iter().map(Val::as_text).collect();
        match texts {
            Some(texts) if texts.len() + 1 == parts.len() && !parts.iter().any(|it| it.contains('%')) => {
                let mut text = String::new();
                for (at, part) in parts.iter().enumerate() {
                    text.push_str(part);
                    text.push_str(texts.get(at).copied().unwrap_or_default());
                }
                Val::text(text)
            }
            _ => Val::opaque("a formatted text"),
        }
    })
}

/// `str(value)`.
pub(super) fn to_text(val: &Val) -> Val {
    map(val, Lift::KEEP, &mut |leaf| match leaf {
        Val::Text(_) => leaf.clone(),
        Val::Int(it) => Val::text(it.to_string()),
        Val::Bool(true) => Val::text("True"),
        Val::Bool(false) => Val::text("False"),
        Val::Null => Val::text("None"),
        Val::Random => Val::Random,
        _ => Val::opaque("the text of a value"),
    })
}
