//! The words in which a model says what a call does.
//!
//! An effect is clauses joined by `;`. A clause is a verb and operands: `set secure=arg0`, `emit cookie=arg0 protection=signed`,
//! `construct name=arg0 value=arg1`. A source is `argN` (positional, the receiver not counted), `$name` (a named
//! parameter of the model's `params`), `self`, `self.ATTR`, `on`, `off`, `null`, `unset`, a number, `'text'` or a bare word.

use smol_str::SmolStr;

/// What a clause does. The operands that each verb reads are in its line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verb {
    /// New object of `type` (default: the type the row stands in); every other operand is an attribute.
    Construct,
    /// A value that stands for an object: `from` is text (a name), a pair (name, value), a builder or the object itself.
    Convert,
    /// Attributes of the receiver; the call evaluates to the receiver.
    Set,
    /// `attr`: back to unset.
    Unset,
    /// Pours the attributes of object `from` into the receiver (a builder given to a builder).
    Merge,
    /// Evaluates to the receiver; with `type` it is of that type from now on.
    Same,
    /// Evaluates to attribute `attr` of the receiver.
    Read,
    /// Evaluates to an unknown value of `type`.
    Returns,
    /// Evaluates to the word `is` (an enum variant: `is=lax`).
    Value,
    /// A duration: `of` times `unit` seconds.
    Duration,
    /// Adds `label` to what it evaluates to, and takes over what flows from `from`.
    Label,

    /// Sends `cookie`, or a new cookie made of the other operands; `protection` signed or encrypted.
    Emit,
    /// Sends a header: `name`, `value` (text). Only `Set-Cookie` matters.
    EmitRaw,
    /// Sends a removal of `cookie` or `name`; `path`, `domain` as given, flag `only-if-sent`.
    Remove,
    /// Evaluates to a view of the jar with `protection` (and `key`).
    Jar,
    /// Evaluates to a cookie of the request; `verified=on` when its signature was checked.
    ReadCookie,
    /// `cookie` belongs to a client or a request: never judged.
    Client,

    /// Evaluates to the session handle of `type`.
    Session,
    /// `key`, `value`; flag `unmarked` when it does not mark the session as changed.
    Write,
    /// `key`, `default`; the result is the stored value.
    Get,
    /// `key`.
    RemoveKey,
    /// Empties the payload; id and record stay.
    Clear,
    /// Record deleted, id stays.
    DeleteRecord,
    /// New id. Flags: `only-if-last`, `keeps-old-record`.
    Rotate,
    /// Record and id gone.
    Destroy,
    DestroyOthers,
    /// Marks the session as changed or saves it.
    Mark,
    ReadId,
    /// `seconds`: new life of the session.
    Expire,

    /// `user`; `rotates` always | if-anonymous | never.
    Login,
    /// `how` destroy | cookie-only | keeps-payload.
    Logout,
    CheckCredentials,
    ReadIdentity,
    ChangePassword,
    /// Writes to a database.
    ChangeState,

    /// A key made of `from`, at least `min` bytes; flags `generated`, `empty`, `derived`; `use`.
    Key,
    /// An environment variable: `name`, `default`, `cast` (bool, int, text, as-default), flag `required`.
    Env,
    /// Random from a cryptographic source; `bits`.
    Random,
    /// Encrypted, hashed or signed result of `from`.
    Seal,
    /// Looks relevant and does nothing.
    Nothing,
}

impl Verb {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("construct", Self::Construct),
        ("convert", Self::Convert),
        ("set", Self::Set),
        ("unset", Self::Unset),
        ("merge", Self::Merge),
        ("same", Self::Same),
        ("read", Self::Read),
        ("returns", Self::Returns),
        ("value", Self::Value),
        ("duration", Self::Duration),
        ("label", Self::Label),
        ("emit", Self::Emit),
        ("emit-raw", Self::EmitRaw),
        ("remove", Self::Remove),
        ("jar", Self::Jar),
        ("read-cookie", Self::ReadCookie),
        ("client", Self::Client),
        ("session", Self::Session),
        ("write", Self::Write),
        ("get", Self::Get),
        ("remove-key", Self::RemoveKey),
        ("clear", Self::Clear),
        ("delete-record", Self::DeleteRecord),
        ("rotate", Self::Rotate),
        ("destroy", Self::Destroy),
        ("destroy-others", Self::DestroyOthers),
        ("mark", Self::Mark),
        ("read-id", Self::ReadId),
        ("expire", Self::Expire),
        ("login", Self::Login),
        ("logout", Self::Logout),
        ("check-credentials", Self::CheckCredentials),
        ("read-identity", Self::ReadIdentity),
        ("change-password", Self::ChangePassword),
        ("change-state", Self::ChangeState),
        ("key", Self::Key),
        ("env", Self::Env),
        ("random", Self::Random),
        ("seal", Self::Seal),
        ("nothing", Self::Nothing),
    ];

    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(text, _)| *text == word).map(|(_, verb)| *verb)
    }

    /// All words, for a "did you mean".
    pub fn words() -> impl Iterator<Item = &'static str> {
        Self::WORDS.iter().map(|(word, _)| *word)
    }
}

