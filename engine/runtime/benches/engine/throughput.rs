//! The three diagrams at few and at many clients.

use std::time::Duration;

use crate::clients::Clients;
use crate::diagrams::Process;
use crate::measure::{Figures, Meter, median};
use crate::place::{House, Place};
use crate::report::Report;
use crate::{Asked, rows};

/// How long clients work before they are measured.
const WARM_UP: Duration = Duration::from_secs(1);

pub async fn run(asked: &Asked, place: &Place, report: &mut Report) {
    for clients in asked.clients.iter().copied() {
        // In turn, so that a slow phase of the machine strikes both.
        let (mut bare, mut engine) = (Vec::new(), vec![Vec::new(); Process::ALL.len()]);
        for _ in 0..asked.runs {
            if asked.wants("rows") {
                bare.push(rows::run(asked, place, clients).await);
            }
            for (nth, process) in Process::ALL.into_iter().enumerate() {
                if asked.wants("throughput") {
                    engine[nth].push(one(asked, place, process, clients).await);
                }
            }
        }
        let bare = (!bare.is_empty()).then(|| middle(bare));
        if let Some(bare) = &bare {
            report.throughput(place, clients, "the same rows, no engine", bare, None);
        }
        for (process, runs) in Process::ALL.into_iter().zip(engine) {
            if !runs.is_empty() {
                let ratio = bare.as_ref().filter(|_| process == Process::Task);
                report.throughput(place, clients, process.title(), &middle(runs), ratio);
            }
        }
    }
}

fn middle(runs: Vec<Figures>) -> Figures {
    median(runs, |figures| figures.steps_per_second)
}

async fn one(asked: &Asked, place: &Place, process: Process, count: usize) -> Figures {
    let house = House::new(place, &process.diagram()).await;
    let readers = house.runtime.database().readers().clone();
    let clients = Clients::start(&house.runtime, process, count);
    tokio::time::sleep(WARM_UP).await;
    let before = Meter::read(place, &readers).await;
    clients.take();
    tokio::time::sleep(asked.time).await;
    let (steps, instances, times) = clients.take();
    let after = Meter::read(place, &readers).await;
    clients.stop().await;
    house.close().await;
    before.figures(&after, steps, instances, times)
}
