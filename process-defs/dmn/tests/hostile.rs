//! Files and values that are meant to hurt: nothing panics, hangs or grows without bounds.

mod common;

use std::time::{Duration, Instant};

use common::{DMN, decision, definitions, env, escaped, feel, given, literal, model, table};
use proptest::prelude::*;
use redthread_dmn::{Detail, Limits, Outcome, read};
use redthread_feel::{Limit, Value};

/// Evaluates everything that a file has, whatever is wrong with it.
fn run(xml: &str) -> Vec<Outcome> {
    let Ok(model) = read(xml.as_bytes(), &Limits::default()) else {
        return Vec::new();
    };
    let decisions = model.decisions();
    let variables = given("{n: 3, list: [1, 2], amount: 5, status: \"open\"}");
    let mut outcomes = Vec::new();
    for info in decisions.decisions() {
        let outcome = decisions.evaluate(&info.name, &variables, &env(), Detail::Explained);
        outcomes.extend(outcome);
    }
    for info in decisions.services() {
        outcomes.extend(decisions.invoke_service(&info.name, &variables, &env(), Detail::Result));
    }
    for info in decisions.knowledge_models() {
        outcomes.extend(decisions.invoke_knowledge_model(
            &info.name,
            &variables,
            &env(),
            Detail::Result,
        ));
    }
    outcomes
}

fn quickly<T>(work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
    done
}

/// As little stack as threads of small machines have.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new()
        .stack_size(1024 * 1024)
        .spawn(work);
    thread.unwrap().join().unwrap();
}

#[test]
fn expressions_nest_as_deep_as_a_file_may() {
    on_a_small_stack(|| {
        for (open, close) in [
            ("<list>", "</list>"),
            (
                "<context><contextEntry><variable name=\"a\"/>",
                "</contextEntry></context>",
            ),
            (
                "<conditional><if><literalExpression><text>true</text></literalExpression></if><then>",
                "</then></conditional>",
            ),
            ("<functionDefinition>", "</functionDefinition>"),
            (
                "<for iteratorVariable=\"i\"><in><literalExpression><text>[1]</text></literalExpression></in><return>",
                "</return></for>",
            ),
            (
                "<filter><in><literalExpression><text>[1]</text></literalExpression></in><match>",
                "</match></filter>",
            ),
        ] {
            for levels in [30, 90, 190] {
                let logic = format!(
                    "{}{}{}",
                    open.repeat(levels),
                    literal("1"),
                    close.repeat(levels)
                );
                run(&decision(&[], &logic, ""));
            }
        }
    });
}

#[test]
fn calls_without_end_are_ended() {
    on_a_small_stack(|| {
        let body = |text: &str| {
            format!(
                "<context><contextEntry><variable name=\"x\"/>{}</contextEntry><contextEntry>{}</contextEntry></context>",
                literal(text),
                literal("[x, x]")
            )
        };
        let knowledge = |id: &str, name: &str, other: &str, body: &str| {
            format!(
                "<businessKnowledgeModel id=\"{id}\" name=\"{name}\"><variable name=\"{name}\"/><encapsulatedLogic><formalParameter name=\"n\"/>{body}\
             </encapsulatedLogic><knowledgeRequirement><requiredKnowledge href=\"#{other}\"/></knowledgeRequirement></businessKnowledgeModel>"
            )
        };
        let xml = definitions(&format!(
            "{}{}<decision id=\"d\" name=\"D\"><knowledgeRequirement><requiredKnowledge href=\"#k\"/></knowledgeRequirement>{}</decision>",
            knowledge("k", "ping", "l", &body("pong(n + 1)")),
            knowledge("l", "pong", "k", &body("ping(n + 1)")),
            literal("ping(0)")
        ));
        let outcomes = run(&xml);
        assert_eq!(outcomes[0].limit, Some(Limit::Depth));
        assert_eq!(outcomes[0].value, Value::Null);
    });
}

