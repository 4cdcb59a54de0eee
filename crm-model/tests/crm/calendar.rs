//! The company's calendar, and the tables themselves.

use crate::house::{House, problems};
use redthread_calendar::{BusinessCalendar, Zone};
use redthread_crm::{CrmError, Migrator, Role, Scope, calendar};
use sea_orm_migration::MigratorTrait;

#[tokio::test]
async fn the_calendar_is_the_default_one_until_an_administrator_sets_it() {
    let house = House::new().await;
    assert_eq!(
        calendar::load(&house.db).await.unwrap(),
        BusinessCalendar::default()
    );
    let mut berlin = BusinessCalendar {
        zone: Zone::parse("Europe/Berlin").unwrap(),
        ..Default::default()
    };
    berlin
        .holidays
        .insert("2026-05-01".parse().unwrap(), "Labour Day".to_owned());
    let store = async |scope: &Scope, wanted: &BusinessCalendar| {
        let wanted = wanted.clone();
        house
            .change(async |change| calendar::store(change, scope, wanted).await)
            .await
    };
    let manager = house.user("m", "M", Role::Manager).await;
    let refused = store(&Scope::user(&manager, vec![]), &berlin).await;
    assert!(matches!(refused, Err(CrmError::Forbidden(_))));
    let administrator = house.user("a", "A", Role::Administrator).await;
    let administrator = Scope::user(&administrator, vec![]);
    store(&administrator, &berlin).await.unwrap();
    assert_eq!(calendar::load(&house.db).await.unwrap(), berlin);
    berlin.holidays.clear();
    store(&administrator, &berlin).await.unwrap();
    assert_eq!(calendar::load(&house.db).await.unwrap(), berlin);
    let idle = BusinessCalendar {
        week: Default::default(),
        ..berlin.clone()
    };
    assert_eq!(
        problems(store(&administrator, &idle).await),
        ["week: calendar"]
    );
    assert_eq!(calendar::load(&house.db).await.unwrap(), berlin);
}

#[tokio::test]
async fn the_tables_can_be_taken_away_and_made_again() {
    let house = House::new().await;
    Migrator::down(&house.db, None).await.unwrap();
    Migrator::up(&house.db, None).await.unwrap();
    assert_eq!(
        calendar::load(&house.db).await.unwrap(),
        BusinessCalendar::default()
    );
}
