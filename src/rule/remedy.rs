//! What a rule's page says about mending: `fix` in its header. How it is written down is the business of the models.

use smol_str::SmolStr;

use super::header::{Entry, Reader};
use super::units;
use crate::facts::{AttributeSchema, AttributeType, FactKind, schema};
use crate::finding::Safety;

/// One thing that would mend a finding.
#[derive(Clone, Debug)]
pub struct Remedy {
    pub act: Act,
    /// Only for facts of this name; empty is every one.
    pub only: SmolStr,
    pub safety: Safety,
}

#[derive(Clone, Debug)]
pub enum Act {
    /// Gives an attribute another value.
    /// `idiom` is how settings modules say it that define its names above: `not DEBUG`.
    Set { attribute: &'static AttributeSchema, to: To, idiom: Option<SmolStr> },
    /// Takes an attribute out.
    Unset { attribute: &'static AttributeSchema },
    /// Writes a call that the model of the session knows by this word (`rotate`, `destroy`, `mark`).
    Call { word: SmolStr, place: Place },
    /// Puts an element into the list that a setting holds, behind the first of these that it has. What it makes may want
    /// further settings, each written as an assignment.
    Install { setting: SmolStr, element: SmolStr, behind: Vec<SmolStr>, with: Vec<SmolStr> },
    /// Takes the rule that a comment names for nothing out of it.
    Withdraw,
    /// Rewrites what an attribute was read from.
    Rewrite { attribute: &'static AttributeSchema, how: Rewriting },
    /// Gives the rule that a comment misspells its right name.
    Respell,
}

/// How code is written anew that says something else than was meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rewriting {
    /// Misspelt words, which the attribute lists, get the spelling that is known.
    Correct,
    /// A setting gets the name that the attribute gives.
    Rename,
    /// The statement goes.
    Remove,
    /// Text becomes the type that is meant.
    Cast,
    /// A value comes from the environment, and without it nothing starts.
    Require,
    /// Two elements of a list change their places.
    Reorder,
}

/// The new value of an attribute.
#[derive(Clone, PartialEq, Debug)]
pub enum To {
    Switch(bool),
    Text(SmolStr),
    Number(i64),
    Seconds(i64),
    /// What the cookie that is set under the same name has as this attribute.
    SameAs(SmolStr),
}

/// Where a call goes, as seen from the statement of the finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Before,
    After,
    Instead,
}

/// Words of calls; the models say how each is written.
pub const CALLS: [&str; 3] = ["rotate", "destroy", "mark"];

const KEYS: [&str; 21] = [
    "set", "to", "as-set", "idiom", "unset", "call", "place", "install", "into", "behind", "withdraw",
    "respell", "with", "correct", "rename", "remove", "cast", "require", "reorder", "only", "safe",
];

fn rewriting(key: &str) -> Option<Rewriting> {
    Some(match key {
        "correct" => Rewriting::Correct,
        "rename" => Rewriting::Rename,
        "remove" => Rewriting::Remove,
        "cast" => Rewriting::Cast,
        "require" => Rewriting::Require,
        "reorder" => Rewriting::Reorder,
        _ => return None,
    })
}

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry<'_>, on: Option<FactKind>) -> Option<Remedy> {
    let known = on.map_or(&[][..], |kind| schema(kind).attributes);
    let names: Vec<_> = known.iter().map(|it| it.name).collect();
    // what is to be done, and the rest of what it needs
    let mut acts = Vec::new();
    let (mut to, mut idiom) = (None, None);
    let mut place = Place::Before;
    let (mut into, mut behind, mut with) = (None, None, Vec::new());
    let mut only = SmolStr::default();
    let mut safety = Safety::Unsafe;
    for part in reader.table(entry)? {
        let attribute = |word: &str| known.iter().find(|it| it.name == word);
        match part.key {
            "set" => acts.extend(reader.word(&part, attribute, &names).map(Wish::Set)),
            "unset" => {
                let found = reader.word(&part, attribute, &names);
                acts.extend(found.map(|attribute| Wish::Done(Act::Unset { attribute })));
            }
            "to" if part.value.as_bool().is_some() => to = reader.switch(&part).map(To::Switch),
            "to" if part.value.as_integer().is_some() => to = reader.number(&part).map(To::Number),
            "to" => {
                let text = reader.text(&part);
                to = text.map(|it| units::seconds(&it).map_or_else(|| To::Text(it.into()), To::Seconds));
            }
            "as-set" => {
                let other = reader.word(&part, attribute, &names);
                to = other.map(|it| To::SameAs(SmolStr::new_static(it.name)));
            }
            "idiom" => idiom = reader.text(&part).map(SmolStr::from),
            "withdraw" if reader.switch(&part) == Some(true) => acts.push(Wish::Done(Act::Withdraw)),
            "respell" if reader.switch(&part) == Some(true) => acts.push(Wish::Done(Act::Respell)),
            "withdraw" | "respell" => {}
            "call" => {
                let word = |it: &str| CALLS.into_iter().find(|word| *word == it);
                acts.extend(reader.word(&part, word, &CALLS).map(Wish::Call));
            }
            "place" => {
                let word = |it: &str| match it {
                    "before" => Some(Place::Before),
                    "after" => Some(Place::After),
                    "instead" => Some(Place::Instead),
                    _ => None,
                };
                place = reader.word(&part, word, &["before", "after", "instead"]).unwrap_or(place);
            }
            "install" => acts.extend(reader.text(&part).map(|it| Wish::Install(it.into()))),
            "into" => into = reader.text(&part).map(SmolStr::from),
            "behind" => behind = Some(reader.texts(&part)),
            "with" => with = reader.texts(&part),
            "only" => only = reader.text(&part).map(SmolStr::from).unwrap_or_default(),
            "safe" => {
                safety = if reader.switch(&part) == Some(true) { Safety::Safe } else { Safety::Unsafe };
            }
            key => match rewriting(key) {
                Some(how) => {
                    let found = reader.word(&part, attribute, &names);
                    acts.extend(found.map(|attribute| Wish::Done(Act::Rewrite { attribute, how })));
                }
                None => reader.unknown_key(&part, KEYS),
            },
        }
    }
    let only_one = if acts.len() == 1 { acts.pop() } else { None };
    let act = match (only_one, to) {
        (Some(Wish::Done(act)), None) => Some(act),
        (Some(Wish::Set(attribute)), Some(to)) if fits(attribute, &to) => {
            Some(Act::Set { attribute, to, idiom })
        }
        (Some(Wish::Call(word)), None) => Some(Act::Call { word: word.into(), place }),
        (Some(Wish::Install(element)), None) => {
            into.zip(behind).map(|(setting, behind)| Act::Install { setting, element, behind, with })
        }
        _ => None,
    };
    if act.is_none() {
        let help = "say `set` and `to`, or `unset`, or `call` and `place`, or `install`, `into` and `behind`, or one \
                    of `correct`, `rename`, `remove`, `cast`, `require`, `reorder`, `withdraw`, `respell`";
        reader.complain(entry.span.clone(), "a fix that does nothing or several things", help);
    }
    Some(Remedy { act: act?, only, safety })
}

/// An act, as far as its own key says it.
enum Wish {
    Done(Act),
    Set(&'static AttributeSchema),
    Call(&'static str),
    Install(SmolStr),
}

fn fits(attribute: &AttributeSchema, to: &To) -> bool {
    match (attribute.ty, to) {
        (AttributeType::Switch, to) => matches!(to, To::Switch(_) | To::SameAs(_)),
        (AttributeType::Words(words), To::Text(word)) => words.contains(&word.as_str()),
        (AttributeType::Words(_), to) => matches!(to, To::SameAs(_)),
        (AttributeType::Duration, to) => matches!(to, To::Seconds(_) | To::SameAs(_)),
        _ => true,
    }
}
