//! `/api/kinds`, `/api/records`: accounts, contacts, cases, deals.

use crate::server::{Person, Server};
use serde_json::{Value, json};

async fn create(person: &Person, kind: &str, fields: Value) -> Value {
    person
        .post(&format!("/api/records/{kind}"), json!({ "fields": fields }))
        .await
        .expect(201)
}

fn path_of(record: &Value) -> String {
    let (kind, key) = (
        record["kind"].as_str().unwrap(),
        record["key"].as_str().unwrap(),
    );
    format!("/api/records/{kind}/{key}")
}

#[tokio::test]
async fn each_kind_describes_its_fields() {
    let server = Server::start().await;
    let kinds = server
        .sign_in("emil")
        .await
        .get("/api/kinds")
        .await
        .expect(200);
    let names: Vec<&str> = kinds
        .as_array()
        .unwrap()
        .iter()
        .map(|k| k["kind"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["account", "contact", "case", "deal"]);
    let field = |kind: usize, name: &str| {
        let fields = kinds[kind]["fields"].as_array().unwrap();
        fields
            .iter()
            .find(|field| field["name"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(
        field(2, "status")["options"],
        json!(["new", "in_progress", "waiting", "closed"])
    );
    assert_eq!(field(2, "owner")["link"], "user");
    assert_eq!(field(0, "name")["required"], true);
    assert_eq!(field(2, "closed_at")["writable"], false);
}

#[tokio::test]
async fn a_record_is_created_shown_changed_and_deleted() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    let account = create(&person, "account", json!({ "name": "Nordwind" })).await;
    let case = create(
        &person,
        "case",
        json!({ "subject": "Paper jam", "account": account["key"] }),
    )
    .await;
    assert_eq!(case["links"]["account"]["title"], "Nordwind");
    assert_eq!(case["fields"]["status"], "new");
    let patch = json!({ "version": case["version"], "fields": { "priority": "high" } });
    let changed = person.patch(&path_of(&case), patch).await.expect(200);
    assert_eq!(changed["fields"]["priority"], "high");
    let in_use = person.delete(&path_of(&account)).await;
    assert!(in_use.text.contains("1 case points"), "{}", in_use.text);
    assert_eq!(in_use.refused(409), "inUse");
    person.delete(&path_of(&case)).await.expect(204);
    assert_eq!(person.get(&path_of(&case)).await.refused(404), "notFound");
}

#[tokio::test]
async fn a_change_on_an_old_version_is_refused() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    let case = create(&person, "case", json!({ "subject": "Paper jam" })).await;
    let patch =
        |subject: &str| json!({ "version": case["version"], "fields": { "subject": subject } });
    person
        .patch(&path_of(&case), patch("First"))
        .await
        .expect(200);
    assert_eq!(
        person
            .patch(&path_of(&case), patch("Second"))
            .await
            .refused(409),
        "stale"
    );
    assert_eq!(
        person.get(&path_of(&case)).await.expect(200)["fields"]["subject"],
        "First"
    );
}

#[tokio::test]
async fn bad_values_are_named_field_by_field() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    let fields = json!({ "fields": { "name": "", "email": "nowhere", "colour": "red" } });
    let refused = person
        .post("/api/records/account", fields)
        .await
        .expect(422);
    let problems = refused["problems"].as_array().unwrap();
    for field in ["name", "email", "colour"] {
        assert!(
            problems.iter().any(|problem| problem["field"] == field),
            "{refused}"
        );
    }
    let list = person.get("/api/records/account").await.expect(200);
    assert_eq!(list["total"], 0);
}

#[tokio::test]
async fn lists_are_filtered_sorted_searched_and_paged() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    for (subject, status) in [("Alpha", "new"), ("Бета", "closed"), ("Gamma", "new")] {
        create(
            &person,
            "case",
            json!({ "subject": subject, "status": status }),
        )
        .await;
    }
    let subjects = async |query: &str| -> Vec<String> {
        let page = person
            .get(&format!("/api/records/case?{query}"))
            .await
            .expect(200);
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["fields"]["subject"].as_str().unwrap().to_owned())
            .collect()
    };
    // [{"field":"status","op":"eq","value":"new"}]
    let new = "filter=%5B%7B%22field%22%3A%22status%22%2C%22op%22%3A%22eq%22%2C%22value%22%3A%22new%22%7D%5D";
    assert_eq!(
        subjects(&format!("{new}&sort=subject")).await,
        ["Alpha", "Gamma"]
    );
    assert_eq!(subjects("search=%D0%91%D0%95%D0%A2%D0%90").await, ["Бета"]);
    assert_eq!(subjects("sort=-subject&limit=1").await.len(), 1);
    let first = person
        .get("/api/records/case?sort=subject&limit=2")
        .await
        .expect(200);
    let after = first["next"].as_str().unwrap();
    let after: String = after.bytes().map(|byte| format!("%{byte:02x}")).collect();
    assert_eq!(
        subjects(&format!("sort=subject&limit=2&after={after}"))
            .await
            .len(),
        1
    );
    assert_eq!(
        person
            .get("/api/records/case?filter=nonsense")
            .await
            .refused(400),
        "badRequest"
    );
    assert_eq!(
        person
            .get("/api/records/case?sort=colour")
            .await
            .refused(422),
        "invalid"
    );
}

#[tokio::test]
async fn the_timeline_tells_who_did_what() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    let case = create(&person, "case", json!({ "subject": "Paper jam" })).await;
    let patch = json!({ "version": case["version"], "fields": { "priority": "high" } });
    person.patch(&path_of(&case), patch).await.expect(200);
    let note = json!({ "text": "Called the office." });
    person
        .post(&format!("{}/notes", path_of(&case)), note)
        .await
        .expect(204);
    let timeline = person
        .get(&format!("{}/timeline", path_of(&case)))
        .await
        .expect(200);
    let codes: Vec<&str> = timeline["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["note", "record.changed", "record.created"]);
    assert_eq!(timeline["items"][0]["params"]["text"], "Called the office.");
    assert_eq!(
        timeline["items"][1]["params"]["changes"],
        json!([{ "field": "priority", "old": "normal", "new": "high" }])
    );
    assert_eq!(timeline["items"][1]["actor"]["name"], "Emil");
    let empty = json!({ "text": "  " });
    assert_eq!(
        person
            .post(&format!("{}/notes", path_of(&case)), empty)
            .await
            .refused(422),
        "invalid"
    );
}

#[tokio::test]
async fn a_timeline_is_read_page_by_page_without_gap_or_repetition() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    let case = create(&person, "case", json!({ "subject": "Paper jam" })).await;
    for n in 0..5 {
        let note = json!({ "text": format!("Note {n}") });
        person
            .post(&format!("{}/notes", path_of(&case)), note)
            .await
            .expect(204);
    }
    let (mut keys, mut after) = (Vec::new(), String::new());
    loop {
        let page = person
            .get(&format!("{}/timeline?limit=2{after}", path_of(&case)))
            .await
            .expect(200);
        keys.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["key"].to_string()),
        );
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(keys.len(), 6);
    keys.dedup();
    assert_eq!(keys.len(), 6);
}
