//! BPMN's rules about events: what may stand where, links, timers, messages, compensation.

mod common;

use common::{around, breaks, formal, keeps, process, process_beside, timer};

const DEFINITIONS: [&str; 10] = [
    "message",
    "timer",
    "escalation",
    "error",
    "cancel",
    "compensate",
    "conditional",
    "signal",
    "link",
    "terminate",
];

fn definition(kind: &str) -> String {
    match kind {
        "timer" => timer("timeDuration", "PT1H"),
        "message" => "<messageEventDefinition messageRef='m'/>".to_owned(),
        "conditional" => {
            "<conditionalEventDefinition><condition>a</condition></conditionalEventDefinition>"
                .to_owned()
        }
        kind => format!("<{kind}EventDefinition name='on'/>"),
    }
}

/// Whether a file with the event is told that its definition is not allowed there.
#[track_caller]
fn allows(place: impl Fn(&str) -> String, allowed: &[&str]) {
    for kind in DEFINITIONS {
        let content = place(&definition(kind));
        let problems = common::broken(&process_beside("<message id='m' name='m'/>", &content));
        let refused = problems
            .iter()
            .any(|problem| problem.contains("triggerNotAllowed x"));
        assert_eq!(refused, !allowed.contains(&kind), "{kind}: {problems:?}");
        // The same by reference, and beside another.
        let shared = definition(kind).replacen("EventDefinition", "EventDefinition id='d'", 1);
        let content = place("<eventDefinitionRef>d</eventDefinitionRef>");
        let file = process_beside(&format!("<message id='m' name='m'/>{shared}"), &content);
        let refused = common::broken(&file)
            .iter()
            .any(|problem| problem.contains("triggerNotAllowed x"));
        assert_eq!(refused, !allowed.contains(&kind), "{kind} by reference");
    }
}

#[test]
fn a_process_starts_by_message_timer_condition_or_signal() {
    allows(
        |definition| {
            format!(
                "<startEvent id='x'>{definition}</startEvent><endEvent id='e'/>\
                 <sequenceFlow id='f' sourceRef='x' targetRef='e'/>"
            )
        },
        &["message", "timer", "conditional", "signal"],
    );
}

#[test]
fn an_event_sub_process_starts_by_nearly_everything() {
    allows(
        |definition| {
            format!(
                "<startEvent id='s'/><endEvent id='e'/><sequenceFlow id='f' sourceRef='s' targetRef='e'/>\
                 <subProcess id='sub' triggeredByEvent='true'><startEvent id='x'>{definition}</startEvent>\
                 <endEvent id='d'/><sequenceFlow id='g' sourceRef='x' targetRef='d'/></subProcess>"
            )
        },
        &[
            "message",
            "timer",
            "escalation",
            "error",
            "compensate",
            "conditional",
            "signal",
        ],
    );
}

#[test]
fn an_embedded_sub_process_starts_by_nothing() {
    allows(
        |definition| {
            format!(
                "<startEvent id='s'/><endEvent id='e'/><sequenceFlow id='f' sourceRef='s' targetRef='sub'/>\
                 <sequenceFlow id='h' sourceRef='sub' targetRef='e'/>\
                 <subProcess id='sub'><startEvent id='x'>{definition}</startEvent>\
                 <endEvent id='d'/><sequenceFlow id='g' sourceRef='x' targetRef='d'/></subProcess>"
            )
        },
        &[],
    );
}

fn on_the_way(kind: &str) -> impl Fn(&str) -> String {
    move |definition| common::around_in(&format!("<{kind} id='x'>{definition}</{kind}>"))
}

#[test]
fn catch_and_throw_events_have_their_definitions() {
    allows(
        on_the_way("intermediateCatchEvent"),
        &["message", "timer", "conditional", "link", "signal"],
    );
    allows(
        on_the_way("intermediateThrowEvent"),
        &["message", "escalation", "compensate", "link", "signal"],
    );
}

