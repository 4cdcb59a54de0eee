//! BPMN's rules about data: items and collections, sets, associations, data of events and loops.

mod common;

use common::{around, around_in, breaks, keeps, process, process_beside};

const ITEMS: &str = "<itemDefinition id='text' structureRef='String'/>\
     <itemDefinition id='number' structureRef='xsd:int'/>\
     <itemDefinition id='texts' structureRef='String' isCollection='true'/>";

fn with(content: &str) -> String {
    process_beside(ITEMS, content)
}

fn declaring(specification: &str, more: &str) -> String {
    with(&around_in(&format!(
        "<task id='x'><ioSpecification>{specification}</ioSpecification>{more}</task>"
    )))
}

#[test]
fn data_is_a_collection_if_its_item_is() {
    for (item, collection, is_right) in [
        ("text", "", true),
        ("text", "isCollection='false'", true),
        ("texts", "isCollection='true'", true),
        ("texts", "", false),
        ("text", "isCollection='true'", false),
    ] {
        let attributes = format!("itemSubjectRef='{item}' {collection}");
        let input = declaring(
            &format!(
                "<dataInput id='a' {attributes}/><inputSet><dataInputRefs>a</dataInputRefs></inputSet>"
            ),
            "",
        );
        let object = with(&format!(
            "{}<dataObject id='d' {attributes}/>",
            around_in("<task id='x'/>")
        ));
        if is_right {
            keeps(&input);
            keeps(&object);
        } else {
            breaks(&input, &["error collectionMismatch x"]);
            breaks(&object, &["error collectionMismatch d"]);
        }
    }
}

#[test]
fn declared_data_stands_in_a_set() {
    let data = "<dataInput id='a'/><dataOutput id='b'/>";
    let sets = "<inputSet><dataInputRefs>a</dataInputRefs></inputSet>\
                <outputSet><dataOutputRefs>b</dataOutputRefs></outputSet>";
    keeps(&declaring(&format!("{data}{sets}"), ""));
    // Without any set, nothing is said about sets.
    keeps(&declaring(data, ""));
    breaks(
        &declaring(&format!("{data}<inputSet/><outputSet/>"), ""),
        &["error unlistedData x", "error unlistedData x"],
    );
}

#[test]
fn a_global_task_declares_its_data_as_others_do() {
    breaks(
        &process_beside(
            "<itemDefinition id='texts' isCollection='true'/><globalTask id='g'><ioSpecification>\
             <dataInput id='a' itemSubjectRef='texts'/><inputSet/><outputSet/></ioSpecification></globalTask>",
            &around_in("<task id='x'/>"),
        ),
        &["error collectionMismatch g", "error unlistedData g"],
    );
}

#[test]
fn a_set_lists_data_that_is_declared_beside_it() {
    breaks(
        &declaring(
            "<dataInput id='a'/><inputSet><dataInputRefs>a</dataInputRefs>\
             <dataInputRefs>start</dataInputRefs></inputSet>",
            "",
        ),
        &["error unknownReference x"],
    );
}

#[test]
fn what_is_optional_or_given_while_executing_is_in_the_same_set() {
    for (data, refs, set, narrower) in [
        (
            "dataInput",
            "dataInputRefs",
            "inputSet",
            "optionalInputRefs",
        ),
        (
            "dataInput",
            "dataInputRefs",
            "inputSet",
            "whileExecutingInputRefs",
        ),
        (
            "dataOutput",
            "dataOutputRefs",
            "outputSet",
            "optionalOutputRefs",
        ),
        (
            "dataOutput",
            "dataOutputRefs",
            "outputSet",
            "whileExecutingOutputRefs",
        ),
    ] {
        let listing = |first: &str| {
            declaring(
                &format!(
                    "<{data} id='a'/><{data} id='b'/><{set}><{refs}>a</{refs}>{first}\
                     <{narrower}>b</{narrower}></{set}><{set}><{refs}>b</{refs}></{set}>"
                ),
                "",
            )
        };
        keeps(&listing(&format!("<{refs}>b</{refs}>")));
        breaks(&listing(""), &["error unlistedData x"]);
    }
}

