//! Calls of functions of the project, and what to make of calls of anything else.

use std::rc::Rc;

use smol_str::SmolStr;

use crate::ir::{Arg, Call, Name, ParamKind, PatternKind, Span, Spread};

use super::super::environment;
use super::super::join::truth;
use super::super::value::{Closure, Item, Lift, Object, Val, View, map};
use super::super::words;
use super::{CALLS, Evaluator, Frame, FrameKind, Outcome, foreign, read};

#[derive(Default)]
pub(super) struct Args {
    pub(super) positional: Vec<Val>,
    pub(super) named: Vec<(Name, Val)>,
    /// `*args` or `**kwargs` of unknown content were given.
    pub(super) more: bool,
}

impl Args {
    pub(super) fn first(&self) -> Option<&Val> {
        self.positional.first()
    }

    pub(super) fn keyword(&self, name: &str) -> Option<&Val> {
        self.named.iter().find(|(it, _)| it == name).map(|(_, val)| val)
    }

    /// Positional argument `at`, or the keyword.
    pub(super) fn get(&self, at: usize, name: &str) -> Option<&Val> {
        self.positional.get(at).or_else(|| self.keyword(name))
    }

    fn all(&self) -> impl Iterator<Item = &Val> {
        self.positional.iter().chain(self.named.iter().map(|(_, val)| val))
    }
}

