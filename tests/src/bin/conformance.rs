//! Conformance with what others made, in a folder:
//! `conformance [--redthread PROGRAM] [--only diagrams|runs|decisions] [--write] CORPORA`.
//!
//! Diagrams: `redthread check` over the collections `miwg` and `wild`, and over the models of `betsy-bpmn` that break a rule
//! each. Runs: the models of `betsy-bpmn` that run, each case on a virtual clock. Decisions: the DMN technology
//! compatibility kit in `dmn-tck/TestCases`. Prints what is wrong and a summary. Exit code 1 when something is wrong that
//! should not be, 2 when the folder cannot be used. `--write` puts the tables of diagrams and runs into
//! `docs/conformance.md`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use redthread_tests::conformance::betsy::{self, Betsy, BetsyTally, Score, outcome};
use redthread_tests::conformance::{Collection, Tally, judge, replace_block, replace_tables, tck};
use redthread_tests::program;

/// The collections that are looked at.
const COLLECTIONS: [&str; 2] = ["miwg", "wild"];
/// How long `check` may think about one file.
const LIMIT: Duration = Duration::from_secs(20);

/// Directories of the kit that ask for what is left out on purpose: functions in Java.
const LEFT_OUT: [&str; 1] = ["0076-feel-external-java"];
/// Of the rest of level 3 so many per cent must be right; of level 2 all.
const BAR: f64 = 99.5;

#[derive(Copy, Clone, PartialEq, Eq)]
enum Only {
    All,
    Diagrams,
    Runs,
    Decisions,
}

fn main() -> ExitCode {
    let mut corpora = None;
    let mut write = false;
    let mut only = Only::All;
    let mut check = program::redthread();
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--write" {
            write = true;
        } else if argument == "--redthread" {
            check = arguments.next().map(PathBuf::from).unwrap_or_default();
        } else if argument == "--only" {
            only = match arguments.next().as_ref().and_then(|what| what.to_str()) {
                Some("diagrams") => Only::Diagrams,
                Some("runs") => Only::Runs,
                Some("decisions") => Only::Decisions,
                _ => {
                    eprintln!("Say --only diagrams, --only runs or --only decisions.");
                    return ExitCode::from(2);
                }
            };
        } else {
            corpora = Some(PathBuf::from(argument));
        }
    }
    let Some(corpora) = corpora else {
        eprintln!("Name the folder that holds the collections: make conformance CORPORA=path");
        return ExitCode::from(2);
    };
    match all(&check, &corpora, only, write) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::from(2)
        }
    }
}

/// Does what is asked for; whether all is as it should be.
fn all(check: &Path, corpora: &Path, only: Only, write: bool) -> Result<bool, String> {
    let is_asked = |what: Only| only == Only::All || only == what;
    let mut right = true;
    if is_asked(Only::Decisions) {
        right &= decisions(corpora)?;
    }
    if is_asked(Only::Diagrams) {
        let tallies = measure(check, corpora)?;
        right &= report(&tallies);
        if write {
            rewrite_page(|page| replace_tables(page, &tallies))?;
        }
        right &= rules(check, corpora)?;
    }
    if is_asked(Only::Runs) {
        let score = runs(corpora)?;
        if write {
            rewrite_page(|page| replace_block(page, "runs", &score.table()))?;
        }
        right &= score.failures.is_empty();
    }
    Ok(right)
}

/// The models of betsy that run: each case must write its lines.
fn runs(corpora: &Path) -> Result<Score, String> {
    let expectations = betsy::runnable(corpora).map_err(|error| error.to_string())?;
    let mut score = Score::default();
    for model in &expectations.tests {
        let path = expectations.root.join(&model.file);
        let bytes = std::fs::read(&path)
            .map_err(|error| format!("{} cannot be opened: {error}.", path.display()))?;
        let rewritten = betsy::rewrite(&bytes, &expectations.feel)
            .map_err(|sentence| format!("{}: {sentence}", path.display()))?;
        let cases = model.cases.iter();
        let outcomes: Vec<_> = cases
            .map(|case| (case, betsy::run(model, case, &rewritten)))
            .collect();
        score.count(model, &outcomes);
    }
    for (name, sentences) in &score.failures {
        println!("betsy: {name} fails: {}", sentences.join("\n    "));
    }
    for (name, defect) in &score.defects {
        println!("betsy: {name} is judged by corrected lines: {defect}");
    }
    let total = score.total();
    let named = score.groups.iter().map(|(name, counts)| (&**name, *counts));
    for (name, (models, cases)) in named.chain([("all that run", total)]) {
        println!(
            "betsy: {name}: {} of {} tests pass, {} of {} cases",
            models.passed, models.all, cases.passed, cases.all
        );
    }
    Ok(score)
}

