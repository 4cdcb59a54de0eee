//! The tree that readers of diagrams and decisions walk: elements with resolved namespaces, attributes,
//! text in its order, and the line each element begins on.

use std::sync::Arc;

/// Where an element stands in its [`Tree`].
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeIx(pub(super) u32);

/// The namespaces that diagrams are made of; every other one keeps its address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Namespace {
    /// No namespace.
    None,
    /// BPMN 2.0 itself.
    Bpmn,
    /// BPMN's diagram part.
    BpmnDi,
    /// DMN itself, of any version from 1.1 on.
    Dmn,
    /// DMN's diagram part.
    DmnDi,
    /// Bounds and fonts (DD's "diagram common").
    Dc,
    /// Waypoints and labels (DD's "diagram interchange").
    Di,
    /// Camunda 8's extensions.
    Zeebe,
    /// Camunda's modeler attributes (execution platform).
    Modeler,
    /// Camunda 7's extensions and those of its relatives.
    Camunda,
    /// XML Schema instance (`xsi:type`).
    Xsi,
    /// Any other.
    Other(Arc<str>),
}

impl Namespace {
    pub(super) fn from_address(address: &str) -> Namespace {
        match address {
            "" => Namespace::None,
            "http://www.omg.org/spec/BPMN/20100524/MODEL" => Namespace::Bpmn,
            "http://www.omg.org/spec/BPMN/20100524/DI" => Namespace::BpmnDi,
            "http://www.omg.org/spec/DD/20100524/DC" => Namespace::Dc,
            "http://www.omg.org/spec/DD/20100524/DI" => Namespace::Di,
            "http://camunda.org/schema/zeebe/1.0" => Namespace::Zeebe,
            "http://camunda.org/schema/modeler/1.0" => Namespace::Modeler,
            "http://camunda.org/schema/1.0/bpmn"
            | "http://activiti.org/bpmn"
            | "http://www.activiti.org/bpmn"
            | "http://flowable.org/bpmn" => Namespace::Camunda,
            "http://www.w3.org/2001/XMLSchema-instance" => Namespace::Xsi,
            other => dmn(other).unwrap_or_else(|| Namespace::Other(other.into())),
        }
    }
}

/// The namespaces of DMN: every version has its own date in them.
fn dmn(address: &str) -> Option<Namespace> {
    let (_, after) = address.split_once("://www.omg.org/spec/DMN/")?;
    let (date, part) = after.split_once('/')?;
    let is_date = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
    match part.trim_end_matches('/') {
        "MODEL" | "dmn.xsd" | "dmn3.xsd" if is_date => Some(Namespace::Dmn),
        "DMNDI" if is_date => Some(Namespace::DmnDi),
        "DC" if is_date => Some(Namespace::Dc),
        "DI" if is_date => Some(Namespace::Di),
        _ => None,
    }
}

/// An attribute with its value as XML means it.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its namespace: none for an attribute without prefix.
    pub namespace: Namespace,
    /// Its local name.
    pub name: Arc<str>,
    /// Its value, references resolved.
    pub value: Box<str>,
}

#[derive(Debug)]
pub(super) enum Content {
    Element(NodeIx),
    Text(String),
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) namespace: Namespace,
    pub(super) name: Arc<str>,
    pub(super) line: u32,
    pub(super) parent: Option<NodeIx>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) content: Vec<Content>,
}

/// A document. Elements stand in document order, the root first; an arena, so that dropping it
/// does not recurse.
#[derive(Debug)]
pub struct Tree {
    pub(super) nodes: Vec<Node>,
}

impl Tree {
    /// The root element. Every tree has one: [`crate::parse`] refuses a document without.
    pub fn root(&self) -> NodeRef<'_> {
        self.at(NodeIx(0))
    }

    /// The element at `ix`, which must come from this tree.
    pub fn at(&self, ix: NodeIx) -> NodeRef<'_> {
        NodeRef { tree: self, ix }
    }

    /// All elements, in document order.
    pub fn all(&self) -> impl Iterator<Item = NodeRef<'_>> {
        (0..self.nodes.len() as u32).map(|ix| self.at(NodeIx(ix)))
    }
}

