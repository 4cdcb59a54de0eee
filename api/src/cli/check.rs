//! `redthread check`: what is wrong with diagrams and forms.
//!
//! One line a problem, then one line a file that sums it up. Wherever this reports an error, upload and `play` refuse.

use std::io::{self, Write};
use std::path::PathBuf;

use redthread_bpmn::{Problem, Severity};
use serde::Serialize;
use serde_json::json;

use super::Outcome;
use super::content::Content;
use super::form::{Form, FormProblem};
use super::output::{self, Colour};

/// The arguments of `redthread check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Diagrams and forms
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// A problem as `check --json` prints it. Fields may be added, never renamed or removed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The file as it was named.
    pub file: String,
    /// The line in the file.
    pub line: Option<u32>,
    /// The id of the element.
    pub element: Option<String>,
    /// The stable code.
    pub code: String,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

const ERROR: &str = "error";
const WARNING: &str = "warning";

impl Line {
    /// A problem of a diagram.
    pub fn of(file: &str, problem: &Problem) -> Line {
        Line {
            file: file.to_owned(),
            line: problem.line,
            element: problem.element.as_deref().map(str::to_owned),
            code: problem.code.as_str().to_owned(),
            severity: if problem.severity == Severity::Error {
                ERROR
            } else {
                WARNING
            },
            message: problem.message.clone(),
            hint: problem.hint.clone(),
        }
    }

    fn of_form(file: &str, problem: &FormProblem) -> Line {
        Line {
            file: file.to_owned(),
            line: None,
            element: problem.component.clone(),
            code: problem.code.to_owned(),
            severity: if problem.is_error { ERROR } else { WARNING },
            message: problem.message.clone(),
            hint: problem.hint.clone(),
        }
    }

    fn of_file(file: &str, line: Option<u32>, code: &str, message: String, hint: &str) -> Line {
        Line {
            file: file.to_owned(),
            line,
            element: None,
            code: code.to_owned(),
            severity: ERROR,
            message,
            hint: hint.to_owned(),
        }
    }

    /// Whether the model cannot be used like this.
    pub fn is_error(&self) -> bool {
        self.severity == ERROR
    }
}

/// What `check` says about one file.
pub struct Report {
    /// The problems, in the order in which they stand in the file.
    pub problems: Vec<Line>,
    /// The line that sums up; none when the file could not be read at all.
    pub summary: Option<serde_json::Value>,
    /// How it went.
    pub outcome: Outcome,
}

/// Examines one file's content.
pub fn examine(file: &str, content: &Content) -> Report {
    match content {
        Content::Bpmn(diagram) => {
            let problems = diagram
                .problems
                .iter()
                .map(|problem| Line::of(file, problem))
                .collect();
            let processes = redthread_bpmn::summary(&diagram.model);
            report(problems, json!({"file": file, "processes": processes}))
        }
        Content::Form(form, _) => form_report(file, form),
        Content::Dmn => {
            let line = Line::of_file(
                file,
                None,
                "notSupported",
                "Decisions (DMN) do not run yet; they come later.".into(),
                "Until then, decide with an exclusive gateway or a FEEL expression in a script task.",
            );
            report(vec![line], json!({"file": file, "processes": []}))
        }
        Content::OtherJson => {
            let line = Line::of_file(
                file,
                None,
                "notAForm",
                "The file is JSON, but not a form.".into(),
                "A form is what bpmn.io's form editor saves: an object with \"components\".",
            );
            report(vec![line], json!({"file": file, "processes": []}))
        }
        Content::Unreadable { line, message } => unreadable(file, *line, message.clone()),
    }
}

fn form_report(file: &str, form: &Form) -> Report {
    let problems = form
        .problems
        .iter()
        .map(|problem| Line::of_form(file, problem))
        .collect();
    let summary = json!({
        "file": file,
        "processes": [],
        "form": {"id": form.id, "components": form.components},
    });
    report(problems, summary)
}

fn report(problems: Vec<Line>, summary: serde_json::Value) -> Report {
    let outcome = if problems.iter().any(Line::is_error) {
        Outcome::Faulty
    } else {
        Outcome::Done
    };
    Report {
        problems,
        summary: Some(summary),
        outcome,
    }
}

fn unreadable(file: &str, line: Option<u32>, message: String) -> Report {
    let hint = "Open the file in a modeler and save it again, or choose another file.";
    Report {
        problems: vec![Line::of_file(file, line, "unreadable", message, hint)],
        summary: None,
        outcome: Outcome::Unusable,
    }
}

/// Reads and examines one file.
pub fn examine_file(path: &std::path::Path) -> (Report, Option<Content>) {
    let file = path.display().to_string();
    match std::fs::read(path) {
        Ok(bytes) => {
            let content = Content::of(&bytes);
            (examine(&file, &content), Some(content))
        }
        Err(error) => (
            unreadable(&file, None, format!("The file cannot be opened: {error}.")),
            None,
        ),
    }
}

/// Runs `redthread check`.
pub fn run(args: &Args) -> Outcome {
    let mut out = io::stdout().lock();
    let mut outcome = Outcome::Done;
    for path in &args.files {
        let (report, _) = examine_file(path);
        outcome = outcome.max(report.outcome);
        let written = if args.json {
            print_json(&mut out, &report)
        } else {
            print_for_people(
                &mut out,
                &path.display().to_string(),
                &report,
                output::coloured(),
            )
        };
        if let Err(error) = output::closed_pipe_is_fine(written) {
            output::complain(&format!("The result cannot be written: {error}."));
            return Outcome::Unusable;
        }
    }
    outcome
}

fn print_json(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    for problem in &report.problems {
        output::json_line(out, problem)?;
    }
    match &report.summary {
        Some(summary) => output::json_line(out, summary),
        None => Ok(()),
    }
}

