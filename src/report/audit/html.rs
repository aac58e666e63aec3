//! The report as one HTML file: no script, nothing fetched.

use minijinja::value::Serde;
use minijinja::{AutoEscape, Value, context};

use super::{audit, template};
use crate::check::Report;

const STYLE: &str = include_str!("audit.css");
const PAGE: &str = include_str!("audit.html");

/// The report as one self-contained page.
#[must_use]
pub fn audit_html(report: &Report, project: &str) -> String {
    let mut environment = template::environment(AutoEscape::Html);
    environment.add_filter("code", code);
    environment.add_filter("path", path);
    let audit = Value::from(Serde(audit(report, project)));
    template::filled(&environment, PAGE, context! { style => STYLE, it => audit })
}

/// Text in which names stand between back-quotes, as HTML.
fn code(text: &str) -> Value {
    let mut html = String::new();
    let mut rest = text;
    while let Some((before, (inside, after))) =
        rest.split_once('`').and_then(|(before, rest)| Some((before, rest.split_once('`')?)))
    {
        html.push_str(&escaped(before));
        html.push_str("<code>");
        html.push_str(&escaped(inside));
        html.push_str("</code>");
        rest = after;
    }
    html.push_str(&escaped(rest));
    Value::from_safe_string(html)
}

/// A path that may break behind its slashes.
fn path(text: &str) -> Value {
    Value::from_safe_string(escaped(text).replace('/', "/<wbr>"))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn names_become_code_and_nothing_becomes_markup() {
        assert_eq!(code("cookie `a<b>` & more").to_string(), "cookie <code>a&lt;b&gt;</code> &amp; more");
        assert_eq!(code("one ` alone").to_string(), "one ` alone");
    }
}
