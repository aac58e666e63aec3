//! Fixes: the finding is gone, nothing new appears, the text still parses, a second run changes nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use sessionlint::check::{self, Options, Report, examples};
use sessionlint::embedded::RULES;
use sessionlint::finding::{Reported, Safety};
use sessionlint::fix::{self, Mended, Twin};
use sessionlint::rule::{Example, Page, Section};
use sessionlint::workspace::Workspace;

#[expect(dead_code, reason = "other test programs use the rest")]
mod common;

fn keys(report: &Report) -> BTreeMap<(String, String), usize> {
    let mut keys = BTreeMap::new();
    for it in &report.findings {
        let path = report.workspace.files[it.finding.span.file.0 as usize].path.clone();
        *keys.entry((path, it.finding.rule.to_string())).or_default() += 1;
    }
    keys
}

/// Mends a project and looks at what came out. Returns how many findings were mended and how many there were.
fn round_trip(
    at: &str,
    workspace: Workspace,
    allowed: Safety,
    faults: &mut Vec<String>,
) -> (usize, usize, Mended) {
    let options = Options::default();
    let report = check::run(workspace, &options);
    let (before, problems) = (keys(&report), report.problems.len());
    let number = report.findings.len();
    let mended = fix::mend(report, &options, allowed);
    let after = keys(&mended.report);
    for (key, count) in &after {
        if before.get(key).is_none_or(|it| it < count) {
            faults.push(format!("{at}: {key:?} is new"));
        }
    }
    if mended.report.problems.len() > problems {
        faults.push(format!("{at}: {:?}", mended.report.problems));
    }
    if mended.report.findings.len() + mended.made.len() > number {
        faults.push(format!(
            "{at}: {} fixes left {} of {number}",
            mended.made.len(),
            mended.report.findings.len()
        ));
    }
    for Reported { finding, .. } in &mended.report.findings {
        let source = mended.report.source(finding.span.file).unwrap();
        let place = source.line_column(finding.span.start);
        println!(
            "left {} {at} {} {}:{} {}",
            allowed.word(),
            finding.rule,
            source.path,
            place.line,
            finding.message
        );
    }
    let again =
        fix::mend(check::run(mended.report.workspace.edited(&BTreeMap::new()), &options), &options, allowed);
    if !again.made.is_empty() || !again.texts.is_empty() {
        faults.push(format!("{at}: a second run changes more: {:?}", again.made));
    }
    (mended.made.len(), number, mended)
}

fn example(example: &Example<'_>) -> Workspace {
    Workspace::from_texts(&examples::project(example))
}

/// How many findings are mended at least: in the blocks of the pages by safe fixes and by all, in the fixtures by all. What
/// is gained is put down here, so that it does not get lost again.
const FLOOR: [usize; 3] = [28, 100, 159];

#[test]
fn blocks_of_all_pages_are_mended_and_stay_so() {
    let mut faults = Vec::new();
    let mut lines = Vec::new();
    for (allowed, floor) in [(Safety::Safe, FLOOR[0]), (Safety::Unsafe, FLOOR[1])] {
        let (mut made, mut all) = (0, 0);
        for (path, text) in RULES {
            let page = Page::parse(text).unwrap();
            for it in &page.examples {
                let at = format!("{path}:{}", it.line);
                let (some, of, mended) = round_trip(&at, example(it), allowed, &mut faults);
                (made, all) = (made + some, all + of);
                for (finding, fix) in &mended.made {
                    lines.push(format!("{at} {} {} {}", fix.safety.word(), finding.rule, fix.title));
                }
            }
        }
        lines.push(format!("{}: {made} of {all}", allowed.word()));
        if made < floor {
            faults.push(format!("{}: only {made} are mended, it were {floor}", allowed.word()));
        }
    }
    println!("{}", lines.join("\n"));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A page shows what fixes make of its examples, to the letter; `UPDATE_PAGES=1` writes what it has to show.
#[test]
fn pages_show_what_fixes_make_of_their_examples() {
    let update = std::env::var_os("UPDATE_PAGES").is_some();
    let mut faults = Vec::new();
    for (path, text) in RULES {
        let page = Page::parse(text).unwrap();
        let mut shown = String::new();
        // the last one first, so that those before it stay where they are
        let bad = page.examples.iter().rev().filter(|it| it.section == Section::Bad);
        for it in bad {
            let twin = fix::twin(it, &Options::default());
            let block = block(it, &twin);
            let same = it.fixed.len() == twin.texts.len() && fix::differences(it, &twin).is_empty();
            if !same || !text.contains(&block) {
                faults.push(format!("{path}:{}: the page has to show\n{block}", it.line));
            }
            shown = replaced(if shown.is_empty() { text } else { &shown }, it, &block);
        }
        if update {
            std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(path), shown).unwrap();
        }
    }
    let how = "`UPDATE_PAGES=1 cargo test --test fixes` writes them";
    assert!(update || faults.is_empty(), "{}\n{how}", faults.join("\n"));
}

