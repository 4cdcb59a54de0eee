//! `GET /api/search`.

use crate::definitions::{deployed, started};
use crate::server::Server;
use serde_json::json;

#[tokio::test]
async fn everything_is_found_by_name_by_who_may_see_it() {
    let server = Server::start().await;
    let analyst = server.sign_in("ann").await;
    let definition = deployed(&analyst).await;
    started(&analyst, &definition, json!({})).await;
    let account = json!({ "fields": { "name": "Reviewers United" } });
    analyst
        .post("/api/records/account", account)
        .await
        .expect(201);
    let kinds = async |login: &str| -> Vec<String> {
        let hits = server
            .sign_in(login)
            .await
            .get("/api/search?q=REVIEW")
            .await
            .expect(200);
        hits.as_array()
            .unwrap()
            .iter()
            .map(|hit| hit["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        kinds("mona").await,
        ["account", "task", "definition", "instance"]
    );
    assert_eq!(kinds("emil").await, ["account", "task", "definition"]);
    assert_eq!(analyst.get("/api/search?q=x").await.expect(200), json!([]));
}
