//! What of a diagram the reader of BPMN cannot judge, since it knows neither records nor connectors: record triggers that
//! can never match, jobs that nobody does, inputs that a connector does not know or lacks, names that are mistyped.

mod names;

use redthread_bpmn::graph::{Element, ElementKind, Listener, RecordTrigger, Text, Throw, Trigger};
use redthread_bpmn::{Code, Diagram, Problem, Severity};
use redthread_crm::{FieldType, Kind};

use crate::contract::Connector;

/// The problems of a diagram whose processes are executable otherwise.
pub fn review(diagram: &Diagram) -> Vec<Problem> {
    let mut problems = Vec::new();
    for process in &diagram.processes {
        for element in &process.elements {
            let found = of_element(element);
            problems.extend(found.into_iter().map(|found| Problem {
                element: Some(element.id.clone()),
                line: line(diagram, &element.id),
                code: found.code,
                severity: found.severity,
                message: found.message,
                hint: found.hint,
            }));
        }
        problems.extend(names::mistyped(process).into_iter().map(|found| Problem {
            line: line(diagram, &found.element),
            code: Code::UnknownName,
            severity: Severity::Warning,
            message: format!(
                "Nothing in the diagram makes a variable “{}”: it may be null.",
                found.name
            ),
            hint: format!("Did you mean “{}”?", found.meant),
            element: Some(found.element),
        }));
    }
    problems
}

fn of_element(element: &Element) -> Vec<Found> {
    let mut found = Vec::new();
    let triggers = element.kind.trigger().map_or(&[][..], Trigger::parts);
    found.extend(triggers.iter().filter_map(|trigger| match trigger {
        Trigger::Record(record) => of_record_trigger(record),
        _ => None,
    }));
    match &element.kind {
        ElementKind::ServiceTask(task)
        | ElementKind::ThrowEvent(Throw::Job(task))
        | ElementKind::EndEvent(Throw::Job(task)) => {
            found.extend(of_job(element, &task.job_type));
        }
        _ => {}
    }
    let listeners = &element.listeners;
    let listeners = [
        &listeners.start,
        &listeners.end,
        &listeners.creating,
        &listeners.completing,
    ];
    let listeners = listeners.into_iter().flatten();
    found.extend(listeners.filter_map(of_listener));
    found
}

/// A listener's job gets no inputs of its own: only who does it can be judged.
fn of_listener(listener: &Listener) -> Option<Found> {
    match &listener.job_type {
        Text::Literal(job_type) if Connector::of(job_type).is_none() => Some(no_worker(job_type)),
        _ => None,
    }
}

fn no_worker(job_type: &str) -> Found {
    let types: Vec<&str> = Connector::ALL
        .iter()
        .map(|connector| connector.contract().job_type)
        .collect();
    Found {
        code: Code::NoWorker,
        severity: Severity::Warning,
        message: format!(
            "Redthread itself does no jobs of the type “{job_type}”: the process waits here until a worker does."
        ),
        hint: format!(
            "Look at the type, or run a worker for it (docs/workers.md). Redthread itself does: {}.",
            types.join(", ")
        ),
    }
}

struct Found {
    code: Code,
    severity: Severity,
    message: String,
    hint: String,
}

fn line(diagram: &Diagram, id: &str) -> Option<u32> {
    let mut nodes = diagram
        .model
        .processes
        .iter()
        .flat_map(|process| &process.flow_nodes);
    nodes
        .find(|node| node.id.as_deref() == Some(id))
        .map(|node| node.line)
}

fn of_record_trigger(trigger: &RecordTrigger) -> Option<Found> {
    let refuse = |message: String, hint: String| {
        Some(Found {
            code: Code::BadRecordTrigger,
            severity: Severity::Error,
            message,
            hint,
        })
    };
    let Ok(kind) = trigger.kind.parse::<Kind>() else {
        let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        let message = format!(
            "There is no kind of record “{}”: the event would never occur.",
            trigger.kind
        );
        return refuse(message, format!("Write one of: {}.", kinds.join(", ")));
    };
    let name = trigger.field.as_deref()?;
    let description = kind.description();
    let Some(field) = description.field(name) else {
        let fields: Vec<&str> = description.fields.iter().map(|field| field.name).collect();
        let message = format!(
            "The kind “{}” has no field “{name}”: the event would never occur.",
            kind.name()
        );
        return refuse(message, format!("Write one of: {}.", fields.join(", ")));
    };
    let values = [trigger.from.as_deref(), trigger.to.as_deref()];
    match field.field_type {
        FieldType::Choice { values: choices } => {
            let unknown = values
                .into_iter()
                .flatten()
                .find(|value| !choices.contains(value))?;
            refuse(
                format!("The field “{name}” is never “{unknown}”: the event would never occur."),
                format!("Write one of: {}.", choices.join(", ")),
            )
        }
        FieldType::Link { .. } | FieldType::AnyLink { .. }
            if values.iter().any(Option::is_some) =>
        {
            refuse(
                format!(
                    "The field “{name}” is a link to another record, which cannot be compared with a text."
                ),
                format!(
                    "Use redthread:when instead: {}.{name}.login = \"anna\", for example.",
                    kind.name()
                ),
            )
        }
        _ => None,
    }
}

