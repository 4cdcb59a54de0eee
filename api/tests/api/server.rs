//! A server of the tests, and people who use it.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use redthread_api::server::accounts::add_person;
use redthread_api::server::{App, Migrator, router};
use redthread_calendar::Timestamp;
use redthread_connectors::CrmWorld;
use redthread_crm::Role;
use redthread_crm::users::NewUser;
use redthread_runtime::{Actor, Database, Runtime, SettableClock};
use redthread_test_database::TestDatabase;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

/// A Monday.
pub const START: &str = "2026-01-05T09:00:00Z";

/// A server on a database of its own.
pub struct Server {
    pub app: App,
    router: Router,
    _place: TestDatabase,
}

impl Server {
    /// A demo, so that its clock can be moved; it stands until somebody does. Four people work there: `ann` (analyst),
    /// `emil` (employee), `mona` (manager), `root` (administrator); their passwords are their logins twice.
    pub async fn start() -> Server {
        Server::on(|app| app.with_demo(Vec::new())).await
    }

    /// The same, but no demo.
    pub async fn start_earnest() -> Server {
        Server::on(|app| app).await
    }

    async fn on(set_up: impl FnOnce(App) -> App) -> Server {
        let place = TestDatabase::new().await;
        let database = Database::open(place.url()).await.expect("a database");
        database.migrate::<Migrator>().await.expect("migrations");
        let world = Arc::new(CrmWorld::open(database.readers()).await.expect("the world"));
        let clock = SettableClock::standing_at(Timestamp::parse(START).expect("an instant"));
        let runtime = Runtime::open(database, world.clone(), Arc::new(clock)).await;
        let app = set_up(App::new(runtime.expect("an engine"), world).expect("an app"));
        let roles = [
            ("ann", Role::Analyst),
            ("emil", Role::Employee),
            ("mona", Role::Manager),
            ("root", Role::Administrator),
        ];
        for (login, role) in roles {
            let user = NewUser {
                login: login.to_owned(),
                name: format!("{}{}", login[..1].to_uppercase(), &login[1..]),
                email: Some(format!("{login}@example.com")),
                role,
                locale: "en".to_owned(),
                zone: None,
            };
            add_person(&app, user, &password_of(login))
                .await
                .expect("a person");
        }
        Server {
            router: router(app.clone()),
            app,
            _place: place,
        }
    }

    /// As if the server had gone down each time after an effect and before its answer was stored.
    pub async fn forget_noted_answers(&self) {
        let written = self.app.runtime().write(Actor::System, |tx, _| {
            Box::pin(async move {
                let answers = "DELETE FROM kept_answer WHERE part = 0";
                tx.execute_unprepared(answers).await.map(drop)
            })
        });
        written.await.expect("a writer").expect("a database");
    }

    /// Somebody who is not signed in.
    pub fn stranger(&self) -> Person {
        Person {
            router: self.router.clone(),
            cookie: None,
        }
    }

    /// Somebody who is.
    pub async fn sign_in(&self, login: &str) -> Person {
        let mut person = self.stranger();
        let answer = person.sign_in(login, &password_of(login)).await;
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.json);
        person
    }
}

pub fn password_of(login: &str) -> String {
    format!("{login}{login}{login}")
}

/// Somebody with a browser.
#[derive(Clone)]
pub struct Person {
    router: Router,
    pub cookie: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Value,
    pub text: String,
}

impl Answer {
    /// The answer, if it was as expected.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.json
    }

    /// The refusal's code.
    #[track_caller]
    pub fn refused(self, status: u16) -> String {
        let problem = self.expect(status);
        assert_eq!(problem["status"], json!(status));
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|detail| detail.ends_with('.')),
            "{problem}"
        );
        problem["code"].as_str().expect("a code").to_owned()
    }
}

impl Person {
    pub async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        let answer = self
            .post(
                "/api/session",
                json!({ "login": login, "password": password }),
            )
            .await;
        if let Some(cookie) = answer.headers.get(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("a cookie");
            self.cookie = Some(cookie.split(';').next().expect("its value").to_owned());
        }
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.ask(request.expect("a request")).await
    }

    /// Uploads files, as a browser's form does.
    pub async fn upload(&self, path: &str, files: &[(&str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (name, bytes) in files {
            let head = format!(
                "--boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--boundary--\r\n");
        let request = self
            .request(Method::POST, path)
            .header(
                header::CONTENT_TYPE,
                "multipart/form-data; boundary=boundary",
            )
            .body(Body::from(body));
        self.ask(request.expect("a request")).await
    }

    /// A request of one of our pages.
    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("x-redthread", "1");
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    /// The answer before its body is read.
    pub async fn respond(&self, request: Request<Body>) -> Response {
        self.router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer")
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.respond(request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), 10_000_000)
            .await
            .expect("a body");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer {
            status,
            headers,
            json,
            text,
        }
    }
}
