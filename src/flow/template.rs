//! Texts with places for values: `"%s_id" % name`, `"{}_id".format(name)`.

use smol_str::SmolStr;

use super::call::Args;
use super::machine::Machine;
use super::value::{Kind, Piece, Val};
use crate::ir::Span;
use crate::model::Labels;

impl Machine<'_> {
    /// `text % value`.
    pub(super) fn percent(&self, text: &str, value: &Val, span: Span) -> Val {
        let given = self.known_items(value).unwrap_or_else(|| vec![value.clone()]);
        let mut given = given.into_iter();
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('%') {
            pieces.push(Piece::Text(before.into()));
            if let Some(after) = after.strip_prefix('%') {
                pieces.push(Piece::Text("%".into()));
                rest = after;
                continue;
            }
            let end = after.find(|it: char| it.is_ascii_alphabetic()).map_or(after.len(), |at| at + 1);
            let named = after.starts_with('(');
            let end =
                if named { after.find(')').map_or(after.len(), |at| (at + 2).min(after.len())) } else { end };
            let item = if named { None } else { given.next() };
            pieces.push(Piece::Hole(item.unwrap_or_else(|| self.part_of(value))));
            rest = after.get(end..).unwrap_or("");
        }
        pieces.push(Piece::Text(rest.into()));
        self.filled(pieces, span)
    }

    /// `text.format(..)`.
    pub(super) fn braces(&self, text: &str, args: &Args, span: Span) -> Val {
        let mut next = 0;
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(at);
            pieces.push(Piece::Text(before.into()));
            let doubled = after.starts_with("{{") || after.starts_with("}}");
            let end = after.find('}').filter(|_| !doubled && after.starts_with('{'));
            let Some(end) = end else {
                pieces.push(Piece::Text(after[..1].into()));
                rest = &after[if doubled { 2 } else { 1 }..];
                continue;
            };
            let field = after[1..end].split([':', '!']).next().unwrap_or("");
            let value = if field.is_empty() {
                next += 1;
                args.positional.get(next - 1)
            } else if let Ok(at) = field.parse::<usize>() {
                args.positional.get(at)
            } else {
                args.named.iter().find(|(name, _)| name == field).map(|(_, value)| value)
            };
            let value =
                value.cloned().unwrap_or_else(|| Val::unknown("part of a text").labelled(args.labels()));
            pieces.push(Piece::Hole(value));
            rest = &after[end + 1..];
        }
        pieces.push(Piece::Text(rest.into()));
        self.filled(pieces, span)
    }

    fn part_of(&self, value: &Val) -> Val {
        Val::unknown("part of a text").labelled(self.labels_of(value))
    }

    /// One text of these pieces, those that are known written out.
    fn filled(&self, pieces: Vec<Piece>, span: Span) -> Val {
        let mut out: Vec<Piece> = Vec::new();
        let mut labels = Labels::NONE;
        let mut names = Vec::new();
        for piece in pieces {
            let text = match &piece {
                Piece::Text(text) => Some(text.to_string()),
                Piece::Hole(value) => {
                    labels = labels.with(value.labels());
                    names.extend(value.names().iter().cloned());
                    self.rendered(value)
                }
            };
            match (text, out.last_mut()) {
                (Some(text), Some(Piece::Text(last))) if last.len() + text.len() <= super::operator::TEXT => {
                    *last = format!("{last}{text}").into();
                }
                (Some(text), _) => out.push(Piece::Text(text.into())),
                (None, _) => out.push(piece),
            }
        }
        out.retain(|it| !matches!(it, Piece::Text(text) if text.is_empty()));
        names.truncate(8);
        let kind = match out.as_slice() {
            [] => Kind::Text(SmolStr::default()),
            [Piece::Text(text)] => Kind::Text(text.clone()),
            _ if out.len() > super::expr::PIECES => Kind::Unknown("a long text"),
            _ => Kind::Pieces(out.into()),
        };
        Val::at(kind, span).labelled(labels).with_info(|info| info.names = names)
    }
}
