//! Where a text writes out the values of structs and changes fields, found without a parser: of a whole package, for the
//! few structs that somebody asks about. What looks alike only makes an answer more careful.

/// Names, each with the byte at which its braces or its `=` stand.
#[derive(Default)]
pub struct Written<'t> {
    /// `Name {`, where it is a value.
    pub values: Vec<(&'t str, usize)>,
    /// `.name =`
    pub assigned: Vec<(&'t str, usize)>,
}

/// Reads a text once.
#[must_use]
pub fn written(text: &str) -> Written<'_> {
    let bytes = text.as_bytes();
    let mut found = Written::default();
    for at in memchr::memchr2_iter(b'{', b'=', bytes) {
        let before = text[..at].trim_end();
        if bytes[at] == b'{' {
            let name = last_word(before);
            if name.starts_with(|it: char| it.is_ascii_uppercase())
                && is_value(&before[..before.len() - name.len()], &text[at..])
            {
                found.values.push((name, at));
            }
        } else if !matches!(bytes.get(at + 1), Some(b'=' | b'>')) {
            let target = before.trim_end_matches(['+', '-', '*', '/', '|', '&', '^', '%']).trim_end();
            let name = last_word(target);
            if !name.is_empty() && target[..target.len() - name.len()].ends_with('.') {
                found.assigned.push((name, at));
            }
        }
    }
    found
}

fn last_word(text: &str) -> &str {
    let start = text.rfind(|it: char| !(it.is_alphanumeric() || it == '_'));
    start.map_or(text, |it| {
        let width = text[it..].chars().next().map_or(1, char::len_utf8);
        &text[it + width..]
    })
}

/// Words in front of a name with braces that is a definition, a result or a bound.
const NOT_VALUES: [&str; 9] = ["struct", "enum", "union", "trait", "impl", "for", "dyn", "mod", "type"];
/// How far the end of a pattern is looked for, in bytes.
const FAR: usize = 2_000;

/// Whether a name with braces is a value: no definition, no result of a function, no pattern.
fn is_value(before: &str, braces: &str) -> bool {
    let mut before = before.trim_end();
    while let Some(path) = before.strip_suffix("::") {
        before = path[..path.len() - last_word(path).len()].trim_end();
    }
    if before.ends_with("->") || NOT_VALUES.contains(&last_word(before)) {
        return false;
    }
    let mut depth = 0_u32;
    let end = braces.bytes().take(FAR).position(|it| {
        match it {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    let Some(end) = end else { return true };
    let rest_is_left_out = braces[..end].trim_end().ends_with("..");
    let after = braces[end + 1..].trim_start().trim_start_matches(')').trim_start();
    let is_pattern = after.starts_with("=>")
        || after.starts_with('=') && !after.starts_with("==")
        || after.starts_with(':') && !after.starts_with("::")
        || after.starts_with('|') && !after.starts_with("||");
    !rest_is_left_out && !is_pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_from_definitions_results_and_patterns() {
        let text = "struct A { a: u8 }\nimpl B { fn c() -> D { a::E { a: 1 } } }\n\
                    fn f(G { a }: G) { let H { a } = h; match i { J { .. } => K { a }, _ => L { a, ..m } } }";
        let names: Vec<_> = written(text).values.into_iter().map(|it| it.0).collect();
        assert_eq!(names, ["E", "K", "L"]);
    }

    #[test]
    fn fields_that_change_are_told_from_those_that_are_compared() {
        let text = "a.b = 1; a.c += 1; let d = a.e == 1; if a.f >= 1 {} a.g => {}";
        let names: Vec<_> = written(text).assigned.into_iter().map(|it| it.0).collect();
        assert_eq!(names, ["b", "c"]);
    }
}
