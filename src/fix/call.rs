//! A call on the session: written before, behind or instead of the statement of an event.

use super::language::{begins_line, indent, line_break, line_end};
use super::way::{Node, expr_at, way};
use super::{Desk, Draft};
use crate::facts::{Event, EventKind, Fact};
use crate::finding::{Edit, Finding};
use crate::ir::{Expr, ExprKind, Item, ItemKind, StmtKind};
use crate::rule::Place;
use crate::source::Span;
use crate::workspace::FileKind;

/// How a session says what a page asks for; see `vocabulary::TRAITS`.
const MARKS: [(&str, &str, &str); 3] = [
    ("rotate", "rotates-by", "rotates-by-awaited"),
    ("destroy", "ends-by", "ends-by-awaited"),
    ("mark", "marks-by", "marks-by"),
];

pub(super) fn write(
    desk: &Desk<'_>,
    fact: &Fact,
    finding: &Finding,
    word: &str,
    place: Place,
) -> Option<Draft> {
    let event = event(fact, finding)?;
    let file = event.span.file;
    let versions = desk.versions(file);
    let unit = desk.units.get(file)?;
    let ways = way(&unit, event.span);
    let (_, mark, awaited) = MARKS.into_iter().find(|(it, ..)| *it == word)?;
    // where the language awaits before the call, an asynchronous function has calls of its own
    let mark = if runs_async(&ways) && desk.kind(file) == Some(FileKind::Python) { awaited } else { mark };
    let template = desk.models.types(&event.target, &versions).mark(mark)?.clone();
    if place == Place::Instead && (comes_back(fact, event) || is_repeated(&ways)) {
        return None;
    }
    let text = desk.text(file);
    let slice = |span: Span| text.get(span.start as usize..span.end as usize);

    let expr = expr_at(&unit, event.span)?;
    let session = slice(session_of(expr)?.span)?;
    // what was taken out of the session earlier does not lead back to it
    let taken = || {
        let of_the_session =
            |span: Span| fact.events.iter().any(|it| it.span == span && it.target == event.target);
        let mut here = finding.evidence.iter().filter(|it| it.span.file == file && of_the_session(it.span));
        here.find_map(|it| slice(session_of(expr_at(&unit, it.span)?)?.span))
    };
    let session =
        if place == Place::After && !session.contains('.') { taken().unwrap_or(session) } else { session };
    if session.contains(['\n', '(']) {
        return None;
    }
    let (statement, whole) = statement_of(&ways, event.span)?;
    let tail = tail(&ways, event.span, text)?;
    let call = with_tail(&template.replace("{it}", session), tail)?;
    let terminator = if desk.kind(file) == Some(FileKind::Rust) { ";" } else { "" };
    let edit = match place {
        Place::Before => {
            if !begins_line(text, statement.start as usize) {
                return None;
            }
            let space = indent(text, statement.start as usize);
            let new = format!("{call}{terminator}{}{space}", line_break(text));
            Edit { span: Span { end: statement.start, ..statement }, text: new }
        }
        Place::After => {
            let end = u32::try_from(line_end(text, statement.end as usize)).ok()?;
            let space = indent(text, statement.start as usize);
            let new = format!("{}{space}{call}{terminator}", line_break(text));
            Edit { span: Span { start: end, end, ..statement }, text: new }
        }
        // a value that somebody uses cannot go
        Place::Instead if whole => Edit { span: statement, text: format!("{call}{terminator}") },
        Place::Instead => return None,
    };
    Some(Draft::new(format!("call `{call}`"), vec![edit]))
}

/// The event at the finding's place. What happens in a helper is mended in the helper.
fn event<'f>(fact: &'f Fact, finding: &Finding) -> Option<&'f Event> {
    let here = |it: &&Event| it.span == finding.span || it.via.first() == Some(&finding.span);
    let itself = |it: &&Event| it.span == finding.span;
    let last = fact.events.iter().find(|it| itself(it) && it.via.is_empty());
    last.or_else(|| {
        let known = |it: &&Event| finding.evidence.iter().any(|note| note.span == it.span);
        let through = fact.events.iter().filter(here).find(known);
        through.or_else(|| fact.events.iter().find(itself))
    })
}

/// The payload is used again further down, and would not be there any more.
fn comes_back(fact: &Fact, event: &Event) -> bool {
    let later = fact.events.iter().skip_while(|it| it.span != event.span).skip(1);
    later.filter(|it| it.target == event.target && it.span != event.span).any(|it| {
        matches!(it.kind, EventKind::RemovePayload | EventKind::ReadPayload | EventKind::WritePayload)
    })
}

