//! A thing that a program must do.

use sea_orm::entity::prelude::*;

use super::row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: i64,
    pub instance: i64,
    pub element: String,
    pub element_instance: i64,
    pub job_type: String,
    pub retries: i32,
    /// By a connector, in the transaction; else by a worker.
    pub performed: bool,
    /// A connector tries again then.
    pub retry_at: Option<i64>,
    /// It waits for this record to change.
    pub waits_kind: Option<String>,
    pub waits_key: Option<String>,
    /// Why it failed the last time.
    pub message: Option<String>,
    pub created: i64,
    /// A worker can take it from then on: since it was created, when its lease runs out, or when it is to be tried again.
    /// None: a connector does it, or its element is stuck.
    pub free_at: Option<i64>,
    /// What its last lease is known by. It holds until the job is free again and somebody else takes it.
    pub token: Option<i64>,
    /// Who took the last lease.
    pub worker: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

row!(
    "job",
    [key],
    [
        key,
        instance,
        element,
        element_instance,
        job_type,
        retries,
        performed,
        retry_at,
        waits_kind,
        waits_key,
        message,
        created,
        free_at,
        token,
        worker
    ]
);