#[test]
fn work_and_memory_have_a_budget_over_all_decisions() {
    let loops = literal("for i in 1..1000, j in 1..1000 return i * j");
    let outcomes = quickly(|| run(&decision(&[], &loops, "")));
    assert_eq!(outcomes[0].limit, Some(Limit::Operations));
    // Each decision doubles the one before.
    let mut content = String::from(
        "<decision id=\"d0\" name=\"D0\"><variable name=\"D0\"/><literalExpression><text>[\"x\"]</text></literalExpression></decision>",
    );
    for at in 1..60 {
        let before = at - 1;
        content.push_str(&format!(
            "<decision id=\"d{at}\" name=\"D{at}\"><variable name=\"D{at}\"/><informationRequirement><requiredDecision href=\"#d{before}\"/></informationRequirement>\
             <list>{0}{0}</list></decision>",
            literal(&format!("D{before}"))
        ));
    }
    let decisions = model(&definitions(&content)).decisions();
    let outcome = quickly(|| {
        decisions
            .evaluate("D59", &(), &env(), Detail::Result)
            .unwrap()
    });
    assert!(outcome.limit.is_some());
}

#[test]
fn functions_that_hold_each_other_are_ended() {
    on_a_small_stack(|| {
        let logic = format!(
            "<for iteratorVariable=\"i\"><in>{}</in><return><functionDefinition><formalParameter name=\"x\"/><list>{}</list></functionDefinition></return></for>",
            literal("1..100000"),
            literal("partial")
        );
        let logic = logic.replace("1..100000", "[1..100000]");
        quickly(|| run(&decision(&[], &logic, "")));
    });
}

#[test]
fn types_without_end_are_read() {
    let doubling: String = (0..200)
        .map(|at| format!(
            "<itemDefinition name=\"T{at}\"><itemComponent name=\"a\"><typeRef>T{0}</typeRef></itemComponent>\
             <itemComponent name=\"b\"><typeRef>T{0}</typeRef></itemComponent></itemDefinition>",
            at + 1
        ))
        .collect();
    let aliases: String = (0..5_000)
        .map(|at| {
            format!(
                "<itemDefinition name=\"A{at}\"><typeRef>A{}</typeRef></itemDefinition>",
                at + 1
            )
        })
        .collect();
    on_a_small_stack(move || {
        quickly(|| {
            for (kind, items) in [("T0", &doubling), ("A0", &aliases)] {
                let xml = decision(
                    &[&format!("n: {kind}")],
                    &literal("n instance of T0"),
                    items,
                );
                run(&xml);
            }
        });
    });
}

#[test]
fn large_tables_are_read_and_checked_in_bounded_time() {
    let rules: Vec<String> = (0..400)
        .map(|n| {
            format!(
                "[{}..{}]; \"s{}\"; > {n} | {n}",
                n * 7 % 1_000,
                n * 7 % 1_000 + 50,
                n % 40
            )
        })
        .collect();
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    for policy in ["U", "F", "P"] {
        let xml = decision(
            &["amount", "status", "n"],
            &table(policy, &["amount", "status", "n"], &["o"], &rules),
            "",
        );
        quickly(|| run(&xml));
    }
}

#[test]
fn many_imports_that_lead_to_each_other_are_followed_a_bounded_number_of_times() {
    let file = |at: usize| {
        let imports: String = (0..12)
            .map(|to| {
                format!("<import namespace=\"urn:{to}\" name=\"i{to}\" importType=\"{DMN}\"/>")
            })
            .collect();
        model(&format!(
            "<definitions xmlns=\"{DMN}\" name=\"f\" namespace=\"urn:{at}\">{imports}<decision id=\"d\" name=\"D\">{}</decision></definitions>",
            literal("1")
        ))
    };
    let files: Vec<_> = (0..12).map(file).collect();
    let others: Vec<_> = files.iter().collect();
    let linked = quickly(|| redthread_dmn::link(&files[0], &others));
    let outcome = linked
        .decisions
        .evaluate("d", &(), &env(), Detail::Result)
        .unwrap();
    assert_eq!(outcome.value, Value::from(1));
}

