//! Calls, meetings, e-mails and notes: planning, holding, cancelling, moving and reminding.
//!
//! ```text
//! planned --hold--> held          planned --cancel--> cancelled
//! planned --reschedule--> planned (its reminder comes anew)
//! ```

use crate::kind::Kind;
use crate::kind::activity::{CANCELLED, Column, Entity, HELD, PLANNED};
use crate::records::value::{self, Read};
use crate::records::{Record, assemble, create_with, update_with};
use crate::store::{self, Row, Stretch};
use crate::{Actor, Change, CrmError, Problem, RecordKey, Scope, User, users};
use redthread_calendar::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{DatabaseTransaction, Order, QueryOrder, QuerySelect, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;

/// What an activity is.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityType {
    /// A telephone call.
    Call,
    /// A meeting.
    Meeting,
    /// An e-mail that was sent or received.
    Email,
    /// A note.
    Note,
}

/// How a call (or meeting) went.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All is well.
    Fine,
    /// There is something to be done.
    Problem,
    /// Nobody was there.
    NoAnswer,
}

/// An activity to come, or an e-mail or a note to be kept.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What it is.
    pub activity_type: ActivityType,
    /// Its subject; a note's is its first line.
    pub subject: String,
    /// More on it; a note's text.
    pub description: Option<String>,
    /// When it starts.
    pub starts_at: Option<Timestamp>,
    /// When it ends.
    pub ends_at: Option<Timestamp>,
    /// When its owner is to be reminded.
    pub remind_at: Option<Timestamp>,
    /// Whose it is; without one, that of the user who plans it.
    pub owner: Option<RecordKey>,
    /// What it is about.
    pub record: Option<(Kind, RecordKey)>,
    /// With whom.
    pub contact: Option<RecordKey>,
}

impl Plan {
    /// An activity of which no more is known.
    pub fn new(activity_type: ActivityType, subject: impl Into<String>) -> Self {
        Plan {
            activity_type,
            subject: subject.into(),
            description: None,
            starts_at: None,
            ends_at: None,
            remind_at: None,
            owner: None,
            record: None,
            contact: None,
        }
    }

    fn fields(&self) -> Map<String, Json> {
        let mut fields = Map::new();
        let mut set = |name: &str, value: Json| {
            if value != Json::Null {
                fields.insert(name.to_owned(), value);
            }
        };
        set("type", json!(self.activity_type));
        set("subject", json!(self.subject));
        set("description", json!(self.description));
        set("starts_at", json!(self.starts_at));
        set("ends_at", json!(self.ends_at));
        set("remind_at", json!(self.remind_at));
        set("owner", json!(self.owner));
        set("record_kind", json!(self.record.map(|record| record.0)));
        set("record", json!(self.record.map(|record| record.1)));
        set("contact", json!(self.contact));
        fields
    }
}

/// Plans a call or meeting, or keeps an e-mail or note. What a process makes knows its instance and
/// element.
pub async fn plan(change: &Change<'_>, scope: &Scope, plan: Plan) -> Result<Record, CrmError> {
    let mut system = Vec::new();
    if let Actor::Process {
        instance, element, ..
    } = &change.actor
    {
        system.push(("source_instance", Value::String(Some(instance.to_string()))));
        system.push(("source_element", Value::String(Some(element.clone()))));
    }
    create_with(change, scope, Kind::Activity, &plan.fields(), &system).await
}

/// It has taken place. A call needs its outcome.
pub async fn hold(
    change: &Change<'_>,
    scope: &Scope,
    key: RecordKey,
    version: Option<i64>,
    outcome: Option<Outcome>,
    note: Option<&str>,
) -> Result<Record, CrmError> {
    let row = must_be_planned(change.tx, scope, key, "held").await?;
    if row.cells.text("type") == Some("call") && outcome.is_none() {
        let sentence = "Say how the call went: fine, a problem, or no answer.";
        return Err(Problem::new("outcome", "required", sentence).into());
    }
    let system = [
        ("status", Value::String(Some(HELD.to_owned()))),
        ("outcome", checked("outcome", json!(outcome))?),
        ("outcome_note", checked("outcome_note", json!(note))?),
    ];
    update_with(
        change,
        scope,
        Kind::Activity,
        key,
        version,
        &Map::new(),
        &system,
    )
    .await
}

/// It will not take place.
pub async fn cancel(
    change: &Change<'_>,
    scope: &Scope,
    key: RecordKey,
    version: Option<i64>,
    reason: Option<&str>,
) -> Result<Record, CrmError> {
    must_be_planned(change.tx, scope, key, "cancelled").await?;
    let system = [
        ("status", Value::String(Some(CANCELLED.to_owned()))),
        ("outcome_note", checked("outcome_note", json!(reason))?),
    ];
    update_with(
        change,
        scope,
        Kind::Activity,
        key,
        version,
        &Map::new(),
        &system,
    )
    .await
}

/// It takes place at another time. Without a new end it stays as long as it was; its reminder keeps
/// its distance.
pub async fn reschedule(
    change: &Change<'_>,
    scope: &Scope,
    key: RecordKey,
    version: Option<i64>,
    starts_at: Timestamp,
    ends_at: Option<Timestamp>,
) -> Result<Record, CrmError> {
    let row = must_be_planned(change.tx, scope, key, "moved").await?;
    let shifted = |name: &str| {
        let (from, time) = (row.cells.int("starts_at")?, row.cells.int(name)?);
        Some(starts_at.saturating_add_micros(time.saturating_sub(from)))
    };
    let mut patch = Map::new();
    patch.insert("starts_at".to_owned(), json!(starts_at));
    patch.insert(
        "ends_at".to_owned(),
        json!(ends_at.or_else(|| shifted("ends_at"))),
    );
    if let Some(remind_at) = shifted("remind_at") {
        patch.insert("remind_at".to_owned(), json!(remind_at));
    }
    update_with(change, scope, Kind::Activity, key, version, &patch, &[]).await
}

