//! Names and what they are bound to, in layers so that a branch costs only what it writes.

use std::collections::BTreeMap;
use std::rc::Rc;

use smol_str::SmolStr;

use crate::facts::Note;
use crate::ir::{Name, Span};

use super::join::{join, judged};
use super::value::Val;

/// What a name is bound to.
#[derive(Clone, Debug)]
pub(super) struct Binding {
    pub(super) val: Val,
    /// The value as written.
    pub(super) span: Span,
    /// Places that led to the value, most important first.
    pub(super) trail: Vec<Note>,
    /// Code that is not in the project may bind the name again.
    pub(super) later: Option<Rc<Later>>,
    /// The start fails when the value is the fallback.
    pub(super) guarded: bool,
}

/// Code or data outside the project that binds names.
#[derive(Debug)]
pub(super) struct Later {
    pub(super) span: Span,
    /// A module, a file or a call, as named in the code.
    pub(super) what: SmolStr,
    /// Settings are meant to come from there; otherwise it is an optional addition.
    pub(super) certain: bool,
    /// A module of names that are settings themselves.
    pub(super) module: bool,
}

pub(super) const MAX_TRAIL: usize = 6;

impl Binding {
    pub(super) fn new(val: Val, span: Span) -> Self {
        Self { val, span, trail: Vec::new(), later: None, guarded: false }
    }

    fn note(&mut self, span: Span, text: &str) {
        if self.trail.len() < MAX_TRAIL && !self.trail.iter().any(|it| it.span == span) {
            self.trail.push(Note { span, text: text.into() });
        }
    }
}

/// A finished set of names.
#[derive(Debug, Default)]
pub(super) struct Namespace {
    pub(super) names: BTreeMap<Name, Rc<Binding>>,
    /// Sources outside the project that may bind names that are not bound here.
    pub(super) open: Vec<Rc<Later>>,
}

/// Names of a scope that is being worked on.
#[derive(Debug, Default)]
pub(super) struct Layers(Vec<Layer>);

#[derive(Debug, Default)]
pub(super) struct Layer {
    pub(super) names: BTreeMap<Name, Rc<Binding>>,
    open: Vec<Rc<Later>>,
}

impl Layers {
    pub(super) fn new() -> Self {
        Self(vec![Layer::default()])
    }

    pub(super) fn get(&self, name: &str) -> Option<&Rc<Binding>> {
        self.0.iter().rev().find_map(|layer| layer.names.get(name))
    }

    pub(super) fn bind(&mut self, name: Name, binding: Rc<Binding>) {
        if let Some(top) = self.0.last_mut() {
            top.names.insert(name, binding);
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.0.iter().any(|layer| !layer.open.is_empty())
    }

    /// Everything bound so far may be bound again, and anything else too.
    pub(super) fn opened(&mut self, later: &Rc<Later>) {
        let visible: Vec<(Name, Rc<Binding>)> = self.visible();
        let Some(top) = self.0.last_mut() else { return };
        for (name, binding) in visible {
            let later = match &binding.later {
                Some(earlier) if earlier.certain || !later.certain => earlier.clone(),
                _ => later.clone(),
            };
            top.names.insert(name, Rc::new(Binding { later: Some(later), ..(*binding).clone() }));
        }
        top.open.push(later.clone());
    }

    /// Other names may be bound by something outside the project.
    pub(super) fn left_open(&mut self, later: &Rc<Later>) {
        if let Some(top) = self.0.last_mut() {
            top.open.push(later.clone());
        }
    }

    pub(super) fn visible(&self) -> Vec<(Name, Rc<Binding>)> {
        let mut all = BTreeMap::new();
        for layer in &self.0 {
            all.extend(layer.names.iter().map(|(name, binding)| (name.clone(), binding.clone())));
        }
        all.into_iter().collect()
    }

    pub(super) fn push(&mut self) {
        self.0.push(Layer::default());
    }

    pub(super) fn pop(&mut self) -> Layer {
        self.0.pop().unwrap_or_default()
    }

    /// Takes over what a branch wrote.
    pub(super) fn apply(&mut self, layer: Layer) {
        if let Some(top) = self.0.last_mut() {
            top.names.extend(layer.names);
            top.open.extend(layer.open);
        }
    }

    /// Joins two branches: `then` when `condition` is true.
    pub(super) fn merge(&mut self, condition: &Val, at: Span, then: Layer, or_else: Layer) {
        let mut names: Vec<Name> = then.names.keys().cloned().collect();
        names.extend(or_else.names.keys().filter(|name| !then.names.contains_key(*name)).cloned());
        let judged = judged(condition);
        for name in names {
            let before = self.get(&name).cloned();
            let one = then.names.get(&name).or(before.as_ref());
            let other = or_else.names.get(&name).or(before.as_ref());
            let binding = joined(condition, judged, at, one, other);
            self.bind(name, Rc::new(binding));
        }
        if let Some(top) = self.0.last_mut() {
            top.open.extend(then.open);
            top.open.extend(or_else.open);
        }
    }

    /// The names so far.
    pub(super) fn snapshot(&self) -> Namespace {
        let names = self.visible().into_iter().filter(|(_, it)| !matches!(it.val, Val::Unbound)).collect();
        Namespace { names, open: self.0.iter().flat_map(|layer| layer.open.iter().cloned()).collect() }
    }

    pub(super) fn finish(self) -> Namespace {
        self.snapshot()
    }
}

fn joined(
    condition: &Val,
    judged: Option<bool>,
    at: Span,
    then: Option<&Rc<Binding>>,
    or_else: Option<&Rc<Binding>>,
) -> Binding {
    let value = |it: Option<&Rc<Binding>>| it.map_or(Val::Unbound, |it| it.val.clone());
    let val = join(condition, &value(then), &value(or_else));
    let bound = |it: Option<&Rc<Binding>>| it.filter(|it| !matches!(it.val, Val::Unbound)).cloned();
    let (first, second) = match judged {
        Some(false) => (bound(or_else), bound(then)),
        _ => (bound(then), bound(or_else)),
    };
    let (main, rest) = match (first, second) {
        (Some(main), rest) => (main, rest),
        (None, Some(main)) => (main, None),
        (None, None) => return Binding::new(val, at),
    };
    let mut binding = Binding { val, ..(*main).clone() };
    binding.note(at, "decided by this condition");
    if let Some(rest) = rest {
        if rest.span != binding.span {
            binding.note(rest.span, "otherwise it is this");
        }
        binding.guarded |= rest.guarded;
        binding.later = binding.later.or_else(|| rest.later.clone());
    }
    binding
}
