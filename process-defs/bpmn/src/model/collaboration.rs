//! Pools and the messages between them (BPMN 2.0 section 9).

use std::sync::Arc;

use crate::graph::Id;
use crate::node::BpmnNode;
use redthread_xml::NodeRef;

/// A collaboration, a choreography's participants, or a conversation.
#[derive(Debug)]
pub struct Collaboration {
    /// Its `id`.
    pub id: Option<Id>,
    /// Its `name`.
    pub name: Option<Arc<str>>,
    /// Its pools.
    pub participants: Vec<Participant>,
    /// The messages between them.
    pub message_flows: Vec<MessageFlow>,
}

/// A pool.
#[derive(Debug)]
pub struct Participant {
    /// Its `id`.
    pub id: Option<Id>,
    /// Its `name`.
    pub name: Option<Arc<str>>,
    /// The id of its process; none for a black box.
    pub process: Option<Id>,
}

/// A message flow.
#[derive(Debug)]
pub struct MessageFlow {
    /// Its `id`.
    pub id: Option<Id>,
    /// Its `name`.
    pub name: Option<Arc<str>>,
    /// The id of the pool or flow node that sends.
    pub source: Option<Id>,
    /// The id of the pool or flow node that receives.
    pub target: Option<Id>,
    /// The id of the message.
    pub message: Option<Id>,
}

/// Reads a collaboration; `None` for any other element.
pub(super) fn read(node: NodeRef<'_>) -> Option<Collaboration> {
    if !matches!(
        node.bpmn(),
        Some("collaboration" | "choreography" | "globalConversation")
    ) {
        return None;
    }
    Some(Collaboration {
        id: node.id().map(Arc::from),
        name: node.attribute("name").map(Arc::from),
        participants: node.bpmn_children("participant").map(participant).collect(),
        message_flows: node
            .bpmn_children("messageFlow")
            .map(message_flow)
            .collect(),
    })
}

fn participant(node: NodeRef<'_>) -> Participant {
    Participant {
        id: node.id().map(Arc::from),
        name: node.attribute("name").map(Arc::from),
        process: node
            .filled("processRef")
            .map(|process| local(process).into()),
    }
}

fn message_flow(node: NodeRef<'_>) -> MessageFlow {
    let reference = |name| node.filled(name).map(|reference| local(reference).into());
    MessageFlow {
        id: node.id().map(Arc::from),
        name: node.attribute("name").map(Arc::from),
        source: reference("sourceRef"),
        target: reference("targetRef"),
        message: reference("messageRef"),
    }
}

/// A qualified name without its prefix.
fn local(reference: &str) -> &str {
    reference
        .trim()
        .rsplit_once(':')
        .map_or(reference.trim(), |(_, local)| local)
}
