//! Applications in which a form of any other site acts for whoever is logged in.

use memchr::memmem;
use smol_str::SmolStr;

use super::convert::{known_text, switch};
use super::routes::Routed;
use super::{Found, belong_together};
use crate::facts::{Attribute, Event, EventKind, Fact, FactKind, Note, Origin, Scalar, Value};
use crate::ir::{FileId, Span};
use crate::model::words;
use crate::source::{CommentStyle, comments};
use crate::workspace::{FileKind, Workspace};

/// What is known before the facts of all functions lie together.
pub(super) struct Acting {
    /// Handlers of forms that change state for the session's user, and where they do it.
    handlers: Vec<(Span, Span)>,
    /// Functions that hand an application to a server.
    serving: Vec<Span>,
}

/// `None` where code that nobody has read stands around an application.
pub(super) fn acting(found: &[Found], routed: &Routed) -> Option<Acting> {
    if found.iter().any(|it| it.signs.is_opaque()) {
        return None;
    }
    let handlers = found.iter().filter(|it| !it.signs.is_preflighted()).filter_map(|it| {
        let answers_posts = |fact: &Fact| {
            let methods = routed.get(&it.function)?;
            Some(methods.contains("POST") || methods.contains("any") && lists(fact, "POST"))
        };
        let handler = it.facts.iter().find(|fact| fact.kind == FactKind::Handler)?;
        let change = change(handler).filter(|_| answers_posts(handler) == Some(true))?;
        Some((it.function, change))
    });
    let handlers: Vec<_> = handlers.collect();
    let serving = found.iter().filter(|it| it.signs.serves()).map(|it| it.function).collect();
    (!handlers.is_empty()).then_some(Acting { handlers, serving })
}

fn lists(handler: &Fact, method: &str) -> bool {
    let wanted = Value::Known(Scalar::Text(method.into()));
    handler
        .attribute("methods")
        .is_some_and(|it| matches!(&it.value, Value::Known(Scalar::List(all)) if all.contains(&wanted)))
}

/// Where a handler changes state for the user that its session knows. One that asks its session for a token is not counted.
fn change(handler: &Fact) -> Option<Span> {
    let purpose = handler.attribute("purpose").and_then(|it| known_text(&it.value));
    if handler.unjudged.is_some() || purpose.is_some_and(|it| it == "login" || it == "logout") {
        return None;
    }
    let reads = || handler.events.iter().filter(|it| it.kind == EventKind::ReadPayload);
    let token = |it: &SmolStr| words::is_unguessable(it) || words::sensitive(it) == Some("token");
    if reads().filter_map(key).any(|it| token(&it)) {
        return None;
    }
    let knows = |it: &Event| {
        it.kind == EventKind::ReadIdentity
            || it.kind == EventKind::ReadPayload
                && key(it).is_some_and(|it| words::session_key(&it) == Some("identity"))
    };
    let first = handler.events.iter().position(knows)?;
    let changes = |it: &&Event| matches!(it.kind, EventKind::ChangeState | EventKind::ChangePassword);
    handler.events[first..].iter().find(changes).map(|it| it.span)
}

fn key(event: &Event) -> Option<SmolStr> {
    let operand = event.operands.get("key")?;
    match &operand.value {
        Value::Known(Scalar::Text(text)) => Some(text.clone()),
        _ => operand.names.last().cloned(),
    }
}

/// Says so of the routers around which a session layer stands whose cookie goes to other sites.
pub(super) fn join(acting: &Acting, workspace: &Workspace, facts: &mut [Fact]) {
    let package = |it: Span| workspace.files[it.file.0 as usize].package;
    let related = |a: Span, b: Span| belong_together(workspace, package(a), package(b));
    let cookies: Vec<(Span, Attribute)> = facts
        .iter()
        .filter(|it| it.kind == FactKind::Cookie && is_word(it, "role", "session"))
        .map(|it| (it.span, it.attribute("same_site").cloned().unwrap_or_else(unset)))
        .collect();
    if !cookies.iter().any(|(_, it)| goes_everywhere(&it.value)) || is_guarded(workspace) {
        return;
    }
    for router in facts.iter_mut().filter(|it| it.attribute("session_middleware").is_some()) {
        let mine: Vec<_> = cookies.iter().filter(|(span, _)| related(*span, router.span)).collect();
        let handler = acting.handlers.iter().find(|(function, _)| related(*function, router.span));
        let is_served = acting.serving.iter().any(|it| related(*it, router.span));
        let (Some((_, same_site)), Some((function, change)), true) = (mine.first(), handler, is_served)
        else {
            continue;
        };
        if !mine.iter().all(|(_, it)| goes_everywhere(&it.value)) {
            continue;
        }
        let trail = vec![
            Note { span: *change, text: "state is changed here for whoever is logged in".into() },
            Note { span: *function, text: "a form of any site can have this done".into() },
        ];
        let told = Attribute { trail, ..switch(true, Origin::Derived(vec![*change])) };
        let derived = || Origin::Derived(Vec::new());
        router.attributes.insert("cookie_authentication".into(), told);
        router.attributes.insert("csrf_middleware".into(), switch(false, Origin::Written(router.span)));
        router.attributes.insert("complete".into(), switch(true, derived()));
        router.attributes.insert("same_site".into(), same_site.clone());
    }
}

fn unset() -> Attribute {
    Attribute { value: Value::Unset, origin: Origin::Derived(Vec::new()), trail: Vec::new() }
}

fn is_word(fact: &Fact, attribute: &str, word: &str) -> bool {
    fact.attribute(attribute).and_then(|it| known_text(&it.value)).is_some_and(|it| it == word)
}

/// `SameSite=None` in production, whatever the environment says.
fn goes_everywhere(value: &Value) -> bool {
    match value {
        Value::Known(Scalar::Text(word)) => word == "none",
        Value::Setting { value: Some(value), .. } => goes_everywhere(value),
        Value::Debug { in_release, .. } => goes_everywhere(in_release),
        _ => false,
    }
}

/// Whether any code or manifest of the project has a word that a check of where requests come from would have.
fn is_guarded(workspace: &Workspace) -> bool {
    let finders: Vec<_> = words::guards().iter().map(|it| memmem::Finder::new(it.as_bytes())).collect();
    let names = |text: &str| {
        let text = text.to_ascii_lowercase();
        finders.iter().any(|it| it.find(text.as_bytes()).is_some())
    };
    let depends = |it: &crate::workspace::Package| it.versions.keys().any(|it| names(it));
    workspace.packages.iter().any(depends)
        || workspace
            .files
            .iter()
            .filter(|it| it.kind == FileKind::Rust)
            .any(|it| workspace.text(it.id).is_none_or(|text| names(&without_comments(it.id, &text.text))))
}

fn without_comments(file: FileId, text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut from = 0;
    for comment in comments(file, text, CommentStyle::Rust) {
        code.push_str(&text[from..comment.span.start as usize]);
        from = comment.span.end as usize;
    }
    code.push_str(&text[from..]);
    code
}
