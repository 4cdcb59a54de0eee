//! Passwords: argon2id with 19 MiB, two passes, one lane (the OWASP minimum that fits a small server).

use crate::server::error::ApiError;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The shortest password that is accepted.
pub const MIN_LENGTH: usize = 8;
/// The longest: hashing a megabyte would be a way to keep the server busy.
pub const MAX_LENGTH: usize = 256;

/// How many passwords are hashed at one time; each takes 19 MiB and a core for some 20 ms.
const AT_ONE_TIME: usize = 2;

/// How many may wait for that, about a second; whoever comes then is asked to come again.
const WAITING: usize = 32;

/// Hashes and verifies passwords off the async threads, a few at a time.
#[derive(Clone)]
pub struct Hasher {
    places: Arc<Semaphore>,
    /// The places and the queue before them.
    queue: Arc<Semaphore>,
    /// What a login that nobody has is checked against, so that it takes as long as one that exists.
    nobody: Arc<str>,
}

impl Hasher {
    /// A hasher of its own queue.
    pub fn new() -> Result<Hasher, ApiError> {
        Ok(Hasher {
            places: Arc::new(Semaphore::new(AT_ONE_TIME)),
            queue: Arc::new(Semaphore::new(AT_ONE_TIME + WAITING)),
            nobody: hash("a password that nobody has")?.into(),
        })
    }

    /// The password as it is stored, with a salt of its own.
    pub async fn hash(&self, password: &str) -> Result<String, ApiError> {
        if password.chars().count() < MIN_LENGTH || password.len() > MAX_LENGTH {
            return Err(ApiError::field(
                "password",
                "passwordLength",
                format!(
                    "A password has at least {MIN_LENGTH} characters and at most {MAX_LENGTH}."
                ),
            ));
        }
        let password = password.to_owned();
        self.off_thread(move || hash(&password)).await?
    }

    /// Whether the password is the stored one. `None`: nobody has that login; takes as long all the same.
    pub async fn verify(&self, password: &str, stored: Option<String>) -> Result<bool, ApiError> {
        if password.len() > MAX_LENGTH {
            return Ok(false);
        }
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.to_string());
        let password = password.to_owned();
        let fits = self
            .off_thread(move || verify(&password, &stored))
            .await??;
        Ok(fits && known)
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let queued = self.queue.clone().try_acquire_owned();
        let queued = queued.map_err(|_| ApiError::Busy)?;
        let place = self.places.clone().acquire_owned().await;
        let place = place.map_err(|error| ApiError::Internal(error.to_string()))?;
        tokio::task::spawn_blocking(move || {
            let _places = (queued, place);
            work()
        })
        .await
        .map_err(|error| ApiError::Internal(error.to_string()))
    }
}

fn argon2() -> Result<Argon2<'static>, ApiError> {
    let params = Params::new(19_456, 2, 1, None)
        .map_err(|error| ApiError::Internal(format!("argon2: {error}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<String, ApiError> {
    argon2()?
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| ApiError::Internal(format!("argon2: {error}")))
}

fn verify(password: &str, stored: &str) -> Result<bool, ApiError> {
    let stored = PasswordHash::new(stored).map_err(|error| {
        ApiError::Internal(format!("a stored password cannot be read: {error}"))
    })?;
    Ok(argon2()?
        .verify_password(password.as_bytes(), &stored)
        .is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits() {
        let hasher = Hasher::new().unwrap();
        let stored = hasher.hash("correct horse").await.unwrap();
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        assert!(
            hasher
                .verify("correct horse", Some(stored.clone()))
                .await
                .unwrap()
        );
        assert!(!hasher.verify("wrong horse", Some(stored)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_signs_in_as_nobody() {
        let hasher = Hasher::new().unwrap();
        assert!(
            !hasher
                .verify("a password that nobody has", None)
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn the_same_password_is_stored_differently_each_time() {
        let hasher = Hasher::new().unwrap();
        assert_ne!(
            hasher.hash("correct horse").await.unwrap(),
            hasher.hash("correct horse").await.unwrap()
        );
    }

    #[tokio::test]
    async fn short_passwords_are_refused() {
        let hasher = Hasher::new().unwrap();
        assert!(matches!(
            hasher.hash("short").await,
            Err(ApiError::Invalid(_))
        ));
    }

    #[tokio::test]
    async fn whoever_finds_the_queue_full_is_asked_to_come_again() {
        let hasher = Hasher::new().unwrap();
        let all = u32::try_from(AT_ONE_TIME + WAITING).unwrap();
        let others = hasher.queue.clone().acquire_many_owned(all).await.unwrap();
        assert!(matches!(
            hasher.verify("correct horse", None).await,
            Err(ApiError::Busy)
        ));
        drop(others);
        assert!(!hasher.verify("correct horse", None).await.unwrap());
    }
}