fn of_job(element: &Element, job_type: &Text) -> Vec<Found> {
    // An expression decides while the process runs.
    let Text::Literal(job_type) = job_type else {
        return Vec::new();
    };
    let Some(connector) = Connector::of(job_type) else {
        return vec![no_worker(job_type)];
    };
    let contract = connector.contract();
    let inputs = &element.mapping.inputs;
    let given = |name: &str| {
        inputs
            .iter()
            .any(|mapping| mapping.target.first().is_some_and(|first| **first == *name))
    };
    let missing = contract
        .inputs
        .iter()
        .filter(|input| input.required && !given(input.name))
        .map(|input| Found {
            code: Code::MissingInput,
            severity: Severity::Error,
            message: format!(
                "{job_type} needs the input “{}”. {}",
                input.name, input.help
            ),
            hint: "Add it as an input mapping of the element.".to_owned(),
        });
    let known = |name: &str| contract.inputs.iter().any(|input| input.name == name);
    let unknown = inputs
        .iter()
        .filter_map(|mapping| mapping.target.first())
        .filter(|name| !known(name));
    let unknown = unknown.map(|name| {
        let names: Vec<&str> = contract.inputs.iter().map(|input| input.name).collect();
        Found {
            code: Code::UnknownInput,
            severity: Severity::Warning,
            message: format!("{job_type} knows no input “{name}”: it is left out."),
            hint: format!("It knows: {}.", names.join(", ")),
        }
    });
    missing.chain(unknown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes of the problems of a process that starts as `start` says and then does the service task `task`.
    fn codes(start: &str, task: &str) -> Vec<&'static str> {
        let xml = format!(
            r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t">
              <process id="p" isExecutable="true">
                <startEvent id="Start"><extensionElements><zeebe:properties>{start}</zeebe:properties></extensionElements></startEvent>
                <serviceTask id="Do"><extensionElements>{task}</extensionElements></serviceTask> <endEvent id="End"/>
                <sequenceFlow id="f1" sourceRef="Start" targetRef="Do"/> <sequenceFlow id="f2" sourceRef="Do" targetRef="End"/>
              </process></definitions>"#
        );
        let diagram = redthread_bpmn::read(xml.as_bytes(), &Default::default()).unwrap();
        assert!(!diagram.has_errors(), "{:?}", diagram.problems);
        let problems = review(&diagram);
        assert!(problems.iter().all(|problem| problem.line.is_some()));
        problems
            .iter()
            .map(|problem| problem.code.as_str())
            .collect()
    }

    fn on(properties: &[(&str, &str)]) -> String {
        let property = |(name, value): &(&str, &str)| {
            format!(r#"<zeebe:property name="redthread:{name}" value="{value}"/>"#)
        };
        properties.iter().map(property).collect()
    }

    const NOTE: &str = r#"<zeebe:taskDefinition type="crm:log-note"/><zeebe:ioMapping><zeebe:input source="Hello" target="text"/></zeebe:ioMapping>"#;

    #[test]
    fn a_trigger_on_a_field_that_exists_is_fine() {
        assert!(
            codes(
                &on(&[
                    ("on", "case.changed"),
                    ("field", "status"),
                    ("to", "closed")
                ]),
                NOTE
            )
            .is_empty()
        );
    }

    #[test]
    fn a_trigger_that_can_never_match_is_refused() {
        for properties in [
            vec![("on", "cases.changed")],
            vec![("on", "case.changed"), ("field", "staus")],
            vec![("on", "case.changed"), ("field", "status"), ("to", "done")],
            vec![("on", "case.changed"), ("field", "owner"), ("to", "marta")],
        ] {
            assert_eq!(
                codes(&on(&properties), NOTE),
                ["badRecordTrigger"],
                "{properties:?}"
            );
        }
    }

    #[test]
    fn a_job_that_nobody_does_is_a_warning() {
        assert_eq!(
            codes("", r#"<zeebe:taskDefinition type="bank:pay"/>"#),
            ["noWorker"]
        );
    }

    #[test]
    fn a_name_that_is_nearly_one_that_the_diagram_makes_is_a_warning() {
        let with = |outputs: &str| {
            NOTE.replace(
                "</zeebe:ioMapping>",
                &format!("{outputs}</zeebe:ioMapping>"),
            )
        };
        let amount = r#"<zeebe:output source="=12" target="amount"/>"#;
        let next = |name: &str| {
            with(&format!(
                r#"{amount}<zeebe:output source="={name} * 2" target="double"/>"#
            ))
        };
        assert_eq!(codes("", &next("amout")), ["unknownName"]);
        // A start, a form or a message may well bring these.
        for name in ["amount", "amounts", "price", "total", "count"] {
            assert_eq!(codes("", &next(name)), [""; 0], "{name}");
        }
    }

    #[test]
    fn a_connector_says_which_inputs_it_lacks_or_does_not_know() {
        let task = NOTE.replace("target=\"text\"", "target=\"txet\"");
        assert_eq!(codes("", &task), ["missingInput", "unknownInput"]);
    }
}
