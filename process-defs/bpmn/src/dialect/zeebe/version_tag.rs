//! `zeebe:versionTag`: a name for a version, by which calls can mean it.

use std::sync::Arc;

use super::extension;
use redthread_xml::NodeRef;

/// The tag of a process; a blank one is none.
pub(crate) fn version_tag(process: NodeRef<'_>) -> Option<Arc<str>> {
    let tag = extension(process, "versionTag")?.filled("value")?;
    Some(tag.trim().into())
}
