//! `sessionlint.toml`: what it says, and what is wrong with it and where.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use smol_str::SmolStr;
use toml::de::DeTable;

use super::Failure;
use super::discover::Found;
use crate::check::suppress::Suppressions;
use crate::check::{Override, RuleOptions, UserFile};
use crate::finding::{Confidence, Persona, Severity};
use crate::model::{ModelFile, Models, Scope};
use crate::report::{Style, complaint};
use crate::rule::header::{Entry, Reader, elements, entries};
use crate::rule::{self, Deployment, Rule};
use crate::source::SourceText;

/// Everything that a configuration can say.
#[derive(Debug, Default)]
pub(super) struct Configuration {
    /// From the folder of the configuration to the checked root; paths in it begin there.
    pub(super) prefix: String,
    pub(super) persona: Option<Persona>,
    pub(super) fail_on: Option<Severity>,
    pub(super) min_severity: Option<Severity>,
    pub(super) min_confidence: Option<Confidence>,
    /// Globs of what is not read, in the syntax of `.gitignore`.
    pub(super) exclude: Vec<String>,
    pub(super) deployment: Deployment,
    pub(super) suppressions: Suppressions,
    pub(super) rules: BTreeMap<SmolStr, RuleOptions>,
    pub(super) overrides: Vec<Override>,
    pub(super) user_rules: Arc<[Rule]>,
    pub(super) user_models: Vec<UserFile>,
}

impl Configuration {
    /// What is excluded, as seen from the checked root.
    pub(super) fn exclude_below(&self) -> Vec<String> {
        let below = |pattern: &String| {
            let anchored = pattern.trim_end_matches('/').contains('/');
            match pattern.trim_start_matches('/').strip_prefix(&self.prefix) {
                Some(rest) if anchored => Some(format!("/{rest}")),
                // of another folder, or of no folder in particular
                _ => (!anchored).then(|| pattern.clone()),
            }
        };
        self.exclude.iter().filter_map(below).collect()
    }
}

const KEYS: &[&str] = &[
    "persona",
    "fail-on",
    "min-severity",
    "min-confidence",
    "exclude",
    "deployment",
    "suppressions",
    "rules",
    "overrides",
    "rule-files",
    "model-files",
];

/// Reads a configuration for the project in `root`.
pub(super) fn read(found: &Found, root: &Path, style: Style) -> Result<Configuration, Failure> {
    let name = shown(&found.file, root);
    let source = SourceText::new(name.clone(), &found.text);
    let mut reader = Reader::new(&name, 0);
    let mut configuration = Configuration { prefix: prefix(&found.folder, root), ..Configuration::default() };
    match DeTable::parse(&source.text) {
        Err(error) => reader.complain(error.span().unwrap_or(0..0), error.message(), ""),
        Ok(document) => {
            if let Some(entries) = own_table(document.get_ref(), found, &mut reader) {
                Pass { reader: &mut reader, found, root, style }.table(&entries, &mut configuration)?;
            }
        }
    }
    let complaints: Vec<_> = reader.errors.into_iter().map(|it| (it.span, it.message, it.help)).collect();
    refuse(&source, complaints, style)?;
    Ok(configuration)
}

/// Fails when there is anything to complain about.
pub(super) fn refuse(
    source: &SourceText,
    mut complaints: Vec<(Range<usize>, String, String)>,
    style: Style,
) -> Result<(), Failure> {
    if complaints.is_empty() {
        return Ok(());
    }
    complaints.sort_by_key(|(span, ..)| span.start);
    let shown =
        complaints.into_iter().map(|(span, message, help)| complaint(source, span, &message, &help, style));
    Err(Failure(shown.collect::<Vec<_>>().join("\n")))
}

