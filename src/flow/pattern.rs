//! Patterns: whether a value fits one, and what the names in it are bound to.

use super::expr::literal_kind;
use super::machine::{Machine, Truth};
use super::state::choose;
use super::value::{AtomKind, Class, Kind, Val};
use crate::ir::{BinaryOp, Path, Pattern, PatternKind, Span};

impl Machine<'_> {
    /// Whether a pattern takes a value.
    pub fn matches(&mut self, pattern: &Pattern, value: &Val) -> Truth {
        let value = self.state.refine(value);
        match &pattern.kind {
            PatternKind::Wildcard
            | PatternKind::Bind(_, None)
            | PatternKind::Rest(_)
            | PatternKind::Target(_) => Truth::Known(true),
            PatternKind::Bind(_, Some(inner)) => self.matches(inner, &value),
            PatternKind::Literal(literal) => {
                let literal = Val::at(literal_kind(literal), pattern.span);
                let equal = self.combine(BinaryOp::Equal, &value, &literal, pattern.span);
                self.truth(&equal, pattern.span)
            }
            PatternKind::Path(path) => self.matches_name(path, &value, pattern),
            PatternKind::TupleRecord(path, inner) => {
                let name = path.segments.last().map_or("", |it| it.as_str());
                if name == "Some" || name == "Ok" {
                    let present = self.presence_of(&value, pattern.span);
                    if let (Truth::Known(true), [only]) = (&present, inner.as_slice()) {
                        return self.matches(only, &value);
                    }
                    return present;
                }
                if name == "Err" {
                    return match self.presence_of(&value, pattern.span) {
                        Truth::Known(true) => Truth::Atom(self.fresh_atom(pattern.span), true),
                        Truth::Known(false) => Truth::Known(true),
                        Truth::Atom(atom, polarity) => Truth::Atom(atom, !polarity),
                    };
                }
                self.matches_name(path, &value, pattern)
            }
            PatternKind::Record(path, _) => self.matches_name(path, &value, pattern),
            PatternKind::Tuple(items) => {
                if let Kind::Tuple(values) = &value.kind
                    && values.len() == items.len()
                {
                    let mut unknown = None;
                    for (item, value) in items.iter().zip(values.clone().iter()) {
                        match self.matches(item, value) {
                            Truth::Known(true) => {}
                            Truth::Known(false) => return Truth::Known(false),
                            atom @ Truth::Atom(..) if unknown.is_none() => unknown = Some(atom),
                            Truth::Atom(..) => {
                                unknown = Some(Truth::Atom(self.fresh_atom(pattern.span), true));
                            }
                        }
                    }
                    return unknown.unwrap_or(Truth::Known(true));
                }
                let irrefutable = items
                    .iter()
                    .all(|it| matches!(it.kind, PatternKind::Bind(_, None) | PatternKind::Wildcard));
                if irrefutable {
                    Truth::Known(true)
                } else {
                    Truth::Atom(self.fresh_atom(pattern.span), true)
                }
            }
            PatternKind::Or(alternatives) => {
                let mut unknown = None;
                for alternative in alternatives {
                    match self.matches(alternative, &value) {
                        Truth::Known(true) => return Truth::Known(true),
                        Truth::Known(false) => {}
                        atom @ Truth::Atom(..) if unknown.is_none() => unknown = Some(atom),
                        Truth::Atom(..) => unknown = Some(Truth::Atom(self.fresh_atom(pattern.span), true)),
                    }
                }
                unknown.unwrap_or(Truth::Known(false))
            }
            PatternKind::List(_) | PatternKind::Other => Truth::Atom(self.fresh_atom(pattern.span), true),
        }
    }

    /// Whether an optional value is there.
    pub fn presence_of(&mut self, value: &Val, span: Span) -> Truth {
        let value = self.state.refine(value);
        match &value.kind {
            Kind::Null | Kind::Unset => Truth::Known(false),
            Kind::Choice(choice) => {
                let absent = |it: &Val| matches!(it.kind, Kind::Null | Kind::Unset);
                match (absent(&choice.then), absent(&choice.or_else)) {
                    (false, true) => Truth::Atom(choice.condition, true),
                    (true, false) => Truth::Atom(choice.condition, false),
                    (true, true) => Truth::Known(false),
                    (false, false) => Truth::Known(true),
                }
            }
            Kind::Env { name, fallback: None } => Truth::Atom(
                self.atom(&format!("env {name} present"), AtomKind::Env(name.clone(), Some(false))),
                true,
            ),
            Kind::Unknown(_) | Kind::Param(_) | Kind::Setting { value: None, .. } => {
                if value.names().is_empty() {
                    Truth::Atom(self.fresh_atom(span), true)
                } else {
                    let key = format!("some {}", Self::names_key(value.names()));
                    Truth::Atom(self.atom(&key, AtomKind::Other), true)
                }
            }
            Kind::Object(id) if self.state.object(*id).is_some_and(|it| it.born.is_none()) => {
                Truth::Atom(self.atom(&format!("some object {id}"), AtomKind::Other), true)
            }
            _ => Truth::Known(true),
        }
    }

    pub(super) fn matches_name(&mut self, path: &Path, value: &Val, pattern: &Pattern) -> Truth {
        let name = path.segments.last().map_or("", |it| it.as_str());
        if name == "None" {
            return match self.presence_of(value, pattern.span) {
                Truth::Known(known) => Truth::Known(!known),
                Truth::Atom(atom, polarity) => Truth::Atom(atom, !polarity),
            };
        }
        let target = self.path(path);
        match (&value.kind, &target.kind) {
            (Kind::Word(a), Kind::Word(b)) | (Kind::External(a), Kind::External(b)) => Truth::Known(a == b),
            (Kind::Env { .. } | Kind::Setting { .. } | Kind::Unknown(_) | Kind::Param(_), _)
                if Self::deployment(name).is_some() =>
            {
                let development = Self::deployment(name) == Some(true);
                Truth::Atom(self.atom("build debug_assertions", AtomKind::Debug), development)
            }
            _ if !value.names().is_empty() => {
                let key = format!("{} is {name}", Self::names_key(value.names()));
                Truth::Atom(self.atom(&key, AtomKind::Other), true)
            }
            _ => Truth::Atom(self.fresh_atom(pattern.span), true),
        }
    }

    /// Binds the names of a pattern.
    pub fn bind(&mut self, pattern: &Pattern, value: Val) {
        let value = self.state.refine(&value);
        match &pattern.kind {
            PatternKind::Bind(name, inner) => {
                let named = if value.is_unknown() && value.names().is_empty() {
                    value.with_info(|info| info.names = vec![name.clone()])
                } else {
                    value
                };
                if let Some(inner) = inner {
                    self.bind(inner, named.clone());
                }
                self.drawn(name, &named, pattern.span);
                self.state.bind(name.clone(), named);
            }
            PatternKind::Tuple(items) | PatternKind::List(items) => {
                let values = self.known_items(&value);
                for (at, item) in items.iter().enumerate() {
                    let part = match &values {
                        Some(values) if values.len() == items.len() => values[at].clone(),
                        _ => {
                            let ty = value.ty().and_then(|ty| ty.args.get(at)).cloned();
                            let labels = value.labels();
                            let part = ty.map_or_else(
                                || Val::unknown("part of a value"),
                                |ty| Val::typed("part of a value", ty),
                            );
                            let nested = value.info.as_ref().and_then(|info| info.nested.clone());
                            part.labelled(labels).with_info(|info| info.nested = nested)
                        }
                    };
                    self.bind(item, part);
                }
            }
            PatternKind::TupleRecord(path, items) => {
                let name = path.segments.last().map_or("", |it| it.as_str());
                match items.as_slice() {
                    [only] if name == "Some" || name == "Ok" => self.bind(only, unwrap_choice(&value)),
                    [only] if name == "Err" => self.bind(only, Val::unknown("an error")),
                    [only] => {
                        let part = self.unwrapped(&value);
                        self.bind(only, part);
                    }
                    _ => {
                        for (at, item) in items.iter().enumerate() {
                            let part = self.field(
                                &value,
                                &crate::ir::Ident { name: at.to_string().into(), span: item.span },
                            );
                            self.bind(item, part);
                        }
                    }
                }
            }
            PatternKind::Record(_, fields) => {
                for (name, inner) in fields {
                    let part = self.field(&value, &crate::ir::Ident { name: name.clone(), span: inner.span });
                    self.bind(inner, part);
                }
            }
            PatternKind::Or(alternatives) => {
                if let Some(first) = alternatives.first() {
                    self.bind(first, value);
                }
            }
            PatternKind::Target(target) => self.assign(target, value, pattern.span),
            PatternKind::Rest(Some(name)) => {
                self.state.bind(name.clone(), Val::unknown("the rest"));
            }
            _ => {}
        }
    }

    /// What a one-field wrapper pattern (`State(x)`, `Json(x)`, a newtype) holds.
    pub(super) fn unwrapped(&mut self, value: &Val) -> Val {
        if let Kind::Object(id) = value.kind
            && let Some(object) = self.state.object(id)
        {
            return object.attributes.get("0").cloned().unwrap_or_else(|| value.clone());
        }
        let Some(ty) = value.ty() else { return value.clone() };
        if let super::value::TyDef::Project(id) = &ty.def {
            if let Some(field) = id.def.fields.iter().find(|field| field.name.name == "0")
                && let Some(written) = &field.ty
            {
                let ty = self.ty(written, id.scope);
                return value.clone().with_info(|info| info.ty = Some(ty));
            }
            return value.clone();
        }
        let labels = self.program.catalog.type_labels(ty, self.scope.file);
        let inner = ty.args.first().cloned();
        let value = value.clone().labelled(labels);
        match inner {
            Some(inner) => value.with_info(|info| info.ty = Some(inner)),
            None => value,
        }
    }

    /// A value of the elements of a collection.
    /// Whether no more elements come out of it than are known, than one client sends, or than its type holds.
    pub(super) fn is_few(&self, iterable: &Val) -> bool {
        if let Kind::Choice(choice) = &iterable.kind {
            return self.is_few(&choice.then) && self.is_few(&choice.or_else);
        }
        let by_type = match self.class_of(iterable) {
            Some(Class::Model(path)) => self.program.catalog.is_bounded(&path, self.scope.file),
            _ => false,
        };
        by_type
            || iterable.info.as_ref().is_some_and(|info| info.bounded)
            || self.known_items(iterable).is_some()
    }

    pub fn element_of(&mut self, iterable: &Val) -> Val {
        if let Kind::Object(id) = iterable.kind
            && let Some(object) = self.state.object(id)
            && matches!(object.class, Class::List)
            && let Some((_, first)) = object.items.first()
        {
            return first.clone();
        }
        match &iterable.kind {
            // What a closure makes of each element is one of them.
            Kind::Choice(choice) => {
                let then = self.element_of(&choice.then);
                let or_else = self.element_of(&choice.or_else);
                return choose(choice.condition, then, or_else);
            }
            Kind::Pieces(_) | Kind::Null => return iterable.clone(),
            _ => {}
        }
        let labels = iterable.labels().without(crate::model::Labels::COLLECTION);
        let names = iterable.names().to_vec();
        let inner = iterable
            .ty()
            .map(|ty| self.peel(ty))
            .filter(|ty| super::builtin::builtins().collection.contains(ty.last().as_str()))
            .and_then(|ty| ty.args.last().cloned());
        let file = self.scope.file;
        let inner = inner.or_else(|| match self.class_of(iterable) {
            Some(super::value::Class::Model(path)) => {
                let element = self.program.catalog.candidates(&path, file).mark("element")?;
                Some(super::value::Ty::external(element.clone()))
            }
            _ => None,
        });
        let nested = iterable.info.as_ref().and_then(|info| info.nested.clone());
        let bounded = iterable.info.as_ref().is_some_and(|info| info.bounded);
        Val::new(super::call::part_of(iterable, "an element")).labelled(labels).with_info(|info| {
            info.names = names;
            info.ty = inner;
            info.bounded = bounded;
            info.nested = nested;
        })
    }
}

fn unwrap_choice(value: &Val) -> Val {
    if let Kind::Choice(choice) = &value.kind {
        if matches!(choice.or_else.kind, Kind::Null) {
            return choice.then.clone();
        }
        if matches!(choice.then.kind, Kind::Null) {
            return choice.or_else.clone();
        }
    }
    value.clone()
}
