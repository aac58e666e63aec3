//! Settings join code: a struct's field that a settings file, an argument or the environment fills.

use std::collections::BTreeMap;
use std::rc::Rc;

use smol_str::SmolStr;

use super::builtin::builtins;
use super::index::{Index, TypeId};
use super::machine::Machine;
use super::units::Units;
use super::value::{Kind, Section, Val};
use crate::facts;
use crate::ir::data::{Node, NodeKind};
use crate::ir::{Attribute, Call, Expr, ExprKind, FieldDef, FileId, Literal, Name, Span, TypeDef, TypeRef};
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

    /// Whether a setting is a switch that code can ask where it runs: a text under such a name is no answer.
    #[must_use]
    pub fn is_switch(&self, name: &str) -> bool {
        use facts::{Scalar, Value};
        self.project.get(name).is_some_and(|it| match &it.value {
            Value::Known(it) => matches!(it, Scalar::Bool(_) | Scalar::Int(_)),
            _ => true,
        })
    }

    /// `settings.MAPPING["KEY"]`.
    #[must_use]
    pub fn setting_entry(&self, mapping: &str, key: &str, span: Span) -> Option<Val> {
        let name: Name = format!("{mapping}.{key}").into();
        let attribute = self.project.get(&name)?;
        let value = Some(Rc::new(from_fact(attribute, span)));
        Some(Val::at(Kind::Setting { key: name, value }, span))
    }

    /// The value of a field of a settings struct; `None` when the struct is none or nothing tells.
    pub fn field(
        &self,
        machine: &mut Machine<'_>,
        id: &TypeId,
        name: &Name,
        section: Option<&Section>,
        span: Span,
    ) -> Option<Val> {
        let field = id.def.fields.iter().find(|field| field.name.name == *name)?;
        if !holds_settings(id) {
            return None;
        }
        let files = self.units.workspace.settings_files(id.scope.file);
        let readings = readings(machine.program.index, id, name, section);
        // A table is no value: its struct's own fields are looked up by their longer keys.
        let mut found = readings.iter().map(|chains| {
            self.lookup(&files, chains).filter(|(_, node)| !matches!(node.kind, NodeKind::Map(_)))
        });
        let first = found.next().flatten();
        let other = |it: Option<(SmolStr, Node)>| {
            it.as_ref().map(|(_, node)| node.span) != first.as_ref().map(|(_, node)| node.span)
        };
        if found.any(other) {
            return Some(
                Val::at(Kind::Unknown("one of several sections of the settings"), span)
                    .with_info(|info| info.names = vec![name.clone()]),
            );
        }
        if let Some((key, node)) = first {
            let value = node_value(&node);
            return Some(Val::at(Kind::Setting { key, value: Some(Rc::new(value)) }, span));
        }
        // What a table of the file has wins over the default of the whole, field by field.
        let is_table = |it: &(SmolStr, Node)| matches!(it.1.kind, NodeKind::Map(_));
        if readings.iter().any(|chains| self.lookup(&files, chains).as_ref().is_some_and(is_table)) {
            return None;
        }
        let chain = readings.first().and_then(|chains| chains.first());
        let key: SmolStr = chain.map(|chain| chain.join(".")).unwrap_or_default().into();
        if let Some(variable) = argument(field, "env") {
            let name = variable.unwrap_or_else(|| field.name.name.to_uppercase().into());
            let fallback = self.default_of(machine, field, id).map(Rc::new);
            return Some(Val::at(Kind::Env { name, fallback }, span));
        }
        let default = self
            .default_of(machine, field, id)
            .or_else(|| self.default_of_whole(machine, section?, field))
            .or_else(|| switch_of(field, id))?;
        Some(Val::at(Kind::Setting { key, value: Some(Rc::new(default)) }, span))
    }

    /// What the project's settings files have under these keys, joined by dots; only in files whose names begin with `name`.
    #[must_use]
    pub fn committed(&self, file: FileId, keys: &str, name: Option<&str>) -> Option<Node> {
        let chain: Vec<Name> = keys.split('.').map(SmolStr::new).collect();
        let mut files = self.units.workspace.settings_files(file);
        files.retain(|it| {
            let path = &self.units.workspace.files[it.file.0 as usize].path;
            name.is_none_or(|name| path.rsplit('/').next().is_some_and(|it| it.starts_with(name)))
        });
        self.lookup(&files, &[chain]).map(|(_, node)| node)
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

    /// What the default of the whole has here, where the project lays its settings over that.
    fn default_of_whole(
        &self,
        machine: &mut Machine<'_>,
        section: &Section,
        field: &FieldDef,
    ) -> Option<Val> {
        let text = &self.units.workspace.text(section.root.scope.file)?.text;
        if !builtins().settings_defaults.iter().any(|call| text.contains(call.as_str())) {
            return None;
        }
        let mut path = section.fields.iter().chain(std::iter::once(&field.name.name));
        let mut value = machine.default_field(&section.root, path.next()?, field.span)?;
        for name in path {
            let Kind::Object(id) = value.kind else { return None };
            value = machine.state.object(id)?.attributes.get(name)?.clone();
        }
        Some(value)
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

/// Whether a type is one that settings fill.
fn holds_settings(id: &TypeId) -> bool {
    builtins().settings_derives.iter().any(|derive| derives(&id.def.attributes, derive))
}

/// A switch of a command line is off unless it is given.
fn switch_of(field: &FieldDef, id: &TypeId) -> Option<Val> {
    let is_switch = field.ty.as_ref().is_some_and(|ty| ty.path.last().is_some_and(|it| it == "bool"));
    let derived = builtins().settings_switches.iter().any(|it| derives(&id.def.attributes, it));
    (is_switch && derived).then(|| Val::at(Kind::Bool(false), field.span))
}

/// Where the table stands that a field of a settings struct holds.
#[must_use]
pub fn section(id: &TypeId, field: &Name, outer: Option<&Section>) -> Option<Section> {
    if !holds_settings(id) {
        return None;
    }
    let mut section =
        outer.cloned().unwrap_or_else(|| Section { root: id.clone(), fields: Vec::new(), keys: Vec::new() });
    section.fields.push(field.clone());
    if !id.def.fields.iter().any(|it| it.name.name == *field && flattened(it)) {
        section.keys.push(renamed(&id.def, field));
    }
    Some(section)
}

/// Key paths of a field, by what the project may mean: one where the way to it is known, else one for each struct that
/// holds its struct.
fn readings(index: &Index<'_>, id: &TypeId, field: &Name, section: Option<&Section>) -> Vec<Vec<Vec<Name>>> {
    let key = renamed(&id.def, field);
    let own = match section {
        Some(section) => section.keys.iter().cloned().chain([key]).collect(),
        None => vec![key],
    };
    let (start, nested) = match section {
        Some(section) => (&section.root, own.len() > 1),
        None => (id, false),
    };
    let mut outer = Vec::new();
    outward(index, start, &[], 6, &mut outer);
    let whole = |prefix: &[Name]| prefix.iter().chain(&own).cloned().collect::<Vec<_>>();
    outer
        .iter()
        .map(|prefix| {
            let mut chains = vec![whole(prefix)];
            // The root struct may itself be one section of the file, and a struct in the middle its whole.
            if !prefix.is_empty() {
                chains.push(whole(&prefix[1..]));
                if nested {
                    chains.push(own.clone());
                }
            }
            chains.retain(|chain| chain.len() > 1 || chains_are_specific(chain));
            chains.dedup();
            chains
        })
        .collect()
}

/// The keys that lead from outermost structs of the same file to a type; one empty way for an outermost one.
fn outward(index: &Index<'_>, id: &TypeId, inner: &[Name], depth: u32, ways: &mut Vec<Vec<Name>>) {
    let mut outermost = true;
    for def in index.types_of(id.scope.file).iter().filter(|_| depth > 0) {
        for field in
            def.fields.iter().filter(|it| it.ty.as_ref().is_some_and(|ty| mentions(ty, &id.def.name.name)))
        {
            let holder = TypeId { def: def.clone(), scope: id.scope };
            if holder == *id || ways.len() >= 8 || !holds_settings(&holder) {
                continue;
            }
            outermost = false;
            let key = (!flattened(field)).then(|| renamed(def, &field.name.name));
            let way: Vec<Name> = key.into_iter().chain(inner.iter().cloned()).collect();
            outward(index, &holder, &way, depth - 1, ways);
        }
    }
    if outermost {
        ways.push(inner.to_vec());
    }
}

fn mentions(ty: &TypeRef, name: &str) -> bool {
    ty.path.last().is_some_and(|it| it == name) || ty.args.iter().any(|arg| mentions(arg, name))
}

/// A single key such as `name` or `path` says nothing when it is met anywhere.
fn chains_are_specific(chain: &[Name]) -> bool {
    chain.iter().any(|key| key.len() > 3)
}

fn flattened(field: &FieldDef) -> bool {
    calls(&field.attributes)
        .any(|call| call.args.iter().any(|arg| matches!(&arg.value.kind, ExprKind::Path(path) if path.segments.last().is_some_and(|it| it == "flatten"))))
}

fn renamed(def: &TypeDef, field: &Name) -> Name {
    let Some(found) = def.fields.iter().find(|it| it.name.name == *field) else { return field.clone() };
    for call in calls(&found.attributes) {
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

/// Whether a field is left out where its struct is written as text.
#[must_use]
pub fn is_left_out(field: &FieldDef) -> bool {
    let words =
        calls(&field.attributes).flat_map(|call| &call.args).filter_map(|arg| match &arg.value.kind {
            ExprKind::Path(path) => path.segments.last(),
            _ => None,
        });
    words.into_iter().any(|it| builtins().left_out.contains(it.as_str()))
}

/// What an item derives: last segments as written.
pub(super) fn derived(attributes: &[Attribute]) -> impl Iterator<Item = &str> {
    let lists = calls(attributes).filter(|call| is_path(&call.callee, "derive"));
    lists.flat_map(|call| &call.args).filter_map(|arg| match &arg.value.kind {
        ExprKind::Path(path) => path.segments.last().map(SmolStr::as_str),
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

pub(super) fn node_value(node: &Node) -> Val {
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