/// An element of a tree.
#[derive(Copy, Clone)]
pub struct NodeRef<'t> {
    tree: &'t Tree,
    ix: NodeIx,
}

impl<'t> NodeRef<'t> {
    fn node(self) -> &'t Node {
        &self.tree.nodes[self.ix.0 as usize]
    }

    /// Where it stands in its tree.
    pub fn ix(self) -> NodeIx {
        self.ix
    }

    /// The line on which its start tag begins, counted from 1.
    pub fn line(self) -> u32 {
        self.node().line
    }

    /// Its namespace.
    pub fn namespace(self) -> &'t Namespace {
        &self.node().namespace
    }

    /// The local name.
    pub fn name(self) -> &'t str {
        &self.node().name
    }

    /// Whether it is the element of this namespace and local name.
    pub fn is(self, namespace: &Namespace, name: &str) -> bool {
        self.node().namespace == *namespace && &*self.node().name == name
    }

    /// The local name of an element of this namespace; `None` for those of others.
    pub fn name_in(self, namespace: &Namespace) -> Option<&'t str> {
        (self.node().namespace == *namespace).then(|| self.name())
    }

    /// The element around it; `None` for the root.
    pub fn parent(self) -> Option<NodeRef<'t>> {
        self.node().parent.map(|ix| self.tree.at(ix))
    }

    /// Its attributes, in their order.
    pub fn attributes(self) -> &'t [Attribute] {
        &self.node().attributes
    }

    /// The attribute without prefix.
    pub fn attribute(self, name: &str) -> Option<&'t str> {
        self.attribute_in(&Namespace::None, name)
    }

    /// The attribute of a namespace.
    pub fn attribute_in(self, namespace: &Namespace, name: &str) -> Option<&'t str> {
        let mut attributes = self.node().attributes.iter();
        attributes
            .find(|attribute| &*attribute.name == name && attribute.namespace == *namespace)
            .map(|attribute| &*attribute.value)
    }

    /// An attribute that is there and not blank.
    pub fn filled(self, name: &str) -> Option<&'t str> {
        self.attribute(name)
            .filter(|value| !value.trim().is_empty())
    }

    /// Its `id`, trimmed; `None` when it has none or a blank one.
    pub fn id(self) -> Option<&'t str> {
        self.attribute("id")
            .map(str::trim)
            .filter(|id| !id.is_empty())
    }

    /// The `id` of the nearest of it and the elements around it that has one and that `fits`.
    pub fn nearest_id(self, fits: impl Fn(NodeRef<'t>) -> bool) -> Option<Arc<str>> {
        let mut node = Some(self);
        while let Some(candidate) = node {
            if let Some(id) = candidate.id().filter(|_| fits(candidate)) {
                return Some(id.into());
            }
            node = candidate.parent();
        }
        None
    }

    /// The elements directly in it, in document order.
    pub fn children(self) -> impl DoubleEndedIterator<Item = NodeRef<'t>> {
        self.node()
            .content
            .iter()
            .filter_map(move |content| match content {
                Content::Element(ix) => Some(self.tree.at(*ix)),
                Content::Text(_) => None,
            })
    }

    /// Its children of this namespace and name.
    pub fn children_in<'n>(
        self,
        namespace: &'n Namespace,
        name: &'n str,
    ) -> impl Iterator<Item = NodeRef<'t>> + use<'t, 'n> {
        self.children()
            .filter(move |child| child.is(namespace, name))
    }

    /// What stands in its `extensionElements`, in BPMN and in DMN alike.
    pub fn extensions(self) -> impl Iterator<Item = NodeRef<'t>> {
        self.children_in(self.namespace(), "extensionElements")
            .flat_map(NodeRef::children)
    }

    /// Its own text and that of the elements in it, in document order.
    pub fn text(self) -> String {
        let mut text = String::new();
        let mut open = vec![self.node().content.iter()];
        while let Some(content) = open.last_mut() {
            match content.next() {
                None => drop(open.pop()),
                Some(Content::Text(part)) => text.push_str(part),
                Some(Content::Element(ix)) => open.push(self.tree.at(*ix).node().content.iter()),
            }
        }
        text
    }
}
