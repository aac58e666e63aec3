//! What a security standard demands, and what of it facts can show: `rules/asvs.toml`.

use std::sync::OnceLock;

use smol_str::SmolStr;
use toml::de::DeTable;

use super::condition::Condition;
use super::header::{Entry, Reader, elements, entries};
use super::logic::{Truth, evaluate};
use super::{Deployment, RuleError};
use crate::facts::{Fact, FactKind};

const TEXT: &str = include_str!("../../rules/asvs.toml");
const PATH: &str = "rules/asvs.toml";

/// One requirement of the standard.
#[derive(Debug)]
pub struct Requirement {
    /// Its number, as rules name it.
    pub id: SmolStr,
    pub level: u8,
    pub text: String,
    /// What code cannot show; may be empty.
    pub rest: String,
    /// Which step of a session's life it speaks of.
    pub stage: Option<SmolStr>,
    /// Without any, nothing of it can be seen.
    pub checks: Vec<RequirementCheck>,
}

/// One question that every fact of a kind is asked.
#[derive(Debug)]
pub struct RequirementCheck {
    /// What should be so.
    pub what: String,
    pub on: FactKind,
    applies: Option<Condition>,
    seen: Option<Condition>,
    holds: Option<Condition>,
    /// Events, one of which a handler must have for the question to be for it: what it is called says too little.
    does: Vec<SmolStr>,
    /// Events, one of which shows that it holds: without any nobody knows.
    shows: Vec<SmolStr>,
}

/// What a fact answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    Holds,
    Fails,
    /// With the reason.
    Unknown(String),
}

impl RequirementCheck {
    /// `None` when the question is not for this fact.
    #[must_use]
    pub fn answer(&self, fact: &Fact) -> Option<Answer> {
        if fact.kind != self.on || fact.test {
            return None;
        }
        if let Some(reason) = &fact.unjudged {
            return Some(Answer::Unknown(reason.to_string()));
        }
        if !self.does.is_empty() && !has_event(fact, &self.does) {
            return None;
        }
        let ask = |it: &Condition| evaluate(it, fact, &Deployment::default());
        let unknown = |reasons: &[String]| Some(Answer::Unknown(reasons.join(", ")));
        if let Some(verdict) = self.applies.as_ref().map(ask) {
            match verdict.truth {
                Truth::False => return None,
                Truth::Unknown => return unknown(&verdict.reasons),
                Truth::True => {}
            }
        }
        if let Some(verdict) = self.seen.as_ref().map(ask)
            && verdict.truth != Truth::True
        {
            return unknown(&verdict.reasons);
        }
        match self.holds.as_ref().map(ask) {
            Some(verdict) if verdict.truth == Truth::False => Some(Answer::Fails),
            Some(verdict) if verdict.truth == Truth::Unknown => unknown(&verdict.reasons),
            _ if !self.shows.is_empty() && !has_event(fact, &self.shows) => {
                Some(Answer::Unknown("nothing that would show it was seen".into()))
            }
            _ => Some(Answer::Holds),
        }
    }
}

/// Whether a fact has one of these events, each written as `kind` or `kind flag`.
fn has_event(fact: &Fact, wanted: &[SmolStr]) -> bool {
    fact.events.iter().any(|event| {
        wanted.iter().any(|it| match it.split_once(' ') {
            Some((kind, flag)) => event.kind.name() == kind && event.flags.iter().any(|it| it == flag),
            None => event.kind.name() == it,
        })
    })
}

/// All requirements, in the order of the standard. Faulty ones are left out: `tests/audit.rs` makes sure that there is none.
pub fn requirements() -> &'static [Requirement] {
    static ALL: OnceLock<Vec<Requirement>> = OnceLock::new();
    ALL.get_or_init(|| load_requirements().unwrap_or_default())
}

/// Reads the table.
///
/// # Errors
/// Everything that is wrong with it.
pub fn load_requirements() -> Result<Vec<Requirement>, Vec<RuleError>> {
    let mut reader = Reader::new(PATH, 0);
    let mut all = Vec::new();
    match DeTable::parse(TEXT) {
        Err(error) => reader.complain(error.span().unwrap_or(0..0), error.message().to_lowercase(), ""),
        Ok(table) => {
            for entry in entries(table.get_ref()) {
                match entry.key {
                    "requirement" => {
                        all.extend(elements(&entry).iter().map(|it| requirement(&mut reader, it)));
                    }
                    _ => reader.unknown_key(&entry, ["requirement"]),
                }
            }
        }
    }
    if reader.errors.is_empty() { Ok(all) } else { Err(reader.errors) }
}

fn requirement(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Requirement {
    let mut it = Requirement {
        id: SmolStr::default(),
        level: 1,
        text: String::new(),
        rest: String::new(),
        stage: None,
        checks: Vec::new(),
    };
    for part in reader.table(entry).unwrap_or_default() {
        match part.key {
            "id" => it.id = reader.text(&part).unwrap_or_default().into(),
            "level" => {
                it.level = reader.number(&part).and_then(|it| u8::try_from(it).ok()).unwrap_or(it.level);
            }
            "text" => it.text = reader.text(&part).unwrap_or_default(),
            "rest" => it.rest = reader.text(&part).unwrap_or_default(),
            "stage" => it.stage = reader.text(&part).map(SmolStr::from),
            "check" => it.checks = elements(&part).iter().filter_map(|it| check(reader, it)).collect(),
            _ => reader.unknown_key(&part, ["id", "level", "text", "rest", "stage", "check"]),
        }
    }
    it
}

fn check(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<RequirementCheck> {
    let parts = reader.table(entry)?;
    let parse = |word: &str| FactKind::ALL.into_iter().find(|it| it.name() == word);
    let on = parts.iter().find(|it| it.key == "on")?;
    let on = reader.word(on, parse, &FactKind::ALL.map(FactKind::name))?;
    let mut it = RequirementCheck {
        what: String::new(),
        on,
        applies: None,
        seen: None,
        holds: None,
        does: Vec::new(),
        shows: Vec::new(),
    };
    for part in &parts {
        match part.key {
            "on" => {}
            "what" => it.what = reader.text(part).unwrap_or_default(),
            "for" => it.applies = Some(Condition::read(reader, part, on)),
            "seen" => it.seen = Some(Condition::read(reader, part, on)),
            "holds" => it.holds = Some(Condition::read(reader, part, on)),
            "does" => it.does = reader.texts(part),
            "shows" => it.shows = reader.texts(part),
            _ => reader.unknown_key(part, ["on", "what", "for", "seen", "holds", "does", "shows"]),
        }
    }
    Some(it)
}
