//! A running engine with helpers in the words of the field.

use std::sync::Arc;

use redthread_calendar::{Timestamp, parse_duration};
use redthread_core::command::{Subject, Variables};
use redthread_core::{Event, Key};
use redthread_feel::Value;
use redthread_runtime::doctor::FindingCode;
use redthread_runtime::{
    Actor, Database, PageRequest, ProcessRef, Runtime, RuntimeError, SettableClock, StartInstance,
    TaskFilter, TaskRow, TaskView, UploadedFile,
};
use redthread_test_database::TestDatabase;
use sea_orm::DbErr;

use crate::check::{self, check};
use crate::golden;
use crate::world::{Migrations, TestWorld, change};

/// The engine on a database of its own. Monday morning; the clock stands until it is moved.
pub struct House {
    pub runtime: Runtime,
    pub place: Arc<TestDatabase>,
}

pub const MONDAY: &str = "2026-01-05T09:00:00Z";

impl House {
    pub async fn new() -> House {
        let place = Arc::new(TestDatabase::new().await);
        House::open(place, SettableClock::standing_at(at(MONDAY))).await
    }

    pub async fn open(place: Arc<TestDatabase>, clock: SettableClock) -> House {
        let database = Database::open(place.url()).await.unwrap();
        database.migrate::<Migrations>().await.unwrap();
        let runtime = Runtime::open(database, Arc::new(TestWorld), Arc::new(clock))
            .await
            .unwrap();
        House { runtime, place }
    }

    /// A house with one process deployed.
    pub async fn with(diagram: Vec<u8>) -> House {
        let house = House::new().await;
        house.deploy(diagram).await;
        house
    }

    pub async fn deploy(&self, diagram: Vec<u8>) -> Key {
        let file = UploadedFile {
            name: "diagram.bpmn".into(),
            bytes: diagram,
        };
        let deployed = match self.runtime.deploy(vec![file], ann()).await {
            Ok(deployed) => deployed,
            Err(RuntimeError::DiagramErrors(problems)) => panic!("{problems:#?}"),
            Err(error) => panic!("{error}"),
        };
        deployed.definitions[0].key
    }

    /// Starts an instance of the latest version.
    pub async fn start(&self, process: &str, variables: &[(&str, &str)]) -> Key {
        self.try_start(process, variables).await.unwrap()
    }

    pub async fn try_start(
        &self,
        process: &str,
        variables: &[(&str, &str)],
    ) -> Result<Key, RuntimeError> {
        self.start_about(process, variables, None).await
    }

    pub async fn start_about(
        &self,
        process: &str,
        variables: &[(&str, &str)],
        subject: Option<(&str, &str)>,
    ) -> Result<Key, RuntimeError> {
        let start = StartInstance {
            process: ProcessRef::Latest(process.to_owned()),
            element: None,
            variables: texts(variables),
            subject: subject.map(|(kind, key)| Subject {
                kind: kind.into(),
                key: key.into(),
            }),
        };
        self.runtime.start(start, ann()).await
    }

    /// The open tasks, in the order in which lists show them.
    pub async fn tasks(&self, view: TaskView) -> Vec<TaskRow> {
        let page = self
            .runtime
            .queries()
            .tasks(&TaskFilter::open(view), &PageRequest::default())
            .await
            .unwrap();
        page.items
    }

    /// The one open task of an element.
    pub async fn task(&self, element: &str) -> Key {
        let tasks = self.tasks(TaskView::All).await;
        let mut of_element = tasks.iter().filter(|task| task.element == element);
        let task = of_element
            .next()
            .unwrap_or_else(|| panic!("no task {element} in {tasks:#?}"));
        assert!(of_element.next().is_none(), "more than one task {element}");
        task.key
    }

    pub async fn complete(&self, element: &str, variables: &[(&str, &str)]) {
        let task = self.task(element).await;
        self.runtime
            .complete_task(
                task,
                redthread_core::Holder::Anyone,
                texts(variables),
                ann(),
            )
            .await
            .unwrap();
    }

