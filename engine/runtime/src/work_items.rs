//! Work items: the rows by which people and what wakes instances find what a state holds. Each kind of row is made here
//! and nowhere else: the writer makes it from an event, `doctor` once more from the state.

use redthread_bpmn::graph::Id;
use redthread_calendar::Timestamp;
use redthread_core::event::{
    Ended, JobData, SignalData, SubscriptionData, TaskData, TimerData, WatchData,
};
use redthread_core::incident::IncidentCode;
use redthread_core::state::{Body, ElementInstance};
use redthread_core::{InstanceState, Key};

use crate::definitions::Definition;
use crate::error::RuntimeError;
use crate::schema::{
    called_instance, incident, job, position, signal, subscription, task, task_candidate, timer,
    watch,
};

/// How urgent a task is of which nobody says it.
const USUAL_PRIORITY: u8 = 50;
/// A task that waits for somebody.
pub(crate) const OPEN: &str = "open";

/// The element instance that has an item: its key and its element.
#[derive(Copy, Clone, Debug)]
pub(crate) struct At<'a> {
    pub key: Key,
    pub element: &'a Id,
}

/// Whether a living element instance is counted where it stands. What stands for all its inner instances is not counted
/// beside them.
pub(crate) fn is_counted(standing: &ElementInstance) -> bool {
    !matches!(
        standing.body(),
        Some(Body::MultiInstance(_) | Body::Loop { .. })
    )
}

pub(crate) fn position(
    state: &InstanceState,
    at: At<'_>,
    scope: Key,
    since: Timestamp,
    due: Option<Timestamp>,
) -> position::Model {
    position::Model {
        key: at.key.as_i64(),
        instance: state.key.as_i64(),
        definition: state.definition.as_i64(),
        element: at.element.to_string(),
        scope: scope.as_i64(),
        since: since.as_micros(),
        due: due.map(Timestamp::as_micros),
    }
}

pub(crate) fn task(
    definition: &Definition,
    state: &InstanceState,
    at: At<'_>,
    key: Key,
    task: &TaskData,
    created: Timestamp,
) -> Result<task::Model, RuntimeError> {
    let graph = &definition.graph;
    let lane = graph
        .find(at.element)
        .and_then(|ix| graph.element(ix).lane)
        .and_then(|ix| graph.lanes.get(ix));
    let lane = lane
        .and_then(|lane| lane.name.as_deref())
        .map(str::to_owned);
    let name = definition.label(at.element).to_owned();
    let due = task.due.map(Timestamp::as_micros);
    let subject = state.subject.as_ref();
    Ok(task::Model {
        key: key.as_i64(),
        instance: state.key.as_i64(),
        definition: definition.key.as_i64(),
        process_id: definition.process_id.to_string(),
        element: at.element.to_string(),
        element_instance: at.key.as_i64(),
        search_text: format!("{name} {}", definition.name).to_lowercase(),
        name,
        lane,
        assignee: task.assignee.clone(),
        candidate_teams: json(&task.candidate_teams)?,
        candidate_users: json(&task.candidate_users)?,
        due,
        sort_due: due.unwrap_or(i64::MAX),
        follow_up: task.follow_up.map(Timestamp::as_micros),
        form: task.form.clone(),
        subject_kind: subject.map(|subject| subject.kind.to_string()),
        subject_key: subject.map(|subject| subject.key.to_string()),
        state: OPEN.to_owned(),
        created: created.as_micros(),
        ended: None,
        ended_by: None,
        priority: i32::from(task.priority.unwrap_or(USUAL_PRIORITY)),
    })
}

/// The word for a task that is not open any more.
pub(crate) fn task_state(how: Ended) -> &'static str {
    match how {
        Ended::Completed => "done",
        Ended::Cancelled => "cancelled",
    }
}

