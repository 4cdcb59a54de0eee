//! Random block-structured processes, driven by random but valid commands, always end, without a token lost or doubled.
//!
//! [`Run::send`] replays the history and stores and loads the state after every step. A failure prints the smallest
//! process found and the seed with which proptest finds it again.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::run::Run;
use redthread_core::Command;
use redthread_core::state::{Status, WaitKind};

/// A piece of a process with one way in and one way out.
#[derive(Clone, Debug)]
enum Block {
    Task(&'static str),
    Service,
    Script,
    Timer,
    Message,
    Sequence(Vec<Block>),
    Exclusive(Vec<Block>),
    Parallel(Vec<Block>),
    SubProcess(Box<Block>),
    /// A user task whose interrupting timer leads to the same way out.
    Interrupted,
    /// A user task whose non-interrupting timer makes a branch of its own.
    Reminded,
    /// A service task in a sub-process that catches every error.
    Guarded,
}

fn block() -> impl Strategy<Value = Block> {
    let leaf = prop_oneof![
        Just(Block::Task("userTask")),
        Just(Block::Task("manualTask")),
        Just(Block::Task("task")),
        Just(Block::Service),
        Just(Block::Script),
        Just(Block::Timer),
        Just(Block::Message),
        Just(Block::Interrupted),
        Just(Block::Reminded),
        Just(Block::Guarded),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(Block::Sequence),
            vec(inner.clone(), 2..4).prop_map(Block::Exclusive),
            vec(inner.clone(), 2..4).prop_map(Block::Parallel),
            inner.prop_map(|block| Block::SubProcess(Box::new(block))),
        ]
    })
}

/// Writes blocks as BPMN. Ids are numbered in the order of writing.
#[derive(Default)]
struct Writer {
    xml: String,
    ids: u32,
}

impl Writer {
    fn id(&mut self, prefix: &str) -> String {
        self.ids += 1;
        format!("{prefix}{}", self.ids)
    }

    fn node(&mut self, kind: &str, inner: &str) -> String {
        self.node_with(kind, "", inner)
    }

    fn node_with(&mut self, kind: &str, attributes: &str, inner: &str) -> String {
        let id = self.id(kind);
        writeln!(
            self.xml,
            r#"<{kind} id="{id}" {attributes}>{inner}</{kind}>"#
        )
        .unwrap();
        id
    }

    fn flow(&mut self, from: &str, to: &str, condition: Option<&str>) -> String {
        let id = self.id("flow");
        let inner =
            condition.map(|text| format!("<conditionExpression>{text}</conditionExpression>"));
        let inner = inner.unwrap_or_default();
        writeln!(
            self.xml,
            r#"<sequenceFlow id="{id}" sourceRef="{from}" targetRef="{to}">{inner}</sequenceFlow>"#
        )
        .unwrap();
        id
    }

