//! One instance with very many items, done one by one: what a step costs in it must not grow with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use redthread_core::command::Variables;
use redthread_core::{Holder, Key};
use redthread_feel::Value;
use redthread_runtime::{ProcessRef, StartInstance};

use crate::Asked;
use crate::clients::variables;
use crate::diagrams::Process;
use crate::measure::{Figures, Meter, median};
use crate::place::{House, Place};
use crate::report::Report;
use crate::world::nobody;

/// How many items an instance has.
const ITEMS: [usize; 3] = [100, 1_000, 10_000];
/// How long each of them is, in bytes.
const BYTES: usize = 300;
/// Who does them.
const CLIENTS: usize = 16;

pub async fn run(asked: &Asked, place: &Place, report: &mut Report) {
    for items in ITEMS {
        let mut runs = Vec::new();
        for _ in 0..asked.runs {
            runs.push(one(place, items).await);
        }
        let figures = median(runs, |figures| figures.steps_per_second);
        report.items(place, items, &figures);
    }
}

async fn one(place: &Place, items: usize) -> Figures {
    let house = House::new(place, &Process::Items.diagram()).await;
    let tasks = Arc::new(start(&house, items).await);
    let readers = house.runtime.database().readers().clone();
    let before = Meter::read(place, &readers).await;
    let next = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (runtime, tasks, next) = (house.runtime.clone(), tasks.clone(), next.clone());
            tokio::spawn(async move {
                let mut times = Vec::new();
                while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (began, answer) = (Instant::now(), variables(&[("decision", "mend")]));
                    let done = runtime.complete_task(*task, Holder::Anyone, answer, nobody());
                    done.await.expect("completed");
                    times.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await.expect("a client works"));
    }
    let after = Meter::read(place, &readers).await;
    house.close().await;
    before.figures(&after, items as u64, 1, times)
}

/// Starts the instance, and answers with its tasks.
async fn start(house: &House, items: usize) -> Vec<Key> {
    let item = |nth| Value::String(format!("{nth:0BYTES$}").into());
    let items = Value::list((0..items).map(item).collect());
    let start = StartInstance {
        process: ProcessRef::Latest("measured".to_owned()),
        element: None,
        variables: Variables::from([("items".into(), items)]),
        subject: None,
    };
    let instance = house.runtime.start(start, nobody()).await;
    let instance = instance.expect("it starts");
    // A step moves a thousand tokens; the rest follows.
    house.runtime.run_until_idle().await.expect("it goes on");
    let state = house.runtime.queries().instance_state(instance).await;
    state.expect("a state").waits.keys().copied().collect()
}
