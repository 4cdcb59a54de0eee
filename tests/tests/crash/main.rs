//! Fifty SIGKILLs of the real server at seeded moments under load, on the database that the tests run on: what was
//! acknowledged is there, nothing is there twice, what was not acknowledged is there wholly or not at all, and the doctor
//! finds nothing wrong, each time.
//!
//! Clients start instances, by themselves or by a message, complete their tasks and publish the messages that they wait
//! for, while timers fire and a worker takes jobs and does them. A client asks again for what it got no answer to, where that can do no harm: a message has an
//! id, and a task is done once. `SEED=... KILLS=...` set the moments and their number.

mod worker;

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use redthread_core::{InstanceState, Status};
use redthread_feel::Value as Feel;
use redthread_runtime::doctor::{Told, examine};
use redthread_test_database::TestDatabase;
use redthread_tests::http::{Answer, Client};
use redthread_tests::program;
use redthread_tests::served::Server;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};
use worker::Shipped;

const KILLS: u64 = 50;
const CLIENTS: u64 = 6;
const SEED: u64 = 20_260_105;
/// So many answers there are at least between two kills, however slow the machine is.
const ANSWERS_BETWEEN: u64 = 6;
/// A kill comes at most so many microseconds after those.
const LATEST: u64 = 100_000;
const PATIENCE: Duration = Duration::from_secs(60);

const DIAGRAM: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  id="defs" targetNamespace="http://redthread.example">
  <message id="OrderMessage" name="order"><extensionElements><zeebe:subscription correlationKey="=order"/></extensionElements></message>
  <message id="PaidMessage" name="paid"><extensionElements><zeebe:subscription correlationKey="=order"/></extensionElements></message>
  <process id="order" isExecutable="true">
    <startEvent id="ByHand"/>
    <startEvent id="ByMessage"><messageEventDefinition messageRef="OrderMessage"/></startEvent>
    <exclusiveGateway id="Begun"/>
    <userTask id="Check"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="sales"/></extensionElements></userTask>
    <parallelGateway id="Fork"/>
    <intermediateCatchEvent id="Moment"><timerEventDefinition><timeDuration>PT0.02S</timeDuration></timerEventDefinition></intermediateCatchEvent>
    <intermediateCatchEvent id="Paid"><messageEventDefinition messageRef="PaidMessage"/></intermediateCatchEvent>
    <parallelGateway id="Join"/>
    <serviceTask id="Ship"><extensionElements><zeebe:taskDefinition type="ship" retries="3"/></extensionElements></serviceTask>
    <endEvent id="End"/>
    <sequenceFlow id="f1" sourceRef="ByHand" targetRef="Begun"/>
    <sequenceFlow id="f2" sourceRef="ByMessage" targetRef="Begun"/>
    <sequenceFlow id="f3" sourceRef="Begun" targetRef="Check"/>
    <sequenceFlow id="f4" sourceRef="Check" targetRef="Fork"/>
    <sequenceFlow id="f5" sourceRef="Fork" targetRef="Moment"/>
    <sequenceFlow id="f6" sourceRef="Fork" targetRef="Paid"/>
    <sequenceFlow id="f7" sourceRef="Moment" targetRef="Join"/>
    <sequenceFlow id="f8" sourceRef="Paid" targetRef="Join"/>
    <sequenceFlow id="f9" sourceRef="Join" targetRef="Ship"/>
    <sequenceFlow id="f10" sourceRef="Ship" targetRef="End"/>
  </process>
</definitions>"#;

/// How far an order has come.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Done {
    #[default]
    Nothing,
    Started,
    Checked,
    Paid,
}

/// What a client knows of an order of its own.
#[derive(Clone, Debug, Default)]
struct Log {
    order: String,
    /// What the server has acknowledged.
    acknowledged: Done,
    /// What was asked for last: it may have been done without an answer.
    asked: Done,
}

/// What the clients and the one who kills share.
#[derive(Default)]
struct Shared {
    /// Clients begin no more orders.
    stop: AtomicBool,
    /// The worker takes no more jobs.
    over: AtomicBool,
    answers: AtomicU64,
    unanswered: AtomicU64,
}

