//! What is said where an object is made: a call added to a chain, a statement behind it, a keyword argument.

use smol_str::SmolStr;

use super::language::{begins_line, indent, line_break, line_end, spell};
use super::way::{Node, expr_at, imports, way};
use super::{Desk, Draft, in_models};
use crate::facts::Fact;
use crate::finding::Edit;
use crate::ir::{Arg, Expr, ExprKind, Literal, PatternKind, StmtKind, Unit};
use crate::model::{Candidates, Role, Source, Verb};
use crate::rule::To;
use crate::source::{FileId, Span};
use crate::workspace::FileKind;

/// Where a type says how its attributes are set in code; see `vocabulary::TRAITS`.
const SETTERS: &str = "setters";
const BUILDS_BY: &str = "builds-by";
/// The type that a jar takes, by a path that everybody can write who has the jar.
const TAKES: &str = "takes";
const WORDS: &str = "same-site";

pub(super) fn add(desk: &Desk<'_>, fact: &Fact, attribute: &str, to: &To) -> Option<Draft> {
    let made = fact.span;
    match desk.kind(made.file)? {
        FileKind::Rust => in_rust(desk, made, attribute, to).or_else(|| converted(desk, fact, attribute, to)),
        FileKind::Python => keyword(desk, made, attribute, to),
        _ => None,
    }
}

/// What stands for a cookie, a name or a pair with its value, becomes one that is built: `("sid", id)` becomes
/// `Cookie::build(("sid", id)).secure(true)`.
fn converted(desk: &Desk<'_>, fact: &Fact, attribute: &str, to: &To) -> Option<Draft> {
    let name = fact.attribute("name")?.place()?;
    let unit = desk.units.get(name.file)?;
    let ways = way(&unit, name);
    let (method, given) = ways.iter().rev().find_map(|it| match it {
        Node::Expr(expr) | Node::Value(expr) => match &expr.kind {
            ExprKind::Method(call) => {
                let given = call.args.iter().find(|it| stands_for_itself(&it.value, name))?;
                Some((&call.method.name, given.value.span))
            }
            _ => None,
        },
        Node::Statement(_) => None,
    })?;
    if !fact.span.contains(given) {
        return None;
    }
    let names = Names { desk, file: name.file, unit: &unit };
    let versions = desk.versions(name.file);
    let (written, path) = names.taken_by(method, &super::word(fact, "stack")?)?;
    let class = desk.models.types(&path, &versions);
    let template = class.mark(BUILDS_BY)?;
    let builder = names.yields(&class, builder_of(template)?)?;
    let call = names.setter(&builder, &path, attribute, to)?;
    let old = desk.text(given.file).get(given.start as usize..given.end as usize)?;
    let (head, _) = template.split_once("({pair})")?;
    let new = format!("{}({old}).{call}", head.replace("{owner}", &written));
    Some(Draft::new(format!("build it with `.{call}`"), vec![Edit { span: given, text: new }]))
}

/// A name, or a pair that begins with it.
fn stands_for_itself(expr: &Expr, name: Span) -> bool {
    match &expr.kind {
        ExprKind::Literal(Literal::Str(_)) => expr.span == name,
        ExprKind::Tuple(all) => matches!(all.as_slice(), [first, _] if first.span == name),
        _ => false,
    }
}

/// The full path that segments stand for in a file.
pub(super) fn resolve(desk: &Desk<'_>, unit: &Unit, segments: &[SmolStr]) -> Option<String> {
    Names { desk, file: unit.file, unit }.resolve(segments)
}

