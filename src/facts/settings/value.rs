//! What a settings expression evaluates to, without running it.

use std::rc::Rc;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::ir::{Function, Name, Span, TypeDef};
use crate::source::FileId;

use super::scope::{Binding, Namespace};

/// A value of settings code. Alternatives keep their reason: the environment, debug or release, a file, an unknown condition.
#[derive(Clone, Debug)]
pub(super) enum Val {
    /// The name is not bound.
    Unbound,
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    Bytes(Arc<[u8]>),
    /// A span of time, in seconds.
    Seconds(f64),
    List(Rc<List>),
    Dict(Rc<Dict>),
    Env(Rc<EnvVal>),
    Debug(Rc<DebugVal>),
    /// Nobody knows which. No nesting.
    OneOf(Rc<[Val]>),
    File(Rc<FileVal>),
    /// Random, new at every start.
    Random,
    Object(Object),
    /// Not known, and why: lower case, no final stop.
    Opaque(SmolStr),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sequence {
    List,
    Tuple,
    Set,
}

#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) kind: Sequence,
    pub(super) items: Vec<Item>,
    /// No further elements exist.
    pub(super) complete: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) val: Val,
    pub(super) span: Span,
    /// Only some configurations have it.
    pub(super) maybe: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Dict {
    /// Keys are texts nearly always; the last entry of a key counts and no key stands twice.
    pub(super) entries: Vec<Entry>,
    pub(super) incomplete: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: Val,
    pub(super) val: Val,
    pub(super) span: Span,
}

/// Type of what a variable's text is turned into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cast {
    Text,
    Bool,
    /// True for every text but the empty one, `False` included.
    Truthiness,
    Int,
    Float,
    List,
    Dict,
    Any,
}

/// Decided by an environment variable at start.
#[derive(Clone, Debug)]
pub(super) struct EnvVal {
    pub(super) name: SmolStr,
    /// Value when the variable is missing; `None`: the start fails without it.
    pub(super) fallback: Option<Val>,
    /// Value when it is there, as far as that is known.
    pub(super) set: Option<Val>,
    pub(super) cast: Cast,
    /// Truth of this value when the variable says yes; `None` when the variable is no flag.
    pub(super) when_on: Option<bool>,
}

#[derive(Clone, Debug)]
pub(super) struct DebugVal {
    pub(super) in_debug: Val,
    pub(super) in_release: Val,
    /// `DEBUG` was the literal `True` when it was read: if the module switches it off later, this stays as in debug.
    pub(super) read_as_true: bool,
}

/// Comes from a file or an object that is not part of the code.
#[derive(Clone, Debug)]
pub(super) struct FileVal {
    pub(super) key: SmolStr,
    pub(super) fallback: Option<Val>,
    pub(super) cast: Cast,
}

/// Something that is called or has attributes.
#[derive(Clone, Debug)]
pub(super) enum Object {
    /// A module of the project.
    Module(FileId),
    /// A name of a module of the project, looked up when it is read.
    Member(FileId, Name),
    /// A dotted name outside the project.
    Foreign(SmolStr),
    Function(Rc<Closure>),
    Class(Rc<Class>),
    /// `self` or `cls` of a settings class.
    Instance(Rc<Namespace>),
    /// A reader of environment variables, of a row in the table of libraries.
    Reader(Rc<Reader>),
    /// A configuration file's reader, or one section of it.
    Parser(Rc<super::eval::Parser>),
    /// The namespace of the module itself: `globals()`, `locals()`, `vars()`.
    Globals,
    /// A declared value of a settings class, complete once its name is known.
    Declared(Rc<Declared>),
}

#[derive(Debug)]
pub(super) struct Closure {
    pub(super) home: FileId,
    pub(super) function: Arc<Function>,
    /// What a name means that neither the function nor its module binds: variables of the function around it.
    pub(super) captured: Rc<[(Name, Rc<Binding>)]>,
}

#[derive(Debug)]
pub(super) struct Class {
    pub(super) home: FileId,
    pub(super) def: Arc<TypeDef>,
}

#[derive(Debug)]
pub(super) struct Reader {
    /// Index in the table of readers.
    pub(super) row: usize,
    /// Variable to cast and default, given to the constructor.
    pub(super) scheme: Vec<(SmolStr, Cast, Option<Val>)>,
    pub(super) prefix: SmolStr,
}

impl Reader {
    pub(super) fn of(row: usize) -> Self {
        Self { row, scheme: Vec::new(), prefix: SmolStr::default() }
    }

    /// The same with one more prefix before the names.
    pub(super) fn before(&self, prefix: &str) -> Self {
        let prefix = format!("{}{prefix}", self.prefix).into();
        Self { row: self.row, scheme: self.scheme.clone(), prefix }
    }
}

