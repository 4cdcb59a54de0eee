//! The models that break a rule of BPMN each: `redthread check` must refuse every one, for that rule.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::super::judge::judge;
use super::super::{CollectionError, Drawing};
use crate::program::Ran;

/// A rule of BPMN as betsy numbers them.
#[derive(Debug)]
pub struct Rule {
    /// Its number.
    pub id: &'static str,
    /// What it says.
    pub words: &'static str,
    /// The codes that say so. Several where a rule has several sides.
    pub codes: &'static [&'static str],
}

const fn rule(id: &'static str, codes: &'static [&'static str], words: &'static str) -> Rule {
    Rule { id, words, codes }
}

/// The rules that the models break, in betsy's order.
#[rustfmt::skip] // One line a rule.
pub const RULES: &[Rule] = &[
    rule("EXT006", &["missingTarget"], "A sequence flow leads to an event, an activity or a gateway."),
    rule("EXT007", &["missingSource"], "A sequence flow comes from an event, an activity or a gateway."),
    rule("EXT008", &["messageFlowNotAllowed"], "A message flow leads to a pool, an activity or an event."),
    rule("EXT009", &["messageFlowNotAllowed"], "A message flow comes from a pool, an activity or an event."),
    rule("EXT010", &["badMimeType"], "The format of a text annotation is a MIME type."),
    rule("EXT012", &["informalExpression"], "Expressions of a process that runs are formal."),
    rule("EXT013", &["missingExpression"], "A formal expression is not empty."),
    rule("EXT019", &["badGatewayDirection"], "A gateway has as many flows as its direction says."),
    rule("EXT020", &["collectionMismatch"], "Data is a collection exactly if its item definition is."),
    rule("EXT022", &["flowNotAllowed"], "No sequence flow leads to an event sub-process."),
    rule("EXT023", &["flowListMismatch"], "The target of a flow lists it as incoming, if the file lists flows."),
    rule("EXT024", &["flowNotAllowed"], "Flows of a process that runs are immediate."),
    rule("EXT028", &["missingTarget", "missingSource"], "A sequence flow stays within its pool."),
    rule("EXT029", &["badMultiplicity"], "The least number of participants is not negative."),
    rule("EXT031", &["messageFlowNotAllowed"], "A message flow connects different pools."),
    rule("EXT032", &["notAllowedHere"], "A global conversation has no content of its own."),
    rule("EXT033", &["closedMismatch"], "A collaboration is closed exactly if its choreography is."),
    rule("EXT035", &["notExecutable"], "A public process is not executable."),
    rule("EXT036", &["notAllowedHere"], "A process contains no choreography activities."),
    rule("EXT037", &["badQuantity"], "A startQuantity is 1 or more."),
    rule("EXT038", &["badQuantity"], "A completionQuantity is 1 or more."),
    rule("EXT039", &["badResourceRole"], "Who does it is a resource or an expression, not both."),
    rule("EXT042", &["wrongInputSets"], "A service task that calls an operation has one input set."),
    rule("EXT043", &["wrongOutputSets"], "A service task that calls an operation has one output set at most."),
    rule("EXT044", &["itemMismatch"], "The data input of a service task is what the operation takes."),
    rule("EXT045", &["itemMismatch"], "The data output of a service task is what the operation gives."),
    rule("EXT046", &["wrongInputSets"], "A send task with a message has one input set at most."),
    rule("EXT049", &["flowNotAllowed"], "Nothing leads to a receive task that starts the process."),
    rule("EXT050", &["wrongOutputSets"], "A receive task with a message has one output set at most."),
    rule("EXT052", &["itemMismatch"], "The data output of a receive task is what the message carries."),
    rule("EXT053", &["missingScriptFormat"], "A script says which language it is in."),
    rule("EXT054", &["severalLoops"], "An activity has one loop marker at most."),
    rule("EXT056", &["notAllowedHere"], "A sub-process contains no choreography activities."),
    rule("EXT057", &["flowNotAllowed"], "No sequence flow leads to or leaves an event sub-process."),
    rule("EXT058", &["noStartEvent", "severalStartEvents"], "An event sub-process has exactly one start event."),
    rule("EXT059", &["triggerNotAllowed", "missingTrigger"], "An event sub-process starts by one of the triggers that it may have."),
    rule("EXT060", &["badUri"], "The method of a transaction is one of BPMN's or a URI."),
    rule("EXT061", &["missingActivity"], "An ad-hoc sub-process has an activity."),
    rule("EXT062", &["notAllowedHere"], "An ad-hoc sub-process contains no start and end events, conversations and choreography activities."),
    rule("EXT063", &["callMismatch"], "A call has the data inputs and outputs of what it calls."),
    rule("EXT065", &["itemMismatch", "unknownReference"], "A binding connects data with an operation of the same items."),
    rule("EXT068", &["unknownReference"], "A multi-instance activity loops over data of its own."),
    rule("EXT069", &["itemMismatch"], "The output item of a loop is an item of its output collection."),
    rule("EXT070", &["itemMismatch"], "The input item of a loop is an item of its input collection."),
    rule("EXT071", &["notBoolean"], "A completion condition is true or false."),
    rule("EXT076", &["badDataName"], "The name of a reference to a data object says its object and state."),
    rule("EXT078", &["notAllowedHere"], "Properties stand in processes, activities and events."),
    rule("EXT080", &["badDataAssociation"], "A data input is not written from within."),
    rule("EXT082", &["badDataAssociation"], "A data output is not read from within."),
    rule("EXT085", &["unlistedData"], "An optional input is an input of the same set."),
    rule("EXT087", &["oneSidedSets"], "An input set and an output set that go together name each other."),
    rule("EXT088", &["unlistedData"], "A data output is in an output set."),
    rule("EXT089", &["unlistedData"], "An optional output is an output of the same set."),
    rule("EXT090", &["unlistedData"], "An output given while executing is an output of the same set."),
    rule("EXT091", &["itemMismatch"], "A data association without a transformation connects the same items."),
    rule("EXT092", &["severalSources"], "A data association without a transformation has one source."),
    rule("EXT093", &["wrongEventData"], "An event that has data has one for each event definition."),
    rule("EXT094", &["itemMismatch"], "The data of an event is what comes or goes with it."),
    rule("EXT095", &["unknownReference"], "An event definition within an event is not used by another."),
    rule("EXT096", &["flowNotAllowed"], "No sequence flow leads to a start event."),
    rule("EXT098", &["triggerNotAllowed"], "A process starts by one of the triggers that it may have."),
    rule("EXT099", &["notCallable"], "A called process has a start event without a trigger."),
    rule("EXT101", &["flowListMismatch"], "The source of a flow lists it as outgoing, if the file lists flows."),
    rule("EXT102", &["messageFlowNotAllowed"], "No message flow comes from a start event."),
    rule("EXT103", &["missingMessageEvent"], "A start event that a message flow leads to is a message event."),
    rule("EXT105", &["noEndEvent"], "Where there is a start event, there is an end event."),
    rule("EXT106", &["triggerNotAllowed"], "A cancel end event stands in a transaction."),
    rule("EXT108", &["messageFlowNotAllowed"], "No message flow leads to an end event."),
    rule("EXT109", &["missingMessageEvent"], "An end event that a message flow comes from is a message event."),
    rule("EXT110", &["triggerNotAllowed"], "A boundary event has one of the triggers that it may have."),
    rule("EXT111", &["badAttachment"], "A cancel boundary event is attached to a transaction."),
    rule("EXT112", &["flowNotAllowed"], "No sequence flow leads to a boundary event."),
    rule("EXT113", &["missingOutgoing"], "A sequence flow leaves a boundary event."),
    rule("EXT114", &["flowNotAllowed"], "No sequence flow leaves a compensation boundary event."),
    rule("EXT116", &["missingOutgoing"], "A sequence flow leaves an intermediate event."),
    rule("EXT117", &["flowNotAllowed"], "A link event has sequence flows on one side only."),
    rule("EXT118", &["badLink"], "A throwing link event leads to a catching one."),
    rule("EXT120", &["badAttachment"], "A cancel boundary event is not attached to a sub-process."),
    rule("EXT121", &["triggerNotAllowed"], "A compensation start event starts an event sub-process only."),
    rule("EXT123", &["informalExpression", "missingExpression"], "A conditional event has a formal condition."),
    rule("EXT124", &["badLink"], "A throwing link event leads to every catching one."),
    rule("EXT127", &["missingMessageName"], "A message event names its message."),
    rule("EXT128", &["missingOperation"], "A message event names its operation."),
    rule("EXT131", &["badTimer"], "A timer says when only once."),
    rule("EXT132", &["badTimer"], "The date of a timer is a date."),
    rule("EXT134", &["badTimer"], "The duration of a timer is a duration."),
    rule("EXT136", &["tooFewFlows"], "An event-based gateway has two ways out or more."),
    rule("EXT137", &["conditionNotAllowed"], "Flows that leave an event-based gateway have no conditions."),
    rule("EXT138", &["flowNotAllowed"], "An event-based gateway leads to what can be waited for."),
    rule("EXT141", &["flowNotAllowed"], "Only the event-based gateway leads to what it waits for."),
    rule("EXT142", &["flowNotAllowed"], "Nothing leads to an event-based gateway that starts the process."),
    rule("EXT145", &["badMimeType"], "The format of a script is a MIME type."),
    rule("EXT146", &["triggerNotAllowed"], "An end event has one of the results that it may have."),
    rule("EXT147", &["missingTrigger"], "A boundary event has a trigger."),
    rule("EXT148", &["triggerNotAllowed"], "A catch event has one of the triggers that it may have."),
    rule("EXT149", &["triggerNotAllowed"], "A throw event has one of the results that it may have."),
    rule("EXT150", &["missingIncoming", "missingOutgoing"], "Where there is a start event, a flow leads to every other element."),
    rule("EXT151", &["missingOutgoing", "missingIncoming"], "Where there is an end event, a flow leaves every other element."),
    rule("REF", &["unknownReference"], "A reference leads to what it is meant for."),
];

/// A model that must be refused.
#[derive(Clone, Debug, Deserialize)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// The number of the rule that it breaks.
    pub rule: String,
    /// Its path below the collection.
    pub file: String,
}

