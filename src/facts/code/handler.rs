//! What one handler does, in order.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::convert::{operand, text};
use super::exempt::Wrapped;
use crate::facts::{Attribute, Event, EventKind, Fact, FactKind, Labels, Origin, Scalar, Value};
use crate::flow::{Machine, Owner, Root, TraceEvent, TypeId, UNSURE};
use crate::ir::{Attribute as Decorator, Expr, ExprKind, Literal, PatternKind};
use crate::model::words;

/// At most one fact: a function that does something with a session.
pub(super) fn facts(root: &Root<'_, '_>, wrapped: &Wrapped, out: &mut Vec<Fact>) {
    let machine = &root.machine;
    let events: Vec<Event> = machine.trace.events.iter().map(|it| event(machine, it)).collect();
    let switches_off = super::exempt::switches_off(root);
    if !events.iter().any(is_told) && !machine.gave_up() && !switches_off {
        return;
    }
    let function = &root.definition.function;
    let derived = || Origin::Derived(Vec::new());
    let mut attributes: BTreeMap<SmolStr, Attribute> = BTreeMap::new();
    let name = function.name.name.clone();
    let owner = owner(root);
    let shown = match &owner {
        Some(owner) => {
            let separator = machine.program.index.separator(function.span.file);
            format!("{owner}{separator}{name}").into()
        }
        None => name.clone(),
    };
    attributes.insert("name".into(), text(&shown, Origin::Written(function.name.span)));
    let of_framework =
        || machine.trace.events.iter().filter(|it| !it.package.is_empty() && it.object.is_some());
    let stack = of_framework().find(|it| is_about_session(it.kind)).or_else(|| of_framework().next());
    attributes.insert("stack".into(), text(stack.map_or("", |it| it.package.as_str()), derived()));
    let route = route(&function.attributes);
    let owner = owner.unwrap_or_default();
    if let Some((route, method)) = &route {
        attributes.insert("route".into(), text(route, derived()));
        if let Some(method) = method {
            let methods = Value::Known(Scalar::List(vec![Value::Known(Scalar::Text(method.clone()))]));
            attributes
                .insert("methods".into(), Attribute { value: methods, origin: derived(), trail: Vec::new() });
        }
    }
    let route_end =
        route.as_ref().and_then(|(route, _)| route.trim_end_matches('/').rsplit('/').next()).unwrap_or("");
    let purpose =
        [name.as_str(), owner.as_str(), route_end].into_iter().map(words::purpose).find(|it| *it != "other");
    attributes.insert("purpose".into(), text(purpose.unwrap_or("other"), derived()));
    let changes = events.iter().any(|it| {
        matches!(
            it.kind,
            EventKind::ChangeState | EventKind::WritePayload | EventKind::Login | EventKind::Logout
        )
    });
    attributes.insert("changes_state".into(), super::convert::switch(changes, derived()));
    if let Some(place) = super::exempt::place(root, wrapped) {
        attributes.insert("csrf_exempt".into(), super::convert::switch(true, Origin::Written(place)));
    }
    if runs_after_login(root) {
        attributes.insert("after_login".into(), super::convert::switch(true, derived()));
    }
    if switches_off {
        let place = || super::convert::switch(true, Origin::Written(function.name.span));
        attributes.insert("csrf_exempt".into(), place());
        attributes.insert("changes_state".into(), place());
        attributes.insert("checks_off".into(), place());
    }
    if let Some(methods) = methods(root) {
        attributes.entry("methods".into()).or_insert(methods);
    }
    let unsure = machine.trace.events.iter().find(|it| it.flags.iter().any(|flag| flag == UNSURE));
    let unjudged = if machine.gave_up() {
        Some("it is too long to be followed to its end".into())
    } else {
        unsure.map(|it| super::assemble::unsure(&it.package))
    };
    out.push(Fact {
        item: machine.definition_path(root.definition),
        name: Some(shown),
        attributes,
        events,
        unjudged,
        ..Fact::new(FactKind::Handler, function.name.span)
    });
}

/// Whether an event makes a fact of whatever function it happens in.
fn is_told(event: &Event) -> bool {
    is_about_session(event.kind) || event.kind == EventKind::HashPassword
}

fn is_about_session(kind: EventKind) -> bool {
    !matches!(
        kind,
        EventKind::Emit
            | EventKind::ReadCookie
            | EventKind::ChangeState
            | EventKind::HandOver
            | EventKind::CheckCredentials
            | EventKind::HashPassword
    )
}

/// Nothing of it speaks of a session: it may be a function that stores users.
pub(super) fn is_plain(fact: &Fact) -> bool {
    let told = ["route", "checks_off"].iter().any(|it| fact.attribute(it).is_some());
    !told && fact.unjudged.is_none() && !fact.events.iter().any(|it| is_about_session(it.kind))
}

