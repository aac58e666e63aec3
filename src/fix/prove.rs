//! Fixes are tried out in memory: a run over the mended text says whether they hold what they promise.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use super::apply::{Batch, apply};
use super::{Desk, Proposal, orphan, proposals};
use crate::check::{self, Kept, Options, Report};
use crate::facts::FactKind;
use crate::finding::{Confidence, Finding, Fix, Persona, Reported, Safety, Severity};
use crate::source::FileId;
use crate::workspace::{FileKind, Workspace};

/// One fix may make room for another, so there are several rounds.
const ROUNDS: usize = 12;

/// Runs in one round that find out which fixes spoil the others; what is not known by then waits for the next round.
const RUNS: usize = 64;

/// How long a report may look for fixes: what is not known by then has none there, and is counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Patience {
    /// Somebody waits at a terminal.
    Short,
    /// A tool reads it.
    Long,
}

impl Patience {
    /// So many runs over a project of so many files. They are the longer the more files there are.
    fn runs(self, files: usize) -> usize {
        match self {
            Self::Short => (2000 / files.max(1)).clamp(6, RUNS),
            Self::Long => RUNS,
        }
    }
}

/// A project after its fixes.
pub struct Mended {
    /// The report on the mended project.
    pub report: Report,
    /// What was done, with the finding that each was made for.
    pub made: Vec<(Finding, Fix)>,
    /// New texts of the files that changed, as they belong on disk.
    pub texts: BTreeMap<FileId, String>,
}

/// Mends what can be mended by fixes of this safety or a better one.
#[must_use]
pub fn mend(report: Report, options: &Options, allowed: Safety) -> Mended {
    let kept = RefCell::new(Kept::new());
    let before = report.workspace.edited(&BTreeMap::new());
    let mut mended = Mended { report, made: Vec::new(), texts: BTreeMap::new() };
    let mut refused = BTreeSet::new();
    for _ in 0..ROUNDS {
        let bench = Bench::new(&mended.report, options, &kept);
        let round = bench.round(bench.offers(allowed, &refused), RUNS);
        if round.offers.is_empty() {
            break;
        }
        if let Some((report, done)) = round.play(&mut refused, &mut mended.texts) {
            mended.made.extend(done);
            mended.report = report;
        }
    }
    tidy(&mut mended, &before, options, &kept);
    mended
}

/// Takes out the imports that the fixes left without a use, where that changes nothing else.
fn tidy(mended: &mut Mended, before: &Workspace, options: &Options, kept: &RefCell<Kept>) {
    let workspace = &mended.report.workspace;
    let mut texts = BTreeMap::new();
    let units = kept.borrow().units(workspace);
    for file in mended.texts.keys().copied() {
        let is_python = workspace.files.get(file.0 as usize).is_some_and(|it| it.kind == FileKind::Python);
        let (Some(old), Some(new)) = (before.text(file), workspace.text(file)) else { continue };
        let Some(unit) = units.get(file).filter(|_| is_python) else { continue };
        let edits = orphan::edits(&old.text, &unit, &new.text);
        if !edits.is_empty() {
            texts.insert(file, apply(new, &edits));
        }
    }
    drop(units);
    if texts.is_empty() {
        return;
    }
    let count = |options: &Options| {
        Count::of(&check::rerun(workspace.edited(&texts), options, &mut kept.borrow_mut()))
    };
    let bench = Bench::new(&mended.report, options, kept);
    if bench.before().spoilt(&count(&strict(options)), &[]).is_none() {
        mended.report = check::rerun(workspace.edited(&texts), options, &mut kept.borrow_mut());
        mended.texts.extend(texts);
    }
}

/// The fix of one finding that holds; the others are not looked at. `kept` is what the report's own run left.
#[must_use]
pub fn of_finding(report: &Report, options: &Options, fingerprint: &str, kept: &mut Kept) -> Option<Fix> {
    let lent = RefCell::new(std::mem::take(kept));
    let found = Bench::new(report, options, &lent).of_finding(fingerprint);
    *kept = lent.into_inner();
    found
}

