//! BPMN 2.0 XML in; a checked, executable graph and a list of problems out.
//!
//! ```text
//! bytes -> redthread_xml  a tree with namespaces, lines, limits  Unreadable
//!       -> model/  what is drawn, whether it runs or not        Model
//!       -> check/  BPMN's rules of structure                    Problem
//!       -> build/  one file an element family   \               Problem, ProcessGraph
//!          dialect/ one file an extension element /
//! ```
//!
//! [`read`] does all of it. A file either has errors and is refused, or every executable process
//! in it has a [`graph::ProcessGraph`] in which nothing is left to be refused.

mod build;
mod check;
mod compensation;
mod correlation;
mod dialect;
mod draft;
pub mod graph;
mod links;
pub mod model;
mod node;

use std::sync::Arc;

pub use graph::ProcessGraph;
pub use model::{Model, summary};
pub use redthread_xml::{Code, Limits, Problem, Severity, Unreadable};

use draft::Draft;
use model::ModelProcess;
use redthread_xml::Problems;

/// A BPMN file: what is drawn, what is wrong with it, and what can be run.
#[derive(Debug)]
pub struct Diagram {
    /// Everything that the file says.
    pub model: Model,
    /// What is wrong with it as it is, in the order of the file.
    pub problems: Vec<Problem>,
    /// The executable processes, in the order of the file, and after them its global tasks, each as a process of one task
    /// that can be called; empty when a problem is an error.
    pub processes: Vec<Arc<ProcessGraph>>,
    limits: Limits,
}

impl Diagram {
    /// Whether a problem keeps the file from being deployed.
    pub fn has_errors(&self) -> bool {
        self.problems
            .iter()
            .any(|problem| problem.severity == Severity::Error)
    }

    /// Whether the file is only a drawing: no process in it is marked as executable.
    pub fn is_drawing(&self) -> bool {
        !self
            .model
            .processes
            .iter()
            .any(|process| process.executable)
    }

    /// What stands between the file and running: the problems it would have if every process were
    /// executable, and for each process that is not marked so, that it is not.
    pub fn missing_for_execution(&self) -> Vec<Problem> {
        let mut problems = Problems::new(self.limits.problems, node::owner);
        check::file(&self.model, &mut problems);
        if self.model.processes.is_empty() {
            problems.error(
                self.model.tree().root(),
                Code::NotExecutable,
                "The file has no process.",
                "Draw a process: a pool alone does nothing.",
            );
        }
        for process in &self.model.processes {
            if !process.executable {
                problems.error(
                    self.model.at(process.xml),
                    Code::NotExecutable,
                    "The process is not marked as executable.",
                    "Set “Executable” in the process's properties (isExecutable=\"true\").",
                );
            }
            examine(&self.model, process, &mut problems);
        }
        for task in &self.model.global_tasks {
            global_task(&self.model, task, &mut problems);
        }
        problems.finish()
    }
}

/// Reads a BPMN file.
///
/// # Errors
///
/// [`Unreadable`] when the bytes are not well-formed XML, exceed `limits`, or declare a document
/// type of their own. Everything else that is wrong is a [`Problem`] of the diagram.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Diagram, Unreadable> {
    let tree = redthread_xml::parse(bytes, limits)?;
    let model = Model::read(tree);
    let mut problems = Problems::new(limits.problems, node::owner);
    check::file(&model, &mut problems);
    let executable = model.processes.iter().filter(|process| process.executable);
    let mut graphs: Vec<Option<ProcessGraph>> = executable
        .map(|process| examine(&model, process, &mut problems))
        .collect();
    if !graphs.is_empty() {
        let tasks = model.global_tasks.iter();
        graphs.extend(tasks.map(|task| global_task(&model, task, &mut problems)));
    }
    let processes = match problems.errors() {
        0 => graphs.into_iter().flatten().map(Arc::new).collect(),
        _ => Vec::new(),
    };
    Ok(Diagram {
        model,
        problems: problems.finish(),
        processes,
        limits: limits.clone(),
    })
}

/// Checks a process as one that is to run, and builds its graph if nothing is wrong.
fn examine(model: &Model, process: &ModelProcess, problems: &mut Problems) -> Option<ProcessGraph> {
    let draft = Draft::new(model, process);
    check::process(&draft, problems);
    build::process(&draft, problems)
}

/// Builds the graph of a global task. What it declares has been checked with the file.
fn global_task(
    model: &Model,
    task: &ModelProcess,
    problems: &mut Problems,
) -> Option<ProcessGraph> {
    build::global_task(&Draft::new(model, task), problems)
}
