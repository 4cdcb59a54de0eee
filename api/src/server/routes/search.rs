//! One search over everything: records, tasks, instances, processes.

use crate::server::accounts::Oversee;
use crate::server::accounts::Session;
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::{Json, Query};
use crate::server::key::Key;
use crate::server::page;
use crate::server::problem::Refusals;
use redthread_crm::{self as crm, Kind, records};
use redthread_runtime as runtime;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Something that was found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchHit {
    /// `account`, `contact`, `case`, `deal`, `task`, `instance` or `definition`.
    pub kind: String,
    /// Its key.
    pub key: Key,
    /// What people call it.
    pub title: String,
    /// What tells it from others of that name.
    #[schema(required = true)]
    pub subtitle: Option<String>,
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// At least two characters.
    pub q: String,
}

/// Look for something by name: at most six of each kind.
#[utoipa::path(get, path = "/api/search", tag = "search", params(SearchQuery),
    security(("session" = [])), responses((status = 200, body = [SearchHit]), Refusals))]
pub async fn search(
    session: Session,
    app: App,
    Query(query): Query<SearchQuery>,
) -> Result<Json<Vec<SearchHit>>, ApiError> {
    let words = query.q.trim().to_lowercase();
    if words.chars().count() < 2 {
        return Ok(Json(Vec::new()));
    }
    let kinds = Kind::SUBJECTS;
    let found = records::search(app.reader(), session.scope(), &kinds, &words, MOST).await?;
    let mut hits: Vec<SearchHit> = found.into_iter().map(SearchHit::of_record).collect();
    let filter = runtime::TaskFilter {
        search: Some(words.clone()),
        ..runtime::TaskFilter::open(runtime::TaskView::All)
    };
    let request = page::request(Some(MOST), None);
    let tasks = app.runtime().queries().tasks(&filter, &request).await?;
    hits.extend(tasks.items.into_iter().map(|task| SearchHit {
        kind: "task".to_owned(),
        key: task.key.into(),
        title: task.name,
        subtitle: Some(task.process_name),
    }));
    let definitions = app.runtime().queries().definitions().await?;
    let fits = |name: &str| name.to_lowercase().contains(&words);
    let definitions = definitions.into_iter().map(|row| {
        let title = row.name.unwrap_or_else(|| row.process_id.clone());
        (row.latest.key, title, row.process_id)
    });
    let fitting = definitions
        .filter(|(_, title, id)| fits(title) || fits(id))
        .take(MOST as usize);
    hits.extend(fitting.map(|(key, title, id)| SearchHit {
        kind: "definition".to_owned(),
        key: key.into(),
        title,
        subtitle: Some(id),
    }));
    if session.may::<Oversee>() {
        let filter = runtime::InstanceFilter {
            search_subjects: super::instances::titled(&app, &session, Some(&words)).await?,
            search: Some(words),
            ..Default::default()
        };
        let instances = app.runtime().queries().instances(&filter, &request).await?;
        hits.extend(super::instances::found(&app, &session, instances.items).await?);
    }
    Ok(Json(hits))
}

/// How many of each kind.
const MOST: u32 = 6;

impl SearchHit {
    fn of_record(record: crm::Record) -> SearchHit {
        let number = record
            .fields
            .get("number")
            .and_then(|number| number.as_str());
        let of = record
            .titles
            .get("account")
            .map(|account| account.title.clone());
        let subtitle = match (number, of) {
            (Some(number), Some(of)) => Some(format!("{number} · {of}")),
            (Some(number), None) => Some(number.to_owned()),
            (None, of) => of,
        };
        SearchHit {
            kind: record.kind.name().to_owned(),
            key: record.key.into(),
            title: record.title,
            subtitle,
        }
    }
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(search))
}
