//! Compares the cookie that was sent, and its removal, with what the facts say.

use grid::{Case, Kind, Server};
use serde_json::Value as Json;

use crate::line::Line;
use crate::result::Outcome;
use crate::said::{Said, Word};

/// What was compared, what was said, what was seen.
pub type Compared = (String, String, String, Outcome);

/// How far two life times may be apart: programs take their time.
const TOLERANCE: i64 = 120;

pub fn compare(case: &Case, server: &mut dyn Server, said: &Said) -> Vec<Compared> {
    let mut compared = Vec::new();
    let sent: Vec<Line> = lines(&server.get("/set", "").set_cookie);
    let sent: Vec<&Line> = sent.iter().filter(|it| !it.is_removal()).collect();
    let over_tls = server.get_over_tls("/set").map(|it| lines(&it.set_cookie));
    let facts = cookies(said, false);
    compared.push(check("cookies sent", &facts.len().to_string(), &sent.len().to_string()));
    let ([line], [fact]) = (sent.as_slice(), facts.as_slice()) else { return compared };
    let tls = over_tls.as_ref().and_then(|it| it.iter().find(|it| it.name == line.name));
    attributes("", line, tls, fact, &mut compared);

    let answer = server.get("/leave", &line.pair());
    let gone = lines(&answer.set_cookie);
    let gone = gone.iter().find(|it| it.is_removal() && it.name == line.name);
    match case.kind {
        Kind::Cookie => {
            let facts = cookies(said, true);
            let seen = usize::from(gone.is_some());
            compared.push(check("removals sent", &facts.len().to_string(), &seen.to_string()));
            if let (Some(gone), [fact]) = (gone, facts.as_slice()) {
                for what in ["name", "path", "domain"] {
                    compared.push(attribute("removal ", what, gone, None, fact));
                }
            }
        }
        Kind::Layer | Kind::Flows => {
            let ends = said.facts.iter().filter(|it| it["kind"] == "handler" && it["name"] == "leave");
            let events = ends.flat_map(|it| it["events"].as_array().into_iter().flatten());
            let end = events
                .into_iter()
                .find(|it| it["kind"] == "destroy" || it["kind"] == "logout" && has_flag(it, "how=destroy"));
            compared.push(check("removal sent", switch(end.is_some()), switch(gone.is_some())));
            if let (Some(end), Some(gone)) = (end, gone) {
                for what in ["path", "domain"] {
                    let said = if has_flag(end, "no-path") {
                        Word::Known("unset".into())
                    } else {
                        Word::of(fact, what)
                    };
                    compared.push(judge(&format!("removal {what}"), &said, &seen(what, gone), None));
                }
            }
        }
    }
    compared
}

pub fn has_flag(event: &Json, flag: &str) -> bool {
    event["flags"].as_array().is_some_and(|it| it.iter().any(|it| it == flag))
}

pub fn lines(set_cookie: &[String]) -> Vec<Line> {
    set_cookie.iter().map(|it| Line::parse(it)).collect()
}

fn cookies(said: &Said, removal: bool) -> Vec<&Json> {
    let chosen = |it: &&Json| it["kind"] == "cookie" && Word::of(it, "removal").is("on") == removal;
    said.facts.iter().filter(chosen).collect()
}

fn attributes(prefix: &str, line: &Line, tls: Option<&Line>, fact: &Json, compared: &mut Vec<Compared>) {
    for what in ["name", "secure", "http_only", "same_site", "path", "domain", "lifetime"] {
        compared.push(attribute(prefix, what, line, tls, fact));
    }
}

fn attribute(prefix: &str, what: &str, line: &Line, tls: Option<&Line>, fact: &Json) -> Compared {
    let over_tls = tls.map(|it| seen(what, it));
    judge(&format!("{prefix}{what}"), &Word::of(fact, what), &seen(what, line), over_tls.as_deref())
}

fn seen(what: &str, line: &Line) -> String {
    let text = |it: &Option<String>| it.clone().unwrap_or_else(|| "unset".into());
    match what {
        "name" => line.name.clone(),
        "secure" => switch(line.secure).into(),
        "http_only" => switch(line.http_only).into(),
        "same_site" => text(&line.same_site),
        "path" => text(&line.path),
        "domain" => text(&line.domain),
        _ => line.lifetime().map_or_else(|| "unset".into(), |it| it.to_string()),
    }
}

fn judge(what: &str, said: &Word, seen: &str, over_tls: Option<&str>) -> Compared {
    let (text, outcome) = match said {
        Word::Unknown(why) => (why.clone(), Outcome::Unknown),
        // Where no request over TLS can be made here, the plain half has to do.
        Word::ByScheme => {
            let agreed = seen == "off" && over_tls.is_none_or(|it| it == "on");
            ("by-scheme".into(), if agreed { Outcome::Agreed } else { Outcome::Wrong })
        }
        Word::Known(text) => {
            let agreed = same(what, text, seen) && over_tls.is_none_or(|it| same(what, text, it));
            (text.clone(), if agreed { Outcome::Agreed } else { Outcome::Wrong })
        }
    };
    (what.into(), text, seen.into(), outcome)
}

fn same(what: &str, said: &str, seen: &str) -> bool {
    match what {
        // Not written is off.
        "secure" | "http_only" => said == seen || said == "unset" && seen == "off",
        "lifetime" => {
            let number = |it: &str| it.parse::<i64>().ok();
            match (number(said), number(seen)) {
                (Some(said), Some(seen)) => (said - seen).abs() <= TOLERANCE,
                (said, seen) => said == seen,
            }
        }
        _ => said == seen,
    }
}

pub fn check(what: &str, said: &str, seen: &str) -> Compared {
    let outcome = if said == seen { Outcome::Agreed } else { Outcome::Wrong };
    (what.into(), said.into(), seen.into(), outcome)
}

pub fn switch(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}
