//! Backpressure: what waits is bounded by its number and by its size. What is over the bound is refused at once and may
//! be sent again; what was accepted is done, once.

use std::sync::Arc;

use redthread_core::Variables;
use redthread_feel::Value;
use redthread_runtime::{ProcessRef, RuntimeError, StartInstance};
use sea_orm::DbErr;
use tokio::sync::Notify;

use crate::check::count;
use crate::diagrams::{process, user_task};
use crate::house::{House, ann};
use crate::world::notice;

async fn house() -> House {
    House::with(process(
        "simple",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n<endEvent id=\"E\"/>\nS -> Do\nDo -> E",
            user_task("Do", "ann")
        ),
    ))
    .await
}

fn start(text: &Arc<str>) -> StartInstance {
    StartInstance {
        process: ProcessRef::Latest("simple".into()),
        element: None,
        variables: Variables::from([("text".into(), Value::String(text.clone()))]),
        subject: None,
    }
}

/// Sends so many starts while the writer is held up: how many were accepted. All of them were done, and no other.
async fn flooded(starts: usize, text: &str) -> usize {
    let house = house().await;
    let (let_go, holds) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let held = {
        let (let_go, holds) = (let_go.clone(), holds.clone());
        house.runtime.write(ann(), move |tx, _| {
            let (let_go, holds) = (let_go.clone(), holds.clone());
            Box::pin(async move {
                notice(tx, "held").await?;
                holds.notify_one();
                let_go.notified().await;
                Ok::<(), DbErr>(())
            })
        })
    };
    let text: Arc<str> = text.into();
    let flood = async {
        holds.notified().await;
        let mut waiting = Vec::new();
        for _ in 0..starts {
            // Polled once, so that it is in the queue or refused before the next one comes.
            let mut sent = Box::pin(house.runtime.start(start(&text), ann()));
            let answer = futures::poll!(&mut sent);
            waiting.push((answer, sent));
        }
        let_go.notify_one();
        waiting
    };
    let (held, waiting) = tokio::join!(held, flood);
    held.unwrap().unwrap();
    let (mut accepted, mut busy) = (Vec::new(), 0);
    for (answer, sent) in waiting {
        match answer {
            std::task::Poll::Ready(Err(RuntimeError::Busy)) => busy += 1,
            std::task::Poll::Ready(other) => panic!("{other:?}"),
            std::task::Poll::Pending => accepted.push(sent.await.unwrap()),
        }
    }
    assert_eq!(accepted.len() + busy, starts);
    let started = accepted.len();
    accepted.sort_unstable();
    accepted.dedup();
    assert_eq!(accepted.len(), started, "each was started once");
    let stored = count(house.runtime.database(), "SELECT count(*) FROM instance").await;
    assert_eq!(stored, started as i64);
    // There is room again.
    house.runtime.start(start(&text), ann()).await.unwrap();
    house.close().await;
    started
}

#[tokio::test]
async fn a_full_queue_refuses_and_does_what_it_took() {
    let started = flooded(5_000, "").await;
    assert_eq!(started, 4_096);
}

#[tokio::test]
async fn few_that_are_large_fill_the_queue_too() {
    let started = flooded(60, &"x".repeat(2 << 20)).await;
    assert!((30..=33).contains(&started), "{started}");
}
