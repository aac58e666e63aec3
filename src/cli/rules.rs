//! `rules` and `explain`.

use std::sync::Arc;

use super::args::{ExplainArgs, Global, PageFormat, ProjectArgs, RulesArgs, TableFormat};
use super::project::Project;
use super::{Ending, Failure, output, style};
use crate::check::all_rules;
use crate::report;
use crate::rule::Rule;

pub(super) fn list(arguments: &RulesArgs, global: &Global) -> Result<Ending, Failure> {
    let own = own_rules(global)?;
    let rules = all_rules(&own);
    let text = match arguments.format {
        TableFormat::Table => report::rule_table(&rules, style(global)),
        TableFormat::Json => report::rules_json(&rules),
    };
    output::answer(&text)?;
    Ok(Ending::Clean)
}

pub(super) fn explain(arguments: &ExplainArgs, global: &Global) -> Result<Ending, Failure> {
    let own = own_rules(global)?;
    let rules = all_rules(&own);
    let wanted = arguments.rule.as_str();
    let named = |it: &&&Rule| it.id == wanted || it.aliases.iter().any(|alias| alias == wanted);
    let Some(rule) = rules.iter().find(named) else {
        let help = crate::rule::header::suggestion(wanted, rules.iter().map(|it| it.id.as_str()));
        return Err(Failure::with_help(format_args!("no rule `{wanted}`"), help));
    };
    let text = match arguments.format {
        PageFormat::Text => report::rule_text(rule),
        PageFormat::Markdown => rule.page.to_string(),
        PageFormat::Json => report::rule_json(rule),
    };
    output::answer(&text)?;
    Ok(Ending::Clean)
}

/// Rules that the configuration here adds.
fn own_rules(global: &Global) -> Result<Arc<[Rule]>, Failure> {
    let here = ProjectArgs { paths: vec![".".into()], ..ProjectArgs::default() };
    Ok(Project::open(&here, global)?.configuration.user_rules)
}
