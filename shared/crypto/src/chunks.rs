//! Sealed chunks (STREAM): AES-256-GCM under a key of its own, each chunk bound to its place, to being the last or not, and to
//! what the whole is. A chunk opens by itself, in any order; one that is moved, swapped, missing at the end, or of another
//! whole does not. Does no I/O.

use aes_gcm::aead::AeadInOut as _;
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce, Tag};

use crate::Key;

/// What sealing adds to a chunk, in bytes.
pub const TAG_BYTES: usize = 16;
/// Smallest chunk, in bytes.
pub const CHUNK_BYTES_MIN: usize = 64 * 1024;
/// Largest chunk, in bytes.
pub const CHUNK_BYTES_MAX: usize = 1024 * 1024;

/// How a whole is cut: a power of two between [`CHUNK_BYTES_MIN`] and [`CHUNK_BYTES_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkSize(u8);

/// A chunk was changed, moved, cut off, or belongs to another whole; or the key is another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed chunk is not authentic")]
pub struct NotAuthentic;

/// Seals and opens the chunks of one whole. The key is never used for another.
pub(crate) struct Chunks {
    cipher: Aes256Gcm,
    whole: Vec<u8>,
}

impl ChunkSize {
    /// 256 KiB: a few hundred microseconds of work, and little wasted when a connection breaks.
    pub const DEFAULT: ChunkSize = ChunkSize(18);

    /// From bytes; `None` unless it is an allowed power of two.
    pub fn new(bytes: usize) -> Option<Self> {
        let fits = bytes.is_power_of_two() && (CHUNK_BYTES_MIN..=CHUNK_BYTES_MAX).contains(&bytes);
        fits.then_some(Self(bytes.trailing_zeros() as u8))
    }

    pub(crate) fn of_log2(log2: u8) -> Option<Self> {
        1_usize.checked_shl(log2.into()).and_then(Self::new)
    }

    pub(crate) fn log2(self) -> u8 {
        self.0
    }

    /// In bytes.
    pub fn bytes(self) -> usize {
        1 << self.0
    }
}

impl Chunks {
    /// `whole` says what is sealed: everything that must not be exchanged.
    pub(crate) fn new(key: &Key, whole: Vec<u8>) -> Self {
        Self { cipher: Aes256Gcm::new(key.bytes().into()), whole }
    }

    /// The nonce is the place: the key is fresh for each whole, so no place comes twice under it.
    fn nonce(index: u64, last: bool) -> [u8; 12] {
        let mut nonce = [0; 12];
        nonce[3] = last.into();
        nonce[4..].copy_from_slice(&index.to_be_bytes());
        nonce
    }

    /// Seals in place and appends the tag.
    pub(crate) fn seal(&self, index: u64, last: bool, chunk: &mut Vec<u8>) {
        let nonce = Self::nonce(index, last);
        let tag = self
            .cipher
            .encrypt_inout_detached(&Nonce::from(nonce), &self.whole, chunk.as_mut_slice().into())
            .expect("a chunk is far below GCM's bound of 64 GiB");
        chunk.extend_from_slice(&tag);
    }

    /// Opens in place and takes the tag off. After an error the content is wiped.
    pub(crate) fn open(&self, index: u64, last: bool, chunk: &mut Vec<u8>) -> Result<(), NotAuthentic> {
        let length = chunk.len().checked_sub(TAG_BYTES).ok_or(NotAuthentic)?;
        let tag: [u8; TAG_BYTES] = chunk[length..].try_into().map_err(|_| NotAuthentic)?;
        chunk.truncate(length);
        let nonce = Self::nonce(index, last);
        let opened = self.cipher.decrypt_inout_detached(
            &Nonce::from(nonce),
            &self.whole,
            chunk.as_mut_slice().into(),
            &Tag::from(tag),
        );
        if opened.is_err() {
            chunk.clear();
            return Err(NotAuthentic);
        }
        Ok(())
    }
}
