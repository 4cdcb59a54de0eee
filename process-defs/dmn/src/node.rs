//! DMN's own view of the XML tree: its elements by name, and which of them a problem is shown on.

use std::sync::Arc;

use redthread_xml::{Namespace, NodeRef};

/// What readers of DMN ask an element of the tree.
pub(crate) trait DmnNode<'t>: Sized + Copy {
    /// The name of a DMN element; `None` for those of other namespaces.
    fn dmn(self) -> Option<&'t str>;

    /// Its DMN children, whatever their names.
    fn dmn_all(self) -> impl Iterator<Item = NodeRef<'t>>;

    /// Its DMN children of this name.
    fn dmn_children(self, name: &'static str) -> impl Iterator<Item = NodeRef<'t>>;

    /// Its first DMN child of this name.
    fn dmn_child(self, name: &'static str) -> Option<NodeRef<'t>> {
        self.dmn_children(name).next()
    }

    /// The name that people see: its `name`, blanks as one (DMN 1.5, 10.3.1.2).
    fn named(self) -> Option<Arc<str>>;

    /// Its `typeRef`: an attribute, or in item definitions an element.
    fn type_ref(self) -> Option<Arc<str>>;

    /// The text in its `text` element.
    fn expression_text(self) -> Option<String>;
}

impl<'t> DmnNode<'t> for NodeRef<'t> {
    fn dmn(self) -> Option<&'t str> {
        self.name_in(&Namespace::Dmn)
    }

    fn dmn_all(self) -> impl Iterator<Item = NodeRef<'t>> {
        self.children().filter(|child| child.dmn().is_some())
    }

    fn dmn_children(self, name: &'static str) -> impl Iterator<Item = NodeRef<'t>> {
        self.children_in(&Namespace::Dmn, name)
    }

    fn named(self) -> Option<Arc<str>> {
        self.filled("name").map(one_blank)
    }

    fn type_ref(self) -> Option<Arc<str>> {
        match self.filled("typeRef") {
            Some(text) => Some(one_blank(text)),
            None => self
                .dmn_child("typeRef")
                .map(|node| one_blank(&node.text()))
                .filter(|text| !text.is_empty()),
        }
    }

    fn expression_text(self) -> Option<String> {
        self.dmn_child("text").map(NodeRef::text)
    }
}

/// A name with its blanks as one each.
pub(crate) fn one_blank(text: &str) -> Arc<str> {
    text.split_whitespace().collect::<Vec<_>>().join(" ").into()
}

/// The id that a problem is shown on: the nearest of rule, column and requirement graph element.
pub(crate) fn owner(at: NodeRef<'_>) -> Option<Arc<str>> {
    at.nearest_id(stands_for_itself)
}

fn stands_for_itself(node: NodeRef<'_>) -> bool {
    let around = node.parent().and_then(DmnNode::dmn);
    match node.dmn() {
        Some("rule" | "input" | "output") => around == Some("decisionTable"),
        Some(_) => around == Some("definitions"),
        None => false,
    }
}
