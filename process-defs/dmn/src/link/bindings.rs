//! Nodes of the requirement graph, and what each requires (DMN 1.5, 6.3).

use std::collections::HashSet;
use std::sync::Arc;

use redthread_xml::{Code, NodeIx};

use super::files::{Files, Way};
use super::types::TypeTable;
use super::{Sink, index};
use crate::graph::{
    Binding, DecisionNode, File, InputNode, KnowledgeNode, Node, ServiceNode, Target,
};
use crate::logic::{Parameter, Place};
use crate::model::{Reference, Requirement, Requires, Variable};
use crate::types::{TypeIx, Types};

/// The nodes of a file, without requirements and logic.
pub(super) fn nodes(
    files: &Files<'_>,
    file: usize,
    types: &mut TypeTable,
    sink: &mut Sink<'_>,
) -> File {
    let model = files.models[file];
    let mut kind = |variable: &Variable, at: NodeIx| {
        let text = variable.type_ref.as_ref()?;
        types.resolve(files, file, text, at, sink)
    };
    let place = |id: &Option<Arc<str>>| Place {
        element: id.clone(),
        words: "".into(),
    };
    let mut nodes = Vec::new();
    for input in &model.inputs {
        nodes.push(Node::Input(InputNode {
            id: input.id.clone(),
            name: input.variable.name.clone(),
            kind: kind(&input.variable, input.xml),
        }));
    }
    for decision in &model.decisions {
        nodes.push(Node::Decision(DecisionNode {
            id: decision.id.clone(),
            name: decision.name.clone(),
            variable: decision.variable.name.clone(),
            kind: kind(&decision.variable, decision.xml),
            requires: Vec::new(),
            logic: None,
            circular: false,
            place: place(&decision.id),
        }));
    }
    for knowledge in &model.knowledge {
        nodes.push(Node::Knowledge(KnowledgeNode {
            id: knowledge.id.clone(),
            name: knowledge.name.clone(),
            variable: knowledge.variable.name.clone(),
            requires: Vec::new(),
            function: None,
            result: kind(&knowledge.variable, knowledge.xml),
            place: place(&knowledge.id),
        }));
    }
    for service in &model.services {
        nodes.push(Node::Service(ServiceNode {
            id: service.id.clone(),
            name: service.name.clone(),
            variable: service.variable.name.clone(),
            parameters: Vec::new(),
            signature: Vec::new(),
            outputs: Vec::new(),
            result: kind(&service.variable, service.xml),
            circular: false,
            place: place(&service.id),
        }));
    }
    // The variable of what is called may have the type of the function or, as older files have it, of its result.
    let result = |of: Option<TypeIx>| {
        let ix = of?;
        types.types.result_of(ix).unwrap_or(Some(ix))
    };
    for node in &mut nodes {
        match node {
            Node::Knowledge(knowledge) => knowledge.result = result(knowledge.result),
            Node::Service(service) => service.result = result(service.result),
            Node::Input(_) | Node::Decision(_) => {}
        }
    }
    let by_id = index(nodes.iter().map(Node::id));
    File { nodes, by_id }
}

/// Resolves what everything requires.
pub(super) fn bind(files: &Files<'_>, types: &Types, linked: &mut [File], sink: &mut Sink<'_>) {
    for file in 0..linked.len() {
        let model = files.models[file];
        let mut at = model.inputs.len();
        for decision in &model.decisions {
            let requires = bindings(files, file, linked, &decision.requires, sink);
            if let Node::Decision(node) = &mut linked[file].nodes[at] {
                node.requires = requires;
            }
            at += 1;
        }
        for knowledge in &model.knowledge {
            let requires = bindings(files, file, linked, &knowledge.requires, sink);
            if let Node::Knowledge(node) = &mut linked[file].nodes[at] {
                node.requires = requires;
            }
            at += 1;
        }
        for service in &model.services {
            let mut parameters = Vec::new();
            let given = [
                (&service.input_data, Requires::Input),
                (&service.input_decisions, Requires::Decision),
            ];
            for (references, kind) in given {
                for reference in references {
                    if let Some(target) = target(files, file, linked, reference, kind, sink) {
                        parameters.push((parameter(linked, &target), target));
                    }
                }
            }
            let mut outputs = Vec::new();
            for reference in &service.outputs {
                if let Some(target) =
                    target(files, file, linked, reference, Requires::Decision, sink)
                {
                    let node = &linked[target.way.file].nodes[target.node];
                    outputs.push((node.variable().clone(), target));
                }
            }
            for reference in &service.encapsulated {
                target(files, file, linked, reference, Requires::Decision, sink);
            }
            if outputs.is_empty() {
                sink.error(
                    file,
                    service.xml,
                    Code::MissingLogic,
                    format!(
                        "The decision service “{}” has no output decision.",
                        service.name
                    ),
                    "Draw a decision into its upper part.",
                );
            }
            if let Node::Service(node) = &mut linked[file].nodes[at] {
                node.signature = parameters
                    .iter()
                    .map(|(parameter, _)| parameter.for_feel(types))
                    .collect();
                node.parameters = parameters;
                node.outputs = outputs;
            }
            at += 1;
        }
    }
}

