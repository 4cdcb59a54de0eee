//! What a run looks like: its trace, where it stands, what its incidents say.

use std::collections::BTreeMap;

use redthread_core::Key;
use redthread_core::event::Event;
use redthread_core::state::WaitKind;
use redthread_feel::Value;

use crate::run::Run;

impl Run {
    /// What happened to elements and flows since the last look: `Review activated`, `> Approved`.
    pub fn trace(&mut self) -> Vec<String> {
        let mut names: BTreeMap<Key, String> = BTreeMap::new();
        let mut lines = Vec::new();
        for event in &self.history {
            match event {
                Event::ElementActivating {
                    element_instance,
                    element,
                    ..
                } => {
                    names.insert(*element_instance, element.to_string());
                }
                Event::ElementActivated { element_instance } => {
                    lines.push(format!("{} activated", names[element_instance]));
                }
                Event::ElementCompleted { element, .. } => {
                    lines.push(format!("{element} completed"))
                }
                Event::ElementTerminated { element, .. } => {
                    lines.push(format!("{element} terminated"))
                }
                Event::EventTriggered { element, .. } => lines.push(format!("{element} triggered")),
                Event::FlowTaken { flow, .. } => lines.push(format!("> {flow}")),
                Event::IncidentRaised {
                    element_instance,
                    code,
                    ..
                } => {
                    lines.push(format!(
                        "{} incident {}",
                        names[element_instance],
                        code.as_str()
                    ));
                }
                Event::InstanceCompleted => lines.push("process completed".into()),
                Event::InstanceTerminated { .. } => lines.push("process terminated".into()),
                Event::InstanceFailed { code, .. } => lines.push(format!("process failed {code}")),
                _ => {}
            }
        }
        lines
    }

    /// The end of the trace.
    pub fn last(&mut self, lines: usize) -> Vec<String> {
        let trace = self.trace();
        trace[trace.len().saturating_sub(lines)..].to_vec()
    }

    /// A variable of the instance, as FEEL text.
    pub fn variable(&self, name: &str) -> String {
        self.state
            .variables
            .get(name)
            .map_or("(none)".into(), Value::to_feel)
    }

    /// What the incidents say.
    pub fn said(&self) -> Vec<String> {
        let incidents = self.state.incidents.values();
        incidents.map(|incident| incident.message.clone()).collect()
    }

    /// The task at an element.
    pub fn task(&self, element: &str) -> redthread_core::event::TaskData {
        let key = self.wait(element, |what| matches!(what, WaitKind::Task(_)));
        match &self.state.waits[&key].what {
            WaitKind::Task(task) => task.clone(),
            _ => unreachable!(),
        }
    }

    /// The elements at which the instance stands, and flows on which tokens wait.
    pub fn stands_at(&self) -> Vec<String> {
        let elements = self
            .state
            .elements
            .values()
            .map(|element| element.element.to_string());
        let tokens = self
            .state
            .tokens
            .iter()
            .map(|token| format!("> {}", token.flow));
        elements.chain(tokens).collect()
    }
}