#[test]
fn sets_that_go_together_name_each_other() {
    let sets = |input: &str, output: &str| {
        declaring(
            &format!("<inputSet id='i'>{input}</inputSet><outputSet id='o'>{output}</outputSet>"),
            "",
        )
    };
    let (to_output, to_input) = (
        "<outputSetRefs>o</outputSetRefs>",
        "<inputSetRefs>i</inputSetRefs>",
    );
    keeps(&sets("", ""));
    keeps(&sets(to_output, to_input));
    breaks(&sets(to_output, ""), &["error oneSidedSets x"]);
    breaks(&sets("", to_input), &["error oneSidedSets x"]);
    breaks(
        &sets("<outputSetRefs>i</outputSetRefs>", ""),
        &["error oneSidedSets x"],
    );
}

fn associated(object: &str, association: &str) -> String {
    with(&format!(
        "{}<dataObject id='d' {object}/><dataObjectReference id='r' dataObjectRef='d'/>\
         <dataObject id='d2' itemSubjectRef='text'/><dataObjectReference id='r2' dataObjectRef='d2'/>",
        around_in(&format!(
            "<task id='x'><ioSpecification><dataInput id='a' itemSubjectRef='text'/>\
             <inputSet><dataInputRefs>a</dataInputRefs></inputSet></ioSpecification>\
             <dataInputAssociation id='as'>{association}</dataInputAssociation></task>"
        ))
    ))
}

#[test]
fn a_data_association_connects_the_same_items() {
    let plain = "<sourceRef>r</sourceRef><targetRef>a</targetRef>";
    keeps(&associated("itemSubjectRef='text'", plain));
    keeps(&associated("", plain));
    breaks(
        &associated("itemSubjectRef='number'", plain),
        &["error itemMismatch x"],
    );
    keeps(&associated(
        "itemSubjectRef='number'",
        &format!("{plain}<transformation>string(r)</transformation>"),
    ));
}

#[test]
fn a_data_association_has_one_source_or_a_transformation() {
    let two = "<sourceRef>r</sourceRef><sourceRef>r2</sourceRef><targetRef>a</targetRef>";
    breaks(
        &associated("itemSubjectRef='text'", two),
        &["error severalSources x"],
    );
    keeps(&associated(
        "itemSubjectRef='text'",
        &format!("{two}<transformation>r + r2</transformation>"),
    ));
}

#[test]
fn inputs_of_a_process_are_read_and_outputs_written() {
    let within = |association: &str| {
        process(&format!(
            "<ioSpecification><dataInput id='a'/><dataOutput id='b'/>\
             <inputSet><dataInputRefs>a</dataInputRefs></inputSet>\
             <outputSet><dataOutputRefs>b</dataOutputRefs></outputSet></ioSpecification>{}",
            around_in(&format!(
                "<task id='x'><ioSpecification><dataInput id='in1'/><dataOutput id='out1'/></ioSpecification>\
                 {association}</task>"
            ))
        ))
    };
    let reading = |source: &str| {
        within(&format!(
            "<dataInputAssociation><sourceRef>{source}</sourceRef><targetRef>in1</targetRef></dataInputAssociation>"
        ))
    };
    let writing = |target: &str| {
        within(&format!(
            "<dataOutputAssociation><sourceRef>out1</sourceRef><targetRef>{target}</targetRef>\
             </dataOutputAssociation>"
        ))
    };
    keeps(&reading("a"));
    keeps(&writing("b"));
    breaks(&reading("b"), &["error badDataAssociation x"]);
    breaks(&writing("a"), &["error badDataAssociation x"]);
    breaks(
        &within("<dataInputAssociation><targetRef>a</targetRef></dataInputAssociation>"),
        &["error badDataAssociation x"],
    );
}

#[test]
fn start_events_fill_the_inputs_of_a_process() {
    keeps(&process(
        "<ioSpecification><dataInput id='a'/><inputSet><dataInputRefs>a</dataInputRefs></inputSet></ioSpecification>\
         <startEvent id='s'><dataOutput id='o'/><dataOutputAssociation><sourceRef>o</sourceRef>\
         <targetRef>a</targetRef></dataOutputAssociation></startEvent><endEvent id='e'/>\
         <sequenceFlow id='f' sourceRef='s' targetRef='e'/>",
    ));
}

