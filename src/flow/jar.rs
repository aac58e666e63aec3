//! Keys, and jars of cookies: what is read out of them and put in.

use smol_str::SmolStr;

use super::effect::Application;
use super::machine::Machine;
use super::object::OWN;
use super::operand::constant;
use super::trace::EventKind;
use super::value::{Class, Kind, Val};
use crate::ir::Name;
use crate::model::{Clause, Labels, Role};

impl<'a> Machine<'a> {
    pub(super) fn key(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
        let from = clause.operand("from").map(|source| self.source(source, it));
        let path = it.owner.map_or_else(|| it.path.clone(), |owner| owner.path.clone());
        let class = self.program.catalog.class(&path, self.scope.file).unwrap_or(Class::Model(path));
        let id = self.new_object(class, Some(it.span));
        let package = it.package.clone();
        if let Some(object) = self.state.object_mut(id) {
            object.attributes.insert("<key>".into(), Val::new(Kind::Bool(true)));
            object.attributes.insert("<package>".into(), Val::new(Kind::Text(package)));
            if let Some(from) = from {
                object.attributes.insert("from".into(), from);
            }
            for (name, source) in &clause.operands {
                if name != "from" {
                    object.attributes.insert(name.clone(), Val::new(constant(source).unwrap_or(Kind::Unset)));
                }
            }
        }
        if self.quiet == 0 {
            self.trace.made.push(id);
        }
        Val::at(Kind::Object(id), it.span)
    }

    pub(super) fn jar(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
        let path = clause
            .word("type")
            .cloned()
            .or_else(|| it.owner.map(|owner| owner.path.clone()))
            .unwrap_or_default();
        let class = self.program.catalog.class(&path, self.scope.file).unwrap_or(Class::Model(path));
        let id = self.new_object(class, Some(it.span));
        let given: Vec<(SmolStr, Val)> = clause
            .operands
            .iter()
            .filter(|(name, _)| name != "type")
            .map(|(name, source)| (name.clone(), self.source(source, it)))
            .collect();
        let own = self.receiver_attribute(it, OWN).map(|it| (OWN.into(), it));
        if let Some(object) = self.state.object_mut(id) {
            object.attributes.extend(given.into_iter().chain(own));
        }
        Val::at(Kind::Object(id), it.span)
    }

    /// A cookie of the request: a new unknown one that is the client's.
    pub(super) fn read_cookie(&mut self, clause: &Clause, it: &Application<'a>) -> Val {
        let name = clause.operand("name").map(|source| self.source(source, it));
        let verified = clause.flag("verified");
        let labels = Labels::REQUEST.with(if verified { Labels::ESCAPED } else { Labels::COOKIE });
        let mut event = self.event(EventKind::ReadCookie, it);
        if let Some(name) = &name {
            event.operands.push(("name".into(), name.clone()));
        }
        if verified {
            event.flags.push("verified".into());
        }
        self.record(event);
        let mut names: Vec<Name> = it.receiver.as_ref().map(|it| it.names().to_vec()).unwrap_or_default();
        names.extend(name.as_ref().and_then(Val::text).cloned());
        let value = Val::at(Kind::Unknown("a cookie of the request"), it.span).labelled(labels);
        // Where cookies are objects it is one, and it stays the client's until it is sent.
        if let Some(class) = self.cookie_class(it) {
            let id = self.new_object(class, Some(it.span));
            if let Some(object) = self.state.object_mut(id) {
                object.open = true;
                object.born = None;
                object.labels = labels;
                object.attributes.insert("client".into(), Val::new(Kind::Bool(true)));
                if let Some(name) = name {
                    object.attributes.insert("name".into(), name);
                }
                let mut inner = names.clone();
                inner.push("value".into());
                object.attributes.insert(
                    "value".into(),
                    Val::at(Kind::Unknown("a cookie of the request"), it.span)
                        .labelled(labels)
                        .with_info(|info| info.names = inner),
                );
            }
            return Val { kind: Kind::Object(id), ..value }.with_info(|info| info.names = names);
        }
        value.with_info(|info| info.names = names)
    }

    /// The class of cookie objects in the framework at hand.
    pub(super) fn cookie_class(&self, it: &Application<'a>) -> Option<Class> {
        let owner = it.owner?;
        if matches!(owner.role, Role::Cookie | Role::CookieBuilder) {
            return self.program.catalog.class(&owner.path, self.scope.file);
        }
        if self.program.index.separator(self.scope.file) == "." {
            return None;
        }
        self.program.catalog.class("cookie::Cookie", self.scope.file)
    }
}
