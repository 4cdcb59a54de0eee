//! Users, teams, and who may do what.

use crate::house::{House, by, fields, problems};
use redthread_calendar::Zone;
use redthread_crm::record_changes;
use redthread_crm::users::{self, NewUser};
use redthread_crm::{CrmError, Kind, RecordKey, Role, Scope, Team, User, records, teams};
use serde_json::json;

fn new_user(login: &str) -> NewUser {
    NewUser {
        login: login.to_owned(),
        name: login.to_uppercase(),
        email: None,
        role: Role::Employee,
        locale: "ru".to_owned(),
        zone: Some(Zone::parse("Europe/Moscow").unwrap()),
    }
}

async fn try_user(house: &House, scope: &Scope, user: NewUser) -> Result<User, CrmError> {
    house
        .change(async |change| users::create(change, scope, user).await)
        .await
}

async fn team(house: &House, name: &str, title: &str) -> RecordKey {
    house
        .create(Kind::Team, json!({ "name": name, "title": title }))
        .await
        .key
}

fn logins(users: &[User]) -> Vec<&str> {
    users.iter().map(|user| user.login.as_str()).collect()
}

#[tokio::test]
async fn a_login_is_found_in_any_case_and_belongs_to_one() {
    let house = House::new().await;
    let system = Scope::system();
    let made = try_user(&house, &system, new_user("Boris.K"))
        .await
        .unwrap();
    assert_eq!(
        (made.login.as_str(), made.locale.as_str(), made.active),
        ("boris.k", "ru", true)
    );
    assert_eq!(
        made.zone.map(|zone| zone.name()),
        Some("Europe/Moscow".to_owned())
    );
    let found = users::by_login(&house.db, &system, " BORIS.k ")
        .await
        .unwrap();
    assert_eq!(found.as_ref(), Some(&made));
    assert_eq!(
        users::by_key(&house.db, &system, made.key).await.unwrap(),
        found
    );
    assert_eq!(
        users::by_login(&house.db, &system, "nobody").await.unwrap(),
        None
    );
    assert_eq!(
        problems(try_user(&house, &system, new_user("BORIS.K")).await),
        ["login: taken"]
    );
    assert_eq!(
        problems(try_user(&house, &system, new_user("борис")).await),
        ["login: login"]
    );
    let nowhere = house
        .try_create(
            Kind::User,
            json!({ "login": "x", "name": "X", "zone": "Mars" }),
        )
        .await;
    assert_eq!(problems(nowhere), ["zone: zone"]);
}

#[tokio::test]
async fn who_has_left_is_listed_only_when_asked_for() {
    let house = House::new().await;
    house.anna().await;
    let boris = house.user("boris", "boris Klein", Role::Manager).await;
    let record = house.get(Kind::User, boris.key).await;
    house.update(&record, json!({ "active": false })).await;
    let all = users::list(&house.db, &Scope::system(), false)
        .await
        .unwrap();
    assert_eq!(logins(&all), ["anna", "boris"]);
    let active = users::list(&house.db, &Scope::system(), true)
        .await
        .unwrap();
    assert_eq!(logins(&active), ["anna"]);
}

#[tokio::test]
async fn only_administrators_keep_users_and_teams() {
    let house = House::new().await;
    let everyone = [
        Role::Analyst,
        Role::Employee,
        Role::Manager,
        Role::Administrator,
    ];
    let mut scopes = vec![(Scope::process(), false)];
    for (index, role) in everyone.into_iter().enumerate() {
        let user = house.user(&format!("u{index}"), "U", role).await;
        scopes.push((Scope::user(&user, vec![]), role == Role::Administrator));
    }
    for (index, (scope, may)) in scopes.iter().enumerate() {
        let made = try_user(&house, scope, new_user(&format!("new{index}"))).await;
        assert_eq!(made.is_ok(), *may, "{scope:?}");
        assert_eq!(
            matches!(made, Err(CrmError::Forbidden(_))),
            !*may,
            "{scope:?}"
        );
        let given = fields(json!({ "name": format!("t{index}"), "title": "T" }));
        let made = house
            .change(async |change| records::create(change, scope, Kind::Team, &given).await)
            .await;
        assert_eq!(made.is_ok(), *may, "{scope:?}");
        // Clients' records are everyone's.
        let given = fields(json!({ "name": "Acme" }));
        let made = house
            .change(async |change| records::create(change, scope, Kind::Account, &given).await)
            .await;
        assert!(made.is_ok(), "{scope:?}");
    }
}

