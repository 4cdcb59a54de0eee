//! Writes events.

use super::{Writer, escaped, extended};
use crate::model::*;

impl Writer {
    /// Writes an event that waits for something.
    pub(super) fn event(&mut self, kind: &str, attributes: &str, event: &Event) -> String {
        let all = if event.all {
            r#" parallelMultiple="true""#
        } else {
            ""
        };
        let attributes = format!("{attributes}{all}");
        let inner = waits_for(event, kind);
        self.node(kind, attributes.trim(), &inner)
    }

    /// Writes an event behind an event-based gateway: as a receive task, where it is a message and those are wanted.
    pub(super) fn behind(&mut self, receives: bool, event: &Event) -> String {
        match event.triggers[..] {
            [Trigger::Message(message)] if receives => self.node(
                "receiveTask",
                &format!(r#"messageRef="Message{message}""#),
                "",
            ),
            _ => self.event("intermediateCatchEvent", "", event),
        }
    }

    /// Writes an event that throws something.
    pub(super) fn thrown(&mut self, kind: &str, throw: &Throw) -> String {
        let inner = self.throws(throw);
        self.node(kind, "", &inner)
    }

    /// Writes an end event.
    pub(super) fn end(&mut self, throw: &Throw) -> String {
        self.thrown("endEvent", throw)
    }

    fn throws(&self, throw: &Throw) -> String {
        match throw {
            Throw::None => String::new(),
            Throw::Terminate => "<terminateEventDefinition/>".to_owned(),
            Throw::Error(code) => format!(r#"<errorEventDefinition errorRef="Error{code}"/>"#),
            Throw::Escalation(code) => {
                format!(r#"<escalationEventDefinition escalationRef="Escalation{code}"/>"#)
            }
            Throw::Message => r#"<messageEventDefinition messageRef="Message1"/>"#.to_owned(),
            Throw::MessageByJob => {
                let job = extended(r#"<zeebe:taskDefinition type="send"/>"#);
                format!(r#"{job}<messageEventDefinition messageRef="Message1"/>"#)
            }
            Throw::Signal(signal) => {
                format!(r#"<signalEventDefinition signalRef="Signal{signal}"/>"#)
            }
            Throw::Compensation { named, waits } => {
                let waits = if *waits {
                    ""
                } else {
                    r#" waitForCompletion="false""#
                };
                let only = self.undoable.last().filter(|_| *named);
                let only = only
                    .map(|id| format!(r#" activityRef="{id}""#))
                    .unwrap_or_default();
                format!("<compensateEventDefinition{only}{waits}/>")
            }
            Throw::Cancel => "<cancelEventDefinition/>".to_owned(),
            Throw::Multiple(parts) => parts.iter().map(|part| self.throws(part)).collect(),
        }
    }

    /// Writes an event sub-process.
    pub(super) fn event_sub_process(&mut self, handler: &EventSubProcess) {
        let id = self.id("subProcess");
        let content = self.inside(|writer| {
            let interrupting = format!(r#"isInterrupting="{}""#, handler.interrupting);
            let start = match &handler.event {
                Some(event) => writer.event("startEvent", &interrupting, event),
                None => writer.node("startEvent", "", "<compensateEventDefinition/>"),
            };
            let (first, last) = writer.block(&handler.content, true);
            let end = writer.end(&handler.end);
            writer.flow(&start, &first);
            writer.flow(&last, &end);
        });
        self.node_of(&id, "subProcess", r#"triggeredByEvent="true""#, &content);
    }
}

fn waits_for(event: &Event, kind: &str) -> String {
    let on_record = event.triggers.contains(&Trigger::Record);
    let working = event.triggers.contains(&Trigger::Timer(Timer::Working));
    let property = |name: &str, value: &str| {
        let property = format!(r#"<zeebe:property name="{name}" value="{value}"/>"#);
        extended(&format!("<zeebe:properties>{property}</zeebe:properties>"))
    };
    let mut inner = match (on_record, working) {
        (true, _) => property("redthread:on", "case.changed"),
        (_, true) => property("redthread:time", "working"),
        _ => String::new(),
    };
    for trigger in &event.triggers {
        inner += &match trigger {
            Trigger::Timer(timer) => {
                format!(
                    "<timerEventDefinition>{}</timerEventDefinition>",
                    time(*timer)
                )
            }
            Trigger::Message(message) => {
                // Nothing is known yet that a start event could be correlated by.
                let message = if kind == "startEvent" { 1 } else { *message };
                format!(r#"<messageEventDefinition messageRef="Message{message}"/>"#)
            }
            Trigger::Signal(signal) => {
                format!(r#"<signalEventDefinition signalRef="Signal{signal}"/>"#)
            }
            Trigger::SignalByReference => {
                "<eventDefinitionRef>CommonSignal</eventDefinitionRef>".to_owned()
            }
            Trigger::Condition(nth) => {
                let condition = escaped(CONDITIONS[*nth]);
                format!(
                    "<conditionalEventDefinition><condition>{condition}</condition></conditionalEventDefinition>"
                )
            }
            Trigger::Error(code) => {
                format!(
                    "<errorEventDefinition{}/>",
                    reference("errorRef", "Error", *code)
                )
            }
            Trigger::Escalation(code) => {
                let code = reference("escalationRef", "Escalation", *code);
                format!("<escalationEventDefinition{code}/>")
            }
            Trigger::Cancel => "<cancelEventDefinition/>".to_owned(),
            Trigger::Record => "<messageEventDefinition/>".to_owned(),
        };
    }
    inner
}

fn reference(attribute: &str, prefix: &str, code: Option<usize>) -> String {
    code.map(|code| format!(r#" {attribute}="{prefix}{code}""#))
        .unwrap_or_default()
}

fn time(timer: Timer) -> &'static str {
    match timer {
        Timer::Date => "<timeDate>2026-02-03T04:05:06Z</timeDate>",
        Timer::Duration => "<timeDuration>PT1H</timeDuration>",
        Timer::Cycle => "<timeCycle>R3/PT10M</timeCycle>",
        Timer::Cron => "<timeCycle>0 9 * * 1-5</timeCycle>",
        Timer::Working => "<timeDuration>P2D</timeDuration>",
        Timer::Missing => "<timeDuration>=p</timeDuration>",
    }
}
