//! Conditions mean what the guide says: hand-made facts, made-up rules.

use std::collections::BTreeMap;

use sessionlint::facts::{Attribute, Fact, FactKind, Origin, Scalar, Span, Value};
use sessionlint::finding::{Confidence, Finding, Persona};
use sessionlint::rule::{Context, Deployment, judge, load};
use sessionlint::source::FileId;

// Each case: the condition, the value of `secure` or `lifetime`, and what must come out.

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Outcome {
    True(Confidence),
    False,
    Unknown,
}

fn span(start: usize) -> Span {
    Span::new(FileId(0), start, start + 4)
}

fn written(value: Value) -> Attribute {
    Attribute { value, origin: Origin::Written(span(40)), trail: Vec::new() }
}

fn defaulted(value: Value, version: &str) -> Attribute {
    let origin = Origin::Default { package: "crate".into(), version: version.into(), source: "test".into() };
    Attribute { value, origin, trail: Vec::new() }
}

fn cookie(attributes: impl IntoIterator<Item = (&'static str, Attribute)>) -> Fact {
    Fact {
        kind: FactKind::Cookie,
        span: span(10),
        item: "app::login".into(),
        name: Some("sid".into()),
        attributes: attributes.into_iter().map(|(name, it)| (name.into(), it)).collect::<BTreeMap<_, _>>(),
        events: Vec::new(),
        trail: Vec::new(),
        test: false,
        unjudged: None,
    }
}

fn page(header: &str) -> String {
    format!(
        "# a-rule\n```toml rule\nsummary = \"s\"\non = \"cookie\"\nseverity = \"medium\"\nmessage = \"cookie `{{name}}` is bad\"\nwhy = \"w\"\nhelp = \"h\"\n{header}\n```\n"
    )
}

fn run(header: &str, facts: &[Fact], deployment: Deployment) -> Vec<Finding> {
    let rule = load("own.md", page(header).into()).unwrap_or_else(|errors| panic!("{header}: {errors:#?}"));
    judge([&rule], &Context { facts, deployment, files: &[] })
}

fn outcome(when: &str, fact: Fact) -> Outcome {
    match run(&format!("when = {when}"), &[fact], Deployment::default()).as_slice() {
        [] => Outcome::False,
        [one] if one.persona == Persona::Pedantic => {
            assert!(one.message.starts_with("unclear whether cookie `sid` is bad: "), "{}", one.message);
            Outcome::Unknown
        }
        [one] => Outcome::True(one.confidence),
        more => panic!("{more:#?}"),
    }
}

fn on(it: bool) -> Value {
    Value::Known(Scalar::Bool(it))
}

fn text(it: &str) -> Value {
    Value::Known(Scalar::Text(it.into()))
}

fn days(it: i64) -> Value {
    Value::Known(Scalar::Int(it * 86_400))
}

const SURE: Outcome = Outcome::True(Confidence::High);
const LIKELY: Outcome = Outcome::True(Confidence::Medium);

#[test]
fn a_switch_is_judged_for_every_kind_of_value() {
    let boxed = |it| Some(Box::new(it));
    let cases = [
        (Value::Unset, SURE),
        (on(false), SURE),
        (on(true), Outcome::False),
        (Value::Known(Scalar::Null), SURE),
        (text("False"), Outcome::False),
        (Value::OneOf(vec![on(false), Value::Unset]), SURE),
        (Value::OneOf(vec![on(true), on(true)]), Outcome::False),
        (Value::OneOf(vec![on(true), on(false)]), Outcome::Unknown),
        (Value::Env { name: "X".into(), fallback: boxed(on(false)) }, LIKELY),
        (Value::Env { name: "X".into(), fallback: boxed(on(true)) }, Outcome::False),
        (Value::Env { name: "X".into(), fallback: None }, Outcome::Unknown),
        (Value::Setting { key: "secure".into(), value: boxed(on(false)) }, SURE),
        (Value::Setting { key: "secure".into(), value: None }, Outcome::Unknown),
        (Value::Debug { in_debug: Box::new(on(false)), in_release: Box::new(on(true)) }, Outcome::False),
        (Value::Debug { in_debug: Box::new(on(true)), in_release: Box::new(on(false)) }, SURE),
        (Value::Request, Outcome::Unknown),
        (Value::Param("secure".into()), Outcome::Unknown),
        (Value::Opaque("too deep".into()), Outcome::Unknown),
    ];
    for (value, expected) in cases {
        let shown = format!("{value:?}");
        let fact = cookie([("secure", written(value))]);
        assert_eq!(outcome("{ secure = \"off\" }", fact), expected, "{shown}");
    }
}

#[test]
fn a_default_is_proven_when_the_version_is_exact() {
    for (version, expected) in [("0.7.0", SURE), (">=0.7, <0.8", LIKELY), ("", LIKELY)] {
        let fact = cookie([("secure", defaulted(on(false), version))]);
        assert_eq!(outcome("{ secure = false }", fact), expected, "{version}");
    }
}

#[test]
fn kleene_joins() {
    let off = || written(on(false));
    let unknown = || written(Value::Request);
    let cases = [
        ("{ secure = \"off\", http_only = \"off\" }", off(), off(), SURE),
        ("{ secure = \"off\", http_only = \"off\" }", off(), unknown(), Outcome::Unknown),
        ("{ secure = \"on\", http_only = \"off\" }", off(), unknown(), Outcome::False),
        ("{ any = [{ secure = \"off\" }, { http_only = \"off\" }] }", off(), unknown(), SURE),
        ("{ any = [{ secure = \"on\" }, { http_only = \"off\" }] }", off(), unknown(), Outcome::Unknown),
        ("{ any = [{ secure = \"on\" }, { http_only = \"on\" }] }", off(), off(), Outcome::False),
        ("{ not = { secure = \"on\" } }", off(), off(), SURE),
        ("{ not = { http_only = \"on\" } }", off(), unknown(), Outcome::Unknown),
        ("{ all = [{ secure = \"off\" }, { not = { http_only = \"on\" } }] }", off(), off(), SURE),
    ];
    for (when, secure, http_only, expected) in cases {
        let fact = cookie([("secure", secure), ("http_only", http_only)]);
        assert_eq!(outcome(when, fact), expected, "{when}");
    }
}

#[test]
fn texts_words_and_bounds() {
    let cases = [
        ("{ lifetime = { over = \"180 days\" } }", "lifetime", days(400), SURE),
        ("{ lifetime = { over = \"180 days\" } }", "lifetime", days(180), Outcome::False),
        ("{ lifetime = { at-least = \"180 days\" } }", "lifetime", days(180), SURE),
        ("{ lifetime = { over = \"30 days\", under = \"180 days\" } }", "lifetime", days(90), SURE),
        ("{ lifetime = { over = \"1 day\" } }", "lifetime", Value::Unset, Outcome::False),
        (
            "{ lifetime = { over = \"180 days\" } }",
            "lifetime",
            Value::OneOf(vec![Value::Unset, days(400)]),
            LIKELY,
        ),
        (
            "{ lifetime = { under = \"180 days\" } }",
            "lifetime",
            Value::OneOf(vec![days(1), days(400)]),
            Outcome::Unknown,
        ),
        ("{ lifetime = { set = false } }", "lifetime", Value::Unset, SURE),
        ("{ size = { over = \"4 KB\" } }", "size", Value::Known(Scalar::Int(4097)), SURE),
        ("{ same_site = [\"unset\", \"none\"] }", "same_site", Value::Unset, SURE),
        ("{ same_site = \"none\" }", "same_site", text("None"), SURE),
        ("{ same_site = \"none\" }", "same_site", Value::Known(Scalar::Null), Outcome::False),
        ("{ name = { starts-with = \"__Host-\" } }", "name", text("__host-sid"), Outcome::False),
        ("{ name = { starts-with = \"__Host-\", ignore-case = true } }", "name", text("__host-sid"), SURE),
        ("{ name = { matches = \"^s.d$\" } }", "name", text("sid"), SURE),
        ("{ name = { contains = [\"x\", \"i\"] } }", "name", text("sid"), SURE),
        ("{ domain = { set = true } }", "domain", text(""), Outcome::False),
        ("{ domain = { set = true } }", "domain", Value::Opaque("unread".into()), Outcome::Unknown),
        ("{ secure = { follows = \"request\" } }", "secure", Value::Request, SURE),
        ("{ secure = { is = \"off\", by = \"framework\" } }", "secure", on(false), Outcome::False),
        ("{ secure = { is = \"off\", by = \"project\" } }", "secure", on(false), SURE),
        ("{ faults = \"HttpOnyl\" }", "faults", Value::Known(Scalar::List(vec![text("HttpOnyl")])), SURE),
        ("{ faults = { set = true } }", "faults", Value::Known(Scalar::List(vec![])), Outcome::False),
    ];
    for (when, name, value, expected) in cases {
        assert_eq!(outcome(when, cookie([(name, written(value))])), expected, "{when}");
    }
}

#[test]
fn declarations_and_silence() {
    let fact = || [cookie([("secure", written(on(false))), ("role", written(text("session")))])];
    let declared = Deployment { cross_site: true, https_proxy: false };
    let header = "when = { secure = \"off\", deployment = { cross_site = false } }";
    assert_eq!(run(header, &fact(), Deployment::default()).len(), 1);
    assert!(run(header, &fact(), declared).is_empty());
    let header = "when = { secure = \"off\" }\nsilent_if = { role = \"session\" }";
    assert!(run(header, &fact(), Deployment::default()).is_empty());
}

#[test]
fn a_finding_points_at_what_was_written_and_says_who_decided() {
    let fact = cookie([("secure", written(on(false)))]);
    let found = run("when = { secure = \"off\" }", &[fact], Deployment::default());
    assert_eq!((found[0].span, found[0].label.as_str()), (span(40), "`Secure` switched off here"));
    assert_eq!(found[0].evidence[0].span, span(10));
    let fact = cookie([("secure", defaulted(on(false), "0.7"))]);
    let found = run("when = { secure = \"off\" }", &[fact], Deployment::default());
    assert_eq!((found[0].span, found[0].label.as_str()), (span(10), "default of crate 0.7: `Secure` off"));
}

#[test]
fn cases_change_severity_persona_and_texts() {
    let header = "when = { secure = \"off\" }\nraise = [{ when = { role = \"session\" }, to = \"high\" }, { when = { lifetime = { over = \"1 day\" } }, persona = \"auditor\", message = \"lives {lifetime}\" }]";
    let fact = cookie([
        ("secure", written(on(false))),
        ("role", written(text("session"))),
        ("lifetime", written(days(400))),
    ]);
    let found = run(header, &[fact], Deployment::default());
    assert_eq!((found[0].severity.word(), found[0].persona.word()), ("high", "auditor"));
    assert_eq!(found[0].message, "lives 400 days");
}

#[test]
fn the_less_specific_rule_speaks_to_the_pedantic_only() {
    let specific = load("a.md", page("when = { secure = \"off\" }").into()).unwrap();
    let general =
        page("when = { secure = \"off\" }\nyields-to = [\"a-rule\"]").replacen("a-rule", "b-rule", 1);
    let general = load("b.md", general.into()).unwrap();
    let facts = [cookie([("secure", written(on(false)))])];
    let context = Context { facts: &facts, deployment: Deployment::default(), files: &[] };
    let personas = |rules: &[&sessionlint::rule::Rule]| -> Vec<_> {
        judge(rules.iter().copied(), &context).iter().map(|it| (it.rule.to_string(), it.persona)).collect()
    };
    let both = [("a-rule".to_owned(), Persona::Regular), ("b-rule".to_owned(), Persona::Pedantic)];
    assert_eq!(personas(&[&specific, &general]), both);
    assert_eq!(personas(&[&general]), [("b-rule".to_owned(), Persona::Regular)]);
}

#[test]
fn tests_and_unjudged_facts_are_left_alone_and_doubles_are_one() {
    let off = || cookie([("secure", written(on(false)))]);
    let facts =
        [Fact { test: true, ..off() }, Fact { unjudged: Some("too deep".into()), ..off() }, off(), off()];
    assert_eq!(run("when = { secure = \"off\" }", &facts, Deployment::default()).len(), 1);
}

#[test]
fn faults_of_a_page_are_named_where_they_are() {
    let cases = [
        (
            "when = { secur = \"off\" }",
            "secur",
            "a cookie has no attribute `secur`",
            "did you mean `secure`?",
        ),
        ("wen = { secure = \"off\" }", "wen", "unknown key `wen`", "did you mean `when`?"),
        ("when = { same_site = \"lacks\" }", "\"lacks\"", "`same_site` is never `lacks`", ""),
        ("when = { lifetime = { over = \"soon\" } }", "\"soon\"", "`over` cannot be read", ""),
        ("when = { name = { matches = \"(\" } }", "", "`(` is no regular expression", ""),
        ("when = { name = { overr = 1 } }", "overr", "unknown key `overr`", "did you mean `over`?"),
        ("when = 1", "1", "`when` wants a table, not a value of type integer", ""),
        ("native = \"no_such\"", "\"no_such\"", "`native` has no value `no_such`", ""),
        ("when = {", "", "", ""),
    ];
    for (header, place, message, help) in cases {
        let page = page(header);
        let errors = load("own.md", page.clone().into()).expect_err(header);
        let found = errors.iter().find(|it| it.message.contains(message));
        let error = found.unwrap_or_else(|| panic!("{header}: {errors:#?}"));
        assert!(page[error.span.clone()].contains(place), "{header}: {error:?}");
        assert!(error.help.contains(help), "{header}: {error:?}");
    }
    assert_eq!(load("own.md", "no page".into()).unwrap_err()[0].message, "this is no rule page");
}
