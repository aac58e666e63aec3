//! Reads rule pages, and says what is wrong with them and where.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use smol_str::SmolStr;
use toml::de::DeTable;

use super::condition::Condition;
use super::header::{Entry, Reader, elements, entries, suggestion};
use super::message::{Help, places};
use super::page::Page;
use super::{Case, Rule, native, remedy};
use crate::facts::{FactKind, schema};
use crate::finding::{Confidence, Persona, Severity};

/// A fault in a rule's page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleError {
    pub path: String,
    /// Byte range in the page.
    pub span: Range<usize>,
    /// Lower case, no final stop.
    pub message: String,
    /// May be empty.
    pub help: String,
}

const KEYS: &[&str] = &[
    "summary",
    "on",
    "when",
    "silent_if",
    "at",
    "label",
    "severity",
    "raise",
    "persona",
    "confidence",
    "cwe",
    "asvs",
    "message",
    "why",
    "help",
    "fix",
    "yields-to",
    "tags",
    "aliases",
    "native",
    "words",
];

/// Reads one page.
///
/// # Errors
/// Everything that is wrong with it, in the order of the page.
pub fn load(path: &str, text: Cow<'static, str>) -> Result<Rule, Vec<RuleError>> {
    let error = |span: Range<usize>, message: &str, help: &str| RuleError {
        path: path.to_owned(),
        span,
        message: message.to_owned(),
        help: help.to_owned(),
    };
    let Some(page) = Page::parse(&text) else {
        let help = "begin with `# rule-id` and a fenced block with the info `toml rule`";
        return Err(vec![error(0..0, "this is no rule page", help)]);
    };
    let header = page.header.clone();
    let id = SmolStr::new(page.id);
    let mut reader = Reader::new(path, header.start);
    if !is_id(&id) {
        reader.errors.push(error(
            0..text.find('\n').unwrap_or(text.len()),
            &format!("`{id}` is no rule id"),
            "use lower-case words joined by `-`",
        ));
    }
    let toml = &text[header];
    let table = match DeTable::parse(toml) {
        Ok(table) => table,
        Err(fault) => {
            reader.complain(fault.span().unwrap_or(0..0), fault.message().to_lowercase(), "");
            return Err(reader.errors);
        }
    };
    let parts = entries(table.get_ref());
    let rule = read(&mut reader, &parts, id);
    if reader.errors.is_empty() {
        Ok(Rule { page: text, ..rule })
    } else {
        reader.errors.sort_by_key(|it| it.span.start);
        Err(reader.errors)
    }
}

fn is_id(text: &str) -> bool {
    let lower = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
    !text.is_empty() && text.split('-').all(|word| !word.is_empty() && word.chars().all(lower))
}

fn read(reader: &mut Reader<'_>, parts: &[Entry<'_>], id: SmolStr) -> Rule {
    let kinds = parts.iter().find(|it| it.key == "on").map(|it| kinds(reader, it)).unwrap_or_default();
    let on = kinds.first().copied();
    let mut rule = Rule {
        id,
        summary: String::new(),
        on,
        also_on: kinds.into_iter().skip(1).collect(),
        severity: Severity::Medium,
        persona: Persona::Regular,
        cwe: Vec::new(),
        asvs: Vec::new(),
        tags: Vec::new(),
        aliases: Vec::new(),
        why: String::new(),
        page: Cow::Borrowed(""),
        message: String::new(),
        help: Help::default(),
        confidence: Confidence::High,
        when: None,
        silent_if: None,
        at: None,
        label: None,
        cases: Vec::new(),
        yields_to: Vec::new(),
        also: Vec::new(),
        native: None,
        words: BTreeMap::new(),
        remedies: Vec::new(),
    };
    for entry in parts {
        match entry.key {
            "on" => {}
            "summary" => rule.summary = reader.text(entry).unwrap_or_default(),
            "why" => rule.why = reader.text(entry).unwrap_or_default(),
            "message" => rule.message = reader.text(entry).unwrap_or_default(),
            "help" => rule.help = help(reader, entry),
            "severity" => rule.severity = severity(reader, entry).unwrap_or(rule.severity),
            "persona" => rule.persona = persona(reader, entry).unwrap_or(rule.persona),
            "confidence" => rule.confidence = confidence(reader, entry).unwrap_or(rule.confidence),
            "cwe" => {
                let numbers: Vec<_> = elements(entry).iter().filter_map(|it| reader.number(it)).collect();
                rule.cwe = numbers.into_iter().filter_map(|it| u32::try_from(it).ok()).collect();
            }
            "asvs" => rule.asvs = reader.texts(entry),
            "tags" => rule.tags = reader.texts(entry),
            "aliases" => rule.aliases = reader.texts(entry),
            "yields-to" => rule.yields_to = reader.texts(entry),
            "also" => rule.also = attributes(reader, entry, on),
            "when" => rule.when = condition(reader, entry, on),
            "silent_if" => rule.silent_if = condition(reader, entry, on),
            "at" => rule.at = Some(attributes(reader, entry, on)),
            "label" => rule.label = reader.text(entry),
            "raise" => rule.cases = elements(entry).iter().map(|it| case(reader, it, on)).collect(),
            "native" => {
                rule.native = reader.word(entry, native::find, &native::names());
            }
            "words" => {
                let lists = reader.table(entry).unwrap_or_default();
                rule.words = lists.iter().map(|it| (it.key.into(), reader.texts(it))).collect();
            }
            "fix" => {
                rule.remedies =
                    elements(entry).iter().filter_map(|it| remedy::read(reader, it, on)).collect();
            }
            _ => reader.unknown_key(entry, KEYS.iter().copied()),
        }
    }
    check_whole(reader, &rule, parts);
    rule
}

