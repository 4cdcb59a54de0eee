//! One batch: the submissions of one transaction, run one after the other over what earlier ones of the batch did.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use redthread_calendar::{Timestamp, Zone};
use redthread_core::{Decision, Key, Status};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::answers::Answers;
use super::cache::{Cache, Live};
use super::claims::Handout;
use super::follow_up::Linked;
use super::guard::said;
use super::rows::Rows;
use super::submission::{Answer, Submission, Work};
use super::{kept, many_rows};
use crate::actor::Actor;
use crate::definitions::Definition;
use crate::error::RuntimeError;
use crate::feed::{Feed, Touches};
use crate::inner::Inner;
use crate::request::CommittedStep;
use crate::schema::{Row, feed, instance};
pub(super) use crate::work_items::json;
use crate::workers::Freed;
use crate::world::GivenTask;

/// Feed rows that are kept.
const FEED_KEPT: i64 = 10_000;
/// Every so many rows, older ones are deleted.
const FEED_SWEEP: i64 = 1_000;

/// A batch that is being run.
pub(super) struct Batch<'w> {
    pub inner: &'w Inner,
    pub cache: &'w mut Cache,
    pub tx: &'w DatabaseTransaction,
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
}

/// What a batch leaves once it is committed.
pub(super) struct Outcome {
    pub live: BTreeMap<Key, Live>,
    /// Tasks that were created, and their instances.
    pub tasks: Vec<(Key, Key)>,
    pub definitions: Vec<Arc<Definition>>,
    pub decisions: Vec<Decision>,
    pub has_deployed: bool,
    pub steps: Vec<CommittedStep>,
    pub feed: Option<Feed>,
    pub mark: Option<Key>,
    /// How far the clock was moved ahead, where it has been moved.
    pub clock_offset: Option<i64>,
    pub left_in_inbox: bool,
    pub may_be_due: bool,
    /// Jobs for workers that wait.
    pub freed: Freed,
}

impl Outcome {
    /// The commit failed, perhaps after it had happened: what is in memory may be stale.
    pub fn forget(self, cache: &mut Cache) {
        for key in self.live.into_keys() {
            cache.instances.forget(key);
        }
    }
}

impl<'w> Batch<'w> {
    pub fn new(inner: &'w Inner, cache: &'w mut Cache, tx: &'w DatabaseTransaction) -> Batch<'w> {
        let now = inner.now();
        inner.keys.advance(now);
        Batch {
            inner,
            cache,
            tx,
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

    /// Writes what was gathered. After this only the commit is missing.
    pub async fn finish(
        mut self,
        sequence: i64,
        mark: Key,
        clock_offset: Option<i64>,
    ) -> Result<Outcome, RuntimeError> {
        self.tell_of_tasks().await?;
        self.forget_ended().await?;
        self.write_instances().await?;
        let freed = self.handout.outcome(&self.rows, self.now);
        self.write_answers().await?;
        std::mem::take(&mut self.rows).write(self.tx).await?;
        let touched = self.touches.with(std::mem::take);
        let feed = (!touched.is_empty()).then(|| Feed {
            sequence: sequence + 1,
            at: self.now,
            touched,
        });
        if let Some(feed) = &feed {
            let touched = json(&feed.touched)?;
            let row = feed::Model {
                sequence: feed.sequence,
                at: feed.at.as_micros(),
                touched,
            };
            many_rows::insert(
                self.tx,
                feed::Model::TABLE,
                feed::Model::COLUMNS,
                vec![row.values()],
            )
            .await?;
            if feed.sequence % FEED_SWEEP == 0 {
                let old = feed::Column::Sequence.lte(feed.sequence - FEED_KEPT);
                let sweep = feed::Entity::delete_many().filter(old);
                sweep.exec(self.tx).await?;
            }
        }
        // With the first batch of a time that the clock was moved to, or the time would stand still after a restart.
        let moved = self.inner.clock.offset();
        let moved = moved.filter(|offset| Some(*offset) != clock_offset);
        if let Some(offset) = moved {
            kept::write_setting(self.tx, kept::CLOCK_OFFSET, offset.to_string()).await?;
        }
        let mark = if self.inner.keys.latest() >= mark {
            let mark = self.inner.keys.mark_ahead();
            kept::write_setting(self.tx, kept::KEY_MARK, mark.to_string()).await?;
            Some(mark)
        } else {
            None
        };
        Ok(Outcome {
            live: self.live,
            tasks: self.tasks,
            definitions: self.definitions.into_values().collect(),
            has_deployed: !self.deployed.is_empty() || !self.decisions.is_empty(),
            decisions: self.decisions.into_values().collect(),
            steps: self.steps,
            feed,
            mark,
            clock_offset: moved,
            left_in_inbox: self.left_in_inbox,
            may_be_due: self.may_be_due,
            freed,
        })
    }

    /// One row an instance, however many steps it made in this batch.
    async fn write_instances(&mut self) -> Result<(), RuntimeError> {
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        for live in self.live.values_mut() {
            let state = &live.state;
            let ended = (state.status != Status::Active).then_some(self.now.as_micros());
            let incidents = i32::try_from(state.incidents.len()).unwrap_or(i32::MAX);
            if live.version == 0 {
                let row = instance::Model {
                    key: state.key.as_i64(),
                    definition: state.definition.as_i64(),
                    process_id: state.process.to_string(),
                    subject_kind: state
                        .subject
                        .as_ref()
                        .map(|subject| subject.kind.to_string()),
                    subject_key: state
                        .subject
                        .as_ref()
                        .map(|subject| subject.key.to_string()),
                    status: state.status.as_str().to_owned(),
                    version: 1,
                    sequence: live.sequence,
                    state: json(&**state)?,
                    trail: json(&live.trail)?,
                    incidents,
                    started: state.started.as_micros(),
                    ended,
                    started_by: self
                        .rows
                        .history
                        .iter()
                        .find(|row| row.instance == state.key.as_i64() && row.sequence == 1)
                        .map(|row| row.actor.clone())
                        .unwrap_or_else(|| "null".to_owned()),
                };
                new.push(row.values());
            } else {
                changed.push(vec![
                    state.key.as_i64().into(),
                    state.status.as_str().into(),
                    (live.version + 1).into(),
                    live.sequence.into(),
                    json(&**state)?.into(),
                    json(&live.trail)?.into(),
                    incidents.into(),
                    ended.into(),
                    live.version.into(),
                ]);
            }
            live.version += 1;
        }
        many_rows::insert(
            self.tx,
            instance::Model::TABLE,
            instance::Model::COLUMNS,
            new,
        )
        .await?;
        let expected = changed.len() as u64;
        let columns = [
            "status",
            "version",
            "sequence",
            "state",
            "trail",
            "incidents",
            "ended",
        ];
        let written =
            many_rows::update_compared(self.tx, "instance", "key", &columns, "version", changed)
                .await?;
        if written == expected {
            Ok(())
        } else {
            Err(RuntimeError::Conflict)
        }
    }
}