/// Puts the fixes into a report that hold, by fingerprint: for readers, and for formats and editors that offer them.
/// `kept` is what the report's own run left.
pub fn attach(report: &mut Report, options: &Options, kept: &mut Kept, patience: Patience) {
    let kept = RefCell::new(std::mem::take(kept));
    let bench = Bench::new(report, options, &kept);
    let (mut fixes, mut refused, mut runs) =
        (BTreeMap::new(), BTreeSet::new(), patience.runs(bench.report.summary.files));
    let mut untried = 0;
    for _ in 0..ROUNDS {
        let mut offers = bench.offers(Safety::Unsafe, &refused);
        offers.retain(|it| !fixes.contains_key(&it.fingerprint));
        untried = offers.len();
        if untried == 0 || runs == 0 {
            break;
        }
        let round = bench.round(offers, runs);
        let (good, bad) = round.proved();
        runs = runs.saturating_sub(round.runs.get());
        refused.extend(bad.iter().map(Offer::key));
        fixes.extend(good.into_iter().map(|it| (it.fingerprint, it.fix)));
    }
    report.untried = untried;
    report.fixes = fixes;
}

/// A report whose findings are to be mended.
struct Bench<'o> {
    report: &'o Report,
    options: &'o Options,
    /// What the project looks like to all rules and to the most suspicious reader.
    before: OnceCell<Count>,
    /// Lowered files and models, for all runs.
    kept: &'o RefCell<Kept>,
}

impl<'o> Bench<'o> {
    fn new(report: &'o Report, options: &'o Options, kept: &'o RefCell<Kept>) -> Self {
        Self { report, options, before: OnceCell::new(), kept }
    }

    fn before(&self) -> &Count {
        self.before.get_or_init(|| Count::of(&check::rejudge(self.report, &strict(self.options))))
    }

    /// The best proposal for each finding that has one.
    fn offers(&self, allowed: Safety, refused: &BTreeSet<Key>) -> Vec<Offer> {
        let report = self.report;
        let rules: BTreeMap<&str, _> = report.rules().into_iter().map(|it| (it.id.as_str(), it)).collect();
        // what is only suspected is not for us to change
        let sure = |it: &&Reported| it.finding.confidence > Confidence::Low;
        let mendable =
            |it: &&Reported| rules.get(it.finding.rule.as_str()).is_some_and(|it| !it.remedies.is_empty());
        let findings: Vec<_> = report.findings.iter().filter(sure).filter(mendable).collect();
        if findings.is_empty() {
            return Vec::new();
        }
        let mut kept = self.kept.borrow_mut();
        let models = kept.models(&report.workspace, self.options);
        let units = kept.units(&report.workspace);
        let desk = Desk { report, units: &units, models: &models };
        let mut offers = Vec::new();
        for Reported { finding, fingerprint } in findings {
            let Some(rule) = rules.get(finding.rule.as_str()) else { continue };
            let offer = |Proposal { fix, retires }| Offer {
                finding: finding.clone(),
                fingerprint: fingerprint.clone(),
                fix,
                retires,
            };
            let all = proposals(&desk, rule, finding).into_iter().filter(|it| it.fix.safety <= allowed);
            offers.extend(all.map(offer).find(|it| !refused.contains(&it.key())));
        }
        offers
    }

    fn of_finding(&self, fingerprint: &str) -> Option<Fix> {
        let mut refused = BTreeSet::new();
        for _ in 0..ROUNDS {
            let mut offers = self.offers(Safety::Unsafe, &refused);
            offers.retain(|it| it.fingerprint == fingerprint);
            let round = self.round(offers, RUNS);
            let offer = round.offers.first()?;
            if round.holds(std::slice::from_ref(offer)).is_some() {
                return Some(offer.fix.clone());
            }
            refused.insert(offer.key());
        }
        None
    }

    fn round(&self, offers: Vec<Offer>, most: usize) -> Round<'_> {
        Round { bench: self, offers, runs: Cell::new(0), most }
    }
}

/// Identity of a proposal that outlives edits elsewhere.
type Key = (String, String);

struct Round<'o> {
    bench: &'o Bench<'o>,
    /// The best proposal for each finding.
    offers: Vec<Offer>,
    runs: Cell<usize>,
    /// More runs than that are not made.
    most: usize,
}

