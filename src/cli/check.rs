//! `check` and `facts`: from paths to a report, its outputs and an exit code.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::args::{CheckArgs, FactsArgs, Global, ProjectArgs, TableFormat};
use super::config::{self, Configuration};
use super::progress::Progress;
use super::{Ending, Failure, baseline, changed, discover, fix, output, style, style_of_talk};
use crate::check::changed::Changed;
use crate::check::suppress::Suppressions;
use crate::check::{self, Kept, Options, Report};
use crate::finding::{Persona, Severity};
use crate::fix::Patience;
use crate::report::{self, Format, SarifOptions, Style};
use crate::workspace::{Walk, Workspace};

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
        talk(&report, format, &project, global);
    }
    if arguments.timings {
        let shown = started.elapsed().saturating_sub(judged);
        let evaluated = judged.saturating_sub(read);
        output::talk(&format!("read {read:.1?}, evaluated {evaluated:.1?}, written {shown:.1?}\n"));
    }
    Ok(ending(&report, arguments, fail_on))
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
    each.max_by_key(|it| *it as usize)
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

fn ending(report: &Report, arguments: &CheckArgs, fail_on: Severity) -> Ending {
    if arguments.strict && !report.problems.is_empty() {
        return Ending::Failed;
    }
    if report.workspace.files.is_empty() {
        return Ending::NothingToCheck;
    }
    let fails = report.findings.iter().any(|it| it.finding.severity >= fail_on);
    if fails && !arguments.exit_zero { Ending::Findings } else { Ending::Clean }
}

/// What to check, and how its configuration wants it.
pub(super) struct Project<'a> {
    arguments: &'a ProjectArgs,
    pub(super) root: PathBuf,
    /// What is read, at or below the root.
    read: Vec<PathBuf>,
    /// Paths relative to the root to which the report is limited; empty for all.
    within: Vec<String>,
    pub(super) configuration: Configuration,
    config_file: Option<PathBuf>,
    /// What paths in the configuration are relative to.
    pub(super) config_folder: Option<PathBuf>,
}

impl<'a> Project<'a> {
    pub(super) fn open(arguments: &'a ProjectArgs, global: &Global) -> Result<Self, Failure> {
        let Scope { root, read, within } = scope(&arguments.paths)?;
        let found = match &arguments.config {
            Some(file) => Some(discover::named(file, &root)?),
            None if arguments.no_config => None,
            None => discover::nearest(&root)?,
        };
        let configuration = match &found {
            Some(found) => config::read(found, &root, style_of_talk(global))?,
            None => Configuration::default(),
        };
        let (config_file, config_folder) = found.map(|it| (it.file, it.folder)).unzip();
        Ok(Self { arguments, root, read, within, configuration, config_file, config_folder })
    }

    pub(super) fn workspace(&self) -> Workspace {
        let walk = Walk {
            exclude: self.configuration.exclude_below(),
            threads: self.arguments.threads.map_or(0, usize::from),
            ..Walk::default()
        };
        Workspace::discover_with(&self.read, &walk)
    }

    /// What the configuration says, on top of `base`.
    pub(super) fn options(&self, base: Options) -> Options {
        let it = &self.configuration;
        Options {
            deployment: it.deployment.clone(),
            persona: it.persona.unwrap_or_default(),
            min_severity: it.min_severity,
            min_confidence: it.min_confidence,
            rules: it.rules.clone(),
            overrides: it.overrides.clone(),
            prefix: it.prefix.clone(),
            within: self.within.clone(),
            suppressions: it.suppressions,
            user_rules: it.user_rules.clone(),
            user_models: it.user_models.clone(),
            threads: self.arguments.threads.map(usize::from),
            ..base
        }
    }
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

/// What the paths of the command line mean.
struct Scope {
    root: PathBuf,
    read: Vec<PathBuf>,
    within: Vec<String>,
}

/// A folder is meant as a whole. A file is judged as a part of the project around it, which is read as well.
fn scope(paths: &[PathBuf]) -> Result<Scope, Failure> {
    let mut full = Vec::new();
    for path in paths {
        full.push(path.canonicalize().map_err(|error| {
            Failure::with_help(
                format_args!("cannot open `{}`: {error}", path.display()),
                "`sessionlint --help` lists the commands; options stand after the command",
            )
        })?);
    }
    if let ([path], [folder]) = (paths, full.as_slice())
        && folder.is_dir()
    {
        return Ok(Scope { root: path.clone(), read: vec![path.clone()], within: Vec::new() });
    }
    let mut read: Vec<_> =
        full.iter().map(|it| if it.is_dir() { it.clone() } else { project_of(it) }).collect();
    read.sort();
    read.dedup();
    let root = common(&read);
    let mut within: Vec<_> =
        full.iter().filter_map(|it| Some(slashes(it.strip_prefix(&root).ok()?))).collect();
    within.sort();
    Ok(Scope { root, read, within })
}

const PROJECT_FILES: [&str; 5] = ["Cargo.toml", "pyproject.toml", "manage.py", "requirements.txt", ".git"];

fn project_of(file: &Path) -> PathBuf {
    let folder = file.parent().unwrap_or(file);
    let is_project = |it: &&Path| PROJECT_FILES.iter().any(|name| it.join(name).exists());
    folder.ancestors().find(is_project).unwrap_or(folder).to_path_buf()
}

/// The deepest folder that holds all these folders.
fn common(folders: &[PathBuf]) -> PathBuf {
    let mut folders = folders.iter();
    let first = folders.next().cloned().unwrap_or_default();
    folders.fold(first, |common, next| {
        common.ancestors().find(|it| next.starts_with(it)).map(Path::to_path_buf).unwrap_or_default()
    })
}

fn slashes(path: &Path) -> String {
    path.iter().map(|it| it.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// What is said beside the results: problems where the format has no place for them, and that nothing was there.
fn talk(report: &Report, format: Format, project: &Project<'_>, global: &Global) {
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
    if report.workspace.files.is_empty() {
        let root = project.root.display();
        let _ = writeln!(said, "warning: nothing to check in `{root}`: no Rust, Python or settings files");
    } else if format == Format::Concise {
        let _ = writeln!(said, "{}", report::summary(report));
    }
    output::talk(&said);
}
