//! Random processes over all elements of BPMN, driven by random but valid commands.
//!
//! A seed stands for a model and the commands that it is driven by. After every step the laws in `run.rs`, `ledger.rs` and
//! `still.rs` are checked; at the end every instance that can end must have ended, and where what happens is known before,
//! each element must have completed as often as the diagram says. A law that does not hold is shown with its seed, the
//! smallest model that breaks it, and the commands.

mod drive;
mod failure;
mod generate;
mod ledger;
mod model;
mod rng;
mod run;
mod shrink;
mod still;
mod try_out;
mod write;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use try_out::{Tried, try_seed};

/// How many models every run of the tests tries, with the same seeds each time.
const MODELS: u64 = 10_000;

#[test]
fn ten_thousand_random_processes_run_by_the_laws_of_bpmn() {
    if let Some(seed) = number_of("SEED") {
        let tried =
            try_seed(seed).unwrap_or_else(|failure| panic!("{}", shrink::report(seed, &failure)));
        let Tried {
            commands, ending, ..
        } = tried;
        println!("Seed {seed} holds: {commands} commands, {ending:?}");
        return;
    }
    let number = number_of("MODELS").unwrap_or(MODELS);
    let first = number_of("FIRST").unwrap_or(0);
    let total = try_all(first, number, None);
    total.show();
    if number >= MODELS {
        total.leaves_nothing_out();
    }
}

#[test]
#[ignore = "runs as long as MINUTES says: make soak"]
fn soak() {
    let minutes = number_of("MINUTES").unwrap_or(10);
    let until = Instant::now() + Duration::from_secs(minutes * 60);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let first = number_of("FIRST").unwrap_or(now.map_or(0, |now| now.as_nanos() as u64));
    println!("Models from seed {first} on, for {minutes} minutes.");
    let total = try_all(first, u64::MAX - first, Some(until));
    total.show();
}

fn number_of(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What was seen in all models.
#[derive(Default)]
struct Total {
    models: u64,
    commands: u64,
    ended: u64,
    /// How many models ran each kind of element, event and marker.
    seen: BTreeMap<&'static str, u64>,
}

impl Total {
    fn add(&mut self, tried: Tried) {
        self.models += 1;
        self.commands += tried.commands as u64;
        self.ended += u64::from(tried.ending == drive::Ending::ByItself);
        for kind in tried.seen {
            *self.seen.entry(kind).or_default() += 1;
        }
    }

    fn show(&self) {
        let Total {
            models,
            commands,
            ended,
            ..
        } = self;
        println!("{models} models, {commands} commands, {ended} ended by themselves");
    }

    /// Each kind of thing that can be drawn has run in enough models.
    fn leaves_nothing_out(&self) {
        for kind in try_out::KINDS {
            let models = self.seen.get(kind).copied().unwrap_or_default();
            assert!(models >= 20, "{kind} ran in {models} models only");
        }
    }
}

/// Tries models one after the other, and tells which laws are broken how often: to see more than the first mistake.
#[test]
#[ignore = "for whoever looks for mistakes: MODELS=1000 cargo test ... survey -- --ignored --nocapture"]
fn survey() {
    let first = number_of("FIRST").unwrap_or(0);
    let mut total = Total::default();
    let mut broken: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for seed in first..first + number_of("MODELS").unwrap_or(1_000) {
        match try_seed(seed) {
            Ok(tried) => total.add(tried),
            Err(found) => broken.entry(found.failure.kind()).or_default().push(seed),
        }
    }
    for (kind, seeds) in broken {
        let shown = &seeds[..seeds.len().min(4)];
        println!("{} times, first {shown:?}: {kind}", seeds.len());
    }
    for (kind, models) in &total.seen {
        println!("{models} models have {kind}");
    }
    total.show();
}

/// Tries models on two threads, and shows the first that breaks a law.
fn try_all(first: u64, number: u64, until: Option<Instant>) -> Total {
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let total = Mutex::new(Total::default());
    let failed = Mutex::new(None);
    let work = || {
        while !stop.load(Ordering::Relaxed) && until.is_none_or(|until| Instant::now() < until) {
            let nth = next.fetch_add(1, Ordering::Relaxed);
            if nth >= number {
                return;
            }
            match try_seed(first + nth) {
                Ok(tried) => {
                    let mut total = total.lock().expect("no other thread has failed");
                    total.add(tried);
                    if until.is_some() && total.models.is_multiple_of(5_000) {
                        println!("{} models, {} commands", total.models, total.commands);
                    }
                }
                Err(failure) => {
                    stop.store(true, Ordering::Relaxed);
                    failed
                        .lock()
                        .expect("no other thread has failed")
                        .get_or_insert((first + nth, failure));
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            std::thread::Builder::new()
                .stack_size(16 * 1024 * 1024)
                .spawn_scoped(scope, work)
                .expect("a thread");
        }
    });
    if let Some((seed, failure)) = failed.into_inner().expect("no thread has failed") {
        panic!("{}", shrink::report(seed, &failure));
    }
    total.into_inner().expect("no thread has failed")
}
