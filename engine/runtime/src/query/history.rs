//! The history of an instance, and what can be read from it: visits to elements, flows taken, who set which value.

use std::collections::{BTreeMap, BTreeSet};

use redthread_bpmn::graph::Id;
use redthread_calendar::Timestamp;
use redthread_core::state::Body;
use redthread_core::{Command, Event, Inputs, Key};
use redthread_feel::Value;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Page, PageRequest, Queries, time};
use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::schema::{history, instance_comment};

/// Steps that are read for a trace at most. An instance that made more shows the visits of its last ones.
const TRACED_STEPS: u64 = 5_000;

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryStep {
    /// Its place in the instance's history, counted from 1.
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
    /// Who asked for it.
    pub actor: Actor,
    /// What was asked.
    pub command: Command,
    /// What was known.
    pub inputs: Inputs,
    /// What happened.
    pub events: Vec<Event>,
}

/// What an instance's map and card show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InstanceTrace {
    /// Visits to elements, in the order in which they began.
    pub elements: Vec<ElementVisit>,
    /// The flows that a token has taken.
    pub flows_taken: BTreeSet<Id>,
    /// The variables of living scopes, and of the instance after its end.
    pub variables: Vec<VariableRow>,
}

/// One visit of an instance to an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementVisit {
    /// The element instance.
    pub element_instance: Key,
    /// The element.
    pub element: Id,
    /// Its name, or its id.
    pub name: String,
    /// The instance, or the visit in which it stands.
    pub scope: Key,
    /// It stands for all visits of an activity that is done several times: those are in it.
    pub body: bool,
    /// How it is, or how it ended.
    pub state: VisitState,
    /// When it began.
    pub since: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
}

/// How a visit is, or how it ended.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum VisitState {
    /// It goes on.
    Active,
    /// It ended well.
    Completed,
    /// It was ended from outside.
    Terminated,
    /// It is stuck.
    Incident,
}

/// A variable, and where its value comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct VariableRow {
    /// The instance, or the element instance that it belongs to.
    pub scope: Key,
    /// That element's name; none: the instance.
    pub scope_name: Option<String>,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// When it was set.
    pub changed_at: Option<Timestamp>,
    /// Who asked for the step that set it.
    pub changed_by: Option<Actor>,
}

/// What a person wrote about an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The comment.
    pub key: Key,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub author: Actor,
    /// What.
    pub text: String,
}

