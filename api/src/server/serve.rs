//! Starting and stopping.

use super::accounts::refuse_cross_site;
use super::app::App;
use super::error::ApiError;
use super::migration::Migrator;
use super::options::ServeOptions;
use super::{demo, first_start, once, routes, web_ui};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use redthread_connectors::{CrmWorld, MailerError, mailer};
use redthread_crm::CrmError;
use redthread_runtime::{Clock, Database, Runtime, RuntimeError, SettableClock, SystemClock};
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tower_http::trace::TraceLayer;
use tracing_subscriber::EnvFilter;

/// The most that a request's body may have, unless its route says otherwise.
const MOST_BYTES: usize = 1024 * 1024;
/// How long requests that are under way may take to end when the server stops.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database or the engine.
    #[error("The server cannot start: {0}")]
    Runtime(#[from] RuntimeError),
    /// The customer records.
    #[error("The server cannot start: {0}")]
    Crm(#[from] CrmError),
    /// The demo company, or randomness.
    #[error("The server cannot start: {0}")]
    Api(#[from] ApiError),
    /// The mail settings.
    #[error("The server cannot start, because of the mail settings: {0}")]
    Mailer(#[from] MailerError),
    /// The demo company's files.
    #[error("The demo company cannot be loaded: {0}")]
    Demo(String),
    /// The address.
    #[error("The server cannot listen on {address}: {reason}. Is it running already?")]
    Listen {
        /// Where it should have listened.
        address: SocketAddr,
        /// What the operating system says.
        reason: std::io::Error,
    },
    /// Another server has come to the database.
    #[error(
        "The server stopped: it had lost the database for a while, and another server works with it now."
    )]
    Displaced,
    /// The network, later.
    #[error("The server stopped: {0}")]
    Network(#[from] std::io::Error),
}

/// Serves until it is told to stop (SIGINT or SIGTERM), then lets requests that are under way end.
///
/// # Errors
/// Where it cannot start.
pub async fn serve(options: ServeOptions) -> Result<(), ServeError> {
    log();
    let listener =
        TcpListener::bind(options.listen)
            .await
            .map_err(|reason| ServeError::Listen {
                address: options.listen,
                reason,
            })?;
    let app = open(&options).await?;
    if let Some(smtp) = &options.smtp {
        smtp.check()?;
    }
    let mailer = tokio::spawn(mailer::run(app.runtime().clone(), options.smtp.clone()));
    announce(&app, &options);
    if let Some(password) = first_start::add_administrator(&app).await? {
        println!(
            "Nobody could sign in yet. Sign in as {} with the password {password}",
            first_start::LOGIN
        );
        println!("and change it under Administration: it is not shown again.");
    }

    let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let stopping = app.clone();
    let displaced = Arc::new(AtomicBool::new(false));
    let is_displaced = displaced.clone();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        tokio::select! {
            () = told_to_stop() => tracing::info!("stopping"),
            () = stopping.runtime().displaced() => {
                tracing::error!("another server works with the database: stopping");
                is_displaced.store(true, Ordering::SeqCst);
            }
        }
        stopping.close();
    });
    let mut closing = app.closing();
    let impatient = async move {
        // The sender lives as long as the app, which outlives this.
        let _ = closing.wait_for(|closing| *closing).await;
        tokio::time::sleep(PATIENCE).await;
    };
    tokio::select! {
        ended = server => ended?,
        () = impatient => tracing::warn!("some requests took too long to end"),
    }
    app.runtime().close().await;
    mailer.abort();
    match displaced.load(Ordering::SeqCst) {
        true => Err(ServeError::Displaced),
        false => Ok(()),
    }
}

/// Logs go to the standard error; `RUST_LOG` says how much of them.
fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // Somebody else may log already: the tests of another room.
    let _ = logging.try_init();
}

/// Opens the database and starts the engine on it, with the demo company if that is wanted.
async fn open(options: &ServeOptions) -> Result<App, ServeError> {
    let company = options
        .demo
        .then(demo::Company::read)
        .transpose()
        .map_err(ServeError::Demo)?;
    let mut database = migrated(&options.database).await?;
    if let Some(company) = &company
        && demo::is_empty(&database).await?
    {
        tracing::info!("loading the demo company");
        demo::load(database, company).await?;
        database = migrated(&options.database).await?;
    }
    let clock: Arc<dyn Clock> = match company {
        Some(_) => Arc::new(SettableClock::running()),
        None => Arc::new(SystemClock::default()),
    };
    let world = Arc::new(CrmWorld::open(database.readers()).await?);
    let runtime = Runtime::open(database, world.clone(), clock).await?;
    let app = App::new(runtime, world)?.with_public_url(&options.public_url);
    Ok(match company {
        Some(company) => app.with_demo(company.accounts()),
        None => app,
    })
}

async fn migrated(url: &str) -> Result<Database, ServeError> {
    let database = Database::open(url).await?;
    database.migrate::<Migrator>().await?;
    Ok(database)
}

/// Says where the server is, and who may try it.
fn announce(app: &App, options: &ServeOptions) {
    println!("Redthread is at {}", options.public_url);
    if let Some(accounts) = app.demo() {
        println!("This is the demo. Sign in as:");
        for account in accounts {
            let role = format!("{:?}", account.role).to_lowercase();
            println!(
                "  {:<8} password {:<8} ({}, {role})",
                account.login, account.password, account.name
            );
        }
    }
}

/// All routes: the API, and the web UI for everything else.
pub fn router(app: App) -> Router {
    let (api, _) = routes::routes().split_for_parts();
    let document = openapi();
    let api = api.route(
        "/api/openapi.json",
        axum::routing::get(move || std::future::ready(axum::Json(document.clone()))),
    );
    api.route("/api/{*rest}", axum::routing::any(nothing_here))
        .fallback(web_ui::serve)
        .layer(middleware::from_fn_with_state(
            app.clone(),
            once::answer_once,
        ))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            refuse_cross_site,
        ))
        .layer(middleware::from_fn(strict))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(TraceLayer::new_for_http())
        .with_state(app)
}

/// What the API offers, as OpenAPI 3.1.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = routes::routes().split_for_parts().1;
    once::document(&mut document);
    document
}

async fn nothing_here() -> ApiError {
    ApiError::NotFound("page")
}

async fn strict(request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await.into_response();
    web_ui::harden(response.headers_mut(), is_api);
    response
}

async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => {
                tokio::select! {
                    _ = interrupted => {}
                    _ = terminated.recv() => {}
                }
                return;
            }
            Err(error) => tracing::warn!(%error, "the server cannot be told to stop by SIGTERM"),
        }
    }
    if let Err(error) = interrupted.await {
        tracing::warn!(%error, "the server cannot be told to stop by Ctrl+C");
        std::future::pending::<()>().await;
    }
}
