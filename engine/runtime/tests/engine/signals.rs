//! Signals: they reach everybody who waits for them, and start processes.

use redthread_calendar::parse_duration;
use redthread_runtime::{Message, RuntimeError, Signal, Signalled};

use crate::diagrams::{STOP, event, file, pool, process, service_task, user_task, wait};
use crate::house::{House, ann, texts};

impl House {
    async fn signal(&self, name: &str, variables: &[(&str, &str)]) -> Signalled {
        let signal = Signal {
            name: name.into(),
            variables: texts(variables),
        };
        self.runtime.send_signal(signal, ann()).await.unwrap()
    }
}

/// Waits for the signal `stop`.
fn waiting(id: &str) -> String {
    pool(
        id,
        &format!(
            "<startEvent id=\"S\"/>\n{}\nS -> Stop\nStop -> E",
            event("Stop", "intermediateCatchEvent", STOP)
        ),
    )
}

/// Sends the signal `stop` at its end.
fn sending(id: &str) -> String {
    pool(
        id,
        &format!(
            "<startEvent id=\"S\"/>\n{}\nS -> Stopped",
            event("Stopped", "endEvent", STOP)
        ),
    )
}

#[tokio::test]
async fn a_signal_reaches_every_instance_that_waits_for_it_and_brings_its_values() {
    let house = House::with(file(&waiting("first"))).await;
    house.deploy(file(&waiting("second"))).await;
    let waiting = [
        house.start("first", &[]).await,
        house.start("first", &[]).await,
        house.start("second", &[]).await,
    ];
    let other = house.signal("go", &[]).await;
    assert_eq!(other.instances, []);
    let stopped = house.signal("stop", &[("why", "rain")]).await;
    assert_eq!((stopped.instances, stopped.more), (waiting.to_vec(), false));
    for instance in waiting {
        assert_eq!(house.status(instance).await, "completed");
        let why = house.variable(instance, "why").await;
        assert_eq!(why.as_deref(), Some("\"rain\""));
    }
    // It is not kept: whoever comes later waits for the next one.
    let late = house.start("first", &[]).await;
    assert_eq!(house.status(late).await, "active");
    house.close().await;
}

#[tokio::test]
async fn a_signal_without_a_name_is_refused() {
    let house = House::new().await;
    let signal = Signal {
        name: " ".into(),
        variables: texts(&[]),
    };
    let refused = house.runtime.send_signal(signal, ann()).await.unwrap_err();
    assert!(matches!(refused, RuntimeError::Invalid(_)), "{refused}");
    house.close().await;
}

#[tokio::test]
async fn a_signal_that_a_process_sends_reaches_others_and_starts_the_latest_versions() {
    let started = |task: &str| {
        process(
            "started",
            &format!(
                "{}\n{}\nStop -> {task}\n{task} -> E",
                event("Stop", "startEvent", STOP),
                user_task(task, "ann")
            ),
        )
    };
    let house = House::with(file(&sending("sender"))).await;
    house.deploy(file(&waiting("waiter"))).await;
    house.deploy(started("Old")).await;
    house.deploy(started("New")).await;
    let waiter = house.start("waiter", &[]).await;
    let sender = house.start("sender", &[]).await;
    assert_eq!(house.status(sender).await, "completed");
    assert_eq!(house.status(waiter).await, "completed");
    let [begun] = house.instances_of("started").await[..] else {
        panic!("not one instance was started")
    };
    assert_eq!(house.standing(begun).await, ["New"]);
    let row = house.runtime.queries().instance_row(begun).await.unwrap();
    let by = format!("{:?}", row.started_by);
    assert!(by.contains("sender") && by.contains("Stopped"), "{by}");
    house.close().await;
}

