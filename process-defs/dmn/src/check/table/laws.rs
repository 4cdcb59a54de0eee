//! What the checks say agrees with trying values one by one.

use proptest::prelude::*;
use redthread_calendar::{Timestamp, Zone};
use redthread_feel::{Context, Env, Evaluator, Type, UnaryTests, Value};

use super::column::{Cell, Column};
use super::cover::{self, Reach, Work};
use crate::logic::{Place, Test};

/// Cells over small whole numbers, and over a few texts.
fn number_cell() -> impl Strategy<Value = String> {
    let number = -2i64..6;
    prop_oneof![
        3 => Just("-".to_owned()),
        2 => number.clone().prop_map(|n| n.to_string()),
        3 => (number.clone(), prop_oneof![Just("<"), Just("<="), Just(">"), Just(">="), Just("!=")])
            .prop_map(|(n, operator)| format!("{operator} {n}")),
        3 => (number.clone(), 0i64..4, any::<bool>(), any::<bool>()).prop_map(|(from, length, open, close)| {
            let (open, close) = (if open { '[' } else { '(' }, if close { ']' } else { ')' });
            format!("{open}{from}..{}{close}", from + length)
        }),
        1 => (number.clone(), number.clone()).prop_map(|(a, b)| format!("{a}, > {b}")),
        1 => number.prop_map(|n| format!("not({n})")),
    ]
}

fn text_cell() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => Just("-".to_owned()),
        3 => prop_oneof![Just("\"a\""), Just("\"b\""), Just("\"c\"")].prop_map(str::to_owned),
        1 => Just("\"a\", \"b\"".to_owned()),
        1 => Just("not(\"a\")".to_owned()),
    ]
}

fn test(text: &str) -> Test {
    match text {
        "-" => Test::Any,
        text => Test::Feel(UnaryTests::parse(text).unwrap(), Place::default()),
    }
}

fn passes(test: &Test, value: &Value) -> bool {
    let env = Env::new(Timestamp::EPOCH, Zone::UTC);
    match test {
        Test::Feel(tests, _) => {
            tests.test(value, &Context::new(), &mut Evaluator::new(&env)) == Value::Boolean(true)
        }
        _ => true,
    }
}

/// Values at, between and beyond all constants of the columns.
fn samples() -> Vec<(Value, Value)> {
    let numbers: Vec<Value> = (-7..22)
        .map(|halves: i64| {
            let text = format!(
                "{}{}.{}",
                if halves < 0 { "-" } else { "" },
                halves.abs() / 2,
                halves.abs() % 2 * 5
            );
            Value::Number(text.parse().unwrap())
        })
        .collect();
    let texts = ["a", "b", "c", "other"].map(Value::from);
    let pairs = numbers
        .iter()
        .flat_map(|n| texts.iter().map(move |t| (n.clone(), t.clone())));
    pairs.collect()
}

/// The region of a column that a value lies in, found by the only point or interval that has it.
fn region_of(column: &Column, value: &Value) -> usize {
    use super::column::{Region, order};
    column
        .regions
        .iter()
        .position(|region| match region {
            Region::Point(point) => point == value,
            Region::Between(start, end) => {
                start
                    .as_ref()
                    .is_none_or(|s| order(s, value).is_some_and(|o| o.is_lt()))
                    && end
                        .as_ref()
                        .is_none_or(|e| order(value, e).is_some_and(|o| o.is_lt()))
            }
            Region::Rest => true,
        })
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn gaps_and_overlaps_are_those_that_trying_finds(
        rows in prop::collection::vec((number_cell(), text_cell()), 0..6)
    ) {
        let rules: Vec<[Test; 2]> = rows.iter().map(|(n, t)| [test(n), test(t)]).collect();
        let columns = [
            Column::new("n".into(), rules.iter().map(|r| &r[0]), &Type::Number, None),
            Column::new("t".into(), rules.iter().map(|r| &r[1]), &Type::String, None),
        ];
        let cells: Vec<Vec<Cell>> = rules
            .iter()
            .map(|rule| vec![columns[0].cell(&rule[0]), columns[1].cell(&rule[1])])
            .collect();
        let boxes: Vec<Reach> = cells.iter().map(|cells| cover::surely(cells)).collect();
        let all: Reach = columns.iter().map(|c| vec![true; c.regions.len()]).collect();
        let refs: Vec<&Reach> = boxes.iter().collect();
        let (parts, complete) = cover::uncovered(&refs, &all, usize::MAX, &mut Work(1_000_000));
        prop_assert!(complete);
        let parts = cover::merged(parts);
        for (number, text) in samples() {
            let at = [region_of(&columns[0], &number), region_of(&columns[1], &text)];
            let matching: Vec<usize> = (0..rules.len())
                .filter(|r| passes(&rules[*r][0], &number) && passes(&rules[*r][1], &text))
                .collect();
            let in_gap = parts.iter().any(|part| {
                part.iter().zip(at).all(|(regions, at)| regions.as_ref().is_none_or(|r| r.contains(&at)))
            });
            prop_assert_eq!(matching.is_empty(), in_gap, "{:?} {:?} {:?}", number, text, parts);
            for (i, a) in matching.iter().enumerate() {
                for b in &matching[i + 1..] {
                    prop_assert!(cover::common(&boxes[*a], &boxes[*b]).is_some());
                }
            }
        }
        // Where two rules have something in common, some value shows it.
        for a in 0..boxes.len() {
            for b in 0..a {
                let shown = samples().iter().any(|(n, t)| {
                    [a, b].iter().all(|r| passes(&rules[*r][0], n) && passes(&rules[*r][1], t))
                });
                prop_assert_eq!(cover::common(&boxes[a], &boxes[b]).is_some(), shown);
            }
        }
    }
}
