//! Definitions, how many instances they have, and where on their maps these stand.

use std::collections::{BTreeMap, BTreeSet};

use redthread_calendar::Timestamp;
use redthread_core::Key;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Queries, time};
use crate::error::RuntimeError;
use crate::schema::{definition, incident, instance, position, resource};

/// A process, with its latest version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionRow {
    /// The process's id.
    pub process_id: String,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// The latest version.
    pub latest: DefinitionVersion,
    /// The name of the file it is in.
    pub file: String,
    /// How many versions there are.
    pub versions: u32,
    /// How many instances of all versions run.
    pub open: u64,
    /// How many elements of these were due before now.
    pub overdue: u64,
    /// How many elements of these are stuck.
    pub incidents: u64,
    /// A person can start it: it can begin without anything having occurred.
    pub can_start: bool,
    /// Nothing in it is executable.
    pub drawing: bool,
}

/// A version of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionVersion {
    /// The definition.
    pub key: Key,
    /// The version, counted from 1.
    pub version: i32,
    /// When it was deployed.
    pub deployed_at: Timestamp,
    /// The login of who deployed it.
    pub deployed_by: Option<String>,
    /// The name of who deployed it.
    pub deployed_by_name: Option<String>,
    /// How many of its instances run.
    pub open: u64,
}

/// One version, with all that is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct DefinitionCard {
    /// The process's id.
    pub process_id: String,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// This version.
    pub this: DefinitionVersion,
    /// The name of the file it is in.
    pub file: String,
    /// All versions, the latest first.
    pub versions: Vec<DefinitionVersion>,
    /// The problems that did not stop its deployment, as `check` lists them.
    pub warnings: serde_json::Value,
    /// Nothing in it is executable.
    pub drawing: bool,
    /// What the diagram says about the process.
    pub documentation: Option<String>,
    /// A person can start it.
    pub can_start: bool,
}

/// How many instances stand on each element of a definition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DefinitionMap {
    /// How many instances run.
    pub open: u64,
    /// By the elements' ids.
    pub elements: BTreeMap<String, Counts>,
}

/// How many stand on an element.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Element instances.
    pub waiting: u64,
    /// Of these, those that were due before now.
    pub overdue: u64,
    /// Of these, those that are stuck.
    pub incidents: u64,
}

