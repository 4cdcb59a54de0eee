//! Totals by group, and the failures.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::expectations::{Case, Runnable};
use super::run::CaseOutcome;

/// How many passed, of how many.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Passed.
    pub passed: u64,
    /// All.
    pub all: u64,
}

/// What came of the models that run.
#[derive(Debug, Default)]
pub struct Score {
    /// Of each group: models all of whose cases pass, and cases.
    pub groups: BTreeMap<String, (Count, Count)>,
    /// Each case that failed: its name, and in sentences why.
    pub failures: Vec<(String, Vec<String>)>,
    /// Models that are judged by their corrected lines, and what is wrong with them.
    pub defects: Vec<(String, String)>,
}

impl Score {
    /// Counts a model with what came of its cases.
    pub fn count(&mut self, model: &Runnable, outcomes: &[(&Case, CaseOutcome)]) {
        let (models, cases) = self.groups.entry(model.group.clone()).or_default();
        models.all += 1;
        models.passed += u64::from(outcomes.iter().all(|(_, outcome)| outcome.passed));
        for (case, outcome) in outcomes {
            cases.all += 1;
            cases.passed += u64::from(outcome.passed);
            if !outcome.passed {
                self.failures.push(failure(model, case, outcome));
            }
        }
        if let Some(defect) = &model.upstream_defect {
            self.defects.push((model.name.clone(), defect.clone()));
        }
    }

    /// All groups together: models and cases.
    pub fn total(&self) -> (Count, Count) {
        let add = |sum: Count, more: &Count| Count {
            passed: sum.passed + more.passed,
            all: sum.all + more.all,
        };
        self.groups.values().fold(
            Default::default(),
            |(models, cases), (more_models, more_cases)| {
                (add(models, more_models), add(cases, more_cases))
            },
        )
    }

    /// The totals as a table in Markdown, with the failures by name.
    pub fn table(&self) -> String {
        let mut text = String::from("| group | tests | cases |\n|---|---|---|\n");
        let total = self.total();
        let named = self.groups.iter().map(|(name, counts)| (&**name, *counts));
        for (name, (models, cases)) in named.chain([("all", total)]) {
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "| {name} | {} of {} | {} of {} |",
                models.passed, models.all, cases.passed, cases.all
            );
        }
        let failed: Vec<String> = self
            .failures
            .iter()
            .map(|(name, _)| format!("`{name}`"))
            .collect();
        let _ = match failed.is_empty() {
            true => writeln!(text, "\nNone fails."),
            false => writeln!(text, "\nThese fail: {}.", failed.join(", ")),
        };
        text
    }
}

fn failure(model: &Runnable, case: &Case, outcome: &CaseOutcome) -> (String, Vec<String>) {
    let name = match model.cases.len() {
        1 => model.name.clone(),
        _ => format!("{} {}", model.name, case.number),
    };
    let mut sentences = vec![format!(
        "expected [{}], got [{}]",
        outcome.expected.join(", "),
        outcome.got.join(", ")
    )];
    sentences.extend(outcome.reasons.iter().cloned());
    (name, sentences)
}
