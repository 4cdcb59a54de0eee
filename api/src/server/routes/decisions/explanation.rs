//! How the result of a decision came about.

use redthread_dmn::{DecisionTrace, DecisionWarning, NamedJson, TableTrace, TraceKind};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A decision, business knowledge model or decision service that was evaluated.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EvaluatedDecision {
    /// Its id.
    #[schema(required = true)]
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: EvaluatedKind,
    /// What it was given.
    pub inputs: Vec<NamedValue>,
    /// The tables in it, in the order in which they were looked at.
    pub tables: Vec<EvaluatedTable>,
    /// Its result.
    #[schema(value_type = Value)]
    pub result: Value,
}

/// What was evaluated.
#[derive(Debug, Copy, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum EvaluatedKind {
    /// A decision.
    Decision,
    /// A business knowledge model.
    KnowledgeModel,
    /// A decision service.
    Service,
}

/// A table that was looked at.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EvaluatedTable {
    /// The values that were tested, by the headings of their columns.
    pub inputs: Vec<NamedValue>,
    /// The rules that matched.
    pub matched: Vec<MatchedRule>,
}

/// A rule that matched.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatchedRule {
    /// Its number, from 1.
    pub rule: usize,
    /// Its id.
    #[schema(required = true)]
    pub id: Option<String>,
    /// What it gives.
    pub outputs: Vec<NamedValue>,
    /// What its annotations say.
    pub annotations: Vec<String>,
}

/// A value with its name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NamedValue {
    /// Its name.
    pub name: String,
    /// The value.
    #[schema(value_type = Value)]
    pub value: Value,
}

/// Something that went wrong while a decision was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecisionNotice {
    /// In which decision.
    #[schema(required = true)]
    pub decision: Option<String>,
    /// Where in it: `rule 3, amount`.
    #[schema(required = true)]
    pub place: Option<String>,
    /// The id of the nearest element of the file: a cell, a rule, the decision.
    #[schema(required = true)]
    pub element: Option<String>,
    /// What went wrong.
    pub message: String,
}

fn named(values: Vec<NamedJson>) -> Vec<NamedValue> {
    let values = values.into_iter();
    values
        .map(|named| NamedValue {
            name: named.name.to_string(),
            value: named.value,
        })
        .collect()
}

impl From<DecisionTrace> for EvaluatedDecision {
    fn from(trace: DecisionTrace) -> EvaluatedDecision {
        EvaluatedDecision {
            id: trace.id.as_deref().map(str::to_owned),
            name: trace.name.to_string(),
            kind: match trace.kind {
                TraceKind::Decision => EvaluatedKind::Decision,
                TraceKind::KnowledgeModel => EvaluatedKind::KnowledgeModel,
                TraceKind::Service => EvaluatedKind::Service,
            },
            inputs: named(trace.inputs),
            tables: trace.tables.into_iter().map(EvaluatedTable::from).collect(),
            result: trace.result,
        }
    }
}

impl From<TableTrace> for EvaluatedTable {
    fn from(table: TableTrace) -> EvaluatedTable {
        let matched = table.matched.into_iter().map(|rule| MatchedRule {
            rule: rule.rule,
            id: rule.id.as_deref().map(str::to_owned),
            outputs: named(rule.outputs),
            annotations: rule.annotations.into_iter().map(|note| note.text).collect(),
        });
        EvaluatedTable {
            inputs: named(table.inputs),
            matched: matched.collect(),
        }
    }
}

impl From<DecisionWarning> for DecisionNotice {
    fn from(warning: DecisionWarning) -> DecisionNotice {
        let owned = |text: Option<std::sync::Arc<str>>| text.as_deref().map(str::to_owned);
        DecisionNotice {
            decision: owned(warning.decision),
            place: owned(warning.place),
            element: owned(warning.element),
            message: warning.message,
        }
    }
}
