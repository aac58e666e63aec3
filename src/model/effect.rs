//! The words in which a model says what a call does.
//!
//! An effect is clauses joined by `;`. A clause is a verb and operands: `set secure=arg0`, `emit cookie=arg0 protection=signed`,
//! `construct name=arg0 value=arg1`. A source is `argN` (positional, the receiver not counted), `$name` (a named
//! parameter of the model's `params`), `args` (all of them), `@a.b` (what the project's settings files have under these keys), `self`, `self.ATTR`, `on`, `off`, `null`, `unset`, `by-scheme`, a number, `'text'` or a bare word.
//!
//! The call evaluates to what its first clause that yields something yields; `label` works on that value, and several
//! `duration` clauses add up. Without a receiver `set`, `unset` and `merge` work on what was yielded before. Operands that a verb does not read itself (see `Verb::operands`) are attributes, or flags
//! of the event.

use smol_str::SmolStr;

use super::vocabulary;

/// What a clause does. The operands that each verb reads are in its line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verb {
    /// New object of `type` (default: the type the row stands in); every other operand is an attribute.
    Construct,
    /// A value that stands for an object: `from` is text (a name), a pair (name, value), a builder or the object itself.
    Convert,
    /// Attributes of the receiver; the call evaluates to the receiver. Numbers are divided by `per`.
    Set,
    /// `attr`: back to unset.
    Unset,
    /// Pours the attributes of object `from`, its defaults included, into the receiver (a builder given to a builder).
    Merge,
    /// Evaluates to the receiver; with `type` it is of that type from now on.
    Same,
    /// Evaluates to attribute `attr` of the receiver.
    Read,
    /// Evaluates to an unknown value of `type`.
    Returns,
    /// Evaluates to the word `is` (an enum variant: `is=lax`).
    Value,
    /// A duration: `of` times `unit` seconds, divided by `per`. Several clauses of one effect add up. A point in time is
    /// the duration from now to it: `now()` is `of=0`, the past is negative.
    Duration,
    /// Adds `label` to what it evaluates to, and takes over what flows from `from`; with the flag `whole` the result is as
    /// large as that, with `bounded` it holds no more than one client sends under one name. Nothing when the operand `unless` is given.
    Label,

    /// Sends `cookie`, or a new cookie made of the other operands; `protection` signed or encrypted. Beside `cookie` the
    /// other operands fill in what is still unset. Flag `text-of-null`: no value is sent as its name, and is no removal.
    Emit,
    /// Evaluates to the cookie `name` that the receiver sends already, or to a new one; of `type` from now on.
    Sent,
    /// The attribute of a header called `attr` (`httponly`, `max-age`; known when the program runs) becomes `value`, or
    /// those of a `mapping` become its values.
    SetNamed,
    /// Sends a header: `name`, `value` (text), both in one `pair` (a cookie object too), or several in a `mapping`. Only
    /// `Set-Cookie` matters.
    EmitRaw,
    /// Sends the headers that `from` carries, however deep in tuples and lists.
    EmitParts,
    /// Evaluates to the text of header `name`: of the request, or what the answer says already (label `sent`) where that is
    /// `Set-Cookie`.
    Header,
    /// Sends a removal of `cookie` or `name`; `path`, `domain` as given (beside `cookie`: when unset), flags `only-if-sent`,
    /// `no-path` (whatever path the cookie had) and `strips-header` (drops the line from this response, the browser keeps it).
    Remove,
    /// Evaluates to a view of the jar with `protection` (and `key`, `prefix` host or secure), of `type` when it is another type.
    Jar,
    /// Evaluates to the cookie `name` (default `default`) of the request, or to `cookie` as the request has it; `verified=on`
    /// when its signature was checked; `max_age` when its age was.
    ReadCookie,
    /// The function `of` answers requests of this `method` (`GET`, or `any`); evaluates to the receiver.
    Route,
    /// Puts the layer `of` around the receiver; evaluates to the receiver.
    Layer,
    /// `cookie` belongs to a client or a request: never judged.
    Client,

    /// Evaluates to the session handle of `type`; `id` when the caller gives one.
    Session,
    /// `key`, `value`; without `key` a whole mapping `value` is poured in. Flags: `unmarked` (the session does not count as
    /// changed), `if-absent` (an existing value stays and is yielded), `cancels-rotate` (an earlier rotation is undone).
    Write,
    /// `key`, `default`; the result is the stored value; without `key` it is the whole payload.
    Get,
    /// `key`.
    RemoveKey,
    /// Empties the payload; id and record stay. Flag `ends-session` when an empty session is given up.
    Clear,
    /// Record deleted, id stays. Flag `keeps-id`: a change of the same request recreates it under the same id, whether it
    /// came before (the session is saved when the handler is done) or comes later (if the data was read before).
    DeleteRecord,
    /// New id. Flags: `only-if-last` (a later write undoes it), `keeps-old-record` (the old id stays valid),
    /// `only-if-written` (nothing is sent unless something is written too), `keeps-nothing` (the payload goes).
    Rotate,
    /// Record and id gone. Flags: `keeps-id` (a later write of the same request brings the session back under the same id),
    /// `drops-writes` (later writes are ignored), `cookie-only` (a copy of the cookie stays valid), `no-path` (the removal
    /// line has no path).
    Destroy,
    DestroyOthers,
    /// Marks the session as changed or saves it; with `if` only when that is true.
    Mark,
    ReadId,
    /// `seconds`: new life of the session.
    Expire,

    /// `user`; `rotates` always | if-anonymous | never. Flag `by-id`: the session knows the user by an id alone, so that a new
    /// password ends none.
    Login,
    /// `how` destroy | cookie-only | keeps-payload (new id, other data stays) | keeps-session (id and other data stay).
    /// Flag `keeps-id`: a login in the same request brings the old id back.
    Logout,
    /// Compares `secret` with what a record has (`of`) or asks a backend; the result is the label `authenticated`. Flag `by-name`: only when a named
    /// argument is called like a password.
    CheckCredentials,
    ReadIdentity,
    /// `user`; flag `keeps-sessions` when other sessions stay valid.
    ChangePassword,
    /// Writes to a database.
    ChangeState,

    /// A key made of `from`, at least `min` bytes; flags `generated`, `empty`, `derived`; `use`: session, cookie, csrf,
    /// signing, jwt. Yields an object of the row's type.
    Key,
    /// An environment variable: `name`; `default` (unset: it must be there, or `required`); `cast` is bool, int, float, list,
    /// map, json, url, text, present (whether it is there), as-default (the type of the default) or a parameter that is a
    /// type. `prefix` and `_` stand before the name; flag `field`: without `name` it is that of the assigned setting;
    /// `scheme`: a mapping of names to pairs of type and default.
    Env,
    /// Random from a cryptographic source; `bits` or `bytes`. Flag `weak`: from a source that can be guessed.
    Random,
    /// Encrypted, hashed or signed result of `from`. Flag `password`: made for passwords alone.
    Seal,
    /// What `from` holds once its signature was checked.
    Verify,
    /// `value` reaches a place where it matters what it is: `kind` sql, html, command, path, redirect, template, code (what is
    /// run or deserialized), look-up (whose record is found), log, body (an answer). With `shell` a list of words is a program
    /// and its arguments unless that is true.
    Sink,
    /// Looks relevant and does nothing.
    Nothing,
}

