//! Settings join code: a struct's field that a settings file, an argument or the environment fills.

use std::collections::BTreeMap;
use std::rc::Rc;

use smol_str::SmolStr;

use super::builtin::builtins;
use super::index::{Index, TypeId};
use super::machine::Machine;
use super::units::Units;
use super::value::{Kind, Val};
use crate::facts;
use crate::ir::data::{Node, NodeKind};
use crate::ir::{Attribute, Call, Expr, ExprKind, FieldDef, FileId, Literal, Name, Span};
use crate::workspace::{FileKind, Profile, SettingsFile, Workspace};

/// Settings of the project as handlers see them.
pub struct SettingsView<'a> {
    units: &'a Units<'a>,
    /// Effective settings of script-configured projects, by name.
    project: &'a BTreeMap<SmolStr, facts::Attribute>,
}

impl<'a> SettingsView<'a> {
    #[must_use]
    pub fn new(units: &'a Units<'a>, project: &'a BTreeMap<SmolStr, facts::Attribute>) -> Self {
        Self { units, project }
    }

    /// `settings.NAME` of a project that is configured by a script.
    #[must_use]
    pub fn project_setting(&self, _file: FileId, name: &Name, span: Span) -> Val {
        let value = self.project.get(name).map(|attribute| Rc::new(from_fact(attribute, span)));
        let names = vec![SmolStr::new_static("settings"), name.clone()];
        Val::at(Kind::Setting { key: name.clone(), value }, span).with_info(|info| info.names = names)
    }

    /// The value of a field of a settings struct; `None` when the struct is none or nothing tells.
    pub fn field(&self, machine: &mut Machine<'_>, id: &TypeId, name: &Name, span: Span) -> Option<Val> {
        let field = id.def.fields.iter().find(|field| field.name.name == *name)?;
        if !builtins().settings_derives.iter().any(|derive| derives(&id.def.attributes, derive)) {
            return None;
        }
        let chains = chains(machine.program.index, id, name);
        let files = self.units.workspace.settings_files(id.scope.file);
        // A table is no value: its struct's own fields are looked up by their longer keys.
        let scalar = self.lookup(&files, &chains).filter(|(_, node)| !matches!(node.kind, NodeKind::Map(_)));
        if let Some((key, node)) = scalar {
            let value = node_value(&node);
            return Some(Val::at(Kind::Setting { key, value: Some(Rc::new(value)) }, span));
        }
        let key: SmolStr = chains.first().map(|chain| chain.join(".")).unwrap_or_default().into();
        if let Some(variable) = argument(field, "env") {
            let name = variable.unwrap_or_else(|| field.name.name.to_uppercase().into());
            let fallback = self.default_of(machine, field, id).map(Rc::new);
            return Some(Val::at(Kind::Env { name, fallback }, span));
        }
        let default = self.default_of(machine, field, id)?;
        Some(Val::at(Kind::Setting { key, value: Some(Rc::new(default)) }, span))
    }

    /// The production-most committed value under one of the key paths.
    fn lookup(&self, files: &[SettingsFile], chains: &[Vec<Name>]) -> Option<(SmolStr, Node)> {
        let mut best: Option<(u8, SmolStr, Node)> = None;
        for file in files {
            let Some(rank) = rank(file.profile) else { continue };
            let Some(document) = self.units.document(file.file) else { continue };
            let kind = self.units.workspace.files[file.file.0 as usize].kind;
            for chain in chains {
                for (profile, node) in found_in(&document.root, kind, chain) {
                    let rank = profile.map_or(rank, |profile| rank.max(profile));
                    if best.as_ref().is_none_or(|(known, ..)| rank > *known) {
                        best = Some((rank, chain.join(".").into(), node.clone()));
                    }
                }
            }
        }
        best.map(|(_, key, node)| (key, node))
    }

    /// `#[serde(default = "f")]`, `#[arg(default_value_t = x)]`, or the field of the struct's own `Default`.
    fn default_of(&self, machine: &mut Machine<'_>, field: &FieldDef, id: &TypeId) -> Option<Val> {
        for call in calls(&field.attributes) {
            for arg in &call.args {
                let name = arg.name.as_ref().map(|it| it.name.as_str());
                match (name, &arg.value.kind) {
                    (Some("default"), ExprKind::Literal(Literal::Str(function))) => {
                        let path: Vec<Name> = function.split("::").map(SmolStr::new).collect();
                        return Some(machine.call_default(&path, id, field.span));
                    }
                    (Some("default_value_t" | "default" | "default_value"), _) => {
                        let value = machine.eval(&arg.value);
                        return Some(super::operator::parse(&value));
                    }
                    (None, ExprKind::Path(path))
                        if path.segments.last().is_some_and(|it| it == "default") =>
                    {
                        return Some(zero(field));
                    }
                    _ => {}
                }
            }
        }
        let container = calls(&id.def.attributes).any(|call| {
            call.args.iter().any(|arg| matches!(&arg.value.kind, ExprKind::Path(path) if path.segments.last().is_some_and(|it| it == "default")))
        });
        if container {
            return machine.default_field(id, &field.name.name, field.span);
        }
        None
    }
}

