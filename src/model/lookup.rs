//! What the evaluator asks of the models.

use smol_str::SmolStr;

use super::callable::{Callable, Function};
use super::effect::{Source, Verb};
use super::load::Models;
use super::setting::{CheckModel, NamedModel, SettingModel, SettingsCookie, WrongSetting};
use super::types::{Role, TypeModel};
use super::version::Range;
use crate::workspace::Version;

/// Tells the version of a package where the code in question lies.
pub type Versions<'a> = &'a dyn Fn(&str) -> Version;

/// What a type may be: one model when the version is known, several when versions in question disagree.
#[derive(Clone, Default, Debug)]
pub struct Candidates<'m> {
    /// Never empty when found; oldest first.
    pub models: Vec<&'m TypeModel>,
    /// The project's version is newer than all that are known; the newest known one stands in.
    pub beyond: bool,
}

/// A function or constant.
#[derive(Clone, Debug)]
pub struct Found<'m> {
    pub callable: &'m Callable,
    /// The type that the function belongs to.
    pub owner: Option<&'m TypeModel>,
    pub package: &'m SmolStr,
    pub versions: &'m Range,
    pub source: &'m SmolStr,
}

#[derive(Clone, Copy)]
enum Member {
    Method,
    Function,
    Field,
    Assign,
}

/// More steps than any chain of re-exports or bases has.
const DEPTH: u8 = 8;

impl<'m> Candidates<'m> {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.models.is_empty()
    }

    /// The path that all candidates share.
    #[must_use]
    pub fn path(&self) -> Option<&'m SmolStr> {
        self.models.first().map(|it| &it.path)
    }

    #[must_use]
    pub fn package(&self) -> Option<&'m SmolStr> {
        self.models.first().map(|it| &it.package)
    }

    /// Roles do not differ between the versions of a type; the newest one counts.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        self.models.last().map(|it| it.role)
    }

    /// The different defaults of an attribute, each with the model that has it. A model without a row for it counts as unset.
    #[must_use]
    pub fn defaults(&self, attribute: &str) -> Vec<(Source, &'m TypeModel)> {
        let mut found: Vec<(Source, &'m TypeModel)> = Vec::new();
        for model in &self.models {
            let value = model.defaults.get(attribute).unwrap_or(&Source::Unset);
            if !found.iter().any(|(it, _)| it == value) {
                found.push((value.clone(), model));
            }
        }
        found
    }

    /// Names of all attributes for which a candidate has a default, sorted.
    #[must_use]
    pub fn attributes(&self) -> Vec<&'m SmolStr> {
        let mut names: Vec<_> = self.models.iter().flat_map(|it| it.defaults.keys()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The mark of a type when the candidates agree on it.
    #[must_use]
    pub fn mark(&self, name: &str) -> Option<&'m SmolStr> {
        let mut marks = self.models.iter().map(|it| it.traits.get(name));
        let first = marks.next()??;
        marks.all(|it| it == Some(first)).then_some(first)
    }
}

impl Models {
    /// The candidates for a type's full path, re-exports followed.
    #[must_use]
    pub fn types(&self, path: &str, versions: Versions<'_>) -> Candidates<'_> {
        self.types_in(path, &Range::all(), versions, DEPTH)
    }

    fn types_in(&self, path: &str, limit: &Range, versions: Versions<'_>, depth: u8) -> Candidates<'_> {
        if let Some(models) = self.types.get(path) {
            let candidates: Candidates<'_> = self.pick(models, limit, versions).into();
            self.reach_all(candidates.models.iter().map(|it| it.row));
            return candidates;
        }
        let mut all = Candidates::default();
        if depth > 0 {
            for (path, limit) in self.steps(path, versions) {
                let found = self.types_in(&path, &limit, versions, depth - 1);
                all.beyond |= found.beyond;
                for model in found.models {
                    if !all.models.iter().any(|it| std::ptr::eq(*it, model)) {
                        all.models.push(model);
                    }
                }
            }
        }
        all
    }

    /// What a path stands for by the re-exports of the longest prefix that has any, with the versions that go with it.
    fn steps(&self, path: &str, versions: Versions<'_>) -> Vec<(SmolStr, Range)> {
        for end in prefixes(path) {
            let Some(rows) = self.reexports.get(&path[..end]) else { continue };
            let fitting = rows.iter().filter(|row| {
                let known = Range::of(&versions(&row.package));
                !known.and(&row.versions).is_empty()
            });
            return fitting
                .map(|row| (SmolStr::from_iter([row.of.as_str(), &path[end..]]), row.target_versions.clone()))
                .collect();
        }
        Vec::new()
    }

    /// The path behind all re-exports: the first one when versions disagree.
    #[must_use]
    pub fn canonical(&self, path: &str, versions: Versions<'_>) -> SmolStr {
        let mut path = SmolStr::new(path);
        for _ in 0..DEPTH {
            if self.types.contains_key(&path) || self.functions.contains_key(&path) {
                break;
            }
            match self.steps(&path, versions).into_iter().next() {
                Some((next, _)) => path = next,
                None => break,
            }
        }
        path
    }

    /// What `value.name(..)` may do: one row when the candidates agree.
    #[must_use]
    pub fn methods<'m>(&'m self, of: &Candidates<'m>, name: &str, versions: Versions<'_>) -> Vec<Found<'m>> {
        self.member(of, Member::Method, name, versions)
    }

