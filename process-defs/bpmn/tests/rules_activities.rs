//! BPMN's rules about activities: quantities, loops, performers, scripts, expressions, calls and
//! the messages that tasks exchange.

mod common;

use common::{around, around_in, breaks, definitions, formal, keeps, process_beside};

#[test]
fn quantities_are_one_or_more() {
    for attribute in ["startQuantity", "completionQuantity"] {
        let with = |value: &str| around(&format!("<task id='x' {attribute}='{value}'/>"));
        for right in ["1", "2", "+3", "99999999999999999999999999"] {
            keeps(&with(right));
        }
        for wrong in ["0", "-5", "1.5", "many"] {
            breaks(&with(wrong), &["error badQuantity x"]);
        }
    }
}

fn looping(marker: &str) -> String {
    around(&format!("<task id='x'>{marker}</task>"))
}

#[test]
fn a_loop_runs_once_or_more_often() {
    let maximum = |value: &str| {
        looping(&format!(
            "<standardLoopCharacteristics loopMaximum='{value}'><loopCondition>a</loopCondition>\
             </standardLoopCharacteristics>"
        ))
    };
    keeps(&maximum("3"));
    breaks(&maximum("-1"), &["error badQuantity x"]);
    let cardinality = |text: &str| {
        looping(&format!(
            "<multiInstanceLoopCharacteristics><loopCardinality>{text}</loopCardinality>\
             </multiInstanceLoopCharacteristics>"
        ))
    };
    for right in ["3", "=3", "count(items)"] {
        keeps(&cardinality(right));
    }
    for wrong in ["0", "-1", "=-1"] {
        breaks(&cardinality(wrong), &["error badQuantity x"]);
    }
}

#[test]
fn an_activity_has_one_loop_marker() {
    breaks(
        &looping(
            "<standardLoopCharacteristics loopMaximum='2'/><multiInstanceLoopCharacteristics/>",
        ),
        &["error severalLoops x"],
    );
}

#[test]
fn conditions_are_true_or_false() {
    let until = |condition: &str| {
        looping(&format!(
            "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>\
             <completionCondition>{condition}</completionCondition></multiInstanceLoopCharacteristics>"
        ))
    };
    for right in ["true", "done > 2", "=false", "\"a\" = \"b\"", "x in [1..3]"] {
        keeps(&until(right));
    }
    for wrong in ["23", "=-1.5", "\"yes\""] {
        breaks(&until(wrong), &["error notBoolean x"]);
    }
}

#[test]
fn expressions_are_formal_where_a_file_names_their_language() {
    let counting = |kind: &str, text: &str| {
        looping(&format!(
            "<multiInstanceLoopCharacteristics><loopCardinality {kind}>{text}</loopCardinality>\
             </multiInstanceLoopCharacteristics>"
        ))
    };
    let formal_type = "xsi:type='tFormalExpression'";
    keeps(&counting("", "count(items)"));
    keeps(&formal(&counting(formal_type, "count(items)")));
    breaks(
        &formal(&counting("", "count(items)")),
        &["error informalExpression x"],
    );
    for marked in ["=items", "3"] {
        keeps(&formal(&counting("", marked)));
    }
    // Marked well, but in a language that nobody here reads.
    breaks(
        &formal(&counting("", "${items}")),
        &["error badExpression x"],
    );
    let date = "<intermediateCatchEvent id='x'><timerEventDefinition>\
                <timeDate>2026-12-24T20:00:00</timeDate></timerEventDefinition></intermediateCatchEvent>";
    keeps(&around(date));
    breaks(&formal(&around(date)), &["error informalExpression x"]);
}

#[test]
fn formal_expressions_are_not_empty() {
    let complex = |condition: &str| {
        looping(&format!(
            "<multiInstanceLoopCharacteristics behavior='Complex'><loopCardinality>3</loopCardinality>\
             <complexBehaviorDefinition>{condition}</complexBehaviorDefinition>\
             </multiInstanceLoopCharacteristics>"
        ))
    };
    keeps(&complex("<condition>a</condition>"));
    breaks(&complex("<condition/>"), &["error missingExpression x"]);
    breaks(
        &looping(
            "<dataInputAssociation><targetRef>d</targetRef><transformation/></dataInputAssociation>",
        ),
        &["error missingExpression x"],
    );
    breaks(
        &around("<task id='x'/>").replace(
            "<sequenceFlow id='out' sourceRef='x' targetRef='end'/>",
            "<sequenceFlow id='out' sourceRef='x' targetRef='end'>\
             <conditionExpression xsi:type='tFormalExpression'> </conditionExpression></sequenceFlow>",
        ),
        &["error missingExpression out"],
    );
}

