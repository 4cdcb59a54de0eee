//! Teams and who is in them.

use crate::kind::team::{Column, Entity, Model};
use crate::record_changes::{FieldChange, leave_changes};
use crate::{Change, CrmError, Kind, Operation, RecordKey, Scope, User, store, users};
use sea_orm::entity::prelude::*;
use sea_orm::{DatabaseTransaction, QueryOrder, Set};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};

mod membership {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "crm_membership")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub team: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub user: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Users who share a list of tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Team {
    /// The key of the team's record.
    pub key: RecordKey,
    /// What diagrams name.
    pub name: String,
    /// What people see.
    pub title: String,
}

fn read(model: Model) -> Team {
    Team {
        key: RecordKey(model.key),
        name: model.name,
        title: model.title,
    }
}

/// All teams, by title.
pub async fn list<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<Vec<Team>, CrmError> {
    let all = scope
        .find::<Entity>()
        .order_by_asc(Column::SearchText)
        .all(conn)
        .await?;
    Ok(all.into_iter().map(read).collect())
}

/// The team of that name; else the one with that title, as lanes are mostly called. Case does not
/// matter.
pub async fn by_name<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    name: &str,
) -> Result<Option<Team>, CrmError> {
    let teams = list(conn, scope).await?;
    Ok(named(&teams, name).cloned())
}

/// As [`by_name`], among teams that are known.
pub fn named<'t>(teams: &'t [Team], name: &str) -> Option<&'t Team> {
    let wanted = name.trim().to_lowercase();
    let named = teams.iter().find(|team| team.name.to_lowercase() == wanted);
    let titled = || {
        teams
            .iter()
            .find(|team| team.title.to_lowercase() == wanted)
    };
    named.or_else(titled)
}

/// Who is in a team, by name.
pub async fn members<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    team: RecordKey,
) -> Result<Vec<User>, CrmError> {
    let found = membership::Entity::find().filter(membership::Column::Team.eq(team.0));
    let keys: Vec<_> = found
        .all(conn)
        .await?
        .iter()
        .map(|m| RecordKey(m.user))
        .collect();
    users::by_keys(conn, scope, &keys).await
}

/// Who is in which team, each team's by name, in two queries. Teams without anybody are left out.
pub async fn all_members<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
) -> Result<HashMap<RecordKey, Vec<User>>, CrmError> {
    let mut teams_of: HashMap<RecordKey, Vec<RecordKey>> = HashMap::new();
    for membership in membership::Entity::find().all(conn).await? {
        let (user, team) = (RecordKey(membership.user), RecordKey(membership.team));
        teams_of.entry(user).or_default().push(team);
    }
    let mut found: HashMap<RecordKey, Vec<User>> = HashMap::new();
    for user in users::list(conn, scope, false).await? {
        for team in teams_of.remove(&user.key).unwrap_or_default() {
            found.entry(team).or_default().push(user.clone());
        }
    }
    Ok(found)
}

/// The teams that some users are in, by title. Who is in none is left out.
pub async fn of_users<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    users: &[RecordKey],
) -> Result<HashMap<RecordKey, Vec<Team>>, CrmError> {
    let mut found: HashMap<RecordKey, Vec<Team>> = HashMap::new();
    let teams = list(conn, scope).await?;
    for chunk in users.chunks(500) {
        let keys = chunk.iter().map(|user| user.0);
        let memberships = membership::Entity::find().filter(membership::Column::User.is_in(keys));
        let pairs: HashSet<(i64, i64)> = memberships
            .all(conn)
            .await?
            .iter()
            .map(|membership| (membership.team, membership.user))
            .collect();
        // Team by team, so that each user's stand in the order of titles.
        for team in &teams {
            for user in chunk
                .iter()
                .filter(|user| pairs.contains(&(team.key.0, user.0)))
            {
                found.entry(*user).or_default().push(team.clone());
            }
        }
    }
    Ok(found)
}

/// The teams that a user is in, by title.
pub async fn of_user<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    user: RecordKey,
) -> Result<Vec<Team>, CrmError> {
    let found = membership::Entity::find().filter(membership::Column::User.eq(user.0));
    let keys: Vec<i64> = found.all(conn).await?.iter().map(|m| m.team).collect();
    let select = scope.find::<Entity>().filter(Column::Key.is_in(keys));
    let teams = select.order_by_asc(Column::SearchText).all(conn).await?;
    Ok(teams.into_iter().map(read).collect())
}

/// Takes a user into a team; nothing happens if they are in it. Only administrators may.
pub async fn add_member(
    change: &Change<'_>,
    scope: &Scope,
    team: RecordKey,
    user: RecordKey,
) -> Result<(), CrmError> {
    let before = checked(change, scope, team, user).await?;
    if before.contains(&user) {
        return Ok(());
    }
    let membership = membership::ActiveModel {
        team: Set(team.0),
        user: Set(user.0),
    };
    membership::Entity::insert(membership)
        .exec_without_returning(change.tx)
        .await?;
    let after = before.iter().copied().chain([user]).collect();
    leave_members(change, team, before, after).await
}

/// Takes a user out of a team; nothing happens if they are not in it. Only administrators may.
pub async fn remove_member(
    change: &Change<'_>,
    scope: &Scope,
    team: RecordKey,
    user: RecordKey,
) -> Result<(), CrmError> {
    let before = checked(change, scope, team, user).await?;
    if !before.contains(&user) {
        return Ok(());
    }
    membership::Entity::delete_by_id((team.0, user.0))
        .exec(change.tx)
        .await?;
    let after = before
        .iter()
        .copied()
        .filter(|member| *member != user)
        .collect();
    leave_members(change, team, before, after).await
}

/// Who is in the team, if it and the user are there and the asker may change it.
async fn checked(
    change: &Change<'_>,
    scope: &Scope,
    team: RecordKey,
    user: RecordKey,
) -> Result<Vec<RecordKey>, CrmError> {
    scope.may_write(Kind::Team)?;
    store::must_load(change.tx, scope, Kind::Team, team).await?;
    store::must_load(change.tx, scope, Kind::User, user).await?;
    let members = members(change.tx, scope, team).await?;
    Ok(members.into_iter().map(|member| member.key).collect())
}

async fn leave_members(
    change: &Change<'_>,
    team: RecordKey,
    before: Vec<RecordKey>,
    after: Vec<RecordKey>,
) -> Result<(), CrmError> {
    let members = FieldChange {
        old: json!(before),
        new: json!(after),
    };
    let changes = BTreeMap::from([("members".to_owned(), members)]);
    leave_changes(change, Operation::Changed, Kind::Team, team, &changes).await
}

pub(crate) async fn forget_user(tx: &DatabaseTransaction, user: RecordKey) -> Result<(), CrmError> {
    let all = membership::Entity::delete_many().filter(membership::Column::User.eq(user.0));
    all.exec(tx).await?;
    Ok(())
}

pub(crate) async fn forget_team(tx: &DatabaseTransaction, team: RecordKey) -> Result<(), CrmError> {
    let all = membership::Entity::delete_many().filter(membership::Column::Team.eq(team.0));
    all.exec(tx).await?;
    Ok(())
}
