//! What people and records are called: engine rows have only logins and keys.

use super::app::App;
use super::error::ApiError;
use super::known::Names;
use super::routes::people::{PersonRef, TeamRef};
use super::routes::records::RecordRef;
use redthread_core::Subject;
use redthread_crm::{Kind, RecordKey, Scope, Team, records, teams, users};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The people by login.
pub struct People {
    by_login: HashMap<String, String>,
}

impl People {
    /// Everybody; those who left, too.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn load(app: &App) -> Result<Arc<People>, ApiError> {
        Ok(app.known().names(names(app)).await?.people)
    }

    /// Who has this login.
    pub fn of(&self, login: &str) -> PersonRef {
        let name = self
            .by_login
            .get(login)
            .cloned()
            .unwrap_or_else(|| login.to_owned());
        PersonRef {
            login: login.to_owned(),
            name,
        }
    }
}

/// The teams, by the names that diagrams have for them.
pub struct Teams(Vec<Team>);

impl Teams {
    /// All teams.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn load(app: &App) -> Result<Arc<Teams>, ApiError> {
        Ok(app.known().names(names(app)).await?.teams)
    }

    /// The team of this name or, as lanes are called, with this title; the text itself where there is none.
    pub fn of(&self, name: &str) -> TeamRef {
        let named = self.0.iter().find(|team| team.name == name);
        let team = named.or_else(|| self.0.iter().find(|team| team.title == name));
        team.map_or_else(
            || TeamRef {
                name: name.to_owned(),
                title: name.to_owned(),
            },
            TeamRef::from,
        )
    }
}

async fn names(app: &App) -> Result<Names, ApiError> {
    let system = Scope::system();
    let all = users::list(app.reader(), &system, false).await?.into_iter();
    let by_login = all.map(|user| (user.login, user.name)).collect();
    let teams = teams::list(app.reader(), &system).await?;
    Ok(Names {
        people: Arc::new(People { by_login }),
        teams: Arc::new(Teams(teams)),
    })
}

/// The records that instances are about.
#[derive(Default)]
pub struct Subjects {
    titles: HashMap<(Kind, RecordKey), String>,
}

impl Subjects {
    /// The records that these are, as far as the asker may see them.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn load<'a>(
        app: &App,
        scope: &Scope,
        subjects: impl IntoIterator<Item = Option<&'a Subject>>,
    ) -> Result<Subjects, ApiError> {
        let mut wanted: BTreeMap<Kind, BTreeSet<RecordKey>> = BTreeMap::new();
        for subject in subjects.into_iter().flatten() {
            if let Some((kind, key)) = target(subject) {
                wanted.entry(kind).or_default().insert(key);
            }
        }
        let mut titles = HashMap::new();
        for (kind, keys) in wanted {
            let keys: Vec<RecordKey> = keys.into_iter().collect();
            for record in records::get_many(app.reader(), scope, kind, &keys).await? {
                titles.insert((kind, record.key), record.title);
            }
        }
        Ok(Subjects { titles })
    }

    /// The record, unless it is gone or hidden.
    pub fn of(&self, subject: Option<&Subject>) -> Option<RecordRef> {
        let (kind, key) = target(subject?)?;
        let title = self.titles.get(&(kind, key))?.clone();
        Some(RecordRef {
            kind: kind.name().to_owned(),
            key: key.into(),
            title,
        })
    }
}

fn target(subject: &Subject) -> Option<(Kind, RecordKey)> {
    Some((subject.kind.parse().ok()?, subject.key.parse().ok()?))
}
