//! What a DMN file says, whether it runs or not (DMN 1.5 chapters 6 to 8 and 10.2).

mod boxed;
mod item;
mod table;

pub use boxed::{Boxed, BoxedKind, Entry, FormalParameter, FunctionKind};
pub use item::{ItemDefinition, ItemShape, UnaryText};
pub use table::{Aggregation, HitPolicy, InputClause, OutputClause, Rule, Table};

use std::sync::Arc;

use redthread_xml::{Namespace, NodeIx, NodeRef, Tree};

use crate::node::DmnNode;

/// A DMN file as it is written: nothing in it is resolved yet.
#[derive(Debug)]
pub struct Model {
    tree: Tree,
    /// The id of the definitions.
    pub id: Option<Arc<str>>,
    /// The name of the definitions.
    pub name: Option<Arc<str>>,
    /// The namespace by which other files import this one.
    pub namespace: Arc<str>,
    /// The expression language that holds where none is given.
    pub expression_language: Option<Arc<str>>,
    /// The files that this one imports.
    pub imports: Vec<Import>,
    /// The types it declares.
    pub items: Vec<ItemDefinition>,
    /// The input data, in the order of the file.
    pub inputs: Vec<InputData>,
    /// The decisions, in the order of the file.
    pub decisions: Vec<Decision>,
    /// The business knowledge models, in the order of the file.
    pub knowledge: Vec<KnowledgeModel>,
    /// The decision services, in the order of the file.
    pub services: Vec<DecisionService>,
}

/// An import of another DMN file (DMN 1.5, 6.3.3).
#[derive(Clone, Debug)]
pub struct Import {
    /// The namespace of what is imported.
    pub namespace: Arc<str>,
    /// The prefix that its names have here; empty: none.
    pub name: Arc<str>,
    /// Whether it is a DMN file: other kinds (Java, PMML, XML Schema) are told apart by their type.
    pub is_dmn: bool,
    /// The type as written.
    pub import_type: Option<Arc<str>>,
    /// Where it stands.
    pub xml: NodeIx,
}

/// A value that has a name and perhaps a type (DMN 1.5, 7.3.4).
#[derive(Clone, Debug)]
pub struct Variable {
    /// The name under which expressions know it.
    pub name: Arc<str>,
    /// Its type, as written.
    pub type_ref: Option<Arc<str>>,
}

/// Something that decisions are given (DMN 1.5, 6.3.9).
#[derive(Clone, Debug)]
pub struct InputData {
    /// Its id.
    pub id: Option<Arc<str>>,
    /// Its name and type.
    pub variable: Variable,
    /// Where it stands.
    pub xml: NodeIx,
}

/// A decision (DMN 1.5, 6.3.6).
#[derive(Clone, Debug)]
pub struct Decision {
    /// Its id.
    pub id: Option<Arc<str>>,
    /// The name that people see.
    pub name: Arc<str>,
    /// The name under which expressions know its result, and the result's type.
    pub variable: Variable,
    /// Whether the file gives a variable; if not, the result is known by the id as well.
    pub has_variable: bool,
    /// `zeebe:versionTag`, if there is one.
    pub version_tag: Option<Arc<str>>,
    /// The question it answers.
    pub question: Option<String>,
    /// The answers that are allowed, in words.
    pub allowed_answers: Option<String>,
    /// What it needs, in the order of the file.
    pub requires: Vec<Requirement>,
    /// How it is decided; `None`: not said.
    pub logic: Option<Boxed>,
    /// Where it stands.
    pub xml: NodeIx,
}

/// Logic that can be called (DMN 1.5, 6.3.8).
#[derive(Clone, Debug)]
pub struct KnowledgeModel {
    /// Its id.
    pub id: Option<Arc<str>>,
    /// The name that people see.
    pub name: Arc<str>,
    /// The name by which it is called, and its type.
    pub variable: Variable,
    /// The business knowledge models and services that it calls.
    pub requires: Vec<Requirement>,
    /// The function; `None`: not said.
    pub function: Option<Boxed>,
    /// Where it stands.
    pub xml: NodeIx,
}

/// Decisions that are called together as one function (DMN 1.5, 6.3.10).
#[derive(Clone, Debug)]
pub struct DecisionService {
    /// Its id.
    pub id: Option<Arc<str>>,
    /// The name that people see.
    pub name: Arc<str>,
    /// The name by which it is called, and its type.
    pub variable: Variable,
    /// The decisions whose results it gives.
    pub outputs: Vec<Reference>,
    /// The decisions that are hidden in it.
    pub encapsulated: Vec<Reference>,
    /// The decisions whose results it is given.
    pub input_decisions: Vec<Reference>,
    /// The input data that it is given.
    pub input_data: Vec<Reference>,
    /// Where it stands.
    pub xml: NodeIx,
}

/// What kind of thing is required (DMN 1.5, 6.3.11 to 6.3.13).
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Requires {
    /// Input data.
    Input,
    /// The result of another decision.
    Decision,
    /// A business knowledge model or decision service to call.
    Knowledge,
}

/// A requirement of a decision or business knowledge model.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// What kind of thing.
    pub kind: Requires,
    /// Which one.
    pub target: Reference,
}

/// An `href`: `#id`, or `namespace#id`.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The namespace before the `#`; `None`: this file.
    pub namespace: Option<Arc<str>>,
    /// The id after it.
    pub id: Arc<str>,
    /// Where it stands.
    pub xml: NodeIx,
}

