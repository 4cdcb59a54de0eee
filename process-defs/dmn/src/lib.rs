//! Decisions (DMN 1.1 to 1.5) on FEEL: XML in; checked, evaluable decisions and a list of problems out.
//!
//! ```text
//! bytes -> model/    what the file says, nothing resolved        Model, Unreadable
//!       -> link/     imports, types, requirements, logic         Problem, Decisions
//!       -> check/    what analysts should know all the same      Problem
//! variables -> evaluate/   each decision once, within limits     Outcome, Explanation
//! ```
//!
//! A file with errors can still be evaluated (what is broken is null, with a warning), but should not be deployed.
//! Nothing here reads a clock, a file or the network.
//!
//! ```
//! use redthread_dmn::{Decisions, Detail, Limits, read};
//! use redthread_feel::{Context, Env, Value};
//! # use redthread_calendar::{Timestamp, Zone};
//! let file = br##"<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="Discounts" namespace="d">
//!   <inputData id="i" name="amount"><variable name="amount" typeRef="number"/></inputData>
//!   <decision id="discount" name="Discount">
//!     <informationRequirement><requiredInput href="#i"/></informationRequirement>
//!     <literalExpression><text>if amount > 1000 then 0.05 else 0</text></literalExpression>
//!   </decision>
//! </definitions>"##;
//! let model = read(file, &Limits::default()).unwrap();
//! assert!(model.problems.is_empty());
//! let decisions = model.decisions();
//! let given: Context = [("amount", Value::from(2000))].into_iter().collect();
//! let env = Env::new(Timestamp::EPOCH, Zone::UTC);
//! let outcome = decisions.evaluate("discount", &given, &env, Detail::Result).unwrap();
//! assert_eq!(outcome.value.to_feel(), "0.05");
//! ```

mod check;
mod error;
mod evaluate;
mod graph;
mod info;
mod link;
mod logic;
pub mod model;
mod node;
mod types;
mod words;

use std::sync::Arc;

pub use error::DmnError;
pub use evaluate::{
    DecisionTrace, DecisionWarning, Detail, Explanation, NamedJson, NamedText, Outcome, RuleTrace,
    TableTrace, TraceKind,
};
pub use info::{DecisionInfo, InputInfo, InvocableInfo, LogicKind};
pub use model::{Aggregation, HitPolicy, Import, Model};
pub use redthread_xml::{Code, Limits, Problem, Severity, Unreadable};

use graph::{Graph, Node};
use info::Catalogue;
use redthread_feel::{Env, Scope};
use redthread_xml::Problems;

/// A DMN file: what it says and what is wrong with it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DecisionModel {
    /// What the file says.
    pub model: Arc<Model>,
    /// What is wrong with it, as far as it alone tells, in the order of the file. What it imports is looked at by [`link`].
    pub problems: Vec<Problem>,
    decisions: Decisions,
    limits: Limits,
}

impl DecisionModel {
    /// Whether a problem keeps the file from being deployed.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.problems)
    }

    /// The files that it imports.
    pub fn imports(&self) -> &[Import] {
        &self.model.imports
    }

    /// The namespace by which other files import it.
    pub fn namespace(&self) -> &str {
        &self.model.namespace
    }

    /// Its decisions without those that it imports.
    pub fn decisions(&self) -> Decisions {
        self.decisions.clone()
    }
}

fn has_errors(problems: &[Problem]) -> bool {
    problems
        .iter()
        .any(|problem| problem.severity == Severity::Error)
}

/// A file together with those that it imports.
#[derive(Clone, Debug)]
pub struct Linked {
    /// What can be evaluated.
    pub decisions: Decisions,
    /// What is wrong with the file, in view of what it imports, in its order.
    pub problems: Vec<Problem>,
}

impl Linked {
    /// Whether a problem keeps the file from being deployed.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.problems)
    }
}

/// Reads a DMN file.
///
/// # Errors
///
/// [`Unreadable`] when the bytes are not well-formed XML, exceed `limits`, or declare a document type of their own.
/// Everything else that is wrong is a [`Problem`] of the model.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<DecisionModel, Unreadable> {
    let tree = redthread_xml::parse(bytes, limits)?;
    let model = Arc::new(Model::read(tree));
    let (decisions, problems) = linked(&model, &[], limits, true);
    Ok(DecisionModel {
        model,
        problems,
        decisions,
        limits: limits.clone(),
    })
}

/// Links a file with those that it imports; which of them that are is told by their namespaces. Those that are not
/// needed do no harm. What is wrong within those is told by their own problems.
pub fn link(main: &DecisionModel, others: &[&DecisionModel]) -> Linked {
    let others: Vec<&Model> = others.iter().map(|other| &*other.model).collect();
    let (decisions, problems) = linked(&main.model, &others, &main.limits, false);
    Linked {
        decisions,
        problems,
    }
}

