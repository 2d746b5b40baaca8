//! Every use of cryptography that is ours: end-to-end encryption, sealed files and exports, secrets, pins, passphrases.
//! Performs no I/O but asking the system for chance, and the rows of a transaction that it is given.
//!
//! Nothing here shows a secret in `Debug`; what holds one is wiped when dropped.

pub mod mls;

mod passphrase;
mod pin;
mod secret;

pub use passphrase::{KdfHeader, KdfHeaderError};
pub use pin::Pin;
pub use secret::{Key, Secret};

/// The system gave no chance: nothing secret can be made on this machine now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system's random source failed")]
pub struct NoChance;

/// Fills `bytes` from the system's random source.
///
/// # Errors
/// [`NoChance`] where the system has none.
pub fn fill_random(bytes: &mut [u8]) -> Result<(), NoChance> {
    getrandom::fill(bytes).map_err(|_| NoChance)
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).into()
}
