//! Work that waited in the inbox while the server was exchanged for a newer one is done: every kind of it, as it was
//! written when the kind was new, is read for ever.

use std::collections::BTreeMap;
use std::io::Write;

use redthread_bpmn::graph::RecordOperation;
use redthread_core::command::Variables;
use redthread_core::event::MessageData;
use redthread_core::{Command, Key};
use redthread_feel::Value;

use super::calls::Called;
use super::follow_up::{FollowUp, Linked};
use super::signals::Broadcast;
use crate::actor::Actor;
use crate::world::RecordChange;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/inbox.jsonl");

/// The kinds of work. One that is not listed does not compile.
fn kind(work: &FollowUp) -> &'static str {
    match work {
        FollowUp::Step { .. } => "step",
        FollowUp::Start { .. } => "start",
        FollowUp::Call(_) => "call",
        FollowUp::Perform { .. } => "perform",
        FollowUp::TellJob { .. } => "tellJob",
        FollowUp::LookForMessage { .. } => "lookForMessage",
        FollowUp::Publish { .. } => "publish",
        FollowUp::Broadcast(_) => "broadcast",
        FollowUp::LookForStart { .. } => "lookForStart",
    }
}

/// One of each kind, as this version would write it.
fn samples() -> Vec<FollowUp> {
    let (instance, job, actor) = (Key(11), Key(12), Actor::System);
    let variables: Variables = [("order".into(), Value::String("7".into()))].into();
    let start = || Command::Start {
        instance: Key(21),
        definition: Key(22),
        element: None,
        variables: variables.clone(),
        subject: None,
        causes: vec!["caller".into()],
        caller: None,
    };
    vec![
        FollowUp::Step {
            instance,
            command: Command::Continue,
            actor: actor.clone(),
        },
        FollowUp::Start {
            command: start(),
            actor: actor.clone(),
        },
        FollowUp::Call(Called {
            caller: instance,
            element: "Call".into(),
            element_instance: Key(13),
            command: start(),
            actor: actor.clone(),
        }),
        FollowUp::Perform { instance, job },
        FollowUp::TellJob {
            instance,
            job,
            change: Box::new(RecordChange {
                kind: "case".to_owned(),
                key: "14".to_owned(),
                operation: RecordOperation::Changed,
                changes: BTreeMap::from([("status".to_owned(), (Value::Null, Value::Null))]),
                causes: vec!["other".into()],
            }),
            actor: actor.clone(),
        },
        FollowUp::LookForMessage {
            instance,
            subscription: Key(15),
        },
        FollowUp::Publish {
            from: instance,
            message: MessageData {
                name: "paid".to_owned(),
                correlation_key: "7".to_owned(),
                message_id: Some("m1".to_owned()),
                expires: None,
            },
            variables: variables.clone(),
            actor: actor.clone(),
        },
        FollowUp::Broadcast(Broadcast {
            name: "stop".to_owned(),
            variables: variables.clone(),
            from: Some(instance),
            after: Key(0),
            before: Key(16),
            actor,
        }),
        FollowUp::LookForStart {
            process: "order".into(),
            name: "ordered".to_owned(),
            correlation_key: "7".to_owned(),
        },
    ]
}

fn golden() -> Vec<Linked> {
    let text = std::fs::read_to_string(FILE).unwrap_or_default();
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"));
    text.lines().map(read).collect()
}

#[test]
fn work_in_the_inbox_of_every_version_is_read() {
    for work in samples() {
        let is_there = golden().iter().any(|line| kind(&line.work) == kind(&work));
        if !is_there && std::env::var_os("UPDATE_GOLDEN").is_some() {
            let mut file = std::fs::OpenOptions::new();
            let mut file = file.create(true).append(true).open(FILE).unwrap();
            let line = serde_json::to_string(&Linked { chain: 3, work }).unwrap();
            writeln!(file, "{line}").unwrap();
        } else {
            let name = kind(&work);
            assert!(is_there, "no golden line shows {name}: UPDATE_GOLDEN=1");
        }
    }
    // What they say is read, too, not only that they are there.
    let text = std::fs::read_to_string(FILE).unwrap();
    for (line, read) in text.lines().zip(golden()) {
        let told: serde_json::Value = serde_json::from_str(line).unwrap();
        let again = serde_json::to_value(&read).unwrap();
        for (name, value) in told.as_object().unwrap() {
            assert_eq!(&again[name], value, "{name} of {line}");
        }
    }
}
