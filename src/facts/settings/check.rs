//! What the framework's own checks find wrong with the settings, answered without running it.

use smol_str::SmolStr;

use crate::facts::{Attribute, Fact, Scalar, Value};
use crate::model::{CheckModel, SettingTest};

use super::effective::{Effective, Settings, fixed, text, value};
use super::eval::as_list;
use super::installed::{Installed, has_app};
use super::join::{judged, truth};
use super::sent::is_sent;
use super::setting;
use super::value::{Cast, Lift, Val, map};
use super::view;

/// What a key must have to pass.
const KEY_LENGTH: usize = 50;
const KEY_LETTERS: usize = 5;
const INSECURE: &str = "django-insecure-";

/// In place of an id that the project has silenced.
const SILENCED: &str = "silenced";

const WRONG_TYPE: &str = "it works, but it is not the boolean that is wanted";

/// A check that looks, and what it finds in each configuration.
struct Look<'a> {
    row: &'a CheckModel,
    setting: Effective,
    fails: Val,
}

/// The id of the first check that a setting does not pass, or the mark that it is silenced.
pub(super) fn id(settings: &Settings<'_>, middleware: &Installed, name: &str) -> Option<SmolStr> {
    first(settings, looks(settings, middleware, name))
}

/// The same, of the checks of one topic.
pub(super) fn topic_id(
    settings: &Settings<'_>,
    middleware: &Installed,
    name: &str,
    topic: &str,
) -> Option<SmolStr> {
    first(
        settings,
        looks(settings, middleware, name).into_iter().filter(|it| it.row.topic == topic).collect(),
    )
}

/// The first check of a topic that any setting does not pass; else the first that is not known to pass.
pub(super) fn topic(settings: &Settings<'_>, middleware: &Installed, topic: &str) -> Option<Attribute> {
    let names = settings.models.checked_settings(topic);
    let failed: Vec<Look<'_>> = names
        .into_iter()
        .flat_map(|it| looks(settings, middleware, it))
        .filter(|it| it.row.topic == topic && judged(&it.fails) != Some(false))
        .collect();
    let at = failed.iter().position(|it| judged(&it.fails) == Some(true)).unwrap_or(0);
    failed.get(at).map(|it| it.setting.attribute(value(&it.fails)))
}

fn first(settings: &Settings<'_>, looks: Vec<Look<'_>>) -> Option<SmolStr> {
    let failed = looks.into_iter().filter(|it| it.row.id.is_some());
    let row = failed.into_iter().find(|it| judged(&it.fails) == Some(true))?.row;
    let id = row.id.clone()?;
    Some(if is_silenced(settings, &id) { SILENCED.into() } else { id })
}

/// Puts what the checks find to the facts of the settings. Cookies and the application tell of some of it themselves.
pub(super) fn tell(settings: &Settings<'_>, middleware: &Installed, facts: &mut Vec<Fact>) {
    let proxied = is_ever_on(&settings.get("SECURE_PROXY_SSL_HEADER").val);
    let mut further = Vec::new();
    for fact in facts.iter_mut() {
        let Some(name) = fact.name.clone() else { continue };
        let bare = fact.clone();
        let mut told = false;
        for look in looks(settings, middleware, &name) {
            let told_by_cookie = look.row.topic == "cookie" && is_governed(settings, middleware, &name);
            let told_elsewhere = match look.row.topic.as_str() {
                "" | "cors" => true,
                // Of the application, unless it is protected all the same.
                "csrf" => !stands_in(look.row, middleware),
                _ => false,
            };
            if told_by_cookie || told_elsewhere {
                continue;
            }
            let into = if told {
                further.push(bare.clone());
                further.last_mut()
            } else {
                Some(&mut *fact)
            };
            if let Some(into) = into {
                told |= put(settings, middleware, into, &look, proxied);
            }
        }
        if told || fact.attribute("check").is_some() {
            continue;
        }
        if let Some(id) = id(settings, middleware, &name) {
            fact.attributes.insert("check".into(), settings.get(&name).attribute(text(&id)));
            wrong_type(settings, fact, &name);
        }
    }
    further.retain(|it| it.attribute("misses").or(it.attribute("fault")).is_some());
    facts.extend(further);
}