    /// Writes a block and answers with its first and last element.
    fn block(&mut self, block: &Block) -> (String, String) {
        match block {
            Block::Task(kind) => self.single(kind, ""),
            Block::Service => self.single(
                "serviceTask",
                r#"<extensionElements><zeebe:taskDefinition type="work"/></extensionElements>"#,
            ),
            Block::Script => self.single(
                "scriptTask",
                r#"<extensionElements><zeebe:script expression="=n + 1" resultVariable="n"/></extensionElements>"#,
            ),
            Block::Timer => self.single(
                "intermediateCatchEvent",
                "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
            ),
            Block::Message => {
                self.single("intermediateCatchEvent", r#"<messageEventDefinition messageRef="PaidMessage"/>"#)
            }
            Block::Sequence(blocks) => {
                let ends: Vec<_> = blocks.iter().map(|block| self.block(block)).collect();
                for pair in ends.windows(2) {
                    self.flow(&pair[0].1, &pair[1].0, None);
                }
                (ends[0].0.clone(), ends[ends.len() - 1].1.clone())
            }
            Block::Exclusive(blocks) => self.branches("exclusiveGateway", blocks),
            Block::Parallel(blocks) => self.branches("parallelGateway", blocks),
            Block::SubProcess(inner) => {
                let mut writer = Writer { xml: String::new(), ids: self.ids };
                writer.whole(inner);
                self.ids = writer.ids;
                self.single("subProcess", &writer.xml)
            }
            Block::Interrupted => self.bounded(true),
            Block::Reminded => self.bounded(false),
            Block::Guarded => self.guarded(),
        }
    }

    fn single(&mut self, kind: &str, inner: &str) -> (String, String) {
        let id = self.node(kind, inner);
        (id.clone(), id)
    }

    fn branches(&mut self, gateway: &str, blocks: &[Block]) -> (String, String) {
        let (split, join) = (self.id("split"), self.id("join"));
        let mut default = String::new();
        for (at, block) in blocks.iter().enumerate() {
            let (first, last) = self.block(block);
            let exclusive = gateway == "exclusiveGateway";
            let is_last = at + 1 == blocks.len();
            let condition = format!("modulo(n, {}) = {at}", blocks.len());
            let flow = self.flow(
                &split,
                &first,
                (exclusive && !is_last).then_some(&condition),
            );
            if exclusive && is_last {
                default = format!(r#"default="{flow}""#);
            }
            self.flow(&last, &join, None);
        }
        writeln!(
            self.xml,
            r#"<{gateway} id="{split}" {default}/><{gateway} id="{join}"/>"#
        )
        .unwrap();
        (split, join)
    }

    fn bounded(&mut self, interrupting: bool) -> (String, String) {
        let task = self.node("userTask", "");
        let timer =
            "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>";
        let attributes = format!(r#"attachedToRef="{task}" cancelActivity="{interrupting}""#);
        let event = self.node_with("boundaryEvent", &attributes, timer);
        let out = self.node("exclusiveGateway", "");
        self.flow(&task, &out, None);
        if interrupting {
            self.flow(&event, &out, None);
        } else {
            let (remind, end) = (self.node("userTask", ""), self.node("endEvent", ""));
            self.flow(&event, &remind, None);
            self.flow(&remind, &end, None);
        }
        (task, out)
    }

    fn guarded(&mut self) -> (String, String) {
        let mut writer = Writer {
            xml: String::new(),
            ids: self.ids,
        };
        writer.whole(&Block::Service);
        self.ids = writer.ids;
        let guarded = self.node("subProcess", &writer.xml);
        let attributes = format!(r#"attachedToRef="{guarded}""#);
        let event = self.node_with("boundaryEvent", &attributes, "<errorEventDefinition/>");
        let out = self.node("exclusiveGateway", "");
        self.flow(&guarded, &out, None);
        self.flow(&event, &out, None);
        (guarded, out)
    }

    fn whole(&mut self, block: &Block) {
        let (start, end) = (self.node("startEvent", ""), self.node("endEvent", ""));
        let (first, last) = self.block(block);
        self.flow(&start, &first, None);
        self.flow(&last, &end, None);
    }
}

/// One valid command for something that is waited for. `errors`: a job throws an error, where that is caught.
fn answer(run: &Run, pick: u16) -> Option<Command> {
    let waits: Vec<_> = run.state.waits.iter().collect();
    if waits.is_empty() {
        return None;
    }
    let (key, wait) = waits[usize::from(pick) % waits.len()];
    let variables = redthread_core::Variables::new();
    Some(match &wait.what {
        WaitKind::Task(_) => Command::CompleteTask {
            task: *key,
            holder: redthread_core::Holder::Anyone,
            variables,
        },
        WaitKind::Job(_) if pick.is_multiple_of(3) => Command::ThrowError {
            job: *key,
            code: "ANY".into(),
            message: None,
            variables,
        },
        WaitKind::Job(_) => Command::CompleteJob {
            job: *key,
            variables,
        },
        WaitKind::Timer(_) => Command::FireTimer { timer: *key },
        WaitKind::Subscription(_) => Command::Correlate {
            subscription: *key,
            variables,
        },
        WaitKind::Watch(_) => Command::RecordChanged { watch: *key },
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_block_structured_process_always_ends(block in block(), n in 0u8..4, picks in vec(any::<u16>(), 40)) {
        let mut writer = Writer::default();
        writer.whole(&block);
        let mut run = Run::with(&writer.xml, &format!("{{n: {n}, order: 1}}"));
        for turn in 0..400 {
            // An error that nothing catches is an incident; a retry offers the job again.
            let stuck = run.state.incidents.keys().next().copied();
            if let Some(incident) = stuck {
                run.send(Command::Retry { incident }).unwrap();
            }
            let pick = picks[turn % picks.len()].wrapping_add((turn / picks.len()) as u16);
            let Some(command) = answer(&run, pick) else { break };
            run.send(command).unwrap();
        }
        prop_assert_eq!(run.state.status, Status::Completed, "stands at {:?}\n{}", run.stands_at(), writer.xml);
        prop_assert!(run.state.elements.is_empty() && run.state.tokens.is_empty() && run.state.incidents.is_empty());
    }
}
