//! Writing what a batch has decided: one transaction, the commit, and only then the answers.

use std::time::{Duration, Instant};

use sea_orm::{DbErr, EntityTrait};

use super::batch::json;
use super::draft::Draft;
use super::turn::Turn;
use super::{Answer, BREATH, Blame, Failure, Submission, Undone};
use crate::error::RuntimeError;
use crate::feed::Feed;
use crate::inner::Inner;
use crate::schema;

/// How long it is looked for a commit that was not answered.
const LOOKED_FOR: Duration = Duration::from_secs(30);

/// Writes a batch in the transaction that it has begun, or in a new one; tells everybody, and answers.
///
/// # Errors
/// Where it was rolled back: nobody has been answered then.
pub(super) async fn write(
    inner: &Inner,
    turn: Turn,
    mut draft: Draft,
    answers: Vec<Result<Answer, RuntimeError>>,
    submissions: Vec<Submission>,
) -> Result<(), Undone> {
    match write_all(inner, turn, &mut draft).await {
        Ok(()) => {
            draft.publish(inner);
            for (submission, answer) in submissions.into_iter().zip(answers) {
                let _ = submission.reply.send(answer);
            }
            Ok(())
        }
        Err(failure) => Err(Undone {
            submissions,
            failure,
        }),
    }
}

async fn write_all(inner: &Inner, turn: Turn, draft: &mut Draft) -> Result<(), Failure> {
    if let Err(error) = write_rows(inner, &turn, draft).await {
        let refused = turn.is_refused();
        roll_back(turn).await;
        return Err(match refused {
            true => Failure::of_nobody(error),
            false => Failure::of_somebody(error),
        });
    }
    let Some(tx) = turn.into_tx() else {
        return Err(Failure::of_nobody(RuntimeError::Unavailable));
    };
    let Err(error) = tx.commit().await else {
        return Ok(());
    };
    let blame = match was_committed(inner, draft.feed.as_ref(), &error).await {
        Some(true) => return Ok(()),
        Some(false) => Blame::Somebody,
        // To run it again might do everything twice.
        None => Blame::Nobody,
    };
    let error = error.into();
    Err(Failure { blame, error })
}

async fn write_rows(inner: &Inner, turn: &Turn, draft: &mut Draft) -> Result<(), RuntimeError> {
    draft.write_new(turn.tx_for_new().await?).await?;
    draft.write_changes(turn.tx().await?, inner).await
}

/// Gives up what a batch has done so far.
pub(super) async fn roll_back(turn: Turn) {
    if let Some(tx) = turn.into_tx()
        && let Err(error) = tx.rollback().await
    {
        tracing::error!(%error, "a transaction could not be rolled back");
    }
}

/// Whether a batch was committed after all, although the answer to its commit did not arrive: then its feed row is
/// there. Nothing where the database stays away.
async fn was_committed(inner: &Inner, feed: Option<&Feed>, error: &DbErr) -> Option<bool> {
    let Some(feed) = feed else {
        // It touched nothing that anybody looks at.
        return Some(false);
    };
    tracing::warn!(%error, "a commit failed; looking whether it happened nevertheless");
    let began = Instant::now();
    while began.elapsed() < LOOKED_FOR {
        // The server may be on its way back, or still at the commit.
        tokio::time::sleep(BREATH).await;
        let row = schema::feed::Entity::find_by_id(feed.sequence)
            .one(inner.database.writer())
            .await;
        match row {
            Ok(found) => {
                let touched = json(&feed.touched).ok();
                return Some(found.is_some_and(|row| Some(row.touched) == touched));
            }
            Err(error) => tracing::warn!(%error, "the feed cannot be read; it is tried again"),
        }
    }
    None
}
