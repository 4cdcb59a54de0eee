//! What happened to a record, for people to read: the newest first.
//!
//! An entry has a code and parameters, and is put into words by the web UI, in the reader's
//! language. The codes:
//!
//! | code | parameters |
//! |---|---|
//! | `created`, `deleted` | `title` |
//! | `changed` | `changes`: for each field `old` and `new`; links as `{kind, key, title}`, long text cut |
//! | `linked` | `kind`, `key`, `title` of a new record that points at this one |
//! | `activity.planned`, `.held`, `.cancelled`, `.moved`, `.changed`, `.deleted` | `activity`: `key`, `type`, `subject`, `starts_at`, `outcome`, `outcome_note`; moved: `from` |
//! | `note` | `activity` (its key), `text` |

use crate::activities::{self, ActivityType, Plan};
use crate::kind::{Field, activity};
use crate::records::Record;
use crate::store::{self, Cells, Row};
use crate::{Actor, Change, CrmError, Kind, RecordKey, Scope, records};
use redthread_calendar::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, Set};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "timeline_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: i64,
        pub kind: String,
        pub record: i64,
        pub code: String,
        pub params: String,
        pub actor: String,
        pub at: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Something that happened to a record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Its key; later ones are greater.
    pub key: RecordKey,
    /// What happened, e.g. `changed`.
    pub code: String,
    /// What the code's sentence needs.
    pub params: Json,
    /// Who did it.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
}

/// A stretch of a timeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimelinePage {
    /// The newest first.
    pub entries: Vec<Entry>,
    /// What to give as `before` to read on; none at the beginning of time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<RecordKey>,
}

/// What happened to a record: at most `limit` entries (1 to 200), older than `before`.
pub async fn of<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    kind: Kind,
    key: RecordKey,
    before: Option<RecordKey>,
    limit: u32,
) -> Result<TimelinePage, CrmError> {
    // Who may not see the record may not see its past.
    store::must_load(conn, scope, kind, key).await?;
    let limit = u64::from(limit.clamp(1, 200));
    let mut select = entity::Entity::find()
        .filter(entity::Column::Kind.eq(kind.name()))
        .filter(entity::Column::Record.eq(key.0))
        .order_by_desc(entity::Column::Key)
        .limit(limit + 1);
    if let Some(before) = before {
        select = select.filter(entity::Column::Key.lt(before.0));
    }
    let mut models = select.all(conn).await?;
    let more = models.len() as u64 > limit;
    models.truncate(limit as usize);
    let next = models
        .last()
        .filter(|_| more)
        .map(|last| RecordKey(last.key));
    let entries = models.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok(TimelinePage { entries, next })
}

fn read(model: entity::Model) -> Result<Entry, CrmError> {
    Ok(Entry {
        key: RecordKey(model.key),
        code: model.code,
        params: store::from_text("timeline entry", &model.params)?,
        actor: store::from_text("timeline entry", &model.actor)?,
        at: Timestamp::from_micros(model.at),
    })
}

/// Writes a note on a record: an activity of its own, which search finds.
pub async fn note(
    change: &Change<'_>,
    scope: &Scope,
    kind: Kind,
    key: RecordKey,
    text: &str,
) -> Result<Record, CrmError> {
    let plan = Plan {
        description: Some(text.to_owned()),
        record: Some((kind, key)),
        ..Plan::new(ActivityType::Note, "")
    };
    activities::plan(change, scope, plan).await
}

/// Writes one entry for each of the records.
async fn post(
    change: &Change<'_>,
    targets: impl IntoIterator<Item = (Kind, RecordKey)>,
    code: &str,
    params: &Json,
) -> Result<(), CrmError> {
    let mut posted: Vec<(Kind, RecordKey)> = Vec::new();
    for (kind, key) in targets {
        if posted.contains(&(kind, key)) {
            continue;
        }
        let entry = entity::ActiveModel {
            key: Set(change.next_key()),
            kind: Set(kind.name().to_owned()),
            record: Set(key.0),
            code: Set(code.to_owned()),
            params: Set(params.to_string()),
            actor: Set(store::to_text("timeline entry", &change.actor)?),
            at: Set(change.now.as_micros()),
        };
        entity::Entity::insert(entry)
            .exec_without_returning(change.tx)
            .await?;
        posted.push((kind, key));
    }
    Ok(())
}