/// Higher wins; development and test values never count.
fn rank(profile: Profile) -> Option<u8> {
    match profile {
        Profile::Production => Some(4),
        Profile::Base => Some(3),
        Profile::Unknown => Some(2),
        Profile::Example | Profile::Development | Profile::Test => None,
    }
}

/// Nodes under a key path: at the top, or below a top-level table that names a profile.
fn found_in<'n>(root: &'n Node, kind: FileKind, chain: &[Name]) -> Vec<(Option<u8>, &'n Node)> {
    let NodeKind::Map(entries) = &root.kind else { return Vec::new() };
    let mut found = Vec::new();
    if kind == FileKind::Env {
        let long = chain.join("__").to_uppercase();
        let short = chain.join("_").to_uppercase();
        for (key, node) in entries {
            let key = key.name.to_uppercase();
            let matches =
                |wanted: &str| key == *wanted || key.strip_suffix(wanted).is_some_and(|it| it.ends_with('_'));
            if matches(&long) || chain.len() > 1 && matches(&short) {
                found.push((None, node));
            }
        }
        return found;
    }
    if let Some(node) = at(root, chain) {
        found.push((None, node));
    }
    for (key, node) in entries {
        let profile = Workspace::profile_of(&key.name);
        if let (Some(rank), Some(node)) = (rank(profile), at(node, chain))
            && profile != Profile::Unknown
        {
            found.push((Some(rank), node));
        }
    }
    found
}

fn at<'n>(root: &'n Node, chain: &[Name]) -> Option<&'n Node> {
    chain.iter().try_fold(root, |node, key| {
        let NodeKind::Map(entries) = &node.kind else { return None };
        entries.iter().rev().find(|(name, _)| same_key(&name.name, key)).map(|(_, node)| node)
    })
}

/// `cookie_secure`, `cookie-secure` and `cookieSecure` are one key.
fn same_key(a: &str, b: &str) -> bool {
    let letters = |text: &str| {
        text.chars().filter(|it| !matches!(it, '_' | '-')).flat_map(char::to_lowercase).collect::<String>()
    };
    a == b || letters(a) == letters(b)
}

/// Key paths of a field, through the structs of the same file that hold its struct.
fn chains(index: &Index<'_>, id: &TypeId, field: &Name) -> Vec<Vec<Name>> {
    let mut chain = vec![renamed(id, field)];
    let mut current = id.def.name.name.clone();
    let mut chains = Vec::new();
    let types: Vec<_> = index.types_of(id.scope.file);
    for _ in 0..6 {
        let parent = types.iter().find_map(|def| {
            let field = def.fields.iter().find(|field| {
                field.ty.as_ref().is_some_and(|ty| {
                    let direct = ty.path.last().is_some_and(|it| *it == current);
                    direct || ty.args.iter().any(|arg| arg.path.last().is_some_and(|it| *it == current))
                })
            })?;
            Some((def.name.name.clone(), field.name.name.clone(), flattened(field)))
        });
        let Some((name, field, flat)) = parent.filter(|(name, ..)| *name != current) else { break };
        if !flat {
            chain.insert(0, field);
        }
        current = name;
    }
    chains.push(chain.clone());
    // The root struct may itself be one section of the file.
    if chain.len() > 1 {
        chains.push(chain[1..].to_vec());
    }
    chains.retain(|chain| chain.len() > 1 || chains_are_specific(chain));
    chains
}

/// A single key such as `name` or `path` says nothing when it is met anywhere.
fn chains_are_specific(chain: &[Name]) -> bool {
    chain.iter().any(|key| key.len() > 3)
}

fn flattened(field: &FieldDef) -> bool {
    calls(&field.attributes)
        .any(|call| call.args.iter().any(|arg| matches!(&arg.value.kind, ExprKind::Path(path) if path.segments.last().is_some_and(|it| it == "flatten"))))
}

fn renamed(id: &TypeId, field: &Name) -> Name {
    let Some(def) = id.def.fields.iter().find(|it| it.name.name == *field) else { return field.clone() };
    for call in calls(&def.attributes) {
        for arg in &call.args {
            if arg.name.as_ref().is_some_and(|it| it.name == "rename")
                && let ExprKind::Literal(Literal::Str(text)) = &arg.value.kind
            {
                return text.as_ref().into();
            }
        }
    }
    field.clone()
}

