//! Which files are looked at: those that use a framework themselves, and those that name what such files define. The
//! others are not even parsed.

use rayon::prelude::*;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use smol_str::SmolStr;

use super::index::{Index, Meaning, ScopeId};
use super::relevance::{SHARED, is_common};
use super::scope::{Entry, Owner};
use crate::ir::{FileId, Import, Span};
use crate::workspace::Marks;

/// Steps from a file that uses a framework to one that uses it through others.
const STEPS: u32 = 4;

/// Modules that hand everything on, one to the other.
const STARS: u32 = 3;

/// What files define that others may use a framework through.
#[derive(Default)]
struct Offer {
    /// Types, and imports that are handed on: any mention counts.
    types: HashSet<SmolStr>,
    /// How many functions have a name: a call counts.
    functions: HashMap<SmolStr, usize>,
}

impl Offer {
    fn with(mut self, other: Self) -> Self {
        self.types.extend(other.types);
        for (name, count) in other.functions {
            *self.functions.entry(name).or_default() += count;
        }
        self
    }

    /// Whether a text has the name of a type, or calls a function of a name that few have.
    fn is_used_in(&self, text: &str) -> bool {
        words(text).any(|(before, word, after)| {
            let calls = after.starts_with(['(', '!']) && !before.ends_with("fn ") || before.ends_with("::");
            self.types.contains(word) || calls && self.functions.get(word).is_some_and(|it| *it <= SHARED)
        })
    }
}

/// The offers of each package, and who can take them.
struct Offers {
    by_package: HashMap<Option<usize>, Offer>,
    /// Of each package with files at hand, those whose code it can use.
    reach: HashMap<Option<usize>, Vec<Option<usize>>>,
}

impl Offers {
    fn new(dependencies: &[Vec<usize>], packages: impl Iterator<Item = Option<usize>>) -> Self {
        let packages: HashSet<_> = packages.collect();
        let reach = packages.into_iter().map(|it| (it, reach(dependencies, it))).collect();
        Self { by_package: HashMap::default(), reach }
    }

    /// What code of a package can use.
    fn to(&self, package: Option<usize>) -> Vec<&Offer> {
        self.reach.get(&package).into_iter().flatten().filter_map(|it| self.by_package.get(it)).collect()
    }
}

/// The package itself, its dependencies and theirs, and code of no package.
fn reach(dependencies: &[Vec<usize>], package: Option<usize>) -> Vec<Option<usize>> {
    let mut met: HashSet<Option<usize>> = HashSet::from_iter([package, None]);
    let mut open: Vec<usize> = package.into_iter().collect();
    while let Some(package) = open.pop() {
        for below in dependencies.get(package).into_iter().flatten() {
            if met.insert(Some(*below)) {
                open.push(*below);
            }
        }
    }
    met.into_iter().collect()
}

/// Of these files, those that matter, in their order.
#[must_use]
pub fn matter(index: &Index<'_>, files: Vec<FileId>, marks: &Marks) -> Vec<FileId> {
    let workspace = index.workspace();
    let (mut chosen, mut waiting): (Vec<_>, Vec<_>) = files
        .into_par_iter()
        .partition(|file| workspace.has_marks(*file, marks) || gets_all(index, *file, marks));
    let Some(first) = waiting.first().map(|it| workspace.files[it.0 as usize].kind) else { return chosen };
    let mut news: Vec<FileId> = chosen.clone();
    news.retain(|it| workspace.files[it.0 as usize].kind == first);
    let package = |file: &FileId| workspace.files[file.0 as usize].package;
    let mut offers = Offers::new(&workspace.dependencies(), chosen.iter().chain(&waiting).map(package));
    for _ in 0..STEPS {
        let more: Vec<_> = news
            .par_iter()
            .map(|it| (package(it), offer(index, *it, marks, &offers.to(package(it)))))
            .collect();
        for (package, offer) in more {
            let known = offers.by_package.remove(&package).unwrap_or_default();
            offers.by_package.insert(package, known.with(offer));
        }
        let is_user = |it: &FileId| {
            let offers = offers.to(package(it));
            workspace.text(*it).is_some_and(|text| offers.iter().any(|it| it.is_used_in(&text.text)))
        };
        (news, waiting) = waiting.into_par_iter().partition(is_user);
        if news.is_empty() {
            break;
        }
        chosen.extend(&news);
    }
    chosen.sort_unstable();
    chosen
}

