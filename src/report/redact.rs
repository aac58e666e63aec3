//! What a code frame must not show: the text of keys, secrets and passwords.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::check::Report;
use crate::facts::{Fact, FactKind, Origin, Scalar, Value};
use crate::model::words::hides_value;
use crate::source::{FileId, SourceText, Span};

/// Stands for a text that is not shown.
pub(super) const HIDDEN: &str = "***";

/// Whether the texts of an attribute are secrets by what they belong to.
pub(super) fn is_secret(fact: &Fact, attribute: &str) -> bool {
    let role = fact.attribute("role").map(|it| &it.value);
    let tells_role = matches!(role, Some(Value::Known(Scalar::Text(it))) if it == "preference");
    match fact.kind {
        FactKind::Cookie => attribute == "value" && !tells_role,
        FactKind::Setting => attribute == "value" && fact.name.as_deref().is_none_or(hides_value),
        FactKind::Key => attribute == "value",
        FactKind::Session | FactKind::Application | FactKind::Handler => false,
    }
}

/// A text without the user and password of a URL.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = text.split_once("://") else { return Cow::Borrowed(text) };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    match authority.rfind('@') {
        Some(at) => Cow::Owned(format!("{scheme}://{HIDDEN}{}", &rest[at..])),
        None => Cow::Borrowed(text),
    }
}

/// Byte ranges that are known to hold secrets, by file.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    ranges: BTreeMap<FileId, Vec<Range<u32>>>,
}

impl Secrets {
    /// Of every key that was seen, judged or not, and of everything that a finding about secrets points at.
    pub(super) fn of(report: &Report) -> Self {
        let mut secrets = Self::default();
        for fact in report.facts.iter().filter(|it| it.kind == FactKind::Key) {
            places(fact).for_each(|span| secrets.add(report, span));
        }
        let findings = report.findings.iter().map(|it| &it.finding);
        for finding in findings.filter(|it| it.subject.kind == FactKind::Key.name()) {
            secrets.add(report, finding.span);
            finding.evidence.iter().for_each(|note| secrets.add(report, note.span));
        }
        secrets
    }

    fn add(&mut self, report: &Report, span: Span) {
        let Some(source) = report.source(span.file) else { return };
        let found = literals(source.slice(span), Quotes::of(&source.path) == Quotes::Optional);
        let ranges = self.ranges.entry(span.file).or_default();
        ranges.extend(found.into_iter().map(|it| it.start + span.start..it.end + span.start));
    }

    /// The ranges to hide in one line, which starts at `at`.
    pub(super) fn in_line(&self, file: FileId, source: &SourceText, at: u32, line: &str) -> Vec<Range<u32>> {
        let end = at.saturating_add(u32::try_from(line.len()).unwrap_or(u32::MAX));
        let known = self.ranges.get(&file).into_iter().flatten();
        let mut hidden: Vec<_> = known.filter(|it| it.start < end && at < it.end).cloned().collect();
        hidden.extend(
            assigned(line, Quotes::of(&source.path)).into_iter().map(|it| it.start + at..it.end + at),
        );
        hidden.extend(credentials(line).into_iter().map(|it| it.start + at..it.end + at));
        hidden
    }
}

fn places(fact: &Fact) -> impl Iterator<Item = Span> {
    let attributes = fact.attributes.values().flat_map(|it| {
        let origin = match &it.origin {
            Origin::Written(span) | Origin::Inherited(span) => vec![*span],
            Origin::Derived(spans) => spans.clone(),
            Origin::Default { .. } => Vec::new(),
        };
        origin.into_iter().chain(it.trail.iter().map(|note| note.span))
    });
    std::iter::once(fact.span).chain(attributes).chain(fact.trail.iter().map(|note| note.span))
}

/// How a file writes values, as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Quotes {
    /// An apostrophe is mostly no quote.
    Double,
    Both,
    /// Values may stand without any.
    Optional,
}

impl Quotes {
    fn of(path: &str) -> Self {
        match std::path::Path::new(path).extension().and_then(|it| it.to_str()) {
            Some("rs") => Self::Double,
            Some("py") => Self::Both,
            _ => Self::Optional,
        }
    }
}

