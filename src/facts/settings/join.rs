//! Joins what two branches left behind.

use std::rc::Rc;

use super::value::{Cast, Dict, Entry, EnvVal, FileVal, Item, Lift, List, Sequence, Val, View, map};

/// The truth of a condition, with its alternatives kept.
pub(super) fn truth(val: &Val) -> Val {
    let cast = match val {
        Val::Env(env) if env.cast == Cast::Text => Cast::Truthiness,
        _ => Cast::Bool,
    };
    map(val, Lift::cast(cast), &mut |leaf| {
        leaf.truth().map_or_else(|| Val::opaque("its truth is not known"), Val::Bool)
    })
}

/// The one outcome that every configuration takes.
pub(super) fn decided(truth: &Val) -> Option<bool> {
    match truth {
        Val::Bool(it) => Some(*it),
        _ => None,
    }
}

/// The outcome that is judged: of a release, and of an environment in which nothing is set.
pub(super) fn judged(truth: &Val) -> Option<bool> {
    match truth {
        Val::Bool(it) => Some(*it),
        Val::Debug(it) => judged(&it.in_release),
        Val::Env(it) => it.fallback.as_ref().and_then(judged),
        Val::File(it) => it.fallback.as_ref().and_then(judged),
        _ => None,
    }
}

/// The value after a branch: `then` when `truth` is true.
pub(super) fn join(truth: &Val, then: &Val, or_else: &Val) -> Val {
    if then.same(or_else) {
        return then.clone();
    }
    if let (Val::List(a), Val::List(b)) = (then, or_else)
        && is_record(a)
        && is_record(b)
        && a.items.len() == b.items.len()
    {
        let pairs = a.items.iter().zip(&b.items);
        let items = pairs.map(|(a, b)| Item { val: join(truth, &a.val, &b.val), ..a.clone() }).collect();
        return Val::list(Sequence::Tuple, items, true);
    }
    // Lists are merged in debug and in release each for itself.
    if !matches!(truth, Val::Bool(_) | Val::Debug(_)) && (holds_lists(then) || holds_lists(or_else)) {
        let at = |view| join(truth, &then.seen_as(view), &or_else.seen_as(view));
        return Val::debug(&at(View::Debug), &at(View::Release), false);
    }
    match truth {
        Val::Bool(true) => then.clone(),
        Val::Bool(false) => or_else.clone(),
        Val::Debug(it) => {
            let in_debug = join(&it.in_debug, &then.seen_as(View::Debug), &or_else.seen_as(View::Debug));
            let in_release =
                join(&it.in_release, &then.seen_as(View::Release), &or_else.seen_as(View::Release));
            Val::debug(&in_debug, &in_release, it.read_as_true)
        }
        Val::OneOf(choices) => match merged(None, then, or_else) {
            Some(both) => both,
            None => Val::one_of(choices.iter().map(|it| join(it, then, or_else))),
        },
        Val::Env(env) => join_env(env, then, or_else),
        Val::File(file) => {
            let fallback = file.fallback.as_ref();
            if let Some(both) = merged(fallback.and_then(judged), then, or_else) {
                return both;
            }
            match fallback {
                Some(fallback) => Val::File(Rc::new(FileVal {
                    key: file.key.clone(),
                    fallback: Some(join(fallback, then, or_else)),
                    cast: Cast::Any,
                })),
                None => Val::one_of([then.clone(), or_else.clone()]),
            }
        }
        _ => merged(None, then, or_else).unwrap_or_else(|| Val::one_of([then.clone(), or_else.clone()])),
    }
}

