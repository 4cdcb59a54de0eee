//! What is wrong with a file, in words for the person who drew it.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Serialize;

use crate::{NodeRef, Unreadable};

/// One problem of a diagram. Serialised, it is a line of `check --json` without its `file`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The id of the element that it is about; `None`: the whole file, or an element without id.
    pub element: Option<Arc<str>>,
    /// The line of the file on which that element begins, counted from 1.
    pub line: Option<u32>,
    /// What kind of problem it is.
    pub code: Code,
    /// Whether the diagram can be deployed with it.
    pub severity: Severity,
    /// One sentence: what is wrong.
    pub message: String,
    /// One sentence: what to do.
    pub hint: String,
}

/// Whether a diagram with the problem can be deployed.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It is refused.
    Error,
    /// It runs, but perhaps not as meant.
    Warning,
}

macro_rules! codes {
    ($($(#[$doc:meta])+ $variant:ident = $text:literal,)+) => {
        /// The kinds of problem. Their texts are a contract: scripts rely on them.
        #[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum Code {
            $($(#[$doc])+ #[serde(rename = $text)] $variant,)+
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Code] = &[$(Code::$variant),+];

            /// The code as `check --json` prints it.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text),+ }
            }
        }
    };
}

codes! {
    /// The file is not readable XML.
    Unreadable = "unreadable",
    /// The file is XML, but not BPMN 2.0.
    NotBpmn = "notBpmn",
    /// Valid BPMN that does not run yet.
    NotSupported = "notSupported",
    /// An element of BPMN's namespace that BPMN does not know.
    UnknownElement = "unknownElement",
    /// Two elements have the same id.
    DuplicateId = "duplicateId",
    /// An element that is stored by its id has none.
    MissingId = "missingId",
    /// A reference leads to nothing, or to something of the wrong kind.
    UnknownReference = "unknownReference",
    /// A sequence flow's source does not exist, or is no flow node of its process.
    MissingSource = "missingSource",
    /// A sequence flow's target does not exist, or is no flow node of its process.
    MissingTarget = "missingTarget",
    /// A sequence flow connects what may not be connected.
    FlowNotAllowed = "flowNotAllowed",
    /// A process or sub-process has no start event.
    NoStartEvent = "noStartEvent",
    /// A process or sub-process has several start events without a trigger.
    SeveralStartEvents = "severalStartEvents",
    /// A process or sub-process has a start event, but no end event.
    NoEndEvent = "noEndEvent",
    /// An element that nothing leads to.
    MissingIncoming = "missingIncoming",
    /// An element that leads nowhere although there are end events.
    MissingOutgoing = "missingOutgoing",
    /// An element that no token can reach.
    Unreachable = "unreachable",
    /// An event waits for nothing, where its kind must wait for something.
    MissingTrigger = "missingTrigger",
    /// An event has a definition that is not allowed where it stands.
    TriggerNotAllowed = "triggerNotAllowed",
    /// A boundary event is attached to nothing, or to what is not an activity.
    BadAttachment = "badAttachment",
    /// Two boundary events of one activity catch the same error.
    DuplicateCatch = "duplicateCatch",
    /// An expression is not FEEL.
    BadExpression = "badExpression",
    /// A timer's text is neither a time nor FEEL.
    BadTimer = "badTimer",
    /// An attribute's text is not what it should be.
    BadValue = "badValue",
    /// A flow out of an exclusive gateway has neither a condition nor the default mark.
    MissingCondition = "missingCondition",
    /// A condition where none is looked at.
    ConditionNotAllowed = "conditionNotAllowed",
    /// A service task does not say which job it is.
    MissingJobType = "missingJobType",
    /// A script task has no script.
    MissingScript = "missingScript",
    /// An error end event does not say which error.
    MissingErrorCode = "missingErrorCode",
    /// A message event does not say which message.
    MissingMessageName = "missingMessageName",
    /// A message event does not say which of the waiting instances is meant.
    MissingCorrelationKey = "missingCorrelationKey",
    /// A record trigger (`redthread:on`) is not complete.
    BadRecordTrigger = "badRecordTrigger",
    /// A mapping of variables is not complete.
    BadMapping = "badMapping",
    /// An extension that means nothing on its element.
    UnexpectedExtension = "unexpectedExtension",
    /// Nobody is assigned to a user task.
    UnassignedTask = "unassignedTask",
    /// Nobody does jobs of this type.
    NoWorker = "noWorker",
    /// A connector lacks an input that it needs.
    MissingInput = "missingInput",
    /// A connector does not know an input that it is given.
    UnknownInput = "unknownInput",
    /// A business rule task does not say which decision it calls.
    MissingDecision = "missingDecision",
    /// A business rule task does not say which variable takes the result.
    MissingResultVariable = "missingResultVariable",
    /// A decision that is called is not deployed.
    UnknownDecision = "unknownDecision",
    /// A process is not marked as executable.
    NotExecutable = "notExecutable",
    /// The file is XML, but not DMN.
    NotDmn = "notDmn",
    /// A decision, or a part of it, does not say how it is decided.
    MissingLogic = "missingLogic",
    /// The head or a rule of a decision table is not right.
    BadTable = "badTable",
    /// A type that nothing declares, or that says nothing.
    UnknownType = "unknownType",
    /// Decisions that require their own results.
    CircularRequirement = "circularRequirement",
    /// A name in an expression that nothing declares.
    UnknownName = "unknownName",
    /// A requirement that nothing uses.
    UnusedRequirement = "unusedRequirement",
    /// Two elements of decisions have the same name.
    DuplicateName = "duplicateName",
    /// Several rules of a table match the same values.
    OverlappingRules = "overlappingRules",
    /// A rule of a table can never be the one that counts.
    MaskedRule = "maskedRule",
    /// Values that no rule of a table covers.
    UncoveredInputs = "uncoveredInputs",
    /// A rule tests or gives a value that its column does not list.
    UnlistedValue = "unlistedValue",
    /// A message flow connects what may not be connected, or stays within one pool.
    MessageFlowNotAllowed = "messageFlowNotAllowed",
    /// A message flow leads to or from an event that handles no message.
    MissingMessageEvent = "missingMessageEvent",
    /// The lists of an element's incoming and outgoing flows say other than the flows do.
    FlowListMismatch = "flowListMismatch",
    /// A gateway has other flows than its direction allows.
    BadGatewayDirection = "badGatewayDirection",
    /// An event-based gateway has fewer than two ways out.
    TooFewFlows = "tooFewFlows",
    /// An element stands where BPMN does not allow it.
    NotAllowedHere = "notAllowedHere",
    /// An ad-hoc sub-process has no activity.
    MissingActivity = "missingActivity",
    /// A link event has no partner, or the two sides do not agree.
    BadLink = "badLink",
    /// A compensation boundary event has no activity that undoes.
    MissingHandler = "missingHandler",
    /// A called process or task cannot be called.
    NotCallable = "notCallable",
    /// A call hands over other data than the called process or task declares.
    CallMismatch = "callMismatch",
    /// A quantity is too small to mean anything.
    BadQuantity = "badQuantity",
    /// The numbers of participants contradict each other.
    BadMultiplicity = "badMultiplicity",
    /// An activity has more than one loop marker.
    SeveralLoops = "severalLoops",
    /// An expression is natural language, or in a language that it does not name.
    InformalExpression = "informalExpression",
    /// An expression that must be there is empty.
    MissingExpression = "missingExpression",
    /// A condition that is never true or false.
    NotBoolean = "notBoolean",
    /// A script does not say which language it is in.
    MissingScriptFormat = "missingScriptFormat",
    /// A format is no MIME type.
    BadMimeType = "badMimeType",
    /// An address is no URI.
    BadUri = "badUri",
    /// A performer is given in two ways that exclude each other.
    BadResourceRole = "badResourceRole",
    /// A message event does not say by which operation its message comes or goes.
    MissingOperation = "missingOperation",
    /// An element has another number of input sets than it may have.
    WrongInputSets = "wrongInputSets",
    /// An element has another number of output sets than it may have.
    WrongOutputSets = "wrongOutputSets",
    /// A data input or output is missing from the sets that must list it.
    UnlistedData = "unlistedData",
    /// An input set names an output set that does not name it, or the other way round.
    OneSidedSets = "oneSidedSets",
    /// An event has another number of data inputs or outputs than of triggers or results.
    WrongEventData = "wrongEventData",
    /// What is passed on and what takes it are defined as different items.
    ItemMismatch = "itemMismatch",
    /// Data is marked as a collection and its definition is not, or the other way round.
    CollectionMismatch = "collectionMismatch",
    /// A data association reads or writes what it may not.
    BadDataAssociation = "badDataAssociation",
    /// A data association without a transformation has more than one source.
    SeveralSources = "severalSources",
    /// The name of a data object reference says another state than it has.
    BadDataName = "badDataName",
    /// A collaboration and its choreography disagree on being closed.
    ClosedMismatch = "closedMismatch",
    /// More problems were found than are listed.
    MoreProblems = "moreProblems",
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Unreadable> for Problem {
    /// As `check` prints it: the one line about a file that is not XML.
    fn from(error: Unreadable) -> Self {
        Problem {
            element: None,
            line: error.line,
            code: Code::Unreadable,
            severity: Severity::Error,
            message: error.message,
            hint: "Save the diagram again from the tool that drew it, as BPMN 2.0 (.bpmn)."
                .to_owned(),
        }
    }
}

/// The id of the element that a problem at this place is shown on: the nearest around it that stands for itself.
pub type Owner = fn(NodeRef<'_>) -> Option<Arc<str>>;

/// Collects the problems of one file, up to a limit: a hostile file must not turn five megabytes
/// into gigabytes of sentences.
#[derive(Debug)]
pub struct Problems {
    list: Vec<Problem>,
    limit: usize,
    owner: Owner,
    errors: usize,
    left_out: usize,
    errors_left_out: usize,
    /// What a broken rule has said already: by element and code.
    said: HashSet<(Arc<str>, Code)>,
}

impl Problems {
    /// None yet. At most `limit` are kept; `owner` says which element each is shown on.
    pub fn new(limit: usize, owner: Owner) -> Self {
        Problems {
            list: Vec::new(),
            limit,
            owner,
            errors: 0,
            left_out: 0,
            errors_left_out: 0,
            said: HashSet::new(),
        }
    }

    /// Adds that a rule is broken. Whoever reads the element later will stumble over the same: an
    /// [`error`](Self::error) of the same code on the same element is counted, but not listed again.
    pub fn rule(
        &mut self,
        at: NodeRef<'_>,
        code: Code,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let element = (self.owner)(at);
        self.add(at, element.clone(), code, message.into(), hint.into());
        self.said.extend(element.map(|element| (element, code)));
    }

    /// Adds what keeps the file from being deployed.
    pub fn error(
        &mut self,
        at: NodeRef<'_>,
        code: Code,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let element = (self.owner)(at);
        let is_said = |element: &Arc<str>| self.said.contains(&(element.clone(), code));
        if element.as_ref().is_some_and(is_said) {
            self.errors += 1;
            return;
        }
        self.add(at, element, code, message.into(), hint.into());
    }

    fn add(
        &mut self,
        at: NodeRef<'_>,
        element: Option<Arc<str>>,
        code: Code,
        message: String,
        hint: String,
    ) {
        self.push(Problem {
            element,
            line: Some(at.line()),
            code,
            severity: Severity::Error,
            message,
            hint,
        });
    }

    /// Adds what does not keep it from being deployed, but is perhaps not meant.
    pub fn warning(
        &mut self,
        at: NodeRef<'_>,
        code: Code,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(Problem {
            element: (self.owner)(at),
            line: Some(at.line()),
            code,
            severity: Severity::Warning,
            message: message.into(),
            hint: hint.into(),
        });
    }

    fn push(&mut self, problem: Problem) {
        self.errors += usize::from(problem.severity == Severity::Error);
        if self.list.len() < self.limit {
            self.list.push(problem);
            return;
        }
        // An error is never pushed out by warnings: those are what is left out first.
        let is_warning = |known: &Problem| known.severity != Severity::Error;
        let warning = match problem.severity {
            Severity::Error => self.list.iter().rposition(is_warning),
            _ => None,
        };
        match warning {
            Some(at) => self.list[at] = problem,
            None => self.errors_left_out += usize::from(problem.severity == Severity::Error),
        }
        self.left_out += 1;
    }

    /// How many errors there are, counting those left out.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// All problems, in the order of the file.
    pub fn finish(self) -> Vec<Problem> {
        let mut list = self.list;
        list.sort_by_key(|problem| problem.line);
        if self.left_out > 0 {
            list.push(Problem {
                element: None,
                line: None,
                code: Code::MoreProblems,
                severity: match self.errors_left_out {
                    0 => Severity::Warning,
                    _ => Severity::Error,
                },
                message: format!("There are {} more problems.", self.left_out),
                hint: "Mend those above first, then check the file again.".to_owned(),
            });
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_camel_case_and_once_each() {
        let mut seen = std::collections::HashSet::new();
        for code in Code::ALL {
            let text = code.as_str();
            assert!(text.chars().all(|c| c.is_ascii_alphabetic()), "{text}");
            assert!(text.starts_with(|c: char| c.is_ascii_lowercase()), "{text}");
            assert!(seen.insert(text), "{text}");
            assert_eq!(serde_json::to_value(code).unwrap(), text);
        }
    }

    #[test]
    fn warnings_make_room_for_errors_and_refuse_nothing_when_they_are_too_many() {
        let tree = crate::parse(b"<a id='x'/>", &crate::Limits::default()).unwrap();
        let mut problems = Problems::new(2, |node| node.id().map(Arc::from));
        for _ in 0..3 {
            problems.warning(tree.root(), Code::BadTimer, "It is odd.", "Look at it.");
        }
        let said = problems.finish();
        assert!(
            said.iter()
                .all(|problem| problem.severity != Severity::Error)
        );
        let mut problems = Problems::new(2, |node| node.id().map(Arc::from));
        problems.warning(tree.root(), Code::BadTimer, "It is odd.", "Look at it.");
        problems.warning(tree.root(), Code::BadTimer, "It is odd.", "Look at it.");
        problems.error(tree.root(), Code::BadValue, "It is wrong.", "Mend it.");
        let said = problems.finish();
        assert!(said.iter().any(|problem| problem.message == "It is wrong."));
    }

    #[test]
    fn what_a_rule_has_said_of_an_element_is_counted_but_not_said_again() {
        let tree = crate::parse(b"<a id='x'><b id='y'/></a>", &crate::Limits::default()).unwrap();
        let (one, other) = (tree.root(), tree.root().children().next().unwrap());
        let mut problems = Problems::new(10, |node| node.id().map(Arc::from));
        problems.rule(one, Code::BadTimer, "The timer has no time.", "Set one.");
        problems.rule(one, Code::BadTimer, "The timer has two times.", "Keep one.");
        problems.error(one, Code::BadTimer, "It cannot be read.", "Write it anew.");
        problems.error(one, Code::BadValue, "It is no number.", "Write one.");
        problems.error(
            other,
            Code::BadTimer,
            "It cannot be read.",
            "Write it anew.",
        );
        assert_eq!(problems.errors(), 5);
        let said = problems.finish();
        let said: Vec<_> = said.iter().map(|problem| &*problem.message).collect();
        assert_eq!(
            said,
            [
                "The timer has no time.",
                "The timer has two times.",
                "It is no number.",
                "It cannot be read.",
            ]
        );
    }
}
