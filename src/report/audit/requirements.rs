//! What the standard demands: met as far as was seen, not met, or not seen.

use serde::Serialize;

use super::inventory::name;
use super::{At, Numbers, at, facts, speaks_of};
use crate::check::Report;
use crate::facts::Fact;
use crate::report::words::{clean, count};
use crate::rule::{Answer, Requirement, RequirementCheck, requirements};

/// Facts that are listed for one check.
const LISTED: usize = 60;

#[derive(Serialize)]
pub(super) struct Row {
    id: &'static str,
    level: u8,
    text: &'static str,
    /// `failed`, `passed` or `unseen`.
    status: &'static str,
    /// Why it has that status, in one clause.
    reason: String,
    /// What code cannot show.
    rest: &'static str,
    checks: Vec<Check>,
    findings: Vec<usize>,
    accepted: usize,
    rules: Vec<String>,
}

#[derive(Serialize)]
struct Check {
    what: &'static str,
    on: &'static str,
    holds: usize,
    fails: usize,
    unknown: usize,
    evidence: Vec<Evidence>,
    /// Number of facts that are not listed.
    more: usize,
}

#[derive(Serialize)]
struct Evidence {
    name: String,
    at: At,
    /// `holds`, `fails` or `unknown`.
    answer: &'static str,
    why: String,
}

pub(super) fn rows(report: &Report, numbers: &Numbers<'_>) -> Vec<Row> {
    requirements().iter().map(|it| row(report, it, numbers)).collect()
}

fn row(report: &Report, requirement: &'static Requirement, numbers: &Numbers<'_>) -> Row {
    let id = requirement.id.as_str();
    let named = |it: &crate::finding::Finding| it.asvs.iter().any(|it| it == id);
    let findings: Vec<usize> = numbers.all.iter().filter(|it| named(it.1)).map(|it| it.0).collect();
    let accepted = numbers.accepted.iter().filter(|it| named(it)).count();
    let checks: Vec<Check> = requirement.checks.iter().map(|it| check(report, it, id, numbers)).collect();
    let total = |of: fn(&Check) -> usize| checks.iter().map(of).sum::<usize>();
    let (holds, fails, unknown) = (total(|it| it.holds), total(|it| it.fails), total(|it| it.unknown));
    let (status, reason) = if fails > 0 || !findings.is_empty() || accepted > 0 {
        let mut reasons = Vec::new();
        if fails > 0 {
            reasons.push(format!("{fails} of {} do not meet it", holds + fails + unknown));
        }
        if !findings.is_empty() {
            reasons.push(count(findings.len(), "finding"));
        }
        if accepted > 0 {
            reasons.push(format!("{accepted} accepted"));
        }
        ("failed", reasons.join(", "))
    } else if requirement.checks.is_empty() {
        ("unseen", "code does not show it".to_owned())
    } else if unknown > 0 {
        ("unseen", format!("{unknown} of {} could not be decided", holds + unknown))
    } else if holds == 0 {
        ("unseen", "nothing that it speaks of was seen".to_owned())
    } else {
        ("passed", format!("all {holds} looked at"))
    };
    let rules = report.rules();
    Row {
        id,
        level: requirement.level,
        text: &requirement.text,
        status,
        reason,
        rest: &requirement.rest,
        checks,
        findings,
        accepted,
        rules: rules
            .into_iter()
            .filter(|it| it.asvs.iter().any(|it| it == id))
            .map(|it| it.id.to_string())
            .collect(),
    }
}

fn check(report: &Report, check: &'static RequirementCheck, id: &str, numbers: &Numbers<'_>) -> Check {
    let mut result = Check {
        what: &check.what,
        on: check.on.name(),
        holds: 0,
        fails: 0,
        unknown: 0,
        evidence: Vec::new(),
        more: 0,
    };
    for fact in facts(report, check.on) {
        let Some(answer) = answer(check, fact, id, numbers) else { continue };
        let (word, why) = match answer {
            Answer::Holds => {
                result.holds += 1;
                ("holds", String::new())
            }
            Answer::Fails => {
                result.fails += 1;
                ("fails", String::new())
            }
            Answer::Unknown(why) => {
                result.unknown += 1;
                ("unknown", clean(&why).into_owned())
            }
        };
        match at(report, fact.span) {
            Some(at) if result.evidence.len() < LISTED => {
                result.evidence.push(Evidence { name: name(fact), at, answer: word, why });
            }
            _ => result.more += 1,
        }
    }
    result
}

/// A fact that a rule with this number complains about does not meet the requirement, whatever it looks like.
pub(super) fn answer(
    check: &RequirementCheck,
    fact: &Fact,
    id: &str,
    numbers: &Numbers<'_>,
) -> Option<Answer> {
    if fact.kind != check.on || fact.test {
        return None;
    }
    let about = |it: &crate::finding::Finding| it.asvs.iter().any(|it| it == id) && speaks_of(it, fact);
    if numbers.all.iter().any(|it| about(it.1)) || numbers.accepted.iter().any(|it| about(it)) {
        return Some(Answer::Fails);
    }
    let answer = check.answer(fact);
    match numbers.unclear.iter().find(|it| about(it)) {
        Some(finding) if answer != Some(Answer::Fails) => Some(Answer::Unknown(finding.message.clone())),
        _ => answer,
    }
}
