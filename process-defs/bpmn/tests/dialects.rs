//! Extensions: those of Camunda 8 that are read, those that are refused, Camunda 7's, our own, and
//! strangers'.

mod common;

use common::{around, check, definitions, process};

fn with_extensions(element: &str, attributes: &str, extensions: &str) -> String {
    around(&format!(
        "<{element} id='x' {attributes}><extensionElements>{extensions}</extensionElements></{element}>"
    ))
}

#[test]
fn a_service_task_says_which_job_does_it() {
    check(
        &around("<serviceTask id='x'/>"),
        &["error missingJobType x"],
    );
    check(
        &with_extensions("serviceTask", "", "<zeebe:taskDefinition type=' '/>"),
        &["error missingJobType x"],
    );
    check(
        &with_extensions("serviceTask", "", "<zeebe:taskDefinition type='pay'/>"),
        &[],
    );
    check(
        &with_extensions(
            "serviceTask",
            "",
            "<zeebe:taskDefinition type='pay' retries='often'/>",
        ),
        &["error badValue x"],
    );
    check(
        &with_extensions("serviceTask", "", "<zeebe:taskDefinition type='=&quot;a'/>"),
        &["error badExpression x"],
    );
}

#[test]
fn a_business_rule_task_says_which_decision_it_calls_and_what_takes_the_result() {
    let calls = |attributes: &str| {
        let called = format!("<zeebe:calledDecision {attributes}/>");
        with_extensions("businessRuleTask", "", &called)
    };
    check(
        &around("<businessRuleTask id='x'/>"),
        &["error missingDecision x"],
    );
    check(&calls("decisionId='triage' resultVariable='r'"), &[]);
    check(&calls("decisionId='=which' resultVariable='r'"), &[]);
    check(
        &calls("decisionId=' '"),
        &["error missingDecision x", "error missingResultVariable x"],
    );
    check(
        &calls("decisionId='=a +' resultVariable='r'"),
        &["error badExpression x"],
    );
    check(
        &calls("decisionId='d' resultVariable='r' bindingType='versionTag' versionTag='v2'"),
        &[],
    );
    check(
        &calls("decisionId='d' resultVariable='r' bindingType='versionTag'"),
        &["error badValue x"],
    );
    check(
        &calls("decisionId='d' resultVariable='r' bindingType='newest'"),
        &["error badValue x"],
    );
    let job = "<zeebe:taskDefinition type='rules'/>";
    check(&with_extensions("businessRuleTask", "", job), &[]);
    let both = format!("{job}<zeebe:calledDecision decisionId='d' resultVariable='r'/>");
    check(
        &with_extensions("businessRuleTask", "", &both),
        &["error badValue x"],
    );
    check(
        &with_extensions("serviceTask", "", &both),
        &["warning unexpectedExtension x"],
    );
}

#[test]
fn a_plain_text_in_the_language_of_camunda_7_is_not_taken_for_a_name() {
    check(
        &with_extensions(
            "userTask",
            "",
            "<zeebe:assignmentDefinition assignee='${owner}'/>",
        ),
        &["error badExpression x"],
    );
}

#[test]
fn due_dates_are_times_or_expressions() {
    let due = |text: &str| {
        with_extensions(
            "userTask",
            "",
            &format!(
                "<zeebe:assignmentDefinition assignee='ann'/><zeebe:taskSchedule dueDate='{text}'/>"
            ),
        )
    };
    check(&due("2026-01-05T09:00:00Z"), &[]);
    check(&due("=now()"), &[]);
    check(&due("soon"), &["error badValue x"]);
}

#[test]
fn forms_inside_of_the_diagram_are_refused() {
    let form = |attributes: &str| {
        with_extensions(
            "userTask",
            "",
            &format!(
                "<zeebe:assignmentDefinition assignee='ann'/><zeebe:formDefinition {attributes}/>"
            ),
        )
    };
    check(&form("formId='f'"), &[]);
    check(
        &form("formKey='camunda-forms:bpmn:f'"),
        &["error notSupported x"],
    );
    check(
        &form("externalReference='https://example.org'"),
        &["error notSupported x"],
    );
    check(
        &form("formId='f' bindingType='deployment'"),
        &["warning notSupported x"],
    );
}

#[test]
fn mappings_lead_to_variables() {
    let mapping = |entry: &str| {
        with_extensions(
            "manualTask",
            "",
            &format!("<zeebe:ioMapping>{entry}</zeebe:ioMapping>"),
        )
    };
    check(&mapping("<zeebe:input source='=a' target='b.c'/>"), &[]);
    check(
        &mapping("<zeebe:output source='=a' target=''/>"),
        &["error badMapping x"],
    );
    check(
        &mapping("<zeebe:input source='=a' target='2b'/>"),
        &["error badMapping x"],
    );
    check(
        &mapping("<zeebe:input source='=' target='b'/>"),
        &["error badExpression x"],
    );
}

