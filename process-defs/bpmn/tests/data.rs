//! What the engine gets of data: which variables there are, and what moves between them.

mod common;

use common::{around_in, check, element, graph, process, process_beside};
use redthread_bpmn::ProcessGraph;
use redthread_bpmn::graph::{Mapping, Text};

fn names(data: &[std::sync::Arc<str>]) -> Vec<&str> {
    data.iter().map(|name| &**name).collect()
}

fn shown(mappings: &[Mapping]) -> Vec<String> {
    let source = |mapping: &Mapping| match &mapping.source {
        Text::Literal(literal) => literal.to_string(),
        Text::Expression(expression) => format!("={expression}"),
    };
    mappings
        .iter()
        .map(|mapping| format!("{} <- {}", mapping.target.join("."), source(mapping)))
        .collect()
}

const OBJECTS: &str = "<property id='stage'/><dataObject id='d1' name='order'/>\
     <dataObject id='d-2' name='Data of the order'/><dataObjectReference id='r1' dataObjectRef='d1'/>\
     <dataObjectReference id='r2' dataObjectRef='d-2'/>";

fn task(content: &str) -> String {
    process(&format!(
        "{OBJECTS}{}",
        around_in(&format!(
            "<manualTask id='x'><ioSpecification><dataInput id='in-1' name='request'/><dataOutput id='out1'/>\
             <inputSet><dataInputRefs>in-1</dataInputRefs></inputSet>\
             <outputSet><dataOutputRefs>out1</dataOutputRefs></outputSet></ioSpecification>{content}</manualTask>"
        ))
    ))
}

fn built(content: &str) -> std::sync::Arc<ProcessGraph> {
    graph(task(content).as_bytes())
}

fn input(content: &str) -> String {
    format!("<dataInputAssociation>{content}</dataInputAssociation>")
}

fn output(content: &str) -> String {
    format!("<dataOutputAssociation>{content}</dataOutputAssociation>")
}

#[test]
fn data_objects_and_properties_are_variables_called_by_name_or_id() {
    let content = "<subProcess id='x'><property id='local'/><dataObject id='inner'/><startEvent id='s'/>\
         <endEvent id='e'><property id='last'/></endEvent><sequenceFlow id='f' sourceRef='s' targetRef='e'/></subProcess>";
    let graph = graph(process(&format!("{OBJECTS}{}", around_in(content))).as_bytes());
    assert_eq!(names(&graph.data), ["stage", "order", "d-2"]);
    assert_eq!(names(&element(&graph, "x").data), ["local", "inner"]);
    assert_eq!(names(&element(&graph, "e").data), ["last"]);
}

#[test]
fn a_document_that_is_only_drawn_hides_no_variable() {
    let graph = graph(
        process(&format!(
            "<dataObject id='o' name='case'/>{}",
            around_in(
                "<dataObjectReference id='r' dataObjectRef='o'/><manualTask id='x'>\
                 <property id='y' name='__targetRef_placeholder'/><dataInputAssociation><sourceRef>r</sourceRef>\
                 <targetRef>y</targetRef></dataInputAssociation><dataOutputAssociation><targetRef>r</targetRef>\
                 </dataOutputAssociation></manualTask>"
            )
        ))
        .as_bytes(),
    );
    assert!(graph.data.is_empty());
    let task = element(&graph, "x");
    assert!(task.data.is_empty() && task.mapping.inputs.is_empty());
    assert!(task.mapping.outputs.is_empty() && task.mapping.results_go_up());
}

#[test]
fn an_association_moves_data_in_before_and_out_after() {
    let graph = built(&format!(
        "{}{}",
        input("<sourceRef>r2</sourceRef><targetRef>in-1</targetRef>"),
        output("<sourceRef>out1</sourceRef><targetRef>r1</targetRef>")
    ));
    let mapping = &element(&graph, "x").mapping;
    assert_eq!(shown(&mapping.inputs), ["request <- =`d-2`"]);
    assert_eq!(
        shown(&mapping.outputs),
        ["order <- =if is defined(out1) then out1 else if is defined(order) then order else null"]
    );
    // Where nobody says otherwise, the other results go up too.
    assert!(mapping.results_go_up());
}

#[test]
fn a_transformation_makes_what_is_moved() {
    let graph = built(&input(
        "<sourceRef>r1</sourceRef><targetRef>in-1</targetRef><transformation>=order.id + 1</transformation>",
    ));
    assert_eq!(
        shown(&element(&graph, "x").mapping.inputs),
        ["request <- =order.id + 1"]
    );
}

