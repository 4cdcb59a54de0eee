//! What events mean for the tables: what people search, and what wakes instances.

use std::collections::BTreeMap;

use redthread_bpmn::graph::Id;
use redthread_calendar::Timestamp;
use redthread_core::event::Ended;
use redthread_core::incident::IncidentCode;
use redthread_core::state::{Body, WaitKind};
use redthread_core::{Command, Event, InstanceState, Key};

use super::batch::Batch;
use super::cache::Live;
use super::calls::{Called, actor_of, told_to_caller};
use super::follow_up::FollowUp;
use super::noticed::{Abandoned, Noticed};
use super::reports::unleased;
use super::signals::Broadcast;
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::schema::job;
use crate::work_items::{self, At, retries};
use crate::world::RecordRef;

/// Element instances and waits that come and go within the step, over those that were there before.
struct Seen<'a> {
    before: &'a InstanceState,
    /// The instance itself: what belongs to it is shown at the process.
    instance: Key,
    process: Id,
    elements: BTreeMap<Key, Id>,
    waits: BTreeMap<Key, WaitKind>,
}

impl Seen<'_> {
    fn element(&self, element_instance: Key) -> Id {
        if element_instance == self.instance {
            return self.process.clone();
        }
        let known = self.elements.get(&element_instance).cloned();
        known
            .or_else(|| {
                self.before
                    .elements
                    .get(&element_instance)
                    .map(|e| e.element.clone())
            })
            .unwrap_or_default()
    }

    fn wait(&self, key: Key) -> Option<&WaitKind> {
        self.waits
            .get(&key)
            .or_else(|| self.before.waits.get(&key).map(|wait| &wait.what))
    }
}

