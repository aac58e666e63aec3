//! Every block of every rule page, run through the whole program.

use std::borrow::Cow;

use sessionlint::check::examples::{self, Mark};
use sessionlint::check::{Options, RuleOptions};
use sessionlint::embedded::RULES;
use sessionlint::finding::Persona;
use sessionlint::rule::{Page, Section, builtin, load};

#[test]
fn every_page_loads() {
    for (path, text) in RULES {
        match load(path, Cow::Borrowed(*text)) {
            Ok(rule) => assert_eq!(format!("rules/{}.md", rule.id), *path),
            Err(errors) => panic!("{path}: {errors:#?}"),
        }
    }
    assert_eq!(builtin().len(), RULES.len());
}

#[test]
fn every_page_says_what_why_and_shows_bad_and_good() {
    for (path, text) in RULES {
        let page = Page::parse(text).unwrap_or_else(|| panic!("{path}: no page"));
        assert!(page.prose.len() > 80, "{path}: no prose");
        for section in [Section::Bad, Section::Good] {
            let some = page.examples.iter().any(|it| it.section == section);
            assert!(some, "{path}: no example under {section:?}");
        }
        for example in &page.examples {
            let marks: Vec<_> = example.files.iter().flat_map(|it| examples::marks(it.text)).collect();
            let has = |kind| marks.iter().any(|(_, mark, rule)| *mark == kind && rule == page.id);
            let right = match example.section {
                Section::Bad => has(Mark::Error),
                Section::Good => marks.is_empty(),
                Section::KnownLimits => has(Mark::Missing) || has(Mark::Spurious),
            };
            assert!(right, "{path}:{}: the marks do not fit the section {:?}", example.line, example.section);
            for (_, _, rule) in &marks {
                assert!(builtin().iter().any(|it| it.id == rule), "{path}: no rule `{rule}`");
            }
        }
    }
}

#[test]
fn every_block_is_judged_as_it_is_marked() {
    let mut failures = Vec::new();
    for (path, text) in RULES {
        let page = Page::parse(text).unwrap_or_else(|| panic!("{path}: no page"));
        for example in &page.examples {
            let at = format!("{path}:{}", example.line);
            let mut options = Options::default();
            // A rule for the pedantic is heard on its own page.
            if builtin().iter().any(|it| it.id == page.id && it.persona == Persona::Pedantic) {
                let heard = RuleOptions { persona: Some(Persona::Regular), ..RuleOptions::default() };
                options.rules.insert(page.id.into(), heard);
            }
            failures.extend(examples::differences(example, &options).iter().map(|it| format!("{at}: {it}")));
        }
    }
    assert!(failures.is_empty(), "{} differences\n{}", failures.len(), failures.join("\n"));
}