/// What may stand in a clause of one verb.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operands {
    /// These and no others.
    Only(&'static [&'static str]),
    /// These and the attributes of `vocabulary::ATTRIBUTES`.
    Attributes(&'static [&'static str]),
}

impl Verb {
    /// The operands that the verb reads.
    #[must_use]
    pub fn operands(self) -> Operands {
        use Operands::{Attributes, Only};
        match self {
            Self::Construct => Attributes(&["type"]),
            Self::Sink => Only(&["kind", "value", "shell"]),
            Self::Set => Attributes(&["per"]),
            Self::Convert | Self::Merge | Self::Verify => Only(&["from"]),
            Self::Seal => Only(&["from", "password"]),
            Self::EmitParts => Only(&["from"]),
            Self::Header => Only(&["name"]),
            Self::Layer => Only(&["of"]),
            Self::Route => Only(&["method", "of"]),
            Self::Unset | Self::Read => Only(&["attr"]),
            Self::Same | Self::Returns => Only(&["type"]),
            Self::Session => Only(&["type", "id"]),
            Self::Value => Only(&["is"]),
            Self::Duration => Only(&["of", "unit", "per"]),
            Self::Label => Only(&["label", "from", "whole", "unless", "bounded"]),
            Self::Emit => Attributes(&["cookie", "text-of-null"]),
            Self::Sent => Only(&["name", "type"]),
            Self::SetNamed => Only(&["attr", "value", "mapping"]),
            Self::EmitRaw => Only(&["name", "value", "pair", "mapping"]),
            Self::Remove => Attributes(&["cookie", "only-if-sent", "no-path", "strips-header"]),
            Self::Jar => Only(&["protection", "key", "prefix", "type"]),
            Self::ReadCookie => Only(&["name", "cookie", "default", "verified", "max_age"]),
            Self::Client => Only(&["cookie"]),
            Self::Write => Only(&["key", "value", "unmarked", "if-absent", "cancels-rotate"]),
            Self::Get => Only(&["key", "default"]),
            Self::RemoveKey => Only(&["key", "cancels-rotate"]),
            Self::Clear => Only(&["cancels-rotate", "ends-session"]),
            Self::Rotate => Only(&["only-if-last", "keeps-old-record", "only-if-written", "keeps-nothing"]),
            Self::Destroy => Only(&["keeps-id", "drops-writes", "cookie-only", "no-path"]),
            Self::DeleteRecord => Only(&["keeps-id"]),
            Self::Expire => Only(&["seconds"]),
            Self::Login => Only(&["user", "rotates", "by-id"]),
            Self::Logout => Only(&["how", "keeps-id"]),
            Self::CheckCredentials => Only(&["secret", "of", "by-name"]),
            Self::ChangePassword => Only(&["user", "keeps-sessions"]),
            Self::Key => Only(&["from", "min", "generated", "empty", "derived", "use"]),
            Self::Env => Only(&["name", "default", "cast", "required", "prefix", "field", "scheme"]),
            Self::Random => Only(&["bits", "bytes", "weak"]),
            Self::Mark => Only(&["if"]),
            Self::DestroyOthers | Self::ReadId | Self::ReadIdentity | Self::ChangeState | Self::Nothing => {
                Only(&[])
            }
        }
    }

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
        ("sent", Self::Sent),
        ("set-named", Self::SetNamed),
        ("emit-raw", Self::EmitRaw),
        ("emit-parts", Self::EmitParts),
        ("header", Self::Header),
        ("remove", Self::Remove),
        ("jar", Self::Jar),
        ("read-cookie", Self::ReadCookie),
        ("client", Self::Client),
        ("layer", Self::Layer),
        ("route", Self::Route),
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
        ("verify", Self::Verify),
        ("sink", Self::Sink),
        ("nothing", Self::Nothing),
    ];

    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(text, _)| *text == word).map(|(_, verb)| *verb)
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        Self::WORDS.iter().find(|(_, verb)| *verb == self).map_or("", |(word, _)| word)
    }

    /// All words, for a "did you mean".
    pub fn words() -> impl Iterator<Item = &'static str> {
        Self::WORDS.iter().map(|(word, _)| *word)
    }
}

