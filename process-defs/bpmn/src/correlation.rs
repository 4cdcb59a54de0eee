//! How messages find their instance in BPMN's own way (8.4.2): a correlation key is made of properties, and each property
//! says where it is in a message (`correlationPropertyRetrievalExpression`). A process says by a subscription where it has
//! them itself (`correlationPropertyBinding`).

use std::collections::{HashMap, HashSet};

use crate::model::Model;
use crate::node::BpmnNode;
use redthread_xml::{NodeIx, NodeRef};

/// The correlation keys of a file.
#[derive(Debug, Default)]
pub(crate) struct Correlations {
    /// The properties of each key, in document order.
    keys: Vec<(NodeIx, Vec<NodeIx>)>,
    /// The keys that a message carries, by the message.
    of_message: HashMap<NodeIx, Vec<usize>>,
    /// Where a property is in a message.
    paths: HashMap<(NodeIx, NodeIx), NodeIx>,
}

impl Correlations {
    /// Reads them once for all processes of the file.
    pub(crate) fn of(model: &Model) -> Correlations {
        let mut found = Correlations::default();
        let root = model.tree().root();
        let mut messages: HashMap<NodeIx, Vec<NodeIx>> = HashMap::new();
        for property in root.bpmn_children("correlationProperty") {
            for retrieval in property.bpmn_children("correlationPropertyRetrievalExpression") {
                let message = retrieval.filled("messageRef");
                let message = message.and_then(|message| model.find_named(message, "message"));
                let path = retrieval.bpmn_child("messagePath").filter(is_filled);
                if let (Some(message), Some(path)) = (message, path) {
                    let pair = (property.ix(), message.ix());
                    if found.paths.insert(pair, path.ix()).is_none() {
                        messages.entry(pair.0).or_default().push(pair.1);
                    }
                }
            }
        }
        let collaborations = root.children();
        for key in collaborations.flat_map(|around| around.bpmn_children("correlationKey")) {
            let properties: Vec<NodeIx> = key
                .bpmn_children("correlationPropertyRef")
                .filter_map(|property| model.find_named(&property.text(), "correlationProperty"))
                .map(NodeRef::ix)
                .collect();
            let Some(first) = properties.first() else {
                continue;
            };
            let index = found.keys.len();
            for &message in messages.get(first).into_iter().flatten() {
                let mut others = properties.iter();
                if others.all(|&property| found.paths.contains_key(&(property, message))) {
                    found.of_message.entry(message).or_default().push(index);
                }
            }
            found.keys.push((key.ix(), properties));
        }
        found
    }
}

/// What a process says of the keys that it subscribes to.
#[derive(Default)]
pub(crate) struct Subscriptions {
    keys: HashSet<NodeIx>,
    /// Where the process has a property.
    bindings: HashMap<NodeIx, NodeIx>,
}

impl Subscriptions {
    pub(crate) fn of(model: &Model, process: NodeRef<'_>) -> Subscriptions {
        let mut found = Subscriptions::default();
        for subscription in process.bpmn_children("correlationSubscription") {
            let key = subscription.filled("correlationKeyRef");
            let key = key.and_then(|key| model.find_named(key, "correlationKey"));
            found.keys.extend(key.map(NodeRef::ix));
            for binding in subscription.bpmn_children("correlationPropertyBinding") {
                let property = binding.filled("correlationPropertyRef");
                let property =
                    property.and_then(|name| model.find_named(name, "correlationProperty"));
                let path = binding.bpmn_child("dataPath").filter(is_filled);
                if let (Some(property), Some(path)) = (property, path) {
                    found.bindings.entry(property.ix()).or_insert(path.ix());
                }
            }
        }
        found
    }
}

fn is_filled(path: &NodeRef<'_>) -> bool {
    !path.text().trim().is_empty()
}

/// Which side of a message asks for its key.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum Side {
    /// The message itself, as it is sent, or as it begins an instance.
    Message,
    /// An instance that waits.
    Instance,
}

/// The expressions that make the key of a message: one for each property. Of several keys, one that the process subscribes
/// to comes first. A property that the process binds to nothing is looked for under the name that it has in the message:
/// the message that began the instance has set it.
pub(crate) fn key<'m>(
    model: &'m Model,
    subscriptions: &Subscriptions,
    message: NodeRef<'_>,
    side: Side,
) -> Option<Vec<NodeRef<'m>>> {
    let correlations = model.correlations();
    let candidates = correlations.of_message.get(&message.ix())?;
    let is_subscribed = |&&key: &&usize| subscriptions.keys.contains(&correlations.keys[key].0);
    let key = candidates
        .iter()
        .find(is_subscribed)
        .or(candidates.first())?;
    let path = |property: &NodeIx| {
        let bound = subscriptions.bindings.get(property);
        let in_message = correlations.paths.get(&(*property, message.ix()));
        let path = match side {
            Side::Instance => bound.or(in_message),
            Side::Message => in_message,
        };
        path.map(|path| model.at(*path))
    };
    correlations.keys[*key].1.iter().map(path).collect()
}
