//! `audit`: the report for auditors.

use super::args::{AuditArgs, AuditFormat, Global};
use super::progress::Progress;
use super::project::Project;
use super::{Ending, Failure, output};
use crate::check::{self, Options};
use crate::finding::Persona;
use crate::report;

pub(super) fn run(arguments: &AuditArgs, global: &Global) -> Result<Ending, Failure> {
    let project = Project::open(&arguments.project, global)?;
    // an auditor sees everything; what the configuration hides is a decision about CI, not about the report
    let options = Options {
        persona: Persona::Auditor,
        min_severity: None,
        min_confidence: None,
        ..project.options(Options::default())
    };
    let progress = Progress::start(global.quiet);
    let report = check::run(project.workspace(), &options);
    drop(progress);
    let name = arguments.title.clone().unwrap_or_else(|| name(&project));
    let text = match arguments.format {
        AuditFormat::Html => report::audit_html(&report, &name),
        AuditFormat::Markdown => report::audit_markdown(&report, &name),
        AuditFormat::Json => report::audit_json(&report, &name),
    };
    match &arguments.out {
        Some(file) => {
            output::file(file, &text)?;
            if !global.quiet {
                output::talk(&format!("wrote `{}`\n{}\n", file.display(), report::summary(&report)));
            }
        }
        None => output::answer(&text)?,
    }
    Ok(if report.workspace.files.is_empty() { Ending::NothingToCheck } else { Ending::Clean })
}

/// Name of the checked folder.
fn name(project: &Project<'_>) -> String {
    let root = project.root.canonicalize().ok();
    let name = root.as_deref().and_then(std::path::Path::file_name);
    name.map_or_else(|| "project".into(), |it| it.to_string_lossy().into_owned())
}
