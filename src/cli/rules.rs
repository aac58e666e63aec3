//! `rules` and `explain`.

use super::args::{ExplainArgs, Global, PageFormat, RulesArgs, TableFormat};
use super::{Ending, Failure, output, style};
use crate::check::all_rules;
use crate::report;

pub(super) fn list(arguments: &RulesArgs, global: &Global) -> Result<Ending, Failure> {
    let rules = all_rules(&[]);
    let text = match arguments.format {
        TableFormat::Table => report::rule_table(&rules, style(global)),
        TableFormat::Json => report::rules_json(&rules),
    };
    output::answer(&text)?;
    Ok(Ending::Clean)
}

pub(super) fn explain(arguments: &ExplainArgs) -> Result<Ending, Failure> {
    let rules = all_rules(&[]);
    let wanted = arguments.rule.as_str();
    let named = |it: &&&crate::rule::Rule| it.id == wanted || it.aliases.iter().any(|alias| alias == wanted);
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
