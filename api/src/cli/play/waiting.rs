//! What waits for an answer, and which rule of the script answers it.

use redthread_calendar::Timestamp;
use redthread_core::Key;
use redthread_core::event::Event;
use redthread_core::state::WaitKind;
use redthread_feel::Value;
use redthread_runtime::CommittedStep;

use super::driver::{Driver, Open};
use super::script::{Asked, Rule};

impl Driver<'_> {
    /// Keeps the list of what waits for an answer.
    pub(super) fn note_open(&mut self, step: &CommittedStep, event: &Event) {
        match event {
            Event::TaskCreated {
                key,
                element_instance,
                ..
            } => {
                self.opened(step, *key, *element_instance, None, 0);
            }
            Event::JobCreated {
                key,
                element_instance,
                job,
            } => {
                self.opened(
                    step,
                    *key,
                    *element_instance,
                    Some(job.job_type.clone()),
                    job.retries,
                );
            }
            Event::TaskEnded { key, .. } | Event::JobEnded { key, .. } => {
                self.open.remove(key);
            }
            Event::JobFailed { key, retries, .. } => {
                if let Some(mut open) = self.open.remove(key) {
                    open.retries = *retries;
                    if *retries > 0 {
                        self.schedule(open, step.at);
                    }
                }
            }
            Event::JobRetried { key, retries } => self.reopen(step, *key, *retries),
            _ => {}
        }
    }

    /// A job that had failed for good waits again.
    fn reopen(&mut self, step: &CommittedStep, key: Key, retries: u32) {
        let Some(seen) = self.trace.instance(step.instance) else {
            return;
        };
        let Some(wait) = seen.state.waits.get(&key) else {
            return;
        };
        let (element_instance, what) = (wait.element_instance, wait.what.clone());
        if let WaitKind::Job(job) = what {
            self.opened(step, key, element_instance, Some(job.job_type), retries);
        }
    }

    pub(super) fn opened(
        &mut self,
        step: &CommittedStep,
        key: Key,
        element_instance: Key,
        job_type: Option<String>,
        retries: u32,
    ) {
        // The trace has followed the whole step: what ended within it is gone, and needs no answer.
        let Some(seen) = self.trace.instance(step.instance) else {
            return;
        };
        let Some(element) = seen.state.elements.get(&element_instance) else {
            return;
        };
        // The turn of the innermost loop that it stands in.
        let visible = seen.state.visible_variables(element_instance);
        let loop_counter = match visible.get("loopCounter") {
            Some(Value::Number(number)) => number
                .to_i64()
                .and_then(|number| u64::try_from(number).ok()),
            _ => None,
        };
        let open = Open {
            key,
            performed: job_type.as_deref().is_some_and(self.performs),
            job_type,
            retries,
            instance: step.instance,
            process: step.process.to_string(),
            element: element.element.to_string(),
            loop_counter,
            answer: None,
            left: false,
        };
        self.schedule(open, step.at);
    }

    /// Finds the answer of a task or job: the first rule that matches and has times left.
    pub(super) fn schedule(&mut self, mut open: Open, since: Timestamp) {
        let asked = Asked {
            element: &open.element,
            job_type: open.job_type.as_deref(),
            process: &open.process,
            loop_counter: open.loop_counter,
        };
        let named = |rule: &Rule| rule.on.element.is_some() || rule.on.job_type.is_some();
        let found = self.rules.iter_mut().find(|rule| {
            // A connector does its work itself; it is answered only by a rule that means it.
            rule.times != Some(0) && rule.on.matches(&asked) && (!open.performed || named(rule))
        });
        open.answer = found.map(|rule| {
            rule.times = rule.times.map(|times| times - 1);
            let at = rule
                .after
                .add_to(since, &self.zone)
                .unwrap_or(Timestamp::MAX);
            (at.max(since), rule.answer.clone())
        });
        self.open.insert(open.key, open);
    }
}
