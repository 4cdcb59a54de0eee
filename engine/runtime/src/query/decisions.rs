//! Decisions that are deployed.

use std::collections::{BTreeMap, BTreeSet};

use redthread_calendar::{Timestamp, Zone};
use redthread_core::{Decision, Key, Variables};
use redthread_dmn::{Detail, Outcome};
use redthread_feel::{Context, Env};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Queries, time};
use crate::error::RuntimeError;
use crate::schema::{decision, resource};

/// A decision, with its latest version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRow {
    /// The decision's id.
    pub decision_id: String,
    /// Its name.
    pub name: String,
    /// The latest version.
    pub latest: DecisionVersion,
    /// The name of the file it is in.
    pub file: String,
    /// How many versions there are.
    pub versions: u32,
}

/// A version of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionVersion {
    /// The key of the version.
    pub key: Key,
    /// The version, counted from 1.
    pub version: i32,
    /// Its version tag.
    pub tag: Option<String>,
    /// When it was deployed.
    pub deployed_at: Timestamp,
    /// The login of who deployed it.
    pub deployed_by: Option<String>,
    /// The name of who deployed it.
    pub deployed_by_name: Option<String>,
}

/// One version, with all that is known of it.
#[derive(Clone, Debug)]
pub struct DecisionCard {
    /// The decision's id.
    pub decision_id: String,
    /// Its name.
    pub name: String,
    /// This version.
    pub this: DecisionVersion,
    /// The name of the file it is in.
    pub file: String,
    /// All versions, the latest first.
    pub versions: Vec<DecisionVersion>,
    /// The problems of its file that did not stop its deployment, as `check` lists them.
    pub warnings: serde_json::Value,
    /// The keys of the decisions of the same file, this one among them, by their ids.
    pub in_file: BTreeMap<String, Key>,
    /// The version with what is evaluated.
    pub decision: Decision,
}

impl Queries<'_> {
    /// All decisions, by name.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn decisions(&self) -> Result<Vec<DecisionRow>, RuntimeError> {
        let rows = decision::Entity::find()
            .order_by_asc(decision::Column::DecisionId)
            .order_by_asc(decision::Column::Version)
            .all(self.conn())
            .await?;
        let files: BTreeMap<i64, String> = self.names_of_files("dmn").await?;
        let mut found: Vec<DecisionRow> = Vec::new();
        for row in rows {
            let file = files.get(&row.resource).cloned().unwrap_or_default();
            let latest = version(&row);
            let last = found.last_mut();
            match last.filter(|last| last.decision_id == row.decision_id) {
                Some(decision) => {
                    (decision.name, decision.latest, decision.file) = (row.name, latest, file);
                    decision.versions += 1;
                }
                None => found.push(DecisionRow {
                    decision_id: row.decision_id,
                    name: row.name,
                    latest,
                    file,
                    versions: 1,
                }),
            }
        }
        found.sort_by_cached_key(|decision| decision.name.to_lowercase());
        Ok(found)
    }

    /// The ids of all decisions.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn decision_ids(&self) -> Result<BTreeSet<String>, RuntimeError> {
        let ids: Vec<String> = decision::Entity::find()
            .select_only()
            .column(decision::Column::DecisionId)
            .distinct()
            .into_tuple()
            .all(self.conn())
            .await?;
        Ok(ids.into_iter().collect())
    }

    /// One version.
    ///
    /// # Errors
    /// Where there is none with this key.
    pub async fn decision(&self, key: Key) -> Result<DecisionCard, RuntimeError> {
        let row = self.decision_row(key).await?;
        let siblings = decision::Entity::find()
            .filter(decision::Column::DecisionId.eq(&*row.decision_id))
            .order_by_desc(decision::Column::Version)
            .all(self.conn())
            .await?;
        let in_file = decision::Entity::find()
            .filter(decision::Column::Resource.eq(row.resource))
            .all(self.conn())
            .await?;
        let file = resource::Entity::find_by_id(row.resource)
            .one(self.conn())
            .await?;
        Ok(DecisionCard {
            decision: self.inner.decisions.get(self.conn(), key).await?,
            this: version(&row),
            versions: siblings.iter().map(version).collect(),
            warnings: serde_json::from_str(&row.warnings)
                .map_err(|error| RuntimeError::damaged("decision", key, error))?,
            in_file: in_file
                .into_iter()
                .map(|row| (row.decision_id, Key::from_i64(row.key)))
                .collect(),
            file: file.map(|file| file.name).unwrap_or_default(),
            decision_id: row.decision_id,
            name: row.name,
        })
    }

    /// The file of a decision, byte for byte as it was uploaded, and its name.
    ///
    /// # Errors
    /// Where there is none with this key.
    pub async fn decision_file(&self, key: Key) -> Result<(String, Vec<u8>), RuntimeError> {
        let row = self.decision_row(key).await?;
        let file = resource::Entity::find_by_id(row.resource)
            .one(self.conn())
            .await?;
        let file =
            file.ok_or_else(|| RuntimeError::damaged("decision", key, "its file is missing"))?;
        Ok((file.name, file.bytes))
    }

    /// Makes a decision, to see what it would be. Nothing comes of it.
    ///
    /// # Errors
    /// Where there is none with this key, or its file cannot be read any more.
    pub async fn try_decision(
        &self,
        key: Key,
        variables: Variables,
        zone: Zone,
    ) -> Result<Outcome, RuntimeError> {
        let decision = self.inner.decisions.get(self.conn(), key).await?;
        let env = Env::new(self.now(), zone);
        let variables: Context = variables.into_iter().collect();
        // A large decision is a while of pure computing.
        let evaluated = tokio::task::spawn_blocking(move || {
            let model = decision.model.as_ref()?;
            let outcome = model.evaluate(&decision.id, &variables, &env, Detail::Explained);
            Some(outcome.map_err(|error| RuntimeError::Invalid(error.to_string())))
        });
        let evaluated = evaluated
            .await
            .map_err(|error| RuntimeError::Internal(error.to_string()))?;
        evaluated.unwrap_or_else(|| {
            let why = "this version of the server does not read its file";
            Err(RuntimeError::damaged("decision", key, why))
        })
    }

    async fn decision_row(&self, key: Key) -> Result<decision::Model, RuntimeError> {
        let row = decision::Entity::find_by_id(key.as_i64())
            .one(self.conn())
            .await?;
        row.ok_or(RuntimeError::Unknown {
            what: "decision",
            key,
        })
    }
}

fn version(row: &decision::Model) -> DecisionVersion {
    DecisionVersion {
        key: Key::from_i64(row.key),
        version: row.version,
        tag: row.version_tag.clone(),
        deployed_at: time(row.deployed_at),
        deployed_by: row.deployed_by.clone(),
        deployed_by_name: row.deployed_by_name.clone(),
    }
}
