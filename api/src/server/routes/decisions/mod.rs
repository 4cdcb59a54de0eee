//! Decisions: what is deployed, their tables, and trying them out.

mod explanation;
mod table;

use crate::server::accounts::{Deploy, May, Session};
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::{Json, Path};
use crate::server::key::{Instant, Key};
use crate::server::names::People;
use crate::server::problem::{ProblemItem, Refusals};
use crate::server::routes::definitions::{utf8, warnings};
use crate::server::routes::people::PersonRef;
use crate::server::routes::values;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use explanation::{DecisionNotice, EvaluatedDecision};
use redthread_dmn::{DecisionInfo, InputInfo, Limits};
use redthread_runtime::{self as runtime, World};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use table::DecisionTable;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A decision in the list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecisionRow {
    /// The decision's id, as business rule tasks name it.
    pub decision_id: String,
    /// What people call it.
    pub name: String,
    /// The latest version.
    pub latest: DecisionVersion,
    /// How many versions there are.
    pub versions: u32,
}

/// A version of a decision.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecisionVersion {
    /// The key of the version.
    pub key: Key,
    /// The version, from 1.
    pub version: u32,
    /// Its version tag.
    #[schema(required = true)]
    pub version_tag: Option<String>,
    /// When it was deployed.
    pub deployed_at: Instant,
    /// By whom.
    #[schema(required = true)]
    pub deployed_by: Option<PersonRef>,
    /// The file it came in.
    pub file_name: String,
}

/// A version of a decision with all that is known of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecisionDetail {
    /// The decision's id.
    pub decision_id: String,
    /// What people call it.
    pub name: String,
    /// This version.
    #[serde(flatten)]
    pub this: DecisionVersion,
    /// All versions, the latest first.
    pub versions: Vec<DecisionVersion>,
    /// What may not be as meant in its file.
    pub warnings: Vec<ProblemItem>,
    /// The question it answers.
    #[schema(required = true)]
    pub question: Option<String>,
    /// The answers that are allowed, in words.
    #[schema(required = true)]
    pub allowed_answers: Option<String>,
    /// How it is decided: `decisionTable`, `literalExpression`, `context`, `list`, `relation`, `invocation`,
    /// `functionDefinition`, `conditional`, `filter`, `for`, `quantified` or `none`.
    pub logic: String,
    /// All that it needs to be given, by itself or through decisions that it requires.
    pub inputs: Vec<DecisionInput>,
    /// The type of its result, as FEEL writes it.
    #[schema(required = true)]
    pub result: Option<String>,
    /// The decisions that it requires directly.
    pub requires: Vec<RequiredDecision>,
    /// Its table, if it is one.
    #[schema(required = true)]
    pub table: Option<DecisionTable>,
    /// Its FEEL expression, if it is one.
    #[schema(required = true)]
    pub expression: Option<String>,
}

/// What a decision needs to be given.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecisionInput {
    /// Its name.
    pub name: String,
    /// Its type, as FEEL writes it.
    #[serde(rename = "type")]
    #[schema(required = true)]
    pub kind: Option<String>,
    /// Which values there may be, as unary tests.
    #[schema(required = true)]
    pub allowed: Option<String>,
    /// Whether the file declares it; if not, an expression only uses it.
    pub declared: bool,
}

/// A decision that another one requires.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequiredDecision {
    /// What people call it.
    pub name: String,
    /// The key of the version of the same file; null: it stands in a file that is imported.
    #[schema(required = true)]
    pub key: Option<Key>,
}

/// What a decision is given to try it out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecisionTrial {
    /// The values by name. Texts given for dates, times and durations are read as such.
    #[serde(default)]
    #[schema(value_type = HashMap<String, Value>)]
    pub variables: Map<String, Value>,
}

/// What a decision would be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecisionTried {
    /// The type of the result: `number`, `string`, `context`, `null` ...
    #[serde(rename = "type")]
    pub kind: String,
    /// The result.
    #[schema(value_type = Value)]
    pub value: Value,
    /// The result as FEEL writes it.
    pub text: String,
    /// What went wrong on the way, and where.
    pub warnings: Vec<DecisionNotice>,
    /// How the result came about: each decision on the way, this one last.
    pub decisions: Vec<EvaluatedDecision>,
}

/// All decisions, by name.
#[utoipa::path(get, path = "/api/decisions", tag = "decisions",
    security(("session" = [])), responses((status = 200, body = [DecisionRow]), Refusals))]
pub async fn decisions(_session: Session, app: App) -> Result<Json<Vec<DecisionRow>>, ApiError> {
    let people = People::load(&app).await?;
    let rows = app.runtime().queries().decisions().await?;
    let rows = rows.into_iter().map(|row| DecisionRow {
        decision_id: row.decision_id,
        name: row.name,
        latest: DecisionVersion::new(row.latest, row.file, &people),
        versions: row.versions,
    });
    Ok(Json(rows.collect()))
}

