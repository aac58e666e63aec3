//! The report for auditors, in all its forms.

#[expect(dead_code, reason = "other test programs use the rest")]
mod common;

use common::{FAULTY, project, repository, sessionlint};
use serde_json::Value;
use sessionlint::rule::{builtin, load_requirements, requirements};

fn printed(fixture: &str, format: &str) -> String {
    let run = sessionlint(&repository().join("fixtures").join(fixture), &["audit", "--format", format]);
    assert_eq!(run.code, 0, "{}", run.err);
    run.out
}

fn json(fixture: &str) -> Value {
    serde_json::from_str(&printed(fixture, "json")).unwrap()
}

fn requirement<'a>(audit: &'a Value, id: &str) -> &'a Value {
    let all = audit["requirements"].as_array().unwrap();
    all.iter().find(|it| it["id"] == id).unwrap_or_else(|| panic!("no {id}"))
}

#[test]
fn requirements_are_readable_and_say_what_they_leave_out() {
    let all = load_requirements().unwrap_or_else(|errors| panic!("{errors:#?}"));
    assert_eq!(all.len(), requirements().len());
    assert!(all.iter().all(|it| !it.text.is_empty() && it.checks.iter().all(|check| !check.what.is_empty())));
    // every requirement that can be judged is asked by a rule, or by a condition of its own
    let named = |id: &str| builtin().iter().any(|it| it.asvs.iter().any(|number| number == id));
    for it in all.iter().filter(|it| it.checks.is_empty()) {
        assert!(named(&it.id) || !it.rest.is_empty(), "{}: says neither what nor why not", it.id);
    }
}

#[test]
fn a_faulty_shop_fails_and_its_mended_twin_does_not() {
    for (fixture, id) in
        [("django-shop", "7.2.4"), ("axum-shop", "7.2.4"), ("django-shop", "7.4.1"), ("axum-shop", "13.3.1")]
    {
        let audit = json(fixture);
        let it = requirement(&audit, id);
        assert_eq!(it["status"], "failed", "{fixture} {id}");
        assert!(!it["findings"].as_array().unwrap().is_empty(), "{fixture} {id}");
        let mended = json(&format!("{fixture}-fixed"));
        assert_ne!(requirement(&mended, id)["status"], "failed", "{fixture}-fixed {id}");
    }
    assert_eq!(requirement(&json("django-shop-fixed"), "7.2.4")["status"], "passed");
}

#[test]
fn what_nobody_can_see_is_not_called_met() {
    let empty = project("audit-empty", &[("app.py", "x = 1\n")]);
    let run = sessionlint(&empty, &["audit", "--format", "json"]);
    let audit: Value = serde_json::from_str(&run.out).unwrap();
    for it in audit["requirements"].as_array().unwrap() {
        assert_eq!(it["status"], "unseen", "{it}");
    }
    assert_eq!(audit["applications"], Value::Array(Vec::new()));
}

#[test]
fn the_inventory_has_every_cookie_once() {
    let audit = json("axum-shop");
    let facts = sessionlint(&repository().join("fixtures/axum-shop"), &["facts", "--format", "json"]);
    let facts: Value = serde_json::from_str(&facts.out).unwrap();
    let seen = |it: &&Value| it["kind"] == "cookie" && it["test"] == false;
    let expected = facts["facts"].as_array().unwrap().iter().filter(seen).count();
    let applications = audit["applications"].as_array().unwrap();
    let shown: usize = applications.iter().map(|it| it["cookies"].as_array().unwrap().len()).sum();
    assert_eq!(shown, expected);
    let cookies = applications[0]["cookies"].as_array().unwrap();
    let session = cookies.iter().find(|it| it["name"] == "shop_session").unwrap();
    assert_eq!(session["secure"]["tone"], "off");
    assert_eq!(session["lifetime"]["text"], "90 days");
    assert_eq!(applications[0]["life"]["stages"].as_array().unwrap().len(), 5);
    assert_eq!(applications[0]["life"]["stages"][1]["state"], "bad");
}

