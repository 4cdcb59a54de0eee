//! Every element of BPMN that runs, from its XML to what happens: each is read, deployed and played as it would run.
//! `docs/conformance.md` has the table of elements, which is held to these tests.
//!
//! Elements whose id begins with a capital letter count as work: their completions, in order, are what a test looks at.

mod compensation;
mod data;
mod end_events;
mod errors;
mod event_sub_processes;
mod flows;
mod gateways;
mod loops;
mod messages;
mod multiple_events;
mod page;
mod refused;
mod signals;
mod start_events;
mod sub_processes;
mod tasks;
mod timers;

use redthread_core::event::Event;
use redthread_core::{Status, Variables};
use redthread_tests::play::{Answer, Message, Play, variables};
use serde_json::{Value as Json, json};

/// A diagram in short: BPMN's XML without prefixes, where `<flows>s -> A -> e; A -> B if x > 1</flows>` stands for sequence
/// flows (`A_B` is the id of that from `A` to `B`).
struct Diagram {
    roots: String,
    processes: String,
}

/// A diagram of one process, `p`.
fn process(content: &str) -> Diagram {
    let diagram = Diagram {
        roots: String::new(),
        processes: String::new(),
    };
    diagram.and("p", content)
}

impl Diagram {
    /// Messages, signals, errors and other things that stand outside of processes.
    fn with(mut self, roots: &str) -> Diagram {
        self.roots.push_str(roots);
        self
    }

    /// A further process.
    fn and(mut self, id: &str, content: &str) -> Diagram {
        let content = with_flows(content);
        self.processes.push_str(&format!(
            "<process id=\"{id}\" isExecutable=\"true\">{content}</process>"
        ));
        self
    }

    fn xml(&self) -> String {
        format!(
            "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" xmlns:zeebe=\"http://camunda.org/schema/zeebe/1.0\" \
             id=\"d\" targetNamespace=\"http://redthread.example/tests/elements\">{}{}</definitions>",
            self.roots, self.processes
        )
    }

    /// Uploads it; nothing is started.
    #[track_caller]
    fn deployed(&self) -> Run {
        let mut play = Play::new().expect("a runtime");
        if let Err(error) = play.deploy("d.bpmn", self.xml().into_bytes()) {
            panic!("{error} {:#?}", error.problems());
        }
        Run { play }
    }

    /// Starts the process `p`.
    #[track_caller]
    fn starts(&self, with: Json) -> Run {
        let mut run = self.deployed();
        run.starts("p", with);
        run
    }

    /// The codes for which it is refused.
    #[track_caller]
    fn refused(&self) -> Vec<String> {
        let mut play = Play::new().expect("a runtime");
        let error = play.deploy("d.bpmn", self.xml().into_bytes());
        let error = error.expect_err("a refusal");
        let problems = error.problems().iter();
        let errors = problems.filter(|problem| problem.is_error());
        let mut codes: Vec<String> = errors.map(|found| found.problem.code.to_string()).collect();
        codes.sort();
        codes.dedup();
        codes
    }
}

/// Writes out what `<flows>` stands for.
fn with_flows(content: &str) -> String {
    let mut written = String::new();
    let mut rest = content;
    while let Some((before, after)) = rest.split_once("<flows>") {
        let (flows, after) = after.split_once("</flows>").expect("the end of the flows");
        written.push_str(before);
        for chain in flows
            .split([';', '\n'])
            .map(str::trim)
            .filter(|chain| !chain.is_empty())
        {
            let (chain, condition) = match chain.split_once(" if ") {
                Some((chain, condition)) => (chain, Some(condition)),
                None => (chain, None),
            };
            let ends: Vec<&str> = chain.split("->").map(str::trim).collect();
            for pair in ends.windows(2) {
                written.push_str(&flow(pair[0], pair[1], condition));
            }
        }
        rest = after;
    }
    written.push_str(rest);
    written
}

