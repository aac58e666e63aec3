//! Markdown as HTML. What stands in pages is ours; raw HTML in them is shown as text all the same.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, html};
use sessionlint::check::examples::{Mark, marks};

/// A whole page, links led elsewhere; those that lead nowhere are text.
pub fn page(text: &str, moved: impl Fn(&str) -> Option<String>) -> String {
    let mut leads = true;
    let parser = Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(move |event| match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let address = moved(&dest_url);
            leads = address.is_some();
            Some(Event::Start(Tag::Link { link_type, dest_url: address?.into(), title, id }))
        }
        Event::End(TagEnd::Link) => leads.then_some(event),
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        other => Some(other),
    });
    rendered(parser)
}

/// One line, without a paragraph around it.
pub fn inline(text: &str) -> String {
    let parser = Parser::new(text)
        .filter(|it| !matches!(it, Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph)));
    rendered(parser.map(|it| match it {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    }))
}

/// Code blocks become blocks of lines, in which the marks of examples stand out.
fn rendered<'a>(events: impl Iterator<Item = Event<'a>>) -> String {
    let mut out = Vec::new();
    let mut code: Option<(CowStr<'a>, String)> = None;
    for event in events {
        match (event, &mut code) {
            (Event::Start(Tag::CodeBlock(kind)), _) => {
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info,
                    CodeBlockKind::Indented => "".into(),
                };
                code = Some((language, String::new()));
            }
            (Event::Text(text), Some((_, code))) => code.push_str(&text),
            (Event::End(TagEnd::CodeBlock), _) => {
                if let Some((language, text)) = code.take() {
                    out.push(Event::Html(block(&language, &text).into()));
                }
            }
            (other, _) => out.push(other),
        }
    }
    let mut text = String::new();
    html::push_html(&mut text, out.into_iter());
    text.replace("<table>", "<div class=\"scroll\" tabindex=\"0\"><table class=\"data\">")
        .replace("</table>", "</table></div>")
}

fn block(language: &str, text: &str) -> String {
    let marked = marks(text);
    let mut html =
        format!("<pre class=\"block\" tabindex=\"0\"><code class=\"language-{}\">", escaped(language));
    for (line, number) in text.lines().zip(1..) {
        let here: Vec<_> = marked.iter().filter(|(at, ..)| *at == number).collect();
        let (shown, is_mark) = without_mark(line);
        if is_mark && shown.trim().is_empty() {
            continue;
        }
        if here.is_empty() {
            html.push_str(&escaped(shown));
        } else {
            html.push_str("<span class=\"hit\">");
            html.push_str(&escaped(shown));
            for (_, kind, rule) in here {
                let (class, sign) = match kind {
                    Mark::Error => ("found", "✗"),
                    Mark::Missing => ("missed", "missed:"),
                    Mark::Spurious => ("missed", "wrongly:"),
                };
                let rule = escaped(rule);
                for piece in [" <span class=\"", class, "\">", sign, " ", &rule, "</span>"] {
                    html.push_str(piece);
                }
            }
            html.push_str("</span>");
        }
        html.push('\n');
    }
    html.push_str("</code></pre>\n");
    html
}

/// A line without the comment that marks it.
fn without_mark(line: &str) -> (&str, bool) {
    for word in ["error: [", "missing: [", "spurious: ["] {
        if let Some((before, _)) = line.split_once(word) {
            let before = before.trim_end();
            if let Some(code) = before.strip_suffix("//").or_else(|| before.strip_suffix('#')) {
                return (code.trim_end(), true);
            }
        }
    }
    (line, false)
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
