//! Customer records in a play: scripts name them by readable ids, the records themselves by keys.
//!
//! A record of `--records` or of the script has the id that is given there (a user's id is the login). What comes into
//! being during the run is called by its kind and a number: the first call is `activity-1`.

use std::collections::{BTreeMap, BTreeSet};

use redthread_connectors::CrmWrite;
use redthread_crm::activities::{self, Outcome};
use redthread_crm::{
    CrmError, FieldType, Kind, RecordKey, Scope, calendar, records, snapshot, teams, users,
};
use redthread_runtime::{RecordRef, WriteContext};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::script::RecordChange;

/// A record of `--records`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    kind: String,
    id: String,
    #[serde(default)]
    fields: Map<String, Json>,
}

/// Why a record cannot be made or changed: a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordError(pub String);

impl From<CrmError> for RecordError {
    fn from(error: CrmError) -> RecordError {
        RecordError(error.to_string())
    }
}

/// The records that the play knows by name.
#[derive(Clone, Debug, Default)]
pub struct Records {
    keys: BTreeMap<(KindName, String), RecordKey>,
    ids: BTreeMap<(KindName, RecordKey), String>,
    made: BTreeMap<KindName, usize>,
    touched: BTreeSet<(KindName, RecordKey)>,
}

/// A kind's name: kinds themselves have no order.
type KindName = &'static str;

impl Records {
    /// Gives a record its name.
    pub fn name(&mut self, kind: Kind, id: &str, key: RecordKey) {
        self.keys.insert((kind.name(), id.to_owned()), key);
        self.ids.insert((kind.name(), key), id.to_owned());
    }

    /// A record was touched by the run: it is told at the end. New ones get a name.
    pub fn touch(&mut self, record: &RecordRef) {
        let (Ok(kind), Ok(key)) = (record.kind.parse::<Kind>(), record.key.parse::<RecordKey>())
        else {
            return;
        };
        if !self.ids.contains_key(&(kind.name(), key)) {
            let number = self.made.entry(kind.name()).or_default();
            *number += 1;
            let id = format!("{}-{number}", kind.name());
            self.name(kind, &id, key);
        }
        self.touched.insert((kind.name(), key));
    }

    /// The key of a record.
    pub fn key(&self, kind: Kind, id: &str) -> Result<RecordKey, RecordError> {
        self.keys
            .get(&(kind.name(), id.to_owned()))
            .copied()
            .ok_or_else(|| {
                let known: Vec<&str> = self
                    .keys
                    .keys()
                    .filter(|(other, _)| *other == kind.name())
                    .map(|(_, id)| id.as_str())
                    .collect();
                let known = if known.is_empty() {
                    "none".to_owned()
                } else {
                    known.join(", ")
                };
                RecordError(format!(
                    "There is no {} \"{id}\" at this time (there are: {known}).",
                    kind.name()
                ))
            })
    }

    /// The readable id of a record.
    pub fn id(&self, kind: Kind, key: RecordKey) -> Option<String> {
        self.ids.get(&(kind.name(), key)).cloned()
    }

    /// The fields with readable ids replaced by keys.
    fn resolve(&self, kind: Kind, fields: &Map<String, Json>) -> Map<String, Json> {
        let resolved = fields.iter().map(|(name, value)| {
            let target = match kind.description().field(name).map(|field| field.field_type) {
                Some(FieldType::Link { kind }) => Some(kind),
                Some(FieldType::AnyLink { kind_field }) => fields
                    .get(kind_field)
                    .and_then(Json::as_str)
                    .and_then(|kind| kind.parse().ok()),
                _ => None,
            };
            let key = target
                .zip(value.as_str())
                .and_then(|(kind, id)| self.keys.get(&(kind.name(), id.to_owned())));
            (
                name.clone(),
                key.map_or_else(|| value.clone(), |key| json!(key)),
            )
        });
        resolved.collect()
    }

    /// The records that the run touched, as they are at the end.
    pub async fn told<C: ConnectionTrait>(&self, conn: &C) -> Result<Vec<Json>, CrmError> {
        let mut told = Vec::new();
        for (kind, key) in &self.touched {
            let (Some(id), Ok(parsed)) = (self.ids.get(&(*kind, *key)), kind.parse::<Kind>())
            else {
                continue;
            };
            match snapshot(conn, &Scope::system(), parsed, *key).await {
                Ok(fields) => told.push(
                    json!({"kind": kind, "id": id, "fields": self.readable(parsed, &fields)}),
                ),
                Err(CrmError::NotFound { .. }) => {
                    told.push(json!({"kind": kind, "id": id, "deleted": true}))
                }
                Err(error) => return Err(error),
            }
        }
        Ok(told)
    }

    /// A record's fields without those that are empty, with readable ids instead of keys.
    fn readable(&self, kind: Kind, fields: &Json) -> Map<String, Json> {
        let mut readable = Map::new();
        for field in kind.description().fields {
            let value = match fields.get(field.name) {
                None | Some(Json::Null) => continue,
                Some(Json::Object(linked)) => self.id_of(linked),
                // Instances are known by their ordinals here.
                Some(_) if field.name == "source_instance" => continue,
                Some(value) => value.clone(),
            };
            readable.insert(field.name.to_owned(), value);
        }
        readable
    }

