//! Cookies and headers that are sent.

use std::rc::Rc;

use smol_str::SmolStr;

use super::call::Args;
use super::effect::Application;
use super::machine::Machine;
use super::trace::EventKind;
use super::trace::{Snapshot, TraceEvent};
use super::value::{Class, Decided, FrameworkDefault, Kind, ObjectId, Piece, Val};
use crate::ir::Span;
use crate::model::{Clause, Labels, Role, Source};

/// Flag of what only some of the versions do that the project may have.
pub const UNSURE: &str = "version-not-known";

/// Flag of cookies in a jar that no framework sends.
pub const OWN_JAR: &str = "own-jar";

/// Tuples, lists and types of the project, one inside the other, that are looked through for headers.
pub const PARTS: u32 = 4;

impl<'a> Machine<'a> {
    pub(super) fn event(&self, kind: EventKind, it: &Application<'a>) -> TraceEvent {
        TraceEvent {
            target: it.owner.map_or_else(|| it.path.clone(), |owner| owner.path.clone()),
            object: it.receiver.as_ref().and_then(|receiver| match receiver.kind {
                Kind::Object(id) => Some(id),
                _ => None,
            }),
            package: it.package.clone(),
            flags: if it.unsure { vec![UNSURE.into()] } else { Vec::new() },
            ..TraceEvent::new(kind, it.span)
        }
    }

    pub(super) fn snapshot(&self, id: ObjectId) -> Option<Snapshot> {
        let object = self.state.object(id)?.clone();
        let symbolic = object.born.is_none();
        Some(Snapshot { object, symbolic })
    }

