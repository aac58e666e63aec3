//! What the models say about a path where it is used.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;
use smol_str::SmolStr;

use super::value::{Class, Kind, Ty};
use crate::ir::FileId;
use crate::model::Labels;
use crate::model::{Candidates, Found, Models, Source, Verb};
use crate::workspace::{FileKind, Version, Workspace};

/// The models, with the versions that the project has; answers are kept.
pub struct Catalog<'a> {
    pub models: &'a Models,
    pub workspace: &'a Workspace,
    types: Answers<Rc<Candidates<'a>>>,
    functions: Answers<Rc<Vec<Found<'a>>>>,
}

/// By path and package.
type Answers<T> = RefCell<HashMap<(SmolStr, Option<usize>), T>>;

impl<'a> Catalog<'a> {
    #[must_use]
    pub fn new(models: &'a Models, workspace: &'a Workspace) -> Self {
        Self { models, workspace, types: RefCell::default(), functions: RefCell::default() }
    }

    fn package(&self, file: FileId) -> Option<usize> {
        self.workspace.files.get(file.0 as usize)?.package
    }

    /// Runs a question with the versions that hold where a file lies.
    pub fn ask<T>(&self, file: FileId, question: impl FnOnce(&dyn Fn(&str) -> Version) -> T) -> T {
        question(&|package| self.workspace.version(file, package))
    }

    /// The candidates for a type's path; empty for a type that no model knows.
    #[must_use]
    pub fn candidates(&self, path: &str, file: FileId) -> Rc<Candidates<'a>> {
        let key = (SmolStr::new(path), self.package(file));
        if let Some(known) = self.types.borrow().get(&key) {
            return known.clone();
        }
        let models = self.models;
        let found = Rc::new(self.ask(file, |versions| models.types(path, versions)));
        self.types.borrow_mut().insert(key, found.clone());
        found
    }

    /// The class of a path, when a model knows it. It keeps the path as it was written: a re-export may say more about the
    /// version than the path behind it.
    #[must_use]
    pub fn class(&self, path: &str, file: FileId) -> Option<Class> {
        (!self.candidates(path, file).is_empty()).then(|| Class::Model(path.into()))
    }

    /// What a function's path does.
    #[must_use]
    pub fn functions(&self, path: &str, file: FileId) -> Rc<Vec<Found<'a>>> {
        let key = (SmolStr::new(path), self.package(file));
        if let Some(known) = self.functions.borrow().get(&key) {
            return known.clone();
        }
        let models = self.models;
        let found = Rc::new(self.ask(file, |versions| models.functions(path, versions)));
        self.functions.borrow_mut().insert(key, found.clone());
        found
    }

    /// A constant or an enum's variant without arguments.
    #[must_use]
    pub fn value(&self, path: &str, file: FileId) -> Option<Kind> {
        let found = self.functions(path, file);
        let clause = found.first()?.callable.effect.first()?;
        match clause.verb {
            Verb::Value => match clause.operand("is")? {
                Source::Text(word) => Some(Kind::Word(word.clone())),
                Source::Unset => Some(Kind::Unset),
                Source::Null => Some(Kind::Null),
                Source::On => Some(Kind::Bool(true)),
                Source::Off => Some(Kind::Bool(false)),
                Source::Int(number) => Some(Kind::Int(*number)),
                _ => None,
            },
            Verb::Duration => match (clause.operand("of")?, clause.operand("unit")) {
                (Source::Int(of), Some(Source::Int(unit))) => Some(Kind::Duration(of.saturating_mul(*unit))),
                (Source::Int(of), _) => Some(Kind::Duration(*of)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Labels that every value of a type has.
    #[must_use]
    pub fn type_labels(&self, ty: &Ty, file: FileId) -> Labels {
        let super::value::TyDef::External(path) = &ty.def else { return Labels::NONE };
        let candidates = self.candidates(path, file);
        let mut labels = Labels::NONE;
        if let Some(word) = candidates.mark("label") {
            labels = labels.with(label(word));
        }
        if candidates.mark("container").is_some_and(|it| it == "collection") {
            labels = labels.with(Labels::COLLECTION);
        }
        labels
    }

    /// Whether a type holds a fixed number of elements.
    #[must_use]
    pub fn is_bounded(&self, path: &str, file: FileId) -> bool {
        self.candidates(path, file).mark("container").is_some_and(|it| it == "bounded")
    }

    /// A parameter or field without a written type, by its name.
    #[must_use]
    pub fn param_hint(&self, name: &str, file: FileId) -> Option<Ty> {
        let dotted = self.workspace.files.get(file.0 as usize)?.kind == FileKind::Python;
        dotted.then(|| self.models.param_type(name).map(|path| Ty::external(path.clone()))).flatten()
    }

    /// Labels of the result of a method that is only known by name.
    #[must_use]
    pub fn method_labels(&self, name: &str, labels: Labels, file: FileId) -> Labels {
        let dotted = self.workspace.files.get(file.0 as usize).is_some_and(|it| it.kind == FileKind::Python);
        let whole = dotted && labels.has(Labels::REQUEST) && super::builtin::builtins().whole.contains(name);
        if whole { labels.with(Labels::COLLECTION) } else { labels }
    }
}

/// A label by its word in the models.
#[must_use]
pub fn label(word: &str) -> Labels {
    match word {
        "request" => Labels::REQUEST,
        "cookie" => Labels::COOKIE,
        "session" => Labels::SESSION,
        "record" => Labels::RECORD,
        "collection" => Labels::COLLECTION,
        "sealed" => Labels::SEALED,
        "random" => Labels::RANDOM,
        "authenticated" => Labels::AUTHENTICATED,
        "secret" => Labels::SECRET,
        "escaped" => Labels::ESCAPED,
        "guessable" => Labels::GUESSABLE,
        "session-id" => Labels::SESSION_ID,
        _ => Labels::NONE,
    }
}