/// An argument of an attribute: absent, present without text, or with it.
fn argument(field: &FieldDef, wanted: &str) -> Option<Option<SmolStr>> {
    for call in calls(&field.attributes) {
        for arg in &call.args {
            match (&arg.name, &arg.value.kind) {
                (Some(name), ExprKind::Literal(Literal::Str(text))) if name.name == wanted => {
                    return Some(Some(text.as_ref().into()));
                }
                (None, ExprKind::Path(path)) if path.segments.last().is_some_and(|it| it == wanted) => {
                    return Some(None);
                }
                _ => {}
            }
        }
    }
    None
}

fn calls(attributes: &[Attribute]) -> impl Iterator<Item = &Call> {
    attributes.iter().filter_map(|attribute| match &attribute.expr.kind {
        ExprKind::Call(call) => Some(call.as_ref()),
        _ => None,
    })
}

/// Whether an item derives a trait.
#[must_use]
pub fn derives(attributes: &[Attribute], wanted: &str) -> bool {
    calls(attributes).any(|call| {
        is_path(&call.callee, "derive") && call.args.iter().any(|arg| is_path(&arg.value, wanted))
    })
}

fn is_path(expr: &Expr, last: &str) -> bool {
    matches!(&expr.kind, ExprKind::Path(path) if path.segments.last().is_some_and(|it| it == last))
}

/// Whether a method is read like a field.
#[must_use]
pub fn is_property(attributes: &[Attribute]) -> bool {
    let named = |expr: &Expr| match &expr.kind {
        ExprKind::Path(path) => path.segments.last().cloned(),
        ExprKind::Field(_, name) => Some(name.name.clone()),
        _ => None,
    };
    attributes
        .iter()
        .any(|attribute| named(&attribute.expr).is_some_and(|it| builtins().properties.contains(it.as_str())))
}

fn zero(field: &FieldDef) -> Val {
    let kind = match field.ty.as_ref().and_then(|ty| ty.path.last()).map(SmolStr::as_str) {
        Some("bool") => Kind::Bool(false),
        Some("Option") => Kind::Null,
        Some("String") => Kind::Text(SmolStr::default()),
        _ => Kind::Unknown("a default"),
    };
    Val::at(kind, field.span)
}

fn node_value(node: &Node) -> Val {
    let kind = match &node.kind {
        NodeKind::Null => Kind::Null,
        NodeKind::Bool(it) => Kind::Bool(*it),
        NodeKind::Int(it) => Kind::Int(*it),
        NodeKind::Float(it) => Kind::Float(*it),
        NodeKind::Text(text) => match text.as_ref() {
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            text => Kind::Text(text.into()),
        },
        NodeKind::List(_) | NodeKind::Map(_) => Kind::Unknown("a section of the settings"),
    };
    Val::at(kind, node.span)
}

/// The abstract value of an effective setting.
fn from_fact(attribute: &facts::Attribute, span: Span) -> Val {
    let at = match &attribute.origin {
        facts::Origin::Written(at) | facts::Origin::Inherited(at) => *at,
        _ => span,
    };
    fact_value(&attribute.value, at)
}

fn fact_value(value: &facts::Value, at: Span) -> Val {
    let kind = match value {
        facts::Value::Unset => Kind::Unset,
        facts::Value::Known(scalar) => match scalar {
            facts::Scalar::Bool(it) => Kind::Bool(*it),
            facts::Scalar::Int(it) => Kind::Int(*it),
            facts::Scalar::Float(it) => Kind::Float(*it),
            facts::Scalar::Text(it) => Kind::Text(it.clone()),
            facts::Scalar::Null => Kind::Null,
            facts::Scalar::List(_) => Kind::Unknown("a list of the settings"),
        },
        facts::Value::Env { name, fallback } => Kind::Env {
            name: name.clone(),
            fallback: fallback.as_ref().map(|it| Rc::new(fact_value(it, at))),
        },
        facts::Value::Setting { key, value } => {
            Kind::Setting { key: key.clone(), value: value.as_ref().map(|it| Rc::new(fact_value(it, at))) }
        }
        // Production is judged.
        facts::Value::Debug { in_release, .. } => return fact_value(in_release, at),
        facts::Value::Request => Kind::Request,
        facts::Value::OneOf(_) | facts::Value::Param(_) | facts::Value::Opaque(_) => {
            Kind::Unknown("a setting")
        }
    };
    Val::at(kind, at)
}