    /// A person changes a record.
    pub async fn change(&self, kind: &str, key: &str, fields: &[(&str, &str)]) {
        let (kind, key) = (kind.to_owned(), key.to_owned());
        let fields: Vec<(String, String)> = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let written = self.runtime.write(ann(), move |tx, _| {
            let (kind, key, fields) = (kind.clone(), key.clone(), fields.clone());
            Box::pin(async move {
                let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (&**n, &**v)).collect();
                change(tx, &kind, &key, &fields, Vec::new()).await?;
                Ok::<(), DbErr>(())
            })
        });
        written.await.unwrap().unwrap();
    }

    /// What the world has written down.
    pub async fn notices(&self) -> Vec<String> {
        let rows = check::rows(
            self.runtime.database(),
            "SELECT text FROM test_notice ORDER BY id",
        )
        .await;
        rows.iter()
            .map(|row| row.try_get_by_index(0).unwrap())
            .collect()
    }

    /// A field of a record.
    pub async fn field(&self, kind: &str, key: &str, field: &str) -> Option<String> {
        let query =
            format!("SELECT fields FROM test_record WHERE kind = '{kind}' AND key = '{key}'");
        let rows = check::rows(self.runtime.database(), &query).await;
        let fields: serde_json::Value =
            serde_json::from_str(&rows.first()?.try_get_by_index::<String>(0).unwrap()).unwrap();
        fields.get(field)?.as_str().map(str::to_owned)
    }

    pub async fn status(&self, instance: Key) -> &'static str {
        self.runtime
            .queries()
            .instance_row(instance)
            .await
            .unwrap()
            .status
    }

    /// The elements at which an instance stands.
    pub async fn standing(&self, instance: Key) -> Vec<String> {
        let row = self.runtime.queries().instance_row(instance).await.unwrap();
        row.thread
            .now
            .iter()
            .map(|now| now.element.to_string())
            .collect()
    }

    /// A variable of the instance, as FEEL.
    pub async fn variable(&self, instance: Key, name: &str) -> Option<String> {
        let state = self
            .runtime
            .queries()
            .instance_state(instance)
            .await
            .unwrap();
        state.variables.get(name).map(Value::to_feel)
    }

    pub async fn instances_of(&self, process: &str) -> Vec<Key> {
        let filter = redthread_runtime::InstanceFilter {
            process: Some(process.to_owned()),
            ..Default::default()
        };
        let page = self
            .runtime
            .queries()
            .instances(&filter, &PageRequest::default())
            .await
            .unwrap();
        page.items.iter().rev().map(|row| row.key).collect()
    }

    /// The elements that an instance has completed, in order.
    pub async fn completed(&self, instance: Key) -> Vec<String> {
        let history = self
            .runtime
            .queries()
            .history(
                instance,
                &PageRequest {
                    limit: 200,
                    after: None,
                },
            )
            .await
            .unwrap();
        let events = history.items.into_iter().flat_map(|step| step.events);
        events
            .filter_map(|event| match event {
                Event::ElementCompleted { element, .. } => Some(element.to_string()),
                _ => None,
            })
            .collect()
    }

    /// Lets time pass.
    pub async fn pass(&self, duration: &str) {
        let to = parse_duration(duration)
            .unwrap()
            .add_to(self.runtime.now(), &redthread_calendar::Zone::UTC)
            .unwrap();
        self.runtime.advance_to(to).await.unwrap();
    }

    /// The doctor finds nothing but what is set aside for people.
    pub async fn is_healthy(&self) {
        let mut findings = check::findings(self.runtime.database()).await;
        findings.retain(|finding| finding.code != FindingCode::SetAside);
        assert!(findings.is_empty(), "{findings:#?}");
    }

    /// Checks the database and lets go of it.
    pub async fn close(self) -> Arc<TestDatabase> {
        self.runtime.run_until_idle().await.unwrap();
        check(self.runtime.database()).await;
        self.is_healthy().await;
        golden::add_new_kinds(self.runtime.database()).await;
        self.runtime.close().await;
        self.place
    }
}

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub fn ann() -> Actor {
    Actor::User {
        login: "ann".into(),
        name: "Ann".into(),
    }
}

pub fn texts(variables: &[(&str, &str)]) -> Variables {
    variables
        .iter()
        .map(|(name, value)| ((*name).into(), Value::String((*value).into())))
        .collect()
}
