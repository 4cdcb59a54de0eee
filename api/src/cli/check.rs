//! `redthread check`: what is wrong with diagrams, decisions and forms.
//!
//! One line a problem, then one line a file that sums it up. Wherever this reports an error, upload and `play` refuse.

use std::io::{self, Write};
use std::path::PathBuf;

use redthread_bpmn::{Diagram, Problem, Severity};
use redthread_dmn::{DecisionModel, Decisions};
use redthread_runtime::{called_decisions, unknown_decision};
use serde::Serialize;
use serde_json::json;

use super::Outcome;
use super::content::Content;
use super::form::{Form, FormProblem};
use super::output::{self, Colour};

/// The arguments of `redthread check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Diagrams, decisions and forms; decisions are looked at together with those that they import
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

/// Examines files together, as an upload of all of them would.
pub fn examine(files: &[(String, Content)]) -> Vec<Report> {
    let models = files.iter().map(|(_, content)| match content {
        Content::Dmn(model) => Some(&**model),
        _ => None,
    });
    let models: Vec<Option<&DecisionModel>> = models.collect();
    let all = files.iter().enumerate();
    all.map(|(at, (file, content))| examine_one(file, content, at, &models))
        .collect()
}

/// Examines the file at this place; `models` are the decisions of all files, by their places.
fn examine_one(
    file: &str,
    content: &Content,
    at: usize,
    models: &[Option<&DecisionModel>],
) -> Report {
    match content {
        Content::Bpmn(diagram) => {
            let problems = diagram.problems.iter();
            let mut problems: Vec<Line> = problems.map(|problem| Line::of(file, problem)).collect();
            problems.extend(unknown_decisions(file, diagram, models));
            let processes = redthread_bpmn::summary(&diagram.model);
            report(problems, json!({"file": file, "processes": processes}))
        }
        Content::Form(form, _) => form_report(file, form),
        Content::Dmn(model) => {
            let others = models.iter().enumerate();
            let others: Vec<&DecisionModel> = others
                .filter(|(other, _)| *other != at)
                .filter_map(|(_, model)| *model)
                .collect();
            let linked = redthread_dmn::link(model, &others);
            let problems = linked.problems.iter();
            let problems = problems.map(|problem| Line::of(file, problem)).collect();
            let decisions = linked.decisions.decisions();
            let summary = json!({"file": file, "processes": [], "decisions": decisions});
            report(problems, summary)
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

/// Calls of decisions that are not there. Only where decisions are checked along: else nobody knows what is deployed.
fn unknown_decisions(
    file: &str,
    diagram: &Diagram,
    models: &[Option<&DecisionModel>],
) -> Vec<Line> {
    let known: Vec<Decisions> = models
        .iter()
        .flatten()
        .map(|model| model.decisions())
        .collect();
    if known.is_empty() {
        return Vec::new();
    }
    let is_known = |id: &str| {
        let mut known = known.iter().flat_map(Decisions::decisions);
        known.any(|decision| decision.id.as_deref() == Some(id))
    };
    let graphs = diagram.processes.iter();
    graphs
        .flat_map(|graph| called_decisions(graph))
        .filter(|call| !is_known(&call.decision))
        .map(|call| {
            let known = known.iter().flat_map(Decisions::decisions);
            let known = known.filter_map(|decision| decision.id.as_deref());
            Line::of(file, &unknown_decision(&call, known))
        })
        .collect()
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

fn read(path: &std::path::Path) -> Content {
    match std::fs::read(path) {
        Ok(bytes) => Content::of(&bytes),
        Err(error) => Content::Unreadable {
            line: None,
            message: format!("The file cannot be opened: {error}."),
        },
    }
}

/// Runs `redthread check`.
pub fn run(args: &Args) -> Outcome {
    let mut out = io::stdout().lock();
    let mut outcome = Outcome::Done;
    let files = args.files.iter();
    let files: Vec<(String, Content)> = files
        .map(|path| (path.display().to_string(), read(path)))
        .collect();
    for ((file, _), report) in files.iter().zip(examine(&files)) {
        outcome = outcome.max(report.outcome);
        let written = if args.json {
            print_json(&mut out, &report)
        } else {
            print_for_people(&mut out, file, &report, output::coloured())
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

/// `; process order: 12 flow nodes` for each process, `; decision triage` for each decision.
fn contents(report: &Report) -> String {
    let list = |name: &str| {
        let summary = report.summary.as_ref();
        summary
            .and_then(|summary| summary.get(name))
            .and_then(serde_json::Value::as_array)
    };
    let mut text = String::new();
    for decision in list("decisions").into_iter().flatten() {
        let name = decision.get("id").and_then(serde_json::Value::as_str);
        let name = name.unwrap_or("without an id");
        text.push_str(&format!("; decision {}", output::harmless(name)));
    }
    for process in list("processes").into_iter().flatten() {
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
        let mut reports = examine(&[("file".to_owned(), Content::of(bytes))]);
        reports.remove(0)
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
    fn what_does_not_run_is_refused_by_name() {
        let report = examined(
            format!(
                r#"{DEFINITIONS}<process id="p" isExecutable="true"><startEvent id="s"/>
                <scriptTask id="Or" scriptFormat="text/x-groovy"><script>x()</script></scriptTask><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="Or"/>
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

    const DECISION: &str = r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="f" namespace="n">
        <decision id="fee" name="Fee"><variable name="Fee"/><literalExpression><text>1 + 1</text></literalExpression></decision>
        </definitions>"#;

    #[test]
    fn decisions_are_examined_and_summed_up() {
        let report = examined(DECISION.as_bytes());
        assert_eq!((codes(&report), report.outcome), (vec![], Outcome::Done));
        let summary = report.summary.expect("a summary");
        assert_eq!(summary["decisions"][0]["id"], "fee");
        assert_eq!(summary["decisions"][0]["logic"], "literalExpression");
        let report = examined(DECISION.replace("1 + 1", "1 +").as_bytes());
        assert_eq!(report.outcome, Outcome::Faulty);
        assert_eq!(codes(&report), ["badExpression"]);
    }

    #[test]
    fn a_call_of_a_decision_that_is_not_among_those_checked_along_is_a_warning() {
        let calling = |id: &str| {
            let xml = format!(
                r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
                <process id="p" isExecutable="true"><startEvent id="s"/><businessRuleTask id="Decide"><extensionElements>
                <zeebe:calledDecision decisionId="{id}" resultVariable="r"/></extensionElements></businessRuleTask><endEvent id="e"/>
                <sequenceFlow id="f" sourceRef="s" targetRef="Decide"/><sequenceFlow id="g" sourceRef="Decide" targetRef="e"/>
                </process></definitions>"#
            );
            ("p.bpmn".to_owned(), Content::of(xml.as_bytes()))
        };
        let decisions = || ("d.dmn".to_owned(), Content::of(DECISION.as_bytes()));
        let together = examine(&[calling("fee"), decisions()]);
        assert_eq!(codes(&together[0]), [""; 0]);
        let together = examine(&[calling("fees"), decisions()]);
        assert_eq!(codes(&together[0]), ["unknownDecision"]);
        assert_eq!(together[0].outcome, Outcome::Done);
        assert_eq!(codes(&examine(&[calling("fees")])[0]), [""; 0]);
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
