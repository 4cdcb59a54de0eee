//! The demo company, loaded as `serve --demo` does.

use redthread_api::server::demo::{Company, is_empty, load};
use redthread_api::server::{App, Migrator};
use redthread_connectors::CrmWorld;
use redthread_crm::{Kind, Query, Scope, records};
use redthread_runtime::{
    Database, InstanceFilter, InstanceStatus, PageRequest, Runtime, SettableClock, TaskFilter,
    TaskView, real_now,
};
use redthread_test_database::TestDatabase;
use std::sync::Arc;

async fn migrated(url: &str) -> Database {
    let database = Database::open(url).await.expect("a database");
    database.migrate::<Migrator>().await.expect("migrations");
    database
}

#[tokio::test]
async fn the_company_has_a_past_and_its_clock_shows_the_real_time() {
    let place = TestDatabase::new().await;
    let company = Company::read().expect("the files");
    let database = migrated(place.url()).await;
    assert!(is_empty(&database).await.expect("an answer"));
    load(database, &company).await.expect("the company");

    let database = migrated(place.url()).await;
    assert!(!is_empty(&database).await.expect("an answer"));
    let world = Arc::new(CrmWorld::open(database.readers()).await.expect("the world"));
    let clock = Arc::new(SettableClock::running());
    let runtime = Runtime::open(database, world.clone(), clock)
        .await
        .expect("an engine");
    let app = App::new(runtime, world)
        .expect("an app")
        .with_demo(company.accounts());

    let ahead = app.now().as_micros() - real_now().as_micros();
    assert!(
        ahead.abs() < 5_000_000,
        "the clock is {ahead} microseconds off"
    );
    for (kind, expected) in [
        (Kind::Account, 40),
        (Kind::Contact, 60),
        (Kind::Case, 50),
        (Kind::Deal, 30),
    ] {
        let page = records::list(app.reader(), &Scope::system(), kind, &Query::default()).await;
        assert_eq!(page.expect("a page").total.count, expected, "{kind}");
    }
    let all = PageRequest {
        limit: 200,
        after: None,
    };
    let count = async |status| {
        let filter = InstanceFilter {
            status: Some(status),
            ..InstanceFilter::default()
        };
        app.runtime()
            .queries()
            .instances(&filter, &all)
            .await
            .expect("instances")
            .items
            .len()
    };
    // How many calls are over by now depends on weekends and holidays.
    assert!(count(InstanceStatus::Completed).await >= 12);
    assert!(count(InstanceStatus::Active).await >= 8);
    assert_eq!(count(InstanceStatus::Incident).await, 0);
    let tasks = TaskFilter::open(TaskView::All);
    let tasks = app
        .runtime()
        .queries()
        .tasks(&tasks, &all)
        .await
        .expect("tasks")
        .items;
    assert!(!tasks.is_empty());
}
