//! Test cases as the kit writes them (`testCases.xsd`).

use redthread_feel::{Context, Value};
use redthread_xml::{NodeRef, Tree};

use super::values;

/// A file of cases.
#[derive(Debug)]
pub(super) struct Cases {
    /// The file name of the model.
    pub(super) model: String,
    pub(super) cases: Vec<Case>,
}

#[derive(Debug)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) kind: Kind,
    /// What is called, where it is not a decision.
    pub(super) invocable: String,
    pub(super) inputs: Vec<Input>,
    pub(super) results: Vec<Node>,
}

#[derive(Debug)]
pub(super) struct Input {
    pub(super) name: String,
    pub(super) namespace: Option<String>,
    pub(super) value: Value,
}

/// A result node.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) name: String,
    /// That of the file in which it is, where that is not the model of the cases.
    pub(super) namespace: Option<String>,
    pub(super) kind: Kind,
    pub(super) expected: Expected,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Decision,
    KnowledgeModel,
    Service,
}

/// What a result is to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expected {
    Null,
    /// A value of a kind of XML Schema.
    Plain {
        kind: String,
        text: String,
    },
    List(Vec<Expected>),
    Context(Vec<(String, Expected)>),
}

/// Children of this name, whatever their namespace.
fn children<'t>(node: NodeRef<'t>, name: &'static str) -> impl Iterator<Item = NodeRef<'t>> {
    node.children().filter(move |child| child.name() == name)
}

impl Cases {
    pub(super) fn read(tree: &Tree) -> Cases {
        let root = tree.root();
        let model = children(root, "modelName").next();
        Cases {
            model: model
                .map(|node| node.text().trim().to_owned())
                .unwrap_or_default(),
            cases: children(root, "testCase").map(case).collect(),
        }
    }
}

fn kind(text: Option<&str>) -> Kind {
    match text.map(str::trim) {
        Some("bkm" | "businessKnowledgeModel") => Kind::KnowledgeModel,
        Some("decisionService") => Kind::Service,
        _ => Kind::Decision,
    }
}

fn case(node: NodeRef<'_>) -> Case {
    let around = node.parent().and_then(|cases| cases.attribute("namespace"));
    let text = |name| node.attribute(name).unwrap_or_default().to_owned();
    Case {
        id: text("id"),
        kind: kind(node.attribute("type")),
        invocable: text("invocableName"),
        inputs: children(node, "inputNode")
            .map(|input| Input {
                name: input.attribute("name").unwrap_or_default().to_owned(),
                namespace: input.attribute("namespace").map(str::to_owned),
                value: value(&expected(input)),
            })
            .collect(),
        results: children(node, "resultNode")
            .map(|result| Node {
                name: result.attribute("name").unwrap_or_default().to_owned(),
                namespace: result
                    .attribute("namespace")
                    .or_else(|| node.attribute("namespace"))
                    .or(around)
                    .map(str::to_owned),
                kind: kind(result.attribute("type")),
                expected: match children(result, "expected").next() {
                    Some(node) if result.attribute("errorResult") != Some("true") => expected(node),
                    _ => Expected::Null,
                },
            })
            .collect(),
    }
}

fn is_nil(node: NodeRef<'_>) -> bool {
    let mut attributes = node.attributes().iter();
    attributes
        .any(|attribute| &*attribute.name == "nil" && matches!(&*attribute.value, "true" | "1"))
}

/// What stands in an element of `valueType`. Values nest no deeper than the file does.
fn expected(node: NodeRef<'_>) -> Expected {
    if is_nil(node) {
        return Expected::Null;
    }
    if let Some(list) = children(node, "list").next() {
        return match is_nil(list) {
            true => Expected::Null,
            false => Expected::List(children(list, "item").map(expected).collect()),
        };
    }
    let components: Vec<(String, Expected)> = children(node, "component")
        .map(|component| {
            let name = component.attribute("name").unwrap_or_default().to_owned();
            (name, expected(component))
        })
        .collect();
    if !components.is_empty() {
        return Expected::Context(components);
    }
    match children(node, "value").next() {
        Some(value) if !is_nil(value) => Expected::Plain {
            kind: kind_of(value),
            text: value.text(),
        },
        _ => Expected::Null,
    }
}

/// The local part of `xsi:type`.
fn kind_of(value: NodeRef<'_>) -> String {
    let mut attributes = value.attributes().iter();
    let kind = attributes.find(|attribute| &*attribute.name == "type");
    let kind = kind.map_or("string", |attribute| attribute.value.trim());
    kind.rsplit(':').next().unwrap_or(kind).to_owned()
}

/// The same as a value that is given.
fn value(expected: &Expected) -> Value {
    match expected {
        Expected::Null => Value::Null,
        Expected::Plain { kind, text } => values::plain(kind, text).unwrap_or_default(),
        Expected::List(items) => Value::list(items.iter().map(value).collect()),
        Expected::Context(entries) => {
            let entries = entries
                .iter()
                .map(|(name, entry)| (name.as_str(), value(entry)));
            Value::from(entries.collect::<Context>())
        }
    }
}
