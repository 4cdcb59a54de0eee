//! Tidiness is a test: the walls between the rooms, the length of files, words that must not stay.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The names of all packages that `package` is built from.
fn built_from(package: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "-p",
            package,
        ])
        .current_dir(root())
        .output()
        .expect("cargo tree");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("names");
    text.lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_core_and_the_definitions_have_no_io_in_their_trees() {
    for package in [
        "redthread-calendar",
        "redthread-feel",
        "redthread-xml",
        "redthread-dmn",
        "redthread-bpmn",
        "redthread-core",
    ] {
        let tree = built_from(package);
        for forbidden in [
            "tokio",
            "sea-orm",
            "sqlx",
            "hyper",
            "axum",
            "mio",
            "rand",
            "getrandom",
        ] {
            assert!(
                !tree.iter().any(|name| name == forbidden),
                "{package} is built from {forbidden}"
            );
        }
    }
}

#[test]
fn the_arrows_between_the_rooms_point_one_way() {
    // Each room, and the rooms that it may know.
    let rooms: [(&str, &[&str]); 11] = [
        ("calendar", &[]),
        ("xml", &[]),
        ("feel", &["calendar"]),
        ("dmn", &["calendar", "xml", "feel"]),
        ("bpmn", &["calendar", "xml", "feel"]),
        ("core", &["calendar", "xml", "feel", "dmn", "bpmn"]),
        (
            "runtime",
            &["calendar", "xml", "feel", "dmn", "bpmn", "core"],
        ),
        ("crm", &["calendar"]),
        (
            "connectors",
            &[
                "calendar", "xml", "feel", "dmn", "bpmn", "core", "runtime", "crm",
            ],
        ),
        (
            "api",
            &[
                "calendar",
                "xml",
                "feel",
                "dmn",
                "bpmn",
                "core",
                "runtime",
                "crm",
                "connectors",
            ],
        ),
        (
            "tests",
            &[
                "calendar",
                "xml",
                "feel",
                "dmn",
                "bpmn",
                "core",
                "runtime",
                "crm",
                "connectors",
                "api",
            ],
        ),
    ];
    for (room, may_know) in rooms {
        let package = format!("redthread-{room}");
        for name in built_from(&package) {
            let Some(other) = name.strip_prefix("redthread-") else {
                continue;
            };
            assert!(
                other == room || may_know.contains(&other),
                "{package} must not know {name}"
            );
        }
    }
}

/// Files with source that people write and read.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            if entry.file_type().expect("a type").is_dir() {
                let generated = name.starts_with('.')
                    || name.starts_with("target")
                    || ["node_modules", "dist", "coverage", "test-results"]
                        .contains(&name.as_str());
                if !generated {
                    folders.push(path);
                }
            } else if [".rs", ".ts", ".tsx"]
                .iter()
                .any(|ending| name.ends_with(ending))
            {
                let place = path
                    .strip_prefix(root())
                    .expect("in the project")
                    .display()
                    .to_string();
                found.push((place, std::fs::read_to_string(&path).expect("text")));
            }
        }
    }
    assert!(found.len() > 50, "the sources were not found");
    found
}

/// Files that are longer than 500 lines for a reason.
const LONG: [(&str, &str); 3] = [
    (
        "web/src/api/schema.d.ts",
        "generated from the OpenAPI document",
    ),
    (
        "process-defs/feel/src/value/number.rs",
        "one exact decimal: its operations share its rounding",
    ),
    (
        "crm-model/tests/crm/lists.rs",
        "one table of list queries after another",
    ),
];

#[test]
fn no_file_is_longer_than_a_person_reads_at_once() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(place, _)| !LONG.iter().any(|(allowed, _)| allowed == place))
        .map(|(place, text)| (place, text.lines().count()))
        .filter(|(_, lines)| *lines > 500)
        .map(|(place, lines)| format!("{place}: {lines} lines"))
        .collect();
    assert!(
        long.is_empty(),
        "split these, or say in LONG why not: {long:#?}"
    );
}

#[test]
fn words_of_unfinished_work_do_not_stay() {
    // In two parts, so that this file does not find itself.
    let words = [
        ["to", "do!("],
        ["unimple", "mented!("],
        ["dbg", "!("],
        ["FIX", "ME"],
        ["XX", "X "],
    ];
    let mut found = Vec::new();
    for (place, text) in sources() {
        for word in &words {
            let word = word.concat();
            if text.contains(&word) {
                found.push(format!("{place}: {word}"));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
