//! Input and output sets: each data input and output stands in one, and sets that go together name
//! each other (10.4.2, tables 10.58 and 10.59).

use std::collections::{HashMap, HashSet};

use super::walk::{local, within};
use crate::model::Model;
use crate::node::BpmnNode;
use redthread_xml::{Code, NodeIx, NodeRef, Problems};

/// The words of one side: inputs or outputs.
struct Side {
    data: &'static str,
    set: &'static str,
    refs: &'static str,
    /// References that must be among `refs` of the same set.
    narrower: [&'static str; 2],
}

const INPUT: Side = Side {
    data: "dataInput",
    set: "inputSet",
    refs: "dataInputRefs",
    narrower: ["optionalInputRefs", "whileExecutingInputRefs"],
};

const OUTPUT: Side = Side {
    data: "dataOutput",
    set: "outputSet",
    refs: "dataOutputRefs",
    narrower: ["optionalOutputRefs", "whileExecutingOutputRefs"],
};

/// Looks at every element below `root` that declares data.
pub(super) fn check(model: &Model, root: NodeRef<'_>, problems: &mut Problems) {
    for node in within(root) {
        let is_event = node.bpmn().is_some_and(|name| name.ends_with("Event"));
        if node.bpmn() == Some("ioSpecification") || is_event {
            side(model, node, &INPUT, problems);
            side(model, node, &OUTPUT, problems);
        }
        if node.bpmn() == Some("ioSpecification") {
            partners(node, problems);
        }
    }
}

fn refs(set: NodeRef<'_>, name: &'static str) -> Vec<String> {
    let refs = set.bpmn_children(name);
    refs.map(|child| local(&child.text()).to_owned())
        .filter(|id| !id.is_empty())
        .collect()
}

fn side(model: &Model, declares: NodeRef<'_>, side: &Side, problems: &mut Problems) {
    let declared: HashSet<&str> = declares
        .bpmn_children(side.data)
        .filter_map(NodeRef::id)
        .collect();
    let mut listed: HashSet<String> = HashSet::new();
    let mut has_sets = false;
    for set in declares.bpmn_children(side.set) {
        has_sets = true;
        let own: HashSet<String> = refs(set, side.refs).into_iter().collect();
        for id in own.iter().filter(|id| !declared.contains(id.as_str())) {
            stranger(model, set, side, id, problems);
        }
        for name in side.narrower {
            for id in refs(set, name).iter().filter(|id| !own.contains(*id)) {
                problems.rule(
                    set,
                    Code::UnlistedData,
                    format!(
                        "“{id}” is among {name}, but not among {} of the same set.",
                        side.refs
                    ),
                    format!("Name it in {} too.", side.refs),
                );
            }
        }
        listed.extend(own);
    }
    if !has_sets {
        return; // Many tools leave the sets out altogether.
    }
    for data in declares.bpmn_children(side.data) {
        if data.id().is_some_and(|id| !listed.contains(id)) {
            problems.rule(
                data,
                Code::UnlistedData,
                format!(
                    "The {} “{}” is in no {}.",
                    side.data,
                    data.id().unwrap_or_default(),
                    side.set
                ),
                format!("Name it in an {} ({}).", side.set, side.refs),
            );
        }
    }
}

fn stranger(model: &Model, set: NodeRef<'_>, side: &Side, id: &str, problems: &mut Problems) {
    let found = model.find(id).and_then(BpmnNode::bpmn);
    let what = match found {
        Some(found) => format!("a {found} of somewhere else"),
        None => "not there".to_owned(),
    };
    problems.rule(
        set,
        Code::UnknownReference,
        format!("The {} lists “{id}”, which is {what}.", side.set),
        format!("Name a {} that is declared beside the set.", side.data),
    );
}

/// An input set that names an output set is named by it, and the other way round.
fn partners(specification: NodeRef<'_>, problems: &mut Problems) {
    let sides = [
        ("inputSet", "outputSetRefs", "outputSet"),
        ("outputSet", "inputSetRefs", "inputSet"),
    ];
    let mut by_id: HashMap<&str, NodeRef<'_>> = HashMap::new();
    let mut pairs: HashSet<(NodeIx, NodeIx)> = HashSet::new();
    for set in specification.children() {
        if let Some(id) = set.id() {
            by_id.insert(id, set);
        }
    }
    for (own, refs_name, _) in sides {
        for set in specification.bpmn_children(own) {
            for id in refs(set, refs_name) {
                if let Some(other) = by_id.get(id.as_str()) {
                    pairs.insert((set.ix(), other.ix()));
                }
            }
        }
    }
    for (own, refs_name, other_name) in sides {
        for set in specification.bpmn_children(own) {
            for id in refs(set, refs_name) {
                let other = by_id.get(id.as_str()).copied();
                let other = other.filter(|other| other.bpmn() == Some(other_name));
                if other.is_none_or(|other| !pairs.contains(&(other.ix(), set.ix()))) {
                    problems.rule(
                        set,
                        Code::OneSidedSets,
                        format!("The {own} names the {other_name} “{id}”, which does not name it."),
                        "Let both name each other, or neither.",
                    );
                }
            }
        }
    }
}
