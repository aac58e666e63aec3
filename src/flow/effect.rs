//! Applies what the models say a call does.

use std::rc::Rc;

use smol_str::SmolStr;

use super::call::{Args, LIBRARY};
use super::machine::Machine;
use super::operand::constant;
use super::trace::EventKind;
use super::value::{Class, Decided, Kind, Ty, Val};
use crate::ir::{Ident, Name, Span};
use crate::model::{Candidates, Clause, Found, Labels, Role, Source, TypeModel, Verb};

/// One call while its effect is applied.
pub(super) struct Application<'m> {
    pub(super) receiver: Option<Val>,
    pub(super) args: Args,
    /// Parameter names and defaults of the row.
    pub(super) params: Vec<(SmolStr, Option<Source>)>,
    pub(super) span: Span,
    /// The written name and arguments: what an attribute write points to.
    pub(super) set_at: Span,
    pub(super) owner: Option<&'m TypeModel>,
    pub(super) package: SmolStr,
    /// The path that was called.
    pub(super) path: SmolStr,
    /// The version is not known, and versions differ in what the call does.
    pub(super) unsure: bool,
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
        if let Some(found) = fitting(&found, &args) {
            return self.apply_effect(&found, None, args, span, name_span, path);
        }
        // Calling a type makes one of it.
        if let Some(class @ Class::Model(_)) = self.program.catalog.class(path, file) {
            let Class::Model(name) = &class else { unreachable!("matched above") };
            let candidates = self.program.catalog.candidates(name, file);
            let new = self.ask_members(&candidates, "new");
            if let Some(found) = fitting(&new, &args) {
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
        let called = path.rsplit([':', '.']).next().unwrap_or(path);
        // Libraries take ids to parse them; only a name tells more.
        self.hand_over(called, Labels::COOKIE, &args, span);
        let before = self.trace.events.len();
        let result = self.escape(&args, span);
        let labels = super::reach::transformed(path, result.labels());
        let mut result = result.with_labels(labels);
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
        // `expect_context::<Session>()`: what is asked for by its type is of that type.
        if let ([ty], true) = (types, args.positional.is_empty()) {
            result = result.with_info(|info| info.ty = Some(ty.clone()));
        }
        if result.names().is_empty()
            && let Some(last) = path.rsplit(['.', ':']).next()
        {
            let name = SmolStr::new(last);
            result = result.with_info(|info| info.names = vec![name]);
        }
        self.named_check(&last_segment(path), before, result, span)
    }

    pub(super) fn ask_members(&self, candidates: &Rc<Candidates<'a>>, name: &str) -> Vec<Found<'a>> {
        let models = self.program.catalog.models;
        self.program.catalog.ask(self.scope.file, |versions| models.associated(candidates, name, versions))
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

    pub(super) fn methods_named(&self, candidates: &Rc<Candidates<'a>>, name: &str) -> Vec<Found<'a>> {
        let models = self.program.catalog.models;
        self.program.catalog.ask(self.scope.file, |versions| models.methods(candidates, name, versions))
    }

    pub(super) fn assigns(&self, candidates: &Rc<Candidates<'a>>, name: &str) -> Vec<Found<'a>> {
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
        types: &[Ty],
    ) -> Option<Val> {
        let Class::Model(path) = class else { return None };
        let candidates = self.program.catalog.candidates(path, self.scope.file);
        let (found, assigned) = match name.name.strip_suffix('=') {
            Some(attribute) => (self.assigns(&candidates, attribute), Some(SmolStr::new(attribute))),
            None => (self.methods_named(&candidates, &name.name), None),
        };
        let found = fitting(&found, args)?;
        let object = self.materialise(receiver, class.clone());
        let receiver = Val { kind: Kind::Object(object), ..receiver.clone() };
        let end =
            if name.span.file == span.file && span.end >= name.span.end { span.end } else { name.span.end };
        let set_at = Span { end, ..name.span };
        let _ = assigned;
        let value = self.apply_effect_at(&found, Some(receiver), args.clone(), span, set_at, path);
        // `session.get::<User>("user")`
        match types {
            [ty] if value.is_unknown() && value.ty().is_none() => {
                Some(value.with_info(|info| info.ty = Some(ty.clone())))
            }
            _ => Some(value),
        }
    }

    /// A method that models add to every value.
    pub(super) fn value_method(
        &mut self,
        receiver: &Val,
        name: &Ident,
        args: &Args,
        span: Span,
    ) -> Option<Val> {
        let number = matches!(receiver.kind, Kind::Int(_) | Kind::Float(_));
        let path = if number { NUMBER } else { ANY };
        let candidates = self.program.catalog.candidates(path, self.scope.file);
        let found = self.methods_named(&candidates, &name.name);
        let found = fitting(&found, args)?;
        let set_at = Span { end: span.end.max(name.span.end), ..name.span };
        Some(self.apply_effect_at(&found, Some(receiver.clone()), args.clone(), span, set_at, path))
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
        let found = fitting(&found, &Args::default())?;
        let value =
            self.apply_effect_at(&found, Some(base.clone()), Args::default(), name.span, name.span, path);
        Some(if value.is_unknown() { value.with_info(|info| info.names = names.to_vec()) } else { value })
    }

    pub(super) fn apply_effect(
        &mut self,
        found: &Fitting<'a>,
        receiver: Option<Val>,
        args: Args,
        span: Span,
        name_span: Span,
        path: &str,
    ) -> Val {
        let _ = name_span;
        self.apply_effect_at(found, receiver, args, span, span, path)
    }

    pub(super) fn apply_effect_at(
        &mut self,
        found: &Fitting<'a>,
        receiver: Option<Val>,
        args: Args,
        span: Span,
        set_at: Span,
        path: &str,
    ) -> Val {
        self.touch();
        let Fitting { found, others } = found;
        if found.callable.is_async && self.dropped == Some(span) {
            return Val::at(Kind::Unknown("never awaited"), span);
        }
        let mut it = Application {
            receiver,
            args,
            params: found.callable.params.clone(),
            span,
            set_at,
            owner: found.owner,
            package: found.package.clone(),
            path: path.into(),
            unsure: *others && self.version_is_open(found.package),
        };
        let mut result: Option<Val> = None;
        let mut seconds: Option<Val> = None;
        let mut labels = Labels::NONE;
        let mut bounded = false;
        for clause in found.callable.effect.iter() {
            match clause.verb {
                Verb::Duration => {
                    let part = self.duration(clause, &it);
                    seconds = Some(match seconds {
                        None => part,
                        Some(sum) => self.combine(crate::ir::BinaryOp::Add, &sum, &part, span),
                    });
                }
                Verb::Label if self.is_given(clause.operand("unless"), &it) => {}
                Verb::Label => {
                    bounded |= clause.flag("bounded");
                    if let Some(word) = clause.word("label") {
                        labels = labels.with(super::catalog::label(word));
                    }
                    if let Some(from) = clause.operand("from") {
                        let from = self.source(from, &it);
                        let whole = clause.flag("whole");
                        let flowing = if whole { self.labels_of(&from) } else { from.labels() };
                        labels =
                            labels.with(if whole { flowing } else { flowing.without(Labels::COLLECTION) });
                        if result.is_none() {
                            let names = from.names().to_vec();
                            let bounded = from.info.as_ref().is_some_and(|info| info.bounded);
                            result =
                                Some(Val::at(Kind::Unknown("made of an argument"), span).with_info(|info| {
                                    info.names = names;
                                    info.bounded = whole && bounded;
                                }));
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
        if result.is_some() {
            self.look_into_closures(&it.args, span);
        }
        let result = result.or(seconds).unwrap_or_else(|| {
            let mut value = self.escape(&it.args, span);
            if labels != Labels::NONE {
                value.kind = Kind::Unknown("a value that a model tells of");
            }
            let flowing =
                it.receiver.as_ref().map_or(Labels::NONE, |it| it.labels().without(Labels::COLLECTION));
            let mut names = it.receiver.as_ref().map(|it| it.names().to_vec()).unwrap_or_default();
            names.extend(it.args.positional.first().and_then(Val::text).cloned());
            value.labelled(flowing).with_info(|info| info.names = names)
        });
        let result = if bounded { result.with_info(|info| info.bounded = true) } else { result };
        let all = found_by(result.labels(), labels);
        result.with_labels(all)
    }

    /// Whether neither a lock file nor a requirement says the version.
    fn version_is_open(&self, package: &str) -> bool {
        use crate::workspace::Version;
        let version = self.program.catalog.ask(self.scope.file, |versions| versions(package));
        matches!(version, Version::Unknown | Version::Several(_))
    }

    /// One clause; what it yields.
    pub(super) fn clause(&mut self, clause: &Clause, it: &Application<'a>) -> Option<Val> {
        match clause.verb {
            Verb::Construct => Some(self.construct(clause, it)),
            Verb::Convert => {
                let from = clause.operand("from").map_or_else(Val::null, |source| self.source(source, it));
                let made =
                    it.owner.is_none_or(|owner| matches!(owner.role, Role::Cookie | Role::CookieBuilder));
                Some(if made { self.convert(&from, it) } else { from })
            }
            Verb::Set => {
                let per = clause.operand("per").and_then(constant);
                for (name, source) in clause.operands.iter().filter(|(name, _)| name != "per") {
                    let mut value = self.source(source, it);
                    if let Some(per) = &per {
                        let per = Val::at(per.clone(), it.span);
                        value = self.combine(crate::ir::BinaryOp::Divide, &value, &per, it.span);
                    }
                    self.set_attribute(it, name, value);
                }
                it.receiver.clone()
            }
            Verb::SetNamed => {
                self.set_named(clause, it);
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
            Verb::Layer => {
                let layer = clause.operand("of").map(|source| self.source(source, it))?;
                let layer = layer.with_info(|info| info.set_at = Some(it.set_at));
                if let Some(Val { kind: Kind::Object(id), .. }) = it.receiver
                    && let Some(object) = self.state.object_mut(id)
                {
                    object.items.push((Val::null(), layer));
                }
                it.receiver.clone()
            }
            Verb::Route => {
                let handler = clause.operand("of").map(|source| self.source(source, it))?;
                let method = clause.operand("method").map(|source| self.source(source, it));
                if let Kind::Function(function) = &handler.kind
                    && let super::value::Callee::Project(definition, _) = function.as_ref()
                    && let Some(method) = method.as_ref().and_then(Val::text)
                {
                    self.touch();
                    self.trace.routes.push((definition.function.span, method.clone()));
                }
                it.receiver.clone()
            }
            Verb::Same => {
                // A builder that is given functions calls them.
                if it.receiver.is_some() && it.args.all().any(|it| matches!(it.kind, Kind::Function(_))) {
                    self.escape(&it.args, it.span);
                }
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
                if let Some(id) = clause.operand("id").map(|source| self.source(source, it))
                    && id.is_unknown()
                {
                    let mut event = self.event(EventKind::OpenSession, it);
                    event.operands.push(("id".into(), id));
                    self.record(event);
                }
                let path =
                    clause.word("type").cloned().or_else(|| it.owner.map(|owner| owner.path.clone()))?;
                // What a secret opens is not the secret.
                let given = it.args.labels().without(Labels::SECRET);
                let labels = it.receiver.as_ref().map_or(Labels::NONE, Val::labels).with(given);
                let mut names = it.receiver.as_ref().map(|it| it.names().to_vec()).unwrap_or_default();
                names.push(last_segment(&it.path));
                // One of many is not many: whether the result is a collection is said by its own type.
                let own = self.program.catalog.type_labels(&Ty::external(path.clone()), self.scope.file);
                let labels = found_by(labels.without(Labels::COLLECTION), own);
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
            Verb::Random => {
                let label = if clause.flag("weak") { Labels::GUESSABLE } else { Labels::RANDOM };
                Some(
                    Val::at(Kind::Unknown("random"), it.span)
                        .labelled(label)
                        .with_info(|info| info.names = vec!["random".into()]),
                )
            }
            Verb::Verify => {
                let from = clause.operand("from").map_or_else(Val::null, |source| self.source(source, it));
                let labels = from.labels().without(Labels::COOKIE.with(Labels::COLLECTION));
                let names = from.names().to_vec();
                Some(
                    Val::at(Kind::Unknown("verified"), it.span)
                        .labelled(labels)
                        .with_info(|info| info.names = names),
                )
            }
            Verb::Sink => {
                self.sink(clause, it);
                None
            }
            Verb::Seal => {
                let from = clause.operand("from").map_or_else(Val::null, |source| self.source(source, it));
                let password = |it: &Name| crate::model::words::sensitive(it) == Some("password");
                if clause.flag("password") || from.names().iter().any(password) {
                    self.session_event(EventKind::HashPassword, clause, it);
                }
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
            Verb::EmitParts => {
                let from = clause.operand("from").map_or_else(Val::null, |source| self.source(source, it));
                self.emit_returned(&from, it.span, super::emit::PARTS);
                None
            }
            Verb::Header => Some(self.header(clause, it)),
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
                Some(
                    Val::at(Kind::Unknown("a session id"), it.span)
                        .labelled(Labels::SECRET.with(Labels::SESSION_ID)),
                )
            }
            Verb::ReadIdentity => {
                self.session_event(EventKind::ReadIdentity, clause, it);
                let names = it.receiver.as_ref().map(|it| it.names().to_vec()).unwrap_or_default();
                Some(Val::at(Kind::Unknown("who is logged in"), it.span).with_info(|info| info.names = names))
            }
            Verb::CheckCredentials if clause.flag("by-name") && !names_a_password(&it.args) => None,
            Verb::CheckCredentials => {
                self.session_event(EventKind::CheckCredentials, clause, it);
                Some(
                    Val {
                        origin: Decided::At(it.span),
                        ..Val::typed("result of a credential check", Ty::external("bool"))
                    }
                    .labelled(Labels::AUTHENTICATED),
                )
            }
            Verb::Duration | Verb::Label => None,
            Verb::Nothing => it.receiver.clone().map(|value| {
                let labels = value.labels();
                let names = value.names().to_vec();
                Val::unknown(LIBRARY).labelled(labels).with_info(|info| info.names = names)
            }),
        }
    }

    pub(super) fn environment(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
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
}

/// The type to which models add the methods that every value has.
const ANY: &str = "<value>";
/// The same for numbers.
const NUMBER: &str = "<number>";

/// The row that a call is about.
pub(super) struct Fitting<'m> {
    found: Found<'m>,
    /// Rows of other versions fit as well.
    others: bool,
}

/// The newest row that takes as many arguments: a resolver takes the newest version that a requirement allows.
fn fitting<'m>(found: &[Found<'m>], args: &Args) -> Option<Fitting<'m>> {
    let newest = found.last()?;
    if found.len() == 1 {
        return Some(Fitting { found: newest.clone(), others: false });
    }
    let takes = |it: &&Found<'m>| takes(it) == args.positional.len();
    let exact: Vec<_> = found.iter().filter(takes).collect();
    Some(match exact.as_slice() {
        [.., last] => Fitting { found: (*last).clone(), others: exact.len() > 1 },
        [] => Fitting { found: newest.clone(), others: true },
    })
}

/// Positional arguments that a row reads.
fn takes(found: &Found<'_>) -> usize {
    let operands = found.callable.effect.iter().flat_map(|clause| &clause.operands);
    let last = operands.filter_map(|(_, source)| match source {
        Source::Arg(at) => Some(usize::from(*at) + 1),
        _ => None,
    });
    last.max().unwrap_or(0)
}

/// Whether a look-up compares a password: `filter(name=.., password=..)`.
pub(super) fn names_a_password(args: &Args) -> bool {
    args.named.iter().any(|(name, value)| {
        crate::model::words::sensitive(name) == Some("password")
            && !matches!(value.kind, Kind::Null | Kind::Bool(_) | Kind::Text(_))
    })
}

/// Labels of a result, with those that its row gives: a record that a cookie, an id or data of the request led to is none of
/// these.
fn found_by(labels: Labels, own: Labels) -> Labels {
    const LEADS: Labels = Labels::COOKIE.with(Labels::SESSION_ID).with(Labels::REQUEST);
    let labels = if own.has(Labels::RECORD) { labels.without(LEADS) } else { labels };
    labels.with(own)
}

pub(super) fn last_segment(path: &str) -> SmolStr {
    path.rsplit([':', '.']).next().unwrap_or(path).into()
}
