//! Clients that start instances and bring them to their end, each its next one when the last has ended.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use redthread_core::command::Variables;
use redthread_core::{Event, Holder, Key};
use redthread_feel::Value;
use redthread_runtime::{
    ActivateJobs, CommittedStep, Lease, Message, ProcessRef, Runtime, RuntimeError, StartInstance,
};
use tokio::sync::oneshot;

use crate::diagrams::Process;
use crate::world::nobody;

/// Something that a client waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Sight {
    Task,
    Subscription,
    Ended,
}

/// What has been seen of instances, and who waits for it.
#[derive(Default)]
struct Board {
    /// Steps that were committed.
    steps: u64,
    seen: HashMap<(Key, Sight), Key>,
    waiting: HashMap<(Key, Sight), oneshot::Sender<Key>>,
}

impl Board {
    fn post(&mut self, instance: Key, sight: Sight, key: Key) {
        match self.waiting.remove(&(instance, sight)) {
            Some(client) => drop(client.send(key)),
            None => drop(self.seen.insert((instance, sight), key)),
        }
    }

    fn read(&mut self, step: &CommittedStep) {
        self.steps += 1;
        for event in &step.events {
            match event {
                Event::TaskCreated { key, .. } => self.post(step.instance, Sight::Task, *key),
                Event::SubscriptionOpened { key, .. } => {
                    self.post(step.instance, Sight::Subscription, *key);
                }
                Event::InstanceCompleted => {
                    self.post(step.instance, Sight::Ended, step.instance);
                }
                _ => {}
            }
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

async fn sight(board: &Mutex<Board>, instance: Key, sight: Sight) -> Key {
    let waiting = {
        let mut board = locked(board);
        if let Some(key) = board.seen.remove(&(instance, sight)) {
            return key;
        }
        let (sender, receiver) = oneshot::channel();
        board.waiting.insert((instance, sight), sender);
        receiver
    };
    waiting.await.expect("the engine runs")
}

/// Workers at the same time.
const WORKERS: usize = 4;

/// Clients at work.
pub struct Clients {
    stop: Arc<AtomicBool>,
    instances: Arc<AtomicU64>,
    times: Arc<Mutex<Vec<u32>>>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
    workers: Vec<tokio::task::JoinHandle<()>>,
    /// The last client has gone.
    done: Arc<AtomicBool>,
    board: Arc<Mutex<Board>>,
    reader: tokio::task::JoinHandle<()>,
}

impl Clients {
    /// Begins.
    pub fn start(runtime: &Runtime, process: Process, count: usize) -> Clients {
        let stop = Arc::new(AtomicBool::new(false));
        let instances = Arc::new(AtomicU64::new(0));
        let times: Arc<Mutex<Vec<u32>>> = Arc::default();
        let board: Arc<Mutex<Board>> = Arc::default();
        let done = Arc::new(AtomicBool::new(false));
        let mut steps = runtime.steps();
        let reader = {
            let board = board.clone();
            tokio::spawn(async move {
                let mut some = Vec::new();
                while steps.recv_many(&mut some, 256).await > 0 {
                    let mut board = locked(&board);
                    some.drain(..).for_each(|step| board.read(&step));
                }
            })
        };
        let tasks = (0..count).map(|_| {
            let client = Client {
                runtime: runtime.clone(),
                board: board.clone(),
                times: times.clone(),
            };
            let (stop, instances) = (stop.clone(), instances.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    client.one(process).await;
                    instances.fetch_add(1, Ordering::Relaxed);
                }
            })
        });
        let workers = match process {
            Process::Work => count.min(WORKERS),
            _ => 0,
        };
        let workers = (0..workers).map(|_| {
            let worker = Client {
                runtime: runtime.clone(),
                board: board.clone(),
                times: times.clone(),
            };
            let done = done.clone();
            tokio::spawn(async move { worker.work(&done).await })
        });
        Clients {
            workers: workers.collect(),
            done: done.clone(),
            tasks: tasks.collect(),
            stop,
            instances,
            times,
            board,
            reader,
        }
    }

    /// Steps and instances since the last time that it was asked, and the times of submissions, in microseconds.
    pub fn take(&self) -> (u64, u64, Vec<u32>) {
        let steps = std::mem::take(&mut locked(&self.board).steps);
        let times = std::mem::take(&mut *locked(&self.times));
        (steps, self.instances.swap(0, Ordering::Relaxed), times)
    }

    /// Lets everyone finish what they began.
    pub async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.expect("a client works");
        }
        self.done.store(true, Ordering::Relaxed);
        for worker in self.workers {
            worker.await.expect("a worker works");
        }
        self.reader.abort();
    }
}

