//! Writes a model as BPMN, and how often each element completes where that can be known.

mod activity;
mod event;
mod tangle;

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::model::*;

/// A model as BPMN.
pub struct Written {
    /// The whole file.
    pub xml: String,
    /// What the process holds.
    pub body: String,
    /// How often each element completes, by its id: of a predictable model.
    pub completes: BTreeMap<String, u64>,
}

/// Writes a model. Ids are numbered in the order of writing.
pub fn write(model: &Model) -> Written {
    let mut writer = Writer {
        xml: String::new(),
        ids: 0,
        times: 1,
        n: model.n,
        completes: BTreeMap::new(),
        undoable: Vec::new(),
        data: Vec::new(),
    };
    writer.scope(&model.process);
    writer.write_data();
    let body = writer.xml;
    Written {
        xml: format!(
            "{HEAD}<process id=\"process\" isExecutable=\"true\">{body}</process></definitions>"
        ),
        body,
        completes: writer.completes,
    }
}

/// What stands around the process.
pub const HEAD: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="definitions" targetNamespace="tests">
<error id="Error1" errorCode="E1"/><error id="Error2" errorCode="E2"/>
<escalation id="Escalation1" escalationCode="S1"/><escalation id="Escalation2" escalationCode="S2"/>
<signal id="Signal1" name="sig1"/><signal id="Signal2" name="sig2"/><signal id="Signal3" name="=p"/>
<message id="Message1" name="msg1"><extensionElements><zeebe:subscription correlationKey="=&quot;k&quot;"/></extensionElements></message>
<message id="Message2" name="msg2"><extensionElements><zeebe:subscription correlationKey="=n"/></extensionElements></message>
<signalEventDefinition id="CommonSignal" signalRef="Signal1"/><escalationEventDefinition id="CommonEscalation" escalationRef="Escalation1"/>
<messageEventDefinition id="CommonMessage" messageRef="Message1"/>
"#;

/// The first and the last element of a block.
type Ends = (String, String);

struct Writer {
    /// What stands in the scope that is being written.
    xml: String,
    ids: u32,
    /// How often what is being written is passed.
    times: u64,
    n: usize,
    completes: BTreeMap<String, u64>,
    /// The activities in the scope that something undoes.
    undoable: Vec<String>,
    /// The data objects of the scope.
    data: Vec<String>,
}

impl Writer {
    fn id(&mut self, prefix: &str) -> String {
        self.ids += 1;
        format!("{prefix}{}", self.ids)
    }

    /// The element with this id completes whenever what is being written is passed.
    fn passes(&mut self, id: &str) {
        if self.times > 0 {
            *self.completes.entry(id.to_owned()).or_default() += self.times;
        }
    }

    fn node(&mut self, kind: &str, attributes: &str, inner: &str) -> String {
        let id = self.id(kind);
        self.node_of(&id, kind, attributes, inner);
        id
    }

