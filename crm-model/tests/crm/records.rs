//! Creating, changing and deleting records.

use crate::house::{House, at, by, fields, problems};
use redthread_crm::{CrmError, Kind, RecordKey, Scope, records};
use serde_json::{Value as Json, json};

#[tokio::test]
async fn a_new_record_has_its_defaults_and_its_links_have_titles() {
    let house = House::new().await;
    let anna = house.anna().await;
    let account = house
        .create(Kind::Account, json!({ "name": "Ромашка", "owner": "anna" }))
        .await;
    let contact = house
        .create(
            Kind::Contact,
            json!({ "first_name": "Ivan", "last_name": "Petrov", "account": account.key }),
        )
        .await;
    let case = house
        .create(Kind::Case, json!({ "subject": "No light", "account": account.key, "contact": contact.key, "owner": anna.key }))
        .await;
    assert_eq!(case.title, "C-1001 No light");
    assert_eq!(case.version, 1);
    assert_eq!(case.fields["number"], "C-1001");
    assert_eq!(case.fields["status"], "new");
    assert_eq!(case.fields["priority"], "normal");
    assert_eq!(case.fields["opened_at"], "2026-01-05T09:00:00Z");
    assert_eq!(case.fields["closed_at"], Json::Null);
    assert_eq!(case.titles["owner"].title, "Anna Berg");
    assert_eq!(case.titles["account"].title, "Ромашка");
    assert_eq!(case.titles["contact"].title, "Ivan Petrov");
    assert_eq!(account.titles["owner"].key, anna.key);
    assert_eq!(house.get(Kind::Case, case.key).await, case);

    let next = house
        .create(Kind::Case, json!({ "subject": "Again no light" }))
        .await;
    assert_eq!(next.fields["number"], "C-1002");
}

#[tokio::test]
async fn what_a_person_makes_and_gives_nobody_is_their_own() {
    let house = House::new().await;
    let anna = house.anna().await;
    let scope = Scope::user(&anna, vec![]);
    let make = async |json: Json| {
        let given = fields(json);
        house
            .change_as(by(&anna), async |change| {
                records::create(change, &scope, Kind::Account, &given).await
            })
            .await
            .unwrap()
    };
    assert_eq!(
        make(json!({ "name": "Hers" })).await.fields["owner"],
        anna.key.to_string()
    );
    assert_eq!(
        make(json!({ "name": "Nobody's", "owner": null }))
            .await
            .fields["owner"],
        Json::Null
    );
    assert_eq!(make(json!({ "name": "Hers" })).await.created_by, by(&anna));
}

#[tokio::test]
async fn all_problems_are_told_at_once_and_nothing_is_saved() {
    let house = House::new().await;
    let refused = house
        .try_create(
            Kind::Case,
            json!({
                "status": "done", "owner": "nobody", "account": "424242", "colour": "red", "number": "C-1",
            }),
        )
        .await;
    assert_eq!(
        problems(refused),
        [
            "status: notAChoice",
            "owner: noSuchRecord",
            "colour: unknownField",
            "number: readOnly",
            "subject: required",
            "account: noSuchRecord",
        ]
    );
    let empty_name = house
        .try_create(Kind::Account, json!({ "name": "  " }))
        .await;
    assert_eq!(problems(empty_name), ["name: required"]);
    let page = records::list(&house.db, &Scope::system(), Kind::Case, &Default::default())
        .await
        .unwrap();
    assert_eq!(page.total.count, 0);
    // A refused case costs no number.
    assert_eq!(
        house
            .create(Kind::Case, json!({ "subject": "x" }))
            .await
            .fields["number"],
        "C-1001"
    );
}

#[tokio::test]
async fn an_amount_needs_a_currency_and_stays_exact() {
    let house = House::new().await;
    let deal = house
        .create(Kind::Deal, json!({ "name": "Roof", "amount": 1234.5, "currency": "EUR", "expected_close": "2026-03-01" }))
        .await;
    assert_eq!(deal.fields["amount"].to_string(), "1234.5");
    assert_eq!(deal.fields["stage"], "new");
    let without = house
        .try_create(Kind::Deal, json!({ "name": "Roof", "amount": 1 }))
        .await;
    assert_eq!(problems(without), ["currency: required"]);
    let euros = house
        .try_create(Kind::Deal, json!({ "name": "Roof", "currency": "eur" }))
        .await;
    assert_eq!(problems(euros), ["currency: currency"]);
}