#[test]
fn boundary_events_have_their_definitions() {
    let boundary = |cancel: bool| {
        move |definition: &str| {
            common::around_in(&format!(
                "<task id='x0'/><boundaryEvent id='x' attachedToRef='x0' cancelActivity='{cancel}'>\
                 {definition}</boundaryEvent>"
            ))
        }
    };
    allows(
        boundary(true),
        &[
            "message",
            "timer",
            "escalation",
            "error",
            "cancel",
            "compensate",
            "conditional",
            "signal",
        ],
    );
    allows(
        boundary(false),
        &["message", "timer", "escalation", "conditional", "signal"],
    );
}

#[test]
fn end_events_have_their_definitions_and_cancel_only_in_a_transaction() {
    let ending = |around: &'static str| {
        move |definition: &str| {
            format!(
                "<startEvent id='s'/><endEvent id='e'/><sequenceFlow id='f' sourceRef='s' targetRef='sub'/>\
                 <sequenceFlow id='h' sourceRef='sub' targetRef='e'/>\
                 <{around} id='sub'><startEvent id='t'/><endEvent id='x'>{definition}</endEvent>\
                 <sequenceFlow id='g' sourceRef='t' targetRef='x'/></{around}>"
            )
        }
    };
    let anywhere = [
        "message",
        "escalation",
        "error",
        "compensate",
        "signal",
        "terminate",
    ];
    allows(ending("subProcess"), &anywhere);
    allows(
        ending("transaction"),
        &[&anywhere[..], &["cancel"]].concat(),
    );
}

#[test]
fn one_wrong_definition_among_several_is_enough() {
    breaks(
        &process(&format!(
            "<startEvent id='x'>{}<escalationEventDefinition/></startEvent><endEvent id='e'/>\
             <sequenceFlow id='f' sourceRef='x' targetRef='e'/>",
            timer("timeDuration", "PT1H")
        )),
        &["error triggerNotAllowed x"],
    );
}

#[test]
fn an_event_that_waits_says_for_what() {
    breaks(
        &around("<intermediateCatchEvent id='x'/>"),
        &["error missingTrigger x"],
    );
    for cancel in [true, false] {
        breaks(
            &around(&format!(
                "<task id='x'/><boundaryEvent id='b' attachedToRef='x' cancelActivity='{cancel}'/>\
                 <sequenceFlow id='f' sourceRef='b' targetRef='end'/>"
            )),
            &["error missingTrigger b"],
        );
    }
}

#[test]
fn a_cancel_boundary_event_stands_on_a_transaction() {
    let cancelled = |host: &str| {
        around(&format!(
            "<{host} id='x'><startEvent id='s'/><endEvent id='e'/>\
             <sequenceFlow id='a' sourceRef='s' targetRef='e'/></{host}>\
             <boundaryEvent id='b' attachedToRef='x'><cancelEventDefinition/></boundaryEvent>\
             <sequenceFlow id='f' sourceRef='b' targetRef='end'/>"
        ))
    };
    keeps(&cancelled("transaction"));
    breaks(&cancelled("subProcess"), &["error badAttachment b"]);
}

#[test]
fn compensation_is_connected_by_an_association_and_by_nothing_else() {
    let undoing = |association: &str, more: &str| {
        around(&format!(
            "<task id='x'/><boundaryEvent id='b' attachedToRef='x'><compensateEventDefinition/></boundaryEvent>\
             <task id='undo' isForCompensation='true'/>{association}{more}"
        ))
    };
    let association = "<association id='a' sourceRef='b' targetRef='undo'/>";
    keeps(&undoing(association, ""));
    keeps(&undoing(
        "<association id='a' sourceRef='undo' targetRef='b'/>",
        "",
    ));
    breaks(&undoing("", ""), &["error missingHandler b"]);
    breaks(
        &undoing(
            association,
            "<sequenceFlow id='f' sourceRef='b' targetRef='end'/>",
        ),
        &["error flowNotAllowed f"],
    );
    breaks(
        &undoing(
            association,
            "<sequenceFlow id='f' sourceRef='undo' targetRef='end'/>",
        ),
        &["error flowNotAllowed f"],
    );
}

