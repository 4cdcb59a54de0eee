//! Storing what was uploaded: files, definitions, and what starts the latest versions.

use std::sync::Arc;

use redthread_bpmn::graph::{ProcessGraph, Trigger};
use redthread_bpmn::{Code, Problem, Severity};
use redthread_core::Key;
use redthread_core::incident::Stuck;
use redthread_core::trigger::{message, timer};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::batch::{Batch, json};
use crate::actor::Actor;
use crate::definitions::Definition;
use crate::deploy::{Content, Deployed, DeployedDefinition, FileProblem, ReadFile, Reading};
use crate::error::RuntimeError;
use crate::schema::{
    definition, deployment, resource, start_subscription, start_timer, start_watch,
};

/// Files that can be deployed.
pub(crate) struct Plan {
    files: Vec<ReadFile>,
    warnings: Vec<FileProblem>,
}

impl Plan {
    pub fn new(reading: Reading) -> Plan {
        Plan {
            files: reading.files,
            warnings: reading.problems,
        }
    }
}

impl Batch<'_> {
    /// Stores a plan.
    pub(super) async fn deploy(
        &mut self,
        plan: &Plan,
        actor: &Actor,
    ) -> Result<Deployed, RuntimeError> {
        self.refuse_bad_starts(plan)?;
        self.revision += 1;
        self.touches.topic("definitions");
        let key = self.inner.keys.next_key();
        let (by_login, by_name) = match actor {
            Actor::User { login, name } => (Some(login.clone()), Some(name.clone())),
            Actor::Worker { name } => (None, Some(name.clone())),
            Actor::System | Actor::Process { .. } => (None, None),
        };
        let row = deployment::Model {
            key: key.as_i64(),
            at: self.now.as_micros(),
            by_login: by_login.clone(),
            by_name: by_name.clone(),
        };
        row.into_active_model().insert(self.tx).await?;
        let warnings = plan.warnings.clone();
        let mut deployed = Deployed {
            deployment: key,
            definitions: Vec::new(),
            forms: Vec::new(),
            warnings,
        };
        for file in &plan.files {
            let resource = self.store_file(key, file).await?;
            let of_file = plan
                .warnings
                .iter()
                .filter(|warning| warning.file == file.name);
            let problems: Vec<&Problem> = of_file.map(|warning| &warning.problem).collect();
            let draft = definition::Model {
                key: 0,
                process_id: String::new(),
                version: 0,
                name: None,
                deployment: key.as_i64(),
                resource,
                deployed_at: self.now.as_micros(),
                deployed_by: by_login.clone(),
                deployed_by_name: by_name.clone(),
                drawing: false,
                warnings: json(&problems)?,
            };
            match &file.content {
                Content::Form { id } => deployed.forms.push(id.clone()),
                Content::Drawing { process_id, name } => {
                    let drawing = definition::Model {
                        process_id: process_id.clone(),
                        name: name.clone(),
                        drawing: true,
                        ..draft
                    };
                    let row = self.store_definition(drawing).await?;
                    deployed.definitions.push(summary(&row, &file.name));
                }
                Content::Executable(graphs) => {
                    for graph in graphs {
                        let executable = definition::Model {
                            process_id: graph.id.to_string(),
                            name: graph.name.as_deref().map(str::to_owned),
                            ..draft.clone()
                        };
                        let row = self.store_definition(executable).await?;
                        self.open_starts(&row, graph).await?;
                        let definition = Arc::new(Definition::new(&row, graph.clone()));
                        self.definitions.insert(definition.key, definition);
                        deployed.definitions.push(summary(&row, &file.name));
                    }
                }
            }
        }
        Ok(deployed)
    }

    async fn store_file(&self, deployment: Key, file: &ReadFile) -> Result<i64, RuntimeError> {
        let (kind, form_id) = match &file.content {
            Content::Form { id } => ("form", Some(id.clone())),
            Content::Drawing { .. } | Content::Executable(_) => ("bpmn", None),
        };
        let row = resource::Model {
            key: self.inner.keys.next_key().as_i64(),
            deployment: deployment.as_i64(),
            name: file.name.clone(),
            kind: kind.to_owned(),
            form_id,
            bytes: file.bytes.clone(),
        };
        let key = row.key;
        row.into_active_model().insert(self.tx).await?;
        Ok(key)
    }

    /// Stores a definition as the next version of its process. From now on only this version is started by events.
    async fn store_definition(
        &mut self,
        mut row: definition::Model,
    ) -> Result<definition::Model, RuntimeError> {
        let latest: Option<i32> = definition::Entity::find()
            .select_only()
            .column(definition::Column::Version)
            .filter(definition::Column::ProcessId.eq(&*row.process_id))
            .order_by_desc(definition::Column::Version)
            .into_tuple()
            .one(self.tx)
            .await?;
        row.key = self.inner.keys.next_key().as_i64();
        row.version = latest.unwrap_or(0) + 1;
        let process = &*row.process_id;
        start_timer::Entity::delete_many()
            .filter(start_timer::Column::ProcessId.eq(process))
            .exec(self.tx)
            .await?;
        start_subscription::Entity::delete_many()
            .filter(start_subscription::Column::ProcessId.eq(process))
            .exec(self.tx)
            .await?;
        start_watch::Entity::delete_many()
            .filter(start_watch::Column::ProcessId.eq(process))
            .exec(self.tx)
            .await?;
        self.deployed
            .insert(row.process_id.clone(), Key::from_i64(row.key));
        Ok(row.into_active_model().insert(self.tx).await?)
    }

    async fn open_starts(
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
    fn refuse_bad_starts(&self, plan: &Plan) -> Result<(), RuntimeError> {
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

fn summary(row: &definition::Model, file: &str) -> DeployedDefinition {
    DeployedDefinition {
        key: Key::from_i64(row.key),
        process_id: row.process_id.clone(),
        name: row.name.clone(),
        version: row.version,
        file: file.to_owned(),
        drawing: row.drawing,
    }
}
