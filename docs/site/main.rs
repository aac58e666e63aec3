//! Makes the documentation site out of `rules/`, `models/` and the guides: `cargo run --example site -- FOLDER`.

mod frameworks;
mod markdown;
mod rules;

use std::error::Error;
use std::path::{Path, PathBuf};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;

const FRAME: &str = include_str!("frame.html");
const STYLE: &str = concat!(include_str!("../../src/report/audit/audit.css"), include_str!("site.css"));

/// Pages that are written by hand and lie elsewhere than in `docs/`: file, title, address.
const GUIDES: [(&str, &str, &str); 4] = [
    ("README.md", "Guide", "guide.html"),
    ("models/README.md", "Models", "models.html"),
    ("CONTRIBUTING.md", "Contributing", "contributing.html"),
    ("ARCHITECTURE.md", "Architecture", "architecture.html"),
];

/// A page that is written by hand.
#[derive(Serialize)]
struct Guide {
    file: String,
    title: String,
    address: String,
}

/// Those of `GUIDES` and every Markdown file of `docs/`, whose title is its first heading.
fn guides(root: &Path) -> Result<Vec<Guide>, Box<dyn Error>> {
    let fixed = GUIDES.iter().map(|(file, title, address)| Guide {
        file: (*file).into(),
        title: (*title).into(),
        address: (*address).into(),
    });
    let mut all: Vec<_> = fixed.collect();
    let mut files: Vec<_> = std::fs::read_dir(root.join("docs"))?.collect::<Result<_, _>>()?;
    files.sort_by_key(std::fs::DirEntry::file_name);
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".md") else { continue };
        let text = std::fs::read_to_string(file.path())?;
        let title = text.lines().find_map(|it| it.strip_prefix("# ")).unwrap_or(stem).to_owned();
        all.push(Guide { address: format!("{stem}.html"), file: format!("docs/{name}"), title });
    }
    Ok(all)
}

/// The site that is being made.
pub struct Site {
    environment: Environment<'static>,
    guides: Vec<Guide>,
    out: PathBuf,
    pages: usize,
}

impl Site {
    /// Fills a template and puts it into the frame. `address` is relative to the site's root.
    ///
    /// # Errors
    /// A fault in a template, or a file that cannot be written.
    pub fn page(
        &mut self,
        address: &str,
        title: &str,
        template: &'static str,
        data: impl Serialize,
    ) -> Result<(), Box<dyn Error>> {
        let root = "../".repeat(address.matches('/').count());
        let body = self
            .environment
            .render_str(template, context! { it => Value::from(Serde(data)), root => &root })?;
        let section = address.split('/').next();
        let frame = context! { title, section, root, guides => Value::from(Serde(&self.guides)), body => Value::from_safe_string(body), style => STYLE };
        self.write(address, &self.environment.render_str(FRAME, frame)?)?;
        self.pages += 1;
        Ok(())
    }

    fn write(&self, address: &str, text: &str) -> std::io::Result<()> {
        let file = self.out.join(address);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(file, text)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::args_os().nth(1).ok_or("say into which folder")?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_filter("inline", |text: &str| Value::from_safe_string(markdown::inline(text)));
    let mut site = Site { environment, guides: guides(root)?, out: out.into(), pages: 0 };
    for it in guides(root)? {
        let text = std::fs::read_to_string(root.join(&it.file))?;
        let html = markdown::page(&text, |link| moved(link, &it.file, &site.guides));
        site.page(&it.address, &it.title, "{{ it|safe }}", html)?;
    }
    rules::pages(&mut site)?;
    frameworks::pages(&mut site)?;
    site.page("index.html", "sessionlint", include_str!("index.html"), rules::overview())?;
    for schema in ["config", "report", "rule", "model"] {
        let name = format!("schemas/{schema}.schema.json");
        site.write(&name, &std::fs::read_to_string(root.join(&name))?)?;
    }
    println!("{} pages", site.pages);
    Ok(())
}

/// Where a link of a guide leads on the site; what has no page there is looked up in the repository, if it is known where
/// that is published.
fn moved(link: &str, from: &str, guides: &[Guide]) -> Option<String> {
    if link.contains("://") || link.starts_with('#') {
        return Some(link.to_owned());
    }
    let (path, anchor) =
        link.split_once('#').map_or((link, String::new()), |(path, it)| (path, format!("#{it}")));
    let folder = from.rsplit_once('/').map_or("", |it| it.0);
    let mut parts: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let file = parts.join("/");
    if let Some(guide) = guides.iter().find(|it| it.file == file) {
        return Some(guide.address.clone());
    }
    if let Some(rule) = file.strip_prefix("rules/").and_then(|it| it.strip_suffix(".md")) {
        return Some(format!("rules/{rule}.html"));
    }
    // a runner of GitHub tells all three
    let told = |name| std::env::var(name).ok().filter(|it| !it.is_empty());
    let (server, repository, commit) =
        (told("GITHUB_SERVER_URL")?, told("GITHUB_REPOSITORY")?, told("GITHUB_SHA")?);
    Some(format!("{server}/{repository}/blob/{commit}/{file}{anchor}"))
}