    pub(super) fn emit(&mut self, clause: &Clause, it: &Application<'a>, kind: EventKind) {
        let returned = it.owner.filter(|it| it.role == Role::Jar).and_then(|it| it.traits.get("emits"));
        // A jar that nobody takes sends nothing.
        if self.discarded == Some(it.span) && returned.is_some_and(|it| it == "when-returned") {
            return;
        }
        let mut event = self.event(kind, it);
        if self.receiver_attribute(it, super::object::OWN).is_some() {
            event.flags.push(OWN_JAR.into());
        }
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
        // What is put under a name in a jar may be a whole cookie.
        let whole = |machine: &mut Self| {
            let value = machine.source(clause.operand("value")?, it);
            let value = machine.state.refine(&value);
            machine.is_cookie(&value).then_some(value)
        };
        let cookie = match clause.operand("cookie") {
            Some(source) => Some(self.source(source, it)),
            None => whole(self),
        };
        // Several at once.
        if let Some(Val { kind: Kind::Object(list), .. }) = &cookie
            && self.state.object(*list).is_some_and(|it| matches!(it.class, Class::List))
            && let Some(cookies) = cookie.as_ref().and_then(|it| self.known_items(it))
        {
            for cookie in cookies {
                let one = with_argument(it, cookie);
                self.emit(clause, &one, kind);
            }
            return;
        }
        let id = if let Some(cookie) = cookie {
            let cookie_path = "cookie::Cookie";
            let cookie = self.as_object(&cookie, cookie_path, it.span);
            let cookie = self.state.refine(&cookie);
            if let Kind::Choice(choice) = &cookie.kind {
                // One of two cookies: each is sent in its case.
                let choice = choice.clone();
                let (a, b) =
                    (with_argument(it, choice.then.clone()), with_argument(it, choice.or_else.clone()));
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
                        && name != "value"
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

    pub(super) fn receiver_attribute(&self, it: &Application<'a>, name: &str) -> Option<Val> {
        let Kind::Object(id) = it.receiver.as_ref()?.kind else { return None };
        self.state.object(id)?.attributes.get(name).cloned()
    }

    pub(super) fn emit_raw(&mut self, clause: &Clause, it: &Application<'a>) {
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
            pairs.extend(self.known_entries(&mapping).unwrap_or_default());
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

    /// Keys and values of a mapping that is made here.
    pub(super) fn known_entries(&self, mapping: &Val) -> Option<Vec<(Val, Val)>> {
        let Kind::Object(id) = mapping.kind else { return None };
        let object = self.state.object(id)?;
        matches!(object.class, Class::Map).then(|| object.items.clone())
    }

    /// Whether a list or mapping may have more elements than are known.
    pub(super) fn is_open(&self, value: &Val) -> bool {
        let Kind::Object(id) = value.kind else { return true };
        self.state.object(id).is_none_or(|it| it.open)
    }

    pub(super) fn is_cookie(&self, value: &Val) -> bool {
        let Some(Class::Model(path)) = self.class_of(value) else { return false };
        let role = self.program.catalog.candidates(&path, self.scope.file).role();
        matches!(role, Some(Role::Cookie | Role::CookieBuilder))
    }

    pub(super) fn emit_line(&mut self, value: &Val, it: &Application<'a>) {
        let value = self.state.refine(value);
        if let Some(whole) = self.one_line(&value) {
            return self.emit_line(&whole, it);
        }
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

    /// Two texts of which one goes on where the other ends are one, with an end that is open.
    fn one_line(&self, value: &Val) -> Option<Val> {
        let Kind::Choice(choice) = &value.kind else { return None };
        let is_text = |it: &Val| matches!(it.kind, Kind::Text(_) | Kind::Pieces(_));
        if !is_text(&choice.then) || !is_text(&choice.or_else) {
            return None;
        }
        let (then, or_else) = (self.pieces(&choice.then), self.pieces(&choice.or_else));
        let common = then.iter().zip(&or_else).take_while(|(a, b)| a.same(b)).count();
        let (known, a, b) = match (&then[common..], &or_else[common..]) {
            ([], []) => return None,
            ([], [Piece::Text(more)]) => (None, "", more.as_str()),
            ([Piece::Text(more)], []) => (None, more.as_str(), ""),
            ([Piece::Text(a)], [Piece::Text(b)]) => {
                match (a.strip_prefix(b.as_str()), b.strip_prefix(a.as_str())) {
                    (Some(more), _) => (Some(b), more, ""),
                    (_, Some(more)) => (Some(a), "", more),
                    _ => return None,
                }
            }
            _ => return None,
        };
        let known = known.map(|it| Piece::Text(it.clone()));
        let (a, b) = (Val::new(Kind::Text(a.into())), Val::new(Kind::Text(b.into())));
        let hole = Piece::Hole(super::state::choose(choice.condition, a, b));
        let whole: Vec<Piece> = then[..common].iter().cloned().chain(known).chain([hole]).collect();
        let begun = choice.or_else.clone();
        Some(Val { kind: Kind::Pieces(whole.into()), ..begun }.labelled(choice.then.labels()))
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
            unsure: false,
        };
        let is_cookie = matches!(&pair.0.kind, Kind::Text(text) | Kind::Word(text) if text.eq_ignore_ascii_case("set-cookie"));
        if is_cookie {
            self.emit_line(pair.1, &it);
        }
    }

    /// The text of a header, of the request or of the answer.
    pub(super) fn header(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
        let name = clause.operand("name").map_or_else(Val::null, |source| self.source(source, it));
        let of_answers = name.text().is_some_and(|it| it.eq_ignore_ascii_case("set-cookie"));
        let label = if of_answers { Labels::SENT } else { Labels::REQUEST };
        let mut names = it.receiver.as_ref().map(|it| it.names().to_vec()).unwrap_or_default();
        names.extend(name.text().cloned());
        Val::at(Kind::Unknown("a header"), it.span).labelled(label).with_info(|info| info.names = names)
    }

    pub(super) fn sent(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
        let name = clause.operand("name").map_or_else(Val::null, |source| self.source(source, it));
        let known = self.trace.events.iter().rev().find(|event| {
            event.kind == EventKind::Emit
                && event
                    .cookie
                    .as_ref()
                    .and_then(|it| it.object.attributes.get("name"))
                    .is_some_and(|it| it.same(&name))
        });
        let path = clause.word("type").cloned().unwrap_or_default();
        let class = self.program.catalog.class(&path, self.scope.file);
        if let Some(id) = known.and_then(|event| event.object) {
            if let (Some(object), Some(class)) = (self.state.object_mut(id), class) {
                object.class = class;
                // What is done to it here changes the line that is sent.
                object.attributes.insert("<late>".into(), Val::null());
            }
            return Val::at(Kind::Object(id), it.span);
        }
        let class = class.unwrap_or(Class::Model(path));
        let id = self.new_object(class, Some(it.span));
        if let Some(object) = self.state.object_mut(id) {
            object.open = true;
            object.born = None;
            object.attributes.insert("name".into(), name);
        }
        Val::at(Kind::Object(id), it.span)
    }
}

/// The same call with another argument.
fn with_argument<'m>(it: &Application<'m>, argument: Val) -> Application<'m> {
    Application {
        receiver: it.receiver.clone(),
        args: Args::positional(vec![argument]),
        params: Vec::new(),
        span: it.span,
        set_at: it.set_at,
        owner: it.owner,
        package: it.package.clone(),
        path: it.path.clone(),
        unsure: it.unsure,
    }
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
                if self.respond(&value, span, depth) {
                    return;
                }
                let Some(object) = self.state.object(*id) else { return };
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
            _ => {
                self.respond(&value, span, depth);
            }
        }
    }

    /// A type of the project that says itself what it adds to an answer; `false` when it does not.
    fn respond(&mut self, value: &Val, span: Span, depth: u32) -> bool {
        let Some(Class::Project(id)) = self.class_of(value) else { return false };
        let names = &super::builtin::builtins().responders;
        let Some(method) = names.iter().find_map(|name| self.find_method(&id, name, 2)) else { return false };
        let caller = std::mem::replace(&mut self.scope, method.scope);
        let mut args = super::roots::unknown_arguments(self, &method.function);
        self.scope = caller;
        if super::call::takes_self(&method.function) && !args.positional.is_empty() {
            args.positional.remove(0);
        }
        let made = self.inline(&method, Some(value.clone()), args, span);
        self.emit_returned(&made, span, depth - 1);
        true
    }
}
