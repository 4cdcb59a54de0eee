//! What `redthread check` said of one file, and whether that is right.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::collection::Drawing;
use crate::program::Ran;

/// A line of `check --json`: a problem or the summary.
#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    severity: Option<String>,
    #[serde(default)]
    element: Option<String>,
    #[serde(default)]
    message: String,
    #[serde(default)]
    processes: Option<Vec<Process>>,
}

#[derive(Debug, Deserialize)]
struct Process {
    #[serde(rename = "flowNodes")]
    flow_nodes: u64,
}

/// What came of one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it can be deployed: as a process or as a drawing.
    pub accepted: bool,
    /// How many errors there were of each code.
    pub errors: BTreeMap<String, u64>,
    /// What `check` got wrong, in sentences. Empty: it is right.
    pub misses: Vec<String>,
}

/// Compares what `check` said of a file with the index and with the file's own text.
pub fn judge(drawing: &Drawing, xml: &str, ran: &Ran) -> Verdict {
    let mut verdict = Verdict::default();
    if ran.hung {
        verdict.misses.push("It hung.".into());
        return verdict;
    }
    if ran.panicked() {
        verdict
            .misses
            .push(format!("It panicked: {}", ran.stderr.trim()));
        return verdict;
    }
    let lines = match read_lines(&ran.stdout) {
        Ok(lines) => lines,
        Err(miss) => {
            verdict.misses.push(miss);
            return verdict;
        }
    };
    for line in errors(&lines) {
        *verdict
            .errors
            .entry(line.code.clone().unwrap_or_default())
            .or_default() += 1;
    }
    verdict.accepted = verdict.errors.is_empty();
    judge_code(ran.code, &lines, &mut verdict.misses);
    judge_contents(drawing, &lines, &mut verdict.misses);
    judge_refusals(drawing, xml, &lines, &mut verdict.misses);
    verdict
}

fn read_lines(stdout: &str) -> Result<Vec<Line>, String> {
    let lines: Result<Vec<Line>, _> = stdout.lines().map(serde_json::from_str).collect();
    match lines {
        Ok(lines) if lines.is_empty() => Err("It printed nothing.".into()),
        Ok(lines) => Ok(lines),
        Err(error) => Err(format!("A line is not JSON: {error}.")),
    }
}

fn errors(lines: &[Line]) -> impl Iterator<Item = &Line> {
    lines
        .iter()
        .filter(|line| line.severity.as_deref() == Some("error"))
}

fn is(line: &Line, code: &str) -> bool {
    line.code.as_deref() == Some(code)
}

fn judge_code(code: Option<i32>, lines: &[Line], misses: &mut Vec<String>) {
    let expected = if errors(lines).any(|line| is(line, "unreadable")) {
        2
    } else {
        i32::from(errors(lines).next().is_some())
    };
    if code != Some(expected) {
        misses.push(format!(
            "Expected exit code {expected}, but it was {code:?}."
        ));
    }
}

fn judge_contents(drawing: &Drawing, lines: &[Line], misses: &mut Vec<String>) {
    let summary = lines.iter().find_map(|line| line.processes.as_ref());
    match (drawing.well_formed, summary) {
        (true, Some(processes)) => {
            let counted: u64 = processes.iter().map(|process| process.flow_nodes).sum();
            let expected = drawing.flow_nodes_of_processes();
            if counted != expected {
                misses.push(format!(
                    "The index counts {expected} flow nodes, but check counts {counted}."
                ));
            }
        }
        (true, None) => misses.push("It is well-formed XML, but check could not read it.".into()),
        (false, Some(_)) => misses.push("It is not well-formed XML, but check read it.".into()),
        (false, None) => {}
    }
}

/// A refusal as `notSupported` must be about something that the element's own text shows to be left out.
fn judge_refusals(drawing: &Drawing, xml: &str, lines: &[Line], misses: &mut Vec<String>) {
    let refused: Vec<&Line> = errors(lines)
        .filter(|line| is(line, "notSupported"))
        .collect();
    if drawing.executable_processes == 0 && !refused.is_empty() {
        misses.push("It has no executable process, but something in it is refused.".into());
    }
    for line in refused {
        let element = line.element.as_deref().unwrap_or_default();
        if !shows_what_is_left_out(xml, element) {
            misses.push(format!(
                "\"{element}\" is refused though it only uses what runs: {}",
                line.message
            ));
        }
    }
}

/// Attributes and elements of other engines that change how a process runs, and forms inside of diagrams.
const FOREIGN: [&str; 5] = ["camunda:", "activiti:", "drools:", "tns:", "userTaskForm"];