/// Runs the kit; whether it is passed as far as it must be.
fn decisions(corpora: &Path) -> Result<bool, String> {
    let cases = corpora.join("dmn-tck/TestCases");
    let mut right = true;
    for (name, left_out, bar) in [
        ("compliance-level-2", &[][..], 100.0),
        ("compliance-level-3", &LEFT_OUT[..], BAR),
    ] {
        let level = tck::run_level(&cases.join(name))?;
        for miss in &level.misses {
            println!("{name}/{}: {}", miss.name, miss.what);
        }
        for (directory, score) in &level.directories {
            println!("{:>5}/{:<5} {name}/{directory}", score.passed, score.total);
        }
        let counted = level.score(left_out);
        for (what, score) in [
            ("", level.score(&[])),
            (" without what is left out", counted),
        ] {
            println!(
                "{:>5}/{:<5} {name}{what} ({:.2} %); where null is not expected {}/{} ({:.2} %)",
                score.passed,
                score.total,
                score.rate(),
                score.passed_not_null,
                score.not_null,
                score.rate_not_null()
            );
        }
        right &= counted.total > 0 && counted.rate() >= bar;
    }
    Ok(right)
}

/// The models of betsy that must be refused, each for its rule.
fn rules(check: &Path, corpora: &Path) -> Result<bool, String> {
    let betsy = Betsy::open(corpora).map_err(|error| error.to_string())?;
    let mut tally = BetsyTally::default();
    for model in &betsy.refused {
        let path = betsy.root.join(&model.file);
        let ran = program::run(check, &["check", "--json", &path.to_string_lossy()], LIMIT)
            .map_err(|error| format!("{} cannot be run: {error}.", check.display()))?;
        tally.count(model, outcome(model, &ran));
    }
    for miss in &tally.misses {
        println!("betsy: {miss}");
    }
    println!("{}", tally.totals());
    Ok(tally.misses.is_empty())
}

fn measure(check: &Path, corpora: &Path) -> Result<Vec<Tally>, String> {
    COLLECTIONS
        .iter()
        .map(|name| {
            let collection = Collection::open(corpora, name).map_err(|error| error.to_string())?;
            let mut tally = Tally::new(name);
            for (file, drawing) in &collection.drawings {
                let path = collection.root.join(file);
                let ran = program::run(check, &["check", "--json", &path.to_string_lossy()], LIMIT)
                    .map_err(|error| format!("{} cannot be run: {error}.", check.display()))?;
                let bytes = std::fs::read(&path)
                    .map_err(|error| format!("{} cannot be opened: {error}.", path.display()))?;
                tally.count(file, judge(drawing, &String::from_utf8_lossy(&bytes), &ran));
            }
            Ok(tally)
        })
        .collect()
}

fn report(tallies: &[Tally]) -> bool {
    let mut right = true;
    for tally in tallies {
        for (file, miss) in &tally.misses {
            right = false;
            println!("{}/{file}: {miss}", tally.name);
        }
        println!(
            "{}: {} files, {} accepted, {} refused with a reason, {} wrong",
            tally.name,
            tally.files,
            tally.accepted,
            tally.refused,
            tally.misses.len()
        );
        for (code, (files, all)) in &tally.codes {
            println!("    {code}: {all} in {files} files");
        }
    }
    right
}

fn rewrite_page(change: impl FnOnce(&str) -> String) -> Result<(), String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance.md");
    let text = std::fs::read_to_string(&page).unwrap_or_else(|_| "# Conformance\n".to_owned());
    std::fs::write(&page, change(&text))
        .map_err(|error| format!("docs/conformance.md cannot be written: {error}."))
}
