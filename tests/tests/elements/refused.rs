//! What does not run is refused by name, when it is uploaded.

use crate::process;

const PLAIN: &str =
    r#"<startEvent id="s"/><task id="A"/><endEvent id="e"/><flows>s -> A -> e</flows>"#;

#[test]
fn a_condition_that_starts_a_process_is_refused() {
    let diagram = process(
        r#"<startEvent id="s"><conditionalEventDefinition><condition>=true</condition></conditionalEventDefinition></startEvent><task id="A"/><endEvent id="e"/><flows>s -> A -> e</flows>"#,
    );
    assert_eq!(diagram.refused(), ["notSupported"]);
}

#[test]
fn data_that_would_go_into_a_data_store_is_refused() {
    let diagram = process(
        r#"<dataStoreReference id="ref" dataStoreRef="store"/><startEvent id="s"/><task id="A"><ioSpecification><dataOutput id="o" name="o"/><inputSet/><outputSet><dataOutputRefs>o</dataOutputRefs></outputSet></ioSpecification>
        <dataOutputAssociation id="da"><sourceRef>o</sourceRef><targetRef>ref</targetRef></dataOutputAssociation></task><endEvent id="e"/><flows>s -> A -> e</flows>"#,
    )
    .with(r#"<dataStore id="store" name="Store"/>"#);
    assert_eq!(diagram.refused(), ["notSupported"]);
    // One that is only drawn harms nobody.
    process(&format!(
        r#"<dataStoreReference id="ref" dataStoreRef="store"/>{PLAIN}"#
    ))
    .with(r#"<dataStore id="store" name="Store"/>"#)
    .deployed();
}

#[test]
fn a_script_in_another_language_is_refused() {
    let diagram = process(
        r#"<startEvent id="s"/><scriptTask id="A" scriptFormat="text/javascript"><script>x = 1</script></scriptTask><endEvent id="e"/><flows>s -> A -> e</flows>"#,
    );
    assert_eq!(diagram.refused(), ["notSupported"]);
}

#[test]
fn cron_that_the_schedule_cannot_say_is_refused() {
    for cron in ["0 9 L * *", "0 9 15W * *", "0 9 * * MON#2"] {
        let diagram = process(&format!(
            r#"<startEvent id="s"><timerEventDefinition><timeCycle>{cron}</timeCycle></timerEventDefinition></startEvent><task id="A"/><endEvent id="e"/><flows>s -> A -> e</flows>"#
        ));
        assert_eq!(diagram.refused(), ["badTimer"], "{cron}");
    }
}
