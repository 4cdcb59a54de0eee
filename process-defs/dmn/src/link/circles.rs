//! Nothing may need its own result (DMN 1.5, 6.2.2). Business knowledge models may call themselves and each other:
//! that is recursion, and limits end it.

use std::collections::HashMap;
use std::sync::Arc;

use redthread_xml::Code;

use super::Sink;
use super::files::Files;
use crate::graph::{File, Node};

/// Nodes are numbered over all files.
type Number = usize;

/// Finds what needs its own result: it is told of, and never decided.
pub(super) fn break_all(files: &Files<'_>, linked: &mut [File], sink: &mut Sink<'_>) {
    let mut places = Vec::new();
    let mut first = Vec::new();
    for (file, content) in linked.iter().enumerate() {
        first.push(places.len());
        places.extend((0..content.nodes.len()).map(|node| (file, node)));
    }
    let edges: Vec<Vec<Number>> = places
        .iter()
        .map(|(file, node)| needs(&linked[*file].nodes[*node], &first))
        .collect();
    for circle in circles(&edges) {
        let decides = circle.iter().any(|number| {
            let (file, node) = places[*number];
            matches!(
                linked[file].nodes[node],
                Node::Decision(_) | Node::Service(_)
            )
        });
        if !decides {
            continue;
        }
        let names: Vec<Arc<str>> = circle
            .iter()
            .chain(circle.first())
            .map(|number| {
                let (file, node) = places[*number];
                linked[file].nodes[node].name().clone()
            })
            .collect();
        let message = match names.as_slice() {
            [name, _] => format!("“{name}” requires itself."),
            _ => format!(
                "Each requires the next, in a circle: {}.",
                names.join(" → ")
            ),
        };
        for number in &circle {
            let (file, node) = places[*number];
            if let Some(at) = drawn(files, file, node) {
                sink.error(
                    file,
                    at,
                    Code::CircularRequirement,
                    message.clone(),
                    "Take one of these requirements away.",
                );
            }
            match &mut linked[file].nodes[node] {
                Node::Decision(decision) => decision.circular = true,
                Node::Service(service) => service.circular = true,
                Node::Input(_) | Node::Knowledge(_) => {}
            }
        }
    }
}

fn drawn(files: &Files<'_>, file: usize, node: usize) -> Option<redthread_xml::NodeIx> {
    let model = files.models[file];
    let mut at = node.checked_sub(model.inputs.len())?;
    if let Some(decision) = model.decisions.get(at) {
        return Some(decision.xml);
    }
    at -= model.decisions.len();
    if let Some(knowledge) = model.knowledge.get(at) {
        return Some(knowledge.xml);
    }
    model
        .services
        .get(at - model.knowledge.len())
        .map(|service| service.xml)
}

fn needs(node: &Node, first: &[usize]) -> Vec<Number> {
    let number = |target: &crate::graph::Target| first[target.way.file] + target.node;
    match node {
        Node::Input(_) => Vec::new(),
        Node::Service(service) => {
            let outputs = service.outputs.iter();
            outputs.map(|(_, target)| number(target)).collect()
        }
        _ => node
            .requires()
            .iter()
            .map(|binding| number(&binding.target))
            .collect(),
    }
}

/// The strongly connected parts that are circles, each as a path (Tarjan's algorithm without recursion).
fn circles(edges: &[Vec<Number>]) -> Vec<Vec<Number>> {
    const NONE: usize = usize::MAX;
    let mut index = vec![NONE; edges.len()];
    let mut low = vec![0; edges.len()];
    let mut open = vec![false; edges.len()];
    let (mut stack, mut found, mut next) = (Vec::new(), Vec::new(), 0);
    for root in 0..edges.len() {
        if index[root] != NONE {
            continue;
        }
        let mut walk = vec![(root, 0)];
        while let Some((at, edge)) = walk.pop() {
            if edge == 0 {
                index[at] = next;
                low[at] = next;
                next += 1;
                stack.push(at);
                open[at] = true;
            }
            if let Some(&to) = edges[at].get(edge) {
                walk.push((at, edge + 1));
                if index[to] == NONE {
                    walk.push((to, 0));
                } else if open[to] {
                    low[at] = low[at].min(index[to]);
                }
                continue;
            }
            if let Some((parent, _)) = walk.last() {
                low[*parent] = low[*parent].min(low[at]);
            }
            if low[at] == index[at] {
                let mut part = Vec::new();
                while let Some(member) = stack.pop() {
                    open[member] = false;
                    part.push(member);
                    if member == at {
                        break;
                    }
                }
                if part.len() > 1 || edges[at].contains(&at) {
                    part.reverse();
                    found.push(path(&part, edges));
                }
            }
        }
    }
    found
}

/// The members of a circle in an order in which each needs the next; those aside of it after them.
fn path(part: &[Number], edges: &[Vec<Number>]) -> Vec<Number> {
    let inside: HashMap<Number, usize> = part.iter().enumerate().map(|(at, n)| (*n, at)).collect();
    let (mut order, mut seen) = (vec![part[0]], vec![false; part.len()]);
    seen[0] = true;
    let mut at = part[0];
    while let Some(to) = edges[at]
        .iter()
        .find(|to| inside.get(to).is_some_and(|place| !seen[*place]))
    {
        seen[inside[to]] = true;
        order.push(*to);
        at = *to;
    }
    order.extend(
        part.iter()
            .zip(&seen)
            .filter(|(_, seen)| !**seen)
            .map(|(n, _)| *n),
    );
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_as_paths_and_trees_are_none() {
        // 0 -> 1 -> 2 -> 0, 3 -> 0, 4 -> 4, 5
        let edges = vec![vec![1], vec![2], vec![0], vec![0], vec![4], vec![]];
        let mut found = circles(&edges);
        found.sort();
        assert_eq!(found, [vec![0, 1, 2], vec![4]]);
        let tree = vec![vec![1, 2], vec![2], vec![]];
        assert!(circles(&tree).is_empty());
    }

    #[test]
    fn a_chain_of_many_is_walked_without_recursion() {
        let edges: Vec<Vec<usize>> = (0..200_000usize).map(|n| vec![(n + 1) % 200_000]).collect();
        assert_eq!(circles(&edges)[0].len(), 200_000);
    }
}
