//! How messages find the instance that they are for: Camunda's subscriptions, and BPMN's own correlation keys.

mod common;

use common::{check, definitions, element, graph};
use redthread_bpmn::graph::{ElementKind, Text, Throw, Trigger};

/// A process that is begun by the message `order`, sends `bill` and waits for `payment`.
fn file(beside: &str, subscription: &str) -> String {
    definitions(&format!(
        "<message id='order' name='order'/><message id='bill' name='bill'/><message id='payment' name='payment'/>\
         {beside}<process id='p' isExecutable='true'>{subscription}\
         <startEvent id='s'><messageEventDefinition messageRef='order'/></startEvent>\
         <intermediateThrowEvent id='t'><messageEventDefinition messageRef='bill'/></intermediateThrowEvent>\
         <intermediateCatchEvent id='c'><messageEventDefinition messageRef='payment'/></intermediateCatchEvent>\
         <endEvent id='e'/><sequenceFlow id='f' sourceRef='s' targetRef='t'/>\
         <sequenceFlow id='g' sourceRef='t' targetRef='c'/><sequenceFlow id='h' sourceRef='c' targetRef='e'/></process>"
    ))
}

fn retrieval(message: &str, path: &str) -> String {
    format!(
        "<correlationPropertyRetrievalExpression messageRef='{message}'><messagePath>{path}</messagePath>\
         </correlationPropertyRetrievalExpression>"
    )
}

fn property(id: &str, paths: [&str; 3]) -> String {
    let [order, bill, payment] = paths;
    format!(
        "<correlationProperty id='{id}'>{}{}{}</correlationProperty>",
        retrieval("order", order),
        retrieval("bill", bill),
        retrieval("payment", payment)
    )
}

fn key(properties: &[&str]) -> String {
    let references: String = properties
        .iter()
        .map(|id| format!("<correlationPropertyRef>{id}</correlationPropertyRef>"))
        .collect();
    format!(
        "<collaboration id='co'><correlationKey id='k'>{references}</correlationKey></collaboration>"
    )
}

/// The keys of the start event, of what is sent and of what is waited for.
fn keys(xml: &str) -> [String; 3] {
    let graph = graph(xml.as_bytes());
    let waits = |id: &str| match element(&graph, id).kind.trigger() {
        Some(Trigger::Message(message)) => message
            .correlation_key
            .as_ref()
            .map_or("-".to_owned(), |key| key.text().to_owned()),
        other => panic!("{other:?}"),
    };
    let sends = match &element(&graph, "t").kind {
        ElementKind::ThrowEvent(Throw::Message(message)) => match &message.correlation_key {
            Some(Text::Expression(key)) => key.text().to_owned(),
            Some(Text::Literal(key)) => key.to_string(),
            None => "-".to_owned(),
        },
        other => panic!("{other:?}"),
    };
    [waits("s"), sends, waits("c")]
}

const SUBSCRIBES: &str = "<correlationSubscription id='cs' correlationKeyRef='k'><correlationPropertyBinding \
     id='b' correlationPropertyRef='number'><dataPath>order.number</dataPath></correlationPropertyBinding>\
     </correlationSubscription>";

#[test]
fn a_correlation_key_says_where_it_is_in_each_message_and_in_the_process() {
    let beside = format!(
        "{}{}",
        property("number", ["no", "billNo", "=ref"]),
        key(&["number"])
    );
    assert_eq!(
        keys(&file(&beside, SUBSCRIBES)),
        ["no", "billNo", "order.number"]
    );
    // Without a subscription, the process has it under the name that it has in the message.
    assert_eq!(keys(&file(&beside, "")), ["no", "billNo", "ref"]);
}

#[test]
fn a_key_of_several_properties_is_one_text() {
    let beside = format!(
        "{}{}{}",
        property("number", ["no", "billNo", "ref"]),
        property("client", ["client", "client", "payer"]),
        key(&["number", "client"])
    );
    let [start, _, catch] = keys(&file(&beside, SUBSCRIBES));
    assert_eq!(start, "string join([string(no), string(client)], \"|\")");
    assert_eq!(
        catch,
        "string join([string(order.number), string(payer)], \"|\")"
    );
}

#[test]
fn a_key_that_a_message_does_not_carry_is_not_its_key() {
    let partly = format!(
        "<correlationProperty id='number'>{}</correlationProperty>",
        retrieval("order", "no")
    );
    let xml = file(&format!("{partly}{}", key(&["number"])), "");
    check(&xml, &["warning missingCorrelationKey c"]);
    assert_eq!(keys(&xml), ["no", "-", "-"]);
}

#[test]
fn camundas_subscription_comes_first() {
    let beside = format!(
        "{}{}",
        property("number", ["no", "billNo", "ref"]),
        key(&["number"])
    );
    let own = "<message id='payment' name='payment'><extensionElements>\
         <zeebe:subscription correlationKey='=invoice'/></extensionElements></message>";
    let xml = file(&beside, SUBSCRIBES).replace("<message id='payment' name='payment'/>", own);
    assert_eq!(keys(&xml), ["no", "billNo", "invoice"]);
}

#[test]
fn a_path_that_is_not_feel_is_pointed_out_where_it_stands() {
    let beside = format!(
        "{}{}",
        property("number", ["/xpath/no", "a", "b"]),
        key(&["number"])
    );
    check(&file(&beside, ""), &["error badExpression number"]);
}