#[tokio::test]
async fn whoever_sends_a_signal_gets_it_once_where_it_waits_itself() {
    let house = House::with(process(
        "both",
        &format!(
            "<startEvent id=\"S\"/>
             <parallelGateway id=\"Fork\"/>
             {}
             {}
             {}
             <boundaryEvent id=\"Stop\" attachedToRef=\"Do\" cancelActivity=\"false\"><{STOP}/></boundaryEvent>
             {}
             S -> Fork
             Fork -> Do
             Fork -> Day
             Do -> Done
             Day -> Stopped
             Stop -> Note
             Note -> Noted",
            user_task("Do", "ann"),
            wait("Day", "P1D"),
            event("Stopped", "endEvent", STOP),
            service_task("Note", "test:note"),
        ),
    ))
    .await;
    let instance = house.start("both", &[]).await;
    house.pass("P2D").await;
    assert_eq!(house.notices().await.len(), 1);
    assert_eq!(house.standing(instance).await, ["Do"]);
    house.close().await;
}

#[tokio::test]
async fn a_signal_to_more_than_fit_into_one_transaction_reaches_all_of_them() {
    let house = House::with(file(&waiting("many"))).await;
    let mut last = house.start("many", &[]).await;
    for _ in 0..620 {
        last = house.start("many", &[]).await;
    }
    let sent = house.signal("stop", &[]).await;
    assert!(sent.more && sent.instances.len() == 500, "{sent:?}");
    house.runtime.run_until_idle().await.unwrap();
    assert_eq!(house.status(last).await, "completed");
    let open = "SELECT count(*) FROM instance WHERE ended IS NULL";
    let open = crate::check::count(house.runtime.database(), open).await;
    assert_eq!(open, 0);
    house.close().await;
}

#[tokio::test]
async fn processes_that_start_each_other_without_end_are_stopped_and_say_so() {
    let echo = pool(
        "echo",
        &format!(
            "{}\n{}\nHeard -> Said",
            event("Heard", "startEvent", STOP),
            event("Said", "endEvent", STOP)
        ),
    );
    let house = House::with(file(&echo)).await;
    house.signal("stop", &[]).await;
    house.runtime.run_until_idle().await.unwrap();
    let set_aside = "SELECT count(*) FROM inbox WHERE failed LIKE '%circle%'";
    let set_aside = crate::check::count(house.runtime.database(), set_aside).await;
    assert_eq!(set_aside, 1);
    house.close().await;
}

#[tokio::test]
async fn two_processes_of_one_file_talk_to_each_other() {
    let asks = pool(
        "asks",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n{}\nS -> Ask\nAsk -> Paid\nPaid -> E",
            event(
                "Ask",
                "intermediateThrowEvent",
                "messageEventDefinition messageRef=\"OrderMessage\""
            ),
            event(
                "Paid",
                "intermediateCatchEvent",
                "messageEventDefinition messageRef=\"PaidMessage\""
            ),
        ),
    );
    let answers = pool(
        "answers",
        &format!(
            "{}\n{}\nAsked -> Answer",
            event(
                "Asked",
                "startEvent",
                "messageEventDefinition messageRef=\"OrderMessage\""
            ),
            "<endEvent id=\"Answer\"><extensionElements><zeebe:ioMapping><zeebe:input source=\"=&quot;r1&quot;\" target=\"receipt\"/></zeebe:ioMapping></extensionElements><messageEventDefinition messageRef=\"PaidMessage\"/></endEvent>",
        ),
    );
    let asks = asks.replace(
        "<intermediateThrowEvent id=\"Ask\">",
        "<intermediateThrowEvent id=\"Ask\"><extensionElements><zeebe:ioMapping><zeebe:input source=\"=order\" target=\"order\"/></zeebe:ioMapping></extensionElements>",
    );
    let house = House::with(file(&format!("{asks}{answers}"))).await;
    let instance = house.start("asks", &[("order", "42")]).await;
    let [answer] = house.instances_of("answers").await[..] else {
        panic!("nobody was asked")
    };
    assert_eq!(house.status(answer).await, "completed");
    assert_eq!(house.status(instance).await, "completed");
    let receipt = house.variable(instance, "receipt").await;
    assert_eq!(receipt.as_deref(), Some("\"r1\""));
    house.close().await;
}

