//! Runs real applications and compares what they send with what sessionlint says of their source.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use grid::{Case, Kind, Limit};
use result::{Outcome, Row};

mod cookies;
mod flows;
mod line;
mod result;
mod said;

fn cases() -> Vec<&'static Case> {
    let mut all: Vec<&Case> = Vec::new();
    #[cfg(feature = "axum")]
    all.extend(axum_stand::CASES);
    #[cfg(feature = "axum-0-7")]
    all.extend(axum_0_7_stand::CASES);
    #[cfg(feature = "actix")]
    all.extend(actix_stand::CASES);
    #[cfg(feature = "rocket")]
    all.extend(rocket_stand::CASES);
    #[cfg(feature = "poem")]
    all.extend(poem_stand::CASES);
    #[cfg(feature = "salvo")]
    all.extend(salvo_stand::CASES);
    all
}

fn main() -> ExitCode {
    let built = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/debug/sessionlint");
    let sessionlint = std::env::var_os("SESSIONLINT").map_or_else(|| PathBuf::from(built), PathBuf::from);
    // Words of the command line choose cases by framework or name.
    let words: Vec<String> = std::env::args().skip(1).collect();
    let chosen = |case: &Case| {
        words.iter().all(|it| case.stack.contains(it.as_str()) || case.id.contains(it.as_str()))
    };
    let begun = Instant::now();
    let (mut rows, mut ran, mut failed) = (Vec::new(), Vec::new(), false);
    for case in cases().into_iter().filter(|it| chosen(it)) {
        match said::ask(&sessionlint, case.folder, case.kind == Kind::Flows) {
            Ok(said) => rows.extend(run(case, &said)),
            Err(error) => {
                eprintln!("error: {} {}: {error}", case.stack, case.id);
                failed = true;
            }
        }
        ran.push((case.stack, case.id.to_owned()));
    }
    for row in &rows {
        failed |= complain(row);
    }
    failed |= outdated(&rows);
    println!("{}\n{:.1} s", result::table(&ran, &rows), begun.elapsed().as_secs_f64());
    if failed || rows.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn run(case: &'static Case, said: &said::Said) -> Vec<Row> {
    let mut server = (case.open)();
    let compared: Vec<_> = match case.kind {
        Kind::Flows => flows::compare(case, server.as_mut(), said),
        Kind::Layer | Kind::Cookie => cookies::compare(case, server.as_mut(), said)
            .into_iter()
            .map(|it| (case.id.to_owned(), it))
            .collect(),
    };
    let row = |(name, (what, said, seen, outcome)): (String, cookies::Compared)| {
        let limit = case.limits.iter().find(|it| name.contains(it.case) && what == it.what);
        Row { stack: case.stack, case: name, what, said, seen, outcome, limit }
    };
    compared.into_iter().map(row).collect()
}

/// Whether this row fails the run; says so.
fn complain(row: &Row) -> bool {
    let Row { stack, case, what, said, seen, .. } = row;
    let fails = row.outcome != Outcome::Agreed && row.limit.is_none();
    if fails {
        println!("{stack}: {case}: {what}: said {said}, seen {seen}");
    }
    fails
}

/// Whether a limit holds nothing back; says so.
fn outdated(rows: &[Row]) -> bool {
    let mut outdated = false;
    let mut known: Vec<(&str, &Limit)> = Vec::new();
    for row in rows {
        let Some(limit) = row.limit else { continue };
        if known.contains(&(row.stack, limit)) {
            continue;
        }
        known.push((row.stack, limit));
        let mut same = rows.iter().filter(|it| it.stack == row.stack && it.limit == Some(limit));
        if same.all(|it| it.outcome == Outcome::Agreed) {
            println!(
                "{}: {}: {}: right now, but a limit: {}",
                row.stack, limit.case, limit.what, limit.reason
            );
            outdated = true;
        }
    }
    outdated
}
