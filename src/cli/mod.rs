//! The command line: arguments in, files and exit codes out.
#![expect(
    clippy::disallowed_methods,
    reason = "this room reads configurations, writes reports and listens to the environment"
)]

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser as _;

mod args;
mod audit;
mod baseline;
mod changed;
mod check;
mod config;
mod discover;
mod fix;
mod init;
mod lsp;
mod man;
mod output;
mod progress;
mod project;
mod rules;
mod schema;
mod test_rules;

use args::{Cli, Color, Command, Global};

use crate::report::Style;

/// How a run ended, as the exit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ending {
    Clean = 0,
    /// Findings at or above the threshold.
    Findings = 1,
    /// Wrong usage, wrong configuration, or a fault of our own.
    Failed = 2,
    NothingToCheck = 3,
}

/// Why a command could not do its work: text for the standard error stream, ready to print.
#[derive(Debug)]
struct Failure(String);

impl Failure {
    fn new(message: impl std::fmt::Display) -> Self {
        Self(format!("error: {message}\n"))
    }

    fn with_help(message: impl std::fmt::Display, help: impl std::fmt::Display) -> Self {
        Self(format!("error: {message}\n  help: {help}\n"))
    }
}

/// Runs the command that the process was started with, on a thread whose stack holds deeply nested input.
#[must_use]
pub fn main() -> ExitCode {
    let run = || run(std::env::args_os());
    let thread = std::thread::Builder::new().name("main".into()).stack_size(crate::check::STACK);
    let ending = match thread.spawn(run) {
        Ok(handle) => handle.join().unwrap_or_else(|_| {
            output::talk("error: sessionlint failed on its own account\n  help: please report this with the message above\n");
            Ending::Failed
        }),
        Err(_) => run(),
    };
    ExitCode::from(ending as u8)
}

fn run(arguments: impl Iterator<Item = OsString>) -> Ending {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let global = &cli.global;
    let outcome = match cli.command {
        None => check::run(&cli.check, global),
        Some(Command::Check(arguments)) => check::run(&arguments, global),
        Some(Command::Facts(arguments)) => check::facts(&arguments, global),
        Some(Command::Baseline(arguments)) => baseline::run(&arguments, global),
        Some(Command::Audit(arguments)) => audit::run(&arguments, global),
        Some(Command::Lsp) => lsp::run(global),
        Some(Command::TestRules(arguments)) => test_rules::run(&arguments, global),
        Some(Command::Rules(arguments)) => rules::list(&arguments, global),
        Some(Command::Explain(arguments)) => rules::explain(&arguments, global),
        Some(Command::Init(arguments)) => init::run(&arguments, global),
        Some(Command::Man(arguments)) => man::run(&arguments),
        Some(Command::Schema(arguments)) => schema::print(&arguments),
        Some(Command::Completions { shell }) => completions(shell),
    };
    outcome.unwrap_or_else(|failure| {
        output::talk(&failure.0);
        Ending::Failed
    })
}

/// Help and version are answers, everything else of the parser is a complaint.
fn usage(error: &clap::Error) -> Ending {
    // a closed pipe is no fault
    let _ = error.print();
    if error.use_stderr() { Ending::Failed } else { Ending::Clean }
}

/// The command that a word may have been meant to be.
fn command_like(word: &str) -> Option<String> {
    let command = <Cli as clap::CommandFactory>::command();
    let near = |it: &&str| strsim::damerau_levenshtein(it, word) <= 2;
    command.get_subcommands().map(clap::Command::get_name).find(near).map(str::to_owned)
}

fn completions(shell: clap_complete::Shell) -> Result<Ending, Failure> {
    let mut command = <Cli as clap::CommandFactory>::command();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, env!("CARGO_PKG_NAME"), &mut script);
    output::answer(&String::from_utf8_lossy(&script))?;
    Ok(Ending::Clean)
}

/// Colours and width of standard output.
fn style(global: &Global) -> Style {
    styled(global, std::io::stdout().is_terminal())
}

/// The same for standard error.
fn style_of_talk(global: &Global) -> Style {
    styled(global, std::io::stderr().is_terminal())
}

/// The flag decides, then `NO_COLOR`, then the variables that force colours, then the terminal.
fn styled(global: &Global, terminal: bool) -> Style {
    let set = |name: &str| std::env::var_os(name).is_some_and(|it| !it.is_empty() && it != "0");
    let colour = match global.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR") => false,
        Color::Auto if set("FORCE_COLOR") || set("CLICOLOR_FORCE") => true,
        Color::Auto => terminal && std::env::var_os("TERM").is_none_or(|it| it != "dumb"),
    };
    Style { colour, ..Style::default() }
}
