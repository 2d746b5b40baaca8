//! From a passphrase to the key of a store. The parameters and the salt stand in a small text file beside the store,
//! in the form of password hashes but without the hash: `$argon2id$v=19$m=65536,t=3,p=1$SALT`.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroize as _;

use crate::{Key, NoChance, fill_random};

/// How a passphrase becomes a key; not secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KdfHeader {
    memory_kib: u32,
    passes: u32,
    salt: [u8; 16],
}

/// The header is damaged, or from a newer version, or would cost more memory than is sane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key header beside the store is damaged or from a newer version")]
pub struct KdfHeaderError;

/// 64 MiB and 3 passes: the second recommended option of RFC 9106, with one lane.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// A header that asks for more is refused before it can exhaust the machine.
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
const PASSES_MAX: u32 = 16;

impl KdfHeader {
    /// Today's parameters and a fresh salt.
    ///
    /// # Errors
    /// [`NoChance`].
    pub fn new() -> Result<Self, NoChance> {
        let mut salt = [0; 16];
        fill_random(&mut salt)?;
        Ok(Self { memory_kib: MEMORY_KIB, passes: PASSES, salt })
    }

    /// Reads what [`Self::to_string`] wrote.
    ///
    /// # Errors
    /// [`KdfHeaderError`].
    pub fn parse(text: &str) -> Result<Self, KdfHeaderError> {
        Self::read(text.trim()).ok_or(KdfHeaderError)
    }

    fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("$argon2id$v=19$m=")?;
        let (memory, rest) = rest.split_once(",t=")?;
        let (passes, salt) = rest.split_once(",p=1$")?;
        let (memory_kib, passes) = (memory.parse().ok()?, passes.parse().ok()?);
        let salt = STANDARD_NO_PAD.decode(salt).ok()?.try_into().ok()?;
        let sane = (8..=MEMORY_KIB_MAX).contains(&memory_kib) && (1..=PASSES_MAX).contains(&passes);
        sane.then_some(Self { memory_kib, passes, salt })
    }

    /// The key; takes a good part of a second, by design.
    ///
    /// # Errors
    /// [`KdfHeaderError`] when the parameters are refused.
    pub fn derive(&self, passphrase: &str) -> Result<Key, KdfHeaderError> {
        let params = Params::new(self.memory_kib, self.passes, 1, Some(32)).map_err(|_| KdfHeaderError)?;
        let mut key = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &self.salt, &mut key)
            .map_err(|_| KdfHeaderError)?;
        let out = Key::from_bytes(key);
        key.zeroize();
        Ok(out)
    }
}

impl std::fmt::Display for KdfHeader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let salt = STANDARD_NO_PAD.encode(self.salt);
        write!(f, "$argon2id$v=19$m={},t={},p=1${salt}", self.memory_kib, self.passes)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_same_passphrase_and_header_give_the_same_key_and_others_do_not() {
        let header = KdfHeader { memory_kib: 64, passes: 1, salt: [7; 16] };
        let again = KdfHeader::parse(&format!("{header}\n")).unwrap();
        assert_eq!(again, header);
        let key = header.derive("correct horse").unwrap();
        assert_eq!(again.derive("correct horse").unwrap().bytes(), key.bytes());
        assert_ne!(header.derive("correct hors").unwrap().bytes(), key.bytes());
        let other = KdfHeader { salt: [8; 16], ..header };
        assert_ne!(other.derive("correct horse").unwrap().bytes(), key.bytes());
    }

    #[test]
    fn a_damaged_or_greedy_header_is_refused() {
        let good = KdfHeader::new().unwrap().to_string();
        assert!(KdfHeader::parse(&good).is_ok());
        for bad in ["", "$argon2id$", &good[..good.len() - 3], &good.replace("m=65536", "m=4294967295")] {
            assert_eq!(KdfHeader::parse(bad), Err(KdfHeaderError), "{bad}");
        }
    }
}
