//! What a file offers, for those who call its decisions and for those who look at them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use redthread_xml::NodeIx;
use serde::Serialize;

use crate::graph::{Graph, Node};
use crate::model::{Aggregation, BoxedKind, HitPolicy, Model};
use crate::types::TypeIx;

/// A decision and what it wants and gives.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DecisionInfo {
    /// Its id.
    pub id: Option<Arc<str>>,
    /// The name that people see.
    pub name: Arc<str>,
    /// `zeebe:versionTag`, if there is one.
    pub version_tag: Option<Arc<str>>,
    /// The question it answers.
    pub question: Option<String>,
    /// The answers that are allowed, in words.
    pub allowed_answers: Option<String>,
    /// How it is decided.
    pub logic: LogicKind,
    /// Of a table: what to do when several rules match.
    pub hit_policy: Option<HitPolicy>,
    /// Of a table: how hits are put together.
    pub aggregation: Option<Aggregation>,
    /// Everything it needs to be given, by itself or through decisions that it requires.
    pub inputs: Vec<InputInfo>,
    /// The type of its result, as FEEL writes it.
    pub result: Option<Arc<str>>,
    /// The names of the decisions that it requires directly.
    pub requires: Vec<Arc<str>>,
}

/// A value that is to be given.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InputInfo {
    /// Its name; of an imported file's with the prefixes of imports before it.
    pub name: Arc<str>,
    /// Its type, as FEEL writes it.
    pub r#type: Option<Arc<str>>,
    /// Which values there may be, as unary tests.
    pub allowed: Option<String>,
    /// Whether the file declares it. If not, an expression uses a name that nothing declares, as Camunda's models do.
    pub declared: bool,
}

/// A business knowledge model or decision service.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InvocableInfo {
    /// Its id.
    pub id: Option<Arc<str>>,
    /// The name that people see.
    pub name: Arc<str>,
    /// Its parameters, in the order of a call.
    pub parameters: Vec<InputInfo>,
    /// How many results it has: those of a service with several are the entries of a context.
    pub outputs: usize,
    /// The type of its result, as FEEL writes it.
    pub result: Option<Arc<str>>,
}

/// How a decision is decided.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum LogicKind {
    /// By an expression.
    LiteralExpression,
    /// By a table.
    DecisionTable,
    /// By a boxed context.
    Context,
    /// By a boxed list.
    List,
    /// By a relation.
    Relation,
    /// By calling something.
    Invocation,
    /// It is a function.
    FunctionDefinition,
    /// By a boxed conditional.
    Conditional,
    /// By a boxed filter.
    Filter,
    /// By a boxed iteration.
    For,
    /// By a boxed quantifier.
    Quantified,
    /// Not said.
    None,
}

/// All that a file offers.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    pub(crate) decisions: Vec<DecisionInfo>,
    pub(crate) services: Vec<InvocableInfo>,
    pub(crate) knowledge: Vec<InvocableInfo>,
}

/// A name that nothing declares.
#[derive(Debug)]
pub(crate) struct UnknownName {
    pub(crate) node: usize,
    pub(crate) name: Arc<str>,
    pub(crate) at: NodeIx,
    /// What could have been meant.
    pub(crate) visible: Vec<Arc<str>>,
    /// It may as well be an entry of what a filter goes through: nobody knows before.
    pub(crate) may_be_entry: bool,
    /// It is called like a function.
    pub(crate) is_called: bool,
}

/// Which names the expressions of the linked file use.
#[derive(Debug, Default)]
pub(crate) struct Used {
    names: HashMap<usize, HashSet<Arc<str>>>,
    pub(crate) unknown: Vec<UnknownName>,
}

/// So many unknown names are noted: each may list what else could have been meant.
const UNKNOWN: usize = 2_000;

impl Used {
    pub(crate) fn name(&mut self, node: usize, name: &Arc<str>) {
        self.names.entry(node).or_default().insert(name.clone());
    }