/// The clients' records that a row points at: for an activity what it is about, else its account
/// and contact.
fn subjects(row: &Row) -> Vec<(Kind, RecordKey)> {
    let fields = row.kind.description().fields.iter();
    let targets = fields.filter_map(|field| row.cells.target(field));
    targets
        .filter(|(kind, _)| Kind::SUBJECTS.contains(kind))
        .collect()
}

pub(crate) async fn created(change: &Change<'_>, row: &Row) -> Result<(), CrmError> {
    let title = row.title();
    post(
        change,
        [(row.kind, row.key)],
        "created",
        &json!({ "title": title }),
    )
    .await?;
    if row.kind == Kind::Activity {
        return post_activity(change, row, activity_code(row), None).await;
    }
    let params = json!({ "kind": row.kind, "key": row.key, "title": title });
    post(change, subjects(row), "linked", &params).await
}

pub(crate) async fn changed(
    change: &Change<'_>,
    scope: &Scope,
    row: &Row,
    before: &Cells,
    fields: &[&'static Field],
) -> Result<(), CrmError> {
    let mut changes = Map::new();
    for field in fields.iter().filter(|field| field.name != "changed_at") {
        let old = records::worded(change.tx, scope, before, field).await?;
        let new = records::worded(change.tx, scope, &row.cells, field).await?;
        changes.insert(field.name.to_owned(), json!({ "old": old, "new": new }));
    }
    post(
        change,
        [(row.kind, row.key)],
        "changed",
        &json!({ "changes": changes }),
    )
    .await?;
    if row.kind != Kind::Activity {
        return Ok(());
    }
    let has = |name: &str| fields.iter().any(|field| field.name == name);
    let from = fields
        .iter()
        .find(|field| field.name == "starts_at")
        .map(|f| before.json(f));
    match from {
        _ if has("status") => post_activity(change, row, activity_code(row), None).await,
        Some(from) => post_activity(change, row, "activity.moved", Some(from)).await,
        None => post_activity(change, row, "activity.changed", None).await,
    }
}

pub(crate) async fn deleted(change: &Change<'_>, row: &Row) -> Result<(), CrmError> {
    post(
        change,
        [(row.kind, row.key)],
        "deleted",
        &json!({ "title": row.title() }),
    )
    .await?;
    if row.kind == Kind::Activity {
        post_activity(change, row, "activity.deleted", None).await?;
    }
    Ok(())
}

/// What the state of an activity says to the record that it is about.
fn activity_code(row: &Row) -> &'static str {
    match (row.cells.text("type"), row.cells.text("status")) {
        (Some("note"), _) => "note",
        (_, Some(activity::HELD)) => "activity.held",
        (_, Some(activity::CANCELLED)) => "activity.cancelled",
        _ => "activity.planned",
    }
}

/// Tells the records that an activity is about.
async fn post_activity(
    change: &Change<'_>,
    row: &Row,
    code: &str,
    from: Option<Json>,
) -> Result<(), CrmError> {
    let cell = |name: &str| {
        let field = Kind::Activity.description().field(name);
        field.map_or(Json::Null, |field| row.cells.json(field))
    };
    let params = if code == "note" {
        json!({ "activity": row.key, "text": cell("description") })
    } else {
        let mut told = Map::new();
        told.insert("key".to_owned(), json!(row.key));
        for name in ["type", "subject", "starts_at", "outcome", "outcome_note"] {
            told.insert(name.to_owned(), cell(name));
        }
        let mut params = json!({ "activity": told });
        if let Some(from) = from {
            params["from"] = from;
        }
        params
    };
    post(change, subjects(row), code, &params).await
}
