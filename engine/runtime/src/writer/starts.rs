//! What starts the latest versions of processes: times, messages, signals, changes of records.

use redthread_bpmn::graph::{
    Awaited, ElementIx, Message, ProcessGraph, RecordTrigger, Text, Timer, Trigger,
};
use redthread_bpmn::{Code, Problem, Severity};
use redthread_core::incident::Stuck;
use redthread_core::trigger::{message, timer};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::batch::{Batch, json};
use super::deployments::Plan;
use super::outside;
use crate::deploy::{Content, FileProblem};
use crate::error::RuntimeError;
use crate::schema::{
    Row, definition, start_part, start_signal, start_subscription, start_timer, start_watch,
};

/// One of the things that begin a process.
pub(super) struct Part<'g> {
    /// The start event, receive task, or event behind an event-based gateway.
    pub element: ElementIx,
    /// Which of its triggers, from 0.
    pub nth: usize,
    pub what: What<'g>,
}

pub(super) enum What<'g> {
    Timer(&'g Timer),
    Message(&'g Message),
    Signal(&'g Text),
    Record(&'g RecordTrigger),
}

/// All that begins a process when it occurs.
pub(super) fn parts(graph: &ProcessGraph) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for start in graph.triggered_starts() {
        let element = start.element;
        match start.waits_for {
            Awaited::Message(message) => parts.push(Part {
                element,
                nth: 0,
                what: What::Message(message),
            }),
            Awaited::Trigger(trigger) => {
                let all = trigger.parts().iter().enumerate();
                parts.extend(all.filter_map(|(nth, trigger)| {
                    let what = of_trigger(trigger)?;
                    Some(Part { element, nth, what })
                }));
            }
        }
    }
    parts
}

fn of_trigger(trigger: &Trigger) -> Option<What<'_>> {
    match trigger {
        Trigger::Timer(timer) => Some(What::Timer(timer)),
        Trigger::Message(message) => Some(What::Message(message)),
        Trigger::Signal(name) => Some(What::Signal(name)),
        Trigger::Record(record) => Some(What::Record(record)),
        // A start event of a process has none of these, and lists stand in no list.
        Trigger::None
        | Trigger::Condition(_)
        | Trigger::Error(_)
        | Trigger::Escalation(_)
        | Trigger::Compensation
        | Trigger::Cancel
        | Trigger::Link
        | Trigger::Multiple(_)
        | Trigger::ParallelMultiple(_) => None,
    }
}

/// What a process is begun by.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StartedBy {
    Timer,
    Message,
    Signal,
    Record,
}

impl StartedBy {
    /// The table with a row for each as long as its version is the latest; none: rows come and go.
    pub(crate) fn table(self) -> Option<&'static str> {
        match self {
            StartedBy::Timer => None,
            StartedBy::Message => Some(start_subscription::Model::TABLE),
            StartedBy::Signal => Some(start_signal::Model::TABLE),
            StartedBy::Record => Some(start_watch::Model::TABLE),
        }
    }
}

/// All that begins a process, by element and place among its triggers.
pub(crate) fn started_by(graph: &ProcessGraph) -> Vec<(String, i32, StartedBy)> {
    let started_by = parts(graph).into_iter().map(|part| {
        let by = match part.what {
            What::Timer(_) => StartedBy::Timer,
            What::Message(_) => StartedBy::Message,
            What::Signal(_) => StartedBy::Signal,
            What::Record(_) => StartedBy::Record,
        };
        let nth = i32::try_from(part.nth).unwrap_or(i32::MAX);
        (graph.element(part.element).id.to_string(), nth, by)
    });
    started_by.collect()
}