#[tokio::test]
async fn a_message_that_a_process_sends_too_early_waits_an_hour() {
    let sends = process(
        "sends",
        &format!(
            "<startEvent id=\"S\"/>\n{}\nS -> Pay",
            event(
                "Pay",
                "endEvent",
                "messageEventDefinition messageRef=\"PaidMessage\""
            ),
        ),
    );
    let waits = process(
        "waits",
        &format!(
            "<startEvent id=\"S\"/>\n{}\nS -> Paid\nPaid -> E",
            event(
                "Paid",
                "intermediateCatchEvent",
                "messageEventDefinition messageRef=\"PaidMessage\""
            ),
        ),
    );
    let house = House::with(sends).await;
    house.deploy(waits).await;
    house.start("sends", &[("order", "42")]).await;
    house.pass("PT59M").await;
    let in_time = house.start("waits", &[("order", "42")]).await;
    assert_eq!(house.status(in_time).await, "completed");
    house.start("sends", &[("order", "43")]).await;
    house.pass("PT61M").await;
    let late = house.start("waits", &[("order", "43")]).await;
    assert_eq!(house.status(late).await, "active");
    house.close().await;
}

fn order(key: &str, id: &str) -> Message {
    Message {
        name: "order".into(),
        correlation_key: String::new(),
        variables: texts(&[("order", key), ("id", id)]),
        id: None,
        ttl: Some(parse_duration("P1D").unwrap()),
    }
}

#[tokio::test]
async fn while_an_instance_that_a_message_started_runs_others_with_its_key_wait() {
    let house = House::with(process(
        "orders",
        &format!(
            "{}\n{}\nOrdered -> Do\nDo -> E",
            event(
                "Ordered",
                "startEvent",
                "messageEventDefinition messageRef=\"OrderMessage\""
            ),
            user_task("Do", "ann"),
        ),
    ))
    .await;
    let publish = async |message: Message| {
        let published = house.runtime.publish_message(message, ann()).await;
        published.unwrap().instances
    };
    let [first] = publish(order("42", "a")).await[..] else {
        panic!("nothing was started")
    };
    assert_eq!(publish(order("42", "b")).await, []);
    assert_eq!(publish(order("42", "c")).await, []);
    assert_eq!(publish(order("43", "d")).await.len(), 1);
    assert_eq!(house.instances_of("orders").await.len(), 2);
    // The next one starts when the first has ended, however it ends; and then the one after it.
    house.runtime.cancel(first, None, ann()).await.unwrap();
    let all = house.instances_of("orders").await;
    assert_eq!(all.len(), 3);
    let id = house.variable(all[2], "id").await;
    assert_eq!(id.as_deref(), Some("\"b\""));
    house.runtime.cancel(all[2], None, ann()).await.unwrap();
    let all = house.instances_of("orders").await;
    let id = house.variable(all[3], "id").await;
    assert_eq!((all.len(), id.as_deref()), (4, Some("\"c\"")));
    house.close().await;
}

#[tokio::test]
async fn a_multiple_start_event_begins_a_process_by_each_of_its_triggers() {
    let house = House::with(process(
        "any",
        &format!(
            "<startEvent id=\"Any\"><{STOP}/><messageEventDefinition messageRef=\"OrderedMessage\"/><timerEventDefinition><timeDate>2026-01-06T09:00:00Z</timeDate></timerEventDefinition><timerEventDefinition><timeDate>2026-01-07T09:00:00Z</timeDate></timerEventDefinition></startEvent>\n{}\nAny -> Do\nDo -> E",
            user_task("Do", "ann"),
        ),
    ))
    .await;
    house.signal("stop", &[]).await;
    let ordered = Message {
        name: "ordered".into(),
        ..order("", "")
    };
    house.runtime.publish_message(ordered, ann()).await.unwrap();
    assert_eq!(house.instances_of("any").await.len(), 2);
    house.pass("P3D").await;
    assert_eq!(house.instances_of("any").await.len(), 4);
    house.close().await;
}

