//! Names that expressions use, and requirements that they do not.

use redthread_xml::Code;

use crate::graph::{File, Node};
use crate::info::Used;
use crate::link::Sink;
use crate::model::Model;

pub(super) fn check(model: &Model, file: &File, used: &Used, sink: &mut Sink<'_>) {
    unknown(file, used, sink);
    unused(model, file, used, sink);
}

fn unknown(file: &File, used: &Used, sink: &mut Sink<'_>) {
    for unknown in &used.unknown {
        let node = &file.nodes[unknown.node];
        let visible = unknown.visible.iter().map(|name| &**name);
        let functions = redthread_feel::builtin_groups()
            .filter(|_| unknown.is_called)
            .flat_map(|(_, table)| table)
            .map(|builtin| builtin.name);
        let closest = redthread_feel::closest(&unknown.name, visible.chain(functions));
        // Camunda's models use the caller's variables without declaring them: nothing to say of those.
        let declares_inputs = node
            .requires()
            .iter()
            .any(|binding| matches!(file.nodes.get(binding.target.node), Some(Node::Input(_))));
        let is_decision = matches!(node, Node::Decision(_));
        let is_meant = is_decision && !declares_inputs || unknown.may_be_entry;
        if is_meant && !unknown.is_called && closest.is_none() {
            continue;
        }
        let hint = match closest {
            Some(name) => format!("Did you mean “{name}”?"),
            None => "Draw a requirement to what it means, or mend the name.".to_owned(),
        };
        sink.warning(
            0,
            unknown.at,
            Code::UnknownName,
            match unknown.is_called {
                true => format!("There is no function “{}”.", unknown.name),
                false => format!(
                    "“{}” does not require anything called “{}”.",
                    node.name(),
                    unknown.name
                ),
            },
            hint,
        );
    }
}

fn unused(model: &Model, file: &File, used: &Used, sink: &mut Sink<'_>) {
    for (at, decision) in model.decisions.iter().enumerate() {
        if decision.logic.is_none() {
            continue;
        }
        // Nodes stand in the order of the model: input data, then decisions.
        let at = model.inputs.len() + at;
        for binding in file.nodes[at].requires() {
            let is_used = binding.path.first().is_some_and(|name| used.uses(at, name))
                || binding
                    .alias
                    .as_ref()
                    .is_some_and(|name| used.uses(at, name));
            if !is_used {
                sink.warning(
                    0,
                    decision.xml,
                    Code::UnusedRequirement,
                    format!(
                        "“{}” requires “{}”, but does not use it.",
                        decision.name,
                        binding.path.join(".")
                    ),
                    "Take the requirement away, or use it.",
                );
            }
        }
    }
}
