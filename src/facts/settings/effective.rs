//! The effective value of a setting: what the project binds, else the framework's default of the version in use.

use std::rc::Rc;

use smol_str::SmolStr;

use crate::facts::{Attribute, Note, Origin, Scalar, Span, Value};
use crate::flow::Units;
use crate::model::{Models, SettingModel, Source};
use crate::workspace::{Version, Workspace};

use super::project::Judged;
use super::scope::Binding;
use super::value::{Lift, Object, Val, View, map};

/// The settings of one project, ready to be asked.
pub(super) struct Settings<'a> {
    pub(super) judged: &'a Judged,
    pub(super) models: &'a Models,
    pub(super) workspace: &'a Workspace,
    pub(super) units: &'a Units<'a>,
    /// `DEBUG` is not left on: branches that were taken while it was on are as in debug for good.
    debug_is_off: bool,
}

/// One setting.
#[derive(Clone)]
pub(super) struct Effective {
    /// With the default in place of everything that is not bound.
    pub(super) val: Val,
    pub(super) origin: Origin,
    pub(super) trail: Vec<Note>,
    /// The start fails when the value is the fallback.
    pub(super) guarded: bool,
}

impl<'a> Settings<'a> {
    pub(super) fn new(units: &'a Units<'a>, models: &'a Models, judged: &'a Judged) -> Self {
        let debug = judged.names.names.get("DEBUG").map(|it| it.val.clone());
        let debug_is_off = match debug {
            Some(Val::Debug(it)) => it.in_release.truth() == Some(false) && !it.read_as_true,
            Some(val) => val.truth() != Some(true),
            None => true,
        };
        Self { judged, models, workspace: units.workspace, units, debug_is_off }
    }

    pub(super) fn version(&self, package: &str) -> Version {
        self.workspace.version(self.judged.file, package)
    }

    pub(super) fn binding(&self, name: &str) -> Option<&'a Rc<Binding>> {
        self.judged.names.names.get(name)
    }

    pub(super) fn models_of(&self, name: &str) -> Vec<&'a SettingModel> {
        self.models.setting(name, &|package| self.version(package))
    }

    pub(super) fn get(&self, name: &str) -> Effective {
        let models = self.models_of(name);
        if let Some(other) = models.last().and_then(|it| it.default_of.as_ref())
            && !self.is_set(name)
        {
            return self.get(other).inherited();
        }
        let default = default_of(&models);
        if let Some((mapping, key)) = name.split_once('.') {
            return self.entry(mapping, key, &models, &default);
        }
        let Some(binding) = self.binding(name) else { return self.absent(&models, default) };
        let mut val = self.settled(&filled(&binding.val, &default));
        let mut trail = binding.trail.clone();
        let mut origin = Origin::Written(binding.span);
        if let Some(later) = &binding.later {
            if later.certain {
                val = Val::File(Rc::new(super::value::FileVal {
                    key: name.into(),
                    fallback: None,
                    cast: super::value::Cast::Any,
                }));
            }
            origin = Origin::Derived(vec![binding.span, later.span]);
            trail.insert(
                0,
                Note {
                    span: later.span,
                    text: format!("{} may set it again, from outside the project", later.what),
                },
            );
        }
        Effective { val, origin, trail, guarded: binding.guarded }
    }

    /// `MAPPING.KEY`: an entry of a setting that is a mapping.
    fn entry(&self, mapping: &str, key: &str, models: &[&SettingModel], default: &Val) -> Effective {
        let whole = self.get(mapping);
        let key = Val::text(key);
        let mut place = None;
        let val = map(&whole.val, Lift::KEEP, &mut |it| match it {
            Val::Dict(dict) => match dict.entries.iter().find(|it| it.key.same(&key)) {
                Some(entry) => {
                    place.get_or_insert(entry.span);
                    entry.val.clone()
                }
                None if dict.incomplete => Val::opaque("an entry of a mapping that is not known in full"),
                None => Val::Unbound,
            },
            Val::Unbound => Val::Unbound,
            _ => Val::opaque("an entry of something that is no mapping"),
        });
        match place {
            Some(span) => Effective {
                val: self.settled(&filled(&val, default)),
                origin: Origin::Written(span),
                ..whole
            },
            None if matches!(val, Val::Unbound) => self.absent(models, default.clone()),
            None => Effective { val: filled(&val, default), ..whole },
        }
    }

    /// Whether the project sets it; `NAME` or `MAPPING.KEY`.
    pub(super) fn is_set(&self, name: &str) -> bool {
        let Some((mapping, key)) = name.split_once('.') else { return self.binding(name).is_some() };
        match self.binding(mapping).map(|it| it.val.seen_as(View::Release)) {
            Some(Val::Dict(dict)) => dict.get(&Val::text(key)).is_some(),
            _ => false,
        }
    }

    fn absent(&self, models: &[&SettingModel], default: Val) -> Effective {
        let package = models.first().map_or("django", |it| it.package.as_str());
        let source = models.first().map(|it| it.source.clone()).unwrap_or_default();
        let mut version = version_text(&self.version(package));
        let open =
            self.judged.names.open.iter().find(|it| it.certain).or_else(|| self.judged.names.open.first());
        let (val, trail) = match open {
            Some(later) if later.certain => {
                let why = format!("{} may set it, from outside the project", later.what);
                (Val::opaque(why), Vec::new())
            }
            Some(later) => {
                let text = format!("{} may set it, from outside the project", later.what);
                // No longer a plain version, so that nobody takes the default for certain.
                version = format!("{version} unless {} sets it", later.what).into();
                (default, vec![Note { span: later.span, text }])
            }
            None => (default, Vec::new()),
        };
        let origin = Origin::Default { package: package.into(), version, source };
        Effective { val, origin, trail, guarded: false }
    }

    /// A branch that was decided while `DEBUG` was still on stays as in debug.
    fn settled(&self, val: &Val) -> Val {
        match val {
            Val::Debug(it) if it.read_as_true && self.debug_is_off => it.in_debug.clone(),
            _ => val.clone(),
        }
    }

    /// The first place in the judged file that sets one of `names`; its first statement when there is none. A single
    /// name is looked for in all files.
    pub(super) fn place(&self, names: &[&str]) -> Span {
        let bound = || names.iter().filter_map(|it| self.binding(it)).map(|it| it.span);
        let own = bound().filter(|it| it.file == self.judged.file).min_by_key(|it| it.start);
        let single = || bound().next().filter(|_| names.len() == 1);
        self.first_line(own.or_else(single).unwrap_or(self.judged.head))
    }

    /// A span cut at the end of its first line.
    pub(super) fn first_line(&self, span: Span) -> Span {
        let Some(text) = self.workspace.text(span.file) else { return span };
        let slice = text.slice(span);
        let length = slice.find(['\n', '\r']).unwrap_or(slice.len());
        Span { end: span.start + u32::try_from(length).unwrap_or(0), ..span }
    }
}

