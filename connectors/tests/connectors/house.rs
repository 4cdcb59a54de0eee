//! A company to try connectors in: Anna of the Corner Bakery's supplier, one case, working hours in Berlin.

use std::collections::BTreeMap;
use std::sync::Arc;

use redthread_calendar::{BusinessCalendar, Timestamp};
use redthread_connectors::{CrmWorld, CrmWrite};
use redthread_core::{InstanceState, Key, Subject};
use redthread_crm::notifications::Notification;
use redthread_crm::outbox::{self, OutboxMail};
use redthread_crm::{
    Kind, Query, Record, RecordKey, Scope, calendar, notifications, records, teams, users,
};
use redthread_feel::Value;
use redthread_runtime::{
    Actor, Clock, Database, ProcessRef, Runtime, SettableClock, StartInstance, UploadedFile,
    Writing,
};
use redthread_test_database::TestDatabase;
use sea_orm::DatabaseTransaction;
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use serde_json::{Value as Json, json};

/// The tables of engine and records.
struct Tables;

impl MigratorTrait for Tables {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = redthread_runtime::Migrator::migrations();
        all.extend(redthread_crm::Migrator::migrations());
        all
    }
}

pub struct House {
    pub runtime: Runtime,
    pub clock: Arc<SettableClock>,
    _place: TestDatabase,
    /// Anna.
    pub anna: RecordKey,
    /// Her case.
    pub case: RecordKey,
    /// The client's contact.
    pub marta: RecordKey,
}

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("an instant")
}

fn company() -> BusinessCalendar {
    let day = json!([{"from": "09:00:00", "to": "18:00:00"}]);
    serde_json::from_value(json!({
        "zone": "Europe/Berlin",
        "week": [day, day, day, day, day, [], []],
        "holidays": {"2026-04-03": "Good Friday", "2026-04-06": "Easter Monday"},
    }))
    .expect("a calendar")
}

/// The house at an instant.
pub async fn house(now: &str) -> House {
    let clock = Arc::new(SettableClock::standing_at(at(now)));
    let place = TestDatabase::new().await;
    let database = Database::open(place.url()).await.expect("a database");
    database.migrate::<Tables>().await.expect("tables");
    let world = Arc::new(CrmWorld::default());
    world.set_zone(company().zone);
    let runtime = Runtime::open(database, world, clock.clone())
        .await
        .expect("a runtime");
    let keys = write(&runtime, |tx, cx| {
        Box::pin(async move {
            let write = CrmWrite::of(cx);
            let change = write.change(tx);
            let system = Scope::system();
            calendar::store(&change, &system, company()).await?;
            let mut made = BTreeMap::new();
            let anna = json!({"login": "anna", "name": "Anna Weber", "email": "anna@example.com"});
            let boris = json!({"login": "boris", "name": "Boris Orlow", "email": "boris@example.com", "locale": "ru"});
            made.insert("anna".to_owned(), records::create(&change, &system, Kind::User, object(&anna)).await?.key);
            made.insert("boris".to_owned(), records::create(&change, &system, Kind::User, object(&boris)).await?.key);
            let team = json!({"name": "support", "title": "Support"});
            let team = records::create(&change, &system, Kind::Team, object(&team)).await?.key;
            teams::add_member(&change, &system, team, made["anna"]).await?;
            teams::add_member(&change, &system, team, made["boris"]).await?;
            let bakery = json!({"name": "Corner Bakery"});
            let bakery = records::create(&change, &system, Kind::Account, object(&bakery)).await?.key;
            let marta = json!({"last_name": "Klein", "account": bakery});
            made.insert("marta".to_owned(), records::create(&change, &system, Kind::Contact, object(&marta)).await?.key);
            let case = json!({
                "subject": "The oven does not heat", "account": bakery, "contact": made["marta"], "owner": made["anna"],
            });
            made.insert("case".to_owned(), records::create(&change, &system, Kind::Case, object(&case)).await?.key);
            Ok(made)
        })
    })
    .await;
    House {
        runtime,
        clock,
        _place: place,
        anna: keys["anna"],
        case: keys["case"],
        marta: keys["marta"],
    }
}

pub fn object(json: &Json) -> &serde_json::Map<String, Json> {
    json.as_object().expect("an object")
}

/// Writes to the records as a person does.
pub async fn write<T, F>(runtime: &Runtime, work: F) -> T
where
    T: serde::Serialize + serde::de::DeserializeOwned + Send + 'static,
    F: for<'a> Fn(
            &'a DatabaseTransaction,
            &'a redthread_runtime::WriteContext,
        ) -> Writing<'a, T, redthread_crm::CrmError>
        + Send
        + Sync
        + 'static,
{
    runtime
        .write(Actor::System, work)
        .await
        .expect("the writer")
        .expect("the records")
}

