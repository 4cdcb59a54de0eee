//! Instances: which there are, where they stand, what is stuck.

use std::collections::BTreeMap;

use redthread_calendar::Timestamp;
use redthread_core::command::{Subject, Variables};
use redthread_core::{InstanceState, Key};
use sea_orm::sea_query::{Expr, Func, LikeExpr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{Loaded, Page, PageRequest, Queries, pattern, subject, time};
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::schema::{called_instance, definition, inbox, incident, instance, position};
use crate::thread::{Thread, thread};

/// Keys in one query at most.
const KEYS_AT_ONCE: usize = 500;

/// How an instance is, as people filter for it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum InstanceStatus {
    /// It runs.
    Active,
    /// All its tokens have ended.
    Completed,
    /// It was cancelled.
    Terminated,
    /// It ended with an error that nothing catches.
    Failed,
    /// It runs, and something in it is stuck.
    Incident,
}

/// Which instances are wanted.
#[derive(Clone, Debug, Default)]
pub struct InstanceFilter {
    /// Of one version.
    pub definition: Option<Key>,
    /// Of all versions of a process.
    pub process: Option<String>,
    /// That stand on this element.
    pub element: Option<String>,
    /// How they are.
    pub status: Option<InstanceStatus>,
    /// About one record.
    pub subject: Option<Subject>,
    /// Words that are part of the process's name, or an instance's or record's key.
    pub search: Option<String>,
    /// The records whose titles have these words: what is about one of them is found, too. The engine knows no titles,
    /// so whoever asks looks them up.
    pub search_subjects: Vec<Subject>,
}

/// An instance in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceRow {
    /// The instance.
    pub key: Key,
    /// The definition.
    pub definition: Key,
    /// The process's id.
    pub process_id: String,
    /// The process's name, or its id.
    pub process_name: String,
    /// The version of the process.
    pub version: i32,
    /// The record that it is about.
    pub subject: Option<Subject>,
    /// `active`, `completed`, `terminated` or `failed`.
    pub status: &'static str,
    /// When it started.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Who started it.
    pub started_by: Option<Actor>,
    /// How many of its elements are stuck.
    pub incidents: u32,
    /// Where it stands.
    pub thread: Thread,
}

/// An element that is stuck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentRow {
    /// The incident.
    pub key: Key,
    /// The instance.
    pub instance: Key,
    /// The element instance.
    pub element_instance: Key,
    /// The element.
    pub element: String,
    /// The stable code.
    pub code: String,
    /// Why, for people.
    pub message: String,
    /// Since when.
    pub since: Timestamp,
}