#[test]
fn correlation_says_where_its_values_are() {
    let correlating = |path: &str, data: &str| {
        process_beside(
            &format!(
                "<message id='m' name='m'/><correlationProperty id='c'>\
                 <correlationPropertyRetrievalExpression messageRef='m'>{path}\
                 </correlationPropertyRetrievalExpression></correlationProperty>\
                 <collaboration id='k'><correlationKey id='key'><correlationPropertyRef>c</correlationPropertyRef>\
                 </correlationKey></collaboration>"
            ),
            &format!(
                "{}<correlationSubscription correlationKeyRef='key'>\
                 <correlationPropertyBinding correlationPropertyRef='c'>{data}</correlationPropertyBinding>\
                 </correlationSubscription>",
                around_in("<task id='x'/>")
            ),
        )
    };
    let (path, data) = ("<messagePath>id</messagePath>", "<dataPath>id</dataPath>");
    keeps(&correlating(path, data));
    breaks(
        &correlating("<messagePath/>", data),
        &["error missingExpression c"],
    );
    breaks(
        &correlating(path, "<dataPath/>"),
        &["error missingExpression p"],
    );
}

#[test]
fn a_performer_is_a_resource_or_an_expression() {
    let performed = |parts: &str| {
        process_beside(
            "<resource id='r' name='Clerks'><resourceParameter id='q'/></resource>",
            &around_in(&format!(
                "<task id='x'><performer id='who'>{parts}</performer></task>"
            )),
        )
    };
    let resource = "<resourceRef>r</resourceRef>";
    let binding = "<resourceParameterBinding parameterRef='q'><formalExpression>a</formalExpression>\
                   </resourceParameterBinding>";
    let expression = "<resourceAssignmentExpression><formalExpression>a</formalExpression>\
                      </resourceAssignmentExpression>";
    keeps(&performed(&format!("{resource}{binding}")));
    keeps(&performed(expression));
    for wrong in [format!("{resource}{expression}"), binding.to_owned()] {
        breaks(&performed(&wrong), &["error badResourceRole x"]);
    }
}

#[test]
fn a_transaction_is_done_in_a_way_that_has_an_address() {
    let by = |method: &str| {
        around(&format!(
            "<transaction id='x' method='{method}'><startEvent id='s'/><endEvent id='e'/>\
             <sequenceFlow id='a' sourceRef='s' targetRef='e'/></transaction>"
        ))
    };
    for right in ["##Compensate", "##Store", "http://example.org/two-phase"] {
        keeps(&by(right));
    }
    for wrong in ["_invalid_URI!$%", "two phases", "##Maybe"] {
        breaks(&by(wrong), &["error badUri x"]);
    }
}

#[test]
fn a_script_says_its_language() {
    let script = |format: &str| {
        around(&format!(
            "<scriptTask id='x' {format}><script>{{a: 1}}</script></scriptTask>"
        ))
    };
    keeps(&script(""));
    breaks(&formal(&script("")), &["error missingScriptFormat x"]);
    for right in [
        "feel",
        "groovy",
        "text/javascript",
        "application/x-ruby; v=3",
    ] {
        keeps(&formal(&script(&format!("scriptFormat='{right}'"))));
    }
    breaks(&script("scriptFormat='INVALID'"), &["error badMimeType x"]);
}

/// Two items, a message of the first one, and an operation that takes and gives it.
const INTERFACE: &str = "<itemDefinition id='text' structureRef='String'/>\
     <itemDefinition id='same' structureRef='String'/><itemDefinition id='number' structureRef='xsd:int'/>\
     <message id='m' name='m' itemRef='text'/><interface id='inter'><operation id='o'>\
     <inMessageRef>m</inMessageRef><outMessageRef>m</outMessageRef></operation></interface>";

fn exchanging(task: &str, attributes: &str, specification: &str) -> String {
    process_beside(
        INTERFACE,
        &around_in(&format!(
            "<{task} id='x' {attributes}><ioSpecification>{specification}</ioSpecification></{task}>"
        )),
    )
}

const INPUT: &str = "<dataInput id='in1' itemSubjectRef='text'/>";
const OUTPUT: &str = "<dataOutput id='out1' itemSubjectRef='text'/>";
const INPUTS: &str = "<inputSet><dataInputRefs>in1</dataInputRefs></inputSet>";
const OUTPUTS: &str = "<outputSet><dataOutputRefs>out1</dataOutputRefs></outputSet>";