#[test]
fn intermediate_events_have_flows_even_where_no_start_and_end_is_drawn() {
    let waits = timer("timeDuration", "PT1H");
    breaks(
        &process(&format!(
            "<task id='t'/><intermediateCatchEvent id='x'>{waits}</intermediateCatchEvent>\
             <sequenceFlow id='f' sourceRef='t' targetRef='x'/>"
        )),
        &["error missingOutgoing x"],
    );
}

fn linked(throw: &str, catch: &str) -> String {
    process(&format!(
        "<startEvent id='start'/><sequenceFlow id='f' sourceRef='start' targetRef='t'/>\
         <intermediateThrowEvent id='t'>{throw}</intermediateThrowEvent>\
         <intermediateCatchEvent id='c'>{catch}</intermediateCatchEvent><endEvent id='e'/>\
         <sequenceFlow id='g' sourceRef='c' targetRef='e'/>"
    ))
}

#[test]
fn a_link_leads_from_one_event_to_another() {
    let link = |name: &str| format!("<linkEventDefinition name='{name}'/>");
    keeps(&linked(&link("on"), &link("on")));
    breaks(
        &linked(&link("on"), &link("off")),
        &["error badLink t", "error badLink c"],
    );
    let twice = linked(&link("on"), &link("on")).replace(
        "<endEvent id='e'/>",
        &format!(
            "<intermediateCatchEvent id='d'>{}</intermediateCatchEvent><endEvent id='e'/>\
             <sequenceFlow id='h' sourceRef='d' targetRef='e'/>",
            link("on")
        ),
    );
    breaks(&twice, &["error badLink t"]);
}

#[test]
fn links_that_name_each_other_agree() {
    let throw = |target: &str| {
        format!("<linkEventDefinition id='td' name='a'>{target}</linkEventDefinition>")
    };
    let catch = |source: &str| {
        format!("<linkEventDefinition id='cd' name='b'>{source}</linkEventDefinition>")
    };
    keeps(&linked(
        &throw("<target>cd</target>"),
        &catch("<source>td</source>"),
    ));
    keeps(&linked(&throw("<target>cd</target>"), &catch("")));
    breaks(
        &linked(&throw("<target>cd</target>"), &catch("<source>cd</source>")),
        &["error badLink t"],
    );
    breaks(
        &linked(&throw("<target>start</target>"), &catch("")),
        &[
            "error badLink t",
            "error badLink c",
            "error unknownReference t",
        ],
    );
}

#[test]
fn a_link_has_flows_on_one_side() {
    let link = "<linkEventDefinition name='on'/>";
    let both = linked(link, link).replace(
        "<endEvent id='e'/>",
        "<endEvent id='e'/><sequenceFlow id='h' sourceRef='t' targetRef='e'/>\
         <sequenceFlow id='i' sourceRef='start' targetRef='c'/>",
    );
    breaks(&both, &["error flowNotAllowed h", "error flowNotAllowed i"]);
}

#[test]
fn a_timer_says_once_when_wherever_it_stands() {
    let starting = |times: &str| {
        process(&format!(
            "<startEvent id='s'/><endEvent id='e'/><sequenceFlow id='f' sourceRef='s' targetRef='e'/>\
             <subProcess id='sub' triggeredByEvent='true'><startEvent id='x'><timerEventDefinition>{times}\
             </timerEventDefinition></startEvent><endEvent id='d'/>\
             <sequenceFlow id='g' sourceRef='x' targetRef='d'/></subProcess>"
        ))
    };
    let duration = "<timeDuration>PT1H</timeDuration>";
    keeps(&starting(duration));
    breaks(&starting(""), &["error badTimer x"]);
    breaks(
        &starting(&format!("{duration}<timeCycle>R/PT1H</timeCycle>")),
        &["error badTimer x"],
    );
}

