//! Settings files that run in the namespace of another one.

use crate::ir::Span;
use crate::source::FileId;
use crate::workspace::FileKind;

use super::super::value::{Val, View};
use super::super::words::{Role, module_role, production_rank};
use super::Evaluator;
use super::call::Args;

impl Evaluator<'_> {
    /// `include("base.py", optional("local.py"))`: each pattern is relative to the including file.
    pub(super) fn include(&mut self, args: &Args, span: Option<Span>) {
        let here = self.file();
        let Some(entry) = self.workspace.files.get(here.0 as usize) else { return };
        let folder = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        for arg in &args.positional {
            // Only some configurations have it.
            if matches!(arg, Val::OneOf(_)) {
                continue;
            }
            let pattern = pattern(arg);
            let files = pattern.as_ref().map(|it| self.matching(&folder, &it.text)).unwrap_or_default();
            let files = match pattern {
                // The environment chooses one of several: production's.
                Some(pattern) if pattern.chosen && files.len() > 1 => production(files, |it| self.path(it)),
                _ => files,
            };
            if files.is_empty()
                && let Some(span) = span
            {
                self.opened(span, "an included file that the project does not have", false);
            }
            for file in files.into_iter().filter(|it| *it != here) {
                self.run_here(file);
            }
        }
    }

    fn path(&self, file: FileId) -> String {
        self.workspace.files.get(file.0 as usize).map(|it| it.path.clone()).unwrap_or_default()
    }

    fn matching(&self, folder: &str, pattern: &str) -> Vec<FileId> {
        if pattern.starts_with('/') {
            return Vec::new();
        }
        let joined = format!("{}/{}", globset::escape(folder), pattern);
        let joined = normal(&joined);
        let Ok(glob) = globset::GlobBuilder::new(&joined).literal_separator(true).build() else {
            return Vec::new();
        };
        let glob = glob.compile_matcher();
        let python = self.workspace.files.iter().filter(|it| it.kind == FileKind::Python);
        python.filter(|it| glob.is_match(&it.path)).map(|it| it.id).collect()
    }
}

struct Pattern {
    text: String,
    /// A part of it is decided at start.
    chosen: bool,
}

fn pattern(arg: &Val) -> Option<Pattern> {
    match arg.seen_as(View::Release) {
        Val::Text(text) => Some(Pattern { text: text.to_string(), chosen: false }),
        Val::Env(env) => {
            let text = env.fallback.as_ref()?.as_text()?.to_owned();
            let (folder, _) = text.rsplit_once('/').unwrap_or(("", &text));
            let text = if folder.is_empty() { "*.py".into() } else { format!("{folder}/*.py") };
            Some(Pattern { text, chosen: true })
        }
        _ => None,
    }
}

fn production(files: Vec<FileId>, path: impl Fn(FileId) -> String) -> Vec<FileId> {
    let stem = |file: FileId| {
        let path = path(file);
        path.rsplit('/').next().unwrap_or_default().trim_end_matches(".py").to_owned()
    };
    let of_production = |file: &FileId| module_role(&stem(*file)) == Some(Role::Production);
    let best = files.into_iter().filter(of_production).min_by_key(|it| production_rank(&stem(*it)));
    best.into_iter().collect()
}

/// A path without `.` and `..`.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
