//! Writes the applications of a framework into the build's folder, each a project of its own.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::config::{Attribute, CONFIGS, Config};
use crate::flow::{self, Verb};
use crate::form::{Form, Written};
use crate::stack::Kind;
use crate::stack::{Flows, STORE_PASSWORD, Stack};
use crate::{Size, sequences};

/// Call it from a build script. `$OUT_DIR/cases.rs` is then `pub const CASES: &[Case]`; it wants `Case`, `Kind` and `open`,
/// which makes a server with a case's `app`, in scope, and `STACKS`.
///
/// # Panics
/// When a file cannot be read or written.
pub fn write(stacks: &[Stack]) {
    println!("cargo::rerun-if-env-changed=CONFORMANCE_GRID");
    println!("cargo::rerun-if-changed=.");
    let size = match env::var("CONFORMANCE_GRID").as_deref() {
        Ok("full") => Size::Full,
        _ => Size::Small,
    };
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("run by cargo"));
    let cases = out.join("cases");
    let _ = fs::remove_dir_all(&cases);
    let mut table = Table { modules: String::new(), rows: String::new(), cases };
    for (number, stack) in stacks.iter().enumerate() {
        for (config, form) in chosen(size, stack) {
            let written = form.write(stack, &config);
            table.add(
                number,
                stack,
                &format!("{}-{}", config.id, form.id()),
                stack.app,
                written,
                &[],
                stack.kind,
            );
        }
        if let Some(flows) = &stack.flows {
            table.add_flows(number, stack, flows, size);
        }
    }
    let text = format!("{}\npub const CASES: &[Case] = &[\n{}];\n", table.modules, table.rows);
    fs::write(out.join("cases.rs"), text).expect("the build's folder is writable");
}

/// Every configuration as a chain; every other form with a share of them.
fn chosen(size: Size, stack: &Stack) -> Vec<(Config, Form)> {
    let in_place = stack.mutable.as_ref().map_or(&[][..], |it| it.calls);
    let can_be_set = |attribute: Attribute| {
        stack.calls.iter().chain(in_place).any(|(it, _)| *it == attribute)
            || attribute == Attribute::Name && stack.base.contains("{name}")
    };
    let mut chosen = Vec::new();
    for (number, form) in Form::ALL.into_iter().enumerate() {
        for (at, config) in CONFIGS.iter().enumerate() {
            let wanted = match (size, form) {
                (Size::Small, Form::Chain) => config.small,
                (Size::Full, Form::Chain) => true,
                _ if config.set.is_empty() => false,
                (Size::Small, _) => config.id == if number % 2 == 0 { "hardened" } else { "open" },
                (Size::Full, _) => ["hardened", "open"].contains(&config.id) || at % 5 == number % 5,
            };
            chosen.extend(config.only(can_be_set).filter(|_| wanted).map(|it| (it, form)));
        }
    }
    chosen
}

struct Table {
    modules: String,
    rows: String,
    cases: PathBuf,
}

impl Table {
    #[expect(clippy::too_many_arguments, reason = "everything that a case is made of")]
    fn add(
        &mut self,
        number: usize,
        stack: &Stack,
        id: &str,
        app: &str,
        written: Written,
        flows: &[String],
        kind: Kind,
    ) {
        let module = format!("case_{number}_{}", id.replace('-', "_"));
        let folder = self.cases.join(&module);
        let source = folder.join("src");
        fs::create_dir_all(&source).expect("the build's folder is writable");
        let text = format!(
            "{}\n{}\n{}",
            stack.imports,
            written.items,
            app.replace("{{lines}}", &written.lines).replace("{{make}}", &written.make)
        );
        put(&source.join("lib.rs"), &text);
        for (name, content) in &written.files {
            put(&source.join(name), content);
        }
        let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("run by cargo"));
        copy(&root.join("Cargo.toml"), &folder.join("Cargo.toml"));
        copy(&root.join("../../Cargo.lock"), &folder.join("Cargo.lock"));
        let path = source.join("lib.rs");
        let adopts = stack.flows.as_ref().is_some_and(|it| it.adopts);
        let _ = writeln!(self.modules, "#[path = {path:?}]\nmod {module};");
        let _ = writeln!(
            self.rows,
            "    Case {{ stack: {:?}, kind: Kind::{kind:?}, id: {id:?}, folder: {folder:?}, flows: &{flows:?}, adopts: {adopts}, \
             limits: STACKS[{number}].limits, open: || open({module}::app) }},",
            stack.name,
        );
    }

    fn add_flows(&mut self, number: usize, stack: &Stack, flows: &Flows, size: Size) {
        let verbs: Vec<Verb> = flows.verbs.iter().map(|(verb, _)| *verb).collect();
        let (mut handlers, mut routes, mut names) = (String::new(), String::new(), Vec::new());
        let plain = sequences(&verbs, size).into_iter().map(|it| (flow::name(&it), "", it));
        let changes = flow::after_change(&verbs, size).into_iter();
        let changes = changes.map(|it| (flow::name_after_change(&it), flows.change, it));
        for (name, first, steps) in plain.chain(changes) {
            let spelt =
                |verb: &Verb| flows.verbs.iter().find(|(it, _)| it == verb).map_or("", |(_, line)| line);
            let first = Some(first).filter(|it| !it.is_empty());
            let lines: Vec<_> = first.into_iter().chain(steps.iter().map(spelt)).collect();
            handlers += &flows.handler.replace("{{name}}", &name).replace("{{lines}}", &lines.join("\n    "));
            routes += &flows.route.replace("{{name}}", &name);
            names.push(name);
        }
        handlers += STORE_PASSWORD;
        let app = flows.app.replace("{{handlers}}", &handlers).replace("{{routes}}", &routes);
        let written = Form::Chain.write(stack, &CONFIGS[0]);
        self.add(number, stack, "flows", &app, written, &names, Kind::Flows);
    }
}

fn put(path: &Path, text: &str) {
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

fn copy(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
}