/// What only the whole header shows.
fn check_whole(reader: &mut Reader<'_>, rule: &Rule, parts: &[Entry<'_>]) {
    for key in ["summary", "severity", "message", "why", "help"] {
        if !parts.iter().any(|it| it.key == key) {
            reader.complain(0..0, format!("the header has no `{key}`"), "");
        }
    }
    if rule.on.is_some() && rule.when.is_none() && rule.native.is_none() {
        reader.complain(0..0, "the header has neither `when` nor `native`", "");
    }
    let Some(kind) = rule.on else { return };
    let helps = rule.cases.iter().filter_map(|it| it.help.as_ref()).chain([&rule.help]).flat_map(Help::texts);
    let messages =
        rule.cases.iter().filter_map(|it| it.message.as_ref()).chain([&rule.message]).chain(&rule.label);
    let known = schema(kind).attributes;
    for place in messages.chain(helps).flat_map(|it| places(it)) {
        if place == "value" && kind != FactKind::Handler {
            reader.complain(0..0, "a text must not show `{value}`", "values can be secrets");
        } else if rule.native.is_none() && !known.iter().any(|it| it.name == place) {
            let help = suggestion(place, known.iter().map(|it| it.name));
            reader.complain(0..0, format!("a {} has no attribute `{place}`", kind.name()), help);
        }
    }
}

fn kinds(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Vec<FactKind> {
    let parse = |word: &str| FactKind::ALL.into_iter().find(|it| it.name() == word);
    let names = FactKind::ALL.map(FactKind::name);
    elements(entry).iter().filter_map(|it| reader.word(it, parse, &names)).collect()
}

fn severity(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Severity> {
    let words: Vec<_> = Severity::ALL.iter().map(|it| it.word()).collect();
    reader.word(entry, Severity::parse, &words)
}

fn persona(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Persona> {
    let words: Vec<_> = Persona::ALL.iter().map(|it| it.word()).collect();
    reader.word(entry, Persona::parse, &words)
}

fn confidence(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Option<Confidence> {
    let words: Vec<_> = Confidence::ALL.iter().map(|it| it.word()).collect();
    reader.word(entry, Confidence::parse, &words)
}

fn condition(reader: &mut Reader<'_>, entry: &Entry<'_>, on: Option<FactKind>) -> Option<Condition> {
    let Some(kind) = on else {
        reader.complain(entry.key_span.clone(), "a condition needs `on`", "");
        return None;
    };
    let condition = Condition::read(reader, entry, kind);
    // The pages of this repository are tested; others are compiled here so that the author hears of it.
    if !crate::embedded::RULES.iter().any(|(path, _)| *path == reader.path()) {
        for pattern in condition.faulty_patterns() {
            reader.complain(entry.span.clone(), format!("`{pattern}` is no regular expression"), "");
        }
    }
    Some(condition)
}

fn attributes(
    reader: &mut Reader<'_>,
    entry: &Entry<'_>,
    on: Option<FactKind>,
) -> Vec<&'static crate::facts::AttributeSchema> {
    let known = on.map_or(&[][..], |kind| schema(kind).attributes);
    let names: Vec<_> = known.iter().map(|it| it.name).collect();
    let parse = |word: &str| known.iter().find(|it| it.name == word);
    elements(entry).iter().filter_map(|it| reader.word(it, parse, &names)).collect()
}

fn help(reader: &mut Reader<'_>, entry: &Entry<'_>) -> Help {
    if entry.value.as_str().is_some() {
        return Help { text: reader.text(entry), ..Help::default() };
    }
    let mut help = Help::default();
    for part in reader.table(entry).unwrap_or_default() {
        match part.key {
            "text" => help.text = reader.text(&part),
            "rust" => help.rust = reader.text(&part),
            "python" => help.python = reader.text(&part),
            "setting" => help.setting = reader.text(&part),
            "module" => help.module = reader.text(&part),
            _ => reader.unknown_key(&part, ["text", "rust", "python", "setting", "module"]),
        }
    }
    help
}

fn case(reader: &mut Reader<'_>, entry: &Entry<'_>, on: Option<FactKind>) -> Case {
    let mut case = Case::default();
    for part in reader.table(entry).unwrap_or_default() {
        match part.key {
            "case" => case.name = reader.text(&part).map(SmolStr::from),
            "when" => case.when = condition(reader, &part, on),
            "to" => case.severity = severity(reader, &part),
            "confidence" => case.confidence = confidence(reader, &part),
            "persona" => case.persona = persona(reader, &part),
            "message" => case.message = reader.text(&part),
            "why" => case.why = reader.text(&part),
            "help" => case.help = Some(help(reader, &part)),
            _ => reader.unknown_key(
                &part,
                ["case", "when", "to", "confidence", "persona", "message", "why", "help"],
            ),
        }
    }
    case
}
