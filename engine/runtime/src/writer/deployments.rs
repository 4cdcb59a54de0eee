//! Storing what was uploaded: files, and the next versions of what is in them. The same again is no new version.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use redthread_bpmn::Problem;
use redthread_bpmn::graph::{Binding, ProcessGraph};
use redthread_core::Key;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::batch::{Batch, json};
use crate::actor::Actor;
use crate::definitions::Definition;
use crate::deploy::{
    Content, Deployed, DeployedDefinition, DeployedForm, FileProblem, ReadFile, Reading,
    called_decisions, called_processes,
};
use crate::error::RuntimeError;
use crate::schema::{definition, deployment, deployment_definition, resource};

/// Files that can be deployed.
pub(crate) struct Plan {
    pub files: Vec<ReadFile>,
    pub warnings: Vec<FileProblem>,
}

impl Plan {
    pub fn new(reading: Reading) -> Plan {
        Plan {
            files: reading.files,
            warnings: reading.problems,
        }
    }

    /// The warnings about a file, for its definitions to keep.
    pub(super) fn warnings_of(&self, file: &ReadFile) -> Result<String, RuntimeError> {
        let of_file = self
            .warnings
            .iter()
            .filter(|warning| warning.file == file.name);
        let problems: Vec<&Problem> = of_file.map(|warning| &warning.problem).collect();
        json(&problems)
    }
}

/// An upload that is being stored.
pub(super) struct Upload {
    /// Made when the first of its files turns out to be new.
    key: Option<Key>,
    by_login: Option<String>,
    by_name: Option<String>,
    pub deployed: Deployed,
    /// The ids of decisions that have a new version in it.
    pub new_decisions: HashSet<String>,
}

impl Upload {
    fn new(actor: &Actor) -> Upload {
        let (by_login, by_name) = match actor {
            Actor::User { login, name } => (Some(login.clone()), Some(name.clone())),
            Actor::Worker { name } => (None, Some(name.clone())),
            Actor::System | Actor::Process { .. } => (None, None),
        };
        Upload {
            key: None,
            by_login,
            by_name,
            deployed: Deployed {
                deployment: None,
                definitions: Vec::new(),
                decisions: Vec::new(),
                forms: Vec::new(),
                warnings: Vec::new(),
            },
            new_decisions: HashSet::new(),
        }
    }

    /// The key of the upload, if something of it is new.
    pub fn key(&self) -> Option<Key> {
        self.key
    }

    /// Who uploads it: login and name.
    pub fn by(&self) -> (Option<String>, Option<String>) {
        (self.by_login.clone(), self.by_name.clone())
    }
}

