//! `/api/users`, `/api/teams`, `/api/people`: who works here.

use crate::server::Server;
use serde_json::json;

#[tokio::test]
async fn an_administrator_adds_a_person_who_can_sign_in() {
    let server = Server::start().await;
    let admin = server.sign_in("root").await;
    let team = json!({ "name": "support", "title": "Support", "members": ["emil"] });
    let team = admin.post("/api/teams", team).await.expect(201);
    assert_eq!(team["members"][0]["login"], "emil");
    let new = json!({
        "login": "Nina", "name": "Nina", "role": "employee", "locale": "ru",
        "password": "a long password", "teams": ["support"],
    });
    let user = admin.post("/api/users", new.clone()).await.expect(201);
    assert_eq!(
        (&user["login"], &user["locale"]),
        (&json!("nina"), &json!("ru"))
    );
    let mut nina = server.stranger();
    let me = nina.sign_in("nina", "a long password").await.expect(200);
    assert_eq!(
        me["teams"],
        json!([{ "name": "support", "title": "Support" }])
    );
    assert_eq!(admin.post("/api/users", new).await.refused(422), "invalid");
    let people = nina.get("/api/people?search=NIN").await.expect(200);
    assert_eq!(people.as_array().map(Vec::len), Some(1));
    assert_eq!(people[0]["teams"][0]["name"], "support");
}

#[tokio::test]
async fn short_passwords_and_unknown_teams_are_refused_and_nothing_is_kept() {
    let server = Server::start().await;
    let admin = server.sign_in("root").await;
    let new = |password: &str, team: &str| json!({ "login": "nina", "name": "Nina", "role": "employee", "password": password, "teams": [team] });
    let refused = admin
        .post("/api/users", new("short", "support"))
        .await
        .expect(422);
    assert_eq!(refused["problems"][0]["field"], "password");
    let refused = admin
        .post("/api/users", new("long enough", "nowhere"))
        .await
        .expect(422);
    assert_eq!(refused["problems"][0]["field"], "teams");
    let users = admin.get("/api/users").await.expect(200);
    assert!(
        users
            .as_array()
            .unwrap()
            .iter()
            .all(|user| user["login"] != "nina")
    );
}

#[tokio::test]
async fn who_may_no_longer_sign_in_is_signed_out_at_once() {
    let server = Server::start().await;
    let admin = server.sign_in("root").await;
    let mut emil = server.sign_in("emil").await;
    let me = emil.get("/api/session").await.expect(200);
    let path = format!("/api/users/{}", me["key"].as_str().unwrap());
    admin
        .patch(&path, json!({ "active": false }))
        .await
        .expect(200);
    assert_eq!(emil.get("/api/session").await.refused(401), "signInNeeded");
    let again = emil
        .sign_in("emil", &crate::server::password_of("emil"))
        .await;
    assert_eq!(again.refused(401), "wrongCredentials");
}

#[tokio::test]
async fn another_role_counts_from_the_next_request_on() {
    let server = Server::start().await;
    let admin = server.sign_in("root").await;
    let mona = server.sign_in("mona").await;
    mona.get("/api/instances").await.expect(200);
    let me = mona.get("/api/session").await.expect(200);
    let path = format!("/api/users/{}", me["key"].as_str().unwrap());
    for (role, status) in [("employee", 403), ("manager", 200)] {
        admin
            .patch(&path, json!({ "role": role }))
            .await
            .expect(200);
        assert_eq!(mona.get("/api/session").await.expect(200)["role"], role);
        mona.get("/api/instances").await.expect(status);
    }
}

#[tokio::test]
async fn an_e_mail_address_is_kept_unless_it_is_cleared() {
    let server = Server::start().await;
    let admin = server.sign_in("root").await;
    let users = admin.get("/api/users").await.expect(200);
    let emil = users
        .as_array()
        .unwrap()
        .iter()
        .find(|user| user["login"] == "emil")
        .expect("Emil");
    let path = format!("/api/users/{}", emil["key"].as_str().unwrap());
    let named = admin
        .patch(&path, json!({ "name": "Emil B." }))
        .await
        .expect(200);
    assert_eq!(named["email"], "emil@example.com");
    let cleared = admin
        .patch(&path, json!({ "email": null }))
        .await
        .expect(200);
    assert_eq!(
        (&cleared["email"], &cleared["name"]),
        (&json!(null), &json!("Emil B."))
    );
}

#[tokio::test]
async fn a_new_password_signs_out_everywhere() {
    let server = Server::start().await;
    let admin = server.sign_in("root").await;
    let mut emil = server.sign_in("emil").await;
    let key = emil.get("/api/session").await.expect(200)["key"]
        .as_str()
        .unwrap()
        .to_owned();
    admin
        .patch(
            &format!("/api/users/{key}"),
            json!({ "password": "another one" }),
        )
        .await
        .expect(200);
    assert_eq!(emil.get("/api/session").await.refused(401), "signInNeeded");
    emil.sign_in("emil", "another one").await.expect(200);
}

#[tokio::test]
async fn administrators_cannot_take_their_own_rights_away() {
    let server = Server::start().await;
    let admin = server.sign_in("root").await;
    let key = admin.get("/api/session").await.expect(200)["key"]
        .as_str()
        .unwrap()
        .to_owned();
    for patch in [json!({ "active": false }), json!({ "role": "employee" })] {
        let refused = admin.patch(&format!("/api/users/{key}"), patch).await;
        assert_eq!(refused.refused(409), "ownRights");
    }
}

#[tokio::test]
async fn a_team_gets_other_members() {
    let server = Server::start().await;
    let admin = server.sign_in("root").await;
    let team = json!({ "name": "sales", "title": "Sales", "members": ["emil", "mona"] });
    let team = admin.post("/api/teams", team).await.expect(201);
    let path = format!("/api/teams/{}", team["key"].as_str().unwrap());
    let team = admin
        .patch(&path, json!({ "title": "Vertrieb", "members": ["ann"] }))
        .await
        .expect(200);
    assert_eq!(team["title"], "Vertrieb");
    assert_eq!(team["members"], json!([{ "login": "ann", "name": "Ann" }]));
    let empty = json!({ "name": "board", "title": "Board", "members": [] });
    admin.post("/api/teams", empty).await.expect(201);
    let all = admin.get("/api/teams").await.expect(200);
    assert_eq!(
        (&all[0]["title"], &all[0]["members"]),
        (&json!("Board"), &json!([]))
    );
    assert_eq!(all[1], team);
}
