//! Methods of values.

use std::rc::Rc;

use crate::ir::{ExprKind, MethodCall, Name, Span};

use super::super::environment;
use super::super::value::{Cast, Dict, FileVal, Item, Lift, List, Object, Sequence, Val, map, map2};
use super::super::words;
use super::call::Args;
use super::{Evaluator, operator, read};

impl Evaluator<'_> {
    pub(super) fn method(&mut self, call: &MethodCall, span: Span) -> Val {
        let receiver = self.eval(&call.receiver);
        let args = self.args(&call.args);
        let name = &call.method.name;
        if matches!(&receiver, Val::Opaque(why) if why == "a path") && opens(name) {
            self.attempt.lacking = true;
            return super::nearby::file_named(&[&call.receiver]);
        }
        self.call_method(&receiver, name, args, Some(span))
    }

    pub(super) fn call_method(&mut self, receiver: &Val, name: &Name, args: Args, span: Option<Span>) -> Val {
        match receiver {
            Val::Object(Object::Foreign(path)) => {
                let path = format!("{path}.{name}");
                self.foreign(&path, &args, span)
            }
            Val::Object(Object::Reader(reader)) => match environment::reader_read(reader.row, Some(name)) {
                Some(read) => self.read(&read, Some(reader), &args),
                None if environment::is_silent(reader.row, name) => Val::Null,
                None if environment::prefixed(reader.row) == Some(name) => {
                    let prefix = args.first().and_then(Val::as_text).unwrap_or_default();
                    Val::Object(Object::Reader(Rc::new(reader.before(prefix))))
                }
                None => Val::opaque("a read of the environment"),
            },
            Val::Object(Object::Parser(parser)) => {
                let parser = parser.clone();
                self.parser_method(&parser, name, &args)
            }
            Val::Object(Object::Module(file)) => {
                let callee = self.member(*file, name);
                self.invoke(&callee, args, span)
            }
            Val::Object(Object::Globals) => self.globals_method(name, &args, span),
            Val::Object(Object::Class(_) | Object::Instance(_) | Object::Member(..)) => {
                let ident = crate::ir::Ident { name: name.clone(), span: span.unwrap_or(read::NOWHERE) };
                let callee = self.field(receiver, &ident);
                let args = Args { positional: with_receiver(receiver, &callee, args.positional), ..args };
                self.invoke(&callee, args, span)
            }
            Val::File(file)
                if matches!(name.as_str(), "read" | "read_text" | "readline" | "strip" | "rstrip") =>
            {
                Val::File(Rc::new(FileVal { cast: Cast::Text, ..(**file).clone() }))
            }
            Val::Opaque(_) | Val::File(_) => {
                if let Some(known) = by_words(receiver, name, &args) {
                    return known;
                }
                self.escaping(&args, span, "a call");
                self.guess(&args, None).unwrap_or_else(|| match receiver {
                    Val::Opaque(why) if why == "a path" || why == super::foreign::DERIVED => receiver.clone(),
                    _ => Val::opaque(format!("the result of `{name}`")),
                })
            }
            // A source of random values, or something made of one.
            Val::Random => Val::Random,
            _ => value_method(receiver, name, &args),
        }
    }

    fn globals_method(&mut self, name: &str, args: &Args, span: Option<Span>) -> Val {
        let span = span.unwrap_or(read::NOWHERE);
        match (name, args.first()) {
            ("update", Some(Val::Dict(dict))) if !args.more => {
                for entry in &dict.entries {
                    self.store_global(&entry.key, &entry.val, entry.span);
                }
                if dict.incomplete {
                    self.opened(span, "a change of `globals()`", true);
                }
            }
            ("update", None) if !args.more => {
                for (name, val) in &args.named {
                    self.bind(name, val.clone(), span);
                }
            }
            ("update", _) => self.opened(span, "a change of `globals()`", true),
            ("get", Some(Val::Text(name))) => {
                let bound = self.binding(name).map(|it| it.val.clone());
                return bound.or_else(|| args.positional.get(1).cloned()).unwrap_or(Val::Null);
            }
            ("setdefault", Some(Val::Text(name))) => {
                let name: Name = name.as_ref().into();
                if self.binding(&name).is_none()
                    && let Some(val) = args.positional.get(1)
                {
                    self.bind(&name, val.clone(), span);
                }
            }
            _ => {}
        }
        Val::opaque("an entry of the namespace")
    }

    /// A call that changes its receiver in place; false when it is no such call.
    pub(super) fn mutate(&mut self, call: &MethodCall, span: Span) -> bool {
        let name = call.method.name.as_str();
        let list_method =
            matches!(name, "append" | "extend" | "insert" | "remove" | "add" | "discard" | "clear");
        if !list_method && !matches!(name, "update" | "setdefault" | "pop") {
            return false;
        }
        if !matches!(call.receiver.kind, ExprKind::Path(_) | ExprKind::Index(..)) {
            return false;
        }
        let receiver = self.eval(&call.receiver);
        if matches!(receiver, Val::Object(_)) {
            return false;
        }
        let args = self.args(&call.args);
        let at = call.args.last().map_or(span, |it| it.value.span);
        let trail = std::mem::take(&mut self.trail);
        self.update(&call.receiver, &mut |_, old| changed(old, name, &args, at));
        self.trail = trail;
        true
    }
}

