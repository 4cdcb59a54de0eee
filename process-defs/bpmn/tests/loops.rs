//! What the engine gets of loop markers: standard loops, and multi-instance activities of both dialects.

mod common;

use common::{around, check, element, graph, process_beside};
use redthread_bpmn::graph::{Behavior, MultiInstance, Over, Repetition, Throw};

fn marked(marker: &str) -> String {
    process_beside(
        "<signalEventDefinition id='done' signalRef='anySignal'/><timerEventDefinition id='later'>\
         <timeDuration>PT1H</timeDuration></timerEventDefinition>",
        &common::around_in(&format!("<manualTask id='x'>{marker}</manualTask>")),
    )
}

fn several(attributes: &str, content: &str) -> String {
    marked(&format!(
        "<multiInstanceLoopCharacteristics {attributes}>{content}</multiInstanceLoopCharacteristics>"
    ))
}

/// Looks at the loop marker of a diagram without problems.
fn look<T>(xml: &str, at: impl Fn(&Repetition) -> T) -> T {
    let graph = graph(xml.as_bytes());
    at(element(&graph, "x").repetition.as_ref().unwrap())
}

fn shown(xml: &str) -> String {
    look(xml, |repetition| {
        let Repetition::MultiInstance(MultiInstance {
            sequential,
            over,
            output_collection,
            output_element,
            completion,
            ..
        }) = repetition
        else {
            panic!()
        };
        let over = match over {
            Over::Cardinality(number) => format!("{number} times"),
            Over::Collection { items, element } => {
                format!("{} of {items}", element.as_deref().unwrap_or("-"))
            }
        };
        let output = output_element.as_ref().map(|element| {
            format!(
                " {element} to {}",
                output_collection.as_deref().unwrap_or("-")
            )
        });
        let until = completion
            .as_ref()
            .map(|condition| format!(" until {condition}"));
        let order = if *sequential { "in order " } else { "" };
        format!(
            "{order}{over}{}{}",
            output.unwrap_or_default(),
            until.unwrap_or_default()
        )
    })
}

#[test]
fn a_standard_loop_goes_on_while_its_condition_is_true() {
    let looped = |attributes: &str, condition: &str| {
        let marker = format!(
            "<standardLoopCharacteristics {attributes}>{condition}</standardLoopCharacteristics>"
        );
        look(&marked(&marker), |repetition| {
            let Repetition::Loop {
                test_before,
                condition,
                maximum,
            } = repetition
            else {
                panic!()
            };
            let condition = condition
                .as_ref()
                .map(|condition| condition.text().to_owned());
            (*test_before, condition.unwrap_or_default(), *maximum)
        })
    };
    let condition = "<loopCondition>=tries &lt; 3</loopCondition>";
    assert_eq!(looped("", condition), (false, "tries < 3".to_owned(), None));
    assert_eq!(
        looped("testBefore='true' loopMaximum='5'", condition),
        (true, "tries < 3".to_owned(), Some(5))
    );
    assert_eq!(
        looped("loopMaximum='2'", ""),
        (false, String::new(), Some(2))
    );
    check(
        &marked("<standardLoopCharacteristics/>"),
        &["warning missingExpression x"],
    );
    check(
        &marked(
            "<standardLoopCharacteristics><loopCondition>${a}</loopCondition></standardLoopCharacteristics>",
        ),
        &["error badExpression x"],
    );
}

#[test]
fn instances_are_counted_or_one_for_each_of_a_list() {
    let five = "<loopCardinality>=2 + 3</loopCardinality>";
    assert_eq!(shown(&several("", five)), "2 + 3 times");
    let extension = |attributes: &str| {
        format!("<extensionElements><zeebe:loopCharacteristics {attributes}/></extensionElements>")
    };
    let list = extension(
        "inputCollection='=orders' inputElement='order' outputCollection='receipts' outputElement='=receipt'",
    );
    let until = "<completionCondition>numberOfCompletedInstances > 1</completionCondition>";
    assert_eq!(
        shown(&several("isSequential='true'", &format!("{list}{until}"))),
        "in order order of orders receipt to receipts until numberOfCompletedInstances > 1"
    );
    check(&several("", ""), &["error missingExpression x"]);
    check(
        &several("", &format!("{list}{five}")),
        &["error badValue x"],
    );
    check(
        &several("", &extension("inputCollection='=a' outputCollection='b'")),
        &["error badValue x"],
    );
    check(
        &several("", &extension("inputCollection='=a' inputElement='=b'")),
        &["error badValue x"],
    );
}