impl Shared {
    /// Waits until the clients have got so many answers more.
    fn wait_for_answers(&self, more: u64) {
        let goal = self.answers.load(Ordering::Relaxed) + more;
        let end = Instant::now() + PATIENCE;
        while self.answers.load(Ordering::Relaxed) < goal {
            assert!(Instant::now() < end, "the clients do not get on");
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// A client that asks again.
struct Asker<'a> {
    client: &'a Client,
    shared: &'a Shared,
    stop: &'a AtomicBool,
    definition: &'a str,
}

impl Asker<'_> {
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Asks until there is an answer, or until all is over.
    fn until_answered(&self, ask: impl Fn() -> io::Result<Answer>) -> io::Result<Answer> {
        loop {
            match ask() {
                Err(error) if self.stopped() => return Err(error),
                Err(_) => {
                    self.shared.unanswered.fetch_add(1, Ordering::Relaxed);
                    self.wait_for_the_server();
                }
                answered => return answered,
            }
        }
    }

    fn wait_for_the_server(&self) {
        while !self.stopped() && self.client.get("/health").is_err() {
            thread::sleep(Duration::from_millis(3));
        }
    }

    /// Takes orders as far as they go, until told to stop.
    fn work(&self, name: u64) -> Vec<Log> {
        let mut logs = Vec::new();
        while !self.stopped() {
            let mut log = Log {
                order: format!("{name}-{}", logs.len()),
                ..Log::default()
            };
            if self.one_order(&mut log, logs.len() % 2 == 0).is_err() {
                self.wait_for_the_server();
            }
            logs.push(log);
        }
        logs
    }

    fn acknowledge(&self, log: &mut Log) {
        log.acknowledged = log.asked;
        self.shared.answers.fetch_add(1, Ordering::Relaxed);
    }

    fn one_order(&self, log: &mut Log, by_hand: bool) -> io::Result<()> {
        let order = log.order.clone();
        log.asked = Done::Started;
        let instance = if by_hand {
            // Asked once only: a second time would be a second instance.
            let path = format!("/api/definitions/{}/start", self.definition);
            let body = json!({"variables": {"order": order}});
            let started = self.client.post(&path, &body);
            let started = started.inspect_err(|_| {
                self.shared.unanswered.fetch_add(1, Ordering::Relaxed);
            })?;
            Some(text(accepted(&started), "instance"))
        } else {
            let published = self.publish("order", &order, json!({"order": order}))?;
            // Where the first answer was lost, nobody says which instance it was.
            let started = published.map(|body| body["instances"].clone());
            started.map(|keys| keys[0].as_str().expect("an instance").to_owned())
        };
        self.acknowledge(log);
        let Some(instance) = instance else {
            return Ok(());
        };

        let path = format!("/api/tasks?view=all&instance={instance}");
        let tasks = self.until_answered(|| self.client.get(&path))?;
        let task = text(&accepted(&tasks)["items"][0], "key");
        log.asked = Done::Checked;
        let path = format!("/api/tasks/{task}/complete");
        let body = json!({"variables": {"by": order}});
        let done = self.until_answered(|| self.client.post(&path, &body))?;
        if done.status != 409 {
            accepted(&done);
        }
        self.acknowledge(log);

        log.asked = Done::Paid;
        self.publish("paid", &order, json!({}))?;
        self.acknowledge(log);
        Ok(())
    }

    /// Publishes a message; nothing: it had been published already.
    fn publish(&self, name: &str, order: &str, variables: Value) -> io::Result<Option<Value>> {
        let message = json!({
            "name": name, "correlationKey": order, "messageId": order, "ttl": "PT1H", "variables": variables
        });
        let answer = self.until_answered(|| self.client.post("/api/messages", &message))?;
        Ok((answer.status != 409).then(|| accepted(&answer).clone()))
    }
}

/// The body of an answer that says yes. No other refusal is expected here: it would be a mistake, not a kill.
fn accepted(answer: &Answer) -> &Value {
    let (status, body) = (answer.status, &answer.json);
    assert!((200..300).contains(&status), "{status}: {body}");
    body
}

/// A text that must be there, since the server has acknowledged what gives it.
fn text(json: &Value, name: &str) -> String {
    let found = json[name].as_str().map(str::to_owned);
    found.unwrap_or_else(|| panic!("there is no \"{name}\" although it was acknowledged: {json}"))
}

/// Seeded moments (a linear congruential generator, Knuth's constants).
fn moments(seed: u64) -> impl Iterator<Item = Duration> {
    let next = |seed: &u64| {
        let next = seed.wrapping_mul(6_364_136_223_846_793_005);
        Some(next.wrapping_add(1_442_695_040_888_963_407))
    };
    std::iter::successors(Some(seed), next)
        .skip(1)
        .map(|seed| Duration::from_micros((seed >> 33) % LATEST))
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect(name))
}