/// Whether the text of the element with this id has what does not run: what is another engine's, a script that is not
/// FEEL, an association with a data store, a condition that starts a process.
fn shows_what_is_left_out(xml: &str, id: &str) -> bool {
    let Some(text) = element_text(xml, id) else {
        return false;
    };
    let name = text
        .split([' ', '\t', '\r', '\n', '>'])
        .next()
        .unwrap_or("");
    let has = |marker: &str| text.contains(marker);
    let script = name.ends_with("criptTask") && has("script");
    let associates = has("dataInputAssociation") || has("dataOutputAssociation");
    let stores = associates && xml.contains("dataStore");
    let starts = name.ends_with("startEvent") && has("conditionalEventDefinition");
    script || stores || starts || FOREIGN.iter().any(|marker| has(marker))
}

/// From the start tag that has this `id` to the end of that element.
fn element_text<'a>(xml: &'a str, id: &str) -> Option<&'a str> {
    let at = [format!(" id=\"{id}\""), format!(" id='{id}'")]
        .iter()
        .find_map(|attribute| xml.find(attribute.as_str()))?;
    let start = xml[..at].rfind('<')? + 1;
    let rest = &xml[start..];
    let tag_end = rest.find('>')?;
    if rest[..tag_end].ends_with('/') {
        return Some(&rest[..tag_end]);
    }
    let name = rest.split(|c: char| c.is_whitespace() || c == '>').next()?;
    let end = rest.find(&format!("</{name}>"))?;
    Some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(flow_nodes: u64, elements: &[&str]) -> Drawing {
        Drawing {
            well_formed: true,
            executable_processes: 1,
            flow_nodes,
            elements: elements
                .iter()
                .map(|name| ((*name).to_owned(), 1))
                .collect(),
        }
    }

    fn ran(code: i32, stdout: &str) -> Ran {
        Ran {
            code: Some(code),
            hung: false,
            stdout: stdout.into(),
            stderr: String::new(),
        }
    }

    fn misses(drawing: &Drawing, xml: &str, ran: &Ran) -> Vec<String> {
        judge(drawing, xml, ran).misses
    }

    const SUMMARY: &str =
        r#"{"file": "f", "processes": [{"id": "p", "flowNodes": 2}, {"id": "q", "flowNodes": 1}]}"#;

    fn refusal(element: &str) -> String {
        format!(
            "{{\"element\": \"{element}\", \"code\": \"notSupported\", \"severity\": \"error\", \"message\": \"no\"}}\n{SUMMARY}"
        )
    }

    #[test]
    fn a_file_whose_flow_nodes_are_counted_alike_is_right() {
        let verdict = judge(&drawing(3, &["task"]), "", &ran(0, SUMMARY));
        assert_eq!(
            verdict,
            Verdict {
                accepted: true,
                ..Verdict::default()
            }
        );
    }

    #[test]
    fn counting_otherwise_is_a_miss() {
        let misses = misses(&drawing(4, &["task"]), "", &ran(0, SUMMARY));
        assert_eq!(
            misses,
            ["The index counts 4 flow nodes, but check counts 3."]
        );
    }

    #[test]
    fn hanging_panicking_and_silence_are_misses() {
        let hung = Ran {
            hung: true,
            ..ran(0, SUMMARY)
        };
        let panicked = Ran {
            code: Some(101),
            ..ran(0, "")
        };
        for ran in [
            hung,
            panicked,
            ran(0, ""),
            ran(0, "no JSON"),
            ran(1, SUMMARY),
        ] {
            assert_eq!(misses(&drawing(3, &[]), "", &ran).len(), 1, "{ran:?}");
        }
    }

    #[test]
    fn what_is_not_well_formed_must_be_unreadable() {
        let broken = Drawing {
            well_formed: false,
            ..Drawing::default()
        };
        let unreadable = r#"{"code": "unreadable", "severity": "error"}"#;
        assert_eq!(misses(&broken, "", &ran(2, unreadable)), [""; 0]);
        assert_eq!(misses(&broken, "", &ran(0, SUMMARY)).len(), 1);
    }

    #[test]
    fn refusing_what_runs_is_a_miss() {
        let xml = r#"<b:task id="T"/><b:transaction id="X"/><b:scriptTask id="S"><b:script>x</b:script></b:scriptTask>
            <b:serviceTask id="C" camunda:class="c"/><b:startEvent id="B"><b:conditionalEventDefinition/></b:startEvent>"#;
        let of = |element: &str| misses(&drawing(3, &["task"]), xml, &ran(1, &refusal(element)));
        for element in ["T", "X", "nowhere"] {
            assert_eq!(of(element).len(), 1, "{element}");
        }
        for element in ["S", "C", "B"] {
            assert_eq!(of(element), [""; 0], "{element}");
        }
    }
}
