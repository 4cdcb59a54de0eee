//! The diagrams that are measured. `tests/benches/http.rs` measures them too.

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// Start, a user task that a client completes, end: two steps.
    Task,
    /// Start, ten script tasks and exclusive gateways in turn, end: one step.
    Ten,
    /// Start, a service task that a worker does, a message that a client publishes, a timer, end: four steps.
    Work,
    /// Start, a timer of the time `due`, end.
    Timer,
    /// Start, a user task for each of `items`, which gives a result, end: one instance, and a step for each item.
    Items,
}

impl Process {
    /// Those whose throughput is measured.
    pub const ALL: [Process; 3] = [Process::Task, Process::Ten, Process::Work];

    /// What reports call it.
    pub fn title(self) -> &'static str {
        match self {
            Process::Task => "user task, completed by a client",
            Process::Ten => "ten scripts and gateways straight through",
            Process::Timer => "timer",
            Process::Items => "a task for each item",
            Process::Work => "service task by a worker, message, timer",
        }
    }

    pub fn diagram(self) -> String {
        let body = match self {
            Process::Task => {
                r#"<startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="review"/>
                <userTask id="review" name="Review the request"><extensionElements><zeebe:userTask/></extensionElements></userTask>
                <sequenceFlow id="f2" sourceRef="review" targetRef="end"/><endEvent id="end"/>"#.to_owned()
            }
            Process::Ten => ten(),
            Process::Timer => {
                r#"<startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="wait"/>
                <intermediateCatchEvent id="wait"><timerEventDefinition><timeDate>=due</timeDate></timerEventDefinition></intermediateCatchEvent>
                <sequenceFlow id="f2" sourceRef="wait" targetRef="end"/><endEvent id="end"/>"#.to_owned()
            }
            Process::Items => {
                r#"<startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="review"/>
                <userTask id="review"><extensionElements><zeebe:userTask/></extensionElements>
                  <multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=items"
                    inputElement="item" outputCollection="results" outputElement="=decision"/></extensionElements></multiInstanceLoopCharacteristics></userTask>
                <sequenceFlow id="f2" sourceRef="review" targetRef="end"/><endEvent id="end"/>"#.to_owned()
            }
            Process::Work => {
                r#"<startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="pack"/>
                <serviceTask id="pack"><extensionElements><zeebe:taskDefinition type="pack" retries="3"/></extensionElements></serviceTask>
                <sequenceFlow id="f2" sourceRef="pack" targetRef="paid"/>
                <intermediateCatchEvent id="paid"><messageEventDefinition messageRef="Paid"/></intermediateCatchEvent>
                <sequenceFlow id="f3" sourceRef="paid" targetRef="pause"/>
                <intermediateCatchEvent id="pause"><timerEventDefinition><timeDuration>PT0.05S</timeDuration></timerEventDefinition></intermediateCatchEvent>
                <sequenceFlow id="f4" sourceRef="pause" targetRef="end"/><endEvent id="end"/>"#.to_owned()
            }
        };
        format!(
            r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
              id="defs" targetNamespace="http://redthread.example">
              <message id="Paid" name="paid"><extensionElements><zeebe:subscription correlationKey="=order"/></extensionElements></message>
              <process id="measured" isExecutable="true">{body}</process></definitions>"#
        )
    }
}

fn ten() -> String {
    let mut body = String::from(
        r#"<startEvent id="start"/><sequenceFlow id="f0" sourceRef="start" targetRef="n1"/>"#,
    );
    for n in 1..=10 {
        let next = if n == 10 {
            "end".to_owned()
        } else {
            format!("n{}", n + 1)
        };
        if n % 2 == 1 {
            body += &format!(
                r#"<scriptTask id="n{n}"><extensionElements><zeebe:script expression="=amount + {n}" resultVariable="amount"/></extensionElements></scriptTask>
                <sequenceFlow id="f{n}" sourceRef="n{n}" targetRef="{next}"/>"#
            );
        } else {
            body += &format!(
                r#"<exclusiveGateway id="n{n}" default="f{n}"/><sequenceFlow id="f{n}" sourceRef="n{n}" targetRef="{next}"/>
                <sequenceFlow id="g{n}" sourceRef="n{n}" targetRef="end"><conditionExpression>amount &gt; 1000</conditionExpression></sequenceFlow>"#
            );
        }
    }
    body + r#"<endEvent id="end"/>"#
}
