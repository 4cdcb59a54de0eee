//! Who may wait for a message, and whether one may be kept: what many messages of a batch ask, asked in few queries.
//!
//! What is stored was committed before the batch had its turn; what the batch has done since is in its rows.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::batch::Batch;
use super::submission::{Submission, Work};
use crate::database::padded;
use crate::error::RuntimeError;
use crate::schema::{message, start_subscription, subscription};

/// Correlation keys in one query at most.
const KEYS_AT_ONCE: usize = 64;
/// Names of messages that are remembered. Where there are more, each message is looked for.
const NAMES: usize = 10_000;

/// The subscriptions that were stored before the batch, by message name and correlation key, as far as they were asked for.
#[derive(Default)]
pub(super) struct Receivers(HashMap<(String, String), Vec<subscription::Model>>);

/// The names of messages that are kept, and perhaps of some that no longer are.
#[derive(Debug, Default)]
pub(super) enum KeptNames {
    /// Nobody has looked yet.
    #[default]
    Unknown,
    /// These, and no others.
    Known(HashSet<String>),
    /// Too many to remember.
    Many,
}

impl KeptNames {
    fn of(names: Vec<String>) -> KeptNames {
        if names.len() > NAMES {
            KeptNames::Many
        } else {
            KeptNames::Known(names.into_iter().collect())
        }
    }

    /// A message of this name is kept from now on.
    pub fn learn(&mut self, name: &str) {
        if let KeptNames::Known(names) = self {
            names.insert(name.to_owned());
            if names.len() > NAMES {
                *self = KeptNames::Many;
            }
        }
    }
}

impl Batch<'_> {
    /// Looks in few queries for those who wait for the messages of many submissions.
    pub(super) async fn find_receivers(
        &mut self,
        submissions: &[Submission],
    ) -> Result<(), RuntimeError> {
        let mut wanted: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for submission in submissions {
            if let Work::Publish(message) = &submission.work {
                let keys = wanted.entry(&message.name).or_default();
                keys.push(&message.correlation_key);
            }
        }
        for (name, keys) in wanted {
            self.look_for_receivers(name, keys).await?;
        }
        let instances = self.receivers.0.values().flatten();
        let instances = instances.map(|row| redthread_core::Key::from_i64(row.instance));
        self.fetch(instances.collect()).await
    }

    /// Those that wait for a message, the longest waiting first. To one that waits without a key, the name alone counts.
    pub(super) async fn waiting_for(
        &mut self,
        name: &str,
        key: &str,
    ) -> Result<Vec<subscription::Model>, RuntimeError> {
        self.look_for_receivers(name, vec![key]).await?;
        let mut stored = Vec::new();
        for key in [key, ""] {
            let of_key = self.receivers.0.get(&(name.to_owned(), key.to_owned()));
            stored.extend(of_key.into_iter().flatten().cloned());
        }
        let matches = |row: &subscription::Model| {
            row.name == name && (row.correlation_key == key || row.correlation_key.is_empty())
        };
        Ok(self.rows.subscription.over(stored, |row| row.key, matches))
    }

    async fn look_for_receivers(
        &mut self,
        name: &str,
        mut keys: Vec<&str>,
    ) -> Result<(), RuntimeError> {
        keys.push("");
        keys.sort_unstable();
        keys.dedup();
        let id = |key: &str| (name.to_owned(), key.to_owned());
        keys.retain(|key| !self.receivers.0.contains_key(&id(key)));
        for some in keys.chunks(KEYS_AT_ONCE) {
            let rows = subscription::Entity::find()
                .filter(subscription::Column::Name.eq(name))
                .filter(
                    subscription::Column::CorrelationKey
                        .is_in(padded(some).into_iter().map(str::to_owned)),
                )
                .all(self.tx().await?)
                .await?;
            for key in some {
                self.receivers.0.insert(id(key), Vec::new());
            }
            for row in rows {
                let of_key = self.receivers.0.entry(id(&row.correlation_key));
                of_key.or_default().push(row);
            }
        }
        Ok(())
    }

    /// The start events that a message may reach.
    pub(super) async fn starts_at(
        &mut self,
        name: &str,
    ) -> Result<Arc<Vec<start_subscription::Model>>, RuntimeError> {
        // What this batch deploys is not committed yet, and must not be remembered.
        let may_remember = self.deployed.is_empty();
        if may_remember && let Some(known) = self.cache.starts.get(&name.to_owned()) {
            return Ok(known);
        }
        let starts = start_subscription::Entity::find()
            .filter(start_subscription::Column::Name.eq(name))
            .order_by_asc(start_subscription::Column::Definition)
            .order_by_asc(start_subscription::Column::Element);
        let starts = Arc::new(starts.all(self.tx().await?).await?);
        if may_remember {
            self.cache.starts.put(name.to_owned(), starts.clone());
        }
        Ok(starts)
    }

    /// Whether a message of this name may be kept.
    pub(super) async fn may_be_kept(&mut self, name: &str) -> Result<bool, RuntimeError> {
        if let KeptNames::Unknown = self.cache.kept_names {
            let names: Vec<String> = message::Entity::find()
                .select_only()
                .column(message::Column::Name)
                .distinct()
                .limit(NAMES as u64 + 1)
                .into_tuple()
                .all(self.tx().await?)
                .await?;
            self.cache.kept_names = KeptNames::of(names);
        }
        Ok(match &self.cache.kept_names {
            KeptNames::Known(names) => names.contains(name),
            KeptNames::Unknown | KeptNames::Many => true,
        })
    }
}
