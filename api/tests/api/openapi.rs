//! `GET /api/openapi.json`, and its checked snapshot from which the web's client is generated.

use crate::server::Server;
use std::path::Path;

#[test]
fn the_document_is_as_it_was_last_looked_at() {
    let document = redthread_api::server::openapi()
        .to_pretty_json()
        .expect("JSON")
        + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &document).expect("openapi.json is written");
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == document,
        "api/openapi.json is not what the handlers say any more. If that is meant: make openapi"
    );
}

#[tokio::test]
async fn every_operation_has_a_name_of_its_own_and_says_what_it_does() {
    let server = Server::start().await;
    let document = server.stranger().get("/api/openapi.json").await.expect(200);
    let mut names = std::collections::BTreeSet::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let name = operation["operationId"]
                .as_str()
                .expect("a name")
                .to_owned();
            assert!(names.insert(name.clone()), "{name} is there twice");
            assert!(
                operation["summary"].is_string(),
                "{method} {path} does not say what it does"
            );
        }
    }
    assert!(names.len() > 50);
}
