//! Calls of functions outside the project.

use std::rc::Rc;

use smol_str::SmolStr;

use crate::ir::Span;

use super::super::environment::{self, Gift};
use super::super::join::truth;
use super::super::value::{Cast, Declared, Dict, FileVal, Lift, Object, Reader, Sequence, Val, map};
use super::super::words;
use super::call::Args;
use super::{Evaluator, Parser, operator, read};

/// Why a value is unknown that is worked out of constants.
pub(in crate::facts::settings) const DERIVED: &str = "derived from other values";

impl Evaluator<'_> {
    pub(super) fn foreign(&mut self, path: &str, args: &Args, span: Option<Span>) -> Val {
        if let Some(name) = path.strip_prefix("builtins.") {
            return self.builtin(name, args, span);
        }
        if let Some(read) = environment::function(path) {
            return self.read(&read, None, args);
        }
        if let Some(row) = environment::reader(path) {
            return reader(row, args);
        }
        if let Some((cast, required)) = environment::declared(path) {
            return declared(cast, required, args);
        }
        if let Some(row) = environment::file_reader(path) {
            return Val::Object(Object::Parser(Rc::new(Parser::new(row))));
        }
        let configuration = environment::configuration();
        if configuration.fields.iter().any(|it| it == path) {
            return configured_field(args);
        }
        if configuration.options.iter().any(|it| it == path) {
            return to_dict(args, span);
        }
        let first = args.first().cloned().unwrap_or(Val::Null);
        match environment::gift(path) {
            Some(Gift::Random) => return Val::Random,
            Some(Gift::Derived) => return derived(&first),
            Some(Gift::File) => {
                if !matches!(first, Val::File(_)) && first.is_leaf() || matches!(first, Val::Env(_)) {
                    return parsed(&first);
                }
                self.attempt.lacking = true;
                return self.loaded(&first).unwrap_or_else(|| file(args, "a file"));
            }
            Some(Gift::Flag) => return to_flag(&first),
            Some(Gift::Parsed) => return self.loaded(&first).unwrap_or_else(|| parsed(&first)),
            Some(Gift::Path) => {
                return if let ([only], "pathlib.Path") = (args.positional.as_slice(), path) {
                    only.clone()
                } else {
                    Val::opaque("a path")
                };
            }
            Some(Gift::TemporaryPath) => return Val::text("/tmp"),
            Some(Gift::Exit) => return Val::Unbound,
            Some(Gift::Include) => {
                self.include(args, span);
                return Val::Null;
            }
            Some(Gift::Optional) => return first,
            Some(Gift::Layered) => {
                self.lay_over(span);
                return Val::opaque("the settings of a library");
            }
            None => {}
        }
        match path {
            "datetime.timedelta" => return seconds(args),
            "importlib.import_module" | "django.utils.module_loading.import_module" => {
                return self.import_module(&first);
            }
            _ => {}
        }
        if let Some(object) = path.strip_suffix(".copy").filter(|it| is_environment(it)) {
            return Val::Object(Object::Foreign(object.into()));
        }
        if self.escaping(args, span, &format!("`{path}`")) {
            return Val::Null;
        }
        if path.ends_with(".strtobool") {
            return to_flag(&first);
        }
        self.guess(args, None).unwrap_or_else(|| Val::opaque(format!("the result of `{path}`")))
    }

    fn import_module(&mut self, name: &Val) -> Val {
        let Some(name) = name.as_text() else {
            return Val::opaque("a module that is chosen at start");
        };
        let parts: Vec<SmolStr> = name.split('.').map(SmolStr::new).collect();
        if let Some(file) = self.workspace.python_module(self.file(), 0, &parts) {
            return Val::Object(Object::Module(file));
        }
        self.attempt.lacking = true;
        Val::opaque("a module that the project does not have")
    }
}

fn reader(row: usize, args: &Args) -> Val {
    let mut scheme = Vec::new();
    let keyword = environment::prefix(row).and_then(|it| args.keyword(it)).and_then(Val::as_text);
    let prefix = keyword.map(SmolStr::new).unwrap_or_default();
    if environment::has_scheme(row) {
        for (name, val) in &args.named {
            let (cast, default) = match val {
                Val::List(pair) if pair.items.len() == 2 => {
                    (read::cast_of(&pair.items[0].val), Some(pair.items[1].val.clone()))
                }
                other => (read::cast_of(other), None),
            };
            scheme.push((name.clone(), cast, default));
        }
    }
    Val::Object(Object::Reader(Rc::new(Reader { row, scheme, prefix })))
}