impl Queries<'_> {
    /// A page of an instance's history, the oldest step first.
    ///
    /// # Errors
    /// Where the cursor is none of ours or a step cannot be read.
    pub async fn history(
        &self,
        instance: Key,
        page: &PageRequest,
    ) -> Result<Page<HistoryStep>, RuntimeError> {
        let limit = page.limit();
        let mut query =
            history::Entity::find().filter(history::Column::Instance.eq(instance.as_i64()));
        if let Some([sequence]) = page.after()? {
            query = query.filter(history::Column::Sequence.gt(sequence));
        }
        let rows = query
            .order_by_asc(history::Column::Sequence)
            .limit(limit + 1)
            .all(self.conn())
            .await?;
        let (rows, next) = Page::<HistoryStep>::of(rows, limit, |row| vec![row.sequence]);
        let items: Result<Vec<HistoryStep>, RuntimeError> =
            rows.into_iter().map(read_step).collect();
        Ok(Page {
            items: items?,
            next,
        })
    }

    /// What an instance's map and card show.
    ///
    /// # Errors
    /// Where there is no such instance, or a step cannot be read.
    pub async fn trace(&self, instance: Key) -> Result<InstanceTrace, RuntimeError> {
        let loaded = self.loaded_one(instance).await?;
        let rows = history::Entity::find()
            .filter(history::Column::Instance.eq(instance.as_i64()))
            .order_by_desc(history::Column::Sequence)
            .limit(TRACED_STEPS)
            .all(self.conn())
            .await?;
        let mut trace = InstanceTrace::default();
        let mut visits: BTreeMap<Key, usize> = BTreeMap::new();
        let mut set: BTreeMap<(Key, String), (Timestamp, Actor)> = BTreeMap::new();
        for row in rows.into_iter().rev() {
            let step = read_step(row)?;
            for event in step.events {
                match event {
                    Event::FlowTaken { flow, .. } => {
                        trace.flows_taken.insert(flow);
                    }
                    Event::ElementActivating {
                        element_instance,
                        element,
                        scope,
                        at,
                        ..
                    } => {
                        visits.insert(element_instance, trace.elements.len());
                        let name = loaded.definition.label(&element).to_owned();
                        trace.elements.push(ElementVisit {
                            element_instance,
                            element,
                            name,
                            scope,
                            body: false,
                            state: VisitState::Active,
                            since: at,
                            ended: None,
                        });
                    }
                    Event::ElementCompleted {
                        element_instance, ..
                    } => {
                        end(
                            &mut trace,
                            &visits,
                            element_instance,
                            VisitState::Completed,
                            step.at,
                        );
                    }
                    Event::ElementTerminated {
                        element_instance, ..
                    } => {
                        end(
                            &mut trace,
                            &visits,
                            element_instance,
                            VisitState::Terminated,
                            step.at,
                        );
                    }
                    Event::BodyChanged {
                        element_instance,
                        body: Body::MultiInstance(_) | Body::Loop { .. },
                    } => {
                        let visit = visits
                            .get(&element_instance)
                            .and_then(|at| trace.elements.get_mut(*at));
                        if let Some(visit) = visit {
                            visit.body = true;
                        }
                    }
                    Event::VariablesSet { scope, variables } => {
                        for name in variables.into_keys() {
                            set.insert((scope, name.to_string()), (step.at, step.actor.clone()));
                        }
                    }
                    _ => {}
                }
            }
        }
        for incident in loaded.state.incidents.values() {
            if let Some(visit) = visits
                .get(&incident.element_instance)
                .and_then(|at| trace.elements.get_mut(*at))
            {
                visit.state = VisitState::Incident;
            }
        }
        let scopes = std::iter::once((instance, None)).chain(
            loaded
                .state
                .elements
                .iter()
                .map(|(key, element)| (*key, Some(loaded.definition.label(&element.element)))),
        );
        for (scope, scope_name) in scopes {
            for (name, value) in loaded.state.variables_of(scope).into_iter().flatten() {
                let origin = set.get(&(scope, name.to_string()));
                trace.variables.push(VariableRow {
                    scope,
                    scope_name: scope_name.map(str::to_owned),
                    name: name.to_string(),
                    value: value.clone(),
                    changed_at: origin.map(|(at, _)| *at),
                    changed_by: origin.map(|(_, actor)| actor.clone()),
                });
            }
        }
        Ok(trace)
    }

    /// What people wrote about an instance, the oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn comments(&self, instance: Key) -> Result<Vec<Comment>, RuntimeError> {
        let rows = instance_comment::Entity::find()
            .filter(instance_comment::Column::Instance.eq(instance.as_i64()))
            .order_by_asc(instance_comment::Column::Key)
            .all(self.conn())
            .await?;
        let comment = |row: instance_comment::Model| {
            let author = serde_json::from_str(&row.author)
                .map_err(|error| RuntimeError::damaged("comment", row.key, error))?;
            Ok(Comment {
                key: Key::from_i64(row.key),
                at: time(row.at),
                author,
                text: row.text,
            })
        };
        rows.into_iter().map(comment).collect()
    }
}

fn end(
    trace: &mut InstanceTrace,
    visits: &BTreeMap<Key, usize>,
    element_instance: Key,
    state: VisitState,
    at: Timestamp,
) {
    if let Some(visit) = visits
        .get(&element_instance)
        .and_then(|at| trace.elements.get_mut(*at))
    {
        (visit.state, visit.ended) = (state, Some(at));
    }
}

/// Reads a step in whatever format it was written.
pub(crate) fn read_step(row: history::Model) -> Result<HistoryStep, RuntimeError> {
    let which = format!("{} of instance {}", row.sequence, row.instance);
    let damaged = |error: serde_json::Error| RuntimeError::damaged("step", &which, error);
    Ok(HistoryStep {
        events: read_events((row.instance, row.sequence), row.format, &row.events)?,
        sequence: row.sequence,
        at: time(row.at),
        actor: serde_json::from_str(&row.actor).map_err(damaged)?,
        command: serde_json::from_str(&row.command).map_err(damaged)?,
        inputs: serde_json::from_str(&row.inputs).map_err(damaged)?,
    })
}

/// Reads the events of a step, which is named by its instance and its number there, in whatever format they were written.
pub(crate) fn read_events(
    (instance, sequence): (i64, i64),
    format: i32,
    events: &str,
) -> Result<Vec<Event>, RuntimeError> {
    let which = format!("{sequence} of instance {instance}");
    match format {
        1 => serde_json::from_str(events)
            .map_err(|error| RuntimeError::damaged("step", &which, error)),
        newer => {
            let why = format!("its format {newer} is newer than this server");
            Err(RuntimeError::damaged("step", &which, why))
        }
    }
}