/// Whether a file imports all that a module has which imports all of a framework.
fn gets_all(index: &Index<'_>, file: FileId, marks: &Marks) -> bool {
    if !index.units.has_outer_star_import(file) {
        return false;
    }
    let Some(names) = index.file(file) else { return false };
    let ids = (0..).map(|index| ScopeId { file, index });
    ids.zip(&names.scopes).filter(|it| !it.1.test).any(|(id, _)| hands_all_on(index, id, marks, STARS))
}

fn hands_all_on(index: &Index<'_>, module: ScopeId, marks: &Marks, left: u32) -> bool {
    let Some(names) = index.file(module.file) else { return false };
    let globs = names.scopes.get(module.index as usize).map(|it| &it.globs);
    globs.into_iter().flatten().any(|glob| {
        glob.path.first().is_some_and(|it| marks.is_root(it))
            || left > 0
                && matches!(index.import_target(module, glob), Some(Meaning::Module(target))
                    if target != module && hands_all_on(index, target, marks, left - 1))
    })
}

/// What a chosen file defines on top of a framework or of what others offer.
fn offer(index: &Index<'_>, file: FileId, marks: &Marks, others: &[&Offer]) -> Offer {
    let mut offer = Offer::default();
    let workspace = index.workspace();
    let (Some(names), Some(source)) = (index.file(file), workspace.text(file)) else { return offer };
    let is_marked = |import: &Import| import.path.first().is_some_and(|it| marks.is_root(it));
    let entries = || names.scopes.iter().flat_map(|it| &it.names);
    let imported =
        entries().filter(|it| it.1.iter().any(|it| matches!(it, Entry::Import(it) if is_marked(it))));
    let imported = Offer { types: imported.map(|it| it.0.clone()).collect(), ..Offer::default() };
    let is_built_on = |span: Span, own: &Offer| {
        let text = source.slice(span);
        workspace.is_interesting(file, text)
            && ([&imported, own].iter().chain(others).any(|it| it.is_used_in(text))
                || workspace.is_marked(file, text, marks))
    };
    let scopes = || names.scopes.iter().filter(|it| !it.test);
    for scope in scopes() {
        // `impl<T> Trait for T` is of no type
        let extended = scope.extends.iter().filter_map(|it| Some((it.span, it.target.path.last()?)));
        for (span, name) in extended.filter(|it| it.1.len() > 1) {
            if is_built_on(span, &offer) {
                offer.types.insert(name.clone());
            }
        }
        let handed_on = scope.handed_on.iter().filter(|it| workspace.is_interesting(file, it));
        offer.types.extend(handed_on.filter(|it| imported.types.contains(*it)).cloned());
        for (name, entry) in scope.names.iter().flat_map(|(name, all)| all.iter().map(move |it| (name, it))) {
            match entry {
                Entry::Type(def) if is_built_on(def.span, &offer) => drop(offer.types.insert(name.clone())),
                Entry::Macro(_) if workspace.is_interesting(file, name) => {
                    *offer.functions.entry(name.clone()).or_default() += 1;
                }
                _ => {}
            }
        }
    }
    for definition in scopes().flat_map(|it| &it.functions) {
        if is_built_on(definition.function.span, &offer) {
            let name = &definition.function.name.name;
            if !(definition.owner.is_some() && is_common(name)) {
                *offer.functions.entry(name.clone()).or_default() += 1;
            }
            if let Some(Owner::Type(def)) = &definition.owner {
                offer.types.insert(def.name.name.clone());
            }
        }
    }
    offer
}

