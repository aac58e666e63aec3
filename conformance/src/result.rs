//! What came out of the comparisons.

use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Agreed,
    /// sessionlint says that it does not know.
    Unknown,
    Wrong,
}

pub struct Row {
    pub stack: &'static str,
    pub case: String,
    pub what: String,
    pub said: String,
    pub seen: String,
    pub outcome: Outcome,
    /// Why it is allowed to differ.
    pub limit: Option<&'static grid::Limit>,
}

#[derive(Default)]
struct Sum {
    cases: usize,
    compared: usize,
    agreed: usize,
    unknown: usize,
    wrong: usize,
    limits: usize,
}

/// The table of the README.
pub fn table(cases: &[(&'static str, String)], rows: &[Row]) -> String {
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    for (stack, _) in cases {
        sums.entry(stack).or_default().cases += 1;
    }
    for row in rows {
        for key in [row.stack, "~"] {
            let sum = sums.entry(key).or_default();
            sum.compared += 1;
            match row.outcome {
                Outcome::Agreed => sum.agreed += 1,
                _ if row.limit.is_some() => sum.limits += 1,
                Outcome::Unknown => sum.unknown += 1,
                Outcome::Wrong => sum.wrong += 1,
            }
        }
    }
    if let Some(all) = sums.get_mut("~") {
        all.cases = cases.len();
    }
    let mut table = String::from(
        "| framework | cases | comparisons | agreed | limits | unknown | wrong |\n| --- | --: | --: | --: | --: | --: | --: |\n",
    );
    for (stack, it) in &sums {
        let stack = if *stack == "~" { "**all**" } else { stack };
        table += &format!(
            "| {stack} | {} | {} | {} | {} | {} | {} |\n",
            it.cases, it.compared, it.agreed, it.limits, it.unknown, it.wrong
        );
    }
    table
}
