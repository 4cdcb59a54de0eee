//! One step of one instance: gather what it may know, let the core decide, and take down what happened.

use std::sync::Arc;

use redthread_bpmn::graph::{Binding, Id};
use redthread_calendar::BusinessCalendar;
use redthread_core::command::Subject;
use redthread_core::{
    Command, Decision, Fact, Facts, Inputs, InstanceState, Key, LookedUp, Rejection, Step,
    StepError, step,
};
use redthread_feel::Value;
use sea_orm::EntityTrait;

use super::all_at_once::{Came, Occurred, started};
use super::batch::{Batch, json};
use super::cache::Live;
use super::follow_up::FollowUp;
use super::noticed::Noticed;
use crate::actor::Actor;
use crate::definitions::Definition;
use crate::error::RuntimeError;
use crate::request::{CommittedStep, ProcessRef, StartInstance};
use crate::schema::{history, start_timer};
use crate::thread::Trail;

/// The version of the encoding of history rows.
pub(crate) const HISTORY_FORMAT: i32 = 1;

/// How restless an instance may be: what comes this far waits for nothing and fills the disk. A step that has to stop
/// before everything is still moves [`redthread_core::step::TRANSITIONS_PER_STEP`] tokens, and counts as one.
pub(super) const RESTLESS: u32 = 100 * JOBS_AS_A_STEP;
/// Jobs that connectors do one after the other count, so many of them as one such step.
const JOBS_AS_A_STEP: u32 = 30;
/// What people are told when 100 such steps have moved 100,000 tokens.
const CIRCLE: &str = "The process goes in a circle: it has moved 100,000 tokens without waiting for anything. Cancel it, or change its values.";
/// What people are told when connectors had 3,000 jobs one after the other.
pub(super) const CIRCLE_OF_JOBS: &str = "The process goes in a circle: connectors have done 3,000 jobs for it, one after the other, and it has not waited for anything. Cancel it, or change its values.";