fn in_rust(desk: &Desk<'_>, made: Span, attribute: &str, to: &To) -> Option<Draft> {
    let unit = desk.units.get(made.file)?;
    let names = Names { desk, file: made.file, unit: &unit };
    let ways = way(&unit, made);
    let expr = expr_at(&unit, made)?;
    let (owner, owner_path, function, args) = construction(&names, expr)?;
    let versions = desk.versions(made.file);
    let class = desk.models.types(&owner_path, &versions);
    let made_class = names.yields(&class, function)?;
    let text = desk.text(made.file);
    let template = made_class.mark(BUILDS_BY).and_then(|it| Some((it, builder_of(it)?)));
    if let Some((template, builder)) = template.filter(|(_, builder)| *builder != function) {
        let call = names.setter(&names.yields(&class, builder)?, &owner_path, attribute, to)?;
        let takes = |found: &crate::model::Found<'_>| args.len() >= wanted(&found.callable.effect);
        let found = desk.models.associated(&class, builder, &versions);
        return found.iter().all(takes).then(|| rebuilt(made, template, &owner, args, &call)).flatten();
    }
    if setters(&made_class) == Some("chained") {
        let call = names.setter(&made_class, &owner_path, attribute, to)?;
        return Some(chain(text, made, &call));
    }
    if setters(&made_class) == Some("statements") {
        let call = names.setter(&made_class, &owner_path, attribute, to)?;
        return statement(text, &ways, made, &call);
    }
    None
}

/// How many arguments an effect reads.
fn wanted(effect: &[crate::model::Clause]) -> usize {
    let args = effect.iter().flat_map(|it| &it.operands).filter_map(|(_, it)| match it {
        Source::Arg(number) => Some(usize::from(*number) + 1),
        _ => None,
    });
    args.max().unwrap_or(0)
}

/// The function that a template builds by.
fn builder_of(template: &str) -> Option<&str> {
    Some(template.split_once("{owner}::")?.1.split_once('(')?.0)
}

fn setters<'m>(class: &Candidates<'m>) -> Option<&'m str> {
    class.mark(SETTERS).map(SmolStr::as_str)
}

/// Type as written, its path, function and arguments of `Type::function(..)`, also inside of what it is given to.
fn construction<'t>(names: &Names<'_, 't>, expr: &'t Expr) -> Option<(String, String, &'t str, &'t [Arg])> {
    match &expr.kind {
        ExprKind::Try(it) | ExprKind::Await(it) => construction(names, it),
        ExprKind::Call(call) => {
            let ExprKind::Path(path) = &call.callee.kind else { return None };
            let (function, owner) = path.segments.split_last()?;
            let written = owner.join("::");
            Some((written, names.resolve(owner)?, function.as_str(), &call.args))
        }
        _ => None,
    }
}

/// A call behind the one that makes the object; on a line of its own where the next one has one.
fn chain(text: &str, made: Span, call: &str) -> Draft {
    let end = line_end(text, made.end as usize);
    let rest = text.get(made.end as usize..end).unwrap_or("").trim();
    let below = text.get(end..).unwrap_or("").trim_start();
    let own_line = (rest.is_empty() || rest.starts_with("//")) && below.starts_with('.');
    let (at, new) = if own_line {
        let next = indent(text, text.len() - below.len());
        (u32::try_from(end).unwrap_or(made.end), format!("{}{next}.{call}", line_break(text)))
    } else {
        (made.end, format!(".{call}"))
    };
    Draft::new(format!("add `.{call}`"), vec![Edit { span: Span { start: at, end: at, ..made }, text: new }])
}

/// An object made at once becomes one that is built; its arguments stay as they are.
fn rebuilt(made: Span, template: &str, owner: &str, args: &[Arg], call: &str) -> Option<Draft> {
    let (first, last) = (args.first()?.value.span, args.last()?.value.span);
    let pair = if args.len() > 1 { "(\0)" } else { "\0" };
    let new = template
        .replace("{owner}", owner)
        .replace("{pair}", pair)
        .replace("{args}", "\0")
        .replace("{calls}", &format!(".{call}"));
    let (head, tail) = new.split_once('\0')?;
    let edits = vec![
        Edit { span: Span { end: first.start, ..made }, text: head.to_owned() },
        Edit { span: Span { start: last.end, ..made }, text: tail.to_owned() },
    ];
    Some(Draft::new(format!("build it with `.{call}`"), edits))
}

