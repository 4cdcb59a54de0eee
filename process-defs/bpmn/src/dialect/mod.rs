//! What diagrams carry beyond BPMN: one folder a dialect, one file an extension element.

pub(crate) mod camunda;
pub(crate) mod redthread;
pub(crate) mod zeebe;