    /// What reading `value.name` may do.
    #[must_use]
    pub fn fields<'m>(&'m self, of: &Candidates<'m>, name: &str, versions: Versions<'_>) -> Vec<Found<'m>> {
        self.member(of, Member::Field, name, versions)
    }

    /// What `value.name = arg0`, or `name: arg0` in a record, may do.
    #[must_use]
    pub fn assigns<'m>(&'m self, of: &Candidates<'m>, name: &str, versions: Versions<'_>) -> Vec<Found<'m>> {
        self.member(of, Member::Assign, name, versions)
    }

    /// What `Type::name` is, as a call or as a value.
    #[must_use]
    pub fn associated<'m>(
        &'m self,
        of: &Candidates<'m>,
        name: &str,
        versions: Versions<'_>,
    ) -> Vec<Found<'m>> {
        self.member(of, Member::Function, name, versions)
    }

    fn member<'m>(
        &'m self,
        of: &Candidates<'m>,
        kind: Member,
        name: &str,
        versions: Versions<'_>,
    ) -> Vec<Found<'m>> {
        let mut found = Vec::new();
        for model in &of.models {
            if let Some((owner, callable)) = self.member_of(model, kind, name, versions, DEPTH) {
                push(
                    &mut found,
                    Found {
                        callable,
                        owner: Some(owner),
                        package: &owner.package,
                        versions: &owner.versions,
                        source: &owner.source,
                    },
                );
            }
        }
        self.reach_all(found.iter().map(|it| it.callable.row));
        found
    }

    /// Own member, then what other packages add, then bases, then the row for all other methods.
    fn member_of<'m>(
        &'m self,
        model: &'m TypeModel,
        kind: Member,
        name: &str,
        versions: Versions<'_>,
        depth: u8,
    ) -> Option<(&'m TypeModel, &'m Callable)> {
        if let Some(callable) = kind.table(model).get(name) {
            return Some((model, callable));
        }
        let extensions = self.extensions.get(&model.path).into_iter().flatten();
        for extension in extensions {
            if let Some(callable) = kind.table(extension).get(name)
                && !Range::of(&versions(&extension.package)).and(&extension.versions).is_empty()
            {
                return Some((extension, callable));
            }
        }
        let bases = if depth == 0 { &[][..] } else { &model.bases[..] };
        for base in bases {
            let base = self.types_in(base, &Range::all(), versions, DEPTH);
            if let Some(found) =
                base.models.last().and_then(|it| self.member_of(it, kind, name, versions, depth - 1))
            {
                return Some(found);
            }
        }
        kind.table(model).get("*").map(|callable| (model, callable))
    }

    /// What a full path (`module::function`, `Type::function`, `Enum::Variant`, a constant) is; several when versions disagree.
    #[must_use]
    pub fn functions(&self, path: &str, versions: Versions<'_>) -> Vec<Found<'_>> {
        let mut found = Vec::new();
        self.functions_in(path, &Range::all(), versions, DEPTH, &mut found);
        self.reach_all(found.iter().map(|it| it.callable.row));
        found
    }

    fn functions_in<'m>(
        &'m self,
        path: &str,
        limit: &Range,
        versions: Versions<'_>,
        depth: u8,
        found: &mut Vec<Found<'m>>,
    ) {
        if let Some(rows) = self.functions.get(path) {
            for row in self.pick(rows, limit, versions).models {
                push(
                    found,
                    Found {
                        callable: &row.callable,
                        owner: None,
                        package: &row.package,
                        versions: &row.versions,
                        source: &row.source,
                    },
                );
            }
            return;
        }
        if let Some((owner, name)) = split(path)
            && self.types.contains_key(owner)
        {
            let candidates = self.types_in(owner, limit, versions, 0);
            for it in self.member(&candidates, Member::Function, name, versions) {
                push(found, it);
            }
            return;
        }
        if depth > 0 {
            for (path, limit) in self.steps(path, versions) {
                self.functions_in(&path, &limit, versions, depth - 1, found);
            }
        }
    }

    /// The keyword by which methods of this name take an attribute of the cookie that they send or remove; `None` when
    /// several types disagree.
    #[must_use]
    pub fn keyword(&self, method: &str, attribute: &str, versions: Versions<'_>) -> Option<&SmolStr> {
        let rows = self.types.values().chain(self.extensions.values()).flatten();
        let fitting = rows.filter(|it| fits(&it.package, &it.versions, versions));
        let mut names: Vec<&SmolStr> = fitting
            .filter_map(|it| it.methods.get(method))
            .flat_map(|it| it.effect.iter())
            .filter(|it| matches!(it.verb, Verb::Emit | Verb::Remove))
            .filter_map(|it| match it.operand(attribute) {
                Some(Source::Param(name)) => Some(name),
                _ => None,
            })
            .collect();
        names.sort();
        names.dedup();
        (names.len() == 1).then(|| names[0])
    }

    /// The type of a parameter that has no written type, by its name.
    #[must_use]
    pub fn param_type(&self, name: &str) -> Option<&SmolStr> {
        self.params.get(name)
    }

    /// What a setting is in the versions in question; empty when no loaded package reads it.
    #[must_use]
    pub fn setting(&self, name: &str, versions: Versions<'_>) -> Vec<&SettingModel> {
        let rows = self.settings.get(name).map_or(&[][..], |it| it);
        let found: Vec<_> = rows.iter().filter(|it| fits(&it.package, &it.versions, versions)).collect();
        self.reach_all(found.iter().map(|it| it.row));
        found
    }

    /// All settings of all versions, sorted by name.
    pub fn all_settings(&self) -> impl Iterator<Item = &SettingModel> {
        self.settings.values().flatten()
    }

    /// What is known of a name that no framework reads.
    #[must_use]
    pub fn wrong_setting(&self, name: &str) -> Option<&WrongSetting> {
        let found = self.wrong_settings.get(name).filter(|_| !self.settings.contains_key(name))?;
        self.reach(found.row);
        Some(found)
    }

    /// The cookies that settings make, in the versions in question.
    #[must_use]
    pub fn settings_cookies(&self, versions: Versions<'_>) -> Vec<&SettingsCookie> {
        let found: Vec<_> =
            self.settings_cookies.iter().filter(|it| fits(&it.package, &it.versions, versions)).collect();
        self.reach_all(found.iter().map(|it| it.row));
        found
    }

    /// The checks of a setting, in the versions in question and in the order of the files.
    #[must_use]
    pub fn checks(&self, setting: &str, versions: Versions<'_>) -> Vec<&CheckModel> {
        let of = |it: &&CheckModel| it.setting == setting && fits(&it.package, &it.versions, versions);
        let found: Vec<_> = self.checks.iter().filter(of).collect();
        self.reach_all(found.iter().map(|it| it.row));
        found
    }

    /// The settings that checks of a topic look at, in the order of the files.
    #[must_use]
    pub fn checked_settings(&self, topic: &str) -> Vec<&SmolStr> {
        let mut names: Vec<_> =
            self.checks.iter().filter(|it| it.topic == topic).map(|it| &it.setting).collect();
        names.dedup();
        names
    }

    /// What a dotted name in settings is.
    #[must_use]
    pub fn named(&self, path: &str, versions: Versions<'_>) -> Option<&NamedModel> {
        let found = self.named.get(path)?.iter().find(|it| fits(&it.package, &it.versions, versions))?;
        self.reach(found.row);
        Some(found)
    }

    /// All dotted names of a kind, sorted.
    pub fn all_named<'m>(&'m self, kind: &'m str) -> impl Iterator<Item = &'m NamedModel> {
        self.named.values().flatten().filter(move |it| it.kind == kind)
    }

    /// Full paths of all types of a role, sorted.
    #[must_use]
    pub fn paths(&self, role: Role) -> Vec<&SmolStr> {
        let mut paths: Vec<_> =
            self.types.iter().filter(|(_, it)| it[0].role == role).map(|(path, _)| path).collect();
        paths.sort();
        paths
    }
}

