//! `/api/calendar`: what stands there, and when the company works.

use crate::server::Server;
use serde_json::json;

#[tokio::test]
async fn one_sees_ones_own_calendar_or_that_of_others() {
    let server = Server::start().await;
    let (emil, mona) = (server.sign_in("emil").await, server.sign_in("mona").await);
    for (person, subject) in [(&emil, "Emil's call"), (&mona, "Mona's meeting")] {
        let new = json!({ "type": "meeting", "subject": subject, "start": "2026-01-06T10:00:00Z" });
        person.post("/api/activities", new).await.expect(201);
    }
    let week = "/api/calendar?from=2026-01-05T00:00:00Z&to=2026-01-12T00:00:00Z";
    let own = emil.get(week).await.expect(200);
    assert_eq!(own.as_array().map(Vec::len), Some(1));
    assert_eq!(own[0]["title"], "Emil's call");
    let both = emil
        .get(&format!("{week}&people=emil,mona"))
        .await
        .expect(200);
    assert_eq!(both.as_array().map(Vec::len), Some(2));
    let year = "/api/calendar?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z";
    assert_eq!(emil.get(year).await.refused(422), "invalid");
}

#[tokio::test]
async fn an_administrator_says_when_the_company_works() {
    let server = Server::start().await;
    let admin = server.sign_in("root").await;
    let day = json!([{ "from": "08:00", "to": "12:00" }, { "from": "13:00", "to": "17:30" }]);
    let week = json!([day, day, day, day, [], [], []]);
    let holidays = json!([{ "date": "2026-12-25", "name": "Christmas" }]);
    let calendar = json!({ "zone": "Europe/Berlin", "week": week, "holidays": holidays });
    assert_eq!(
        admin
            .put("/api/calendar/company", calendar.clone())
            .await
            .expect(200),
        calendar
    );
    assert_eq!(
        admin.get("/api/about").await.expect(200)["zone"],
        "Europe/Berlin"
    );
    let mut bad = calendar.clone();
    bad["week"][0] = json!([{ "from": "18:00", "to": "09:00" }]);
    assert_eq!(
        admin.put("/api/calendar/company", bad).await.refused(422),
        "invalid"
    );
    bad = calendar.clone();
    bad["zone"] = json!("Europe/Atlantis");
    let refused = admin.put("/api/calendar/company", bad).await.expect(422);
    assert_eq!(refused["problems"][0]["field"], "zone");
    assert_eq!(
        server
            .sign_in("emil")
            .await
            .get("/api/calendar/company")
            .await
            .expect(200),
        calendar
    );
}
