//! Hashes and checks passwords: Argon2id, on blocking threads, only so many at once.
//!
//! One hash costs about 20 ms and 19 MiB (the OWASP parameters), so their number is the server's weakest point: more than
//! [`WAITING_MAX`] waiting are refused at once instead of queueing without end.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use protocol::{ErrorCode, ProtocolError};
use tokio::sync::Semaphore;

/// Most log-ins and registrations that wait for a hash.
const WAITING_MAX: usize = 256;
/// What a refused client waits before it tries again.
const RETRY_MS: u32 = 2_000;

/// How dear a guess is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PasswordCost {
    /// 19 MiB, 2 passes: OWASP's first recommendation for Argon2id.
    #[default]
    Standard,
    /// 64 KiB, 1 pass: for tests that log in thousands. Never for people.
    Trifling,
}

/// Hashes and checks.
pub struct Passwords {
    params: Params,
    /// Hashed when the username is unknown, so that the answer takes as long as with a known one.
    dummy: String,
    running: Semaphore,
    waiting: Semaphore,
}

/// What checking found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// The password does not fit, or there is no such account.
    Wrong,
    /// It fits.
    Right,
    /// It fits, and the stored hash is weaker than what is made today: hash again and store.
    RightButWeak,
}

impl Passwords {
    /// Takes half of the machine's cores at most, at least one.
    pub fn new(cost: PasswordCost) -> Self {
        let params = match cost {
            PasswordCost::Standard => Params::new(19 * 1024, 2, 1, None),
            PasswordCost::Trifling => Params::new(64, 1, 1, None),
        }
        .expect("both sets are within Argon2's bounds");
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let dummy = hash(&params, "no password hashes to this").expect("a short password can be hashed");
        Self { params, dummy, running: Semaphore::new((cores / 2).max(1)), waiting: Semaphore::new(WAITING_MAX) }
    }

    /// The hash to store, in PHC form.
    ///
    /// # Errors
    /// `unavailable` when too many wait.
    pub async fn hash(&self, password: String) -> Result<String, ProtocolError> {
        let params = self.params.clone();
        self.run(move || hash(&params, &password)).await?
    }

    /// Checks a password against a stored hash; without one it takes the same time and is wrong.
    ///
    /// # Errors
    /// `unavailable` when too many wait; `internal` when the stored hash is damaged.
    pub async fn check(&self, password: String, stored: Option<String>) -> Result<Checked, ProtocolError> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.dummy.clone());
        let wanted = self.params.clone();
        let checked = self.run(move || check(&wanted, &password, &stored)).await??;
        Ok(if known { checked } else { Checked::Wrong })
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ProtocolError> {
        let Ok(_place) = self.waiting.try_acquire() else {
            return Err(ProtocolError {
                code: ErrorCode::Unavailable,
                message: "too many people are logging in just now".to_owned(),
                retry_after_ms: Some(RETRY_MS),
            });
        };
        let _turn = self.running.acquire().await.expect("the semaphore is never closed");
        tokio::task::spawn_blocking(work).await.map_err(|_| internal("hashing was cut short"))
    }
}

fn hash(params: &Params, password: &str) -> Result<String, ProtocolError> {
    let hash: PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password(password.as_bytes())
        .map_err(|e| internal(&e.to_string()))?;
    Ok(hash.to_string())
}

fn check(wanted: &Params, password: &str, stored: &str) -> Result<Checked, ProtocolError> {
    let parsed = PasswordHash::new(stored).map_err(|e| internal(&e.to_string()))?;
    // The parameters of the stored hash are used, not the wanted ones.
    if Argon2::default().verify_password(password.as_bytes(), &parsed).is_err() {
        return Ok(Checked::Wrong);
    }
    let had = Params::try_from(&parsed).map_err(|e| internal(&e.to_string()))?;
    let weaker = had.m_cost() < wanted.m_cost() || had.t_cost() < wanted.t_cost();
    Ok(if weaker { Checked::RightButWeak } else { Checked::Right })
}

fn internal(message: &str) -> ProtocolError {
    ProtocolError::new(ErrorCode::Internal, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn a_password_opens_its_own_hash_and_no_other() {
        let passwords = Passwords::new(PasswordCost::Trifling);
        let stored = passwords.hash("correct horse".to_owned()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert_eq!(passwords.check("correct horse".to_owned(), Some(stored.clone())).await.unwrap(), Checked::Right);
        assert_eq!(passwords.check("Correct horse".to_owned(), Some(stored)).await.unwrap(), Checked::Wrong);
    }

    #[tokio::test]
    async fn an_unknown_account_is_wrong_whatever_the_password() {
        let passwords = Passwords::new(PasswordCost::Trifling);
        assert_eq!(passwords.check("no password hashes to this".to_owned(), None).await.unwrap(), Checked::Wrong);
    }

    #[tokio::test]
    async fn a_hash_of_weaker_parameters_is_told_to_be_made_anew() {
        let stored = Passwords::new(PasswordCost::Trifling).hash("old and weak".to_owned()).await.unwrap();
        let today = Passwords::new(PasswordCost::Standard);
        assert_eq!(today.check("old and weak".to_owned(), Some(stored)).await.unwrap(), Checked::RightButWeak);
    }
}
