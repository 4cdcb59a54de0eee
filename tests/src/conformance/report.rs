//! The tables of `docs/conformance.md`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::judge::Verdict;

/// What came of a collection.
#[derive(Debug, Default)]
pub struct Tally {
    /// The collection's name.
    pub name: String,
    /// How many files it has.
    pub files: u64,
    /// How many can be deployed.
    pub accepted: u64,
    /// How many are refused.
    pub refused: u64,
    /// Of each error code: in how many files, and how often.
    pub codes: BTreeMap<String, (u64, u64)>,
    /// What `check` got wrong: file and sentence.
    pub misses: Vec<(String, String)>,
}

impl Tally {
    /// An empty tally.
    pub fn new(name: &str) -> Tally {
        Tally {
            name: name.to_owned(),
            ..Tally::default()
        }
    }

    /// Counts a file.
    pub fn count(&mut self, file: &str, verdict: Verdict) {
        self.files += 1;
        *(if verdict.accepted {
            &mut self.accepted
        } else {
            &mut self.refused
        }) += 1;
        for (code, times) in verdict.errors {
            let (files, all) = self.codes.entry(code).or_default();
            *files += 1;
            *all += times;
        }
        self.misses.extend(
            verdict
                .misses
                .into_iter()
                .map(|miss| (file.to_owned(), miss)),
        );
    }
}

/// The tables as Markdown.
pub fn tables(tallies: &[Tally]) -> String {
    let mut text = String::from(
        "| collection | files | accepted | refused with a reason | wrong |\n|---|---|---|---|---|\n",
    );
    for tally in tallies {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            tally.name,
            tally.files,
            tally.accepted,
            tally.refused,
            tally.misses.len()
        );
    }
    text.push_str(
        "\nRefusals by code:\n\n| collection | code | files | problems |\n|---|---|---|---|\n",
    );
    for tally in tallies {
        for (code, (files, all)) in &tally.codes {
            let _ = writeln!(text, "| {} | `{code}` | {files} | {all} |", tally.name);
        }
    }
    text
}

/// `page` with the tables of `tallies` in their place.
pub fn replace_tables(page: &str, tallies: &[Tally]) -> String {
    replace_block(page, "tables", &tables(tallies))
}

/// `page` with `text` between the two marks of the block `name`; at its end where it has no marks yet.
pub fn replace_block(page: &str, name: &str, text: &str) -> String {
    let begin = format!("<!-- conformance {name}: begin (written by `make conformance`) -->");
    let end = format!("<!-- conformance {name}: end -->");
    let block = format!("{begin}\n\n{text}\n{end}");
    match (page.find(&begin), page.find(&end)) {
        (Some(from), Some(to)) if from < to => {
            format!("{}{block}{}", &page[..from], &page[to + end.len()..])
        }
        _ => format!("{}\n\n{block}\n", page.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_replaced_and_the_words_around_them_stay() {
        let mut tally = Tally::new("wild");
        let errors = BTreeMap::from([("notSupported".to_owned(), 3)]);
        tally.count(
            "a",
            Verdict {
                errors,
                ..Verdict::default()
            },
        );
        tally.count(
            "b",
            Verdict {
                accepted: true,
                ..Verdict::default()
            },
        );
        let once = replace_tables("# Conformance\n\nWords.\n", &[tally]);
        assert!(once.contains("| wild | 2 | 1 | 1 | 0 |"));
        assert!(once.contains("| wild | `notSupported` | 1 | 3 |"));
        let again = replace_tables(&format!("{once}\nMore words.\n"), &[Tally::new("miwg")]);
        assert!(again.starts_with("# Conformance\n\nWords.") && again.ends_with("More words.\n"));
        assert!(again.contains("| miwg | 0 |") && !again.contains("wild"));
    }
}
