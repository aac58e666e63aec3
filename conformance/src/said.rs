//! What sessionlint says of a project.

use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

pub struct Said {
    pub facts: Vec<Json>,
    /// Rule and handler of every finding.
    pub findings: Vec<(String, String)>,
}

/// Runs it over a folder.
///
/// # Errors
/// A sentence, when it does not run or its answer is no JSON.
pub fn ask(sessionlint: &Path, folder: &str, with_findings: bool) -> Result<Said, String> {
    let facts = run(sessionlint, &["facts", "--format", "json", folder])?;
    let facts = facts["facts"].as_array().cloned().unwrap_or_default();
    let mut findings = Vec::new();
    if with_findings {
        let report =
            run(sessionlint, &["check", "--exit-zero", "--persona", "pedantic", "--format", "json", folder])?;
        for finding in report["findings"].as_array().into_iter().flatten() {
            let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            findings.push((text("rule"), text("message")));
        }
    }
    Ok(Said { facts, findings })
}

fn run(sessionlint: &Path, arguments: &[&str]) -> Result<Json, String> {
    let output = Command::new(sessionlint)
        .args(arguments)
        .output()
        .map_err(|error| format!("{}: {error}", sessionlint.display()))?;
    serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// A value of a fact, as one word.
#[derive(Clone, PartialEq, Debug)]
pub enum Word {
    Known(String),
    ByScheme,
    Unknown(String),
}

impl Word {
    /// Attribute `name` of `fact`. A debug build without environment variables is what runs here.
    pub fn of(fact: &Json, name: &str) -> Self {
        Self::read(&fact["attributes"][name]["value"])
    }

    fn read(value: &Json) -> Self {
        match value["kind"].as_str().unwrap_or_default() {
            "unset" => Self::Known("unset".into()),
            "known" => Self::Known(match &value["is"] {
                Json::Bool(true) => "on".into(),
                Json::Bool(false) => "off".into(),
                Json::String(text) => text.clone(),
                other => other.to_string(),
            }),
            "environment" if !value["fallback"].is_null() => Self::read(&value["fallback"]),
            "build" => Self::read(&value["debug"]),
            "request" => Self::ByScheme,
            _ => Self::Unknown(value.to_string()),
        }
    }

    pub fn is(&self, word: &str) -> bool {
        matches!(self, Self::Known(it) if it == word)
    }
}
