//! Comments of a file, found without a syntax tree so that they work in broken files too.

use super::{FileId, Span};

/// How a language writes comments and strings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommentStyle {
    /// `//` and nested `/* */`.
    Rust,
    /// `#` outside strings, with triple-quoted strings.
    Python,
    /// `#` outside strings (TOML, YAML, `.env`).
    Hash,
    /// JSON: none.
    None,
}

/// One comment, without its marker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comment {
    /// The whole comment with its marker.
    pub span: Span,
    pub text: String,
    /// Nothing but white space stands before it on its line.
    pub own_line: bool,
}

/// All comments of `text`, in order. Text that is cut off or broken gives what can be told.
#[must_use]
pub fn comments(file: FileId, text: &str, style: CommentStyle) -> Vec<Comment> {
    let mut scanner = Scan { text, bytes: text.as_bytes(), at: 0 };
    let mut found = Vec::new();
    let mut blank = true;
    while let Some(byte) = scanner.peek(0) {
        let start = scanner.at;
        if scanner.comment(style) {
            let span = Span::new(file, start, scanner.at);
            found.push(Comment { span, text: bare(&text[start..scanner.at]).to_owned(), own_line: blank });
        } else if !scanner.string(style) {
            scanner.at += 1;
        }
        blank = match byte {
            b'\n' | b'\r' => true,
            b' ' | b'\t' => blank,
            _ => false,
        };
    }
    found
}

