//! Rules about order and flow: one small file each. They read events and name no framework.
//!
//! # What the checks expect of a handler's events
//!
//! Events stand in the order in which they happen; `path` holds the branch decisions that lead to each. Operands, by name:
//!
//! - `key`: session key of `WritePayload`, `RemovePayload`, `MutateNested`; text when it is constant. Without one a whole
//!   mapping is poured in.
//! - `value`: what is written, with `names`, `types`, `labels` and `size`; `Known` when it is a constant.
//! - `user`: who logs in.
//! - `name`: cookie name of `EmitRemoval` and `ReadCookie`.
//! - `value`: also what arrives at a `Sink` (its flag `kind=..` says where), and what a `Decide` asks for; `other` is what
//!   that is compared with.
//! - `id`: under which a session is opened.
//!
//! Words of a model's clause (`rotates=if-anonymous`, `how=cookie-only`) are flags of that form, flags without a word
//! (`keeps-id`) are flags of that name:
//!
//! - `Login`: `rotates=always`, `rotates=if-anonymous`, `rotates=never`; `by-id`.
//! - `Logout`: `how=destroy`, `how=cookie-only`, `how=keeps-payload`, `how=keeps-session`; `keeps-id`.
//! - `RotateId`: `only-if-last`. `Destroy`, `DeleteRecord`: `keeps-id`, `cookie-only`. `ClearPayload`: `ends-session`.
//! - `WritePayload`: `unmarked`, `if-absent`, `cancels-rotate`.

mod cookie_bad_removal;
mod cookie_tainted_sink;
mod cookie_unsigned_trust;
mod csrf_exempt;
mod event;
mod login_no_cycle;
mod logout_no_flush;
mod password_change_no_invalidate;
mod session_fixed_write_order;
mod session_id_accepted;
mod session_id_exposed;
mod session_id_weak_random;
mod session_lost_update;
mod session_middleware_missing;
mod session_oversized_payload;
mod session_race;
mod session_sensitive_data;
mod session_tainted_key;
mod session_weak_key;
mod session_weak_store;
mod state_change_on_get;

use super::judge::Draft;
use super::{Context, Rule};
use crate::facts::Fact;

/// Judges one fact that the page's `when` lets through.
pub(super) type Check = fn(&Rule, &Fact, &Context<'_>) -> Vec<Draft>;

const CHECKS: &[(&str, Check)] = &[
    ("cookie_bad_removal", cookie_bad_removal::check),
    ("cookie_tainted_sink", cookie_tainted_sink::check),
    ("cookie_unsigned_trust", cookie_unsigned_trust::check),
    ("csrf_exempt", csrf_exempt::check),
    ("login_no_cycle", login_no_cycle::check),
    ("logout_no_flush", logout_no_flush::check),
    ("password_change_no_invalidate", password_change_no_invalidate::check),
    ("session_fixed_write_order", session_fixed_write_order::check),
    ("session_id_accepted", session_id_accepted::check),
    ("session_id_exposed", session_id_exposed::check),
    ("session_id_weak_random", session_id_weak_random::check),
    ("session_lost_update", session_lost_update::check),
    ("session_middleware_missing", session_middleware_missing::check),
    ("session_oversized_payload", session_oversized_payload::check),
    ("session_race", session_race::check),
    ("session_sensitive_data", session_sensitive_data::check),
    ("session_tainted_key", session_tainted_key::check),
    ("session_weak_key", session_weak_key::check),
    ("session_weak_store", session_weak_store::check),
    ("state_change_on_get", state_change_on_get::check),
];

pub(super) fn find(name: &str) -> Option<Check> {
    CHECKS.iter().find(|(known, _)| *known == name).map(|(_, check)| *check)
}

pub(super) fn names() -> Vec<&'static str> {
    CHECKS.iter().map(|(name, _)| *name).collect()
}
