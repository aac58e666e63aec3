//! Names and variables that speak for one side of the world: debug or release.

use super::super::value::{Cast, Val};
use super::super::words::{self, Side};

const DEBUG: &str = "DEBUG";

fn of_side(side: Side, when_on: bool) -> Val {
    let in_debug = Val::Bool((side == Side::Debug) == when_on);
    let in_release = Val::Bool((side == Side::Release) == when_on);
    Val::debug(&in_debug, &in_release, false)
}

/// What a name that speaks for a side of the world stands for: `DEBUG`, `IS_PRODUCTION`, `ENABLE_HTTPS`.
pub(super) fn sided(name: &str, val: Val) -> Val {
    if name == DEBUG && matches!(val, Val::Bool(true)) {
        return Val::debug(&Val::Bool(true), &Val::Bool(false), true);
    }
    if is_flag(&val)
        && let Some(side) = words::side(name)
    {
        return of_side(side, true);
    }
    val
}

/// A value that only says yes or no and that the code does not decide.
fn is_flag(val: &Val) -> bool {
    match val {
        Val::Env(env) => match env.cast {
            Cast::Bool | Cast::Truthiness => true,
            Cast::Text | Cast::Int | Cast::Any => env.fallback.as_ref().is_some_and(is_switch),
            _ => false,
        },
        Val::File(file) => {
            matches!(file.cast, Cast::Bool)
                || file.fallback.as_ref().is_none_or(|it| matches!(it, Val::Bool(_) | Val::Null))
        }
        Val::OneOf(choices) => choices.iter().all(|it| matches!(it, Val::Bool(_)) || is_flag(it)),
        _ => false,
    }
}

fn is_switch(val: &Val) -> bool {
    match val {
        Val::Bool(_) | Val::Null | Val::Int(0 | 1) => true,
        Val::Text(text) => words::flag(text).is_some(),
        Val::OneOf(choices) => choices.iter().all(is_switch),
        _ => false,
    }
}

/// Turns a variable that speaks for a side into that side, for a condition.
pub(super) fn decisive(val: &Val) -> Val {
    match val {
        Val::Env(env) => match (words::side(&env.name), env.when_on) {
            (Some(side), Some(on)) => of_side(side, on),
            _ => val.clone(),
        },
        _ => val.clone(),
    }
}

/// A flag whose variable speaks for the release side is that side, wherever it is used.
pub(super) fn released(val: Val) -> Val {
    match &val {
        Val::Env(env) if matches!(env.cast, Cast::Bool | Cast::Truthiness) => {
            match (words::side(&env.name), env.when_on) {
                (Some(Side::Release), Some(on)) => of_side(Side::Release, on),
                _ => val,
            }
        }
        _ => val,
    }
}