impl Batch<'_> {
    /// Gathers the rows that the events of a step make, change and delete. `live` is the instance after the step.
    pub(super) fn project(
        &mut self,
        before: &InstanceState,
        live: &Live,
        events: &[Event],
        actor: &Actor,
    ) -> Result<Vec<Noticed>, RuntimeError> {
        let instance = live.state.key;
        let mut seen = Seen {
            before,
            instance,
            process: live.definition.process_id.clone(),
            elements: BTreeMap::new(),
            waits: BTreeMap::new(),
        };
        let mut noticed = Vec::new();
        for event in events {
            if let Some(told) = told_to_caller(live, event) {
                noticed.push(Noticed::FollowsEnd(told));
            }
            match event {
                Event::ElementActivating {
                    element_instance,
                    element,
                    scope,
                    at,
                    ..
                } => {
                    seen.elements.insert(*element_instance, element.clone());
                    let begun = At {
                        key: *element_instance,
                        element,
                    };
                    let row = work_items::position(&live.state, begun, *scope, *at, None);
                    self.rows.position.insert((row.instance, row.key), row);
                }
                Event::ElementCompleted {
                    element_instance, ..
                }
                | Event::ElementTerminated {
                    element_instance, ..
                } => {
                    self.rows
.position
.delete((instance.as_i64(), element_instance.as_i64()));
                }
                Event::BodyChanged {
                    element_instance,
                    body: Body::MultiInstance(_) | Body::Loop { .. },
                } => {
                    // See `work_items::is_counted`.
                    let before = before.elements.get(element_instance);
                    if before.is_none_or(|before| before.body.is_none()) {
                        self.rows
.position
.delete((instance.as_i64(), element_instance.as_i64()));
                    }
                }
                Event::TaskCreated {
                    key,
                    element_instance,
                    task,
                } => {
                    let element = seen.element(*element_instance);
                    self.task_created(live, *key, *element_instance, &element, task)?;
                    seen.waits.insert(*key, WaitKind::Task(task.clone()));
                    noticed.push(Noticed::TaskCreated {
                        instance,
                        task: *key,
                    });
                }
                Event::TaskAssigned { key, assignee, .. } => {
                    self.task_assigned(*key, assignee.clone());
                    noticed.push(Noticed::TaskAssigned {
                        instance,
                        task: *key,
                    });
                }
                Event::TaskEnded { key, how } => {
                    self.task_ended(*key, seen.wait(*key), *how, actor)?
                }
                Event::JobCreated {
                    key,
                    element_instance,
                    job,
                } => {
                    let performed = self.inner.world.performs(&job.job_type);
                    let at = At {
                        key: *element_instance,
                        element: &seen.element(*element_instance),
                    };
                    let row = work_items::job(&live.state, at, *key, job, performed, self.now);
                    self.handout.note(&row, self.now);
                    self.rows.job.insert(row.key, row);
                    if performed {
                        noticed.push(Noticed::JobToPerform {
                            instance,
                            job: *key,
                        });
                    }
                }
                Event::JobFailed {
                    key,
                    retries: left,
                    retry_at,
                    message,
                } => {
                    if let Some(mut row) = self.job_row(live, *key) {
                        row.retries = retries(*left);
                        row.retry_at = (row.performed && *left > 0).then_some(retry_at.as_micros());
                        row.message = Some(message.clone());
                        let free_at = (*retry_at).max(self.now).as_micros();
                        let stuck = work_items::is_stuck(&live.state, Key::from_i64(row.element_instance));
                        // A record that it waits for stays: else a further try would begin it all anew.
                        self.put_job(unleased(row, (!stuck).then_some(free_at)));
                        self.may_be_due = true;
                    }
                }
                Event::JobRetried { key, retries: left } => {
                    if let Some(mut row) = self.job_row(live, *key) {
                        row.retries = retries(*left);
                        row.retry_at = None;
                        if row.performed {
                            noticed.push(Noticed::JobToPerform {
                                instance,
                                job: *key,
                            });
                        }
                        self.put_job(unleased(row, Some(self.now.as_micros())));
                    }
                }
                Event::JobEnded { key, how } => {
                    let waiting_on = self
                        .rows
                        .job
                        .get(&key.as_i64())
                        .flatten()
                        .and_then(waiting_on);
                    let stored = self.rows.job.get(&key.as_i64()).is_none();
                    self.rows.job.delete(key.as_i64());
                    let performed = matches!(seen.wait(*key), Some(WaitKind::Job(job)) if self.inner.world.performs(&job.job_type));
                    if *how == Ended::Cancelled && performed && (stored || waiting_on.is_some()) {
                        let mut live = live.clone();
                        live.state = std::sync::Arc::new(before.clone());
                        let before = Box::new(Abandoned {
                            live,
                            job: *key,
                            waiting_on,
                        });
                        noticed.push(Noticed::JobAbandoned { before });
                    }
                }
                Event::TimerScheduled { key, timer, .. } => {
                    let row = work_items::timer(&live.state, *key, timer);
                    self.rows.timer.insert((row.due, row.key), row);
                    seen.waits.insert(*key, WaitKind::Timer(timer.clone()));
                    self.may_be_due = true;
                }
                Event::TimerEnded { key, .. } => {
                    if let Some(WaitKind::Timer(timer)) = seen.wait(*key) {
                        self.rows
                            .timer
                            .delete((timer.due.as_micros(), key.as_i64()));
                    }
                }
                Event::SubscriptionOpened {
                    key, subscription, ..
                } => {
                    let row = work_items::subscription(&live.state, *key, subscription);
                    self.rows.subscription.insert(row.key, row);
                    noticed.push(Noticed::SubscriptionOpened {
                        instance,
                        subscription: *key,
                    });
                }
                Event::SubscriptionEnded { key, .. } => self.rows.subscription.delete(key.as_i64()),
                Event::WatchOpened { key, watch, .. } => {
                    let row = work_items::watch(&live.state, *key, watch)?;
                    self.rows.watch.insert(row.key, row);
                }
                Event::WatchEnded { key, .. } => self.rows.watch.delete(key.as_i64()),
                Event::SignalAwaited { key, signal, .. } => {
                    let row = work_items::signal(&live.state, *key, signal);
                    self.rows.signal.insert(row.key, row);
                }
                Event::SignalEnded { key, .. } => self.rows.signal.delete(key.as_i64()),
                Event::SignalThrown {
                    element,
                    name,
                    variables,
                } => {
                    let broadcast = Broadcast {
                        name: name.clone(),
                        variables: variables.clone(),
                        from: Some(instance),
                        after: Key(0),
                        before: self.inner.keys.next_key(),
                        actor: actor_of(live, Some(element)),
                    };
                    noticed.push(Noticed::Follows(FollowUp::Broadcast(broadcast)));
                }
                Event::MessageThrown {
                    element,
                    message,
                    variables,
                    has_come: false,
                } => noticed.push(Noticed::Follows(FollowUp::Publish {
                    from: instance,
                    message: message.clone(),
                    variables: variables.clone(),
                    actor: actor_of(live, Some(element)),
                })),
                // What has come to the instance itself is nobody else's.
                Event::MessageThrown { has_come: true, .. } => {}
                Event::InstanceCalled {
                    key,
                    element_instance,
                    call,
                    caller,
                    variables,
                } => {
                    let element = seen.element(*element_instance);
                    let mut causes = live.state.causes.clone();
                    causes.push(live.definition.process_id.clone());
                    let called = Called {
                        caller: instance,
                        actor: actor_of(live, Some(&element)),
                        element,
                        element_instance: *element_instance,
                        command: Command::Start {
                            instance: *key,
                            definition: call.definition,
                            element: None,
                            variables: variables.clone(),
                            subject: live.state.subject.clone(),
                            causes,
                            caller: Some(caller.clone()),
                        },
                    };
                    noticed.push(Noticed::Follows(FollowUp::Call(called)));
                }
                Event::CallEnded {
                    key,
                    how: Ended::Cancelled,
                } => noticed.push(Noticed::FollowsEnd(FollowUp::Step {
                    instance: *key,
                    command: Command::Cancel { reason: None },
                    actor: actor_of(live, None),
                })),
                Event::IncidentRaised {
                    key,
                    element_instance,
                    code,
                    message,
                } => {
                    let at = At {
                        key: *element_instance,
                        element: &seen.element(*element_instance),
                    };
                    let (state, why) = (&live.state, code.as_str());
                    let row = work_items::incident(state, at, *key, why, message, self.now);
                    self.rows.incident.insert(row.key, row);
                    if *code == IncidentCode::UncaughtError {
                        self.hold_jobs_back(live, *element_instance);
                    }
                }
                Event::IncidentResolved { key } => self.rows.incident.delete(key.as_i64()),
                Event::InstanceCompleted
                | Event::InstanceTerminated { .. }
                | Event::InstanceFailed { .. } => noticed.push(Noticed::Ended { instance }),
                Event::InstanceStarted { .. }
                | Event::FlowTaken { .. }
                | Event::TokensDiscarded { .. }
                | Event::ElementActivated { .. }
                | Event::ElementCompleting { .. }
                | Event::EventTriggered { .. }
                | Event::DecisionEvaluated { .. }
                | Event::VariablesSet { .. }
                | Event::BodyChanged { .. }
                | Event::ItemCompleted { .. }
                | Event::GatewayReset { .. }
                | Event::CompensationKept { .. }
                | Event::CompensationThrown { .. }
                | Event::CompensationBegun { .. }
                // The core alone looks at conditions.
                | Event::ConditionAwaited { .. }
                | Event::ConditionChanged { .. }
                | Event::ConditionEnded { .. }
                | Event::CallEnded { .. }
                | Event::EscalationThrown { .. }
                | Event::ErrorCaught { .. } => {}
            }
        }
        Ok(noticed)
    }

    /// Says by when an element that waits should go on. From then on it counts as overdue.
    pub(super) fn stands_until(
        &mut self,
        live: &Live,
        element_instance: Key,
        due: Option<Timestamp>,
    ) {
        if let Some(position) = self
            .rows
            .position
            .get_mut(&(live.state.key.as_i64(), element_instance.as_i64()))
        {
            position.due = due.map(Timestamp::as_micros);
        } else if let Some(standing) = live.state.elements.get(&element_instance) {
            // The element was activated in an earlier batch.
            let at = At {
                key: element_instance,
                element: &standing.element,
            };
            let (scope, since) = (standing.scope, standing.since);
            let row = work_items::position(&live.state, at, scope, since, due);
            self.rows.position.put((row.instance, row.key), row);
        }
    }

    /// A job's row: as this batch has it, else as the state says it must be.
    pub(super) fn job_row(&self, live: &Live, key: Key) -> Option<job::Model> {
        if let Some(pending) = self.rows.job.get(&key.as_i64()) {
            return pending.cloned();
        }
        let wait = live.state.waits.get(&key)?;
        let WaitKind::Job(data) = &wait.what else {
            return None;
        };
        let element = live.state.elements.get(&wait.element_instance)?;
        let at = At {
            key: wait.element_instance,
            element: &element.element,
        };
        let performed = self.inner.world.performs(&data.job_type);
        let (state, created) = (&live.state, element.since);
        Some(work_items::job(state, at, key, data, performed, created))
    }
}

/// The record that a job waits for.
pub(super) fn waiting_on(row: &job::Model) -> Option<RecordRef> {
    Some(RecordRef {
        kind: row.waits_kind.clone()?,
        key: row.waits_key.clone()?,
    })
}
