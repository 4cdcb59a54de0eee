//! `redthread check` over the collections of diagrams in a folder: `conformance [--redthread PROGRAM] [--write] CORPORA`.
//!
//! Prints what is wrong and a summary. Exit code 1 when `check` got something wrong, 2 when the folder cannot be used.
//! `--write` puts the tables into `docs/conformance.md`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use redthread_tests::conformance::{Collection, Tally, judge, replace_tables};
use redthread_tests::program;

/// The collections that are looked at.
const COLLECTIONS: [&str; 2] = ["miwg", "wild"];
/// How long `check` may think about one file.
const LIMIT: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    let mut corpora = None;
    let mut write = false;
    let mut check = program::redthread();
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--write" {
            write = true;
        } else if argument == "--redthread" {
            check = arguments.next().map(PathBuf::from).unwrap_or_default();
        } else {
            corpora = Some(PathBuf::from(argument));
        }
    }
    let Some(corpora) = corpora else {
        eprintln!("Name the folder that holds the collections: make conformance CORPORA=path");
        return ExitCode::from(2);
    };
    match measure(&check, &corpora) {
        Ok(tallies) => report(&tallies, write),
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::from(2)
        }
    }
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

fn report(tallies: &[Tally], write: bool) -> ExitCode {
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
    if write && let Err(error) = write_tables(tallies) {
        eprintln!("docs/conformance.md cannot be written: {error}.");
        return ExitCode::from(2);
    }
    if right {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn write_tables(tallies: &[Tally]) -> std::io::Result<()> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance.md");
    let text = match std::fs::read_to_string(&page) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => "# Conformance\n".to_owned(),
        Err(error) => return Err(error),
    };
    std::fs::create_dir_all(page.parent().unwrap_or(Path::new(".")))?;
    std::fs::write(page, replace_tables(&text, tallies))
}
