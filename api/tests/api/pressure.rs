//! More work than can be taken on.

use std::sync::Arc;

use axum::http::header;
use redthread_runtime::{Actor, ProcessRef, RuntimeError, StartInstance};
use sea_orm::DbErr;
use serde_json::json;
use tokio::sync::Notify;

use crate::server::Server;

/// More than can wait.
const MANY: usize = 5_000;

fn start() -> StartInstance {
    StartInstance {
        process: ProcessRef::Latest("nothing".to_owned()),
        element: None,
        variables: Default::default(),
        subject: None,
    }
}

#[tokio::test]
async fn a_server_with_its_hands_full_says_when_to_come_again_and_still_answers_questions() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let runtime = server.app.runtime().clone();

    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let held = {
        let (runtime, begun, go_on) = (runtime.clone(), begun.clone(), go_on.clone());
        tokio::spawn(async move {
            let write = runtime.write(Actor::System, move |_, _| {
                let (begun, go_on) = (begun.clone(), go_on.clone());
                Box::pin(async move {
                    begun.notify_one();
                    go_on.notified().await;
                    Ok::<(), DbErr>(())
                })
            });
            write.await
        })
    };
    begun.notified().await;
    let waiting: Vec<_> = (0..MANY)
        .map(|_| {
            let runtime = runtime.clone();
            tokio::spawn(async move { runtime.start(start(), Actor::System).await })
        })
        .collect();
    // Until all of them have asked.
    for _ in 0..MANY {
        tokio::task::yield_now().await;
    }

    let message = json!({ "name": "paid" });
    let answer = analyst.post("/api/messages", message.clone()).await;
    assert_eq!(answer.headers[header::RETRY_AFTER], "2");
    assert_eq!(answer.refused(503), "busy");
    analyst.get("/api/instances").await.expect(200);

    go_on.notify_one();
    held.await
        .expect("no panic")
        .expect("written")
        .expect("no error");
    let (mut refused, mut answered) = (0, 0);
    for one in waiting {
        match one.await.expect("no panic") {
            Err(RuntimeError::Busy) => refused += 1,
            Err(RuntimeError::UnknownProcess(_)) => answered += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(
        refused > 0 && answered > 3_000,
        "{refused} refused, {answered} answered"
    );
    analyst.post("/api/messages", message).await.expect(200);
}
