//! The outbox: the mail that Redthread sends, or keeps when no mail server is set up.

use super::timeline::PageQuery;
use crate::server::accounts::{May, ReadMail};
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::{Json, Query};
use crate::server::key::{Instant, Key};
use crate::server::page::{self, Page};
use crate::server::problem::Refusals;
use redthread_crm::{RecordKey, outbox as store};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A mail.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// The key.
    pub key: Key,
    /// To whom.
    pub to: String,
    /// What about.
    pub subject: String,
    /// The text.
    pub body: String,
    /// What became of it.
    pub status: MailStatus,
    /// When it was written.
    pub created: Instant,
    /// When it was sent.
    #[schema(required = true)]
    pub sent_at: Option<Instant>,
    /// Why it could not be sent.
    #[schema(required = true)]
    pub error: Option<String>,
}

/// What became of a mail.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum MailStatus {
    /// Kept here: no mail server is set up.
    Kept,
    /// It will be sent.
    Queued,
    /// It was sent.
    Sent,
    /// It could not be sent.
    Failed,
}

/// The mail, the latest first.
#[utoipa::path(get, path = "/api/outbox", tag = "outbox", params(PageQuery),
    security(("session" = ["manager", "administrator"])),
    responses((status = 200, body = Page<Mail>), Refusals))]
pub async fn outbox(
    may: May<ReadMail>,
    app: App,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Mail>>, ApiError> {
    let limit = page::limit(query.limit);
    let before = query.after.map(|after| after.parse()).transpose();
    let before: Option<RecordKey> =
        before.map_err(|_| ApiError::BadRequest("no such page".to_owned()))?;
    let found = store::list(app.reader(), may.session.scope(), before, limit).await?;
    let more = found.len() >= limit as usize;
    let next = found
        .last()
        .filter(|_| more)
        .map(|mail| mail.key.to_string());
    let items = found.into_iter().map(|mail| Mail {
        key: mail.key.into(),
        to: mail.to,
        subject: mail.subject,
        body: mail.body,
        status: match mail.status {
            store::MailStatus::Queued => MailStatus::Queued,
            store::MailStatus::Sent => MailStatus::Sent,
            store::MailStatus::Kept => MailStatus::Kept,
            store::MailStatus::Failed => MailStatus::Failed,
        },
        created: mail.created_at.into(),
        sent_at: mail.sent_at.map(Instant::from),
        error: mail.error,
    });
    Ok(Json(Page {
        items: items.collect(),
        next,
        total: None,
    }))
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(outbox))
}
