//! One batch: the submissions of one transaction, run one after the other over what earlier ones of the batch did.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use redthread_calendar::{Timestamp, Zone};
use redthread_core::{Decision, Key, Status};
use sea_orm::DatabaseTransaction;

use super::answers::Answers;
use super::cache::{Cache, Live};
use super::claims::Handout;
use super::draft::{Draft, Instances, News};
use super::follow_up::Linked;
use super::guard::said;
use super::receivers::Receivers;
use super::rows::Rows;
use super::submission::{Answer, Submission, Work};
use super::turn::Turn;
use crate::actor::Actor;
use crate::definitions::Definition;
use crate::error::RuntimeError;
use crate::feed::{Feed, Touches};
use crate::inner::Inner;
use crate::request::CommittedStep;
use crate::schema::{Row, history, instance, large_state};
use crate::stored::Write;
pub(super) use crate::work_items::json;
use crate::world::GivenTask;

/// How far the writer has come: what each batch goes on from.
#[derive(Copy, Clone, Debug)]
pub(super) struct Place {
    /// Of the last feed row.
    pub sequence: i64,
    /// Keys above this need a new mark to be stored first.
    pub mark: Key,
    /// How far the clock was moved ahead, as it is stored.
    pub clock_offset: Option<i64>,
}

/// A batch that is being run.
pub(super) struct Batch<'w> {
    pub inner: &'w Inner,
    pub cache: &'w mut Cache,
    pub turn: &'w Turn,
    pub now: Timestamp,
    pub zone: Zone,
    /// Instances that this batch has changed or is about to.
    pub live: BTreeMap<Key, Live>,
    /// Definitions that this batch has deployed.
    pub definitions: HashMap<Key, Arc<Definition>>,
    /// The latest versions that this batch has deployed, drawings too, by the ids of their processes.
    pub deployed: HashMap<String, Key>,
    /// Versions of decisions that this batch has deployed.
    pub decisions: HashMap<Key, Decision>,
    /// The latest versions that this batch has deployed, by the ids of their decisions.
    pub deployed_decisions: HashMap<String, Key>,
    pub rows: Rows,
    pub steps: Vec<CommittedStep>,
    pub touches: Touches,
    /// Tasks that this batch has created, and their instances.
    pub tasks: Vec<(Key, Key)>,
    /// Tasks that people have to be told of.
    pub given: Vec<GivenTask>,
    /// What has to be done before the submission that is being run is done.
    pub follow_ups: VecDeque<Linked>,
    /// How many messages, signals and calls have led to what is being done, without anything having been waited for.
    pub chain: u32,
    /// Goes up with everything that only a rollback of the whole batch can undo.
    pub revision: u64,
    /// The world has written since its changes were taken.
    pub world_wrote: bool,
    pub left_in_inbox: bool,
    pub may_be_due: bool,
    /// The jobs of workers.
    pub handout: Handout,
    /// Where addressed tasks, jobs and incidents live.
    pub homes: HashMap<Key, Key>,
    /// Who asked for the submission that is being run.
    pub asked_by: Actor,
    pub answers: Answers,
    pub receivers: Receivers,
}

