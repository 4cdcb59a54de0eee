//! Files that are broken, cut off or made to do harm: an answer, never a panic, never an expansion.

mod common;

use common::{diagram, fixture, process};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestRunner};
use redthread_bpmn::{Limits, Unreadable, read};

fn unreadable(xml: &str) -> Unreadable {
    match read(xml.as_bytes(), &Limits::default()) {
        Err(error) => error,
        Ok(_) => panic!("this was read: {xml}"),
    }
}

const FIXTURES: &[&str] = &[
    "every-element.bpmn",
    "collaboration.bpmn",
    "utf-16.bpmn",
    "windows-1252.bpmn",
    "default-namespace.bpmn",
];

#[test]
fn what_is_not_well_formed_is_unreadable_with_its_line() {
    for (xml, line) in [
        ("", None),
        ("   ", None),
        ("text", Some(1)),
        ("<a>\n<b>\n</a>", Some(3)),
        ("<a>\n<b>", Some(2)),
        ("<a/>\n<b/>", Some(2)),
        ("<a/>\ntext", Some(1)),
        ("</a>", Some(1)),
        ("<a b='1' b='2'/>", Some(1)),
        ("<a b=1/>", Some(1)),
        ("<a b='x<y'/>", Some(1)),
        ("<a b='x & y'/>", Some(1)),
        ("<a>\n& </a>", Some(2)),
        ("<a>&nbsp;</a>", Some(1)),
        ("<a>&#0;</a>", Some(1)),
        ("<a>\n\u{1}</a>", Some(2)),
        ("<a>]]></a>", Some(1)),
        ("<p:a/>", Some(1)),
        ("<a p:b=''/>", Some(1)),
        ("<1a/>", Some(1)),
        ("<a><!-- </a>", Some(1)),
        ("<a><![CDATA[ </a>", Some(1)),
        ("<a b='", Some(1)),
    ] {
        let error = unreadable(xml);
        assert_eq!(error.line, line, "{xml:?}: {error}");
        assert!(error.message.ends_with('.'), "{error}");
    }
}

#[test]
fn no_entity_is_ever_expanded() {
    let bomb = "<!DOCTYPE a [<!ENTITY b 'bbbbbbbb'><!ENTITY c '&b;&b;&b;&b;'>]><a>&c;</a>";
    assert!(unreadable(bomb).message.contains("DOCTYPE"));
    let file = "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>";
    assert!(unreadable(file).message.contains("DOCTYPE"));
}

#[test]
fn a_document_type_that_says_nothing_is_passed_over() {
    let xml = format!("<!DOCTYPE definitions>{}", process("<startEvent id='s'/>"));
    assert_eq!(diagram(xml.as_bytes()).model.flow_node_count(), 1);
}

#[test]
fn limits_are_kept() {
    let limits = Limits {
        bytes: 10_000,
        nodes: 100,
        depth: 10,
        attributes: 5,
        ..Limits::default()
    };
    let message = |xml: String| match read(xml.as_bytes(), &limits) {
        Err(error) => error.message,
        Ok(_) => panic!("this was read: {xml}"),
    };
    assert!(message("x".repeat(10_001)).contains("larger than"));
    assert!(message(format!("<a>{}</a>", "<b/>".repeat(100))).contains("more than 100"));
    assert!(message("<a>".repeat(11)).contains("deeper than 10"));
    assert!(message("<a b='' c='' d='' e='' f='' g=''/>".to_owned()).contains("more than 5"));
}

#[test]
fn nesting_as_deep_as_allowed_is_read_without_recursion() {
    let deep = 190;
    let xml = process(&format!(
        "{}{}",
        "<subProcess>".repeat(deep),
        "</subProcess>".repeat(deep)
    ));
    let diagram = diagram(xml.as_bytes());
    assert_eq!(diagram.model.flow_node_count(), deep);
}

