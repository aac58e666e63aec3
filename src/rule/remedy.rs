//! What a rule's page says about mending: `fix` in its header. How it is written down is the business of the models.

use smol_str::SmolStr;

use super::header::{Entry, Reader};
use crate::facts::{AttributeSchema, AttributeType, FactKind, schema};
use crate::finding::Safety;

/// One thing that would mend a finding.
#[derive(Clone, Debug)]
pub struct Remedy {
    pub act: Act,
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
    /// Puts an element into the list that a setting holds, behind another one.
    Install { setting: SmolStr, element: SmolStr, behind: SmolStr },
    /// Takes the rule that a comment names for nothing out of it.
    Withdraw,
}

/// The new value of an attribute.
#[derive(Clone, PartialEq, Debug)]
pub enum To {
    Switch(bool),
    Text(SmolStr),
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

const KEYS: [&str; 12] = [
    "set", "to", "as-set", "idiom", "unset", "call", "place", "install", "into", "behind", "withdraw", "safe",
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry<'_>, on: Option<FactKind>) -> Option<Remedy> {
    let known = on.map_or(&[][..], |kind| schema(kind).attributes);
    let names: Vec<_> = known.iter().map(|it| it.name).collect();
    let mut set = None;
    let mut unset = None;
    let mut to = None;
    let mut idiom = None;
    let mut withdraw = false;
    let mut call = None;
    let mut place = Place::Before;
    let (mut install, mut into, mut behind) = (None, None, None);
    let mut safety = Safety::Unsafe;
    for part in reader.table(entry)? {
        let attribute = |word: &str| known.iter().find(|it| it.name == word);
        match part.key {
            "set" => set = reader.word(&part, attribute, &names),
            "unset" => unset = reader.word(&part, attribute, &names),
            "to" if part.value.as_bool().is_some() => to = reader.switch(&part).map(To::Switch),
            "to" => to = reader.text(&part).map(|it| To::Text(it.into())),
            "as-set" => {
                let other = reader.word(&part, attribute, &names);
                to = other.map(|it| To::SameAs(SmolStr::new_static(it.name)));
            }
            "idiom" => idiom = reader.text(&part).map(SmolStr::from),
            "withdraw" => withdraw = reader.switch(&part) == Some(true),
            "call" => {
                let word = |it: &str| CALLS.into_iter().find(|word| *word == it);
                call = reader.word(&part, word, &CALLS);
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
            "install" => install = reader.text(&part),
            "into" => into = reader.text(&part),
            "behind" => behind = reader.text(&part),
            "safe" => {
                safety = if reader.switch(&part) == Some(true) { Safety::Safe } else { Safety::Unsafe };
            }
            _ => reader.unknown_key(&part, KEYS),
        }
    }
    let act = match (set, to, unset, call, install) {
        (None, None, None, None, None) if withdraw => Act::Withdraw,
        (Some(attribute), Some(to), None, None, None) if fits(attribute, &to) => {
            Act::Set { attribute, to, idiom }
        }
        (None, None, Some(attribute), None, None) => Act::Unset { attribute },
        (None, None, None, Some(word), None) => Act::Call { word: word.into(), place },
        (None, None, None, None, Some(element)) if into.is_some() && behind.is_some() => Act::Install {
            setting: into.unwrap_or_default().into(),
            element: element.into(),
            behind: behind.unwrap_or_default().into(),
        },
        _ => {
            let help = "say `set` and `to`, or `unset`, or `call` and `place`, or `install`, `into` and `behind`, or `withdraw`";
            reader.complain(entry.span.clone(), "a fix that does nothing or several things", help);
            return None;
        }
    };
    Some(Remedy { act, safety })
}

fn fits(attribute: &AttributeSchema, to: &To) -> bool {
    match (attribute.ty, to) {
        (AttributeType::Switch, to) => matches!(to, To::Switch(_) | To::SameAs(_)),
        (AttributeType::Words(words), To::Text(word)) => words.contains(&word.as_str()),
        (AttributeType::Words(_), To::Switch(_)) => false,
        _ => true,
    }
}
