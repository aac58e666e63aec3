//! What paths, standard input and the environment mean to the binary.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

#[expect(dead_code, reason = "other test programs use the rest")]
mod common;

use common::{FAULTY, Said, command, project, said, sessionlint, write};

fn piped(root: &Path, arguments: &[&str], text: &str) -> Said {
    let mut command = command(root);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // a run that refuses its arguments may end before it reads
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    said(child.wait_with_output().unwrap())
}

#[test]
fn standard_input_stands_for_a_file_of_the_project() {
    let root = project("stdin", FAULTY);
    let mended = FAULTY[3].1.replace("COOKIE_SECURE = False", "COOKIE_SECURE = True");
    let named = ["-", "--stdin-filename", "shop/settings.py"];
    assert_eq!(piped(&root, &named, FAULTY[3].1).code, 1);
    let run = piped(&root, &named, &mended);
    assert_eq!(run.code, 0, "{}\n{}", run.out, run.err);
    // in place of the file, and nothing is written
    assert_eq!(sessionlint(&root, &["shop/settings.py"]).code, 1);
    let run = piped(&root, &["-", "--stdin-filename", "shop/settings.py", "--diff"], FAULTY[3].1);
    assert!(run.out.contains("+SESSION_COOKIE_SECURE = True"), "{}\n{}", run.out, run.err);
}

#[test]
fn standard_input_may_be_a_file_that_is_not_there_yet() {
    let root = project("stdin-new", FAULTY);
    let text = "from django.http import HttpResponse\n\n\ndef view(request):\n    response = HttpResponse(\"x\")\n    \
                response.set_cookie(\"auth_token\", \"x\")\n    return response\n";
    let run = piped(&root, &["-", "--stdin-filename", "shop/views.py", "-f", "concise"], text);
    assert!(run.out.starts_with("shop/views.py:6:5: "), "{}\n{}", run.out, run.err);
    let run = piped(&root, &["-", "--stdin-filename", "nowhere/views.py"], text);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("cannot open `nowhere/views.py`"), "{}", run.err);
}

#[test]
fn standard_input_without_a_name_and_what_it_cannot_do() {
    let root = project("stdin-wrong", FAULTY);
    for (arguments, told) in [
        (&["-"][..], "`--stdin-filename app/views.py`"),
        (&["--stdin-filename", "shop/settings.py"], "write `-` among the paths"),
        (&["-", "--stdin-filename", "shop/settings.py", "--fix"], "cannot be used with"),
    ] {
        let run = piped(&root, arguments, "");
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(run.err.contains(told), "{arguments:?}: {}", run.err);
    }
}

#[test]
fn what_is_named_is_read_although_git_or_the_configuration_passes_it_by() {
    for (name, file, text) in [
        ("git", ".gitignore", "shop/settings.py\n"),
        ("exclude", "sessionlint.toml", "exclude = [\"shop/settings.py\"]\n"),
    ] {
        let root = project(&format!("named-{name}"), FAULTY);
        write(&root, file, text.as_bytes());
        assert_eq!(sessionlint(&root, &["."]).code, 0, "{name}");
        assert_eq!(sessionlint(&root, &["shop/settings.py"]).code, 1, "{name}");
        let run = sessionlint(&root, &["shop/settings.py", "--force-exclude"]);
        assert_eq!(run.code, 3, "{name}: {}", run.out);
        assert!(run.err.contains("nothing to check in `shop/settings.py`"), "{name}: {}", run.err);
    }
}

#[test]
fn a_file_that_is_nothing_for_us_is_told() {
    let root = project("no-code", FAULTY);
    write(&root, "README.md", b"# shop\n");
    let run = sessionlint(&root, &["README.md"]);
    assert_eq!(run.code, 3, "{}", run.out);
    assert!(run.err.contains("nothing to check in `README.md`"), "{}", run.err);
}

#[test]
fn a_mistyped_command_is_answered() {
    let root = project("mistyped", FAULTY);
    let run = sessionlint(&root, &["chekc"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("did you mean the command `check`?"), "{}", run.err);
}

#[test]
fn the_environment_names_a_configuration() {
    let root = project("variable", FAULTY);
    write(&root, "ci/lenient.toml", b"[rules.cookie-no-secure]\noff = true\n");
    let run = |arguments: &[&str], value: &str| {
        said(command(&root).args(arguments).env("SESSIONLINT_CONFIG", value).output().unwrap()).code
    };
    assert_eq!(run(&[], "ci/lenient.toml"), 0);
    assert_eq!(run(&[], ""), 1);
    assert_eq!(run(&["--no-config"], "ci/lenient.toml"), 1);
    assert_eq!(run(&[], "ci/none.toml"), 2);
    write(&root, "strict.toml", b"");
    assert_eq!(run(&["--config", "strict.toml"], "ci/lenient.toml"), 1);
}
