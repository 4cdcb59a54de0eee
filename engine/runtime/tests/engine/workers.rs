//! Jobs that workers do: leases, tokens, back-off, and what a worker is given.

use std::collections::BTreeSet;
use std::time::Duration;

use redthread_core::Key;
use redthread_runtime::{
    ActivateJobs, ActivatedJob, Actor, JobFailure, Lease, PageRequest, RuntimeError, SettableClock,
};
use sea_orm::ConnectionTrait;

use crate::diagrams::{process, service_task};
use crate::house::{House, ann, at, texts};
use crate::world::sql;

const MINUTE: Duration = Duration::from_secs(60);

/// A process with a boundary event for the error REFUSED.
pub fn pay() -> Vec<u8> {
    process(
        "pay",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n<boundaryEvent id=\"OnRefused\" attachedToRef=\"Pay\"><errorEventDefinition errorRef=\"Refused\"/></boundaryEvent>\n<endEvent id=\"Paid\"/>\n<endEvent id=\"Unpaid\"/>\nS -> Pay\nPay -> Paid\nOnRefused -> Unpaid",
            service_task("Pay", "bank")
        ),
    )
}

pub fn wanted(worker: &str, max_jobs: usize) -> ActivateJobs {
    ActivateJobs {
        types: vec!["bank".to_owned()],
        worker: worker.to_owned(),
        max_jobs,
        lease: MINUTE,
        variables: None,
        wait: Duration::ZERO,
    }
}

pub async fn take(house: &House, worker: &str, max_jobs: usize) -> Vec<ActivatedJob> {
    let taken = house.runtime.activate_jobs(wanted(worker, max_jobs));
    taken.await.unwrap()
}

/// The only job that is free.
pub async fn take_one(house: &House, worker: &str) -> ActivatedJob {
    let mut taken = take(house, worker, 10).await;
    assert_eq!(taken.len(), 1, "{taken:#?}");
    taken.remove(0)
}

pub fn lease(job: &ActivatedJob) -> Lease {
    Lease {
        job: job.key,
        token: job.token,
    }
}

pub fn failure(retries: Option<u32>, back_off: Duration) -> JobFailure {
    JobFailure {
        message: "no answer".into(),
        retries,
        back_off,
    }
}

pub async fn complete(house: &House, job: &ActivatedJob) -> Result<(), RuntimeError> {
    let done = house.runtime.complete_leased_job(lease(job), texts(&[]));
    done.await
}

#[track_caller]
fn assert_stale<T: std::fmt::Debug>(answer: Result<T, RuntimeError>) {
    let error = answer.unwrap_err();
    assert_eq!(error.code(), "staleToken", "{error}");
}

#[tokio::test]
async fn a_job_comes_with_all_that_a_worker_needs() {
    let house = House::with(process(
        "pay",
        "<startEvent id=\"S\"/>\n<serviceTask id=\"Pay\"><extensionElements><zeebe:taskDefinition type=\"bank\" retries=\"5\"/><zeebe:taskHeaders><zeebe:header key=\"currency\" value=\"EUR\"/></zeebe:taskHeaders><zeebe:ioMapping><zeebe:input source=\"=sum\" target=\"amount\"/></zeebe:ioMapping></extensionElements></serviceTask>\nS -> Pay\nPay -> E",
    ))
    .await;
    let instance = house
        .start_about(
            "pay",
            &[("sum", "10"), ("note", "thanks")],
            Some(("case", "c1")),
        )
        .await
        .unwrap();
    let job = take_one(&house, "till").await;
    assert_eq!((&*job.job_type, &*job.worker), ("bank", "till"));
    assert_eq!((job.instance, job.retries), (instance, 5));
    assert_eq!((&*job.process, job.version), ("pay", 1));
    assert_eq!((&*job.element, job.listener), ("Pay", None));
    assert_eq!(job.leased_until, at("2026-01-05T09:01:00Z"));
    assert_eq!(job.headers["currency"], "EUR");
    assert_eq!(
        job.variables,
        texts(&[("amount", "10"), ("note", "thanks"), ("sum", "10")])
    );
    assert_eq!(&*job.subject.as_ref().unwrap().key, "c1");
    let standing = &house.runtime.queries().jobs_of(instance).await.unwrap()[0];
    assert_eq!(standing.worker.as_deref(), Some("till"));
    assert_eq!(standing.leased_until, Some(job.leased_until));

    assert!(
        take(&house, "other", 10).await.is_empty(),
        "it is leased already"
    );
    house
        .runtime
        .complete_leased_job(lease(&job), texts(&[("receipt", "r1")]))
        .await
        .unwrap();
    assert_eq!(house.status(instance).await, "completed");
    let history = house.runtime.queries();
    let steps = history
        .history(instance, &PageRequest::default())
        .await
        .unwrap();
    let worker = Actor::Worker {
        name: "till".into(),
    };
    assert_eq!(steps.items.last().unwrap().actor, worker);

    house
        .start("pay", &[("sum", "20"), ("note", "hurry")])
        .await;
    let named = ActivateJobs {
        variables: Some(vec!["amount".into(), "nothing".into()]),
        ..wanted("till", 1)
    };
    let named = house.runtime.activate_jobs(named).await.unwrap();
    assert_eq!(named[0].variables, texts(&[("amount", "20")]));
    house.close().await;
}

