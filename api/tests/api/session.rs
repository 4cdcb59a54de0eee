//! `/api/session`: signing in and out.

use crate::server::{Server, password_of};
use axum::http::header;
use serde_json::json;

#[tokio::test]
async fn a_person_signs_in_is_known_and_signs_out() {
    let server = Server::start().await;
    let mut person = server.stranger();
    let answer = person.sign_in(" Emil ", &password_of("emil")).await;
    let cookie = answer.headers[header::SET_COOKIE]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/")
    );
    let me = answer.expect(200);
    assert_eq!(
        (&me["login"], &me["role"]),
        (&json!("emil"), &json!("employee"))
    );
    assert_eq!(person.get("/api/session").await.expect(200), me);
    person.delete("/api/session").await.expect(204);
    assert_eq!(
        person.get("/api/session").await.refused(401),
        "signInNeeded"
    );
}

#[tokio::test]
async fn wrong_passwords_are_refused_alike_and_after_ten_the_account_waits() {
    let server = Server::start().await;
    let mut person = server.stranger();
    assert_eq!(
        person
            .sign_in("nobody", "whatever it is")
            .await
            .refused(401),
        "wrongCredentials"
    );
    for _ in 0..10 {
        assert_eq!(
            person.sign_in("emil", "not his").await.refused(401),
            "wrongCredentials"
        );
    }
    let answer = person.sign_in("emil", &password_of("emil")).await;
    assert!(answer.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(answer.refused(429), "throttled");
    person
        .sign_in("mona", &password_of("mona"))
        .await
        .expect(200);
}

#[tokio::test]
async fn guessing_at_many_at_once_gets_no_more_tries_than_one_after_the_other() {
    let server = Server::start().await;
    let guesses = (0..25).map(|n| {
        let mut person = server.stranger();
        async move {
            let guess = format!("guess number {n}");
            person.sign_in("emil", &guess).await.status.as_u16()
        }
    });
    let answers = futures::future::join_all(guesses).await;
    let of = |status: u16| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((of(401), of(429)), (10, 15), "{answers:?}");
}

#[tokio::test]
async fn signing_in_again_ends_the_session_that_the_browser_had() {
    let server = Server::start().await;
    let mut person = server.sign_in("emil").await;
    let before = person.clone();
    person
        .sign_in("emil", &password_of("emil"))
        .await
        .expect(200);
    assert_ne!(person.cookie, before.cookie);
    assert_eq!(
        before.get("/api/session").await.refused(401),
        "signInNeeded"
    );
    person.get("/api/session").await.expect(200);
}

#[tokio::test]
async fn a_person_chooses_the_language() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    let me = person
        .patch("/api/session", json!({ "locale": "ru" }))
        .await
        .expect(200);
    assert_eq!(me["locale"], "ru");
    assert_eq!(person.get("/api/session").await.expect(200)["locale"], "ru");
    assert_eq!(
        person
            .patch("/api/session", json!({ "locale": "xx" }))
            .await
            .refused(400),
        "badRequest"
    );
}

#[tokio::test]
async fn the_demo_clock_signs_nobody_out() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    for _ in 0..2 {
        person
            .post("/api/demo/clock", json!({ "advance": "P60D" }))
            .await
            .expect(200);
    }
    person.get("/api/session").await.expect(200);
}