/// `file:line: error: Element: message (code)` as compilers do it, so that editors find the place.
fn print_for_people(
    out: &mut dyn Write,
    file: &str,
    report: &Report,
    coloured: bool,
) -> io::Result<()> {
    print_problems(out, &report.problems, coloured)?;
    let errors = report
        .problems
        .iter()
        .filter(|problem| problem.is_error())
        .count();
    let warnings = report.problems.len() - errors;
    let verdict = match (errors, warnings) {
        (0, 0) => output::paint("no problems", Colour::Green, coloured),
        (0, _) => output::paint(&count(warnings, "warning"), Colour::Yellow, coloured),
        (_, 0) => output::paint(&count(errors, "error"), Colour::Red, coloured),
        _ => output::paint(
            &format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
            Colour::Red,
            coloured,
        ),
    };
    writeln!(out, "{file}: {verdict}{}", contents(report))
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Each problem with its place and what to do.
///
/// # Errors
/// What the output says.
pub fn print_problems(out: &mut dyn Write, problems: &[Line], coloured: bool) -> io::Result<()> {
    for problem in problems {
        let place = match problem.line {
            Some(line) => format!("{}:{line}", problem.file),
            None => problem.file.clone(),
        };
        let colour = if problem.is_error() {
            Colour::Red
        } else {
            Colour::Yellow
        };
        let severity = output::paint(problem.severity, colour, coloured);
        let element = match &problem.element {
            Some(id) => format!(
                "{}: ",
                output::paint(&output::harmless(id), Colour::Bold, coloured)
            ),
            None => String::new(),
        };
        let code = output::paint(&format!("({})", problem.code), Colour::Dim, coloured);
        let message = output::harmless(&problem.message);
        writeln!(out, "{place}: {severity}: {element}{message} {code}")?;
        if !problem.hint.is_empty() {
            writeln!(out, "    {}", output::harmless(&problem.hint))?;
        }
    }
    Ok(())
}

/// `; process order: 12 flow nodes` for each process.
fn contents(report: &Report) -> String {
    let processes = report
        .summary
        .as_ref()
        .and_then(|summary| summary.get("processes"))
        .and_then(serde_json::Value::as_array);
    let mut text = String::new();
    for process in processes.into_iter().flatten() {
        let id = process
            .get("id")
            .and_then(serde_json::Value::as_str)
            .unwrap_or("without an id");
        let nodes = process
            .get("flowNodes")
            .and_then(serde_json::Value::as_u64)
            .unwrap_or(0);
        let executable = process.get("executable") == Some(&serde_json::Value::Bool(true));
        let drawing = if executable { "" } else { ", not executable" };
        text.push_str(&format!(
            "; process {}: {nodes} flow nodes{drawing}",
            output::harmless(id)
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examined(bytes: &[u8]) -> Report {
        examine("file", &Content::of(bytes))
    }

    fn codes(report: &Report) -> Vec<&str> {
        report
            .problems
            .iter()
            .map(|problem| problem.code.as_str())
            .collect()
    }

    const DEFINITIONS: &str =
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">"#;

    #[test]
    fn a_good_process_has_no_errors_and_is_summed_up() {
        let report = examined(
            format!(
                r#"{DEFINITIONS}<process id="p" isExecutable="true"><startEvent id="s"/><task id="t"/><endEvent id="e"/>
                <sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/>
                </process></definitions>"#
            )
            .as_bytes(),
        );
        assert_eq!(report.outcome, Outcome::Done);
        let summary = report.summary.expect("a summary");
        assert_eq!(summary["processes"][0]["id"], "p");
        assert_eq!(summary["processes"][0]["executable"], true);
        assert_eq!(summary["processes"][0]["flowNodes"], 3);
        assert_eq!(summary["processes"][0]["elements"]["startEvent"], 1);
    }

    #[test]
    fn what_does_not_run_yet_is_refused_by_name() {
        let report = examined(
            format!(
                r#"{DEFINITIONS}<process id="p" isExecutable="true"><startEvent id="s"/><inclusiveGateway id="Or"/>
                <endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="Or"/>
                <sequenceFlow id="g" sourceRef="Or" targetRef="e"/></process></definitions>"#
            )
            .as_bytes(),
        );
        assert_eq!(report.outcome, Outcome::Faulty);
        let refused = report
            .problems
            .iter()
            .find(|line| line.code == "notSupported")
            .expect("refused");
        assert_eq!(refused.element.as_deref(), Some("Or"));
        assert!(refused.line.is_some());
    }

    #[test]
    fn decisions_are_refused_by_name() {
        let report =
            examined(br#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>"#);
        assert_eq!(
            (codes(&report), report.outcome),
            (vec!["notSupported"], Outcome::Faulty)
        );
        assert!(report.problems[0].message.contains("come later"));
    }

    #[test]
    fn what_is_not_readable_has_one_line_and_no_summary() {
        for bytes in [
            &b"<definitions><process>"[..],
            b"\x00\x01\x02",
            b"",
            b"{\"a\": ]",
        ] {
            let report = examined(bytes);
            assert_eq!(
                (codes(&report), report.outcome),
                (vec!["unreadable"], Outcome::Unusable)
            );
            assert_eq!(report.summary, None);
        }
    }

    #[test]
    fn people_read_the_place_the_sentence_and_the_hint() {
        let report = examined(b"{}");
        let mut out = Vec::new();
        print_for_people(&mut out, "file", &report, false).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with(
            "file: error: The file is JSON, but not a form. (notAForm)\n    A form is"
        ));
        assert!(text.ends_with("file: 1 error\n"), "{text}");
    }
}
