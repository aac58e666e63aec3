//! The outline of a file: its text with the bodies of functions blanked that nobody may ever ask for. Parsing is what a run
//! spends its time with, and most of a file is bodies.

use std::ops::Range;

use super::guard;
use super::scan::{Token, tokens};

/// Bodies up to this length, in bytes, are read with their file.
const SHORT: usize = 240;
/// Deeper bodies are read with their file, where the stack is empty.
const SHALLOW: usize = 200;

/// A text in which some bodies are blank between their braces.
pub(super) struct Outline {
    pub(super) text: String,
    /// The bodies with their braces, in order.
    pub(super) left_out: Vec<Range<usize>>,
}

/// Blanks the bodies for which `may_wait` says yes.
pub(super) fn outline(text: &str, may_wait: &dyn Fn(&str) -> bool) -> Option<Outline> {
    let left_out: Vec<Range<usize>> = bodies(text)
        .into_iter()
        .filter(|it| {
            it.len() > SHORT && may_wait(&text[it.clone()]) && guard::depth(&text[it.clone()]) <= SHALLOW
        })
        .collect();
    if left_out.is_empty() {
        return None;
    }
    let mut bytes = text.as_bytes().to_vec();
    for body in &left_out {
        for byte in &mut bytes[body.start + 1..body.end - 1] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    Some(Outline { text: String::from_utf8(bytes).ok()?, left_out })
}

/// The outermost bodies of functions outside of macros, each with its braces.
fn bodies(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    // Depth at which a function's head stands whose body has not begun.
    let mut head: Option<usize> = None;
    // Where the body that is open began, and at which depth.
    let mut open: Option<(usize, usize)> = None;
    // Depth at which the macro that is open began.
    let mut opaque: Option<usize> = None;
    let mut before = [Token::Other; 3];
    for (at, token) in tokens(text) {
        match token {
            Token::Open => {
                if open.is_none() && opaque.is_none() {
                    if guard::opens_macro(&before) {
                        opaque = Some(depth);
                    } else if head == Some(depth) && text.as_bytes()[at] == b'{' {
                        open = Some((at, depth));
                        head = None;
                    }
                }
                depth += 1;
            }
            Token::Close => {
                depth = depth.saturating_sub(1);
                if opaque == Some(depth) {
                    opaque = None;
                }
                if let Some((start, level)) = open
                    && level == depth
                {
                    found.push(start..at + 1);
                    open = None;
                }
            }
            Token::Punct(b';') if head == Some(depth) => head = None,
            Token::Word(_) if open.is_none() && before[2] == Token::Word("fn") => head = Some(depth),
            _ => {}
        }
        before = [before[1], before[2], token];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_of_functions_and_of_nothing_else() {
        let text = "fn a<T>(x: fn(u8) -> u8) -> [u8; { 3 }] where T: B { one { } }\n\
            trait T { fn b(&self); fn c() { two } }\n\
            macro_rules! m { () => { fn d() { three } } }\n\
            lazy! { fn e() { four } }\n\
            const F: u8 = { five };\n\
            impl A { async fn g(&self) { \"}\"; six } }";
        let found: Vec<&str> = bodies(text).into_iter().map(|it| &text[it]).collect();
        assert_eq!(found, ["{ one { } }", "{ two }", "{ \"}\"; six }"]);
    }

    #[test]
    fn a_blank_body_keeps_its_lines_and_length() {
        let long = "let it = 1;\n".repeat(40);
        let text = format!("fn a() {{{long}}}\nfn b() {{ cookie{long}}}\nfn é() {{ \"é\"; }}");
        let outline = outline(&text, &|body| !body.contains("cookie")).unwrap();
        assert_eq!(outline.left_out.len(), 1);
        assert_eq!(outline.text.len(), text.len());
        assert_eq!(outline.text.matches('\n').count(), text.matches('\n').count());
        assert!(outline.text.contains("cookie") && outline.text.starts_with("fn a() { "));
    }

    #[test]
    fn unfinished_text_has_no_bodies() {
        for text in ["fn", "fn a", "fn a()", "fn a() {", "}", "fn a() }", "fn a() { fn b() {}"] {
            assert!(bodies(text).is_empty(), "{text}");
        }
    }
}