#[tokio::test]
async fn listeners_and_other_tasks_of_a_type_are_jobs_too() {
    let house = House::with(process(
        "told",
        "<startEvent id=\"S\"/>\n<userTask id=\"Do\"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee=\"ann\"/><zeebe:executionListeners><zeebe:executionListener eventType=\"start\" type=\"bank\"/></zeebe:executionListeners></extensionElements></userTask>\n<sendTask id=\"Tell\"><extensionElements><zeebe:taskDefinition type=\"bank\"/></extensionElements></sendTask>\nS -> Do\nDo -> Tell\nTell -> E",
    ))
    .await;
    let instance = house.start("told", &[]).await;
    let listener = take_one(&house, "w").await;
    assert_eq!(&*listener.element, "Do");
    assert_eq!(
        listener.listener,
        Some(redthread_core::event::ListenerEvent::Start)
    );
    complete(&house, &listener).await.unwrap();
    house.complete("Do", &[]).await;
    let send = take_one(&house, "w").await;
    assert_eq!((&*send.element, send.listener), ("Tell", None));
    complete(&house, &send).await.unwrap();
    assert_eq!(house.status(instance).await, "completed");
    house.close().await;
}

#[tokio::test]
async fn only_who_holds_a_job_is_heard() {
    let house = House::with(pay()).await;
    house.start("pay", &[]).await;
    let first = take_one(&house, "slow").await;
    house.pass("PT2M").await;
    let second = take_one(&house, "fast").await;
    assert_eq!(first.key, second.key, "it stays the same job");
    assert_ne!(first.token, second.token);

    let runtime = &house.runtime;
    let stale = lease(&first);
    assert_stale(runtime.complete_leased_job(stale, texts(&[])).await);
    assert_stale(
        runtime
            .fail_leased_job(stale, failure(Some(0), MINUTE))
            .await,
    );
    assert_stale(
        runtime
            .throw_leased_error(stale, "REFUSED".into(), None, texts(&[]))
            .await,
    );
    assert_stale(runtime.extend_lease(stale, MINUTE).await);
    complete(&house, &second).await.unwrap();
    // What is done is not done again, and not undone by anybody.
    assert_stale(complete(&house, &second).await);
    let unheard_of = Lease {
        job: Key(42),
        token: second.token,
    };
    assert_stale(runtime.complete_leased_job(unheard_of, texts(&[])).await);
    house.close().await;
}

#[tokio::test]
async fn a_lease_that_is_over_holds_until_somebody_else_takes_the_job() {
    let house = House::with(pay()).await;
    let instance = house.start("pay", &[]).await;
    let job = take_one(&house, "slow").await;
    house.pass("PT1H").await;
    complete(&house, &job).await.unwrap();
    assert_eq!(house.status(instance).await, "completed");

    house.start("pay", &[]).await;
    let job = take_one(&house, "slow").await;
    house.pass("PT30S").await;
    let until = house
        .runtime
        .extend_lease(lease(&job), 5 * MINUTE)
        .await
        .unwrap();
    assert_eq!(
        until,
        house.runtime.now().saturating_add_micros(300_000_000)
    );
    house.pass("PT4M").await;
    assert!(take(&house, "other", 1).await.is_empty());
    house.pass("PT1M").await;
    assert_eq!(take_one(&house, "other").await.key, job.key);
    house.close().await;
}

