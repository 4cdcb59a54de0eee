//! Definitions with their graphs, compiled once and kept.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use redthread_bpmn::Limits;
use redthread_bpmn::graph::{Awaited, Binding, Id, ProcessGraph, Trigger};
use redthread_calendar::Timestamp;
use redthread_core::Key;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::database::Connects;
use crate::error::RuntimeError;
use crate::schema::{definition, deployment_definition, resource};

/// The property of a process that names its owner by login; without it, who deployed it is the owner.
const OWNER: &str = "redthread:owner";

/// One executable version of a process.
#[derive(Debug)]
pub struct Definition {
    /// Its key.
    pub key: Key,
    /// The process's id: versions share it.
    pub process_id: Id,
    /// The process's name, or its id.
    pub name: String,
    /// The version, counted from 1.
    pub version: i32,
    /// What it was uploaded with.
    pub deployment: Key,
    /// When it was deployed.
    pub deployed_at: Timestamp,
    /// The login of whoever gets what nobody is assigned to.
    pub owner: Option<String>,
    /// What runs.
    pub graph: Arc<ProcessGraph>,
    /// Whether messages start it: what it runs may hold up others with the same correlation key.
    pub(crate) starts_by_message: bool,
}

impl Definition {
    pub(crate) fn new(row: &definition::Model, graph: Arc<ProcessGraph>) -> Definition {
        let name = graph
            .name
            .as_deref()
            .filter(|name| !name.trim().is_empty())
            .unwrap_or(&graph.id)
            .to_owned();
        let owner = graph
            .properties
            .get(OWNER)
            .cloned()
            .filter(|owner| !owner.trim().is_empty());
        Definition {
            key: Key::from_i64(row.key),
            process_id: graph.id.clone(),
            name,
            version: row.version,
            deployment: Key::from_i64(row.deployment),
            deployed_at: Timestamp::from_micros(row.deployed_at),
            owner: owner.or_else(|| row.deployed_by.clone()),
            starts_by_message: starts_by_message(&graph),
            graph,
        }
    }

    /// What people call the element: its name, or its id.
    /// Of the process's own id: its name.
    pub fn label<'a>(&'a self, element: &'a str) -> &'a str {
        if *element == *self.process_id {
            return &self.name;
        }
        self.graph
            .find(element)
            .map_or(element, |ix| self.graph.element(ix).label())
    }
}

fn starts_by_message(graph: &ProcessGraph) -> bool {
    graph
        .triggered_starts()
        .iter()
        .any(|start| match start.waits_for {
            Awaited::Message(_) => true,
            Awaited::Trigger(trigger) => trigger
                .parts()
                .iter()
                .any(|part| matches!(part, Trigger::Message(_))),
        })
}

/// Which version of a process a call means, by the process's id; none: there is none.
type Meant = HashMap<(String, Binding, Key), Option<Key>>;

/// The definitions that were needed so far.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    known: RwLock<HashMap<Key, Arc<Definition>>>,
    /// The latest versions that were asked for, by the ids of their processes.
    latest: RwLock<HashMap<String, Key>>,
    /// The versions that calls have meant. Of a binding that says more, the deployment that asks.
    meant: RwLock<Meant>,
}

impl Definitions {
    /// The definition, read and compiled if it is not known yet.
    pub async fn get(
        &self,
        source: &impl Connects,
        key: Key,
    ) -> Result<Arc<Definition>, RuntimeError> {
        if let Some(definition) = self
            .known
            .read()
            .unwrap_or_else(|e| e.into_inner())
            .get(&key)
        {
            return Ok(definition.clone());
        }
        let row = definition::Entity::find_by_id(key.as_i64())
            .one(source.connection().await?)
            .await?
            .ok_or(RuntimeError::Unknown {
                what: "definition",
                key,
            })?;
        if row.drawing {
            return Err(RuntimeError::Drawing(row.name.unwrap_or(row.process_id)));
        }
        let file = resource::Entity::find_by_id(row.resource)
            .one(source.connection().await?)
            .await?
            .ok_or_else(|| RuntimeError::damaged("definition", key, "its diagram is missing"))?;
        // Reading a large diagram takes milliseconds of computing, once a definition and server.
        let diagram = redthread_bpmn::read(&file.bytes, &Limits::default())
            .map_err(|unreadable| RuntimeError::damaged("definition", key, unreadable.message))?;
        let graph = diagram
            .processes
            .into_iter()
            .find(|graph| *graph.id == *row.process_id)
            .ok_or_else(|| {
                let why = "this version of the server does not run its diagram";
                RuntimeError::damaged("definition", key, why)
            })?;
        let definition = Arc::new(Definition::new(&row, graph));
        self.learn(definition.clone());
        Ok(definition)
    }

