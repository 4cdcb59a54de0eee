//! Decision tables to tables that run (DMN 1.5, 8.2 and 8.3).

use std::sync::Arc;

use redthread_feel::{Comparison, UnaryTests, Value};
use redthread_xml::Code;

use super::languages;
use super::logic::{Compiler, within};
use super::types::unary;
use crate::logic::{Input, Kind, Logic, Output, Rule, Simple, Table, Test};
use crate::model::{self, Aggregation, BoxedKind, HitPolicy, UnaryText};

impl Compiler<'_, '_, '_> {
    pub(super) fn table(&mut self, table: &model::Table, words: &str) -> Kind {
        let policy = match &table.hit_policy {
            Ok(policy) => *policy,
            Err(text) => return self.refused(table, format!("There is no hit policy “{text}”.")),
        };
        let aggregation = match &table.aggregation {
            Ok(aggregation) => aggregation.filter(|_| policy == HitPolicy::Collect),
            Err(text) => return self.refused(table, format!("There is no aggregation “{text}”.")),
        };
        if table.outputs.is_empty() {
            return self.refused(table, "The table has no output column.".to_owned());
        }
        if aggregation.is_some_and(|how| how != Aggregation::Count) && table.outputs.len() > 1 {
            let message = "Several outputs cannot be put together into one value.".to_owned();
            return self.refused(table, message);
        }
        let inputs: Vec<Input> = table
            .inputs
            .iter()
            .enumerate()
            .map(|(at, input)| self.input(input, at, words))
            .collect();
        let outputs: Vec<Output> = (0..table.outputs.len())
            .map(|at| self.output(table, at, words))
            .collect();
        if matches!(policy, HitPolicy::Priority | HitPolicy::OutputOrder)
            && outputs.iter().all(|output| output.order.is_empty())
        {
            self.sink.warning(
                self.file,
                table.xml,
                Code::BadTable,
                "The table goes by the order of its output values, but no output lists its values.",
                "List the output values, the most important first.",
            );
        }
        let rules = table
            .rules
            .iter()
            .enumerate()
            .map(|(at, rule)| self.rule(rule, at, &inputs, &outputs, words))
            .collect();
        Kind::Table(Box::new(Table {
            policy,
            aggregation,
            inputs,
            outputs,
            annotations: table.annotations.clone(),
            rules,
            xml: table.xml,
        }))
    }

    fn refused(&mut self, table: &model::Table, message: String) -> Kind {
        self.sink.error(
            self.file,
            table.xml,
            Code::BadTable,
            message.clone(),
            "Mend the head of the table.",
        );
        Kind::Broken(message.into())
    }

    fn input(&mut self, input: &model::InputClause, at: usize, words: &str) -> Input {
        let text = match input.expression.as_ref().map(|expression| &expression.kind) {
            Some(BoxedKind::Literal { text, .. }) => text.trim(),
            _ => "",
        };
        let label: Arc<str> = match &input.label {
            Some(label) => label.clone(),
            None if text.is_empty() => format!("input {}", at + 1).into(),
            None => crate::node::one_blank(text),
        };
        let here = within(words, &label);
        let expression = match &input.expression {
            Some(expression) => self.boxed(expression, &here),
            None => {
                let message: Arc<str> = "The input column has no expression.".into();
                self.sink.error(
                    self.file,
                    input.xml,
                    Code::MissingLogic,
                    &*message,
                    "Say what the column tests.",
                );
                Logic {
                    kind: Kind::Broken(message),
                    result: None,
                    place: self.place(input.xml, &here),
                }
            }
        };
        Input {
            label,
            expression,
            values: self.values(input.values.as_ref()),
        }
    }

    fn values(&mut self, text: Option<&UnaryText>) -> Option<UnaryTests> {
        let tests = unary(self.model, self.file, text?, self.known.names(), self.sink)?;
        self.look_at_names(tests.expression(), text?.xml);
        Some(tests)
    }

    fn output(&mut self, table: &model::Table, at: usize, words: &str) -> Output {
        let output = &table.outputs[at];
        let several = table.outputs.len() > 1;
        let name = output.name.clone();
        if several && name.is_none() {
            self.sink.error(
                self.file,
                output.xml,
                Code::BadTable,
                format!(
                    "Output {} has no name, so its values cannot be told from the others.",
                    at + 1
                ),
                "Give every output of the table a name.",
            );
        }
        let name = name
            .or_else(|| output.label.clone())
            .or_else(|| table.output_label.clone())
            .unwrap_or_else(|| format!("output {}", at + 1).into());
        let here = within(words, &name);
        let values = self.values(output.values.as_ref());
        let kind = self.kind(output.type_ref.as_ref(), output.xml);
        let allowed = match (&values, kind) {
            (Some(values), _) => Some(values),
            // Without values of its own it goes by those of its type.
            (None, Some(kind)) => self.types.types.allowed(kind),
            (None, None) => None,
        };
        let order = allowed.map(order_of).unwrap_or_default();
        let default = output.default.as_ref().map(|cell| self.boxed(cell, &here));
        Output {
            kind,
            order,
            values,
            default,
            name,
        }
    }

    fn rule(
        &mut self,
        rule: &model::Rule,
        at: usize,
        inputs: &[Input],
        outputs: &[Output],
        words: &str,
    ) -> Rule {
        if rule.tests.len() != inputs.len() || rule.outputs.len() != outputs.len() {
            self.sink.error(
                self.file,
                rule.xml,
                Code::BadTable,
                format!(
                    "Rule {} has {} input and {} output cells, but the table has {} and {} columns.",
                    at + 1,
                    rule.tests.len(),
                    rule.outputs.len(),
                    inputs.len(),
                    outputs.len()
                ),
                "Give the rule one cell for each column.",
            );
        }
        let here = within(words, &format!("rule {}", at + 1));
        Rule {
            id: rule.id.clone(),
            tests: inputs
                .iter()
                .enumerate()
                .map(|(column, input)| match rule.tests.get(column) {
                    Some(cell) => self.test(cell, &within(&here, &input.label)),
                    None => Test::Any,
                })
                .collect(),
            outputs: outputs
                .iter()
                .enumerate()
                .map(|(column, output)| {
                    let here = within(&here, &output.name);
                    self.output_cell(rule, column, &here)
                })
                .collect(),
            annotations: rule.annotations.clone(),
            xml: rule.xml,
        }
    }

    /// A cell that says nothing gives nothing.
    fn output_cell(&mut self, rule: &model::Rule, column: usize, words: &str) -> Logic {
        let nothing = match rule.outputs.get(column).map(|cell| &cell.kind) {
            Some(BoxedKind::Literal { text, .. }) => matches!(text.trim(), "" | "-"),
            _ => true,
        };
        match rule.outputs.get(column) {
            Some(cell) if !nothing => self.boxed(cell, words),
            _ => Logic {
                kind: Kind::Constant(Value::Null),
                result: None,
                place: self.place(rule.xml, words),
            },
        }
    }

    fn test(&mut self, cell: &UnaryText, words: &str) -> Test {
        let text = cell.text.trim();
        if text.is_empty() || text == "-" {
            return Test::Any;
        }
        let place = self.place(cell.xml, words);
        if !languages::is_feel(
            self.model,
            cell.language.as_deref(),
            cell.xml,
            self.file,
            self.sink,
        ) {
            let language = languages::other_language(self.model, cell.language.as_deref());
            let reason = format!(
                "Expressions in “{}” do not run.",
                language.unwrap_or_default()
            );
            return Test::Broken(reason.into(), place);
        }
        let parsed = UnaryTests::parse_with(text, self.known.names())
            .or_else(|error| UnaryTests::parse_with(text, self.known.all()).map_err(|_| error));
        match parsed {
            Ok(tests) => {
                self.look_at_names(tests.expression(), cell.xml);
                match simple(&tests) {
                    Some(simple) => Test::Simple(simple, tests),
                    None => Test::Feel(tests, place),
                }
            }
            Err(error) => Test::Broken(self.not_feel(text, &error, cell.xml, words), place),
        }
    }
}

/// Tests against numbers and texts, if these are all there are.
fn simple(tests: &UnaryTests) -> Option<Vec<Simple>> {
    let plain = |value: &Value| matches!(value, Value::Number(_) | Value::String(_));
    tests
        .view()
        .iter()
        .map(|test| match test {
            redthread_feel::Test::Value(value) if plain(value) => {
                Some(Simple::Compare(Comparison::Equal, value.clone()))
            }
            redthread_feel::Test::Compare(operator, value) if plain(value) => {
                Some(Simple::Compare(*operator, value.clone()))
            }
            redthread_feel::Test::Range {
                start,
                start_included,
                end,
                end_included,
            } if plain(start) && start.type_name() == end.type_name() => Some(Simple::Range {
                start: start.clone(),
                start_included: *start_included,
                end: end.clone(),
                end_included: *end_included,
            }),
            _ => None,
        })
        .collect()
}

/// Output values one by one, in their order; none where they are not plain values.
fn order_of(values: &UnaryTests) -> Vec<Value> {
    let each: Option<Vec<Value>> = values
        .view()
        .iter()
        .map(|test| match test {
            redthread_feel::Test::Value(value) => Some(value.clone()),
            _ => None,
        })
        .collect();
    each.unwrap_or_default()
}
