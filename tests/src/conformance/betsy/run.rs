//! Runs a case on the virtual clock, and reads the lines that it writes from the history.
//!
//! A script writes its line when its element completes: the history has one event for each time, whatever scope, branch,
//! loop or interruption it happens in. Of an activity that loops, the turns count, not what holds them together.

use std::collections::BTreeMap;

use redthread_calendar::Timestamp;
use redthread_core::Status;
use redthread_core::event::{Ended, Event};
use redthread_core::{Key, Variables};
use redthread_xml::Code;

use super::expectations::{Case, Runnable};
use super::rewrite::{LOGGED, Rewritten, THROW_JOB, Token, WAIT_JOB};
use crate::play::{Answer, Play, PlayError, variables};

/// How long a case may run, in virtual seconds: longer than any timer of the models.
const SECONDS: i64 = 600;

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseOutcome {
    /// Whether the lines are those that a right engine writes.
    pub passed: bool,
    /// The lines that were expected, sorted.
    pub expected: Vec<String>,
    /// The lines that were written, sorted.
    pub got: Vec<String>,
    /// Why it went another way: problems of a refused model, incidents, failures.
    pub reasons: Vec<String>,
}

/// Runs a case.
pub fn run(model: &Runnable, case: &Case, rewritten: &Rewritten) -> CaseOutcome {
    let mut reasons = Vec::new();
    let mut lines = Lines::default();
    match play(model, case, rewritten, &mut reasons) {
        Ok(Played::Ran(play)) => lines.read(&play, rewritten, &mut reasons),
        Ok(Played::Refused) => lines.errors.push("ERROR_deployment".to_owned()),
        // Whoever runs nothing must not pass for one who refuses what is wrong.
        Ok(Played::NotSupported) => lines.errors.push("ERROR_notSupported".to_owned()),
        Err(error) => {
            reasons.push(error.to_string());
            lines.errors.push("ERROR_runtime".to_owned());
        }
    }
    judge(case.expected(), lines, reasons)
}

/// How far a case came.
enum Played {
    /// It ran.
    Ran(Box<Play>),
    /// The model was refused for breaking a rule.
    Refused,
    /// The model was refused only because it uses what does not run.
    NotSupported,
}

/// Plays the case.
fn play(
    model: &Runnable,
    case: &Case,
    rewritten: &Rewritten,
    reasons: &mut Vec<String>,
) -> Result<Played, PlayError> {
    let mut play = Play::new()?;
    play.answer_with(|_, job_type| match job_type {
        Some(WAIT_JOB) => Answer::Complete {
            after_seconds: 10,
            variables: Variables::new(),
        },
        Some(THROW_JOB) => Answer::Throw {
            code: "ERR_CODE".to_owned(),
        },
        _ => Answer::Leave,
    });
    if let Err(error) = play.deploy(&model.file, rewritten.bytes.clone()) {
        if error.problems().is_empty() {
            return Err(error);
        }
        let errors = error.problems().iter().filter(|found| found.is_error());
        let breaks_a_rule = errors
            .clone()
            .any(|found| found.problem.code != Code::NotSupported);
        reasons.extend(errors.map(|found| {
            let problem = &found.problem;
            let element = problem.element.as_deref().unwrap_or("the file");
            format!("{} at {element}: {}", problem.code, problem.message)
        }));
        return Ok(match breaks_a_rule {
            true => Played::Refused,
            false => Played::NotSupported,
        });
    }
    if case.start_parallel_process_first {
        play.start("ParallelProcess", Variables::new())?;
    }
    play.start(&case.start.process_id, variables(&case.start.json()))?;
    play.pass(SECONDS.max(case.wait_ms / 1_000))?;
    Ok(Played::Ran(Box::new(play)))
}

/// What a run wrote.
#[derive(Debug, Default)]
struct Lines {
    /// The lines of scripts.
    written: Vec<String>,
    /// `ERROR_...`
    errors: Vec<String>,
    /// The marker was set.
    marker: bool,
    /// `data` was logged as it should.
    data: bool,
    /// Both ten seconds lay in one another.
    parallel: bool,
    /// A script that creates or writes the log ran.
    log_exists: bool,
}

impl Lines {
    fn read(&mut self, play: &Play, rewritten: &Rewritten, reasons: &mut Vec<String>) {
        let mut spans = Spans::default();
        for happened in play.happened() {
            let element = happened.element.as_deref();
            let token = element.and_then(|element| rewritten.tokens.get(element));
            match &happened.event {
                Event::IncidentRaised { code, message, .. } => {
                    reasons.push(format!(
                        "incident {} at {}: {message}",
                        code.as_str(),
                        element.unwrap_or("?")
                    ));
                    self.errors.push("ERROR_runtime".to_owned());
                }
                Event::InstanceFailed { message, .. } => {
                    reasons.push(format!("{} failed: {message}", happened.process));
                    self.errors.push("ERROR_thrownErrorEvent".to_owned());
                }
                Event::VariablesSet { variables, .. } => {
                    let logged = variables.get(LOGGED).and_then(|value| value.as_str());
                    self.data |= logged == Some("String");
                    self.log_exists |= logged.is_some();
                }
                Event::ElementCompleted { .. } if !happened.is_body => {
                    if let Some(token) = token {
                        self.wrote(token);
                    }
                }
                event => spans.note(event, token, happened.at),
            }
        }
        // An engine that stops twice for one reason still stops.
        self.errors.dedup();
        self.parallel = spans.overlap();
        for state in play.instances() {
            if state.status == Status::Active {
                let at: Vec<&str> = state.elements.values().map(|e| &*e.element).collect();
                reasons.push(format!(
                    "{} still stands at {}",
                    state.process,
                    at.join(", ")
                ));
            }
        }
    }

