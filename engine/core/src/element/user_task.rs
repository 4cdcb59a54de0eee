//! User task (BPMN 2.0 section 13.3.3).
//!
//! When it is activated a task is made for people; it completes with what they enter, and is cancelled when the element is
//! terminated. Who gets it: the assignee or candidates of its `zeebe:assignmentDefinition`; else the team named like its
//! lane, where there is one; else the owner of the process. Logins are kept in lower case, as people sign in in any.

use redthread_bpmn::graph::{ElementIx, ElementKind, Lane, ProcessGraph, Text, UserTask};
use redthread_calendar::Timestamp;
use redthread_feel::Value;

use crate::command::Variables;
use crate::event::{Event, ListenerEvent, TaskData};
use crate::inputs::Fact;
use crate::key::Key;
use crate::listener;
use crate::state::WaitKind;
use crate::step::{Halt, StepError, Stepper};

pub(super) fn open(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
    task: &UserTask,
) -> Result<(), Halt> {
    if stepper.graph.element(ix).listeners.creating.is_empty() {
        return create(stepper, key, ix, task);
    }
    listener::tell(stepper, key, ix, ListenerEvent::Creating)?;
    Ok(())
}

/// Makes the task for people, once its listeners know of it; also again, after an incident.
pub(crate) fn create(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
    task: &UserTask,
) -> Result<(), Halt> {
    let graph = stepper.graph;
    let lane = match task.assignment.is_empty() {
        true => lane_with_assignment(graph, ix),
        false => None,
    };
    let who = lane.map_or(&task.assignment, |lane| &lane.assignment);
    let mut data = TaskData {
        assignee: stepper
            .optional_string(who.assignee.as_ref(), key, "a person's login")?
            .map(|login| login.to_lowercase()),
        candidate_teams: stepper.names(who.candidate_teams.as_ref(), key)?,
        candidate_users: logins(stepper.names(who.candidate_users.as_ref(), key)?),
        priority: priority(stepper, task.priority.as_ref(), key)?,
        due: instant(stepper, task.due.as_ref(), key)?,
        follow_up: instant(stepper, task.follow_up.as_ref(), key)?,
        form: task.form.as_deref().map(str::to_owned),
    };
    if data.assignee.is_none() && data.candidate_teams.is_empty() && data.candidate_users.is_empty()
    {
        match team_of_lane(stepper, ix)? {
            Some(team) => data.candidate_teams.push(team),
            None => data.candidate_users.extend(stepper.inputs.owner.clone()),
        }
    }
    let task = stepper.new_key();
    stepper.emit(Event::TaskCreated {
        key: task,
        element_instance: key,
        task: data,
    });
    Ok(())
}

/// A person has completed the task: its listeners are told before it ends.
pub(crate) fn completed(
    stepper: &mut Stepper,
    key: Key,
    results: &Variables,
) -> Result<(), StepError> {
    let ix = stepper.element_of(key)?;
    let element = stepper.graph.element(ix);
    if element.listeners.completing.is_empty() {
        return stepper.complete_with(key, results);
    }
    match element.mapping.results_go_up() {
        true => stepper.merge(key, results),
        false => stepper.set(key, results.clone()),
    }
    listener::tell(stepper, key, ix, ListenerEvent::Completing)
}

/// After an incident: makes the task if it is not there.
pub(crate) fn again(stepper: &mut Stepper, key: Key) -> Result<(), StepError> {
    let ix = stepper.element_of(key)?;
    let is_waiting = stepper
        .state
        .waits_of(key)
        .any(|(_, what)| matches!(what, WaitKind::Task(_) | WaitKind::Job(_)));
    match &stepper.graph.element(ix).kind {
        ElementKind::UserTask(task) if !is_waiting => match create(stepper, key, ix, task) {
            Ok(()) => Ok(()),
            Err(halt) => stepper.held_up(key, halt),
        },
        _ => Ok(()),
    }
}

/// The innermost lane around the element that says who does its tasks.
fn lane_with_assignment(graph: &ProcessGraph, ix: ElementIx) -> Option<&Lane> {
    let mut lane = graph.element(ix).lane;
    while let Some(around) = lane.and_then(|lane| graph.lanes.get(lane)) {
        if !around.assignment.is_empty() {
            return Some(around);
        }
        lane = around.parent;
    }
    None
}

fn priority(stepper: &mut Stepper, text: Option<&Text>, key: Key) -> Result<Option<u8>, Halt> {
    let Some(text) = text else { return Ok(None) };
    let evaluated = stepper.text(text, key)?;
    let number = match &evaluated.value {
        Value::String(string) => string.trim().parse().ok(),
        Value::Number(number) => number.to_i64(),
        Value::Null if evaluated.why_null.is_none() => return Ok(None),
        _ => None,
    };
    let priority = number.and_then(|number| u8::try_from(number).ok());
    match priority.filter(|priority| *priority <= 100) {
        Some(priority) => Ok(Some(priority)),
        None => Err(evaluated.unfit(text, "a priority from 0 to 100")),
    }
}

fn logins(names: Vec<String>) -> Vec<String> {
    names.into_iter().map(|name| name.to_lowercase()).collect()
}

/// The team that is named like the lane of the element.
fn team_of_lane(stepper: &mut Stepper, ix: ElementIx) -> Result<Option<String>, StepError> {
    let Some(lane) = lane(stepper, ix) else {
        return Ok(None);
    };
    match stepper.inputs.facts.teams.get(&lane) {
        Some(team) => {
            stepper.facts_used = true;
            Ok(team.clone())
        }
        None => Err(StepError::Needs(Fact::Team(lane))),
    }
}

/// The name of the innermost lane around the element that has one.
fn lane(stepper: &Stepper, ix: ElementIx) -> Option<String> {
    let lanes = &stepper.graph.lanes;
    let mut lane = stepper.graph.element(ix).lane;
    while let Some(around) = lane.and_then(|lane| lanes.get(lane)) {
        let name = around.name.as_deref().unwrap_or_default().trim();
        if !name.is_empty() {
            return Some(name.to_owned());
        }
        lane = around.parent;
    }
    None
}

fn instant(
    stepper: &mut Stepper,
    text: Option<&Text>,
    key: Key,
) -> Result<Option<Timestamp>, Halt> {
    let Some(text) = text else { return Ok(None) };
    let evaluated = stepper.text(text, key)?;
    if evaluated.value.is_null() && evaluated.why_null.is_none() {
        return Ok(None);
    }
    match evaluated.value.to_timestamp(&stepper.inputs.zone) {
        Some(instant) => Ok(Some(instant)),
        None => Err(evaluated.unfit(text, "a date, or a date and time,")),
    }
}