#[derive(Debug)]
pub(super) struct Declared {
    pub(super) cast: Cast,
    pub(super) default: Option<Val>,
    /// Variable name; by default the prefix and the setting's name.
    pub(super) variable: Option<SmolStr>,
    pub(super) prefix: SmolStr,
    /// The default is used as it is and the environment is not read.
    pub(super) fixed: bool,
}

/// Which configuration is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum View<'a> {
    Debug,
    Release,
    Missing(&'a str),
    Present(&'a str),
}

const MAX_ALTERNATIVES: usize = 8;
const MAX_NODES: usize = 64;
/// Parts of a list or dictionary, however deep.
const MAX_PARTS: usize = 4_000;
/// Bytes of a text that is put together.
const MAX_TEXT: usize = 64 << 10;

impl Val {
    pub(super) fn text(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        if text.len() > MAX_TEXT { Self::opaque("a long text") } else { Self::Text(Arc::from(text)) }
    }

    pub(super) fn opaque(why: impl Into<SmolStr>) -> Self {
        Self::Opaque(why.into())
    }

    pub(super) fn list(kind: Sequence, items: Vec<Item>, complete: bool) -> Self {
        Self::List(Rc::new(List { kind, items, complete })).sized()
    }

    pub(super) fn dict(dict: Dict) -> Self {
        Self::Dict(Rc::new(dict)).sized()
    }

    /// Not known instead when it has more parts than can be looked at.
    pub(super) fn sized(self) -> Self {
        let mut left = MAX_PARTS;
        if self.takes_parts(&mut left) { self } else { Self::opaque("a value of too many parts") }
    }

    /// Whether `left` is enough for all parts. Parts that stand in several places count at each.
    fn takes_parts(&self, left: &mut usize) -> bool {
        let Some(rest) = left.checked_sub(1) else { return false };
        *left = rest;
        match self {
            Self::List(list) => list.items.iter().all(|it| it.val.takes_parts(left)),
            Self::Dict(dict) => dict.entries.iter().all(|it| it.val.takes_parts(left)),
            _ => true,
        }
    }

    pub(super) fn debug(in_debug: &Self, in_release: &Self, read_as_true: bool) -> Self {
        let (in_debug, in_release) = (in_debug.seen_as(View::Debug), in_release.seen_as(View::Release));
        if in_debug.same(&in_release) {
            return in_release;
        }
        Self::Debug(Rc::new(DebugVal { in_debug, in_release, read_as_true })).bounded()
    }

    pub(super) fn one_of(choices: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for choice in choices {
            let parts = match &choice {
                Self::OneOf(parts) => parts.to_vec(),
                _ => vec![choice],
            };
            for part in parts {
                if !flat.iter().any(|it| it.same(&part)) {
                    flat.push(part);
                }
            }
        }
        match flat.len() {
            0 => Self::opaque("no value reaches this place"),
            1 => flat.swap_remove(0),
            2..=MAX_ALTERNATIVES => Self::OneOf(flat.into()).bounded(),
            _ => Self::opaque("too many alternatives"),
        }
    }

    fn bounded(self) -> Self {
        if self.nodes() > MAX_NODES { Self::opaque("too many alternatives") } else { self }
    }

    fn nodes(&self) -> usize {
        match self {
            Self::Env(env) => 1 + env.fallback.iter().chain(&env.set).map(Self::nodes).sum::<usize>(),
            Self::Debug(debug) => 1 + debug.in_debug.nodes() + debug.in_release.nodes(),
            Self::OneOf(choices) => 1 + choices.iter().map(Self::nodes).sum::<usize>(),
            Self::File(file) => 1 + file.fallback.as_ref().map_or(0, Self::nodes),
            _ => 1,
        }
    }

    /// A plain value: no alternatives, nothing unknown at the top.
    pub(super) fn is_leaf(&self) -> bool {
        !matches!(self, Self::Env(_) | Self::Debug(_) | Self::OneOf(_) | Self::File(_) | Self::Opaque(_))
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Bool(it) => Some(f64::from(u8::from(*it))),
            #[expect(clippy::cast_precision_loss, reason = "settings hold small numbers")]
            Self::Int(it) => Some(*it as f64),
            Self::Float(it) => Some(*it),
            _ => None,
        }
    }

    /// Truth of a leaf; `None` when it has alternatives or is not known.
    pub(super) fn truth(&self) -> Option<bool> {
        Some(match self {
            Self::Null => false,
            Self::Bool(it) => *it,
            Self::Int(it) => *it != 0,
            Self::Float(it) | Self::Seconds(it) => *it != 0.0,
            Self::Text(it) => !it.is_empty(),
            Self::Bytes(it) => !it.is_empty(),
            Self::List(it) if it.items.iter().any(|item| !item.maybe) => true,
            Self::List(it) if it.complete && it.items.is_empty() => false,
            Self::Dict(it) if !it.entries.is_empty() => true,
            Self::Dict(it) if !it.incomplete => false,
            Self::Random | Self::Object(_) => true,
            _ => return None,
        })
    }

    /// The value in one configuration.
    pub(super) fn seen_as(&self, view: View<'_>) -> Self {
        match (self, view) {
            (Self::Debug(it), View::Debug) => it.in_debug.clone(),
            (Self::Debug(it), View::Release) => it.in_release.clone(),
            (Self::Debug(it), _) => {
                Self::debug(&it.in_debug.seen_as(view), &it.in_release.seen_as(view), it.read_as_true)
            }
            (Self::Env(it), View::Missing(name)) if it.name == name => match &it.fallback {
                Some(fallback) => fallback.seen_as(view),
                None => self.clone(),
            },
            (Self::Env(it), View::Present(name)) if it.name == name => match &it.set {
                Some(set) => set.clone(),
                None => Self::Env(Rc::new(EnvVal { fallback: None, ..(**it).clone() })),
            },
            (Self::Env(it), _) => Self::Env(Rc::new(EnvVal {
                fallback: it.fallback.as_ref().map(|val| val.seen_as(view)),
                set: it.set.as_ref().map(|val| val.seen_as(view)),
                ..(**it).clone()
            })),
            (Self::OneOf(it), _) => Self::one_of(it.iter().map(|val| val.seen_as(view))),
            (Self::File(it), _) if it.fallback.is_some() => Self::File(Rc::new(FileVal {
                fallback: it.fallback.as_ref().map(|val| val.seen_as(view)),
                ..(**it).clone()
            })),
            _ => self.clone(),
        }
    }

    /// Equal as far as anybody can see; unknown values are never the same.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unbound, Self::Unbound) | (Self::Null, Self::Null) | (Self::Random, Self::Random) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) | (Self::Seconds(a), Self::Seconds(b)) => {
                a.to_bits() == b.to_bits()
            }
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::Opaque(a), Self::Opaque(b)) => a == b,
            (Self::List(a), Self::List(b)) => {
                Rc::ptr_eq(a, b)
                    || (a.complete == b.complete
                        && a.items.len() == b.items.len()
                        && a.items
                            .iter()
                            .zip(&b.items)
                            .all(|(a, b)| a.maybe == b.maybe && a.val.same(&b.val)))
            }
            (Self::Dict(a), Self::Dict(b)) => {
                Rc::ptr_eq(a, b)
                    || (a.incomplete == b.incomplete
                        && a.entries.len() == b.entries.len()
                        && a.entries
                            .iter()
                            .zip(&b.entries)
                            .all(|(a, b)| a.key.same(&b.key) && a.val.same(&b.val)))
            }
            (Self::Env(a), Self::Env(b)) => {
                Rc::ptr_eq(a, b)
                    || (a.name == b.name
                        && a.cast == b.cast
                        && same_option(a.fallback.as_ref(), b.fallback.as_ref()))
            }
            (Self::Debug(a), Self::Debug(b)) => {
                a.in_debug.same(&b.in_debug) && a.in_release.same(&b.in_release)
            }
            (Self::File(a), Self::File(b)) => {
                a.key == b.key && same_option(a.fallback.as_ref(), b.fallback.as_ref())
            }
            (Self::OneOf(a), Self::OneOf(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.same(b))
            }
            _ => false,
        }
    }
}

