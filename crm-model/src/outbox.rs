//! Mail on its way out. It is queued with the change that it belongs to, so that neither goes
//! without the other; sending is the connectors' work.
//!
//! ```text
//! queued --sent--> sent        queued --no mail server is set up--> kept
//! queued --failed, tried again later--> queued        queued --failed for good--> failed
//! ```
//!
//! A mail that is being sent is claimed for a few minutes; if the server dies in between, it is
//! tried again, so a mail may go out twice but is not lost.

use crate::{Change, CrmError, RecordKey, Scope};
use redthread_calendar::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{DatabaseTransaction, QueryOrder, QuerySelect, Set, Value};
use serde::{Deserialize, Serialize};

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "outbox_mail")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: i64,
        pub user: Option<i64>,
        pub recipient: String,
        pub subject: String,
        pub body: String,
        pub status: String,
        pub attempts: i64,
        pub next_at: Option<i64>,
        pub error: Option<String>,
        pub created_at: i64,
        pub sent_at: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
use entity::{Column, Entity};

/// A mail to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The user it is for, who may see it in the outbox.
    pub user: Option<RecordKey>,
    /// The address.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// Where a mail stands.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailStatus {
    /// To be sent.
    Queued,
    /// The mail server has taken it.
    Sent,
    /// Kept to be looked at: no mail server is set up.
    Kept,
    /// It could not be sent.
    Failed,
}

impl MailStatus {
    fn name(self) -> &'static str {
        match self {
            MailStatus::Queued => "queued",
            MailStatus::Sent => "sent",
            MailStatus::Kept => "kept",
            MailStatus::Failed => "failed",
        }
    }
}

/// A mail in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutboxMail {
    /// Its key; later ones are greater.
    pub key: RecordKey,
    /// The user it is for.
    pub user: Option<RecordKey>,
    /// The address.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Where it stands.
    pub status: MailStatus,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried (again), while queued.
    pub next_at: Option<Timestamp>,
    /// What went wrong the last time.
    pub error: Option<String>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
}

fn read(model: entity::Model) -> Result<OutboxMail, CrmError> {
    use MailStatus::{Failed, Kept, Queued, Sent};
    let status = [Queued, Sent, Kept, Failed]
        .into_iter()
        .find(|s| s.name() == model.status);
    let stored = || CrmError::Stored {
        what: "mail",
        reason: format!("\"{}\" is no state of a mail", model.status),
    };
    Ok(OutboxMail {
        key: RecordKey(model.key),
        user: model.user.map(RecordKey),
        status: status.ok_or_else(stored)?,
        to: model.recipient,
        subject: model.subject,
        body: model.body,
        attempts: model.attempts,
        next_at: model.next_at.map(Timestamp::from_micros),
        error: model.error,
        created_at: Timestamp::from_micros(model.created_at),
        sent_at: model.sent_at.map(Timestamp::from_micros),
    })
}

/// Puts a mail into the outbox, to be sent once the change is committed.
pub async fn queue(change: &Change<'_>, mail: Mail) -> Result<RecordKey, CrmError> {
    let key = change.next_key();
    let model = entity::ActiveModel {
        key: Set(key),
        user: Set(mail.user.map(|user| user.0)),
        recipient: Set(mail.to),
        // A line break would begin another header.
        subject: Set(mail
            .subject
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")),
        body: Set(mail.body),
        status: Set(MailStatus::Queued.name().to_owned()),
        attempts: Set(0),
        next_at: Set(Some(change.now.as_micros())),
        error: Set(None),
        created_at: Set(change.now.as_micros()),
        sent_at: Set(None),
    };
    Entity::insert(model)
        .exec_without_returning(change.tx)
        .await?;
    Ok(RecordKey(key))
}

/// Takes the mails that are to be sent now and puts them off to `again_at`, when they are tried
/// again if nothing is heard of them. Counts as an attempt.
pub async fn claim(
    tx: &DatabaseTransaction,
    now: Timestamp,
    again_at: Timestamp,
    limit: u64,
) -> Result<Vec<OutboxMail>, CrmError> {
    let due = Entity::find()
        .filter(Column::NextAt.lte(now.as_micros()))
        .filter(Column::Status.eq(MailStatus::Queued.name()))
        .order_by_asc(Column::NextAt)
        .limit(limit.clamp(1, 500));
    let due = due.all(tx).await?;
    Entity::update_many()
        .col_expr(Column::NextAt, Expr::value(again_at.as_micros()))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Key.is_in(due.iter().map(|mail| mail.key)))
        .exec(tx)
        .await?;
    due.into_iter()
        .map(|mail| {
            let (attempts, next_at) = (mail.attempts + 1, Some(again_at.as_micros()));
            read(entity::Model {
                attempts,
                next_at,
                ..mail
            })
        })
        .collect()
}