#[test]
fn the_page_needs_nothing_and_is_well_formed() {
    for fixture in ["django-shop", "axum-shop", "django-shop-fixed", "actix-notes", "raw-headers"] {
        let page = printed(fixture, "html");
        assert!(
            page.starts_with("<!doctype html>\n<html lang=\"en\">"),
            "{fixture}: {}",
            &page[..200.min(page.len())]
        );
        assert!(
            !page.contains("<script") && !page.contains("src=") && !page.contains("@import"),
            "{fixture}"
        );
        assert_eq!(page.matches("<h1").count(), 1, "{fixture}");
        for landmark in ["<header class=\"top\">", "<nav aria-label=", "<main id=\"main\">", "<footer>"] {
            assert!(page.contains(landmark), "{fixture}: {landmark}");
        }
        assert_eq!(
            page.matches("<table").count(),
            page.matches("<caption").count(),
            "{fixture}: tables without caption"
        );
        balanced(&page, fixture);
        let ids: Vec<_> = page.split(" id=\"").skip(1).map(|it| it.split('"').next().unwrap()).collect();
        let mut distinct = ids.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), ids.len(), "{fixture}: an id twice");
        for target in page.split("href=\"#").skip(1).map(|it| it.split('"').next().unwrap()) {
            assert!(ids.contains(&target), "{fixture}: nothing is called {target}");
        }
    }
}

/// Every element that is opened is closed, in order.
#[track_caller]
fn balanced(page: &str, what: &str) {
    const EMPTY: [&str; 9] = ["meta", "br", "wbr", "path", "rect", "circle", "link", "img", "!doctype"];
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1).map(|it| it.split('>').next().unwrap()) {
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        if EMPTY.contains(&name) || tag.ends_with('/') {
            continue;
        }
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "{what}");
        } else {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{what}: {open:?}");
}

#[test]
fn text_of_a_project_is_never_markup() {
    let files: Vec<_> = FAULTY
        .iter()
        .copied()
        .chain([("shop/views.py", "def login(request):\n    r = HttpResponse()\n    r.set_cookie('<img src=x>|`', 'x', domain='\"><b>')\n    return r\n")])
        .collect();
    let files: Vec<_> = files
        .into_iter()
        .map(|(path, text)| match path {
            "shop/views.py" => (path, format!("from django.http import HttpResponse\n\n{text}")),
            _ => (path, text.to_owned()),
        })
        .collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let root = project("audit-markup", &files);
    let page = sessionlint(&root, &["audit"]).out;
    assert!(page.contains("&lt;img src"), "the cookie is not shown");
    assert!(!page.contains("<img") && !page.contains("\"><b>"));
    let text = sessionlint(&root, &["audit", "--format", "markdown"]).out;
    assert!(text.contains("&lt;img"), "the cookie is not shown");
}

#[test]
fn reports_are_the_same_twice_and_hold_no_secret() {
    for format in ["html", "markdown", "json"] {
        let report = printed("axum-shop", format);
        assert_eq!(report, printed("axum-shop", format), "{format}");
        assert!(!report.contains(env!("CARGO_MANIFEST_DIR")), "{format}: a path of this machine");
        let settings =
            std::fs::read_to_string(repository().join("fixtures/axum-shop/config/base.toml")).unwrap();
        let key = settings
            .lines()
            .find(|it| it.starts_with("remember = "))
            .and_then(|it| it.split('"').nth(1))
            .unwrap();
        assert!(key.len() > 20 && !report.contains(key), "{format}: the key");
    }
}

#[test]
fn a_file_can_be_written() {
    let root = project("audit-file", FAULTY);
    let run = sessionlint(&root, &["audit", "--out", "report.html"]);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);
    assert!(std::fs::read_to_string(root.join("report.html")).unwrap().contains("</html>"));
}
