use super::{messages, print, read};

/// The messages, and the tree that was saved.
fn saved(text: &str) -> (Vec<String>, String) {
    let (unit, _) = read(text);
    (messages(&unit.broken).into_iter().map(str::to_owned).collect(), print::block(&unit.body))
}

#[test]
fn python_2_is_told_once_and_the_rest_is_read() {
    let (told, tree) = saved(
        "import os\nprint \"a\"\nA = 1\nprint \"b\"\ntry:\n    pass\nexcept E, e:\n    pass\nprint >>f, x\nB = 2\n",
    );
    assert_eq!(told, ["python 2 syntax"]);
    assert!(tree.contains("A = 1\n") && tree.contains("B = 2\n"), "{tree}");
}

#[test]
fn an_unfinished_edit_costs_its_line() {
    let (told, tree) = saved("A = 1\nB = foo(\nC = 3\n\ndef f():\n    return request.\n\nD = 4\n");
    assert!((1..=2).contains(&told.len()), "{told:?}");
    assert!(tree.contains("A = 1\n") && tree.contains("D = 4\n"), "{tree}");
}

#[test]
fn a_missing_colon_or_bracket_costs_its_line() {
    let (told, tree) = saved("def f(x)\n    return 1\n\nA = [1, 2\n\ndef g():\n    pass\n\nB = 3\n");
    assert!(!told.is_empty() && told.len() <= 3, "{told:?}");
    assert!(tree.contains("B = 3\n"), "{tree}");
}

#[test]
fn both_sides_of_a_conflict_are_read() {
    let (told, tree) = saved(
        "A = 1\n<<<<<<< HEAD\nB = True\n||||||| base\nB = None\n=======\nB = False\n>>>>>>> topic\nC = 3\n",
    );
    assert_eq!(told, ["unresolved merge conflict, both sides are read"]);
    assert_eq!(tree, "A = 1\nB = true\nB = None\nB = false\nC = 3\n");
}

#[test]
fn a_rule_of_equals_signs_in_a_docstring_is_no_conflict() {
    let (told, _) = saved("\"\"\"\nTitle\n=======\n\"\"\"\nA = 1\n");
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn templates_are_said_to_be_templates() {
    for text in [
        "A = 1\n{% if cookiecutter.https == 'y' %}\nB = True\n{%- endif %}\n",
        "SECRET_KEY = '{{ key }}'\nfrom {{ cookiecutter.slug }}.base import *\n",
    ] {
        let (told, tree) = saved(text);
        assert_eq!(told, ["template text, not a python program"]);
        assert_eq!(tree, "");
    }
    let (told, tree) = saved("A = '{{ cookiecutter.name }}'\n");
    assert_eq!((told.len(), tree.as_str()), (0, "A = \"{{ cookiecutter.name }}\"\n"));
}

#[test]
fn hundreds_of_errors_are_few_places() {
    let (told, _) = saved(&"a b c\nx = 1\nx = 1\ny = 2\n".repeat(300));
    assert_eq!(told.len(), 10);
    assert!(told[9].ends_with("and 290 more places"), "{told:?}");
    let (told, _) = saved(&"a b )) (( c\n".repeat(300));
    assert_eq!(told.len(), 1);
}

#[test]
fn tabs_and_odd_endings_are_read() {
    let (told, tree) = saved("if a:\n\tb()\n\tif c:\n\t\td()\n\x0c\ne()");
    assert_eq!(told, Vec::<String>::new());
    assert!(tree.ends_with("e()\n"), "{tree}");
    for text in ["", "\n", "#", "\\", "'", "\"\"\"", "\0", "f'{", "@", "(", "class", "\u{feff}\u{feff}a"] {
        let _ = read(text);
    }
}

#[test]
fn places_of_errors_are_lines() {
    let (unit, source) = read("a = 1\r\n    b = = 2\r\nc = 3\r\n");
    assert_eq!(source.slice(unit.broken[0].span), "b = = 2");
}