pub(super) fn version_text(version: &Version) -> SmolStr {
    match version {
        Version::Exact(it) => it.to_string().into(),
        Version::Several(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ").into(),
        Version::Requirement(it) => it.clone(),
        Version::Unknown => "of unknown version".into(),
    }
}

/// The default in all versions in question.
fn default_of(models: &[&SettingModel]) -> Val {
    if models.is_empty() {
        return Val::Unbound;
    }
    Val::one_of(models.iter().map(|it| from_source(&it.default)))
}

pub(super) fn from_source(source: &Source) -> Val {
    match source {
        Source::On => Val::Bool(true),
        Source::Off => Val::Bool(false),
        Source::Null => Val::Null,
        Source::Int(it) => Val::Int(*it),
        Source::Text(it) => Val::text(it),
        _ => Val::Unbound,
    }
}

/// The value with `default` in place of everything that is not bound.
fn filled(val: &Val, default: &Val) -> Val {
    map(val, Lift::KEEP, &mut |leaf| match leaf {
        Val::Unbound => default.clone(),
        other => other.clone(),
    })
}

impl Effective {
    pub(super) fn attribute(&self, value: Value) -> Attribute {
        Attribute { value, origin: self.origin.clone(), trail: self.trail.clone() }
    }

    /// The attribute whose plain values are turned into scalars by `leaf`; `None` is unset.
    pub(super) fn mapped(&self, leaf: &mut dyn FnMut(&Val) -> Option<Val>) -> Attribute {
        let val = map(&self.val, Lift::KEEP, &mut |val| leaf(val).unwrap_or(Val::Unbound));
        self.attribute(value(&val))
    }

    /// The same, taken over by something that the setting is not named after.
    pub(super) fn inherited(mut self) -> Self {
        match &self.origin {
            Origin::Written(span) => self.origin = Origin::Inherited(*span),
            Origin::Derived(places) => {
                if let Some(span) = places.first() {
                    self.origin = Origin::Inherited(*span);
                }
            }
            _ => {}
        }
        self
    }
}

/// An attribute that the project does not decide.
pub(super) fn fixed(value: Value, origin: &Origin) -> Attribute {
    Attribute { value, origin: origin.clone(), trail: Vec::new() }
}

pub(super) fn text(text: &str) -> Value {
    Value::Known(Scalar::Text(text.into()))
}

/// What rules see of a value.
pub(super) fn value(val: &Val) -> Value {
    match val {
        Val::Unbound => Value::Unset,
        Val::Null => Value::Known(Scalar::Null),
        Val::Bool(it) => Value::Known(Scalar::Bool(*it)),
        Val::Int(it) => Value::Known(Scalar::Int(*it)),
        Val::Float(it) => Value::Known(Scalar::Float(*it)),
        Val::Text(it) => Value::Known(Scalar::Text(it.as_ref().into())),
        #[expect(clippy::cast_possible_truncation, reason = "saturates; settings hold years at most")]
        Val::Seconds(it) => Value::Known(Scalar::Int(*it as i64)),
        Val::List(list) => {
            let element = |item: &super::value::Item| match (item.maybe, value(&item.val)) {
                (true, known) => Value::OneOf(vec![Value::Unset, known]),
                (false, known) => known,
            };
            let mut elements: Vec<Value> = list.items.iter().map(element).collect();
            if !list.complete {
                elements.push(Value::Opaque("further elements".into()));
            }
            Value::Known(Scalar::List(elements))
        }
        Val::Env(it) => {
            Value::Env { name: it.name.clone(), fallback: it.fallback.as_ref().map(|it| Box::new(value(it))) }
        }
        Val::Debug(it) => Value::Debug {
            in_debug: Box::new(value(&it.in_debug)),
            in_release: Box::new(value(&it.in_release)),
        },
        Val::OneOf(choices) => Value::OneOf(choices.iter().map(value).collect()),
        Val::File(it) => {
            Value::Setting { key: it.key.clone(), value: it.fallback.as_ref().map(|it| Box::new(value(it))) }
        }
        Val::Opaque(why) => Value::Opaque(why.clone()),
        Val::Random => Value::Opaque("made at random at start".into()),
        Val::Bytes(_) => Value::Opaque("bytes".into()),
        Val::Dict(_) => Value::Opaque("a mapping".into()),
        Val::Object(Object::Foreign(path)) => Value::Opaque(format!("`{path}`").into()),
        Val::Object(_) => Value::Opaque("an object".into()),
    }
}
