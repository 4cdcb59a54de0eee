//! What people read of a record's past.

use crate::house::{House, by, by_process};
use redthread_crm::activities::{self, ActivityType, Outcome, Plan};
use redthread_crm::timeline::{self, Entry};
use redthread_crm::{CrmError, Kind, Record, RecordKey, Scope};
use serde_json::{Value as Json, json};

async fn of(house: &House, record: &Record) -> Vec<Entry> {
    let page = timeline::of(
        &house.db,
        &Scope::system(),
        record.kind,
        record.key,
        None,
        200,
    )
    .await
    .unwrap();
    assert_eq!(page.next, None);
    page.entries
}

fn codes(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.code.as_str()).collect()
}

#[tokio::test]
async fn a_change_names_old_and_new_and_links_by_title() {
    let house = House::new().await;
    let anna = house.anna().await;
    let case = house
        .create(
            Kind::Case,
            json!({ "subject": "No light", "description": "д".repeat(400) }),
        )
        .await;
    house
        .update(
            &case,
            json!({ "owner": "anna", "status": "waiting", "description": null }),
        )
        .await;
    let entries = of(&house, &case).await;
    assert_eq!(codes(&entries), ["changed", "created"]);
    assert_eq!(entries[1].params, json!({ "title": "C-1001 No light" }));
    let changes = &entries[0].params["changes"];
    assert_eq!(changes["status"], json!({ "old": "new", "new": "waiting" }));
    let owner = json!({ "kind": "user", "key": anna.key, "title": "Anna Berg" });
    assert_eq!(changes["owner"], json!({ "old": null, "new": owner }));
    // Long text is shown by its beginning.
    assert_eq!(
        changes["description"]["old"],
        format!("{}…", "д".repeat(300))
    );
}

#[tokio::test]
async fn an_activity_tells_the_record_and_the_contact_it_is_about() {
    let house = House::new().await;
    let anna = house.anna().await;
    let contact = house
        .create(Kind::Contact, json!({ "last_name": "Roe" }))
        .await;
    let case = house
        .create(
            Kind::Case,
            json!({ "subject": "No light", "contact": contact.key }),
        )
        .await;
    let plan = Plan {
        record: Some((Kind::Case, case.key)),
        contact: Some(contact.key),
        starts_at: Some(house.now()),
        ..Plan::new(ActivityType::Call, "Ask")
    };
    let scope = Scope::process();
    let call = house
        .change_as(by_process(), async |change| {
            activities::plan(change, &scope, plan).await
        })
        .await
        .unwrap();
    house
        .change_as(by(&anna), async |change| {
            activities::reschedule(
                change,
                &scope,
                call.key,
                None,
                house.now().saturating_add_micros(1),
                None,
            )
            .await?;
            activities::hold(change, &scope, call.key, None, Some(Outcome::Fine), None).await
        })
        .await
        .unwrap();
    let entries = of(&house, &case).await;
    assert_eq!(
        codes(&entries),
        [
            "activity.held",
            "activity.moved",
            "activity.planned",
            "created"
        ]
    );
    assert_eq!(entries[0].params["activity"]["outcome"], "fine");
    assert_eq!(entries[0].params["activity"]["key"], call.key.to_string());
    assert_eq!(entries[0].actor, by(&anna));
    assert_eq!(entries[1].params["from"], "2026-01-05T09:00:00Z");
    assert_eq!(entries[2].actor, by_process());
    let of_contact = of(&house, &contact).await;
    assert_eq!(
        codes(&of_contact),
        [
            "activity.held",
            "activity.moved",
            "activity.planned",
            "linked",
            "created"
        ]
    );
    assert_eq!(of_contact[3].params["title"], "C-1001 No light");
}

#[tokio::test]
async fn a_note_stands_on_the_timeline_and_is_found_by_search() {
    let house = House::new().await;
    let case = house
        .create(Kind::Case, json!({ "subject": "No light" }))
        .await;
    let scope = Scope::system();
    let note = house
        .change(async |change| {
            timeline::note(
                change,
                &scope,
                Kind::Case,
                case.key,
                "Called twice\nNo answer",
            )
            .await
        })
        .await
        .unwrap();
    let entries = of(&house, &case).await;
    assert_eq!(codes(&entries), ["note", "created"]);
    assert_eq!(
        entries[0].params,
        json!({ "activity": note.key, "text": "Called twice\nNo answer" })
    );
    let empty = house
        .change(async |change| timeline::note(change, &scope, Kind::Case, case.key, " ").await)
        .await;
    assert_eq!(crate::house::problems(empty), ["subject: required"]);
}

#[tokio::test]
async fn a_long_timeline_is_read_page_by_page() {
    let house = House::new().await;
    let mut case = house.create(Kind::Case, json!({ "subject": "0" })).await;
    for number in 1..=6 {
        case = house
            .update(&case, json!({ "subject": number.to_string() }))
            .await;
    }
    let mut seen: Vec<Json> = Vec::new();
    let mut before: Option<RecordKey> = None;
    loop {
        let page = timeline::of(&house.db, &Scope::system(), Kind::Case, case.key, before, 3)
            .await
            .unwrap();
        seen.extend(
            page.entries
                .iter()
                .map(|entry| entry.params["changes"]["subject"]["new"].clone()),
        );
        match page.next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    let numbers = ["6", "5", "4", "3", "2", "1"].map(|number| json!(number));
    assert_eq!(
        seen,
        numbers.into_iter().chain([Json::Null]).collect::<Vec<_>>()
    );
    let none = timeline::of(
        &house.db,
        &Scope::system(),
        Kind::Case,
        RecordKey(999),
        None,
        3,
    )
    .await;
    assert!(matches!(none, Err(CrmError::NotFound { .. })));
}
