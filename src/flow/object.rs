//! Objects of frameworks: made, converted, changed and put together.

use smol_str::SmolStr;

use super::call::Args;
use super::effect::{Application, last_segment};
use super::machine::{Machine, Truth};
use super::state::choose;
use super::value::{AtomKind, Class, Kind, ObjectId, Ty, Val};
use crate::ir::Span;
use crate::model::{Clause, Labels, Role, Source};

/// Mark of a jar that no framework sends.
pub(super) const OWN: &str = "<own>";

/// Attributes that are durations, which settings files write as text.
const LIVES: [&str; 4] = ["max_age", "expires", "idle_timeout", "absolute_timeout"];

impl<'a> Machine<'a> {
    pub(super) fn construct(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
        let path = clause.word("type").cloned().or_else(|| it.owner.map(|owner| owner.path.clone()));
        let class = path.as_deref().and_then(|path| self.program.catalog.class(path, self.scope.file));
        let class = class.unwrap_or_else(|| Class::Model(path.unwrap_or_else(|| it.path.clone())));
        let id = self.framework_object(class, it.span);
        let given: Vec<(SmolStr, Val)> = clause
            .operands
            .iter()
            .filter(|(name, _)| name != "type")
            .map(|(name, source)| (name.clone(), source, self.source(source, it)))
            // What no settings file has keeps its default.
            .filter(|(_, source, value)| !matches!((source, &value.kind), (Source::File(_), Kind::Unset)))
            .map(|(name, source, value)| match source {
                Source::File(_) if LIVES.contains(&name.as_str()) => (name, super::operator::lasting(value)),
                _ => (name, value),
            })
            .collect();
        let mut labels = Labels::NONE;
        // What is put into a jar of one's own is sent by whoever reads it out again.
        let own = it.owner.is_some_and(|it| {
            it.role == Role::Jar && it.traits.get("emits").is_some_and(|word| word == "by-framework")
        });
        if let Some(object) = self.state.object_mut(id) {
            if own {
                object.attributes.insert(OWN.into(), Val::new(Kind::Bool(true)));
            }
            for (name, value) in given {
                if name == "value" {
                    labels = labels.with(value.labels());
                }
                object.attributes.insert(name, value);
            }
            object.labels = labels;
        }
        Val::at(Kind::Object(id), it.span)
    }

    /// Text, a pair, a builder or the object itself, as an object of the row's type.
    pub(super) fn convert(&mut self, from: &Val, it: &Application<'a>) -> Val {
        let path = it.owner.map_or_else(|| it.path.clone(), |owner| owner.path.clone());
        self.as_object(from, &path, it.span)
    }

    pub(super) fn as_object(&mut self, from: &Val, path: &str, span: Span) -> Val {
        let from = self.state.refine(from);
        match &from.kind {
            Kind::Object(id)
                if self
                    .state
                    .object(*id)
                    .is_some_and(|it| !matches!(it.class, Class::List | Class::Map | Class::Project(_))) =>
            {
                from
            }
            Kind::Choice(choice) => {
                let choice = choice.clone();
                let then = self.as_object(&choice.then, path, span);
                let or_else = self.as_object(&choice.or_else, path, span);
                choose(choice.condition, then, or_else)
            }
            kind => {
                if let Some(made) = self.conversion(&from, path, span) {
                    return made;
                }
                if let Some(class @ Class::Model(_)) = self.class_of(&from) {
                    let id = self.materialise(&from, class);
                    return Val { kind: Kind::Object(id), ..from.clone() };
                }
                let (name, value) = match kind {
                    Kind::Tuple(items) if items.len() == 2 => (items[0].clone(), items[1].clone()),
                    Kind::Text(_) | Kind::Pieces(_) | Kind::Word(_) => {
                        (from.clone(), Val::at(Kind::Text(SmolStr::default()), span))
                    }
                    _ => (from.clone(), Val::unknown("a value that is not seen")),
                };
                let class = self
                    .program
                    .catalog
                    .class(path, self.scope.file)
                    .unwrap_or_else(|| Class::Model(path.into()));
                let known = matches!(kind, Kind::Tuple(_) | Kind::Text(_) | Kind::Pieces(_) | Kind::Word(_));
                let id = self.framework_object(class, span);
                if let Some(object) = self.state.object_mut(id) {
                    object.labels = value.labels();
                    object.attributes.insert("name".into(), name);
                    object.attributes.insert("value".into(), value);
                    if !known {
                        // Something that turns into a cookie elsewhere: nothing is known of it.
                        object.attributes.clear();
                        object.open = true;
                        object.born = None;
                    }
                }
                Val::at(Kind::Object(id), span)
            }
        }
    }

    /// `impl From<T> for Cookie`, `impl Into<Cookie> for T`: called where a `T` is handed over as a cookie.
    pub(super) fn conversion(&mut self, from: &Val, path: &str, span: Span) -> Option<Val> {
        let Class::Project(id) = self.class_of(from)? else { return None };
        let target = last_segment(path);
        let definition = self.program.index.conversion(&id, &target)?;
        let made = if definition.function.name.name == "into" {
            self.inline(&definition, Some(from.clone()), Args::default(), span)
        } else {
            self.inline(&definition, None, Args::positional(vec![from.clone()]), span)
        };
        Some(made)
    }