/// A comment without its marker and the white space around.
fn bare(comment: &str) -> &str {
    if let Some(block) = comment.strip_prefix("/*") {
        let block = block.strip_suffix("*/").unwrap_or(block);
        return block.trim_start_matches(['*', '!']).trim();
    }
    comment.trim_start_matches(['/', '#', ';']).trim_start_matches('!').trim()
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn before(&self) -> Option<u8> {
        self.at.checked_sub(1).map(|it| self.bytes[it])
    }

    fn starts(&self, with: &str) -> bool {
        self.bytes[self.at..].starts_with(with.as_bytes())
    }

    /// Goes to the next `needle`, or to the end.
    fn go_to(&mut self, needle: &[u8]) {
        let rest = &self.bytes[self.at..];
        self.at += memchr::memmem::find(rest, needle).unwrap_or(rest.len());
    }

    fn go_to_line_end(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    }

    /// Passes a comment that starts here.
    fn comment(&mut self, style: CommentStyle) -> bool {
        match (style, self.peek(0)) {
            (CommentStyle::Rust, Some(b'/')) if self.peek(1) == Some(b'/') => self.go_to_line_end(),
            (CommentStyle::Rust, Some(b'/')) if self.peek(1) == Some(b'*') => self.block(),
            (CommentStyle::Python, Some(b'#')) => self.go_to_line_end(),
            (CommentStyle::Hash, Some(b'#')) if self.may_begin_hash() => self.go_to_line_end(),
            (CommentStyle::Hash, Some(b';')) if self.begins_line() => self.go_to_line_end(),
            _ => return false,
        }
        true
    }

    /// `a#b` is one value in YAML and `.env`.
    fn may_begin_hash(&self) -> bool {
        self.before().is_none_or(|it| it.is_ascii_whitespace() || b"\"'])},".contains(&it))
    }

    fn begins_line(&self) -> bool {
        self.before().is_none_or(|it| it == b'\n' || it == b'\r')
    }

    fn block(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.bytes.len() {
            if self.starts("/*") {
                depth += 1;
                self.at += 2;
            } else if self.starts("*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return;
                }
            } else {
                let rest = &self.bytes[self.at + 1..];
                self.at += 1 + memchr::memchr2(b'/', b'*', rest).unwrap_or(rest.len());
            }
        }
    }

    /// Passes a string that starts here.
    fn string(&mut self, style: CommentStyle) -> bool {
        let Some(quote @ (b'"' | b'\'')) = self.peek(0) else { return false };
        match style {
            CommentStyle::Rust if quote == b'"' => self.rust_string(),
            CommentStyle::Rust => self.character(),
            CommentStyle::Python => self.python_string(quote),
            CommentStyle::Hash if self.may_begin_value() => self.value(quote),
            CommentStyle::Hash | CommentStyle::None => return false,
        }
        true
    }

    fn rust_string(&mut self) {
        let hashes = self.bytes[..self.at].iter().rev().take_while(|it| **it == b'#').count();
        let raw = self.at.checked_sub(hashes + 1).is_some_and(|it| self.bytes[it] == b'r');
        self.at += 1;
        if raw {
            let end = format!("\"{}", "#".repeat(hashes));
            self.go_to(end.as_bytes());
            self.at = (self.at + end.len()).min(self.bytes.len());
        } else {
            self.quoted(b'"', |_| false);
        }
    }

    /// A character, or a lifetime of which the quote alone is passed.
    fn character(&mut self) {
        let mut letters = self.text[self.at + 1..].chars();
        match letters.next() {
            Some('\\') => {
                self.at += 1;
                self.quoted(b'\'', |it| it == b'\n');
            }
            Some(letter) if letters.next() == Some('\'') => self.at += 2 + letter.len_utf8(),
            _ => self.at += 1,
        }
    }

    fn python_string(&mut self, quote: u8) {
        let triple = self.peek(1) == Some(quote) && self.peek(2) == Some(quote);
        if !triple {
            self.at += 1;
            return self.quoted(quote, |it| it == b'\n');
        }
        self.at += 3;
        self.tripled(quote, true);
    }

    /// A quote inside a word is an apostrophe.
    fn may_begin_value(&self) -> bool {
        let line = &self.bytes[..self.at];
        let before = line.iter().rev().find(|it| !matches!(it, b' ' | b'\t'));
        before.is_none_or(|it| b"\n\r=:,[{(-?.\"'".contains(it))
    }

    /// A value in quotes. One that does not end on its line goes on over indented lines only, so that a missing quote
    /// costs its own line.
    fn value(&mut self, quote: u8) {
        let triple = self.peek(1) == Some(quote) && self.peek(2) == Some(quote);
        if triple {
            self.at += 3;
            return self.tripled(quote, quote == b'"');
        }
        self.at += 1;
        let escapes = quote == b'"';
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            if byte == quote || byte == b'\n' && !matches!(self.peek(0), Some(b' ' | b'\t')) {
                break;
            }
            if byte == b'\\' && escapes {
                self.at += 1;
            }
        }
        self.at = self.at.min(self.bytes.len());
        if self.before() == Some(b'\n') {
            self.at -= 1;
        }
    }

    fn tripled(&mut self, quote: u8, escapes: bool) {
        while let Some(byte) = self.peek(0) {
            if byte == quote && self.peek(1) == Some(quote) && self.peek(2) == Some(quote) {
                self.at += 3;
                return;
            }
            self.at += if byte == b'\\' && escapes { 2 } else { 1 };
        }
        self.at = self.bytes.len();
    }

    /// Passes up to and with the closing quote; a byte that `stops` is left.
    fn quoted(&mut self, quote: u8, stops: impl Fn(u8) -> bool) {
        while let Some(byte) = self.peek(0) {
            if stops(byte) {
                return;
            }
            self.at += match (byte, self.peek(1), self.peek(2)) {
                (b'\\', Some(b'\r'), Some(b'\n')) => 3,
                (b'\\', ..) => 2,
                _ => 1,
            };
            if byte == quote {
                return;
            }
        }
        self.at = self.bytes.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, style: CommentStyle) -> Vec<(String, bool)> {
        comments(FileId(0), text, style).into_iter().map(|it| (it.text, it.own_line)).collect()
    }

    fn found(text: &str, style: CommentStyle, expected: &[(&str, bool)]) {
        let expected: Vec<_> = expected.iter().map(|(text, own)| ((*text).to_owned(), *own)).collect();
        assert_eq!(texts(text, style), expected, "{text}");
    }

    #[test]
    fn rust() {
        let style = CommentStyle::Rust;
        found("let a = \"//\"; // b\n  /// doc\n", style, &[("b", false), ("doc", true)]);
        found("r#\"\"// \"# /* a /* b */ c */ x", style, &[("a /* b */ c", false)]);
        found("fn f<'a>(x: &'a str) { '\"'; '\\''; '/'; } // 'x", style, &[("'x", false)]);
        found("b\"\\\"//\" //! é\r\n//\r\n", style, &[("é", false), ("", true)]);
        found("/* a\n*/ // b", style, &[("a", true), ("b", false)]);
        found("/* open", style, &[("open", true)]);
        found("\"open // no", style, &[]);
        found("r##\"open\"# // no", style, &[]);
        found("'", style, &[]);
        found("'\\", style, &[]);
        found("/", style, &[]);
    }

    #[test]
    fn python() {
        let style = CommentStyle::Python;
        found("a = '#' # b\n# c\n", style, &[("b", false), ("c", true)]);
        found("'''\n# no ' '' \\''''\n''' # yes", style, &[]);
        found("'''\n# no ' ''\n''' # yes", style, &[("yes", false)]);
        found("x = 'open # no\n# yes", style, &[("yes", true)]);
        found("x = 'a\\\n# no' # yes", style, &[("yes", false)]);
        found("x = 'a\\\r\n# no' # yes", style, &[("yes", false)]);
        found("\"\"\"open # no", style, &[]);
    }

    #[test]
    fn settings() {
        let style = CommentStyle::Hash;
        found("a = \"# no\" # yes\n", style, &[("yes", false)]);
        found("a: don't # yes\nb: it's # too", style, &[("yes", false), ("too", false)]);
        found("A=b#c\n#d\n; e", style, &[("d", true), ("e", true)]);
        found("a = '''\n# no\n''' # yes", style, &[("yes", false)]);
        found("a: \"b\n  # no\n  c\" # yes", style, &[("yes", false)]);
        found("A=\"open\n# yes\nB=1 # too", style, &[("yes", true), ("too", false)]);
        found("a = ['x#', \"y\"]# yes", style, &[("yes", false)]);
        found("a = 'b\\' # yes", style, &[("yes", false)]);
        found("// no", CommentStyle::None, &[]);
    }

    #[test]
    fn spans_hold_the_marker() {
        let text = "é = 1  # sessionlint: ignore[a] b\n";
        let all = comments(FileId(3), text, CommentStyle::Python);
        let span = all[0].span;
        assert_eq!(
            (span.file, &text[span.start as usize..span.end as usize]),
            (FileId(3), "# sessionlint: ignore[a] b")
        );
    }

    #[test]
    fn long_input_takes_linear_time() {
        for piece in ["/*", "/**/", " ", "'", "\"", "#\"", "r#", "'''", "\\", "\"\"\""] {
            let text = piece.repeat(200_000);
            for style in [CommentStyle::Rust, CommentStyle::Python, CommentStyle::Hash] {
                assert!(comments(FileId(0), &text, style).len() <= 200_000);
            }
        }
    }
}