    fn node_of(&mut self, id: &str, kind: &str, attributes: &str, inner: &str) {
        self.passes(id);
        let space = if attributes.is_empty() { "" } else { " " };
        match inner.is_empty() {
            true => writeln!(self.xml, r#"<{kind} id="{id}"{space}{attributes}/>"#),
            false => writeln!(
                self.xml,
                r#"<{kind} id="{id}"{space}{attributes}>{inner}</{kind}>"#
            ),
        }
        .expect("writing to a string");
    }

    fn flow(&mut self, from: &str, to: &str) {
        let id = self.id("flow");
        self.flow_of(&id, from, to, None);
    }

    fn flow_of(&mut self, id: &str, from: &str, to: &str, condition: Option<&str>) {
        let condition = condition.map(|text| {
            let text = escaped(text);
            format!("<conditionExpression>{text}</conditionExpression>")
        });
        let attributes = format!(r#"id="{id}" sourceRef="{from}" targetRef="{to}""#);
        match condition {
            Some(inner) => writeln!(
                self.xml,
                "<sequenceFlow {attributes}>{inner}</sequenceFlow>"
            ),
            None => writeln!(self.xml, "<sequenceFlow {attributes}/>"),
        }
        .expect("writing to a string");
    }

    fn with_times<T>(&mut self, times: u64, write: impl FnOnce(&mut Self) -> T) -> T {
        let around = std::mem::replace(&mut self.times, times);
        let written = write(self);
        self.times = around;
        written
    }

    /// Writes the content of a sub-process on its own, and answers with it.
    fn inside(&mut self, write: impl FnOnce(&mut Self)) -> String {
        let xml = std::mem::take(&mut self.xml);
        let undoable = std::mem::take(&mut self.undoable);
        let data = std::mem::take(&mut self.data);
        write(self);
        self.write_data();
        self.undoable = undoable;
        self.data = data;
        std::mem::replace(&mut self.xml, xml)
    }

    fn write_data(&mut self) {
        for name in std::mem::take(&mut self.data) {
            let id = self.id("data");
            writeln!(self.xml, r#"<dataObject id="{id}" name="{name}"/>"#)
                .expect("writing to a string");
        }
    }

    /// Writes what a process or a sub-process holds.
    fn scope(&mut self, scope: &Scope) {
        if scope.has_data {
            self.data.push("kept".to_owned());
        }
        let draws_ends = !matches!(scope.begins, Begins::ByItself);
        let first = self.begin(&scope.begins);
        let last = match &scope.content {
            Content::Block(block) => {
                let (inner, last) = self.block(block, draws_ends);
                self.flow(&first, &inner);
                Some(last)
            }
            Content::Tangle(tangle) => {
                self.tangle(tangle, &first);
                None
            }
        };
        if let Some(last) = last {
            let end = match draws_ends {
                true => self.end(&scope.end),
                false => self.node("task", "", ""),
            };
            self.flow(&last, &end);
        }
        for handler in &scope.handlers {
            self.event_sub_process(handler);
        }
    }

    /// Writes how a scope begins, and answers with what the rest follows.
    fn begin(&mut self, begins: &Begins) -> String {
        match begins {
            Begins::Start => self.node("startEvent", "", ""),
            Begins::ByItself => self.node("task", "", ""),
            Begins::Receive => self.node(
                "receiveTask",
                r#"messageRef="Message1" instantiate="true""#,
                "",
            ),
            Begins::Events(events) => {
                let starts: Vec<String> = events
                    .iter()
                    .map(|event| self.event("startEvent", "", event))
                    .collect();
                match &starts[..] {
                    [only] => only.clone(),
                    _ => self.gather("exclusiveGateway", &starts),
                }
            }
            Begins::Gateway { parallel, events } => {
                let kind = if *parallel { "Parallel" } else { "Exclusive" };
                let attributes = format!(r#"instantiate="true" eventGatewayType="{kind}""#);
                let gateway = self.node("eventBasedGateway", &attributes, "");
                let caught: Vec<String> = events
                    .iter()
                    .map(|event| {
                        let caught = self.event("intermediateCatchEvent", "", event);
                        self.flow(&gateway, &caught);
                        caught
                    })
                    .collect();
                let join = if *parallel {
                    "parallelGateway"
                } else {
                    "exclusiveGateway"
                };
                self.gather(join, &caught)
            }
        }
    }

    fn gather(&mut self, gateway: &str, from: &[String]) -> String {
        let join = self.node(gateway, "", "");
        for from in from {
            self.flow(from, &join);
        }
        join
    }

    fn block(&mut self, block: &Block, draws_ends: bool) -> Ends {
        match block {
            Block::Activity(activity) => self.activity(activity, draws_ends, 1, 1),
            Block::Catch(event) => same(self.event("intermediateCatchEvent", "", event)),
            Block::Throw(throw) => same(self.thrown("intermediateThrowEvent", throw)),
            Block::Link => {
                let name = self.id("link");
                let link = format!(r#"<linkEventDefinition name="{name}"/>"#);
                let from = self.node("intermediateThrowEvent", "", &link);
                let to = self.node("intermediateCatchEvent", "", &link);
                (from, to)
            }
            Block::Sequence(blocks) => {
                let ends: Vec<Ends> = blocks
                    .iter()
                    .map(|block| self.block(block, draws_ends))
                    .collect();
                for pair in ends.windows(2) {
                    self.flow(&pair[0].1, &pair[1].0);
                }
                (ends[0].0.clone(), ends[ends.len() - 1].1.clone())
            }
            Block::Branches {
                split,
                branches,
                has_default,
            } => self.branches(split, branches, *has_default, draws_ends),
            Block::Again {
                inclusive,
                body,
                times,
            } => self.again(*inclusive, body, *times, draws_ends),
            Block::Await { receives, ways } => self.awaited(*receives, ways, draws_ends),
            Block::Bundle {
                gives,
                takes,
                quantity,
            } => {
                let first = self.activity(gives, draws_ends, 1, *quantity);
                let second = self.activity(takes, draws_ends, *quantity, 1);
                self.flow(&first.1, &second.0);
                (first.0, second.1)
            }
            Block::Stop { how, when } => self.stop(how, *when),
        }
    }

    fn branches(
        &mut self,
        split: &Split,
        branches: &[Block],
        has_default: bool,
        draws_ends: bool,
    ) -> Ends {
        let number = branches.len();
        let (from, to) = match split {
            Split::Exclusive => ("exclusiveGateway", "exclusiveGateway"),
            Split::Parallel => ("parallelGateway", "parallelGateway"),
            Split::Inclusive => ("inclusiveGateway", "inclusiveGateway"),
            Split::Complex(_) => ("parallelGateway", "complexGateway"),
            Split::Chosen => ("complexGateway", "inclusiveGateway"),
            Split::Implicit { conditional: false } => ("task", "parallelGateway"),
            Split::Implicit { conditional: true } => ("task", "inclusiveGateway"),
            Split::ImplicitMerge => ("exclusiveGateway", "task"),
        };
        let is_exclusive = from == "exclusiveGateway";
        let chooses = is_exclusive || to == "inclusiveGateway";
        let conditions: Vec<String> = (0..number)
            .map(|at| match is_exclusive && has_default {
                true => format!("modulo(n, {number}) = {at}"),
                false => CHOICES[at].to_owned(),
            })
            .collect();
        let taken: Vec<bool> = (0..number)
            .map(|at| match (chooses, is_exclusive) {
                (false, _) => true,
                (true, true) => self.n % number == at,
                (true, false) => is_chosen(at, self.n) && at + 1 < number,
            })
            .collect();
        let is_none_taken = !taken.contains(&true);
        let flows: Vec<String> = (0..number).map(|_| self.id("flow")).collect();
        let default = match has_default && chooses {
            true => format!(r#"default="{}""#, flows[number - 1]),
            false => String::new(),
        };
        let split_id = self.node(from, &default, "");
        let activation = match split {
            Split::Complex(count) => activation(*count),
            _ => String::new(),
        };
        let join_id = self.node(to, "", &activation);
        for (at, block) in branches.iter().enumerate() {
            let is_last = at + 1 == number;
            let is_taken = taken[at] || is_last && is_none_taken;
            let times = if is_taken { self.times } else { 0 };
            let (first, last) = self.with_times(times, |writer| writer.block(block, draws_ends));
            let condition = (chooses && !(is_last && has_default)).then_some(&*conditions[at]);
            self.flow_of(&flows[at], &split_id, &first, condition);
            self.flow(&last, &join_id);
        }
        (split_id, join_id)
    }

    fn again(&mut self, inclusive: bool, body: &Block, times: usize, draws_ends: bool) -> Ends {
        let counter = self.id("i");
        self.data.push(counter.clone());
        let count = |writer: &mut Writer, expression: &str| {
            let script =
                format!(r#"<zeebe:script expression="={expression}" resultVariable="{counter}"/>"#);
            writer.node("scriptTask", "", &extended(&script))
        };
        let first = count(self, "0");
        let merge = if inclusive {
            "inclusiveGateway"
        } else {
            "exclusiveGateway"
        };
        let (back, on) = (self.id("flow"), self.id("flow"));
        let passed = self.times * times as u64;
        let (merge, split) = self.with_times(passed, |writer| {
            let merge = writer.node(merge, "", "");
            let body = writer.block(body, draws_ends);
            let up = count(writer, &format!("{counter} + 1"));
            let split = writer.node("exclusiveGateway", &format!(r#"default="{on}""#), "");
            writer.flow(&merge, &body.0);
            writer.flow(&body.1, &up);
            writer.flow(&up, &split);
            (merge, split)
        });
        let last = self.node("exclusiveGateway", "", "");
        self.flow(&first, &merge);
        self.flow_of(&back, &split, &merge, Some(&format!("{counter} < {times}")));
        self.flow_of(&on, &split, &last, None);
        (first, last)
    }

    fn awaited(&mut self, receives: bool, ways: &[(Event, Block)], draws_ends: bool) -> Ends {
        let gateway = self.node("eventBasedGateway", "", "");
        let join = self.node("exclusiveGateway", "", "");
        for (event, block) in ways {
            let caught = self.behind(receives, event);
            let (first, last) = self.block(block, draws_ends);
            self.flow(&gateway, &caught);
            self.flow(&caught, &first);
            self.flow(&last, &join);
        }
        (gateway, join)
    }

    fn stop(&mut self, how: &Throw, when: usize) -> Ends {
        let (out, on) = (self.id("flow"), self.id("flow"));
        let split = self.node("exclusiveGateway", &format!(r#"default="{on}""#), "");
        let last = self.node("exclusiveGateway", "", "");
        let end = self.end(how);
        self.flow_of(&out, &split, &end, Some(&format!("modulo(n, 3) = {when}")));
        self.flow_of(&on, &split, &last, None);
        (split, last)
    }
}

/// A complex gateway is activated by so many tokens: 0 is a variable that is not there at first.
fn activation(count: usize) -> String {
    let count = match count {
        0 => "q".to_owned(),
        count => count.to_string(),
    };
    format!("<activationCondition>activationCount &gt;= {count}</activationCondition>")
}

fn same(id: String) -> Ends {
    (id.clone(), id)
}

fn extended(inner: &str) -> String {
    format!("<extensionElements>{inner}</extensionElements>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
