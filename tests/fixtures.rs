//! Every application under `fixtures/` gives the findings that its marks say, and no others.
//!
//! A folder `<name>-fixed` is the mended twin of `<name>`: nothing may be found in it, and nothing may be marked.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sessionlint::check::{Options, examples, run};
use sessionlint::workspace::Workspace;

fn applications() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let entries = fs::read_dir(folder).expect("the folder of fixtures");
    let mut found: Vec<_> =
        entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

/// The text of every file, by its path below `root` with `/`.
fn texts(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(root) {
        let entry = entry.expect("an entry");
        if let Ok(text) = fs::read_to_string(entry.path())
            && let Ok(path) = entry.path().strip_prefix(root)
        {
            found.insert(path.to_string_lossy().replace('\\', "/"), text);
        }
    }
    found
}

fn name(application: &Path) -> String {
    application.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[test]
fn marks_and_findings_agree() {
    let mut faults = Vec::new();
    for application in applications() {
        let report = run(Workspace::discover(&application), &Options::default());
        let name = name(&application);
        let texts = texts(&application);
        let files = texts.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        faults.extend(examples::compare(files, &report).iter().map(|fault| format!("{name}/{fault}")));
        faults.extend(report.problems.iter().map(|problem| format!("{name}: {}", problem.message)));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_faulty_application_has_marks_and_a_mended_one_has_none() {
    for application in applications() {
        let marks = texts(&application).values().map(|text| examples::marks(text).len()).sum::<usize>();
        let name = name(&application);
        match name.strip_suffix("-fixed") {
            Some(faulty) => {
                assert_eq!(marks, 0, "{name} has marks");
                assert!(application.with_file_name(faulty).is_dir(), "{name} has no faulty twin");
            }
            None => assert!(marks > 0, "{name} has no marks"),
        }
    }
}