    fn wrote(&mut self, token: &Token) {
        match token {
            Token::Line(line) => self.written.push(line.clone()),
            Token::IncrementAndLog => self.written.push("INCREMENT_correct".to_owned()),
            Token::CreateMarker => self.marker = true,
            Token::Increment | Token::SetData | Token::Wait | Token::Throw => return,
            Token::CreateLog | Token::LogData | Token::Timestamps(_) => {}
        }
        self.log_exists = true;
    }
}

/// When the two tasks that take ten seconds did so.
#[derive(Debug, Default)]
struct Spans {
    running: BTreeMap<Key, (u8, Timestamp)>,
    done: Vec<(u8, Timestamp, Timestamp)>,
}

impl Spans {
    fn note(&mut self, event: &Event, token: Option<&Token>, at: Timestamp) {
        match (event, token) {
            (Event::JobCreated { key, .. }, Some(Token::Timestamps(log))) => {
                self.running.insert(*key, (*log, at));
            }
            (
                Event::JobEnded {
                    key,
                    how: Ended::Completed,
                },
                _,
            ) => {
                if let Some((log, since)) = self.running.remove(key) {
                    self.done.push((log, since, at));
                }
            }
            _ => {}
        }
    }

    fn overlap(&self) -> bool {
        let of = |log: u8| self.done.iter().filter(move |span| span.0 == log);
        of(1).any(|(_, start1, end1)| {
            of(2).any(|(_, start2, end2)| {
                start1 <= start2 && start2 < end1 || start2 <= start1 && start1 < end2
            })
        })
    }
}

/// Compares as betsy does: any order, the same number of times.
fn judge(expected: &[String], lines: Lines, mut reasons: Vec<String>) -> CaseOutcome {
    let mut expected = expected.to_vec();
    let expects = |line: &str| expected.iter().any(|other| other == line);
    let mut got = lines.written;
    for (line, is_so) in [
        ("MARKER_exists", lines.marker),
        ("EXECUTION_parallel", lines.parallel),
        ("DATA_correct", lines.data),
    ] {
        if is_so && expects(line) {
            got.push(line.to_owned());
        }
    }
    let mut errors = lines.errors;
    if expects("ERROR") {
        let is_plain = |line: &String| line == "ERROR_deployment" || line == "ERROR_runtime";
        let before = errors.len();
        errors.retain(|line| !is_plain(line));
        if errors.len() < before {
            errors.push("ERROR".to_owned());
        }
    }
    let went_wrong = !errors.is_empty();
    got.extend(errors);
    got.sort();
    expected.sort();
    let no_log = !lines.log_exists && !went_wrong;
    if no_log {
        reasons.push("Nothing created the log: the process did not run.".to_owned());
    }
    CaseOutcome {
        passed: got == expected && !no_log,
        expected,
        got,
        reasons,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|&line| line.to_owned()).collect()
    }

    fn ran(written: &[&str]) -> Lines {
        Lines {
            written: of(written),
            log_exists: true,
            ..Lines::default()
        }
    }

    fn passes(expected: &[&str], lines: Lines) -> bool {
        judge(&of(expected), lines, Vec::new()).passed
    }

    #[test]
    fn lines_are_compared_in_any_order_but_counted() {
        assert!(passes(&["a", "b", "a"], ran(&["b", "a", "a"])));
        assert!(!passes(&["a", "b"], ran(&["a", "b", "a"])));
        assert!(!passes(&["a", "b", "a"], ran(&["a", "b"])));
    }

    #[test]
    fn a_process_that_does_nothing_writes_no_empty_log() {
        assert!(passes(&[], ran(&[])));
        assert!(!passes(&[], Lines::default()));
    }

    #[test]
    fn marker_and_data_count_only_where_they_are_expected() {
        let both = || Lines {
            marker: true,
            data: true,
            ..ran(&["a"])
        };
        assert!(passes(&["a"], both()));
        assert!(passes(&["a", "MARKER_exists"], both()));
        assert!(passes(&["a", "DATA_correct"], both()));
        assert!(!passes(&["a", "EXECUTION_parallel"], both()));
        assert!(!passes(&["a", "MARKER_exists"], ran(&["a"])));
    }

    #[test]
    fn a_refusal_and_a_runtime_error_are_both_an_error_where_either_is_meant() {
        let refused = || Lines {
            errors: of(&["ERROR_deployment"]),
            ..Lines::default()
        };
        let stuck = || Lines {
            errors: of(&["ERROR_runtime"]),
            ..ran(&[])
        };
        assert!(passes(&["ERROR"], refused()));
        assert!(passes(&["ERROR"], stuck()));
        assert!(passes(&["ERROR_runtime"], stuck()));
        assert!(!passes(&["ERROR_runtime"], refused()));
        assert!(!passes(&[], stuck()));
        assert!(!passes(&["ERROR"], ran(&[])));
    }

    #[test]
    fn two_spans_are_parallel_when_one_begins_within_the_other() {
        let at = |seconds: i64| {
            Timestamp::parse("2026-01-05T09:00:00Z")
                .ok()
                .and_then(|begin| begin.checked_add_micros(seconds * 1_000_000))
                .expect("a time")
        };
        let overlap = |second: i64| {
            Spans {
                running: BTreeMap::new(),
                done: vec![(1, at(0), at(10)), (2, at(second), at(second + 10))],
            }
            .overlap()
        };
        assert!(overlap(0) && overlap(9) && !overlap(10));
    }
}