#[test]
fn values_that_are_nested_deeply_fit_nothing() {
    let mut value = Value::from(1);
    for _ in 0..5_000 {
        value = Value::list(vec![value]);
    }
    let items = "<itemDefinition name=\"Nest\" isCollection=\"true\"><typeRef>Nest</typeRef></itemDefinition>\
                 <itemDefinition name=\"In\"><itemComponent name=\"a\" isCollection=\"true\"><typeRef>In</typeRef></itemComponent></itemDefinition>";
    for kind in ["Nest", "In", "number"] {
        let xml = decision(&[&format!("n: {kind}")], &literal("1"), items);
        let variables: redthread_feel::Context = [("n", value.clone())].into_iter().collect();
        let outcome = model(&xml)
            .decisions()
            .evaluate("d", &variables, &env(), Detail::Explained);
        assert_eq!(outcome.unwrap().value, feel("1"));
    }
}

/// A file with a bit of everything, to be damaged.
fn whole() -> String {
    let rules = [
        "> 1; \"open\" | 1; \"a\"",
        "[5..9]; not(\"x\", \"y\") | n * 2; -",
        "-; - | 3; \"c\"",
    ];
    let head = "<itemDefinition name=\"S\"><typeRef>string</typeRef><allowedValues><text>\"open\", \"closed\"</text></allowedValues></itemDefinition>\
        <businessKnowledgeModel id=\"k\" name=\"twice\"><encapsulatedLogic><formalParameter name=\"x\" typeRef=\"number\"/>\
        <literalExpression><text>x * 2</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>\
        <decisionService id=\"s\" name=\"Service\"><outputDecision href=\"#d\"/><inputData href=\"#in-0\"/></decisionService>";
    let invocation = format!(
        "<invocation>{}<binding><parameter name=\"x\"/>{}</binding></invocation>",
        literal("twice"),
        literal("n")
    );
    let second = format!(
        "<decision id=\"e\" name=\"E\"><variable name=\"E\" typeRef=\"number\"/><informationRequirement><requiredDecision href=\"#d\"/></informationRequirement>\
         <knowledgeRequirement><requiredKnowledge href=\"#k\"/></knowledgeRequirement>{invocation}</decision>"
    );
    decision(
        &["n: number", "status: S"],
        &table(
            "P",
            &["n: number", "status {\"open\", \"closed\"}"],
            &["o {3, 2, 1}", "p {\"a\", \"b\"} = \"b\""],
            &rules,
        ),
        &format!("{head}{second}"),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_are_read_or_refused(cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0usize..24), 1..4)) {
        let pieces = ["", "<", "\"", "#d", "#e", "#s", "</text>", "<text>", "FIRST", "COLLECT", "SUM", "string", "for ", "n", "{", "[1..", "not(", "null",
            "<list>", "</list>", "<decision id=\"e\" name=\"D\">", "</decision>", "&amp;", "typeRef=\"S\" "];
        let mut xml = whole();
        for (from, to, piece) in cuts {
            let mut ends = [from.index(xml.len()), to.index(xml.len())];
            ends.sort();
            // Mostly small wounds: large ones are no XML any more.
            ends[1] = ends[1].min(ends[0] + 12);
            xml.replace_range(ends[0]..ends[1], pieces[piece]);
        }
        run(&xml);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn evaluation_is_deterministic(n in -20i64..20, open in any::<bool>()) {
        let decisions = model(&whole()).decisions();
        let variables = given(&format!("{{n: {n}, status: \"{}\"}}", if open { "open" } else { "closed" }));
        let once = decisions.evaluate("E", &variables, &env(), Detail::Explained).unwrap();
        let again = decisions.evaluate("E", &variables, &env(), Detail::Explained).unwrap();
        prop_assert_eq!(once, again);
    }
}

#[test]
fn the_file_that_is_damaged_is_whole_before() {
    let model = model(&whole());
    assert!(!model.has_errors(), "{:#?}", model.problems);
    assert_eq!(escaped("<"), "&lt;");
}