impl<'w> Batch<'w> {
    /// The transaction, once the batch before is committed: see [`Turn`].
    pub async fn tx(&self) -> Result<&'w DatabaseTransaction, RuntimeError> {
        self.turn.tx().await
    }

    pub fn new(inner: &'w Inner, cache: &'w mut Cache, turn: &'w Turn) -> Batch<'w> {
        let now = inner.now();
        inner.keys.advance(now);
        Batch {
            inner,
            cache,
            turn,
            now,
            zone: inner.world.zone(),
            live: BTreeMap::new(),
            definitions: HashMap::new(),
            deployed: HashMap::new(),
            decisions: HashMap::new(),
            deployed_decisions: HashMap::new(),
            rows: Rows::default(),
            steps: Vec::new(),
            touches: Touches::default(),
            tasks: Vec::new(),
            given: Vec::new(),
            follow_ups: VecDeque::new(),
            chain: 0,
            revision: 0,
            world_wrote: false,
            left_in_inbox: false,
            may_be_due: false,
            handout: Handout::default(),
            homes: HashMap::new(),
            asked_by: Actor::System,
            answers: Answers::default(),
            receivers: Receivers::default(),
        }
    }

    /// Runs one submission and what follows from it. The inner error is a refusal: nothing of it is left in the batch.
    /// The outer one means that the whole batch has to be rolled back.
    pub async fn run(
        &mut self,
        submission: &Submission,
    ) -> Result<Result<Answer, RuntimeError>, RuntimeError> {
        let before = self.revision;
        self.asked_by = submission.actor.clone();
        self.chain = 0;
        let ran = AssertUnwindSafe(self.run_once(submission))
            .catch_unwind()
            .await;
        let result = ran.unwrap_or_else(|panic| Err(RuntimeError::Internal(said(&*panic))));
        match result {
            Err(error) if self.revision != before || error.spoils_transaction() => Err(error),
            Err(error) => {
                self.follow_ups.clear();
                Ok(Err(error))
            }
            Ok(answer) => Ok(Ok(answer)),
        }
    }

    /// What was asked before under the same key is answered, and not done again.
    async fn run_once(&mut self, submission: &Submission) -> Result<Answer, RuntimeError> {
        let Some(ticket) = &submission.once else {
            return self.run_unguarded(submission).await;
        };
        if let Some(answer) = self.answers.find(ticket)? {
            return Ok(answer);
        }
        let answer = self.run_unguarded(submission).await?;
        self.answers.keep(ticket, &answer)?;
        Ok(answer)
    }

    async fn run_unguarded(&mut self, submission: &Submission) -> Result<Answer, RuntimeError> {
        let actor = || submission.actor.clone();
        let answer = match &submission.work {
            Work::Command { instance, command } => {
                self.step(*instance, command.clone(), actor()).await?;
                Answer::Done
            }
            Work::Addressed { to, command } => {
                let instance = self.home(*to)?;
                self.step(instance, command.clone(), actor()).await?;
                Answer::Done
            }
            Work::Start(start) => Answer::Started(self.start(start, actor()).await?),
            Work::Deploy(plan) => Answer::Deployed(self.deploy(plan, &actor()).await?),
            Work::Publish(message) => Answer::Published(self.publish(message, actor()).await?),
            Work::Signal(signal) => Answer::Signalled(self.send_signal(signal, actor()).await?),
            Work::Write(write) => self.write(write, actor()).await?,
            Work::Timer {
                instance,
                timer,
                due,
            } => {
                self.timer(*instance, *timer, *due).await?;
                Answer::Done
            }
            Work::StartTimer {
                definition,
                element,
                nth,
            } => {
                self.start_timer(*definition, element, *nth).await?;
                Answer::Done
            }
            Work::RetryJob { instance, job } => {
                self.retry_job(*instance, *job).await?;
                Answer::Done
            }
            // Nobody would know of the leases.
            Work::ClaimJobs(_) if submission.reply.is_closed() => Answer::Done,
            Work::ClaimJobs(claim) => self.claim(claim).await?,
            Work::Report { lease, report } => self.report(*lease, report).await?,
            Work::GiveBack(unwanted) => {
                self.give_back(unwanted).await?;
                Answer::Done
            }
            Work::WorldDue => {
                self.due_work().await?;
                Answer::Done
            }
            Work::Inbox(key) => {
                self.take_from_inbox(*key).await?;
                Answer::Done
            }
            Work::RememberClock => {
                self.touches.topic("clock");
                Answer::Done
            }
        };
        self.follow_up().await?;
        Ok(answer)
    }

    /// Sees to what is done once for the whole batch, and gathers what is to be written. The next batch is decided on what
    /// this one leaves in memory, although it is not committed yet.
    pub async fn finish(mut self, place: &mut Place) -> Result<Draft, RuntimeError> {
        self.tell_of_tasks().await?;
        self.forget_ended().await?;
        let instances = self.instance_rows()?;
        let freed = self.handout.outcome(&self.rows, self.now);
        let touched = self.touches.with(std::mem::take);
        let feed = (!touched.is_empty()).then(|| Feed {
            sequence: place.sequence + 1,
            at: self.now,
            touched,
        });
        if let Some(feed) = &feed {
            place.sequence = feed.sequence;
        }
        // With the first batch of a time that the clock was moved to, or the time would stand still after a restart.
        let moved = self.inner.clock.offset();
        let moved = moved.filter(|offset| Some(*offset) != place.clock_offset);
        place.clock_offset = moved.or(place.clock_offset);
        let mark = (self.inner.keys.latest() >= place.mark).then(|| self.inner.keys.mark_ahead());
        place.mark = mark.unwrap_or(place.mark);
        for (key, live) in self.live {
            if live.state.status == Status::Active {
                self.cache.instances.put(key, live);
            } else {
                self.cache.instances.forget(&key);
            }
        }
        if !self.deployed.is_empty() {
            self.cache.starts.clear();
        }
        for (task, instance) in self.tasks {
            self.cache.tasks.put(task, instance);
        }
        Ok(Draft {
            instances,
            rows: self.rows,
            answers: self.answers.into_new(),
            feed,
            mark,
            clock_offset: moved,
            news: News {
                has_deployed: !self.deployed.is_empty() || !self.decisions.is_empty(),
                definitions: self.definitions.into_values().collect(),
                decisions: self.decisions.into_values().collect(),
                world_wrote: self.world_wrote,
                steps: self.steps,
                left_in_inbox: self.left_in_inbox,
                may_be_due: self.may_be_due,
                freed,
            },
        })
    }

    fn instance_rows(&mut self) -> Result<Instances, RuntimeError> {
        let mut rows = Instances::default();
        for live in self.live.values_mut() {
            let (key, state) = (live.state.key.as_i64(), &live.state);
            let ended = (state.status != Status::Active).then_some(self.now.as_micros());
            let incidents = i32::try_from(state.incidents.len()).unwrap_or(i32::MAX);
            let text = match live.stored.write(ended.is_some(), || json(&**state))? {
                Write::Small { state, moved } => {
                    if moved {
                        self.rows.large_state.delete(key);
                    }
                    state
                }
                Write::Large { state } => {
                    let row = large_state::Model {
                        instance: key,
                        sequence: live.sequence,
                        state,
                    };
                    match live.version {
                        0 => self.rows.large_state.insert(key, row),
                        _ => self.rows.large_state.put(key, row),
                    }
                    String::new()
                }
                Write::Nothing => String::new(),
            };
            if live.version == 0 {
                let subject = state.subject.as_ref();
                let first = |row: &&history::Model| row.instance == key && row.sequence == 1;
                let started_by = self.rows.history.iter().find(first);
                let row = instance::Model {
                    key,
                    definition: state.definition.as_i64(),
                    process_id: state.process.to_string(),
                    subject_kind: subject.map(|subject| subject.kind.to_string()),
                    subject_key: subject.map(|subject| subject.key.to_string()),
                    status: state.status.as_str().to_owned(),
                    version: 1,
                    sequence: live.sequence,
                    state: text,
                    trail: json(&live.trail)?,
                    incidents,
                    started: state.started.as_micros(),
                    ended,
                    started_by: started_by
                        .map_or_else(|| "null".to_owned(), |row| row.actor.clone()),
                };
                rows.new.push(row.values());
            } else {
                rows.changed.push(vec![
                    key.into(),
                    state.status.as_str().into(),
                    (live.version + 1).into(),
                    live.sequence.into(),
                    text.into(),
                    json(&live.trail)?.into(),
                    incidents.into(),
                    ended.into(),
                    live.version.into(),
                ]);
            }
            live.version += 1;
        }
        Ok(rows)
    }
}