#[tokio::test]
async fn a_job_that_failed_is_left_alone_until_its_next_try() {
    let house = House::with(pay()).await;
    let instance = house.start("pay", &[]).await;
    let job = take_one(&house, "w").await;
    let runtime = &house.runtime;
    runtime
        .fail_leased_job(lease(&job), failure(None, 10 * MINUTE))
        .await
        .unwrap();
    assert_stale(complete(&house, &job).await);
    house.pass("PT9M59S").await;
    assert!(take(&house, "w", 1).await.is_empty());
    house.pass("PT1S").await;
    let again = take_one(&house, "w").await;
    assert_eq!((again.key, again.retries), (job.key, 2));

    // Without tries left, somebody has to mend it.
    runtime
        .fail_leased_job(lease(&again), failure(Some(0), Duration::ZERO))
        .await
        .unwrap();
    house.pass("P1D").await;
    assert!(take(&house, "w", 1).await.is_empty());
    let incident = runtime
        .queries()
        .incidents(instance)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        (&*incident.code, &*incident.message),
        ("jobFailed", "no answer")
    );
    runtime.retry(incident.key, ann()).await.unwrap();
    let mended = take_one(&house, "w").await;
    assert_eq!((mended.key, mended.retries), (job.key, 3));
    complete(&house, &mended).await.unwrap();
    assert_eq!(house.status(instance).await, "completed");
    house.close().await;
}

#[tokio::test]
async fn a_business_error_goes_the_way_that_the_diagram_says_or_waits_for_somebody() {
    let house = House::with(pay()).await;
    let refused = house.start("pay", &[]).await;
    let job = take_one(&house, "w").await;
    let runtime = &house.runtime;
    let throw = async |job: &ActivatedJob, code: &str| {
        let thrown = runtime.throw_leased_error(
            lease(job),
            code.to_owned(),
            Some("The bank says no.".into()),
            texts(&[("why", "no cover")]),
        );
        thrown.await.unwrap();
    };
    throw(&job, "REFUSED").await;
    assert_eq!(house.completed(refused).await, ["S", "OnRefused", "Unpaid"]);

    let stuck = house.start("pay", &[]).await;
    let job = take_one(&house, "w").await;
    throw(&job, "UNHEARD_OF").await;
    assert_stale(complete(&house, &job).await);
    house.pass("P1D").await;
    assert!(take(&house, "w", 1).await.is_empty());
    let incident = runtime.queries().incidents(stuck).await.unwrap().remove(0);
    assert_eq!(&*incident.code, "uncaughtError");
    runtime.retry(incident.key, ann()).await.unwrap();
    complete(&house, &take_one(&house, "w").await)
        .await
        .unwrap();
    assert_eq!(house.status(stuck).await, "completed");
    house.close().await;
}

#[tokio::test]
async fn what_has_ended_is_not_handed_out() {
    let house = House::with(pay()).await;
    let (held, free) = (house.start("pay", &[]).await, house.start("pay", &[]).await);
    let job = take(&house, "w", 1).await.remove(0);
    assert_eq!(job.instance, held, "the oldest comes first");
    for instance in [held, free] {
        house.runtime.cancel(instance, None, ann()).await.unwrap();
    }
    assert!(take(&house, "w", 10).await.is_empty());
    assert_stale(complete(&house, &job).await);
    house.close().await;
}

#[tokio::test]
async fn those_that_have_been_free_for_the_longest_time_come_first_whatever_their_type() {
    let of_type = |id: &str, job_type: &str| {
        process(
            id,
            &format!(
                "<startEvent id=\"S\"/>\n{}\nS -> Do\nDo -> E",
                service_task("Do", job_type)
            ),
        )
    };
    let house = House::with(of_type("a", "bank")).await;
    house.deploy(of_type("b", "post")).await;
    house.deploy(of_type("c", "other")).await;
    let mut instances = Vec::new();
    for process in ["a", "b", "c", "b", "a"] {
        instances.push(house.start(process, &[]).await);
        house.pass("PT1S").await;
    }
    let both = |max_jobs| ActivateJobs {
        types: vec!["post".into(), "bank".into(), "post".into()],
        ..wanted("w", max_jobs)
    };
    let order = async |max_jobs| {
        let taken = house.runtime.activate_jobs(both(max_jobs)).await.unwrap();
        taken.iter().map(|job| job.instance).collect::<Vec<Key>>()
    };
    assert_eq!(order(3).await, [instances[0], instances[1], instances[3]]);
    assert_eq!(order(3).await, [instances[4]]);
    house.close().await;
}

#[tokio::test]
async fn two_workers_that_race_do_each_job_once() {
    const JOBS: usize = 200;
    let house = House::with(pay()).await;
    let starts = (0..JOBS).map(|_| house.start("pay", &[]));
    futures::future::join_all(starts).await;
    let work = async |name: &'static str, at_once: usize| {
        let mut done = Vec::new();
        loop {
            let taken = take(&house, name, at_once).await;
            if taken.is_empty() {
                return done;
            }
            let reports = taken.iter().map(|job| complete(&house, job));
            for report in futures::future::join_all(reports).await {
                report.unwrap();
            }
            done.extend(taken.iter().map(|job| job.instance));
        }
    };
    let (one, two) = tokio::join!(work("one", 7), work("two", 11));
    assert!(!one.is_empty() && !two.is_empty());
    let all: BTreeSet<Key> = one.iter().chain(&two).copied().collect();
    assert_eq!((all.len(), one.len() + two.len()), (JOBS, JOBS));
    house.close().await;
}

