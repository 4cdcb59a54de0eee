//! The table of elements in `docs/conformance.md` and these tests name each other.

use std::collections::BTreeSet;

/// The names of the tests in these files.
fn tests() -> BTreeSet<String> {
    let sources = [
        ("compensation", include_str!("compensation.rs")),
        ("data", include_str!("data.rs")),
        ("end_events", include_str!("end_events.rs")),
        ("errors", include_str!("errors.rs")),
        (
            "event_sub_processes",
            include_str!("event_sub_processes.rs"),
        ),
        ("flows", include_str!("flows.rs")),
        ("gateways", include_str!("gateways.rs")),
        ("loops", include_str!("loops.rs")),
        ("messages", include_str!("messages.rs")),
        ("multiple_events", include_str!("multiple_events.rs")),
        ("refused", include_str!("refused.rs")),
        ("signals", include_str!("signals.rs")),
        ("start_events", include_str!("start_events.rs")),
        ("sub_processes", include_str!("sub_processes.rs")),
        ("tasks", include_str!("tasks.rs")),
        ("timers", include_str!("timers.rs")),
    ];
    let named = |(module, source): (&str, &str)| {
        let (mut names, mut is_test) = (Vec::new(), false);
        for line in source.lines() {
            if let (true, Some(rest)) = (is_test, line.strip_prefix("fn ")) {
                let name = rest.split('(').next().unwrap_or(rest);
                names.push(format!("elements::{module}::{name}"));
            }
            is_test = line == "#[test]";
        }
        names
    };
    sources.into_iter().flat_map(named).collect()
}

/// The table of elements.
fn table() -> &'static str {
    let page = include_str!("../../../docs/conformance.md");
    let (_, table) = page
        .split_once("## Element by element")
        .expect("the section");
    table.split("\n## ").next().unwrap_or(table)
}

/// What the page calls an element: `adHocSubProcess` is an ad-hoc sub-process.
fn words(local_name: &str) -> String {
    let spaced = local_name.chars().flat_map(|letter| {
        let space = letter.is_ascii_uppercase().then_some(' ');
        space.into_iter().chain([letter.to_ascii_lowercase()])
    });
    let spaced: String = spaced.collect();
    [
        ("ad hoc", "ad-hoc"),
        ("sub process", "sub-process"),
        ("event based", "event-based"),
        ("intermediate ", ""),
    ]
    .iter()
    .fold(spaced, |name, (from, to)| name.replace(from, to))
}

#[test]
fn every_kind_of_element_that_runs_has_a_row() {
    let graph = include_str!("../../../process-defs/bpmn/src/graph/activity.rs");
    let (_, names) = graph.split_once("fn bpmn_name").expect("the names");
    let names = names.split("\n    }").next().unwrap_or(names);
    let names: Vec<&str> = names
        .lines()
        .filter_map(|line| line.split_once("=> \"")?.1.split('"').next())
        .collect();
    assert!(names.len() > 15, "the names were not found: {names:?}");
    for name in names {
        let words = words(name);
        let row = table()
            .lines()
            .any(|row| row.starts_with("| ") && row.contains(&words));
        assert!(row, "no row for {name} ({words})");
    }
}

#[test]
fn every_element_has_its_row_with_tests_that_exist() {
    let tests = tests();
    let mut told = BTreeSet::new();
    for row in table()
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1)
    {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, element, runs, named, _] = cells[..] else {
            panic!("{row}");
        };
        assert!(["runs", "refused"].contains(&runs), "{row}");
        for name in named.split(", ").map(|name| name.trim_matches('`')) {
            let known = tests.contains(name);
            assert!(known, "{element}: there is no test {name}");
            told.insert(name.to_owned());
        }
    }
    let untold: Vec<_> = tests.difference(&told).collect();
    assert!(
        untold.is_empty(),
        "these tests stand in no row: {untold:#?}"
    );
}
