//! How a session lives: log in, get a new id, be used, log out, end. One picture an application.

use serde::Serialize;

use super::inventory::{name, text};
use super::requirements::answer;
use super::{At, Numbers, at};
use crate::check::Report;
use crate::facts::{Event, EventKind, Fact, Scalar, Value};
use crate::report::words::{clean, count};
use crate::rule::{Answer, requirements};

#[derive(Serialize)]
pub(super) struct Life {
    stages: Vec<Stage>,
    /// Handlers that begin or end sessions.
    handlers: Vec<Handler>,
    /// Handlers that only use them.
    others: Vec<Handler>,
}

impl Life {
    pub(super) fn is_empty(&self) -> bool {
        self.handlers.is_empty() && self.others.is_empty()
    }
}

#[derive(Serialize)]
struct Stage {
    title: &'static str,
    /// `good`, `bad`, `unknown`, `plain` (nothing to judge) or `none` (not seen).
    state: &'static str,
    text: String,
}

#[derive(Serialize)]
struct Handler {
    name: String,
    purpose: String,
    route: Option<String>,
    at: At,
    steps: Vec<Step>,
    findings: Vec<usize>,
}

/// Events of one kind in a row.
#[derive(Serialize)]
struct Step {
    text: String,
    /// `begin`, `rotate`, `use`, `end` or `other`.
    kind: &'static str,
    at: At,
    times: usize,
}

pub(super) fn life(report: &Report, handlers: &[&Fact], numbers: &Numbers<'_>) -> Life {
    let named = |it: &Fact, purpose: &str| text(it, "purpose").is_some_and(|it| it == purpose);
    let does = |it: &Fact, kinds: &[EventKind]| it.events.iter().any(|it| kinds.contains(&it.kind));
    let number = |purpose: &str, kinds: &[EventKind]| {
        handlers.iter().filter(|it| named(it, purpose) && bounds_any(it) || does(it, kinds)).count()
    };
    let writers = handlers.iter().filter(|it| it.events.iter().any(writes)).count();
    let keys = written_keys(handlers);
    let used = match (writers, keys.len()) {
        (0, _) => "nothing written".to_owned(),
        (_, 0) => format!("{} write", count(writers, "handler")),
        (_, keys) => format!("{writers} write {}", count(keys, "key")),
    };
    let (renewed, ended) = (judged("rotate", handlers, numbers), judged("destroy", handlers, numbers));
    let logins = number("login", &[EventKind::Login]).max(renewed.total());
    let logouts = number("logout", &[EventKind::Logout, EventKind::Destroy]).max(ended.total());
    let stages = vec![
        presence("Log in", logins, "no login seen"),
        renewed.stage("New session id", ["get one", "keep the old id"]),
        Stage { title: "Session in use", state: if writers == 0 { "none" } else { "plain" }, text: used },
        presence("Log out", logouts, "no logout seen"),
        ended.stage("Session ends", ["end it", "leave it alive"]),
    ];
    let (main, others): (Vec<&Fact>, Vec<&Fact>) = handlers.iter().copied().partition(|it| {
        ["login", "logout", "password-change"].iter().any(|purpose| named(it, purpose))
            && it.events.iter().any(tells)
            || bounds_any(it)
    });
    let list = |all: Vec<&Fact>| all.into_iter().filter_map(|it| handler(report, it, numbers)).collect();
    Life { stages, handlers: list(main), others: list(others) }
}

fn presence(title: &'static str, handlers: usize, none: &str) -> Stage {
    match handlers {
        0 => Stage { title, state: "none", text: none.to_owned() },
        number => Stage { title, state: "plain", text: count(number, "handler") },
    }
}

/// What the handlers that a requirement asks answer.
#[derive(Default)]
struct Judged {
    good: usize,
    bad: usize,
    unknown: usize,
}

fn judged(stage: &str, handlers: &[&Fact], numbers: &Numbers<'_>) -> Judged {
    let mut judged = Judged::default();
    for requirement in requirements().iter().filter(|it| it.stage.as_deref() == Some(stage)) {
        let checks = requirement.checks.iter();
        for (check, fact) in checks.flat_map(|check| handlers.iter().map(move |fact| (check, fact))) {
            match answer(check, fact, &requirement.id, numbers) {
                Some(Answer::Holds) => judged.good += 1,
                Some(Answer::Fails) => judged.bad += 1,
                Some(Answer::Unknown(_)) => judged.unknown += 1,
                None => {}
            }
        }
    }
    judged
}