#[tokio::test]
async fn a_change_names_only_what_changes_and_counts_the_version() {
    let house = House::new().await;
    let account = house
        .create(
            Kind::Account,
            json!({ "name": "Acme", "phone": "+1 555 0100" }),
        )
        .await;
    house.set_clock("2026-01-06T10:00:00Z");
    let changed = house
        .update(&account, json!({ "industry": "Anvils" }))
        .await;
    assert_eq!(changed.version, 2);
    assert_eq!(changed.fields["industry"], "Anvils");
    assert_eq!(changed.fields["phone"], "+1 555 0100");
    assert_eq!(changed.fields["created_at"], "2026-01-05T09:00:00Z");
    assert_eq!(changed.fields["changed_at"], "2026-01-06T10:00:00Z");
    // What is as it was is no change.
    let same = house
        .update(&changed, json!({ "industry": " Anvils " }))
        .await;
    assert_eq!(same, changed);
    let emptied = house
        .update(&changed, json!({ "industry": "", "phone": null }))
        .await;
    assert_eq!(
        (&emptied.fields["industry"], &emptied.fields["phone"]),
        (&Json::Null, &Json::Null)
    );
}

#[tokio::test]
async fn who_comes_second_is_told_and_overwrites_nothing() {
    let house = House::new().await;
    let account = house.create(Kind::Account, json!({ "name": "Acme" })).await;
    house.update(&account, json!({ "name": "Acme Ltd" })).await;
    let second = house.try_update(&account, json!({ "name": "ACME" })).await;
    assert!(
        matches!(
            second,
            Err(CrmError::Conflict {
                yours: 1,
                current: 2,
                ..
            })
        ),
        "{second:?}"
    );
    assert_eq!(
        house.get(Kind::Account, account.key).await.fields["name"],
        "Acme Ltd"
    );
    // A process changes the record as it is now.
    let patch = fields(json!({ "industry": "Anvils" }));
    let scope = Scope::process();
    let by_process = house.change(async |change| {
        records::update(change, &scope, Kind::Account, account.key, None, &patch).await
    });
    assert_eq!(by_process.await.unwrap().version, 3);
}

#[tokio::test]
async fn closing_a_case_leaves_its_time_until_it_is_reopened() {
    let house = House::new().await;
    let case = house
        .create(Kind::Case, json!({ "subject": "No light" }))
        .await;
    house.set_clock("2026-01-07T12:00:00Z");
    let closed = house
        .update(
            &case,
            json!({ "status": "closed", "resolution": "New bulb" }),
        )
        .await;
    assert_eq!(closed.fields["closed_at"], "2026-01-07T12:00:00Z");
    house.set_clock("2026-01-08T12:00:00Z");
    let edited = house
        .update(&closed, json!({ "resolution": "New lamp" }))
        .await;
    assert_eq!(edited.fields["closed_at"], "2026-01-07T12:00:00Z");
    let reopened = house
        .update(&edited, json!({ "status": "in_progress" }))
        .await;
    assert_eq!(reopened.fields["closed_at"], Json::Null);
    assert_eq!(reopened.fields["opened_at"], "2026-01-05T09:00:00Z");
    let tampered = house
        .try_update(&reopened, json!({ "closed_at": "2026-01-01T00:00:00Z" }))
        .await;
    assert_eq!(problems(tampered), ["closed_at: readOnly"]);
}

