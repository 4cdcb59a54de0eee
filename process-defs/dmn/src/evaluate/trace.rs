//! How a result came about: which decisions were made, and which rules matched.

use std::sync::Arc;

use redthread_feel::Value;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Notes;
use crate::logic::{Output, Rule, Table};
use crate::model::HitPolicy;

/// How much to say of an evaluation.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Default)]
pub enum Detail {
    /// The result only.
    #[default]
    Result,
    /// The result, and how it came about.
    Explained,
}

/// How a result came about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// What was evaluated, in the order in which it was finished. Of very many the first thousand.
    pub decisions: Vec<DecisionTrace>,
}

/// One decision, business knowledge model or decision service that was evaluated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DecisionTrace {
    /// Its id.
    pub id: Option<Arc<str>>,
    /// Its name.
    pub name: Arc<str>,
    /// What it is.
    pub kind: TraceKind,
    /// What it was given.
    pub inputs: Vec<NamedJson>,
    /// The tables in it, in the order in which they were looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<TableTrace>,
    /// Its result.
    pub result: Json,
}

/// What was evaluated.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TraceKind {
    /// A decision.
    Decision,
    /// A business knowledge model that was called.
    KnowledgeModel,
    /// A decision service that was called.
    Service,
}

/// A table that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TableTrace {
    /// What to do when several rules match.
    pub hit_policy: HitPolicy,
    /// The values that were tested, by the headings of their columns.
    pub inputs: Vec<NamedJson>,
    /// The rules that matched, in their order.
    pub matched: Vec<RuleTrace>,
}

/// A rule that matched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleTrace {
    /// Its number, from 1.
    pub rule: usize,
    /// Its id.
    pub id: Option<Arc<str>>,
    /// What it gives, by the names of the outputs.
    pub outputs: Vec<NamedJson>,
    /// Its annotations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<NamedText>,
}

/// A value with its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedJson {
    /// Its name.
    pub name: Arc<str>,
    /// The value as plain JSON.
    pub value: Json,
}

/// An annotation with the name of its column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedText {
    /// The name of the column; empty where it has none.
    pub name: Arc<str>,
    /// The text.
    pub text: String,
}

/// So much is explained; more of it helps nobody.
const MOST: usize = 1_000;

/// What is being explained.
#[derive(Debug, Default)]
pub(super) struct Traces {
    open: Vec<DecisionTrace>,
    done: Vec<DecisionTrace>,
    tables: usize,
}

impl Traces {
    pub(super) fn finish(self) -> Explanation {
        Explanation {
            decisions: self.done,
        }
    }
}

impl Notes {
    pub(super) fn begin(
        &self,
        kind: TraceKind,
        id: Option<&Arc<str>>,
        name: &Arc<str>,
        inputs: &[(Arc<str>, Value)],
    ) -> bool {
        self.tracing(|traces| {
            if traces.done.len() + traces.open.len() >= MOST {
                return false;
            }
            traces.open.push(DecisionTrace {
                id: id.cloned(),
                name: name.clone(),
                kind,
                inputs: named(inputs.iter().map(|(name, value)| (name, value))),
                tables: Vec::new(),
                result: Json::Null,
            });
            true
        })
    }

    /// Ends what `begin` has begun, if it has.
    pub(super) fn end(&self, begun: bool, result: &Value) {
        if begun {
            self.tracing(|traces| {
                if let Some(mut trace) = traces.open.pop() {
                    trace.result = result.to_json();
                    traces.done.push(trace);
                }
            });
        }
    }

    /// Notes a table; `matched` holds the numbers of rules and their outputs.
    pub(super) fn table(&self, table: &Table, inputs: &[Value], matched: &[(usize, Vec<Value>)]) {
        self.tracing(|traces| {
            traces.tables += 1;
            if traces.tables > MOST {
                return;
            }
            let rules = matched.iter().filter_map(|(at, outputs)| {
                let rule = table.rules.get(*at)?;
                Some(rule_trace(table, rule, *at, outputs))
            });
            let trace = TableTrace {
                hit_policy: table.policy,
                inputs: named(table.inputs.iter().map(|input| &input.label).zip(inputs)),
                matched: rules.collect(),
            };
            if let Some(open) = traces.open.last_mut() {
                open.tables.push(trace);
            }
        });
    }
}

fn rule_trace(table: &Table, rule: &Rule, at: usize, outputs: &[Value]) -> RuleTrace {
    let name_of = |output: &'static str| -> Arc<str> { output.into() };
    let annotations = rule.annotations.iter().enumerate();
    RuleTrace {
        rule: at + 1,
        id: rule.id.clone(),
        outputs: named(
            table
                .outputs
                .iter()
                .map(|output: &Output| &output.name)
                .zip(outputs),
        ),
        annotations: annotations
            .filter(|(_, text)| !text.is_empty())
            .map(|(column, text)| NamedText {
                name: table
                    .annotations
                    .get(column)
                    .cloned()
                    .unwrap_or_else(|| name_of("")),
                text: text.clone(),
            })
            .collect(),
    }
}

/// Functions are no data: they are left out.
fn named<'v>(values: impl Iterator<Item = (&'v Arc<str>, &'v Value)>) -> Vec<NamedJson> {
    values
        .filter(|(_, value)| !matches!(value, Value::Function(_)))
        .map(|(name, value)| NamedJson {
            name: name.clone(),
            value: value.to_json(),
        })
        .collect()
}