fn flow(source: &str, target: &str, condition: Option<&str>) -> String {
    let condition = condition.map(|text| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        format!("<conditionExpression>={text}</conditionExpression>")
    });
    format!(
        "<sequenceFlow id=\"{source}_{target}\" sourceRef=\"{source}\" targetRef=\"{target}\">{}</sequenceFlow>",
        condition.unwrap_or_default()
    )
}

/// What runs of a diagram.
struct Run {
    play: Play,
}

impl Run {
    #[track_caller]
    fn starts(&mut self, process: &str, with: Json) {
        if let Err(error) = self.play.start(process, variables(&with)) {
            panic!("{error}");
        }
    }

    /// The work that was completed, in order.
    fn done(&self) -> Vec<&str> {
        let happened = self.play.happened().iter();
        let completed = happened.filter_map(|one| match &one.event {
            Event::ElementCompleted { element, .. } if !one.is_body => Some(&**element),
            _ => None,
        });
        completed
            .filter(|id| id.starts_with(|first: char| first.is_ascii_uppercase()))
            .collect()
    }

    /// The same without its order.
    fn done_in_any_order(&self) -> Vec<&str> {
        let mut done = self.done();
        done.sort_unstable();
        done
    }

    /// Where a task or a job is open, by name.
    fn open(&self) -> Vec<String> {
        let mut open = self.play.open();
        open.sort();
        open
    }

    #[track_caller]
    fn does(&mut self, element: &str) {
        self.does_with(element, json!({}));
    }

    #[track_caller]
    fn does_with(&mut self, element: &str, result: Json) {
        if let Err(error) = self.play.complete(element, variables(&result)) {
            panic!("{error}");
        }
    }

    #[track_caller]
    fn hears(&mut self, name: &str, key: &str, with: Json) {
        let message = Message::new(name, key).carrying(variables(&with));
        self.play.message(message).expect("a message");
    }

    /// A message that is kept for a day.
    #[track_caller]
    fn hears_for_a_day(&mut self, name: &str, key: &str, with: Json) {
        let message = Message::new(name, key).carrying(variables(&with));
        self.play
            .message(message.kept_for("P1D"))
            .expect("a message");
    }

    /// A signal comes from outside.
    #[track_caller]
    fn signals(&mut self, name: &str) {
        self.play.signal(name, Variables::new()).expect("a signal");
    }

    /// Variables of the instance that was started first are set by hand.
    #[track_caller]
    fn sets(&mut self, with: Json) {
        self.play.set(variables(&with)).expect("variables");
    }

    #[track_caller]
    fn chooses(&mut self, ad_hoc: &str, activities: &[&str]) {
        let chosen = self.play.activate(ad_hoc, activities);
        chosen.unwrap_or_else(|error| panic!("{error}"));
    }

    #[track_caller]
    fn seconds_pass(&mut self, seconds: i64) {
        self.play.pass(seconds).expect("time to pass");
    }

    /// How the instances stand, in the order in which they began.
    fn states(&self) -> Vec<&str> {
        self.play
            .instances()
            .map(|state| state.status.as_str())
            .collect()
    }

    /// Whether everything has ended well and nothing was ever stuck.
    fn has_ended(&self) -> bool {
        self.incidents().is_empty()
            && self
                .play
                .instances()
                .all(|state| state.status == Status::Completed)
    }

    /// The codes of the incidents that were raised.
    fn incidents(&self) -> Vec<&str> {
        let happened = self.play.happened().iter();
        happened
            .filter_map(|one| match &one.event {
                Event::IncidentRaised { code, .. } => Some(code.as_str()),
                _ => None,
            })
            .collect()
    }

    /// A variable of the instance that was started first.
    fn variable(&self, name: &str) -> Json {
        let first = self.play.instances().next();
        let value = first.and_then(|state| state.variables.get(name));
        value.map_or(Json::Null, |value| value.to_json())
    }
}

/// Jobs that are done at once, with these results.
fn done_at_once(results: Json) -> impl Fn(&str, Option<&str>) -> Answer + 'static {
    let variables: Variables = variables(&results);
    move |_, job_type| match job_type {
        Some(_) => Answer::Complete {
            after_seconds: 0,
            variables: variables.clone(),
        },
        None => Answer::Leave,
    }
}
