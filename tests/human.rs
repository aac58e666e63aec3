//! What people see, where the code is awkward or means harm.

#[expect(dead_code, reason = "other test programs use the rest")]
mod common;

use common::finding;
use sessionlint::check::{Options, Report, conclude};
use sessionlint::facts::Note;
use sessionlint::finding::Finding;
use sessionlint::report::{Format, Style, render};
use sessionlint::source::{FileId, Span};
use sessionlint::workspace::Workspace;

const CALL: &str = "set_cookie(SID)";

fn report(files: &[(&str, &str)], find: impl FnOnce(&Workspace) -> Vec<Finding>) -> Report {
    let workspace = Workspace::from_texts(files);
    let found = find(&workspace);
    conclude(workspace, Vec::new(), found, Vec::new(), &Options::default())
}

fn human(report: &Report) -> String {
    render(report, Format::Human, Style::default())
}

#[test]
fn a_line_without_end_is_clipped_around_its_label() {
    let text = format!("x = [{}]; set_cookie(SID); y = [{}]\n", "1, ".repeat(500_000), "2, ".repeat(500_000));
    let shown = human(&report(&[("a.py", &text)], |it| vec![finding(it, "a.py", CALL, 0)]));
    assert!(shown.chars().count() < 2_000, "{} characters", shown.chars().count());
    let line = shown.lines().find(|it| it.contains(CALL)).unwrap();
    assert!(line.contains('…'), "{line}");
    let label = shown.lines().find(|it| it.contains('┬')).unwrap();
    let column = |line: &str, what: &str| line.find(what).map(|at| line[..at].chars().count());
    assert_eq!(column(line, CALL), column(label, "─"), "{shown}");
    assert!(shown.contains("a.py:1:1500"), "{shown}");
}

#[test]
fn labels_stand_under_what_they_mean_in_wide_and_odd_text() {
    let text = "\u{feff}ä = '漢字'; set_cookie(SID)  # session\r\nb = 1\r\n";
    let shown = human(&report(&[("a.py", text)], |it| vec![finding(it, "a.py", CALL, 0)]));
    insta::assert_snapshot!(shown.lines().skip(4).take(5).collect::<Vec<_>>().join("\n"), @r"
      ╭─[a.py:1:11]
    1 │ ä = '漢字'; set_cookie(SID)  # session
      ·             ───────┬───────
      ·                    ╰── switched off here
    2 │ b = 1
    ");
}

#[test]
fn nothing_is_drawn_between_places_that_are_far_apart() {
    let gap = "# nothing\n".repeat(300);
    let text = format!("a = 1\n{gap}b = 2\n{gap}set_cookie(SID)\n{gap}c = 3\n");
    let shown = human(&report(&[("a.py", &text)], |it| {
        let mut finding = finding(it, "a.py", CALL, 0);
        let note = |needle| Note { span: common::finding(it, "a.py", needle, 0).span, text: "here".into() };
        finding.evidence = ["a = 1", "b = 2", "c = 3"].map(note).to_vec();
        vec![finding]
    }));
    assert!(shown.lines().count() < 40, "{shown}");
    assert!(["a = 1", "b = 2", CALL, "c = 3"].iter().all(|it| shown.contains(it)), "{shown}");
}

#[test]
fn evidence_of_other_files_has_frames_of_its_own_and_far_lines_are_left_out() {
    let settings = format!("A = 1\n{}SECURE = False\n", "# nothing\n".repeat(40));
    let files = [("z/app.py", "def login():\n    set_cookie(SID)\n\n"), ("settings.py", settings.as_str())];
    let shown = human(&report(&files, |it| {
        let mut finding = finding(it, "z/app.py", CALL, 0);
        let place = |needle: &str| common::finding(it, "settings.py", needle, 0).span;
        let note = |needle, text: &str| Note { span: place(needle), text: text.into() };
        finding.evidence = vec![note("False", "off here"), note("A = 1", "first here")];
        vec![finding]
    }));
    let order: Vec<_> =
        ["z/app.py:2:5", "settings.py:1:1", "settings.py:42:10"].iter().map(|it| shown.find(it)).collect();
    assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{shown}");
    assert!(shown.matches("# nothing").count() <= 3, "{shown}");
}

#[test]
fn text_of_the_project_is_no_command_for_the_terminal() {
    let text = "x = '\u{1b}]0;owned\u{7}'; set_cookie(SID)  # \u{9b}31m\n";
    let report = report(&[("a\u{1b}[2J.py", text)], |it| {
        let mut finding = finding(it, "a\u{1b}[2J.py", CALL, 0);
        finding.message = "cookie `\u{1b}[31m\nfake: line` is sent".into();
        finding.help = "\u{1b}[0m".into();
        vec![finding]
    });
    for format in [Format::Human, Format::Concise, Format::Markdown] {
        let shown = render(&report, format, Style::default());
        let control = shown.chars().find(|it| it.is_control() && *it != '\n');
        assert_eq!(control, None, "{}:\n{shown}", format.word());
        assert!(!shown.contains("\nfake"), "{}", format.word());
    }
    let annotations = render(&report, Format::Github, Style::default());
    assert_eq!(annotations.lines().count(), 1, "{annotations}");
}

#[test]
fn places_that_do_not_exist_are_no_crash() {
    let shown = report(&[("a.py", "session = 1\n")], |it| {
        let good = finding(it, "a.py", "session", 0);
        let at = |file, start, end| Finding { span: Span { file, start, end }, ..good.clone() };
        let file = good.span.file;
        vec![at(file, 5_000, 6_000), at(file, 8, 3), at(FileId(77), 0, 1), at(file, 12, 12), good]
    });
    for format in Format::ALL {
        let _ = render(&shown, format, Style { colour: true, width: 10 });
    }
}