/// A method of a path that gives what its file holds.
fn opens(method: &str) -> bool {
    matches!(method, "open" | "read_text" | "read_bytes")
}

/// The arguments of a method, with the object that it is called on where the method takes one.
fn with_receiver(receiver: &Val, method: &Val, mut args: Vec<Val>) -> Vec<Val> {
    let Val::Object(Object::Function(closure)) = method else { return args };
    let marked = |wanted: &str| {
        closure.function.attributes.iter().any(|it| {
            matches!(&it.expr.kind, ExprKind::Path(path) if path.segments.last().is_some_and(|it| it == wanted))
        })
    };
    let on_instance = matches!(receiver, Val::Object(Object::Instance(_)));
    if marked("classmethod") || (on_instance && !marked("staticmethod")) {
        args.insert(0, receiver.clone());
    }
    args
}

/// A method of a plain value.
fn value_method(receiver: &Val, name: &str, args: &Args) -> Val {
    if let Some(known) = by_words(receiver, name, args) {
        return known;
    }
    let first = args.first().cloned().unwrap_or(Val::Null);
    match name {
        "lower" | "upper" | "strip" | "lstrip" | "rstrip" | "title" | "capitalize" | "casefold"
        | "replace" | "format" | "join" | "removeprefix" | "removesuffix" | "encode" | "decode" => {
            if name == "join" {
                return joined(receiver, &first);
            }
            map(receiver, Lift::KEEP, &mut |leaf| text_method(leaf, name, args))
        }
        "split" | "rsplit" | "splitlines" => map(receiver, Lift::cast(Cast::List), &mut |leaf| match leaf {
            Val::Text(text) => split(text, first.as_text(), args.positional.len() > 1),
            _ => Val::opaque("a part of a text"),
        }),
        "startswith" | "endswith" => {
            let answer = Lift { cast: Some(Cast::Bool), when_on: |_| None };
            map2(receiver, &first, answer, &mut |text, affix| match (text.as_text(), affix) {
                (Some(text), Val::Text(affix)) => Val::Bool(has_affix(name, text, affix)),
                (Some(text), Val::List(list)) if list.complete => Val::Bool(
                    list.items.iter().filter_map(|it| it.val.as_text()).any(|it| has_affix(name, text, it)),
                ),
                _ => Val::opaque("how a text begins or ends"),
            })
        }
        "isdigit" => map(receiver, Lift::cast(Cast::Bool), &mut |leaf| match leaf.as_text() {
            Some(text) => Val::Bool(!text.is_empty() && text.bytes().all(|it| it.is_ascii_digit())),
            None => Val::opaque("whether a text is a number"),
        }),
        "total_seconds" => map(receiver, Lift::KEEP, &mut |leaf| match leaf {
            Val::Seconds(it) => Val::Float(*it),
            _ => Val::opaque("a span of time"),
        }),
        "get" | "pop" => {
            let default = args.positional.get(1).cloned().unwrap_or(Val::Null);
            map2(receiver, &first, Lift { cast: Some(Cast::Any), when_on: |_| None }, &mut |dict, key| {
                match dict {
                    Val::Dict(dict) => match dict.get(key) {
                        Some(val) => val.clone(),
                        None if !dict.incomplete => default.clone(),
                        None => Val::opaque("an entry of a mapping"),
                    },
                    _ => Val::opaque("an entry of a mapping"),
                }
            })
        }
        "copy" => receiver.clone(),
        _ if environment::configuration().unwraps.iter().any(|it| it == name) => receiver.clone(),
        "keys" => match receiver {
            Val::Dict(_) => Val::List(Rc::new(operator::as_list(receiver))),
            _ => Val::opaque("keys of a mapping"),
        },
        "items" => match receiver {
            Val::Dict(dict) => Val::List(Rc::new(pairs(dict))),
            _ => Val::opaque("entries of a mapping"),
        },
        "values" => match receiver {
            Val::Dict(dict) => Val::list(
                Sequence::List,
                dict.entries
                    .iter()
                    .map(|it| Item { val: it.val.clone(), span: it.span, maybe: false })
                    .collect(),
                !dict.incomplete,
            ),
            _ => Val::opaque("values of a mapping"),
        },
        "index" => position(receiver, &first),
        "count" => Val::opaque("a count"),
        "union" | "difference" => match name {
            "union" => operator::binary(crate::ir::BinaryOp::Add, receiver, &first),
            _ => Val::list(Sequence::Set, Vec::new(), false),
        },
        _ => Val::opaque(format!("the result of `{name}`")),
    }
}