#[derive(Deserialize)]
struct Expectations {
    static_rejection_tests: Vec<Model>,
}

/// The models that must be refused, and where they are.
#[derive(Debug)]
pub struct Betsy {
    /// The folder of the collection.
    pub root: PathBuf,
    /// Those models.
    pub refused: Vec<Model>,
}

impl Betsy {
    /// Opens the collection `betsy-bpmn` below `corpora`.
    ///
    /// # Errors
    /// When its expectations are missing or unreadable.
    pub fn open(corpora: &Path) -> Result<Betsy, CollectionError> {
        let root = corpora.join("betsy-bpmn");
        let path = root.join("expectations.json");
        let text = std::fs::read_to_string(&path).map_err(|source| CollectionError::Missing {
            path: path.clone(),
            source,
        })?;
        let expectations: Expectations = serde_json::from_str(&text)
            .map_err(|source| CollectionError::Unreadable { path, source })?;
        Ok(Betsy {
            root,
            refused: expectations.static_rejection_tests,
        })
    }
}

/// What came of a model that must be refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is refused for the rule that it breaks.
    Right,
    /// It is refused only because something in it does not run yet.
    NotSupported,
    /// It is refused, but for something else: these codes.
    Otherwise(Vec<String>),
    /// It is not refused.
    Accepted,
    /// `check` did not answer as it should.
    Broken(String),
}