fn declared(cast: Cast, required: bool, args: &Args) -> Val {
    let text = |name: &str| args.keyword(name).and_then(Val::as_text).map(SmolStr::new);
    let default = args.get(0, "default").cloned();
    let prefix = match args.keyword("environ_prefix") {
        Some(Val::Text(prefix)) if !prefix.is_empty() => format!("{}_", prefix.trim_end_matches('_')).into(),
        Some(Val::Null | Val::Text(_)) => SmolStr::default(),
        _ => environment::declared_prefix().into(),
    };
    let fixed = matches!(args.keyword("environ"), Some(Val::Bool(false)));
    let needed = required || matches!(args.keyword("environ_required"), Some(Val::Bool(true)));
    let default = if needed { None } else { Some(default.unwrap_or(Val::Null)) };
    Val::Object(Object::Declared(Rc::new(Declared {
        cast,
        default,
        variable: text("environ_name"),
        prefix,
        fixed,
    })))
}

/// The default of an attribute of a configuration class, and the variable when it has a name of its own.
fn configured_field(args: &Args) -> Val {
    let words = environment::configuration();
    let given = args.get(0, &words.default).filter(|it| !matches!(it, Val::Opaque(_)));
    let name = words.names.iter().find_map(|it| args.keyword(it)?.as_text());
    match (name, given) {
        (Some(name), _) => Val::Object(Object::Declared(Rc::new(Declared {
            cast: given.map_or(Cast::Any, read::type_of),
            default: given.cloned(),
            variable: Some(name.into()),
            prefix: SmolStr::default(),
            fixed: false,
        }))),
        (None, Some(given)) => given.clone(),
        (None, None) => Val::Unbound,
    }
}

pub(super) fn file(args: &Args, what: &str) -> Val {
    let key = args.first().and_then(Val::as_text).map_or_else(|| what.into(), SmolStr::new);
    Val::File(Rc::new(FileVal { key, fallback: None, cast: Cast::Any }))
}

fn derived(from: &Val) -> Val {
    map(from, Lift::cast(Cast::Any), &mut |leaf| match leaf {
        Val::Random => Val::Random,
        _ => Val::opaque(DERIVED),
    })
}

pub(super) fn to_bool(val: &Val) -> Val {
    truth(val)
}

pub(super) fn to_int(val: &Val) -> Val {
    map(val, Lift::cast(Cast::Int), &mut |leaf| match leaf {
        Val::Int(_) => leaf.clone(),
        Val::Bool(it) => Val::Int(i64::from(*it)),
        #[expect(clippy::cast_possible_truncation, reason = "saturates, as far as settings go")]
        Val::Float(it) => Val::Int(*it as i64),
        Val::Text(it) => {
            it.trim().replace('_', "").parse().map_or_else(|_| Val::opaque("the number of a text"), Val::Int)
        }
        _ => Val::opaque("a number"),
    })
}

pub(super) fn to_float(val: &Val) -> Val {
    map(val, Lift::cast(Cast::Float), &mut |leaf| match leaf {
        Val::Text(it) => it.trim().parse().map_or_else(|_| Val::opaque("the number of a text"), Val::Float),
        _ => leaf.number().map_or_else(|| Val::opaque("a number"), Val::Float),
    })
}

pub(super) fn to_flag(val: &Val) -> Val {
    map(val, Lift::cast(Cast::Bool), &mut |leaf| match leaf {
        Val::Text(it) => words::flag(it).map_or_else(|| Val::opaque("the truth of a text"), Val::Bool),
        _ => leaf.truth().map_or_else(|| Val::opaque("a truth"), Val::Bool),
    })
}

pub(super) fn parsed(val: &Val) -> Val {
    map(val, Lift::cast(Cast::Any), &mut |leaf| match leaf {
        Val::Text(it) => match it.trim() {
            "true" | "True" => Val::Bool(true),
            "false" | "False" => Val::Bool(false),
            "null" | "None" => Val::Null,
            "[]" => Val::list(Sequence::List, Vec::new(), true),
            other => other.parse().map_or_else(|_| Val::opaque("what a text spells"), Val::Int),
        },
        _ => Val::opaque("what a text spells"),
    })
}

