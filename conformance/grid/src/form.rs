//! The ways in which an application writes a configuration down.

use std::fmt::Write as _;

use crate::config::{Attribute, Config, SameSite, Value};
use crate::stack::{Duration, Mutable, Stack};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// One chain of calls with literals.
    Chain,
    /// A statement for each attribute.
    Steps,
    /// Set to something else first.
    Overwritten,
    Constants,
    /// A function whose caller decides.
    Helper,
    /// The same in another file.
    OtherFile,
    /// Fields of a struct with defaults.
    Settings,
    /// Debug builds have other values than release builds.
    Build,
    /// An environment variable, and a fallback.
    Environment,
}

/// The parts of an application that a configuration makes.
pub struct Written {
    /// Items of the application's file.
    pub items: String,
    /// Statements that come before `make`.
    pub lines: String,
    /// The expression.
    pub make: String,
    /// Further files beside it: name and content.
    pub files: Vec<(&'static str, String)>,
}

impl Form {
    pub const ALL: [Self; 9] = [
        Self::Chain,
        Self::Steps,
        Self::Overwritten,
        Self::Constants,
        Self::Helper,
        Self::OtherFile,
        Self::Settings,
        Self::Build,
        Self::Environment,
    ];

    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Steps => "steps",
            Self::Overwritten => "overwritten",
            Self::Constants => "constants",
            Self::Helper => "helper",
            Self::OtherFile => "other-file",
            Self::Settings => "settings",
            Self::Build => "build",
            Self::Environment => "environment",
        }
    }

    #[must_use]
    pub fn write(self, stack: &Stack, config: &Config) -> Written {
        let mut written =
            Written { items: String::new(), lines: String::new(), make: String::new(), files: Vec::new() };
        let value = |attribute, value| self.expression(stack, attribute, value);
        match self {
            Self::Chain | Self::Build | Self::Environment => written.make = chain(stack, config, &value),
            Self::Steps => steps(stack, config, &value, &mut written),
            Self::Overwritten if stack.calls.is_empty() => {
                let before: Vec<_> =
                    config.set.iter().map(|(attribute, it)| (*attribute, it.other())).collect();
                let lines = |it| in_place(it, config, &before, &value);
                written.lines = stack.mutable.as_ref().map(lines).unwrap_or_default();
                written.make = "it".into();
            }
            Self::Overwritten => {
                let mut calls = String::new();
                for (attribute, it) in config.set.iter() {
                    calls += &call(stack.calls, *attribute, &value(*attribute, it.other()));
                }
                let base = base(stack.base, config, &value);
                let rest = self::calls(stack, config, &value);
                written.make = format!("{base}{calls}{rest}{}", stack.finish);
            }
            Self::Constants => {
                for (attribute, it) in config.set.iter() {
                    let name = attribute.word().to_uppercase();
                    let _ =
                        writeln!(written.items, "const {name}: {} = {};", type_of(stack, *it), literal(*it));
                }
                written.make = chain(stack, config, &value);
            }
            Self::Helper => {
                written.items = helper(stack, config, "", &value);
                written.make = format!("made({})", arguments(config));
            }
            Self::OtherFile => {
                written.items = "mod made;\n".into();
                written.make = format!("made::made({})", arguments(config));
                let content = format!("{}\n{}", stack.imports, helper(stack, config, "pub ", &value));
                written.files.push(("made.rs", content));
            }
            Self::Settings => {
                let (mut fields, mut defaults) = (String::new(), String::new());
                for (attribute, it) in config.set.iter() {
                    let name = attribute.word();
                    let _ = writeln!(fields, "    {name}: {},", type_of(stack, *it));
                    let _ = writeln!(defaults, "            {name}: {},", literal(*it));
                }
                written.items = format!(
                    "struct Settings {{\n{fields}}}\n\nimpl Default for Settings {{\n    fn default() -> Self {{\n        \
                     Self {{\n{defaults}        }}\n    }}\n}}\n"
                );
                written.lines = "let settings = Settings::default();\n".into();
                written.make = chain(stack, config, &value);
            }
        }
        written
    }

    fn expression(self, stack: &Stack, attribute: Attribute, value: Value) -> String {
        let name = attribute.word();
        let given = match self {
            Self::Chain | Self::Steps | Self::Overwritten => None,
            Self::Constants => Some(name.to_uppercase()),
            Self::Helper | Self::OtherFile => Some(name.into()),
            Self::Settings => Some(format!("settings.{name}")),
            Self::Build => Some(format!(
                "if cfg!(debug_assertions) {{ {} }} else {{ {} }}",
                literal(value),
                literal(value.other())
            )),
            Self::Environment => from_environment(name, value),
        };
        match (value, given) {
            (Value::Seconds(seconds), None) => stack.duration.literal(seconds),
            (Value::Seconds(_), Some(given)) => stack.duration.of(&given),
            (_, None) => literal(value),
            (_, Some(given)) => given,
        }
    }
}

