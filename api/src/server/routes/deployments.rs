//! Deployments: diagrams, decisions and forms go in, all of them or none.

use crate::server::accounts::{Deploy, May};
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::Json;
use crate::server::key::Key;
use crate::server::problem::{ProblemItem, Refusals};
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header;
use redthread_bpmn::Limits;
use redthread_runtime::{FileKind, UploadedFile};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Files to upload: the part `file`, once for each.
#[derive(ToSchema)]
#[allow(dead_code)] // Only the document knows its shape; the files themselves are read part by part.
pub struct Upload {
    /// BPMN diagrams, DMN decisions and form-js forms.
    #[schema(value_type = Vec<String>, format = Binary)]
    pub file: Vec<Vec<u8>>,
}

/// What was deployed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// The processes and drawings.
    pub deployed: Vec<DeployedProcess>,
    /// The decisions.
    pub decisions: Vec<DeployedDecision>,
    /// The forms.
    pub forms: Vec<DeployedForm>,
}

/// A process or drawing that was deployed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeployedProcess {
    /// The key of the definition.
    pub key: Key,
    /// The process's id.
    pub process_id: String,
    /// What people call it.
    pub name: String,
    /// Its version now.
    pub version: u32,
    /// The file it came in.
    pub file_name: String,
    /// Whether it is a drawing: kept, but nothing of it runs.
    pub drawing: bool,
    /// Whether the same was there already, so that no new version was made.
    pub unchanged: bool,
    /// What may not be as meant.
    pub warnings: Vec<ProblemItem>,
}

/// A decision that was deployed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeployedDecision {
    /// The key of this version.
    pub key: Key,
    /// The decision's id.
    pub decision_id: String,
    /// What people call it.
    pub name: String,
    /// Its version now.
    pub version: u32,
    /// The file it came in.
    pub file_name: String,
    /// Whether the same was there already, so that no new version was made.
    pub unchanged: bool,
    /// What may not be as meant in its file.
    pub warnings: Vec<ProblemItem>,
}

/// A form that was deployed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeployedForm {
    /// The form's id, as diagrams name it.
    pub id: String,
    /// The file it came in.
    pub file_name: String,
    /// Whether the same was there already.
    pub unchanged: bool,
}

/// What a deployment would do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// Whether it can be deployed: nothing among the problems is an error.
    pub deployable: bool,
    /// What is wrong, or may not be as meant.
    pub problems: Vec<ProblemItem>,
    /// The processes of the diagrams.
    pub processes: Vec<CheckedProcess>,
    /// The decisions.
    pub decisions: Vec<CheckedDecision>,
}

/// A process of a diagram that was checked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckedProcess {
    /// The file.
    pub file_name: String,
    /// The process's id.
    #[schema(required = true)]
    pub process_id: Option<String>,
    /// What people call it.
    #[schema(required = true)]
    pub name: Option<String>,
    /// Whether it is marked as executable.
    pub executable: bool,
}

/// A decision of a file that was checked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckedDecision {
    /// The file.
    pub file_name: String,
    /// The decision's id.
    #[schema(required = true)]
    pub decision_id: Option<String>,
    /// What people call it.
    pub name: String,
}

/// A diagram that is being drawn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Draft {
    /// The diagram.
    pub xml: String,
    /// What to call it in problems.
    pub file_name: Option<String>,
}

/// Deploy diagrams, decisions and forms. Deploying the same again makes no new version; a new version leaves running instances
/// on theirs. With errors nothing is deployed, and the problem `diagramHasErrors` names each.
#[utoipa::path(post, path = "/api/deployments", tag = "deployments",
    request_body(content = Upload, content_type = "multipart/form-data"),
    security(("session" = ["analyst", "administrator"])),
    responses(
        (status = 201, body = Deployment, description = "Deployed."),
        (status = 200, body = Deployment, description = "The same was there already."),
        Refusals
    ))]
pub async fn deploy(
    may: May<Deploy>,
    app: App,
    request: Request,
) -> Result<(StatusCode, Json<Deployment>), ApiError> {
    let files = files_of(&app, request).await?;
    let done = app.runtime().deploy(files, may.session.actor()).await?;
    let code = match done.deployment {
        Some(_) => StatusCode::CREATED,
        None => StatusCode::OK,
    };
    let warnings = |file: &str| -> Vec<ProblemItem> {
        let of_file = done.warnings.iter().filter(|warning| warning.file == file);
        of_file.cloned().map(ProblemItem::from).collect()
    };
    let deployed = done.definitions.iter().map(|definition| DeployedProcess {
        key: definition.key.into(),
        name: definition
            .name
            .clone()
            .unwrap_or_else(|| definition.process_id.clone()),
        process_id: definition.process_id.clone(),
        version: definition.version.unsigned_abs(),
        warnings: warnings(&definition.file),
        file_name: definition.file.clone(),
        drawing: definition.drawing,
        unchanged: definition.unchanged,
    });
    let decisions = done.decisions.iter().map(|decision| DeployedDecision {
        key: decision.key.into(),
        decision_id: decision.decision_id.clone(),
        name: decision.name.clone(),
        version: decision.version.unsigned_abs(),
        warnings: warnings(&decision.file),
        file_name: decision.file.clone(),
        unchanged: decision.unchanged,
    });
    let forms = done.forms.iter().map(|form| DeployedForm {
        id: form.id.clone(),
        file_name: form.file.clone(),
        unchanged: form.unchanged,
    });
    let answer = Deployment {
        deployed: deployed.collect(),
        decisions: decisions.collect(),
        forms: forms.collect(),
    };
    Ok((code, Json(answer)))
}