/// Who may take an open task.
pub(crate) fn candidates(
    key: Key,
    task: &TaskData,
) -> impl Iterator<Item = task_candidate::Model> + '_ {
    let teams = task.candidate_teams.iter().map(|name| (name, true));
    let users = task.candidate_users.iter().map(|login| (login, false));
    teams
        .chain(users)
        .map(move |(name, team)| task_candidate::Model {
            name: name.clone(),
            team,
            task: key.as_i64(),
        })
}

pub(crate) fn job(
    state: &InstanceState,
    at: At<'_>,
    key: Key,
    job: &JobData,
    performed: bool,
    created: Timestamp,
) -> job::Model {
    job::Model {
        key: key.as_i64(),
        instance: state.key.as_i64(),
        element: at.element.to_string(),
        element_instance: at.key.as_i64(),
        job_type: job.job_type.clone(),
        retries: retries(job.retries),
        performed,
        retry_at: None,
        waits_kind: None,
        waits_key: None,
        message: None,
        created: created.as_micros(),
        free_at: (!performed).then_some(created.as_micros()),
        token: None,
        worker: None,
    }
}

pub(crate) fn retries(retries: u32) -> i32 {
    i32::try_from(retries).unwrap_or(i32::MAX)
}

pub(crate) fn timer(state: &InstanceState, key: Key, timer: &TimerData) -> timer::Model {
    timer::Model {
        due: timer.due.as_micros(),
        key: key.as_i64(),
        instance: state.key.as_i64(),
    }
}

pub(crate) fn subscription(
    state: &InstanceState,
    key: Key,
    subscription: &SubscriptionData,
) -> subscription::Model {
    subscription::Model {
        key: key.as_i64(),
        instance: state.key.as_i64(),
        process_id: state.process.to_string(),
        element: subscription.element.to_string(),
        name: subscription.name.clone(),
        correlation_key: subscription.correlation_key.clone(),
    }
}

pub(crate) fn watch(
    state: &InstanceState,
    key: Key,
    watch: &WatchData,
) -> Result<watch::Model, RuntimeError> {
    Ok(watch::Model {
        key: key.as_i64(),
        instance: state.key.as_i64(),
        element: watch.element.to_string(),
        kind: watch.kind.clone(),
        record: watch.record.clone(),
        operation: json(&watch.operation)?.trim_matches('"').to_owned(),
    })
}

pub(crate) fn signal(state: &InstanceState, key: Key, signal: &SignalData) -> signal::Model {
    signal::Model {
        key: key.as_i64(),
        instance: state.key.as_i64(),
        element: signal.element.to_string(),
        name: signal.name.clone(),
    }
}

pub(crate) fn incident(
    state: &InstanceState,
    at: At<'_>,
    key: Key,
    code: &str,
    message: &str,
    since: Timestamp,
) -> incident::Model {
    incident::Model {
        key: key.as_i64(),
        instance: state.key.as_i64(),
        definition: state.definition.as_i64(),
        element_instance: at.key.as_i64(),
        element: at.element.to_string(),
        code: code.to_owned(),
        message: message.to_owned(),
        since: since.as_micros(),
    }
}

/// The call that `caller` made at this element instance.
pub(crate) fn called_instance(caller: Key, at: At<'_>, called: Key) -> called_instance::Model {
    called_instance::Model {
        key: called.as_i64(),
        instance: caller.as_i64(),
        element: at.element.to_string(),
        element_instance: at.key.as_i64(),
    }
}

/// JSON text of something of our own.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<String, RuntimeError> {
    serde_json::to_string(value)
        .map_err(|error| RuntimeError::Internal(format!("{error} while storing")))
}

/// Whether nobody is given the jobs of an element instance until a person has tried it again.
pub(crate) fn is_stuck(state: &InstanceState, element_instance: Key) -> bool {
    let mut incidents = state.incidents.of(element_instance);
    incidents.any(|(_, incident)| {
        matches!(
            incident.code,
            IncidentCode::JobFailed | IncidentCode::UncaughtError
        )
    })
}
