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
        let closest = closest(&unknown.name, unknown.visible.iter().map(|name| &**name));
        // Camunda's models use the caller's variables without declaring them: nothing to say of those.
        let declares_inputs = node
            .requires()
            .iter()
            .any(|binding| matches!(file.nodes.get(binding.target.node), Some(Node::Input(_))));
        let is_decision = matches!(node, Node::Decision(_));
        let is_meant = is_decision && !declares_inputs || unknown.may_be_entry;
        if is_meant && closest.is_none() {
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
            format!(
                "“{}” does not require anything called “{}”.",
                node.name(),
                unknown.name
            ),
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

/// The name that somebody may have meant: at most a third of its letters differ.
pub(crate) fn closest<'n>(
    name: &str,
    candidates: impl Iterator<Item = &'n str>,
) -> Option<&'n str> {
    let wanted: Vec<char> = name.to_lowercase().chars().take(64).collect();
    candidates
        .filter(|candidate| *candidate != name)
        .map(|candidate| {
            let letters: Vec<char> = candidate.to_lowercase().chars().take(64).collect();
            (distance(&wanted, &letters), candidate)
        })
        .filter(|(distance, _)| *distance <= (wanted.len() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, taken out or changed (Levenshtein).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let changed = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_name_is_the_one_that_somebody_meant() {
        let names = ["amount", "status", "customer"];
        assert_eq!(closest("amout", names.into_iter()), Some("amount"));
        assert_eq!(closest("Status", names.into_iter()), Some("status"));
        assert_eq!(closest("colour", names.into_iter()), None);
    }
}