/// A statement behind the `let` that names the object.
fn statement(text: &str, way: &[Node<'_>], made: Span, call: &str) -> Option<Draft> {
    let stmt = way.iter().rev().find_map(|it| match it {
        Node::Statement(it) => Some(*it),
        _ => None,
    })?;
    let StmtKind::Let { pattern, value: Some(value), .. } = &stmt.kind else { return None };
    let PatternKind::Bind(name, None) = &pattern.kind else { return None };
    if value.span != made {
        return None;
    }
    let end = stmt.span.end;
    let new = format!("{}{}{name}.{call};", line_break(text), indent(text, stmt.span.start as usize));
    let mut edits = vec![Edit { span: Span { start: end, end, ..made }, text: new }];
    let head = text.get(stmt.span.start as usize..value.span.start as usize)?;
    if !head.contains("mut ") {
        let at = stmt.span.start + u32::try_from(head.find(name.as_str())?).ok()?;
        edits.push(Edit { span: Span { start: at, end: at, ..made }, text: "mut ".into() });
    }
    Some(Draft::new(format!("add `{name}.{call}`"), edits))
}

/// The variant for a word where another variant of the same type stands.
pub(super) fn variant(desk: &Desk<'_>, place: Span, to: &To) -> Option<String> {
    let To::Text(word) = to else { return None };
    let unit = desk.units.get(place.file)?;
    let names = Names { desk, file: place.file, unit: &unit };
    let ExprKind::Path(path) = &expr_at(&unit, place)?.kind else { return None };
    let (_, owner) = path.segments.split_last()?;
    let found = names.variant_of(&names.resolve(owner)?, word)?;
    Some(format!("{}::{found}", owner.join("::")))
}

/// The names of one file.
struct Names<'a, 't> {
    desk: &'a Desk<'a>,
    file: FileId,
    unit: &'t Unit,
}

impl<'a> Names<'a, '_> {
    /// The type of the cookies that a method of a package takes, as this file writes it and in full.
    fn taken_by(&self, method: &str, package: &str) -> Option<(String, String)> {
        let models = self.desk.models;
        let versions = self.desk.versions(self.file);
        let takes = |found: &crate::model::Found<'_>| {
            found.callable.effect.iter().any(|it| it.operand("cookie") == Some(&Source::Arg(0)))
        };
        let mut owners = [Role::Jar, Role::Emitter].into_iter().flat_map(|it| models.paths(it));
        let class = owners.find_map(|path| {
            let class = models.types(path, &versions);
            let own = class.package().is_some_and(|it| it == package);
            (own && models.methods(&class, method, &versions).iter().any(takes)).then_some(class)
        })?;
        let builds = |path: &str| {
            models.types(path, &versions).mark(BUILDS_BY).is_some_and(|it| it.contains("{pair}"))
        };
        let imported = imports(self.unit).into_iter().find_map(|it| {
            let alias = it.alias.as_ref()?;
            let path = self.resolve(std::slice::from_ref(alias))?;
            builds(&path).then(|| (alias.to_string(), path))
        });
        imported.or_else(|| {
            let path = class.mark(TAKES)?.to_string();
            builds(&path).then(|| (path.clone(), path))
        })
    }

    /// The type of what a function of a type gives, when all versions agree.
    fn yields(&self, class: &Candidates<'a>, function: &str) -> Option<Candidates<'a>> {
        let versions = self.desk.versions(self.file);
        let found = self.desk.models.associated(class, function, &versions);
        let [found] = found.as_slice() else { return None };
        let of = found.callable.effect.iter().find_map(|it| match it.operand("type") {
            Some(Source::Text(path)) => Some(path.clone()),
            _ => None,
        });
        Some(of.map_or_else(|| class.clone(), |path| self.desk.models.types(&path, &versions)))
    }

    /// The full path that written segments stand for.
    fn resolve(&self, segments: &[SmolStr]) -> Option<String> {
        let (first, rest) = segments.split_first()?;
        let import = imports(self.unit).into_iter().find(|it| it.alias.as_ref() == Some(first));
        let head: Vec<SmolStr> = import.map_or_else(|| vec![first.clone()], |it| it.path.clone());
        let (package, inner) = head.split_first()?;
        let package = self.desk.report.workspace.rust_crate_name(self.file, package);
        let all: Vec<&str> =
            std::iter::once(package).chain(inner.iter().chain(rest).map(SmolStr::as_str)).collect();
        Some(all.join("::"))
    }

    /// `name(value)` of the method that sets an attribute and nothing else.
    fn setter(&self, class: &Candidates<'_>, owner: &str, attribute: &str, to: &To) -> Option<String> {
        let attribute = in_models(attribute);
        let model = class.models.last()?;
        let sets = |(_, callable): &(&SmolStr, &crate::model::Callable)| match &*callable.effect {
            [clause] => {
                clause.verb == Verb::Set
                    && clause.operands.len() == 1
                    && clause.operand(attribute) == Some(&Source::Arg(0))
            }
            _ => false,
        };
        let (method, _) = model.methods.iter().find(sets)?;
        let value = match (attribute, to) {
            ("same_site", To::Text(word)) => self.word(class.mark(WORDS)?, owner, word)?,
            _ => spell(FileKind::Rust, to, "")?,
        };
        Some(format!("{method}({value})"))
    }

    /// A variant by a path that this file can write.
    fn word(&self, of: &str, owner: &str, word: &str) -> Option<String> {
        let variant = self.variant_of(of, word)?;
        let versions = self.desk.versions(self.file);
        let is_it = |path: &str| self.desk.models.canonical(path, &versions) == of;
        for import in imports(self.unit) {
            let Some(alias) = &import.alias else { continue };
            if self.resolve(std::slice::from_ref(alias)).is_some_and(|it| is_it(&it)) {
                return Some(format!("{alias}::{variant}"));
            }
        }
        let last = of.rsplit("::").next()?;
        let beside = owner.rsplit_once("::").map(|(module, _)| format!("{module}::{last}"));
        let root = owner.split("::").next()?;
        let own = of.split_once("::").map(|(_, rest)| format!("{root}::{rest}"));
        let within = format!("{root}::{of}");
        let known = [beside, Some(within), own].into_iter().flatten().find(|it| is_it(it))?;
        Some(format!("{known}::{variant}"))
    }

    fn variant_of(&self, of: &str, word: &str) -> Option<SmolStr> {
        let versions = self.desk.versions(self.file);
        let class = self.desk.models.types(of, &versions);
        let is = |callable: &crate::model::Callable| match &*callable.effect {
            [clause] => {
                clause.verb == Verb::Value
                    && matches!(clause.operand("is"), Some(Source::Text(it)) if it == word)
            }
            _ => false,
        };
        class.models.last()?.functions.iter().find(|(_, it)| is(it)).map(|(name, _)| name.clone())
    }
}

