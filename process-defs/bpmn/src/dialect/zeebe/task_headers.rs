//! `zeebe:taskHeaders`: fixed values for whoever does the job.

use std::collections::BTreeMap;

use super::{children, extension};
use redthread_xml::NodeRef;

/// The headers by key. Of doubles the last is taken, as in Camunda 8; one without key or value says
/// nothing.
pub(super) fn headers(node: NodeRef<'_>) -> BTreeMap<String, String> {
    let Some(headers) = extension(node, "taskHeaders") else {
        return BTreeMap::new();
    };
    children(headers, "header")
        .filter_map(|header| {
            let key = header.filled("key")?.trim().to_owned();
            Some((key, header.attribute("value")?.to_owned()))
        })
        .collect()
}
