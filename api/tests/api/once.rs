//! The header `Idempotency-Key`, on every route that changes something.

use crate::deployments::REVIEW;
use crate::server::{Answer, Person, Server, password_of};
use axum::body::Body;
use axum::http::{Method, header};
use serde_json::{Value, json};

/// Asks under a key.
async fn under(person: &Person, key: &str, method: Method, path: &str, body: Value) -> Answer {
    let request = person
        .request(method, path)
        .header("Idempotency-Key", key)
        .header(header::CONTENT_TYPE, "application/json");
    person
        .ask(request.body(Body::from(body.to_string())).unwrap())
        .await
}

async fn post(person: &Person, key: &str, path: &str, body: Value) -> Answer {
    under(person, key, Method::POST, path, body).await
}

fn is_replay(answer: &Answer) -> bool {
    answer.headers.contains_key("idempotency-replayed")
}

/// The same request twice: the same answer, byte by byte, the second from what is stored.
async fn twice(person: &Person, key: &str, method: Method, path: &str, body: Value) -> Value {
    let first = under(person, key, method.clone(), path, body.clone()).await;
    let again = under(person, key, method, path, body).await;
    assert!(first.status.is_success(), "{path}: {}", first.text);
    assert_eq!((first.status, &first.text), (again.status, &again.text));
    assert!(!is_replay(&first) && is_replay(&again), "{path}");
    first.json
}

async fn deployed(server: &Server) -> String {
    let ann = server.sign_in("ann").await;
    let files: [(&str, &[u8]); 1] = [("review.bpmn", REVIEW.as_bytes())];
    let answer = ann.upload("/api/deployments", &files).await.expect(201);
    answer["deployed"][0]["key"].as_str().unwrap().to_owned()
}

async fn count(person: &Person, path: &str) -> usize {
    let page = person.get(path).await.expect(200);
    page["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn what_is_asked_twice_is_done_once_and_answered_twice() {
    let server = Server::start().await;
    let definition = deployed(&server).await;
    let mona = server.sign_in("mona").await;
    let start = format!("/api/definitions/{definition}/start");
    let started = twice(&mona, "start", Method::POST, &start, json!({})).await;
    let instance = started["instance"].as_str().unwrap();
    assert_eq!(count(&mona, "/api/instances").await, 1);

    let tasks = mona.get("/api/tasks?view=all").await.expect(200);
    let task = tasks["items"][0]["key"].as_str().unwrap();
    let assign = format!("/api/tasks/{task}/assign");
    let to = json!({ "assignee": "mona", "reason": "mine" });
    twice(&mona, "assign", Method::POST, &assign, to).await;
    // Without its key, the second would be refused: the task is no longer open.
    let complete = format!("/api/tasks/{task}/complete");
    let form = json!({ "variables": {} });
    twice(&mona, "complete", Method::POST, &complete, form.clone()).await;
    assert_eq!(
        post(&mona, "other", &complete, form).await.refused(409),
        "notOpen"
    );

    let comments = format!("/api/instances/{instance}/comments");
    let text = json!({ "text": "Well done." });
    twice(&mona, "comment", Method::POST, &comments, text).await;
    let written = mona.get(&comments).await.expect(200);
    assert_eq!(written.as_array().unwrap().len(), 1);

    let account = json!({ "fields": { "name": "Acme" } });
    let made = twice(
        &mona,
        "create",
        Method::POST,
        "/api/records/account",
        account,
    )
    .await;
    assert_eq!(count(&mona, "/api/records/account").await, 1);
    let key = made["key"].as_str().unwrap();
    let path = format!("/api/records/account/{key}");
    let change = json!({ "version": made["version"], "fields": { "name": "Acme Ltd" } });
    // Without its key, the second would be stale.
    let changed = twice(&mona, "change", Method::PATCH, &path, change).await;
    let path = format!("{path}?version={}", changed["version"]);
    twice(&mona, "delete", Method::DELETE, &path, Value::Null).await;
}

#[tokio::test]
async fn many_at_once_under_one_key_are_one() {
    let server = Server::start().await;
    let definition = deployed(&server).await;
    let mona = server.sign_in("mona").await;
    let start = format!("/api/definitions/{definition}/start");
    let all = (0..20).map(|_| post(&mona, "k", &start, json!({})));
    let answers = futures::future::join_all(all).await;
    assert!(answers.iter().all(|answer| answer.json == answers[0].json));
    assert_eq!(
        answers.iter().filter(|answer| !is_replay(answer)).count(),
        1
    );
    assert_eq!(count(&mona, "/api/instances").await, 1);
}

#[tokio::test]
async fn a_key_belongs_to_one_request_of_one_person() {
    let server = Server::start().await;
    let (mona, emil) = (server.sign_in("mona").await, server.sign_in("emil").await);
    let path = "/api/records/account";
    let account = |name: &str| json!({ "fields": { "name": name } });
    post(&mona, "k", path, account("One")).await.expect(201);
    let other = post(&mona, "k", path, account("Two")).await;
    assert_eq!(other.refused(422), "idempotencyKeyReused");
    post(&emil, "k", path, account("Two")).await.expect(201);
    for bad in ["", "two words", &"x".repeat(256)] {
        let refused = post(&mona, bad, path, account("Three")).await;
        assert_eq!(refused.refused(400), "badRequest", "{bad}");
    }
    assert_eq!(count(&mona, path).await, 2);
    let stranger = post(&server.stranger(), "k", path, account("One")).await;
    assert_eq!(stranger.refused(401), "signInNeeded");
}

#[tokio::test]
async fn a_refusal_is_not_kept() {
    let server = Server::start().await;
    let root = server.sign_in("root").await;
    let user = |login: &str| json!({ "login": login, "name": "Zoe", "role": "employee", "password": password_of("zoe") });
    let refused = post(&root, "k", "/api/users", user("emil")).await;
    assert!(refused.status.is_client_error(), "{}", refused.text);
    // It changed nothing: the key is free for what is right.
    let added = twice(&root, "k", Method::POST, "/api/users", user("zoe")).await;
    assert_eq!(added["login"], "zoe");
}

#[tokio::test]
async fn uploads_are_done_once_whatever_stands_between_the_files() {
    let server = Server::start().await;
    let ann = server.sign_in("ann").await;
    let upload = async |boundary: &str, content: &str| {
        let body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"review.bpmn\"\r\n\r\n{content}\r\n--{boundary}--\r\n"
        );
        let kind = format!("multipart/form-data; boundary={boundary}");
        let request = ann
            .request(Method::POST, "/api/deployments")
            .header("Idempotency-Key", "upload")
            .header(header::CONTENT_TYPE, kind);
        ann.ask(request.body(Body::from(body)).unwrap()).await
    };
    let first = upload("one", REVIEW).await;
    let again = upload("another", REVIEW).await;
    assert_eq!(first.status.as_u16(), 201, "{}", first.text);
    assert_eq!(first.text, again.text);
    assert!(is_replay(&again));
    let other = upload("one", &REVIEW.replace("Review", "Look")).await;
    assert_eq!(other.refused(422), "idempotencyKeyReused");
}

