//! Definitions: what is deployed, its diagrams and maps.

use super::activities::RecordPointer;
use super::people::PersonRef;
use super::values;
use crate::server::accounts::{Deploy, May, Oversee, Session};
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::{Json, Path};
use crate::server::key::{Instant, Key};
use crate::server::names::People;
use crate::server::problem::{ProblemItem, Refusals, Severity};
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use redthread_bpmn::Limits;
use redthread_core::Subject;
use redthread_crm::records;
use redthread_runtime::{self as runtime, ProcessRef as Which, StartInstance};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A process in the list, or a drawing.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DefinitionRow {
    /// The process's id in diagrams.
    pub process_id: String,
    /// What people call it.
    pub name: String,
    /// The latest version.
    pub latest: DefinitionVersion,
    /// How many versions there are.
    pub versions: u32,
    /// How many instances run, of all versions.
    pub open: u64,
    /// How many of what waits is late.
    pub overdue: u64,
    /// How many incidents are open.
    pub incidents: u64,
    /// Whether a person can start it: it has a none start event.
    pub can_start: bool,
    /// Whether it is a drawing: kept, but nothing of it runs.
    pub drawing: bool,
}

/// A version of a process.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DefinitionVersion {
    /// The key of the definition.
    pub key: Key,
    /// The version, from 1.
    pub version: u32,
    /// When it was deployed.
    pub deployed_at: Instant,
    /// Who deployed it; null: Redthread itself.
    #[schema(required = true)]
    pub deployed_by: Option<PersonRef>,
    /// The file it came in.
    pub file_name: String,
    /// How many instances of this version run.
    pub open: u64,
}

/// A version of a process on its page.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DefinitionDetail {
    /// The key of the definition.
    pub key: Key,
    /// The process's id in diagrams.
    pub process_id: String,
    /// What people call it.
    pub name: String,
    /// The version, from 1.
    pub version: u32,
    /// When it was deployed.
    pub deployed_at: Instant,
    /// Who deployed it; null: Redthread itself.
    #[schema(required = true)]
    pub deployed_by: Option<PersonRef>,
    /// The file it came in.
    pub file_name: String,
    /// All versions, the latest first.
    pub versions: Vec<DefinitionVersion>,
    /// What may not be as meant.
    pub warnings: Vec<ProblemItem>,
    /// Whether it is a drawing.
    pub drawing: bool,
    /// Whether a person can start it.
    pub can_start: bool,
    /// What the analyst wrote about it.
    #[schema(required = true)]
    pub documentation: Option<String>,
}

/// How many instances stand where.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProcessMap {
    /// By the element's id; elements where nothing stands are left out.
    pub elements: BTreeMap<String, ElementCount>,
    /// How many instances run.
    pub open: u64,
}

/// What stands at an element.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ElementCount {
    /// How many wait there, late ones too.
    pub waiting: u64,
    /// How many of them are late.
    pub overdue: u64,
    /// How many incidents are open there.
    pub incidents: u64,
}

/// What an instance starts with.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewInstance {
    /// Its variables.
    #[serde(default)]
    #[schema(value_type = HashMap<String, Value>)]
    pub variables: Map<String, Value>,
    /// The record that it is about.
    pub subject: Option<RecordPointer>,
}

/// An instance that was started.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Started {
    /// Its key.
    pub instance: Key,
}

/// What stands in the way of a drawing's being run.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Missing {
    /// What to change in the diagram. Empty: marking it as executable is all.
    pub problems: Vec<ProblemItem>,
}

/// All processes and drawings, by name.
#[utoipa::path(get, path = "/api/definitions", tag = "definitions",
    security(("session" = [])), responses((status = 200, body = [DefinitionRow]), Refusals))]
pub async fn definitions(
    _session: Session,
    app: App,
) -> Result<Json<Vec<DefinitionRow>>, ApiError> {
    let people = People::load(&app).await?;
    let rows = app.runtime().queries().definitions().await?;
    let rows = rows.into_iter().map(|row| DefinitionRow {
        name: row.name.unwrap_or_else(|| row.process_id.clone()),
        process_id: row.process_id,
        latest: DefinitionVersion::new(row.latest, row.file, &people),
        versions: row.versions,
        open: row.open,
        overdue: row.overdue,
        incidents: row.incidents,
        can_start: row.can_start,
        drawing: row.drawing,
    });
    Ok(Json(rows.collect()))
}

/// A version of a process.
#[utoipa::path(get, path = "/api/definitions/{key}", tag = "definitions", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = [])), responses((status = 200, body = DefinitionDetail), Refusals))]
pub async fn definition(
    _session: Session,
    app: App,
    Path(key): Path<Key>,
) -> Result<Json<DefinitionDetail>, ApiError> {
    let people = People::load(&app).await?;
    let card = app.runtime().queries().definition(key.engine()).await?;
    let this = DefinitionVersion::new(card.this, card.file.clone(), &people);
    let versions = card.versions.into_iter();
    Ok(Json(DefinitionDetail {
        key: this.key,
        name: card.name.unwrap_or_else(|| card.process_id.clone()),
        process_id: card.process_id,
        version: this.version,
        deployed_at: this.deployed_at,
        deployed_by: this.deployed_by,
        versions: versions
            .map(|version| DefinitionVersion::new(version, card.file.clone(), &people))
            .collect(),
        file_name: card.file,
        warnings: warnings(card.warnings),
        drawing: card.drawing,
        can_start: card.can_start,
        documentation: card.documentation,
    }))
}

/// The diagram as it was uploaded.
#[utoipa::path(get, path = "/api/definitions/{key}/xml", tag = "definitions", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = [])),
    responses((status = 200, body = String, content_type = "text/xml"), Refusals))]