pub(super) fn to_list(name: &str, args: &Args) -> Val {
    let kind = match name {
        "tuple" => Sequence::Tuple,
        "set" | "frozenset" => Sequence::Set,
        _ => Sequence::List,
    };
    let Some(first) = args.first() else { return Val::list(kind, Vec::new(), true) };
    if let Val::Debug(it) = first {
        let side = |val: &Val| to_list(name, &Args { positional: vec![val.clone()], ..Args::default() });
        return Val::debug(&side(&it.in_debug), &side(&it.in_release), it.read_as_true);
    }
    let list = operator::as_list(first);
    Val::list(kind, list.items, list.complete)
}

pub(super) fn to_dict(args: &Args, span: Option<Span>) -> Val {
    let mut dict = Dict { entries: Vec::new(), incomplete: args.more };
    match args.first() {
        Some(Val::Dict(first)) => dict.extend(first),
        // A copy of the environment reads like it.
        Some(Val::Object(Object::Foreign(path))) if is_environment(path) && args.named.is_empty() => {
            return Val::Object(Object::Foreign(path.clone()));
        }
        Some(_) => dict.incomplete = true,
        None => {}
    }
    for (name, val) in &args.named {
        dict.set(Val::text(name), val.clone(), span.unwrap_or(read::NOWHERE));
    }
    Val::dict(dict)
}

/// Whether a dotted name is the environment as a mapping.
fn is_environment(path: &str) -> bool {
    environment::function(&format!("{path}.get")).is_some()
}

pub(super) fn quantified(any: bool, val: &Val) -> Val {
    map(val, Lift::cast(Cast::Bool), &mut |leaf| {
        let Val::List(list) = leaf else { return Val::opaque("a truth") };
        let mut certain = list.complete;
        for item in &list.items {
            match item.val.truth() {
                Some(it) if it == any && !item.maybe => return Val::Bool(any),
                Some(it) if it != any => {}
                _ => certain = false,
            }
        }
        if certain { Val::Bool(!any) } else { Val::opaque("a truth") }
    })
}

pub(super) fn is_instance(args: &Args) -> Val {
    let Some(Val::Object(Object::Foreign(class))) = args.positional.get(1) else {
        return Val::opaque("the type of a value");
    };
    let class = class.strip_prefix("builtins.").unwrap_or(class).to_owned();
    map(args.first().unwrap_or(&Val::Null), Lift::cast(Cast::Bool), &mut |leaf| {
        Val::Bool(match leaf {
            Val::Bool(_) => class == "bool" || class == "int",
            Val::Int(_) => class == "int",
            Val::Text(_) => class == "str",
            Val::List(it) => match it.kind {
                Sequence::List => class == "list",
                Sequence::Tuple => class == "tuple",
                Sequence::Set => class == "set",
            },
            Val::Dict(_) => class == "dict",
            Val::Null => false,
            _ => return Val::opaque("the type of a value"),
        })
    })
}

pub(super) fn extreme(max: bool, args: &Args) -> Val {
    let numbers: Option<Vec<(f64, &Val)>> =
        args.positional.iter().map(|it| Some((it.number()?, it))).collect();
    let best = numbers.and_then(|all| {
        all.into_iter().reduce(|a, b| if (b.0 > a.0) == max { b } else { a }).map(|(_, val)| val.clone())
    });
    best.unwrap_or_else(|| Val::opaque("a computed value"))
}

/// `timedelta(days, seconds, ..)` of constants.
fn seconds(args: &Args) -> Val {
    const UNITS: [(&str, f64); 7] = [
        ("days", 86_400.0),
        ("seconds", 1.0),
        ("microseconds", 1e-6),
        ("milliseconds", 1e-3),
        ("minutes", 60.0),
        ("hours", 3600.0),
        ("weeks", 604_800.0),
    ];
    let mut total = 0.0;
    for (at, (unit, length)) in UNITS.iter().enumerate() {
        match args.get(at, unit).map(Val::number) {
            None => {}
            Some(Some(count)) => total += count * length,
            Some(None) => return Val::opaque("a span of time"),
        }
    }
    Val::Seconds(total)
}