/// When the next mail is to be sent, if one is queued.
pub async fn next_due<C: ConnectionTrait>(conn: &C) -> Result<Option<Timestamp>, CrmError> {
    let next = Entity::find()
        .filter(Column::NextAt.is_not_null())
        .filter(Column::Status.eq(MailStatus::Queued.name()))
        .order_by_asc(Column::NextAt)
        .limit(1);
    let model = next.one(conn).await?;
    Ok(model
        .and_then(|mail| mail.next_at)
        .map(Timestamp::from_micros))
}

/// The mail server has taken it.
pub async fn mark_sent(
    tx: &DatabaseTransaction,
    key: RecordKey,
    now: Timestamp,
) -> Result<(), CrmError> {
    settle(tx, key, MailStatus::Sent, None, None, Some(now)).await
}

/// No mail server is set up: it stays to be looked at.
pub async fn mark_kept(tx: &DatabaseTransaction, key: RecordKey) -> Result<(), CrmError> {
    settle(tx, key, MailStatus::Kept, None, None, None).await
}

/// It could not be sent. With `again_at` it is tried again then; without, it has failed for good.
pub async fn mark_failed(
    tx: &DatabaseTransaction,
    key: RecordKey,
    error: &str,
    again_at: Option<Timestamp>,
) -> Result<(), CrmError> {
    let status = if again_at.is_some() {
        MailStatus::Queued
    } else {
        MailStatus::Failed
    };
    let error: String = error.chars().take(500).collect();
    settle(tx, key, status, again_at, Some(error), None).await
}

async fn settle(
    tx: &DatabaseTransaction,
    key: RecordKey,
    status: MailStatus,
    next_at: Option<Timestamp>,
    error: Option<String>,
    sent_at: Option<Timestamp>,
) -> Result<(), CrmError> {
    let micros = |at: Option<Timestamp>| Expr::value(Value::BigInt(at.map(Timestamp::as_micros)));
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(status.name()))
        .col_expr(Column::NextAt, micros(next_at))
        .col_expr(Column::Error, Expr::value(Value::String(error)))
        .col_expr(Column::SentAt, micros(sent_at))
        .filter(Column::Key.eq(key.0))
        // What was sent stays sent.
        .filter(Column::Status.eq(MailStatus::Queued.name()))
        .exec(tx)
        .await?;
    Ok(())
}

/// The outbox, the newest first, `limit` at most (1 to 200), older than `before`: all of it for
/// managers and administrators, for others the mail that is for them.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    before: Option<RecordKey>,
    limit: u32,
) -> Result<Vec<OutboxMail>, CrmError> {
    let mut select = Entity::find()
        .order_by_desc(Column::Key)
        .limit(u64::from(limit.clamp(1, 200)));
    if !scope.oversees() {
        let user = scope
            .user_key()
            .ok_or(CrmError::Forbidden("Only a user has an outbox."))?;
        select = select.filter(Column::User.eq(user.0));
    }
    if let Some(before) = before {
        select = select.filter(Column::Key.lt(before.0));
    }
    select.all(conn).await?.into_iter().map(read).collect()
}

pub(crate) async fn forget_user(tx: &DatabaseTransaction, user: RecordKey) -> Result<(), CrmError> {
    // The mail stays: it may have been sent.
    Entity::update_many()
        .col_expr(Column::User, Expr::value(Value::BigInt(None)))
        .filter(Column::User.eq(user.0))
        .exec(tx)
        .await?;
    Ok(())
}