fn parameter(linked: &[File], target: &Target) -> Parameter {
    let node = &linked[target.way.file].nodes[target.node];
    Parameter {
        name: node.variable().clone(),
        kind: match node {
            Node::Input(input) => input.kind,
            Node::Decision(decision) => decision.kind,
            Node::Knowledge(_) | Node::Service(_) => None,
        },
    }
}

fn bindings(
    files: &Files<'_>,
    file: usize,
    linked: &[File],
    requires: &[Requirement],
    sink: &mut Sink<'_>,
) -> Vec<Binding> {
    let mut seen = HashSet::new();
    let mut bindings = Vec::new();
    for requirement in requires {
        let Some(target) = target(
            files,
            file,
            linked,
            &requirement.target,
            requirement.kind,
            sink,
        ) else {
            continue;
        };
        if !seen.insert((target.way.file, target.node)) {
            continue;
        }
        let mut path = files.prefixes(file, &target.way);
        let node = &linked[target.way.file].nodes[target.node];
        path.push(node.variable().clone());
        let model = files.models[target.way.file];
        let alias = match node {
            Node::Decision(decision) if path.len() == 1 => {
                let has_variable = model
                    .decisions
                    .get(target.node - model.inputs.len())
                    .is_none_or(|drawn| drawn.has_variable);
                decision
                    .id
                    .clone()
                    .filter(|id| !has_variable && *id != decision.variable)
            }
            _ => None,
        };
        bindings.push(Binding {
            target,
            path,
            alias,
        });
    }
    bindings
}

/// What a reference points at; a problem of the file when it is nothing, or something of another kind.
fn target(
    files: &Files<'_>,
    file: usize,
    linked: &[File],
    reference: &Reference,
    wanted: Requires,
    sink: &mut Sink<'_>,
) -> Option<Target> {
    let what = match wanted {
        Requires::Input => "input data",
        Requires::Decision => "decision",
        Requires::Knowledge => "business knowledge model or decision service",
    };
    let is_here = |way: &Way| linked[way.file].by_id.contains_key(&reference.id);
    let mut way = files.way(file, reference);
    if reference.namespace.is_none() && !way.as_ref().is_some_and(is_here) {
        let unnamed = files.unnamed(file).into_iter().find(is_here);
        way = unnamed.or(way);
    }
    let Some(way) = way else {
        let namespace = reference.namespace.as_deref().unwrap_or_default();
        if !files.is_missing(file, namespace) {
            sink.error(
                file,
                reference.xml,
                Code::UnknownReference,
                format!("The file with the namespace “{namespace}” is not imported."),
                "Import it, or draw the requirement to something of this file.",
            );
        }
        return None;
    };
    let Some(node) = linked[way.file].by_id.get(&reference.id).copied() else {
        if reference.namespace.is_none() && files.lacks_import_for(file, "") {
            return None;
        }
        sink.error(
            file,
            reference.xml,
            Code::UnknownReference,
            format!("There is no {what} with the id “{}”.", reference.id),
            "Draw the requirement again, from what is really there.",
        );
        return None;
    };
    let fits = match &linked[way.file].nodes[node] {
        Node::Input(_) => wanted == Requires::Input,
        Node::Decision(_) => wanted == Requires::Decision,
        Node::Knowledge(_) | Node::Service(_) => wanted == Requires::Knowledge,
    };
    if !fits {
        sink.error(
            file,
            reference.xml,
            Code::UnknownReference,
            format!("“{}” is not a {what}.", linked[way.file].nodes[node].name()),
            "Draw the requirement again, from what is really meant.",
        );
        return None;
    }
    Some(Target { way, node })
}
