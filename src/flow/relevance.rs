//! Which functions can have anything to do with what is judged, told by their words: evaluating the others, or following a
//! call into them, costs time and shows nothing.

use rayon::prelude::*;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use smol_str::SmolStr;

use super::builtin::builtins;
use super::index::Index;
use super::scope::{Definition, Owner};
use crate::ir::{Attribute, FileId, Span};

/// Calls between a function that matters by itself and the outermost one that is evaluated for its sake.
const ROUNDS: u32 = 2;
/// Functions that may share a name which still says whose it is.
pub(super) const SHARED: usize = 3;

/// Functions that matter by themselves or by what they call.
#[derive(Default)]
pub struct Relevance {
    functions: HashSet<Span>,
}

/// A function as its text shows it.
struct Outline {
    function: Span,
    /// The type whose method it is, where it is defined.
    owner: Option<Span>,
    /// How callers may write its name.
    names: Vec<SmolStr>,
    /// What it calls: words, and pairs of words with `::` between.
    mentions: HashSet<SmolStr>,
    relevant: bool,
}

impl Relevance {
    /// Looks at all functions of these files; `asked` says which functions and types matter for another reason.
    #[must_use]
    pub fn new(index: &Index<'_>, files: &[FileId], asked: &dyn Fn(Span) -> bool) -> Self {
        let mut outlines: Vec<Outline> =
            files.par_iter().flat_map_iter(|file| outlines(index, *file)).collect();
        for outline in &mut outlines {
            outline.relevant |= asked(outline.function) || outline.owner.is_some_and(asked);
        }
        let mut count: HashMap<SmolStr, usize> = HashMap::default();
        for name in outlines.iter().flat_map(|it| &it.names) {
            *count.entry(name.clone()).or_default() += 1;
        }
        let mut functions = HashSet::default();
        let mut names: HashSet<SmolStr> = HashSet::default();
        for round in 0.. {
            let before = functions.len();
            for outline in outlines.iter().filter(|it| it.relevant) {
                if functions.insert(outline.function) {
                    let telling = outline.names.iter().filter(|it| count[*it] <= SHARED);
                    names.extend(telling.cloned());
                }
            }
            if functions.len() == before || round == ROUNDS {
                break;
            }
            outlines.par_iter_mut().filter(|it| !it.relevant).for_each(|it| {
                it.relevant = it.mentions.iter().any(|mention| names.contains(mention));
            });
        }
        Self { functions }
    }

    /// Whether a function is worth an evaluation of its own.
    #[must_use]
    pub fn has(&self, function: Span) -> bool {
        self.functions.contains(&function)
    }

    /// Whether a call of a function is worth following: short ones make values that others use.
    #[must_use]
    pub fn worth_a_call(&self, function: Span) -> bool {
        const SHORT: u32 = 400;
        function.end - function.start <= SHORT || self.has(function)
    }
}

fn outlines(index: &Index<'_>, file: FileId) -> Vec<Outline> {
    let workspace = index.workspace();
    let (Some(names), Some(source)) = (index.file(file), workspace.text(file)) else { return Vec::new() };
    let speaks = |span: Span| workspace.is_interesting(file, source.slice(span));
    let definitions = || names.scopes.iter().flat_map(|it| &it.functions);
    let decorated: HashSet<Span> = definitions()
        .filter(|it| it.function.attributes.iter().any(|it| speaks(it.expr.span)))
        .filter_map(|it| match &it.owner {
            Some(Owner::Type(def)) => Some(def.span),
            _ => None,
        })
        .collect();
    definitions()
        .map(|it| {
            let head = it.owner.as_ref().map(head);
            let owner = match &it.owner {
                Some(Owner::Type(def)) => Some(def.span),
                _ => None,
            };
            // A decorator of one method, such as the one that dispatches, may speak for all of them.
            let decorated = || owner.is_some_and(|owner| decorated.contains(&owner));
            let whole = with(it.function.span, &it.function.attributes);
            Outline {
                function: it.function.span,
                owner,
                names: names_of(it),
                mentions: mentions(source.slice(whole)),
                relevant: speaks(whole) || head.is_some_and(speaks) || decorated(),
            }
        })
        .collect()
}

fn with(span: Span, attributes: &[Attribute]) -> Span {
    attributes.iter().fold(span, |span, it| span.to(it.expr.span))
}

/// What stands over the members of a type.
fn head(owner: &Owner) -> Span {
    match owner {
        Owner::Type(def) => {
            let whole = with(def.span, &def.attributes);
            let first = def.body.stmts.first().map_or(whole.end, |it| it.span.start);
            Span { end: first.max(whole.start), ..whole }
        }
        Owner::Extend(extend) => {
            let first = extend.items.first().map_or(extend.span.end, |it| it.span.start);
            Span { end: first.max(extend.span.start), ..extend.span }
        }
    }
}

fn names_of(definition: &Definition) -> Vec<SmolStr> {
    let name = &definition.function.name.name;
    let owner = match &definition.owner {
        None => return vec![name.clone()],
        Some(Owner::Type(def)) => def.name.name.clone(),
        Some(Owner::Extend(extend)) => extend.target.path.last().cloned().unwrap_or_default(),
    };
    let mut names = vec![SmolStr::from(format!("{owner}::{name}"))];
    if name == "__init__" {
        names.push(owner);
    } else if !is_common(name) {
        names.push(name.clone());
    }
    names
}

/// A name that says nothing about whose method it is.
pub(super) fn is_common(name: &str) -> bool {
    builtins().methods.contains_key(name) || builtins().common.contains(name)
}

fn mentions(text: &str) -> HashSet<SmolStr> {
    let mut mentions = HashSet::default();
    let is_word = |it: char| it.is_alphanumeric() || it == '_';
    let mut before: Option<&str> = None;
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        let joined = rest[..start].ends_with("::") && start == 2;
        let alone = rest[..start].ends_with('(');
        let tail = &rest[start..];
        let end = tail.find(|it| !is_word(it)).unwrap_or(tail.len());
        let word = &tail[..end];
        // a call, a decorator, or a function that is handed on, alone or with its path
        if alone && tail[end..].starts_with(')')
            || tail[end..].starts_with(['(', '!', ':'])
            || rest[..start].ends_with('@')
            || joined
        {
            mentions.insert(SmolStr::new(word));
        }
        if joined && let Some(before) = before {
            mentions.insert(SmolStr::from(format!("{before}::{word}")));
        }
        before = Some(word);
        rest = &tail[end..];
    }
    mentions
}
