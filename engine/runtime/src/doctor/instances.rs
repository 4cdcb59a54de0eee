//! Instances and their histories, read side by side in the order of their keys.

use std::collections::VecDeque;

use redthread_core::{InstanceState, Key, Status};
use sea_orm::Value;

use super::Doctor;
use super::expected::Items;
use super::finding::{Finding, FindingCode};
use super::replayed::Replayed;
use super::snapshot::Snapshot;
use crate::error::RuntimeError;
use crate::schema::{Row, history, instance, large_state};
use crate::stored;
use crate::thread::Trail;

/// Instances that are read at once: few, since a state may be large.
const INSTANCES: usize = 64;
/// Steps that are read at once.
const STEPS: usize = 256;

/// Histories, in the order of their instances.
#[derive(Default)]
pub(super) struct Histories {
    read: VecDeque<history::Model>,
    after: Option<Vec<Value>>,
}

impl Histories {
    /// From this instance on.
    fn of(instance: i64) -> Histories {
        Histories {
            after: Some(vec![instance.into(), 0_i64.into()]),
            ..Histories::default()
        }
    }

    /// The next step, if it belongs to an instance up to this one.
    async fn next_up_to(
        &mut self,
        snapshot: &Snapshot,
        instance: i64,
    ) -> Result<Option<history::Model>, RuntimeError> {
        if self.read.is_empty() {
            let page: Vec<history::Model> = snapshot.page(self.after.as_ref(), STEPS).await?;
            if let Some(last) = page.last() {
                self.after = Some(vec![last.instance.into(), last.sequence.into()]);
            }
            self.read.extend(page);
        }
        Ok(self.read.pop_front_if(|row| row.instance <= instance))
    }
}

