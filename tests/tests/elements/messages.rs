//! Messages (10.5.5.7, 8.4.11): who hears them, how long they are kept.

use serde_json::json;

use crate::process;

const KEYED: &str = r#"<message id="m" name="news"><extensionElements><zeebe:subscription correlationKey="=place"/></extensionElements></message>"#;

#[test]
fn a_message_goes_to_the_instance_with_its_key() {
    let mut run = process(
        r#"<startEvent id="s"/><intermediateCatchEvent id="Hear"><messageEventDefinition messageRef="m"/></intermediateCatchEvent><endEvent id="e"/><flows>s -> Hear -> e</flows>"#,
    )
    .with(KEYED)
    .starts(json!({"place": "Kazan"}));
    run.starts("p", json!({"place": "Omsk"}));
    run.hears("news", "Omsk", json!({}));
    assert_eq!(run.states(), ["active", "completed"]);
}

#[test]
fn a_message_is_kept_as_long_as_it_lives() {
    let mut run = process(
        r#"<startEvent id="s"/><userTask id="Walk"/><intermediateCatchEvent id="Hear"><messageEventDefinition messageRef="m"/></intermediateCatchEvent><endEvent id="e"/><flows>s -> Walk -> Hear -> e</flows>"#,
    )
    .with(KEYED)
    .starts(json!({"place": "Kazan"}));
    run.starts("p", json!({"place": "Omsk"}));
    run.hears_for_a_day("news", "Kazan", json!({}));
    run.hears_for_a_day("news", "Omsk", json!({}));
    run.does("Walk");
    assert_eq!(run.done(), ["Walk", "Hear"]);
    run.seconds_pass(2 * 86_400);
    run.does("Walk");
    assert_eq!(run.done(), ["Walk", "Hear", "Walk"]);
}

#[test]
fn a_message_that_is_thrown_reaches_another_pool_and_starts_processes() {
    for throw in [
        r#"<intermediateThrowEvent id="x"><messageEventDefinition messageRef="m"/></intermediateThrowEvent><endEvent id="e"/><flows>s -> x -> e</flows>"#,
        r#"<endEvent id="x"><messageEventDefinition messageRef="m"/></endEvent><flows>s -> x</flows>"#,
        r#"<sendTask id="x" messageRef="m"/><endEvent id="e"/><flows>s -> x -> e</flows>"#,
    ] {
        let run = process(&format!(r#"<startEvent id="s"/>{throw}"#))
            .and("q", r#"<startEvent id="t"><messageEventDefinition messageRef="m"/></startEvent><task id="Heard"/><endEvent id="f"/><flows>t -> Heard -> f</flows>"#)
            .with(r#"<message id="m" name="news"/>
              <collaboration id="c"><participant id="pp" processRef="p"/><participant id="qq" processRef="q"/><messageFlow id="mf" sourceRef="x" targetRef="t"/></collaboration>"#)
            .starts(json!({}));
        assert_eq!(run.done(), ["Heard"], "{throw}");
        assert!(run.has_ended(), "{throw}");
    }
}

#[test]
fn what_a_thrown_message_carries_is_what_its_input_mappings_make() {
    let mut run = process(
        r#"<startEvent id="s"/><intermediateCatchEvent id="Hear"><messageEventDefinition messageRef="m"/></intermediateCatchEvent><endEvent id="e"/><flows>s -> Hear -> e</flows>"#,
    )
    .and(
        "q",
        r#"<startEvent id="t"/><endEvent id="tell"><extensionElements><zeebe:publishMessage correlationKey="=to"/><zeebe:ioMapping><zeebe:input source="=said" target="text"/></zeebe:ioMapping></extensionElements><messageEventDefinition messageRef="m"/></endEvent><flows>t -> tell</flows>"#,
    )
    .with(KEYED)
    .starts(json!({"place": "Kazan"}));
    run.starts("q", json!({"to": "Kazan", "said": "hello", "secret": 1}));
    assert_eq!(run.done(), ["Hear"]);
    assert_eq!(run.variable("text"), json!("hello"));
    assert_eq!(run.variable("secret"), json!(null));
}

#[test]
fn the_key_of_a_correlation_subscription_counts() {
    let mut run = process(
        r#"<correlationSubscription id="cs" correlationKeyRef="ck"><correlationPropertyBinding correlationPropertyRef="cp"><dataPath>=place</dataPath></correlationPropertyBinding></correlationSubscription>
        <startEvent id="s"/><intermediateCatchEvent id="Hear"><messageEventDefinition messageRef="m"/></intermediateCatchEvent><endEvent id="e"/><flows>s -> Hear -> e</flows>"#,
    )
    .with(r#"<message id="m" name="news"/>
      <correlationProperty id="cp" name="place"><correlationPropertyRetrievalExpression messageRef="m"><messagePath>=where</messagePath></correlationPropertyRetrievalExpression></correlationProperty>
      <collaboration id="c"><participant id="pp" processRef="p"/><correlationKey id="ck"><correlationPropertyRef>cp</correlationPropertyRef></correlationKey></collaboration>"#)
    .starts(json!({"place": "Kazan"}));
    run.hears("news", "Omsk", json!({"where": "Omsk"}));
    assert_eq!(run.done(), [""; 0]);
    run.hears("news", "Kazan", json!({"where": "Kazan"}));
    assert_eq!(run.done(), ["Hear"]);
}

#[test]
fn a_message_between_pools_needs_no_key_where_its_name_is_enough() {
    let waits = [
        r#"<userTask id="Work"/><boundaryEvent id="c" attachedToRef="Work"><messageEventDefinition messageRef="m"/></boundaryEvent><task id="Heard"/><endEvent id="e"/><flows>s -> Work -> e; c -> Heard -> e</flows>"#,
        r#"<subProcess id="ev" triggeredByEvent="true"><startEvent id="c"><messageEventDefinition messageRef="m"/></startEvent><task id="Heard"/><endEvent id="f"/><flows>c -> Heard -> f</flows></subProcess>
           <userTask id="Work"/><endEvent id="e"/><flows>s -> Work -> e</flows>"#,
        r#"<eventBasedGateway id="g"/><receiveTask id="Heard" messageRef="m"/><intermediateCatchEvent id="late"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent><endEvent id="e"/>
           <flows>s -> g -> Heard -> e; g -> late -> e</flows>"#,
    ];
    for wait in waits {
        let mut run = process(&format!(r#"<startEvent id="s"/>{wait}"#))
            .and("q", r#"<startEvent id="t"/><endEvent id="x"><messageEventDefinition messageRef="m"/></endEvent><flows>t -> x</flows>"#)
            .with(r#"<message id="m" name="news"/>"#)
            .starts(json!({}));
        run.starts("q", json!({}));
        assert_eq!(run.done(), ["Heard"], "{wait}");
        assert!(run.has_ended(), "{wait}");
    }
}