impl Judged {
    fn total(&self) -> usize {
        self.good + self.bad + self.unknown
    }

    fn stage(&self, title: &'static str, [good, bad]: [&str; 2]) -> Stage {
        let total = self.total();
        let (state, text) = match self {
            Self { bad: 0, unknown: 0, good: 0 } => ("none", "nothing to judge".to_owned()),
            Self { bad: 0, unknown: 0, .. } => ("good", format!("{total} of {total} {good}")),
            Self { bad: 0, unknown, .. } => ("unknown", format!("{unknown} of {total} unclear")),
            Self { bad: number, .. } => ("bad", format!("{number} of {total} {bad}")),
        };
        Stage { title, state, text }
    }
}

/// Says something about the session itself or about who somebody is.
fn tells(it: &Event) -> bool {
    !matches!(
        it.kind,
        EventKind::ReadIdentity | EventKind::ReadPayload | EventKind::ReadCookie | EventKind::ChangeState
    )
}

fn bounds_any(fact: &Fact) -> bool {
    fact.events.iter().any(|it| bounds(it.kind))
}

fn writes(it: &Event) -> bool {
    matches!(it.kind, EventKind::WritePayload | EventKind::MutateNested)
}

/// Begins or ends a session.
fn bounds(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::Login
            | EventKind::Logout
            | EventKind::RotateId
            | EventKind::Destroy
            | EventKind::DestroyOthers
            | EventKind::ClearPayload
            | EventKind::DeleteRecord
            | EventKind::ChangePassword
    )
}

fn key(it: &Event) -> Option<&str> {
    match &it.operands.get("key")?.value {
        Value::Known(Scalar::Text(key)) => Some(key),
        _ => None,
    }
}

fn written_keys<'f>(handlers: &[&'f Fact]) -> std::collections::BTreeSet<&'f str> {
    handlers.iter().flat_map(|it| &it.events).filter(|it| writes(it)).filter_map(key).collect()
}

fn handler(report: &Report, fact: &Fact, numbers: &Numbers<'_>) -> Option<Handler> {
    let mut steps: Vec<Step> = Vec::new();
    for event in &fact.events {
        let (words, kind) = words(event.kind);
        let text = match key(event) {
            Some(key) => format!("{words} `{}`", clean(key)),
            None => words.to_owned(),
        };
        let Some(at) = at(report, event.span) else { continue };
        match steps.last_mut() {
            Some(last) if last.text == text => last.times += 1,
            _ => steps.push(Step { text, kind, at, times: 1 }),
        }
    }
    Some(Handler {
        name: name(fact),
        purpose: text(fact, "purpose").unwrap_or_default(),
        route: text(fact, "route"),
        at: at(report, fact.span)?,
        steps,
        findings: numbers.about(fact),
    })
}

fn words(kind: EventKind) -> (&'static str, &'static str) {
    match kind {
        EventKind::CheckCredentials => ("checks credentials", "other"),
        EventKind::Login => ("logs in", "begin"),
        EventKind::RotateId => ("new id", "rotate"),
        EventKind::WritePayload => ("writes", "use"),
        EventKind::MutateNested => ("changes inside", "use"),
        EventKind::MarkModified => ("marks as changed", "use"),
        EventKind::ReadPayload => ("reads", "other"),
        EventKind::RemovePayload => ("removes", "use"),
        EventKind::ClearPayload => ("empties", "end"),
        EventKind::Destroy => ("ends the session", "end"),
        EventKind::DeleteRecord => ("deletes the record", "end"),
        EventKind::DestroyOthers => ("ends other sessions", "end"),
        EventKind::Logout => ("logs out", "end"),
        EventKind::Emit => ("sends a cookie", "other"),
        EventKind::EmitRemoval => ("removes a cookie", "other"),
        EventKind::ReadCookie => ("reads a cookie", "other"),
        EventKind::ChangePassword => ("changes the password", "other"),
        EventKind::ReadIdentity => ("asks who it is", "other"),
        EventKind::ReadId => ("reads the id", "other"),
        EventKind::HandOver => ("hands the session over", "other"),
        EventKind::SetExpiry => ("sets the life", "use"),
        EventKind::ChangeState => ("writes to the database", "other"),
        EventKind::Sink => ("hands data on", "other"),
        EventKind::Decide => ("asks a cookie", "other"),
        EventKind::OpenSession => ("opens a session by its id", "begin"),
        EventKind::HashPassword => ("hashes a password", "other"),
    }
}