impl Queries<'_> {
    /// A page of instances, the youngest first.
    ///
    /// # Errors
    /// Where the cursor is none of ours or the database cannot be read.
    pub async fn instances(
        &self,
        filter: &InstanceFilter,
        page: &PageRequest,
    ) -> Result<Page<InstanceRow>, RuntimeError> {
        let limit = page.limit();
        let mut query = instance::Entity::find().filter(condition(filter));
        if let Some([key]) = page.after()? {
            query = query.filter(instance::Column::Key.lt(key));
        }
        let rows = query
            .order_by_desc(instance::Column::Key)
            .limit(limit + 1)
            .all(self.conn())
            .await?;
        let (rows, next) = Page::<InstanceRow>::of(rows, limit, |row| vec![row.key]);
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let loaded = self.load(row).await?;
            items.push(self.instance_row_of(&loaded)?);
        }
        Ok(Page { items, next })
    }

    /// Of each of these records, the youngest instance that runs about it and was not called by another one, in one look.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn running_about(
        &self,
        subjects: &[Subject],
    ) -> Result<Vec<InstanceRow>, RuntimeError> {
        let mut found = Vec::new();
        for (kind, keys) in by_kind(subjects) {
            for keys in keys.chunks(KEYS_AT_ONCE) {
                let youngest: Vec<Option<i64>> = instance::Entity::find()
                    .select_only()
                    .expr(Expr::col(instance::Column::Key).max())
                    .filter(instance::Column::SubjectKind.eq(kind))
                    .filter(instance::Column::SubjectKey.is_in(keys.iter().copied()))
                    .filter(instance::Column::Ended.is_null())
                    .filter(instance::Column::Key.not_in_subquery(called()))
                    .group_by(instance::Column::SubjectKey)
                    .into_tuple()
                    .all(self.conn())
                    .await?;
                let youngest: Vec<Key> =
                    youngest.into_iter().flatten().map(Key::from_i64).collect();
                found.extend(self.instance_rows(&youngest).await?);
            }
        }
        Ok(found)
    }

    /// The instances with these keys, by key; those that there are not are left out.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn instance_rows(&self, keys: &[Key]) -> Result<Vec<InstanceRow>, RuntimeError> {
        let mut rows = Vec::with_capacity(keys.len());
        for some in keys.chunks(KEYS_AT_ONCE) {
            let loaded = self
                .loaded(some.iter().map(|key| key.as_i64()).collect())
                .await?;
            for one in loaded.values() {
                rows.push(self.instance_row_of(one)?);
            }
        }
        Ok(rows)
    }

    /// One instance.
    ///
    /// # Errors
    /// Where there is none with this key.
    pub async fn instance_row(&self, key: Key) -> Result<InstanceRow, RuntimeError> {
        let loaded = self.loaded_one(key).await?;
        self.instance_row_of(&loaded)
    }

    /// The state of one instance.
    ///
    /// # Errors
    /// Where there is none with this key.
    pub async fn instance_state(&self, key: Key) -> Result<InstanceState, RuntimeError> {
        Ok(self.loaded_one(key).await?.state)
    }

    /// The variables that an element instance can see: its own, and those around it that its own do not hide. Of the
    /// instance's own key: its outermost ones.
    ///
    /// # Errors
    /// Where there is no such instance.
    pub async fn visible_variables(
        &self,
        instance: Key,
        element_instance: Key,
    ) -> Result<Variables, RuntimeError> {
        Ok(self
            .loaded_one(instance)
            .await?
            .state
            .visible_variables(element_instance))
    }

    /// Why work for an instance is set aside: it is kept, but not tried again.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn set_aside(&self, instance: Key) -> Result<Vec<String>, RuntimeError> {
        let rows = crate::writer::set_aside(self.conn(), instance).await?;
        Ok(rows.into_iter().filter_map(|row| row.failed).collect())
    }

    /// Why work is set aside, whosever it is: the oldest reason first, each once.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn reasons_set_aside(&self) -> Result<Vec<String>, RuntimeError> {
        let rows = inbox::Entity::find()
            .filter(inbox::Column::Failed.is_not_null())
            .order_by_asc(inbox::Column::Key)
            .all(self.conn())
            .await?;
        let mut reasons: Vec<String> = Vec::new();
        for reason in rows.into_iter().filter_map(|row| row.failed) {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        Ok(reasons)
    }

    /// What is stuck in an instance.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn incidents(&self, instance: Key) -> Result<Vec<IncidentRow>, RuntimeError> {
        let rows = incident::Entity::find()
            .filter(incident::Column::Instance.eq(instance.as_i64()))
            .order_by_asc(incident::Column::Key)
            .all(self.conn())
            .await?;
        Ok(rows.into_iter().map(incident_row).collect())
    }

    /// One incident that is open.
    ///
    /// # Errors
    /// Where there is none with this key (any more).
    pub async fn incident(&self, key: Key) -> Result<IncidentRow, RuntimeError> {
        let row = incident::Entity::find_by_id(key.as_i64())
            .one(self.conn())
            .await?;
        row.map(incident_row).ok_or(RuntimeError::Unknown {
            what: "incident",
            key,
        })
    }

    pub(super) async fn loaded_one(&self, key: Key) -> Result<Loaded, RuntimeError> {
        let row = instance::Entity::find_by_id(key.as_i64())
            .one(self.conn())
            .await?;
        self.load(row.ok_or(RuntimeError::Unknown {
            what: "instance",
            key,
        })?)
        .await
    }

    pub(super) fn instance_row_of(&self, loaded: &Loaded) -> Result<InstanceRow, RuntimeError> {
        let row = &loaded.row;
        let damaged = |error: serde_json::Error| RuntimeError::damaged("instance", row.key, error);
        Ok(InstanceRow {
            key: Key::from_i64(row.key),
            definition: Key::from_i64(row.definition),
            process_id: row.process_id.clone(),
            process_name: loaded.definition.name.clone(),
            version: loaded.definition.version,
            subject: subject(&row.subject_kind, &row.subject_key),
            status: loaded.state.status.as_str(),
            started: time(row.started),
            ended: row.ended.map(time),
            started_by: serde_json::from_str(&row.started_by).map_err(damaged)?,
            incidents: u32::try_from(row.incidents).unwrap_or(0),
            thread: thread(&loaded.definition, &loaded.state, &loaded.trail, self.now()),
        })
    }
}