/// Where an operand's value comes from.
#[derive(Clone, PartialEq, Debug)]
pub enum Source {
    /// Positional argument.
    Arg(u8),
    /// Named parameter.
    Param(SmolStr),
    Receiver,
    /// Attribute of the receiver.
    Attr(SmolStr),
    On,
    Off,
    Null,
    Unset,
    Int(i64),
    Text(SmolStr),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Clause {
    pub verb: Verb,
    pub operands: Vec<(SmolStr, Source)>,
}

impl Clause {
    #[must_use]
    pub fn operand(&self, name: &str) -> Option<&Source> {
        self.operands.iter().find(|(key, _)| key == name).map(|(_, source)| source)
    }

    /// A bare word operand, such as `protection=signed` or `type=a::B`.
    #[must_use]
    pub fn word(&self, name: &str) -> Option<&SmolStr> {
        match self.operand(name) {
            Some(Source::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A flag: `name=on`, or the name alone.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.operand(name), Some(Source::On))
    }
}

/// Reads an effect.
///
/// # Errors
/// A sentence that names the word that is wrong.
pub fn parse(text: &str) -> Result<Vec<Clause>, String> {
    split_outside_quotes(text, ';')
        .into_iter()
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .map(clause)
        .collect()
}

fn clause(text: &str) -> Result<Clause, String> {
    let mut words = split_outside_quotes(text, ' ').into_iter().filter(|it| !it.is_empty());
    let word = words.next().unwrap_or("");
    let verb = Verb::parse(word).ok_or_else(|| format!("no verb `{word}`"))?;
    let operands = words
        .map(|word| match word.split_once('=') {
            Some((name, source)) => Ok((SmolStr::new(name), self::source(source)?)),
            None => Ok((SmolStr::new(word), Source::On)),
        })
        .collect::<Result<_, String>>()?;
    Ok(Clause { verb, operands })
}

fn source(text: &str) -> Result<Source, String> {
    if let Some(quoted) = text.strip_prefix('\'') {
        let inner = quoted.strip_suffix('\'').ok_or_else(|| format!("`{text}` lacks its closing quote"))?;
        return Ok(Source::Text(inner.into()));
    }
    if let Some(name) = text.strip_prefix('$') {
        return Ok(Source::Param(name.into()));
    }
    if let Some(name) = text.strip_prefix("self.") {
        return Ok(Source::Attr(name.into()));
    }
    if let Some(number) = text.strip_prefix("arg").and_then(|it| it.parse().ok()) {
        return Ok(Source::Arg(number));
    }
    Ok(match text {
        "" => return Err("an operand without a value".into()),
        "self" => Source::Receiver,
        "on" => Source::On,
        "off" => Source::Off,
        "null" => Source::Null,
        "unset" => Source::Unset,
        _ => text.parse().map_or_else(|_| Source::Text(text.into()), Source::Int),
    })
}

fn split_outside_quotes(text: &str, at: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut quoted = false;
    let mut from = 0;
    for (index, letter) in text.char_indices() {
        if letter == '\'' {
            quoted = !quoted;
        } else if letter == at && !quoted {
            parts.push(&text[from..index]);
            from = index + letter.len_utf8();
        }
    }
    parts.push(&text[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_operands_and_quotes() {
        let effect = parse("set secure=arg0; emit name=$key path='/ a;b' only-if-sent max_age=0").unwrap();
        assert_eq!(effect.len(), 2);
        assert_eq!(effect[0].operand("secure"), Some(&Source::Arg(0)));
        assert_eq!(effect[1].operand("name"), Some(&Source::Param("key".into())));
        assert_eq!(effect[1].word("path").unwrap(), "/ a;b");
        assert!(effect[1].flag("only-if-sent"));
        assert_eq!(effect[1].operand("max_age"), Some(&Source::Int(0)));
    }

    #[test]
    fn a_wrong_verb_is_named() {
        assert_eq!(parse("sett secure=arg0").unwrap_err(), "no verb `sett`");
    }
}
