//! How a result came about: which decisions were made, and which rules matched.

use std::sync::Arc;

use redthread_feel::Value;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Notes;
use crate::logic::{Rule, Table};
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
    /// What was evaluated, in the order in which it was finished. Of very many the first thousand; very large values
    /// are told of in words.
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

/// So many parts a value may have to be shown, and all values together.
const PARTS: usize = 2_000;
const ALL_PARTS: usize = 100_000;

/// What is being explained.
#[derive(Debug, Default)]
pub(super) struct Traces {
    open: Vec<DecisionTrace>,
    done: Vec<DecisionTrace>,
    tables: usize,
    /// How many parts of values have been shown.
    parts: usize,
}

impl Traces {
    /// A value as plain JSON; one that is too large as words.
    fn json(&mut self, value: &Value) -> Json {
        let most = PARTS.min(ALL_PARTS.saturating_sub(self.parts));
        let mut left = most;
        if count(value, &mut left) {
            self.parts += most - left;
            return value.to_json();
        }
        self.parts += 1;
        match value {
            Value::List(items) => format!("a list of {} items, too large to show", items.len()),
            Value::Context(entries) => {
                format!("a context of {} entries, too large to show", entries.len())
            }
            _ => format!("a {}, too large to show", value.type_name()),
        }
        .into()
    }

    /// Functions are no data: they are left out.
    fn named<'v>(
        &mut self,
        values: impl Iterator<Item = (&'v Arc<str>, &'v Value)>,
    ) -> Vec<NamedJson> {
        values
            .filter(|(_, value)| !matches!(value, Value::Function(_)))
            .map(|(name, value)| NamedJson {
                name: name.clone(),
                value: self.json(value),
            })
            .collect()
    }

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
            let inputs = traces.named(inputs.iter().map(|(name, value)| (name, value)));
            traces.open.push(DecisionTrace {
                id: id.cloned(),
                name: name.clone(),
                kind,
                inputs,
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
                    trace.result = traces.json(result);
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
            let inputs = traces.named(table.inputs.iter().map(|input| &input.label).zip(inputs));
            let rules = matched.iter().take(MOST).filter_map(|(at, outputs)| {
                let rule = table.rules.get(*at)?;
                Some(traces.rule(table, rule, *at, outputs))
            });
            let trace = TableTrace {
                hit_policy: table.policy,
                inputs,
                matched: rules.collect(),
            };
            if let Some(open) = traces.open.last_mut() {
                open.tables.push(trace);
            }
        });
    }
}

impl Traces {
    fn rule(&mut self, table: &Table, rule: &Rule, at: usize, outputs: &[Value]) -> RuleTrace {
        let annotations = rule.annotations.iter().enumerate();
        RuleTrace {
            rule: at + 1,
            id: rule.id.clone(),
            outputs: self.named(table.outputs.iter().map(|output| &output.name).zip(outputs)),
            annotations: annotations
                .filter(|(_, text)| !text.is_empty())
                .map(|(column, text)| NamedText {
                    name: table
                        .annotations
                        .get(column)
                        .cloned()
                        .unwrap_or_else(|| "".into()),
                    text: text.clone(),
                })
                .collect(),
        }
    }
}

/// Whether a value has at most so many parts; a text counts by its length.
fn count(value: &Value, left: &mut usize) -> bool {
    let own = match value {
        Value::String(text) => 1 + text.len() / 32,
        _ => 1,
    };
    match left.checked_sub(own) {
        Some(rest) => *left = rest,
        None => return false,
    }
    match value {
        Value::List(items) => items.iter().all(|item| count(item, left)),
        Value::Context(entries) => entries.iter().all(|(_, entry)| count(entry, left)),
        _ => true,
    }
}