    fn id_of(&self, linked: &Map<String, Json>) -> Json {
        let text = |name: &str| linked.get(name).and_then(Json::as_str);
        let named = text("kind").zip(text("key")).and_then(|(kind, key)| {
            let kind: Kind = kind.parse().ok()?;
            self.ids.get(&(kind.name(), key.parse().ok()?))
        });
        named.map_or(Json::Null, |id| json!(id))
    }
}

/// The kind of this name.
pub fn kind(name: &str) -> Result<Kind, RecordError> {
    name.parse()
        .map_err(|_| RecordError(format!("There is no kind of record \"{name}\".")))
}

/// Makes the records of `--records`, in their order.
pub async fn load(
    tx: &DatabaseTransaction,
    cx: &WriteContext,
    seeds: &[Seed],
    company: Option<&redthread_calendar::BusinessCalendar>,
) -> Result<Records, RecordError> {
    let mut known = Records::default();
    let write = CrmWrite::of(cx);
    if let Some(company) = company {
        calendar::store(&write.change(tx), &Scope::system(), company.clone()).await?;
    }
    for seed in seeds {
        let kind = kind(&seed.kind)?;
        let made = create(tx, cx, &known, kind, &seed.id, &seed.fields).await;
        let key = made.map_err(|error| {
            RecordError(format!("The {} \"{}\": {}", seed.kind, seed.id, error.0))
        })?;
        known.name(kind, &seed.id, key);
    }
    Ok(known)
}

/// Makes a record.
pub async fn create(
    tx: &DatabaseTransaction,
    cx: &WriteContext,
    known: &Records,
    kind: Kind,
    id: &str,
    fields: &Map<String, Json>,
) -> Result<RecordKey, RecordError> {
    let mut fields = known.resolve(kind, fields);
    let members = match kind {
        Kind::User => {
            fields.entry("login").or_insert_with(|| json!(id));
            Vec::new()
        }
        Kind::Team => {
            fields.entry("name").or_insert_with(|| json!(id));
            fields.entry("title").or_insert_with(|| json!(id));
            members(fields.remove("members"))?
        }
        _ => Vec::new(),
    };
    let write = CrmWrite::of(cx);
    let key = records::create(&write.change(tx), &Scope::system(), kind, &fields)
        .await?
        .key;
    for login in members {
        let user = users::by_login(tx, &Scope::system(), &login).await?;
        let user = user
            .ok_or_else(|| RecordError(format!("There is no user \"{login}\" to be a member.")))?;
        teams::add_member(&write.change(tx), &Scope::system(), key, user.key).await?;
    }
    Ok(key)
}

fn members(list: Option<Json>) -> Result<Vec<String>, RecordError> {
    match list {
        None => Ok(Vec::new()),
        Some(list) => serde_json::from_value(list)
            .map_err(|_| RecordError("The members of a team are a list of logins.".to_owned())),
    }
}

/// Changes or deletes a record. A call or meeting is held or cancelled as people do it.
pub async fn change(
    tx: &DatabaseTransaction,
    cx: &WriteContext,
    known: &Records,
    kind: Kind,
    key: RecordKey,
    what: &RecordChange,
) -> Result<(), RecordError> {
    let write = CrmWrite::of(cx);
    let change = write.change(tx);
    let scope = Scope::system();
    let fields = match what {
        RecordChange::Delete => return Ok(records::delete(&change, &scope, kind, key, None).await?),
        RecordChange::Create(_) => return Err(RecordError("It exists already.".to_owned())),
        RecordChange::Change(fields) => fields,
    };
    let mut fields = known.resolve(kind, fields);
    let settled = if kind == Kind::Activity {
        fields.remove("status")
    } else {
        None
    };
    let (outcome, note) = match &settled {
        Some(_) => (fields.remove("outcome"), fields.remove("outcome_note")),
        None => (None, None),
    };
    if !fields.is_empty() {
        records::update(&change, &scope, kind, key, None, &fields).await?;
    }
    let note = note.as_ref().and_then(Json::as_str);
    match settled
        .as_ref()
        .map(|status| status.as_str().unwrap_or_default())
    {
        None | Some("planned") => {}
        Some("held") => {
            activities::hold(&change, &scope, key, None, to_outcome(outcome)?, note).await?;
        }
        Some("cancelled") => {
            activities::cancel(&change, &scope, key, None, note).await?;
        }
        Some(other) => {
            return Err(RecordError(format!(
                "Expected the status held or cancelled, but found \"{other}\"."
            )));
        }
    }
    Ok(())
}

fn to_outcome(outcome: Option<Json>) -> Result<Option<Outcome>, RecordError> {
    outcome
        .map(serde_json::from_value)
        .transpose()
        .map_err(|_| RecordError("Expected the outcome fine, problem or no_answer.".to_owned()))
}