impl Doctor<'_> {
    /// Examines all instances, one after the other.
    pub(super) async fn examine_instances(&mut self) -> Result<(), RuntimeError> {
        let mut histories = Histories::default();
        let mut after = None;
        loop {
            let page: Vec<instance::Model> = self.snapshot.page(after.as_ref(), INSTANCES).await?;
            let Some(last) = page.last() else { break };
            after = Some(vec![last.key.into()]);
            let mut items = Items::default();
            for row in page {
                self.examine_instance(&row, &mut histories, &mut items)
                    .await?;
                self.examined.instances += 1;
            }
            self.compare(items).await?;
            self.tell_progress();
        }
        self.skip_histories(&mut histories, i64::MAX).await
    }

    /// Steps of instances that are not there, up to this one.
    async fn skip_histories(
        &mut self,
        histories: &mut Histories,
        instance: i64,
    ) -> Result<(), RuntimeError> {
        let mut told = None;
        loop {
            let step = histories.next_up_to(&self.snapshot, instance).await?;
            let Some(step) = step else { return Ok(()) };
            if told != Some(step.instance) {
                told = Some(step.instance);
                let message = "There is history of an instance that is not there.";
                self.find(
                    Finding::new(FindingCode::Orphan, history::Model::TABLE, message)
                        .key(format!("{},{}", step.instance, step.sequence))
                        .instance(Some(step.instance)),
                );
            }
        }
    }

    /// Large states that belong to no instance, or to one whose state is in its own row.
    pub(super) async fn find_large_states(&mut self) -> Result<(), RuntimeError> {
        let sql = "SELECT instance FROM large_state WHERE NOT EXISTS \
                   (SELECT 1 FROM instance WHERE key = large_state.instance AND state = '')";
        for row in self.snapshot.numbers(sql).await? {
            let instance = row.first().copied().flatten().unwrap_or(0);
            let message = "There is a large state that belongs to no instance.";
            self.find(
                Finding::new(FindingCode::Orphan, large_state::Model::TABLE, message)
                    .key(instance)
                    .instance(Some(instance)),
            );
        }
        Ok(())
    }

    async fn examine_instance(
        &mut self,
        row: &instance::Model,
        histories: &mut Histories,
        items: &mut Items,
    ) -> Result<(), RuntimeError> {
        self.skip_histories(histories, row.key - 1).await?;
        let (replayed, findings) = self.replay(row, histories).await?;
        self.examined.steps += replayed.steps as u64;
        findings.into_iter().for_each(|finding| self.find(finding));
        self.compare_columns(row, &replayed);
        let (state, trail) = match self.stored(row).await {
            Ok(stored) => stored,
            Err(RuntimeError::Damaged { reason, .. }) => {
                let message = format!("What is stored of an instance cannot be read: {reason}.");
                self.find(of_instance(FindingCode::Unreadable, row, message));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        self.compare_state(row, &state, &replayed);
        self.compare_caller(&state).await?;
        let definition = self.definition(row.definition).await;
        items.add(&state, &trail, &replayed, definition.as_deref())
    }

    async fn replay(
        &mut self,
        row: &instance::Model,
        histories: &mut Histories,
    ) -> Result<(Replayed, Vec<Finding>), RuntimeError> {
        let (mut replayed, mut findings) = (Replayed::default(), Vec::new());
        while let Some(step) = histories.next_up_to(&self.snapshot, row.key).await? {
            replayed.follow(step, &mut findings);
        }
        if replayed.steps != row.sequence {
            let message = "The history does not end with the instance's last step.";
            let finding = of_instance(FindingCode::Gap, row, message);
            findings.push(finding.but(row.sequence, replayed.steps));
            replayed.broken = true;
        }
        Ok((replayed, findings))
    }

    /// What is stored of an instance.
    async fn stored(&self, row: &instance::Model) -> Result<(InstanceState, Trail), RuntimeError> {
        let (row, state, _) = stored::read(row.clone(), &self.snapshot.tx).await?;
        let trail = serde_json::from_str(&row.trail);
        let trail = trail.map_err(|error| RuntimeError::damaged("instance", row.key, error))?;
        Ok((state, trail))
    }

    /// What history tells of the columns.
    fn compare_columns(&mut self, row: &instance::Model, replayed: &Replayed) {
        if replayed.started_by != row.started_by && !replayed.broken {
            self.column(row, "started_by", &replayed.started_by, &row.started_by);
        }
        if row.ended.is_some_and(|ended| ended != replayed.last_at) && !replayed.broken {
            self.column(row, "ended", replayed.last_at, row.ended.unwrap_or(0));
        }
    }

    fn compare_state(&mut self, row: &instance::Model, state: &InstanceState, replayed: &Replayed) {
        if !replayed.broken && replayed.state != *state {
            let message = format!(
                "Replaying the history gives another state than the one that is stored. They differ in: {}.",
                differing(&replayed.state, state).join(", ")
            );
            self.find(of_instance(FindingCode::Replay, row, message));
        }
        let subject = state.subject.as_ref();
        let kind = subject.map_or("nothing", |subject| &subject.kind);
        let key = subject.map_or("nothing", |subject| &subject.key);
        for (column, expected, found) in [
            ("key", state.key.to_string(), row.key.to_string()),
            (
                "definition",
                state.definition.to_string(),
                row.definition.to_string(),
            ),
            (
                "process_id",
                state.process.to_string(),
                row.process_id.clone(),
            ),
            (
                "status",
                state.status.as_str().to_owned(),
                row.status.clone(),
            ),
            (
                "incidents",
                state.incidents.len().to_string(),
                row.incidents.to_string(),
            ),
            (
                "started",
                state.started.as_micros().to_string(),
                row.started.to_string(),
            ),
            (
                "subject_kind",
                kind.to_owned(),
                row.subject_kind.clone().unwrap_or("nothing".into()),
            ),
            (
                "subject_key",
                key.to_owned(),
                row.subject_key.clone().unwrap_or("nothing".into()),
            ),
        ] {
            if expected != found {
                self.column(row, column, expected, found);
            }
        }
        let runs = state.status == Status::Active;
        if runs != row.ended.is_none() {
            let expected = if runs { "nothing" } else { "a time" };
            let found = row
                .ended
                .map_or("nothing".to_owned(), |ended| ended.to_string());
            self.column(row, "ended", expected, found);
        }
        let lives = state.elements.len() + state.waits.len() + state.tokens.len();
        if !runs && lives > 0 {
            let message = "The instance has ended, but something in it goes on.";
            let finding = of_instance(FindingCode::Different, row, message);
            self.find(finding.but(0, lives));
        }
    }

    /// Who called an instance is told by a row of its own.
    async fn compare_caller(&mut self, state: &InstanceState) -> Result<(), RuntimeError> {
        let Some(caller) = &state.caller else {
            return Ok(());
        };
        let key = vec![vec![state.key.as_i64().into()]];
        let rows: Vec<crate::schema::called_instance::Model> =
            self.snapshot.with_keys(&key).await?;
        let found = rows.first().map(|row| Key::from_i64(row.instance));
        if found != Some(caller.instance) {
            let message = "The row that says who called the instance is missing or names another.";
            let found = found.map_or("nothing".to_owned(), |found| found.to_string());
            self.find(
                Finding::new(FindingCode::Different, "called_instance", message)
                    .key(state.key)
                    .instance(Some(state.key.as_i64()))
                    .but(caller.instance, found),
            );
        }
        Ok(())
    }

    fn column(
        &mut self,
        row: &instance::Model,
        column: &str,
        expected: impl ToString,
        found: impl ToString,
    ) {
        let message = format!("The {column} of an instance is another than its history says.");
        self.find(of_instance(FindingCode::Different, row, message).but(expected, found));
    }

    /// What one instance asks for, read anew; none: it cannot be read.
    pub(super) async fn items_of(&mut self, instance: i64) -> Result<Option<Items>, RuntimeError> {
        let rows: Vec<instance::Model> = self.snapshot.with_keys(&[vec![instance.into()]]).await?;
        let Some(row) = rows.first() else {
            return Ok(Some(Items::default()));
        };
        let (state, trail) = match self.stored(row).await {
            Ok(stored) => stored,
            Err(RuntimeError::Damaged { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let (replayed, _) = self.replay(row, &mut Histories::of(instance)).await?;
        let Some(definition) = self.definition(row.definition).await else {
            return Ok(None);
        };
        let mut items = Items::default();
        items.add(&state, &trail, &replayed, Some(&definition))?;
        Ok((!replayed.broken).then_some(items))
    }
}

fn of_instance(code: FindingCode, row: &instance::Model, message: impl Into<String>) -> Finding {
    Finding::new(code, instance::Model::TABLE, message)
        .key(row.key)
        .instance(Some(row.key))
}

/// The parts of two states that differ, by their names.
fn differing(one: &InstanceState, other: &InstanceState) -> Vec<String> {
    let parts = |state| match serde_json::to_value(state) {
        Ok(serde_json::Value::Object(parts)) => parts,
        _ => serde_json::Map::new(),
    };
    let (one, other) = (parts(one), parts(other));
    let names: std::collections::BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    names
        .into_iter()
        .filter(|name| one.get(*name) != other.get(*name))
        .cloned()
        .collect()
}