/// The blocks of a page that follow an example.
fn block(example: &Example<'_>, twin: &Twin) -> String {
    if twin.texts.is_empty() {
        return String::new();
    }
    let how = if twin.safe { "--fix" } else { "--fix --unsafe-fixes" };
    let mut block = format!("`{how}` makes of it:\n\n");
    for (path, text) in &twin.texts {
        let (language, default) = match path.rsplit_once('.').unwrap().1 {
            "rs" => ("rust", "src/main.rs"),
            "py" if path.ends_with("settings.py") => ("python settings", "project/settings.py"),
            "py" => ("python", "app/views.py"),
            "yml" => ("yaml", ""),
            other => (other, ""),
        };
        if example.files.len() > 1 || path != default {
            let _ = writeln!(block, "`{path}`:");
        }
        let _ = write!(block, "```{language} fixed\n{text}```\n\n");
    }
    block
}

/// The page with another block behind an example, before whatever comes next.
fn replaced(page: &str, example: &Example<'_>, block: &str) -> String {
    let first = page.split_inclusive('\n').take(example.line - 1).map(str::len).sum();
    // another example may have the same file
    let start =
        example.files.iter().fold(first, |at, it| at + page[at..].find(it.text).unwrap() + it.text.len());
    let start = start + page[start..].find('\n').unwrap() + 1;
    let start = start + usize::from(page[start..].starts_with('\n'));
    let rest = &page[start..];
    let old = match example.fixed.last() {
        Some(fixed) if rest.starts_with("`--fix") => {
            let end = rest.find(fixed.text).unwrap() + fixed.text.len();
            end + rest[end..].find("\n\n").map_or(rest.len() - end, |it| it + 2)
        }
        _ => 0,
    };
    format!("{}{block}{}", &page[..start], &rest[old..])
}

