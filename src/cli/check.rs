//! `check` and `facts`: from paths to a report, its outputs and an exit code.

use std::fmt::Write as _;
use std::time::Instant;

use super::args::{CheckArgs, FactsArgs, Global, TableFormat};
use super::progress::Progress;
use super::project::Project;
use super::{Ending, Failure, baseline, changed, config, fix, output, style, style_of_talk};
use crate::check::changed::Changed;
use crate::check::suppress::Suppressions;
use crate::check::{self, Kept, Options, Report};
use crate::finding::{Persona, Severity};
use crate::fix::Patience;
use crate::report::{self, Format, SarifOptions, Style};

/// Problems that are told one by one unless more is asked for.
const TOLD: usize = 10;

pub(super) fn run(arguments: &CheckArgs, global: &Global) -> Result<Ending, Failure> {
    let started = Instant::now();
    let project = Project::open(&arguments.project, global)?;
    let configuration = &project.configuration;
    let fail_on = arguments.fail_on.or(configuration.fail_on).unwrap_or(Severity::Medium);
    let mut options = options(arguments, &project)?;
    if !arguments.no_baseline {
        options.baseline = baseline::load(&project, arguments.baseline.as_deref(), style_of_talk(global))?;
    }
    let since = arguments.changed_since.as_deref().map(|it| changed::since(&project.root, it)).transpose()?;

    let progress = Progress::start(global.quiet);
    let workspace = project.workspace();
    let read = started.elapsed();
    options.changed = since.map(|it| {
        let before = it.before(&workspace).map(|texts| check::fingerprints(&workspace, &texts, &options));
        Changed { before, ..it.changed }
    });
    let mut wanted = fix::Wanted::of(arguments);
    let patience = patience(arguments).filter(|_| wanted.is_none());
    let mut kept = if patience.is_some() { Kept::new() } else { Kept::default() };
    let mut report = check::rerun(workspace, &options, &mut kept);
    if let Some(wanted) = &mut wanted {
        report = wanted.mend(report, &options);
    } else if let Some(patience) = patience {
        crate::fix::attach(&mut report, &options, &mut kept, patience);
    }
    drop(progress);
    if let Some(wanted) = &wanted {
        wanted.write(&project.root, global)?;
        if let Some(ending) = wanted.last_word() {
            return Ok(ending);
        }
    }
    let judged = started.elapsed();

    let format = arguments.format.unwrap_or(Format::Human);
    for target in &arguments.output {
        output::file(&target.file, &rendered(&report, target.format, Style::default(), arguments))?;
    }
    output::answer(&if arguments.statistics {
        report::statistics(&report, style(global))
    } else {
        rendered(&report, format, style(global), arguments)
    })?;
    if !global.quiet {
        talk(&report, &options, format, &project, global);
        if arguments.unsafe_fixes && wanted.is_none() {
            output::talk(
                "note: `--unsafe-fixes` alone changes nothing: add `--fix`, or `--diff` to see the changes\n",
            );
        }
    }
    if arguments.timings {
        let shown = started.elapsed().saturating_sub(judged);
        let evaluated = judged.saturating_sub(read);
        output::talk(&format!("read {read:.1?}, evaluated {evaluated:.1?}, written {shown:.1?}\n"));
    }
    Ok(ending(&report, &options, arguments, fail_on))
}

fn rendered(report: &Report, format: Format, style: Style, arguments: &CheckArgs) -> String {
    if format == Format::Sarif {
        let category = arguments.sarif_category.clone();
        return report::sarif(report, &SarifOptions { category, suppressed: arguments.sarif_suppressed });
    }
    report::render(report, format, style)
}

/// Some formats say which findings can be mended, and the readers of others mend them themselves.
fn patience(arguments: &CheckArgs) -> Option<Patience> {
    let shown = (!arguments.statistics).then_some(arguments.format.unwrap_or(Format::Human));
    let formats = arguments.output.iter().map(|it| it.format).chain(shown);
    let each = formats.filter_map(|it| match it {
        Format::Human => Some(Patience::Short),
        Format::Json | Format::Jsonl | Format::Sarif => Some(Patience::Long),
        _ => None,
    });
    each.max()
}

pub(super) fn facts(arguments: &FactsArgs, global: &Global) -> Result<Ending, Failure> {
    let project = Project::open(&arguments.project, global)?;
    let options = project.options(Options::default());
    let progress = Progress::start(global.quiet);
    let report = check::run(project.workspace(), &options);
    drop(progress);
    output::answer(&match arguments.format {
        TableFormat::Table => report::facts_table(&report),
        TableFormat::Json => report::facts_json(&report),
    })?;
    Ok(if report.workspace.files.is_empty() { Ending::NothingToCheck } else { Ending::Clean })
}

/// Whether there was anything to find something in.
fn is_empty(report: &Report, options: &Options) -> bool {
    !report.workspace.files.iter().any(|it| options.covers(&it.path))
}

fn ending(report: &Report, options: &Options, arguments: &CheckArgs, fail_on: Severity) -> Ending {
    if arguments.strict && !report.problems.is_empty() {
        return Ending::Failed;
    }
    if is_empty(report, options) {
        return Ending::NothingToCheck;
    }
    let fails = report.findings.iter().any(|it| it.finding.severity >= fail_on);
    if fails && !arguments.exit_zero { Ending::Findings } else { Ending::Clean }
}

/// The command line wins over the configuration.
fn options(arguments: &CheckArgs, project: &Project<'_>) -> Result<Options, Failure> {
    let user = &project.configuration.user_rules;
    let configured = project.options(Options::default());
    Ok(Options {
        persona: arguments
            .persona
            .or(arguments.pedantic.then_some(Persona::Pedantic))
            .unwrap_or(configured.persona),
        min_severity: arguments.min_severity.or(configured.min_severity),
        min_confidence: arguments.min_confidence.or(configured.min_confidence),
        only: config::check_rules(&arguments.only, user)?,
        ignore: config::check_rules(&arguments.ignore, user)?,
        suppressions: Suppressions { honoured: !arguments.no_ignores, ..configured.suppressions },
        ..configured
    })
}

/// What is said beside the results: problems where the format has no place for them, and that nothing was there.
fn talk(report: &Report, options: &Options, format: Format, project: &Project<'_>, global: &Global) {
    let mut said = String::new();
    if global.verbose {
        let _ = writeln!(said, "checked root: {}", project.root.display());
        if let Some(file) = &project.config_file {
            let _ = writeln!(said, "configuration: {}", file.display());
        }
    }
    if matches!(format, Format::Human | Format::Concise) {
        let told = if global.verbose { report.problems.len() } else { TOLD };
        for problem in report.problems.iter().take(told) {
            let _ = writeln!(said, "warning: {}", report::problem_line(report, problem));
        }
        if report.problems.len() > told {
            let rest = report.problems.len() - told;
            let _ = writeln!(said, "warning: and {rest} more problems (`--verbose` lists them)");
        }
    }
    if is_empty(report, options) {
        let paths: Vec<_> = project.paths().iter().map(|it| format!("`{}`", it.display())).collect();
        let paths = paths.join(", ");
        let _ = writeln!(said, "warning: nothing to check in {paths}: no Rust, Python or settings files");
    } else if format == Format::Concise {
        let _ = writeln!(said, "{}", report::summary(report));
    }
    output::talk(&said);
}
