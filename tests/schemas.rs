//! The committed JSON Schemas hold: for real reports, and for what configurations, rules and models take and refuse.

#[expect(dead_code, reason = "other test programs use the rest")]
mod common;

use common::{FAULTY, project, repository, sessionlint};
use serde_json::{Value, json};
use sessionlint::embedded::{MODELS, RULES};
use sessionlint::facts::{AttributeType, FactKind};
use sessionlint::model::{ModelFile, Models, Role, Scope, vocabulary};
use sessionlint::rule::Page;

fn schema(name: &str) -> jsonschema::Validator {
    let text = std::fs::read_to_string(repository().join("schemas").join(name)).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    jsonschema::validator_for(&schema).unwrap()
}

#[track_caller]
fn valid(validator: &jsonschema::Validator, value: &Value, what: &str) {
    let errors: Vec<_> =
        validator.iter_errors(value).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

fn report(folder: &std::path::Path) -> Value {
    let run = sessionlint(folder, &["--format", "json", "--persona", "auditor"]);
    serde_json::from_str(&run.out)
        .unwrap_or_else(|error| panic!("{}: {error}\n{}", folder.display(), run.err))
}

#[test]
fn every_fixture_has_a_valid_report() {
    let validator = schema("report.schema.json");
    let mut seen = 0;
    for folder in std::fs::read_dir(repository().join("fixtures")).unwrap() {
        let folder = folder.unwrap().path();
        if folder.is_dir() {
            let report = report(&folder);
            valid(&validator, &report, &folder.to_string_lossy());
            seen += report["findings"].as_array().unwrap().len();
        }
    }
    assert!(seen > 0, "no fixture had a finding");
}

#[test]
fn every_fixture_has_a_valid_audit_and_valid_lines() {
    let (audit, line) = (schema("audit.schema.json"), schema("jsonl.schema.json"));
    for folder in std::fs::read_dir(repository().join("fixtures")).unwrap() {
        let folder = folder.unwrap().path();
        let name = folder.to_string_lossy().into_owned();
        let run = sessionlint(&folder, &["audit", "--format", "json"]);
        valid(&audit, &serde_json::from_str(&run.out).unwrap(), &name);
        let run = sessionlint(&folder, &["--format", "jsonl", "--persona", "auditor"]);
        for (text, number) in run.out.lines().zip(1..) {
            valid(&line, &serde_json::from_str(text).unwrap(), &format!("{name}, line {number}"));
        }
    }
    let wrong = |it: Value| assert!(line.validate(&it).is_err(), "{it}");
    wrong(json!({ "type": "finding" }));
    wrong(json!({ "type": "other" }));
    assert!(audit.validate(&json!({ "schema": "sessionlint-audit/1" })).is_err());
}

/// A line is what the report has in its lists, with a word that says in which.
#[test]
fn the_schema_of_lines_follows_that_of_the_report() {
    let report = raw("report.schema.json");
    let element = |list: &str| report["properties"][list]["items"].clone();
    let kinds = [
        ("finding", element("findings")),
        ("suppressed", element("suppressed")),
        ("problem", element("problems")),
        ("summary", report["properties"]["summary"].clone()),
    ];
    let lines = kinds.map(|(kind, content)| {
        let word =
            json!({ "type": "object", "properties": { "type": { "const": kind } }, "required": ["type"] });
        json!({ "allOf": [word, content] })
    });
    let schema = json!({
        "$schema": report["$schema"],
        "title": "A line of a report of sessionlint, version 1",
        "description": "What `sessionlint check --format jsonl` prints in each line.",
        "oneOf": lines,
        "$defs": report["$defs"],
    });
    settle("jsonl.schema.json", &raw("jsonl.schema.json"), &schema);
}

#[test]
fn suppressed_findings_and_problems_are_valid_too() {
    let text = FAULTY[3]
        .1
        .replace("SECURE = False\nC", "SECURE = False  # sessionlint: ignore[cookie-no-secure] lab\nC");
    let broken = [
        ("shop/views.py", "def view(request:\n    request.session['a'] = (\n"),
        ("shop/settings.py", text.as_str()),
    ];
    let files: Vec<_> = FAULTY[..3].iter().copied().chain(broken).collect();
    let report = report(&project("schema-report", &files));
    valid(&schema("report.schema.json"), &report, "report");
    assert_eq!(report["suppressed"].as_array().unwrap().len(), 1);
    assert!(!report["problems"].as_array().unwrap().is_empty());
}

#[test]
fn an_empty_project_has_a_valid_report() {
    valid(&schema("report.schema.json"), &report(&project("schema-empty", &[])), "empty");
}

#[test]
fn a_report_that_lacks_something_is_invalid() {
    let validator = schema("report.schema.json");
    let whole = report(&project("schema-faulty", FAULTY));
    assert!(!whole["findings"].as_array().unwrap().is_empty());
    // only what can be mended has a fix
    for key in whole["findings"][0].as_object().unwrap().keys().filter(|it| *it != "fix") {
        let mut part = whole.clone();
        part["findings"][0].as_object_mut().unwrap().remove(key);
        assert!(!validator.is_valid(&part), "{key} is not required");
    }
}

/// Configurations, and whether they are right: the schema and the tool must agree.
const CONFIGURATIONS: &[(&str, bool)] = &[
    ("", true),
    (
        "persona = \"pedantic\"\nfail-on = \"low\"\nmin-severity = \"info\"\nmin-confidence = \"medium\"\n",
        true,
    ),
    ("exclude = [\"vendor/**\", \"old\"]\n", true),
    ("exclude = \"vendor/**\"\n", true),
    ("[deployment]\nhttps = \"proxy\"\ncross-site = true\n", true),
    ("[suppressions]\nrequire-reason = true\n", true),
    ("[rules.cookie-no-secure]\nseverity = \"critical\"\npersona = \"regular\"\noff = false\n", true),
    (
        "[[overrides]]\npaths = [\"a/**\"]\nignore = [\"debug-on\"]\nreason = \"lab\"\nrules.debug-on.off = true\n",
        true,
    ),
    ("persona = \"strict\"\n", false),
    ("fail_on = \"low\"\n", false),
    ("fail-on = 3\n", false),
    ("exclude = [1]\n", false),
    ("[deployment]\nhttps = \"server\"\n", false),
    ("[deployment]\nproxy = true\n", false),
    ("[suppressions]\nrequire-reason = \"yes\"\n", false),
    ("[rules.cookie-no-secure]\nlevel = \"low\"\n", false),
    ("rules = [\"a.md\"]\n", false),
    ("[[overrides]]\nignore = [\"debug-on\"]\n", false),
];

#[test]
fn schema_and_tool_agree_about_configurations() {
    let validator = schema("config.schema.json");
    for (number, (text, right)) in CONFIGURATIONS.iter().enumerate() {
        let value: toml::Value = toml::from_str(text).unwrap();
        let value = serde_json::to_value(value).unwrap();
        assert_eq!(validator.is_valid(&value), *right, "the schema about:\n{text}");
        let root =
            project(&format!("schema-config-{number}"), &[("sessionlint.toml", text), ("a.py", "x = 1\n")]);
        let run = sessionlint(&root, &[]);
        assert_eq!(run.code, if *right { 0 } else { 2 }, "the tool about:\n{text}\n{}", run.err);
    }
}

#[test]
fn the_configuration_of_the_readme_is_right() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let text = readme.split("```toml\n").nth(1).and_then(|it| it.split("```").next()).unwrap();
    let value: toml::Value = toml::from_str(text).unwrap();
    valid(&schema("config.schema.json"), &serde_json::to_value(value).unwrap(), "README.md");
    let root = project("schema-readme", &[("sessionlint.toml", text), ("a.py", "x = 1\n")]);
    let run = sessionlint(&root, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
}

fn raw(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(repository().join("schemas").join(name)).unwrap()).unwrap()
}

