//! What was deployed: files, definitions, decisions, and what starts the latest versions.

use std::collections::BTreeMap;

use sea_orm::EntityTrait;

use super::Doctor;
use super::finding::{Finding, FindingCode};
use crate::decisions::DecisionCache;
use crate::error::RuntimeError;
use crate::schema::{definition, start_signal, start_subscription, start_watch};
use crate::writer::{StartedBy, started_by};

/// References to rows that must be there: the table that refers, its column, what it refers to.
const REFERENCES: [(&str, &str, &str); 13] = [
    ("resource", "deployment", "deployment"),
    ("definition", "deployment", "deployment"),
    ("definition", "resource", "resource"),
    ("decision", "deployment", "deployment"),
    ("decision", "resource", "resource"),
    ("decision_import", "resource", "resource"),
    ("decision_import", "imported", "resource"),
    ("deployment_definition", "definition", "definition"),
    ("deployment_decision", "decision", "decision"),
    ("start_timer", "definition", "definition"),
    ("start_part", "definition", "definition"),
    ("instance", "definition", "definition"),
    ("instance_comment", "instance", "instance"),
];

impl Doctor<'_> {
    pub(super) async fn examine_deployed(&mut self) -> Result<(), RuntimeError> {
        for (table, column, target) in REFERENCES {
            let sql = format!(
                "SELECT DISTINCT {column} FROM {table} WHERE NOT EXISTS \
                 (SELECT 1 FROM {target} WHERE {target}.key = {table}.{column})"
            );
            for row in self.snapshot.numbers(&sql).await? {
                let missing = row.first().copied().flatten().unwrap_or(0);
                let message = format!("A {target} that a {table} refers to is not there.");
                self.find(Finding::new(FindingCode::Missing, target, message).key(missing));
            }
        }
        self.examine_definitions().await?;
        self.examine_decisions().await
    }

    async fn examine_definitions(&mut self) -> Result<(), RuntimeError> {
        let rows = definition::Entity::find().all(&self.snapshot.tx).await?;
        let mut latest: BTreeMap<String, definition::Model> = BTreeMap::new();
        for row in rows {
            if !row.drawing {
                self.definition(row.key).await;
            }
            match latest.get(&row.process_id) {
                Some(newer) if newer.version > row.version => {}
                _ => {
                    latest.insert(row.process_id.clone(), row);
                }
            }
        }
        self.examine_starts(latest).await
    }

    /// What starts processes is what the latest versions wait for. The times of timers come and go.
    async fn examine_starts(
        &mut self,
        latest: BTreeMap<String, definition::Model>,
    ) -> Result<(), RuntimeError> {
        let tx = &self.snapshot.tx;
        let subscriptions = start_subscription::Entity::find().all(tx).await?;
        let signals = start_signal::Entity::find().all(tx).await?;
        let watches = start_watch::Entity::find().all(tx).await?;
        let mut found: BTreeMap<(i64, String, i32, StartedBy), ()> = BTreeMap::new();
        let subscriptions = subscriptions.into_iter().map(|row| {
            let place = (row.definition, row.element, row.nth);
            (place.0, place.1, place.2, StartedBy::Message)
        });
        let signals = signals
            .into_iter()
            .map(|row| (row.definition, row.element, row.nth, StartedBy::Signal));
        let watches = watches
            .into_iter()
            .map(|row| (row.definition, row.element, row.nth, StartedBy::Record));
        found.extend(
            subscriptions
                .chain(signals)
                .chain(watches)
                .map(|start| (start, ())),
        );
        for row in latest.into_values().filter(|row| !row.drawing) {
            let Some(definition) = self.definition(row.key).await else {
                found.retain(|start, ()| start.0 != row.key);
                continue;
            };
            for (element, nth, by) in started_by(&definition.graph) {
                let Some(table) = by.table() else { continue };
                let start = (row.key, element.clone(), nth, by);
                if found.remove(&start).is_none() {
                    let message = "What starts the latest version of a process is missing.";
                    self.find(
                        Finding::new(FindingCode::Missing, table, message)
                            .key(format!("{},{element},{nth}", row.key))
                            .element(Some(&element)),
                    );
                }
            }
        }
        for (definition, element, nth, by) in found.into_keys() {
            let message =
                "It starts what is not the latest version of a process, or does not wait for it.";
            self.find(
                Finding::new(FindingCode::Orphan, by.table().unwrap_or("start"), message)
                    .key(format!("{definition},{element},{nth}"))
                    .element(Some(&element)),
            );
        }
        Ok(())
    }

    async fn examine_decisions(&mut self) -> Result<(), RuntimeError> {
        let decisions = DecisionCache::default();
        for row in self
            .snapshot
            .numbers("SELECT key FROM decision ORDER BY key")
            .await?
        {
            let key = row.first().copied().flatten().unwrap_or(0);
            let read = decisions
                .get(&self.snapshot.tx, redthread_core::Key::from_i64(key))
                .await;
            let why = match read {
                Ok(decision) if decision.model.is_some() => continue,
                Ok(_) => "The file of a decision cannot be read.".to_owned(),
                Err(error) => error.to_string(),
            };
            self.find(Finding::new(FindingCode::Unreadable, "decision", why).key(key));
        }
        Ok(())
    }
}
