//! A thing that a person must do, or has done.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub instance: i64,
    pub definition: i64,
    pub process_id: String,
    pub element: String,
    pub element_instance: i64,
    pub name: String,
    pub lane: Option<String>,
    pub assignee: Option<String>,
    /// JSON
    pub candidate_teams: String,
    /// JSON
    pub candidate_users: String,
    pub due: Option<i64>,
    /// `due`, or the end of time: what lists are sorted by.
    pub sort_due: i64,
    pub follow_up: Option<i64>,
    pub form: Option<String>,
    pub subject_kind: Option<String>,
    pub subject_key: Option<String>,
    /// `open`, `done` or `cancelled`.
    pub state: String,
    pub created: i64,
    pub ended: Option<i64>,
    /// JSON: `Actor`.
    pub ended_by: Option<String>,
    /// Lower case: SQLite itself only knows the case of ASCII.
    pub search_text: String,
    /// From 0 to 100; 50 is usual.
    pub priority: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!(
    "task",
    [key],
    [
        key,
        instance,
        definition,
        process_id,
        element,
        element_instance,
        name,
        lane,
        assignee,
        candidate_teams,
        candidate_users,
        due,
        sort_due,
        follow_up,
        form,
        subject_kind,
        subject_key,
        state,
        created,
        ended,
        ended_by,
        search_text,
        priority
    ]
);