fn fits(package: &str, range: &Range, versions: Versions<'_>) -> bool {
    range.is_all() || !Range::of(&versions(package)).and(range).is_empty()
}

impl Member {
    fn table(self, model: &TypeModel) -> &std::collections::BTreeMap<SmolStr, Callable> {
        match self {
            Self::Method => &model.methods,
            Self::Function => &model.functions,
            Self::Field => &model.fields,
            Self::Assign => &model.assign,
        }
    }
}

/// Rows with the same effect are one.
fn push<'m>(found: &mut Vec<Found<'m>>, new: Found<'m>) {
    let same = |it: &Found<'_>| {
        it.callable.effect == new.callable.effect
            && it.callable.params == new.callable.params
            && it.callable.is_async == new.callable.is_async
    };
    if !found.iter().any(same) {
        found.push(new);
    }
}

struct Picked<'m, T> {
    models: Vec<&'m T>,
    beyond: bool,
}

trait Ranged {
    fn package(&self) -> &str;
    fn range(&self) -> &Range;
}

impl Ranged for TypeModel {
    fn package(&self) -> &str {
        &self.package
    }
    fn range(&self) -> &Range {
        &self.versions
    }
}

impl Ranged for Function {
    fn package(&self) -> &str {
        &self.package
    }
    fn range(&self) -> &Range {
        &self.versions
    }
}