/// The doctor, on the database as the kill has left it.
async fn is_healthy(url: &str) {
    let database = redthread_runtime::Database::open_to_read(url).await;
    let mut findings = Vec::new();
    let mut tell = |told| {
        if let Told::Finding(finding) = told {
            findings.push(*finding);
        }
    };
    let examined = examine(&database.expect("the database"), &mut tell).await;
    examined.expect("the database can be read");
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_and_the_database_is_healthy_after_every_kill() {
    let (seed, kills) = (setting("SEED", SEED), setting("KILLS", KILLS));
    println!("SEED={seed} KILLS={kills}");
    let threads = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a thread");
    let place = threads.block_on(TestDatabase::new());
    let mut server = Server::start(place.url(), &[]);
    let mut client = Client::new(server.address());
    let password = server.first_password().expect("a password");
    client
        .sign_in("admin", &password)
        .expect("the administrator");
    let files = [("order.bpmn", DIAGRAM.as_bytes())];
    let deployed = client
        .upload("/api/deployments", &files)
        .expect("an answer");
    let definition = text(&accepted(&deployed)["deployed"][0], "key");

    let (shared, began) = (Shared::default(), Instant::now());
    let mut spent = [Duration::ZERO; 2];
    let asker = Asker {
        client: &client,
        shared: &shared,
        stop: &shared.stop,
        definition: &definition,
    };
    let worker = Asker {
        stop: &shared.over,
        ..asker
    };
    let (logs, paid, shipped) = thread::scope(|scope| {
        let asker = &asker;
        let shipping = scope.spawn(|| worker::work(&worker));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|name| scope.spawn(move || asker.work(name)))
            .collect();
        for moment in moments(seed).take(kills as usize) {
            shared.wait_for_answers(ANSWERS_BETWEEN);
            thread::sleep(moment);
            server.kill();
            let killed = Instant::now();
            threads.block_on(is_healthy(place.url()));
            spent[0] += killed.elapsed();
            let killed = Instant::now();
            server.start_again();
            spent[1] += killed.elapsed();
        }
        shared.wait_for_answers(ANSWERS_BETWEEN);
        shared.stop.store(true, Ordering::Relaxed);
        let logs: Vec<Log> = clients
            .into_iter()
            .flat_map(|client| client.join().expect("no mistake"))
            .collect();
        let paid = logs.iter().filter(|log| log.acknowledged == Done::Paid);
        let paid: Vec<String> = paid.map(|log| log.order.clone()).collect();
        println!("clients have ended after {:?}", began.elapsed());
        threads.block_on(wait_until_completed(&place, &paid));
        println!("all is completed after {:?}", began.elapsed());
        shared.over.store(true, Ordering::Relaxed);
        (logs, paid, shipping.join().expect("no mistake"))
    });
    println!(
        "{kills} kills in {:?}, of which {:?} for the doctor and {:?} for starting",
        began.elapsed(),
        spent[0],
        spent[1]
    );
    server.kill();
    threads.block_on(compare(&place, &logs, &shipped));
    let unanswered = shared.unanswered.load(Ordering::Relaxed);
    println!(
        "{} orders, {} of them paid, {} known to be shipped, {unanswered} requests without an answer",
        logs.len(),
        paid.len(),
        shipped.len()
    );
    assert!(
        unanswered >= kills,
        "the kills met too little: {unanswered}"
    );
    assert!(
        shipped.len() as u64 >= kills / 2,
        "too little was shipped: {}",
        shipped.len()
    );
    assert!(
        paid.len() as u64 >= kills / 2,
        "too little came to its end: {}",
        paid.len()
    );

    let doctor = ["doctor", "--json", "--database", place.url()];
    let ran = program::run(&program::built(), &doctor, PATIENCE).expect("the doctor runs");
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("\"findings\":0"), "{}", ran.stdout);
}

