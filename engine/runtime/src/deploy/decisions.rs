//! Files of decisions: read, and linked with those of the same upload that they import. And the calls of decisions in
//! diagrams, as far as they can be known before a process runs.

use redthread_bpmn::graph::{Binding, ElementKind, Id, ProcessGraph, Text};
use redthread_bpmn::{Code, Problem, Severity};
use redthread_dmn::{DecisionInfo, DecisionModel, Decisions, Limits, Unreadable};

use super::{Content, FileKind, FileProblem, UploadedFile};

/// A file of decisions that can be deployed.
#[derive(Debug)]
pub(crate) struct DecisionFile {
    /// What is evaluated: the file with all that it imports.
    pub decisions: Decisions,
    /// The files of the same upload that it imports, by itself or through others: their places in it.
    pub imports: Vec<usize>,
}

impl DecisionFile {
    /// The decisions that can be called, with their ids.
    pub fn ids(&self) -> impl Iterator<Item = (&Id, &DecisionInfo)> {
        let decisions = self.decisions.decisions().iter();
        decisions.filter_map(|info| Some((info.id.as_ref()?, info)))
    }
}

type Read = Option<Result<DecisionModel, Unreadable>>;

/// Reads those of the files that hold decisions.
pub(super) fn read(files: &[UploadedFile]) -> Vec<Read> {
    let files = files.iter();
    files
        .map(|file| {
            (FileKind::of(&file.bytes) == FileKind::Decisions)
                .then(|| redthread_dmn::read(&file.bytes, &Limits::default()))
        })
        .collect()
}

/// Links one of them with those that it imports.
pub(super) fn link(
    file: &UploadedFile,
    at: usize,
    models: &[Read],
    problems: &mut Vec<FileProblem>,
) -> Option<Content> {
    let of_file = |problem| FileProblem {
        file: file.name.clone(),
        problem,
    };
    let model = match models.get(at)?.as_ref()? {
        Ok(model) => model,
        Err(unreadable) => {
            problems.push(of_file(Problem {
                hint: "Export the decisions from the modeler once more.".to_owned(),
                ..Problem::from(unreadable.clone())
            }));
            return None;
        }
    };
    let imports = imports(at, models);
    let imported: Vec<&DecisionModel> = imports
        .iter()
        .filter_map(|at| models.get(*at)?.as_ref()?.as_ref().ok())
        .collect();
    let linked = redthread_dmn::link(model, &imported);
    let has_errors = linked.has_errors();
    problems.extend(linked.problems.into_iter().map(of_file));
    if has_errors {
        return None;
    }
    Some(Content::Decisions(DecisionFile {
        decisions: linked.decisions,
        imports,
    }))
}

/// The files that one imports, by itself or through others, in the order of the upload.
fn imports(at: usize, models: &[Read]) -> Vec<usize> {
    let model = |at: usize| models.get(at)?.as_ref()?.as_ref().ok();
    let mut found: Vec<usize> = Vec::new();
    let mut open = vec![at];
    while let Some(next) = open.pop() {
        let imports = model(next).map(DecisionModel::imports).unwrap_or_default();
        for import in imports {
            for other in 0..models.len() {
                let is_meant =
                    model(other).is_some_and(|model| *model.namespace() == *import.namespace);
                if is_meant && other != at && !found.contains(&other) {
                    found.push(other);
                    open.push(other);
                }
            }
        }
    }
    found.sort_unstable();
    found
}

/// A call of a decision whose id stands in the diagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalledFrom {
    /// The task.
    pub element: Id,
    /// The decision's id.
    pub decision: Id,
    /// Which of its versions.
    pub binding: Binding,
}

/// The decisions that a process calls, as far as that can be known before it runs.
pub fn called_decisions(graph: &ProcessGraph) -> impl Iterator<Item = CalledFrom> + '_ {
    graph.elements.iter().filter_map(|element| {
        let ElementKind::BusinessRuleTask(called) = &element.kind else {
            return None;
        };
        let Text::Literal(id) = &called.decision else {
            return None;
        };
        Some(CalledFrom {
            element: element.id.clone(),
            decision: id.clone(),
            binding: called.binding.clone(),
        })
    })
}

/// The warning about a call of a decision that is not there; `known`: those that are.
pub fn unknown_decision<'k>(
    call: &CalledFrom,
    known: impl IntoIterator<Item = &'k str>,
) -> Problem {
    let id = &call.decision;
    let hint = match redthread_feel::closest(id, known) {
        Some(meant) => {
            format!("Did you mean “{meant}”? Else upload the file with the decision, too.")
        }
        None => "Upload the file with the decision, too, or mend the decision's id.".to_owned(),
    };
    let message = match call.binding {
        Binding::Latest | Binding::VersionTag(_) => format!(
            "The task calls the decision \"{id}\", which is not deployed. It will stop with an incident."
        ),
        Binding::Deployment => format!(
            "The task calls the decision \"{id}\" of its own upload, and it is not among the files. It will stop with an incident."
        ),
    };
    Problem {
        element: Some(call.element.clone()),
        line: None,
        code: Code::UnknownDecision,
        severity: Severity::Warning,
        message,
        hint,
    }
}