impl Models {
    /// The rows that the project's version may mean.
    fn pick<'m, T: Ranged>(&self, rows: &'m [T], limit: &Range, versions: Versions<'_>) -> Picked<'m, T> {
        if let [row] = rows
            && row.range().is_all()
        {
            return Picked { models: vec![row], beyond: false };
        }
        let package = rows.first().map_or("", |it| it.package());
        let mut wanted = Range::of(&versions(package));
        // A re-export knows better than a lock file with several versions; when they contradict, the lock file speaks of
        // another use.
        for known in [self.implied(package, versions).as_ref(), Some(limit)].into_iter().flatten() {
            let both = wanted.and(known);
            wanted = if both.is_empty() { known.clone() } else { both };
        }
        let models: Vec<_> = rows.iter().filter(|it| !it.range().and(&wanted).is_empty()).collect();
        let newest = rows.iter().rev().find(|row| wanted.is_above(row.range()));
        match (models.is_empty(), newest) {
            (true, Some(newest)) => Picked { models: vec![newest], beyond: true },
            _ => Picked { models, beyond: false },
        }
    }

    /// The versions of a package that follow from the packages that re-export it.
    fn implied(&self, package: &str, versions: Versions<'_>) -> Option<Range> {
        let rows = self.targets.get(package)?;
        let fitting = rows.iter().filter(|row| match versions(&row.package) {
            Version::Unknown => false,
            known => !Range::of(&known).and(&row.versions).is_empty(),
        });
        fitting.map(|row| row.target_versions.clone()).reduce(|all, next| all.or(&next))
    }
}

impl<'m> From<Picked<'m, TypeModel>> for Candidates<'m> {
    fn from(picked: Picked<'m, TypeModel>) -> Self {
        Self { models: picked.models, beyond: picked.beyond }
    }
}

/// Ends of a path's prefixes at its separators, the whole path first.
fn prefixes(path: &str) -> impl Iterator<Item = usize> {
    let inner = path.char_indices().rev().filter(move |(index, letter)| {
        *letter == '.' || (*letter == ':' && path[*index..].starts_with("::"))
    });
    std::iter::once(path.len()).chain(inner.map(|(index, _)| index))
}

/// The path without its last segment, and that segment.
fn split(path: &str) -> Option<(&str, &str)> {
    path.rsplit_once("::").or_else(|| path.rsplit_once('.'))
}
