//! BPMN 2.0 XML in; a checked, executable graph and a list of problems out.

pub mod graph;
