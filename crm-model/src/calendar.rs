//! The company's business calendar, stored.

use crate::{Change, CrmError, Scope, store};
use redthread_calendar::BusinessCalendar;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "company_calendar")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: i64,
        pub calendar: String,
        pub changed_by: String,
        pub changed_at: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// There is one calendar.
const KEY: i64 = 1;

/// The company's calendar; the default one until it is set. Everyone may see it.
pub async fn load<C: ConnectionTrait>(conn: &C) -> Result<BusinessCalendar, CrmError> {
    match entity::Entity::find_by_id(KEY).one(conn).await? {
        Some(model) => store::from_text("calendar", &model.calendar),
        None => Ok(BusinessCalendar::default()),
    }
}

/// Sets the company's calendar. Only administrators may. It is no record: processes do not wake.
pub async fn store(
    change: &Change<'_>,
    scope: &Scope,
    calendar: BusinessCalendar,
) -> Result<(), CrmError> {
    scope.must_administer()?;
    // Its fields can be set without its checks.
    let BusinessCalendar {
        zone,
        week,
        holidays,
    } = calendar;
    let calendar = BusinessCalendar::new(zone, week, holidays)
        .map_err(|error| crate::Problem::new("week", "calendar", format!("{error}.")))?;
    let model = entity::ActiveModel {
        key: Set(KEY),
        calendar: Set(store::to_text("calendar", &calendar)?),
        changed_by: Set(store::to_text("calendar", &change.actor)?),
        changed_at: Set(change.now.as_micros()),
    };
    use entity::Column;
    let replace = OnConflict::column(Column::Key)
        .update_columns([Column::Calendar, Column::ChangedBy, Column::ChangedAt])
        .to_owned();
    entity::Entity::insert(model)
        .on_conflict(replace)
        .exec_without_returning(change.tx)
        .await?;
    Ok(())
}