/// The server went down after the commit and before it had answered: what was done is found, the answer made anew.
#[tokio::test]
async fn an_effect_without_an_answer_is_not_done_again() {
    let server = Server::start().await;
    let definition = deployed(&server).await;
    let mona = server.sign_in("mona").await;
    let start = format!("/api/definitions/{definition}/start");
    let first = post(&mona, "start", &start, json!({})).await.expect(201);
    let tasks = mona.get("/api/tasks?view=all").await.expect(200);
    let task = tasks["items"][0]["key"].as_str().unwrap();
    let complete = format!("/api/tasks/{task}/complete");
    post(&mona, "complete", &complete, json!({}))
        .await
        .expect(204);
    server.forget_noted_answers().await;
    let again = post(&mona, "start", &start, json!({})).await;
    assert!(!is_replay(&again));
    assert_eq!(again.expect(201), first);
    post(&mona, "complete", &complete, json!({}))
        .await
        .expect(204);
    assert_eq!(count(&mona, "/api/instances").await, 1);
}

#[tokio::test]
async fn the_document_tells_of_the_header_wherever_it_counts() {
    let document = serde_json::to_value(redthread_api::server::openapi()).unwrap();
    let mut told = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array();
            let has = parameters
                .into_iter()
                .flatten()
                .any(|parameter| parameter["name"] == "Idempotency-Key");
            let changes = ["post", "put", "patch", "delete"].contains(&&**method);
            let signs_in_or_out = path == "/api/session" && method != "patch";
            assert_eq!(has, changes && !signs_in_or_out, "{method} {path}");
            told += usize::from(has);
        }
    }
    assert!(told > 20, "{told}");
}

/// Handlers take the server from the request, with its key; the router's state knows of no key.
#[test]
fn no_handler_goes_round_the_key() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/routes");
    let mut folders = vec![folder];
    let mut looked_at = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(
                !text.contains("State<App>"),
                "{}: take `app: App` instead of `State(app): State<App>`",
                path.display()
            );
            looked_at += 1;
        }
    }
    assert!(looked_at > 20, "{looked_at}");
}

/// What a request may bring, and what it is told when the server is busy.
#[tokio::test]
async fn too_much_and_too_many_are_refused_with_what_to_do() {
    let server = Server::start().await;
    let definition = deployed(&server).await;
    let mona = server.sign_in("mona").await;
    let start = format!("/api/definitions/{definition}/start");
    let many: serde_json::Map<String, Value> = (0..10_001)
        .map(|nth| (format!("v{nth}"), json!(nth)))
        .collect();
    let refused = mona.post(&start, json!({ "variables": many })).await;
    assert_eq!(refused.refused(413), "tooLarge");
    // Small as JSON, large as values.
    let list = vec![0; 200_000];
    let refused = mona
        .post(&start, json!({ "variables": { "list": list } }))
        .await;
    let sentence = refused.json["detail"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert_eq!(refused.refused(413), "tooLarge");
    assert!(
        sentence.contains("\"list\" is larger than 4 MiB"),
        "{sentence}"
    );
    assert_eq!(count(&mona, "/api/instances").await, 0);
}
