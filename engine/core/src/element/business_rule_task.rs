//! Business rule task that calls a decision (BPMN 2.0 section 13.3.3).
//!
//! When it is activated the decision is made, with the variables that the task sees after its input mappings, and the task
//! passes at once. The result becomes the result variable: of the task itself where it has output mappings, else of the
//! scopes around it. A decision that is not there, or that gives null because something went wrong, is an incident; one
//! that gives null because no rule matched is not. Each evaluation is written down with its reasons.

use redthread_bpmn::graph::{Binding, CalledDecision, ElementIx};
use redthread_dmn::{DecisionTrace, Explanation, Outcome};
use serde_json::Value as Json;

use crate::command::Variables;
use crate::event::{DecisionEvaluation, Event};
use crate::incident::Stuck;
use crate::inputs::{Decision, Fact};
use crate::key::Key;
use crate::step::{Halt, StepError, Stepper};

pub(super) fn run(
    stepper: &mut Stepper,
    key: Key,
    ix: ElementIx,
    called: &CalledDecision,
) -> Result<(), Halt> {
    let id = stepper.required_string(&called.decision, key, "the id of a decision")?;
    let decision = find(stepper, &id, &called.binding)?;
    let outcome = stepper.decide(&decision, key)?;
    let why = why_failed(&decision, &outcome);
    let value = outcome.value;
    let explanation = outcome.explanation.unwrap_or_default();
    let evaluation = DecisionEvaluation::bounded(decision, explanation);
    stepper.emit(Event::DecisionEvaluated {
        element_instance: key,
        evaluation,
    });
    if let Some(why) = why {
        return Err(Stuck::decision(why).into());
    }
    let results = Variables::from([(called.result_variable.clone(), value)]);
    let goes_up = stepper.graph.element(ix).mapping.results_go_up();
    stepper.all_fit(key, goes_up, &results)?;
    if goes_up {
        stepper.merge(key, &results);
    } else {
        stepper.set(key, results);
    }
    Ok(())
}

/// The version of the decision that is meant.
fn find(stepper: &mut Stepper, id: &str, binding: &Binding) -> Result<Decision, Halt> {
    let found = match stepper.inputs.facts.decision(id, binding) {
        Some(found) => found.cloned(),
        None => {
            let (id, binding) = (id.into(), binding.clone());
            return Err(StepError::Needs(Fact::Decision { id, binding }).into());
        }
    };
    stepper.facts_used = true;
    found.ok_or_else(|| {
        let what = match binding {
            Binding::Latest => format!("No decision with the id \"{id}\" is deployed."),
            Binding::Deployment => format!(
                "No decision with the id \"{id}\" was uploaded together with this version of the diagram."
            ),
            Binding::VersionTag(tag) => {
                format!("No decision with the id \"{id}\" and the version tag \"{tag}\" is deployed.")
            }
        };
        let what_to_do = match binding {
            Binding::Deployment => "Upload both together and start anew.",
            Binding::Latest | Binding::VersionTag(_) => "Upload it, and try again.",
        };
        Stuck::decision(format!("{what} {what_to_do}")).into()
    })
}

/// Why there is no result to go on with, in the decision's own words: which decision, which cell.
fn why_failed(decision: &Decision, outcome: &Outcome) -> Option<String> {
    let ended = outcome.limit.is_some();
    if !ended && !outcome.value.is_null() {
        return None;
    }
    let warning = match ended {
        true => outcome.warnings.last(),
        false => outcome.warnings.first(),
    };
    if !ended && warning.is_none() {
        return None;
    }
    let Decision { name, version, .. } = decision;
    let mut why = format!("The decision \"{name}\" (version {version}) could not be made.");
    if let Some(warning) = warning {
        let other = warning
            .decision
            .as_deref()
            .filter(|other| *other != &**name);
        let place = [other, warning.place.as_deref()];
        let place: Vec<&str> = place.into_iter().flatten().collect();
        if !place.is_empty() {
            why.push_str(&format!(" In {}:", place.join(", ")));
        }
        why.push_str(&format!(" {}", warning.message));
    }
    Some(why)
}

impl DecisionEvaluation {
    /// So many bytes of JSON are kept of an explanation, about.
    pub const LIMIT: usize = 16_384;
    /// So many rules that matched are kept of a table.
    const RULES: usize = 20;
    /// So many bytes of JSON are kept of one value.
    const VALUE: usize = 1_000;

    /// The explanation as far as there is room for it: of the decision itself first, then of what it required.
    fn bounded(decision: Decision, explanation: Explanation) -> DecisionEvaluation {
        let mut room = Self::LIMIT;
        let mut kept = Vec::new();
        let mut left_out = 0;
        for mut trace in explanation.decisions.into_iter().rev() {
            shorten(&mut trace);
            let size = serde_json::to_vec(&trace).map_or(usize::MAX, |json| json.len());
            if size > room && !kept.is_empty() {
                left_out += 1;
                continue;
            }
            if size > room {
                // Even without the tables: whose decision it was, and what came of it.
                trace.tables.clear();
                trace.inputs.clear();
            }
            room = room.saturating_sub(size);
            kept.push(trace);
        }
        kept.reverse();
        DecisionEvaluation {
            decision: Decision {
                model: None,
                ..decision
            },
            explanation: Explanation { decisions: kept },
            left_out,
        }
    }
}

fn shorten(trace: &mut DecisionTrace) {
    trace.tables.truncate(DecisionEvaluation::RULES);
    shorten_value(&mut trace.result);
    for given in &mut trace.inputs {
        shorten_value(&mut given.value);
    }
    for table in &mut trace.tables {
        table.matched.truncate(DecisionEvaluation::RULES);
        let outputs = table.matched.iter_mut().flat_map(|rule| &mut rule.outputs);
        for named in table.inputs.iter_mut().chain(outputs) {
            shorten_value(&mut named.value);
        }
        for rule in &mut table.matched {
            for note in &mut rule.annotations {
                if note.text.len() > DecisionEvaluation::VALUE {
                    note.text = beginning(&note.text);
                }
            }
        }
    }
}

/// A value that is too long becomes a text: its beginning.
fn shorten_value(value: &mut Json) {
    let text = value.to_string();
    if text.len() > DecisionEvaluation::VALUE {
        *value = Json::String(beginning(&text));
    }
}

fn beginning(text: &str) -> String {
    let mut short: String = text.chars().take(200).collect();
    short.push('…');
    short
}
