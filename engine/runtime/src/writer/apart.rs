//! Batches that failed: the submission that is to blame is refused, its neighbours run again without it. Nothing is decided
//! ahead meanwhile.

use super::turn::Turn;
use super::{BREATH, Blame, Decided, Undone, Writer, commit, inbox};
use super::{Submission, Work};
use crate::error::RuntimeError;

/// How often a transaction is tried that the database gives up for the sake of others.
const TRIES: u32 = 5;

impl Writer {
    /// A batch failed: its submissions run again, without the one that is to blame.
    pub(super) async fn do_again(&mut self, undone: Undone) {
        if is_for_once_more(&undone.failure.error) {
            tracing::warn!(error = %undone.failure.error, "a batch is done once more");
            return self.write_all(undone.submissions).await;
        }
        let mut parts = Vec::new();
        self.take_apart(undone, &mut parts).await;
        self.write_parts(parts).await;
    }

    /// Writes submissions in as few transactions as possible, in their order.
    pub(super) async fn write_all(&mut self, submissions: Vec<Submission>) {
        self.write_parts(vec![submissions]).await;
    }

    async fn write_parts(&mut self, mut parts: Vec<Vec<Submission>>) {
        while let Some(part) = parts.pop() {
            if part.is_empty() {
                continue;
            }
            match self.attempt(part).await {
                Ok(rest) => parts.push(rest),
                Err(undone) => self.take_apart(undone, &mut parts).await,
            }
        }
    }

    /// Finds who is to blame for a batch that failed, so that the others can run without it.
    async fn take_apart(&mut self, undone: Undone, parts: &mut Vec<Vec<Submission>>) {
        let Undone {
            submissions: mut part,
            failure,
        } = undone;
        match failure.blame {
            Blame::One(at) => {
                let after = part.split_off(at + 1);
                if let Some(culprit) = part.pop() {
                    self.refuse(culprit, failure.error).await;
                }
                parts.push(after);
                parts.push(part);
            }
            Blame::Somebody if part.len() > 1 => {
                tracing::warn!(error = %failure.error, "a batch failed and is taken apart");
                let second = part.split_off(part.len() / 2);
                parts.push(second);
                parts.push(part);
            }
            Blame::Somebody => {
                if let Some(alone) = part.pop() {
                    self.refuse(alone, failure.error).await;
                }
            }
            Blame::Nobody => {
                tracing::error!(error = %failure.error, "the database takes no transaction; work is refused");
                let stays = |submission: &Submission| matches!(submission.work, Work::Inbox(_));
                if part.iter().any(stays) {
                    tokio::time::sleep(BREATH).await;
                }
                for submission in part {
                    let _ = submission.reply.send(Err(RuntimeError::Unavailable));
                }
            }
        }
    }

    /// Answers a submission that failed alone. Work from the inbox would fail again and again: it is set aside, unless
    /// the reason may pass; then it stays, and is tried again a moment later.
    async fn refuse(&mut self, submission: Submission, error: RuntimeError) {
        tracing::error!(%error, "work was refused because it failed; nothing of it was kept");
        if let Work::Inbox(key) = submission.work {
            let stays = error.may_pass() || {
                let set_aside =
                    inbox::mark_failed(&self.inner, self.inner.database.writer(), key, &error)
                        .await;
                set_aside.as_ref().is_err_and(|error| {
                    tracing::error!(%error, "work in the inbox could not be set aside");
                    true
                })
            };
            if stays {
                tokio::time::sleep(BREATH).await;
            }
        }
        let _ = submission.reply.send(Err(error));
    }

    /// Runs submissions in one transaction; again when another program wrote to the same instances, or when the database
    /// asks for it. Answers those that time has not sufficed for.
    async fn attempt(&mut self, submissions: Vec<Submission>) -> Result<Vec<Submission>, Undone> {
        let mut done = self.attempt_once(submissions).await;
        for _ in 1..TRIES {
            match done {
                Err(undone) if is_for_once_more(&undone.failure.error) => {
                    tracing::warn!(error = %undone.failure.error, "a batch is done once more");
                    done = self.attempt_once(undone.submissions).await;
                }
                done => return done,
            }
        }
        done
    }

    async fn attempt_once(
        &mut self,
        mut submissions: Vec<Submission>,
    ) -> Result<Vec<Submission>, Undone> {
        let turn = Turn::after(None, &self.inner.database);
        match self.decide(&turn, &mut submissions, None).await {
            Ok(Decided { draft, answers }) => {
                let rest = submissions.split_off(answers.len());
                match commit::write(&self.inner, turn, draft, answers, submissions).await {
                    Ok(()) => {
                        self.committed = self.decided;
                        Ok(rest)
                    }
                    Err(mut undone) => {
                        self.forget();
                        undone.submissions.extend(rest);
                        Err(undone)
                    }
                }
            }
            Err(failure) => {
                commit::roll_back(turn).await;
                Err(Undone {
                    submissions,
                    failure,
                })
            }
        }
    }
}

/// Whether a batch may well succeed if it is done again as it is.
fn is_for_once_more(error: &RuntimeError) -> bool {
    error.is_for_once_more() || matches!(error, RuntimeError::Conflict)
}
