//! The few lexical facts that must be known before, and without, a parser: brackets, words and operators outside
//! comments and literals. One pass, no recursion, never fails.

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Token<'a> {
    Open,
    Close,
    Word(&'a str),
    Punct(u8),
    /// A string, character, number or lifetime.
    Other,
}

/// The significant tokens of `text`, each with its first byte.
pub(super) fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0 }
}

pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (usize, Token<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        loop {
            let start = self.at;
            let first = *bytes.get(start)?;
            let second = bytes.get(start + 1).copied();
            let token = match first {
                _ if first.is_ascii_whitespace() => {
                    self.at += 1;
                    continue;
                }
                b'/' if second == Some(b'/') => {
                    self.at =
                        memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |length| start + length);
                    continue;
                }
                b'/' if second == Some(b'*') => {
                    self.at = block_comment_end(bytes, start);
                    continue;
                }
                b'(' | b'[' | b'{' => self.take(1, Token::Open),
                b')' | b']' | b'}' => self.take(1, Token::Close),
                b'"' => {
                    self.at = string_end(bytes, start + 1, b'"');
                    Token::Other
                }
                b'\'' => {
                    self.at = quote_end(self.text, start);
                    Token::Other
                }
                _ if first.is_ascii_digit() => {
                    self.at = word_end(bytes, start);
                    Token::Other
                }
                _ if is_word(first) => {
                    let end = word_end(bytes, start);
                    self.literal_after(start, end)
                }
                _ => self.take(1, Token::Punct(first)),
            };
            return Some((start, token));
        }
    }
}

impl<'a> Tokens<'a> {
    fn take(&mut self, length: usize, token: Token<'a>) -> Token<'a> {
        self.at += length;
        token
    }

    /// A word, unless it is the prefix of a literal such as `b"..."`, `r#"..."#` or `b'x'`.
    fn literal_after(&mut self, start: usize, end: usize) -> Token<'a> {
        let bytes = self.text.as_bytes();
        let word = &self.text[start..end];
        let hashes = bytes[end..].iter().take_while(|byte| **byte == b'#').count();
        let quoted = bytes.get(end + hashes) == Some(&b'"');
        let raw = matches!(word, "r" | "br" | "cr");
        self.at = end;
        if raw && quoted {
            self.at = raw_string_end(bytes, end + hashes + 1, hashes);
            return Token::Other;
        }
        if raw && hashes == 1 {
            let name = word_end(bytes, end + 1);
            self.at = name;
            return Token::Word(&self.text[end + 1..name]);
        }
        match bytes.get(end) {
            Some(b'"') if matches!(word, "b" | "c") => {
                self.at = string_end(bytes, end + 1, b'"');
                Token::Other
            }
            Some(b'\'') if word == "b" => {
                self.at = quote_end(self.text, end);
                Token::Other
            }
            _ => Token::Word(word),
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn word_end(bytes: &[u8], start: usize) -> usize {
    bytes[start..].iter().position(|byte| !is_word(*byte)).map_or(bytes.len(), |length| start + length)
}

fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            (b'*', Some(b'/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

fn string_end(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            _ if *byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn raw_string_end(bytes: &[u8], mut at: usize, hashes: usize) -> usize {
    while let Some(length) = memchr::memchr(b'"', &bytes[at.min(bytes.len())..]) {
        at += length + 1;
        if bytes[at..].iter().take(hashes).filter(|byte| **byte == b'#').count() == hashes {
            return at + hashes;
        }
    }
    bytes.len()
}

/// The end of the character literal or lifetime that begins at `start`.
fn quote_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let inner = start + 1;
    if bytes.get(inner) == Some(&b'\\') {
        return string_end(bytes, inner, b'\'').min(text.len());
    }
    let width = text.get(inner..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
    if bytes.get(inner + width) == Some(&b'\'') {
        return inner + width + 1;
    }
    if bytes.get(inner).is_some_and(|byte| is_word(*byte)) { word_end(bytes, inner) } else { inner }
}

#[cfg(test)]
mod tests {
    use super::{Token, tokens};

    fn shape(text: &str) -> String {
        tokens(text)
            .map(|(_, token)| match token {
                Token::Open => "(".to_owned(),
                Token::Close => ")".to_owned(),
                Token::Word(word) => format!("<{word}>"),
                Token::Punct(byte) => char::from(byte).to_string(),
                Token::Other => "_".to_owned(),
            })
            .collect()
    }

    #[test]
    fn literals_and_comments_hide_brackets() {
        assert_eq!(shape(r##"a("(", '(', b'{', r#"("["#, br"[") // ("##), "<a>(_,_,_,_,_)");
        assert_eq!(shape("/* ( /* { */ [ */ b\"\\\"(\" 'a' 'life x"), "__ _<x>".replace(' ', ""));
        assert_eq!(shape("r#match('\\'', '\\u{41}', 'é')"), "<match>(_,_,_)");
    }

    #[test]
    fn unfinished_text_ends() {
        for text in ["\"abc", "'", "'\\", "r#\"abc", "/* abc", "b'", "r#", "\"\\", "r###", "é'"] {
            assert!(tokens(text).count() <= 4, "{text}");
        }
    }
}