#[test]
fn scripts_are_feel() {
    check(
        &with_extensions(
            "scriptTask",
            "",
            "<zeebe:script expression='1 + 1' resultVariable='a'/>",
        ),
        &[],
    );
    check(
        &with_extensions("scriptTask", "", "<zeebe:script resultVariable='a'/>"),
        &["error missingScript x"],
    );
    check(
        &around("<scriptTask id='x' scriptFormat='javascript'><script>1</script></scriptTask>"),
        &["error notSupported x"],
    );
    check(
        &around("<scriptTask id='x'/>"),
        &["warning missingScript x"],
    );
}

#[test]
fn what_of_camunda_8_does_not_run_yet_is_refused() {
    for extension in ["linkedResources", "somethingNew"] {
        check(
            &with_extensions("manualTask", "", &format!("<zeebe:{extension}/>")),
            &["error notSupported x"],
        );
    }
    check(
        &with_extensions("manualTask", "", "<zeebe:jobPriorityDefinition/>"),
        &["warning notSupported x"],
    );
    check(
        &with_extensions("manualTask", "", "<zeebe:taskDefinition type='pay'/>"),
        &["warning unexpectedExtension x"],
    );
}

#[test]
fn camunda_7_execution_attributes_are_refused_and_harmless_ones_are_not() {
    check(
        &around("<manualTask id='x' camunda:asyncBefore='true'/>"),
        &[],
    );
    check(
        &around("<manualTask id='x' camunda:assignee='ann' camunda:dueDate='x'/>"),
        &["error notSupported x"],
    );
    check(
        &with_extensions("manualTask", "", "<camunda:executionListener/>"),
        &["error notSupported x"],
    );
    check(
        &with_extensions("manualTask", "", "<camunda:properties/>"),
        &[],
    );
}

#[test]
fn strangers_extensions_change_nothing() {
    check(
        &with_extensions("manualTask", "other:colour='red'", "<other:thing/>"),
        &[],
    );
}

fn record_start(properties: &[(&str, &str)]) -> String {
    let properties: String = properties
        .iter()
        .map(|(name, value)| format!("<zeebe:property name='redthread:{name}' value='{value}'/>"))
        .collect();
    process(&format!(
        "<startEvent id='s'><extensionElements><zeebe:properties>{properties}</zeebe:properties>\
         </extensionElements></startEvent><endEvent id='e'/>\
         <sequenceFlow id='f' sourceRef='s' targetRef='e'/>"
    ))
}

#[test]
fn record_triggers_say_which_records_and_what_happens_to_them() {
    check(&record_start(&[("on", "case.created")]), &[]);
    check(
        &record_start(&[
            ("on", "case.changed"),
            ("field", "status"),
            ("to", "closed"),
        ]),
        &[],
    );
    for on in ["", "case", "case.closed", ".changed", "a b.changed"] {
        check(&record_start(&[("on", on)]), &["error badRecordTrigger s"]);
    }
    check(
        &record_start(&[("on", "case.changed"), ("to", "closed")]),
        &["error badRecordTrigger s"],
    );
    check(
        &record_start(&[("on", "case.created"), ("field", "status")]),
        &["error badRecordTrigger s"],
    );
    check(
        &record_start(&[("on", "case.changed"), ("when", "=")]),
        &["error badExpression s"],
    );
}

#[test]
fn our_properties_are_not_passed_over_where_nothing_reads_them() {
    check(
        &record_start(&[("to", "closed")]),
        &["warning unexpectedExtension s"],
    );
    check(
        &record_start(&[("sometimes", "1")]),
        &["warning unexpectedExtension s"],
    );
    check(
        &with_extensions(
            "manualTask",
            "",
            "<zeebe:properties><zeebe:property name='redthread:on' value='case.changed'/></zeebe:properties>",
        ),
        &["warning unexpectedExtension x"],
    );
}

#[test]
fn a_record_trigger_needs_no_message() {
    let on = "<extensionElements><zeebe:properties>\
              <zeebe:property name='redthread:on' value='case.changed'/></zeebe:properties>\
              </extensionElements><messageEventDefinition/>";
    check(
        &around(&format!(
            "<intermediateCatchEvent id='x'>{on}</intermediateCatchEvent>"
        )),
        &[],
    );
    check(
        &around(&format!(
            "<manualTask id='x'/><boundaryEvent id='b' attachedToRef='x'>{on}</boundaryEvent>\
             <sequenceFlow id='f' sourceRef='b' targetRef='end'/>"
        )),
        &[],
    );
}

#[test]
fn a_drawing_may_carry_any_extension() {
    check(
        &definitions(
            "<process id='p'><serviceTask id='t' camunda:class='A'><extensionElements>\
             <zeebe:executionListeners/></extensionElements></serviceTask></process>",
        ),
        &[],
    );
}
