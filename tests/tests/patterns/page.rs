//! The table of patterns in `docs/conformance.md` and these tests name each other.

use std::collections::BTreeSet;

use crate::folder;

/// The rows of the patterns, by number: what the columns say.
fn rows() -> Vec<Vec<String>> {
    let page = include_str!("../../../docs/conformance.md");
    let cells = |row: &str| row.split('|').map(|cell| cell.trim().to_owned()).collect();
    let rows = page.lines().filter(|line| line.starts_with("| WCP-"));
    rows.map(cells).collect()
}

/// The names of the tests in these files.
fn tests() -> BTreeSet<String> {
    let sources = [
        ("basic", include_str!("basic.rs")),
        ("branching", include_str!("branching.rs")),
        ("ending", include_str!("ending.rs")),
        ("instances", include_str!("instances.rs")),
        ("iteration", include_str!("iteration.rs")),
        ("state", include_str!("state.rs")),
    ];
    let named = |(module, source): (&str, &str)| {
        let lines = source.lines();
        let names = lines.filter_map(|line| line.strip_prefix("fn wcp")?.split_once('('));
        names
            .map(|(name, _)| format!("patterns::{module}::wcp{name}"))
            .collect::<Vec<_>>()
    };
    sources.into_iter().flat_map(named).collect()
}

#[test]
fn every_pattern_has_its_row_with_its_diagram_and_its_test() {
    let (rows, mut untold) = (rows(), tests());
    assert_eq!(rows.len(), 43);
    for (row, number) in rows.iter().zip(1..) {
        let [_, name, _, runs, _, diagram, test, _] = &row[..] else {
            panic!("{row:?}");
        };
        assert_eq!(*name, format!("WCP-{number}"));
        assert!(["yes", "in part"].contains(&&**runs), "{name}: {runs}");
        let prefix = format!("wcp{number:02}");
        let diagram = diagram.trim_matches('`');
        assert!(diagram.starts_with(&prefix), "{name}: {diagram}");
        assert!(folder().join(diagram).exists(), "{name}: {diagram}");
        let test = test.trim_matches('`');
        assert!(test.contains(&format!("::{prefix}_")), "{name}: {test}");
        assert!(untold.remove(test), "{name}: no test {test}");
    }
    assert!(untold.is_empty(), "these tests stand in no row: {untold:?}");
}

#[test]
fn every_diagram_belongs_to_a_pattern() {
    let told: BTreeSet<String> = rows()
        .iter()
        .map(|row| row[5].trim_matches('`').to_owned())
        .collect();
    for entry in std::fs::read_dir(folder()).expect("the diagrams") {
        let name = entry.expect("a file").file_name();
        let name = name.to_string_lossy();
        assert!(told.contains(&*name), "{name} stands in no row");
    }
}