/// The entries of the table that is ours.
fn own_table<'t>(
    document: &'t DeTable<'t>,
    found: &Found,
    reader: &mut Reader<'_>,
) -> Option<Vec<Entry<'t>>> {
    if found.table.keys().is_empty() {
        return Some(entries(document));
    }
    for keys in found.table.keys() {
        let mut level = entries(document);
        let mut complete = true;
        for key in *keys {
            let next = level.iter().find(|it| it.key == *key).and_then(|it| reader.table(it));
            complete = next.is_some();
            level = next.unwrap_or_default();
        }
        if complete {
            return Some(level);
        }
    }
    None
}

/// One reading of a configuration.
struct Pass<'a, 'p> {
    reader: &'a mut Reader<'p>,
    found: &'a Found,
    root: &'a Path,
    style: Style,
}

impl Pass<'_, '_> {
    fn table(&mut self, entries: &[Entry<'_>], to: &mut Configuration) -> Result<(), Failure> {
        // own rules first: the rest may name them
        if let Some(entry) = entries.iter().find(|it| it.key == "rule-files") {
            to.user_rules = self.rule_files(entry)?.into();
        }
        let user_rules = Arc::clone(&to.user_rules);
        let ids: Vec<&str> =
            crate::check::all_rules(&user_rules).into_iter().map(|it| it.id.as_str()).collect();
        for entry in entries {
            match entry.key {
                "persona" => to.persona = self.word(entry, Persona::parse, Persona::ALL, Persona::word),
                "fail-on" => to.fail_on = self.severity(entry),
                "min-severity" => to.min_severity = self.severity(entry),
                "min-confidence" => {
                    to.min_confidence =
                        self.word(entry, Confidence::parse, Confidence::ALL, Confidence::word);
                }
                "exclude" => {
                    let _ = self.globs(entry);
                    to.exclude = self.reader.texts(entry).iter().map(ToString::to_string).collect();
                }
                "deployment" => to.deployment = self.deployment(entry),
                "suppressions" => to.suppressions = self.suppressions(entry),
                "rules" => to.rules = self.rules(entry, &ids),
                "overrides" => to.overrides = self.overrides(entry, &ids),
                "rule-files" => {}
                "model-files" => to.user_models = self.model_files(entry)?,
                _ => self.reader.unknown_key(entry, KEYS.iter().copied()),
            }
        }
        Ok(())
    }

    fn word<T: Copy>(
        &mut self,
        entry: &Entry<'_>,
        parse: fn(&str) -> Option<T>,
        all: &[T],
        word: fn(T) -> &'static str,
    ) -> Option<T> {
        let words: Vec<_> = all.iter().map(|it| word(*it)).collect();
        self.reader.word(entry, parse, &words)
    }

    fn severity(&mut self, entry: &Entry<'_>) -> Option<Severity> {
        self.word(entry, Severity::parse, Severity::ALL, Severity::word)
    }

    fn deployment(&mut self, entry: &Entry<'_>) -> Deployment {
        let mut deployment = Deployment::default();
        for entry in self.reader.table(entry).unwrap_or_default() {
            match entry.key {
                "https" => {
                    let proxy = |word: &str| (word == "proxy").then_some(());
                    deployment.https_proxy = self.reader.word(&entry, proxy, &["proxy"]).is_some();
                }
                "cross-site" => deployment.cross_site = self.reader.switch(&entry).unwrap_or(false),
                _ => self.reader.unknown_key(&entry, ["https", "cross-site"]),
            }
        }
        deployment
    }

    fn suppressions(&mut self, entry: &Entry<'_>) -> Suppressions {
        let mut suppressions = Suppressions::default();
        for entry in self.reader.table(entry).unwrap_or_default() {
            match entry.key {
                "require-reason" => {
                    suppressions.require_reason = self.reader.switch(&entry).unwrap_or(false);
                }
                _ => self.reader.unknown_key(&entry, ["require-reason"]),
            }
        }
        suppressions
    }

    fn rules(&mut self, entry: &Entry<'_>, ids: &[&str]) -> BTreeMap<SmolStr, RuleOptions> {
        if entry.value.is_array() {
            let message = "`rules` wants a table of rules";
            self.reader.complain(entry.span.clone(), message, "own rule pages are named by `rule-files`");
            return BTreeMap::new();
        }
        let mut rules = BTreeMap::new();
        for entry in self.reader.table(entry).unwrap_or_default() {
            if self.known_rule(entry.key, entry.key_span.clone(), ids) {
                rules.insert(entry.key.into(), self.rule(&entry));
            }
        }
        rules
    }

    fn rule(&mut self, entry: &Entry<'_>) -> RuleOptions {
        let mut options = RuleOptions::default();
        for entry in self.reader.table(entry).unwrap_or_default() {
            match entry.key {
                "off" => options.off = self.reader.switch(&entry).unwrap_or(false),
                "severity" => options.severity = self.severity(&entry),
                "persona" => {
                    options.persona = self.word(&entry, Persona::parse, Persona::ALL, Persona::word);
                }
                _ => self.reader.unknown_key(&entry, ["off", "severity", "persona"]),
            }
        }
        options
    }

    fn known_rule(&mut self, id: &str, span: Range<usize>, ids: &[&str]) -> bool {
        let known = ids.contains(&id);
        if !known {
            let help = rule::header::suggestion(id, ids.iter().copied());
            self.reader.complain(span, format!("no rule `{id}`"), help);
        }
        known
    }

    fn overrides(&mut self, entry: &Entry<'_>, ids: &[&str]) -> Vec<Override> {
        let mut overrides = Vec::new();
        for table in elements(entry) {
            let mut paths = None;
            let mut ignore = BTreeSet::new();
            let mut rules = BTreeMap::new();
            let mut reason = None;
            for entry in self.reader.table(&table).unwrap_or_default() {
                match entry.key {
                    "paths" => paths = Some(self.globs(&entry)),
                    "ignore" => {
                        for element in elements(&entry) {
                            let id = self.reader.text(&element).unwrap_or_default();
                            if self.known_rule(&id, element.span.clone(), ids) {
                                ignore.insert(id.into());
                            }
                        }
                    }
                    "rules" => rules = self.rules(&entry, ids),
                    "reason" => reason = self.reader.text(&entry),
                    _ => self.reader.unknown_key(&entry, ["paths", "ignore", "rules", "reason"]),
                }
            }
            match paths {
                Some(paths) => overrides.push(Override { paths, ignore, rules, reason }),
                None => self.reader.complain(
                    table.span.clone(),
                    "an override without `paths`",
                    "say where it holds: `paths = [\"legacy/**\"]`",
                ),
            }
        }
        overrides
    }

    fn globs(&mut self, entry: &Entry<'_>) -> GlobSet {
        let mut set = GlobSetBuilder::new();
        for element in elements(entry) {
            let Some(text) = self.reader.text(&element) else { continue };
            match GlobBuilder::new(&text).literal_separator(true).build() {
                Ok(glob) => {
                    set.add(glob);
                }
                Err(error) => {
                    self.reader.complain(element.span.clone(), format!("no glob: {}", error.kind()), "");
                }
            }
        }
        set.build().unwrap_or_default()
    }

    /// The files that match the globs of an entry, sorted.
    fn files(&mut self, entry: &Entry<'_>) -> Result<Vec<UserFile>, Failure> {
        let mut files = Vec::new();
        for element in elements(entry) {
            let Some(pattern) = self.reader.text(&element) else { continue };
            let matches = matching(&self.found.folder, &pattern);
            if matches.is_empty() {
                self.reader.complain(element.span.clone(), format!("no file matches `{pattern}`"), "");
            }
            files.extend(matches);
        }
        files.sort();
        files.dedup();
        let read = |file: PathBuf| {
            let text = std::fs::read_to_string(&file)
                .map_err(|error| Failure::new(format_args!("cannot read `{}`: {error}", file.display())))?;
            Ok(UserFile { path: shown(&file, self.root), text })
        };
        files.into_iter().map(read).collect()
    }

    fn rule_files(&mut self, entry: &Entry<'_>) -> Result<Vec<Rule>, Failure> {
        read_rules(self.files(entry)?, self.style)
    }

    fn model_files(&mut self, entry: &Entry<'_>) -> Result<Vec<UserFile>, Failure> {
        let files = self.files(entry)?;
        for file in &files {
            let none = |_, _: &str| false;
            let user = [ModelFile { path: &file.path, text: &file.text }];
            let (_, errors) = Models::load(&Scope::Packages(&none), &user);
            let own = errors.into_iter().filter(|it| it.path == file.path);
            let complaints = own.map(|it| (it.span, it.message, it.help)).collect();
            refuse(&SourceText::new(file.path.clone(), &file.text), complaints, self.style)?;
        }
        Ok(files)
    }
}

/// Rule pages, each of which must load and have an id of its own.
pub(super) fn read_rules(files: Vec<UserFile>, style: Style) -> Result<Vec<Rule>, Failure> {
    let mut rules: Vec<Rule> = Vec::new();
    for file in files {
        let source = SourceText::new(file.path.clone(), &file.text);
        let complaints = match rule::load(&file.path, Cow::Owned(file.text)) {
            Ok(rule) if crate::check::all_rules(&rules).iter().any(|it| it.id == rule.id) => {
                let message = format!("there is a rule `{}` already", rule.id);
                vec![(0..source.text.find('\n').unwrap_or(0), message, "choose another title".to_owned())]
            }
            Ok(rule) => {
                rules.push(rule);
                Vec::new()
            }
            Err(errors) => errors.into_iter().map(|it| (it.span, it.message, it.help)).collect(),
        };
        refuse(&source, complaints, style)?;
    }
    Ok(rules)
}

/// Files below a folder that match a glob; a path without wildcards is looked up as it is.
fn matching(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    if !pattern.contains(['*', '?', '[', '{']) {
        return Some(folder.join(pattern)).filter(|it| it.is_file()).into_iter().collect();
    }
    let Ok(glob) = GlobBuilder::new(pattern).literal_separator(true).build() else { return Vec::new() };
    let glob = glob.compile_matcher();
    // only what can match is walked: the fixed folders in front of the first wildcard
    let fixed: PathBuf = pattern.split('/').take_while(|it| !it.contains(['*', '?', '[', '{'])).collect();
    walkdir::WalkDir::new(folder.join(fixed))
        .into_iter()
        .filter_map(Result::ok)
        .filter(|it| it.file_type().is_file())
        .filter(|it| it.path().strip_prefix(folder).is_ok_and(|path| glob.is_match(path)))
        .map(walkdir::DirEntry::into_path)
        .collect()
}

/// A path as messages name it: relative to the checked root where it lies in it.
pub(super) fn shown(file: &Path, root: &Path) -> String {
    let inside =
        root.canonicalize().ok().and_then(|root| file.strip_prefix(root).ok().map(Path::to_path_buf));
    inside.unwrap_or_else(|| file.to_path_buf()).to_string_lossy().replace('\\', "/")
}

fn prefix(folder: &Path, root: &Path) -> String {
    let relative =
        root.canonicalize().ok().and_then(|root| root.strip_prefix(folder).ok().map(Path::to_path_buf));
    let relative = relative.unwrap_or_default().to_string_lossy().replace('\\', "/");
    if relative.is_empty() { relative } else { relative + "/" }
}

/// Complains about rules on the command line that nobody knows.
pub(super) fn check_rules(names: &[String], user: &[Rule]) -> Result<BTreeSet<SmolStr>, Failure> {
    if names.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rules = crate::check::all_rules(user);
    let known = |name: &String| {
        let rule = rules.iter().find(|it| it.id == *name || it.aliases.iter().any(|alias| alias == name));
        rule.map(|it| it.id.clone()).ok_or_else(|| {
            let help = rule::header::suggestion(name, rules.iter().map(|it| it.id.as_str()));
            Failure::with_help(format_args!("no rule `{name}`"), help)
        })
    };
    names.iter().map(known).collect()
}
