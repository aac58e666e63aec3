//! The rules about order and flow, over hand-made handlers.

use std::collections::BTreeMap;

use sessionlint::facts::{
    Attribute, Event, EventKind, Fact, FactKind, Labels, Operand, Origin, Scalar, Size, Span, Value,
};
use sessionlint::finding::{Finding, Persona};
use sessionlint::rule::{Context, Deployment, builtin, judge};
use sessionlint::source::FileId;

use EventKind::{
    ChangeState, CheckCredentials, ClearPayload, Destroy, EmitRemoval, Login, Logout, MarkModified,
    MutateNested, ReadPayload, RemovePayload, RotateId, SetExpiry, WritePayload,
};

fn span(start: usize) -> Span {
    Span::new(FileId(0), start, start + 1)
}

fn text(it: &str) -> Value {
    Value::Known(Scalar::Text(it.into()))
}

fn operand(value: Value) -> Operand {
    Operand { value, span: span(0), names: vec![], types: vec![], labels: Labels::NONE, size: None }
}

/// Something that is only known when the program runs, called by these names.
fn dynamic(names: &str) -> Operand {
    let names = names.split(' ').map(Into::into).collect();
    Operand { names, ..operand(Value::Opaque("unread".into())) }
}

fn event(kind: EventKind) -> Event {
    Event {
        kind,
        span: span(0),
        via: vec![],
        path: vec![],
        operands: BTreeMap::new(),
        target: "Session".into(),
        flags: vec![],
    }
}

fn key(kind: EventKind, key: &str) -> Event {
    with(event(kind), "key", operand(text(key)))
}

fn write(name: &str, value: Operand) -> Event {
    with(key(WritePayload, name), "value", value)
}

fn with(mut event: Event, name: &str, operand: Operand) -> Event {
    event.operands.insert(name.into(), operand);
    event
}

fn flagged(mut event: Event, flag: &str) -> Event {
    event.flags.push(flag.into());
    event
}

/// Happens only when condition 1 has this outcome.
fn when(mut event: Event, outcome: bool) -> Event {
    event.path.push((1, outcome));
    event
}

fn handler(purpose: &str, store: &str, events: Vec<Event>) -> Fact {
    let attribute =
        |value: &str| Attribute { value: text(value), origin: Origin::Written(span(900)), trail: vec![] };
    let attributes = [("purpose", purpose), ("store", store)];
    // The n-th event stands at 10 * n.
    let events = events.into_iter().zip(1..).map(|(it, n)| Event { span: span(10 * n), ..it }).collect();
    Fact {
        kind: FactKind::Handler,
        span: span(0),
        item: "app::handler".into(),
        name: Some("handler".into()),
        attributes: attributes.into_iter().map(|(name, it)| (name.into(), attribute(it))).collect(),
        events,
        trail: vec![],
        test: false,
        unjudged: None,
    }
}

fn found(rule: &str, fact: Fact) -> Vec<Finding> {
    let facts = [fact];
    let context = Context { facts: &facts, deployment: Deployment::default(), files: &[] };
    let rule = builtin().iter().filter(|it| it.id == rule);
    judge(rule, &context)
}

/// Numbers of the events at which the rule speaks to everybody.
fn at(rule: &str, fact: Fact) -> Vec<u32> {
    let regular = |it: &Finding| it.persona == Persona::Regular;
    found(rule, fact).iter().filter(|it| regular(it)).map(|it| it.span.start / 10).collect()
}

fn check_all(rule: &str, cases: Vec<(&str, &str, Vec<Event>, &[u32])>) {
    for (what, purpose, events, expected) in cases {
        assert_eq!(at(rule, handler(purpose, "redis", events)), expected, "{what}");
    }
}

fn user_id() -> Event {
    write("user_id", dynamic("user id"))
}

/// The identity waits for the second factor: the handler that checks it reads the identity and logs in.
#[test]
fn an_identity_that_another_handler_logs_in_is_no_login_yet() {
    let first = handler("login", "redis", vec![event(CheckCredentials), user_id()]);
    let second = |login: &str| {
        let events = vec![key(ReadPayload, "user_id"), flagged(event(Login), login)];
        handler("other", "redis", events)
    };
    let findings = |login: &str| {
        let facts = [first.clone(), second(login)];
        let context = Context { facts: &facts, deployment: Deployment::default(), files: &[] };
        judge(builtin().iter().filter(|it| it.id == "login-no-cycle"), &context).len()
    };
    assert_eq!(findings("rotates=if-anonymous"), 0);
    assert_ne!(findings("rotates=never"), 0, "such a login keeps the id that the first handler left");
}

