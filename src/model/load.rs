//! Reads model files: those that the binary carries and those of the user.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use rustc_hash::FxHashMap as HashMap;
use smol_str::SmolStr;
use toml::de::DeTable;

use super::callable::Function;
use super::read::{Faults, View};
use super::rows::{self, Defaults};
use super::select::{Scope, selected};
use super::setting::{CheckModel, NamedModel, SettingModel, SettingsCookie, WrongSetting};
use super::settings_rows;
use super::types::TypeModel;
use super::version::Range;
use crate::embedded::MODELS;

/// A fault in a model file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModelError {
    pub path: String,
    /// Byte range in the file.
    pub span: std::ops::Range<usize>,
    pub message: String,
    pub help: String,
}

/// A model file of the user.
#[derive(Clone, Copy, Debug)]
pub struct ModelFile<'a> {
    /// As it is to be named in messages.
    pub path: &'a str,
    pub text: &'a str,
}

/// A path that stands for another one.
#[derive(Clone, Default, Debug)]
pub(super) struct Reexport {
    pub(super) of: SmolStr,
    pub(super) package: SmolStr,
    /// Of `package`.
    pub(super) versions: Range,
    /// Of the package that `of` belongs to.
    pub(super) target_versions: Range,
}

/// All models that a run knows.
#[derive(Debug, Default)]
pub struct Models {
    pub(super) types: HashMap<SmolStr, Vec<TypeModel>>,
    /// Members that one package adds to the types of another.
    pub(super) extensions: HashMap<SmolStr, Vec<TypeModel>>,
    pub(super) functions: HashMap<SmolStr, Vec<Function>>,
    pub(super) reexports: HashMap<SmolStr, Vec<Reexport>>,
    /// Re-exports that say which version they stand for, by the package of their target.
    pub(super) targets: HashMap<SmolStr, Vec<Reexport>>,
    pub(super) params: HashMap<SmolStr, SmolStr>,
    pub(super) settings: BTreeMap<SmolStr, Vec<SettingModel>>,
    pub(super) wrong_settings: BTreeMap<SmolStr, WrongSetting>,
    pub(super) settings_cookies: Vec<SettingsCookie>,
    pub(super) checks: Vec<CheckModel>,
    pub(super) named: BTreeMap<SmolStr, Vec<NamedModel>>,
    /// Packages that files speak of, with `-` for `_`.
    known: BTreeSet<SmolStr>,
    /// Packages that set cookies, keep sessions or answer requests, with `-` for `_`.
    pub(super) frameworks: BTreeSet<SmolStr>,
    /// The names under which code reaches packages that it is judged for.
    pub(super) roots: BTreeSet<SmolStr>,
    rows: Vec<Row>,
    /// Why rows that are being read need not be reached.
    pub(super) excuse: SmolStr,
}

/// Whether a look-up asked for a row.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reach {
    No,
    /// No, and its file says why (`unreached`).
    Excused(SmolStr),
    Yes,
}

/// A row of a file, and whether anybody asked for it.
#[derive(Debug)]
struct Row {
    file: SmolStr,
    name: SmolStr,
    excuse: SmolStr,
    reached: AtomicBool,
}

