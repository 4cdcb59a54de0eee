//! Writes activities.

use std::fmt::Write;

use super::{Ends, Writer, extended, same};
use crate::model::*;

/// What is written of an activity.
struct Drawn {
    kind: &'static str,
    attributes: String,
    extensions: String,
    inner: String,
}

impl Writer {
    /// Writes an activity that takes and gives so many tokens, with its boundary events.
    pub(super) fn activity(
        &mut self,
        activity: &Activity,
        draws_ends: bool,
        takes: usize,
        gives: usize,
    ) -> Ends {
        let id = self.id("activity");
        self.activity_of(&id, activity, &quantities(takes, gives));
        let merges = activity
            .boundary
            .iter()
            .any(|boundary| boundary.interrupting);
        if activity.boundary.is_empty() {
            return same(id);
        }
        let out = match merges {
            true => {
                let out = self.node("exclusiveGateway", "", "");
                self.flow(&id, &out);
                out
            }
            false => id.clone(),
        };
        for boundary in &activity.boundary {
            let event = self.boundary_event(&id, boundary);
            match &boundary.then {
                Some(block) => {
                    let (first, last) = self.block(block, draws_ends);
                    self.flow(&event, &first);
                    if draws_ends {
                        let end = self.end(&Throw::None);
                        self.flow(&last, &end);
                    } else {
                        let last_of_all = self.node("task", "", "");
                        self.flow(&last, &last_of_all);
                    }
                }
                None => self.flow(&event, &out),
            }
        }
        (id, out)
    }