impl Batch<'_> {
    pub(super) async fn open_starts(
        &mut self,
        row: &definition::Model,
        graph: &ProcessGraph,
    ) -> Result<(), RuntimeError> {
        let inputs = self.outside_inputs(row.deployed_by.clone());
        for part in parts(graph) {
            let (definition, element) = (row.key, graph.element(part.element).id.to_string());
            let process_id = row.process_id.clone();
            let nth = i32::try_from(part.nth).unwrap_or(i32::MAX);
            match part.what {
                What::Timer(timer) => {
                    let inputs = self.inputs_for(timer, &inputs).await?;
                    let (due, repeat) = timer::first_of_start(timer, &inputs)
                        .map_err(|stuck| bad_start(&element, stuck))?;
                    let repeat = repeat.map(|repeat| json(&repeat)).transpose()?;
                    let start = start_timer::Model {
                        definition,
                        element,
                        nth,
                        process_id,
                        due: due.as_micros(),
                        repeat,
                    };
                    start.into_active_model().insert(self.tx().await?).await?;
                    self.may_be_due = true;
                }
                What::Message(message) => {
                    let name = message::start_name(message, &inputs)
                        .map_err(|stuck| bad_start(&element, stuck))?;
                    let start = start_subscription::Model {
                        definition,
                        element,
                        nth,
                        process_id,
                        name,
                    };
                    start.into_active_model().insert(self.tx().await?).await?;
                }
                What::Signal(name) => {
                    let name = outside::signal_name(name, &inputs)
                        .map_err(|stuck| bad_start(&element, stuck))?;
                    let start = start_signal::Model {
                        definition,
                        element,
                        nth,
                        process_id,
                        name,
                    };
                    start.into_active_model().insert(self.tx().await?).await?;
                }
                What::Record(record) => {
                    let operation = json(&record.operation)?.trim_matches('"').to_owned();
                    let kind = record.kind.to_string();
                    let start = start_watch::Model {
                        definition,
                        element,
                        nth,
                        process_id,
                        kind,
                        operation,
                    };
                    start.into_active_model().insert(self.tx().await?).await?;
                }
            }
        }
        Ok(())
    }

    /// From now on no version of a process is started by events, until one is opened anew.
    pub(super) async fn close_starts(&mut self, process: &str) -> Result<(), RuntimeError> {
        start_timer::Entity::delete_many()
            .filter(start_timer::Column::ProcessId.eq(process))
            .exec(self.tx().await?)
            .await?;
        start_subscription::Entity::delete_many()
            .filter(start_subscription::Column::ProcessId.eq(process))
            .exec(self.tx().await?)
            .await?;
        start_signal::Entity::delete_many()
            .filter(start_signal::Column::ProcessId.eq(process))
            .exec(self.tx().await?)
            .await?;
        start_part::Entity::delete_many()
            .filter(start_part::Column::ProcessId.eq(process))
            .exec(self.tx().await?)
            .await?;
        start_watch::Entity::delete_many()
            .filter(start_watch::Column::ProcessId.eq(process))
            .exec(self.tx().await?)
            .await?;
        Ok(())
    }

    /// Start events whose expressions give no time or name are refused before anything is stored.
    pub(super) async fn refuse_bad_starts(&self, plan: &Plan) -> Result<(), RuntimeError> {
        let inputs = self.outside_inputs(None);
        let mut problems = Vec::new();
        for file in &plan.files {
            let Content::Executable(graphs) = &file.content else {
                continue;
            };
            for graph in graphs {
                for part in parts(graph) {
                    let tried = match part.what {
                        What::Timer(timer) => {
                            let inputs = self.inputs_for(timer, &inputs).await?;
                            timer::first_of_start(timer, &inputs).map(drop)
                        }
                        What::Message(message) => message::start_name(message, &inputs).map(drop),
                        What::Signal(name) => outside::signal_name(name, &inputs).map(drop),
                        What::Record(_) => Ok(()),
                    };
                    if let Err(stuck) = tried {
                        let problem = Problem {
                            element: Some(graph.element(part.element).id.clone()),
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

    /// Working time goes by the company's calendar.
    async fn inputs_for(
        &self,
        timer: &Timer,
        inputs: &redthread_core::Inputs,
    ) -> Result<redthread_core::Inputs, RuntimeError> {
        let mut inputs = inputs.clone();
        if matches!(timer, Timer::WorkingDuration(_)) {
            inputs.facts.calendar = Some(self.calendar().await?);
        }
        Ok(inputs)
    }
}

fn bad_start(element: &str, stuck: Stuck) -> RuntimeError {
    RuntimeError::Invalid(format!("The start event \"{element}\": {}", stuck.message))
}
