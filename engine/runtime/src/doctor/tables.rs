//! Rows that stand for something in a state, compared with what the states ask for.

use std::collections::{BTreeMap, BTreeSet};

use redthread_core::Key;
use sea_orm::{DbErr, Value};

use super::Doctor;
use super::expected::{Item, Items};
use super::finding::{Finding, FindingCode};
use crate::error::RuntimeError;
use crate::schema::{
    called_instance, incident, job, position, signal, subscription, task, task_candidate, timer,
    watch,
};

/// Rows that are read at once where orphans are looked for.
const PAGE: usize = 500;

impl Doctor<'_> {
    /// Compares the rows of some instances with what their states ask for.
    pub(super) async fn compare(&mut self, items: Items) -> Result<(), RuntimeError> {
        self.compare_rows(items.task).await?;
        self.compare_rows(items.task_candidate).await?;
        self.compare_rows(items.timer).await?;
        let jobs = self.compare_rows(items.job).await?;
        self.compare_leases(&jobs, &items.stuck);
        self.compare_rows(items.subscription).await?;
        self.compare_rows(items.watch).await?;
        self.compare_rows(items.signal).await?;
        let until: BTreeMap<i64, [Option<i64>; 2]> = items
            .stands_until
            .iter()
            .map(|(key, until)| (key.as_i64(), *until))
            .collect();
        let positions = self.compare_rows(items.position).await?;
        for row in positions {
            if let Some(expected) = until.get(&row.key)
                && !expected.contains(&row.due)
            {
                let finding = of_row(FindingCode::Different, &row)
                    .but(said(&expected[0].into()), said(&row.due.into()));
                self.find(Finding {
                    message: "The time until which an element may stand is another than the one its task or connector says.".to_owned(),
                    ..finding
                });
            }
        }
        self.compare_rows(items.incident).await?;
        self.compare_calls(items.called_instance, items.waits_for)
            .await
    }

    /// Whether workers can come to their jobs: each is free from some time on, unless its element is stuck.
    fn compare_leases(&mut self, jobs: &[job::Model], stuck: &BTreeSet<Key>) {
        for row in jobs.iter().filter(|row| !row.performed) {
            let is_stuck = stuck.contains(&Key::from_i64(row.key));
            if row.free_at.is_none() && !is_stuck {
                let finding = of_row(FindingCode::Different, row).but("a time", "nothing");
                self.find(Finding {
                    message: "No worker can take the job, although its element is not stuck."
                        .to_owned(),
                    ..finding
                });
            }
            if row.token.is_some() != row.worker.is_some() {
                let finding = of_row(FindingCode::Different, row);
                self.find(Finding {
                    message: "The lease of the job has a token or a worker, but not both."
                        .to_owned(),
                    ..finding
                });
            }
        }
    }

    /// Calls: a row for each instance that was begun, and an instance that runs for each call that is waited for.
    async fn compare_calls(
        &mut self,
        called: Vec<called_instance::Model>,
        waits_for: Vec<(Key, Key, String)>,
    ) -> Result<(), RuntimeError> {
        let statuses = called.iter().map(|row| Key::from_i64(row.key));
        let statuses = self.snapshot.statuses(statuses).await?;
        let begun = |row: &called_instance::Model| statuses.contains_key(&Key::from_i64(row.key));
        self.compare_rows(called.into_iter().filter(begun).collect())
            .await?;
        for (call, caller, element) in waits_for {
            let runs = statuses
                .get(&call)
                .is_some_and(|status| status == redthread_core::Status::Active.as_str());
            if runs || self.inbox.contains(&call) {
                continue;
            }
            let message = match statuses.get(&call) {
                None => "The instance waits for one that it has called, which is not there.",
                Some(_) => "The instance waits for one that it has called, which has ended.",
            };
            let found = statuses.get(&call).map_or("nothing", String::as_str);
            self.find(
                Finding::new(FindingCode::Missing, "called_instance", message)
                    .key(call)
                    .instance(Some(caller.as_i64()))
                    .element(Some(&element))
                    .but("active", found),
            );
        }
        Ok(())
    }

    /// Compares rows of one table with what is expected of them, and answers with those that are there.
    async fn compare_rows<T: Item>(&mut self, expected: Vec<T>) -> Result<Vec<T>, RuntimeError> {
        if expected.is_empty() {
            return Ok(Vec::new());
        }
        let keys: BTreeSet<String> = expected.iter().map(key_of).collect();
        let wanted: Vec<Vec<Value>> = expected.iter().map(|row| row.pick(T::KEY)).collect();
        let found: BTreeMap<String, T> = self
            .snapshot
            .with_keys::<T>(&wanted)
            .await?
            .into_iter()
            .map(|row| (key_of(&row), row))
            .collect();
        for row in expected {
            match found.get(&key_of(&row)) {
                None => {
                    let finding = of_row(FindingCode::Missing, &row);
                    self.find(Finding {
                        message: format!("The row of a {} is missing.", T::NAME),
                        ..finding
                    });
                }
                Some(there) => self.compare_one(&row, there),
            }
        }
        // A name may be a candidate twice.
        *self.counted.entry(T::TABLE).or_default() +=
            keys.iter().filter(|key| found.contains_key(*key)).count() as i64;
        Ok(found.into_values().collect())
    }

    fn compare_one<T: Item>(&mut self, expected: &T, found: &T) {
        for column in T::TOLD {
            let (expected_value, found_value) = (expected.pick(&[*column]), found.pick(&[*column]));
            if expected_value != found_value {
                let (expected_value, found_value) =
                    (said_all(&expected_value), said_all(&found_value));
                let finding = of_row(FindingCode::Different, expected);
                self.find(Finding {
                    message: format!(
                        "The {column} of a {} is another than the one its instance says.",
                        T::NAME
                    ),
                    ..finding.but(expected_value, found_value)
                });
            }
        }
    }

    /// Looks for rows that belong to nothing, in those tables that have more rows than the states ask for.
    pub(super) async fn find_orphans(&mut self) -> Result<(), RuntimeError> {
        self.orphans_of::<task::Model>(|items| items.task).await?;
        self.orphans_of::<task_candidate::Model>(|items| items.task_candidate)
            .await?;
        self.orphans_of::<timer::Model>(|items| items.timer).await?;
        self.orphans_of::<job::Model>(|items| items.job).await?;
        self.orphans_of::<subscription::Model>(|items| items.subscription)
            .await?;
        self.orphans_of::<watch::Model>(|items| items.watch).await?;
        self.orphans_of::<signal::Model>(|items| items.signal)
            .await?;
        self.orphans_of::<position::Model>(|items| items.position)
            .await?;
        self.orphans_of::<incident::Model>(|items| items.incident)
            .await?;
        self.orphans_of::<called_instance::Model>(|items| items.called_instance)
            .await
    }

    async fn orphans_of<T: Item>(&mut self, of: fn(Items) -> Vec<T>) -> Result<(), RuntimeError> {
        let rows = format!("SELECT count(*) FROM {}", T::TABLE);
        let rows = self.snapshot.number(&rows).await?;
        if rows == self.counted.get(T::TABLE).copied().unwrap_or(0) {
            return Ok(());
        }
        let mut after = None;
        loop {
            let page: Vec<T> = self.snapshot.page(after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(last.pick(T::KEY));
            let owners = self.owners(&page).await?;
            let mut known: BTreeMap<i64, Option<BTreeSet<String>>> = BTreeMap::new();
            for owner in owners.iter().flatten() {
                if !known.contains_key(owner) {
                    let items = self.items_of(*owner).await?;
                    let keys = items.map(|items| of(items).iter().map(key_of).collect());
                    known.insert(*owner, keys);
                }
            }
            for (row, owner) in page.iter().zip(owners) {
                let is_expected = match owner.and_then(|owner| known.get(&owner)) {
                    Some(Some(keys)) => keys.contains(&key_of(row)),
                    // What cannot be read has been told of, and nothing more is known of what belongs to it.
                    Some(None) => true,
                    None => false,
                };
                if !is_expected {
                    let finding = of_row(FindingCode::Orphan, row).instance(owner);
                    self.find(Finding {
                        message: format!("The {} belongs to nothing that is there.", T::NAME),
                        ..finding
                    });
                }
            }
        }
    }

    /// The instances that rows belong to; none: there is no such instance.
    async fn owners<T: Item>(&self, rows: &[T]) -> Result<Vec<Option<i64>>, DbErr> {
        let mut owners: Vec<Option<i64>> = rows.iter().map(Item::instance).collect();
        if T::TABLE == "task_candidate" {
            let tasks: Vec<Vec<Value>> = rows.iter().map(|row| row.pick(&["task"])).collect();
            let found: Vec<task::Model> = self.snapshot.with_keys(&tasks).await?;
            let of: BTreeMap<String, i64> = found
                .iter()
                .map(|task| (key_of(task), task.instance))
                .collect();
            owners = tasks
                .iter()
                .map(|task| of.get(&said_all(task)).copied())
                .collect();
        }
        let keys = owners.iter().flatten().map(|key| Key::from_i64(*key));
        let there = self
            .snapshot
            .statuses(keys.collect::<BTreeSet<_>>())
            .await?;
        Ok(owners
            .into_iter()
            .map(|owner| owner.filter(|key| there.contains_key(&Key::from_i64(*key))))
            .collect())
    }
}

fn of_row<T: Item>(code: FindingCode, row: &T) -> Finding {
    Finding::new(code, T::TABLE, "")
        .key(key_of(row))
        .instance(row.instance())
        .element(row.element())
}

/// A primary key as text.
fn key_of<T: Item>(row: &T) -> String {
    said_all(&row.pick(T::KEY))
}

fn said_all(values: &[Value]) -> String {
    let said: Vec<String> = values.iter().map(said).collect();
    said.join(",")
}

/// A value as people read it.
fn said(value: &Value) -> String {
    match value {
        Value::Bool(Some(value)) => value.to_string(),
        Value::Int(Some(value)) => value.to_string(),
        Value::BigInt(Some(value)) => value.to_string(),
        Value::String(Some(value)) => value.to_string(),
        Value::Bool(None) | Value::Int(None) | Value::BigInt(None) | Value::String(None) => {
            "nothing".to_owned()
        }
        other => format!("{other:?}"),
    }
}