/// Whether a framework calls the function around a login of its own: as the receiver of a signal, or as a method that a class of
/// the framework has for it.
fn runs_after_login(root: &Root<'_, '_>) -> bool {
    let machine = &root.machine;
    let function = &root.definition.function;
    let scope = root.definition.scope;
    let says = |path: &SmolStr, method: Option<&str>| {
        machine.program.catalog.ask(scope.file, |versions| {
            let named = machine.program.catalog.models.named(path, versions);
            let said = named.and_then(|it| it.traits.get("after-login"));
            said.is_some_and(|it| it.split(' ').any(|it| it == method.unwrap_or("receiver")))
        })
    };
    let received = machine.decorators(&function.attributes, scope).iter().any(|(path, _)| says(path, None));
    received
        || matches!(&root.definition.owner, Some(Owner::Type(def)) if {
            let id = TypeId { def: def.clone(), scope };
            machine.foreign_bases(&id).iter().any(|it| says(it, Some(&function.name.name)))
        })
}

/// Whether a parameter is a request by the name that all handlers of a framework give it.
pub(super) fn takes_request(root: &Root<'_, '_>) -> bool {
    let machine = &root.machine;
    let file = root.definition.scope.file;
    root.definition.function.params.iter().any(|param| match &param.pattern.kind {
        PatternKind::Bind(name, _) => machine
            .param_hint(name, file)
            .is_some_and(|ty| machine.program.catalog.type_labels(&ty, file).has(Labels::REQUEST)),
        _ => false,
    })
}

/// HTTP methods by a decorator of the function, or by its name where a class of views goes by that.
fn methods(root: &Root<'_, '_>) -> Option<Attribute> {
    let machine = &root.machine;
    let scope = root.definition.scope;
    let function = &root.definition.function;
    let catalog = machine.program.catalog;
    let named = machine.decorators(&function.attributes, scope).into_iter().find_map(|(path, span)| {
        let methods = catalog.ask(scope.file, |versions| {
            catalog.models.named(&path, versions).and_then(|it| it.traits.get("methods").cloned())
        })?;
        Some((methods, span))
    });
    let (methods, span) = named.or_else(|| {
        let Some(Owner::Type(def)) = &root.definition.owner else { return None };
        let id = TypeId { def: def.clone(), scope };
        let by_name = machine.mark_of_bases(&id, "dispatches").is_some();
        let word = function.name.name.to_uppercase();
        (by_name && is_method(&word)).then(|| (word.into(), function.name.span))
    })?;
    let methods = methods.split(' ').map(|it| Value::Known(Scalar::Text(it.into()))).collect();
    Some(Attribute {
        value: Value::Known(Scalar::List(methods)),
        origin: Origin::Written(span),
        trail: Vec::new(),
    })
}

/// The type whose method it is.
fn owner(root: &Root<'_, '_>) -> Option<SmolStr> {
    match root.definition.owner.as_ref()? {
        Owner::Type(def) => Some(def.name.name.clone()),
        Owner::Extend(extend) => extend.target.path.last().cloned(),
    }
}

fn event(machine: &Machine<'_>, it: &TraceEvent) -> Event {
    let mut operands: BTreeMap<SmolStr, _> = it
        .operands
        .iter()
        .map(|(name, value)| (name.clone(), operand(machine, &it.path, value, it.span)))
        .collect();
    if let Some(cookie) = &it.cookie
        && let Some(name) = cookie.object.attributes.get("name")
    {
        operands.insert("name".into(), operand(machine, &it.path, name, it.span));
    }
    Event {
        kind: it.kind,
        span: it.span,
        via: it.via.clone(),
        path: it.path.clone(),
        operands,
        target: it.target.clone(),
        flags: it.flags.clone(),
    }
}

/// `#[get("/logout")]`, `#[path(get, path = "/logout")]`: path and method of a route attribute.
fn route(attributes: &[Decorator]) -> Option<(SmolStr, Option<SmolStr>)> {
    attributes.iter().find_map(|attribute| {
        let ExprKind::Call(call) = &attribute.expr.kind else { return None };
        let path = call.args.iter().find_map(|arg| match &arg.value.kind {
            ExprKind::Literal(Literal::Str(text)) if text.starts_with('/') => Some(SmolStr::new(text)),
            _ => None,
        })?;
        let own = std::iter::once(&call.callee);
        let words = own.chain(call.args.iter().map(|it| &it.value)).filter_map(last_name);
        Some((path, words.map(|it| SmolStr::new(it.to_uppercase())).find(|it| is_method(it))))
    })
}

fn is_method(word: &str) -> bool {
    matches!(word, "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE")
}

fn last_name(expr: &Expr) -> Option<SmolStr> {
    match &expr.kind {
        ExprKind::Path(path) => path.segments.last().cloned(),
        ExprKind::Field(_, name) => Some(name.name.clone()),
        _ => None,
    }
}
