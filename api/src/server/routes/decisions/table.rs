//! A decision table as it is drawn, for pages to show.

use redthread_dmn::model::{BoxedKind, Table};
use serde::Serialize;
use utoipa::ToSchema;

/// A decision table as it is drawn.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecisionTable {
    /// What to do when several rules match: `unique`, `first`, `collect`, `ruleOrder` ...
    #[schema(required = true)]
    pub hit_policy: Option<String>,
    /// How hits are put together: `sum`, `count`, `min` or `max`.
    #[schema(required = true)]
    pub aggregation: Option<String>,
    /// The columns that are tested.
    pub inputs: Vec<TableInput>,
    /// The columns that are given.
    pub outputs: Vec<TableOutput>,
    /// The headings of the annotation columns.
    pub annotations: Vec<String>,
    /// The rules, in their order.
    pub rules: Vec<TableRule>,
}

/// A column that is tested.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TableInput {
    /// Its heading; else its expression.
    pub label: String,
    /// What is tested.
    #[schema(required = true)]
    pub expression: Option<String>,
    /// Its type, as it is written.
    #[serde(rename = "type")]
    #[schema(required = true)]
    pub kind: Option<String>,
    /// The values that are expected, as unary tests.
    #[schema(required = true)]
    pub values: Option<String>,
}

/// A column that is given.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TableOutput {
    /// Its heading; else its name.
    pub label: String,
    /// Its name in the result.
    #[schema(required = true)]
    pub name: Option<String>,
    /// Its type, as it is written.
    #[serde(rename = "type")]
    #[schema(required = true)]
    pub kind: Option<String>,
    /// The values that there may be, as unary tests.
    #[schema(required = true)]
    pub values: Option<String>,
    /// What is given when no rule matches.
    #[schema(required = true)]
    pub default: Option<String>,
}

/// A rule.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TableRule {
    /// Its id.
    #[schema(required = true)]
    pub id: Option<String>,
    /// The tests, one an input.
    pub tests: Vec<String>,
    /// The expressions that are given, one an output.
    pub outputs: Vec<String>,
    /// The annotations, one a column.
    pub annotations: Vec<String>,
}

impl DecisionTable {
    /// The table, if the logic is one.
    pub fn of(logic: &BoxedKind) -> Option<DecisionTable> {
        match logic {
            BoxedKind::Table(table) => Some(DecisionTable::new(table)),
            _ => None,
        }
    }

    fn new(table: &Table) -> DecisionTable {
        let owned = |text: &Option<std::sync::Arc<str>>| text.as_deref().map(str::to_owned);
        let inputs = table.inputs.iter().map(|input| {
            let expression = input.expression.as_ref();
            let tested = expression.and_then(|expression| text(&expression.kind));
            TableInput {
                label: owned(&input.label).or(tested.clone()).unwrap_or_default(),
                expression: tested,
                kind: expression.and_then(|expression| owned(&expression.type_ref)),
                values: input.values.as_ref().map(|values| values.text.clone()),
            }
        });
        let outputs = table.outputs.iter().map(|output| TableOutput {
            label: owned(&output.label)
                .or(owned(&output.name))
                .or(owned(&table.output_label))
                .unwrap_or_default(),
            name: owned(&output.name),
            kind: owned(&output.type_ref),
            values: output.values.as_ref().map(|values| values.text.clone()),
            default: output.default.as_ref().and_then(|cell| text(&cell.kind)),
        });
        let rules = table.rules.iter().map(|rule| TableRule {
            id: owned(&rule.id),
            tests: rule.tests.iter().map(|test| test.text.clone()).collect(),
            outputs: rule
                .outputs
                .iter()
                .map(|cell| text(&cell.kind).unwrap_or_default())
                .collect(),
            annotations: rule.annotations.clone(),
        });
        DecisionTable {
            hit_policy: table.hit_policy.as_ref().ok().and_then(word),
            aggregation: table.aggregation.as_ref().ok().and_then(word),
            inputs: inputs.collect(),
            outputs: outputs.collect(),
            annotations: table.annotations.iter().map(ToString::to_string).collect(),
            rules: rules.collect(),
        }
    }
}

/// The word that stands for it in JSON.
fn word(value: &impl Serialize) -> Option<String> {
    let value = serde_json::to_value(value).ok()?;
    value.as_str().map(str::to_owned)
}

/// The FEEL text, if it is one.
pub fn text(logic: &BoxedKind) -> Option<String> {
    match logic {
        BoxedKind::Literal { text, .. } => Some(text.clone()),
        _ => None,
    }
}