/// A version of a decision: what it wants, what it gives, and its table.
#[utoipa::path(get, path = "/api/decisions/{key}", tag = "decisions", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = [])), responses((status = 200, body = DecisionDetail), Refusals))]
pub async fn decision(
    _session: Session,
    app: App,
    Path(key): Path<Key>,
) -> Result<Json<DecisionDetail>, ApiError> {
    let people = People::load(&app).await?;
    let queries = app.runtime().queries();
    let card = queries.decision(key.engine()).await?;
    let (_, bytes) = queries.decision_file(key.engine()).await?;
    let id = card.decision_id.clone();
    // Reading a large file takes a while of pure computing.
    let drawn = tokio::task::spawn_blocking(move || drawn(&bytes, &id)).await;
    let (table, expression) = drawn.map_err(|error| ApiError::Internal(error.to_string()))?;
    let info = card.decision.model.as_ref();
    let info = info.and_then(|model| model.decision(&card.decision_id));
    let versions = card.versions.into_iter();
    Ok(Json(DecisionDetail {
        this: DecisionVersion::new(card.this, card.file.clone(), &people),
        versions: versions
            .map(|version| DecisionVersion::new(version, card.file.clone(), &people))
            .collect(),
        warnings: warnings(card.warnings),
        question: info.and_then(|info| info.question.clone()),
        allowed_answers: info.and_then(|info| info.allowed_answers.clone()),
        logic: info.map_or_else(|| "none".to_owned(), logic),
        inputs: info
            .map(|info| info.inputs.iter().map(DecisionInput::from).collect())
            .unwrap_or_default(),
        result: info.and_then(|info| info.result.as_deref().map(str::to_owned)),
        requires: info
            .map(|info| {
                let names = info.requires.iter();
                names
                    .map(|name| RequiredDecision {
                        name: name.to_string(),
                        key: card
                            .decision
                            .model
                            .as_ref()
                            .and_then(|model| model.decision(name)?.id.as_deref())
                            .and_then(|id| card.in_file.get(id).copied())
                            .map(Key::from),
                    })
                    .collect()
            })
            .unwrap_or_default(),
        decision_id: card.decision_id,
        name: card.name,
        table,
        expression,
    }))
}

/// The file of a decision as it was uploaded.
#[utoipa::path(get, path = "/api/decisions/{key}/xml", tag = "decisions", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = [])),
    responses((status = 200, body = String, content_type = "text/xml"), Refusals))]
pub async fn decision_xml(
    _session: Session,
    app: App,
    Path(key): Path<Key>,
) -> Result<Response, ApiError> {
    let (_, bytes) = app.runtime().queries().decision_file(key.engine()).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/xml; charset=utf-8"),
        // A version never changes.
        (header::CACHE_CONTROL, "private, max-age=86400, immutable"),
    ];
    Ok((headers, utf8(&bytes)).into_response())
}

/// Try a decision out: nothing comes of it.
#[utoipa::path(post, path = "/api/decisions/{key}/evaluate", tag = "decisions", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = ["analyst", "administrator"])),
    responses((status = 200, body = DecisionTried), Refusals))]
pub async fn try_decision(
    _may: May<Deploy>,
    app: App,
    Path(key): Path<Key>,
    Json(trial): Json<DecisionTrial>,
) -> Result<Json<DecisionTried>, ApiError> {
    let given = values::variables(trial.variables)?;
    let zone = app.world().zone();
    let queries = app.runtime().queries();
    let outcome = queries.try_decision(key.engine(), given, zone).await?;
    let warnings = outcome.warnings.into_iter();
    let decisions = outcome.explanation.unwrap_or_default().decisions;
    Ok(Json(DecisionTried {
        kind: outcome.value.type_name().to_owned(),
        value: outcome.value.to_json(),
        text: outcome.value.to_feel(),
        warnings: warnings.map(DecisionNotice::from).collect(),
        decisions: decisions.into_iter().map(EvaluatedDecision::from).collect(),
    }))
}

/// A decision's table or expression, as it stands in its file.
fn drawn(bytes: &[u8], id: &str) -> (Option<DecisionTable>, Option<String>) {
    let Ok(read) = redthread_dmn::read(bytes, &Limits::default()) else {
        return (None, None);
    };
    let mut decisions = read.model.decisions.iter();
    let decision = decisions.find(|decision| decision.id.as_deref() == Some(id));
    match decision.and_then(|decision| decision.logic.as_ref()) {
        Some(logic) => (DecisionTable::of(&logic.kind), table::text(&logic.kind)),
        None => (None, None),
    }
}

/// The word for how it is decided.
fn logic(info: &DecisionInfo) -> String {
    let word = serde_json::to_value(info.logic).ok();
    word.and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default()
}

impl DecisionVersion {
    fn new(version: runtime::DecisionVersion, file_name: String, people: &People) -> Self {
        DecisionVersion {
            key: version.key.into(),
            version: version.version.unsigned_abs(),
            version_tag: version.tag,
            deployed_at: version.deployed_at.into(),
            deployed_by: version.deployed_by.map(|login| people.of(&login)),
            file_name,
        }
    }
}

impl From<&InputInfo> for DecisionInput {
    fn from(input: &InputInfo) -> DecisionInput {
        DecisionInput {
            name: input.name.to_string(),
            kind: input.r#type.as_deref().map(str::to_owned),
            allowed: input.allowed.clone(),
            declared: input.declared,
        }
    }
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(decisions))
        .routes(routes!(decision))
        .routes(routes!(decision_xml))
        .routes(routes!(try_decision))
}
