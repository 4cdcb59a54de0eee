//! What analysts should know of a file that runs all the same.

mod file;
mod names;
mod table;

use crate::graph::{File, Node};
use crate::info::Used;
use crate::link::Sink;
use crate::model::Model;
use crate::types::{Shape, TypeIx, Types};

/// Checks the file that is linked.
pub(crate) fn run(model: &Model, file: &File, types: &Types, used: &Used, sink: &mut Sink<'_>) {
    file::check(model, sink);
    names::check(model, file, used, sink);
    for node in &file.nodes {
        match node {
            Node::Decision(decision) => {
                let kind_of = |text: &str| kind_of(text, node, file, types);
                if let Some(logic) = &decision.logic {
                    table::check(&decision.name, logic, types, &kind_of, sink);
                }
            }
            Node::Knowledge(knowledge) => {
                if let Some(function) = &knowledge.function {
                    let kind_of = |text: &str| {
                        let parameter = function.parameters.iter().find(|p| *p.name == *text)?;
                        parameter.kind
                    };
                    table::check(&knowledge.name, &function.body, types, &kind_of, sink);
                }
            }
            Node::Input(_) | Node::Service(_) => {}
        }
    }
}

/// The type of what an expression names: something required, or a component of it.
fn kind_of(text: &str, node: &Node, file: &File, types: &Types) -> Option<TypeIx> {
    let kind = |name: &str| {
        let binding = node
            .requires()
            .iter()
            .find(|b| matches!(b.path.as_slice(), [own] if **own == *name))?;
        match file.nodes.get(binding.target.node)? {
            Node::Input(input) => input.kind,
            Node::Decision(decision) => decision.kind,
            Node::Knowledge(_) | Node::Service(_) => None,
        }
    };
    if let Some(found) = kind(text) {
        return Some(found);
    }
    let (first, rest) = text.split_once('.')?;
    let mut at = kind(first.trim())?;
    for name in rest.split('.') {
        // Types are not like themselves, so this ends.
        while let Shape::Like(other) = types.at(at).shape {
            at = other;
        }
        let Shape::Components(components) = &types.at(at).shape else {
            return None;
        };
        at = components
            .iter()
            .find(|(known, _)| **known == *name.trim())?
            .1;
    }
    Some(at)
}
