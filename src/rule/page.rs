//! A rule's page as Markdown: its header, its prose and the examples that test it.

use std::ops::Range;

/// A page, cut into its parts. Nothing is checked here but the outline.
#[derive(Debug)]
pub struct Page<'a> {
    /// The title: the rule's id.
    pub id: &'a str,
    /// Byte range of the TOML text of the header.
    pub header: Range<usize>,
    /// What stands between the header and the first example section.
    pub prose: &'a str,
    pub examples: Vec<Example<'a>>,
}

/// What an example proves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Section {
    /// The rule fires where a mark says so.
    Bad,
    /// Nothing fires.
    Good,
    /// Wrong today, and marked so.
    KnownLimits,
}

/// One small project.
#[derive(Debug)]
pub struct Example<'a> {
    pub section: Section,
    /// Line of its first block in the page, from 1.
    pub line: usize,
    pub files: Vec<ExampleFile<'a>>,
    /// Those that fixes change, as they are afterwards.
    pub fixed: Vec<ExampleFile<'a>>,
}

#[derive(Debug)]
pub struct ExampleFile<'a> {
    pub path: &'a str,
    pub text: &'a str,
}

impl<'a> Page<'a> {
    /// Cuts a page. `None` without a title or a header block.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut id = None;
        let mut header = None;
        let mut prose = None::<Range<usize>>;
        let mut section = None;
        let mut examples = Vec::new();
        // Path named by the paragraph right before a block.
        let mut named = None;
        // Example that further named blocks under the same heading belong to.
        let mut open: Option<Example<'a>> = None;
        for part in parts(text) {
            match part {
                Part::Heading { level: 1, title } => id = id.or(Some(title)),
                Part::Heading { level, title } => {
                    examples.extend(open.take());
                    named = None;
                    if level == 2 {
                        section = match title {
                            "Bad" => Some(Section::Bad),
                            "Good" => Some(Section::Good),
                            "Known limits" => Some(Section::KnownLimits),
                            _ => None,
                        };
                    }
                }
                Part::Line { text: line, at } => {
                    if let Some(path) = file_name(line) {
                        named = Some(path);
                    } else if !line.trim().is_empty() {
                        named = None;
                    }
                    if section.is_none() && header.is_some() {
                        prose.get_or_insert(at..at).end = at + line.len();
                    }
                }
                Part::Block { info, body, line } if header.is_none() && info == "toml rule" => {
                    let _ = line;
                    header = Some(body);
                }
                Part::Block { info, body, line } => {
                    let Some(section) = section else { continue };
                    let given = named.take();
                    if let Some(info) = info.strip_suffix(FIXED) {
                        let path = given.or_else(|| default_path(info));
                        if let Some((path, of)) = path.zip(open.as_mut().or(examples.last_mut())) {
                            of.fixed.push(ExampleFile { path, text: &text[body] });
                        }
                        continue;
                    }
                    let Some(path) = given.or_else(|| default_path(info)) else { continue };
                    let file = ExampleFile { path, text: &text[body] };
                    match &mut open {
                        Some(example)
                            if given.is_some() && !example.files.iter().any(|it| it.path == path) =>
                        {
                            example.files.push(file);
                        }
                        _ => {
                            examples.extend(open.take());
                            let example = Example { section, line, files: vec![file], fixed: Vec::new() };
                            if given.is_some() {
                                open = Some(example);
                            } else {
                                examples.push(example);
                            }
                        }
                    }
                }
            }
        }
        examples.extend(open);
        let prose = prose.map_or("", |range| text[range].trim());
        Some(Self { id: id?, header: header?, prose, examples })
    }
}

/// What the info string of a block ends with that shows what fixes make of the example before it.
const FIXED: &str = " fixed";

/// `` `src/main.rs`: ``
fn file_name(line: &str) -> Option<&str> {
    line.trim().strip_prefix('`')?.strip_suffix("`:").filter(|it| !it.contains('`'))
}

/// Where a block lies that names no file.
fn default_path(info: &str) -> Option<&'static str> {
    match info {
        "rust" => Some("src/main.rs"),
        "python" => Some("app/views.py"),
        "python settings" => Some("project/settings.py"),
        _ => None,
    }
}

enum Part<'a> {
    Heading { level: usize, title: &'a str },
    Line { text: &'a str, at: usize },
    Block { info: &'a str, body: Range<usize>, line: usize },
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut fence: Option<(&str, &str, usize, usize)> = None;
    let mut at = 0;
    for (index, raw) in text.split_inclusive('\n').enumerate() {
        let line = raw.trim_end_matches(['\n', '\r']);
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            Some((open, info, from, number)) => {
                if ticks >= open.len() && line[ticks..].trim().is_empty() {
                    parts.push(Part::Block { info, body: from..at, line: number });
                    fence = None;
                }
            }
            None if ticks >= 3 => {
                fence = Some((&line[..ticks], line[ticks..].trim(), at + raw.len(), index + 1));
            }
            None => {
                let level = line.len() - line.trim_start_matches('#').len();
                if (1..=6).contains(&level) && line[level..].starts_with(' ') {
                    parts.push(Part::Heading { level, title: line[level..].trim() });
                } else {
                    parts.push(Part::Line { text: line, at });
                }
            }
        }
        at += raw.len();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# an-id\n```toml rule\nsummary = \"x\"\n```\nWhy it is so.\n\n## Bad\n\n```rust\nfn a() {}\n```\n\n`Cargo.toml`:\n```toml\n[package]\n```\n\n`src/main.rs`:\n```rust\nfn b() {}\n```\n\n## Good\n```python settings\nDEBUG = False\n```\n";

    #[test]
    fn a_page_is_cut_into_header_prose_and_projects() {
        let page = Page::parse(PAGE).unwrap();
        assert_eq!(page.id, "an-id");
        assert_eq!(&PAGE[page.header.clone()], "summary = \"x\"\n");
        assert_eq!(page.prose, "Why it is so.");
        let paths: Vec<Vec<_>> =
            page.examples.iter().map(|it| it.files.iter().map(|file| file.path).collect()).collect();
        assert_eq!(
            paths,
            [vec!["src/main.rs"], vec!["Cargo.toml", "src/main.rs"], vec!["project/settings.py"]]
        );
        assert_eq!(page.examples[2].section, Section::Good);
        assert_eq!(page.examples[2].files[0].text, "DEBUG = False\n");
    }

    #[test]
    fn a_mended_block_belongs_to_the_example_before_it() {
        let text =
            PAGE.replace("\n## Good", "\nFixed:\n\n`src/main.rs`:\n```rust fixed\nfn c() {}\n```\n## Good");
        let page = Page::parse(&text).unwrap();
        assert_eq!(page.examples.len(), 3);
        let fixed: Vec<_> = page.examples.iter().map(|it| it.fixed.len()).collect();
        assert_eq!(fixed, [0, 1, 0]);
        assert_eq!(
            (page.examples[1].fixed[0].path, page.examples[1].fixed[0].text),
            ("src/main.rs", "fn c() {}\n")
        );
    }

    #[test]
    fn no_header_is_no_page() {
        assert!(Page::parse("# x\n\ntext\n").is_none());
    }
}
