//! Reading what was uploaded, before anything is stored: diagrams, decisions and forms, told apart by their content.

mod decisions;
mod kind;
mod processes;

use std::collections::BTreeSet;
use std::sync::Arc;

use redthread_bpmn::graph::{Binding, ProcessGraph};
use redthread_bpmn::{Code, Diagram, Limits, Problem, Severity};
use redthread_core::Key;
use serde::{Deserialize, Serialize};

pub(crate) use decisions::DecisionFile;
pub use decisions::{CalledFrom, called_decisions, unknown_decision};
pub use kind::FileKind;
pub use processes::{ProcessCall, called_processes, unknown_process};

/// A file as it was uploaded.
#[derive(Clone, Debug)]
pub struct UploadedFile {
    /// Its name, without folders.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A problem of one of the files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileProblem {
    /// The file's name.
    pub file: String,
    /// What is wrong.
    #[serde(flatten)]
    pub problem: Problem,
}

impl FileProblem {
    /// Whether it keeps the files from being deployed.
    pub fn is_error(&self) -> bool {
        self.problem.severity == Severity::Error
    }
}

/// What was read of the files.
#[derive(Debug)]
pub struct Reading {
    /// Problems of all files; without an error among them they can be deployed.
    pub problems: Vec<FileProblem>,
    pub(crate) files: Vec<ReadFile>,
}

impl Reading {
    /// Whether a problem keeps the files from being deployed.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(FileProblem::is_error)
    }

    /// Warns of calls of decisions that are neither among the files nor `deployed` before.
    pub fn warn_of_unknown_decisions(&mut self, deployed: &BTreeSet<String>) {
        let uploaded: BTreeSet<&str> = self
            .files
            .iter()
            .filter_map(|file| match &file.content {
                Content::Decisions(file) => Some(file.ids().map(|(id, _)| &**id)),
                _ => None,
            })
            .flatten()
            .collect();
        let mut warnings = Vec::new();
        for file in &self.files {
            let Content::Executable(graphs) = &file.content else {
                continue;
            };
            for call in graphs.iter().flat_map(|graph| called_decisions(graph)) {
                let is_deployed =
                    call.binding != Binding::Deployment && deployed.contains(&*call.decision);
                if is_deployed || uploaded.contains(&*call.decision) {
                    continue;
                }
                let known = deployed.iter().map(String::as_str);
                let known = known.chain(uploaded.iter().copied());
                warnings.push(FileProblem {
                    file: file.name.clone(),
                    problem: unknown_decision(&call, known),
                });
            }
        }
        self.problems.extend(warnings);
    }

    /// Warns of calls of processes that are neither among the files nor `deployed` before.
    pub fn warn_of_unknown_processes(&mut self, deployed: &BTreeSet<String>) {
        let graphs = || self.files.iter().flat_map(ReadFile::graphs);
        let uploaded: BTreeSet<&str> = graphs().map(|graph| &*graph.id).collect();
        let mut warnings = Vec::new();
        for file in &self.files {
            for call in file
                .graphs()
                .iter()
                .flat_map(|graph| called_processes(graph))
            {
                let is_deployed =
                    call.binding != Binding::Deployment && deployed.contains(&*call.process);
                if is_deployed || uploaded.contains(&*call.process) {
                    continue;
                }
                let known = deployed.iter().map(String::as_str);
                let known = known.chain(uploaded.iter().copied());
                warnings.push(FileProblem {
                    file: file.name.clone(),
                    problem: unknown_process(&call, known),
                });
            }
        }
        self.problems.extend(warnings);
    }
}

#[derive(Debug)]
pub(crate) struct ReadFile {
    /// Its place in the upload.
    pub place: usize,
    pub name: String,
    pub bytes: Vec<u8>,
    pub content: Content,
}

impl ReadFile {
    /// The executable processes in it.
    pub fn graphs(&self) -> &[Arc<ProcessGraph>] {
        match &self.content {
            Content::Executable(graphs) => graphs,
            Content::Drawing { .. } | Content::Decisions(_) | Content::Form { .. } => &[],
        }
    }
}

#[derive(Debug)]
pub(crate) enum Content {
    /// A diagram with executable processes.
    Executable(Vec<Arc<ProcessGraph>>),
    /// A diagram without one.
    Drawing {
        process_id: String,
        name: Option<String>,
    },
    /// Decisions.
    Decisions(DecisionFile),
    /// A form of form-js.
    Form { id: String },
}

/// What was deployed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployed {
    /// The deployment; none: everything was there already.
    pub deployment: Option<Key>,
    /// The definitions, in the order of files and processes.
    pub definitions: Vec<DeployedDefinition>,
    /// The decisions, in the order of files.
    pub decisions: Vec<DeployedDecision>,
    /// The forms.
    pub forms: Vec<DeployedForm>,
    /// The problems that did not stop it.
    #[serde(skip)]
    pub warnings: Vec<FileProblem>,
}

/// A definition that was deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeployedDefinition {
    /// Its key.
    pub key: Key,
    /// The process's id; of a drawing, the first process's.
    pub process_id: String,
    /// The process's name.
    pub name: Option<String>,
    /// Its version, counted from 1.
    pub version: i32,
    /// The file it is in.
    pub file: String,
    /// Nothing in it is executable.
    pub drawing: bool,
    /// The same was there already, so that no new version was made.
    pub unchanged: bool,
}