/// The words of a text, each with what stands before and after it.
fn words(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    let is_word = |it: char| it.is_alphanumeric() || it == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(is_word)?;
        let end = text[start..].find(|it| !is_word(it)).map_or(text.len(), |it| start + it);
        at = end;
        Some((&text[..start], &text[start..end], &text[end..]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Units;
    use crate::workspace::Workspace;

    /// Which of these files matter beside one that has an extractor of its own, a helper and an ordinary function.
    fn beside(others: &[(&'static str, &str)]) -> Vec<String> {
        let own = "use visits::Session;\npub struct Visit { session: Session }\n\
                   impl Visit { pub async fn greet_session(&self) {} }\n\
                   pub async fn forget(session: Session) { session.flush().await; }\npub fn plain() {}\n";
        let mut files =
            vec![("Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\n"), ("src/own.rs", own)];
        files.extend(others);
        let workspace = Workspace::from_texts(&files);
        let units = Units::new(&workspace);
        let all = workspace.files.iter().filter(|it| it.kind.is_source()).map(|it| it.id).collect();
        let chosen = matter(&Index::new(&units), all, &workspace.marks(["visits"].into_iter()));
        chosen.iter().map(|it| workspace.files[it.0 as usize].path.clone()).collect()
    }

    #[test]
    fn who_names_a_type_or_calls_a_function_of_a_chosen_file_matters() {
        let taken = [
            ("src/a.rs", "use crate::own::Visit;\nasync fn show(visit: Visit) {}"),
            ("src/b.rs", "async fn leave(s: S) { crate::own::forget(s).await }"),
            ("src/c.rs", "fn raw() { answer.insert(\"Set-Cookie\", \"a=b\") }"),
        ];
        assert_eq!(beside(&taken), ["src/a.rs", "src/b.rs", "src/c.rs", "src/own.rs"]);
    }

    #[test]
    fn what_only_looks_alike_does_not() {
        let left = [
            ("src/a.rs", "fn f() { crate::own::plain() } // session"),
            ("src/b.rs", "fn forget(session: u8) {}"),
            ("src/c.rs", "struct Visitor { session: u8 }"),
        ];
        assert_eq!(beside(&left), ["src/own.rs"]);
    }

    #[test]
    fn neighbours_of_neighbours_matter() {
        let chain = [
            ("src/a.rs", "pub struct Session2(crate::own::Visit); pub fn session_first(it: Session2) {}"),
            ("src/b.rs", "fn second() { session_first(it) }"),
        ];
        assert_eq!(beside(&chain), ["src/a.rs", "src/b.rs", "src/own.rs"]);
    }

    #[test]
    fn a_package_uses_what_it_depends_on() {
        let others = [
            ("above/Cargo.toml", "[package]\nname = \"above\"\n[dependencies]\na = { path = \"..\" }\n"),
            ("above/src/lib.rs", "async fn leave(s: S) { a::own::forget(s).await }"),
            ("apart/Cargo.toml", "[package]\nname = \"apart\"\n"),
            ("apart/src/lib.rs", "async fn leave(s: S) { a::own::forget(s).await }"),
        ];
        assert_eq!(beside(&others), ["above/src/lib.rs", "src/own.rs"]);
    }

    #[test]
    fn a_module_hands_on_all_that_it_imports() {
        let others = [
            ("src/lib.rs", "pub mod all;\npub mod a;\npub mod b;\npub mod own;\n"),
            ("src/all.rs", "pub use visits::*;"),
            ("src/a.rs", "use crate::all::*;\nasync fn leave(it: Session) { it.flush().await }"),
            ("src/b.rs", "use crate::own::*;\nasync fn leave(it: Session) { it.flush().await }"),
        ];
        assert_eq!(beside(&others), ["src/a.rs", "src/all.rs", "src/own.rs"]);
    }
}
