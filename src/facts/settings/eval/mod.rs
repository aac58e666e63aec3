//! Evaluates module-level settings code: in order, across files, without running it.
//!
//! This is no general evaluator: it knows names, plain values, lists, dictionaries, small functions and the environment.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use smol_str::SmolStr;

use crate::facts::Note;
use crate::flow::Units;
use crate::ir::{Expr, Name, Span};
use crate::source::FileId;
use crate::workspace::Workspace;

use super::deployment::Deployment;
use super::scope::{Binding, Later, Layers, Namespace};
use super::value::{Object, Val};

mod call;
mod class;
mod expression;
mod foreign;
mod import;
mod include;
mod layer;
mod method;
mod nearby;
mod operator;
mod parser;
pub(super) use foreign::DERIVED;
pub(super) use operator::as_list;
pub(super) use parser::Parser;
mod read;
mod side;
mod statement;

/// Statements and expressions that one project may cost.
const STEPS: u32 = 2_000_000;
/// Expressions, blocks and calls inside each other.
const DEPTH: u32 = 150;
/// Calls inside each other.
const CALLS: usize = 16;

pub(super) struct Evaluator<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) units: &'a Units<'a>,
    modules: HashMap<FileId, Module>,
    classes: HashMap<Span, Rc<Namespace>>,
    frames: Vec<Frame>,
    /// Places that led to the value of the statement at hand.
    trail: Vec<Note>,
    /// What went wrong inside the `try` at hand.
    attempt: Attempt,
    /// Variables that the code itself gives a default.
    variables: HashMap<SmolStr, Val>,
    /// Classes whose attributes are being worked out.
    making: u32,
    /// Entries of the mappings of a file, by name.
    nearby: HashMap<FileId, Rc<BTreeMap<Name, Val>>>,
    /// What committed files give to processes, once a variable was asked for.
    deployment: Option<Rc<Deployment>>,
    /// Which file takes names from which.
    pub(super) edges: BTreeSet<(FileId, FileId)>,
    /// Checks that end the program, counted.
    refusals: u32,
    steps: u32,
    depth: u32,
}

enum Module {
    Running,
    Done(Rc<Namespace>),
}

struct Frame {
    file: FileId,
    kind: FrameKind,
    layers: Layers,
    /// Names of the functions around a function.
    captured: Rc<[(Name, Rc<Binding>)]>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FrameKind {
    Module,
    Function,
    Class,
}

#[derive(Default)]
struct Attempt {
    /// A module that the project does not have.
    missing: Option<Rc<Later>>,
    unbound: bool,
    /// A variable or file that need not be there.
    lacking: bool,
}

/// How a block ends.
enum Outcome {
    Fall,
    Return(Val),
    Raise,
    /// `break` or `continue`.
    Jump,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(workspace: &'a Workspace, units: &'a Units<'a>) -> Self {
        Self {
            workspace,
            units,
            modules: HashMap::new(),
            classes: HashMap::new(),
            frames: Vec::new(),
            trail: Vec::new(),
            attempt: Attempt::default(),
            variables: HashMap::new(),
            making: 0,
            nearby: HashMap::new(),
            deployment: None,
            edges: BTreeSet::new(),
            refusals: 0,
            steps: 0,
            depth: 0,
        }
    }

    /// All names of a module; empty when it has no code.
    pub(super) fn module(&mut self, file: FileId) -> Rc<Namespace> {
        match self.modules.get(&file) {
            Some(Module::Done(namespace)) => return namespace.clone(),
            // A cycle of imports sees what is bound so far.
            Some(Module::Running) => {
                let running = self.running(file);
                return Rc::new(running.map_or_else(Namespace::default, Layers::snapshot));
            }
            None => {}
        }
        let Some(unit) = self.units.get(file).filter(|_| self.frames.len() < 4 * CALLS) else {
            return Rc::default();
        };
        self.modules.insert(file, Module::Running);
        let trail = std::mem::take(&mut self.trail);
        let attempt = std::mem::take(&mut self.attempt);
        self.frames.push(Frame::new(file, FrameKind::Module));
        self.block(&unit.body);
        // What could not be read may have bound anything.
        if let (Some(broken), Some(layers)) = (unit.broken.first(), self.layers()) {
            let what = "a part of the module that could not be read".into();
            layers.left_open(&Rc::new(Later { span: broken.span, what, certain: true, module: true }));
        }
        let namespace = Rc::new(self.frames.pop().map_or_else(Namespace::default, |it| it.layers.finish()));
        (self.trail, self.attempt) = (trail, attempt);
        self.modules.insert(file, Module::Done(namespace.clone()));
        namespace
    }

