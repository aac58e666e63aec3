//! Compares what handlers did to a session with what their events say.

use grid::{Answer, CHANGE, Case, Server};
use serde_json::Value as Json;

use crate::cookies::{Compared, check, has_flag, lines, switch};
use crate::said::Said;

/// What became of the session that a client came with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Fate {
    /// It goes on under its id.
    kept: bool,
    /// The old id still names a record.
    alive: bool,
    /// The client is told to forget the cookie.
    removed: Option<bool>,
}

/// Rules of which one has to speak when whoever knows the old id is logged in too.
const FIXATION: &[&str] = &["login-no-cycle", "session-fixed-write-order"];
/// .. when somebody is logged in elsewhere after the password changed,
const REMAINS: &[&str] = &["password-change-no-invalidate"];
/// .. and when a logout leaves a record behind.
const SURVIVAL: &[&str] = &["logout-no-flush"];

pub fn compare(case: &Case, server: &mut dyn Server, said: &Said) -> Vec<(String, Compared)> {
    let mut compared = Vec::new();
    for flow in case.flows {
        let handler = said.facts.iter().find(|it| it["kind"] == "handler" && it["name"] == *flow);
        let none = Vec::new();
        let events = handler.and_then(|it| it["events"].as_array()).unwrap_or(&none);
        for start in ["start", "member"] {
            let said = told(events, start == "member", case.adopts);
            let (seen, _) = try_out(case, server, start, flow);
            let mut add = |what: &str, said: bool, seen: bool| {
                compared.push((format!("{flow} from {start}"), check(what, switch(said), switch(seen))));
            };
            add("id kept", said.kept, seen.kept);
            add("old record alive", said.alive, seen.alive);
            if let (Some(said), Some(seen)) = (said.removed, seen.removed) {
                add("removal sent", said, seen);
            }
        }
        compared.extend(verdict(case, flow, server, said).map(|it| ((*flow).to_owned(), it)));
    }
    compared
}

/// Whether the rules speak exactly where something is wrong.
fn verdict(case: &Case, flow: &str, server: &mut dyn Server, said: &Said) -> Option<Compared> {
    let (what, rules, wrong) = if flow.starts_with(CHANGE) {
        ("remaining session reported", REMAINS, other_remains(server, flow))
    } else if flow.starts_with("login") {
        // A handler that logs out first expects that somebody may be logged in.
        let logs_out = flow.find("exit").is_some_and(|exit| flow.rfind("enter").is_some_and(|it| exit < it));
        let (_, known) = try_out(case, server, if logs_out { "member" } else { "start" }, flow);
        ("fixation reported", FIXATION, known)
    } else {
        let (fate, _) = try_out(case, server, "member", flow);
        if case.adopts && fate.kept && !fate.alive {
            // An empty record cannot be told from none.
            return None;
        }
        ("survival reported", SURVIVAL, fate.alive)
    };
    let name = format!("`{flow}`");
    let spoken = said
        .findings
        .iter()
        .any(|(rule, message)| rules.contains(&rule.as_str()) && message.starts_with(&name));
    Some(check(what, switch(spoken), switch(wrong)))
}

/// Whether a session of the same user goes on when another one runs this handler.
fn other_remains(server: &mut dyn Server, flow: &str) -> bool {
    let mut enter = || session(&server.get("/member", "")).map(|(name, value)| format!("{name}={value}"));
    let (Some(other), Some(own)) = (enter(), enter()) else { return false };
    server.get(&format!("/{flow}"), &own);
    server.get("/peek", &other).body.ends_with("true")
}

/// The fate of a new session, and whether its old id shows somebody logged in.
fn try_out(case: &Case, server: &mut dyn Server, start: &str, flow: &str) -> (Fate, bool) {
    let begun = server.get(&format!("/{start}"), "");
    let Some(cookie) = session(&begun) else {
        return (Fate { kept: false, alive: false, removed: None }, false);
    };
    let old = format!("{}={}", cookie.0, cookie.1);
    let answer = server.get(&format!("/{flow}"), &old);
    let gone = lines(&answer.set_cookie).iter().any(|it| it.name == cookie.0 && it.is_removal());
    let renewed = session(&answer).is_some_and(|it| it != cookie);
    let data = server.get("/peek", &old).body;
    let known = data.ends_with("true");
    let alive = if case.adopts {
        data.contains("true")
    } else {
        // An id that nobody knows is replaced.
        session(&server.get("/touch", &old)).is_none_or(|it| it == cookie)
    };
    (Fate { kept: !gone && !renewed, alive, removed: Some(gone) }, known)
}

/// Name and value of the cookie that is sent.
fn session(answer: &Answer) -> Option<(String, String)> {
    let sent = lines(&answer.set_cookie).into_iter().find(|it| !it.is_removal());
    sent.map(|it| (it.name, it.value))
}