#[test]
fn a_service_task_has_the_data_of_its_operation() {
    let calling =
        |specification: &str| exchanging("serviceTask", "operationRef='o'", specification);
    let right = format!("{INPUT}{OUTPUT}{INPUTS}{OUTPUTS}");
    keeps(&calling(&right));
    keeps(&calling(&right.replace("'text'", "'same'")));
    keeps(&around("<serviceTask id='x'/>"));
    breaks(
        &process_beside(
            INTERFACE,
            &around_in("<serviceTask id='x' operationRef='o'/>"),
        ),
        &["error wrongInputSets x"],
    );
    breaks(
        &calling(&format!("{right}{INPUTS}")),
        &["error wrongInputSets x"],
    );
    breaks(
        &calling(&format!("{right}{OUTPUTS}")),
        &["error wrongOutputSets x"],
    );
    for data in ["in1", "out1"] {
        let other = right.replace(
            &format!("id='{data}' itemSubjectRef='text'"),
            &format!("id='{data}' itemSubjectRef='number'"),
        );
        breaks(&calling(&other), &["error itemMismatch x"]);
    }
}

#[test]
fn a_send_task_has_the_data_of_its_message() {
    let sending = |specification: &str| exchanging("sendTask", "messageRef='m'", specification);
    let right = format!("{INPUT}{INPUTS}<outputSet/>");
    keeps(&sending(&right));
    breaks(
        &sending(&format!("{right}{INPUTS}")),
        &["error wrongInputSets x"],
    );
    breaks(
        &sending(&right.replace("'text'", "'number'")),
        &["error itemMismatch x"],
    );
}

#[test]
fn a_receive_task_has_the_data_of_its_message() {
    let receiving =
        |specification: &str| exchanging("receiveTask", "messageRef='m'", specification);
    let right = format!("{OUTPUT}<inputSet/>{OUTPUTS}");
    keeps(&receiving(&right));
    breaks(
        &receiving(&format!("{right}{OUTPUTS}")),
        &["error wrongOutputSets x"],
    );
    breaks(
        &receiving(&right.replace(" itemSubjectRef='text'", "")),
        &["error itemMismatch x"],
    );
}

#[test]
fn in_a_file_of_feel_items_are_labels() {
    let file = exchanging(
        "receiveTask",
        "messageRef='m'",
        &format!("<dataOutput id='out1' itemSubjectRef='number'/><inputSet/>{OUTPUTS}"),
    );
    breaks(&file, &["error itemMismatch x"]);
    let feel = file.replacen(
        "<definitions",
        "<definitions expressionLanguage='https://www.omg.org/spec/DMN/20191111/FEEL/'",
        1,
    );
    breaks(&feel, &["warning itemMismatch x"]);
}

fn calling(called: &str, specification: &str) -> String {
    let calling = around_in(&format!(
        "<callActivity id='x' calledElement='q'>{specification}</callActivity>"
    ));
    definitions(&format!(
        "{INTERFACE}<process id='p' isExecutable='true'>{calling}</process>{called}"
    ))
}

#[test]
fn a_called_process_has_a_start_event_for_calls() {
    let called = |start: &str| {
        format!(
            "<process id='q'><startEvent id='s'>{start}</startEvent><endEvent id='e'/>\
             <sequenceFlow id='f' sourceRef='s' targetRef='e'/></process>"
        )
    };
    keeps(&calling(&called(""), ""));
    keeps(&calling("", ""));
    breaks(
        &calling(
            &called("<signalEventDefinition signalRef='anySignal'/>"),
            "",
        ),
        &["error notCallable x"],
    );
    breaks(
        &calling("<process id='z'><task id='q'/></process>", ""),
        &["error unknownReference x"],
    );
}

#[test]
fn a_call_has_the_data_of_what_it_calls() {
    let task = "<globalTask id='q'><ioSpecification><dataInput id='a' itemSubjectRef='text'/>\
                <inputSet><dataInputRefs>a</dataInputRefs></inputSet></ioSpecification></globalTask>";
    let declaring = |data: &str| format!("<ioSpecification>{data}</ioSpecification>");
    keeps(&calling(task, ""));
    keeps(&calling(task, &declaring(&format!("{INPUT}{INPUTS}"))));
    for wrong in [
        String::new(),
        format!("{INPUT}{OUTPUT}{INPUTS}{OUTPUTS}"),
        format!("<dataInput id='in1' itemSubjectRef='number'/>{INPUTS}"),
    ] {
        breaks(
            &calling(task, &declaring(&wrong)),
            &["error callMismatch x"],
        );
    }
}

#[test]
fn a_global_task_binds_data_to_an_operation_of_the_same_items() {
    let bound = |item: &str, binding: &str| {
        definitions(&format!(
            "{INTERFACE}<globalTask id='g'><ioSpecification><dataInput id='a' itemSubjectRef='text'/>\
             <dataOutput id='b' itemSubjectRef='{item}'/></ioSpecification>\
             <ioBinding operationRef='o' {binding}/></globalTask>"
        ))
    };
    let right = "inputDataRef='a' outputDataRef='b'";
    keeps(&bound("same", right));
    breaks(&bound("number", right), &["error itemMismatch g"]);
    breaks(
        &bound("text", "inputDataRef='b' outputDataRef='b'"),
        &["error unknownReference g"],
    );
}