/// Judges what `check` said of a model.
pub fn outcome(model: &Model, ran: &Ran) -> Outcome {
    // What the index of a collection says of a file is not known here; these two are asked of every file.
    let drawing = Drawing {
        well_formed: true,
        ..Drawing::default()
    };
    let verdict = judge(&drawing, "", ran);
    if ran.hung || ran.panicked() || verdict.errors.is_empty() && !verdict.accepted {
        return Outcome::Broken(verdict.misses.join(" "));
    }
    let said = |code: &str| verdict.errors.contains_key(code);
    let rule = RULES.iter().find(|rule| rule.id == model.rule);
    if verdict.accepted {
        Outcome::Accepted
    } else if rule.is_some_and(|rule| rule.codes.iter().any(|code| said(code))) {
        Outcome::Right
    } else if said("notSupported") && verdict.errors.len() == 1 {
        Outcome::NotSupported
    } else {
        Outcome::Otherwise(verdict.errors.into_keys().collect())
    }
}

/// How many models came to what, and which are not right.
#[derive(Debug, Default)]
pub struct BetsyTally {
    /// All that were looked at.
    pub models: u64,
    /// Refused for the right rule.
    pub right: u64,
    /// Refused only as `notSupported`.
    pub not_supported: u64,
    /// Refused for something else.
    pub otherwise: u64,
    /// Not refused.
    pub accepted: u64,
    /// A sentence on each that is not right.
    pub misses: Vec<String>,
    /// Of each rule: how many models are refused for it, and how many there are.
    pub rules: BTreeMap<String, (u64, u64)>,
}

