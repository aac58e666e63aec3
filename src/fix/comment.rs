//! Comments that silence nothing.

use super::language::{begins_line, line_end, line_start};
use super::{Desk, Draft};
use crate::finding::{Edit, Finding};
use crate::source::Span;

/// Takes the name at the finding's place out of its comment; the whole comment when it was the only one.
pub(super) fn withdraw(desk: &Desk<'_>, finding: &Finding) -> Option<Draft> {
    let span = finding.span;
    let text = desk.text(span.file);
    let (start, end) = (span.start as usize, span.end as usize);
    let open = text.get(..start)?.rfind('[')?;
    let close = end + text.get(end..)?.find(']')?;
    let name = text.get(start..end)?;
    let title = format!("take `{name}` out of the comment");
    let edit = |from: usize, to: usize| {
        Some(Draft::new(
            title.clone(),
            vec![Edit { span: Span::new(span.file, from, to), text: String::new() }],
        ))
    };
    let list = text.get(open + 1..close)?;
    if list.contains('\n') {
        return None;
    }
    if list.contains(',') {
        // with the comma behind it, or with the one before the last
        let rest = text.get(end..close)?;
        return match rest.find(',') {
            Some(comma) => {
                let after = &rest[comma + 1..];
                edit(start, end + comma + 1 + (after.len() - after.trim_start().len()))
            }
            None => edit(text.get(..start)?.rfind(',')?, end),
        };
    }
    let line = line_start(text, start);
    let comment = line + markers(text.get(line..open)?)?;
    if text.get(comment..comment + 2) == Some("/*") {
        return None;
    }
    if begins_line(text, comment) {
        let next = line_end(text, comment);
        let next = text.get(next..)?.find('\n').map_or(next, |it| next + it + 1);
        return edit(line, next);
    }
    let before = text.get(line..comment)?;
    edit(line + before.trim_end().len(), line_end(text, comment))
}

/// Writes the rule that is most like the name at the finding's place.
pub(super) fn respell(desk: &Desk<'_>, finding: &Finding) -> Option<Draft> {
    let span = finding.span;
    let name = desk.text(span.file).get(span.start as usize..span.end as usize)?;
    let rules = desk.report.rules();
    let near = rules.iter().map(|it| (strsim::damerau_levenshtein(name, &it.id), it.id.as_str()));
    // two rules that are as near as each other tell nothing
    let mut near: Vec<_> = near.filter(|(far, _)| *far <= TYPOS).collect();
    near.sort_unstable();
    let (far, rule) = *near.first()?;
    if near.get(1).is_some_and(|it| it.0 == far) {
        return None;
    }
    Some(Draft::new(format!("write `{rule}` here"), vec![Edit { span, text: rule.to_owned() }]))
}

/// More letters than that are another word.
const TYPOS: usize = 3;

/// Where the last comment of a line begins; `None` when other words stand in it.
fn markers(line: &str) -> Option<usize> {
    let at = line.rfind("sessionlint:")?;
    let before = line[..at].trim_end();
    let start = before.trim_end_matches(['/', '#', '*', '!']).len();
    (start < before.len()).then_some(start)
}