fn changed(old: &Val, name: &str, args: &Args, span: Span) -> Val {
    map(old, Lift::KEEP, &mut |leaf| match leaf {
        Val::List(list) => Val::List(Rc::new(changed_list(list, name, args, span))),
        Val::Dict(dict) => Val::Dict(Rc::new(changed_dict(dict, name, args, span))),
        other => other.clone(),
    })
}

fn changed_list(list: &List, name: &str, args: &Args, span: Span) -> List {
    let mut list = list.clone();
    let first = args.first().cloned().unwrap_or(Val::Null);
    let item = |val: Val| Item { val, span, maybe: false };
    match name {
        "append" | "add" => list.items.push(item(first)),
        "extend" | "update" => {
            let more = operator::as_list(&first);
            list.items.extend(more.items);
            list.complete &= more.complete;
        }
        "insert" => {
            let Some(val) = args.positional.get(1) else { return List { complete: false, ..list } };
            match first {
                Val::Int(at) => {
                    let length = list.items.len();
                    let at = if at < 0 {
                        length.saturating_sub(usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX))
                    } else {
                        usize::try_from(at).unwrap_or(usize::MAX).min(length)
                    };
                    list.items.insert(at, item(val.clone()));
                }
                // Somewhere.
                _ => list.items.push(item(val.clone())),
            }
        }
        "remove" | "discard" => {
            if first.is_leaf() {
                if let Some(at) = list.items.iter().position(|it| it.val.same(&first)) {
                    list.items.remove(at);
                }
            } else {
                list.items.iter_mut().for_each(|it| it.maybe = true);
            }
        }
        "clear" => list.items.clear(),
        "pop" => match first {
            Val::Int(at) if usize::try_from(at).is_ok_and(|at| at < list.items.len()) => {
                list.items.remove(usize::try_from(at).unwrap_or_default());
            }
            _ => {
                list.items.pop();
            }
        },
        _ => {}
    }
    list
}

fn changed_dict(dict: &Dict, name: &str, args: &Args, span: Span) -> Dict {
    let mut dict = dict.clone();
    match (name, args.first()) {
        ("update", Some(Val::Dict(other))) => dict.extend(other),
        ("update", Some(_)) => dict.incomplete = true,
        ("setdefault", Some(key)) if key.is_leaf() && dict.get(key).is_none() => {
            dict.set(key.clone(), args.positional.get(1).cloned().unwrap_or(Val::Null), span);
        }
        ("pop", Some(key)) => dict = dict.without(key),
        ("clear", _) => dict = Dict::default(),
        _ => {}
    }
    if name == "update" {
        for (key, val) in &args.named {
            dict.set(Val::text(key), val.clone(), span);
        }
        dict.incomplete |= args.more;
    }
    dict
}

/// `SITE_URL.startswith("https")` of an unknown text says on which side it lies.
fn by_words(receiver: &Val, name: &str, args: &Args) -> Option<Val> {
    if !matches!(name, "startswith" | "endswith")
        || !matches!(receiver, Val::Env(_) | Val::File(_) | Val::Opaque(_))
    {
        return None;
    }
    let side = words::side(args.first()?.as_text()?)?;
    let release = side == words::Side::Release;
    Some(Val::debug(&Val::Bool(!release), &Val::Bool(release), false))
}

fn has_affix(name: &str, text: &str, affix: &str) -> bool {
    if name == "startswith" { text.starts_with(affix) } else { text.ends_with(affix) }
}

