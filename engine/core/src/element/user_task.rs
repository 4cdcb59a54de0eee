//! User task (BPMN 2.0 section 13.3.3).
//!
//! When it is activated a task is made for people; it completes with what they enter, and is cancelled when the element is
//! terminated. Who gets it: the assignee or candidates of its `zeebe:assignmentDefinition`; else the team named like its
//! lane, where there is one; else the owner of the process. Logins are kept in lower case, as people sign in in any.

use redthread_bpmn::graph::{ElementIx, Text, UserTask};
use redthread_calendar::Timestamp;

use crate::event::{Event, TaskData};
use crate::inputs::Fact;
use crate::key::Key;
use crate::step::{Halt, StepError, Stepper};

pub(super) fn open(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
    task: &UserTask,
) -> Result<(), Halt> {
    let mut data = TaskData {
        assignee: stepper
            .optional_string(task.assignee.as_ref(), key, "a person's login")?
            .map(|login| login.to_lowercase()),
        candidate_teams: stepper.names(task.candidate_teams.as_ref(), key)?,
        candidate_users: logins(stepper.names(task.candidate_users.as_ref(), key)?),
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