impl Evaluator<'_> {
    pub(super) fn args(&mut self, args: &[Arg]) -> Args {
        let mut all = Args::default();
        for arg in args {
            let val = self.eval(&arg.value);
            let val = if arg.spread == Spread::Sequence { val.seen_as(View::Release) } else { val };
            match (arg.spread, &arg.name, &val) {
                (Spread::No, Some(name), _) => all.named.push((name.name.clone(), val)),
                (Spread::No, None, _) => all.positional.push(val),
                (Spread::Sequence, _, Val::List(list)) if list.complete => {
                    let optional = |it: &Item| Val::one_of([Val::Null, it.val.clone()]);
                    let given = |it: &Item| if it.maybe { optional(it) } else { it.val.clone() };
                    all.positional.extend(list.items.iter().map(given));
                }
                (Spread::Mapping, _, Val::Dict(dict)) if !dict.incomplete => {
                    let named = dict.entries.iter();
                    all.named.extend(named.filter_map(|it| Some((it.key.as_text()?.into(), it.val.clone()))));
                }
                _ => all.more = true,
            }
        }
        all
    }

    pub(super) fn call(&mut self, call: &Call, span: Span) -> Val {
        let callee = self.eval(&call.callee);
        let args = self.args(&call.args);
        match self.invoke(&callee, args, Some(span)) {
            // A path that is put together still ends with the name of its file.
            Val::File(file) if file.key == "a file" => {
                let args: Vec<_> = call.args.iter().map(|it| &it.value).collect();
                super::nearby::file_named(&args)
            }
            val => val,
        }
    }

    pub(super) fn invoke(&mut self, callee: &Val, args: Args, span: Option<Span>) -> Val {
        match callee {
            Val::Object(Object::Function(closure)) => {
                let guess = self.guess(&args, Some(closure));
                let val = self.apply_function(closure, args);
                match guess {
                    // The function is more than is understood here, but it looks like a read of the environment.
                    Some(guess) if is_unknown(&val) => guess,
                    _ => val,
                }
            }
            Val::Object(Object::Foreign(path)) => {
                let path = path.clone();
                self.foreign(&path, &args, span)
            }
            Val::Object(Object::Reader(reader)) => match environment::reader_read(reader.row, None) {
                Some(read) => self.read(&read, Some(reader), &args),
                None => Val::opaque("the result of a call"),
            },
            Val::Object(Object::Class(class)) => self.construct(class),
            _ => {
                self.escaping(&args, span, "a call");
                self.guess(&args, None).unwrap_or_else(|| Val::opaque("the result of an unknown call"))
            }
        }
    }

    /// Something outside the project gets the namespace and may bind anything in it.
    pub(super) fn escaping(&mut self, args: &Args, span: Option<Span>, what: &str) -> bool {
        let escapes = args.all().any(|it| matches!(it, Val::Object(Object::Globals)));
        if escapes && let Some(span) = span {
            self.opened(span, what, false);
        }
        escapes
    }

    fn apply_function(&mut self, closure: &Rc<Closure>, args: Args) -> Val {
        let function = &closure.function;
        if function.is_generator || function.is_async || self.frames.len() > CALLS {
            return Val::opaque("the result of a function that is not followed");
        }
        let Some(body) = &function.body else { return Val::opaque("a function without a body") };
        let defaults: Vec<Option<Val>> =
            function.params.iter().map(|it| it.default.as_ref().map(|it| self.eval(it))).collect();
        let trail = std::mem::take(&mut self.trail);
        self.frames.push(Frame {
            captured: closure.captured.clone(),
            ..Frame::new(closure.home, FrameKind::Function)
        });
        let mut positional = args.positional.into_iter();
        for (param, default) in function.params.iter().zip(defaults) {
            let PatternKind::Bind(name, _) = &param.pattern.kind else { continue };
            let named = args.named.iter().find(|(it, _)| it == name).map(|(_, val)| val.clone());
            let val = match param.kind {
                ParamKind::Ordinary => positional.next().or(named).or(default),
                ParamKind::Keyword => named.or(default),
                ParamKind::Rest => Some(super::super::value::Val::list(
                    super::super::value::Sequence::Tuple,
                    positional
                        .by_ref()
                        .map(|val| super::super::value::Item { val, span: param.span, maybe: false })
                        .collect(),
                    !args.more,
                )),
                ParamKind::RestKeywords => Some(Val::opaque("keyword arguments")),
            };
            self.bind(name, val.unwrap_or_else(|| Val::opaque("an argument")), param.span);
        }
        let outcome = self.block(body);
        let val = match (outcome, &body.value) {
            (Outcome::Return(val), _) => val,
            (Outcome::Raise, _) => Val::Unbound,
            (Outcome::Fall | Outcome::Jump, Some(value)) => self.eval(value),
            (Outcome::Fall | Outcome::Jump, None) => Val::Null,
        };
        self.frames.pop();
        self.trail = trail;
        val
    }

    /// `env_bool("NAME", False)`: a first argument in capitals and a default look like a read of the environment, whoever reads.
    pub(super) fn guess(&mut self, args: &Args, closure: Option<&Rc<Closure>>) -> Option<Val> {
        let on_object = matches!(args.first(), Some(Val::Object(Object::Instance(_) | Object::Class(_))));
        let positional = args.positional.get(usize::from(on_object)..)?;
        let keyword = args.keyword("default").or_else(|| args.keyword("fallback"));
        let name = positional.first()?.as_text()?;
        if !words::is_constant_name(name) {
            return configured(positional, keyword?);
        }
        let given = keyword.or_else(|| positional.get(1));
        let declared = || {
            let params = &closure?.function.params;
            let param = params.iter().skip(1 + usize::from(on_object)).find_map(|it| it.default.as_ref())?;
            Some(self.eval(param))
        };
        let fallback = given.cloned().or_else(declared);
        let cast = match &fallback {
            Some(Val::Text(text)) if words::flag(text).is_some() => super::super::value::Cast::Any,
            Some(it) => read::type_of(it),
            None => super::super::value::Cast::Any,
        };
        let usable = fallback.as_ref().is_none_or(|it| !matches!(it, Val::Object(_)));
        // A foreign function without a default could be anything.
        if !usable || (closure.is_none() && fallback.is_none()) {
            return None;
        }
        Some(read::variable(name, fallback, cast))
    }

    /// A built-in function.
    pub(super) fn builtin(&mut self, name: &str, args: &Args, span: Option<Span>) -> Val {
        let first = args.first().cloned().unwrap_or(Val::Null);
        match name {
            "bool" => foreign::to_bool(&first),
            "int" => foreign::to_int(&first),
            "str" | "unicode" => super::operator::to_text(&first),
            "float" => foreign::to_float(&first),
            "list" | "tuple" | "set" | "frozenset" | "sorted" | "reversed" => foreign::to_list(name, args),
            "dict" => foreign::to_dict(args, span),
            "filter" => self.filter(args),
            "any" | "all" => foreign::quantified(name == "any", &first),
            "len" => map(&first, Lift::FORGET, &mut |leaf| match leaf {
                Val::Text(it) => length(it.chars().count()),
                Val::List(it) if it.complete && it.items.iter().all(|it| !it.maybe) => length(it.items.len()),
                _ => Val::opaque("a length"),
            }),
            "globals" | "locals" | "vars" if args.positional.is_empty() => Val::Object(Object::Globals),
            "getattr" => self.getattr(args),
            "eval" => foreign::parsed(&first),
            "setattr" if matches!(first, Val::Object(Object::Globals)) => {
                if let [_, name, val] = args.positional.as_slice() {
                    self.store_global(name, val, span.unwrap_or(read::NOWHERE));
                }
                Val::Null
            }
            "hasattr" => Val::opaque("whether an object has an attribute"),
            "isinstance" => foreign::is_instance(args),
            "exec" | "execfile" => {
                if let Some(span) = span {
                    self.opened(span, "a file that is executed", false);
                }
                Val::Null
            }
            "open" => {
                self.attempt.lacking = true;
                foreign::file(args, "a file")
            }
            "exit" | "quit" => Val::Unbound,
            "max" | "min" => foreign::extreme(name == "max", args),
            _ => {
                self.escaping(args, span, "a call");
                Val::opaque(format!("the result of `{name}`"))
            }
        }
    }

    /// `filter(None, LIST)`.
    fn filter(&mut self, args: &Args) -> Val {
        let list = super::operator::as_list(args.positional.get(1).unwrap_or(&Val::Null));
        let function = args.first().cloned().unwrap_or(Val::Null);
        let mut items = Vec::new();
        for mut item in list.items {
            let verdict = match &function {
                Val::Null => truth(&item.val),
                function => {
                    let args = Args { positional: vec![item.val.clone()], ..Args::default() };
                    truth(&self.invoke(function, args, None))
                }
            };
            match super::super::join::decided(&verdict) {
                Some(false) => continue,
                Some(true) => {}
                None => item.maybe = true,
            }
            items.push(item);
        }
        Val::list(list.kind, items, list.complete)
    }

    fn getattr(&mut self, args: &Args) -> Val {
        let Some(name) = args.positional.get(1).and_then(Val::as_text).map(SmolStr::new) else {
            return args.positional.get(2).map_or_else(
                || Val::opaque("an attribute"),
                |default| Val::one_of([default.clone(), Val::opaque("an attribute")]),
            );
        };
        let base = args.first().cloned().unwrap_or(Val::Null);
        let default = args.positional.get(2).cloned();
        if let Val::Object(Object::Foreign(path)) = &base
            && path == "django.conf.settings"
        {
            let bound = self.binding(&name).map(|it| it.val.clone()).filter(|it| !matches!(it, Val::Unbound));
            return bound.or(default).unwrap_or_else(|| Val::opaque("a setting"));
        }
        let ident = crate::ir::Ident { name: name.clone(), span: read::NOWHERE };
        let val = match &base {
            Val::Object(Object::Module(file)) => {
                let val = self.member(*file, &name);
                if matches!(val, Val::Unbound) { default.clone().unwrap_or(val) } else { val }
            }
            Val::Object(Object::Instance(_) | Object::Class(_)) => self.field(&base, &ident),
            _ => Val::File(Rc::new(super::super::value::FileVal {
                key: name,
                fallback: None,
                cast: default.as_ref().map_or(super::super::value::Cast::Any, read::type_of),
            })),
        };
        match default {
            Some(default) => super::statement::with_fallback(&val, &default).unwrap_or(val),
            None => val,
        }
    }
}

/// `config("session", "secure", default=True)`: a key and a switch as its default look like a read of a configuration.
fn configured(key: &[Val], default: &Val) -> Option<Val> {
    let key: Option<Vec<&str>> = key.iter().map(Val::as_text).collect();
    let key = key.filter(|it| it.iter().all(|it| !it.is_empty() && !it.contains(char::is_whitespace)))?;
    matches!(default, Val::Bool(_) | Val::Debug(_)).then(|| {
        Val::File(Rc::new(super::super::value::FileVal {
            key: key.join(".").into(),
            fallback: Some(default.clone()),
            cast: read::type_of(default),
        }))
    })
}

fn length(count: usize) -> Val {
    i64::try_from(count).map_or_else(|_| Val::opaque("a length"), Val::Int)
}

/// Nothing is known of it, not even a part.
fn is_unknown(val: &Val) -> bool {
    match val {
        Val::Opaque(_) => true,
        Val::OneOf(choices) => choices.iter().any(is_unknown),
        Val::Env(env) => env.fallback.as_ref().is_some_and(is_unknown),
        Val::Debug(it) => is_unknown(&it.in_release),
        _ => false,
    }
}