impl Queries<'_> {
    /// All processes and drawings, by name.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn definitions(&self) -> Result<Vec<DefinitionRow>, RuntimeError> {
        let rows = definition::Entity::find()
            .order_by_asc(definition::Column::ProcessId)
            .order_by_asc(definition::Column::Version)
            .all(self.conn())
            .await?;
        let open = self.open_by_definition(None).await?;
        let overdue = self.overdue_by_definition().await?;
        let incidents = self.incidents_by_definition().await?;
        let files = self.names_of_files("bpmn").await?;
        let mut found: Vec<DefinitionRow> = Vec::new();
        for row in rows {
            let (open, overdue, incidents) = (
                of(&open, row.key),
                of(&overdue, row.key),
                of(&incidents, row.key),
            );
            let file = files.get(&row.resource).cloned().unwrap_or_default();
            let version = version(&row, open);
            match found
                .last_mut()
                .filter(|last| last.process_id == row.process_id)
            {
                Some(process) => {
                    (process.name, process.latest, process.file) = (row.name, version, file);
                    process.drawing = row.drawing;
                    process.versions += 1;
                    process.open += open;
                    process.overdue += overdue;
                    process.incidents += incidents;
                }
                None => found.push(DefinitionRow {
                    process_id: row.process_id,
                    name: row.name,
                    latest: version,
                    file,
                    versions: 1,
                    open,
                    overdue,
                    incidents,
                    can_start: false,
                    drawing: row.drawing,
                }),
            }
        }
        for process in &mut found {
            process.can_start = !process.drawing && self.can_start(process.latest.key).await;
        }
        found.sort_by_cached_key(|process| {
            process
                .name
                .as_ref()
                .unwrap_or(&process.process_id)
                .to_lowercase()
        });
        Ok(found)
    }

    /// One version.
    ///
    /// # Errors
    /// Where there is none with this key.
    pub async fn definition(&self, key: Key) -> Result<DefinitionCard, RuntimeError> {
        let row = self.definition_row(key).await?;
        let siblings = definition::Entity::find()
            .filter(definition::Column::ProcessId.eq(&*row.process_id))
            .order_by_desc(definition::Column::Version)
            .all(self.conn())
            .await?;
        let open = self
            .open_by_definition(Some(siblings.iter().map(|row| row.key).collect()))
            .await?;
        let graph = if row.drawing {
            None
        } else {
            self.definition_graph(key).await.ok()
        };
        let file = resource::Entity::find_by_id(row.resource)
            .one(self.conn())
            .await?;
        Ok(DefinitionCard {
            this: version(&row, of(&open, row.key)),
            versions: siblings
                .iter()
                .map(|row| version(row, of(&open, row.key)))
                .collect(),
            warnings: serde_json::from_str(&row.warnings)
                .map_err(|error| RuntimeError::damaged("definition", key, error))?,
            documentation: graph
                .as_ref()
                .and_then(|graph| graph.graph.documentation.as_deref().map(str::to_owned)),
            can_start: graph.is_some_and(|graph| graph.graph.can_start()),
            file: file.map(|file| file.name).unwrap_or_default(),
            process_id: row.process_id,
            name: row.name,
            drawing: row.drawing,
        })
    }

    /// What people call the processes, by their ids: the names of their latest versions.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn process_names(&self) -> Result<BTreeMap<String, String>, RuntimeError> {
        let names: Vec<(String, Option<String>)> = definition::Entity::find()
            .select_only()
            .column(definition::Column::ProcessId)
            .column(definition::Column::Name)
            .order_by_asc(definition::Column::ProcessId)
            .order_by_asc(definition::Column::Version)
            .into_tuple()
            .all(self.conn())
            .await?;
        let names = names.into_iter();
        Ok(names.filter_map(|(id, name)| Some((id, name?))).collect())
    }

    /// The ids of all processes that run.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn process_ids(&self) -> Result<BTreeSet<String>, RuntimeError> {
        let ids: Vec<String> = definition::Entity::find()
            .select_only()
            .column(definition::Column::ProcessId)
            .distinct()
            .filter(definition::Column::Drawing.eq(false))
            .into_tuple()
            .all(self.conn())
            .await?;
        Ok(ids.into_iter().collect())
    }

    /// The diagram of a definition, byte for byte as it was uploaded, and the file's name.
    ///
    /// # Errors
    /// Where there is none with this key.
    pub async fn diagram(&self, key: Key) -> Result<(String, Vec<u8>), RuntimeError> {
        let row = self.definition_row(key).await?;
        let file = resource::Entity::find_by_id(row.resource)
            .one(self.conn())
            .await?;
        let file =
            file.ok_or_else(|| RuntimeError::damaged("definition", key, "its diagram is missing"))?;
        Ok((file.name, file.bytes))
    }

    /// How many instances stand on each element of a definition.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn map(&self, definition: Key) -> Result<DefinitionMap, RuntimeError> {
        let now = self.now().as_micros();
        let is_overdue = Expr::col(position::Column::Due).lt(now);
        let overdue: SimpleExpr = Expr::case(is_overdue, 1).finally(0).into();
        let standing: Vec<(String, i64, Option<i64>)> = position::Entity::find()
            .select_only()
            .column(position::Column::Element)
            .expr(Expr::col(position::Column::Key).count())
            .expr(overdue.sum())
            .filter(position::Column::Definition.eq(definition.as_i64()))
            .group_by(position::Column::Element)
            .into_tuple()
            .all(self.conn())
            .await?;
        let stuck: Vec<(String, i64)> = incident::Entity::find()
            .select_only()
            .column(incident::Column::Element)
            .expr(Expr::col(incident::Column::Key).count())
            .filter(incident::Column::Definition.eq(definition.as_i64()))
            .group_by(incident::Column::Element)
            .into_tuple()
            .all(self.conn())
            .await?;
        let open = self
            .open_by_definition(Some(vec![definition.as_i64()]))
            .await?;
        let mut map = DefinitionMap {
            open: of(&open, definition.as_i64()),
            elements: BTreeMap::new(),
        };
        for (element, waiting, overdue) in standing {
            let counts = map.elements.entry(element).or_default();
            counts.waiting = count(waiting);
            counts.overdue = count(overdue.unwrap_or(0));
        }
        for (element, stuck) in stuck {
            map.elements.entry(element).or_default().incidents = count(stuck);
        }
        Ok(map)
    }

    async fn definition_row(&self, key: Key) -> Result<definition::Model, RuntimeError> {
        let row = definition::Entity::find_by_id(key.as_i64())
            .one(self.conn())
            .await?;
        row.ok_or(RuntimeError::Unknown {
            what: "definition",
            key,
        })
    }

    /// A definition that cannot be read cannot be started; the list is shown all the same.
    async fn can_start(&self, key: Key) -> bool {
        self.definition_graph(key)
            .await
            .is_ok_and(|definition| definition.graph.can_start())
    }

    async fn open_by_definition(
        &self,
        only: Option<Vec<i64>>,
    ) -> Result<BTreeMap<i64, u64>, RuntimeError> {
        let mut query = instance::Entity::find()
            .select_only()
            .column(instance::Column::Definition)
            .expr(Expr::col(instance::Column::Key).count())
            .filter(instance::Column::Ended.is_null())
            .group_by(instance::Column::Definition);
        if let Some(only) = only {
            query = query.filter(instance::Column::Definition.is_in(only));
        }
        let counts: Vec<(i64, i64)> = query.into_tuple().all(self.conn()).await?;
        Ok(counts
            .into_iter()
            .map(|(key, open)| (key, count(open)))
            .collect())
    }

    async fn overdue_by_definition(&self) -> Result<BTreeMap<i64, u64>, RuntimeError> {
        let counts: Vec<(i64, i64)> = position::Entity::find()
            .select_only()
            .column(position::Column::Definition)
            .expr(Expr::col(position::Column::Key).count())
            .filter(position::Column::Due.lt(self.now().as_micros()))
            .group_by(position::Column::Definition)
            .into_tuple()
            .all(self.conn())
            .await?;
        Ok(counts
            .into_iter()
            .map(|(key, overdue)| (key, count(overdue)))
            .collect())
    }

    async fn incidents_by_definition(&self) -> Result<BTreeMap<i64, u64>, RuntimeError> {
        let counts: Vec<(i64, i64)> = incident::Entity::find()
            .select_only()
            .column(incident::Column::Definition)
            .expr(Expr::col(incident::Column::Key).count())
            .group_by(incident::Column::Definition)
            .into_tuple()
            .all(self.conn())
            .await?;
        Ok(counts
            .into_iter()
            .map(|(key, stuck)| (key, count(stuck)))
            .collect())
    }

    /// The names of all files of a kind, by their keys.
    pub(super) async fn names_of_files(
        &self,
        kind: &str,
    ) -> Result<BTreeMap<i64, String>, RuntimeError> {
        let names: Vec<(i64, String)> = resource::Entity::find()
            .select_only()
            .column(resource::Column::Key)
            .column(resource::Column::Name)
            .filter(resource::Column::Kind.eq(kind))
            .into_tuple()
            .all(self.conn())
            .await?;
        Ok(names.into_iter().collect())
    }
}

fn version(row: &definition::Model, open: u64) -> DefinitionVersion {
    DefinitionVersion {
        key: Key::from_i64(row.key),
        version: row.version,
        deployed_at: time(row.deployed_at),
        deployed_by: row.deployed_by.clone(),
        deployed_by_name: row.deployed_by_name.clone(),
        open,
    }
}

fn of(counts: &BTreeMap<i64, u64>, key: i64) -> u64 {
    counts.get(&key).copied().unwrap_or(0)
}

fn count(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