/// The instances that others have called.
fn called() -> SelectStatement {
    Query::select()
        .column(called_instance::Column::Key)
        .from(called_instance::Entity)
        .to_owned()
}

/// The keys of records by their kinds.
fn by_kind(subjects: &[Subject]) -> BTreeMap<&str, Vec<&str>> {
    let mut by_kind: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for subject in subjects {
        by_kind.entry(&subject.kind).or_default().push(&subject.key);
    }
    by_kind
}

fn incident_row(row: incident::Model) -> IncidentRow {
    IncidentRow {
        key: Key::from_i64(row.key),
        instance: Key::from_i64(row.instance),
        element_instance: Key::from_i64(row.element_instance),
        element: row.element,
        code: row.code,
        message: row.message,
        since: time(row.since),
    }
}

fn condition(filter: &InstanceFilter) -> Condition {
    let mut all = Condition::all();
    if let Some(definition) = filter.definition {
        all = all.add(instance::Column::Definition.eq(definition.as_i64()));
    }
    if let Some(process) = &filter.process {
        all = all.add(instance::Column::ProcessId.eq(&**process));
    }
    if let Some(element) = &filter.element {
        let mut standing = Query::select();
        standing
            .column(position::Column::Instance)
            .from(position::Entity)
            .and_where(position::Column::Element.eq(&**element));
        if let Some(definition) = filter.definition {
            standing.and_where(position::Column::Definition.eq(definition.as_i64()));
        }
        all = all.add(instance::Column::Key.in_subquery(standing.to_owned()));
    }
    if let Some(status) = filter.status {
        all = match status {
            InstanceStatus::Active => all.add(instance::Column::Ended.is_null()),
            InstanceStatus::Incident => all
                .add(instance::Column::Ended.is_null())
                .add(instance::Column::Incidents.gt(0)),
            InstanceStatus::Completed => all.add(instance::Column::Status.eq("completed")),
            InstanceStatus::Terminated => all.add(instance::Column::Status.eq("terminated")),
            InstanceStatus::Failed => all.add(instance::Column::Status.eq("failed")),
        };
    }
    if let Some(Subject { kind, key }) = &filter.subject {
        all = all
            .add(instance::Column::SubjectKind.eq(&**kind))
            .add(instance::Column::SubjectKey.eq(&**key));
    }
    if let Some(words) = filter
        .search
        .as_deref()
        .filter(|words| !words.trim().is_empty())
    {
        let like = LikeExpr::new(pattern(words)).escape('\\');
        let of_name = Query::select()
            .column(definition::Column::Key)
            .from(definition::Entity)
            .and_where(lower(definition::Column::Name).like(like.clone()))
            .to_owned();
        let mut any = Condition::any()
            .add(lower(instance::Column::ProcessId).like(like))
            .add(instance::Column::Definition.in_subquery(of_name))
            .add(instance::Column::SubjectKey.eq(words.trim()));
        for (kind, keys) in by_kind(&filter.search_subjects) {
            any = any.add(
                Condition::all()
                    .add(instance::Column::SubjectKind.eq(kind))
                    .add(instance::Column::SubjectKey.is_in(keys)),
            );
        }
        if let Ok(key) = words.trim().parse::<Key>() {
            any = any.add(instance::Column::Key.eq(key.as_i64()));
        }
        all = all.add(any);
    }
    all
}

/// A column in small letters, but for letters beyond ASCII: SQLite does not know those, nor does PostgreSQL in a column
/// that compares byte by byte.
fn lower(column: impl sea_orm::sea_query::IntoColumnRef) -> Expr {
    Expr::from(Func::lower(Expr::col(column)))
}