#[test]
fn a_word_is_no_time_where_expressions_are_not_feel() {
    let typed = |kind: &str, text: &str| {
        around(&format!(
            "<intermediateCatchEvent id='x'><timerEventDefinition><{kind} xsi:type='tFormalExpression'>{text}\
             </{kind}></timerEventDefinition></intermediateCatchEvent>"
        ))
    };
    for kind in ["timeDate", "timeDuration"] {
        breaks(&formal(&typed(kind, "INVALID")), &["error badTimer x"]);
        keeps(&typed(kind, "deadline"));
        keeps(&formal(&typed(kind, "=deadline")));
    }
    keeps(&formal(&typed("timeDuration", "PT1S")));
}

const MESSAGE: &str = "<message id='m' name='paid'/>";

#[test]
fn a_message_event_names_its_message() {
    for event in ["intermediateCatchEvent", "intermediateThrowEvent"] {
        let with = |definition: &str| {
            process_beside(
                MESSAGE,
                &common::around_in(&format!("<{event} id='x'>{definition}</{event}>")),
            )
        };
        keeps(&with("<messageEventDefinition messageRef='m'/>"));
        breaks(
            &with("<messageEventDefinition/>"),
            &["error missingMessageName x"],
        );
        breaks(
            &with("<messageEventDefinition messageRef='n'/>"),
            &["error unknownReference x"],
        );
    }
    // A job that sends needs no message of BPMN.
    keeps(&around(
        "<intermediateThrowEvent id='x'><extensionElements><zeebe:taskDefinition type='mail'/>\
         </extensionElements><messageEventDefinition/></intermediateThrowEvent>",
    ));
}

#[test]
fn where_messages_are_described_by_interfaces_an_event_names_its_operation() {
    let with = |message: &str, operation: &str| {
        process_beside(
            &format!(
                "<itemDefinition id='i'/>{message}<interface id='f'><operation id='o'>\
                 <inMessageRef>m</inMessageRef></operation></interface>"
            ),
            &common::around_in(&format!(
                "<intermediateCatchEvent id='x'><messageEventDefinition messageRef='m'>{operation}\
                 </messageEventDefinition></intermediateCatchEvent>"
            )),
        )
    };
    let described = "<message id='m' name='paid' itemRef='i'/>";
    keeps(&with(described, "<operationRef>o</operationRef>"));
    keeps(&with(MESSAGE, ""));
    breaks(&with(described, ""), &["error missingOperation x"]);
}

#[test]
fn a_conditional_event_has_a_formal_condition() {
    let on = |condition: &str| {
        around(&format!(
            "<intermediateCatchEvent id='x'><conditionalEventDefinition>{condition}\
             </conditionalEventDefinition></intermediateCatchEvent>"
        ))
    };
    keeps(&on("<condition>stock &lt; 3</condition>"));
    breaks(&on(""), &["error missingExpression x"]);
    breaks(&on("<condition/>"), &["error missingExpression x"]);
    breaks(
        &formal(&on("<condition>the stock is low</condition>")),
        &["error informalExpression x", "error badExpression x"],
    );
}

#[test]
fn the_definition_of_one_event_is_not_used_by_another() {
    breaks(
        &process_beside(
            MESSAGE,
            "<startEvent id='s'><eventDefinitionRef>d</eventDefinitionRef></startEvent>\
             <endEvent id='e'><messageEventDefinition id='d' messageRef='m'/></endEvent>\
             <sequenceFlow id='f' sourceRef='s' targetRef='e'/>",
        ),
        &["error unknownReference s"],
    );
    keeps(&process_beside(
        "<signalEventDefinition id='d' signalRef='anySignal'/>",
        "<startEvent id='s'><eventDefinitionRef>d</eventDefinitionRef></startEvent>\
         <endEvent id='e'/><sequenceFlow id='f' sourceRef='s' targetRef='e'/>",
    ));
}