#[tokio::test]
async fn claims_of_one_batch_never_share_a_job() {
    let house = House::with(pay()).await;
    let starts = (0..20).map(|_| house.start("pay", &[]));
    futures::future::join_all(starts).await;
    // Sent together with more starts, they come into a few batches, over jobs that are stored and jobs that are not yet.
    let claims = futures::future::join_all((0..30).map(|_| take(&house, "w", 3)));
    let starts = futures::future::join_all((0..20).map(|_| house.start("pay", &[])));
    let late = async {
        starts.await;
        futures::future::join_all((0..10).map(|_| take(&house, "w", 3))).await
    };
    let (claims, late) = tokio::join!(claims, late);
    let taken: Vec<Key> = claims
        .iter()
        .chain(&late)
        .flatten()
        .map(|job| job.key)
        .collect();
    let keys: BTreeSet<Key> = taken.iter().copied().collect();
    assert_eq!((keys.len(), taken.len()), (40, 40));
    house.close().await;
}

#[tokio::test]
async fn a_request_outside_of_its_limits_is_refused_with_a_sentence() {
    let house = House::with(pay()).await;
    let bad: [fn(&mut ActivateJobs); 9] = [
        |asked| asked.types = Vec::new(),
        |asked| asked.types = vec![" ".into()],
        |asked| asked.types = (0..33).map(|nth| nth.to_string()).collect(),
        |asked| asked.worker = "w".repeat(256),
        |asked| asked.max_jobs = 0,
        |asked| asked.max_jobs = 201,
        |asked| asked.lease = Duration::from_millis(999),
        |asked| asked.lease = Duration::from_secs(86_401),
        |asked| asked.wait = Duration::from_secs(61),
    ];
    for make_bad in bad {
        let mut asked = wanted("w", 1);
        make_bad(&mut asked);
        let error = house.runtime.activate_jobs(asked).await.unwrap_err();
        assert!(matches!(&error, RuntimeError::Invalid(sentence) if sentence.ends_with('.')));
    }
    house.close().await;
}

#[tokio::test]
async fn jobs_with_heavy_variables_come_in_several_answers() {
    let house = House::with(pay()).await;
    let heavy = "x".repeat(900_000);
    for _ in 0..6 {
        house.start("pay", &[("heavy", &heavy)]).await;
    }
    assert_eq!(take(&house, "w", 10).await.len(), 4);
    assert_eq!(take(&house, "w", 10).await.len(), 2);
    house.close().await;
}

#[tokio::test]
async fn a_job_whose_instance_cannot_be_read_does_not_hold_up_the_others() {
    let house = House::with(pay()).await;
    let (broken, whole) = (house.start("pay", &[]).await, house.start("pay", &[]).await);
    let place = house.close().await;
    let vandal = place.connect().await;
    let set_state = async |state: &str| {
        let set = "UPDATE instance SET state = $1 WHERE key = $2";
        let set = sql(set, [state.into(), broken.as_i64().into()]);
        vandal.execute_raw(set).await.unwrap();
    };
    let state = sql(
        "SELECT state FROM instance WHERE key = $1",
        [broken.as_i64().into()],
    );
    let state = vandal.query_one_raw(state).await.unwrap().unwrap();
    let state: String = state.try_get_by_index(0).unwrap();
    set_state("scrambled").await;
    let clock = SettableClock::standing_at(at(crate::house::MONDAY));
    let house = House::open(place, clock).await;
    assert_eq!(take_one(&house, "w").await.instance, whole);
    set_state(&state).await;
    house.pass("PT1M").await;
    let found: BTreeSet<Key> = take(&house, "w", 10)
        .await
        .iter()
        .map(|job| job.instance)
        .collect();
    assert_eq!(found, BTreeSet::from([broken, whole]));
    house.close().await;
}

#[tokio::test]
async fn leases_outlive_a_restart() {
    let house = House::with(pay()).await;
    house.start("pay", &[]).await;
    let job = take_one(&house, "w").await;
    let place = house.close().await;
    let clock = SettableClock::standing_at(at(crate::house::MONDAY));
    let house = House::open(place, clock).await;
    assert!(take(&house, "other", 1).await.is_empty());
    complete(&house, &job).await.unwrap();
    house.close().await;
}