fn linked(
    model: &Arc<Model>,
    others: &[&Model],
    limits: &Limits,
    alone: bool,
) -> (Decisions, Vec<Problem>) {
    let mut problems = Problems::new(limits.problems, node::owner);
    if !model.is_dmn() {
        problems.error(
            model.tree().root(),
            Code::NotDmn,
            "The file is XML, but not DMN.",
            "Export the decisions as DMN 1.3 or newer (.dmn).",
        );
    }
    let (graph, catalogue, problems) = link::link(model, others, problems, alone);
    let decisions = Decisions(Arc::new(Compiled {
        model: model.clone(),
        graph,
        catalogue,
    }));
    (decisions, problems)
}

/// Decisions that can be evaluated. Cheap to clone, free to share between threads.
#[derive(Clone, Debug)]
pub struct Decisions(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    model: Arc<Model>,
    graph: Arc<Graph>,
    catalogue: Catalogue,
}

impl Decisions {
    /// The id of the definitions.
    pub fn id(&self) -> Option<&str> {
        self.0.model.id.as_deref()
    }

    /// The name of the definitions.
    pub fn name(&self) -> Option<&str> {
        self.0.model.name.as_deref()
    }

    /// The namespace of the definitions.
    pub fn namespace(&self) -> &str {
        &self.0.model.namespace
    }

    /// The decisions, in the order of the file.
    pub fn decisions(&self) -> &[DecisionInfo] {
        &self.0.catalogue.decisions
    }

    /// The decision services, in the order of the file.
    pub fn services(&self) -> &[InvocableInfo] {
        &self.0.catalogue.services
    }

    /// The business knowledge models, in the order of the file.
    pub fn knowledge_models(&self) -> &[InvocableInfo] {
        &self.0.catalogue.knowledge
    }

    /// A decision by its id, else by its name.
    pub fn decision(&self, id_or_name: &str) -> Option<&DecisionInfo> {
        let decisions = self.decisions();
        let by_id = decisions
            .iter()
            .find(|decision| decision.id.as_deref() == Some(id_or_name));
        by_id.or_else(|| {
            decisions
                .iter()
                .find(|decision| *decision.name == *id_or_name)
        })
    }

    /// Makes a decision, by its id, else by its name. `variables` holds the input data by their names (those of
    /// imported files in contexts that are called like the imports), and whatever else expressions of this file may
    /// name without declaring it. Texts given for dates, times and durations are read as such.
    ///
    /// # Errors
    ///
    /// [`DmnError::UnknownDecision`]. What goes wrong in the evaluation makes null, with warnings.
    pub fn evaluate(
        &self,
        decision: &str,
        variables: &dyn Scope,
        env: &Env,
        detail: Detail,
    ) -> Result<Outcome, DmnError> {
        let found = self
            .0
            .graph
            .find(decision, |node| matches!(node, Node::Decision(_)));
        let node = found.ok_or_else(|| {
            DmnError::unknown_decision(
                decision,
                self.decisions().iter().map(|info| (&info.id, &info.name)),
            )
        })?;
        Ok(evaluate::evaluate(
            &self.0.graph,
            node,
            variables,
            env,
            detail,
        ))
    }

    /// Calls a decision service, by its id, else by its name, with what `variables` holds for its inputs.
    ///
    /// # Errors
    ///
    /// [`DmnError::UnknownService`].
    pub fn invoke_service(
        &self,
        service: &str,
        variables: &dyn Scope,
        env: &Env,
        detail: Detail,
    ) -> Result<Outcome, DmnError> {
        let found = self
            .0
            .graph
            .find(service, |node| matches!(node, Node::Service(_)));
        let node = found.ok_or_else(|| {
            DmnError::unknown_service(
                service,
                self.services().iter().map(|info| (&info.id, &info.name)),
            )
        })?;
        Ok(evaluate::evaluate(
            &self.0.graph,
            node,
            variables,
            env,
            detail,
        ))
    }

    /// Calls a business knowledge model, by its id, else by its name, with what `arguments` holds for its parameters.
    ///
    /// # Errors
    ///
    /// [`DmnError::UnknownKnowledgeModel`].
    pub fn invoke_knowledge_model(
        &self,
        model: &str,
        arguments: &dyn Scope,
        env: &Env,
        detail: Detail,
    ) -> Result<Outcome, DmnError> {
        let found = self
            .0
            .graph
            .find(model, |node| matches!(node, Node::Knowledge(_)));
        let node = found.ok_or_else(|| {
            let known = self
                .knowledge_models()
                .iter()
                .map(|info| (&info.id, &info.name));
            DmnError::unknown_knowledge_model(model, known)
        })?;
        Ok(evaluate::evaluate(
            &self.0.graph,
            node,
            arguments,
            env,
            detail,
        ))
    }
}
