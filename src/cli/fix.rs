//! `--fix` and its kin: mends the project, or shows how.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use similar::TextDiff;

use super::args::{CheckArgs, Global};
use super::{Ending, Failure, output};
use crate::check::{Options, Report};
use crate::finding::Safety;
use crate::fix;
use crate::source::SourceText;

/// What the command line wants of fixes.
pub(super) struct Wanted {
    allowed: Safety,
    kind: Kind,
    /// Findings that were mended.
    mended: usize,
    /// Old and new texts of files by path, as they are on disk.
    texts: BTreeMap<String, (String, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Fix,
    FixOnly,
    Diff,
}

impl Wanted {
    pub(super) fn of(arguments: &CheckArgs) -> Option<Self> {
        let kind = match (arguments.diff, arguments.fix_only, arguments.fix) {
            (true, ..) => Kind::Diff,
            (_, true, _) => Kind::FixOnly,
            (_, _, true) => Kind::Fix,
            _ => return None,
        };
        let allowed = if arguments.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
        Some(Self { allowed, kind, mended: 0, texts: BTreeMap::new() })
    }

    /// The report on the mended project; nothing is written yet.
    pub(super) fn mend(&mut self, report: Report, options: &Options) -> Report {
        // the same texts, as they were
        let before = report.workspace.edited(&BTreeMap::new());
        let mended = fix::mend(report, options, self.allowed);
        self.mended = mended.made.len();
        for (file, new) in mended.texts {
            if let Some(old) = before.text(file) {
                self.texts.insert(old.path.clone(), (on_disk(old), new));
            }
        }
        mended.report
    }

    /// Prints the differences, or writes the files.
    pub(super) fn write(&self, root: &Path, global: &Global) -> Result<(), Failure> {
        if self.kind == Kind::Diff {
            output::answer(&self.differences())?;
        } else {
            for (path, (old, new)) in &self.texts {
                let file = root.join(path);
                if std::fs::read_to_string(&file).ok().as_ref() != Some(old) {
                    return Err(Failure::with_help(
                        format_args!("`{}` changed while it was checked", file.display()),
                        "nothing was written to it; run again",
                    ));
                }
                output::file(&file, new)?;
            }
        }
        if !global.quiet {
            let verb = if self.kind == Kind::Diff { "would fix" } else { "fixed" };
            let files = self.texts.len();
            output::talk(&format!("{verb} {} in {}\n", count(self.mended, "finding"), count(files, "file")));
        }
        Ok(())
    }

    /// The ending, where no report follows.
    pub(super) fn last_word(&self) -> Option<Ending> {
        match self.kind {
            Kind::Fix => None,
            Kind::FixOnly => Some(Ending::Clean),
            Kind::Diff if self.texts.is_empty() => Some(Ending::Clean),
            Kind::Diff => Some(Ending::Findings),
        }
    }

    fn differences(&self) -> String {
        let mut all = String::new();
        for (path, (old, new)) in &self.texts {
            let diff = TextDiff::from_lines(old, new);
            let (a, b) = (format!("a/{path}"), format!("b/{path}"));
            let _ = write!(all, "{}", diff.unified_diff().header(&a, &b));
        }
        all
    }
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// The text with the byte-order mark that it has in its file.
fn on_disk(source: &SourceText) -> String {
    if source.offset > 0 { format!("\u{feff}{}", source.text) } else { source.text.to_string() }
}
