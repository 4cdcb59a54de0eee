//! The API's routes, one file a resource. A handler is short: extract, call, answer.

pub mod about;
pub mod activities;
pub mod calendar;
pub mod decisions;
pub mod definitions;
pub mod demo_clock;
pub mod deployments;
pub mod events;
pub mod instances;
pub mod jobs;
pub mod messages;
pub mod notifications;
pub mod openapi;
pub mod outbox;
pub mod people;
pub mod records;
pub mod search;
pub mod session;
pub mod signals;
pub mod tasks;
pub mod teams;
pub mod thread;
pub mod timeline;
pub mod users;
pub mod values;

use super::app::App;
use utoipa_axum::router::OpenApiRouter;

/// All routes, with their documentation.
pub fn routes() -> OpenApiRouter<App> {
    openapi::router()
        .merge(about::routes())
        .merge(session::routes())
        .merge(events::routes())
        .merge(people::routes())
        .merge(tasks::routes())
        .merge(calendar::routes())
        .merge(activities::routes())
        .merge(records::routes())
        .merge(timeline::routes())
        .merge(search::routes())
        .merge(definitions::routes())
        .merge(decisions::routes())
        .merge(deployments::routes())
        .merge(instances::routes())
        .merge(notifications::routes())
        .merge(outbox::routes())
        .merge(jobs::routes())
        .merge(messages::routes())
        .merge(signals::routes())
        .merge(users::routes())
        .merge(teams::routes())
        .merge(demo_clock::routes())
}
