//! Live: what has changed, as server-sent events, so that pages fetch it anew.

use crate::server::accounts::Session;
use crate::server::accounts::SessionEnd;
use crate::server::app::App;
use crate::server::key::Key;
use crate::server::problem::Refusals;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, StreamExt};
use redthread_runtime::Feed;
use serde::Serialize;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;
use tokio_stream::wrappers::BroadcastStream;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The data of an event `changed`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// What kinds of things.
    pub topics: Vec<Topic>,
    /// Which records, where that is known.
    pub records: Vec<ChangedRecord>,
    /// Which instances.
    pub instances: Vec<Key>,
}

/// What kind of thing has changed.
#[derive(Debug, Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Topic {
    /// Tasks.
    Tasks,
    /// Activities in the calendar, or the working hours.
    Calendar,
    /// Instances, where they stand, their values and incidents.
    Instances,
    /// What is deployed.
    Definitions,
    /// Records.
    Records,
    /// Notifications.
    Notifications,
    /// The mail that goes out.
    Outbox,
    /// The demo's clock has moved.
    Clock,
    /// People and teams.
    People,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangedRecord {
    /// Its kind.
    pub kind: String,
    /// Its key.
    pub key: String,
}

/// What changes, as it changes (`text/event-stream`). The event `changed` has data of the schema `Changed`; `missed`
/// says that some were lost and everything is to be fetched anew. Ends when the session does.
#[utoipa::path(get, path = "/api/events", tag = "events", security(("session" = [])),
    responses((status = 200, body = Changed, content_type = "text/event-stream"), Refusals))]
pub async fn events(
    session: Session,
    app: App,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let feed = BroadcastStream::new(app.runtime().subscribe());
    let events = feed.filter_map(|batch| async move {
        let event = match batch {
            Ok(batch) => changed(&batch)?,
            // Too slow to be told everything: fetch it all anew.
            Err(_missed) => Event::default().event("missed").data("{}"),
        };
        Some(Ok(event))
    });
    let until = Box::pin(ended(app, session));
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(15));
    Sse::new(events.take_until(until)).keep_alive(keep_alive)
}

/// Waits until the session ends or the server closes.
async fn ended(app: App, session: Session) {
    let (mut ends, mut closing) = (app.accounts().ends(), app.closing());
    // Beginning to listen before looking: what ends in between is not missed.
    loop {
        if !matches!(
            app.accounts().user_of(&app, session.token()).await,
            Ok(Some(_))
        ) {
            return;
        }
        let hour = tokio::time::sleep(Duration::from_secs(60 * 60));
        tokio::pin!(hour);
        loop {
            tokio::select! {
                end = ends.recv() => match end {
                    Ok(SessionEnd::Session(token)) if token == session.token() => return,
                    Ok(SessionEnd::User(user)) if user == session.key => return,
                    Ok(_) => {}
                    Err(_) => break,
                },
                closed = closing.wait_for(|closing| *closing) => {
                    let _ = closed;
                    return;
                }
                () = &mut hour => break,
            }
        }
    }
}

/// A batch as pages are told of it; none if it is nothing to them.
fn changed(batch: &Feed) -> Option<Event> {
    let touched = &batch.touched;
    let mut topics: BTreeSet<Topic> = touched
        .topics
        .iter()
        .filter_map(|t| Topic::from_name(t))
        .collect();
    for record in &touched.records {
        topics.insert(match &*record.kind {
            "activity" => Topic::Calendar,
            "user" | "team" => Topic::People,
            _ => Topic::Records,
        });
    }
    if !touched.instances.is_empty() {
        topics.insert(Topic::Instances);
    }
    if topics.is_empty() {
        return None;
    }
    let records = touched.records.iter().map(|record| ChangedRecord {
        kind: record.kind.clone(),
        key: record.key.clone(),
    });
    let changed = Changed {
        topics: topics.into_iter().collect(),
        records: records.collect(),
        instances: touched.instances.iter().map(|key| (*key).into()).collect(),
    };
    match Event::default()
        .event("changed")
        .id(batch.sequence.to_string())
        .json_data(&changed)
    {
        Ok(event) => Some(event),
        Err(error) => {
            tracing::error!(%error, "a change could not be told");
            None
        }
    }
}

impl Topic {
    fn from_name(name: &str) -> Option<Topic> {
        Some(match name {
            "tasks" => Topic::Tasks,
            "calendar" => Topic::Calendar,
            "instances" => Topic::Instances,
            "definitions" => Topic::Definitions,
            "records" => Topic::Records,
            "notifications" => Topic::Notifications,
            "outbox" => Topic::Outbox,
            "clock" => Topic::Clock,
            "people" => Topic::People,
            _ => return None,
        })
    }
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}