impl Models {
    /// Reads the embedded models in `scope` and all files of the user. Faulty rows are left out and told.
    #[must_use]
    pub fn load(scope: &Scope<'_>, user: &[ModelFile<'_>]) -> (Self, Vec<ModelError>) {
        let mut models = Self::default();
        let mut errors = Vec::new();
        for index in selected(scope) {
            let (path, text) = MODELS[index];
            models.read(path, text, &mut errors);
        }
        for file in user {
            models.read(file.path, file.text, &mut errors);
        }
        (models, errors)
    }

    /// Whether code that depends on a package may do what is judged; a package of helpers does not make it so.
    #[must_use]
    pub fn is_framework(&self, package: &str) -> bool {
        self.frameworks.contains(package.replace('_', "-").as_str())
    }

    /// Names that begin the paths of code which uses what is judged; a package of helpers does not make it so.
    pub fn roots(&self) -> impl Iterator<Item = &str> {
        self.roots.iter().map(SmolStr::as_str)
    }

    /// Whether somebody has read the package for what it does with cookies and sessions.
    #[must_use]
    pub fn knows(&self, package: &str) -> bool {
        self.known.contains(package.replace('_', "-").as_str())
    }

    fn read(&mut self, path: &str, text: &str, errors: &mut Vec<ModelError>) {
        let faults = Faults::new(path);
        match DeTable::parse(text) {
            Err(error) => faults.add(error.span().unwrap_or(0..0), error.message().to_owned(), ""),
            Ok(table) => self.rows(&View::new(&faults, &table)),
        }
        let mut list = faults.list.into_inner();
        list.sort_by_key(|it| it.span.start);
        errors.append(&mut list);
    }

    fn rows(&mut self, file: &View<'_>) {
        file.only(&[
            "schema",
            "language",
            "packages",
            "needs",
            "supporting",
            "telling",
            "source",
            "note",
            "unreached",
            "type",
            "extend",
            "function",
            "value",
            "reexport",
            "param",
            "setting",
            "wrong-setting",
            "settings-cookie",
            "check",
            "named",
        ]);
        let schema = file.get("schema").and_then(|it| it.get_ref().as_integer());
        if schema.is_none_or(|it| it.as_str() != "1") {
            file.fault(0..0, "`schema = 1` is missing", "it names the format of this file");
        }
        let packages = file.texts("packages");
        self.known.extend(packages.iter().map(|it| SmolStr::from(it.replace('_', "-"))));
        let is = |key: &str| file.get(key).and_then(|it| it.get_ref().as_bool()) == Some(true);
        if !is("supporting") {
            self.frameworks.extend(packages.iter().map(|it| it.replace('_', "-").into()));
        }
        if !is("supporting") || is("telling") {
            self.roots.extend(packages.iter().map(|it| it.replace('-', "_").into()));
        }
        let package = packages.into_iter().next().unwrap_or_default();
        if package.is_empty() {
            file.fault(0..0, "`packages` is missing", "name the package that these rows are about");
        }
        let source = file.word("source").unwrap_or_default();
        self.excuse = file.word("unreached").unwrap_or_default();
        let types = file.list("type");
        let dotted = file.path().starts_with("models/python/")
            || file.word("language").is_some_and(|it| it == "python");
        let separator = if dotted { "." } else { "::" };
        let defaults = Defaults { package, source, separator };
        for view in &types {
            rows::types(self, view, &defaults, false);
        }
        for view in &file.list("extend") {
            rows::types(self, view, &defaults, true);
        }
        for view in &file.list("function") {
            rows::functions(self, view, &defaults);
        }
        for view in &file.list("value") {
            rows::values(self, view, &defaults);
        }
        for view in &file.list("reexport") {
            rows::reexports(self, view, &defaults);
        }
        for view in &file.list("param") {
            rows::params(self, view);
        }
        for view in &file.list("setting") {
            settings_rows::settings(self, view, &defaults);
        }
        for view in &file.list("wrong-setting") {
            settings_rows::wrong_settings(self, view);
        }
        for view in &file.list("settings-cookie") {
            settings_rows::cookies(self, view, &defaults);
        }
        for view in &file.list("check") {
            settings_rows::checks(self, view, &defaults);
        }
        for view in &file.list("named") {
            settings_rows::named(self, view, &defaults);
        }
    }

    pub(super) fn reexport(&mut self, path: SmolStr, row: Reexport) {
        if !row.target_versions.is_all() {
            let root = row.of.split([':', '.']).next().unwrap_or_default();
            self.targets.entry(root.replace('_', "-").into()).or_default().push(row.clone());
        }
        self.reexports.entry(path).or_default().push(row);
    }

    /// The number of a new row.
    pub(super) fn row(&mut self, view: &View<'_>, name: &str) -> u32 {
        self.rows.push(Row {
            file: view.path().into(),
            name: name.into(),
            excuse: self.excuse.clone(),
            reached: AtomicBool::new(false),
        });
        u32::try_from(self.rows.len() - 1).unwrap_or(u32::MAX)
    }

    pub(super) fn reach(&self, row: u32) {
        if let Some(row) = self.rows.get(row as usize) {
            row.reached.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn reach_all(&self, rows: impl Iterator<Item = u32>) {
        for row in rows {
            self.reach(row);
        }
    }

    /// Every row as `file: name`, and whether a look-up reached it. A name with several rows (by version) is one.
    #[must_use]
    pub fn coverage(&self) -> BTreeMap<String, Reach> {
        let mut rows = BTreeMap::new();
        for row in &self.rows {
            let reach = match row.reached.load(Ordering::Relaxed) {
                true => Reach::Yes,
                false if row.excuse.is_empty() => Reach::No,
                false => Reach::Excused(row.excuse.clone()),
            };
            let entry = rows.entry(format!("{}: {}", row.file, row.name)).or_insert(Reach::No);
            *entry = reach.max(entry.clone());
        }
        rows
    }
}
