//! Versions of decisions with what is evaluated, compiled once and kept.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::RwLock;

use redthread_bpmn::graph::Binding;
use redthread_core::{Decision, Key};
use redthread_dmn::{DecisionModel, Decisions, Limits};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::database::Connects;
use crate::error::RuntimeError;
use crate::schema::{decision, decision_import, deployment_decision, resource};

/// The decisions that were needed so far.
#[derive(Debug, Default)]
pub(crate) struct DecisionCache {
    /// Files with all that they import, by the keys of the files.
    files: Kept<i64, Decisions>,
    /// Versions, by their keys.
    versions: Kept<Key, Decision>,
    /// The latest versions that were asked for, by the ids of their decisions; `None`: there is none.
    latest: Kept<String, Option<Key>>,
}

impl DecisionCache {
    /// The version of a decision that is meant, if there is one. `deployment`: what the caller was uploaded with.
    pub async fn find(
        &self,
        source: &impl Connects,
        id: &str,
        binding: &Binding,
        deployment: Key,
    ) -> Result<Option<Decision>, RuntimeError> {
        let key = match binding {
            Binding::Latest => self.latest(source, id).await?,
            Binding::Deployment => {
                let link = (deployment.as_i64(), id.to_owned());
                let link =
                    deployment_decision::Entity::find_by_id(link).one(source.connection().await?);
                link.await?.map(|link| Key::from_i64(link.decision))
            }
            Binding::VersionTag(tag) => decision::Entity::find()
                .filter(decision::Column::DecisionId.eq(id))
                .filter(decision::Column::VersionTag.eq(&**tag))
                .order_by_desc(decision::Column::Version)
                .one(source.connection().await?)
                .await?
                .map(|row| Key::from_i64(row.key)),
        };
        match key {
            Some(key) => self.get(source, key).await.map(Some),
            None => Ok(None),
        }
    }

    /// The key of the latest version of a decision.
    async fn latest(&self, source: &impl Connects, id: &str) -> Result<Option<Key>, RuntimeError> {
        if let Some(known) = known(&self.latest, &id.to_owned()) {
            return Ok(known);
        }
        let row = decision::Entity::find()
            .filter(decision::Column::DecisionId.eq(id))
            .order_by_desc(decision::Column::Version)
            .one(source.connection().await?)
            .await?;
        let key = row.map(|row| Key::from_i64(row.key));
        keep(&self.latest, id.to_owned(), key);
        Ok(key)
    }

    /// One version, read and compiled if it is not known yet. One whose file cannot be read any more has no model.
    pub async fn get(&self, source: &impl Connects, key: Key) -> Result<Decision, RuntimeError> {
        if let Some(known) = known(&self.versions, &key) {
            return Ok(known);
        }
        let row = decision::Entity::find_by_id(key.as_i64())
            .one(source.connection().await?)
            .await?;
        let row = row.ok_or(RuntimeError::Unknown {
            what: "decision",
            key,
        })?;
        let model = self.file(source, row.resource).await?;
        let version = version(&row, model);
        self.learn(version.clone());
        Ok(version)
    }

    async fn file(
        &self,
        source: &impl Connects,
        file: i64,
    ) -> Result<Option<Decisions>, RuntimeError> {
        if let Some(known) = known(&self.files, &file) {
            return Ok(Some(known));
        }
        let imports = decision_import::Entity::find()
            .filter(decision_import::Column::Resource.eq(file))
            .all(source.connection().await?)
            .await?;
        let mut wanted: Vec<i64> = imports.iter().map(|import| import.imported).collect();
        wanted.push(file);
        let rows = resource::Entity::find()
            .filter(resource::Column::Key.is_in(wanted))
            .all(source.connection().await?)
            .await?;
        let (mut main, mut others) = (None, Vec::new());
        for row in rows {
            let read = redthread_dmn::read(&row.bytes, &Limits::default());
            match read {
                Ok(model) if row.key == file => main = Some(model),
                Ok(model) => others.push(model),
                Err(error) => tracing::error!(%error, file = row.name, "decisions cannot be read"),
            }
        }
        let Some(main) = main else { return Ok(None) };
        let others: Vec<&DecisionModel> = others.iter().collect();
        let linked = redthread_dmn::link(&main, &others).decisions;
        keep(&self.files, file, linked.clone());
        Ok(Some(linked))
    }

    /// Something was deployed: other versions may be the latest now.
    pub fn forget_latest(&self) {
        self.latest
            .write()
            .unwrap_or_else(|e| e.into_inner())
            .clear();
    }

    /// Keeps a version that is committed.
    pub fn learn(&self, version: Decision) {
        keep(&self.versions, version.key, version);
    }
}

type Kept<K, V> = RwLock<HashMap<K, V>>;

fn known<K: Eq + Hash, V: Clone>(kept: &Kept<K, V>, key: &K) -> Option<V> {
    let kept = kept.read().unwrap_or_else(|e| e.into_inner());
    kept.get(key).cloned()
}

fn keep<K: Eq + Hash, V>(kept: &Kept<K, V>, key: K, value: V) {
    let mut kept = kept.write().unwrap_or_else(|e| e.into_inner());
    kept.insert(key, value);
}

/// A row as the core knows it.
pub(crate) fn version(row: &decision::Model, model: Option<Decisions>) -> Decision {
    Decision {
        key: Key::from_i64(row.key),
        id: row.decision_id.as_str().into(),
        name: row.name.as_str().into(),
        version: row.version,
        model,
    }
}