/// A process of one service task with these inputs (name, FEEL) and another task behind it.
pub fn process(job_type: &str, inputs: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        text.replace('&', "&amp;")
            .replace('"', "&quot;")
            .replace('<', "&lt;")
    };
    let inputs: String = inputs
        .iter()
        .map(|(name, feel)| {
            format!(
                r#"<zeebe:input source="={}" target="{name}"/>"#,
                escape(feel)
            )
        })
        .collect();
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
        <process id="p" name="Follow-up" isExecutable="true">
          <startEvent id="Begin"/>
          <sequenceFlow id="f" sourceRef="Begin" targetRef="Work"/>
          <serviceTask id="Work" name="Do the work"><extensionElements>
            <zeebe:taskDefinition type="{job_type}"/><zeebe:ioMapping>{inputs}</zeebe:ioMapping>
          </extensionElements></serviceTask>
          <sequenceFlow id="g" sourceRef="Work" targetRef="Over"/>
          <endEvent id="Over"/>
        </process></definitions>"#
    )
}

impl House {
    pub async fn deploy(&self, bpmn: &str) {
        let file = UploadedFile {
            name: "p.bpmn".into(),
            bytes: bpmn.as_bytes().to_vec(),
        };
        self.runtime
            .deploy(vec![file], Actor::System)
            .await
            .expect("a diagram without errors");
    }

    /// Starts the process about Anna's case.
    pub async fn start(&self) -> Key {
        self.start_about(Some(Subject {
            kind: "case".into(),
            key: self.case.to_string().into(),
        }))
        .await
    }

    pub async fn start_about(&self, subject: Option<Subject>) -> Key {
        let start = StartInstance {
            process: ProcessRef::Latest("p".into()),
            element: None,
            variables: BTreeMap::new(),
            subject,
        };
        self.runtime
            .start(start, Actor::System)
            .await
            .expect("an instance")
    }

    /// Deploys a process of one service task and starts it about Anna's case.
    pub async fn run(&self, job_type: &str, inputs: &[(&str, &str)]) -> Key {
        self.deploy(&process(job_type, inputs)).await;
        self.start().await
    }

    pub async fn state(&self, instance: Key) -> InstanceState {
        self.runtime
            .queries()
            .instance_state(instance)
            .await
            .expect("an instance")
    }

    pub async fn variable(&self, instance: Key, name: &str) -> Value {
        self.state(instance)
            .await
            .variables
            .get(name)
            .cloned()
            .unwrap_or_default()
    }

    /// What the only incident of an instance says.
    pub async fn incident(&self, instance: Key) -> String {
        let incidents = self
            .runtime
            .queries()
            .incidents(instance)
            .await
            .expect("incidents");
        assert_eq!(incidents.len(), 1, "{incidents:?}");
        incidents[0].message.clone()
    }

    pub async fn advance_to(&self, to: &str) {
        self.runtime.advance_to(at(to)).await.expect("time passes");
        assert_eq!(self.clock.now(), at(to));
    }

    /// All records of a kind, the oldest first.
    pub async fn all(&self, kind: Kind) -> Vec<Record> {
        let readers = self.runtime.database().readers();
        let page = records::list(readers, &Scope::system(), kind, &Query::default())
            .await
            .expect("records");
        let mut records = page.records;
        records.sort_by_key(|record| record.key);
        records
    }

    pub async fn record(&self, kind: Kind, key: RecordKey) -> Record {
        records::get(
            self.runtime.database().readers(),
            &Scope::system(),
            kind,
            key,
        )
        .await
        .expect("a record")
    }

    /// The only activity there is.
    pub async fn activity(&self) -> Record {
        let mut activities = self.all(Kind::Activity).await;
        assert_eq!(activities.len(), 1, "{activities:?}");
        activities.remove(0)
    }

    pub async fn notifications(&self, login: &str) -> Vec<Notification> {
        let readers = self.runtime.database().readers();
        let user = users::by_login(readers, &Scope::system(), login)
            .await
            .expect("users")
            .expect("a user");
        notifications::list(readers, &Scope::user(&user, Vec::new()), None, 50)
            .await
            .expect("notifications")
    }

    pub async fn outbox(&self) -> Vec<OutboxMail> {
        outbox::list(
            self.runtime.database().readers(),
            &Scope::system(),
            None,
            50,
        )
        .await
        .expect("the outbox")
    }
}

/// The text of a record's field.
pub fn text<'a>(record: &'a Record, field: &str) -> &'a str {
    record
        .fields
        .get(field)
        .and_then(Json::as_str)
        .unwrap_or_default()
}