/// What is done once must not be done for every element.
fn is_repeated(way: &[Node<'_>]) -> bool {
    way.iter().any(|it| match it {
        Node::Expr(it) | Node::Value(it) => matches!(it.kind, ExprKind::Loop(_)),
        Node::Statement(_) => false,
    })
}

/// Whether the innermost function around a place is asynchronous.
fn runs_async(way: &[Node<'_>]) -> bool {
    let innermost = way.iter().rev().find_map(|it| match it {
        Node::Statement(stmt) => match &stmt.kind {
            StmtKind::Item(Item { kind: ItemKind::Function(it), .. }) => Some(it.is_async),
            _ => None,
        },
        Node::Expr(_) | Node::Value(_) => None,
    });
    innermost == Some(true)
}

/// The session in what is done to it: `session` of `session.insert(..)`, `request.session` of `request.session["a"] = 1`.
fn session_of(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::Method(it) => session_of(&it.receiver).or(Some(&it.receiver)),
        ExprKind::Index(of, _) => session_of(of).or(Some(of)),
        ExprKind::Assign { target, .. } => session_of(target),
        ExprKind::Delete(all) => all.first().and_then(|it| session_of(it)),
        ExprKind::Await(it) | ExprKind::Try(it) => session_of(it),
        _ => None,
    }
}

/// The bytes of the innermost statement around a span, and whether that does nothing else. `None` inside of an expression
/// that runs elsewhere or only sometimes.
fn statement_of(way: &[Node<'_>], span: Span) -> Option<(Span, bool)> {
    let at = way.iter().rposition(|it| !matches!(it, Node::Expr(_)))?;
    for node in &way[at..] {
        let (Node::Expr(expr) | Node::Value(expr)) = node else { continue };
        if matches!(
            expr.kind,
            ExprKind::Match(_)
                | ExprKind::Closure(_)
                | ExprKind::Comprehension(_)
                | ExprKind::If(_)
                | ExprKind::Loop(_)
        ) {
            return None;
        }
    }
    match way[at] {
        Node::Statement(stmt) => {
            let whole = matches!(&stmt.kind, StmtKind::Expr(expr) if stripped(expr).span == span);
            Some((stmt.span, whole))
        }
        Node::Value(expr) => Some((expr.span, stripped(expr).span == span)),
        Node::Expr(_) => None,
    }
}

/// Without what is done with the result.
fn stripped(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Await(it) | ExprKind::Try(it) => stripped(it),
        ExprKind::Delete(all) if all.len() == 1 => &all[0],
        ExprKind::Method(it) if matches!(it.receiver.kind, ExprKind::Await(_)) => stripped(&it.receiver),
        _ => expr,
    }
}

/// What stands behind the event's expression: `.await.map_err(failed)?`.
fn tail<'t>(way: &[Node<'_>], span: Span, text: &'t str) -> Option<&'t str> {
    let widest = way.iter().filter_map(|it| match it {
        Node::Expr(it) | Node::Value(it) if it.span.start == span.start => Some(it.span.end),
        _ => None,
    });
    text.get(span.end as usize..widest.max().unwrap_or(span.end) as usize)
}

/// A call that may fail fails as its neighbour does; `None` when the neighbour's failure is not the function's.
fn with_tail(call: &str, tail: &str) -> Option<String> {
    let Some(head) = call.strip_suffix('?') else { return Some(call.to_owned()) };
    let fails = tail.ends_with('?') || tail.ends_with(".unwrap()") || tail.ends_with("\")");
    let head = head.strip_suffix(".await").unwrap_or(head);
    let awaits = call.ends_with(".await?") == tail.trim_start().starts_with(".await");
    (fails && awaits).then(|| format!("{head}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_fails_as_its_neighbour_does() {
        assert_eq!(with_tail("s.renew()", "?").as_deref(), Some("s.renew()"));
        assert_eq!(
            with_tail("s.cycle().await?", ".await.map_err(bad)?").as_deref(),
            Some("s.cycle().await.map_err(bad)?")
        );
        assert_eq!(with_tail("s.cycle().await?", ".await"), None);
        assert_eq!(with_tail("s.cycle().await?", "?"), None);
        assert_eq!(
            with_tail("s.cycle()?", ".expect(\"a store\")").as_deref(),
            Some("s.cycle().expect(\"a store\")")
        );
    }
}