/// Whether some configuration of a release has a true value.
fn is_ever_on(val: &Val) -> bool {
    match val {
        Val::Env(it) => it.fallback.iter().chain(&it.set).any(is_ever_on),
        Val::File(it) => it.fallback.as_ref().is_some_and(is_ever_on),
        Val::Debug(it) => is_ever_on(&it.in_release),
        Val::OneOf(choices) => choices.iter().any(is_ever_on),
        other => other.truth() == Some(true),
    }
}

/// Whether the setting governs a cookie that is sent. One that only borrows its flags does not tell of it.
fn is_governed(settings: &Settings<'_>, middleware: &Installed, name: &str) -> bool {
    let rows = settings.models.settings_cookies(&|package| settings.version(package));
    rows.iter()
        .filter(|row| row.attributes.contains_key("name") && row.attributes.values().any(|it| it == name))
        .any(|row| is_sent(settings, row, middleware))
}

/// Whether something else does the work of what the check misses: a subclass is called like its base.
fn stands_in(row: &CheckModel, middleware: &Installed) -> bool {
    let has = |dotted: &SmolStr| {
        let name = dotted.rsplit('.').next().unwrap_or(dotted);
        middleware.lists(dotted) == Some(false) && middleware.has(name) == Some(true)
    };
    row.test == SettingTest::Lacks && row.words.iter().any(has)
}

/// Whether there was something to put.
fn put(
    settings: &Settings<'_>,
    middleware: &Installed,
    fact: &mut Fact,
    look: &Look<'_>,
    proxied: bool,
) -> bool {
    let Look { row, setting, fails } = look;
    let id = row.id.as_ref().filter(|it| !is_silenced(settings, it));
    if (row.id.is_some() && id.is_none()) || judged(fails) == Some(false) {
        return false;
    }
    // A true value of another type does what it should, and the framework warns all the same.
    let works = row.test == SettingTest::NotTrue && judged(&truth(&setting.val)) == Some(true);
    let other_name = stands_in(row, middleware);
    let mut insert = |key: &str, val: Value| {
        fact.attributes.insert(key.into(), setting.attribute(val));
    };
    if let Some(id) = id
        && judged(fails) == Some(true)
    {
        insert("check", text(id));
    }
    if row.topic == "value" || works || other_name {
        if judged(fails) != Some(true) || fact.attribute("fault").is_some() {
            return false;
        }
        let says = match (works, other_name) {
            (true, _) => WRONG_TYPE,
            (_, true) => "it works, but under another name than the one that is looked for",
            _ => &row.says,
        };
        fact.attributes.insert("fault".into(), setting.attribute(text(says)));
        return true;
    }
    insert("misses", value(fails));
    insert("says", text(&row.says));
    insert("topic", text(&row.topic));
    fact.attributes.insert("proxied".into(), fixed(Value::Known(Scalar::Bool(proxied)), &setting.origin));
    true
}

/// Says of a true value of another type what the check says.
fn wrong_type(settings: &Settings<'_>, fact: &mut Fact, name: &str) {
    let setting = settings.get(name);
    let model = settings.models_of(name);
    let is_switch = model.last().is_some_and(|it| it.types.iter().any(|ty| ty == "bool"));
    let told = model.last().is_some_and(|it| setting::fault(name, &setting, it).is_some());
    if is_switch && !told && name != "DEBUG" && judged(&truth(&setting.val)) == Some(true) {
        fact.attributes.insert("fault".into(), setting.attribute(text(WRONG_TYPE)));
    }
}

fn is_silenced(settings: &Settings<'_>, id: &str) -> bool {
    let silenced = as_list(&settings.get("SILENCED_SYSTEM_CHECKS").val);
    silenced.items.iter().any(|it| it.val.as_text() == Some(id))
}

/// The checks of a setting that look at all.
fn looks<'a>(settings: &Settings<'a>, middleware: &Installed, name: &str) -> Vec<Look<'a>> {
    let rows = settings.models.checks(name, &|package| settings.version(package));
    if rows.is_empty() {
        return Vec::new();
    }
    let setting = settings.get(name);
    rows.into_iter()
        .filter(|row| applies(settings, middleware, row))
        .map(|row| Look {
            row,
            fails: fails(settings, &setting.val, row, middleware),
            setting: setting.clone(),
        })
        .collect()
}

