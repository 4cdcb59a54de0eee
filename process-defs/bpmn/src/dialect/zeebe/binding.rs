//! `bindingType` and `versionTag`: which version of what it calls an element means.

use crate::graph::Binding;
use redthread_xml::{Code, NodeRef, Problems};

/// Reads them; `what` is called: "a decision".
pub(super) fn binding(called: NodeRef<'_>, what: &str, problems: &mut Problems) -> Option<Binding> {
    match called.filled("bindingType").map_or("latest", str::trim) {
        "latest" => Some(Binding::Latest),
        "deployment" => Some(Binding::Deployment),
        "versionTag" => {
            let tag = called.filled("versionTag").map(|tag| tag.trim().into());
            if tag.is_none() {
                problems.error(
                    called,
                    Code::BadValue,
                    "It is bound to a version tag, but no version tag is there.",
                    "Set the version tag, or choose another binding.",
                );
            }
            tag.map(Binding::VersionTag)
        }
        other => {
            problems.error(
                called,
                Code::BadValue,
                format!("“{other}” is not a way of binding {what}."),
                "Choose latest, deployment or versionTag.",
            );
            None
        }
    }
}