    /// The key of the latest version of a process, executable or not.
    pub async fn latest(
        &self,
        source: &impl Connects,
        process_id: &str,
    ) -> Result<Key, RuntimeError> {
        let known = self
            .latest
            .read()
            .unwrap_or_else(|e| e.into_inner())
            .get(process_id)
            .copied();
        if let Some(key) = known {
            return Ok(key);
        }
        let newest_first = definition::Entity::find()
            .filter(definition::Column::ProcessId.eq(process_id))
            .order_by_desc(definition::Column::Version);
        let row = newest_first.one(source.connection().await?).await?;
        let row = row.ok_or_else(|| RuntimeError::UnknownProcess(process_id.to_owned()))?;
        let key = Key::from_i64(row.key);
        self.latest
            .write()
            .unwrap_or_else(|e| e.into_inner())
            .insert(process_id.to_owned(), key);
        Ok(key)
    }

    /// The version of a called process that is meant, if there is an executable one. `deployment`: what the caller was
    /// uploaded with. `keep`: nothing that `source` sees is still to be committed, so that the answer may be remembered.
    pub async fn find(
        &self,
        source: &impl Connects,
        id: &str,
        binding: &Binding,
        deployment: Key,
        keep: bool,
    ) -> Result<Option<Key>, RuntimeError> {
        let deployment = match binding {
            Binding::Deployment => deployment,
            Binding::Latest | Binding::VersionTag(_) => Key(0),
        };
        let asked = (id.to_owned(), binding.clone(), deployment);
        let known = self
            .meant
            .read()
            .unwrap_or_else(|e| e.into_inner())
            .get(&asked)
            .copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let found = match binding {
            Binding::Latest => match self.latest(source, id).await {
                Ok(key) => Some(key),
                Err(RuntimeError::UnknownProcess(_)) => None,
                Err(error) => return Err(error),
            },
            Binding::Deployment => {
                let link = (deployment.as_i64(), id.to_owned());
                let link =
                    deployment_definition::Entity::find_by_id(link).one(source.connection().await?);
                link.await?.map(|link| Key::from_i64(link.definition))
            }
            Binding::VersionTag(tag) => self.tagged(source, id, tag).await?,
        };
        let found = match found {
            Some(key) => match self.get(source, key).await {
                Ok(_) => Some(key),
                Err(RuntimeError::Drawing(_)) => None,
                Err(error) => return Err(error),
            },
            None => None,
        };
        if keep {
            self.meant
                .write()
                .unwrap_or_else(|e| e.into_inner())
                .insert(asked, found);
        }
        Ok(found)
    }

    /// The last version of a process with a version tag. The tag stands in the diagram.
    async fn tagged(
        &self,
        source: &impl Connects,
        id: &str,
        tag: &str,
    ) -> Result<Option<Key>, RuntimeError> {
        let newest_first = definition::Entity::find()
            .select_only()
            .column(definition::Column::Key)
            .filter(definition::Column::ProcessId.eq(id))
            .filter(definition::Column::Drawing.eq(false))
            .order_by_desc(definition::Column::Version);
        let keys: Vec<i64> = newest_first
            .into_tuple()
            .all(source.connection().await?)
            .await?;
        for key in keys.into_iter().map(Key::from_i64) {
            match self.get(source, key).await {
                Ok(version) if version.graph.version_tag.as_deref() == Some(tag) => {
                    return Ok(Some(key));
                }
                // An old version that this server does not run any more is not meant.
                Ok(_) | Err(RuntimeError::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Something was deployed: other versions may be the latest now.
    pub fn forget_latest(&self) {
        self.latest
            .write()
            .unwrap_or_else(|e| e.into_inner())
            .clear();
        self.meant
            .write()
            .unwrap_or_else(|e| e.into_inner())
            .clear();
    }

    /// Keeps a definition that is committed.
    pub fn learn(&self, definition: Arc<Definition>) {
        self.known
            .write()
            .unwrap_or_else(|e| e.into_inner())
            .insert(definition.key, definition);
    }
}