fn same_option(a: Option<&Val>, b: Option<&Val>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.same(b),
        (None, None) => true,
        _ => false,
    }
}

/// How an operation changes what is known of a variable's text.
#[derive(Clone, Copy)]
pub(super) struct Lift {
    pub(super) cast: Option<Cast>,
    pub(super) when_on: fn(Option<bool>) -> Option<bool>,
}

impl Lift {
    pub(super) const fn cast(cast: Cast) -> Self {
        Self { cast: Some(cast), when_on: |it| it }
    }

    pub(super) const KEEP: Self = Self { cast: None, when_on: |it| it };
    pub(super) const FORGET: Self = Self { cast: Some(Cast::Any), when_on: |_| None };
}

/// Applies `leaf` to every plain value inside.
pub(super) fn map(val: &Val, lift: Lift, leaf: &mut dyn FnMut(&Val) -> Val) -> Val {
    match val {
        Val::Env(env) => Val::Env(Rc::new(EnvVal {
            name: env.name.clone(),
            fallback: env.fallback.as_ref().map(|it| map(it, lift, leaf)),
            set: env.set.as_ref().map(|it| map(it, lift, leaf)),
            cast: lift.cast.unwrap_or(env.cast),
            when_on: (lift.when_on)(env.when_on),
        }))
        .bounded(),
        Val::Debug(it) => {
            let (in_debug, in_release) = (map(&it.in_debug, lift, leaf), map(&it.in_release, lift, leaf));
            Val::debug(&in_debug, &in_release, it.read_as_true)
        }
        Val::OneOf(choices) => Val::one_of(choices.iter().map(|it| map(it, lift, leaf))),
        Val::File(file) => Val::File(Rc::new(FileVal {
            key: file.key.clone(),
            fallback: file.fallback.as_ref().map(|it| map(it, lift, leaf)),
            cast: lift.cast.unwrap_or(file.cast),
        })),
        Val::Opaque(_) => val.clone(),
        _ => leaf(val),
    }
}