async fn must_be_planned(
    tx: &DatabaseTransaction,
    scope: &Scope,
    key: RecordKey,
    wanted: &str,
) -> Result<Row, CrmError> {
    let row = store::must_load(tx, scope, Kind::Activity, key).await?;
    let is = row.cells.text("status").unwrap_or_default();
    if is == PLANNED {
        return Ok(row);
    }
    let what = row.cells.text("type").unwrap_or("activity");
    let sentence =
        format!("This {what} was already {is}, so it cannot be {wanted}. Nothing was changed.");
    let code = "activity.notPlanned";
    Err(CrmError::WrongState {
        kind: Kind::Activity,
        key,
        code,
        sentence,
    })
}

/// A value for a field that only this file sets.
fn checked(name: &'static str, json: Json) -> Result<Value, CrmError> {
    let field = Kind::Activity.description().field(name);
    match field.map(|field| value::from_json(field, &json)) {
        Some(Ok(Read::Value(value))) => Ok(value),
        Some(Err((code, sentence))) => Err(Problem::new(name, code, sentence).into()),
        Some(Ok(Read::Name(_))) | None => {
            Err(Problem::new(name, "wrongType", format!("{name} cannot be set.")).into())
        }
    }
}

/// A reminder to be given now.
#[derive(Debug, Clone)]
pub struct Reminder {
    /// The activity that it is about.
    pub activity: Record,
    /// Whom to remind; nobody, if it is nobody's or its owner is not active any more.
    pub owner: Option<User>,
}

/// The reminders that are due and not yet given, the oldest first.
pub async fn reminders_due<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<Reminder>, CrmError> {
    let stretch = Stretch {
        condition: Condition::all().add(Expr::col(Column::ReminderDue).lte(now.as_micros())),
        order: vec![(Expr::col(Column::ReminderDue), Order::Asc, false)],
        limit,
    };
    let rows = store::stretch(conn, scope, Kind::Activity, stretch).await?;
    let owners: Vec<_> = rows
        .iter()
        .filter_map(|row| row.cells.int("owner"))
        .map(RecordKey)
        .collect();
    let users = users::by_keys(conn, scope, &owners).await?;
    let by_key: HashMap<RecordKey, User> = users.into_iter().map(|user| (user.key, user)).collect();
    let owner_of = |row: &Row| {
        row.cells
            .int("owner")
            .and_then(|key| by_key.get(&RecordKey(key)))
    };
    let owners: Vec<_> = rows
        .iter()
        .map(|row| owner_of(row).filter(|user| user.active).cloned())
        .collect();
    let records = assemble(conn, scope, rows).await?;
    let reminders = records.into_iter().zip(owners);
    Ok(reminders
        .map(|(activity, owner)| Reminder { activity, owner })
        .collect())
}

/// When the next reminder is due, if there is one.
pub async fn next_reminder<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
) -> Result<Option<Timestamp>, CrmError> {
    let next = scope
        .find::<Entity>()
        .filter(Column::ReminderDue.is_not_null())
        .order_by_asc(Column::ReminderDue)
        .limit(1);
    let model = next.one(conn).await?;
    Ok(model
        .and_then(|model| model.reminder_due)
        .map(Timestamp::from_micros))
}

/// Notes that a reminder was given, in the transaction that gives it. `false`: it was already, or
/// is not to be given any more.
///
/// Bookkeeping only: no new version, no record change, no entry on the timeline.
pub async fn mark_reminded(tx: &DatabaseTransaction, key: RecordKey) -> Result<bool, CrmError> {
    let done = Entity::update_many()
        .col_expr(Column::ReminderDue, Expr::value(Value::BigInt(None)))
        .filter(Column::Key.eq(key.0))
        .filter(Column::ReminderDue.is_not_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// More than a calendar can show.
const RANGE_MAX: u64 = 2_000;

/// The calls and meetings of some owners (of all, if none is named) that take place at least
/// partly between two moments, in order; 2,000 at most.
pub async fn in_range<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    owners: &[RecordKey],
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Record>, CrmError> {
    let (from, to) = (from.as_micros(), to.as_micros());
    let still_on = Condition::any()
        .add(Expr::col(Column::StartsAt).gte(from))
        .add(Expr::col(Column::EndsAt).gt(from));
    let mut condition = Condition::all()
        .add(Expr::col(Column::StartsAt).lt(to))
        .add(still_on)
        .add(Expr::col(Column::Type).is_in(["call", "meeting"]));
    if !owners.is_empty() {
        condition = condition.add(Expr::col(Column::Owner).is_in(owners.iter().map(|key| key.0)));
    }
    let order = vec![
        (Expr::col(Column::StartsAt), Order::Asc, false),
        (Expr::col(Column::Key), Order::Asc, false),
    ];
    let stretch = Stretch {
        condition,
        order,
        limit: RANGE_MAX,
    };
    let rows = store::stretch(conn, scope, Kind::Activity, stretch).await?;
    assemble(conn, scope, rows).await
}