/// 20,000 elements, all wrong in their own way, within a moment: nothing grows with the square.
#[test]
fn a_large_file_full_of_mistakes_is_answered_soon() {
    let mut content = String::from("<startEvent id='s'/>");
    for n in 0..20_000 {
        content.push_str(&format!(
            "<userTask id='t{n}'/><sequenceFlow id='f{n}' sourceRef='s' targetRef='t{n}'/>"
        ));
    }
    let began = std::time::Instant::now();
    let diagram = diagram(process(&content).as_bytes());
    assert!(diagram.has_errors());
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn a_file_cut_off_anywhere_is_unreadable() {
    let bytes = fixture("every-element.bpmn");
    let end = bytes.trim_ascii_end().len();
    for length in (0..end).step_by(211).chain(end - 20..end) {
        assert!(
            read(&bytes[..length], &Limits::default()).is_err(),
            "{length}"
        );
    }
}

/// Whatever was read: asking everything of it must not panic either.
fn survey(bytes: &[u8]) {
    if let Ok(diagram) = read(bytes, &Limits::default()) {
        let missing = diagram.missing_for_execution();
        assert!(serde_json::to_string(&missing).is_ok());
        assert!(serde_json::to_string(&redthread_bpmn::summary(&diagram.model)).is_ok());
        assert!(diagram.processes.is_empty() || !diagram.has_errors());
        for graph in &diagram.processes {
            let flows = graph.flows.iter();
            assert!(
                flows
                    .clone()
                    .all(|flow| graph.find(&graph.element(flow.source).id).is_some())
            );
            assert_eq!(graph.element_index.len(), graph.elements.len());
        }
    }
}

fn runner(cases: u32) -> TestRunner {
    let mut config = Config::with_cases(cases);
    config.rng_algorithm = RngAlgorithm::ChaCha;
    config.rng_seed = RngSeed::Fixed(2_026);
    config.failure_persistence = None;
    TestRunner::new(config)
}

#[test]
fn changed_bytes_never_panic() {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8);
    let strategy = (prop::sample::select(FIXTURES), changes);
    runner(400)
        .run(&strategy, |(name, changes)| {
            let mut bytes = fixture(name);
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            survey(&bytes);
            Ok(())
        })
        .unwrap();
}

/// Whole tags left out, doubled or exchanged: well-formed more often, wrong in BPMN's terms.
#[test]
fn changed_lines_never_panic() {
    let changes = prop::collection::vec(
        (
            any::<prop::sample::Index>(),
            any::<prop::sample::Index>(),
            0..3,
        ),
        1..6,
    );
    let strategy = (prop::sample::select(&FIXTURES[..2]), changes);
    runner(250)
        .run(&strategy, |(name, changes)| {
            let text = String::from_utf8(fixture(name)).unwrap();
            let mut lines: Vec<&str> = text.lines().collect();
            for (from, to, change) in changes {
                let (from, to) = (from.index(lines.len()), to.index(lines.len()));
                match change {
                    0 => drop(lines.remove(from)),
                    1 => lines.insert(to, lines[from]),
                    _ => lines.swap(from, to),
                }
            }
            survey(lines.join("\n").as_bytes());
            Ok(())
        })
        .unwrap();
}

/// References exchanged with one another: readable always, and every rule is met sooner or later.
#[test]
fn changed_references_never_panic() {
    let strategy = (any::<prop::sample::Index>(), any::<prop::sample::Index>());
    runner(100)
        .run(&strategy, |(from, to)| {
            let text = String::from_utf8(fixture("every-element.bpmn")).unwrap();
            let ids: Vec<&str> = text
                .split("Ref=\"")
                .skip(1)
                .map(|rest| rest.split('"').next().unwrap_or(""))
                .collect();
            let (from, to) = (ids[from.index(ids.len())], ids[to.index(ids.len())]);
            let changed = text.replacen(&format!("Ref=\"{from}\""), &format!("Ref=\"{to}\""), 1);
            assert!(read(changed.as_bytes(), &Limits::default()).is_ok());
            survey(changed.as_bytes());
            Ok(())
        })
        .unwrap();
}