impl BetsyTally {
    /// Counts a model.
    pub fn count(&mut self, model: &Model, outcome: Outcome) {
        self.models += 1;
        let (right, all) = self.rules.entry(model.rule.clone()).or_default();
        *all += 1;
        let miss = match outcome {
            Outcome::Right => {
                self.right += 1;
                *right += 1;
                return;
            }
            Outcome::NotSupported => {
                self.not_supported += 1;
                "is only refused as notSupported".to_owned()
            }
            Outcome::Otherwise(codes) => {
                self.otherwise += 1;
                format!("is refused, but for {}", codes.join(", "))
            }
            Outcome::Accepted => {
                self.accepted += 1;
                "is accepted".to_owned()
            }
            Outcome::Broken(words) => {
                self.otherwise += 1;
                format!("has no answer: {words}")
            }
        };
        self.misses.push(format!("{} {miss}.", model.name));
    }

    /// One line of totals.
    pub fn totals(&self) -> String {
        format!(
            "betsy: {} models must be refused, {} are for the right rule, {} only as notSupported, {} for another reason, \
             {} are accepted",
            self.models, self.right, self.not_supported, self.otherwise, self.accepted
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(rule: &str) -> Model {
        Model {
            name: format!("{rule}_1"),
            rule: rule.to_owned(),
            file: String::new(),
        }
    }

    fn ran(codes: &[&str]) -> Ran {
        let problem = |code: &&str| {
            format!("{{\"code\": \"{code}\", \"severity\": \"error\", \"message\": \"No.\"}}\n")
        };
        let mut stdout: String = codes.iter().map(problem).collect();
        stdout.push_str("{\"file\": \"f\", \"processes\": []}\n");
        Ran {
            code: Some(i32::from(!codes.is_empty())),
            hung: false,
            stdout,
            stderr: String::new(),
        }
    }

    #[test]
    fn a_model_must_be_refused_for_its_own_rule() {
        let of = |codes: &[&str]| outcome(&model("EXT061"), &ran(codes));
        assert_eq!(of(&["missingActivity", "notSupported"]), Outcome::Right);
        assert_eq!(of(&["notSupported"]), Outcome::NotSupported);
        assert_eq!(
            of(&["badTimer", "notSupported"]),
            Outcome::Otherwise(vec!["badTimer".into(), "notSupported".into()])
        );
        assert_eq!(of(&[]), Outcome::Accepted);
        let mut hung = ran(&["missingActivity"]);
        hung.hung = true;
        assert!(matches!(
            outcome(&model("EXT061"), &hung),
            Outcome::Broken(_)
        ));
    }

    #[test]
    fn what_is_not_right_is_named() {
        let mut tally = BetsyTally::default();
        tally.count(&model("EXT061"), Outcome::Right);
        tally.count(&model("EXT061"), Outcome::Accepted);
        assert_eq!(tally.rules["EXT061"], (1, 2));
        assert_eq!(tally.misses, ["EXT061_1 is accepted."]);
        assert!(tally.totals().contains("1 are for the right rule"));
    }

    #[test]
    fn every_rule_stands_in_the_page_on_conformance() {
        let page = include_str!("../../../../docs/conformance.md");
        let mut seen = std::collections::HashSet::new();
        for rule in RULES {
            assert!(seen.insert(rule.id), "{} twice", rule.id);
            let codes: Vec<String> = rule.codes.iter().map(|code| format!("`{code}`")).collect();
            let row = format!("| {} | {} | {} |", rule.id, rule.words, codes.join(", "));
            assert!(page.contains(&row), "no row: {row}");
        }
    }
}