/// What a run over the mended text says.
enum Outcome {
    /// The new texts.
    Holds(BTreeMap<FileId, String>),
    /// What is found that should not be; empty when less was seen than before.
    Spoilt(Vec<Identity>),
}

#[derive(Clone)]
struct Offer {
    finding: Finding,
    fingerprint: String,
    fix: Fix,
    retires: Option<FactKind>,
}

impl Offer {
    fn key(&self) -> Key {
        let texts: Vec<_> = self.fix.edits.iter().map(|it| it.text.as_str()).collect();
        (self.fingerprint.clone(), format!("{}\n{}", self.fix.title, texts.join("\n")))
    }
}

impl Round<'_> {
    /// Makes as many fixes as go together; `None` when some were refused and nothing was done.
    fn play(
        &self,
        refused: &mut BTreeSet<Key>,
        texts: &mut BTreeMap<FileId, String>,
    ) -> Option<(Report, Vec<(Finding, Fix)>)> {
        let all = self.together();
        let (mut chosen, mut bad) = (Vec::new(), Vec::new());
        self.sort_out(&all, &mut chosen, &mut bad);
        refused.extend(bad.iter().map(Offer::key));
        if chosen.len() < all.len() && self.holds(&chosen).is_none() {
            chosen.truncate(1);
        }
        let new = self.holds(&chosen).filter(|_| !chosen.is_empty())?;
        let workspace = self.bench.report.workspace.edited(&new);
        texts.extend(new);
        let done = chosen.into_iter().map(|it| (it.finding, it.fix)).collect();
        Some((check::rerun(workspace, self.bench.options, &mut self.bench.kept.borrow_mut()), done))
    }

    /// Of the offers those that touch different bytes.
    fn together(&self) -> Vec<Offer> {
        let mut batch = Batch::default();
        self.offers.iter().filter(|it| batch.take(&it.fix.edits)).cloned().collect()
    }

    /// The new texts, when these fixes do what they promise and nothing else.
    fn holds(&self, offers: &[Offer]) -> Option<BTreeMap<FileId, String>> {
        match self.attempt(offers) {
            Outcome::Holds(texts) => Some(texts),
            Outcome::Spoilt(_) => None,
        }
    }

    fn attempt(&self, offers: &[Offer]) -> Outcome {
        let mut batch = Batch::default();
        if !offers.iter().all(|it| batch.take(&it.fix.edits)) {
            return Outcome::Spoilt(Vec::new());
        }
        let mut texts = BTreeMap::new();
        for (file, edits) in batch.files() {
            let Some(source) = self.bench.report.source(file) else { return Outcome::Spoilt(Vec::new()) };
            texts.insert(file, apply(source, edits));
        }
        let workspace = self.bench.report.workspace.edited(&texts);
        self.runs.set(self.runs.get() + 1);
        let after = Count::of(&check::rerun(
            workspace,
            &strict(self.bench.options),
            &mut self.bench.kept.borrow_mut(),
        ));
        let mended: Vec<_> = offers
            .iter()
            .map(|it| (identity(&self.bench.report.workspace, &it.finding), it.retires))
            .collect();
        match self.bench.before().spoilt(&after, &mended) {
            None => Outcome::Holds(texts),
            Some(wrong) => Outcome::Spoilt(wrong),
        }
    }

    /// The offers that hold, and those that do not.
    fn proved(&self) -> (Vec<Offer>, Vec<Offer>) {
        let all = self.together();
        let alone = self.offers.iter().filter(|it| !all.iter().any(|one| one.fingerprint == it.fingerprint));
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        self.sort_out(&all, &mut good, &mut bad);
        for it in alone {
            self.sort_out(std::slice::from_ref(it), &mut good, &mut bad);
        }
        (good, bad)
    }

    /// Which offers hold: all at once where that works, else by halves.
    fn sort_out(&self, offers: &[Offer], good: &mut Vec<Offer>, bad: &mut Vec<Offer>) {
        if offers.is_empty() {
            return;
        }
        if self.runs.get() >= self.most {
            return;
        }
        let (left, right) = match self.attempt(offers) {
            Outcome::Holds(_) => {
                good.extend_from_slice(offers);
                return;
            }
            Outcome::Spoilt(_) if offers.len() == 1 => {
                bad.extend_from_slice(offers);
                return;
            }
            Outcome::Spoilt(wrong) => {
                let (guilty, rest): (Vec<_>, Vec<_>) =
                    offers.iter().cloned().partition(|it| self.is_guilty(it, &wrong));
                if guilty.is_empty() || rest.is_empty() {
                    let (left, right) = offers.split_at(offers.len() / 2);
                    (left.to_vec(), right.to_vec())
                } else {
                    (rest, guilty)
                }
            }
        };
        self.sort_out(&left, good, bad);
        self.sort_out(&right, good, bad);
    }

    /// Whether something that is found too often is the finding itself, or lies in a file that the fix changes.
    fn is_guilty(&self, offer: &Offer, wrong: &[Identity]) -> bool {
        let own = identity(&self.bench.report.workspace, &offer.finding);
        let is_own = |it: &Identity| *it == own;
        if wrong.iter().any(is_own) {
            return true;
        }
        let paths = offer.fix.edits.iter().filter_map(|it| self.bench.report.source(it.span.file));
        let paths: Vec<&str> = paths.map(|it| it.path.as_str()).collect();
        wrong
            .iter()
            .any(|it| !self.bench.before().findings.contains_key(it) && paths.contains(&it[1].as_str()))
    }
}