    pub(super) fn boundary_event(&mut self, host: &str, boundary: &Boundary) -> String {
        // Written out: an event of a multi-instance behavior would not interrupt by itself.
        let cancels = boundary.interrupting;
        let attributes = format!(r#"attachedToRef="{host}" cancelActivity="{cancels}""#);
        self.event("boundaryEvent", &attributes, &boundary.event)
    }

    /// Writes the activity itself, with what undoes it.
    pub(super) fn activity_of(&mut self, id: &str, activity: &Activity, attributes: &str) {
        let rounds = rounds(activity.repeats.as_ref());
        let inside = self.times * rounds.unwrap_or(1);
        let drawn = self.with_times(inside, |writer| writer.work(activity));
        if rounds.is_some() && inside > 0 {
            *self.completes.entry(id.to_owned()).or_default() += inside;
        }
        let mut inner = String::new();
        let extensions = drawn.extensions + &listeners(&activity.listens) + mapping(activity.maps);
        if !extensions.is_empty() {
            inner += &extended(&extensions);
        }
        inner += &drawn.inner;
        if let Some(repeats) = &activity.repeats {
            inner += &marker(repeats);
        }
        let attributes = format!("{} {attributes}", drawn.attributes);
        self.node_of(id, drawn.kind, attributes.trim(), &inner);
        if let Some(undoing) = &activity.undone_by {
            let handler = self.id("undo");
            self.with_times(0, |writer| {
                writer.activity_of(&handler, undoing, r#"isForCompensation="true""#);
                let attached = format!(r#"attachedToRef="{id}""#);
                let event = writer.node("boundaryEvent", &attached, "<compensateEventDefinition/>");
                let association = writer.id("association");
                writeln!(
                    writer.xml,
                    r#"<association id="{association}" sourceRef="{event}" targetRef="{handler}" associationDirection="One"/>"#
                )
                .expect("writing to a string");
            });
            self.undoable.push(id.to_owned());
        }
    }

    fn work(&mut self, activity: &Activity) -> Drawn {
        let plain = |kind| Drawn {
            kind,
            attributes: String::new(),
            extensions: String::new(),
            inner: String::new(),
        };
        let extended = |kind, extensions: &str| Drawn {
            extensions: extensions.to_owned(),
            ..plain(kind)
        };
        let attributed = |kind, attributes: &str| Drawn {
            attributes: attributes.to_owned(),
            ..plain(kind)
        };
        let job = r#"<zeebe:taskDefinition type="work" retries="2"/>"#;
        match &activity.work {
            Work::Undefined => plain("task"),
            Work::Manual => plain("manualTask"),
            Work::User => plain("userTask"),
            Work::Service => extended("serviceTask", job),
            Work::ServiceOfMissing => {
                extended("serviceTask", r#"<zeebe:taskDefinition type="=p"/>"#)
            }
            Work::Send => attributed("sendTask", r#"messageRef="Message1""#),
            Work::SendByJob => extended("sendTask", job),
            Work::Receive => attributed("receiveTask", r#"messageRef="Message1""#),
            Work::Script => extended(
                "scriptTask",
                r#"<zeebe:script expression="=if s = null then 1 else s + 1" resultVariable="s"/>"#,
            ),
            Work::ScriptByJob => extended("scriptTask", job),
            Work::Decision => extended(
                "businessRuleTask",
                r#"<zeebe:calledDecision decisionId="decide" resultVariable="decided"/>"#,
            ),
            Work::DecisionByJob => extended("businessRuleTask", job),
            Work::Call { all } => extended(
                "callActivity",
                &format!(
                    r#"<zeebe:calledElement processId="callee" propagateAllChildVariables="{all}" propagateAllParentVariables="{all}"/>"#
                ),
            ),
            Work::Sub(scope) => Drawn {
                inner: self.inside(|writer| writer.scope(scope)),
                ..plain("subProcess")
            },
            Work::Transaction(scope) => Drawn {
                inner: self.inside(|writer| writer.scope(scope)),
                ..plain("transaction")
            },
            Work::AdHoc(ad_hoc) => self.ad_hoc(ad_hoc),
        }
    }

    fn ad_hoc(&mut self, ad_hoc: &AdHoc) -> Drawn {
        let mut first_of_all = String::new();
        let mut content = self.inside(|writer| {
            for (nth, block) in ad_hoc.content.iter().enumerate() {
                let times = match ad_hoc.activates {
                    Activates::All => writer.times,
                    Activates::Named(times) if nth == 0 => writer.times * times as u64,
                    Activates::Named(_) | Activates::Person => 0,
                };
                let (first, _) = writer.with_times(times, |writer| writer.block(block, false));
                if nth == 0 {
                    first_of_all = first;
                }
            }
            for handler in &ad_hoc.handlers {
                writer.event_sub_process(handler);
            }
        });
        if let Some(nth) = ad_hoc.completion {
            let condition = super::escaped(CONDITIONS.get(nth).unwrap_or(&"true"));
            write!(
                content,
                "<completionCondition>{condition}</completionCondition>"
            )
            .expect("writing to a string");
        }
        let property = |value: &str| {
            format!(
                r#"<zeebe:properties><zeebe:property name="redthread:activation" value="{value}"/></zeebe:properties>"#
            )
        };
        let extensions = match ad_hoc.activates {
            Activates::All => property("all"),
            Activates::Person => property("person"),
            Activates::Named(times) => {
                let ids = vec![format!("&quot;{first_of_all}&quot;"); times].join(", ");
                format!(r#"<zeebe:adHoc activeElementsCollection="=[{ids}]"/>"#)
            }
        };
        let ordering = if ad_hoc.sequential {
            "Sequential"
        } else {
            "Parallel"
        };
        let cancels = ad_hoc.cancels_remaining;
        Drawn {
            kind: "adHocSubProcess",
            attributes: format!(r#"ordering="{ordering}" cancelRemainingInstances="{cancels}""#),
            extensions,
            inner: content,
        }
    }
}

pub(super) fn quantities(takes: usize, gives: usize) -> String {
    let quantity = |name: &str, number: usize| match number {
        1 => String::new(),
        _ => format!(r#" {name}="{number}""#),
    };
    quantity("startQuantity", takes) + &quantity("completionQuantity", gives)
}

/// How many rounds there are; `None`: there is no loop marker.
fn rounds(repeats: Option<&Repeats>) -> Option<u64> {
    Some(match repeats? {
        Repeats::Loop {
            test_before,
            below,
            maximum,
        } => {
            let asked = below.unwrap_or(usize::MAX).max(usize::from(!test_before));
            asked.min(maximum.unwrap_or(usize::MAX)) as u64
        }
        Repeats::MultiInstance { times, .. } => *times as u64,
    })
}

fn marker(repeats: &Repeats) -> String {
    let (sequential, times, collection, completion, behavior) = match repeats {
        Repeats::Loop {
            test_before,
            below,
            maximum,
        } => {
            let maximum = maximum
                .map(|maximum| format!(r#" loopMaximum="{maximum}""#))
                .unwrap_or_default();
            let condition = below.map(|below| {
                let below = if below == 9 {
                    "q".to_owned()
                } else {
                    below.to_string()
                };
                format!("<loopCondition>loopCounter &lt; {below}</loopCondition>")
            });
            let condition = condition.unwrap_or_default();
            return format!(
                r#"<standardLoopCharacteristics testBefore="{test_before}"{maximum}>{condition}</standardLoopCharacteristics>"#
            );
        }
        Repeats::MultiInstance {
            sequential,
            times,
            collection,
            completion,
            behavior,
        } => (sequential, times, collection, completion, behavior),
    };
    let over = match collection {
        true => {
            let items: Vec<String> = (0..*times).map(|item| item.to_string()).collect();
            extended(&format!(
                r#"<zeebe:loopCharacteristics inputCollection="=[{}]" inputElement="item" outputCollection="results" outputElement="=item"/>"#,
                items.join(", ")
            ))
        }
        false => format!("<loopCardinality>= {times} + 0</loopCardinality>"),
    };
    let completion = completion.map(|number| {
        let number = if number == 0 {
            "q".to_owned()
        } else {
            number.to_string()
        };
        format!(
            "<completionCondition>numberOfCompletedInstances &gt;= {number}</completionCondition>"
        )
    });
    let (attributes, complex) = match behavior {
        Behavior::All => (String::new(), String::new()),
        Behavior::Each(event) => (
            format!(
                r#" behavior="None" noneBehaviorEventRef="{}""#,
                common(event)
            ),
            String::new(),
        ),
        Behavior::First(event) => (
            format!(r#" behavior="One" oneBehaviorEventRef="{}""#, common(event)),
            String::new(),
        ),
        Behavior::Complex(event) => (
            r#" behavior="Complex""#.to_owned(),
            format!(
                "<complexBehaviorDefinition><condition>numberOfCompletedInstances = 1</condition><event>{}</event></complexBehaviorDefinition>",
                implicit(event)
            ),
        ),
    };
    let completion = completion.unwrap_or_default();
    format!(
        r#"<multiInstanceLoopCharacteristics isSequential="{sequential}"{attributes}>{over}{complex}{completion}</multiInstanceLoopCharacteristics>"#
    )
}

fn common(event: &Implicit) -> &'static str {
    match event {
        Implicit::Signal => "CommonSignal",
        Implicit::Escalation => "CommonEscalation",
        Implicit::Message => "CommonMessage",
    }
}

fn implicit(event: &Implicit) -> &'static str {
    match event {
        Implicit::Signal => r#"<signalEventDefinition signalRef="Signal2"/>"#,
        Implicit::Escalation => r#"<escalationEventDefinition escalationRef="Escalation2"/>"#,
        Implicit::Message => r#"<messageEventDefinition messageRef="Message1"/>"#,
    }
}

fn listeners(listens: &Listens) -> String {
    let mut of_all = String::new();
    for (event, is_told) in [("start", listens.start), ("end", listens.end)] {
        if is_told {
            write!(
                of_all,
                r#"<zeebe:executionListener eventType="{event}" type="listen" retries="2"/>"#
            )
            .expect("writing to a string");
        }
    }
    let mut of_task = String::new();
    for (event, is_told) in [
        ("creating", listens.creating),
        ("completing", listens.completing),
    ] {
        if is_told {
            write!(
                of_task,
                r#"<zeebe:taskListener eventType="{event}" type="listen" retries="2"/>"#
            )
            .expect("writing to a string");
        }
    }
    let mut written = String::new();
    if !of_all.is_empty() {
        write!(
            written,
            "<zeebe:executionListeners>{of_all}</zeebe:executionListeners>"
        )
        .expect("writing to a string");
    }
    if !of_task.is_empty() {
        write!(
            written,
            "<zeebe:taskListeners>{of_task}</zeebe:taskListeners>"
        )
        .expect("writing to a string");
    }
    written
}

fn mapping(maps: bool) -> &'static str {
    match maps {
        true => {
            r#"<zeebe:ioMapping><zeebe:input source="=n" target="x"/><zeebe:output source="=x" target="y"/></zeebe:ioMapping>"#
        }
        false => "",
    }
}
