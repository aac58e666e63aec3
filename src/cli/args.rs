//! What the command line says.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::finding::{Confidence, Persona, Severity};
use crate::report::Format;

/// Finds faults in how a web project handles sessions and cookies, in Rust and Django. Nothing is built, run or fetched.
#[derive(Parser, Debug)]
#[command(name = "sessionlint", version, max_term_width = 100, args_conflicts_with_subcommands = true)]
#[command(after_help = EXIT_CODES)]
#[command(override_usage = "sessionlint [check] [OPTIONS] [PATH]...\n       sessionlint <COMMAND>")]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) check: CheckArgs,
    #[command(flatten)]
    pub(super) global: Global,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing at or above the severity of `--fail-on`
  1  findings at or above it
  2  wrong usage or configuration, or something unreadable under `--strict`
  3  nothing to check";

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Check projects (the default)
    Check(CheckArgs),
    /// Show every cookie, session, key and handler that is seen, with values and where they come from
    Facts(FactsArgs),
    /// Accept what is found now: write a baseline, so that only new findings are reported
    Baseline(BaselineArgs),
    /// Write the report for auditors: inventory, life cycles, findings, OWASP ASVS, settings
    Audit(AuditArgs),
    /// Speak the Language Server Protocol on standard input and output
    Lsp,
    /// Run the examples of rule files: those named, else those of the configuration
    TestRules(TestRulesArgs),
    /// List the rules
    Rules(RulesArgs),
    /// Show the page of a rule
    Explain(ExplainArgs),
    /// Write a commented sessionlint.toml for what a project has
    Init(InitArgs),
    /// Print a JSON Schema
    Schema(SchemaArgs),
    /// Print the manual page, or write one for every command
    Man(ManArgs),
    /// Print a completion script
    Completions {
        /// The shell that reads it
        shell: clap_complete::Shell,
    },
}

#[derive(Args, Debug)]
pub(super) struct Global {
    /// Colour the output
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(super) color: Color,
    /// Say nothing but results
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say more on standard error
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
}

#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
#[expect(clippy::struct_excessive_bools, reason = "each one is a flag of the command line")]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub(super) project: ProjectArgs,

    /// Format of standard output
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    pub(super) format: Option<Format>,
    /// Write a further report to a file; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = target)]
    pub(super) output: Vec<Target>,

    /// Category of SARIF reports, for repositories that upload several
    #[arg(long, value_name = "NAME")]
    pub(super) sarif_category: Option<String>,
    /// Put silenced findings into SARIF reports, marked as suppressed
    #[arg(long)]
    pub(super) sarif_suppressed: bool,

    /// Only these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Selection")]
    pub(super) only: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Selection")]
    pub(super) ignore: Vec<String>,
    /// Not below this severity
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "Selection")]
    pub(super) min_severity: Option<Severity>,
    /// Not below this confidence
    #[arg(long, value_enum, value_name = "CONFIDENCE", help_heading = "Selection")]
    pub(super) min_confidence: Option<Confidence>,
    /// How much doubt to show
    #[arg(long, value_enum, value_name = "PERSONA", help_heading = "Selection")]
    pub(super) persona: Option<Persona>,
    /// Same as `--persona pedantic`
    #[arg(short, long, conflicts_with = "persona", help_heading = "Selection")]
    pub(super) pedantic: bool,
    /// Report what comments silence too
    #[arg(long, help_heading = "Selection")]
    pub(super) no_ignores: bool,
    /// Baseline to use instead of the one that lies in the project
    #[arg(long, value_name = "FILE", conflicts_with = "no_baseline", help_heading = "Selection")]
    pub(super) baseline: Option<PathBuf>,
    /// Use no baseline
    #[arg(long, help_heading = "Selection")]
    pub(super) no_baseline: bool,
    /// Only findings on lines that changed since this revision; everything is analysed
    #[arg(long, value_name = "REV", help_heading = "Selection")]
    pub(super) changed_since: Option<String>,

    /// Mend what can be mended without a look at it, and report the rest
    #[arg(long, conflicts_with = "stdin_filename", help_heading = "Fixes")]
    pub(super) fix: bool,
    /// Take fixes too that may change what the application does
    #[arg(long, help_heading = "Fixes")]
    pub(super) unsafe_fixes: bool,
    /// Print what `--fix` would change, and change nothing; exit with 1 if there is anything
    #[arg(long, conflicts_with = "format", help_heading = "Fixes")]
    pub(super) diff: bool,
    /// As `--fix`, without a report
    #[arg(long, conflicts_with_all = ["diff", "stdin_filename"], help_heading = "Fixes")]
    pub(super) fix_only: bool,

    /// Exit with 1 at findings of this severity or above [default: medium]
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "Exit code")]
    pub(super) fail_on: Option<Severity>,
    /// Exit with 0 whatever is found
    #[arg(long, help_heading = "Exit code")]
    pub(super) exit_zero: bool,
    /// Exit with 2 when anything could not be read
    #[arg(long, help_heading = "Exit code")]
    pub(super) strict: bool,

    /// Count findings by rule instead of listing them
    #[arg(long, conflicts_with = "format")]
    pub(super) statistics: bool,
    /// Say on standard error how long each stage took
    #[arg(long)]
    pub(super) timings: bool,
}

