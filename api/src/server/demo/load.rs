//! Puts the company into an empty database: people, teams, calendar, clients, deals, the process; then its past.

use super::company::{Company, Moment, PROCESS};
use super::past::Past;
use crate::server::accounts::{Session, TokenHash, add_person};
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::serve::ServeError;
use redthread_calendar::{BusinessCalendar, Timestamp};
use redthread_connectors::CrmWorld;
use redthread_crm::users::NewUser;
use redthread_crm::{
    Kind, RecordKey, Scope, calendar as company_calendar, outbox, records, teams, users,
};
use redthread_runtime::{Database, Runtime, SettableClock, UploadedFile, real_now};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// The working day, counted from today, on which the company's past begins.
const BEGINNING: i64 = -26;

/// Whether nobody has used the database yet.
///
/// # Errors
/// Where it cannot be read.
pub async fn is_empty(database: &Database) -> Result<bool, ServeError> {
    Ok(users::list(database.readers(), &Scope::system(), false)
        .await?
        .is_empty())
}

/// Loads the company. The database is closed afterwards: what was a past clock there is the real one again.
///
/// # Errors
/// Where something of it cannot be stored.
pub async fn load(database: Database, company: &Company) -> Result<(), ServeError> {
    let today = real_now();
    let calendar = company.calendar.around(today)?;
    let beginning = Moment {
        workday: BEGINNING,
        time: "08:05".to_owned(),
    };
    let beginning = beginning.from(&calendar, today).min(today);
    let world = Arc::new(CrmWorld::open(database.readers()).await?);
    let clock = Arc::new(SettableClock::standing_at(beginning));
    let runtime = Runtime::open(database, world.clone(), clock).await?;
    let app = App::new(runtime, world)?;
    let loaded = load_into(&app, company, calendar, today).await;
    app.runtime().close().await;
    Ok(loaded?)
}

async fn load_into(
    app: &App,
    company: &Company,
    calendar: BusinessCalendar,
    today: Timestamp,
) -> Result<(), ApiError> {
    store_calendar(app, &calendar).await?;
    let staff = Staff::hire(app, company).await?;
    let mut clients = Clients::default();
    clients.store(app, &staff, company).await?;
    store_deals(app, &staff, &clients, company, today).await?;
    deploy(app, &staff).await?;
    Past {
        app,
        company,
        staff: &staff,
        clients: &clients,
        calendar: &calendar,
        today,
    }
    .happen()
    .await?;
    keep_mail(app).await
}

async fn store_calendar(app: &App, calendar: &BusinessCalendar) -> Result<(), ApiError> {
    let (stored, zone) = (calendar.clone(), calendar.zone);
    app.write_by_itself(move |write| {
        let calendar = stored.clone();
        Box::pin(
            async move { Ok(company_calendar::store(&write.change, write.scope, calendar).await?) },
        )
    })
    .await?;
    app.world().set_zone(zone);
    Ok(())
}

/// The people, as who things are done.
pub(super) struct Staff {
    by_login: HashMap<String, Session>,
}

impl Staff {
    async fn hire(app: &App, company: &Company) -> Result<Staff, ApiError> {
        let mut team_keys = HashMap::new();
        for team in &company.teams {
            let fields = fields([("name", json!(team.name)), ("title", json!(team.title))]);
            let record = app
                .write_by_itself(move |write| {
                    let fields = fields.clone();
                    Box::pin(async move {
                        Ok(
                            records::create(&write.change, write.scope, Kind::Team, &fields)
                                .await?,
                        )
                    })
                })
                .await?;
            team_keys.insert(team.name.clone(), record.key);
        }
        let mut by_login = HashMap::new();
        for person in &company.people {
            let user = NewUser {
                login: person.login.clone(),
                name: person.name.clone(),
                email: Some(person.email.clone()),
                role: person.role.into(),
                locale: person.locale.clone(),
                zone: None,
            };
            let user = add_person(app, user, &person.password).await?;
            let joins: Vec<RecordKey> = person
                .teams
                .iter()
                .filter_map(|team| team_keys.get(team))
                .copied()
                .collect();
            let key = user.key;
            app.write_by_itself(move |write| {
                let joins = joins.clone();
                Box::pin(async move {
                    for team in joins {
                        teams::add_member(&write.change, write.scope, team, key).await?;
                    }
                    Ok(())
                })
            })
            .await?;
            let teams = teams::of_user(app.reader(), &Scope::system(), key).await?;
            // Nobody signs in with it: the hash of no token.
            by_login.insert(
                person.login.clone(),
                Session::of(user, teams, TokenHash([0; 32])),
            );
        }
        Ok(Staff { by_login })
    }