impl Model {
    pub(crate) fn read(tree: Tree) -> Model {
        let root = tree.root();
        let text = |name| root.filled(name).map(|text| Arc::from(text.trim()));
        let mut model = Model {
            id: root.id().map(Arc::from),
            name: root.named(),
            namespace: text("namespace").unwrap_or_else(|| "".into()),
            expression_language: text("expressionLanguage"),
            imports: Vec::new(),
            items: Vec::new(),
            inputs: Vec::new(),
            decisions: Vec::new(),
            knowledge: Vec::new(),
            services: Vec::new(),
            tree,
        };
        let elements: Vec<NodeIx> = model.tree.root().dmn_all().map(NodeRef::ix).collect();
        for ix in elements {
            model.element(ix);
        }
        model
    }

    fn element(&mut self, ix: NodeIx) {
        let node = self.tree.at(ix);
        match node.dmn() {
            Some("import") => self.imports.push(import(node)),
            Some("itemDefinition") => self.items.push(item::read(node)),
            Some("inputData") => self.inputs.push(InputData {
                id: node.id().map(Arc::from),
                variable: variable(node).0,
                xml: ix,
            }),
            Some("decision") => self.decisions.push(decision(node)),
            Some("businessKnowledgeModel") => self.knowledge.push(knowledge_model(node)),
            Some("decisionService") => self.services.push(service(node)),
            _ => {}
        }
    }

    /// Whether the file is DMN at all.
    pub fn is_dmn(&self) -> bool {
        self.tree.root().dmn() == Some("definitions")
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    pub(crate) fn at(&self, ix: NodeIx) -> NodeRef<'_> {
        self.tree.at(ix)
    }
}

fn import(node: NodeRef<'_>) -> Import {
    let import_type = node.filled("importType").map(str::trim);
    Import {
        namespace: node
            .attribute("namespace")
            .unwrap_or_default()
            .trim()
            .into(),
        name: node.named().unwrap_or_else(|| "".into()),
        is_dmn: import_type.is_none_or(|kind| kind.contains("/DMN/")),
        import_type: import_type.map(Arc::from),
        xml: node.ix(),
    }
}

/// The variable of an element, and whether the file gives one.
fn variable(node: NodeRef<'_>) -> (Variable, bool) {
    let own = node.named().or_else(|| node.id().map(Arc::from));
    let own = own.unwrap_or_else(|| "".into());
    match node.dmn_child("variable") {
        Some(variable) => (
            Variable {
                name: variable.named().unwrap_or(own),
                type_ref: variable.type_ref(),
            },
            true,
        ),
        None => (
            Variable {
                name: own,
                type_ref: None,
            },
            false,
        ),
    }
}

fn name_of(node: NodeRef<'_>) -> Arc<str> {
    let name = node.named().or_else(|| node.id().map(Arc::from));
    name.unwrap_or_else(|| "".into())
}

fn decision(node: NodeRef<'_>) -> Decision {
    let (variable, has_variable) = variable(node);
    let words = |name| {
        node.dmn_child(name)
            .map(|words| words.text().trim().to_owned())
    };
    Decision {
        id: node.id().map(Arc::from),
        name: name_of(node),
        variable,
        has_variable,
        version_tag: version_tag(node),
        question: words("question").filter(|text| !text.is_empty()),
        allowed_answers: words("allowedAnswers").filter(|text| !text.is_empty()),
        requires: requirements(node),
        logic: boxed::among(node),
        xml: node.ix(),
    }
}

fn version_tag(node: NodeRef<'_>) -> Option<Arc<str>> {
    node.extensions()
        .find(|extension| extension.is(&Namespace::Zeebe, "versionTag"))
        .and_then(|extension| extension.filled("value"))
        .map(|value| value.trim().into())
}

fn knowledge_model(node: NodeRef<'_>) -> KnowledgeModel {
    KnowledgeModel {
        id: node.id().map(Arc::from),
        name: name_of(node),
        variable: variable(node).0,
        requires: requirements(node),
        function: node.dmn_child("encapsulatedLogic").map(boxed::function),
        xml: node.ix(),
    }
}

fn service(node: NodeRef<'_>) -> DecisionService {
    let references = |name| node.dmn_children(name).filter_map(reference).collect();
    DecisionService {
        id: node.id().map(Arc::from),
        name: name_of(node),
        variable: variable(node).0,
        outputs: references("outputDecision"),
        encapsulated: references("encapsulatedDecision"),
        input_decisions: references("inputDecision"),
        input_data: references("inputData"),
        xml: node.ix(),
    }
}

fn requirements(node: NodeRef<'_>) -> Vec<Requirement> {
    let mut found = Vec::new();
    for requirement in node.dmn_all() {
        let wanted: &[(&str, Requires)] = match requirement.dmn() {
            Some("informationRequirement") => &[
                ("requiredInput", Requires::Input),
                ("requiredDecision", Requires::Decision),
            ],
            Some("knowledgeRequirement") => &[("requiredKnowledge", Requires::Knowledge)],
            _ => continue,
        };
        for child in requirement.dmn_all() {
            let kind = wanted.iter().find(|(name, _)| child.dmn() == Some(name));
            if let (Some((_, kind)), Some(target)) = (kind, reference(child)) {
                found.push(Requirement {
                    kind: *kind,
                    target,
                });
            }
        }
    }
    found
}

fn reference(node: NodeRef<'_>) -> Option<Reference> {
    let href = node.filled("href")?.trim();
    let (namespace, id) = href.rsplit_once('#').unwrap_or(("", href));
    Some(Reference {
        namespace: (!namespace.is_empty()).then(|| namespace.into()),
        id: id.into(),
        xml: node.ix(),
    })
}