fn join_env(env: &EnvVal, then: &Val, or_else: &Val) -> Val {
    let view = |it: &Val, view| it.seen_as(view);
    let (missing, present) = (View::Missing(&env.name), View::Present(&env.name));
    let Some(fallback) = &env.fallback else {
        let (then, or_else) = (view(then, present), view(or_else, present));
        return merged(None, &then, &or_else).unwrap_or_else(|| Val::one_of([then, or_else]));
    };
    let by_default = judged(fallback);
    if let Some(both) = merged(by_default, then, or_else) {
        return both;
    }
    let fallback = join(fallback, &view(then, missing), &view(or_else, missing));
    let set = match (&env.set, by_default) {
        (Some(set), _) => join(set, &view(then, present), &view(or_else, present)),
        (None, Some(true)) => view(or_else, present),
        (None, Some(false)) => view(then, present),
        (None, None) => Val::one_of([view(then, present), view(or_else, present)]),
    };
    if set.same(&fallback) {
        return fallback;
    }
    let when_on = env.when_on.and_then(|on| if on { then.truth() } else { or_else.truth() });
    let cast = match &set {
        Val::Env(inner) => inner.cast,
        Val::Bool(_) if env.cast == Cast::Truthiness => Cast::Truthiness,
        Val::Bool(_) => Cast::Bool,
        Val::Int(_) => Cast::Int,
        _ => Cast::Any,
    };
    // A variable that is read again inside its own branch is one variable.
    let set = match &set {
        Val::Env(inner) if inner.name == env.name => inner.set.clone(),
        _ => Some(set),
    };
    Val::Env(Rc::new(EnvVal { name: env.name.clone(), fallback: Some(fallback), set, cast, when_on }))
}

/// Two lists or two dictionaries become one with elements that only some configurations have.
fn merged(judged: Option<bool>, then: &Val, or_else: &Val) -> Option<Val> {
    let (main, rest) = if judged == Some(false) { (or_else, then) } else { (then, or_else) };
    match (main, rest) {
        (Val::List(main), Val::List(rest)) => {
            Some(Val::List(Rc::new(merge_lists(main, rest, judged.is_some()))).sized())
        }
        (Val::Dict(main), Val::Dict(rest)) => Some(Val::dict(merge_dicts(main, rest))),
        _ => None,
    }
}

fn holds_lists(val: &Val) -> bool {
    matches!(val, Val::Debug(it) if matches!(it.in_debug, Val::List(_) | Val::Dict(_)) || matches!(it.in_release, Val::List(_) | Val::Dict(_)))
}

/// A tuple whose elements each mean something else.
fn is_record(list: &List) -> bool {
    list.kind == Sequence::Tuple
        && list.complete
        && list.items.iter().any(|it| !matches!(it.val, Val::Text(_)))
}

const MAX_MERGED: usize = 500;

fn merge_lists(main: &List, rest: &List, main_is_judged: bool) -> List {
    if main.items.len() + rest.items.len() > MAX_MERGED {
        return List { kind: main.kind, items: main.items.clone(), complete: false };
    }
    let shared = |item: &Item| rest.items.iter().any(|it| it.val.same(&item.val));
    let mut items: Vec<Item> = main
        .items
        .iter()
        .map(|item| Item { maybe: item.maybe || !(main_is_judged || shared(item)), ..item.clone() })
        .collect();
    let mut at = 0;
    for item in &rest.items {
        if let Some(found) = items.iter().position(|it| it.val.same(&item.val)) {
            at = found + 1;
        } else {
            items.insert(at, Item { maybe: true, ..item.clone() });
            at += 1;
        }
    }
    List { kind: main.kind, items, complete: main.complete && rest.complete }
}

fn merge_dicts(main: &Dict, rest: &Dict) -> Dict {
    let mut merged = main.clone();
    for entry in &rest.entries {
        match merged.entries.iter_mut().find(|it| it.key.same(&entry.key)) {
            Some(mine) if mine.val.same(&entry.val) => {}
            Some(mine) => mine.val = Val::one_of([mine.val.clone(), entry.val.clone()]),
            None => merged
                .entries
                .push(Entry { val: Val::one_of([Val::Unbound, entry.val.clone()]), ..entry.clone() }),
        }
    }
    merged.incomplete |= rest.incomplete;
    merged
}
