//! Deployments: diagrams and forms go in, all of them or none.

use crate::server::accounts::{Deploy, May};
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::Json;
use crate::server::key::Key;
use crate::server::problem::{ProblemItem, Refusals};
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::StatusCode;
use axum::http::header;
use redthread_bpmn::Limits;
use redthread_runtime::{UploadedFile, read_files};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Files to upload: the part `file`, once for each.
#[derive(ToSchema)]
#[allow(dead_code)] // Only the document knows its shape; the files themselves are read part by part.
pub struct Upload {
    /// BPMN diagrams and form-js forms.
    #[schema(value_type = Vec<String>, format = Binary)]
    pub file: Vec<Vec<u8>>,
}

/// What was deployed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// The processes and drawings.
    pub deployed: Vec<DeployedProcess>,
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

/// A diagram that is being drawn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Draft {
    /// The diagram.
    pub xml: String,
    /// What to call it in problems.
    pub file_name: Option<String>,
}

/// Deploy diagrams and forms. Deploying the same again makes no new version; a new version leaves running instances
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
    State(app): State<App>,
    request: Request,
) -> Result<(StatusCode, Json<Deployment>), ApiError> {
    let files = files_of(&app, request).await?;
    let (changed, mut answer) = unchanged(&app, files).await?;
    if changed.is_empty() && (!answer.deployed.is_empty() || !answer.forms.is_empty()) {
        return Ok((StatusCode::OK, Json(answer)));
    }
    let forms: Vec<(String, String)> = changed.iter().filter_map(form_id).collect();
    let done = app.runtime().deploy(changed, may.session.actor()).await?;
    for definition in done.definitions {
        let of_file = done
            .warnings
            .iter()
            .filter(|warning| warning.file == definition.file);
        answer.deployed.push(DeployedProcess {
            key: definition.key.into(),
            name: definition
                .name
                .unwrap_or_else(|| definition.process_id.clone()),
            process_id: definition.process_id,
            version: definition.version.unsigned_abs(),
            warnings: of_file.cloned().map(ProblemItem::from).collect(),
            file_name: definition.file,
            drawing: definition.drawing,
            unchanged: false,
        });
    }
    let forms = forms.into_iter().map(|(id, file_name)| DeployedForm {
        id,
        file_name,
        unchanged: false,
    });
    answer.forms.extend(forms);
    Ok((StatusCode::CREATED, Json(answer)))
}

/// What deploying would say, without doing it. Takes files as deploying does, or one draft as JSON.
#[utoipa::path(post, path = "/api/deployments/check", tag = "deployments",
    request_body(content((Upload = "multipart/form-data"), (Draft = "application/json"))),
    security(("session" = ["analyst", "administrator"])),
    responses((status = 200, body = Check), Refusals))]
pub async fn check_deployment(
    _may: May<Deploy>,
    State(app): State<App>,
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
    // Reading a large diagram takes a while of pure computing.
    let checked = tokio::task::spawn_blocking(move || examine(files)).await;
    checked
        .map(Json)
        .map_err(|error| ApiError::Internal(error.to_string()))
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

/// What deploying these files would say.
fn examine(files: Vec<UploadedFile>) -> Check {
    let mut processes = Vec::new();
    for file in &files {
        // What cannot be read is among the problems below.
        let Ok(diagram) = redthread_bpmn::read(&file.bytes, &Limits::default()) else {
            continue;
        };
        processes.extend(
            diagram
                .model
                .processes
                .iter()
                .map(|process| CheckedProcess {
                    file_name: file.name.clone(),
                    process_id: process.id.as_deref().map(str::to_owned),
                    name: process.name.as_deref().map(str::to_owned),
                    executable: process.executable,
                }),
        );
    }
    let reading = read_files(files, &redthread_connectors::review);
    Check {
        deployable: !reading.has_errors(),
        problems: reading
            .problems
            .into_iter()
            .map(ProblemItem::from)
            .collect(),
        processes,
    }
}

/// Parts the files into those that say something new, and an answer about those that do not: the same content again
/// is no new version. If one of the files has errors, none is put aside, so that all are refused together.
async fn unchanged(
    app: &App,
    files: Vec<UploadedFile>,
) -> Result<(Vec<UploadedFile>, Deployment), ApiError> {
    let mut answer = Deployment {
        deployed: Vec::new(),
        forms: Vec::new(),
    };
    let copy = files.clone();
    let examined = tokio::task::spawn_blocking(move || examine(copy)).await;
    let examined = examined.map_err(|error| ApiError::Internal(error.to_string()))?;
    if !examined.deployable {
        return Ok((files, answer));
    }
    let queries = app.runtime().queries();
    let known = queries.definitions().await?;
    let mut changed = Vec::new();
    for file in files {
        if let Some((id, file_name)) = form_id(&file) {
            let before = queries.form(&id).await?;
            match before.is_some() && before == serde_json::from_slice(&file.bytes).ok() {
                true => answer.forms.push(DeployedForm {
                    id,
                    file_name,
                    unchanged: true,
                }),
                false => changed.push(file),
            }
            continue;
        }
        let of_file = examined
            .processes
            .iter()
            .filter(|process| process.file_name == file.name);
        let drawing = !of_file.clone().any(|process| process.executable);
        let ids = of_file.filter(|process| process.executable || drawing);
        let ids: Vec<&str> = ids
            .filter_map(|process| process.process_id.as_deref())
            .collect();
        let mut same = Vec::new();
        for row in known.iter().filter(|row| ids.contains(&&*row.process_id)) {
            if row.drawing == drawing && queries.diagram(row.latest.key).await?.1 == file.bytes {
                same.push(row);
            }
        }
        let complete = if drawing {
            !same.is_empty()
        } else {
            same.len() == ids.len()
        };
        if !complete || ids.is_empty() {
            changed.push(file);
            continue;
        }
        let warnings = examined
            .problems
            .iter()
            .filter(|p| p.file.as_deref() == Some(&file.name));
        for row in same {
            answer.deployed.push(DeployedProcess {
                key: row.latest.key.into(),
                process_id: row.process_id.clone(),
                name: row.name.clone().unwrap_or_else(|| row.process_id.clone()),
                version: row.latest.version.unsigned_abs(),
                file_name: file.name.clone(),
                drawing,
                unchanged: true,
                warnings: warnings.clone().cloned().collect(),
            });
        }
    }
    Ok((changed, answer))
}

/// The id of a form, and its file's name; none if the file is something else.
fn form_id(file: &UploadedFile) -> Option<(String, String)> {
    let form: serde_json::Value = serde_json::from_slice(&file.bytes).ok()?;
    let id = form.get("id")?.as_str()?.to_owned();
    Some((id, file.name.clone()))
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    let limit = DefaultBodyLimit::max(MOST_BYTES);
    OpenApiRouter::new()
        .routes(routes!(deploy))
        .routes(routes!(check_deployment))
        .layer(limit)
}
