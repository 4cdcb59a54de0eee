//! Which activity undoes which (10.7.1): a compensation boundary event is connected by an association with an activity
//! that is marked for compensation.

use std::collections::{HashMap, HashSet};

use crate::draft::Draft;
use crate::model::NodeKind;
use crate::node::{BpmnNode, local};

/// What the associations of a process say about compensation boundary events.
#[derive(Default)]
pub(crate) struct Handlers {
    /// For each event that has handlers the first of them.
    pub(crate) of_event: HashMap<usize, usize>,
    /// Events that are connected with more than one activity that undoes.
    pub(crate) ambiguous: HashSet<usize>,
}

impl Handlers {
    /// Reads the associations, in document order. Some tools draw them the other way round: both are taken.
    pub(crate) fn of(draft: &Draft<'_>) -> Handlers {
        let mut handlers = Handlers::default();
        let events = draft.nodes().map(|(index, _)| index);
        let events: HashSet<usize> = events
            .filter(|&index| draft.node(index).kind == NodeKind::BoundaryEvent)
            .filter(|&index| is_compensation(draft, index))
            .collect();
        if events.is_empty() {
            return handlers;
        }
        let find = |id: Option<&str>| draft.by_id.get(local(id?)).copied();
        for artifact in &draft.process.artifacts {
            let ends = (
                find(artifact.source.as_deref()),
                find(artifact.target.as_deref()),
            );
            let (Some(source), Some(target)) = ends else {
                continue;
            };
            for (event, activity) in [(source, target), (target, source)] {
                if events.contains(&event) && is_handler(draft, event, activity) {
                    handlers.add(event, activity);
                }
            }
        }
        handlers
    }

    fn add(&mut self, event: usize, activity: usize) {
        let first = *self.of_event.entry(event).or_insert(activity);
        if first != activity {
            self.ambiguous.insert(event);
        }
    }
}

fn is_handler(draft: &Draft<'_>, event: usize, activity: usize) -> bool {
    draft.node(activity).kind.is_activity()
        && draft.is_compensation_handler(activity)
        && draft.node(event).parent == draft.node(activity).parent
}

/// Whether an event is one of compensation.
pub(crate) fn is_compensation(draft: &Draft<'_>, event: usize) -> bool {
    let definitions = draft.event_definitions(event);
    let mut names = definitions.iter().filter_map(|node| node.bpmn());
    names.any(|name| name == "compensateEventDefinition")
}