fn json_of(toml: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Value>(toml).unwrap()).unwrap()
}

#[test]
fn every_rule_header_is_described() {
    let validator = schema("rule.schema.json");
    for (path, text) in RULES {
        let header = Page::parse(text).unwrap().header;
        valid(&validator, &json_of(&text[header]), path);
    }
}

/// What a condition may say about the attributes of one kind of fact.
fn condition(kind: FactKind) -> Value {
    let own = json!({ "$ref": format!("#/$defs/condition-{}", kind.name()) });
    let mut properties = serde_json::Map::new();
    for attribute in sessionlint::facts::schema(kind).attributes {
        let mut check = check(attribute.ty);
        check["description"] = attribute.doc.into();
        properties.insert(attribute.name.into(), check);
    }
    for (key, doc) in [("all", "All of these."), ("any", "One of these.")] {
        let mut several = many(own.clone());
        several["description"] = doc.into();
        properties.insert(key.into(), several);
    }
    properties.insert("not".into(), own);
    properties.insert("deployment".into(), json!({ "$ref": "#/$defs/deployment" }));
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn many(of: Value) -> Value {
    json!({ "anyOf": [of, { "type": "array", "items": of }] })
}

fn check(ty: AttributeType) -> Value {
    let literal = match ty {
        AttributeType::Switch => json!({ "enum": ["on", "off", true, false] }),
        AttributeType::Text => json!({ "type": ["string", "boolean", "integer"] }),
        AttributeType::Duration | AttributeType::Number => json!({ "type": "integer" }),
        AttributeType::Words(words) => json!({ "enum": words }),
        AttributeType::List => json!({ "type": "string" }),
    };
    let mut table = json!({
        "is": many(literal.clone()),
        "starts-with": many(json!({ "type": "string" })),
        "contains": many(json!({ "type": "string" })),
        "matches": { "type": "string", "format": "regex" },
        "ignore-case": { "type": "boolean" },
        "set": { "type": "boolean", "description": "Given at all." },
        "follows": { "enum": ["request", "environment", "installation"] },
        "by": { "enum": ["project", "framework"], "description": "Who decided it." },
    });
    let example = match ty {
        AttributeType::Duration => Some("180 days"),
        AttributeType::Number => Some("4 KB"),
        _ => None,
    };
    for (bound, example) in ["over", "at-least", "under", "at-most"].iter().zip(example.into_iter().cycle()) {
        table[bound] = json!({ "type": ["string", "integer"], "examples": [example] });
    }
    let table = json!({ "type": "object", "properties": table, "additionalProperties": false });
    json!({ "anyOf": [literal, { "type": "array", "items": literal }, table] })
}

/// `UPDATE_SCHEMAS=1 cargo test --test schemas` writes what changed in `src/facts/schema.rs`.
#[test]
fn the_schema_of_rules_knows_every_attribute_of_every_fact() {
    let committed = raw("rule.schema.json");
    let mut schema = committed.clone();
    for kind in FactKind::ALL {
        schema["$defs"][format!("condition-{}", kind.name())] = condition(kind);
        let names: Vec<_> = sessionlint::facts::schema(kind).attributes.iter().map(|it| it.name).collect();
        let all = schema["allOf"].as_array_mut().unwrap();
        let own = all.iter_mut().find(|it| it["if"]["properties"]["on"]["const"] == kind.name()).unwrap();
        own["then"]["properties"]["at"] = many(json!({ "enum": names }));
    }
    settle("rule.schema.json", &committed, &schema);
}

/// Headers, and whether they are right: the schema and the loader must agree.
const HEADERS: &[(&str, bool)] = &[
    ("", true),
    ("when = { secure = \"off\" }", true),
    (
        "when = { lifetime = { over = \"10 days\" }, any = [{ role = \"session\" }, { not = { path = \"/\" } }] }",
        true,
    ),
    ("raise = [{ when = { role = [\"session\", \"auth\"] }, to = \"high\" }]", true),
    ("when = { safe = \"off\" }", false),
    ("when = { secure = \"maybe\" }", false),
    ("when = { same_site = \"laxer\" }", false),
    ("when = { lifetime = { longer = 3 } }", false),
    ("raise = [{ when = { colour = \"red\" }, to = \"high\" }]", false),
    ("severity = \"urgent\"", false),
    ("native = \"read_minds\"", false),
    ("colour = \"red\"", false),
];

#[test]
fn schema_and_loader_agree_about_rules() {
    let validator = schema("rule.schema.json");
    let base = [
        ("on", "on = \"cookie\""),
        ("summary", "summary = \"a\""),
        ("message", "message = \"a\""),
        ("why", "why = \"a\""),
        ("help", "help = \"a\""),
        ("severity", "severity = \"low\""),
        ("when", "when = { removal = false }"),
    ];
    for (line, right) in HEADERS {
        let lines = base.iter().filter(|(key, _)| line.split(' ').next() != Some(key)).map(|(_, line)| *line);
        let header: Vec<_> = lines.chain([*line]).collect();
        let header = header.join("\n");
        assert_eq!(validator.is_valid(&json_of(&header)), *right, "the schema about: {line}");
        let page = format!("# my-rule\n\n```toml rule\n{header}\n```\n\nText.\n");
        let loaded = sessionlint::rule::load("my-rule.md", page.into());
        assert_eq!(loaded.is_ok(), *right, "the loader about: {line}: {:?}", loaded.err());
    }
}

#[test]
fn every_model_is_described() {
    let validator = schema("model.schema.json");
    let models = MODELS.iter().filter(|(path, _)| path.matches('/').count() == 2);
    assert!(models.clone().count() > 20);
    for (path, text) in models {
        valid(&validator, &json_of(text), path);
    }
}

/// Written anew by `UPDATE_SCHEMAS=1` as that of rules is.
#[test]
fn the_schema_of_models_knows_the_vocabulary() {
    let committed = raw("model.schema.json");
    let mut schema = committed.clone();
    let described = |words: &[(&str, &str)], value: &Value| {
        let of = |doc: &str| {
            let mut value = value.clone();
            value["description"] = doc.into();
            value
        };
        Value::Object(words.iter().map(|(name, doc)| ((*name).to_owned(), of(doc))).collect())
    };
    let definitions = &mut schema["$defs"];
    definitions["attributes"]["properties"] =
        described(vocabulary::ATTRIBUTES, &json!({ "$ref": "#/$defs/constant" }));
    definitions["traits"]["properties"] =
        described(vocabulary::TRAITS, &json!({ "type": ["string", "boolean"] }));
    definitions["role"]["enum"] = Role::WORDS.iter().map(|(it, _)| Value::from(*it)).collect();
    settle("model.schema.json", &committed, &schema);
}

/// Complains about a difference, or writes it.
fn settle(name: &str, committed: &Value, schema: &Value) {
    if schema != committed && std::env::var_os("UPDATE_SCHEMAS").is_some() {
        let text = serde_json::to_string_pretty(schema).unwrap() + "\n";
        std::fs::write(repository().join("schemas").join(name), text).unwrap();
        return;
    }
    assert!(schema == committed, "{name} is behind: run `UPDATE_SCHEMAS=1 cargo test --test schemas`");
}

/// Rows of a model, and whether they are right.
const ROWS: &[(&str, bool)] = &[
    ("[[type]]\npath = \"mine::Layer\"\nrole = \"session-layer\"\ndefaults = { secure = \"on\" }", true),
    (
        "[[type]]\npath = \"mine::Jar\"\n[type.methods]\nadd = { params = \"it\", effect = \"emit cookie=$it\" }",
        true,
    ),
    ("[[function]]\npath = \"mine::send\"\neffect = \"emit name=arg0 value=arg1\"", true),
    ("[[type]]\nrole = \"session-layer\"", false),
    ("[[type]]\npath = \"mine::Layer\"\nrole = \"layer\"", false),
    ("[[type]]\npath = \"mine::Layer\"\ndefaults = { safe = \"on\" }", false),
    ("[[type]]\npath = \"mine::Layer\"\ncolour = \"red\"", false),
    ("[[function]]\npath = \"mine::send\"", false),
    ("[[setting]]\nname = \"MINE\"\ntype = \"boolean\"", false),
    ("[[named]]\npath = \"mine.Engine\"\nkind = \"motor\"", false),
];

#[test]
fn schema_and_loader_agree_about_models() {
    let validator = schema("model.schema.json");
    for (rows, right) in ROWS {
        let text = format!("schema = 1\npackages = [\"mine\"]\nsource = \"mine-1.0.0 src/lib.rs\"\n{rows}\n");
        assert_eq!(validator.is_valid(&json_of(&text)), *right, "the schema about:\n{rows}");
        let none = |_, _: &str| false;
        let user = [ModelFile { path: "mine.toml", text: &text }];
        let (_, errors) = Models::load(&Scope::Packages(&none), &user);
        let own: Vec<_> = errors.iter().filter(|it| it.path == "mine.toml").collect();
        assert_eq!(own.is_empty(), *right, "the loader about:\n{rows}\n{own:?}");
    }
}

#[test]
fn every_schema_can_be_printed() {
    let folder = project("schema-print", &[]);
    for (word, file) in [
        ("json", "report.schema.json"),
        ("config", "config.schema.json"),
        ("rule", "rule.schema.json"),
        ("model", "model.schema.json"),
    ] {
        let run = sessionlint(&folder, &["schema", word]);
        assert_eq!((run.code, serde_json::from_str::<Value>(&run.out).unwrap()), (0, raw(file)), "{word}");
    }
}
