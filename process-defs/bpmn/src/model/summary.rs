//! What a file holds, in numbers: the last line of `check`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Model;
use crate::graph::Id;

/// One process in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProcessSummary {
    /// The process's `id`.
    pub id: Option<Id>,
    /// Its `isExecutable`.
    pub executable: bool,
    /// How many flow nodes it has, sub-processes' content included.
    pub flow_nodes: usize,
    /// How many elements of each kind: flow nodes, sequence flows, lanes, data, artifacts.
    pub elements: BTreeMap<String, usize>,
}

/// Every process of a file in numbers, in document order.
pub fn summary(model: &Model) -> Vec<ProcessSummary> {
    model
        .processes
        .iter()
        .map(|process| {
            let mut elements = BTreeMap::new();
            let mut count = |kind: &str| *elements.entry(kind.to_owned()).or_insert(0) += 1;
            process
                .flow_nodes
                .iter()
                .for_each(|node| count(node.kind.as_str()));
            process.flows.iter().for_each(|_| count("sequenceFlow"));
            process.lanes.iter().for_each(|_| count("lane"));
            process.data.iter().for_each(|data| count(&data.kind));
            process
                .artifacts
                .iter()
                .for_each(|artifact| count(&artifact.kind));
            ProcessSummary {
                id: process.id.clone(),
                executable: process.executable,
                flow_nodes: process.flow_nodes.len(),
                elements,
            }
        })
        .collect()
}
