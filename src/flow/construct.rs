//! Types of the project: instances, associated items, defaults.

use super::call::Args;
use super::index::{Meaning, TypeId};
use super::machine::Machine;
use super::value::{Class, Kind, Ty, TyDef, Val};
use crate::ir::{Name, Path, Span};
use crate::model::Labels;

impl Machine<'_> {
    pub(super) fn construct_type(&mut self, id: &TypeId, args: Args, span: Span) -> Val {
        let object = self.new_object(Class::Project(id.clone()), Some(span));
        let value = Val::at(Kind::Object(object), span).labelled(args.labels().without(Labels::COLLECTION));
        if let Some(init) = self.find_method(id, "__init__", 4) {
            self.inline(&init, Some(value.clone()), args, span);
            return value;
        }
        let named = args.named.clone();
        if let Some(object) = self.state.object_mut(object) {
            for (at, arg) in args.positional.iter().enumerate() {
                object.attributes.insert(at.to_string().into(), arg.clone());
            }
            // Data classes and the like take their fields by name or order.
            for (arg, field) in args.positional.iter().zip(&id.def.fields) {
                object.attributes.insert(field.name.name.clone(), arg.clone());
            }
            for (name, arg) in named {
                object.attributes.insert(name, arg);
            }
        }
        value
    }

    pub fn construct_record(
        &mut self,
        path: &Path,
        fields: Vec<(Name, Val)>,
        rest: Option<Val>,
        span: Span,
    ) -> Val {
        let target = if path.segments.len() == 1 && path.segments[0] == "Self" {
            match self.owner.as_ref().map(|ty| ty.def.clone()) {
                Some(TyDef::Project(id)) => Some(Kind::Type(id)),
                Some(TyDef::External(path)) => Some(Kind::External(path)),
                _ => None,
            }
        } else {
            match self.program.index.resolve(self.scope, &path.segments) {
                Some(Meaning::Type(id)) => Some(Kind::Type(id)),
                Some(Meaning::External(path)) => Some(Kind::External(path)),
                _ => None,
            }
        };
        match target {
            Some(Kind::External(path)) => {
                if let Some(class) = self.program.catalog.class(&path, self.scope.file) {
                    let object = self.framework_object(class, span);
                    let rest = rest.and_then(|rest| match rest.kind {
                        Kind::Object(id) => self.state.object(id).map(|it| it.attributes.clone()),
                        _ => None,
                    });
                    if let Some(object) = self.state.object_mut(object) {
                        object.attributes.extend(rest.unwrap_or_default());
                        object.attributes.extend(fields);
                    }
                    return Val::at(Kind::Object(object), span);
                }
                let labels =
                    fields.iter().fold(Labels::NONE, |all, (_, value)| all.with(value.labels().of_part()));
                Val::typed("a value of a library", Ty::external(path)).labelled(labels)
            }
            Some(Kind::Type(id)) => {
                let object = self.new_object(Class::Project(id), Some(span));
                let (base, open) = match rest {
                    Some(rest) => match rest.kind {
                        Kind::Object(id) => (self.state.object(id).map(|it| it.attributes.clone()), false),
                        _ => (None, true),
                    },
                    None => (None, false),
                };
                let labels =
                    fields.iter().fold(Labels::NONE, |all, (_, value)| all.with(value.labels().of_part()));
                if let Some(object) = self.state.object_mut(object) {
                    object.attributes.extend(base.unwrap_or_default());
                    object.attributes.extend(fields);
                    object.open = open;
                    object.labels = labels;
                }
                Val::at(Kind::Object(object), span).labelled(labels.without(Labels::COLLECTION))
            }
            _ => Val::unknown("a record of an unknown type"),
        }
    }
}
