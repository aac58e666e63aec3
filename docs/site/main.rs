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

/// Pages that are written by hand: file, title, address.
const GUIDES: [(&str, &str, &str); 4] = [
    ("README.md", "Guide", "guide.html"),
    ("models/README.md", "Models of your own", "models.html"),
    ("CONTRIBUTING.md", "Rules of your own", "contributing.html"),
    ("ARCHITECTURE.md", "Architecture", "architecture.html"),
];

/// The site that is being made.
pub struct Site {
    environment: Environment<'static>,
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
        let frame = context! { title, section, root, body => Value::from_safe_string(body), style => STYLE };
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
    let mut site = Site { environment, out: out.into(), pages: 0 };
    for (file, title, address) in GUIDES {
        let text = std::fs::read_to_string(root.join(file))?;
        let html = markdown::page(&text, |link| moved(link, file));
        site.page(address, title, "{{ it|safe }}", html)?;
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

/// Where a link of a guide leads on the site.
fn moved(link: &str, from: &str) -> String {
    if link.contains("://") || link.starts_with('#') {
        return link.to_owned();
    }
    let guide = GUIDES.iter().find(|(file, ..)| *file == link && *file != from);
    guide.map_or_else(
        || format!("https://github.com/sessionlint/sessionlint/blob/main/{link}"),
        |it| it.2.to_owned(),
    )
}
