//! Boxed expressions: how decisions and business knowledge models say what they do (DMN 1.5, 7.3 and 10.2).

use std::sync::Arc;

use redthread_xml::{NodeIx, NodeRef};

use super::Table;
use super::item::language;
use super::table;
use crate::node::DmnNode;

/// A boxed expression and the type that its result is said to have.
#[derive(Clone, Debug)]
pub struct Boxed {
    /// Its kind and parts.
    pub kind: BoxedKind,
    /// The type of its result, as written.
    pub type_ref: Option<Arc<str>>,
    /// Where it stands.
    pub xml: NodeIx,
}

/// The kinds of boxed expression.
#[derive(Clone, Debug)]
pub enum BoxedKind {
    /// FEEL text (10.2.1.1), or text in another language.
    Literal {
        /// The text.
        text: String,
        /// The language, if one is given.
        language: Option<Arc<str>>,
    },
    /// A decision table (8.3).
    Table(Box<Table>),
    /// Named values, perhaps with a result (10.2.1.4).
    Context(Vec<Entry>),
    /// Values in order (10.2.1.5).
    List(Vec<Boxed>),
    /// Contexts in order, as a grid (10.2.1.6).
    Relation {
        /// The names and types of the columns.
        columns: Vec<(Arc<str>, Option<Arc<str>>)>,
        /// The rows; a row may be shorter than the grid is wide.
        rows: Vec<Vec<Boxed>>,
    },
    /// A call with named arguments (10.2.1.3).
    Invocation {
        /// What is called.
        function: Option<Box<Boxed>>,
        /// The arguments: the name and type of the parameter, and its value.
        bindings: Vec<(FormalParameter, Option<Boxed>)>,
    },
    /// A function (10.2.1.7).
    Function {
        /// What its body is written in.
        kind: FunctionKind,
        /// Its parameters.
        parameters: Vec<FormalParameter>,
        /// Its body; `None`: not said.
        body: Option<Box<Boxed>>,
    },
    /// If, then, else (10.2.1.8).
    Conditional {
        /// The condition.
        condition: Option<Box<Boxed>>,
        /// What it is if the condition is true.
        then: Option<Box<Boxed>>,
        /// What it is otherwise.
        otherwise: Option<Box<Boxed>>,
    },
    /// The items of a list for which something is true (10.2.1.9).
    Filter {
        /// The list.
        list: Option<Box<Boxed>>,
        /// What must be true.
        matches: Option<Box<Boxed>>,
    },
    /// A value for each item (10.2.1.10).
    For {
        /// The name of the item.
        variable: Arc<str>,
        /// The list.
        list: Option<Box<Boxed>>,
        /// The value.
        result: Option<Box<Boxed>>,
    },
    /// Whether something is true of every item, or of some (10.2.1.11).
    Quantified {
        /// Of every item.
        every: bool,
        /// The name of the item.
        variable: Arc<str>,
        /// The list.
        list: Option<Box<Boxed>>,
        /// What is to be true.
        satisfies: Option<Box<Boxed>>,
    },
}

/// An entry of a boxed context.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name; `None`: it is the result of the context.
    pub name: Option<Arc<str>>,
    /// Its type, as written.
    pub type_ref: Option<Arc<str>>,
    /// Its value; `None`: not said.
    pub value: Option<Boxed>,
}

/// A parameter of a function.
#[derive(Clone, Debug)]
pub struct FormalParameter {
    /// Its name.
    pub name: Arc<str>,
    /// Its type, as written.
    pub type_ref: Option<Arc<str>>,
}

/// What the body of a function is written in.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum FunctionKind {
    /// FEEL.
    Feel,
    /// A Java method.
    Java,
    /// A PMML model.
    Pmml,
    /// Something else.
    Other,
}

/// The first expression directly in an element.
pub(super) fn among(node: NodeRef<'_>) -> Option<Boxed> {
    node.dmn_all().find_map(read)
}

fn boxed_among(node: NodeRef<'_>) -> Option<Box<Boxed>> {
    among(node).map(Box::new)
}

fn part(node: NodeRef<'_>, name: &'static str) -> Option<Box<Boxed>> {
    node.dmn_child(name).and_then(boxed_among)
}