/// Applies `leaf` to every pair of plain values that can meet in one configuration.
pub(super) fn map2(a: &Val, b: &Val, lift: Lift, leaf: &mut dyn FnMut(&Val, &Val) -> Val) -> Val {
    match (a, b) {
        (Val::Opaque(_), _) => a.clone(),
        (_, Val::Opaque(_)) => b.clone(),
        (Val::Debug(it), other) | (other, Val::Debug(it)) => {
            let is_first = matches!(a, Val::Debug(_));
            let read_as_true = it.read_as_true || matches!(other, Val::Debug(it) if it.read_as_true);
            let mut at = |mine: &Val, view| {
                let theirs = other.seen_as(view);
                if is_first { map2(mine, &theirs, lift, leaf) } else { map2(&theirs, mine, lift, leaf) }
            };
            let (in_debug, in_release) = (at(&it.in_debug, View::Debug), at(&it.in_release, View::Release));
            Val::debug(&in_debug, &in_release, read_as_true)
        }
        (Val::Env(env), other) => {
            let missing = other.seen_as(View::Missing(&env.name));
            let present = other.seen_as(View::Present(&env.name));
            Val::Env(Rc::new(EnvVal {
                name: env.name.clone(),
                fallback: env.fallback.as_ref().map(|it| map2(it, &missing, lift, leaf)),
                set: env.set.as_ref().map(|it| map2(it, &present, lift, leaf)),
                cast: lift.cast.unwrap_or(env.cast),
                when_on: (lift.when_on)(env.when_on),
            }))
            .bounded()
        }
        (other, Val::Env(env)) => {
            let missing = other.seen_as(View::Missing(&env.name));
            let present = other.seen_as(View::Present(&env.name));
            Val::Env(Rc::new(EnvVal {
                name: env.name.clone(),
                fallback: env.fallback.as_ref().map(|it| map2(&missing, it, lift, leaf)),
                set: env.set.as_ref().map(|it| map2(&present, it, lift, leaf)),
                cast: lift.cast.unwrap_or(env.cast),
                when_on: (lift.when_on)(env.when_on),
            }))
            .bounded()
        }
        (Val::OneOf(choices), other) => Val::one_of(choices.iter().map(|it| map2(it, other, lift, leaf))),
        (other, Val::OneOf(choices)) => Val::one_of(choices.iter().map(|it| map2(other, it, lift, leaf))),
        (Val::File(file), other) => Val::File(Rc::new(FileVal {
            key: file.key.clone(),
            fallback: file.fallback.as_ref().map(|it| map2(it, other, lift, leaf)),
            cast: lift.cast.unwrap_or(file.cast),
        })),
        (other, Val::File(file)) => Val::File(Rc::new(FileVal {
            key: file.key.clone(),
            fallback: file.fallback.as_ref().map(|it| map2(other, it, lift, leaf)),
            cast: lift.cast.unwrap_or(file.cast),
        })),
        _ => leaf(a, b),
    }
}

impl Dict {
    pub(super) fn set(&mut self, key: Val, val: Val, span: Span) {
        match self.entries.iter_mut().find(|it| it.key.same(&key)) {
            Some(entry) => (entry.val, entry.span) = (val, span),
            None => self.entries.push(Entry { key, val, span }),
        }
    }

    pub(super) fn extend(&mut self, other: &Self) {
        for entry in &other.entries {
            self.set(entry.key.clone(), entry.val.clone(), entry.span);
        }
        self.incomplete |= other.incomplete;
    }

    pub(super) fn without(&self, key: &Val) -> Self {
        let entries = self.entries.iter().filter(|it| !it.key.same(key)).cloned().collect();
        Self { entries, incomplete: self.incomplete }
    }

    pub(super) fn get(&self, key: &Val) -> Option<&Val> {
        self.entries.iter().find(|it| it.key.same(key)).map(|it| &it.val)
    }
}