#[test]
fn login_no_cycle() {
    let authenticated = Operand { labels: Labels::AUTHENTICATED, ..dynamic("user id") };
    let known = Operand { labels: Labels::SESSION, ..dynamic("session user_id") };
    check_all(
        "login-no-cycle",
        vec![
            ("a check, then the identity", "other", vec![event(CheckCredentials), user_id()], &[2]),
            ("a login path without a check", "login", vec![user_id()], &[1]),
            ("a checked user in any handler", "other", vec![write("user_id", authenticated)], &[1]),
            ("no login at all", "other", vec![user_id()], &[]),
            ("rotated before", "login", vec![event(RotateId), user_id()], &[]),
            ("rotated after", "login", vec![user_id(), event(RotateId)], &[]),
            ("ended before", "login", vec![event(Destroy), user_id()], &[]),
            (
                "rotated on this branch",
                "login",
                vec![when(event(RotateId), true), when(user_id(), true)],
                &[],
            ),
            (
                "rotated on the other branch",
                "login",
                vec![when(event(RotateId), false), when(user_id(), true)],
                &[2],
            ),
            ("rotated on a branch of its own", "login", vec![when(event(RotateId), true), user_id()], &[]),
            (
                "a login that rotates",
                "login",
                vec![flagged(event(Login), "rotates=if-anonymous"), user_id()],
                &[],
            ),
            ("a login that does not", "login", vec![flagged(event(Login), "rotates=never")], &[1]),
            ("before the second factor", "login", vec![write("2fa_user", dynamic("user id"))], &[]),
            ("a preference", "login", vec![write("theme", dynamic("form theme"))], &[]),
            ("nothing gained", "login", vec![write("user_id", operand(Value::Known(Scalar::Null)))], &[]),
            ("the user of the request", "login", vec![write("user_id", dynamic("request user id"))], &[]),
            ("what the session had", "login", vec![write("user_id", known)], &[]),
            (
                "an address after a check",
                "other",
                vec![event(CheckCredentials), write("email", dynamic("user email"))],
                &[2],
            ),
            ("an address without one", "login", vec![write("email", dynamic("form email"))], &[]),
        ],
    );
    let held = found("login-no-cycle", handler("login", "cookie", vec![user_id()]));
    assert_eq!((held.len(), held[0].persona), (1, Persona::Pedantic));
}

#[test]
fn a_login_in_a_helper_is_shown_at_the_call() {
    let mut fact = handler("login", "redis", vec![event(CheckCredentials), user_id()]);
    fact.events[1].via = vec![span(300), span(400)];
    let found = found("login-no-cycle", fact);
    assert_eq!(found[0].span, span(300));
    assert!(found[0].ordered);
    assert_eq!(found[0].evidence.iter().map(|it| it.span.start).collect::<Vec<_>>(), [10, 20]);
}

#[test]
fn session_fixed_write_order() {
    let flush = || flagged(event(Destroy), "keeps-id");
    let last_only = || flagged(event(RotateId), "only-if-last");
    let logout = || flagged(event(Logout), "keeps-id");
    let login = || flagged(event(Login), "rotates=if-anonymous");
    check_all(
        "session-fixed-write-order",
        vec![
            ("ended and revived", "login", vec![flush(), user_id()], &[2]),
            ("revived with an identity anywhere", "other", vec![flush(), user_id()], &[2]),
            ("revived with a message", "logout", vec![flush(), write("flash", dynamic("text"))], &[]),
            ("mended", "login", vec![event(Destroy), user_id()], &[]),
            ("rotated in between", "login", vec![flush(), event(RotateId), user_id()], &[]),
            ("written before", "login", vec![user_id(), flush()], &[]),
            ("renewed, then written", "other", vec![last_only(), user_id()], &[2]),
            ("written, then renewed", "login", vec![user_id(), last_only()], &[]),
            ("renewed twice", "login", vec![last_only(), user_id(), last_only()], &[]),
            (
                "a write that cancels",
                "login",
                vec![event(RotateId), flagged(user_id(), "cancels-rotate")],
                &[2],
            ),
            ("another branch", "login", vec![when(last_only(), true), when(user_id(), false)], &[]),
            ("out and in again", "other", vec![logout(), login()], &[2]),
            ("out, cycled, in", "other", vec![logout(), event(RotateId), login()], &[]),
        ],
    );
}