/// Reads an expression; `None` for elements that are none. Expressions may hold expressions; the depth of the
/// file is bounded where it is read.
fn read(node: NodeRef<'_>) -> Option<Boxed> {
    let kind = match node.dmn()? {
        "literalExpression" => literal(node),
        "decisionTable" => BoxedKind::Table(Box::new(table::read(node))),
        "context" => BoxedKind::Context(node.dmn_children("contextEntry").map(entry).collect()),
        "list" => BoxedKind::List(node.dmn_all().filter_map(read).collect()),
        "relation" => BoxedKind::Relation {
            columns: node
                .dmn_children("column")
                .map(|column| {
                    let name = column.named().unwrap_or_else(|| "".into());
                    (name, column.type_ref())
                })
                .collect(),
            rows: node
                .dmn_children("row")
                .map(|row| row.dmn_all().filter_map(read).collect())
                .collect(),
        },
        "invocation" => BoxedKind::Invocation {
            function: boxed_among(node),
            bindings: node.dmn_children("binding").filter_map(binding).collect(),
        },
        "functionDefinition" => return Some(function(node)),
        "conditional" => BoxedKind::Conditional {
            condition: part(node, "if"),
            then: part(node, "then"),
            otherwise: part(node, "else"),
        },
        "filter" => BoxedKind::Filter {
            list: part(node, "in"),
            matches: part(node, "match"),
        },
        "for" => BoxedKind::For {
            variable: iterator(node),
            list: part(node, "in"),
            result: part(node, "return"),
        },
        quantifier @ ("some" | "every") => BoxedKind::Quantified {
            every: quantifier == "every",
            variable: iterator(node),
            list: part(node, "in"),
            satisfies: part(node, "satisfies"),
        },
        _ => return None,
    };
    Some(Boxed {
        kind,
        type_ref: node.type_ref(),
        xml: node.ix(),
    })
}

fn literal(node: NodeRef<'_>) -> BoxedKind {
    BoxedKind::Literal {
        text: node.expression_text().unwrap_or_default(),
        language: language(node),
    }
}

/// A literal whatever the element is called: cells and input expressions.
pub(super) fn cell(node: NodeRef<'_>) -> Boxed {
    Boxed {
        kind: literal(node),
        type_ref: node.type_ref(),
        xml: node.ix(),
    }
}

fn iterator(node: NodeRef<'_>) -> Arc<str> {
    node.filled("iteratorVariable")
        .map_or_else(|| "".into(), crate::node::one_blank)
}

fn entry(node: NodeRef<'_>) -> Entry {
    let variable = node.dmn_child("variable");
    Entry {
        name: variable.and_then(DmnNode::named),
        type_ref: variable.and_then(DmnNode::type_ref),
        value: among(node),
    }
}

fn binding(node: NodeRef<'_>) -> Option<(FormalParameter, Option<Boxed>)> {
    let parameter = node.dmn_child("parameter")?;
    let formal = FormalParameter {
        name: parameter.named()?,
        type_ref: parameter.type_ref(),
    };
    Some((formal, among(node)))
}

/// A function definition: `functionDefinition`, or the `encapsulatedLogic` of a business knowledge model.
pub(super) fn function(node: NodeRef<'_>) -> Boxed {
    let parameters = node
        .dmn_children("formalParameter")
        .map(|parameter| FormalParameter {
            name: parameter.named().unwrap_or_else(|| "".into()),
            type_ref: parameter.type_ref(),
        })
        .collect();
    // DMN 1.1 wrote the kind as an attribute of another namespace.
    let kind = node.filled("kind").or_else(|| {
        let mut attributes = node.attributes().iter();
        attributes
            .find(|attribute| &*attribute.name == "kind")
            .map(|attribute| &*attribute.value)
    });
    let kind = match kind.map(str::trim) {
        None | Some("FEEL" | "F") => FunctionKind::Feel,
        Some("Java" | "J") => FunctionKind::Java,
        Some("PMML" | "P") => FunctionKind::Pmml,
        Some(_) => FunctionKind::Other,
    };
    Boxed {
        kind: BoxedKind::Function {
            kind,
            parameters,
            body: boxed_among(node),
        },
        type_ref: node.type_ref(),
        xml: node.ix(),
    }
}