/// What a line assigns to a name that hides its value.
fn assigned(line: &str, quotes: Quotes) -> Vec<Range<u32>> {
    let Some(from) = value_of_secret(line) else { return Vec::new() };
    let (before, rest) = line.split_at(from);
    let mut found = Vec::new();
    let mut done = 0;
    if let Some(quote) = open_quote(before, quotes) {
        let start = rest.len() - rest.trim_start().len();
        let end = rest[start..].find([quote, ';', '&', ',', ' ']).map_or(rest.len(), |it| start + it);
        // what a format fills in stands elsewhere
        if start < end && !rest[start..].starts_with(['{', '$', '%', '<']) {
            found.push(narrow(start)..narrow(end));
        }
        done = rest.find(quote).map_or(rest.len(), |it| it + 1);
    }
    // a comment quotes nothing either
    let bare = done == 0 && (quotes == Quotes::Optional || before.contains("//") || before.contains('#'));
    let after =
        literals(&rest[done..], bare).into_iter().map(|it| it.start + narrow(done)..it.end + narrow(done));
    found.extend(after);
    found.into_iter().map(|it| it.start + narrow(from)..it.end + narrow(from)).collect()
}

/// The quote of the literal that a text ends in.
fn open_quote(text: &str, quotes: Quotes) -> Option<char> {
    let mut open = None;
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        let is_quote = letter == '"' || (letter == '\'' && quotes != Quotes::Double);
        match open {
            _ if escaped => {}
            Some(quote) if letter == quote => open = None,
            None if is_quote && !is_apostrophe(&text[..at], letter) => open = Some(letter),
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
    }
    open
}

/// `don't`, as opposed to `b'..'`.
fn is_apostrophe(before: &str, letter: char) -> bool {
    let start = before.rfind(|it: char| !it.is_alphanumeric()).map_or(0, |at| at + 1);
    let word = before.get(start..).unwrap_or("").to_ascii_lowercase();
    letter == '\'' && !["", "b", "r", "f", "u", "br", "rb", "fr", "rf"].contains(&word.as_str())
}

fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Where the value starts in a line that gives a value to a name which hides it.
fn value_of_secret(line: &str) -> Option<usize> {
    let gives_value = |at: &usize| {
        let (before, after) = (&line[..*at], &line[at + 1..]);
        let gives = match line.as_bytes()[*at] {
            // a default beside the name of a variable, a value beside the name of a cookie
            b',' => before.ends_with(['"', '\'']) && after.trim_start().starts_with(['"', '\'', 'b', 'd']),
            b':' => !before.ends_with(':') && !after.starts_with(':'),
            _ => !after.starts_with('='),
        };
        gives && hides_value(name_before(before))
    };
    line.match_indices([':', '=', ',']).map(|(at, _)| at).find(gives_value).map(|at| at + 1)
}

/// The name at the end of a text, after quotes, brackets and spaces.
fn name_before(text: &str) -> &str {
    let text = text.trim_end_matches([' ', '\t', '"', '\'', ']', ')', ':']);
    let start =
        text.rfind(|it: char| !(it.is_alphanumeric() || it == '_' || it == '-')).map_or(0, |at| at + 1);
    text.get(start..).unwrap_or("")
}

/// User and password of the URLs in a line.
fn credentials(line: &str) -> Vec<Range<u32>> {
    line.match_indices("://")
        .filter_map(|(at, _)| {
            let start = at + 3;
            let rest = &line[start..];
            let end = rest.find(['/', '?', '#', '"', '\'', ' ']).unwrap_or(rest.len());
            let length = rest[..end].rfind('@')?;
            Some(u32::try_from(start).ok()?..u32::try_from(start + length).ok()?)
        })
        .collect()
}

/// The insides of quoted texts and of number lists; where values need no quotes and there are none, everything.
fn literals(text: &str, bare: bool) -> Vec<Range<u32>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            // an apostrophe after a word or before a lone name is a lifetime or an elision
            b'\'' if !text[at + 1..].contains('\'') => at,
            quote @ (b'"' | b'\'') => {
                let hashes = bytes[..at].iter().rev().take_while(|it| **it == b'#').count();
                let end = closing(bytes, at + 1, quote, hashes);
                found.push(at + 1..end);
                end
            }
            b'[' => {
                let end = bytes[at..].iter().position(|it| *it == b']').map_or(bytes.len(), |it| at + it);
                if text[at..end].bytes().any(|it| it.is_ascii_digit()) && !text[at..end].contains(['"', '\''])
                {
                    found.push(at + 1..end);
                    end
                } else {
                    at
                }
            }
            _ => at,
        };
        at = end + 1;
    }
    if found.is_empty() && bare {
        let start = text.len() - text.trim_start().len();
        found.push(start..text.trim_end().len().max(start));
    }
    found.into_iter().filter(|it| !it.is_empty()).map(|it| narrow(it.start)..narrow(it.end)).collect()
}

