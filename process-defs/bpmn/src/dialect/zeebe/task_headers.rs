//! `zeebe:taskHeaders`: fixed values for whoever does the job.

use std::collections::BTreeMap;

use super::{children, extension};
use redthread_xml::NodeRef;

/// The headers by key. Of doubles the last is taken, as in Camunda 8; one without key or value says
/// nothing.
pub(super) fn headers(node: NodeRef<'_>) -> BTreeMap<String, String> {
    extension(node, "taskHeaders").map_or_else(BTreeMap::new, read)
}

/// The headers of a listener, which is an extension itself.
pub(super) fn headers_of(listener: NodeRef<'_>) -> BTreeMap<String, String> {
    let headers = children(listener, "taskHeaders").next();
    headers.map_or_else(BTreeMap::new, read)
}

fn read(headers: NodeRef<'_>) -> BTreeMap<String, String> {
    children(headers, "header")
        .filter_map(|header| {
            let key = header.filled("key")?.trim().to_owned();
            Some((key, header.attribute("value")?.to_owned()))
        })
        .collect()
}
