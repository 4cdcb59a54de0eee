//! Who may what, over all routes of the document: the document says it, the server must do it.

use crate::server::{Person, Server};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::Value;

/// What may be asked without a session. A new route is not among them.
const OPEN: [&str; 3] = ["get /health", "get /api/about", "post /api/session"];
/// They would end what the other checks need, or never end.
const ENDLESS: [&str; 1] = ["get /api/events"];
const EVERYBODY: [(&str, &str); 4] = [
    ("ann", "analyst"),
    ("emil", "employee"),
    ("mona", "manager"),
    ("root", "administrator"),
];

struct Operation {
    method: String,
    path: String,
    /// The roles that may; none: everybody who is signed in.
    roles: Option<Vec<String>>,
}

async fn operations(server: &Server) -> Vec<Operation> {
    let document = server.stranger().get("/api/openapi.json").await.expect(200);
    let mut all = Vec::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let security = operation["security"][0]["session"].as_array();
            let roles = security.map(|roles| {
                roles
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect()
            });
            all.push(Operation {
                method: method.clone(),
                path: path.clone(),
                roles,
            });
        }
    }
    assert!(all.len() > 50);
    all
}

impl Operation {
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Asks with a body that nothing can be made of and keys of nothing.
    async fn ask(&self, person: &Person) -> (StatusCode, Value) {
        let path = self.path.replace("{kind}", "case").replace("{key}", "1");
        let method = Method::from_bytes(self.method.to_uppercase().as_bytes()).expect("a method");
        let request = person
            .request(method, &path)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from("{\"nonsense\":true}"))
            .expect("a request");
        let answer = person.ask(request).await;
        (answer.status, answer.json)
    }
}

#[tokio::test]
async fn nothing_is_told_to_strangers_but_what_the_product_is() {
    let server = Server::start().await;
    let stranger = server.stranger();
    for operation in operations(&server).await {
        let name = operation.name();
        let open = OPEN.contains(&&*name);
        assert_eq!(
            operation.roles.is_none(),
            open,
            "{name}: the document says otherwise"
        );
        if open {
            continue;
        }
        let (status, problem) = operation.ask(&stranger).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{name}");
        assert_eq!(problem["code"], "signInNeeded", "{name}");
    }
}

#[tokio::test]
async fn each_role_may_what_the_document_says_and_nothing_else() {
    let server = Server::start().await;
    let operations = operations(&server).await;
    for (login, role) in EVERYBODY {
        for operation in &operations {
            let name = operation.name();
            let Some(roles) = &operation.roles else {
                continue;
            };
            if ENDLESS.contains(&&*name) {
                continue;
            }
            // Each with a session of its own: signing out is one of the operations.
            let person = server.sign_in(login).await;
            let (status, _) = operation.ask(&person).await;
            let may = roles.is_empty() || roles.iter().any(|allowed| allowed == role);
            assert_eq!(
                status != StatusCode::FORBIDDEN,
                may,
                "{role}: {name} gave {status}"
            );
            assert_ne!(status, StatusCode::UNAUTHORIZED, "{role}: {name}");
            assert!(!status.is_server_error(), "{role}: {name} gave {status}");
        }
    }
}

#[tokio::test]
async fn other_sites_cannot_change_anything_in_a_persons_name() {
    let server = Server::start().await;
    let person = server.sign_in("emil").await;
    let cookie = person.cookie.clone().expect("a cookie");
    let from = |origin: Option<&str>, marked: bool| {
        let mut request = axum::http::Request::builder()
            .method(Method::POST)
            .uri("/api/notifications/read")
            .header(header::HOST, "crm.example.org")
            .header(header::COOKIE, &cookie)
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        if marked {
            request = request.header("x-redthread", "1");
        }
        request
            .body(Body::from("{\"all\":true}"))
            .expect("a request")
    };
    let ours = "http://crm.example.org";
    assert_eq!(
        person.ask(from(Some(ours), true)).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        person.ask(from(None, true)).await.status,
        StatusCode::NO_CONTENT
    );
    for (origin, marked) in [
        (Some(ours), false),
        (Some("https://evil.example"), true),
        (None, false),
    ] {
        assert_eq!(
            person.ask(from(origin, marked)).await.refused(403),
            "crossSite"
        );
    }
}

#[tokio::test]
async fn browsers_are_told_to_be_strict() {
    let server = Server::start().await;
    for path in ["/health", "/api/about", "/", "/processes/7"] {
        let answer = server.stranger().get(path).await;
        let policy = answer
            .headers
            .get(header::CONTENT_SECURITY_POLICY)
            .expect("a policy");
        let policy = policy.to_str().expect("text");
        assert!(policy.starts_with("default-src 'self';"), "{policy}");
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("script-src"),
            "{policy}"
        );
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn what_is_nowhere_is_not_found_and_what_is_too_large_is_not_read() {
    let server = Server::start().await;
    let person = server.sign_in("root").await;
    assert_eq!(person.get("/api/nowhere").await.refused(404), "notFound");
    assert_eq!(
        person.get("/api/records/planet").await.refused(404),
        "notFound"
    );
    assert_eq!(person.get("/api/tasks/abc").await.refused(404), "notFound");
    let note = serde_json::json!({ "text": "x".repeat(1_100_000) });
    assert_eq!(
        person
            .post("/api/records/case/1/notes", note)
            .await
            .refused(413),
        "tooLarge"
    );
    let large = vec![b'x'; 5_300_000];
    let upload = person
        .upload("/api/deployments", &[("large.bpmn", &large)])
        .await;
    assert_eq!(upload.refused(413), "tooLarge");
}