    /// Somebody of the company.
    pub fn of(&self, login: &str) -> Result<&Session, ApiError> {
        self.by_login
            .get(login)
            .ok_or_else(|| ApiError::Internal(format!("nobody of the demo company is \"{login}\"")))
    }

    /// Everybody.
    pub fn all(&self) -> impl Iterator<Item = &Session> {
        self.by_login.values()
    }
}

/// The keys of accounts and contacts, by the ids of the files.
#[derive(Default)]
pub(super) struct Clients {
    pub accounts: HashMap<String, RecordKey>,
    pub contacts: HashMap<String, RecordKey>,
}

impl Clients {
    async fn store(&mut self, app: &App, staff: &Staff, company: &Company) -> Result<(), ApiError> {
        for account in &company.accounts {
            let key = self
                .store_one(app, staff, Kind::Account, account.fields.clone())
                .await?;
            self.accounts.insert(account.id.clone(), key);
        }
        for contact in &company.contacts {
            let key = self
                .store_one(app, staff, Kind::Contact, contact.fields.clone())
                .await?;
            self.contacts.insert(contact.id.clone(), key);
        }
        Ok(())
    }

    async fn store_one(
        &self,
        app: &App,
        staff: &Staff,
        kind: Kind,
        mut fields: Map<String, Value>,
    ) -> Result<RecordKey, ApiError> {
        let owner = text(&fields, "owner");
        let session = staff.of(&owner)?;
        fields.insert("owner".to_owned(), json!(session.key));
        if let Some(account) = self.accounts.get(&text(&fields, "account")) {
            fields.insert("account".to_owned(), json!(account));
        }
        create(app, session, kind, fields).await
    }
}

async fn store_deals(
    app: &App,
    staff: &Staff,
    clients: &Clients,
    company: &Company,
    today: Timestamp,
) -> Result<(), ApiError> {
    const DAY: i64 = 24 * 60 * 60 * 1_000_000;
    for deal in &company.deals {
        let session = staff.of(&deal.owner)?;
        let close = today
            .saturating_add_micros(deal.expected_close_in_days * DAY)
            .utc_date();
        let fields = fields([
            ("name", json!(deal.name)),
            ("account", json!(clients.accounts.get(&deal.account))),
            ("contact", json!(clients.contacts.get(&deal.contact))),
            ("stage", json!(deal.stage)),
            ("amount", json!(deal.amount)),
            ("currency", json!(deal.currency)),
            ("expected_close", json!(close.to_string())),
            ("owner", json!(session.key)),
        ]);
        create(app, session, Kind::Deal, fields).await?;
    }
    Ok(())
}

async fn deploy(app: &App, staff: &Staff) -> Result<(), ApiError> {
    let files = PROCESS.iter().map(|(name, text)| UploadedFile {
        name: (*name).to_owned(),
        bytes: text.as_bytes().to_vec(),
    });
    let analyst = staff
        .all()
        .find(|person| person.may::<crate::server::accounts::Deploy>());
    let analyst = analyst.ok_or_else(|| ApiError::Internal("nobody may deploy".to_owned()))?;
    app.runtime()
        .deploy(files.collect(), analyst.actor())
        .await?;
    Ok(())
}

/// Creates a record as somebody.
pub(super) async fn create(
    app: &App,
    session: &Session,
    kind: Kind,
    fields: Map<String, Value>,
) -> Result<RecordKey, ApiError> {
    app.write(session, move |write| {
        let fields = fields.clone();
        Box::pin(async move {
            Ok(records::create(&write.change, write.scope, kind, &fields)
                .await?
                .key)
        })
    })
    .await
}

/// Fields by name.
pub(super) fn fields<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
    fields
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn text(fields: &Map<String, Value>, name: &str) -> String {
    fields
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// The reminders of the past stay where they are: nobody wants them by mail now.
async fn keep_mail(app: &App) -> Result<(), ApiError> {
    loop {
        let kept = app
            .write_by_itself(|write| {
                Box::pin(async move {
                    let now = write.change.now;
                    let due = outbox::claim(write.tx(), now, now, 200).await?;
                    for mail in &due {
                        outbox::mark_kept(write.tx(), mail.key).await?;
                    }
                    Ok(due.len())
                })
            })
            .await?;
        if kept == 0 {
            return Ok(());
        }
    }
}
