//! `test-rules`: the examples of a user's rule pages, run as those of our own are.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use super::args::{Global, ProjectArgs, TestRulesArgs};
use super::config::read_rules;
use super::project::Project;
use super::{Ending, Failure, output, style_of_talk};
use crate::check::{Options, UserFile, examples};
use crate::fix;
use crate::rule::{Page, Rule, Section};

pub(super) fn run(arguments: &TestRulesArgs, global: &Global) -> Result<Ending, Failure> {
    let project =
        ProjectArgs { paths: vec![".".into()], config: arguments.config.clone(), ..ProjectArgs::default() };
    let project = Project::open(&project, global)?;
    let mut options = project.options(Options::default());
    if !arguments.files.is_empty() {
        options.user_rules = named(&arguments.files, global)?.into();
    }
    let rules = Arc::clone(&options.user_rules);
    if rules.is_empty() {
        return Err(Failure::with_help(
            "no rule pages to test",
            "name them, or list them as `rule-files` in `sessionlint.toml`",
        ));
    }
    // examples are judged by what the pages say, not by what the project decided about its own findings
    let options = Options {
        user_rules: Arc::clone(&rules),
        user_models: options.user_models,
        deployment: options.deployment,
        ..Options::default()
    };
    let mut said = String::new();
    let (mut number, mut wrong) = (0, 0);
    for rule in rules.iter() {
        let faults = faults(rule, &options, &mut number);
        wrong += faults.len();
        let _ = writeln!(said, "{} {}", if faults.is_empty() { "ok  " } else { "FAIL" }, rule.id);
        for fault in faults {
            let _ = writeln!(said, "     {fault}");
        }
    }
    let _ = writeln!(said, "{number} examples of {} rules, {wrong} differences", rules.len());
    output::answer(&said)?;
    Ok(if wrong == 0 { Ending::Clean } else { Ending::Findings })
}

fn named(files: &[PathBuf], global: &Global) -> Result<Vec<Rule>, Failure> {
    let read = |file: &PathBuf| {
        let text = std::fs::read_to_string(file)
            .map_err(|error| Failure::new(format_args!("cannot read `{}`: {error}", file.display())))?;
        Ok(UserFile { path: file.to_string_lossy().replace('\\', "/"), text })
    };
    read_rules(files.iter().map(read).collect::<Result<_, _>>()?, style_of_talk(global))
}

/// What is wrong with a page and its examples.
fn faults(rule: &Rule, options: &Options, number: &mut usize) -> Vec<String> {
    let Some(page) = Page::parse(&rule.page) else { return vec!["this is no rule page".into()] };
    let mut faults = Vec::new();
    for (section, name) in [(Section::Bad, "Bad"), (Section::Good, "Good")] {
        if !page.examples.iter().any(|it| it.section == section) {
            faults.push(format!("no example under `## {name}`"));
        }
    }
    for example in &page.examples {
        *number += 1;
        let marked = example.files.iter().any(|it| {
            examples::marks(it.text)
                .iter()
                .any(|(_, mark, id)| *mark == examples::Mark::Error && *id == rule.id)
        });
        if example.section == Section::Bad && !marked {
            faults.push(format!(
                "line {}: no `error: [{}]` in an example under `## Bad`",
                example.line, rule.id
            ));
        }
        let mut differences = examples::differences(example, options);
        if !example.fixed.is_empty() {
            differences.extend(fix::differences(example, &fix::twin(example, options)));
        }
        faults.extend(differences.iter().map(|it| format!("line {}: {it}", example.line)));
    }
    faults
}
