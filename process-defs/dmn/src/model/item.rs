//! Item definitions: the types that a file declares (DMN 1.5, 7.3.3).

use std::sync::Arc;

use redthread_xml::{NodeIx, NodeRef};

use crate::node::DmnNode;

/// A type, or a component of one.
#[derive(Clone, Debug)]
pub struct ItemDefinition {
    /// Its name.
    pub name: Arc<str>,
    /// What a value of it looks like.
    pub shape: ItemShape,
    /// Whether it is a list of such values.
    pub collection: bool,
    /// Which values there may be; of a collection: which items.
    pub allowed: Option<UnaryText>,
    /// What holds for the whole value, a collection's too (DMN 1.5).
    pub constraint: Option<UnaryText>,
    /// The type language, if one is given.
    pub type_language: Option<Arc<str>>,
    /// Where it stands.
    pub xml: NodeIx,
}

/// What a value of a type looks like.
#[derive(Clone, Debug)]
pub enum ItemShape {
    /// Like that of another type; `None`: not said.
    Type(Option<Arc<str>>),
    /// A context with these entries.
    Components(Vec<ItemDefinition>),
    /// A function (DMN 1.5, 7.3.5).
    Function {
        /// Its parameters and their types.
        parameters: Vec<(Arc<str>, Option<Arc<str>>)>,
        /// The type of its result.
        result: Option<Arc<str>>,
    },
}

/// Unary tests as text.
#[derive(Clone, Debug)]
pub struct UnaryText {
    /// The tests.
    pub text: String,
    /// The language, if one is given.
    pub language: Option<Arc<str>>,
    /// Where they stand.
    pub xml: NodeIx,
}

/// Unary tests of an element such as `allowedValues`, if it says any.
pub(super) fn unary(node: NodeRef<'_>) -> Option<UnaryText> {
    let text = node.expression_text()?;
    (!text.trim().is_empty()).then(|| UnaryText {
        text,
        language: language(node),
        xml: node.ix(),
    })
}

pub(super) fn language(node: NodeRef<'_>) -> Option<Arc<str>> {
    node.filled("expressionLanguage")
        .map(|text| text.trim().into())
}

/// Components may hold components; the depth of the file is bounded where it is read.
pub(super) fn read(node: NodeRef<'_>) -> ItemDefinition {
    let components: Vec<ItemDefinition> = node.dmn_children("itemComponent").map(read).collect();
    let shape = match node.dmn_child("functionItem") {
        Some(function) => ItemShape::Function {
            parameters: function
                .dmn_children("parameters")
                .chain(function.dmn_children("parameter"))
                .filter_map(|parameter| Some((parameter.named()?, parameter.type_ref())))
                .collect(),
            result: function.filled("outputTypeRef").map(crate::node::one_blank),
        },
        None if components.is_empty() => ItemShape::Type(node.type_ref()),
        None => ItemShape::Components(components),
    };
    ItemDefinition {
        name: node.named().unwrap_or_else(|| "".into()),
        shape,
        collection: node.attribute("isCollection").map(str::trim) == Some("true"),
        allowed: node.dmn_child("allowedValues").and_then(unary),
        constraint: node.dmn_child("typeConstraint").and_then(unary),
        type_language: node.filled("typeLanguage").map(|text| text.trim().into()),
        xml: node.ix(),
    }
}