impl Batch<'_> {
    /// Stores a plan. What is there already as it is uploaded stays as it is, and is answered with.
    pub(super) async fn deploy(
        &mut self,
        plan: &Plan,
        actor: &Actor,
    ) -> Result<Deployed, RuntimeError> {
        self.refuse_bad_starts(plan).await?;
        let mut upload = Upload::new(actor);
        upload.deployed.warnings = plan.warnings.clone();
        // Decisions first: a diagram may be bound to those that come with it.
        let decided = self.deploy_decisions(plan, &mut upload).await?;
        let unchanged = self.unchanged_diagrams(plan, &upload).await?;
        for file in &plan.files {
            match &file.content {
                Content::Decisions(_) => {}
                Content::Form { id } => self.deploy_form(file, id, &mut upload).await?,
                Content::Drawing { .. } | Content::Executable(_) => {
                    match unchanged.get(&file.place) {
                        Some(rows) => {
                            let rows = rows.iter().map(|row| summary(row, &file.name, true));
                            upload.deployed.definitions.extend(rows);
                        }
                        None => self.deploy_diagram(plan, file, &mut upload).await?,
                    }
                }
            }
        }
        self.link_decisions(&decided, &upload).await?;
        self.link_definitions(&upload).await?;
        upload.deployed.deployment = upload.key;
        if upload.key.is_some() {
            self.touches.topic("definitions");
        }
        Ok(upload.deployed)
    }

    /// The key of the upload, once something of it is new.
    pub(super) async fn upload_key(&mut self, upload: &mut Upload) -> Result<Key, RuntimeError> {
        if let Some(key) = upload.key {
            return Ok(key);
        }
        let key = self.inner.keys.next_key();
        self.revision += 1;
        let row = deployment::Model {
            key: key.as_i64(),
            at: self.now.as_micros(),
            by_login: upload.by_login.clone(),
            by_name: upload.by_name.clone(),
        };
        row.into_active_model().insert(self.tx().await?).await?;
        upload.key = Some(key);
        Ok(key)
    }

    async fn deploy_form(
        &mut self,
        file: &ReadFile,
        id: &str,
        upload: &mut Upload,
    ) -> Result<(), RuntimeError> {
        let latest = resource::Entity::find()
            .filter(resource::Column::FormId.eq(id))
            .order_by_desc(resource::Column::Key)
            .one(self.tx().await?)
            .await?;
        let unchanged = latest.is_some_and(|latest| is_same(&latest, file));
        if !unchanged {
            self.store_file(upload, file, "form", Some(id)).await?;
        }
        upload.deployed.forms.push(DeployedForm {
            id: id.to_owned(),
            file: file.name.clone(),
            unchanged,
        });
        Ok(())
    }

    async fn deploy_diagram(
        &mut self,
        plan: &Plan,
        file: &ReadFile,
        upload: &mut Upload,
    ) -> Result<(), RuntimeError> {
        let resource = self.store_file(upload, file, "bpmn", None).await?;
        let deployment = self.upload_key(upload).await?;
        let (deployed_by, deployed_by_name) = upload.by();
        let draft = definition::Model {
            key: 0,
            process_id: String::new(),
            version: 0,
            name: None,
            deployment: deployment.as_i64(),
            resource,
            deployed_at: self.now.as_micros(),
            deployed_by,
            deployed_by_name,
            drawing: false,
            warnings: plan.warnings_of(file)?,
        };
        match &file.content {
            Content::Drawing { process_id, name } => {
                let drawing = definition::Model {
                    process_id: process_id.clone(),
                    name: name.clone(),
                    drawing: true,
                    ..draft
                };
                let row = self.store_definition(drawing).await?;
                let row = summary(&row, &file.name, false);
                upload.deployed.definitions.push(row);
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
                    let row = summary(&row, &file.name, false);
                    upload.deployed.definitions.push(row);
                }
            }
            Content::Decisions(_) | Content::Form { .. } => {}
        }
        Ok(())
    }

    /// The diagrams that are stored already just as they are uploaded, by their places, with their latest versions. One
    /// that is bound to something new of the same upload is new, too, and so is what is bound to that in turn.
    async fn unchanged_diagrams(
        &self,
        plan: &Plan,
        upload: &Upload,
    ) -> Result<BTreeMap<usize, Vec<definition::Model>>, RuntimeError> {
        let mut unchanged = BTreeMap::new();
        for file in &plan.files {
            if let Some(rows) = self.unchanged_definitions(file).await? {
                unchanged.insert(file.place, rows);
            }
        }
        loop {
            let is_new = |file: &&ReadFile| !unchanged.contains_key(&file.place);
            let new_files = plan.files.iter().filter(is_new);
            let new: HashSet<&str> = new_files
                .flat_map(ReadFile::graphs)
                .map(|graph| &*graph.id)
                .collect();
            let bound_anew = plan.files.iter().find(|file| {
                unchanged.contains_key(&file.place)
                    && file
                        .graphs()
                        .iter()
                        .any(|graph| is_bound_anew(graph, upload, &new))
            });
            let Some(bound_anew) = bound_anew else {
                return Ok(unchanged);
            };
            unchanged.remove(&bound_anew.place);
        }
    }

    /// Notes which versions belong to the upload, for diagrams that are bound to it.
    async fn link_definitions(&mut self, upload: &Upload) -> Result<(), RuntimeError> {
        let Some(deployment) = upload.key() else {
            return Ok(());
        };
        for deployed in &upload.deployed.definitions {
            let link = deployment_definition::Model {
                deployment: deployment.as_i64(),
                process_id: deployed.process_id.clone(),
                definition: deployed.key.as_i64(),
            };
            link.into_active_model().insert(self.tx().await?).await?;
        }
        Ok(())
    }

    /// The latest versions of what is in a diagram, if all of them came in exactly this file.
    async fn unchanged_definitions(
        &self,
        file: &ReadFile,
    ) -> Result<Option<Vec<definition::Model>>, RuntimeError> {
        let ids: Vec<&str> = match &file.content {
            Content::Drawing { process_id, .. } => vec![process_id],
            Content::Executable(graphs) => graphs.iter().map(|graph| &*graph.id).collect(),
            Content::Decisions(_) | Content::Form { .. } => return Ok(None),
        };
        let drawing = matches!(file.content, Content::Drawing { .. });
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            let latest = definition::Entity::find()
                .filter(definition::Column::ProcessId.eq(id))
                .order_by_desc(definition::Column::Version)
                .one(self.tx().await?)
                .await?;
            let Some(latest) = latest.filter(|row| row.drawing == drawing) else {
                return Ok(None);
            };
            let resource = resource::Entity::find_by_id(latest.resource);
            let stored = resource.one(self.tx().await?).await?;
            if !stored.is_some_and(|stored| is_same(&stored, file)) {
                return Ok(None);
            }
            rows.push(latest);
        }
        Ok(Some(rows))
    }

    pub(super) async fn store_file(
        &mut self,
        upload: &mut Upload,
        file: &ReadFile,
        kind: &str,
        form_id: Option<&str>,
    ) -> Result<i64, RuntimeError> {
        let deployment = self.upload_key(upload).await?;
        let row = resource::Model {
            key: self.inner.keys.next_key().as_i64(),
            deployment: deployment.as_i64(),
            name: file.name.clone(),
            kind: kind.to_owned(),
            form_id: form_id.map(str::to_owned),
            bytes: file.bytes.clone(),
        };
        let key = row.key;
        row.into_active_model().insert(self.tx().await?).await?;
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
            .one(self.tx().await?)
            .await?;
        row.key = self.inner.keys.next_key().as_i64();
        row.version = latest.unwrap_or(0) + 1;
        self.close_starts(&row.process_id).await?;
        self.deployed
            .insert(row.process_id.clone(), Key::from_i64(row.key));
        Ok(row.into_active_model().insert(self.tx().await?).await?)
    }
}

/// Whether a file is stored just as it is uploaded.
pub(super) fn is_same(stored: &resource::Model, file: &ReadFile) -> bool {
    stored.name == file.name && stored.bytes == file.bytes
}

/// Whether a process is bound to what is uploaded with it, and something of that is new: then it is a new version, too.
fn is_bound_anew(graph: &ProcessGraph, upload: &Upload, new_processes: &HashSet<&str>) -> bool {
    let decision_is_new = called_decisions(graph).any(|call| {
        call.binding == Binding::Deployment && upload.new_decisions.contains(&*call.decision)
    });
    decision_is_new
        || called_processes(graph).any(|call| {
            call.binding == Binding::Deployment && new_processes.contains(&*call.process)
        })
}

fn summary(row: &definition::Model, file: &str, unchanged: bool) -> DeployedDefinition {
    DeployedDefinition {
        key: Key::from_i64(row.key),
        process_id: row.process_id.clone(),
        name: row.name.clone(),
        version: row.version,
        file: file.to_owned(),
        drawing: row.drawing,
        unchanged,
    }
}