struct Client {
    runtime: Runtime,
    board: Arc<Mutex<Board>>,
    times: Arc<Mutex<Vec<u32>>>,
}

impl Client {
    async fn one(&self, process: Process) {
        match process {
            Process::Task => {
                let instance = self
                    .begin(variables(&[
                        ("request", "A broken lamp"),
                        ("client", "ACME"),
                    ]))
                    .await;
                let task = sight(&self.board, instance, Sight::Task).await;
                let done = || {
                    let answer = variables(&[("decision", "mend")]);
                    self.runtime
                        .complete_task(task, Holder::Anyone, answer, nobody())
                };
                self.timed(done).await;
            }
            Process::Ten => {
                let amount = Value::from(1);
                self.begin(Variables::from([("amount".into(), amount)]))
                    .await;
            }
            Process::Timer | Process::Items => {
                unreachable!("{process:?} is measured without clients")
            }
            Process::Work => {
                let order = self.runtime.keys().next_key().to_string();
                let instance = self.begin(variables(&[("order", &order)])).await;
                // A worker does the job meanwhile.
                sight(&self.board, instance, Sight::Subscription).await;
                let paid = || {
                    let message = Message {
                        name: "paid".to_owned(),
                        correlation_key: order.clone(),
                        variables: variables(&[("sum", "10")]),
                        id: None,
                        ttl: None,
                    };
                    self.runtime.publish_message(message, nobody())
                };
                self.timed(paid).await;
                sight(&self.board, instance, Sight::Ended).await;
            }
        }
    }

    /// Takes jobs by the fifty and completes them, all at the same time.
    async fn work(&self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            let asked = ActivateJobs {
                types: vec!["pack".to_owned()],
                worker: "packer".to_owned(),
                max_jobs: 50,
                lease: Duration::from_secs(60),
                variables: None,
                wait: Duration::from_millis(200),
            };
            let jobs = match self.runtime.activate_jobs(asked).await {
                Err(RuntimeError::Busy) => continue,
                jobs => jobs.expect("jobs"),
            };
            let done = jobs.into_iter().map(|job| async move {
                let lease = Lease {
                    job: job.key,
                    token: job.token,
                };
                let done = || {
                    let packed = variables(&[("packed", "yes")]);
                    self.runtime.complete_leased_job(lease, packed)
                };
                self.timed(done).await;
            });
            futures::future::join_all(done).await;
        }
    }

    async fn begin(&self, variables: Variables) -> Key {
        let start = || {
            let start = StartInstance {
                process: ProcessRef::Latest("measured".to_owned()),
                element: None,
                variables: variables.clone(),
                subject: None,
            };
            self.runtime.start(start, nobody())
        };
        self.timed(start).await
    }

    /// Does it and takes the time; once more where the engine has too much to do.
    async fn timed<T, F>(&self, what: impl Fn() -> F) -> T
    where
        F: Future<Output = Result<T, RuntimeError>>,
    {
        let began = Instant::now();
        loop {
            match what().await {
                Ok(done) => {
                    let micros = u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX);
                    locked(&self.times).push(micros);
                    return done;
                }
                Err(RuntimeError::Busy) => tokio::time::sleep(Duration::from_millis(1)).await,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

pub fn variables(texts: &[(&str, &str)]) -> Variables {
    let texts = texts.iter();
    texts
        .map(|(name, text)| ((*name).into(), Value::String((*text).into())))
        .collect()
}