    fn running(&self, file: FileId) -> Option<&Layers> {
        let running = |it: &&Frame| it.kind == FrameKind::Module && it.file == file;
        self.frames.iter().find(running).map(|it| &it.layers)
    }

    fn file(&self) -> FileId {
        self.frames.last().map_or(FileId(0), |it| it.file)
    }

    fn layers(&mut self) -> Option<&mut Layers> {
        self.frames.last_mut().map(|it| &mut it.layers)
    }

    /// What an expression of a finished module evaluates to.
    pub(super) fn expression(&mut self, file: FileId, expr: &Expr) -> Val {
        self.module(file);
        self.frames.push(Frame::new(file, FrameKind::Function));
        let val = self.eval(expr);
        self.frames.pop();
        val
    }

    /// One more step; false when the budget is spent.
    fn step(&mut self) -> bool {
        self.steps += 1;
        self.steps < STEPS
    }

    fn note(&mut self, span: Span, text: impl Into<String>) {
        if self.trail.len() < super::scope::MAX_TRAIL && !self.trail.iter().any(|it| it.span == span) {
            self.trail.push(Note { span, text: text.into() });
        }
    }

    /// What a name is bound to here.
    fn binding(&mut self, name: &str) -> Option<Rc<Binding>> {
        let frame = self.frames.last()?;
        if let Some(binding) = frame.layers.get(name) {
            return Some(binding.clone());
        }
        if frame.kind == FrameKind::Module {
            return None;
        }
        if let Some((_, binding)) = frame.captured.iter().find(|(it, _)| it == name) {
            return Some(binding.clone());
        }
        self.member_binding(frame.file, name)
    }

    fn member_binding(&mut self, file: FileId, name: &str) -> Option<Rc<Binding>> {
        if let Some(running) = self.running(file) {
            return running.get(name).cloned();
        }
        self.module(file).names.get(name).cloned()
    }

    /// The value of a name of a module of the project.
    fn member(&mut self, file: FileId, name: &Name) -> Val {
        let Some(binding) = self.member_binding(file, name) else {
            let path: Vec<SmolStr> = vec![name.clone()];
            if let Some(submodule) = self.workspace.python_module(file, 1, &path) {
                return Val::Object(Object::Module(submodule));
            }
            let open = match self.running(file) {
                Some(running) => running.is_open(),
                None => !self.module(file).open.is_empty(),
            };
            return if open {
                Val::opaque("it may come from code outside the project")
            } else {
                Val::Unbound
            };
        };
        if binding.trail.len() + self.trail.len() < super::scope::MAX_TRAIL
            && super::words::is_constant_name(name)
        {
            self.note(binding.span, format!("`{name}` is set here"));
        }
        self.resolved(&binding.val)
    }

    /// Follows a name that was imported.
    fn resolved(&mut self, val: &Val) -> Val {
        match val {
            Val::Object(Object::Member(file, name)) if self.depth < DEPTH => {
                self.depth += 1;
                let val = self.member(*file, name);
                self.depth -= 1;
                val
            }
            _ => val.clone(),
        }
    }

    fn bind(&mut self, name: &Name, val: Val, span: Span) {
        let mut trail = std::mem::take(&mut self.trail);
        trail.retain(|it| it.span != span);
        let val = match val {
            Val::Object(Object::Declared(declared)) => self.declared(&declared, name),
            val => side::released(val),
        };
        if let Some(layers) = self.layers() {
            layers.bind(name.clone(), Rc::new(Binding { trail, ..Binding::new(val, span) }));
        }
    }
}

impl Frame {
    fn new(file: FileId, kind: FrameKind) -> Self {
        Self { file, kind, layers: Layers::new(), captured: Rc::new([]) }
    }
}
