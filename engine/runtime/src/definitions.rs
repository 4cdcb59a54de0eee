//! Definitions with their graphs, compiled once and kept.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use redthread_bpmn::Limits;
use redthread_bpmn::graph::{Id, ProcessGraph};
use redthread_calendar::Timestamp;
use redthread_core::Key;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::error::RuntimeError;
use crate::schema::{definition, resource};

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
            graph,
        }
    }

    /// What people call the element: its name, or its id.
    pub fn label<'a>(&'a self, element: &'a str) -> &'a str {
        self.graph
            .find(element)
            .map_or(element, |ix| self.graph.element(ix).label())
    }
}

/// The definitions that were needed so far.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    known: RwLock<HashMap<Key, Arc<Definition>>>,
    /// The latest versions that were asked for, by the ids of their processes.
    latest: RwLock<HashMap<String, Key>>,
}

impl Definitions {
    /// The definition, read and compiled if it is not known yet.
    pub async fn get(
        &self,
        conn: &impl ConnectionTrait,
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
            .one(conn)
            .await?
            .ok_or(RuntimeError::Unknown {
                what: "definition",
                key,
            })?;
        if row.drawing {
            return Err(RuntimeError::Drawing(row.name.unwrap_or(row.process_id)));
        }
        let file = resource::Entity::find_by_id(row.resource)
            .one(conn)
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
        conn: &impl ConnectionTrait,
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
        let row = newest_first.one(conn).await?;
        let row = row.ok_or_else(|| RuntimeError::UnknownProcess(process_id.to_owned()))?;
        let key = Key::from_i64(row.key);
        self.latest
            .write()
            .unwrap_or_else(|e| e.into_inner())
            .insert(process_id.to_owned(), key);
        Ok(key)
    }

    /// Something was deployed: other versions may be the latest now.
    pub fn forget_latest(&self) {
        self.latest
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
