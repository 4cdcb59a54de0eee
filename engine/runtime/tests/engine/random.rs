//! Whatever is asked in whatever order, history and rows agree with the states.

use proptest::prelude::*;
use redthread_core::Key;
use redthread_runtime::{Message, Signal, TaskView};

use crate::diagrams::{STOP, call, event, file, pool, service_task, user_task, wait};
use crate::house::{House, ann, texts};

#[derive(Clone, Debug)]
enum Ask {
    Start,
    CompleteSome(usize),
    AssignSome(usize),
    FailJob(usize),
    CompleteJob(usize),
    Publish(u8),
    Signal,
    Pass(u8),
    CancelSome(usize),
    RetrySome(usize),
    CloseCase,
}

fn ask() -> impl Strategy<Value = Ask> {
    prop_oneof![
        3 => Just(Ask::Start),
        4 => any::<usize>().prop_map(Ask::CompleteSome),
        1 => any::<usize>().prop_map(Ask::AssignSome),
        1 => any::<usize>().prop_map(Ask::FailJob),
        2 => any::<usize>().prop_map(Ask::CompleteJob),
        2 => (0..3u8).prop_map(Ask::Publish),
        1 => Just(Ask::Signal),
        2 => (1..30u8).prop_map(Ask::Pass),
        1 => any::<usize>().prop_map(Ask::CancelSome),
        1 => any::<usize>().prop_map(Ask::RetrySome),
        1 => Just(Ask::CloseCase),
    ]
}

/// A process that is called: it ends with a signal that others hear, or with a message that comes back.
fn called() -> String {
    pool(
        "called",
        &format!(
            "<startEvent id=\"Begin\"/>\n{}\n<exclusiveGateway id=\"Which\" default=\"Which_Signal\"/>\n{}\n{}\nBegin -> Inner\nInner -> Which\nWhich -> Pay if order = \"1\"\nWhich -> Signal",
            user_task("Inner", "ann"),
            event(
                "Pay",
                "endEvent",
                "messageEventDefinition messageRef=\"PaidMessage\""
            ),
            event("Signal", "endEvent", STOP),
        ),
    )
}

fn everything() -> Vec<u8> {
    let stopped = format!(
        "<subProcess id=\"Stopped\" triggeredByEvent=\"true\"><startEvent id=\"Stop\" isInterrupting=\"false\"><{STOP}/></startEvent>{}<endEvent id=\"Told\"/><sequenceFlow id=\"s1\" sourceRef=\"Stop\" targetRef=\"Tell\"/><sequenceFlow id=\"s2\" sourceRef=\"Tell\" targetRef=\"Told\"/></subProcess>",
        service_task("Tell", "test:note"),
    );
    let everything = pool(
        "everything",
        &format!(
            "<startEvent id=\"S\"/>
             <parallelGateway id=\"Fork\"/>
             {}
             {}
             {}
             <boundaryEvent id=\"TooLong\" attachedToRef=\"Do\"><timerEventDefinition><timeDuration>PT20H</timeDuration></timerEventDefinition></boundaryEvent>
             <intermediateCatchEvent id=\"Paid\"><messageEventDefinition messageRef=\"PaidMessage\"/></intermediateCatchEvent>
             {}
             {}
             <exclusiveGateway id=\"Merge\"/>
             <parallelGateway id=\"Join\"/>
             <endEvent id=\"E\"/>
             S -> Fork
             Fork -> Inside
             Inside -> Join
             Fork -> Do
             Fork -> Work
             Fork -> Paid
             Do -> Merge
             TooLong -> Sleep
             Sleep -> Merge
             Merge -> Join
             Work -> Call
             Call -> Join
             Paid -> Join
             Join -> E",
            user_task("Do", "ann"),
            service_task("Work", "worker"),
            wait("Sleep", "PT5H"),
            service_task("Call", "test:flaky"),
            call("Inside", "called") + &stopped,
        ),
    );
    file(&(everything + &called()))
}

async fn play(asks: Vec<Ask>) {
    let house = House::with(everything()).await;
    let (runtime, mut started): (_, Vec<Key>) = (house.runtime.clone(), Vec::new());
    for ask in asks {
        let queries = runtime.queries();
        match ask {
            Ask::Start => {
                // Every other one has a large state.
                let note = "x".repeat(20_000 * (started.len() % 2));
                let order = (started.len() % 3).to_string();
                let values = [("order", &*order), ("note", &*note)];
                started.push(house.start("everything", &values).await);
            }
            Ask::CompleteSome(nth) => {
                let tasks = house.tasks(TaskView::All).await;
                if let Some(task) = tasks.get(nth % tasks.len().max(1)) {
                    runtime
                        .complete_task(task.key, redthread_core::Holder::Anyone, texts(&[]), ann())
                        .await
                        .unwrap();
                }
            }
            Ask::AssignSome(nth) => {
                let tasks = house.tasks(TaskView::All).await;
                if let Some(task) = tasks.get(nth % tasks.len().max(1)) {
                    runtime
                        .assign_task(
                            task.key,
                            redthread_core::Holder::Anyone,
                            Some("eve".into()),
                            None,
                            ann(),
                        )
                        .await
                        .unwrap();
                }
            }
            Ask::FailJob(nth) | Ask::CompleteJob(nth) => {
                let jobs = queries.jobs_for_workers(None, 100).await.unwrap();
                let Some(job) = jobs.get(nth % jobs.len().max(1)) else {
                    continue;
                };
                if let Ask::FailJob(_) = ask {
                    runtime
                        .fail_job(job.key, "no".into(), (nth % 2) as u32, None, ann())
                        .await
                        .unwrap();
                } else {
                    runtime
                        .complete_job(job.key, texts(&[]), ann())
                        .await
                        .unwrap();
                }
            }
            Ask::Publish(order) => {
                let message = Message {
                    name: "paid".into(),
                    correlation_key: order.to_string(),
                    variables: texts(&[]),
                    id: None,
                    ttl: (order == 2).then(|| redthread_calendar::parse_duration("PT3H").unwrap()),
                };
                runtime.publish_message(message, ann()).await.unwrap();
            }
            Ask::Signal => {
                let signal = Signal {
                    name: "stop".into(),
                    variables: texts(&[]),
                };
                runtime.send_signal(signal, ann()).await.unwrap();
            }
            Ask::Pass(hours) => house.pass(&format!("PT{hours}H")).await,
            Ask::CancelSome(nth) => {
                if let Some(instance) = started.get(nth % started.len().max(1)) {
                    // It may have ended already.
                    let _ = runtime.cancel(*instance, None, ann()).await;
                }
            }
            Ask::RetrySome(nth) => {
                let Some(instance) = started.get(nth % started.len().max(1)) else {
                    continue;
                };
                for incident in queries.incidents(*instance).await.unwrap() {
                    runtime.retry(incident.key, ann()).await.unwrap();
                }
            }
            Ask::CloseCase => house.change("case", "c1", &[("status", "closed")]).await,
        }
    }
    house.close().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn history_and_rows_agree_with_the_states_whatever_is_asked(asks in proptest::collection::vec(ask(), 1..40)) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(play(asks));
    }
}
