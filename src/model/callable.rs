//! What one call does.

use std::sync::Arc;

use smol_str::SmolStr;

use super::effect::{self, Clause, Source};
use super::version::Range;

/// What a call does.
#[derive(Clone, Debug, Default)]
pub struct Callable {
    /// Parameter names for keyword arguments, with their defaults. `**name` takes all other named arguments, as a mapping.
    pub params: Vec<(SmolStr, Option<Source>)>,
    pub effect: Arc<[Clause]>,
    /// Nothing happens until it is awaited.
    pub is_async: bool,
    pub(super) row: u32,
}

/// A free function, or a constant (whose effect is a `value` or `returns` clause).
#[derive(Clone, Debug)]
pub struct Function {
    pub path: SmolStr,
    pub package: SmolStr,
    pub versions: Range,
    pub source: SmolStr,
    pub callable: Callable,
}

impl Callable {
    /// Reads an effect, `async` before it included, and a list of parameters such as `key, value='', path='/'`.
    pub(super) fn parse(params: &str, effect: &str) -> Result<Self, String> {
        let effect = effect.trim();
        let (is_async, effect) = effect.strip_prefix("async ").map_or((false, effect), |it| (true, it));
        let params = effect::split_outside_quotes(params, ',')
            .into_iter()
            .map(str::trim)
            .filter(|it| !it.is_empty() && *it != "*")
            .map(|part| match part.split_once('=') {
                Some((name, default)) => {
                    Ok((name.trim().into(), Some(effect::parse_source(default.trim())?)))
                }
                None => Ok((part.into(), None)),
            })
            .collect::<Result<Vec<_>, String>>()?;
        let effect: Arc<[Clause]> = effect::parse(effect)?.into();
        check(&params, &effect)?;
        Ok(Self { params, effect, is_async, row: 0 })
    }
}

/// Every operand is one that its verb reads, every `$name` a parameter.
fn check(params: &[(SmolStr, Option<Source>)], effect: &[Clause]) -> Result<(), String> {
    if effect.is_empty() {
        return Err("an effect without a verb".into());
    }
    for clause in effect {
        for (name, source) in &clause.operands {
            if let Some(fault) = effect::unknown_operand(clause.verb, name) {
                return Err(fault);
            }
            if let Source::Param(param) = source
                && !params.iter().any(|(it, _)| it.trim_start_matches('*') == param)
            {
                return Err(format!("no parameter `{param}` in `params`"));
            }
        }
    }
    Ok(())
}
