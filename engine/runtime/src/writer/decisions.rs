//! Storing decisions that were uploaded: the next version of each in a file that says something new.

use std::collections::HashMap;

use redthread_core::Key;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

use super::batch::Batch;
use super::deployments::{Plan, Upload, is_same};
use crate::decisions::version;
use crate::deploy::{Content, DecisionFile, DeployedDecision, ReadFile};
use crate::error::RuntimeError;
use crate::schema::{decision, decision_import, deployment_decision, resource};

impl Batch<'_> {
    /// Stores the files of decisions. Answers with the versions that belong to the upload, new ones and others.
    pub(super) async fn deploy_decisions(
        &mut self,
        plan: &Plan,
        upload: &mut Upload,
    ) -> Result<Vec<decision::Model>, RuntimeError> {
        let files: Vec<(usize, &ReadFile, &DecisionFile)> = plan
            .files
            .iter()
            .filter_map(|file| match &file.content {
                Content::Decisions(decisions) => Some((file.place, file, decisions)),
                _ => None,
            })
            .collect();
        // The stored file of each that is there already; what it imports must be, too.
        let mut stored: HashMap<usize, i64> = HashMap::new();
        for (at, file, decisions) in &files {
            if let Some(key) = self.stored_decisions(file, decisions).await? {
                stored.insert(*at, key);
            }
        }
        let mut unchanged = HashMap::new();
        for (at, _, decisions) in &files {
            if let Some(key) = stored.get(at)
                && self.imports_same(*key, &decisions.imports, &stored).await?
            {
                unchanged.insert(*at, *key);
            }
        }
        let mut keys = unchanged.clone();
        for (at, file, _) in &files {
            if !unchanged.contains_key(at) {
                let key = self.store_file(upload, file, "dmn", None).await?;
                keys.insert(*at, key);
            }
        }
        let mut rows = Vec::new();
        for (at, file, decisions) in &files {
            let resource = keys.get(at).copied().unwrap_or_default();
            let new = match unchanged.contains_key(at) {
                true => {
                    decision::Entity::find()
                        .filter(decision::Column::Resource.eq(resource))
                        .order_by_asc(decision::Column::Key)
                        .all(self.tx().await?)
                        .await?
                }
                false => {
                    let imports = decisions.imports.iter().filter_map(|at| keys.get(at));
                    self.store_imports(resource, imports).await?;
                    let warnings = plan.warnings_of(file)?;
                    self.store_decisions(resource, decisions, warnings, upload)
                        .await?
                }
            };
            for row in new {
                upload.deployed.decisions.push(DeployedDecision {
                    key: Key::from_i64(row.key),
                    decision_id: row.decision_id.clone(),
                    name: row.name.clone(),
                    version: row.version,
                    file: file.name.clone(),
                    unchanged: unchanged.contains_key(at),
                });
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// The stored file that is just this one, if its decisions are the latest versions of theirs.
    async fn stored_decisions(
        &self,
        file: &ReadFile,
        decisions: &DecisionFile,
    ) -> Result<Option<i64>, RuntimeError> {
        let latest = resource::Entity::find()
            .filter(resource::Column::Kind.eq("dmn"))
            .filter(resource::Column::Name.eq(&*file.name))
            .order_by_desc(resource::Column::Key)
            .one(self.tx().await?)
            .await?;
        let Some(latest) = latest.filter(|latest| is_same(latest, file)) else {
            return Ok(None);
        };
        for (id, _) in decisions.ids() {
            let row = self.latest_decision(id).await?;
            if row.is_none_or(|row| row.resource != latest.key) {
                return Ok(None);
            }
        }
        Ok(Some(latest.key))
    }

    /// Whether a stored file was linked with the same files that it would be linked with now.
    async fn imports_same(
        &self,
        file: i64,
        imports: &[usize],
        stored: &HashMap<usize, i64>,
    ) -> Result<bool, RuntimeError> {
        let then = decision_import::Entity::find()
            .filter(decision_import::Column::Resource.eq(file))
            .order_by_asc(decision_import::Column::Imported)
            .all(self.tx().await?)
            .await?;
        let then: Vec<i64> = then.into_iter().map(|import| import.imported).collect();
        let mut now = Vec::with_capacity(imports.len());
        for at in imports {
            match stored.get(at) {
                Some(key) => now.push(*key),
                None => return Ok(false),
            }
        }
        now.sort_unstable();
        Ok(then == now)
    }

    async fn latest_decision(&self, id: &str) -> Result<Option<decision::Model>, RuntimeError> {
        let newest_first = decision::Entity::find()
            .filter(decision::Column::DecisionId.eq(id))
            .order_by_desc(decision::Column::Version);
        Ok(newest_first.one(self.tx().await?).await?)
    }

    async fn store_imports(
        &self,
        resource: i64,
        imports: impl Iterator<Item = &i64>,
    ) -> Result<(), RuntimeError> {
        for imported in imports {
            let row = decision_import::Model {
                resource,
                imported: *imported,
            };
            row.into_active_model().insert(self.tx().await?).await?;
        }
        Ok(())
    }

    /// Stores the decisions of a file as the next versions of theirs.
    async fn store_decisions(
        &mut self,
        resource: i64,
        file: &DecisionFile,
        warnings: String,
        upload: &mut Upload,
    ) -> Result<Vec<decision::Model>, RuntimeError> {
        let deployment = self.upload_key(upload).await?;
        let (deployed_by, deployed_by_name) = upload.by();
        let mut rows = Vec::new();
        for (id, info) in file.ids() {
            let latest = self.latest_decision(id).await?;
            let row = decision::Model {
                key: self.inner.keys.next_key().as_i64(),
                decision_id: id.to_string(),
                version: latest.map_or(0, |latest| latest.version) + 1,
                name: info.name.to_string(),
                version_tag: info.version_tag.as_deref().map(str::to_owned),
                deployment: deployment.as_i64(),
                resource,
                deployed_at: self.now.as_micros(),
                deployed_by: deployed_by.clone(),
                deployed_by_name: deployed_by_name.clone(),
                warnings: warnings.clone(),
            };
            let known = version(&row, Some(file.decisions.clone()));
            self.deployed_decisions.insert(id.to_string(), known.key);
            self.decisions.insert(known.key, known);
            upload.new_decisions.insert(id.to_string());
            rows.push(row.into_active_model().insert(self.tx().await?).await?);
        }
        Ok(rows)
    }

    /// Notes which versions belong to the upload, for diagrams that are bound to it. An upload in which nothing is new
    /// needs no such notes.
    pub(super) async fn link_decisions(
        &mut self,
        decided: &[decision::Model],
        upload: &Upload,
    ) -> Result<(), RuntimeError> {
        let Some(deployment) = upload.key() else {
            return Ok(());
        };
        for row in decided {
            let link = deployment_decision::Model {
                deployment: deployment.as_i64(),
                decision_id: row.decision_id.clone(),
                decision: row.key,
            };
            link.into_active_model().insert(self.tx().await?).await?;
        }
        Ok(())
    }
}
