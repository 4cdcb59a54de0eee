//! Messages: to whom they go, and how long they are kept.

use redthread_calendar::parse_duration;
use redthread_runtime::{Message, Published, RuntimeError};

use crate::diagrams::{process, service_task, user_task};
use crate::house::{House, ann, texts};

fn waiting(id: &str) -> Vec<u8> {
    process(
        id,
        "<startEvent id=\"S\"/>
         <intermediateCatchEvent id=\"Paid\"><messageEventDefinition messageRef=\"PaidMessage\"/></intermediateCatchEvent>
         <endEvent id=\"E\"/>
         S -> Paid
         Paid -> E",
    )
}

fn paid(order: &str, ttl: Option<&str>, id: Option<&str>) -> Message {
    Message {
        name: "paid".into(),
        correlation_key: order.into(),
        variables: texts(&[("receipt", "r1")]),
        id: id.map(str::to_owned),
        ttl: ttl.map(|ttl| parse_duration(ttl).unwrap()),
    }
}

impl House {
    async fn publish(&self, message: Message) -> Published {
        self.runtime.publish_message(message, ann()).await.unwrap()
    }
}

#[tokio::test]
async fn the_instance_of_each_process_that_has_waited_longest_receives_a_message() {
    let house = House::with(waiting("first")).await;
    house.deploy(waiting("second")).await;
    let longest = house.start("first", &[("order", "42")]).await;
    let shorter = house.start("first", &[("order", "42")]).await;
    let other_order = house.start("first", &[("order", "43")]).await;
    let other_process = house.start("second", &[("order", "42")]).await;
    let published = house.publish(paid("42", None, None)).await;
    assert_eq!(published.instances, [longest, other_process]);
    assert_eq!(
        house.variable(longest, "receipt").await.as_deref(),
        Some("\"r1\"")
    );
    for (instance, status) in [
        (longest, "completed"),
        (other_process, "completed"),
        (shorter, "active"),
        (other_order, "active"),
    ] {
        assert_eq!(house.status(instance).await, status);
    }
    house.close().await;
}

#[tokio::test]
async fn a_message_that_comes_too_early_is_kept_for_one_instance_of_each_process() {
    let house = House::with(waiting("first")).await;
    house.deploy(waiting("second")).await;
    assert!(house.publish(paid("42", Some("PT1H"), None)).await.kept);
    let early = house.start("first", &[("order", "42")]).await;
    let again = house.start("first", &[("order", "42")]).await;
    let other = house.start("second", &[("order", "42")]).await;
    assert_eq!(house.status(early).await, "completed");
    assert_eq!(house.status(again).await, "active");
    assert_eq!(house.status(other).await, "completed");
    house.close().await;
}

#[tokio::test]
async fn an_event_that_goes_on_waiting_receives_all_messages_that_are_kept() {
    let house = House::with(process(
        "payments",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n{}\n<boundaryEvent id=\"Paid\" attachedToRef=\"Do\" cancelActivity=\"false\"><messageEventDefinition messageRef=\"PaidMessage\"/></boundaryEvent>\nS -> Do\nDo -> E\nPaid -> Note\nNote -> Noted",
            user_task("Do", "ann"),
            service_task("Note", "test:note")
        ),
    ))
    .await;
    for id in ["m1", "m2", "m3"] {
        house.publish(paid("42", Some("PT1H"), Some(id))).await;
    }
    let instance = house.start("payments", &[("order", "42")]).await;
    assert_eq!(house.notices().await.len(), 3);
    assert_eq!(house.standing(instance).await, ["Do"]);
    house.close().await;
}

#[tokio::test]
async fn a_message_is_kept_until_its_time_is_over() {
    let house = House::with(waiting("first")).await;
    house.publish(paid("42", Some("PT1H"), Some("m1"))).await;
    let twin = house
        .runtime
        .publish_message(paid("42", Some("PT1H"), Some("m1")), ann())
        .await
        .unwrap_err();
    assert!(
        matches!(twin, RuntimeError::DuplicateMessage { .. }),
        "{twin}"
    );
    house.pass("PT2H").await;
    let late = house.start("first", &[("order", "42")]).await;
    assert_eq!(house.status(late).await, "active");
    assert!(!house.publish(paid("42", None, Some("m1"))).await.kept);
    assert_eq!(house.status(late).await, "completed");
    house.close().await;
}

#[tokio::test]
async fn a_message_starts_an_instance() {
    let house = House::with(process(
        "order",
        "<startEvent id=\"Ordered\"><messageEventDefinition messageRef=\"OrderedMessage\"/></startEvent>
         <task id=\"A\"/>
         Ordered -> A
         A -> E",
    ))
    .await;
    let message = Message {
        name: "ordered".into(),
        ..paid("", None, None)
    };
    let published = house.publish(message).await;
    assert_eq!(published.instances, house.instances_of("order").await);
    assert_eq!(
        house
            .variable(published.instances[0], "receipt")
            .await
            .as_deref(),
        Some("\"r1\"")
    );
    house.close().await;
}