pub async fn definition_xml(
    _session: Session,
    app: App,
    Path(key): Path<Key>,
) -> Result<Response, ApiError> {
    let (_, bytes) = app.runtime().queries().diagram(key.engine()).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/xml; charset=utf-8"),
        // A version never changes.
        (header::CACHE_CONTROL, "private, max-age=86400, immutable"),
    ];
    Ok((headers, utf8(&bytes)).into_response())
}

/// How many instances stand where.
#[utoipa::path(get, path = "/api/definitions/{key}/map", tag = "definitions", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = ["analyst", "manager", "administrator"])),
    responses((status = 200, body = ProcessMap), Refusals))]
pub async fn process_map(
    _may: May<Oversee>,
    app: App,
    Path(key): Path<Key>,
) -> Result<Json<ProcessMap>, ApiError> {
    // A map of nothing is not the same as an empty one.
    app.runtime().queries().definition(key.engine()).await?;
    let map = app.runtime().queries().map(key.engine()).await?;
    let elements = map.elements.into_iter();
    Ok(Json(ProcessMap {
        elements: elements
            .map(|(element, counts)| (element, counts.into()))
            .collect(),
        open: map.open,
    }))
}

/// What a drawing lacks to be run.
#[utoipa::path(post, path = "/api/definitions/{key}/make-executable", tag = "definitions", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = ["analyst", "administrator"])),
    responses((status = 200, body = Missing), Refusals))]
pub async fn make_executable(
    _may: May<Deploy>,
    app: App,
    Path(key): Path<Key>,
) -> Result<Json<Missing>, ApiError> {
    let (_, bytes) = app.runtime().queries().diagram(key.engine()).await?;
    let read = tokio::task::spawn_blocking(move || {
        let diagram = redthread_bpmn::read(&bytes, &Limits::default());
        diagram.map(|diagram| diagram.missing_for_execution())
    });
    let missing = read
        .await
        .map_err(|error| ApiError::Internal(error.to_string()))?;
    let missing = missing.map_err(|unreadable| ApiError::Unusable(unreadable.message))?;
    Ok(Json(Missing {
        problems: missing.into_iter().map(ProblemItem::from).collect(),
    }))
}

/// Start an instance of this version. Only those who oversee may: others start processes by what they do to records.
#[utoipa::path(post, path = "/api/definitions/{key}/start", tag = "definitions", params(("key" = Key, Path, description = "Its key.")),
    security(("session" = ["analyst", "manager", "administrator"])),
    responses((status = 201, body = Started), Refusals))]
pub async fn start_instance(
    may: May<Oversee>,
    app: App,
    Path(key): Path<Key>,
    Json(new): Json<NewInstance>,
) -> Result<(StatusCode, Json<Started>), ApiError> {
    let subject = match &new.subject {
        Some(pointer) => {
            let (kind, record) = pointer.target()?;
            // One can only start something about what one may see.
            records::get(app.reader(), may.session.scope(), kind, record).await?;
            Some(Subject {
                kind: kind.name().into(),
                key: record.to_string().into(),
            })
        }
        None => None,
    };
    let start = StartInstance {
        process: Which::Definition(key.engine()),
        element: None,
        variables: values::variables(new.variables)?,
        subject,
    };
    let instance = app.runtime().start(start, may.session.actor()).await?;
    Ok((
        StatusCode::CREATED,
        Json(Started {
            instance: instance.into(),
        }),
    ))
}

impl DefinitionVersion {
    fn new(version: runtime::DefinitionVersion, file_name: String, people: &People) -> Self {
        let login = version.deployed_by;
        DefinitionVersion {
            key: version.key.into(),
            version: version.version.unsigned_abs(),
            deployed_at: version.deployed_at.into(),
            deployed_by: login.map(|login| people.of(&login)),
            file_name,
            open: version.open,
        }
    }
}

impl From<runtime::Counts> for ElementCount {
    fn from(counts: runtime::Counts) -> ElementCount {
        ElementCount {
            waiting: counts.waiting,
            overdue: counts.overdue,
            incidents: counts.incidents,
        }
    }
}

/// The warnings that were kept when it was deployed.
pub(super) fn warnings(kept: Value) -> Vec<ProblemItem> {
    let Value::Array(kept) = kept else {
        return Vec::new();
    };
    let text = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).map(str::to_owned);
    let warning = |of: Value| ProblemItem {
        element: text(&of, "element"),
        line: of
            .get("line")
            .and_then(Value::as_u64)
            .and_then(|line| u32::try_from(line).ok()),
        code: text(&of, "code").unwrap_or_default(),
        severity: Severity::Warning,
        message: text(&of, "message").unwrap_or_default(),
        hint: text(&of, "hint").unwrap_or_default(),
        ..ProblemItem::default()
    };
    kept.into_iter().map(warning).collect()
}

/// The diagram as text: pages take nothing but UTF-8, diagrams come in whatever their declaration says.
pub(super) fn utf8(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(200)];
    let declared = String::from_utf8_lossy(head)
        .split_once("encoding=")
        .and_then(|(_, rest)| rest.get(1..).map(str::to_owned))
        .and_then(|rest| rest.split(['"', '\'']).next().map(str::to_owned));
    let encoding = declared
        .and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()))
        .unwrap_or(encoding_rs::UTF_8);
    // A byte order mark counts for more than what is declared.
    encoding.decode(bytes).0.into_owned()
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(definitions))
        .routes(routes!(definition))
        .routes(routes!(definition_xml))
        .routes(routes!(process_map))
        .routes(routes!(make_executable))
        .routes(routes!(start_instance))
}