#[test]
fn applications_are_mended_and_stay_so() {
    let mut faults = Vec::new();
    let mut lines = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut roots: Vec<_> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    roots.sort();
    let (mut made, mut all) = (0, 0);
    for root in &roots {
        let name = root.file_name().unwrap().to_string_lossy();
        let (some, of, mended) = round_trip(&name, Workspace::discover(root), Safety::Unsafe, &mut faults);
        (made, all) = (made + some, all + of);
        for (finding, fix) in &mended.made {
            lines.push(format!("{name} {} {} {}", fix.safety.word(), finding.rule, fix.title));
        }
    }
    println!("{}\n{made} of {all}", lines.join("\n"));
    if made < FLOOR[2] {
        faults.push(format!("only {made} are mended, it were {}", FLOOR[2]));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_command_line_mends_shows_and_says_what_it_did() {
    let root = common::project("fixes-cli", common::FAULTY);
    let read = || std::fs::read_to_string(root.join("shop/settings.py")).unwrap();
    let before = read();
    let shown = common::sessionlint(&root, &["--diff"]);
    assert_eq!(shown.code, 1, "{}", shown.err);
    assert!(
        shown.out.contains("-SESSION_COOKIE_SECURE = False\n+SESSION_COOKIE_SECURE = True\n"),
        "{}",
        shown.out
    );
    assert_eq!(shown.err, "would fix 1 finding in 1 file\n");
    assert_eq!(read(), before);
    let fixed = common::sessionlint(&root, &["--fix", "--format", "concise"]);
    assert_eq!((fixed.code, fixed.out.as_str()), (0, ""), "{}", fixed.err);
    assert!(fixed.err.starts_with("fixed 1 finding in 1 file\n"), "{}", fixed.err);
    assert_eq!(read(), before.replace("SECURE = False", "SECURE = True"));
    let again = common::sessionlint(&root, &["--diff", "--unsafe-fixes"]);
    assert_eq!((again.code, again.out.as_str()), (0, ""));
    assert_eq!(common::sessionlint(&root, &["--fix-only", "-q"]).err, "");
}

#[test]
fn people_are_told_what_can_be_mended() {
    let mut files = common::FAULTY.to_vec();
    let debug = files[3].1.replace("DEBUG = False", "DEBUG = True");
    files[3] = ("shop/settings.py", &debug);
    let root = common::project("fixes-told", &files);
    let told = common::sessionlint(&root, &["--exit-zero"]).out;
    assert!(told.contains("`--fix` does it: write `True` here"), "{told}");
    assert!(told.contains("`--fix --unsafe-fixes` does it: write `False` here"), "{told}");
    assert!(told.contains("\n1 fixable with `--fix`, 1 more with `--unsafe-fixes`\n"), "{told}");
}

#[test]
fn layout_comments_and_line_breaks_stay() {
    let rest = common::FAULTY[3].1.split_once("MIDDLEWARE").unwrap().1;
    let text = format!(
        "\u{feff}# settings\r\nDEBUG = False\r\nSECURE_SSL_REDIRECT = True\r\n\
         SESSION_COOKIE_SECURE  =  False  # for now\r\nCSRF_COOKIE_SECURE = True\r\nMIDDLEWARE{rest}"
    );
    let mut files = common::FAULTY.to_vec();
    files[3] = ("shop/settings.py", &text);
    let root = common::project("fixes-layout", &files);
    assert_eq!(common::sessionlint(&root, &["--fix"]).code, 0);
    let after = std::fs::read_to_string(root.join("shop/settings.py")).unwrap();
    assert_eq!(after, text.replace("SECURE  =  False", "SECURE  =  True"));
}

#[test]
fn safe_fixes_alone_are_made_unless_more_is_asked_for() {
    let mut files = common::FAULTY.to_vec();
    let debug = files[3].1.replace("DEBUG = False", "DEBUG = True");
    files[3] = ("shop/settings.py", &debug);
    let root = common::project("fixes-unsafe", &files);
    common::sessionlint(&root, &["--fix-only"]);
    let text = std::fs::read_to_string(root.join("shop/settings.py")).unwrap();
    assert!(text.contains("DEBUG = True") && text.contains("SESSION_COOKIE_SECURE = True"), "{text}");
    common::sessionlint(&root, &["--fix-only", "--unsafe-fixes"]);
    let text = std::fs::read_to_string(root.join("shop/settings.py")).unwrap();
    assert!(text.contains("DEBUG = False"), "{text}");
}

#[test]
fn reports_for_tools_carry_fixes_that_hold() {
    let root = common::project("fixes-report", common::FAULTY);
    let json: serde_json::Value =
        serde_json::from_str(&common::sessionlint(&root, &["--format", "json"]).out).unwrap();
    let fix = &json["findings"][0]["fix"];
    assert_eq!((fix["safety"].as_str(), fix["edits"][0]["text"].as_str()), (Some("safe"), Some("True")));
    let sarif: serde_json::Value =
        serde_json::from_str(&common::sessionlint(&root, &["--format", "sarif"]).out).unwrap();
    let change = &sarif["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "True");
    assert_eq!(change["replacements"][0]["deletedRegion"]["startLine"], 3);
}

#[test]
fn quotes_are_those_of_the_file() {
    let text =
        common::FAULTY[3].1.replace('"', "'").replace("COOKIE_SECURE = False", "COOKIE_SAMESITE = None");
    let mut files = common::FAULTY.to_vec();
    files[3] = ("shop/settings.py", &text);
    let root = common::project("fixes-quotes", &files);
    let run = common::sessionlint(&root, &["--unsafe-fixes"]);
    assert!(run.out.contains("`--fix` does it: write `'Lax'` here"), "{}", run.out);
    assert!(run.err.contains("add `--fix`"), "{}", run.err);
    common::sessionlint(&root, &["--fix-only"]);
    let after = std::fs::read_to_string(root.join("shop/settings.py")).unwrap();
    assert!(after.contains("SESSION_COOKIE_SAMESITE = 'Lax'\n"), "{after}");
}

#[test]
fn imports_that_fixes_left_without_a_use_go_as_well() {
    let views = "\
from django.http import (
    HttpResponse,
    JsonResponse,
)
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt, csrf_protect


@csrf_exempt
def rename(request):
    request.user.name = request.POST[\"name\"]
    request.user.save()
    return HttpResponse(\"ok\")


@method_decorator(csrf_exempt, name=\"dispatch\")
class Close(View):
    def post(self, request):
        request.user.open = False
        request.user.save()
        return HttpResponse(\"ok\")


@csrf_protect
def show(request):
    return HttpResponse(\"ok\")
";
    let mut files = common::FAULTY.to_vec();
    files.push(("shop/views.py", views));
    let noted = views.replace("csrf_exempt, csrf_protect\n", "csrf_exempt, csrf_protect  # noqa: I001\n");
    files.push(("shop/noted.py", &noted));
    let root = common::project("fixes-imports", &files);
    common::sessionlint(&root, &["--fix-only", "--unsafe-fixes"]);
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let mended = views
        .replace("@csrf_exempt\n", "")
        .replace("@method_decorator(csrf_exempt, name=\"dispatch\")\n", "")
        .replace("from django.utils.decorators import method_decorator\n", "")
        .replace("csrf_exempt, csrf_protect\n", "csrf_protect\n");
    // what was not used before is not ours to take out
    assert_eq!(read("shop/views.py"), mended);
    assert!(read("shop/noted.py").contains("import csrf_exempt, csrf_protect  # noqa: I001\n"));
}

#[test]
fn pieces_of_a_line_are_not_taken_for_the_value_of_an_attribute() {
    let line = "\"session=\".to_owned() + id + \"; Path=/; HttpOnly; Secure; SameSite=None\"";
    let code = format!(
        "use axum::http::header::SET_COOKIE;\nuse axum::response::IntoResponse;\n\
         pub async fn embed() -> impl IntoResponse {{\n    with(\"x\")\n}}\n\
         fn with(id: &str) -> impl IntoResponse {{\n    [(SET_COOKIE, {line})]\n}}\n"
    );
    let manifest = "[package]\nname = \"app\"\n[dependencies]\naxum = \"0.8\"\n";
    let root = common::project("fixes-pieces", &[("Cargo.toml", manifest), ("src/main.rs", &code)]);
    let said = common::sessionlint(&root, &["check", "--format", "concise"]).out;
    assert!(said.contains("cookie-samesite-none"), "{said}");
    common::sessionlint(&root, &["--fix", "--unsafe-fixes"]);
    let after = std::fs::read_to_string(root.join("src/main.rs")).unwrap();
    assert!(after.contains("\"session=\".to_owned()"), "{after}");
}
