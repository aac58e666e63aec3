//! What the operands of an effect stand for.

use std::rc::Rc;

use super::effect::Application;
use super::machine::Machine;
use super::value::{Decided, FrameworkDefault, Kind, Val};
use crate::model::{Clause, Labels, Source, TypeModel};

impl<'a> Machine<'a> {
    /// The value of an operand.
    pub(super) fn source(&mut self, source: &Source, it: &Application<'a>) -> Val {
        match source {
            Source::Arg(at) => {
                let at = usize::from(*at);
                let value = it
                    .args
                    .positional
                    .get(at)
                    .cloned()
                    .or_else(|| it.args.named.get(at).map(|(_, value)| value.clone()));
                value.unwrap_or_else(|| self.missing(it))
            }
            Source::Param(name) => {
                if let Some((_, value)) = it.args.named.iter().find(|(known, _)| known == name) {
                    return value.clone();
                }
                let at = it.params.iter().position(|(known, _)| known == name);
                if let Some(value) = at.and_then(|at| it.args.positional.get(at)) {
                    return value.clone();
                }
                if it.args.open {
                    return Val::unknown("given by an argument list that is not seen");
                }
                let default = at.and_then(|at| it.params[at].1.clone());
                match default {
                    Some(default) => {
                        let kind = constant(&default).unwrap_or(Kind::Unset);
                        let origin = it.owner.map_or(Decided::Nowhere, |owner| {
                            Decided::Default(Rc::new(FrameworkDefault {
                                package: it.package.clone(),
                                version: owner.versions.to_string().into(),
                                source: owner.source.clone(),
                            }))
                        });
                        Val { kind, origin, info: None }
                    }
                    None => Val::new(Kind::Unset),
                }
            }
            Source::Receiver => it.receiver.clone().unwrap_or_else(Val::null),
            Source::File(keys) => {
                let found = self.program.settings.committed(self.scope.file, keys, None);
                found.map_or_else(
                    || Val::new(Kind::Unset),
                    |node| {
                        let value = Rc::new(super::settings::node_value(&node));
                        Val::at(Kind::Setting { key: keys.clone(), value: Some(value) }, it.span)
                    },
                )
            }
            Source::All => {
                let all: Vec<Val> = it.args.all().cloned().collect();
                Val::at(Kind::Tuple(all.into()), it.span).labelled(it.args.labels())
            }
            Source::Attr(name) => {
                let id = it.receiver.as_ref().and_then(|receiver| match receiver.kind {
                    Kind::Object(id) => Some(id),
                    _ => None,
                });
                let value = id
                    .and_then(|id| self.state.object(id))
                    .and_then(|object| object.attributes.get(name))
                    .cloned();
                value.map_or_else(|| Val::new(Kind::Unset), |value| self.state.refine(&value))
            }
            other => Val::at(constant(other).unwrap_or(Kind::Unset), it.set_at),
        }
    }

    pub(super) fn is_given(&mut self, source: Option<&Source>, it: &Application<'a>) -> bool {
        source.is_some_and(|source| !matches!(self.source(source, it).kind, Kind::Unset | Kind::Null))
    }

    /// The labels of a value and, of an object, of what was put into it.
    pub(super) fn labels_of(&self, value: &Val) -> Labels {
        match &value.kind {
            Kind::Object(id) => {
                self.state.object(*id).map_or(value.labels(), |it| it.labels.with(value.labels()))
            }
            _ => value.labels(),
        }
    }

    pub(super) fn missing(&self, it: &Application<'a>) -> Val {
        if it.args.open {
            Val::unknown("given by an argument list that is not seen")
        } else {
            Val::new(Kind::Unset)
        }
    }

    pub(super) fn duration(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
        let of = clause.operand("of").map_or_else(Val::null, |source| self.source(source, it));
        let number = |name: &str| match clause.operand(name) {
            Some(Source::Int(number)) => *number,
            _ => 1,
        };
        let (unit, per) = (number("unit"), number("per").max(1));
        self.lift(&of, &mut |_, value| {
            let seconds = match value.kind {
                Kind::Int(number) => number.saturating_mul(unit) / per,
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_precision_loss,
                    reason = "a duration in whole seconds is meant"
                )]
                Kind::Float(number) => (number * unit as f64 / per as f64) as i64,
                Kind::Duration(seconds) => seconds,
                Kind::Unset => 0,
                _ => return Val { kind: Kind::Unknown("a duration that is not known"), ..value },
            };
            Val { kind: Kind::Duration(seconds), ..value }
        })
    }

    /// What an attribute is that nobody sets.
    pub(super) fn default_value(&self, source: &Source, model: &TypeModel) -> Val {
        let kind = constant(source).unwrap_or(Kind::Unset);
        let origin = FrameworkDefault {
            package: model.package.clone(),
            version: model.versions.to_string().into(),
            source: model.source.clone(),
        };
        Val { kind, origin: Decided::Default(Rc::new(origin)), info: None }
    }
}

/// The value of a source that is a constant.
#[must_use]
pub fn constant(source: &Source) -> Option<Kind> {
    Some(match source {
        Source::On => Kind::Bool(true),
        Source::Off => Kind::Bool(false),
        Source::Null => Kind::Null,
        Source::Unset => Kind::Unset,
        Source::ByScheme => Kind::Request,
        Source::Int(number) => Kind::Int(*number),
        Source::Text(word) => Kind::Text(word.clone()),
        Source::Arg(_)
        | Source::Param(_)
        | Source::All
        | Source::Receiver
        | Source::Attr(_)
        | Source::File(_) => {
            return None;
        }
    })
}