/// A decision that was deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeployedDecision {
    /// The key of this version.
    pub key: Key,
    /// The decision's id.
    pub decision_id: String,
    /// Its name.
    pub name: String,
    /// Its version, counted from 1.
    pub version: i32,
    /// The file it is in.
    pub file: String,
    /// The same was there already.
    pub unchanged: bool,
}

/// A form that was deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeployedForm {
    /// The form's id, as diagrams name it.
    pub id: String,
    /// The file it is in.
    pub file: String,
    /// The same was there already.
    pub unchanged: bool,
}

/// Reads files as an upload does, and stores nothing. `review` adds the problems that only the world can tell.
pub fn read_files(files: Vec<UploadedFile>, review: &dyn Fn(&Diagram) -> Vec<Problem>) -> Reading {
    let mut reading = Reading {
        problems: Vec::new(),
        files: Vec::new(),
    };
    let models = decisions::read(&files);
    for (at, file) in files.into_iter().enumerate() {
        let content = match FileKind::of(&file.bytes) {
            FileKind::Json => read_form(&file, &mut reading.problems),
            FileKind::Decisions => decisions::link(&file, at, &models, &mut reading.problems),
            FileKind::Diagram => read_diagram(&file, review, &mut reading.problems),
        };
        if let Some(content) = content {
            reading.files.push(ReadFile {
                place: at,
                name: file.name,
                bytes: file.bytes,
                content,
            });
        }
    }
    refuse_twins(&mut reading);
    reading
}

fn read_form(file: &UploadedFile, problems: &mut Vec<FileProblem>) -> Option<Content> {
    let unreadable = |line: Option<u32>, message: String| FileProblem {
        file: file.name.clone(),
        problem: Problem {
            element: None,
            line,
            code: Code::Unreadable,
            severity: Severity::Error,
            message,
            hint: "Export the form from the form editor once more.".to_owned(),
        },
    };
    let bytes = file
        .bytes
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(&file.bytes);
    let form: serde_json::Value = match serde_json::from_slice(bytes) {
        Ok(form) => form,
        Err(error) => {
            let line = u32::try_from(error.line()).ok();
            problems.push(unreadable(
                line,
                format!("The file is not readable JSON: {error}."),
            ));
            return None;
        }
    };
    match (
        form.get("id").and_then(|id| id.as_str()),
        form.get("components").and_then(|list| list.as_array()),
    ) {
        (Some(id), Some(_)) if !id.trim().is_empty() => Some(Content::Form { id: id.to_owned() }),
        _ => {
            problems.push(unreadable(
                None,
                "The file is JSON, but not a form with an id and components.".to_owned(),
            ));
            None
        }
    }
}

fn read_diagram(
    file: &UploadedFile,
    review: &dyn Fn(&Diagram) -> Vec<Problem>,
    problems: &mut Vec<FileProblem>,
) -> Option<Content> {
    let of_file = |problem| FileProblem {
        file: file.name.clone(),
        problem,
    };
    let diagram = match redthread_bpmn::read(&file.bytes, &Limits::default()) {
        Ok(diagram) => diagram,
        Err(unreadable) => {
            problems.push(of_file(Problem {
                element: None,
                line: unreadable.line,
                code: Code::Unreadable,
                severity: Severity::Error,
                message: unreadable.message,
                hint: "Export the diagram from the modeler once more.".to_owned(),
            }));
            return None;
        }
    };
    let mut diagram = diagram;
    diagram.problems.extend(review(&diagram));
    let (has_errors, is_drawing) = (diagram.has_errors(), diagram.is_drawing());
    problems.extend(diagram.problems.into_iter().map(of_file));
    if has_errors {
        return None;
    }
    if is_drawing {
        let stem = file
            .name
            .rsplit_once('.')
            .map_or(&*file.name, |(stem, _)| stem)
            .to_owned();
        let first = diagram.model.processes.first();
        let process_id = first
            .and_then(|process| process.id.as_deref().map(str::to_owned))
            .unwrap_or_else(|| stem.clone());
        let name = first
            .and_then(|process| process.name.as_deref().map(str::to_owned))
            .or(Some(stem));
        return Some(Content::Drawing { process_id, name });
    }
    Some(Content::Executable(diagram.processes))
}

/// Two processes or decisions with one id in one upload: which of them would be the latest version?
fn refuse_twins(reading: &mut Reading) {
    let mut seen: Vec<(&str, String, String)> = Vec::new();
    for file in &reading.files {
        let (what, ids): (&str, Vec<String>) = match &file.content {
            Content::Executable(graphs) => (
                "process",
                graphs.iter().map(|graph| graph.id.to_string()).collect(),
            ),
            Content::Drawing { process_id, .. } => ("process", vec![process_id.clone()]),
            Content::Decisions(file) => (
                "decision",
                file.ids().map(|(id, _)| id.to_string()).collect(),
            ),
            Content::Form { .. } => continue,
        };
        for id in ids {
            let twin = seen
                .iter()
                .find(|(other, known, _)| *other == what && *known == id);
            if let Some((_, _, other)) = twin {
                reading.problems.push(FileProblem {
                    file: file.name.clone(),
                    problem: Problem {
                        element: Some(Arc::from(&*id)),
                        line: None,
                        code: Code::DuplicateId,
                        severity: Severity::Error,
                        message: format!("The {what} \"{id}\" is also in the file \"{other}\"."),
                        hint: "Upload one of the two, or give one of them another id.".to_owned(),
                    },
                });
            }
            seen.push((what, id, file.name.clone()));
        }
    }
}