#[test]
fn a_loop_over_data_of_the_activity_runs_over_what_is_moved_into_it() {
    let xml = around(
        "<dataObject id='orders'/><dataObject id='o2' name='receipts'/>\
         <dataObjectReference id='ref' dataObjectRef='orders'/><dataObjectReference id='ref2' dataObjectRef='o2'/>\
         <manualTask id='x'><ioSpecification><dataInput id='all'/><dataOutput id='gone'/>\
         <inputSet><dataInputRefs>all</dataInputRefs></inputSet><outputSet><dataOutputRefs>gone</dataOutputRefs></outputSet>\
         </ioSpecification>\
         <dataInputAssociation><sourceRef>ref</sourceRef><targetRef>all</targetRef></dataInputAssociation>\
         <dataOutputAssociation><sourceRef>gone</sourceRef><targetRef>ref2</targetRef></dataOutputAssociation>\
         <multiInstanceLoopCharacteristics><loopDataInputRef>all</loopDataInputRef>\
         <loopDataOutputRef>gone</loopDataOutputRef><inputDataItem id='item-1' name='order'/>\
         <outputDataItem id='receipt'/></multiInstanceLoopCharacteristics></manualTask>",
    );
    assert_eq!(shown(&xml), "order of orders receipt to receipts");
    // No single instance gets the list, or gives it.
    let graph = graph(xml.as_bytes());
    let mapping = &element(&graph, "x").mapping;
    assert!(mapping.inputs.is_empty() && mapping.outputs.is_empty());
}

#[test]
fn events_occur_as_instances_complete() {
    let behavior = |attributes: &str, content: &str| {
        let xml = several(
            attributes,
            &format!("<loopCardinality>3</loopCardinality>{content}"),
        );
        look(&xml, |repetition| {
            let Repetition::MultiInstance(several) = repetition else {
                panic!()
            };
            match &several.behavior {
                Behavior::All => "all".to_owned(),
                Behavior::Each(Throw::Signal(_)) => "each".to_owned(),
                Behavior::First(Throw::Signal(_)) => "first".to_owned(),
                Behavior::Complex(events) => events
                    .iter()
                    .map(|(condition, throw)| format!("{condition}: {}", throw.parts().len()))
                    .collect::<Vec<_>>()
                    .join(", "),
                other => panic!("{other:?}"),
            }
        })
    };
    assert_eq!(behavior("", ""), "all");
    assert_eq!(behavior("behavior='All'", ""), "all");
    assert_eq!(
        behavior("behavior='None' noneBehaviorEventRef='done'", ""),
        "each"
    );
    assert_eq!(
        behavior("behavior='One' oneBehaviorEventRef='tns:done'", ""),
        "first"
    );
    let signal = "<signalEventDefinition signalRef='anySignal'/>";
    let event = |condition: &str, content: &str| {
        format!(
            "<complexBehaviorDefinition><condition>{condition}</condition><event id='e{condition}'>{content}</event>\
             </complexBehaviorDefinition>"
        )
    };
    let two = format!("{signal}<eventDefinitionRef>done</eventDefinitionRef>");
    assert_eq!(
        behavior(
            "behavior='Complex'",
            &format!(
                "{}{}{}",
                event("a", signal),
                event("b", &two),
                event("c", "")
            )
        ),
        "a: 1, b: 2"
    );
    let wrong = |attributes: &str| several(attributes, "<loopCardinality>3</loopCardinality>");
    check(&wrong("behavior='One'"), &["error missingTrigger x"]);
    check(
        &wrong("behavior='One' oneBehaviorEventRef='later'"),
        &["error triggerNotAllowed x"],
    );
    check(&wrong("behavior='Some'"), &["error badValue x"]);
}

#[test]
fn an_event_sub_process_has_no_loop_marker() {
    check(
        &common::process(&format!(
            "{}<subProcess id='es' triggeredByEvent='true'><startEvent id='s'>\
             <signalEventDefinition signalRef='anySignal'/></startEvent><endEvent id='e'/>\
             <sequenceFlow id='g' sourceRef='s' targetRef='e'/><standardLoopCharacteristics loopMaximum='2'/>\
             </subProcess>",
            common::around_in("<manualTask id='x'/>")
        )),
        &["error notAllowedHere es"],
    );
}
