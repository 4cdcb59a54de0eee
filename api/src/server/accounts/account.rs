//! Passwords and sessions in the database, and who is told when a session ends.
//!
//! A session ends when its person signs out, gets another password or may no longer sign in, after a week without being
//! used, and thirty days after it began. Its times are real ones: the demo's clock signs nobody out.

use super::entity::{user_password, user_session};
use super::token::{Token, TokenHash};
use crate::server::app::App;
use crate::server::error::ApiError;
use redthread_crm::users::{self, NewUser};
use redthread_crm::{RecordKey, User};
use redthread_runtime::{Actor, real_now};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set, sea_query,
};
use tokio::sync::broadcast;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 24 * 60 * 60 * SECOND;
/// How long a session lasts without being used.
const IDLE: i64 = 7 * DAY;
/// How long it lasts at the most.
pub const LONGEST: i64 = 30 * DAY;
/// How exactly is known when it was last used: not each request is a write.
const SEEN_EVERY: i64 = 10 * 60 * SECOND;

/// A session, or all of a person's, has ended.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum SessionEnd {
    /// This one.
    Session(TokenHash),
    /// All of this person's.
    User(RecordKey),
}

/// Passwords and sessions.
pub struct Accounts {
    ends: broadcast::Sender<SessionEnd>,
}

impl Default for Accounts {
    fn default() -> Accounts {
        Accounts {
            ends: broadcast::channel(64).0,
        }
    }
}

impl Accounts {
    /// Tells of sessions that end.
    pub fn ends(&self) -> broadcast::Receiver<SessionEnd> {
        self.ends.subscribe()
    }

    /// The password of a person as it is stored.
    pub async fn password(
        &self,
        conn: &impl ConnectionTrait,
        user: RecordKey,
    ) -> Result<Option<String>, ApiError> {
        let row = user_password::Entity::find_by_id(user.0).one(conn).await?;
        Ok(row.map(|row| row.hash))
    }

    /// The person whose session this is, if it has not ended.
    pub async fn user_of(
        &self,
        app: &App,
        token: TokenHash,
    ) -> Result<Option<RecordKey>, ApiError> {
        let found = user_session::Entity::find_by_id(token.0.to_vec())
            .one(app.reader())
            .await?;
        let now = real_now().as_micros();
        let Some(session) = found.filter(|s| s.expires_at > now && s.last_seen_at > now - IDLE)
        else {
            return Ok(None);
        };
        if session.last_seen_at < now - SEEN_EVERY {
            self.seen(app, token, now);
        }
        Ok(Some(RecordKey(session.user)))
    }

    /// Begins a session for a person; the one that the browser had before ends.
    pub async fn begin(
        &self,
        app: &App,
        user: RecordKey,
        before: Option<TokenHash>,
    ) -> Result<Token, ApiError> {
        let token = Token::random()?;
        let hash = token.hash();
        let now = real_now().as_micros();
        app.write_by_itself(move |write| {
            Box::pin(async move {
                if let Some(before) = before {
                    user_session::Entity::delete_by_id(before.0.to_vec())
                        .exec(write.tx())
                        .await?;
                }
                forget_old(write.tx(), now).await?;
                let row = user_session::ActiveModel {
                    token_hash: Set(hash.0.to_vec()),
                    user: Set(user.0),
                    created_at: Set(now),
                    last_seen_at: Set(now),
                    expires_at: Set(now + LONGEST),
                };
                user_session::Entity::insert(row)
                    .exec_without_returning(write.tx())
                    .await?;
                Ok(())
            })
        })
        .await?;
        if let Some(before) = before {
            self.tell(app, SessionEnd::Session(before));
        }
        Ok(token)
    }

    /// Ends a session.
    pub async fn end(&self, app: &App, token: TokenHash) -> Result<(), ApiError> {
        app.write_by_itself(move |write| {
            Box::pin(async move {
                user_session::Entity::delete_by_id(token.0.to_vec())
                    .exec(write.tx())
                    .await?;
                Ok(())
            })
        })
        .await?;
        self.tell(app, SessionEnd::Session(token));
        Ok(())
    }

    /// Tells that all sessions of a person have ended: call it after [`end_sessions`] is committed.
    pub fn ended_all(&self, app: &App, user: RecordKey) {
        self.tell(app, SessionEnd::User(user));
    }

    fn tell(&self, app: &App, end: SessionEnd) {
        app.known().forget(end);
        // Nobody listens when no page is open.
        let _ = self.ends.send(end);
    }

    fn seen(&self, app: &App, token: TokenHash, now: i64) {
        let app = app.clone();
        tokio::spawn(async move {
            let written = app.runtime().write(Actor::System, move |tx, _| {
                Box::pin(async move {
                    user_session::Entity::update_many()
                        .col_expr(
                            user_session::Column::LastSeenAt,
                            sea_query::Expr::value(now),
                        )
                        .filter(user_session::Column::TokenHash.eq(token.0.to_vec()))
                        .exec(tx)
                        .await
                        .map(drop)
                })
            });
            if let Err(error) = written.await {
                tracing::warn!(%error, "it was not written down that a session is in use");
            }
        });
    }
}

async fn forget_old(tx: &DatabaseTransaction, now: i64) -> Result<(), ApiError> {
    user_session::Entity::delete_many()
        .filter(user_session::Column::ExpiresAt.lte(now))
        .exec(tx)
        .await?;
    Ok(())
}

/// Adds a person who may sign in, on the server's own authority: by the command line, or with the demo company.
///
/// # Errors
/// Where a value cannot be taken, or the login is taken.
pub async fn add_person(app: &App, user: NewUser, password: &str) -> Result<User, ApiError> {
    let hash = app.hasher().hash(password).await?;
    app.write_by_itself(move |write| {
        let (user, hash) = (user.clone(), hash.clone());
        Box::pin(async move {
            let user = users::create(&write.change, write.scope, user).await?;
            set_password(write.tx(), user.key, hash).await?;
            Ok(user)
        })
    })
    .await
}

/// Gives a person a password, already hashed.
pub async fn set_password(
    tx: &DatabaseTransaction,
    user: RecordKey,
    hash: String,
) -> Result<(), ApiError> {
    use user_password::Column;
    let row = user_password::ActiveModel {
        user: Set(user.0),
        hash: Set(hash),
        changed_at: Set(real_now().as_micros()),
    };
    let replace = sea_query::OnConflict::column(Column::User)
        .update_columns([Column::Hash, Column::ChangedAt])
        .to_owned();
    user_password::Entity::insert(row)
        .on_conflict(replace)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Ends all sessions of a person.
pub async fn end_sessions(tx: &DatabaseTransaction, user: RecordKey) -> Result<(), ApiError> {
    user_session::Entity::delete_many()
        .filter(user_session::Column::User.eq(user.0))
        .exec(tx)
        .await?;
    Ok(())
}
