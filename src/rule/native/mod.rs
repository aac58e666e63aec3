//! Rules about order and flow: one small file each. They read events and name no framework.

use super::judge::Draft;
use super::{Context, Rule};
use crate::facts::Fact;

/// Judges one fact that the page's `when` lets through.
pub(super) type Check = fn(&Rule, &Fact, &Context<'_>) -> Vec<Draft>;

const CHECKS: &[(&str, Check)] = &[];

pub(super) fn find(name: &str) -> Option<Check> {
    CHECKS.iter().find(|(known, _)| *known == name).map(|(_, check)| *check)
}

pub(super) fn names() -> Vec<&'static str> {
    CHECKS.iter().map(|(name, _)| *name).collect()
}
