//! Applies what the models say a call does.

use std::rc::Rc;

use smol_str::SmolStr;

use super::call::Args;
use super::machine::Machine;
use super::state::choose;
use super::trace::EventKind;
use super::trace::{Snapshot, TraceEvent};
use super::value::{AtomKind, Class, Decided, FrameworkDefault, Kind, ObjectId, Ty, Val};
use crate::ir::{Ident, Name, Span};
use crate::model::Labels;
use crate::model::{Candidates, Clause, Found, Role, Source, TypeModel, Verb};

/// One call while its effect is applied.
struct Application<'m> {
    receiver: Option<Val>,
    args: Args,
    /// Parameter names and defaults of the row.
    params: Vec<(SmolStr, Option<Source>)>,
    span: Span,
    /// The written name and arguments: what an attribute write points to.
    set_at: Span,
    owner: Option<&'m TypeModel>,
    package: SmolStr,
    /// The path that was called.
    path: SmolStr,
}

impl<'a> Machine<'a> {
    /// Calls a function outside the project.
    pub fn call_external(
        &mut self,
        path: &str,
        args: Args,
        span: Span,
        name_span: Span,
        types: &[Ty],
    ) -> Val {
        let file = self.scope.file;
        let found = self.program.catalog.functions(path, file);
        if let Some(found) = best(&found) {
            return self.apply_effect(&found, None, args, span, name_span, path);
        }
        // Calling a type makes one of it.
        if let Some(class @ Class::Model(_)) = self.program.catalog.class(path, file) {
            let Class::Model(name) = &class else { unreachable!("matched above") };
            let candidates = self.program.catalog.candidates(name, file);
            let new = self.ask_members(&candidates, "new");
            if let Some(found) = best(&new) {
                return self.apply_effect(&found, None, args, span, name_span, path);
            }
            let object = self.framework_object(class, span);
            return Val::at(Kind::Object(object), span).labelled(args.labels().without(Labels::COLLECTION));
        }
        if let Some(operation) = super::builtin::builtins().function(path) {
            let name = Ident { name: path.into(), span: name_span };
            let receiver = args.positional.first().cloned().unwrap_or_else(Val::null);
            return self.operation(operation, &receiver, &name, &args, span);
        }
        let mut result = self.escape(&args, span);
        let _ = types;
        // `Type::new(..)` is a `Type`.
        if let Some((owner, function)) = path.rsplit_once("::")
            && function.chars().next().is_some_and(char::is_lowercase)
            && owner.rsplit("::").next().is_some_and(|it| it.starts_with(char::is_uppercase))
        {
            let ty = Ty::external(owner);
            result = result.with_info(|info| info.ty = Some(ty));
        } else if path.rsplit(['.', ':']).next().is_some_and(|it| it.starts_with(char::is_uppercase)) {
            let ty = Ty::external(path);
            result = result.with_info(|info| info.ty = Some(ty));
        }
        if result.names().is_empty()
            && let Some(last) = path.rsplit(['.', ':']).next()
        {
            let name = SmolStr::new(last);
            result = result.with_info(|info| info.names = vec![name]);
        }
        result
    }