/// What is wrong with an operand of a verb, if anything.
pub(super) fn unknown_operand(verb: Verb, name: &str) -> Option<String> {
    let (own, attributes) = match verb.operands() {
        Operands::Only(own) => (own, false),
        Operands::Attributes(own) => (own, true),
    };
    let attributes = vocabulary::ATTRIBUTES.iter().map(|(it, _)| *it).filter(|_| attributes);
    let mut known = own.iter().copied().chain(attributes);
    if known.any(|it| it == name) {
        return None;
    }
    Some(format!("`{}` reads no operand `{name}`", verb.name()))
}

/// Where an operand's value comes from.
#[derive(Clone, PartialEq, Debug)]
pub enum Source {
    /// Positional argument.
    Arg(u8),
    /// Named parameter.
    Param(SmolStr),
    /// All arguments together.
    All,
    Receiver,
    /// Attribute of the receiver.
    Attr(SmolStr),
    /// Keys of the project's settings files; nothing where none has them.
    File(SmolStr),
    On,
    Off,
    Null,
    Unset,
    /// Follows the request: on when it came over https as far as the server sees.
    ByScheme,
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

/// A source by itself, as in a table of defaults.
///
/// # Errors
/// A sentence that says what is wrong.
pub(super) fn parse_source(text: &str) -> Result<Source, String> {
    source(text)
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
    if let Some(keys) = text.strip_prefix('@') {
        return Ok(Source::File(keys.into()));
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
        "args" => Source::All,
        "on" => Source::On,
        "off" => Source::Off,
        "null" => Source::Null,
        "unset" => Source::Unset,
        "by-scheme" => Source::ByScheme,
        _ => text.parse().map_or_else(|_| Source::Text(text.into()), Source::Int),
    })
}

pub(super) fn split_outside_quotes(text: &str, at: char) -> Vec<&str> {
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