#[test]
fn a_reference_to_a_data_object_is_called_by_object_and_state() {
    let called = |name: &str| {
        process(&format!(
            "{}<dataObject id='d' name='Order'/><dataObjectReference id='r' dataObjectRef='d' name='{name}'>\
             <dataState name='paid'/></dataObjectReference>",
            around_in("<task id='x'/>")
        ))
    };
    for right in ["Order [paid]", "Order[paid]", "Order"] {
        keeps(&called(right));
    }
    for wrong in ["Order [open]", "2"] {
        breaks(&called(wrong), &["error badDataName r"]);
    }
}

#[test]
fn properties_stand_in_processes_activities_and_events() {
    let property = "<property id='q'/>";
    keeps(&process(&format!(
        "{property}{}",
        around_in("<task id='x'><property id='r'/></task>")
    )));
    breaks(
        &process_beside(property, &around_in("<task id='x'/>")),
        &["error notAllowedHere q"],
    );
    breaks(
        &around(&format!(
            "<parallelGateway id='x'>{property}</parallelGateway>"
        )),
        &["error notAllowedHere x"],
    );
}

const SIGNALS: &str = "<itemDefinition id='text' structureRef='String'/>\
     <itemDefinition id='number' structureRef='xsd:int'/>\
     <signal id='s1' structureRef='text'/><signal id='s2' structureRef='number'/>";

fn event(kind: &str, content: &str) -> String {
    process_beside(
        SIGNALS,
        &around_in(&format!("<{kind} id='x'>{content}</{kind}>")),
    )
}

#[test]
fn an_event_has_data_for_each_of_its_definitions_in_their_order() {
    for (kind, data) in [
        ("intermediateCatchEvent", "dataOutput"),
        ("intermediateThrowEvent", "dataInput"),
    ] {
        let definitions =
            "<signalEventDefinition signalRef='s1'/><signalEventDefinition signalRef='s2'/>";
        let one = format!("<{data} id='a' itemSubjectRef='text'/>");
        let other = format!("<{data} id='b' itemSubjectRef='number'/>");
        keeps(&event(kind, definitions));
        keeps(&event(kind, &format!("{one}{other}{definitions}")));
        breaks(
            &event(kind, &format!("{one}{definitions}")),
            &["error wrongEventData x"],
        );
        breaks(
            &event(kind, &format!("{other}{one}{definitions}")),
            &["error itemMismatch x", "error itemMismatch x"],
        );
    }
}

fn looping(marker: &str) -> String {
    declaring(
        "<dataInput id='a' itemSubjectRef='texts' isCollection='true'/>\
         <dataOutput id='b' itemSubjectRef='texts' isCollection='true'/>\
         <inputSet><dataInputRefs>a</dataInputRefs></inputSet>\
         <outputSet><dataOutputRefs>b</dataOutputRefs></outputSet>",
        &format!("<multiInstanceLoopCharacteristics>{marker}</multiInstanceLoopCharacteristics>"),
    )
}

#[test]
fn a_loop_runs_over_data_of_its_activity() {
    keeps(&looping("<loopDataInputRef>a</loopDataInputRef>"));
    keeps(&looping(
        "<loopCardinality>2</loopCardinality><loopDataOutputRef>b</loopDataOutputRef>",
    ));
    for wrong in ["b", "texts", "nowhere"] {
        breaks(
            &looping(&format!("<loopDataInputRef>{wrong}</loopDataInputRef>")),
            &["error unknownReference x"],
        );
    }
}

#[test]
fn an_item_of_a_loop_is_one_of_its_collection() {
    for (collection, data, item) in [
        ("loopDataInputRef", "a", "inputDataItem"),
        ("loopDataOutputRef", "b", "outputDataItem"),
    ] {
        // Results alone do not say how many instances there are.
        let many = match data {
            "b" => "<loopCardinality>2</loopCardinality>",
            _ => "",
        };
        let of = |kind: &str| {
            looping(&format!(
                "{many}<{collection}>{data}</{collection}><{item} id='one' itemSubjectRef='{kind}'/>"
            ))
        };
        keeps(&of("text"));
        for wrong in ["texts", "number"] {
            breaks(&of(wrong), &["error itemMismatch x"]);
        }
    }
}
