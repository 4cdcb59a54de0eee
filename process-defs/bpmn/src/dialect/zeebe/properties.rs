//! `zeebe:properties`: names and values that templates and Redthread itself read.

use super::children;
use crate::graph::Properties;
use redthread_xml::{Namespace, NodeRef};

/// The properties by name. Of doubles the last is taken, as in Camunda 8.
pub(crate) fn properties(node: NodeRef<'_>) -> Properties {
    node.extensions()
        .filter(|extension| extension.is(&Namespace::Zeebe, "properties"))
        .flat_map(|properties| children(properties, "property"))
        .filter_map(|property| {
            let name = property.filled("name")?.trim().to_owned();
            Some((
                name,
                property.attribute("value").unwrap_or_default().to_owned(),
            ))
        })
        .collect()
}
