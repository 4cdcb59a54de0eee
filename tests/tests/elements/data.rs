//! Data (10.4): objects, properties, inputs and outputs, and Camunda's mappings.

use serde_json::json;

use crate::process;

#[test]
fn a_data_object_is_a_variable_of_its_scope() {
    let run = process(
        r#"<dataObject id="do" name="sum"/><startEvent id="s"/><scriptTask id="Add"><extensionElements><zeebe:script expression="=1 + 2" resultVariable="sum"/></extensionElements></scriptTask><endEvent id="e"/><flows>s -> Add -> e</flows>"#,
    )
    .starts(json!({}));
    assert_eq!(run.variable("sum"), json!(3));
    assert!(run.has_ended());
}

#[test]
fn a_property_of_a_sub_process_stays_in_it() {
    let run = process(
        r#"<startEvent id="s"/><subProcess id="sub"><property id="inner" name="inner"/><startEvent id="t"/>
        <scriptTask id="Set"><extensionElements><zeebe:script expression="=5" resultVariable="inner"/></extensionElements></scriptTask>
        <scriptTask id="Use"><extensionElements><zeebe:script expression="=inner + 1" resultVariable="outer"/></extensionElements></scriptTask><endEvent id="f"/><flows>t -> Set -> Use -> f</flows></subProcess>
        <endEvent id="e"/><flows>s -> sub -> e</flows>"#,
    )
    .starts(json!({}));
    assert_eq!(run.variable("outer"), json!(6));
    assert_eq!(run.variable("inner"), json!(null));
    assert!(run.has_ended());
}

#[test]
fn data_associations_carry_data_in_and_out() {
    let run = process(
        r#"<dataObject id="in" name="price"/><dataObjectReference id="inRef" dataObjectRef="in"/><dataObject id="out" name="total"/><dataObjectReference id="outRef" dataObjectRef="out"/>
        <startEvent id="s"/><scriptTask id="Calculate"><extensionElements><zeebe:script expression="=net * 2" resultVariable="gross"/></extensionElements>
          <ioSpecification><dataInput id="di" name="net"/><dataOutput id="dout" name="gross"/><inputSet><dataInputRefs>di</dataInputRefs></inputSet><outputSet><dataOutputRefs>dout</dataOutputRefs></outputSet></ioSpecification>
          <dataInputAssociation id="a1"><sourceRef>inRef</sourceRef><targetRef>di</targetRef></dataInputAssociation>
          <dataOutputAssociation id="a2"><sourceRef>dout</sourceRef><targetRef>outRef</targetRef></dataOutputAssociation></scriptTask>
        <endEvent id="e"/><flows>s -> Calculate -> e</flows>"#,
    )
    .starts(json!({"price": 21}));
    assert_eq!(run.variable("total"), json!(42));
    assert!(run.has_ended());
}

#[test]
fn an_association_may_transform_what_it_carries() {
    let run = process(
        r#"<dataObject id="in" name="price"/><dataObjectReference id="inRef" dataObjectRef="in"/>
        <startEvent id="s"/><userTask id="Look"><ioSpecification><dataInput id="di" name="shown"/><inputSet><dataInputRefs>di</dataInputRefs></inputSet><outputSet/></ioSpecification>
          <dataInputAssociation id="a1"><sourceRef>inRef</sourceRef><targetRef>di</targetRef><transformation>=price * 10</transformation></dataInputAssociation></userTask>
        <endEvent id="e"/><flows>s -> Look -> e</flows>"#,
    )
    .starts(json!({"price": 21}));
    let shown = run.play.instances().next().and_then(|state| {
        let task = state.elements.values().find(|e| &*e.element == "Look");
        task.and_then(|task| task.variables.get("shown").map(|value| value.to_json()))
    });
    assert_eq!(shown, Some(json!(210)));
}

#[test]
fn mappings_carry_variables_in_and_out() {
    let run = process(
        r#"<startEvent id="s"/><scriptTask id="Add"><extensionElements><zeebe:ioMapping><zeebe:input source="=n" target="x"/><zeebe:output source="=y" target="result.sum"/></zeebe:ioMapping><zeebe:script expression="=x + 1" resultVariable="y"/></extensionElements></scriptTask><endEvent id="e"/><flows>s -> Add -> e</flows>"#,
    )
    .starts(json!({"n": 1}));
    assert_eq!(run.variable("result"), json!({"sum": 2}));
    assert_eq!(run.variable("y"), json!(null));
    assert!(run.has_ended());
}