fn applies(settings: &Settings<'_>, middleware: &Installed, row: &CheckModel) -> bool {
    let is_on = |name: &SmolStr| judged(&truth(&settings.get(name).val)) == Some(true);
    row.middleware.iter().all(|it| middleware.lists(it) == Some(true))
        && row.without_middleware.iter().all(|it| middleware.lists(it) == Some(false))
        && row.app.as_ref().is_none_or(|it| has_app(settings, it))
        && row.without_app.as_ref().is_none_or(|it| !has_app(settings, it))
        && row.only_if.as_ref().is_none_or(is_on)
        && row.unless.as_ref().is_none_or(|it| !is_on(it))
}

/// Whether the value fails, in each configuration.
fn fails(settings: &Settings<'_>, val: &Val, row: &CheckModel, middleware: &Installed) -> Val {
    if row.test == SettingTest::Lacks {
        let lists = row.words.iter().map(|it| middleware.lists(it)).collect::<Option<Vec<_>>>();
        return match lists {
            Some(lists) => Val::Bool(!lists.contains(&true)),
            None => Val::opaque("the list is not known in full"),
        };
    }
    map(val, Lift::cast(Cast::Bool), &mut |leaf| {
        leaf_fails(settings, leaf, row).map_or_else(|| Val::opaque("its value is not known"), Val::Bool)
    })
}

fn leaf_fails(settings: &Settings<'_>, leaf: &Val, row: &CheckModel) -> Option<bool> {
    let is_word = |text: &str| row.words.iter().any(|it| it == text);
    Some(match row.test {
        SettingTest::Falsy => !leaf.truth()?,
        SettingTest::Truthy => leaf.truth()?,
        SettingTest::NotTrue => !matches!(leaf, Val::Bool(true)),
        SettingTest::Null => matches!(leaf, Val::Null),
        SettingTest::NotWord => !leaf.as_text().is_some_and(is_word),
        SettingTest::OtherWord => !matches!(leaf, Val::Null) && !leaf.as_text().is_some_and(is_word),
        SettingTest::ForeignWord => match leaf {
            Val::Text(text) => text.split(',').any(|it| !is_word(it.trim())),
            Val::List(list) => list.items.iter().any(|it| it.val.as_text().is_some_and(|it| !is_word(it))),
            _ => false,
        },
        SettingTest::WeakKey => is_weak(leaf)?,
        SettingTest::WeakKeys => match leaf {
            Val::List(list) => list.items.iter().any(|it| is_weak(&it.val) == Some(true)),
            _ => false,
        },
        SettingTest::Below => {
            let limit: f64 = row.words.first()?.parse().ok()?;
            let number = leaf.number()?;
            number > 0.0 && number < limit
        }
        SettingTest::NoScheme => match leaf {
            Val::List(list) => {
                list.items.iter().any(|it| it.val.as_text().is_some_and(|it| !it.contains("://")))
            }
            _ => false,
        },
        SettingTest::NoMap => !matches!(leaf, Val::Dict(_) | Val::Null | Val::Unbound),
        SettingTest::Holds => match leaf {
            Val::List(list) => list.items.iter().any(|it| it.val.as_text().is_some_and(is_word)),
            _ => false,
        },
        SettingTest::NeverMatches => never_matches(leaf, &row.words),
        SettingTest::Refuses => !view::takes(settings, leaf.as_text()?, &row.words)?,
        SettingTest::Lacks => return None,
    })
}

/// As the framework tells weak keys; `None` when the key is not known.
pub(super) fn is_weak(key: &Val) -> Option<bool> {
    let Val::Text(text) = key else { return None };
    let mut letters: Vec<char> = text.chars().collect();
    let length = letters.len();
    letters.sort_unstable();
    letters.dedup();
    Some(length < KEY_LENGTH || letters.len() < KEY_LETTERS || text.starts_with(INSECURE))
}

/// A pair of a header and its value. The header is named as the server names it, and compared to the letter.
fn never_matches(pair: &Val, lower: &[SmolStr]) -> bool {
    let Val::List(pair) = pair else { return false };
    let [header, wanted] = pair.items.as_slice() else { return false };
    let (Some(header), Some(wanted)) = (header.val.as_text(), wanted.val.as_text()) else { return false };
    let misnamed = header.contains('-') || header.starts_with("X_");
    let shouted = lower.iter().any(|it| it == header) && wanted.chars().any(|it| it.is_ascii_uppercase());
    misnamed || shouted
}