impl Batch<'_> {
    /// Starts an instance of a process.
    pub(super) async fn start(
        &mut self,
        start: &StartInstance,
        actor: Actor,
    ) -> Result<Key, RuntimeError> {
        let definition = match &start.process {
            ProcessRef::Definition(key) => self.definition(*key).await?,
            ProcessRef::Latest(process_id) => {
                // What this batch deploys is not committed yet and must not be remembered as the latest.
                let key = match self.deployed.get(process_id) {
                    Some(key) => *key,
                    None => self.inner.definitions.latest(self.turn, process_id).await?,
                };
                self.definition(key).await?
            }
        };
        let instance = self.inner.keys.next_key();
        let command = Command::Start {
            instance,
            definition: definition.key,
            element: start.element.clone(),
            variables: start.variables.clone(),
            subject: start.subject.clone(),
            causes: Vec::new(),
            caller: None,
        };
        self.step_new(instance, definition, command, actor).await?;
        Ok(instance)
    }

    /// The first step of an instance.
    pub(super) async fn step_new(
        &mut self,
        instance: Key,
        definition: Arc<Definition>,
        command: Command,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        let state = Arc::new(InstanceState::default());
        let live = Live {
            definition,
            state,
            trail: Trail::default(),
            version: 0,
            sequence: 0,
            stored: Default::default(),
            restless: 0,
        };
        self.step_on(instance, live, command, actor).await
    }

    /// A further step of an instance.
    pub(super) async fn step(
        &mut self,
        instance: Key,
        command: Command,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        if matches!(command, Command::Start { .. }) {
            return Err(Rejection::AlreadyStarted.into());
        }
        let live = self.live(instance).await?;
        self.step_on(instance, live, command, actor).await
    }

    async fn step_on(
        &mut self,
        instance: Key,
        mut live: Live,
        command: Command,
        actor: Actor,
    ) -> Result<(), RuntimeError> {
        let first_key = self.inner.keys.next_key();
        let mut inputs = Inputs {
            now: self.now,
            zone: self.zone,
            seed: seed(first_key),
            first_key,
            owner: live.definition.owner.clone(),
            facts: Facts::default(),
        };
        let mut decided = step(&live.definition.graph, &live.state, &command, &inputs);
        while let Err(StepError::Needs(fact)) = &decided {
            self.find_out(fact, &command, &live, &mut inputs.facts)
                .await?;
            decided = step(&live.definition.graph, &live.state, &command, &inputs);
        }
        let Step {
            events,
            state,
            next_key,
            unfinished,
            facts_used,
        } = decided.map_err(|error| match error {
            StepError::Rejected(rejection) => RuntimeError::Rejected(rejection),
            StepError::Needs(fact) => RuntimeError::Internal(format!("a step lacks {fact:?}")),
        })?;
        self.inner.keys.used_to(next_key);
        if events.is_empty() && matches!(command, Command::RecordChanged { .. }) {
            // A condition about the record was looked at, and nothing came of it.
            return Ok(());
        }
        if !facts_used {
            inputs.facts = Facts::default();
        }
        self.revision += 1;

        let before = std::mem::replace(&mut live.state, Arc::new(state));
        live.sequence += 1;
        let graph = &live.definition.graph;
        live.trail.follow(graph, &before, &events, self.now, &actor);
        let happened = json(&events)?;
        live.stored.grew(happened.len());
        self.rows.history.push(history::Model {
            instance: instance.as_i64(),
            sequence: live.sequence,
            format: HISTORY_FORMAT,
            at: self.now.as_micros(),
            actor: json(&actor)?,
            command: json(&command)?,
            inputs: json(&inputs)?,
            events: happened,
        });
        self.touches.topic("instances");
        self.touches.instance(instance);
        self.read_jobs(&live.state, &events).await?;
        let noticed = self.project(&before, &live, &events, &actor)?;
        if let Command::Correlate { subscription, .. } = &command
            && live.state.waits.contains_key(subscription)
        {
            // It goes on waiting: perhaps for the next message that is kept.
            self.queue(FollowUp::LookForMessage {
                instance,
                subscription: *subscription,
            });
        }
        let next_job = noticed
            .iter()
            .any(|noticed| matches!(noticed, Noticed::JobToPerform { .. }));
        match command {
            Command::Continue if unfinished => live.restless += JOBS_AS_A_STEP,
            Command::CompleteJob { .. } | Command::ThrowError { .. } if next_job => {
                live.restless += 1;
            }
            Command::Continue | Command::CompleteJob { .. } | Command::ThrowError { .. } => {
                live.restless = 0;
            }
            Command::SetVariables { .. } => {
                live.restless = 0;
                self.take_up_again(instance).await?;
            }
            _ => {}
        }
        if unfinished {
            let circle = (live.restless >= RESTLESS).then_some(CIRCLE);
            self.go_on(instance, circle).await?;
        }
        let committed = CommittedStep {
            instance,
            process: live.definition.process_id.clone(),
            definition: live.definition.key,
            sequence: live.sequence,
            at: self.now,
            actor: actor.clone(),
            command,
            events,
        };
        self.live.insert(instance, live);
        self.notice(noticed, &actor).await?;
        self.steps.push(committed);
        Ok(())
    }

    /// Looks up a fact that a step cannot be decided without.
    async fn find_out(
        &mut self,
        fact: &Fact,
        command: &Command,
        live: &Live,
        facts: &mut Facts,
    ) -> Result<(), RuntimeError> {
        match fact {
            Fact::Subject => {
                let subject = match command {
                    Command::Start { subject, .. } => subject.as_ref(),
                    _ => live.state.subject.as_ref(),
                };
                facts.subject = Some(match subject {
                    Some(subject) => self.facts(subject).await?,
                    None => Value::Null,
                });
            }
            Fact::Decision { id, binding } => {
                let found = self
                    .decision(id, binding, live.definition.deployment)
                    .await?;
                let (id, binding) = (id.clone(), binding.clone());
                facts.decisions.push(LookedUp { id, binding, found });
            }
            Fact::Process { id, binding } => {
                let found = self.called(id, binding, live.definition.deployment).await?;
                let (id, binding) = (id.clone(), binding.clone());
                facts.processes.push(LookedUp { id, binding, found });
            }
            Fact::Calendar => facts.calendar = Some(self.calendar().await?),
            Fact::Team(name) => {
                let team = self
                    .inner
                    .world
                    .clone()
                    .team(self.tx().await?, name)
                    .await?;
                facts.teams.insert(name.clone(), team);
            }
        }
        Ok(())
    }

    /// The version of a decision that is meant: of what this batch deploys, else of what is stored.
    async fn decision(
        &self,
        id: &str,
        binding: &Binding,
        deployment: Key,
    ) -> Result<Option<Decision>, RuntimeError> {
        // What this batch deploys is not committed yet, and must not be remembered as the latest.
        if *binding == Binding::Latest
            && let Some(key) = self.deployed_decisions.get(id)
        {
            return Ok(self.decisions.get(key).cloned());
        }
        let decisions = &self.inner.decisions;
        decisions.find(self.turn, id, binding, deployment).await
    }

    /// The version of a called process that is meant: of what this batch deploys, else of what is stored.
    async fn called(
        &self,
        id: &str,
        binding: &Binding,
        deployment: Key,
    ) -> Result<Option<Key>, RuntimeError> {
        // What this batch deploys is not committed yet, and must not be remembered as the latest.
        if *binding == Binding::Latest
            && let Some(key) = self.deployed.get(id)
        {
            return Ok(self.definitions.contains_key(key).then_some(*key));
        }
        let (definitions, keep) = (&self.inner.definitions, self.deployed.is_empty());
        definitions
            .find(self.turn, id, binding, deployment, keep)
            .await
    }

    /// The company's working hours and holidays.
    pub(super) async fn calendar(&self) -> Result<Arc<BusinessCalendar>, RuntimeError> {
        Ok(self.inner.world.calendar(self.tx().await?).await?)
    }

    /// What can be known of a record now.
    pub(super) async fn facts(&mut self, subject: &Subject) -> Result<Value, RuntimeError> {
        let world = self.inner.world.clone();
        Ok(world.subject(self.tx().await?, subject).await?)
    }

    /// A timer of an instance is due. One that the instance does not know any more goes away.
    pub(super) async fn timer(
        &mut self,
        instance: Key,
        timer: Key,
        due: i64,
    ) -> Result<(), RuntimeError> {
        match self
            .step(instance, Command::FireTimer { timer }, Actor::System)
            .await
        {
            Err(RuntimeError::Rejected(Rejection::NotOpen { .. } | Rejection::Ended(_))) => {
                let known = self
                    .live(instance)
                    .await
                    .is_ok_and(|live| live.state.waits.contains_key(&timer));
                if !known {
                    self.rows.timer.delete((due, timer.as_i64()));
                }
                Ok(())
            }
            other => other,
        }
    }

    /// The timer start event of a definition is due.
    pub(super) async fn start_timer(
        &mut self,
        definition: Key,
        element: &Id,
        nth: i32,
    ) -> Result<(), RuntimeError> {
        let id = (definition.as_i64(), element.to_string(), nth);
        let Some(row) = start_timer::Entity::find_by_id(id.clone())
            .one(self.tx().await?)
            .await?
        else {
            return Ok(());
        };
        if row.due > self.now.as_micros() {
            return Ok(());
        }
        self.revision += 1;
        let repeat = match &row.repeat {
            Some(text) => Some(
                serde_json::from_str(text)
                    .map_err(|error| RuntimeError::damaged("start timer", element, error))?,
            ),
            None => None,
        };
        match repeat
            .and_then(|repeat| redthread_core::trigger::timer::next(&repeat, self.now, &self.zone))
        {
            Some((due, repeat)) => {
                let next = start_timer::ActiveModel {
                    definition: sea_orm::Set(row.definition),
                    element: sea_orm::Set(row.element),
                    nth: sea_orm::Set(row.nth),
                    due: sea_orm::Set(due.as_micros()),
                    repeat: sea_orm::Set(Some(json(&repeat)?)),
                    ..Default::default()
                };
                start_timer::Entity::update(next)
                    .exec(self.tx().await?)
                    .await?;
            }
            None => {
                start_timer::Entity::delete_by_id(id)
                    .exec(self.tx().await?)
                    .await?;
            }
        }
        self.may_be_due = true;
        let definition = self.definition(definition).await?;
        match self
            .came(&definition, element, nth, Occurred::default())
            .await?
        {
            Came::Start(command) => {
                let instance = started(&command);
                self.step_new(instance, definition, command, Actor::System)
                    .await
            }
            Came::Waits | Came::Twice => Ok(()),
        }
    }
}

/// A number that looks random, and is the same for the same key: SplitMix64.
fn seed(key: Key) -> u64 {
    let mut z = key.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