#[tokio::test]
async fn what_others_point_at_cannot_be_deleted() {
    let house = House::new().await;
    let account = house.create(Kind::Account, json!({ "name": "Acme" })).await;
    let contact = house
        .create(
            Kind::Contact,
            json!({ "last_name": "Roe", "account": account.key }),
        )
        .await;
    for subject in ["One", "Two"] {
        house
            .create(
                Kind::Case,
                json!({ "subject": subject, "account": account.key }),
            )
            .await;
    }
    house
        .create(Kind::Activity, json!({ "type": "note", "subject": "x", "record_kind": "account", "record": account.key }))
        .await;
    let delete = async |kind: Kind, key: RecordKey, version: Option<i64>| {
        let scope = Scope::system();
        house
            .change(async |change| records::delete(change, &scope, kind, key, version).await)
            .await
    };
    let refused = delete(Kind::Account, account.key, None).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "This account cannot be deleted: 1 contact, 2 cases and 1 activity point to it."
    );
    assert!(matches!(
        delete(Kind::Contact, contact.key, Some(7)).await,
        Err(CrmError::Conflict { .. })
    ));
    delete(Kind::Contact, contact.key, Some(1)).await.unwrap();
    let gone = records::get(&house.db, &Scope::system(), Kind::Contact, contact.key).await;
    assert!(matches!(gone, Err(CrmError::NotFound { .. })));
    assert!(matches!(
        delete(Kind::Contact, contact.key, None).await,
        Err(CrmError::NotFound { .. })
    ));
}

#[tokio::test]
async fn several_records_come_in_the_order_asked_for() {
    let house = House::new().await;
    let mut keys = Vec::new();
    for name in ["a", "b", "c"] {
        keys.push(
            house
                .create(Kind::Account, json!({ "name": name }))
                .await
                .key,
        );
    }
    let asked = [keys[2], RecordKey(999), keys[0]];
    let found = records::get_many(&house.db, &Scope::system(), Kind::Account, &asked)
        .await
        .unwrap();
    assert_eq!(
        found
            .iter()
            .map(|record| record.title.as_str())
            .collect::<Vec<_>>(),
        ["c", "a"]
    );
}

#[tokio::test]
async fn a_snapshot_is_the_record_and_what_it_links_to() {
    let house = House::new().await;
    house.anna().await;
    let account = house
        .create(Kind::Account, json!({ "name": "Acme", "owner": "anna" }))
        .await;
    let case = house
        .create(
            Kind::Case,
            json!({ "subject": "No light", "account": account.key, "owner": "anna" }),
        )
        .await;
    let facts = redthread_crm::snapshot(&house.db, &Scope::process(), Kind::Case, case.key)
        .await
        .unwrap();
    assert_eq!(facts["key"], case.key.to_string());
    assert_eq!(facts["kind"], "case");
    assert_eq!(facts["subject"], "No light");
    assert_eq!(facts["opened_at"], "2026-01-05T09:00:00Z");
    assert_eq!(facts["owner"]["login"], "anna");
    assert_eq!(facts["owner"]["email"], "anna@example.com");
    assert_eq!(facts["account"]["name"], "Acme");
    // One level: the account's owner is only a key.
    assert_eq!(facts["account"]["owner"], facts["owner"]["key"]);
    assert_eq!(facts["contact"], Json::Null);
    let call = house
        .create(
            Kind::Activity,
            json!({ "type": "call", "subject": "Ask", "record_kind": "case", "record": case.key }),
        )
        .await;
    let facts = redthread_crm::snapshot(&house.db, &Scope::process(), Kind::Activity, call.key)
        .await
        .unwrap();
    assert_eq!(facts["record"]["number"], "C-1001");
    assert_eq!(house.now(), at("2026-01-05T09:00:00Z"));
}

#[test]
fn everything_can_be_awaited_on_any_thread() {
    fn sends<T: Send>(_: T) {}
    fn check(house: &House, change: &redthread_crm::Change<'_>, scope: &Scope) {
        let none = serde_json::Map::new();
        sends(records::get(&house.db, scope, Kind::Case, RecordKey(1)));
        sends(records::list(
            &house.db,
            scope,
            Kind::Case,
            &Default::default(),
        ));
        sends(records::create(change, scope, Kind::Case, &none));
        sends(records::update(
            change,
            scope,
            Kind::Case,
            RecordKey(1),
            None,
            &none,
        ));
        sends(records::delete(
            change,
            scope,
            Kind::Case,
            RecordKey(1),
            None,
        ));
        sends(redthread_crm::activities::reminders_due(
            &house.db,
            scope,
            house.now(),
            1,
        ));
        sends(redthread_crm::snapshot(
            change.tx,
            scope,
            Kind::Case,
            RecordKey(1),
        ));
    }
    let _ = check;
}
