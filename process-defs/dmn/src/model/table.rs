//! Decision tables as they are written (DMN 1.5, 8.3).

use std::sync::Arc;

use redthread_xml::{NodeIx, NodeRef};
use serde::{Deserialize, Serialize};

use super::boxed::{self, Boxed};
use super::item::{UnaryText, language, unary};
use crate::node::DmnNode;

/// A decision table.
#[derive(Clone, Debug)]
pub struct Table {
    /// The hit policy; the text as written where it is none.
    pub hit_policy: Result<HitPolicy, String>,
    /// How hits are put together; the text as written where it is none.
    pub aggregation: Result<Option<Aggregation>, String>,
    /// The columns that are tested.
    pub inputs: Vec<InputClause>,
    /// The columns that are given.
    pub outputs: Vec<OutputClause>,
    /// The names of the annotation columns.
    pub annotations: Vec<Arc<str>>,
    /// The rules, in order.
    pub rules: Vec<Rule>,
    /// The name of the output of a table with one.
    pub output_label: Option<Arc<str>>,
    /// Where it stands.
    pub xml: NodeIx,
}

/// What to do when several rules match (DMN 1.5, 8.2.10).
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HitPolicy {
    /// At most one rule may match.
    Unique,
    /// Several may match if they say the same.
    Any,
    /// The one whose output stands first among the output values.
    Priority,
    /// The first that matches.
    First,
    /// All that match, in the order of their outputs among the output values.
    OutputOrder,
    /// All that match, in the order of the rules.
    RuleOrder,
    /// All that match, perhaps put together.
    Collect,
}

impl HitPolicy {
    /// Whether the result is a list of all hits.
    pub fn is_multiple(self) -> bool {
        matches!(
            self,
            HitPolicy::OutputOrder | HitPolicy::RuleOrder | HitPolicy::Collect
        )
    }
}

/// How `COLLECT` puts its hits together.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Aggregation {
    /// `+`
    Sum,
    /// `#`
    Count,
    /// `<`
    Min,
    /// `>`
    Max,
}

/// A column that is tested.
#[derive(Clone, Debug)]
pub struct InputClause {
    /// Its heading, if it has one of its own.
    pub label: Option<Arc<str>>,
    /// What is tested; `None`: not said.
    pub expression: Option<Boxed>,
    /// The values that are expected.
    pub values: Option<UnaryText>,
    /// Where it stands.
    pub xml: NodeIx,
}

/// A column that is given.
#[derive(Clone, Debug)]
pub struct OutputClause {
    /// Its name: the entry of the result where there are several outputs.
    pub name: Option<Arc<str>>,
    /// Its heading.
    pub label: Option<Arc<str>>,
    /// Its type, as written.
    pub type_ref: Option<Arc<str>>,
    /// The values that there may be, the most important first.
    pub values: Option<UnaryText>,
    /// What is given when no rule matches.
    pub default: Option<Boxed>,
    /// Where it stands.
    pub xml: NodeIx,
}

/// A row.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id.
    pub id: Option<Arc<str>>,
    /// The tests, one an input.
    pub tests: Vec<UnaryText>,
    /// The values, one an output.
    pub outputs: Vec<Boxed>,
    /// The annotations, one an annotation column.
    pub annotations: Vec<String>,
    /// Where it stands.
    pub xml: NodeIx,
}

pub(super) fn read(node: NodeRef<'_>) -> Table {
    Table {
        hit_policy: hit_policy(node),
        aggregation: aggregation(node),
        inputs: node.dmn_children("input").map(input).collect(),
        outputs: node.dmn_children("output").map(output).collect(),
        annotations: node
            .dmn_children("annotation")
            .map(|annotation| annotation.named().unwrap_or_else(|| "".into()))
            .collect(),
        rules: node.dmn_children("rule").map(rule).collect(),
        output_label: node.filled("outputLabel").map(crate::node::one_blank),
        xml: node.ix(),
    }
}

fn hit_policy(node: NodeRef<'_>) -> Result<HitPolicy, String> {
    Ok(match node.filled("hitPolicy").map(str::trim) {
        None | Some("UNIQUE" | "U") => HitPolicy::Unique,
        Some("ANY" | "A") => HitPolicy::Any,
        Some("PRIORITY" | "P") => HitPolicy::Priority,
        Some("FIRST" | "F") => HitPolicy::First,
        Some("OUTPUT ORDER" | "OUTPUT_ORDER" | "O") => HitPolicy::OutputOrder,
        Some("RULE ORDER" | "RULE_ORDER" | "R") => HitPolicy::RuleOrder,
        Some("COLLECT" | "C") => HitPolicy::Collect,
        Some(other) => return Err(other.to_owned()),
    })
}

fn aggregation(node: NodeRef<'_>) -> Result<Option<Aggregation>, String> {
    Ok(match node.filled("aggregation").map(str::trim) {
        // The schema knows COUNT, MAX, MIN and SUM; COLLECT is what some tools write for "none".
        None | Some("COLLECT") => None,
        Some("SUM") => Some(Aggregation::Sum),
        Some("COUNT") => Some(Aggregation::Count),
        Some("MIN") => Some(Aggregation::Min),
        Some("MAX") => Some(Aggregation::Max),
        Some(other) => return Err(other.to_owned()),
    })
}

fn input(node: NodeRef<'_>) -> InputClause {
    InputClause {
        label: node.filled("label").map(crate::node::one_blank),
        expression: node.dmn_child("inputExpression").map(boxed::cell),
        values: node.dmn_child("inputValues").and_then(unary),
        xml: node.ix(),
    }
}

fn output(node: NodeRef<'_>) -> OutputClause {
    let default = node.dmn_child("defaultOutputEntry").map(boxed::cell);
    OutputClause {
        name: node.named(),
        label: node.filled("label").map(crate::node::one_blank),
        type_ref: node.type_ref(),
        values: node.dmn_child("outputValues").and_then(unary),
        default: default.filter(|cell| !is_blank(cell)),
        xml: node.ix(),
    }
}

fn is_blank(cell: &Boxed) -> bool {
    matches!(&cell.kind, boxed::BoxedKind::Literal { text, .. } if text.trim().is_empty())
}

fn rule(node: NodeRef<'_>) -> Rule {
    Rule {
        id: node.id().map(Arc::from),
        tests: node
            .dmn_children("inputEntry")
            .map(|cell| UnaryText {
                text: cell.expression_text().unwrap_or_default(),
                language: language(cell),
                xml: cell.ix(),
            })
            .collect(),
        outputs: node.dmn_children("outputEntry").map(boxed::cell).collect(),
        annotations: annotations(node),
        xml: node.ix(),
    }
}

/// The annotations of a rule; Camunda's modeler writes them as its description.
fn annotations(node: NodeRef<'_>) -> Vec<String> {
    let entries: Vec<String> = node
        .dmn_children("annotationEntry")
        .map(|entry| {
            entry
                .expression_text()
                .unwrap_or_default()
                .trim()
                .to_owned()
        })
        .collect();
    let described = node
        .dmn_child("description")
        .map(|words| words.text().trim().to_owned())
        .filter(|words| !words.is_empty());
    match described {
        Some(words) if entries.is_empty() => vec![words],
        _ => entries,
    }
}