#[tokio::test]
async fn everyone_has_their_own_language_and_zone() {
    let house = House::new().await;
    let anna = house.anna().await;
    let scope = Scope::user(&anna, vec![]);
    let zone = Zone::parse("Europe/Berlin").unwrap();
    let set = async |locale: &str| {
        house
            .change_as(by(&anna), async |change| {
                users::set_preferences(change, &scope, Some(locale), Some(zone)).await
            })
            .await
    };
    let changed = set("ru").await.unwrap();
    assert_eq!((changed.locale.as_str(), changed.zone), ("ru", Some(zone)));
    assert_eq!(problems(set("tlh").await), ["locale: notAChoice"]);
    let nobody = house
        .change(async |change| {
            users::set_preferences(change, &Scope::process(), Some("ru"), None).await
        })
        .await;
    assert!(matches!(nobody, Err(CrmError::Forbidden(_))));
}

#[tokio::test]
async fn a_team_is_found_by_name_or_title_and_knows_its_members() {
    let house = House::new().await;
    let (anna, boris) = (
        house.anna().await,
        house.user("boris", "Boris Klein", Role::Employee).await,
    );
    let support = team(&house, "support", "Служба поддержки").await;
    team(&house, "sales", "Sales").await;
    let system = Scope::system();
    let find = async |name: &str| {
        let found: Option<Team> = teams::by_name(&house.db, &system, name).await.unwrap();
        found.map(|team| team.name)
    };
    assert_eq!(find("Support").await.as_deref(), Some("support"));
    assert_eq!(find("СЛУЖБА поддержки").await.as_deref(), Some("support"));
    assert_eq!(find("nobody").await, None);

    house
        .change(async |change| {
            for user in [&boris, &anna, &anna] {
                teams::add_member(change, &system, support, user.key).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(
        logins(&teams::members(&house.db, &system, support).await.unwrap()),
        ["anna", "boris"]
    );
    let annas = teams::of_user(&house.db, &system, anna.key).await.unwrap();
    assert_eq!(
        annas.iter().map(|team| team.key).collect::<Vec<_>>(),
        [support]
    );
    let of_both = teams::of_users(&house.db, &system, &[anna.key, boris.key])
        .await
        .unwrap();
    assert_eq!(of_both[&anna.key], annas);
    assert_eq!(of_both[&boris.key], annas);
    house
        .change(async |change| teams::remove_member(change, &system, support, boris.key).await)
        .await
        .unwrap();
    assert_eq!(
        logins(&teams::members(&house.db, &system, support).await.unwrap()),
        ["anna"]
    );
    let changes = record_changes::unconsumed(&house.db, 100).await.unwrap();
    let last = changes.last().unwrap();
    assert_eq!((last.kind, last.record), (Kind::Team, support));
    assert_eq!(last.changes["members"].new, json!([anna.key]));
    let stranger = house
        .change(async |change| {
            teams::add_member(change, &Scope::process(), support, boris.key).await
        })
        .await;
    assert!(matches!(stranger, Err(CrmError::Forbidden(_))));
}

#[tokio::test]
async fn who_owns_nothing_can_be_deleted_with_their_memberships() {
    let house = House::new().await;
    let (anna, boris) = (
        house.anna().await,
        house.user("boris", "Boris Klein", Role::Employee).await,
    );
    let support = team(&house, "support", "Support").await;
    let system = Scope::system();
    house
        .create(Kind::Account, json!({ "name": "Acme", "owner": "anna" }))
        .await;
    let delete = async |kind: Kind, key: RecordKey| {
        house
            .change(async |change| {
                if kind == Kind::User {
                    teams::add_member(change, &system, support, key).await?;
                }
                records::delete(change, &system, kind, key, None).await
            })
            .await
    };
    let refused = delete(Kind::User, anna.key).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "This user cannot be deleted: 1 account points to it."
    );
    delete(Kind::User, boris.key).await.unwrap();
    assert!(
        teams::members(&house.db, &system, support)
            .await
            .unwrap()
            .is_empty()
    );
    delete(Kind::Team, support).await.unwrap();
}
