//! What of BPMN the other tests of the runtime do not come by: loops, compensation, conditions, complex gateways, and
//! processes that begin with several events. They run to their ends on a real database, over a restart in the middle.

use redthread_core::Key;
use redthread_runtime::{Actor, Message, SettableClock};

use crate::diagrams::{call, event, file, pool, process, service_task, user_task};
use crate::house::{House, MONDAY, ann, at, texts};

/// A task that is done several times, as `loop_` says.
fn repeated(loop_: &str) -> Vec<u8> {
    let task = user_task("Do", "ann").replace("</userTask>", &format!("{loop_}</userTask>"));
    process(
        "p",
        &format!("<startEvent id=\"S\"/>\n{task}\nS -> Do\nDo -> E"),
    )
}

impl House {
    /// Completes the tasks of an element one after the other, as long as there are some.
    async fn complete_all(&self, element: &str) -> usize {
        let mut done = 0;
        loop {
            let tasks = self.tasks(redthread_runtime::TaskView::All).await;
            let Some(task) = tasks.iter().find(|task| task.element == element) else {
                return done;
            };
            let holder = redthread_core::Holder::Anyone;
            let completed = self
                .runtime
                .complete_task(task.key, holder, texts(&[]), ann());
            completed.await.unwrap();
            done += 1;
        }
    }

    async fn started_again(self) -> House {
        let place = self.close().await;
        House::open(place, SettableClock::standing_at(at(MONDAY))).await
    }

    async fn has_completed(self, instance: Key) {
        assert_eq!(self.status(instance).await, "completed");
        self.close().await;
    }
}

#[tokio::test]
async fn every_item_of_a_list_gives_its_result() {
    let each = "<multiInstanceLoopCharacteristics isSequential=\"true\"><extensionElements><zeebe:loopCharacteristics inputCollection=\"=[1, 2, 3]\" inputElement=\"item\" outputCollection=\"results\" outputElement=\"=item * 2\"/></extensionElements></multiInstanceLoopCharacteristics>";
    let house = House::with(repeated(each)).await;
    let instance = house.start("p", &[]).await;
    let task = house.task("Do").await;
    let holder = redthread_core::Holder::Anyone;
    let completed = house.runtime.complete_task(task, holder, texts(&[]), ann());
    completed.await.unwrap();
    let house = house.started_again().await;
    assert_eq!(house.complete_all("Do").await, 2);
    let results = house.variable(instance, "results").await;
    assert_eq!(results.as_deref(), Some("[2, 4, 6]"));
    house.has_completed(instance).await;
}

#[tokio::test]
async fn a_task_is_done_again_until_its_condition_is_false() {
    let again = "<standardLoopCharacteristics loopMaximum=\"3\"><loopCondition>=true</loopCondition></standardLoopCharacteristics>";
    let house = House::with(repeated(again)).await;
    let instance = house.start("p", &[]).await;
    let house = house.started_again().await;
    assert_eq!(house.complete_all("Do").await, 3);
    house.has_completed(instance).await;
}

#[tokio::test]
async fn what_was_booked_is_undone() {
    let lines = format!(
        "<startEvent id=\"S\"/>\n{}\n{}\n<task id=\"Book\"/>\n<boundaryEvent id=\"OnUndo\" attachedToRef=\"Book\"><compensateEventDefinition/></boundaryEvent>\n<association id=\"a\" sourceRef=\"OnUndo\" targetRef=\"Undo\" associationDirection=\"One\"/>\n{}
         S -> Book\nBook -> Wait\nWait -> Throw\nThrow -> E",
        user_task("Wait", "ann"),
        user_task("Undo", "ann").replace("<userTask", "<userTask isForCompensation=\"true\""),
        event("Throw", "intermediateThrowEvent", "compensateEventDefinition"),
    );
    let house = House::with(process("p", &lines)).await;
    let instance = house.start("p", &[]).await;
    house.complete("Wait", &[]).await;
    let house = house.started_again().await;
    house.complete("Undo", &[]).await;
    house.has_completed(instance).await;
}

