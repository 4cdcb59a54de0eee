//! `/api/jobs`: programs that do what a diagram leaves to them.

use crate::server::{Person, Server};
use axum::body::Body;
use axum::http::{Method, header};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const CHARGE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  id="defs" targetNamespace="http://redthread.example">
<error id="Declined" name="Declined" errorCode="DECLINED"/>
<process id="charge" name="Charge" isExecutable="true">
  <startEvent id="Begin"/>
  <serviceTask id="Charge"><extensionElements>
    <zeebe:taskDefinition type="charge-card" retries="3"/>
    <zeebe:taskHeaders><zeebe:header key="currency" value="EUR"/></zeebe:taskHeaders>
  </extensionElements></serviceTask>
  <boundaryEvent id="WasDeclined" attachedToRef="Charge"><errorEventDefinition errorRef="Declined"/></boundaryEvent>
  <endEvent id="Charged"/>
  <endEvent id="NotCharged"/>
  <sequenceFlow id="a" sourceRef="Begin" targetRef="Charge"/>
  <sequenceFlow id="b" sourceRef="Charge" targetRef="Charged"/>
  <sequenceFlow id="c" sourceRef="WasDeclined" targetRef="NotCharged"/>
</process>
</definitions>"#;

/// An administrator, for a worker, with the process deployed.
async fn worker(server: &Server) -> Person {
    let worker = server.sign_in("root").await;
    worker
        .upload("/api/deployments", &[("charge.bpmn", CHARGE.as_bytes())])
        .await
        .expect(201);
    worker
}

async fn start(person: &Person, amount: u32) -> String {
    let definitions = person.get("/api/definitions").await.expect(200);
    let key = definitions[0]["latest"]["key"].as_str().expect("a key");
    let variables = json!({ "amount": amount, "note": "thanks" });
    let started = person
        .post(
            &format!("/api/definitions/{key}/start"),
            json!({ "variables": variables }),
        )
        .await
        .expect(201);
    started["instance"].as_str().expect("a key").to_owned()
}

async fn activate(person: &Person, more: Value) -> Vec<Value> {
    let mut asked = json!({ "types": ["charge-card"], "worker": "till" });
    for (name, value) in more.as_object().expect("fields") {
        asked[name] = value.clone();
    }
    let answer = person.post("/api/jobs/activation", asked).await;
    let answer = answer.expect(200);
    answer["jobs"].as_array().expect("jobs").clone()
}

fn path(job: &Value, what: &str) -> String {
    format!("/api/jobs/{}{what}", job["key"].as_str().expect("a key"))
}

async fn state(person: &Person, instance: &str) -> Value {
    let instance = person.get(&format!("/api/instances/{instance}")).await;
    instance.expect(200)
}

#[tokio::test]
async fn a_worker_takes_a_job_and_completes_it() {
    let server = Server::start().await;
    let worker = worker(&server).await;
    let instance = start(&worker, 12).await;
    let jobs = activate(&worker, json!({ "variables": ["amount"], "lease": "PT1M" })).await;
    let job = &jobs[0];
    assert_eq!(job["type"], "charge-card");
    assert_eq!(job["instance"], instance.as_str());
    assert_eq!(job["idempotencyKey"], job["key"]);
    assert_eq!(job["headers"], json!({ "currency": "EUR" }));
    assert_eq!(job["variables"], json!({ "amount": 12 }));
    assert_eq!(job["leasedUntil"], "2026-01-05T09:01:00Z");
    assert_eq!(
        (&job["process"], &job["element"], &job["version"]),
        (&json!("charge"), &json!("Charge"), &json!(1))
    );
    assert_eq!(
        (&job["listener"], &job["subject"]),
        (&Value::Null, &Value::Null)
    );

    let extended = json!({ "token": job["token"], "lease": "PT10M" });
    let extended = worker.patch(&path(job, ""), extended).await.expect(200);
    assert_eq!(extended["leasedUntil"], "2026-01-05T09:10:00Z");
    assert!(activate(&worker, json!({})).await.is_empty());

    let done = json!({ "token": job["token"], "variables": { "receipt": "r1" } });
    let answer = worker.post(&path(job, "/completion"), done.clone()).await;
    assert_eq!((answer.expect(204), &*instance), (Value::Null, &*instance));
    let ended = state(&worker, &instance).await;
    assert_eq!(ended["state"], "completed");
    let again = worker.post(&path(job, "/completion"), done).await;
    assert_eq!(again.refused(409), "staleToken");
}

#[tokio::test]
async fn a_job_that_fails_comes_again_until_somebody_must_look() {
    let server = Server::start().await;
    let worker = worker(&server).await;
    let instance = start(&worker, 12).await;
    let job = activate(&worker, json!({})).await.remove(0);
    let failed = json!({ "token": job["token"], "message": "The bank does not answer." });
    let answer = worker.post(&path(&job, "/failure"), failed.clone()).await;
    answer.expect(204);
    let stale = worker.post(&path(&job, "/failure"), failed).await;
    assert_eq!(stale.refused(409), "staleToken");

    let again = activate(&worker, json!({})).await.remove(0);
    assert_eq!((&again["key"], &again["retries"]), (&job["key"], &json!(2)));
    assert_ne!(again["token"], job["token"]);
    let failed = json!({ "token": again["token"], "message": "The bank is closed.", "retries": 0 });
    let answer = worker.post(&path(&again, "/failure"), failed).await;
    answer.expect(204);
    let stuck = state(&worker, &instance).await;
    assert_eq!(stuck["incidents"][0]["message"], "The bank is closed.");
    assert!(activate(&worker, json!({})).await.is_empty());
}

