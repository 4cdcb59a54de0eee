//! What the writer finds when it starts.

use redthread_calendar::Timestamp;
use redthread_core::Key;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryOrder, Set};

use crate::database::Database;
use crate::error::RuntimeError;
use crate::schema::{feed, setting};

/// Keys are unique above this.
pub(super) const KEY_MARK: &str = "keyMark";
/// How far the clock was moved ahead, in microseconds.
pub(super) const CLOCK_OFFSET: &str = "clockOffset";
/// There is one node as yet.
const NODE: u16 = 1;

/// What survives a restart besides instances.
#[derive(Debug)]
pub(crate) struct Kept {
    pub node: u16,
    pub mark: Key,
    pub clock_offset: Option<i64>,
    pub last_batch_at: Timestamp,
    pub last_sequence: i64,
}

impl Kept {
    pub async fn load(database: &Database) -> Result<Kept, RuntimeError> {
        let conn = database.readers();
        let mark = match read_setting(conn, KEY_MARK).await? {
            Some(text) => text
                .parse()
                .map_err(|error| RuntimeError::damaged("setting", KEY_MARK, error))?,
            None => Key(0),
        };
        let clock_offset = match read_setting(conn, CLOCK_OFFSET).await? {
            Some(text) => Some(
                text.parse()
                    .map_err(|error| RuntimeError::damaged("setting", CLOCK_OFFSET, error))?,
            ),
            None => None,
        };
        let last = feed::Entity::find()
            .order_by_desc(feed::Column::Sequence)
            .one(conn)
            .await?;
        Ok(Kept {
            node: NODE,
            mark,
            clock_offset,
            last_batch_at: last
                .as_ref()
                .map_or(Timestamp::MIN, |last| Timestamp::from_micros(last.at)),
            last_sequence: last.map_or(0, |last| last.sequence),
        })
    }
}

async fn read_setting(conn: &impl ConnectionTrait, name: &str) -> Result<Option<String>, DbErr> {
    Ok(setting::Entity::find_by_id(name.to_owned())
        .one(conn)
        .await?
        .map(|setting| setting.value))
}

pub(super) async fn write_setting(
    conn: &impl ConnectionTrait,
    name: &str,
    value: String,
) -> Result<(), DbErr> {
    let row = setting::ActiveModel {
        name: Set(name.to_owned()),
        value: Set(value),
    };
    let overwrite = OnConflict::column(setting::Column::Name)
        .update_column(setting::Column::Value)
        .to_owned();
    setting::Entity::insert(row)
        .on_conflict(overwrite)
        .exec_without_returning(conn)
        .await
        .map(drop)
}
