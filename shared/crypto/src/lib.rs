//! Every use of cryptography that is ours: end-to-end encryption, sealed files and exports, secrets, pins, passphrases.
//! Performs no I/O but asking the system for chance, and the rows of a transaction that it is given.
//!
//! Nothing here shows a secret in `Debug`; what holds one is wiped when dropped.

pub mod mls;

mod chunks;
mod export;
mod fernet;
mod files;
mod passphrase;
mod pin;
mod recovery;
mod safety;
mod sealed_key;
mod secret;
mod small;
#[cfg(test)]
mod wycheproof_tests;

pub use chunks::{CHUNK_BYTES_MAX, CHUNK_BYTES_MIN, ChunkSize, NotAuthentic, TAG_BYTES};
pub use export::{ExportError, fernet_export, open_any_export, read_export, write_export};
pub use fernet::{FERNET_BYTES_MAX, FernetError, FernetKey};
pub use files::{FileError, FileSeal};
pub use passphrase::{KdfHeader, KdfHeaderError};
pub use pin::Pin;
pub use recovery::{RecoveryKey, RecoveryKeyError};
pub use safety::{SafetyNumber, Scanned};
pub use sealed_key::SealedKey;
pub use secret::{Key, Secret};
pub use small::LinkCode;

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