    pub(crate) fn unknown(
        &mut self,
        node: usize,
        name: &Arc<str>,
        at: NodeIx,
        visible: &[Arc<str>],
        text: &str,
    ) {
        let known = self
            .unknown
            .iter()
            .rev()
            .take(50)
            .any(|unknown| unknown.node == node && unknown.name == *name);
        if !known && self.unknown.len() < UNKNOWN {
            self.unknown.push(UnknownName {
                node,
                name: name.clone(),
                at,
                visible: visible.iter().take(200).cloned().collect(),
                may_be_entry: text.contains('['),
                is_called: text.contains(&format!("{name}(")),
            });
        }
    }

    /// Whether an expression of a node uses a name.
    pub(crate) fn uses(&self, node: usize, name: &str) -> bool {
        self.names
            .get(&node)
            .is_some_and(|names| names.contains(name))
    }
}

pub(crate) fn catalogue(model: &Model, graph: &Graph, used: &Used) -> Catalogue {
    let nodes = &graph.files[0].nodes;
    let mut catalogue = Catalogue::default();
    let mut walk = Walk::new(graph, used);
    let mut decisions = model.decisions.iter();
    for (at, node) in nodes.iter().enumerate() {
        match node {
            Node::Decision(decision) => {
                let Some(drawn) = decisions.next() else {
                    continue;
                };
                let table = match drawn.logic.as_ref().map(|logic| &logic.kind) {
                    Some(BoxedKind::Table(table)) => Some(table),
                    _ => None,
                };
                let policy = table.and_then(|table| table.hit_policy.as_ref().ok().copied());
                catalogue.decisions.push(DecisionInfo {
                    id: decision.id.clone(),
                    name: decision.name.clone(),
                    version_tag: drawn.version_tag.clone(),
                    question: drawn.question.clone(),
                    allowed_answers: drawn.allowed_answers.clone(),
                    logic: logic_kind(drawn.logic.as_ref().map(|logic| &logic.kind)),
                    hit_policy: policy,
                    aggregation: table
                        .and_then(|table| table.aggregation.as_ref().ok().copied()?),
                    inputs: walk.inputs(at),
                    result: decision.kind.map(|kind| type_text(graph, kind)),
                    requires: decision
                        .requires
                        .iter()
                        .map(|binding| {
                            &graph.files[binding.target.way.file].nodes[binding.target.node]
                        })
                        .filter(|node| matches!(node, Node::Decision(_)))
                        .map(|node| node.name().clone())
                        .collect(),
                });
            }
            Node::Knowledge(knowledge) => catalogue.knowledge.push(InvocableInfo {
                id: knowledge.id.clone(),
                name: knowledge.name.clone(),
                parameters: knowledge
                    .function
                    .iter()
                    .flat_map(|function| &function.parameters)
                    .map(|parameter| input(graph, parameter.name.clone(), parameter.kind))
                    .collect(),
                outputs: 1,
                result: knowledge.result.map(|kind| type_text(graph, kind)),
            }),
            Node::Service(service) => catalogue.services.push(InvocableInfo {
                id: service.id.clone(),
                name: service.name.clone(),
                parameters: service
                    .parameters
                    .iter()
                    .map(|(parameter, _)| input(graph, parameter.name.clone(), parameter.kind))
                    .collect(),
                outputs: service.outputs.len(),
                result: service.result.map(|kind| type_text(graph, kind)),
            }),
            Node::Input(_) => {}
        }
    }
    catalogue
}