/// All rules, every doubt: what a fix must not make worse.
fn strict(options: &Options) -> Options {
    Options {
        persona: Persona::Auditor,
        min_severity: None,
        min_confidence: None,
        only: BTreeSet::new(),
        ignore: BTreeSet::new(),
        within: Vec::new(),
        baseline: None,
        changed: None,
        ..options.clone()
    }
}

/// Rule, file, item and subject of a finding: what of it stays the same while text moves.
type Identity = [String; 4];

fn identity(workspace: &Workspace, finding: &Finding) -> Identity {
    let path = workspace.files.get(finding.span.file.0 as usize).map_or("", |it| it.path.as_str());
    let subject = format!("{} {}", finding.subject.kind, finding.subject.name.as_deref().unwrap_or(""));
    [finding.rule.to_string(), path.to_owned(), finding.item.to_string(), subject]
}

/// How often everything was found, and how much was seen at all.
#[derive(Default)]
struct Count {
    findings: BTreeMap<Identity, usize>,
    /// Those that are advice only: a cookie has to be sound before it can be hardened.
    advice: BTreeSet<Identity>,
    problems: usize,
    judged: BTreeMap<FactKind, usize>,
}

impl Count {
    fn of(report: &Report) -> Self {
        let mut findings = BTreeMap::new();
        let mut advice = BTreeSet::new();
        let silenced = report.suppressed.iter().map(|it| &it.finding);
        for finding in report.findings.iter().map(|it| &it.finding).chain(silenced) {
            let identity = identity(&report.workspace, finding);
            if finding.severity == Severity::Info {
                advice.insert(identity.clone());
            }
            *findings.entry(identity).or_default() += 1;
        }
        let judged = report.summary.facts.iter().map(|(kind, it)| (*kind, it.judged)).collect();
        Self { findings, advice, problems: report.problems.len(), judged }
    }

    /// `None` when `after` lacks the mended findings, has nothing new, and lost nothing that was seen; else what is found
    /// too often.
    fn spoilt(&self, after: &Self, mended: &[(Identity, Option<FactKind>)]) -> Option<Vec<Identity>> {
        let mut most = self.findings.clone();
        for (it, _) in mended {
            let count = most.entry(it.clone()).or_default();
            *count = count.saturating_sub(1);
        }
        let often = |(it, count): &(&Identity, &usize)| match most.get(*it) {
            Some(most) => *count > most,
            None => !after.advice.contains(*it),
        };
        let wrong: Vec<_> = after.findings.iter().filter(often).map(|(it, _)| it.clone()).collect();
        let retired = |kind: &FactKind| mended.iter().filter(|(_, it)| it.as_ref() == Some(kind)).count();
        let left = |kind: &FactKind| after.judged.get(kind).unwrap_or(&0) + retired(kind);
        let seen = self.judged.iter().all(|(kind, count)| left(kind) >= *count);
        (!wrong.is_empty() || !seen || after.problems > self.problems).then_some(wrong)
    }
}
