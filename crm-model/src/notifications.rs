//! What people are told in the app: a code and parameters, worded by the web UI in the reader's
//! language, and where a click leads.

use crate::{Change, CrmError, RecordKey, Scope, store};
use redthread_calendar::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{DatabaseTransaction, QueryOrder, QuerySelect, Set, Value};
use serde::Serialize;
use serde_json::Value as Json;

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "notification")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: i64,
        pub user: i64,
        pub code: String,
        pub params: String,
        pub link_kind: Option<String>,
        pub link_key: Option<i64>,
        pub created_at: i64,
        pub read_at: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
use entity::{Column, Entity};

/// Something to be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// What it is, e.g. `activity.reminder` or `task.assigned`.
    pub code: String,
    /// What the code's sentence needs.
    pub params: Json,
    /// Where a click leads: what it is (a kind of record, `task`, `instance`) and its key.
    pub link: Option<(String, RecordKey)>,
}

/// Something that a user was told.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// Its key; later ones are greater.
    pub key: RecordKey,
    /// What it is.
    pub code: String,
    /// What the code's sentence needs.
    pub params: Json,
    /// What a click leads to.
    pub link_kind: Option<String>,
    /// Its key.
    pub link_key: Option<RecordKey>,
    /// When.
    pub created_at: Timestamp,
    /// When the user has read it.
    pub read_at: Option<Timestamp>,
}

/// Tells a user something.
pub async fn notify(
    change: &Change<'_>,
    user: RecordKey,
    notice: Notice,
) -> Result<RecordKey, CrmError> {
    let key = change.next_key();
    Entity::insert(row(change, key, user, notice))
        .exec_without_returning(change.tx)
        .await?;
    Ok(RecordKey(key))
}

/// Tells many users something each.
pub async fn notify_all(
    change: &Change<'_>,
    notices: Vec<(RecordKey, Notice)>,
) -> Result<(), CrmError> {
    let rows: Vec<_> = notices
        .into_iter()
        .map(|(user, notice)| row(change, change.next_key(), user, notice))
        .collect();
    for some in rows.chunks(500) {
        Entity::insert_many(some.to_vec())
            .exec_without_returning(change.tx)
            .await?;
    }
    Ok(())
}

fn row(change: &Change<'_>, key: i64, user: RecordKey, notice: Notice) -> entity::ActiveModel {
    let (link_kind, link_key) = notice.link.unzip();
    entity::ActiveModel {
        key: Set(key),
        user: Set(user.0),
        code: Set(notice.code),
        params: Set(notice.params.to_string()),
        link_kind: Set(link_kind),
        link_key: Set(link_key.map(|key| key.0)),
        created_at: Set(change.now.as_micros()),
        read_at: Set(None),
    }
}

/// Only a user is told anything, and only that user reads it.
fn reader(scope: &Scope) -> Result<i64, CrmError> {
    let user = scope.user_key().map(|key| key.0);
    user.ok_or(CrmError::Forbidden("Only a user has notifications."))
}

/// What the asker was told: the newest first, `limit` at most (1 to 200), older than `before`.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    before: Option<RecordKey>,
    limit: u32,
) -> Result<Vec<Notification>, CrmError> {
    let mut select = Entity::find()
        .filter(Column::User.eq(reader(scope)?))
        .order_by_desc(Column::Key)
        .limit(u64::from(limit.clamp(1, 200)));
    if let Some(before) = before {
        select = select.filter(Column::Key.lt(before.0));
    }
    select.all(conn).await?.into_iter().map(read).collect()
}

fn read(model: entity::Model) -> Result<Notification, CrmError> {
    Ok(Notification {
        key: RecordKey(model.key),
        code: model.code,
        params: store::from_text("notification", &model.params)?,
        link_kind: model.link_kind,
        link_key: model.link_key.map(RecordKey),
        created_at: Timestamp::from_micros(model.created_at),
        read_at: model.read_at.map(Timestamp::from_micros),
    })
}

/// How many the asker has not read.
pub async fn unread<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<u64, CrmError> {
    let unread = Entity::find()
        .filter(Column::User.eq(reader(scope)?))
        .filter(Column::ReadAt.is_null());
    Ok(unread.count(conn).await?)
}

/// The asker has read these (all, if none is named).
pub async fn mark_read(
    tx: &DatabaseTransaction,
    scope: &Scope,
    keys: &[RecordKey],
    now: Timestamp,
) -> Result<(), CrmError> {
    let mut update = Entity::update_many()
        .col_expr(
            Column::ReadAt,
            Expr::value(Value::BigInt(Some(now.as_micros()))),
        )
        .filter(Column::User.eq(reader(scope)?))
        .filter(Column::ReadAt.is_null());
    if !keys.is_empty() {
        update =
            update.filter(Expr::col(Column::Key).is_in(keys.iter().take(500).map(|key| key.0)));
    }
    update.exec(tx).await?;
    Ok(())
}

pub(crate) async fn forget_user(tx: &DatabaseTransaction, user: RecordKey) -> Result<(), CrmError> {
    Entity::delete_many()
        .filter(Column::User.eq(user.0))
        .exec(tx)
        .await?;
    Ok(())
}