#[tokio::test]
async fn a_condition_is_looked_at_whenever_values_change() {
    let wait = "<intermediateCatchEvent id=\"Enough\"><conditionalEventDefinition><condition>=order = \"7\"</condition></conditionalEventDefinition></intermediateCatchEvent>";
    let often = "<boundaryEvent id=\"Hint\" attachedToRef=\"Do\" cancelActivity=\"false\"><conditionalEventDefinition><condition>=order = \"5\"</condition></conditionalEventDefinition></boundaryEvent>";
    let lines = format!(
        "<startEvent id=\"S\"/>\n{wait}\n{}\n{often}\nS -> Enough\nEnough -> Do\nDo -> E\nHint -> Hinted",
        user_task("Do", "ann")
    );
    let house = House::with(process("p", &lines)).await;
    let instance = house.start("p", &[("order", "1")]).await;
    for order in ["7", "5", "6", "5"] {
        let set =
            house
                .runtime
                .set_variables(instance, None, texts(&[("order", order)]), None, ann());
        set.await.unwrap();
    }
    let house = house.started_again().await;
    let completed = house.completed(instance).await;
    assert_eq!(
        completed.iter().filter(|id| *id == "Hinted").count(),
        2,
        "{completed:?}"
    );
    house.complete("Do", &[]).await;
    house.has_completed(instance).await;
}

#[tokio::test]
async fn a_complex_gateway_lets_the_first_of_three_pass_and_is_reset() {
    let (a, b, c) = (
        user_task("A", "ann"),
        user_task("B", "ann"),
        user_task("C", "ann"),
    );
    let lines = format!(
        "<startEvent id=\"S\"/>\n<parallelGateway id=\"Fork\"/>\n{a}\n{b}\n{c}\n<complexGateway id=\"Some\"><activationCondition>=activationCount >= 2</activationCondition></complexGateway>
         S -> Fork\nFork -> A\nFork -> B\nFork -> C\nA -> Some\nB -> Some\nC -> Some\nSome -> E"
    );
    let house = House::with(process("p", &lines)).await;
    let instance = house.start("p", &[]).await;
    house.complete("A", &[]).await;
    house.complete("B", &[]).await;
    let house = house.started_again().await;
    assert_eq!(house.status(instance).await, "active");
    house.complete("C", &[]).await;
    house.has_completed(instance).await;
}

#[tokio::test]
async fn a_process_that_begins_with_two_messages_waits_for_the_second() {
    let catch = |id: &str, message: &str| {
        let definition = format!("messageEventDefinition messageRef=\"{message}\"");
        event(id, "intermediateCatchEvent", &definition)
    };
    let lines = format!(
        "<eventBasedGateway id=\"G\" instantiate=\"true\" eventGatewayType=\"Parallel\"/>\n{}\n{}\n<parallelGateway id=\"J\"/>\nG -> Paid\nG -> Order\nPaid -> J\nOrder -> J\nJ -> E",
        catch("Paid", "PaidMessage"),
        catch("Order", "OrderMessage"),
    );
    let house = House::with(process("p", &lines)).await;
    let publish = |name: &str| Message {
        name: name.to_owned(),
        correlation_key: "7".to_owned(),
        variables: texts(&[("order", "7")]),
        id: None,
        ttl: None,
    };
    let published = house.runtime.publish_message(publish("paid"), ann()).await;
    let instance = published.unwrap().instances[0];
    let house = house.started_again().await;
    assert_eq!(house.status(instance).await, "active");
    house
        .runtime
        .publish_message(publish("order"), ann())
        .await
        .unwrap();
    house.has_completed(instance).await;
}

#[tokio::test]
async fn a_process_that_only_a_message_starts_cannot_be_called() {
    let started = format!(
        "{}\nOrdered -> End",
        event(
            "Ordered",
            "startEvent",
            "messageEventDefinition messageRef=\"OrderedMessage\""
        )
    );
    let caller = format!(
        "<startEvent id=\"S\"/>\n{}\nS -> Call\nCall -> E",
        call("Call", "called")
    );
    let house = House::with(file(&(pool("called", &started) + &pool("caller", &caller)))).await;
    let instance = house.start("caller", &[]).await;
    let incidents = house.runtime.queries().incidents(instance).await.unwrap();
    assert_eq!(incidents.len(), 1, "{incidents:#?}");
    house.close().await;
}

#[tokio::test]
async fn what_a_worker_does_stands_under_its_name() {
    let lines = format!(
        "<startEvent id=\"S\"/>\n{}\nS -> Work\nWork -> E",
        service_task("Work", "worker")
    );
    let house = House::with(process("p", &lines)).await;
    let instance = house.start("p", &[]).await;
    let jobs = house
        .runtime
        .queries()
        .jobs_for_workers(None, 10)
        .await
        .unwrap();
    let worker = Actor::Worker {
        name: "press".to_owned(),
    };
    house
        .runtime
        .complete_job(jobs[0].key, texts(&[]), worker)
        .await
        .unwrap();
    house.has_completed(instance).await;
}
