//! `docs/feel.md`: the built-ins on it are written from the code's own table, and every example on it is
//! run. `UPDATE_DOCS=1 cargo test -p redthread-feel --test page` writes the page again.

use redthread_feel::{Builtin, Env, Expression, builtin_groups};
use std::fmt::Write;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/feel.md");
const START: &str =
    "<!-- From here on written by `UPDATE_DOCS=1 cargo test -p redthread-feel --test page`. -->\n";

fn built_ins() -> String {
    let mut page = String::new();
    for (title, table) in builtin_groups() {
        let _ = write!(page, "\n### {title}\n");
        for builtin in table {
            entry(&mut page, builtin);
        }
    }
    page
}

fn entry(page: &mut String, builtin: &Builtin) {
    let forms: Vec<String> = builtin
        .signatures
        .iter()
        .map(|parameters| format!("`{}({})`", builtin.name, parameters.join(", ")))
        .collect();
    let _ = write!(page, "\n**{}**\n{}\n\n", forms.join(" or "), builtin.about);
    for (call, result) in builtin.examples {
        let _ = writeln!(page, "- `{call}` = `{result}`");
    }
}

fn page() -> String {
    std::fs::read_to_string(PAGE).expect("docs/feel.md is there")
}

#[test]
fn the_page_has_the_built_ins_as_the_code_has_them() {
    let page = page();
    let (prose, written) = page
        .split_once(START)
        .expect("the page has the line after which it is generated");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(PAGE, format!("{prose}{START}{}", built_ins())).expect("it can be written");
        return;
    }
    assert!(
        written == built_ins(),
        "docs/feel.md is stale: UPDATE_DOCS=1 cargo test -p redthread-feel --test page"
    );
}

/// The `call` = `result` pairs of a page.
fn examples(page: &str) -> Vec<(&str, &str)> {
    page.lines()
        .flat_map(|line| {
            let spans: Vec<&str> = line.split('`').collect();
            // Every odd one is code.
            (1..spans.len().saturating_sub(3))
                .step_by(2)
                .filter(|i| spans[i + 1].trim() == "=")
                .map(|i| (spans[i], spans[i + 2]))
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn every_example_on_the_page_gives_the_result_beside_it() {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        return; // The other test is writing it.
    }
    let page = page();
    let examples = examples(&page);
    assert!(examples.len() > 150, "{}", examples.len());
    for (call, result) in examples {
        let value = |text: &str| {
            let expression = Expression::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            expression.evaluate(&(), &Env::for_tests())
        };
        let (got, wanted) = (value(call), value(result));
        assert_eq!(
            got.value.to_feel(),
            wanted.value.to_feel(),
            "{call}: {:?}",
            got.warnings
        );
        assert_eq!(wanted.warnings, [], "{result}");
    }
}
