//! Reads of the environment.

use std::rc::Rc;

use smol_str::SmolStr;

use crate::ir::Name;

use super::super::deployment::Deployment;
use super::super::environment::{CastRule, Missing, Read};
use super::super::value::{Cast, Declared, EnvVal, Item, Lift, List, Object, Reader, Sequence, Val, map};
use super::super::words;
use super::Evaluator;
use super::call::Args;

impl Evaluator<'_> {
    /// What a call that reads the environment gives.
    pub(super) fn read(&mut self, read: &Read<'_>, reader: Option<&Reader>, args: &Args) -> Val {
        let part = |wanted: &str| {
            let at = read.params.iter().position(|it| it == wanted);
            let positional = at.and_then(|at| args.positional.get(at));
            let named =
                || args.named.iter().find(|(name, _)| read.keyword(name) == wanted).map(|(_, val)| val);
            positional.or_else(named)
        };
        let name: SmolStr = match (read.name, part("name")) {
            (Some(name), _) => name.into(),
            (None, Some(Val::Text(name))) => name.as_ref().into(),
            (None, Some(_)) => return Val::opaque("a variable of the environment with an unknown name"),
            (None, None) => return Val::opaque("the environment"),
        };
        let scheme = reader.and_then(|it| it.scheme.iter().find(|(key, ..)| *key == name));
        let default = part("default").cloned().or_else(|| scheme.and_then(|(_, _, default)| default.clone()));
        let argument = part("cast").cloned();
        let cast = match read.cast.fixed() {
            Some(cast) => cast,
            None => {
                argument.as_ref().map(cast_of).or_else(|| scheme.map(|(_, cast, _)| *cast)).unwrap_or_else(
                    || match (read.cast, &default) {
                        (CastRule::AsDefault, Some(default)) => type_of(default),
                        _ => Cast::Text,
                    },
                )
            }
        };
        let prefix = reader.map(|it| it.prefix.clone()).unwrap_or_default();
        let fallback = match default {
            Some(default) if read.cast_default => Some(self.casted(&default, cast, argument.as_ref())),
            Some(default) => Some(default),
            None => self.variables.get(&name).cloned(),
        };
        let fallback = fallback.or_else(|| (read.missing == Missing::Null).then_some(Val::Null));
        if read.sets_default
            && let Some(default) = &fallback
        {
            self.variables.insert(name.clone(), default.clone());
        }
        self.attempt.lacking |= fallback.is_none();
        let name = format!("{prefix}{name}");
        let fallback = fallback.map(|it| self.deployed(&name, it, cast));
        variable(&name, fallback, cast)
    }

    /// A declared value of a settings class, once its name is known.
    pub(super) fn declared(&mut self, declared: &Declared, name: &Name) -> Val {
        if declared.fixed {
            return declared.default.clone().unwrap_or(Val::Null);
        }
        let own = declared.variable.clone().unwrap_or_else(|| name.clone());
        let variable_name = format!("{}{own}", declared.prefix);
        let default = declared.default.clone().map(|it| self.deployed(&variable_name, it, declared.cast));
        variable(&variable_name, default, declared.cast)
    }

    /// The default of a variable, or what a committed file of the deployment gives instead.
    fn deployed(&mut self, name: &str, default: Val, cast: Cast) -> Val {
        let (workspace, units) = (self.workspace, self.units);
        let deployment = self.deployment.get_or_insert_with(|| Rc::new(Deployment::read(workspace, units)));
        let beside = deployment.clone().beside(name, &default, cast);
        for (_, span) in &beside {
            self.note(*span, format!("`{name}` is given here"));
        }
        Val::one_of(std::iter::once(default).chain(beside.into_iter().map(|(val, _)| val)))
    }

    /// The default of a variable after the cast.
    fn casted(&mut self, default: &Val, cast: Cast, argument: Option<&Val>) -> Val {
        if let (Some(Val::Object(Object::Function(_))), Some(function)) = (argument, argument) {
            let args = Args { positional: vec![default.clone()], ..Args::default() };
            return self.invoke(function, args, None);
        }
        map(default, Lift::KEEP, &mut |leaf| match (cast, leaf) {
            (Cast::Bool, Val::Text(text)) => {
                words::flag(text).map_or_else(|| Val::opaque("the truth of a text"), Val::Bool)
            }
            (Cast::Bool, _) => leaf.truth().map_or_else(|| leaf.clone(), Val::Bool),
            (Cast::Int, Val::Text(text)) => {
                text.trim().parse().map_or_else(|_| Val::opaque("the number of a text"), Val::Int)
            }
            (Cast::List, Val::Text(text)) => parts(text, ","),
            _ => leaf.clone(),
        })
    }
}

/// A text cut at a separator, without empty parts.
pub(super) fn parts(text: &str, separator: &str) -> Val {
    let items = text
        .split(separator)
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .map(|it| Item { val: Val::text(it), span: NOWHERE, maybe: false })
        .collect();
    Val::List(Rc::new(List { kind: Sequence::List, items, complete: true }))
}

/// The place of a value that is written nowhere.
pub(super) const NOWHERE: crate::ir::Span =
    crate::ir::Span { file: crate::source::FileId(u32::MAX), start: 0, end: 0 };

pub(super) fn variable(name: &str, fallback: Option<Val>, cast: Cast) -> Val {
    Val::Env(Rc::new(EnvVal { name: name.into(), fallback, set: None, cast, when_on: Some(true) }))
}

/// The cast that an argument such as `bool` or `Csv()` means.
pub(super) fn cast_of(argument: &Val) -> Cast {
    match argument {
        Val::Object(Object::Foreign(path)) => match path.rsplit('.').next().unwrap_or_default() {
            "bool" | "strtobool" => Cast::Bool,
            "int" => Cast::Int,
            "float" => Cast::Float,
            "str" => Cast::Text,
            "list" | "tuple" | "set" => Cast::List,
            "dict" => Cast::Dict,
            _ => Cast::Any,
        },
        Val::Opaque(why) if why.contains("Csv") => Cast::List,
        _ => Cast::Any,
    }
}

pub(super) fn type_of(val: &Val) -> Cast {
    match val {
        Val::Bool(_) => Cast::Bool,
        Val::Int(_) => Cast::Int,
        Val::Float(_) => Cast::Float,
        Val::Text(_) | Val::Null => Cast::Text,
        Val::List(_) => Cast::List,
        Val::Dict(_) => Cast::Dict,
        Val::Debug(it) => type_of(&it.in_release),
        Val::Env(it) => it.cast,
        _ => Cast::Any,
    }
}
