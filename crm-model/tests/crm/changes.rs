//! The rows by which processes wake.

use crate::house::{House, by, by_process, fields};
use redthread_crm::record_changes::{self, FieldChange, RecordChange};
use redthread_crm::{Cause, Kind, Operation, Scope, records};
use serde_json::{Value as Json, json};

async fn left(house: &House) -> Vec<RecordChange> {
    record_changes::unconsumed(&house.db, 100).await.unwrap()
}

fn change(old: Json, new: Json) -> FieldChange {
    FieldChange { old, new }
}

#[tokio::test]
async fn every_change_leaves_what_changed_who_did_it_and_why() {
    let house = House::new().await;
    let anna = house.anna().await;
    let case = house
        .create(Kind::Case, json!({ "subject": "No light" }))
        .await;
    let scope = Scope::user(&anna, vec![]);
    let patch = fields(json!({ "status": "closed", "owner": anna.key, "subject": "No light" }));
    house
        .change_as(by(&anna), async |change| {
            records::update(change, &scope, Kind::Case, case.key, Some(1), &patch).await
        })
        .await
        .unwrap();
    let patch = fields(json!({ "priority": "high" }));
    house
        .change_as(by_process(), async |change| {
            records::update(
                change,
                &Scope::process(),
                Kind::Case,
                case.key,
                None,
                &patch,
            )
            .await
        })
        .await
        .unwrap();
    house
        .change(async |change| {
            records::delete(change, &Scope::system(), Kind::Case, case.key, None).await
        })
        .await
        .unwrap();

    let left: Vec<_> = left(&house)
        .await
        .into_iter()
        .filter(|left| left.kind == Kind::Case)
        .collect();
    let [created, closed, raised, deleted] = left.as_slice() else {
        panic!("{left:#?}")
    };
    assert!(left.is_sorted_by_key(|change| change.key));
    assert!(
        left.iter()
            .all(|change| change.record == case.key && change.at == house.now())
    );

    assert_eq!(created.operation, Operation::Created);
    assert_eq!(created.changes["status"], change(Json::Null, json!("new")));
    assert_eq!(
        created.changes["number"],
        change(Json::Null, json!("C-1001"))
    );
    assert!(!created.changes.contains_key("owner"));

    assert_eq!(
        (closed.operation, &closed.actor),
        (Operation::Changed, &by(&anna))
    );
    assert_eq!(closed.cause, Cause::default());
    assert_eq!(
        closed.changes.keys().collect::<Vec<_>>(),
        ["closed_at", "owner", "status"]
    );
    assert_eq!(
        closed.changes["status"],
        change(json!("new"), json!("closed"))
    );
    assert_eq!(closed.changes["owner"], change(Json::Null, json!(anna.key)));

    assert_eq!(
        (&raised.actor, &raised.cause.processes),
        (&by_process(), &vec!["follow-up".to_owned()])
    );
    assert_eq!(raised.changes.keys().collect::<Vec<_>>(), ["priority"]);

    assert_eq!(deleted.operation, Operation::Deleted);
    assert_eq!(
        deleted.changes["subject"],
        change(json!("No light"), Json::Null)
    );
}

#[tokio::test]
async fn a_change_that_is_not_committed_or_changes_nothing_leaves_nothing() {
    let house = House::new().await;
    let case = house
        .create(Kind::Case, json!({ "subject": "No light" }))
        .await;
    let before = left(&house).await;
    house.update(&case, json!({ "subject": "No light" })).await;
    house
        .try_update(&case, json!({ "subject": "" }))
        .await
        .unwrap_err();
    let scope = Scope::system();
    let patch = fields(json!({ "subject": "Dark" }));
    let rolled_back = house.change(async |change| {
        records::update(change, &scope, Kind::Case, case.key, None, &patch).await?;
        records::get(change.tx, &scope, Kind::Case, redthread_crm::RecordKey(999)).await
    });
    rolled_back.await.unwrap_err();
    assert_eq!(left(&house).await, before);
    assert_eq!(house.get(Kind::Case, case.key).await, case);
}

#[tokio::test]
async fn a_consumed_change_is_seen_no_more_and_the_others_stay_in_order() {
    let house = House::new().await;
    for subject in ["One", "Two", "Three"] {
        house
            .create(Kind::Case, json!({ "subject": subject }))
            .await;
    }
    let first_two = record_changes::unconsumed(&house.db, 2).await.unwrap();
    assert_eq!(first_two[1].changes["subject"].new, "Two");
    let keys: Vec<_> = first_two.iter().map(|change| change.key).collect();
    house
        .change(async |change| record_changes::consume(change.tx, &keys).await)
        .await
        .unwrap();
    let rest = left(&house).await;
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0].changes["subject"].new, "Three");
}
