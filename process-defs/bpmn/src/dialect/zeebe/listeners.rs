//! `zeebe:executionListeners` and `zeebe:taskListeners`: jobs that are done before an element goes on.

use super::task_definition::{job_type, retries};
use super::task_headers::headers_of;
use super::{children, extension};
use crate::graph::{Listener, Listeners};
use redthread_xml::{Code, NodeRef, Problems};

/// The listeners of an element; `None`: one of them does not run.
pub(crate) fn listeners(node: NodeRef<'_>, problems: &mut Problems) -> Option<Listeners> {
    let before = problems.errors();
    let mut found = Listeners::default();
    let of = |extension_: &str, name: &'static str| {
        extension(node, extension_)
            .into_iter()
            .flat_map(move |listeners| children(listeners, name))
    };
    for listener in of("executionListeners", "executionListener") {
        let list = match event(listener) {
            "start" => &mut found.start,
            "end" => &mut found.end,
            other => {
                refuse(listener, other, "start or end", problems);
                continue;
            }
        };
        list.extend(read(listener, problems));
    }
    for listener in of("taskListeners", "taskListener") {
        let list = match event(listener) {
            "creating" | "create" => &mut found.creating,
            "completing" | "complete" => &mut found.completing,
            other => {
                refuse(listener, other, "creating or completing", problems);
                continue;
            }
        };
        list.extend(read(listener, problems));
    }
    (problems.errors() == before).then_some(found)
}

fn event(listener: NodeRef<'_>) -> &str {
    listener.filled("eventType").map_or("", str::trim)
}

fn refuse(listener: NodeRef<'_>, event: &str, known: &str, problems: &mut Problems) {
    let (code, message) = match event {
        "" => (
            Code::BadValue,
            "A listener does not say to what it listens.".to_owned(),
        ),
        "assigning" | "assignment" | "updating" | "update" | "canceling" | "cancel" => (
            Code::NotSupported,
            format!("Listeners of the event “{event}” do not run yet."),
        ),
        _ => (
            Code::BadValue,
            format!("There is no event “{event}” to listen to."),
        ),
    };
    problems.error(
        listener,
        code,
        message,
        format!("Listen to {known}, or remove the listener."),
    );
}

fn read(listener: NodeRef<'_>, problems: &mut Problems) -> Option<Listener> {
    let before = problems.errors();
    let job_type = job_type(listener, problems);
    if job_type.is_none() && problems.errors() == before {
        problems.error(
            listener,
            Code::MissingJobType,
            "The listener does not say which job does it.",
            "Set its type.",
        );
    }
    let retries = retries(listener, problems);
    Some(Listener {
        job_type: job_type?,
        retries: retries?,
        headers: headers_of(listener),
    })
}