fn text_method(leaf: &Val, name: &str, args: &Args) -> Val {
    if matches!(leaf, Val::Random) {
        return Val::Random;
    }
    let (Val::Text(_) | Val::Bytes(_)) = leaf else { return Val::opaque("a changed text") };
    let Some(text) = leaf.as_text() else { return leaf.clone() };
    let arg = |at: usize| args.positional.get(at).and_then(Val::as_text);
    let strip: Vec<char> = arg(0).map_or_else(|| vec![' ', '\n', '\t', '\r'], |it| it.chars().collect());
    Val::text(match name {
        "lower" | "casefold" => text.to_lowercase(),
        "upper" => text.to_uppercase(),
        "strip" => text.trim_matches(strip.as_slice()).to_owned(),
        "lstrip" => text.trim_start_matches(strip.as_slice()).to_owned(),
        "rstrip" => text.trim_end_matches(strip.as_slice()).to_owned(),
        "removeprefix" => arg(0).and_then(|it| text.strip_prefix(it)).unwrap_or(text).to_owned(),
        "removesuffix" => arg(0).and_then(|it| text.strip_suffix(it)).unwrap_or(text).to_owned(),
        "capitalize" | "title" => {
            let mut letters = text.chars();
            letters.next().map_or_else(String::new, |it| {
                it.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect()
            })
        }
        "replace" => match (arg(0), arg(1)) {
            (Some(from), Some(to)) if !from.is_empty() && text.len() < 10_000 && to.len() < 100 => {
                text.replace(from, to)
            }
            _ => return Val::opaque("a changed text"),
        },
        "format" => match formatted(text, args) {
            Some(text) => text,
            None => return Val::opaque("a formatted text"),
        },
        "encode" | "decode" => return leaf.clone(),
        _ => return Val::opaque("a changed text"),
    })
}

/// `"{}..{name}".format(..)` with texts only.
fn formatted(template: &str, args: &Args) -> Option<String> {
    let mut text = String::new();
    let mut next = 0;
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (field, after) = after.split_once('}')?;
        let val = if field.is_empty() {
            next += 1;
            args.positional.get(next - 1)
        } else if let Ok(at) = field.parse::<usize>() {
            args.positional.get(at)
        } else {
            args.keyword(field)
        };
        text.push_str(before);
        text.push_str(operator::to_text(val?).as_text()?);
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

fn split(text: &str, separator: Option<&str>, limited: bool) -> Val {
    if limited {
        return Val::opaque("a part of a text");
    }
    let pieces: Vec<&str> = match separator {
        Some("") => return Val::opaque("a part of a text"),
        Some(separator) => text.split(separator).collect(),
        None => text.split_whitespace().collect(),
    };
    let items =
        pieces.into_iter().map(|it| Item { val: Val::text(it), span: read::NOWHERE, maybe: false }).collect();
    Val::list(Sequence::List, items, true)
}

fn joined(separator: &Val, list: &Val) -> Val {
    map2(separator, list, Lift::cast(Cast::Any), &mut |separator, list| {
        let (Some(separator), Val::List(list)) = (separator.as_text(), list) else {
            return Val::opaque("a joined text");
        };
        if list.items.iter().any(|it| matches!(it.val, Val::Random)) {
            return Val::Random;
        }
        let texts: Option<Vec<&str>> =
            list.items.iter().map(|it| it.val.as_text().filter(|_| !it.maybe)).collect();
        match texts.filter(|_| list.complete) {
            Some(texts) => Val::text(texts.join(separator)),
            None => Val::opaque("a joined text"),
        }
    })
}

fn pairs(dict: &Dict) -> List {
    let items = dict.entries.iter().map(|entry| {
        let item = |val: &Val| Item { val: val.clone(), span: entry.span, maybe: false };
        let pair = Val::list(Sequence::Tuple, vec![item(&entry.key), item(&entry.val)], true);
        Item { val: pair, span: entry.span, maybe: false }
    });
    List { kind: Sequence::List, items: items.collect(), complete: !dict.incomplete }
}

fn position(list: &Val, wanted: &Val) -> Val {
    map2(list, wanted, Lift::FORGET, &mut |list, wanted| match list {
        Val::List(list) => {
            let at = list.items.iter().position(|it| it.val.same(wanted));
            at.and_then(|at| i64::try_from(at).ok()).map_or_else(|| Val::opaque("a position"), Val::Int)
        }
        _ => Val::opaque("a position"),
    })
}