#[test]
fn logout_no_flush() {
    let cookie = |name: &str| with(event(EmitRemoval), "name", operand(text(name)));
    let remove = || key(RemovePayload, "user_id");
    check_all(
        "logout-no-flush",
        vec![
            ("a key", "logout", vec![remove()], &[1]),
            ("a key, and the end", "logout", vec![remove(), event(Destroy)], &[]),
            ("a key, and a new id", "logout", vec![remove(), event(RotateId)], &[]),
            ("a key of no login", "logout", vec![key(RemovePayload, "2fa_user")], &[]),
            ("a key elsewhere", "other", vec![remove()], &[]),
            ("the cookie", "logout", vec![cookie("sessionid")], &[1]),
            ("the cookie and the record", "logout", vec![cookie("sessionid"), event(ChangeState)], &[]),
            ("a token", "logout", vec![cookie("jwt")], &[]),
            ("emptied", "logout", vec![event(ClearPayload)], &[]),
            (
                "logout of a framework",
                "other",
                vec![flagged(event(Logout), "how=destroy"), cookie("sessionid")],
                &[],
            ),
            (
                "half a logout of a framework",
                "other",
                vec![flagged(event(Logout), "how=keeps-session")],
                &[1],
            ),
            (
                "ended on another branch",
                "logout",
                vec![when(remove(), true), when(event(Destroy), false)],
                &[1],
            ),
        ],
    );
    let emptied = found("logout-no-flush", handler("logout", "redis", vec![event(ClearPayload)]));
    assert_eq!(emptied[0].persona, Persona::Pedantic);
}

#[test]
fn session_lost_update() {
    let change = || with(key(MutateNested, "cart"), "value", dynamic("item"));
    let set_default = || flagged(key(WritePayload, "cart"), "if-absent");
    check_all(
        "session-lost-update",
        vec![
            ("unmarked", "other", vec![change()], &[1]),
            ("written back", "other", vec![change(), key(WritePayload, "cart")], &[]),
            ("marked before", "other", vec![event(MarkModified), change()], &[]),
            ("hidden by another write", "other", vec![key(WritePayload, "other"), change()], &[]),
            ("hidden by an expiry", "other", vec![change(), event(SetExpiry)], &[]),
            ("stored only when missing", "other", vec![set_default(), change()], &[2]),
            (
                "marked on another branch",
                "other",
                vec![when(event(MarkModified), true), when(change(), false)],
                &[2],
            ),
            ("a call that does not mark", "other", vec![flagged(key(WritePayload, "n"), "unmarked")], &[1]),
        ],
    );
    let mut always = handler("other", "redis", vec![change()]);
    let on = Attribute {
        value: Value::Known(Scalar::Bool(true)),
        origin: Origin::Written(span(900)),
        trail: vec![],
    };
    always.attributes.insert("save_always".into(), on);
    assert!(found("session-lost-update", always).is_empty());
}

#[test]
fn session_oversized_payload() {
    let sized = |size| Operand { size: Some(size), ..dynamic("rows") };
    let collection = || Operand { labels: Labels::COLLECTION, ..dynamic("rows") };
    check_all(
        "session-oversized-payload",
        vec![
            ("without a bound", "other", vec![write("rows", sized(Size::Unbounded))], &[1]),
            ("a collection", "other", vec![write("rows", collection())], &[1]),
            ("an id", "other", vec![user_id()], &[]),
            ("small", "other", vec![write("rows", sized(Size::AtMost(5000)))], &[]),
            ("large", "other", vec![write("rows", sized(Size::AtMost(1 << 20)))], &[1]),
        ],
    );
    let held = found(
        "session-oversized-payload",
        handler("other", "cookie", vec![write("rows", sized(Size::AtMost(5000)))]),
    );
    assert_eq!(held[0].severity.word(), "high");
}

#[test]
fn session_sensitive_data() {
    let random = |names| Operand { labels: Labels::RANDOM, ..dynamic(names) };
    let labelled = |labels| Operand { labels, ..dynamic("form password") };
    let number = Operand { types: vec!["i64".into()], ..dynamic("password strength") };
    check_all(
        "session-sensitive-data",
        vec![
            ("a password", "other", vec![write("x", dynamic("form cleaned_data password"))], &[1]),
            ("a key that says so", "other", vec![write("password", dynamic("value"))], &[1]),
            (
                "a secret by type",
                "other",
                vec![write("x", Operand { labels: Labels::SECRET, ..dynamic("value") })],
                &[1],
            ),
            (
                "a constant",
                "other",
                vec![write("password_reset", operand(Value::Known(Scalar::Bool(true))))],
                &[],
            ),
            ("a hash", "other", vec![write("password", labelled(Labels::SEALED))], &[]),
            ("random", "other", vec![write("secret", random("value"))], &[]),
            ("a random password", "other", vec![write("x", labelled(Labels::RANDOM))], &[1]),
            ("an id", "other", vec![write("password_user_id", dynamic("user id"))], &[]),
            ("a number", "other", vec![write("password", number)], &[]),
            (
                "a token of another service",
                "other",
                vec![write("access_token", dynamic("tokens access_token"))],
                &[],
            ),
            ("the framework's own", "other", vec![write("_password_reset_token", dynamic("token"))], &[]),
        ],
    );
    let held = handler("other", "cookie", vec![write("t", dynamic("tokens access_token"))]);
    assert_eq!(found("session-sensitive-data", held)[0].severity.word(), "high");
}