#[tokio::test]
async fn a_business_error_goes_the_way_that_the_diagram_says() {
    let server = Server::start().await;
    let worker = worker(&server).await;
    let instance = start(&worker, 12).await;
    let job = activate(&worker, json!({})).await.remove(0);
    let error =
        json!({ "token": job["token"], "code": "DECLINED", "variables": { "why": "no cover" } });
    worker.post(&path(&job, "/error"), error).await.expect(204);
    let ended = state(&worker, &instance).await;
    assert_eq!(ended["state"], "completed");
    let ends: Vec<&Value> = ended["elements"]
        .as_array()
        .expect("elements")
        .iter()
        .map(|visit| &visit["element"])
        .collect();
    assert!(ends.contains(&&json!("NotCharged")), "{ends:?}");
}

#[tokio::test]
async fn a_worker_that_waits_is_answered_when_there_is_a_job() {
    let server = Server::start().await;
    let worker = worker(&server).await;
    let waiting = tokio::spawn({
        let worker = worker.clone();
        async move { activate(&worker, json!({ "wait": "PT20S" })).await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let began = Instant::now();
    let instance = start(&worker, 12).await;
    let jobs = waiting.await.expect("an answer");
    assert_eq!(jobs[0]["instance"], instance.as_str());
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    let none = activate(&worker, json!({ "wait": "PT0.05S" })).await;
    assert!(none.is_empty());
}

#[tokio::test]
async fn a_worker_that_waits_does_not_keep_the_server_from_closing() {
    let server = Server::start().await;
    let worker = worker(&server).await;
    let waiting = tokio::spawn(async move { activate(&worker, json!({ "wait": "PT30S" })).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.app.close();
    let answer = tokio::time::timeout(Duration::from_secs(5), waiting).await;
    assert!(
        answer
            .expect("it still waits")
            .expect("an answer")
            .is_empty()
    );
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_a_sentence() {
    let server = Server::start().await;
    let worker = worker(&server).await;
    start(&worker, 12).await;
    let asks = [
        json!({ "types": [], "worker": "till" }),
        json!({ "types": ["charge-card"], "worker": " " }),
        json!({ "types": ["charge-card"], "worker": "till", "maxJobs": 0 }),
        json!({ "types": ["charge-card"], "worker": "till", "maxJobs": 1000 }),
        json!({ "types": ["charge-card"], "worker": "till", "lease": "P2D" }),
        json!({ "types": ["charge-card"], "worker": "till", "lease": "-PT1M" }),
        json!({ "types": ["charge-card"], "worker": "till", "lease": "soon" }),
        json!({ "types": ["charge-card"], "worker": "till", "wait": "PT61S" }),
    ];
    for ask in asks {
        let code = worker.post("/api/jobs/activation", ask.clone()).await;
        let code = code.refused(422);
        assert!(code == "invalid" || code == "unusable", "{ask}: {code}");
    }
    let unknown = json!({ "type": "charge-card", "worker": "till" });
    let unknown = worker.post("/api/jobs/activation", unknown).await;
    assert_eq!(unknown.refused(400), "badRequest");
    let job = activate(&worker, json!({})).await.remove(0);
    for (what, body) in [
        ("/failure", json!({ "token": job["token"], "message": " " })),
        ("/error", json!({ "token": job["token"], "code": "" })),
        (
            "/failure",
            json!({ "token": job["token"], "message": "no", "backOff": "P1Y" }),
        ),
    ] {
        let refused = worker.post(&path(&job, what), body).await;
        assert_eq!(refused.status, 422, "{what}: {}", refused.text);
    }
    let gone = json!({ "token": job["token"] });
    let gone = worker.post("/api/jobs/12345/completion", gone).await;
    assert_eq!(gone.refused(409), "staleToken");
    let done = json!({ "token": job["token"] });
    worker
        .post(&path(&job, "/completion"), done)
        .await
        .expect(204);
}

/// Over a real connection: only there can somebody go away.
#[tokio::test]
async fn a_worker_that_has_hung_up_takes_nothing() {
    use tokio::io::AsyncWriteExt;

    let server = Server::start().await;
    let worker = worker(&server).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = redthread_api::server::router(server.app.clone());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let body = json!({ "types": ["charge-card"], "worker": "gone", "wait": "PT30S" }).to_string();
    let mut connection = tokio::net::TcpStream::connect(address)
        .await
        .expect("a connection");
    let request = format!(
        "POST /api/jobs/activation HTTP/1.1\r\nhost: {address}\r\nx-redthread: 1\r\ncookie: {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        worker.cookie.as_deref().expect("a cookie"),
        body.len()
    );
    connection
        .write_all(request.as_bytes())
        .await
        .expect("sent");
    tokio::time::sleep(Duration::from_millis(150)).await;
    drop(connection);
    tokio::time::sleep(Duration::from_millis(150)).await;
    start(&worker, 12).await;
    let job = activate(&worker, json!({})).await.remove(0);
    assert_eq!(job["worker"], "till");
    serving.abort();
}

#[tokio::test]
async fn only_administrators_do_the_jobs_of_programs() {
    let server = Server::start().await;
    for login in ["ann", "emil", "mona"] {
        let person = server.sign_in(login).await;
        let request = person
            .request(Method::POST, "/api/jobs/activation")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(
                r#"{"types": ["charge-card"], "worker": "till"}"#,
            ));
        let answer = person.ask(request.expect("a request")).await;
        assert_eq!(answer.refused(403), "forbidden");
    }
}