#[test]
fn assignments_say_one_by_one_what_goes_where() {
    let graph = built(&format!(
        "{}{}",
        input(
            "<targetRef>in-1</targetRef><assignment><from>order.sum</from><to>request.amount</to></assignment>\
             <assignment><from>r2</from><to>in-1</to></assignment>",
        ),
        output("<assignment><from>=now()</from><to>d1</to></assignment>")
    ));
    let mapping = &element(&graph, "x").mapping;
    assert_eq!(
        shown(&mapping.inputs),
        ["request.amount <- =order.sum", "request <- =`d-2`"]
    );
    assert_eq!(shown(&mapping.outputs), ["order <- =now()"]);
    for wrong in [
        "<assignment><to>a</to></assignment>",
        "<assignment><from>1</from><to>a b</to></assignment>",
        "<assignment><from>1</from></assignment>",
    ] {
        check(&task(&output(wrong)), &["error badDataAssociation x"]);
    }
    check(
        &task(&output(
            "<targetRef>r1</targetRef><assignment><from>${a}</from><to>b</to></assignment>",
        )),
        &["error badExpression x"],
    );
}

#[test]
fn mappings_come_after_associations_and_decide_what_becomes_of_other_results() {
    let graph = built(&format!(
        "<extensionElements><zeebe:ioMapping><zeebe:input source='=1' target='a'/>\
         <zeebe:output source='=b' target='c'/></zeebe:ioMapping></extensionElements>{}{}",
        input("<sourceRef>r1</sourceRef><targetRef>in-1</targetRef>"),
        output("<sourceRef>out1</sourceRef><targetRef>r1</targetRef>")
    ));
    let mapping = &element(&graph, "x").mapping;
    assert_eq!(shown(&mapping.inputs), ["request <- =order", "a <- =1"]);
    assert_eq!(mapping.outputs.len(), 2);
    assert!(!mapping.results_go_up());
}

#[test]
fn events_take_in_what_they_send_and_give_out_what_came() {
    let graph = graph(
        process(&format!(
            "{OBJECTS}<startEvent id='s'><dataOutput id='came'/><dataOutputAssociation><sourceRef>came</sourceRef>\
             <targetRef>r1</targetRef></dataOutputAssociation><outputSet><dataOutputRefs>came</dataOutputRefs></outputSet>\
             <messageEventDefinition messageRef='anyMessage'/></startEvent>\
             <endEvent id='e'><dataInput id='sent'/><dataInputAssociation><sourceRef>r1</sourceRef>\
             <targetRef>sent</targetRef></dataInputAssociation><inputSet><dataInputRefs>sent</dataInputRefs></inputSet>\
             <messageEventDefinition messageRef='anyMessage'/></endEvent>\
             <sequenceFlow id='f' sourceRef='s' targetRef='e'/>"
        ))
        .as_bytes(),
    );
    assert_eq!(
        element(&graph, "s").mapping.outputs[0].target,
        ["order".into()]
    );
    assert_eq!(
        shown(&element(&graph, "e").mapping.inputs),
        ["sent <- =order"]
    );
}

#[test]
fn a_call_hands_over_data_under_the_names_of_what_it_calls() {
    let specification = |input: &str, output: &str| {
        format!(
            "<ioSpecification><dataInput id='{input}'/><dataOutput id='{output}'/>\
             <inputSet><dataInputRefs>{input}</dataInputRefs></inputSet>\
             <outputSet><dataOutputRefs>{output}</dataOutputRefs></outputSet></ioSpecification>"
        )
    };
    let xml = process_beside(
        &format!(
            "<process id='q'>{}<task id='t'/></process>",
            specification("theirIn", "theirOut")
        ),
        &format!(
            "{OBJECTS}{}",
            around_in(&format!(
                "<callActivity id='x' calledElement='q'>{}{}{}</callActivity>",
                specification("ourIn", "ourOut"),
                input("<sourceRef>r1</sourceRef><targetRef>ourIn</targetRef>"),
                output("<sourceRef>ourOut</sourceRef><targetRef>r1</targetRef>")
            ))
        ),
    );
    let graph = graph(xml.as_bytes());
    let mapping = &element(&graph, "x").mapping;
    assert_eq!(shown(&mapping.inputs), ["theirIn <- =order"]);
    assert!(shown(&mapping.outputs)[0].contains("is defined(theirOut)"));
}