/// What deploying would say, without doing it. Takes files as deploying does, or one draft as JSON.
#[utoipa::path(post, path = "/api/deployments/check", tag = "deployments",
    request_body(content((Upload = "multipart/form-data"), (Draft = "application/json"))),
    security(("session" = ["analyst", "administrator"])),
    responses((status = 200, body = Check), Refusals))]
pub async fn check_deployment(
    _may: May<Deploy>,
    app: App,
    request: Request,
) -> Result<Json<Check>, ApiError> {
    let is_json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/json"));
    let files = if is_json {
        let Json(draft) = Json::<Draft>::from_request(request, &app).await?;
        let name = draft.file_name.unwrap_or_else(|| "diagram.bpmn".to_owned());
        vec![UploadedFile {
            name,
            bytes: draft.xml.into_bytes(),
        }]
    } else {
        files_of(&app, request).await?
    };
    let copy = files.clone();
    // Reading a large diagram takes a while of pure computing.
    let content = tokio::task::spawn_blocking(move || content_of(&copy)).await;
    let (processes, decisions) = content.map_err(|error| ApiError::Internal(error.to_string()))?;
    let reading = app.runtime().examine(files).await?;
    Ok(Json(Check {
        deployable: !reading.has_errors(),
        problems: reading
            .problems
            .into_iter()
            .map(ProblemItem::from)
            .collect(),
        processes,
        decisions,
    }))
}

/// The most that is uploaded at once.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;
/// The most files that are uploaded at once.
const MOST_FILES: usize = 100;

/// The files of a form, whatever their fields are called.
async fn files_of(app: &App, request: Request) -> Result<Vec<UploadedFile>, ApiError> {
    let mut upload = Multipart::from_request(request, app).await.map_err(|_| {
        ApiError::BadRequest(
            "files are sent as multipart/form-data, each as a part \"file\"".to_owned(),
        )
    })?;
    let mut files = Vec::new();
    while let Some(part) = upload.next_field().await.map_err(refused)? {
        let Some(name) = part.file_name().map(base_name) else {
            continue;
        };
        let bytes = part.bytes().await.map_err(refused)?.to_vec();
        files.push(UploadedFile { name, bytes });
        if files.len() > MOST_FILES {
            return Err(ApiError::TooLarge);
        }
    }
    Ok(files)
}

fn refused(error: MultipartError) -> ApiError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge,
        _ => ApiError::BadRequest(error.body_text().trim_end_matches('.').to_owned()),
    }
}

/// A file's name without the folders that some browsers send with it.
fn base_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name).trim();
    let base: String = base.chars().filter(|c| !c.is_control()).take(200).collect();
    if base.is_empty() {
        "file".to_owned()
    } else {
        base
    }
}

/// What is in the files. What cannot be read is told by the problems.
fn content_of(files: &[UploadedFile]) -> (Vec<CheckedProcess>, Vec<CheckedDecision>) {
    let (mut processes, mut decisions) = (Vec::new(), Vec::new());
    for file in files {
        match FileKind::of(&file.bytes) {
            FileKind::Json => {}
            FileKind::Decisions => {
                let Ok(model) = redthread_dmn::read(&file.bytes, &Limits::default()) else {
                    continue;
                };
                let found = model.decisions();
                let found = found.decisions().iter().map(|decision| CheckedDecision {
                    file_name: file.name.clone(),
                    decision_id: decision.id.as_deref().map(str::to_owned),
                    name: decision.name.to_string(),
                });
                decisions.extend(found);
            }
            FileKind::Diagram => {
                let Ok(diagram) = redthread_bpmn::read(&file.bytes, &Limits::default()) else {
                    continue;
                };
                let found = diagram.model.processes.iter();
                processes.extend(found.map(|process| CheckedProcess {
                    file_name: file.name.clone(),
                    process_id: process.id.as_deref().map(str::to_owned),
                    name: process.name.as_deref().map(str::to_owned),
                    executable: process.executable,
                }));
            }
        }
    }
    (processes, decisions)
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    let limit = DefaultBodyLimit::max(MOST_BYTES);
    OpenApiRouter::new()
        .routes(routes!(deploy))
        .routes(routes!(check_deployment))
        .layer(limit)
}
