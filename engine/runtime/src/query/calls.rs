//! Who called an instance, whom it called, and what can be begun in it by hand.

use redthread_bpmn::graph::{ElementKind, Id, SubProcess};
use redthread_core::Key;
use redthread_core::state::{Body, Phase};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{InstanceRow, Queries};
use crate::error::RuntimeError;
use crate::schema::called_instance;

/// Called instances that are told at most: an activity may call a thousand times.
const TOLD: u64 = 200;

/// Who called an instance.
#[derive(Clone, Debug, PartialEq)]
pub struct CalledBy {
    /// The calling instance.
    pub instance: InstanceRow,
    /// The call activity.
    pub element: String,
    /// Its name, or its id.
    pub element_name: String,
}

/// An instance that was called.
#[derive(Clone, Debug, PartialEq)]
pub struct Calls {
    /// The called instance.
    pub instance: InstanceRow,
    /// The call activity.
    pub element: String,
    /// Its name, or its id.
    pub element_name: String,
    /// The element instance that waits or waited.
    pub element_instance: Key,
}

/// An ad-hoc sub-process that runs, and what can be begun in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanActivate {
    /// The element instance of the ad-hoc sub-process.
    pub element_instance: Key,
    /// The ad-hoc sub-process.
    pub element: Id,
    /// Its name, or its id.
    pub element_name: String,
    /// What can be begun: ids and names.
    pub elements: Vec<(Id, String)>,
}

impl Queries<'_> {
    /// Who called an instance; none: it was not called.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn called_by(&self, instance: Key) -> Result<Option<CalledBy>, RuntimeError> {
        let row = called_instance::Entity::find_by_id(instance.as_i64())
            .one(self.conn())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let caller = self.loaded_one(Key::from_i64(row.instance)).await?;
        Ok(Some(CalledBy {
            element_name: caller.definition.label(&row.element).to_owned(),
            instance: self.instance_row_of(&caller)?,
            element: row.element,
        }))
    }

    /// The last instances that an instance has called, in the order of the calls.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn calls(&self, instance: Key) -> Result<Vec<Calls>, RuntimeError> {
        let rows = called_instance::Entity::find()
            .filter(called_instance::Column::Instance.eq(instance.as_i64()))
            .order_by_desc(called_instance::Column::Key)
            .limit(TOLD)
            .all(self.conn())
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let caller = self.loaded_one(instance).await?;
        let called = self
            .loaded(rows.iter().map(|row| row.key).collect())
            .await?;
        let mut calls = Vec::with_capacity(rows.len());
        for row in rows.into_iter().rev() {
            let Some(called) = called.get(&row.key) else {
                continue;
            };
            calls.push(Calls {
                instance: self.instance_row_of(called)?,
                element_name: caller.definition.label(&row.element).to_owned(),
                element: row.element,
                element_instance: Key::from_i64(row.element_instance),
            });
        }
        Ok(calls)
    }

    /// The ad-hoc sub-processes in which activities can be begun by hand, in the order in which they began.
    ///
    /// # Errors
    /// Where there is no such instance.
    pub async fn can_activate(&self, instance: Key) -> Result<Vec<CanActivate>, RuntimeError> {
        let loaded = self.loaded_one(instance).await?;
        let graph = &loaded.definition.graph;
        let mut found = Vec::new();
        for (key, standing) in loaded.state.elements.iter() {
            let Some(ix) = graph.find(&standing.element) else {
                continue;
            };
            let is_ad_hoc = matches!(
                graph.element(ix).kind,
                ElementKind::SubProcess(SubProcess::AdHoc(_))
            );
            let runs = standing.phase == Phase::Active
                && matches!(standing.body(), Some(Body::AdHoc { .. }));
            if is_ad_hoc && runs {
                let elements = graph.initial(Some(ix)).into_iter();
                let elements = elements.map(|ix| graph.element(ix));
                found.push(CanActivate {
                    element_instance: *key,
                    element: standing.element.clone(),
                    element_name: graph.element(ix).label().to_owned(),
                    elements: elements
                        .map(|element| (element.id.clone(), element.label().to_owned()))
                        .collect(),
                });
            }
        }
        Ok(found)
    }
}
