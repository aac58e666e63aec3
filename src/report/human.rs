//! For people at a terminal: what is wrong, the code, where it was decided, why it matters, what to write instead.

use std::fmt::Write as _;

use super::frame::{Picture, Why, frames};
use super::redact::Secrets;
use super::words::{clean, summary};
use super::{Style, words};
use crate::check::Report;
use crate::finding::{Finding, Reported, Safety, Severity};

/// Unjudged facts that are listed; the summary counts them all.
const LISTED: usize = 5;

pub(super) fn render(report: &Report, style: Style) -> String {
    if report.workspace.files.is_empty() {
        return String::new();
    }
    let secrets = Secrets::of(report);
    let mut text = String::new();
    for it in &report.findings {
        text.push_str(&picture(report, &secrets, it, style).draw(style));
        text.push('\n');
    }
    text.push_str(&unjudged(report));
    text.push_str(&summary(report));
    text.push('\n');
    text
}

fn picture(report: &Report, secrets: &Secrets, it: &Reported, style: Style) -> Picture {
    let finding = &it.finding;
    let fix = report.fixes.get(&it.fingerprint).map(|it| {
        let how = if it.safety == Safety::Safe { "--fix" } else { "--fix --unsafe-fixes" };
        format!("`{how}` does it: {}", it.title)
    });
    let help: Vec<_> = finding.help.lines().chain(fix.as_deref()).map(clean).collect();
    let code = format!("{}[{}]", finding.severity.word(), finding.rule);
    Picture {
        code: tint(&code, finding.severity, style),
        severity: match finding.severity {
            Severity::Critical | Severity::High => miette::Severity::Error,
            Severity::Medium | Severity::Low => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        },
        headline: clean(&finding.message).into_owned(),
        why: (!finding.why.is_empty()).then(|| Why(clean(&finding.why).into_owned())),
        help: (!help.is_empty()).then(|| help.join("\n")),
        frames: frames(report, secrets, &labels(finding)),
    }
}

/// The primary label first; evidence at the very same place lends it its words.
pub(super) fn labels(finding: &Finding) -> Vec<(crate::source::Span, String)> {
    let mut labels = vec![(finding.span, finding.label.clone())];
    for (number, note) in finding.evidence.iter().enumerate() {
        let text = if finding.ordered { format!("{}. {}", number + 1, note.text) } else { note.text.clone() };
        match labels.iter_mut().find(|(span, _)| *span == note.span) {
            Some((_, label)) if label.is_empty() => *label = text,
            Some((_, label)) if label.contains(&note.text) => {}
            Some((_, label)) => *label = format!("{label}; {text}"),
            None => labels.push((note.span, text)),
        }
    }
    labels
}

fn unjudged(report: &Report) -> String {
    let all = report.facts.iter().filter(|it| !it.test);
    let all: Vec<_> = all.filter_map(|it| Some((it, it.unjudged.as_ref()?))).collect();
    if all.is_empty() {
        return String::new();
    }
    let mut text = String::from("not judged:\n");
    for (fact, reason) in all.iter().take(LISTED) {
        let Some(place) = super::place(report, fact.span) else { continue };
        let name = fact.name.as_deref().map(|it| format!(" `{}`", clean(it))).unwrap_or_default();
        let (path, line, column) = (clean(place.path), place.start.line, place.start.column);
        let what = fact.kind.name();
        let _ = writeln!(text, "  {path}:{line}:{column} {what}{name}: {}", clean(reason));
    }
    if all.len() > LISTED {
        let others = words::count(all.len() - LISTED, "other");
        let _ = writeln!(text, "  and {others} (`sessionlint facts` lists them)");
    }
    text.push('\n');
    text
}

/// Bold, in the colour of the severity.
pub(super) fn tint(text: &str, severity: Severity, style: Style) -> String {
    if !style.colour {
        return text.to_owned();
    }
    let colour = match severity {
        Severity::Critical | Severity::High => 31,
        Severity::Medium => 33,
        Severity::Low => 36,
        Severity::Info => 34,
    };
    format!("\u{1b}[1;{colour}m{text}\u{1b}[0m")
}
