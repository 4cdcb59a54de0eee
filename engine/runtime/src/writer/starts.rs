//! What starts the latest versions of processes: times, messages, changes of records.

use redthread_bpmn::graph::{ProcessGraph, Trigger};
use redthread_bpmn::{Code, Problem, Severity};
use redthread_core::incident::Stuck;
use redthread_core::trigger::{message, timer};
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::batch::{Batch, json};
use super::deployments::Plan;
use crate::deploy::{Content, FileProblem};
use crate::error::RuntimeError;
use crate::schema::{definition, start_subscription, start_timer, start_watch};

impl Batch<'_> {
    pub(super) async fn open_starts(
        &mut self,
        row: &definition::Model,
        graph: &ProcessGraph,
    ) -> Result<(), RuntimeError> {
        let inputs = self.outside_inputs(row.deployed_by.clone());
        for (ix, trigger) in graph.start_events(None) {
            let (definition, element) = (row.key, graph.element(ix).id.to_string());
            let process_id = row.process_id.clone();
            match trigger {
                Trigger::None | Trigger::Error(_) => {}
                Trigger::Timer(timer) => {
                    let (due, repeat) = timer::first_of_start(timer, &inputs)
                        .map_err(|stuck| bad_start(&element, stuck))?;
                    let repeat = repeat.map(|repeat| json(&repeat)).transpose()?;
                    let start = start_timer::Model {
                        definition,
                        element,
                        process_id,
                        due: due.as_micros(),
                        repeat,
                    };
                    start.into_active_model().insert(self.tx).await?;
                    self.may_be_due = true;
                }
                Trigger::Message(message) => {
                    let name = message::start_name(message, &inputs)
                        .map_err(|stuck| bad_start(&element, stuck))?;
                    let start = start_subscription::Model {
                        definition,
                        element,
                        process_id,
                        name,
                    };
                    start.into_active_model().insert(self.tx).await?;
                }
                Trigger::Record(record) => {
                    let operation = json(&record.operation)?.trim_matches('"').to_owned();
                    let kind = record.kind.to_string();
                    let start = start_watch::Model {
                        definition,
                        element,
                        process_id,
                        kind,
                        operation,
                    };
                    start.into_active_model().insert(self.tx).await?;
                }
            }
        }
        Ok(())
    }

    /// Start events whose expressions give no time or name are refused before anything is stored.
    pub(super) fn refuse_bad_starts(&self, plan: &Plan) -> Result<(), RuntimeError> {
        let inputs = self.outside_inputs(None);
        let mut problems = Vec::new();
        for file in &plan.files {
            let Content::Executable(graphs) = &file.content else {
                continue;
            };
            for graph in graphs {
                for (ix, trigger) in graph.start_events(None) {
                    let tried = match trigger {
                        Trigger::Timer(timer) => timer::first_of_start(timer, &inputs).map(drop),
                        Trigger::Message(message) => {
                            message::start_name(message, &inputs).map(drop)
                        }
                        Trigger::None | Trigger::Error(_) | Trigger::Record(_) => Ok(()),
                    };
                    if let Err(stuck) = tried {
                        let problem = Problem {
                            element: Some(graph.element(ix).id.clone()),
                            line: None,
                            code: Code::BadExpression,
                            severity: Severity::Error,
                            message: stuck.message,
                            hint: "A start event is evaluated before there are any variables: use a fixed value.".to_owned(),
                        };
                        problems.push(FileProblem {
                            file: file.name.clone(),
                            problem,
                        });
                    }
                }
            }
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(RuntimeError::DiagramErrors(problems))
        }
    }
}

fn bad_start(element: &str, stuck: Stuck) -> RuntimeError {
    RuntimeError::Invalid(format!("The start event \"{element}\": {}", stuck.message))
}
