//! The kinds of flow node that BPMN 2.0 has.

use serde::{Serialize, Serializer};

macro_rules! kinds {
    ($($(#[$doc:meta])+ $variant:ident = $text:literal,)+) => {
        /// A kind of flow node (BPMN 2.0 section 8.4.9), whether it runs or not.
        #[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum NodeKind {
            $($(#[$doc])+ $variant,)+
        }

        impl NodeKind {
            /// All of them.
            pub const ALL: &[NodeKind] = &[$(NodeKind::$variant),+];

            /// The local name in BPMN XML.
            pub fn as_str(self) -> &'static str {
                match self { $(NodeKind::$variant => $text),+ }
            }

            /// The kind with this local name.
            pub fn from_name(name: &str) -> Option<NodeKind> {
                match name { $($text => Some(NodeKind::$variant),)+ _ => None }
            }
        }
    };
}

kinds! {
    /// A start event (10.5.2).
    StartEvent = "startEvent",
    /// An end event (10.5.3).
    EndEvent = "endEvent",
    /// An intermediate catch event (10.5.4).
    IntermediateCatchEvent = "intermediateCatchEvent",
    /// An intermediate throw event (10.5.4).
    IntermediateThrowEvent = "intermediateThrowEvent",
    /// A boundary event (10.5.4).
    BoundaryEvent = "boundaryEvent",
    /// The throw event that a multi-instance activity implies (10.3.8).
    ImplicitThrowEvent = "implicitThrowEvent",
    /// A task without a type (10.3.3).
    Task = "task",
    /// A user task (10.3.3).
    UserTask = "userTask",
    /// A service task (10.3.3).
    ServiceTask = "serviceTask",
    /// A script task (10.3.3).
    ScriptTask = "scriptTask",
    /// A manual task (10.3.3).
    ManualTask = "manualTask",
    /// A send task (10.3.3).
    SendTask = "sendTask",
    /// A receive task (10.3.3).
    ReceiveTask = "receiveTask",
    /// A business rule task (10.3.3).
    BusinessRuleTask = "businessRuleTask",
    /// A call activity (10.3.6).
    CallActivity = "callActivity",
    /// An embedded or event sub-process (10.3.5).
    SubProcess = "subProcess",
    /// A transaction (10.3.5).
    Transaction = "transaction",
    /// An ad-hoc sub-process (10.3.5).
    AdHocSubProcess = "adHocSubProcess",
    /// An exclusive gateway (10.6.2).
    ExclusiveGateway = "exclusiveGateway",
    /// A parallel gateway (10.6.4).
    ParallelGateway = "parallelGateway",
    /// An inclusive gateway (10.6.3).
    InclusiveGateway = "inclusiveGateway",
    /// An event-based gateway (10.6.6).
    EventBasedGateway = "eventBasedGateway",
    /// A complex gateway (10.6.5).
    ComplexGateway = "complexGateway",
    /// A task of a choreography (11.4.1).
    ChoreographyTask = "choreographyTask",
    /// A choreography within a choreography (11.4.2).
    SubChoreography = "subChoreography",
    /// A call of a choreography (11.4.3).
    CallChoreography = "callChoreography",
}

impl NodeKind {
    /// Whether it is an activity: what boundary events attach to (10.3).
    pub fn is_activity(self) -> bool {
        use NodeKind::*;
        matches!(
            self,
            Task | UserTask
                | ServiceTask
                | ScriptTask
                | ManualTask
                | SendTask
                | ReceiveTask
                | BusinessRuleTask
                | CallActivity
                | SubProcess
                | Transaction
                | AdHocSubProcess
        )
    }

    /// Whether other flow nodes stand in it.
    pub fn is_container(self) -> bool {
        use NodeKind::*;
        matches!(
            self,
            SubProcess | Transaction | AdHocSubProcess | SubChoreography
        )
    }
}

impl std::fmt::Display for NodeKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for NodeKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