    pub(super) fn retype(&mut self, value: Val, clause: &Clause) -> Val {
        let Some(path) = clause.word("type") else { return value };
        let class = self.program.catalog.class(path, self.scope.file);
        match (&value.kind, class) {
            (Kind::Object(id), Some(class)) => {
                if let Some(object) = self.state.object_mut(*id) {
                    object.class = class;
                }
                value
            }
            (Kind::Unknown(_) | Kind::Param(_), Some(_)) => {
                let ty = Ty::external(path.clone());
                value.with_info(|info| info.ty = Some(ty))
            }
            _ => value,
        }
    }

    /// A new object of a framework's type, with the defaults of the version in use.
    pub fn framework_object(&mut self, class: Class, span: Span) -> ObjectId {
        let Class::Model(path) = &class else { return self.new_object(class, Some(span)) };
        self.touch();
        let candidates = self.program.catalog.candidates(path, self.scope.file);
        let mut attributes = Vec::new();
        for name in candidates.attributes() {
            let mut value: Option<Val> = None;
            for (at, (source, model)) in candidates.defaults(name).into_iter().enumerate() {
                let next = self.default_value(&source, model);
                value = Some(match value {
                    None => next,
                    Some(known) => {
                        let atom = self.atom(&format!("version of {} {at}", model.package), AtomKind::Other);
                        choose(atom, known, next)
                    }
                });
            }
            if let Some(value) = value {
                attributes.push((name.clone(), value));
            }
        }
        let id = self.new_object(class, Some(span));
        if let Some(object) = self.state.object_mut(id) {
            object.attributes.extend(attributes);
        }
        if candidates.role().is_some_and(is_lasting) && self.quiet == 0 {
            self.trace.made.push(id);
        }
        id
    }

    pub(super) fn set_attribute(&mut self, it: &Application<'a>, name: &SmolStr, value: Val) {
        let Some(receiver) = &it.receiver else { return };
        let Kind::Object(id) = receiver.kind else { return };
        let set_at = it.set_at;
        let labels = value.labels();
        let value = value.with_info(|info| info.set_at = Some(set_at));
        if let Some(object) = self.state.object_mut(id) {
            if name == "value" {
                object.labels = labels;
            }
            object.attributes.insert(name.clone(), value);
        }
    }

    /// Attributes by the names that they have in a line: one, or those of a mapping.
    pub(super) fn set_named(&mut self, clause: &Clause, it: &Application<'a>) {
        let mut operand =
            |name: &str| clause.operand(name).map_or_else(Val::null, |source| self.source(source, it));
        let (attr, value, mapping) = (operand("attr"), operand("value"), operand("mapping"));
        let pairs = self.known_entries(&mapping).unwrap_or_else(|| vec![(attr, value)]);
        for (attr, value) in pairs {
            let Some(name) = attr.text() else { continue };
            let name = match name.to_lowercase().as_str() {
                "httponly" => "http_only".into(),
                "samesite" => "same_site".into(),
                "max-age" => "max_age".into(),
                other => SmolStr::new(other),
            };
            self.set_attribute(it, &name, value);
        }
    }

    pub(super) fn merge(&mut self, it: &Application<'a>, from: &Val) {
        let Some(receiver) = &it.receiver else { return };
        let Kind::Object(target) = receiver.kind else { return };
        let from = self.state.refine(from);
        match &from.kind {
            Kind::Object(id) => {
                let Some((attributes, born)) =
                    self.state.object(*id).map(|object| (object.attributes.clone(), object.born))
                else {
                    return;
                };
                let set_at = it.set_at;
                if let Some(object) = self.state.object_mut(target) {
                    // Configuration that the object is made of stands where its parts are written.
                    if let (Some(made), Some(born)) = (object.born, born)
                        && made == it.span
                    {
                        object.attributes.insert("<configured>".into(), Val::at(Kind::Null, born));
                    }
                    for (name, value) in attributes {
                        object
                            .attributes
                            .insert(name, value.with_info(|info| info.set_at = info.set_at.or(Some(set_at))));
                    }
                }
            }
            Kind::Choice(choice) => {
                let choice = choice.clone();
                self.branch(
                    &Truth::Atom(choice.condition, true),
                    |machine| {
                        machine.merge(it, &choice.then);
                        Val::null()
                    },
                    |machine| {
                        machine.merge(it, &choice.or_else);
                        Val::null()
                    },
                );
            }
            Kind::Null | Kind::Unset => {}
            _ => {
                // What is poured in is not known: nothing that it may set is known any more.
                if let Some(object) = self.state.object_mut(target) {
                    for name in ["max_age", "idle_timeout", "absolute_timeout"] {
                        if object.attributes.contains_key(name) {
                            object.attributes.insert(name.into(), from.clone());
                        }
                    }
                    object.open = true;
                }
            }
        }
    }
}

/// Objects that are judged by their final state.
pub(super) fn is_lasting(role: Role) -> bool {
    matches!(
        role,
        Role::SessionLayer | Role::Csrf | Role::Store | Role::Identity | Role::Application | Role::Cors
    )
}
