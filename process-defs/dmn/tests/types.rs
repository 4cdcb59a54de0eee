//! Item definitions: what values must look like, and what is made of those that do not (DMN 1.5, 7.3.3 and 10.3.2.9.4).

mod common;

use common::{check, check_null, decision, literal, outcome, warned};
use redthread_dmn::Code;

const ITEMS: &str = r#"
  <itemDefinition name="Status"><typeRef>string</typeRef><allowedValues><text>"open", "closed"</text></allowedValues></itemDefinition>
  <itemDefinition name="Amounts" isCollection="true"><typeRef>number</typeRef><allowedValues><text>&gt;= 0</text></allowedValues>
    <typeConstraint><text>count(?) &lt;= 3</text></typeConstraint></itemDefinition>
  <itemDefinition name="Case">
    <itemComponent name="opened on"><typeRef>date</typeRef></itemComponent>
    <itemComponent name="status"><typeRef>Status</typeRef></itemComponent>
    <itemComponent name="part of" ><typeRef>Case</typeRef></itemComponent>
  </itemDefinition>
  <itemDefinition name="Cases" isCollection="true"><typeRef>Case</typeRef></itemDefinition>"#;

fn echo(kind: &str) -> String {
    decision(&[&format!("value: {kind}")], &literal("value"), ITEMS)
}

#[test]
fn values_that_fit_stay_and_others_are_null_with_the_reason() {
    check(&echo("Status"), "{value: \"open\"}", "\"open\"");
    check_null(
        &echo("Status"),
        "{value: \"oepn\"}",
        "“value” does not fit its type, so it is null. \"oepn\" is not allowed for Status: it must be \"open\", \"closed\".",
    );
    check_null(
        &echo("number"),
        "{value: \"1\"}",
        "A value of the type number is needed, but it is a string.",
    );
}

#[test]
fn a_list_of_one_and_its_item_stand_for_each_other() {
    check(&echo("Status"), "{value: [\"open\"]}", "\"open\"");
    check(&echo("Amounts"), "{value: 5}", "[5]");
    check_null(
        &echo("Status"),
        "{value: [\"open\", \"closed\"]}",
        "is a list",
    );
    check(
        &echo("date and time"),
        "{value: @\"2026-01-05\"}",
        "@\"2026-01-05T00:00:00Z\"",
    );
}

#[test]
fn collections_have_rules_for_their_items_and_for_themselves() {
    check(&echo("Amounts"), "{value: [1, 2, 3]}", "[1, 2, 3]");
    check_null(
        &echo("Amounts"),
        "{value: [1, -2]}",
        "Item 2: -2 is not allowed for Amounts",
    );
    check_null(
        &echo("Amounts"),
        "{value: [1, 2, 3, 4]}",
        "it must be count(?) <= 3",
    );
}

#[test]
fn structures_want_all_their_entries_and_may_hold_themselves() {
    let inner = "{\"opened on\": @\"2026-01-01\", status: \"closed\", \"part of\": null}";
    let whole = format!(
        "{{\"opened on\": @\"2026-01-05\", status: \"open\", \"part of\": {inner}, more: 1}}"
    );
    check(&echo("Case"), &format!("{{value: {whole}}}"), &whole);
    check_null(
        &echo("Case"),
        "{value: {status: \"open\"}}",
        "A Case needs the entry “opened on”, which is missing.",
    );
    let wrong = whole.replace("closed", "lost");
    check_null(
        &echo("Case"),
        &format!("{{value: {wrong}}}"),
        "part of: status: \"lost\" is not allowed for Status",
    );
    check(
        &echo("Cases"),
        &format!("{{value: {whole}}}"),
        &format!("[{whole}]"),
    );
}

#[test]
fn texts_given_for_dates_are_read_as_dates() {
    let given = "{value: {\"opened on\": \"2026-01-05\", status: \"open\", \"part of\": null}}";
    let xml = decision(
        &["value: Case"],
        &literal("value.opened on + duration(\"P1D\")"),
        ITEMS,
    );
    check(&xml, given, "@\"2026-01-06\"");
    check(&echo("date"), "{value: \"2026-01-05\"}", "@\"2026-01-05\"");
    check_null(
        &echo("date"),
        "{value: \"tomorrow\"}",
        "A value of the type date is needed",
    );
}

#[test]
fn results_are_made_to_fit_the_type_of_their_variable() {
    let typed = |kind: &str, text: &str| {
        decision(&["n"], &literal(text), ITEMS).replace(
            "<variable name=\"D\"/>",
            &format!("<variable name=\"D\" typeRef=\"{kind}\"/>"),
        )
    };
    check(&typed("Amounts", "n"), "{n: 2}", "[2]");
    check_null(
        &typed("Status", "n"),
        "{n: 2}",
        "The result does not fit its type",
    );
}

#[test]
fn values_that_a_type_allows_itself_replace_those_that_it_would_inherit() {
    let items = r#"<itemDefinition name="Side"><typeRef>string</typeRef><allowedValues><text>"left","right"</text></allowedValues></itemDefinition>
                   <itemDefinition name="Way"><typeRef>Side</typeRef><allowedValues><text>"up","down"</text></allowedValues></itemDefinition>"#;
    let xml = decision(&["value: Way"], &literal("value"), items);
    check(&xml, "{value: \"up\"}", "\"up\"");
    check_null(&xml, "{value: \"left\"}", "is not");
    check_null(&xml, "{value: 1}", "A value of the type string is needed");
}

#[test]
fn a_function_type_that_does_not_say_what_it_takes_fits_any_function_of_so_many_parameters() {
    let items = format!(
        "{ITEMS}<itemDefinition name=\"Check\"><functionItem outputTypeRef=\"Status\"><parameters name=\"a\"/></functionItem></itemDefinition>"
    );
    let call = |text: &str| {
        let entry = format!(
            "<context><contextEntry><variable name=\"check\" typeRef=\"Check\"/>{}</contextEntry><contextEntry>{}</contextEntry></context>",
            literal("function(a: Status) a"),
            literal(text)
        );
        decision(&["n"], &entry, &items)
    };
    check(&call("check(\"open\")"), "{n: 1}", "\"open\"");
    assert!(outcome(&call("check(1)"), "{n: 1}").value.is_null());
}

#[test]
fn types_can_be_asked_for_by_their_names() {
    let xml = decision(&["value"], &literal("value instance of Cases"), ITEMS);
    check(
        &xml,
        "{value: [{\"opened on\": null, status: \"x\", \"part of\": null}]}",
        "true",
    );
    check(&xml, "{value: [{status: \"open\"}]}", "false");
}

#[test]
fn types_that_say_nothing_are_any_with_a_warning() {
    warned(
        &echo("Stauts"),
        Code::UnknownType,
        "There is no type “Stauts”",
    );
    let circle = r#"<itemDefinition name="A"><typeRef>B</typeRef></itemDefinition><itemDefinition name="B"><typeRef>A</typeRef></itemDefinition>"#;
    let xml = decision(&["value: A"], &literal("value"), circle);
    warned(&xml, Code::UnknownType, "is defined by itself");
    check(&xml, "{value: 1}", "1");
}

#[test]
fn older_files_write_types_in_their_own_ways() {
    for kind in ["feel:string", "ns:Status", "Status"] {
        check(&echo(kind), "{value: \"open\"}", "\"open\"");
    }
    check(&echo("integer"), "{value: 5}", "5");
    check(&echo("dayTimeDuration"), "{value: \"P1D\"}", "@\"P1D\"");
    assert_eq!(outcome(&echo("Any"), "{value: 1}").warnings, []);
}
