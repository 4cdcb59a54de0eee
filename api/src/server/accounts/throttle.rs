//! Too many wrong passwords: who guesses has to wait.
//!
//! Counted by account and by address, in memory and bounded: a restart forgets them, which costs a guesser nothing
//! worth having and saves a write for each guess.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long a wrong password counts.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Wrong passwords for one account, from wherever, before it has to wait.
const PER_ACCOUNT: u32 = 10;
/// Wrong passwords from one address, for whichever account: an office shares one.
const PER_ADDRESS: u32 = 50;
/// How many accounts and addresses are remembered; beyond that the oldest are forgotten.
const REMEMBERED: usize = 10_000;

#[derive(Clone, PartialEq, Eq, Hash)]
enum Who {
    Account(String),
    Address(IpAddr),
}

struct Failures {
    count: u32,
    since: Instant,
}

/// Counts wrong passwords.
#[derive(Default)]
pub struct Throttle {
    failures: Mutex<HashMap<Who, Failures>>,
}

impl Throttle {
    /// Counts an attempt as a wrong password before anybody looks at it, so that attempts at the same time cannot all
    /// slip through; [`Throttle::succeeded`] or [`Throttle::take_back`] says that it was none.
    ///
    /// # Errors
    /// How many seconds the account or the address has to wait. Such an attempt is not counted.
    pub fn attempt(&self, login: &str, address: Option<IpAddr>, now: Instant) -> Result<(), u64> {
        let mut failures = self.lock();
        if let Some(seconds) = must_wait(&failures, login, address, now) {
            return Err(seconds);
        }
        for who in who(login, address) {
            if failures.len() >= REMEMBERED && !failures.contains_key(&who) {
                forget_some(&mut failures, now);
            }
            let fresh = || Failures {
                count: 0,
                since: now,
            };
            let entry = failures.entry(who).or_insert_with(fresh);
            if now.saturating_duration_since(entry.since) >= WINDOW {
                *entry = fresh();
            }
            entry.count = entry.count.saturating_add(1);
        }
        Ok(())
    }

    /// The right password was given: the account starts afresh. Of the address only this attempt is taken back, or one
    /// account of one's own would be a way to go on guessing at others.
    pub fn succeeded(&self, login: &str, address: Option<IpAddr>) {
        self.take_back(login, address);
        self.lock().remove(&Who::Account(normalised(login)));
    }

    /// Nobody looked at the password: the attempt does not count.
    pub fn take_back(&self, login: &str, address: Option<IpAddr>) {
        let mut failures = self.lock();
        for who in who(login, address) {
            if let Some(found) = failures.get_mut(&who) {
                found.count = found.count.saturating_sub(1);
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Who, Failures>> {
        // A panic while counting leaves counts, nothing half-made.
        self.failures
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn must_wait(
    failures: &HashMap<Who, Failures>,
    login: &str,
    address: Option<IpAddr>,
    now: Instant,
) -> Option<u64> {
    who(login, address)
        .filter_map(|who| {
            let limit = limit(&who);
            let found = failures.get(&who)?;
            let left = WINDOW.checked_sub(now.saturating_duration_since(found.since))?;
            (found.count >= limit && !left.is_zero()).then(|| left.as_secs().max(1))
        })
        .max()
}

fn who(login: &str, address: Option<IpAddr>) -> impl Iterator<Item = Who> {
    std::iter::once(Who::Account(normalised(login))).chain(address.map(|a| Who::Address(block(a))))
}

/// Logins are compared without case; what is longer than any login is cut, so that it takes no memory.
fn normalised(login: &str) -> String {
    login.trim().to_lowercase().chars().take(100).collect()
}

/// One customer usually has a whole /64 of IPv6.
fn block(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let mut octets = v6.octets();
            octets[8..].fill(0);
            IpAddr::from(octets)
        }
    }
}

fn limit(who: &Who) -> u32 {
    match who {
        Who::Account(_) => PER_ACCOUNT,
        Who::Address(_) => PER_ADDRESS,
    }
}

fn forget_some(failures: &mut HashMap<Who, Failures>, now: Instant) {
    failures.retain(|_, found| now.saturating_duration_since(found.since) < WINDOW);
    if failures.len() < REMEMBERED {
        return;
    }
    let mut ages: Vec<Instant> = failures.values().map(|found| found.since).collect();
    ages.sort_unstable();
    let oldest_kept = ages[ages.len() / 10];
    failures.retain(|_, found| found.since > oldest_kept);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn an_account_waits_after_ten_wrong_passwords_from_anywhere() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..10 {
            let from = address(&format!("192.0.2.{n}"));
            assert_eq!(throttle.attempt("anna", from, now), Ok(()));
        }
        assert_eq!(throttle.attempt("Anna ", None, now), Err(900));
        assert_eq!(throttle.attempt("boris", None, now), Ok(()));
        assert_eq!(throttle.attempt("anna", None, now + WINDOW), Ok(()));
    }

    #[test]
    fn an_address_waits_after_fifty_whichever_the_accounts() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..50 {
            let from = address("2001:db8::1");
            assert_eq!(throttle.attempt(&format!("person{n}"), from, now), Ok(()));
        }
        let neighbour = address("2001:db8::2");
        assert!(throttle.attempt("someone", neighbour, now).is_err());
        let elsewhere = address("2001:db8:1::1");
        assert_eq!(throttle.attempt("someone", elsewhere, now), Ok(()));
    }

    #[test]
    fn signing_in_clears_the_account_and_takes_back_one_attempt_of_the_address() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let from = address("192.0.2.1");
        for n in 0..49 {
            assert_eq!(throttle.attempt(&format!("person{n}"), from, now), Ok(()));
        }
        for _ in 0..20 {
            assert_eq!(throttle.attempt("anna", from, now), Ok(()));
            throttle.succeeded("anna", from);
        }
        assert_eq!(throttle.attempt("boris", from, now), Ok(()));
        assert!(throttle.attempt("anna", from, now).is_err());
        assert_eq!(throttle.attempt("anna", address("192.0.2.2"), now), Ok(()));
    }

    #[test]
    fn an_attempt_that_nobody_looked_at_does_not_count() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..100 {
            assert_eq!(throttle.attempt("anna", address("192.0.2.1"), now), Ok(()));
            throttle.take_back("anna", address("192.0.2.1"));
        }
    }

    #[test]
    fn memory_stays_bounded() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..(REMEMBERED as u64 + 2_000) {
            let at = now + Duration::from_millis(n);
            assert_eq!(throttle.attempt(&format!("person{n}"), None, at), Ok(()));
        }
        assert!(throttle.lock().len() <= REMEMBERED);
    }
}