    fn ask_members(&self, candidates: &Rc<Candidates<'a>>, name: &str) -> Vec<Found<'a>> {
        let models = self.program.catalog.models;
        self.program.catalog.ask(self.scope.file, |versions| models.associated(candidates, name, versions))
    }

    /// A new object of a framework's type, with the defaults of the version in use.
    pub fn framework_object(&mut self, class: Class, span: Span) -> ObjectId {
        let Class::Model(path) = &class else { return self.new_object(class, Some(span)) };
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

    fn default_value(&self, source: &Source, model: &TypeModel) -> Val {
        let kind = constant(source).unwrap_or(Kind::Unset);
        let origin = FrameworkDefault {
            package: model.package.clone(),
            version: model.versions.to_string().into(),
            source: model.source.clone(),
        };
        Val { kind, origin: Decided::Default(Rc::new(origin)), info: None }
    }

    #[must_use]
    pub fn has_method(&self, class: &Class, name: &str) -> bool {
        let Class::Model(path) = class else { return false };
        let candidates = self.program.catalog.candidates(path, self.scope.file);
        if let Some(attribute) = name.strip_suffix('=') {
            return !self.assigns(&candidates, attribute).is_empty();
        }
        !self.methods_named(&candidates, name).is_empty()
    }

    fn methods_named(&self, candidates: &Rc<Candidates<'a>>, name: &str) -> Vec<Found<'a>> {
        let models = self.program.catalog.models;
        self.program.catalog.ask(self.scope.file, |versions| models.methods(candidates, name, versions))
    }

    fn assigns(&self, candidates: &Rc<Candidates<'a>>, name: &str) -> Vec<Found<'a>> {
        let models = self.program.catalog.models;
        self.program.catalog.ask(self.scope.file, |versions| models.assigns(candidates, name, versions))
    }

    /// A method of a framework's object; `None` when no model has it.
    pub fn framework_method(
        &mut self,
        class: &Class,
        receiver: &Val,
        name: &Ident,
        args: &Args,
        span: Span,
        _types: &[Ty],
    ) -> Option<Val> {
        let Class::Model(path) = class else { return None };
        let candidates = self.program.catalog.candidates(path, self.scope.file);
        let (found, assigned) = match name.name.strip_suffix('=') {
            Some(attribute) => (self.assigns(&candidates, attribute), Some(SmolStr::new(attribute))),
            None => (self.methods_named(&candidates, &name.name), None),
        };
        let found = best(&found)?;
        let object = self.materialise(receiver, class.clone());
        let receiver = Val { kind: Kind::Object(object), ..receiver.clone() };
        let end =
            if name.span.file == span.file && span.end >= name.span.end { span.end } else { name.span.end };
        let set_at = Span { end, ..name.span };
        let _ = assigned;
        Some(self.apply_effect_at(&found, Some(receiver), args.clone(), span, set_at, path))
    }

    /// A field of a framework's object; `None` when no model has it.
    pub fn framework_field(&mut self, base: &Val, name: &Ident, names: &[Name]) -> Option<Val> {
        let class = self.class_of(base).or_else(|| {
            let peeled = self.peel(base.ty()?);
            self.class_of_type(&peeled)
        })?;
        self.field_of_class(&class, base, name, names)
    }

    pub fn field_of_class(&mut self, class: &Class, base: &Val, name: &Ident, names: &[Name]) -> Option<Val> {
        let Class::Model(path) = class else { return None };
        let candidates = self.program.catalog.candidates(path, self.scope.file);
        let models = self.program.catalog.models;
        let found = self
            .program
            .catalog
            .ask(self.scope.file, |versions| models.fields(&candidates, &name.name, versions));
        let found = best(&found)?;
        let value =
            self.apply_effect_at(&found, Some(base.clone()), Args::default(), name.span, name.span, path);
        Some(if value.is_unknown() { value.with_info(|info| info.names = names.to_vec()) } else { value })
    }

    fn apply_effect(
        &mut self,
        found: &Found<'a>,
        receiver: Option<Val>,
        args: Args,
        span: Span,
        name_span: Span,
        path: &str,
    ) -> Val {
        let _ = name_span;
        self.apply_effect_at(found, receiver, args, span, span, path)
    }

    fn apply_effect_at(
        &mut self,
        found: &Found<'a>,
        receiver: Option<Val>,
        args: Args,
        span: Span,
        set_at: Span,
        path: &str,
    ) -> Val {
        let mut it = Application {
            receiver,
            args,
            params: found.callable.params.clone(),
            span,
            set_at,
            owner: found.owner,
            package: found.package.clone(),
            path: path.into(),
        };
        let mut result: Option<Val> = None;
        let mut seconds: Option<Val> = None;
        let mut labels = Labels::NONE;
        for clause in found.callable.effect.iter() {
            match clause.verb {
                Verb::Duration => {
                    let part = self.duration(clause, &it);
                    seconds = Some(match seconds {
                        None => part,
                        Some(sum) => self.combine(crate::ir::BinaryOp::Add, &sum, &part, span),
                    });
                }
                Verb::Label => {
                    if let Some(word) = clause.word("label") {
                        labels = labels.with(super::catalog::label(word));
                    }
                    if let Some(from) = clause.operand("from") {
                        let from = self.source(from, &it);
                        labels = labels.with(from.labels().without(Labels::COLLECTION));
                        if result.is_none() {
                            let names = from.names().to_vec();
                            result = Some(
                                Val::at(Kind::Unknown("made of an argument"), span)
                                    .with_info(|info| info.names = names),
                            );
                        }
                    }
                }
                Verb::Same if result.is_some() && clause.word("type").is_some() => {
                    let value = result.take();
                    result = value.map(|value| self.retype(value, clause));
                }
                _ => {
                    let yielded = self.clause(clause, &it);
                    if clause.verb == Verb::Construct && it.receiver.is_none() {
                        it.receiver.clone_from(&yielded);
                    }
                    if result.is_none() {
                        // What a function made is what its further clauses are about.
                        if it.receiver.is_none()
                            && let Some(Val { kind: Kind::Object(_), .. }) = &yielded
                        {
                            it.receiver.clone_from(&yielded);
                        }
                        result = yielded;
                    }
                }
            }
        }
        let result = result.or(seconds).unwrap_or_else(|| {
            let value = self.escape(&it.args, span);
            let flowing =
                it.receiver.as_ref().map_or(Labels::NONE, |it| it.labels().without(Labels::COLLECTION));
            let mut names = it.receiver.as_ref().map(|it| it.names().to_vec()).unwrap_or_default();
            names.extend(it.args.positional.first().and_then(Val::text).cloned());
            value.labelled(flowing).with_info(|info| info.names = names)
        });
        result.labelled(labels)
    }

    /// One clause; what it yields.
    fn clause(&mut self, clause: &Clause, it: &Application<'a>) -> Option<Val> {
        match clause.verb {
            Verb::Construct => Some(self.construct(clause, it)),
            Verb::Convert => {
                let from = clause.operand("from").map_or_else(Val::null, |source| self.source(source, it));
                let made =
                    it.owner.is_none_or(|owner| matches!(owner.role, Role::Cookie | Role::CookieBuilder));
                Some(if made { self.convert(&from, it) } else { from })
            }
            Verb::Set => {
                for (name, source) in &clause.operands {
                    let value = self.source(source, it);
                    self.set_attribute(it, name, value);
                }
                it.receiver.clone()
            }
            Verb::SetNamed => {
                let attr = clause.operand("attr").map_or_else(Val::null, |source| self.source(source, it));
                let value = clause.operand("value").map_or_else(Val::null, |source| self.source(source, it));
                if let Some(name) = attr.text() {
                    let name = match name.to_lowercase().as_str() {
                        "httponly" => "http_only".into(),
                        "samesite" => "same_site".into(),
                        "max-age" => "max_age".into(),
                        other => SmolStr::new(other),
                    };
                    self.set_attribute(it, &name, value);
                }
                it.receiver.clone()
            }
            Verb::Unset => {
                if let Some(name) = clause.word("attr") {
                    let unset = Val::at(Kind::Unset, it.set_at);
                    self.set_attribute(it, &name.clone(), unset);
                }
                it.receiver.clone()
            }
            Verb::Merge => {
                let from = clause.operand("from").map_or_else(Val::null, |source| self.source(source, it));
                self.merge(it, &from);
                it.receiver.clone()
            }
            Verb::Same => {
                let value = it.receiver.clone().or_else(|| it.args.positional.first().cloned())?;
                Some(self.retype(value, clause))
            }
            Verb::Read => {
                let name = clause.word("attr")?;
                let receiver = it.receiver.as_ref()?;
                let Kind::Object(id) = receiver.kind else { return None };
                let object = self.state.object(id)?;
                let labels = object.labels.with(receiver.labels());
                let value = object.attributes.get(name).cloned();
                Some(if let Some(value) = value {
                    self.state.refine(&value)
                } else {
                    let mut names = receiver.names().to_vec();
                    names.push(name.clone());
                    Val::at(Kind::Unknown("read back"), it.span)
                        .with_info(|info| info.names = names)
                        .labelled(labels)
                })
            }
            Verb::Returns | Verb::Session => {
                let path =
                    clause.word("type").cloned().or_else(|| it.owner.map(|owner| owner.path.clone()))?;
                let labels = it.receiver.as_ref().map_or(Labels::NONE, Val::labels).with(it.args.labels());
                let mut names = it.receiver.as_ref().map(|it| it.names().to_vec()).unwrap_or_default();
                names.push(last_segment(&it.path));
                // One of many is not many: whether the result is a collection is said by its own type.
                let labels = labels
                    .without(Labels::COLLECTION)
                    .with(self.program.catalog.type_labels(&Ty::external(path.clone()), self.scope.file));
                let keep = matches!(clause.verb, Verb::Session);
                let value = Val {
                    origin: Decided::At(it.span),
                    ..Val::typed("a value of a library", Ty::external(path))
                };
                Some(
                    value
                        .labelled(if keep { Labels::NONE } else { labels })
                        .with_info(|info| info.names = names),
                )
            }
            Verb::Value => {
                let source = clause.operand("is")?;
                let kind = match source {
                    Source::Text(word) => Kind::Word(word.clone()),
                    other => constant(other).unwrap_or(Kind::Unknown("a value")),
                };
                Some(Val::at(kind, it.span))
            }
            Verb::Random => Some(
                Val::at(Kind::Unknown("random"), it.span)
                    .labelled(Labels::RANDOM)
                    .with_info(|info| info.names = vec!["random".into()]),
            ),
            Verb::Seal => {
                let from = clause.operand("from").map_or_else(Val::null, |source| self.source(source, it));
                Some(
                    Val::at(Kind::Unknown("sealed"), it.span)
                        .labelled(from.labels().without(Labels::COLLECTION).with(Labels::SEALED)),
                )
            }
            Verb::Env => Some(self.environment(clause, it)),
            Verb::Key => Some(self.key(clause, it)),
            Verb::Jar => Some(self.jar(clause, it)),
            Verb::ReadCookie => Some(self.read_cookie(clause, it)),
            Verb::Client => {
                if let Some(source) = clause.operand("cookie") {
                    let cookie = self.source(source, it);
                    if let Kind::Object(id) = cookie.kind
                        && let Some(object) = self.state.object_mut(id)
                    {
                        object.attributes.insert("client".into(), Val::new(Kind::Bool(true)));
                    }
                }
                None
            }
            Verb::Emit => {
                self.emit(clause, it, EventKind::Emit);
                None
            }
            Verb::Remove => {
                self.emit(clause, it, EventKind::EmitRemoval);
                None
            }
            Verb::EmitRaw => {
                self.emit_raw(clause, it);
                None
            }
            Verb::Sent => Some(self.sent(clause, it)),
            Verb::Get => Some(self.session_get(clause, it)),
            Verb::Write => self.session_write(clause, it),
            Verb::RemoveKey => self.session_event(EventKind::RemovePayload, clause, it),
            Verb::Clear => self.session_event(EventKind::ClearPayload, clause, it),
            Verb::DeleteRecord => self.session_event(EventKind::DeleteRecord, clause, it),
            Verb::Rotate => self.session_event(EventKind::RotateId, clause, it),
            Verb::Destroy => self.session_event(EventKind::Destroy, clause, it),
            Verb::DestroyOthers => self.session_event(EventKind::DestroyOthers, clause, it),
            Verb::Mark => self.session_event(EventKind::MarkModified, clause, it),
            Verb::Expire => self.session_event(EventKind::SetExpiry, clause, it),
            Verb::Login => self.session_event(EventKind::Login, clause, it),
            Verb::Logout => self.session_event(EventKind::Logout, clause, it),
            Verb::ChangePassword => self.session_event(EventKind::ChangePassword, clause, it),
            Verb::ChangeState => self.session_event(EventKind::ChangeState, clause, it),
            Verb::ReadId => {
                self.session_event(EventKind::ReadId, clause, it);
                Some(Val::at(Kind::Unknown("a session id"), it.span).labelled(Labels::SECRET))
            }
            Verb::ReadIdentity => {
                self.session_event(EventKind::ReadIdentity, clause, it);
                let names = it.receiver.as_ref().map(|it| it.names().to_vec()).unwrap_or_default();
                Some(Val::at(Kind::Unknown("who is logged in"), it.span).with_info(|info| info.names = names))
            }
            Verb::CheckCredentials => {
                self.session_event(EventKind::CheckCredentials, clause, it);
                Some(
                    Val::at(Kind::Unknown("result of a credential check"), it.span)
                        .labelled(Labels::AUTHENTICATED),
                )
            }
            Verb::Duration | Verb::Label => None,
            Verb::Nothing => it.receiver.clone().map(|value| {
                let labels = value.labels();
                let names = value.names().to_vec();
                Val::unknown("result of a library").labelled(labels).with_info(|info| info.names = names)
            }),
        }
    }

    /// The value of an operand.
    fn source(&mut self, source: &Source, it: &Application<'a>) -> Val {
        match source {
            Source::Arg(at) => {
                let at = usize::from(*at);
                let value = it
                    .args
                    .positional
                    .get(at)
                    .cloned()
                    .or_else(|| it.args.named.get(at).map(|(_, value)| value.clone()));
                value.unwrap_or_else(|| self.missing(it))
            }
            Source::Param(name) => {
                if let Some((_, value)) = it.args.named.iter().find(|(known, _)| known == name) {
                    return value.clone();
                }
                let at = it.params.iter().position(|(known, _)| known == name);
                if let Some(value) = at.and_then(|at| it.args.positional.get(at)) {
                    return value.clone();
                }
                if it.args.open {
                    return Val::unknown("given by an argument list that is not seen");
                }
                let default = at.and_then(|at| it.params[at].1.clone());
                match default {
                    Some(default) => {
                        let kind = constant(&default).unwrap_or(Kind::Unset);
                        let origin = it.owner.map_or(Decided::Nowhere, |owner| {
                            Decided::Default(Rc::new(FrameworkDefault {
                                package: it.package.clone(),
                                version: owner.versions.to_string().into(),
                                source: owner.source.clone(),
                            }))
                        });
                        Val { kind, origin, info: None }
                    }
                    None => Val::new(Kind::Unset),
                }
            }
            Source::Receiver => it.receiver.clone().unwrap_or_else(Val::null),
            Source::Attr(name) => {
                let id = it.receiver.as_ref().and_then(|receiver| match receiver.kind {
                    Kind::Object(id) => Some(id),
                    _ => None,
                });
                let value = id
                    .and_then(|id| self.state.object(id))
                    .and_then(|object| object.attributes.get(name))
                    .cloned();
                value.map_or_else(|| Val::new(Kind::Unset), |value| self.state.refine(&value))
            }
            other => Val::at(constant(other).unwrap_or(Kind::Unset), it.set_at),
        }
    }

    fn missing(&self, it: &Application<'a>) -> Val {
        if it.args.open {
            Val::unknown("given by an argument list that is not seen")
        } else {
            Val::new(Kind::Unset)
        }
    }

    fn duration(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
        let of = clause.operand("of").map_or_else(Val::null, |source| self.source(source, it));
        let number = |name: &str| match clause.operand(name) {
            Some(Source::Int(number)) => *number,
            _ => 1,
        };
        let (unit, per) = (number("unit"), number("per").max(1));
        self.lift(&of, &mut |_, value| {
            let seconds = match value.kind {
                Kind::Int(number) => number.saturating_mul(unit) / per,
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_precision_loss,
                    reason = "a duration in whole seconds is meant"
                )]
                Kind::Float(number) => (number * unit as f64 / per as f64) as i64,
                Kind::Duration(seconds) => seconds,
                Kind::Unset => 0,
                _ => return Val { kind: Kind::Unknown("a duration that is not known"), ..value },
            };
            Val { kind: Kind::Duration(seconds), ..value }
        })
    }

    fn construct(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
        let path = clause.word("type").cloned().or_else(|| it.owner.map(|owner| owner.path.clone()));
        let class = path.as_deref().and_then(|path| self.program.catalog.class(path, self.scope.file));
        let class = class.unwrap_or_else(|| Class::Model(path.unwrap_or_else(|| it.path.clone())));
        let id = self.framework_object(class, it.span);
        let given: Vec<(SmolStr, Val)> = clause
            .operands
            .iter()
            .filter(|(name, _)| name != "type")
            .map(|(name, source)| (name.clone(), self.source(source, it)))
            .collect();
        let mut labels = Labels::NONE;
        if let Some(object) = self.state.object_mut(id) {
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
    fn convert(&mut self, from: &Val, it: &Application<'a>) -> Val {
        let path = it.owner.map_or_else(|| it.path.clone(), |owner| owner.path.clone());
        self.as_object(from, &path, it.span)
    }

    fn as_object(&mut self, from: &Val, path: &str, span: Span) -> Val {
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
    fn conversion(&mut self, from: &Val, path: &str, span: Span) -> Option<Val> {
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

    fn retype(&mut self, value: Val, clause: &Clause) -> Val {
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

    fn set_attribute(&mut self, it: &Application<'a>, name: &SmolStr, value: Val) {
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

    fn merge(&mut self, it: &Application<'a>, from: &Val) {
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
                    &super::machine::Truth::Atom(choice.condition, true),
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

    fn environment(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
        let name = clause.operand("name").map_or_else(Val::null, |source| self.source(source, it));
        let default = clause
            .operand("default")
            .map(|source| self.source(source, it))
            .filter(|it| !matches!(it.kind, Kind::Unset));
        let Some(name) = name.text().cloned() else {
            return Val::at(Kind::Unknown("an environment variable"), it.span);
        };
        let cast = clause.word("cast").cloned().unwrap_or_default();
        let fallback = default.map(|value| match cast.as_str() {
            "bool" | "int" | "as-default" => Rc::new(super::operator::parse(&value)),
            _ => Rc::new(value),
        });
        Val::at(Kind::Env { name, fallback }, it.span)
    }

    fn key(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
        let from = clause.operand("from").map(|source| self.source(source, it));
        let path = it.owner.map_or_else(|| it.path.clone(), |owner| owner.path.clone());
        let class = self.program.catalog.class(&path, self.scope.file).unwrap_or(Class::Model(path));
        let id = self.new_object(class, Some(it.span));
        let package = it.package.clone();
        if let Some(object) = self.state.object_mut(id) {
            object.attributes.insert("<key>".into(), Val::new(Kind::Bool(true)));
            object.attributes.insert("<package>".into(), Val::new(Kind::Text(package)));
            if let Some(from) = from {
                object.attributes.insert("from".into(), from);
            }
            for (name, source) in &clause.operands {
                if name != "from" {
                    object.attributes.insert(name.clone(), Val::new(constant(source).unwrap_or(Kind::Unset)));
                }
            }
        }
        if self.quiet == 0 {
            self.trace.made.push(id);
        }
        Val::at(Kind::Object(id), it.span)
    }

    fn jar(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
        let path = clause
            .word("type")
            .cloned()
            .or_else(|| it.owner.map(|owner| owner.path.clone()))
            .unwrap_or_default();
        let class = self.program.catalog.class(&path, self.scope.file).unwrap_or(Class::Model(path));
        let id = self.new_object(class, Some(it.span));
        let given: Vec<(SmolStr, Val)> = clause
            .operands
            .iter()
            .filter(|(name, _)| name != "type")
            .map(|(name, source)| (name.clone(), self.source(source, it)))
            .collect();
        if let Some(object) = self.state.object_mut(id) {
            object.attributes.extend(given);
        }
        Val::at(Kind::Object(id), it.span)
    }

    /// A cookie of the request: a new unknown one that is the client's.
    fn read_cookie(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
        let name = clause.operand("name").map(|source| self.source(source, it));
        let verified = clause.flag("verified");
        let labels = if verified { Labels::REQUEST } else { Labels::REQUEST.with(Labels::COOKIE) };
        let mut event = self.event(EventKind::ReadCookie, it);
        if let Some(name) = &name {
            event.operands.push(("name".into(), name.clone()));
        }
        if verified {
            event.flags.push("verified".into());
        }
        self.record(event);
        let mut names: Vec<Name> = it.receiver.as_ref().map(|it| it.names().to_vec()).unwrap_or_default();
        names.extend(name.as_ref().and_then(Val::text).cloned());
        let value = Val::at(Kind::Unknown("a cookie of the request"), it.span).labelled(labels);
        // Where cookies are objects it is one, and it stays the client's until it is sent.
        if let Some(class) = self.cookie_class(it) {
            let id = self.new_object(class, Some(it.span));
            if let Some(object) = self.state.object_mut(id) {
                object.open = true;
                object.born = None;
                object.labels = labels;
                object.attributes.insert("client".into(), Val::new(Kind::Bool(true)));
                if let Some(name) = name {
                    object.attributes.insert("name".into(), name);
                }
                let mut inner = names.clone();
                inner.push("value".into());
                object.attributes.insert(
                    "value".into(),
                    Val::at(Kind::Unknown("a cookie of the request"), it.span)
                        .labelled(labels)
                        .with_info(|info| info.names = inner),
                );
            }
            return Val { kind: Kind::Object(id), ..value }.with_info(|info| info.names = names);
        }
        value.with_info(|info| info.names = names)
    }

    /// The class of cookie objects in the framework at hand.
    fn cookie_class(&self, it: &Application<'a>) -> Option<Class> {
        let owner = it.owner?;
        if matches!(owner.role, Role::Cookie | Role::CookieBuilder) {
            return self.program.catalog.class(&owner.path, self.scope.file);
        }
        if self.program.index.separator(self.scope.file) == "." {
            return None;
        }
        self.program.catalog.class("cookie::Cookie", self.scope.file)
    }

    // ---- emission

    fn event(&self, kind: EventKind, it: &Application<'a>) -> TraceEvent {
        TraceEvent {
            kind,
            span: it.span,
            path: Vec::new(),
            via: Vec::new(),
            item: SmolStr::default(),
            operands: Vec::new(),
            cookie: None,
            target: it.owner.map_or_else(|| it.path.clone(), |owner| owner.path.clone()),
            object: it.receiver.as_ref().and_then(|receiver| match receiver.kind {
                Kind::Object(id) => Some(id),
                _ => None,
            }),
            package: it.package.clone(),
            flags: Vec::new(),
        }
    }

    fn snapshot(&self, id: ObjectId) -> Option<Snapshot> {
        let object = self.state.object(id)?.clone();
        let symbolic = object.born.is_none();
        Some(Snapshot { object, symbolic })
    }

    fn emit(&mut self, clause: &Clause, it: &Application<'a>, kind: EventKind) {
        let mut event = self.event(kind, it);
        for (name, source) in &clause.operands {
            if matches!(source, Source::On)
                && !matches!(name.as_str(), "secure" | "http_only" | "partitioned" | "removal")
            {
                event.flags.push(name.clone());
            }
        }
        let protection = clause
            .operand("protection")
            .map(|source| self.source(source, it))
            .or_else(|| self.receiver_attribute(it, "protection"));
        let prefix = self.receiver_attribute(it, "prefix");
        let cookie = clause.operand("cookie").map(|source| self.source(source, it));
        let id = if let Some(cookie) = cookie {
            let cookie_path = "cookie::Cookie";
            let cookie = self.as_object(&cookie, cookie_path, it.span);
            let cookie = self.state.refine(&cookie);
            if let Kind::Choice(choice) = &cookie.kind {
                // One of two cookies: each is sent in its case.
                let choice = choice.clone();
                let positional = |value: &Val| Application {
                    receiver: it.receiver.clone(),
                    args: Args::positional(vec![value.clone()]),
                    params: Vec::new(),
                    span: it.span,
                    set_at: it.set_at,
                    owner: it.owner,
                    package: it.package.clone(),
                    path: it.path.clone(),
                };
                let (a, b) = (positional(&choice.then), positional(&choice.or_else));
                self.branch(
                    &super::machine::Truth::Atom(choice.condition, true),
                    |machine| {
                        machine.emit(clause, &a, kind);
                        Val::null()
                    },
                    |machine| {
                        machine.emit(clause, &b, kind);
                        Val::null()
                    },
                );
                return;
            }
            let Kind::Object(id) = cookie.kind else { return };
            // The other operands fill in what is still unset.
            let filling: Vec<(SmolStr, Val)> = clause
                .operands
                .iter()
                .filter(|(name, source)| {
                    name != "cookie"
                        && !matches!(
                            (name.as_str(), source),
                            ("only-if-sent" | "no-path" | "strips-header", _)
                        )
                })
                .map(|(name, source)| (name.clone(), self.source(source, it)))
                .collect();
            let owner = it.owner;
            if let Some(object) = self.state.object_mut(id) {
                for (name, value) in filling {
                    let unset = object
                        .attributes
                        .get(&name)
                        .is_none_or(|it| matches!(it.kind, Kind::Unset | Kind::Null));
                    if unset && name != "protection" {
                        let origin = owner.map_or(Decided::Nowhere, |owner| {
                            Decided::Default(Rc::new(FrameworkDefault {
                                package: owner.package.clone(),
                                version: owner.versions.to_string().into(),
                                source: owner.source.clone(),
                            }))
                        });
                        object.attributes.insert(name, Val { origin, ..value });
                    }
                }
            }
            id
        } else {
            let class = Class::Model("<cookie>".into());
            let id = self.new_object(class, Some(it.span));
            let given: Vec<(SmolStr, Val)> = clause
                .operands
                .iter()
                .map(|(name, source)| (name.clone(), self.source(source, it)))
                .collect();
            if let Some(object) = self.state.object_mut(id) {
                for (name, value) in given {
                    if name == "value" {
                        object.labels = value.labels();
                    }
                    object.attributes.insert(name, value);
                }
            }
            id
        };
        let mut snapshot = self.snapshot(id);
        if let Some(snapshot) = &mut snapshot {
            if let Some(protection) = protection {
                snapshot.object.attributes.insert("protection".into(), protection);
            }
            if let Some(prefix) = prefix {
                snapshot.object.attributes.insert("prefix".into(), prefix);
            }
            if let Some(owner) = it.owner {
                for (name, word) in &owner.traits {
                    let key: SmolStr = format!("<{name}>").into();
                    snapshot.object.attributes.insert(key, Val::new(Kind::Word(word.clone())));
                }
            }
        }
        event.cookie = snapshot;
        event.object = Some(id);
        self.record(event);
    }

    fn receiver_attribute(&self, it: &Application<'a>, name: &str) -> Option<Val> {
        let Kind::Object(id) = it.receiver.as_ref()?.kind else { return None };
        self.state.object(id)?.attributes.get(name).cloned()
    }

    fn emit_raw(&mut self, clause: &Clause, it: &Application<'a>) {
        let mut pairs: Vec<(Val, Val)> = Vec::new();
        if let Some(pair) = clause.operand("pair") {
            let pair = self.source(pair, it);
            if let Some([name, value]) = self.known_items(&pair).as_deref() {
                pairs.push((name.clone(), value.clone()));
            } else {
                // An object that is a header by itself, a cookie for example.
                pairs.push((Val::new(Kind::Text("set-cookie".into())), pair));
                if !matches!(pairs[0].1.kind, Kind::Object(_)) {
                    return;
                }
            }
        } else if let Some(mapping) = clause.operand("mapping") {
            let mapping = self.source(mapping, it);
            if let Kind::Object(id) = mapping.kind
                && let Some(object) = self.state.object(id)
                && matches!(object.class, Class::Map)
            {
                pairs.extend(object.items.iter().cloned());
            }
        } else {
            let name = clause.operand("name").map_or_else(Val::null, |source| self.source(source, it));
            let value = clause.operand("value").map_or_else(Val::null, |source| self.source(source, it));
            pairs.push((name, value));
        }
        for (name, value) in pairs {
            let name = self.state.refine(&name);
            let is_cookie = matches!(&name.kind, Kind::Text(text) | Kind::Word(text) if text.eq_ignore_ascii_case("set-cookie"));
            let cookie_object = !matches!(value.kind, Kind::Object(_)) || self.is_cookie(&value);
            if is_cookie && cookie_object {
                self.emit_line(&value, it);
            }
        }
    }

    fn is_cookie(&self, value: &Val) -> bool {
        let Some(Class::Model(path)) = self.class_of(value) else { return false };
        let role = self.program.catalog.candidates(&path, self.scope.file).role();
        matches!(role, Some(Role::Cookie | Role::CookieBuilder))
    }

    fn emit_line(&mut self, value: &Val, it: &Application<'a>) {
        let value = self.state.refine(value);
        match &value.kind {
            Kind::Choice(choice) => {
                let choice = choice.clone();
                self.branch(
                    &super::machine::Truth::Atom(choice.condition, true),
                    |machine| {
                        machine.emit_line(&choice.then, it);
                        Val::null()
                    },
                    |machine| {
                        machine.emit_line(&choice.or_else, it);
                        Val::null()
                    },
                );
            }
            Kind::Object(id) => {
                let mut event = self.event(EventKind::Emit, it);
                event.cookie = self.snapshot(*id);
                event.object = Some(*id);
                self.record(event);
            }
            _ => {
                let mut event = self.event(EventKind::Emit, it);
                event.operands.push(("text".into(), value.clone()));
                event.flags.push("raw".into());
                self.record(event);
            }
        }
    }

    /// A pair or list of headers that is part of a response.
    pub fn emit_headers(&mut self, pair: (&Val, &Val), span: Span, package: &str) {
        let it = Application {
            receiver: None,
            args: Args::default(),
            params: Vec::new(),
            span,
            set_at: span,
            owner: None,
            package: package.into(),
            path: "headers".into(),
        };
        let is_cookie = matches!(&pair.0.kind, Kind::Text(text) | Kind::Word(text) if text.eq_ignore_ascii_case("set-cookie"));
        if is_cookie {
            self.emit_line(pair.1, &it);
        }
    }

    fn sent(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
        let name = clause.operand("name").map_or_else(Val::null, |source| self.source(source, it));
        let known = self.trace.events.iter().rev().find(|event| {
            event.kind == EventKind::Emit
                && event
                    .cookie
                    .as_ref()
                    .and_then(|it| it.object.attributes.get("name"))
                    .is_some_and(|it| it.same(&name))
        });
        if let Some(id) = known.and_then(|event| event.object) {
            return Val::at(Kind::Object(id), it.span);
        }
        let path = clause.word("type").cloned().unwrap_or_default();
        let class = self.program.catalog.class(&path, self.scope.file).unwrap_or(Class::Model(path));
        let id = self.new_object(class, Some(it.span));
        if let Some(object) = self.state.object_mut(id) {
            object.open = true;
            object.born = None;
            object.attributes.insert("name".into(), name);
        }
        Val::at(Kind::Object(id), it.span)
    }

    // ---- sessions

    fn session_event(&mut self, kind: EventKind, clause: &Clause, it: &Application<'a>) -> Option<Val> {
        let mut event = self.event(kind, it);
        for (name, source) in &clause.operands {
            match source {
                Source::On => event.flags.push(name.clone()),
                Source::Text(word) => event.flags.push(format!("{name}={word}").into()),
                source => {
                    let value = self.source(source, it);
                    event.operands.push((name.clone(), value));
                }
            }
        }
        self.record(event);
        None
    }

    fn session_get(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
        let key = clause.operand("key").map_or_else(Val::null, |source| self.source(source, it));
        let mut event = self.event(EventKind::ReadPayload, it);
        event.operands.push(("key".into(), key.clone()));
        self.record(event);
        let id = it.receiver.as_ref().and_then(|receiver| match receiver.kind {
            Kind::Object(id) => Some(id),
            _ => None,
        });
        let key = self.key_text(&key);
        // What this very handler stored.
        let stored: SmolStr = format!("[{key}]").into();
        if let Some(value) =
            id.and_then(|id| self.state.object(id)).and_then(|it| it.attributes.get(&stored)).cloned()
        {
            return self.state.refine(&value);
        }
        let mut names = it.receiver.as_ref().map(|it| it.names().to_vec()).unwrap_or_default();
        names.push(key.clone());
        Val::at(Kind::Unknown("stored in the session"), it.span).labelled(Labels::SESSION).with_info(|info| {
            info.names = names;
            info.nested = id.map(|id| (id, key));
        })
    }

    fn session_write(&mut self, clause: &Clause, it: &Application<'a>) -> Option<Val> {
        let key = clause.operand("key").map(|source| self.source(source, it));
        let value = clause.operand("value").map_or_else(Val::null, |source| self.source(source, it));
        let mut event = self.event(EventKind::WritePayload, it);
        if let Some(key) = &key {
            event.operands.push(("key".into(), key.clone()));
        }
        event.operands.push(("value".into(), value.clone()));
        for (name, source) in &clause.operands {
            if matches!(source, Source::On) {
                event.flags.push(name.clone());
            }
        }
        let if_absent = clause.flag("if-absent");
        let id = event.object;
        self.record(event);
        let key = key.as_ref().map(|key| self.key_text(key));
        if let (Some(id), Some(key), false) = (id, &key, if_absent) {
            let stored: SmolStr = format!("[{key}]").into();
            // Stored at the first level by this handler: what is done to it afterwards is saved with it.
            let fresh = value.clone().with_info(|info| info.nested = None);
            if let Some(object) = self.state.object_mut(id) {
                object.attributes.insert(stored, fresh);
            }
        }
        if_absent.then(|| {
            let names = key.iter().cloned().collect();
            value.with_info(|info| {
                info.names = names;
                info.nested = id.zip(key);
            })
        })
    }

    fn key_text(&self, key: &Val) -> SmolStr {
        match self.rendered(key) {
            Some(text) => text.into(),
            None => key.names().join(".").into(),
        }
    }

    /// Something was changed in place: if it lies below the first level of a session, that is an event.
    /// `given` is what was put into it.
    pub fn mutation(&mut self, value: &Val, given: Option<&Val>, span: Span) {
        let Some((object, key)) = value.info.as_ref().and_then(|info| info.nested.clone()) else { return };
        let target = match self.state.object(object).map(|it| it.class.clone()) {
            Some(Class::Model(path)) => path,
            _ => SmolStr::default(),
        };
        let package = match target.as_str() {
            "" => SmolStr::default(),
            path => self
                .program
                .catalog
                .candidates(path, self.scope.file)
                .package()
                .map(|it| (*it).clone())
                .unwrap_or_default(),
        };
        self.record(TraceEvent {
            kind: EventKind::MutateNested,
            span,
            path: Vec::new(),
            via: Vec::new(),
            item: SmolStr::default(),
            operands: [("key".into(), Val::new(Kind::Text(key)))]
                .into_iter()
                .chain(given.map(|it| ("value".into(), it.clone())))
                .collect(),
            cookie: None,
            target,
            object: Some(object),
            package,
            flags: Vec::new(),
        });
    }

    /// A comparison with something that is named like a secret is a credential check.
    pub fn note_comparison(&mut self, op: crate::ir::BinaryOp, a: &Val, b: &Val, span: Span) {
        if !matches!(op, crate::ir::BinaryOp::Equal | crate::ir::BinaryOp::NotEqual) {
            return;
        }
        let secret = |value: &Val| {
            value.names().last().is_some_and(|name| crate::model::words::sensitive(name) == Some("password"))
                && !matches!(value.kind, Kind::Null | Kind::Text(_))
        };
        if secret(a) && !matches!(b.kind, Kind::Null) || secret(b) && !matches!(a.kind, Kind::Null) {
            self.record(TraceEvent {
                kind: EventKind::CheckCredentials,
                span,
                path: Vec::new(),
                via: Vec::new(),
                item: SmolStr::default(),
                operands: Vec::new(),
                cookie: None,
                target: SmolStr::default(),
                object: None,
                package: SmolStr::default(),
                flags: vec!["comparison".into()],
            });
        }
    }
}

/// The row that counts: the newest when versions disagree.
fn best<'m>(found: &[Found<'m>]) -> Option<Found<'m>> {
    found.last().cloned()
}

/// Objects that are judged by their final state.
fn is_lasting(role: Role) -> bool {
    matches!(role, Role::SessionLayer | Role::Csrf | Role::Store | Role::Identity)
}

fn last_segment(path: &str) -> SmolStr {
    path.rsplit([':', '.']).next().unwrap_or(path).into()
}

/// The value of a source that is a constant.
#[must_use]
pub fn constant(source: &Source) -> Option<Kind> {
    Some(match source {
        Source::On => Kind::Bool(true),
        Source::Off => Kind::Bool(false),
        Source::Null => Kind::Null,
        Source::Unset => Kind::Unset,
        Source::ByScheme => Kind::Request,
        Source::Int(number) => Kind::Int(*number),
        Source::Text(word) => Kind::Text(word.clone()),
        Source::Arg(_) | Source::Param(_) | Source::Receiver | Source::Attr(_) => return None,
    })
}

impl Machine<'_> {
    /// Headers that a returned value carries: pairs of a header's name and its text, however deep in tuples and lists.
    pub fn emit_returned(&mut self, value: &Val, span: Span, depth: u32) {
        let value = self.state.refine(value);
        if depth == 0 {
            return;
        }
        match &value.kind {
            Kind::Choice(choice) => {
                let choice = choice.clone();
                self.branch(
                    &super::machine::Truth::Atom(choice.condition, true),
                    |machine| {
                        machine.emit_returned(&choice.then, span, depth - 1);
                        Val::null()
                    },
                    |machine| {
                        machine.emit_returned(&choice.or_else, span, depth - 1);
                        Val::null()
                    },
                );
            }
            Kind::Tuple(items) => {
                let items = items.clone();
                let place = value.span().unwrap_or(span);
                if let [name, text] = items.as_ref()
                    && matches!(name.kind, Kind::Text(_) | Kind::Word(_))
                {
                    self.emit_headers((name, text), place, "http");
                    return;
                }
                for item in items.iter() {
                    self.emit_returned(item, span, depth - 1);
                }
            }
            Kind::Object(id) => {
                let Some(object) = self.state.object(*id) else { return };
                if !matches!(object.class, Class::List | Class::Project(_)) {
                    return;
                }
                let items: Vec<Val> = object
                    .items
                    .iter()
                    .map(|(_, item)| item.clone())
                    .chain(object.attributes.get("0").cloned())
                    .collect();
                for item in items.iter().take(16) {
                    self.emit_returned(item, span, depth - 1);
                }
            }
            _ => {}
        }
    }
}