fn logic_kind(kind: Option<&BoxedKind>) -> LogicKind {
    match kind {
        None => LogicKind::None,
        Some(BoxedKind::Literal { .. }) => LogicKind::LiteralExpression,
        Some(BoxedKind::Table(_)) => LogicKind::DecisionTable,
        Some(BoxedKind::Context(_)) => LogicKind::Context,
        Some(BoxedKind::List(_)) => LogicKind::List,
        Some(BoxedKind::Relation { .. }) => LogicKind::Relation,
        Some(BoxedKind::Invocation { .. }) => LogicKind::Invocation,
        Some(BoxedKind::Function { .. }) => LogicKind::FunctionDefinition,
        Some(BoxedKind::Conditional { .. }) => LogicKind::Conditional,
        Some(BoxedKind::Filter { .. }) => LogicKind::Filter,
        Some(BoxedKind::For { .. }) => LogicKind::For,
        Some(BoxedKind::Quantified { .. }) => LogicKind::Quantified,
    }
}

/// So many steps are made to find out what decisions need through others; decisions for which none are left tell
/// what they need directly.
const STEPS: usize = 2_000_000;

/// Walks from decisions to everything that they have to be given.
struct Walk<'w> {
    graph: &'w Graph,
    /// Names that nothing declares, by nodes of the linked file.
    unknown: HashMap<usize, Vec<&'w Arc<str>>>,
    /// Of each node the last walk that came by.
    seen: Vec<usize>,
    walks: usize,
    steps: usize,
}

impl<'w> Walk<'w> {
    fn new(graph: &'w Graph, used: &'w Used) -> Walk<'w> {
        let mut unknown: HashMap<usize, Vec<&Arc<str>>> = HashMap::new();
        for name in used
            .unknown
            .iter()
            .filter(|name| !name.may_be_entry && !name.is_called)
        {
            unknown.entry(name.node).or_default().push(&name.name);
        }
        Walk {
            graph,
            unknown,
            seen: vec![0; graph.size],
            walks: 0,
            steps: STEPS,
        }
    }

    /// What a decision of the linked file has to be given, in the order in which it is met.
    fn inputs(&mut self, decision: usize) -> Vec<InputInfo> {
        self.walks += 1;
        let mut found = Vec::new();
        let mut names = HashSet::new();
        let mut open = vec![(0usize, decision)];
        while let Some((unit, at)) = open.pop() {
            let node = self.graph.node(unit, at);
            if let Node::Input(declared) = node {
                let path = &self.graph.units[unit].path;
                let mut path: Vec<&str> = path.iter().map(|name| &**name).collect();
                path.push(&declared.name);
                found.push(input(self.graph, path.join(".").into(), declared.kind));
                continue;
            }
            if unit == 0 {
                for name in self.unknown.get(&at).into_iter().flatten() {
                    if names.insert(*name) {
                        found.push(InputInfo {
                            name: (*name).clone(),
                            r#type: None,
                            allowed: None,
                            declared: false,
                        });
                    }
                }
            }
            if self.steps == 0 && at != decision {
                continue;
            }
            // From the last, so that the first is taken off first.
            for binding in node.requires().iter().rev() {
                self.steps = self.steps.saturating_sub(1);
                let Some(unit) = self.graph.unit_of(unit, &binding.target) else {
                    continue;
                };
                let at = binding.target.node;
                let is_called = matches!(
                    self.graph.node(unit, at),
                    Node::Knowledge(_) | Node::Service(_)
                );
                let slot = self.graph.slot(unit, at);
                if !is_called && self.seen[slot] != self.walks {
                    self.seen[slot] = self.walks;
                    open.push((unit, at));
                }
            }
        }
        found
    }
}

fn input(graph: &Graph, name: Arc<str>, kind: Option<TypeIx>) -> InputInfo {
    let allowed = kind.and_then(|kind| graph.types.allowed(kind));
    InputInfo {
        name,
        r#type: kind.map(|kind| type_text(graph, kind)),
        allowed: allowed.map(|tests| tests.expression().text().trim().to_owned()),
        declared: true,
    }
}

/// A type as FEEL writes it; one that would fill pages by its name.
fn type_text(graph: &Graph, kind: TypeIx) -> Arc<str> {
    let item = graph.types.at(kind);
    if !crate::types::is_short(&item.feel, &mut 40) {
        return item.name.clone();
    }
    item.feel.to_string().into()
}