/// What the database says of one order.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    instances: usize,
    completed: usize,
    tasks: i64,
    done_tasks: i64,
}

async fn rows(connection: &DatabaseConnection, sql: &str) -> Vec<sea_orm::QueryResult> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    connection.query_all_raw(statement).await.expect(sql)
}

/// All orders that there are.
async fn found(place: &TestDatabase) -> BTreeMap<String, Found> {
    let connection = place.connect().await;
    let mut tasks: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for row in rows(&connection, "SELECT instance, state FROM task").await {
        let instance = row.try_get_by_index(0).expect("a key");
        let state: String = row.try_get_by_index(1).expect("a state");
        let (all, done) = tasks.entry(instance).or_default();
        *all += 1;
        *done += i64::from(state == "done");
    }
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for row in rows(&connection, "SELECT key, state FROM instance").await {
        let key: i64 = row.try_get_by_index(0).expect("a key");
        let state: String = row.try_get_by_index(1).expect("a state");
        let state: InstanceState = serde_json::from_str(&state).expect("a state");
        let Some(Feel::String(order)) = state.variables.get("order") else {
            panic!("an instance without its order: {state:?}")
        };
        let (all, done) = tasks.get(&key).copied().unwrap_or_default();
        let of_order = found.entry(order.to_string()).or_default();
        of_order.instances += 1;
        if state.status == Status::Completed {
            assert_eq!(state.variables.get("shipped"), state.variables.get("order"));
            of_order.completed += 1;
        }
        of_order.tasks += all;
        of_order.done_tasks += done;
    }
    connection.close().await.expect("it is let go of");
    found
}

/// Timers fire by themselves, what was left in the inbox is done.
async fn wait_until_completed(place: &TestDatabase, orders: &[String]) {
    let began = Instant::now();
    loop {
        let found = found(place).await;
        let is_open = |order: &&String| found.get(*order).is_none_or(|found| found.completed == 0);
        let open: Vec<_> = orders.iter().filter(is_open).collect();
        if open.is_empty() {
            return;
        }
        assert!(
            began.elapsed() < PATIENCE,
            "these do not come to their end: {open:?}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn compare(place: &TestDatabase, logs: &[Log], shipped: &Shipped) {
    let mut found = found(place).await;
    for (order, times) in shipped {
        assert_eq!(*times, 1, "{order} was shipped more than once");
        let completed = found.get(order).map(|found| found.completed);
        assert_eq!(completed, Some(1), "{order} was shipped, but goes on");
    }
    for log in logs {
        let there = found.remove(&log.order).unwrap_or_default();
        // All of what was asked last, or nothing of it.
        let whole = there == expected(log.acknowledged) || there == expected(log.asked);
        assert!(whole, "{there:?} is not what was asked for: {log:?}");
    }
    assert!(found.is_empty(), "nobody has asked for these: {found:#?}");
}

/// What there must be of an order that has come exactly so far.
fn expected(done: Done) -> Found {
    let done_tasks = i64::from(done >= Done::Checked);
    match done {
        Done::Nothing => Found::default(),
        Done::Started | Done::Checked | Done::Paid => Found {
            instances: 1,
            completed: usize::from(done == Done::Paid),
            tasks: 1,
            done_tasks,
        },
    }
}