#[tokio::test]
async fn a_parallel_multiple_start_event_begins_a_process_when_all_have_come() {
    let house = House::with(process(
        "all",
        &format!(
            "<startEvent id=\"All\" parallelMultiple=\"true\"><{STOP}/><messageEventDefinition messageRef=\"OrderedMessage\"/></startEvent>\n{}\nAll -> Do\nDo -> E",
            user_task("Do", "ann"),
        ),
    ))
    .await;
    let ordered = || Message {
        name: "ordered".into(),
        ..order("42", "")
    };
    house.signal("stop", &[("why", "rain")]).await;
    house.signal("stop", &[("why", "snow")]).await;
    assert_eq!(house.instances_of("all").await, []);
    let published = house
        .runtime
        .publish_message(ordered(), ann())
        .await
        .unwrap();
    assert_eq!(published.instances, house.instances_of("all").await);
    let [instance] = published.instances[..] else {
        panic!("nothing was started")
    };
    let why = house.variable(instance, "why").await;
    let order = house.variable(instance, "order").await;
    assert_eq!(
        (why.as_deref(), order.as_deref()),
        (Some("\"rain\""), Some("\"42\""))
    );
    // All of them have to come again.
    house.signal("stop", &[]).await;
    assert_eq!(house.instances_of("all").await.len(), 1);
    house
        .runtime
        .publish_message(ordered(), ann())
        .await
        .unwrap();
    assert_eq!(house.instances_of("all").await.len(), 2);
    house.close().await;
}

#[tokio::test]
async fn what_the_process_itself_waits_for_can_be_stuck_and_is_shown_at_the_process() {
    let house = House::with(process(
        "watched",
        &format!(
            "<startEvent id=\"S\"/>
             <subProcess id=\"TooSlow\" triggeredByEvent=\"true\"><startEvent id=\"Due\"><timerEventDefinition><timeDuration>=patience</timeDuration></timerEventDefinition></startEvent><endEvent id=\"LateEnd\"/><sequenceFlow id=\"f\" sourceRef=\"Due\" targetRef=\"LateEnd\"/></subProcess>
             {}
             S -> Do
             Do -> E",
            user_task("Do", "ann"),
        ),
    ))
    .await;
    let instance = house.start("watched", &[]).await;
    let stuck = async || house.runtime.queries().incidents(instance).await.unwrap();
    let [incident] = &stuck().await[..] else {
        panic!("nothing is stuck")
    };
    assert_eq!(&*incident.element, "watched");
    house.runtime.queries().trace(instance).await.unwrap();
    let values = texts(&[("patience", "PT1H")]);
    let set = house
        .runtime
        .set_variables(instance, None, values, None, ann());
    set.await.unwrap();
    house.runtime.retry(incident.key, ann()).await.unwrap();
    assert_eq!(stuck().await, []);
    house.pass("PT2H").await;
    assert_eq!(house.status(instance).await, "completed");
    house.close().await;
}

#[tokio::test]
async fn listeners_are_jobs_that_connectors_and_workers_do() {
    let task = user_task("Do", "ann").replace(
        "</extensionElements>",
        "<zeebe:executionListeners><zeebe:executionListener eventType=\"start\" type=\"test:note\"/><zeebe:executionListener eventType=\"end\" type=\"audit\"/></zeebe:executionListeners></extensionElements>",
    );
    let house = House::with(process(
        "heard",
        &format!("<startEvent id=\"S\"/>\n{task}\nS -> Do\nDo -> E"),
    ))
    .await;
    let instance = house.start("heard", &[]).await;
    assert_eq!(house.notices().await, ["heard Do"]);
    house.complete("Do", &[]).await;
    assert_eq!(house.standing(instance).await, ["Do"]);
    let queries = house.runtime.queries();
    let jobs = queries.jobs_for_workers(Some("audit"), 10).await.unwrap();
    let done = house.runtime.complete_job(jobs[0].key, texts(&[]), ann());
    done.await.unwrap();
    assert_eq!(house.status(instance).await, "completed");
    house.close().await;
}