fn closing(bytes: &[u8], from: usize, quote: u8, hashes: usize) -> usize {
    let mut at = from;
    while at < bytes.len() {
        if bytes[at] == b'\\' && hashes == 0 {
            at += 1;
        } else if bytes[at] == quote && bytes[at + 1..].iter().take_while(|it| **it == b'#').count() >= hashes
        {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(text: &str, bare: bool) -> String {
        let mut shown = text.to_owned();
        for it in literals(text, bare).into_iter().rev() {
            shown.replace_range(it.start as usize..it.end as usize, "*");
        }
        shown
    }

    #[test]
    fn the_inside_of_every_literal_is_hidden() {
        assert_eq!(hidden(r#"Key::from(b"abc\"def")"#, false), r#"Key::from(b"*")"#);
        assert_eq!(hidden(r##"r#"a"b"#.into()"##, false), r##"r#"*"#.into()"##);
        assert_eq!(hidden("os.environ.get('KEY', 'abc')", false), "os.environ.get('*', '*')");
        assert_eq!(hidden("Key::from(&[1, 2, 3])", false), "Key::from(&[*])");
        assert_eq!(hidden("'''abc\ndef'''", false), "'''*'''");
        assert_eq!(hidden("fn key<'a>(it: &str)", false), "fn key<'a>(it: &str)");
        assert_eq!(hidden(" s3cret ", true), " * ");
        assert_eq!(hidden("unterminated = \"abc", false), "unterminated = \"*");
    }

    #[test]
    fn a_name_tells_that_its_value_is_a_secret() {
        assert_eq!(value_of_secret("SECRET_KEY = 'x'"), Some(12));
        assert_eq!(value_of_secret("  db_password: x"), Some(14));
        assert_eq!(value_of_secret("DEBUG = True"), None);
        assert_eq!(value_of_secret("env(\"SECRET_KEY\", \"x\")"), Some(17));
        assert_eq!(value_of_secret("config['api_key'] = 'x'"), Some(19));
        assert_eq!(value_of_secret("session.insert(\"cart\", items)"), None);
    }

    #[test]
    fn what_a_line_assigns_is_hidden_and_nothing_else() {
        let shown = |line: &str, quotes| {
            let mut shown = line.to_owned();
            for it in assigned(line, quotes).into_iter().rev() {
                shown.replace_range(it.start as usize..it.end as usize, "*");
            }
            shown
        };
        let rust = |line| shown(line, Quotes::Double);
        assert_eq!(
            rust("format!(\"token={token}; Path=/; Secure\");"),
            "format!(\"token={token}; Path=/; Secure\");"
        );
        assert_eq!(rust("send(\"token=abc; Path=/\", \"x\");"), "send(\"token=*; Path=/\", \"*\");");
        assert_eq!(rust("let password = \"abc\"; // it's"), "let password = \"*\"; // it's");
        assert_eq!(rust("// password: abc"), "// password: *");
        let python = |line| shown(line, Quotes::Both);
        assert_eq!(python("KEY = b'abc'  # don't"), "KEY = b'*'  # don't");
        assert_eq!(python("# don't: KEY = 'abc'"), "# don't: KEY = '*'");
        assert_eq!(python("call('a', secret='abc', x='d')"), "call('a', secret='*', x='*')");
        assert_eq!(shown("SECRET_KEY=abc", Quotes::Optional), "SECRET_KEY=*");
        assert_eq!(shown("secure = false", Quotes::Optional), "secure = false");
    }

    #[test]
    fn the_password_of_a_url_is_hidden() {
        assert_eq!(credentials("url = \"postgres://me:pw@db/x\"").first(), Some(&(18..23)));
        assert!(credentials("see https://example.org/@me").is_empty());
        assert_eq!(text("postgres://me:pw@db/x"), "postgres://***@db/x");
    }
}
