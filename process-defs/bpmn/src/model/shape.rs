//! How the file is drawn (BPMN 2.0 section 12).

use crate::graph::Id;
use redthread_xml::{Namespace, NodeRef, Tree};

/// A place on the drawing, in its own units (pixels at full size).
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// A rectangle on the drawing.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Bounds {
    /// Its left edge.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// An element drawn as a box.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// The element's id.
    pub element: Id,
    /// Where it stands.
    pub bounds: Bounds,
    /// Where its label stands, if that is said.
    pub label: Option<Bounds>,
    /// Whether a sub-process is drawn with its content.
    pub expanded: Option<bool>,
    /// Whether a pool or lane is drawn from left to right.
    pub horizontal: Option<bool>,
}

/// An element drawn as a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// The element's id.
    pub element: Id,
    /// The points it goes through.
    pub waypoints: Vec<Point>,
    /// Where its label stands, if that is said.
    pub label: Option<Bounds>,
}

pub(super) fn shapes(tree: &Tree) -> Vec<Shape> {
    drawn(tree, "BPMNShape")
        .filter_map(|(element, node)| {
            Some(Shape {
                element,
                bounds: bounds(node)?,
                label: label(node),
                expanded: super::boolean(node.attribute("isExpanded")),
                horizontal: super::boolean(node.attribute("isHorizontal")),
            })
        })
        .collect()
}

pub(super) fn edges(tree: &Tree) -> Vec<Edge> {
    drawn(tree, "BPMNEdge")
        .map(|(element, node)| Edge {
            element,
            waypoints: node
                .children()
                .filter(|child| child.is(&Namespace::Di, "waypoint"))
                .filter_map(|child| {
                    Some(Point {
                        x: number(child, "x")?,
                        y: number(child, "y")?,
                    })
                })
                .collect(),
            label: label(node),
        })
        .collect()
}

fn drawn<'t>(tree: &'t Tree, name: &'static str) -> impl Iterator<Item = (Id, NodeRef<'t>)> {
    tree.all()
        .filter(move |node| node.is(&Namespace::BpmnDi, name))
        .filter_map(|node| {
            let reference = node.filled("bpmnElement")?.trim();
            let local = reference
                .rsplit_once(':')
                .map_or(reference, |(_, local)| local);
            Some((local.into(), node))
        })
}

fn label(node: NodeRef<'_>) -> Option<Bounds> {
    node.children()
        .find(|child| child.is(&Namespace::BpmnDi, "BPMNLabel"))
        .and_then(bounds)
}

fn bounds(node: NodeRef<'_>) -> Option<Bounds> {
    let bounds = node
        .children()
        .find(|child| child.is(&Namespace::Dc, "Bounds"))?;
    Some(Bounds {
        x: number(bounds, "x")?,
        y: number(bounds, "y")?,
        width: number(bounds, "width")?,
        height: number(bounds, "height")?,
    })
}

fn number(node: NodeRef<'_>, name: &str) -> Option<f64> {
    node.attribute(name)?
        .trim()
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
}