/// What the words of the events mean (`src/model/effect.rs`), one after the other.
fn told(events: &[Json], logged_in: bool, adopts: bool) -> Fate {
    let mut it = Story { logged_in, ..Story::default() };
    for event in events {
        it.happen(event);
    }
    // What is empty and new is not stored, what was never stored cannot go on.
    let kept = it.id == Id::Old;
    let alive = it.alive && !(adopts && it.empty && kept);
    Fate { kept, alive, removed: it.emptied.is_none().then_some(it.id == Id::None) }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Id {
    Old,
    New,
    None,
}

struct Story {
    id: Id,
    alive: bool,
    empty: bool,
    logged_in: bool,
    /// The data was read from the store.
    loaded: bool,
    /// It is saved when the handler is done.
    changed: bool,
    /// The next write brings it back under this id.
    comes_back: Option<Id>,
    /// There is nothing in it but what this request wrote.
    only_written: bool,
    /// It has ended and came back.
    unsaved: bool,
    /// Later calls are ignored.
    over: bool,
    /// The record was deleted before anybody read it.
    lost: bool,
    /// Set when an empty session has a new id: frameworks differ in whether they send one.
    emptied: Option<()>,
}

impl Default for Story {
    fn default() -> Self {
        Self {
            id: Id::Old,
            alive: true,
            empty: false,
            logged_in: false,
            loaded: false,
            changed: false,
            comes_back: None,
            only_written: false,
            unsaved: false,
            over: false,
            lost: false,
            emptied: None,
        }
    }
}

impl Story {
    fn happen(&mut self, event: &Json) {
        let flag = |it: &str| has_flag(event, it);
        // A session of its own takes the place of one that has ended.
        if self.over && !flag("keeps-nothing") {
            return;
        }
        match event["kind"].as_str().unwrap_or_default() {
            "read-payload" => self.loaded = true,
            "write-payload" if !flag("unmarked") => self.write(),
            "remove-payload" => {
                self.lose();
                if self.only_written {
                    self.empty_out();
                } else if !self.empty {
                    self.write();
                }
            }
            "clear-payload" => {
                self.empty_out();
                self.changed = true;
                self.lost = false;
                if flag("ends-session") {
                    self.end(Id::None);
                }
                self.alive |= self.id == Id::Old;
            }
            "rotate-id" => self.rotate(flag("keeps-old-record"), flag("keeps-nothing")),
            "destroy" => {
                self.end(if flag("keeps-id") { self.id } else { Id::None });
                self.alive |= flag("cookie-only");
                self.over = flag("drops-writes");
            }
            "delete-record" if !flag("keeps-id") => self.end(Id::None),
            // What has changed is saved all the same; what was not read yet cannot be read any more.
            "delete-record" if !self.changed => {
                self.alive &= self.id != Id::Old;
                self.lost = !self.loaded;
            }
            "login" => {
                let anew = flag("rotates=always") || flag("rotates=if-anonymous") && !self.logged_in;
                if anew {
                    self.rotate(false, false);
                }
                self.write();
                self.logged_in = true;
            }
            "logout" if flag("how=destroy") => self.end(if flag("keeps-id") { self.id } else { Id::None }),
            "logout" if flag("how=keeps-payload") => self.rotate(false, false),
            _ => {}
        }
        self.emptied = (self.empty && self.id == Id::New).then_some(());
    }

    fn write(&mut self) {
        self.lose();
        self.only_written |= self.empty;
        self.empty = false;
        self.changed = true;
        self.loaded = true;
        if self.id == Id::None {
            self.unsaved = true;
            self.id = match self.comes_back {
                Some(Id::Old) => Id::Old,
                _ => Id::New,
            };
        }
        self.alive |= self.id == Id::Old;
    }

    fn rotate(&mut self, keeps_old_record: bool, keeps_nothing: bool) {
        self.changed = true;
        self.loaded = true;
        self.lose();
        self.alive &= keeps_old_record || self.id != Id::Old;
        self.id = Id::New;
        self.empty |= keeps_nothing;
    }

    /// Nothing is left; what came back only because of what was written goes with it.
    fn empty_out(&mut self) {
        self.empty = true;
        self.only_written = false;
        if self.unsaved {
            self.alive &= self.id != Id::Old;
            self.id = Id::None;
        }
    }

    /// The data has to be read, and is not there.
    fn lose(&mut self) {
        if std::mem::take(&mut self.lost) {
            self.empty = true;
            self.id = Id::None;
        }
    }

    fn end(&mut self, comes_back: Id) {
        if self.id != Id::None {
            self.comes_back = Some(comes_back);
        }
        self.only_written = false;
        self.unsaved = false;
        self.alive &= self.id != Id::Old;
        self.id = Id::None;
        self.empty = true;
    }
}