/// A keyword argument of the call that makes the object.
fn keyword(desk: &Desk<'_>, made: Span, attribute: &str, to: &To) -> Option<Draft> {
    let unit = desk.units.get(made.file)?;
    let expr = expr_at(&unit, made)?;
    let ExprKind::Method(call) = &expr.kind else { return None };
    let versions = desk.versions(made.file);
    let name = desk.models.keyword(&call.method.name, in_models(attribute), &versions)?;
    if call.args.iter().any(|it| it.name.as_ref().is_some_and(|it| it.name == *name)) {
        return None;
    }
    let text = desk.text(made.file);
    let old = if matches!(to, To::Text(it) if it == "lax") { "L" } else { "" };
    let argument = format!("{name}={}", spell(FileKind::Python, to, old)?);
    let (at, new) = match call.args.last() {
        Some(last) => {
            let start = last.name.as_ref().map_or(last.value.span.start, |it| it.span.start) as usize;
            let own_line = begins_line(text, start);
            let space =
                if own_line { format!("{}{}", line_break(text), indent(text, start)) } else { " ".into() };
            (last.value.span.end, format!(",{space}{argument}"))
        }
        None => (made.end.checked_sub(1)?, argument.clone()),
    };
    Some(Draft::new(
        format!("pass `{argument}`"),
        vec![Edit { span: Span { start: at, end: at, ..made }, text: new }],
    ))
}