type Express<'a> = &'a dyn Fn(Attribute, Value) -> String;

fn chain(stack: &Stack, config: &Config, value: Express) -> String {
    if let (Some(mutable), true) = (&stack.mutable, stack.calls.is_empty()) {
        return format!("{{\n        {}        it\n    }}", in_place(mutable, config, &[], value));
    }
    format!("{}{}{}", base(stack.base, config, value), calls(stack, config, value), stack.finish)
}

/// The construction; the name stands in it when it has a place for one.
fn base(text: &str, config: &Config, value: Express) -> String {
    let named = config.set.iter().find(|(attribute, _)| *attribute == Attribute::Name);
    let name = named.map_or_else(|| "\"n\"".into(), |(attribute, it)| value(*attribute, *it));
    text.replace("{name}", &name)
}

fn calls(stack: &Stack, config: &Config, value: Express) -> String {
    config.set.iter().map(|(attribute, it)| call(stack.calls, *attribute, &value(*attribute, *it))).collect()
}

fn call(calls: &[(Attribute, &str)], attribute: Attribute, value: &str) -> String {
    let found = calls.iter().find(|(it, _)| *it == attribute);
    found.map(|(_, call)| call.replace("{}", value)).unwrap_or_default()
}

fn steps(stack: &Stack, config: &Config, value: Express, written: &mut Written) {
    if let Some(mutable) = &stack.mutable {
        written.lines = in_place(mutable, config, &[], value);
        written.make = "it".into();
    } else {
        written.lines = format!("let it = {};\n", base(stack.base, config, value));
        for (attribute, it) in config.set.iter() {
            let call = call(stack.calls, *attribute, &value(*attribute, *it));
            if !call.is_empty() {
                let _ = writeln!(written.lines, "    let it = it{call};");
            }
        }
        written.make = format!("it{}", stack.finish);
    }
}

fn in_place(mutable: &Mutable, config: &Config, before: &[(Attribute, Value)], value: Express) -> String {
    let mut lines = format!("let mut it = {};\n", base(mutable.base, config, value));
    for (attribute, it) in before.iter().chain(config.set.iter()) {
        let call = call(mutable.calls, *attribute, &value(*attribute, *it));
        if !call.is_empty() {
            let _ = writeln!(lines, "    it{call};");
        }
    }
    lines
}

fn helper(stack: &Stack, config: &Config, visibility: &str, value: Express) -> String {
    let parameters: Vec<_> = config
        .set
        .iter()
        .map(|(attribute, it)| format!("{}: {}", attribute.word(), type_of(stack, *it)))
        .collect();
    let chain = chain(stack, config, value);
    format!("{visibility}fn made({}) -> {} {{\n    {chain}\n}}\n", parameters.join(", "), stack.result)
}

fn arguments(config: &Config) -> String {
    config.set.iter().map(|(_, it)| literal(*it)).collect::<Vec<_>>().join(", ")
}

fn from_environment(name: &str, value: Value) -> Option<String> {
    let variable = format!("CONFORMANCE_NEVER_{}", name.to_uppercase());
    match value {
        Value::Switch(on) => Some(format!("std::env::var(\"{variable}\").map_or({on}, |it| it == \"true\")")),
        Value::Text(text) => {
            Some(format!("std::env::var(\"{variable}\").unwrap_or_else(|_| \"{text}\".into())"))
        }
        Value::SameSite(_) | Value::Seconds(_) => None,
    }
}

fn literal(value: Value) -> String {
    match value {
        Value::Switch(on) => on.to_string(),
        Value::Text(text) => format!("\"{text}\""),
        Value::SameSite(SameSite::Strict) => "SameSite::Strict".into(),
        Value::SameSite(SameSite::Lax) => "SameSite::Lax".into(),
        Value::SameSite(SameSite::None) => "SameSite::None".into(),
        Value::Seconds(seconds) => seconds.to_string(),
    }
}

fn type_of(stack: &Stack, value: Value) -> &'static str {
    match (value, stack.duration) {
        (Value::Switch(_), _) => "bool",
        (Value::Text(_), _) => "&'static str",
        (Value::SameSite(_), _) => "SameSite",
        (Value::Seconds(_), Duration::Time) => "i64",
        (Value::Seconds(_), Duration::Std) => "u64",
    }
}
