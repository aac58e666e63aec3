//! Every row of every shipped model is asked for by a fixture or a block of a rule page, or its file says why not.

use std::collections::BTreeMap;
use std::path::Path;

use sessionlint::embedded::RULES;
use sessionlint::facts::analyse;
use sessionlint::model::{Models, Reach, Scope};
use sessionlint::rule::Page;
use sessionlint::workspace::Workspace;

/// Rows of the Rust models that are reached, of a hundred: it only goes up.
const SHARE: usize = 33;

#[test]
fn every_row_is_reached_or_excused() {
    let (models, errors) = Models::load(&Scope::All, &[]);
    assert!(errors.is_empty(), "{errors:?}");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for entry in std::fs::read_dir(fixtures).unwrap() {
        drop(analyse(&Workspace::discover(&entry.unwrap().path()), &models));
    }
    for (_, text) in RULES {
        for example in &Page::parse(text).unwrap().examples {
            let files: Vec<(&str, &str)> = example.files.iter().map(|it| (it.path, it.text)).collect();
            drop(analyse(&Workspace::from_texts(&files), &models));
        }
    }
    let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut reached, mut all) = (0, 0);
    for (row, reach) in models.coverage() {
        let (file, name) = row.split_once(": ").unwrap();
        if file.starts_with("models/rust/") {
            all += 1;
            reached += usize::from(reach == Reach::Yes);
        }
        if reach == Reach::No {
            missing.entry(file.to_owned()).or_default().push(name.to_owned());
        }
    }
    assert!(missing.is_empty(), "neither reached nor excused: {missing:#?}");
    let share = reached * 100 / all;
    assert!(share >= SHARE, "{reached} of {all} rows are reached, {share} of a hundred");
}
