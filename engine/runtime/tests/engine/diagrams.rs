//! Diagrams in a few lines: elements as XML, flows as `A -> B`.

/// A diagram with one executable process, as [`pool`] writes it.
pub fn process(id: &str, lines: &str) -> Vec<u8> {
    file(&pool(id, lines))
}

/// An executable process. Lines with `->` are sequence flows with the id `A_B`; `A -> B if x` has a condition. All other
/// lines are elements; a target that is none of them is a none end event.
pub fn pool(id: &str, lines: &str) -> String {
    let mut body = String::new();
    let mut targets = std::collections::BTreeSet::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.split_once(" -> ") {
            Some((source, rest)) if !line.starts_with('<') => {
                let (target, condition) = match rest.split_once(" if ") {
                    Some((target, condition)) => (target, Some(condition)),
                    None => (rest, None),
                };
                let condition = condition
                    .map(|text| {
                        format!(
                            "<conditionExpression>={}</conditionExpression>",
                            text.replace('<', "&lt;")
                        )
                    })
                    .unwrap_or_default();
                targets.insert(target);
                body.push_str(&format!(
                    "<sequenceFlow id=\"{source}_{target}\" sourceRef=\"{source}\" targetRef=\"{target}\">{condition}</sequenceFlow>\n"
                ));
            }
            _ => {
                body.push_str(line);
                body.push('\n');
            }
        }
    }
    for end in targets {
        if !lines.contains(&format!("id=\"{end}\"")) {
            body.push_str(&format!("<endEvent id=\"{end}\"/>\n"));
        }
    }
    format!("<process id=\"{id}\" name=\"{id}\" isExecutable=\"true\">\n{body}</process>\n")
}

/// A BPMN file around processes and root elements.
pub fn file(content: &str) -> Vec<u8> {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  id="defs" targetNamespace="http://redthread.example">
<message id="PaidMessage" name="paid"><extensionElements><zeebe:subscription correlationKey="=order"/></extensionElements></message>
<message id="OrderedMessage" name="ordered"/>
<message id="OrderMessage" name="order"><extensionElements><zeebe:subscription correlationKey="=order"/></extensionElements></message>
<signal id="StopSignal" name="stop"/>
<escalation id="Late" name="Late" escalationCode="LATE"/>
<error id="Refused" name="Refused" errorCode="REFUSED"/>
{content}
</definitions>"#
    )
    .into_bytes()
}

/// A user task for a person.
pub fn user_task(id: &str, assignee: &str) -> String {
    format!(
        "<userTask id=\"{id}\" name=\"{id} it\"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee=\"{assignee}\"/></extensionElements></userTask>"
    )
}

/// A task that a job of this type does.
pub fn service_task(id: &str, job_type: &str) -> String {
    format!(
        "<serviceTask id=\"{id}\"><extensionElements><zeebe:taskDefinition type=\"{job_type}\" retries=\"3\"/></extensionElements></serviceTask>"
    )
}

/// A none start event that waits for a record to change.
pub fn record_start(id: &str, on: &str, field: &str, to: &str) -> String {
    format!(
        "<startEvent id=\"{id}\"><extensionElements><zeebe:properties><zeebe:property name=\"redthread:on\" value=\"{on}\"/><zeebe:property name=\"redthread:field\" value=\"{field}\"/><zeebe:property name=\"redthread:to\" value=\"{to}\"/></zeebe:properties></extensionElements></startEvent>"
    )
}

/// A timer catch event.
pub fn wait(id: &str, duration: &str) -> String {
    format!(
        "<intermediateCatchEvent id=\"{id}\"><timerEventDefinition><timeDuration>{duration}</timeDuration></timerEventDefinition></intermediateCatchEvent>"
    )
}

/// A call activity that calls the process `process` and takes over all of its results.
pub fn call(id: &str, process: &str) -> String {
    format!(
        "<callActivity id=\"{id}\"><extensionElements><zeebe:calledElement processId=\"{process}\"/></extensionElements></callActivity>"
    )
}

/// An event with one definition: `signal("S", "startEvent", "signalEventDefinition signalRef=\"StopSignal\"")`.
pub fn event(id: &str, kind: &str, definition: &str) -> String {
    format!("<{kind} id=\"{id}\"><{definition}/></{kind}>")
}

/// `definition` of an [`event`] about the signal `stop`.
pub const STOP: &str = "signalEventDefinition signalRef=\"StopSignal\"";

/// A process with one task, `Do`, for Ann.
pub fn simple() -> Vec<u8> {
    process(
        "simple",
        &format!(
            "<startEvent id=\"S\"/>\n{}\nS -> Do\nDo -> E",
            user_task("Do", "ann")
        ),
    )
}