/// What is read, and how.
#[derive(Args, Default, Debug)]
pub(super) struct ProjectArgs {
    /// Projects: folders or files, or `-` for the text on standard input [default: the folder here]
    #[arg(value_name = "PATH", default_value = ".", hide_default_value = true)]
    pub(super) paths: Vec<PathBuf>,
    /// Which file of the project the text on standard input is
    #[arg(long, value_name = "FILE")]
    pub(super) stdin_filename: Option<PathBuf>,
    /// Leave out what is excluded or ignored by git, even if it is named
    #[arg(long)]
    pub(super) force_exclude: bool,
    /// Configuration to use instead of the one that lies in the project [environment: `SESSIONLINT_CONFIG`]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) config: Option<PathBuf>,
    /// Use no configuration
    #[arg(long)]
    pub(super) no_config: bool,
    /// Worker threads [default: one per core]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

#[derive(Args, Debug)]
pub(super) struct FactsArgs {
    #[command(flatten)]
    pub(super) project: ProjectArgs,
    /// How to print them
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) format: TableFormat,
}

#[derive(Args, Debug)]
pub(super) struct BaselineArgs {
    #[command(flatten)]
    pub(super) project: ProjectArgs,
    /// Where to write [default: the baseline of the project, else `sessionlint-baseline.toml` beside its configuration]
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Only drop entries that match nothing any more
    #[arg(long)]
    pub(super) prune: bool,
    /// How much doubt to take in
    #[arg(long, value_enum, value_name = "PERSONA")]
    pub(super) persona: Option<Persona>,
}

#[derive(Args, Debug)]
pub(super) struct AuditArgs {
    #[command(flatten)]
    pub(super) project: ProjectArgs,
    /// How to write it
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) format: AuditFormat,
    /// What the report calls the project [default: name of its folder]
    #[arg(long, value_name = "TEXT")]
    pub(super) title: Option<String>,
    /// Where to write it [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct TestRulesArgs {
    /// Rule pages
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Configuration to use instead of the one that lies here
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct RulesArgs {
    /// How to print them
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) format: TableFormat,
}

#[derive(Args, Debug)]
pub(super) struct ExplainArgs {
    /// The rule's name, as it stands in brackets beside a finding
    #[arg(value_name = "RULE")]
    pub(super) rule: String,
    /// How to print it
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) format: PageFormat,
}

#[derive(Args, Debug)]
pub(super) struct InitArgs {
    /// The project's folder
    #[arg(value_name = "FOLDER", default_value = ".", hide_default_value = true)]
    pub(super) folder: PathBuf,
    /// Print it instead of writing it
    #[arg(long)]
    pub(super) print: bool,
}

#[derive(Args, Debug)]
pub(super) struct ManArgs {
    /// Where to write the pages
    #[arg(value_name = "FOLDER")]
    pub(super) folder: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct SchemaArgs {
    /// What the schema describes
    #[arg(value_enum)]
    pub(super) of: SchemaOf,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum TableFormat {
    #[default]
    Table,
    Json,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum AuditFormat {
    /// One file for browsers and printers
    #[default]
    Html,
    Markdown,
    Json,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum PageFormat {
    #[default]
    Text,
    Markdown,
    Json,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SchemaOf {
    /// What `--format json` prints
    Json,
    /// A line of what `--format jsonl` prints
    Jsonl,
    /// What `audit --format json` writes
    Audit,
    /// `sessionlint.toml`
    Config,
    /// The header of a rule's page
    Rule,
    /// A model file
    Model,
}

/// A report in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Target {
    pub(super) format: Format,
    pub(super) file: PathBuf,
}

fn target(text: &str) -> Result<Target, String> {
    let (format, file) = text.split_once('=').ok_or("expected FORMAT=FILE, such as `sarif=report.sarif`")?;
    let format = Format::parse(format).ok_or_else(|| {
        let words: Vec<_> = Format::ALL.iter().map(|it| it.word()).collect();
        format!("no format `{format}`: it is one of {}", words.join(", "))
    })?;
    if file.is_empty() {
        return Err("the file's name is missing after `=`".into());
    }
    Ok(Target { format, file: file.into() })
}

macro_rules! value_enum {
    ($($ty:ty),*) => { $(
        impl ValueEnum for $ty {
            fn value_variants<'a>() -> &'a [Self] {
                &Self::ALL
            }

            fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
                Some(clap::builder::PossibleValue::new(self.word()))
            }
        }
    )* };
}

value_enum!(Format, Severity, Confidence, Persona);
